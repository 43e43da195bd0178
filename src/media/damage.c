#include "media/damage.h"

void tread_media__damage_packet(media_damage *damage, bool is_bad)
{
    bool *slot = &damage->is_bad[damage->n_seen % MEDIA_DAMAGE_WINDOW];
    damage->n_bad += (int)is_bad - (int)*slot;
    *slot = is_bad;
    damage->n_seen++;
}

void tread_media__damage_recount(media_damage *damage)
{
    if (!damage->n_seen)
        return;
    bool *slot = &damage->is_bad[(damage->n_seen - 1) % MEDIA_DAMAGE_WINDOW];
    damage->n_bad += !*slot;
    *slot = true;
}

void tread_media__damage_mark(media_damage *damage, int64_t number)
{
    if (damage->is_intra_only)
        return;
    if (!damage->is_spreading) {
        damage->is_spreading = true;
        damage->first = number;
        damage->last = number;
        return;
    }
    if (number < damage->first)
        damage->first = number;
    if (number > damage->last)
        damage->last = number;
}

bool tread_media__damage_is_sound(media_damage *damage, int64_t number, bool is_key)
{
    if (!damage->is_spreading || number < damage->first)
        return true;
    if (!is_key || number <= damage->last)
        return false;
    damage->is_spreading = false;
    return true;
}

bool tread_media__damage_is_hopeless(const media_damage *damage)
{
    return damage->n_seen >= MEDIA_DAMAGE_WINDOW && damage->n_bad * 4 > MEDIA_DAMAGE_WINDOW;
}

#include "media/damage.h"

static bool is_unusable(enum media_packet_fate fate)
{
    return fate == MEDIA_PACKET_BAD || fate == MEDIA_PACKET_SKIPPED;
}

int64_t tread_media__damage_packet(media_damage *damage, enum media_packet_fate fate)
{
    damage->fate[damage->n_seen % MEDIA_DAMAGE_WINDOW] = fate;
    damage->n_unusable += is_unusable(fate);
    return ++damage->n_seen;
}

void tread_media__damage_settle(media_damage *damage, int64_t number, enum media_packet_fate fate)
{
    if (number < 1 || number > damage->n_seen || damage->n_seen - number >= MEDIA_DAMAGE_WINDOW)
        return;
    enum media_packet_fate *slot = &damage->fate[(number - 1) % MEDIA_DAMAGE_WINDOW];
    if (*slot == MEDIA_PACKET_BAD)
        return;
    damage->n_unusable += (int)is_unusable(fate) - (int)is_unusable(*slot);
    *slot = fate;
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

void tread_media__damage_heal(media_damage *damage)
{
    damage->is_spreading = false;
}

bool tread_media__damage_is_sound(media_damage *damage, int64_t number, bool is_key)
{
    if (!damage->is_spreading || number < damage->first)
        return true;
    if (!is_key || number <= damage->last)
        return false;
    tread_media__damage_heal(damage);
    return true;
}

bool tread_media__damage_is_hopeless(const media_damage *damage)
{
    if (damage->n_seen < MEDIA_DAMAGE_WINDOW)
        return false;
    int n_bad = 0;
    int n_unusable = 0;
    for (int i = 0; i < MEDIA_DAMAGE_WINDOW; i++) {
        n_bad += damage->fate[i] == MEDIA_PACKET_BAD;
        n_unusable += is_unusable(damage->fate[i]);
    }
    return n_bad * 4 > MEDIA_DAMAGE_WINDOW || (n_unusable == MEDIA_DAMAGE_WINDOW && n_bad > 1);
}

bool tread_media__damage_is_most(const media_damage *damage)
{
    return damage->n_unusable * 4 > damage->n_seen * 3;
}

/* Which pictures can still be trusted, and when a clip is too broken to go on.
 *
 * Packets are numbered in the order they are sent to the decoder. Once one is
 * lost or damaged, everything predicted from it is suspect; that ends with the
 * next key frame. Pictures sent before the damage and handed out after it (the
 * decoder reorders) are sound. */
#ifndef MEDIA_DAMAGE_H
#define MEDIA_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { MEDIA_DAMAGE_WINDOW = 100 };

typedef struct media_damage {
    bool is_intra_only; /* every picture stands alone: damage never spreads */
    /* state */
    bool is_spreading;
    int64_t first, last;              /* numbers of the damaged packets since all was well */
    bool is_bad[MEDIA_DAMAGE_WINDOW]; /* of the last packets, a ring */
    int64_t n_seen;
    int n_bad; /* in the ring */
} media_damage;

/** Count one packet sent or skipped. */
void tread_media__damage_packet(media_damage *damage, bool is_bad);

/** Packets from `number` on may depend on one that was lost. */
void tread_media__damage_mark(media_damage *damage, int64_t number);

/** The last packet turned out bad only when the decoder saw it. */
void tread_media__damage_recount(media_damage *damage);

/** May the picture of packet `number` be shown? Call in presentation order. */
bool tread_media__damage_is_sound(media_damage *damage, int64_t number, bool is_key);

/** More than a quarter of the last 100 packets were bad. */
bool tread_media__damage_is_hopeless(const media_damage *damage);

#endif

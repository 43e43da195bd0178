/* Which pictures can still be trusted, and when a clip is too broken to go on.
 *
 * Packets are numbered from 1 in the order they come. Once one is lost or damaged,
 * everything predicted from it is suspect until the next key frame. Pictures
 * sent before the damage and handed out after it (decoders reorder) are sound. */
#ifndef MEDIA_DAMAGE_H
#define MEDIA_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { MEDIA_DAMAGE_WINDOW = 100 };

enum media_packet_fate {
    MEDIA_PACKET_SENT = 1,
    MEDIA_PACKET_BAD,     /* damaged, or refused by the decoder */
    MEDIA_PACKET_SKIPPED, /* not sent: what it builds on was damaged */
};

/** Zero-initialise. */
typedef struct media_damage {
    bool is_intra_only; /* every picture stands alone: damage never spreads */
    /* state */
    bool is_spreading;
    int64_t first, last; /* numbers of the damaged packets since all was well */
    int64_t n_seen, n_unusable;
    enum media_packet_fate fate[MEDIA_DAMAGE_WINDOW]; /* of the last packets, a ring */
} media_damage;

/** Count the next packet. @return its number, from 1 */
int64_t tread_media__damage_packet(media_damage *damage, enum media_packet_fate fate);

/** What became of a packet, once it is known. Bad stays bad. */
void tread_media__damage_settle(media_damage *damage, int64_t number, enum media_packet_fate fate);

/** Packets from `number` on may depend on one that was lost. */
void tread_media__damage_mark(media_damage *damage, int64_t number);

/** Nothing that comes from now on depends on what was lost. */
void tread_media__damage_heal(media_damage *damage);

/** May the picture of packet `number` be shown? Call in presentation order. */
bool tread_media__damage_is_sound(media_damage *damage, int64_t number, bool is_key);

/** More than a quarter of the last 100 packets were bad, or they were all
 *  unusable and that for more than one reason. */
bool tread_media__damage_is_hopeless(const media_damage *damage);

/** Over all, more than three quarters of the packets were unusable. */
bool tread_media__damage_is_most(const media_damage *damage);

#endif

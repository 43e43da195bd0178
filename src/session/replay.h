/* Private to session: contacts in slow motion, beside the clip they belong to.
 *
 * Each replay shows what was drawn from BEFORE a contact to AFTER it, at a fraction of its speed,
 * and begins as soon as that is over. What lands meanwhile is left out: next comes the first
 * contact whose replay begins no sooner than this one ends. Pictures are kept for two replays, the
 * one that is shown and the one that comes; of many a second, or very large ones, fewer or smaller
 * ones, so that they never take more than SESSION_REPLAY_MAX_BYTES. */
#ifndef SESSION_REPLAY_H
#define SESSION_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/analyzer.h>

#include "base/surface.h"

#define SESSION_REPLAY_BEFORE_S 0.12
#define SESSION_REPLAY_AFTER_S 0.18
#define SESSION_REPLAY_MAX_BYTES ((size_t)320 << 20)

/** One contact to be shown. Times of the results. */
typedef struct session_replay_item {
    double contact_s;
    double begins_s, ends_s; /* when it is shown */
    enum tread_side side;
} session_replay_item;

/** Which contacts are shown, and when. Pure.
 *  @param steps  (n_steps) in order
 *  @param side   whose; BOTH: any
 *  @param slow   how many times slower, 2 and more
 *  @param[out] items  (n_steps). @return how many */
size_t session_replay_plan(const tread_step *steps, size_t n_steps, enum tread_side side, int slow,
                           session_replay_item *items);

/** Pictures of two replays at most. One thread at a time. */
typedef struct session_replay session_replay;

/** For pictures of 4:2:0.
 *  @param width_px, height_px  even
 *  @param items  (n_items) of the plan; copied
 *  @param interval_s  from frame to frame, about; NaN = not known
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int session_replay_create(session_replay **out, int width_px, int height_px,
                                            int slow, const session_replay_item *items,
                                            size_t n_items, double interval_s);

/** NULL-safe, sets NULL. */
void session_replay_destroy(session_replay **r);

/** A picture was drawn; kept if a replay will show it. Times increase. */
void session_replay_see(session_replay *r, const tread_surface *picture, double time_s);

/** What is shown at a time.
 *  @param[out] item   the replay that runs, or the last that ran
 *  @param[out] at_s   the moment it is at, against the contact
 *  @param[out] picture  where it is put
 *  @return false: none has begun yet. Then nothing is written */
bool session_replay_show(session_replay *r, double time_s, session_replay_item *item, double *at_s,
                         const tread_surface *picture);

/** Bytes of pictures it may hold. */
size_t session_replay_bytes(const session_replay *r);

#endif

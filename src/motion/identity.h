/* Private to motion: which leg is which, and where each of its points is.
 *
 * A pose network in a side view does three things wrong when the legs pass each other:
 * it exchanges them, puts both on one, or sends a point somewhere else. Mostly it has
 * seen the right place all the same and only ranks another first: each point has up to
 * two places of its own label (tread_landmarks.second) and two of the other side's. This
 * chooses among them, or none.
 *
 *  1. The feet's order around the stride, from what an exchange cannot change (order.h).
 *  2. Starting from it, each point's path around the stride: harmonics of the phase,
 *     relative to the middle of the hips for knee and ankle and to the leg's own ankle
 *     for heel and toe, each leg its own, so that legs may differ (path.h).
 *  3. Each frame gives every pair of points the two places that lie nearest to the two
 *     paths, weighed against how sure the network is of a place, its labels (a small
 *     price), the length of the foot, and both legs claiming one place (choose.h).
 *  4. Paths and places are found in turn, from two harmonics to eight: the coarse path,
 *     which both legs share half a stride apart, cannot follow a run of wrong places, the
 *     fine one is as sharp as a contact.
 *
 * Where nobody strides, the places follow each other without jumps, and labels count for
 * more. */
#ifndef MOTION_IDENTITY_H
#define MOTION_IDENTITY_H

#include <stddef.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#include "motion/choose.h"

typedef struct motion_identity motion_identity;

/** Scratch for stretches of up to n_max frames. */
TREAD_WARN_UNUSED int motion_identity_create(motion_identity **out, size_t n_max);
void motion_identity_destroy(motion_identity **id);

/** Decide for every frame.
 *  @param[in]  lm   (n) times increasing; n <= n_max
 *  @param[out] out  (n)
 *  @return TREAD_OK, TREAD_ERR_ARG, TREAD_ERR_INTERNAL. Does not allocate. */
TREAD_WARN_UNUSED int motion_identify(motion_identity *id, const tread_landmarks *lm, size_t n,
                                      motion_choice *out);

/** Judge one block, for what comes after it.
 *  @param[in]  known  (n) what was decided of it before, to start from; NULL = afresh
 *  @param[out] out    (n)
 *  @return as motion_identify */
TREAD_WARN_UNUSED int motion_identity_learn(motion_identity *id, const tread_landmarks *lm,
                                            size_t n, const motion_choice *known,
                                            motion_model *model, motion_choice *out);

#endif

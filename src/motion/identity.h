/* Private to motion: which leg is which.
 *
 * In a side view the network exchanges the legs for a few frames whenever they
 * pass each other (POSE.md). What it cannot exchange is the unordered pair: the
 * difference d between the two ankles is right but for its sign. So everything
 * here starts from what does not change with the sign:
 *
 *  1. The square of d, taken as a complex number, turns twice a stride whatever
 *     the labels say: it gives stride frequency and phase.
 *  2. Over many strides the pairs of one phase share a line through the origin. Of
 *     all ways to order them around the stride, the one that bends least is taken,
 *     under the condition that half a stride later the legs have changed places.
 *     Continuity of the mean decides, not of single frames.
 *  3. Odd harmonics of the phase, fitted robustly, make that a smooth curve; each
 *     frame takes the sign that is nearer to it. Fit and signs alternate until
 *     nothing changes.
 *  4. One sign for the whole remains open, and only that one the labels decide,
 *     by majority.
 *
 * Labels that are wrong for the same part of every stride do not mislead it. The
 * legs may differ from each other: what they share is only the order of events. */
#ifndef MOTION_IDENTITY_H
#define MOTION_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

/* Points that the network exchanges together. */
enum motion_group { MOTION_FOOT = 0, MOTION_KNEE, MOTION_ARM, MOTION_N_GROUPS };

typedef struct motion_identity motion_identity;

/** Scratch for stretches of up to n_max frames. */
TREAD_WARN_UNUSED int motion_identity_create(motion_identity **out, size_t n_max);
void motion_identity_destroy(motion_identity **id);

/* Points of the legs whose path around the stride is known: knee, ankle, heel, toe, each
 * left then right. */
enum { MOTION_N_POINTS = 8 };

/** Decide for every frame and group; then, with the legs in order, how far each point may
 *  be believed. A leg that is hidden, or a foot read on the other leg, goes astray for
 *  several frames at once, which no smoothing over time can tell from movement; but it is
 *  far from where that leg's own point is at that phase in the other strides.
 *  @param[in]  lm         (n) times increasing; n <= n_max
 *  @param[out] exchanged  (n) bit `1 << group` set where left and right have to change places
 *  @param[out] belief     (n, MOTION_N_POINTS) 0..1, of the points once put right; 1 where
 *                         there is no stride to go by
 *  @return TREAD_OK, TREAD_ERR_INTERNAL. Does not allocate. */
TREAD_WARN_UNUSED int motion_identify(motion_identity *id, const tread_landmarks *lm, size_t n,
                                      uint8_t *exchanged, float *belief);

/** Both landmarks of the points of a group: left, right, left, right ... */
typedef struct motion_group_points {
    int n; /* pairs */
    enum tread_landmark left[3];
} motion_group_points;
extern const motion_group_points motion_groups[MOTION_N_GROUPS];

#endif

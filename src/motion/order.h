/* Private to motion: in which order the two feet of every frame stand.
 *
 * In a side view the network exchanges the legs for a few frames whenever they
 * pass each other (POSE.md). What it cannot exchange is the unordered pair: the
 * difference d between the feet is right but for its sign. So everything here
 * starts from what does not change with the sign:
 *
 *  1. The square of d, taken as a complex number, turns twice a stride whatever
 *     the labels say: it gives stride frequency and phase (phase.h).
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
#ifndef MOTION_ORDER_H
#define MOTION_ORDER_H

#include <stddef.h>

#include <treadscope/status.h>

/* Components of d: x and y of ankle, heel and toe. */
enum { MOTION_ORDER_DIMS = 6 };

/** Doubles of scratch for n frames. */
size_t motion_order_scratch(size_t n);

/** @param[in]  d      (n, MOTION_ORDER_DIMS) left minus right; NaN where one is not seen
 *  @param[in]  phase  (n) strides
 *  @param[out] order  (n) +1 as labelled, -1 the other way round; all 0 where the differences
 *                     follow no curve
 *  @return TREAD_OK, TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int motion_order(const double *d, const double *phase, size_t n, double *scratch,
                                   signed char *order);

#endif

#include "motion/still.h"

#include <math.h>

#include "motion/places.h"

/* Looked at around the frame, and the least that must be seen of it. */
#define AROUND_S 0.5
#define MIN_SEEN_S 0.4
/* In so long the distance of a walker's feet changes by a quarter of a leg even at the slowest
 * (0.6 strides a second, 0.3 leg each way), a runner's by half; of somebody who stands, by the
 * network's noise. */
#define MAX_CHANGE_LEG 0.1

static double feet_apart(const tread_landmarks *lm)
{
    tread_place left = motion_place_of(lm, MOTION_ANKLE, MOTION_LEFT_FIRST);
    tread_place right = motion_place_of(lm, MOTION_ANKLE, MOTION_RIGHT_FIRST);
    return motion_length((double)left.x_px - (double)right.x_px,
                         (double)left.y_px - (double)right.y_px);
}

bool motion_is_still(const tread_landmarks *lm, size_t n, size_t i, double leg_px)
{
    double least = INFINITY, most = -INFINITY, first_s = INFINITY, last_s = -INFINITY;
    size_t from = i;
    while (from > 0 && lm[i].time_s - lm[from - 1].time_s <= AROUND_S)
        from--;
    for (size_t k = from; k < n && lm[k].time_s - lm[i].time_s <= AROUND_S; k++) {
        double apart = feet_apart(&lm[k]);
        if (!isfinite(apart))
            continue;
        least = fmin(least, apart);
        most = fmax(most, apart);
        if (most - least >= MAX_CHANGE_LEG * leg_px)
            return false; /* as soon as it shows: a runner is looked at for each frame */
        first_s = fmin(first_s, lm[k].time_s);
        last_s = lm[k].time_s;
    }
    return last_s - first_s >= MIN_SEEN_S && most - least < MAX_CHANGE_LEG * leg_px;
}

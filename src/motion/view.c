/* Which way the runner faces, from evidence over time: decided for the whole
 * stretch, never frame by frame (PEERS.md finding 2). */
#include <math.h>

#include "motion/motion.h"

/* Below this the network is not sure of a person at all. */
#define MIN_PRESENCE 0.5
/* A frame's cue counts when it is at least this share of the trunk: the foot is
 * about half a trunk long, the nose a quarter ahead of the ears. */
#define MIN_CUE 0.02
/* Seen from behind the shoulders are about 0.7 trunk apart, side-on under 0.3
 * (shoulder width 0.26 h, trunk 0.29 h; Drillis & Contini segment lengths). */
#define ACROSS_SHARE 0.5
/* One side has to outweigh the other by this before it is believed. */
#define DECISIVE 2.0

static double dx(const tread_landmarks *lm, enum tread_landmark to, enum tread_landmark from)
{
    return (double)lm->x_px[to] - (double)lm->x_px[from];
}

static double dy(const tread_landmarks *lm, enum tread_landmark to, enum tread_landmark from)
{
    return (double)lm->y_px[to] - (double)lm->y_px[from];
}

static double trunk_length(const tread_landmarks *lm)
{
    double x = 0.5 * (dx(lm, TREAD_LM_LEFT_SHOULDER, TREAD_LM_LEFT_HIP) +
                      dx(lm, TREAD_LM_RIGHT_SHOULDER, TREAD_LM_RIGHT_HIP));
    double y = 0.5 * (dy(lm, TREAD_LM_LEFT_SHOULDER, TREAD_LM_LEFT_HIP) +
                      dy(lm, TREAD_LM_RIGHT_SHOULDER, TREAD_LM_RIGHT_HIP));
    return hypot(x, y);
}

void tread_motion__view_add(tread_view_evidence *e, const tread_landmarks *lm)
{
    double trunk = trunk_length(lm);
    if (!(lm->presence >= MIN_PRESENCE) || !(trunk > 0))
        return;
    double across = fabs(dx(lm, TREAD_LM_LEFT_SHOULDER, TREAD_LM_RIGHT_SHOULDER)) / trunk;
    /* Their left on our left: we look at their back. */
    if (across > ACROSS_SHARE) {
        e->across += 1;
        if (dx(lm, TREAD_LM_LEFT_SHOULDER, TREAD_LM_RIGHT_SHOULDER) < 0)
            e->from_behind += 1;
    } else
        e->along += 1;

    /* Feet point forward on average, though not in late swing; the face always. */
    const double cues[3] = {
        dx(lm, TREAD_LM_LEFT_TOE, TREAD_LM_LEFT_HEEL) / trunk,
        dx(lm, TREAD_LM_RIGHT_TOE, TREAD_LM_RIGHT_HEEL) / trunk,
        (dx(lm, TREAD_LM_NOSE, TREAD_LM_LEFT_EAR) + dx(lm, TREAD_LM_NOSE, TREAD_LM_RIGHT_EAR)) /
            (2 * trunk),
    };
    for (int i = 0; i < 3; i++) {
        if (cues[i] > MIN_CUE)
            e->facing_right += 1;
        else if (cues[i] < -MIN_CUE)
            e->facing_left += 1;
    }
}

enum tread_view tread_motion__view_decide(const tread_view_evidence *e)
{
    if (e->across > e->along)
        return 2 * e->from_behind > e->across ? TREAD_VIEW_REAR : TREAD_VIEW_FRONT;
    if (e->facing_left > DECISIVE * e->facing_right)
        return TREAD_VIEW_LEFT;
    if (e->facing_right > DECISIVE * e->facing_left)
        return TREAD_VIEW_RIGHT;
    return TREAD_VIEW_AUTO;
}

bool tread_motion__view_is_along(enum tread_view view)
{
    return view == TREAD_VIEW_REAR || view == TREAD_VIEW_FRONT;
}

#include "pose/legs.h"

#include <math.h>

/* A step of running takes 0.33 to 0.4 s, of walking 0.5 to 0.6 s: a step and a
 * bit, in which both feet have been before and behind the hips. */
#define MIN_SEEN_S 0.7
/* Our clips from the side: 0.085 to 0.13 running, 0.076 to 0.12 walking; a still
 * picture of a person 0.01. From behind the network sees no swing. */
#define MIN_SWING_SIDES 0.05
/* Somebody who does not stand is past this after 0.2 s already. */
#define MAX_STILL_SIDES 0.03
/* Centre of the region over a second: at most 0.023 on a belt, 0.18 of somebody
 * who walks across the picture. */
#define MAX_TRAVEL_SIDES 0.08
/* Of two who move their legs, the other must do it clearly more. */
#define CLEARLY_MORE 2.0

void tread_pose__legs_add(pose_legs *legs, const tread_landmarks *lm, const pose_sight *sight)
{
    const pose_region *region = &sight->next;
    if (legs->n == 0) {
        legs->since_s = lm->time_s;
        legs->side_px = region->side;
    }
    legs->until_s = lm->time_s;
    legs->n++;
    double hip_x_px = ((double)lm->x_px[TREAD_LM_LEFT_HIP] + lm->x_px[TREAD_LM_RIGHT_HIP]) / 2;
    double hip_y_px = ((double)lm->y_px[TREAD_LM_LEFT_HIP] + lm->y_px[TREAD_LM_RIGHT_HIP]) / 2;
    const double values[POSE_LEGS_VALUES] = {
        (sight->ankle_x_px[0] - hip_x_px) / region->side,
        (sight->ankle_y_px[0] - hip_y_px) / region->side,
        (sight->ankle_x_px[1] - hip_x_px) / region->side,
        (sight->ankle_y_px[1] - hip_y_px) / region->side,
        region->x / legs->side_px,
        region->y / legs->side_px,
    };
    for (int i = 0; i < POSE_LEGS_VALUES; i++) { /* Welford's running variance */
        double off = values[i] - legs->mean[i];
        legs->mean[i] += off / legs->n;
        legs->squares[i] += off * (values[i] - legs->mean[i]);
    }
}

double tread_pose__legs_swing(const pose_legs *legs)
{
    double squares = legs->squares[0] + legs->squares[1] + legs->squares[2] + legs->squares[3];
    return legs->n < 2 ? NAN : sqrt(squares / legs->n / 2);
}

int tread_pose__legs_stand(const pose_legs *legs)
{
    return !(tread_pose__legs_swing(legs) > MAX_STILL_SIDES);
}

static int is_in_place(const pose_legs *legs)
{
    return sqrt((legs->squares[4] + legs->squares[5]) / legs->n) <= MAX_TRAVEL_SIDES;
}

int tread_pose__legs_move_in_place(const pose_legs *legs)
{
    return legs->n > 1 && is_in_place(legs) && tread_pose__legs_swing(legs) >= MIN_SWING_SIDES;
}

int tread_pose__legs_run_in_place(const pose_legs *legs)
{
    return legs->until_s - legs->since_s >= MIN_SEEN_S && tread_pose__legs_move_in_place(legs);
}

int tread_pose__legs_prefer(const pose_legs *followed, const pose_legs *rival)
{
    if (followed->n < 2 || !tread_pose__legs_run_in_place(rival))
        return 0;
    return !is_in_place(followed) ||
           tread_pose__legs_swing(rival) >= CLEARLY_MORE * tread_pose__legs_swing(followed);
}

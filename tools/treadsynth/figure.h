/* Segment lengths of one runner, from stature. */
#ifndef TREADSYNTH_FIGURE_H
#define TREADSYNTH_FIGURE_H

#include "params.h"

/* Metres and radians. The foot has its own plane: u along the sole towards the
 * toes, w up from it, origin at the heel edge, the rearmost point of the sole
 * that can touch the belt. The sole is straight from the heel edge to the ball;
 * the toes follow, turned up by the shoe's toe spring. */
typedef struct synth_figure {
    double stature;
    double thigh, shank;
    double hip_half, shoulder_half; /* joint centre to the midline */
    double trunk;                   /* mid-hip to mid-shoulder */
    double upper_arm, forearm, hand;
    double ear_up;       /* mid-shoulder to mid-ear */
    double ear_half;     /* ear to the midline */
    double nose_forward; /* nose tip from mid-ear, along and below the gaze */
    double nose_down;
    double ankle_u, ankle_w;
    double heel_u, heel_w; /* landmark: rear bottom of the heel counter */
    double ball_u;
    double toe_length;            /* ball to toe tip, along the toes' own direction */
    double toe_spring;            /* turn of the toes, unloaded */
    double toe_u, toe_w;          /* landmark: front of the toe box, in the toes' plane */
    double shoe_back, shoe_front; /* outline of the shoe, u */
    double rest_angle;            /* of the line heel to toe when the sole is flat: F0 */
} synth_figure;

void synth_figure_init(synth_figure *f, const synth_params *p);

#endif

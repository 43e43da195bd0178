/* Time in, the runner's whole pose out; exact contacts by construction.
 *
 * Two frames: the world (y against gravity, origin on the belt below the runner)
 * and the belt frame (the world turned by the incline, x along the belt, y off
 * it). A foot in stance stands on the belt and moves with it: it lands on the
 * heel edge or the ball, rolls to flat, lifts the heel about the ball, then rolls
 * over the toe tip. Mid-hip is ballistic in flight; in stance the ground force is
 * a sine series that starts and ends at zero, so height, speed and acceleration
 * have no jump at contact or toe-off. Legs follow by inverse kinematics in
 * stance; in swing hip, knee and ankle angles are curves that start and end where
 * stance leaves and needs them.
 *
 * A plan is read-only once made and may be used from several threads. */
#ifndef TREADSYNTH_GAIT_H
#define TREADSYNTH_GAIT_H

#include <stdbool.h>

#include "figure.h"
#include "params.h"
#include "vec.h"

enum synth_side { SIDE_LEFT, SIDE_RIGHT };

enum synth_point {
    PT_NOSE,
    PT_LEFT_EAR,
    PT_RIGHT_EAR,
    PT_LEFT_SHOULDER,
    PT_RIGHT_SHOULDER,
    PT_LEFT_ELBOW,
    PT_RIGHT_ELBOW,
    PT_LEFT_WRIST,
    PT_RIGHT_WRIST,
    PT_LEFT_HIP,
    PT_RIGHT_HIP,
    PT_LEFT_KNEE,
    PT_RIGHT_KNEE,
    PT_LEFT_ANKLE,
    PT_RIGHT_ANKLE,
    PT_LEFT_HEEL,
    PT_RIGHT_HEEL,
    PT_LEFT_TOE,
    PT_RIGHT_TOE,
    PT_COUNT
};

/* Corners of the sole, world. */
typedef struct synth_foot {
    vec3 heel_edge, ball, toe_tip;
    double pitch_rad; /* sole from heel edge to ball against the belt, + toes up */
    double toe_rad;   /* toes against the belt, + up */
    bool is_down;     /* between initial contact and toe-off */
} synth_foot;

typedef struct synth_pose {
    double t_s;
    double incline_rad;
    double belt_m; /* travel of the belt since 0 s */
    vec3 mid_hip, mid_shoulder;
    vec3 point[PT_COUNT];
    mat3 pelvis, thorax, head;
    synth_foot foot[2];
} synth_pose;

typedef struct synth_plan synth_plan;

/* What one step is known to be before anything is measured. */
typedef struct synth_step_info {
    enum synth_side side;
    double contact_s, toe_off_s;
    double speed_m_s, incline_rad; /* at contact */
} synth_step_info;

/** Work out every step of the clip, from 1.5 s before it to 1.5 s after.
 *  @return 0; -1 with the reason when parameters contradict each other */
int synth_plan_create(synth_plan **out, const synth_params *p, synth_error *err);
void synth_plan_destroy(synth_plan **plan);

void synth_plan_pose(const synth_plan *plan, double t_s, synth_pose *pose);

const synth_figure *synth_plan_figure(const synth_plan *plan);
int synth_plan_n_steps(const synth_plan *plan);
synth_step_info synth_plan_step(const synth_plan *plan, int index);

/** World to belt frame and back at one incline. */
vec3 synth_to_belt(vec3 world, double incline_rad);
vec3 synth_from_belt(vec3 belt, double incline_rad);

/** Least height of the sole over the belt, metres. */
double synth_foot_clearance(const synth_foot *foot, double incline_rad);

/** A standing person at the origin, for the bystander. */
void synth_pose_standing(const synth_figure *f, synth_pose *pose);

#endif

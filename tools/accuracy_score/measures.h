/* What is compared: names, units and where each stands in treadscope's files and
 * in the truth. */
#ifndef ACCURACY_MEASURES_H
#define ACCURACY_MEASURES_H

#include <stdbool.h>

/* One value a frame. The trunk has no sides and uses the first slot. */
enum acc_angle {
    ACC_TRUNK = 0,
    ACC_KNEE,
    ACC_HIP,
    ACC_ANKLE,
    ACC_SHANK,
    ACC_THIGH,
    ACC_FOOT,
    ACC_N_ANGLES
};

/* One value a step. Events first; the others are named alike in both files. */
enum acc_step_value {
    ACC_STEP_IC = 0, /* s */
    ACC_STEP_TO,     /* s */
    ACC_STEP_CONTACT,
    ACC_STEP_FLIGHT,
    ACC_STEP_STRIKE,
    ACC_STEP_KNEE_CONTACT,
    ACC_STEP_KNEE_STANCE,
    ACC_STEP_KNEE_TOE_OFF,
    ACC_STEP_KNEE_SWING,
    ACC_STEP_HIP_EXTENSION,
    ACC_STEP_SHANK,
    ACC_STEP_AHEAD_CM,
    ACC_STEP_AHEAD_PCT,
    ACC_STEP_TRUNK_CONTACT,
    ACC_STEP_TRUNK_STANCE,
    ACC_STEP_LENGTH,
    ACC_STEP_OSCILLATION,
    ACC_STEP_LATERAL_LEAN, /* from behind */
    ACC_STEP_WIDTH,
    ACC_N_STEP_VALUES
};

/* One value a clip, with its 95 % interval. */
enum acc_clip_value {
    ACC_CLIP_CADENCE = 0,
    ACC_CLIP_CONTACT,
    ACC_CLIP_FLIGHT,
    ACC_CLIP_DUTY,
    ACC_CLIP_LENGTH,
    ACC_CLIP_OSCILLATION,
    ACC_CLIP_TRUNK,
    ACC_CLIP_TRUNK_CONTACT,
    ACC_CLIP_TRUNK_STANCE,
    ACC_CLIP_KNEE_CONTACT,
    ACC_CLIP_KNEE_STANCE,
    ACC_CLIP_KNEE_TOE_OFF,
    ACC_CLIP_KNEE_SWING,
    ACC_CLIP_HIP_EXTENSION,
    ACC_CLIP_STRIKE,
    ACC_CLIP_SHANK,
    ACC_CLIP_AHEAD,
    ACC_CLIP_AHEAD_CM,
    ACC_CLIP_LATERAL_LEAN,
    ACC_CLIP_WIDTH,
    ACC_N_CLIP_VALUES
};

/* Joints of a side, those of the leg first. */
enum acc_point {
    ACC_POINT_HIP = 0,
    ACC_POINT_KNEE,
    ACC_POINT_ANKLE,
    ACC_POINT_HEEL,
    ACC_POINT_TOE,
    ACC_N_LEG_POINTS,
    ACC_POINT_SHOULDER = ACC_N_LEG_POINTS,
    ACC_POINT_ELBOW,
    ACC_POINT_WRIST,
    ACC_N_POINTS
};

typedef struct acc_measure {
    const char *key;   /* in scores, ceilings and treadscope's files */
    const char *truth; /* in the truth file, where it is called otherwise; NULL = as key */
    const char *title; /* in tables */
    const char *unit;
    double scale; /* from file to `unit` */
    int n_decimals;
    bool is_sided; /* near and far apart; else one value for both legs */
    bool is_angle; /* differences are taken round the circle */
} acc_measure;

extern const acc_measure acc_angles[ACC_N_ANGLES];
extern const acc_measure acc_step_values[ACC_N_STEP_VALUES];
extern const acc_measure acc_clip_values[ACC_N_CLIP_VALUES];
extern const char *const acc_points[ACC_N_POINTS];

#endif

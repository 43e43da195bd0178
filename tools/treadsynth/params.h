/* Everything a clip is made from, as one table of named numbers.
 *
 * A parameter file holds lines `key = value` with # comments; the same keys are
 * flags (`--key value`). Four prefixes and suffixes change a key over steps:
 *   diff.KEY   left minus right: the left leg gets +half, the right -half
 *   drift.KEY  change from the first to the last second of the clip (fatigue)
 *   sd.KEY     step-to-step standard deviation, instead of the usual one
 *   KEY@S      value from S seconds on, reached in one `ramp`
 * Choices are stored as the index of their name; `auto` as NaN. */
#ifndef TREADSYNTH_PARAMS_H
#define TREADSYNTH_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/compiler.h"

enum synth_key {
    /* clip */
    P_SEED,
    P_DURATION,
    P_FPS,
    P_VFR,
    P_DROP,
    P_WIDTH,
    P_HEIGHT,
    P_ROTATION,
    P_CRF,
    P_SAMPLES,
    P_EXPOSURE,
    P_NOISE,
    P_LIGHT,
    /* belt and gait */
    P_GAIT,
    P_SPEED,
    P_INCLINE,
    P_CADENCE,
    P_CONTACT_TIME,
    P_STRIKE_ANGLE,
    P_HEEL_AHEAD,
    P_KNEE_CONTACT,
    P_KNEE_STANCE,
    P_KNEE_TOE_OFF,
    P_KNEE_SWING,
    P_HIP_EXTENSION,
    P_HIP_FLEXION,
    P_VERTICAL_OSCILLATION,
    P_TOUCHDOWN_SPEED,
    P_TOUCHDOWN_SLIP,
    P_TRUNK_LEAN,
    P_TRUNK_SWING,
    P_LATERAL_LEAN,
    P_PELVIC_DROP,
    P_PELVIS_ROTATION,
    P_THORAX_ROTATION,
    P_STEP_WIDTH,
    P_ARM_SWING,
    P_ARM_MEAN,
    P_ELBOW,
    P_ARM_CROSS,
    P_HEAD_FORWARD,
    P_VARIABILITY,
    P_RAMP,
    /* body and clothes */
    P_STATURE,
    P_BODY,
    P_BUILD,
    P_SKIN,
    P_HAIR,
    P_HAIR_COLOUR,
    P_SHIRT,
    P_SHIRT_COLOUR,
    P_LEGS,
    P_LEGS_COLOUR,
    P_SHOE_COLOUR,
    P_SOCK_COLOUR,
    /* camera */
    P_VIEW,
    P_DISTANCE,
    P_CAMERA_HEIGHT,
    P_YAW,
    P_ROLL,
    P_FOCAL,
    P_AIM_X,
    P_AIM_HEIGHT,
    /* scene */
    P_WALL,
    P_CONSOLE,
    P_HANDRAIL,
    P_CLUTTER,
    P_MIRROR,
    P_BYSTANDER,
    P_COUNT
};

enum synth_gait_mode { GAIT_RUN, GAIT_WALK };
enum synth_view { VIEW_LEFT, VIEW_RIGHT, VIEW_REAR, VIEW_OBLIQUE };
enum synth_body_kind { BODY_MALE, BODY_FEMALE };
enum synth_hair { HAIR_SHORT, HAIR_PONYTAIL, HAIR_BALD, HAIR_CAP };
enum synth_shirt { SHIRT_TEE, SHIRT_SINGLET, SHIRT_LONG, SHIRT_LOOSE };
enum synth_legs { LEGS_SHORTS, LEGS_TIGHTS, LEGS_TROUSERS };
enum synth_handrail { HANDRAIL_NONE, HANDRAIL_SHORT, HANDRAIL_LONG };

/* What may be done to a key beyond giving it a value. */
enum {
    KEY_STEP = 1, /* one value a step and side: diff, drift, sd and @ apply */
    KEY_TIME = 2, /* a value over time: drift and @ apply */
    KEY_AUTO = 4, /* `auto` is allowed */
    KEY_WHOLE = 8 /* whole numbers only */
};

typedef struct synth_key_info {
    const char *name, *unit;
    double run, walk; /* defaults */
    double low, high;
    int flags;
    double sd;           /* usual step-to-step SD, times `variability` */
    const char *choices; /* space-separated names, or NULL */
    const char *doc;
} synth_key_info;

typedef struct synth_change {
    enum synth_key key;
    double at_s, value;
} synth_change;

enum { SYNTH_MAX_CHANGES = 64 };

typedef struct synth_params {
    double value[P_COUNT];
    double diff[P_COUNT], drift[P_COUNT];
    double sd[P_COUNT];     /* NaN = the usual one */
    bool is_given[P_COUNT]; /* stated by the user */
    synth_change change[SYNTH_MAX_CHANGES];
    int n_changes;
} synth_params;

/* One line of text saying what is wrong. */
typedef struct synth_error {
    char text[400];
} synth_error;

/** Write a formatted message; always returns -1, so `return synth_fail(...)`. */
int synth_fail(synth_error *err, const char *format, ...) BASE_PRINTF(2, 3);

const synth_key_info *synth_key_at(enum synth_key key);

/** Defaults of a run; unstated values follow `gait` once it is known
 *  (synth_params_finish). */
void synth_params_init(synth_params *p);

/** Set one key, with its prefix or suffix. @return 0, or -1 with a message */
int synth_params_set(synth_params *p, const char *name, const char *text, synth_error *err);

/** Read a parameter file. @return 0, or -1 naming file and line */
int synth_params_read(synth_params *p, const char *path, synth_error *err);

/** Fill what was not stated with the defaults of the chosen gait and check what
 *  needs more than one key. @return 0, or -1 with a message */
int synth_params_finish(synth_params *p, synth_error *err);

/** Value of a key at `t_s` seconds: schedule with its ramps, then drift. */
double synth_params_at(const synth_params *p, enum synth_key key, double t_s);

/** The table, for --help. */
void synth_params_print(FILE *out);

/** Name of a choice's current value, or NULL for a key that is a number. Writes
 *  at most `size` bytes to `text` and returns it. */
const char *synth_params_choice(const synth_params *p, enum synth_key key, char *text, size_t size);

#endif

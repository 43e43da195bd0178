/* The analyzer: landmarks with times in, measurements out.
 *
 * Pure: no file, clock, thread or random number behind this header; the same
 * landmarks always give bit-identical results. Use it with any pose network,
 * with marker data, live or recorded:
 *
 *     tread_analyzer *a = NULL;
 *     tread_analyzer_opts opts = {.speed_kmh = 11.0};
 *     if (tread_analyzer_create(&a, &opts) != TREAD_OK) ...
 *     while (have landmarks) {
 *         tread_analyzer_push(a, &landmarks);
 *         while (tread_analyzer_next_frame(a, &frame) == TREAD_OK) ...   // live
 *     }
 *     tread_analyzer_finish(a);
 *     while (tread_analyzer_next_frame(a, &frame) == TREAD_OK) ...
 *     while (tread_analyzer_next_step(a, &step) == TREAD_OK) ...
 *     tread_analyzer_measure(a, TREAD_MEASURE_CADENCE, TREAD_BOTH, &cadence);
 *     tread_analyzer_destroy(&a);
 *
 * Angles are degrees with the signs of the field: trunk lean + forward, thigh
 * and shank + when the lower end is ahead, knee flexion + flexed (0 straight,
 * negative hyperextended), hip flexion + flexed, ankle dorsiflexion + toes up
 * against standing, foot angle + toes up against the belt. Trunk, thigh and
 * shank are measured against gravity, the foot against the belt. NaN means not
 * measured, and is never replaced by a guess.
 *
 * Thread-safety: one thread at a time per analyzer. */
#ifndef TREADSCOPE_ANALYZER_H
#define TREADSCOPE_ANALYZER_H

#include <stdbool.h>
#include <stdint.h>

#include <treadscope/export.h>
#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tread_side { TREAD_LEFT = 0, TREAD_RIGHT = 1, TREAD_N_SIDES = 2, TREAD_BOTH = 2 };

/* Which side of the runner the camera sees. LEFT: their left side, so they face
 * image-left; RIGHT: the mirror of it; REAR: from behind or in front. */
enum tread_view { TREAD_VIEW_AUTO = 0, TREAD_VIEW_LEFT, TREAD_VIEW_RIGHT, TREAD_VIEW_REAR };

/* RECORDED: everything is kept until tread_analyzer_finish and judged as a whole,
 * with past and future. LIVE: results follow the newest frame by
 * TREAD_LIVE_LAG_S at most, and memory does not grow. */
enum tread_analyzer_mode { TREAD_RECORDED = 0, TREAD_LIVE };

#define TREAD_LIVE_LAG_S 0.1

enum tread_gait { TREAD_GAIT_UNKNOWN = 0, TREAD_GAIT_RUNNING, TREAD_GAIT_WALKING };

/* Points of the skeleton: each pair left then right, so LEFT_x + side works. */
enum tread_joint {
    TREAD_LEFT_SHOULDER = 0,
    TREAD_RIGHT_SHOULDER,
    TREAD_LEFT_ELBOW,
    TREAD_RIGHT_ELBOW,
    TREAD_LEFT_WRIST,
    TREAD_RIGHT_WRIST,
    TREAD_LEFT_HIP,
    TREAD_RIGHT_HIP,
    TREAD_LEFT_KNEE,
    TREAD_RIGHT_KNEE,
    TREAD_LEFT_ANKLE,
    TREAD_RIGHT_ANKLE,
    TREAD_LEFT_HEEL,
    TREAD_RIGHT_HEEL,
    TREAD_LEFT_TOE,
    TREAD_RIGHT_TOE,
    TREAD_LEFT_EAR,
    TREAD_RIGHT_EAR,
    TREAD_NOSE,
    TREAD_N_JOINTS
};

/* What the pose network had done to the legs of a frame, worst first. All but HIDDEN were
 * put right. */
enum tread_identity {
    TREAD_IDENTITY_NONE = 0,  /* nobody in the frame */
    TREAD_IDENTITY_LABELLED,  /* nothing: as it named them */
    TREAD_IDENTITY_EXCHANGED, /* knees or feet were the wrong way round */
    TREAD_IDENTITY_MERGED,    /* both were put on one leg */
    TREAD_IDENTITY_STRAYED,   /* a point was somewhere else altogether */
    TREAD_IDENTITY_HIDDEN,    /* a point could not be believed; interpolated or missing */
    TREAD_N_IDENTITIES
};

typedef struct tread_analyzer_opts {
    enum tread_view view;
    enum tread_analyzer_mode mode;
    double speed_kmh;   /* belt speed as set on the console; 0 = not told */
    double incline_pct; /* grade, + uphill */
    double height_cm;   /* the runner's; 0 = not told */
} tread_analyzer_opts;

/** One frame, smoothed. Arrays are indexed by tread_side or tread_joint. */
typedef struct tread_frame_result {
    int64_t frame;
    double time_s;
    double presence;
    enum tread_identity identity;
    double trunk_lean_deg;
    double knee_flexion_deg[TREAD_N_SIDES];
    double hip_flexion_deg[TREAD_N_SIDES];
    double ankle_dorsiflexion_deg[TREAD_N_SIDES];
    double shank_angle_deg[TREAD_N_SIDES];
    double thigh_angle_deg[TREAD_N_SIDES];
    double foot_angle_deg[TREAD_N_SIDES];
    int contact[TREAD_N_SIDES];                        /* 1 on the belt, 0 in the air, -1 unknown */
    double x_px[TREAD_N_JOINTS], y_px[TREAD_N_JOINTS]; /* upright source pixels */
    /* One standard deviation of each coordinate against the joint's own centre (heel: rear
     * bottom of the shoe, toe: its front): 95 % of them lie within 1.96. NaN like the joint. */
    double x_sd_px[TREAD_N_JOINTS], y_sd_px[TREAD_N_JOINTS];
} tread_frame_result;

enum tread_foot_strike {
    TREAD_STRIKE_UNKNOWN = 0,
    TREAD_STRIKE_REARFOOT,
    TREAD_STRIKE_MIDFOOT,
    TREAD_STRIKE_FOREFOOT
};

/** One step: from one foot's initial contact to the other's. */
typedef struct tread_step {
    int64_t step; /* 0, 1, 2 ... in order of contact, both sides together */
    enum tread_side side;
    double initial_contact_s, toe_off_s;
    double contact_ms; /* toe-off minus initial contact */
    double flight_ms;  /* next contact of the other foot minus this toe-off */
    double step_ms;    /* next contact of the other foot minus this contact */
    double foot_strike_angle_deg;
    enum tread_foot_strike foot_strike;
    double knee_flexion_contact_deg;
    double knee_flexion_peak_stance_deg;
    double knee_flexion_peak_swing_deg; /* between this toe-off and the same foot's next contact */
    double shank_angle_contact_deg;
    double foot_ahead_pct_leg; /* heel ahead of mid-hip at contact, % of leg length */
    double foot_ahead_cm;
    double trunk_lean_contact_deg;
    double trunk_lean_peak_stance_deg;
    double step_length_m;
    double vertical_oscillation_cm;
    double uncertainty_ms; /* of initial contact, one standard deviation */
    bool is_valid;         /* plausible by itself and in its place; only these enter the summary */
} tread_step;

enum tread_measure_id {
    TREAD_MEASURE_CADENCE = 0,
    TREAD_MEASURE_CONTACT,
    TREAD_MEASURE_FLIGHT,
    TREAD_MEASURE_DUTY_FACTOR,
    TREAD_MEASURE_STEP_LENGTH,
    TREAD_MEASURE_VERTICAL_OSCILLATION,
    TREAD_MEASURE_TRUNK_LEAN,
    TREAD_MEASURE_TRUNK_LEAN_CONTACT,
    TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE,
    TREAD_MEASURE_KNEE_FLEXION_CONTACT,
    TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE,
    TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING,
    TREAD_MEASURE_FOOT_STRIKE_ANGLE,
    TREAD_MEASURE_SHANK_ANGLE_CONTACT,
    TREAD_MEASURE_FOOT_AHEAD,
    TREAD_N_MEASURES
};

/** What a measure is called, for tables and files. */
typedef struct tread_measure_info {
    const char *key;   /* name in session.json, with its unit: "contact_ms" */
    const char *title; /* for people: "Contact time" */
    const char *unit;  /* "ms"; "" for ratios */
    int n_decimals;    /* worth showing */
    bool is_per_side;  /* has a left and a right value */
} tread_measure_info;

/** A number of the summary with its uncertainty. */
typedef struct tread_measure {
    double value;       /* NaN when not measured; `reason` then says why */
    double sd;          /* between steps; NaN when n < 2 */
    double se;          /* standard error of the value from that scatter */
    int n;              /* steps it rests on */
    double low, high;   /* 95 % interval: scatter, timing and known bias of the method together */
    const char *reason; /* NULL when measured; static text otherwise */
} tread_measure;

/** The session as a whole. */
typedef struct tread_overview {
    int64_t n_frames;                       /* pushed */
    int64_t n_frames_found;                 /* with a runner in them */
    int64_t n_identity[TREAD_N_IDENTITIES]; /* frames by what had been done to their legs; live,
                                               of those handed out */
    int64_t n_steps, n_steps_valid;
    double first_s, last_s;  /* presentation times of the first and last frame */
    double frame_interval_s; /* median; NaN below two frames */
    enum tread_gait gait;
    enum tread_view view;      /* as pinned, or as found; AUTO = could not tell */
    enum tread_side near_side; /* facing the camera; meaningful for LEFT and RIGHT views */
    double stride_hz;          /* dominant stride frequency; NaN = none found */
    double leg_length_px;      /* median near-side thigh + shank; NaN = unknown */
    double belt_speed_px_s;    /* median backward speed of the stance foot */
    double scale_m_per_px;     /* NaN = neither speed nor height was told */
    double foot_offset_deg[TREAD_N_SIDES]; /* foot angle when flat, taken off every foot angle */
    const char *no_steps_reason;           /* NULL when there are steps; static text */
} tread_overview;

typedef struct tread_analyzer tread_analyzer;

/** @param[in] opts NULL = defaults; copied.
 *  @return TREAD_OK, TREAD_ERR_ARG (a setting out of range), TREAD_ERR_NOMEM; `*out` is NULL then
 */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_create(tread_analyzer **out,
                                                      const tread_analyzer_opts *opts);

/** NULL-safe, sets NULL. */
TREAD_API void tread_analyzer_destroy(tread_analyzer **a);

/** Add one frame; copied.
 *  @return TREAD_OK; TREAD_ERR_ARG when the time is not finite or does not increase (the frame
 *          is left out, the analyzer stays good) or after finish; TREAD_ERR_NOMEM */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_push(tread_analyzer *a, const tread_landmarks *lm);

/** No more frames: judge the whole. Idempotent.
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_finish(tread_analyzer *a);

/** The next frame or step, in order of time, each once.
 *  @return TREAD_OK; TREAD_AGAIN: push more; TREAD_EOF: finished and drained */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_next_frame(tread_analyzer *a,
                                                          tread_frame_result *out);
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_next_step(tread_analyzer *a, tread_step *out);

/** Live, for a display that cannot wait: the newest frame pushed, as it is known now. It
 *  will be handed out by next_frame in its turn, with less noise.
 *  @return TREAD_OK; TREAD_AGAIN: nothing pushed yet; TREAD_ERR_ARG: not live */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_newest_frame(const tread_analyzer *a,
                                                            tread_frame_result *out);

/** A number of the summary over the valid steps so far.
 *  @param side  TREAD_BOTH for measures that are not per side, else LEFT or RIGHT
 *  @return TREAD_OK (also when it was not measured: see `reason`), TREAD_ERR_ARG */
TREAD_API int tread_analyzer_measure(const tread_analyzer *a, enum tread_measure_id id,
                                     enum tread_side side, tread_measure *out);

TREAD_API void tread_analyzer_overview(const tread_analyzer *a, tread_overview *out);

/** Static table; NULL for an id out of range. Any thread. */
TREAD_API const tread_measure_info *tread_measure_describe(enum tread_measure_id id);

/** "left", "rearfoot" and so on, as written to files. Never NULL. Any thread. */
TREAD_API const char *tread_side_name(enum tread_side side);
TREAD_API const char *tread_view_name(enum tread_view view);
TREAD_API const char *tread_gait_name(enum tread_gait gait);
TREAD_API const char *tread_identity_name(enum tread_identity identity);
TREAD_API const char *tread_foot_strike_name(enum tread_foot_strike strike);
TREAD_API const char *tread_joint_name(enum tread_joint joint); /* "left_knee" */

#ifdef __cplusplus
}
#endif
#endif

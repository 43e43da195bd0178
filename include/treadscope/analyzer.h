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
 * image-left; RIGHT: the mirror of it; REAR: from behind; FRONT: their face. */
enum tread_view {
    TREAD_VIEW_AUTO = 0,
    TREAD_VIEW_LEFT,
    TREAD_VIEW_RIGHT,
    TREAD_VIEW_REAR,
    TREAD_VIEW_FRONT
};

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

#define TREAD_MAX_BELT_CHANGES 255

/** What the console shows, from a moment on. */
typedef struct tread_belt {
    double from_s;      /* on the clock of the landmarks */
    double speed_kmh;   /* 0 = not told */
    double incline_pct; /* grade, + uphill */
} tread_belt;

typedef struct tread_analyzer_opts {
    enum tread_view view;
    enum tread_analyzer_mode mode;
    double speed_kmh;          /* belt speed as set on the console; 0 = not told */
    double incline_pct;        /* grade, + uphill */
    const tread_belt *changes; /* (n_changes) later settings, times increasing; copied */
    int n_changes;             /* at most TREAD_MAX_BELT_CHANGES */
    double height_cm;          /* the runner's; 0 = not told */
    double camera_roll_deg;    /* by which the camera is known to be turned, + clockwise; taken
                                  off everything */
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

/* Every number there is. Each says in tread_measure_describe how it is called, in which
 * unit, for which views and what it needs. Sections named here are of the field's literature
 * as src/gait cites it. */
enum tread_measure_id {
    /* rhythm */
    TREAD_MEASURE_CADENCE = 0,    /* 120 / mean stride time */
    TREAD_MEASURE_STRIDE_CV,      /* scatter of stride time, timing noise taken off */
    TREAD_MEASURE_STEP_TIME,      /* to the other foot's contact */
    TREAD_MEASURE_CONTACT,        /* toe-off minus initial contact */
    TREAD_MEASURE_CONTACT_EXCESS, /* contact over what is usual at the belt's speed, % */
    TREAD_MEASURE_FLIGHT,         /* the other foot's contact minus toe-off */
    TREAD_MEASURE_DUTY_FACTOR,    /* contact over twice (contact + flight) */
    TREAD_MEASURE_STEP_LENGTH,
    TREAD_MEASURE_VERTICAL_OSCILLATION, /* of the trunk's middle over a step */
    TREAD_MEASURE_VERTICAL_RATIO,       /* ... over step length */
    TREAD_MEASURE_BELT_SPEED,           /* of the stance foot, scale from body height */
    TREAD_MEASURE_VERTICAL_STIFFNESS,   /* per kg of body mass, Morin et al. 2005 */
    TREAD_MEASURE_LEG_STIFFNESS,        /* likewise */
    /* torso over pelvis */
    TREAD_MEASURE_TRUNK_LEAN, /* mean over the stride, against gravity */
    TREAD_MEASURE_TRUNK_LEAN_CONTACT,
    TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE,
    TREAD_MEASURE_TRUNK_LEAN_TOE_OFF,
    TREAD_MEASURE_TRUNK_RANGE,     /* largest minus smallest lean in a stride */
    TREAD_MEASURE_TRUNK_EXTENSION, /* lean at contact minus lean at toe-off */
    TREAD_MEASURE_TRUNK_LEAN_BELT, /* mean against the belt's normal */
    TREAD_MEASURE_TORSO_OFFSET,    /* shoulders ahead of hips, % of the trunk */
    TREAD_MEASURE_BODY_LEAN,       /* ankle to shoulder at midstance */
    TREAD_MEASURE_WAIST_BEND,      /* trunk lean minus lean of the leg at midstance */
    /* hip */
    TREAD_MEASURE_HIP_FLEXION_CONTACT,
    TREAD_MEASURE_HIP_FLEXION_PEAK_SWING,
    TREAD_MEASURE_HIP_EXTENSION_PEAK,   /* against the trunk, late stance to 50 ms past toe-off */
    TREAD_MEASURE_THIGH_EXTENSION_PEAK, /* against gravity, likewise */
    /* knee */
    TREAD_MEASURE_KNEE_FLEXION_CONTACT,
    TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE,
    TREAD_MEASURE_KNEE_EXCURSION, /* peak in stance minus contact */
    TREAD_MEASURE_KNEE_FLEXION_TOE_OFF,
    TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING,
    /* ankle and foot */
    TREAD_MEASURE_DORSIFLEXION_CONTACT,
    TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE,
    TREAD_MEASURE_PLANTARFLEXION_PEAK, /* around toe-off */
    TREAD_MEASURE_FOOT_STRIKE_ANGLE,
    TREAD_MEASURE_REARFOOT_SHARE, /* of steps */
    TREAD_MEASURE_FOREFOOT_SHARE,
    TREAD_MEASURE_FOOT_SLAP, /* speed at which the toes come down after contact */
    /* reach */
    TREAD_MEASURE_SHANK_ANGLE_CONTACT,
    TREAD_MEASURE_SHANK_ANGLE_LOADING, /* 30 ms after contact */
    TREAD_MEASURE_FOOT_AHEAD,          /* heel ahead of mid-hip at contact, % of the leg */
    TREAD_MEASURE_FOOT_AHEAD_CM,
    TREAD_MEASURE_ANKLE_AHEAD, /* ankle ahead of mid-hip at contact, % of the leg */
    /* arms and head */
    TREAD_MEASURE_ELBOW,        /* inside angle, mean over the stride */
    TREAD_MEASURE_ARM_SWING,    /* travel of the wrist against the shoulders, % of the trunk */
    TREAD_MEASURE_HEAD_FORWARD, /* ear ahead of the line of the trunk */
    TREAD_MEASURE_ROTATION,     /* travel of near shoulder against near hip, % of the trunk */
    /* from behind or in front */
    TREAD_MEASURE_PELVIC_DROP,   /* never measured: no pose network tried sees it */
    TREAD_MEASURE_HIP_ADDUCTION, /* likewise */
    TREAD_MEASURE_LATERAL_LEAN,  /* trunk towards the stance leg, peak in stance, against the
                                    stride's mean */
    TREAD_MEASURE_TRUNK_SWAY,    /* largest minus smallest sideways lean in a stride */
    TREAD_MEASURE_SHOULDER_TILT, /* largest minus smallest tilt of the shoulders in a stride */
    TREAD_MEASURE_STEP_WIDTH,    /* between the ankles at their midstances, + apart */
    TREAD_MEASURE_STEP_WIDTH_CM,
    TREAD_MEASURE_ARM_CROSSOVER, /* share of steps with a wrist past the middle */
    TREAD_N_MEASURES
};

/** One step: from one foot's initial contact to the other's. */
typedef struct tread_step {
    int64_t step; /* 0, 1, 2 ... in order of contact, both sides together */
    enum tread_side side;
    double initial_contact_s, toe_off_s;         /* toe_off_s: NaN = not seen */
    double initial_contact_sd_ms, toe_off_sd_ms; /* one standard deviation */
    double speed_kmh, incline_pct; /* as set on the console then; speed 0 = not told */
    enum tread_foot_strike foot_strike;
    double hidden_share; /* of its frames, with a point of a leg that could not be believed */
    bool is_valid;       /* plausible by itself and in its place; only these enter the summary */
    bool is_settled;     /* no belt change in the 15 s before (section 6): only these are judged
                            against a runner's own usual */
    double value[TREAD_N_MEASURES]; /* in the measure's unit; NaN = not measured in this step,
                                       or no number of a single step */
} tread_step;

/* Views a measure can be taken in. */
enum tread_measure_views {
    TREAD_MEASURED_FROM_SIDE = 1,
    TREAD_MEASURED_FROM_REAR = 2,
    TREAD_MEASURED_FROM_FRONT = 4
};

/** What a measure is called, for tables and files. */
typedef struct tread_measure_info {
    const char *key;   /* name in session.json, with its unit: "contact_ms" */
    const char *title; /* for people: "Contact time" */
    const char *unit;  /* "ms"; "" for ratios */
    int n_decimals;    /* worth showing */
    bool is_per_side;  /* has a left and a right value */
    unsigned views;    /* of enum tread_measure_views */
} tread_measure_info;

/* How much a number rests on (steps of the near foot; Dingenen et al. 2018: 7 for a stable
 * mean of an angle; Oliveira & Pirscoveanu 2021: 25). */
enum tread_standing {
    TREAD_STANDING_NONE = 0,    /* not measured */
    TREAD_STANDING_FEW,         /* under 8: no more than a hint */
    TREAD_STANDING_PROVISIONAL, /* 8 to 24 */
    TREAD_STANDING_SETTLED      /* 25 and more */
};

/** A number of the summary with its uncertainty. */
typedef struct tread_measure {
    double value;     /* NaN when not measured; `reason` then says why */
    double sd;        /* between steps; NaN when n < 2 */
    double se;        /* standard error of the value from that scatter */
    int n;            /* steps it rests on */
    double low, high; /* 95 % interval: scatter, timing, landmarks and the method's known
                         bias together */
    enum tread_standing standing;
    const char *reason; /* NULL when measured; static text otherwise */
} tread_measure;

/** Left against right (BIOMECHANICS.md section 7). */
typedef struct tread_symmetry {
    double left, right;
    double difference;    /* left minus right, in the measure's unit */
    double low, high;     /* its 95 % interval, the method's bias between the legs included */
    double index_pct;     /* 100 (L - R) / mean; NaN for angles, which have no natural zero */
    double angle_pct;     /* symmetry angle, 100 (45 - atan(L/R)) / 90; NaN likewise */
    bool is_beyond_doubt; /* the interval leaves out 0 */
    const char *reason;   /* NULL when measured; static text otherwise */
} tread_symmetry;

/** Against the runner's own usual at this speed and incline (section 7). */
typedef struct tread_drift {
    double baseline, baseline_sd; /* median and scatter of the steps of minutes 2 to 4, or of
                                     strides 50 to 150 until then */
    double now;                   /* median of the last 60 s */
    double change;                /* now minus baseline */
    double threshold;             /* the change that is more than chance: level 1 */
    int level;                    /* 0 none, 1, 2: over one or two thresholds in two minutes
                                     in a row */
    double baseline_from_s, baseline_to_s;
    const char *reason; /* NULL when measured; static text otherwise */
} tread_drift;

/* Angles over the stride, initial contact (0) to the same foot's next (100). */
enum tread_curve_id {
    TREAD_CURVE_KNEE_FLEXION = 0,
    TREAD_CURVE_HIP_FLEXION,
    TREAD_CURVE_ANKLE_DORSIFLEXION,
    TREAD_CURVE_TRUNK_LEAN,
    TREAD_CURVE_FOOT_ANGLE,
    TREAD_CURVE_THIGH_ANGLE,
    TREAD_CURVE_SHANK_ANGLE,
    TREAD_N_CURVES
};
#define TREAD_CURVE_POINTS 101

/** The mean stride of one foot. */
typedef struct tread_curve {
    int n;                                                   /* strides in it */
    double mean[TREAD_CURVE_POINTS], sd[TREAD_CURVE_POINTS]; /* degrees; sd between strides */
    double toe_off_pct;                                      /* mean; NaN = not seen */
    const char *reason; /* NULL when measured; static text otherwise */
} tread_curve;

/** A foot has touched or left the belt. */
typedef struct tread_event {
    enum tread_side side;
    bool is_contact; /* initial contact; else toe-off */
    double time_s, sd_ms;
} tread_event;

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
    double belt_vs_height_pct; /* how much faster the belt looks by the runner's height than as
                                  told; NaN = one of them was not told */
    double belt_slope_deg;     /* of the stance feet's path in the picture, + rising forward,
                                  less the incline told: roll or yaw of the camera, or an
                                  incline nobody told; NaN = not seen */
    double initial_contact_sd_ms, toe_off_sd_ms; /* by which the times of the whole session may
                                                    be off together; NaN = none */
    double running_s, walking_s;                 /* of the time that was analysed */
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

/** The next frame or step, in order of time, each once. Live, a step is handed out when its
 *  stride is over, whose means it has: at the next contact of its own foot.
 *  @return TREAD_OK; TREAD_AGAIN: push more; TREAD_EOF: finished and drained */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_next_frame(tread_analyzer *a,
                                                          tread_frame_result *out);
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_next_step(tread_analyzer *a, tread_step *out);

/** Live, for a display that cannot wait: the newest frame pushed, as it is known now. It
 *  will be handed out by next_frame in its turn, with less noise.
 *  @return TREAD_OK; TREAD_AGAIN: nothing pushed yet; TREAD_ERR_ARG: not live */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_newest_frame(const tread_analyzer *a,
                                                            tread_frame_result *out);

/** Live: contacts and toe-offs as soon as they are known, at most TREAD_LIVE_EVENT_LAG_S
 *  after they happened, in order of becoming known. The step that follows may time them anew.
 *  @return TREAD_OK; TREAD_AGAIN: push more; TREAD_EOF: finished and drained, or not live */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_next_event(tread_analyzer *a, tread_event *out);
#define TREAD_LIVE_EVENT_LAG_S 0.15

/** The console was changed. Times increase; one at or before the last change's takes its place.
 *  Live: from the newest frame on. Recorded: at any time before finish.
 *  @return TREAD_OK; TREAD_ERR_ARG: out of range, after finish, or one too many (recorded) */
TREAD_API TREAD_WARN_UNUSED int tread_analyzer_set_belt(tread_analyzer *a, const tread_belt *belt);

/** A number of the summary over the valid steps so far.
 *  @param side  TREAD_BOTH for measures that are not per side, else LEFT or RIGHT
 *  @return TREAD_OK (also when it was not measured: see `reason`), TREAD_ERR_ARG,
 *          TREAD_ERR_NOMEM */
TREAD_API int tread_analyzer_measure(const tread_analyzer *a, enum tread_measure_id id,
                                     enum tread_side side, tread_measure *out);

/** The same over the steps with from_s <= initial contact < to_s. */
TREAD_API int tread_analyzer_measure_between(const tread_analyzer *a, enum tread_measure_id id,
                                             enum tread_side side, double from_s, double to_s,
                                             tread_measure *out);

/** Left against right; for measures that are per side. Returns like tread_analyzer_measure. */
TREAD_API int tread_analyzer_symmetry(const tread_analyzer *a, enum tread_measure_id id,
                                      tread_symmetry *out);

/** The same over the steps with from_s <= initial contact < to_s. */
TREAD_API int tread_analyzer_symmetry_between(const tread_analyzer *a, enum tread_measure_id id,
                                              double from_s, double to_s, tread_symmetry *out);

/** Now against the runner's own baseline at the present speed and incline. Returns like
 *  tread_analyzer_measure. */
TREAD_API int tread_analyzer_drift(const tread_analyzer *a, enum tread_measure_id id,
                                   enum tread_side side, tread_drift *out);

/** The same as it was at a time: steps that begin after it do not count, for now or baseline.
 *  Live, for the newest step; the baseline is the present one. TREAD_ERR_ARG: at_s is NaN. */
TREAD_API int tread_analyzer_drift_at(const tread_analyzer *a, enum tread_measure_id id,
                                      enum tread_side side, double at_s, tread_drift *out);

/** The mean stride over the session. @param side  LEFT or RIGHT: whose contacts cut it */
TREAD_API int tread_analyzer_curve(const tread_analyzer *a, enum tread_curve_id id,
                                   enum tread_side side, tread_curve *out);
TREAD_API const char *tread_curve_name(enum tread_curve_id id); /* "knee_flexion" */

/** By how much an incline moves what is usual for a measure on the level, in its unit: trunk
 *  +0.5 degrees a degree uphill and +0.3 a degree downhill within 5, foot strike angle -1 a per
 *  cent uphill, knee at contact -2 below -3 % (section 6: judgement, until a runner's own
 *  baseline is known). 0 for other measures. */
TREAD_API double tread_incline_shift(enum tread_measure_id id, double incline_pct);

TREAD_API void tread_analyzer_overview(const tread_analyzer *a, tread_overview *out);

/** What can be measured in a view, of enum tread_measure_views; 0 for AUTO. Any thread. */
TREAD_API unsigned tread_view_measures(enum tread_view view);

/** Static table; NULL for an id out of range. Any thread. */
TREAD_API const tread_measure_info *tread_measure_describe(enum tread_measure_id id);

/** "left", "rearfoot" and so on, as written to files. Never NULL. Any thread. */
TREAD_API const char *tread_side_name(enum tread_side side);
TREAD_API const char *tread_view_name(enum tread_view view);
TREAD_API const char *tread_gait_name(enum tread_gait gait);
TREAD_API const char *tread_identity_name(enum tread_identity identity);
TREAD_API const char *tread_foot_strike_name(enum tread_foot_strike strike);
TREAD_API const char *tread_joint_name(enum tread_joint joint); /* "left_knee" */
TREAD_API const char *tread_standing_name(enum tread_standing standing);

#ifdef __cplusplus
}
#endif
#endif

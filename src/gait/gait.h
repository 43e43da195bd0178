/* gait: angles, initial contact and toe-off, steps and measures, each with its
 * uncertainty. Works on stretches of skeletons and arrays of steps; what has to be
 * remembered over a session stands in small structures of the caller's.
 *
 * Everything happens in the runner's frame (BIOMECHANICS.md section 0): x
 * forward, y up, pixels. Angles of foot and events use the belt frame, which is
 * that frame turned by the incline. */
#ifndef GAIT_GAIT_H
#define GAIT_GAIT_H

#include <stdbool.h>
#include <stddef.h>

#include <treadscope/analyzer.h>

#include "motion/motion.h"

/* ---- setting --------------------------------------------------------------- */

/** What the console shows from a moment on. */
typedef struct tread_gait_belt {
    double from_s, speed_kmh, incline_pct;
    double incline_deg, cos_incline, sin_incline;
} tread_gait_belt;

/** What has to be known about the setting before anything is measured. */
typedef struct tread_gait_setting {
    enum tread_view view;
    double height_cm;                      /* as in tread_analyzer_opts */
    double cos_roll, sin_roll;             /* of the camera */
    double foot_offset_deg[TREAD_N_SIDES]; /* F0: foot angle when flat; NaN = not known */
    tread_gait_belt belts[TREAD_MAX_BELT_CHANGES + 1]; /* (n_belts) the first from ever on */
    size_t n_belts;
} tread_gait_setting;

/** @return false: something out of range */
bool tread_gait__setting_init(tread_gait_setting *setting, const tread_analyzer_opts *opts);

/** The console is changed. @return false: out of range, or no room */
bool tread_gait__setting_change(tread_gait_setting *setting, const tread_belt *belt);

/** Forget the oldest setting but one, to make room. */
void tread_gait__setting_forget(tread_gait_setting *setting);

/** What the console showed at a time. (In the header: it is asked for every point.) */
static inline const tread_gait_belt *tread_gait__belt_at(const tread_gait_setting *setting,
                                                         double time_s)
{
    size_t low = 1, high = setting->n_belts;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (setting->belts[mid].from_s <= time_s)
            low = mid + 1;
        else
            high = mid;
    }
    return &setting->belts[low - 1];
}

/** The side facing the camera; LEFT in other views, where both feet are as good. */
enum tread_side tread_gait__near_side(enum tread_view view);

/** First frame with time_s >= t, or n. */
size_t tread_gait__index_at(const tread_skeleton *s, size_t n, double t);

/* ---- angles -------------------------------------------------------------- */

/** Angles of one frame; contact is set to -1, positions are copied. */
void tread_gait__angles(const tread_gait_setting *setting, const tread_skeleton *s,
                        tread_frame_result *out);

/* ---- stride -------------------------------------------------------------- */

/** How the legs swing over a stretch of frames. */
typedef struct tread_stride {
    double hz;                   /* stride frequency; NaN = not periodic */
    double regularity;           /* 0..1: share of the movement it explains */
    double leg_px;               /* thigh + shank of the side facing the camera, median */
    double drift_leg_per_stride; /* how far the hips travel in the picture, leg lengths a stride */
    enum tread_gait gait;
    bool is_slow_motion; /* a stride slower than any human's */
} tread_stride;

/** At most this much is judged as one: over more, a cadence that wanders by one percent is
 *  no single sine any more, and people change their pace. */
#define TREAD_STRIDE_SPAN_S 12.0

/** @param s        (n) skeletons, times increasing
 *  @param scratch  (n) doubles */
void tread_gait__stride(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        double *scratch, tread_stride *out);

/** NULL when steps may be looked for, else why not (static text). */
const char *tread_gait__refusal(const tread_gait_setting *setting, const tread_stride *stride);

/* ---- events -------------------------------------------------------------- */

/* Values that turn about at contact (steps.c). */
#define TREAD_N_CORNERED 4

/** One contact of one foot. Times are between frames, on the frames' own clock; NaN = not
 *  found. What is below the line is for tread_gait__time. */
typedef struct tread_contact {
    enum tread_side side;
    double initial_contact_s, toe_off_s;
    double initial_contact_sd_ms, toe_off_sd_ms; /* all that is not known of this one */
    double spread_ms;        /* how far the rules for initial contact are apart */
    double midstance_s;      /* from behind only */
    double stride_s, leg_px; /* of the stretch it was found in */
    double belt_px_s;        /* backward speed of the stance feet around it */
    double slope_deg;        /* way of the foot on the belt, against the belt as told */
    double flat_deg;         /* foot angle while flat, as seen */
    /* ------ */
    double frame_s, foot_px;                 /* distance of two frames; length of the foot */
    double slowest_s, mean_s, turn_s;        /* candidates for initial contact */
    double belt_match_s;                     /* ... what the belt says */
    double off_turn_s, toe_after_knee_s;     /* how far the candidates are apart */
    double knee_s, toe_s;                    /* candidates for toe-off */
    double contact_bias_ms, toe_off_bias_ms; /* by which a whole session may be off */
    double straight_deg, straight_s;         /* the knee at its straightest at the end of stance */
    double way, usual_way; /* slope of the foot's way, its own and the usual one */
    double ankle_px_s;     /* of the ankle over the flat foot, backward */
    /* what smoothing took off each of them, as seen this once */
    double lost[TREAD_N_CORNERED];
} tread_contact;

typedef struct tread_events {
    tread_contact *contacts; /* (n) in order of initial contact; owned by the caller */
    size_t n, n_max;
} tread_events;

/** Find the contacts in a stretch of frames, and add those with from_s <= initial contact <
 *  to_s. A foot's contact that is there already, to within half a stride, is not added again.
 *  @param scratch  (3 n) doubles
 *  @param out      contacts with room for n_max; more are left out */
void tread_gait__events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        const tread_stride *stride, double from_s, double to_s, double *scratch,
                        tread_events *out);

/** Settle the times of the contacts from `first` on, from what is usual around each; those
 *  before are not touched, but asked. Contacts that turn out to be none are taken out.
 *  @param s  (n) frames that hold the contacts from `first` on */
void tread_gait__time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      tread_events *events, size_t first);

/** See what smoothing took off the values read at a moment of the contacts from `first` on: the
 *  corner at contact is rounded, and by how much shows in the mean of many steps.
 *  @param s  (n) frames that hold them */
void tread_gait__find_lost(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           const tread_events *events, size_t first);

/** Foot angle when the foot is flat, per side (BIOMECHANICS.md section 2, F0 option 2);
 *  NaN under five contacts. */
void tread_gait__foot_offset(const tread_events *events, double offset_deg[TREAD_N_SIDES]);

/* ---- steps --------------------------------------------------------------- */

/** The step that starts with contact `i`. `step` is set to i. Values that need the next
 *  contact of the same foot are NaN while there is none. */
void tread_gait__step(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_events *events, size_t i, tread_step *out);

/** Take validity from a step whose contact time is far from the median of its side's around
 *  it: one of its two events was misread, however plausible it is by itself. */
void tread_gait__reject_outlier(tread_step *steps, size_t n, size_t i);

/** Metres in a pixel at the runner's depth; NaN = not known. From the belt's speed, and
 *  from the runner's height. */
double tread_gait__scale_by_belt(double speed_kmh, double belt_px_s);
double tread_gait__scale_by_height(double height_cm, double leg_px);

/* ---- session ------------------------------------------------------------- */

/** Everything a number of the summary rests on. Borrowed. */
typedef struct tread_gait_session {
    const tread_step *steps; /* (n) */
    size_t n;
    enum tread_view view;
    double frame_interval_s; /* NaN = unknown */
    /* by which all of a foot's times may be off together */
    double initial_contact_sd_ms[TREAD_N_SIDES], toe_off_sd_ms[TREAD_N_SIDES];
    double doubt[TREAD_N_SIDES]; /* of the legs' points, 1 = as usual (motion) */
} tread_gait_session;

/** Fill in by how much the times of a session may be off together. */
void tread_gait__timing_sd(const tread_events *events, tread_gait_session *session);

/** May this be stated at this frame rate (section 1.5)? NULL, or why not.
 *  @param is_single  of one step, not a mean */
const char *tread_gait__rate_refusal(enum tread_measure_id id, double frame_interval_s,
                                     bool is_single);

/** One number of the summary, over the valid steps with from_s <= initial contact < to_s.
 *  @param side     TREAD_BOTH, or the side whose steps count
 *  @param scratch  (2 n) doubles */
void tread_gait__measure(const tread_gait_session *session, enum tread_measure_id id,
                         enum tread_side side, double from_s, double to_s, double *scratch,
                         tread_measure *out);

/** First step with initial contact at or after a time, or n. */
size_t tread_gait__step_at(const tread_gait_session *session, double time_s);

/** Over the steps with from_s <= initial contact < to_s.
 *  @param scratch  (2 n) doubles */
void tread_gait__symmetry(const tread_gait_session *session, enum tread_measure_id id,
                          double from_s, double to_s, double *scratch, tread_symmetry *out);

/** A runner's own usual at one speed and incline: index TREAD_BOTH for both legs. */
typedef struct tread_baseline {
    double belt_from_s;  /* of the console's setting it belongs to; -INFINITY = from ever on */
    double start_s;      /* first step at that setting; NaN = none yet */
    double from_s, to_s; /* of what it was taken from; NaN = none yet */
    bool is_final;       /* minutes 2 to 4; until then strides 50 to 150 */
    double median[TREAD_N_MEASURES][TREAD_N_SIDES + 1], sd[TREAD_N_MEASURES][TREAD_N_SIDES + 1];
} tread_baseline;

void tread_gait__baseline_init(tread_baseline *baseline);

/** Bring it up to date with the last of the steps. A new setting of the belt starts it anew.
 *  @param scratch  (2 n) doubles */
void tread_gait__baseline_update(tread_baseline *baseline, const tread_gait_setting *setting,
                                 const tread_gait_session *session, double *scratch);

/** @param scratch  (2 n) doubles */
void tread_gait__drift(const tread_baseline *baseline, const tread_gait_session *session,
                       enum tread_measure_id id, enum tread_side side, double *scratch,
                       tread_drift *out);

/** The same without a baseline that was kept: for sessions whose steps are all still there. What
 *  it costs goes with the minutes it looks at, not with the session.
 *  @param scratch  (2 n) doubles */
void tread_gait__drift_of(const tread_gait_setting *setting, const tread_gait_session *session,
                          enum tread_measure_id id, enum tread_side side, double *scratch,
                          tread_drift *out);

/* ---- cycles -------------------------------------------------------------- */

/** Sums over strides: foot and ankle before the flat-foot offset. All zero = none yet. */
typedef struct tread_cycles {
    struct {
        int n;
        double mean[TREAD_CURVE_POINTS], sum_sq[TREAD_CURVE_POINTS];
    } curve[TREAD_N_SIDES][TREAD_N_CURVES];
    int n_toe_offs[TREAD_N_SIDES];
    double toe_off_sum_pct[TREAD_N_SIDES];
    double *scratch; /* (n_scratch); freed by tread_gait__cycles_free */
    size_t n_scratch;
} tread_cycles;

/** Add the stride from one contact of a foot to its next.
 *  @param toe_off_s  NaN = not seen
 *  @return TREAD_OK (also when the stride is left out for a gap), TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_gait__cycles_add(tread_cycles *cycles,
                                             const tread_gait_setting *setting,
                                             const tread_skeleton *s, size_t n,
                                             enum tread_side side, double from_s, double toe_off_s,
                                             double to_s);
void tread_gait__cycles_free(tread_cycles *cycles);

void tread_gait__curve(const tread_cycles *cycles, const tread_gait_setting *setting,
                       enum tread_curve_id id, enum tread_side side, tread_curve *out);

#endif

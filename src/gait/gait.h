/* gait: angles, initial contact and toe-off, steps and measures, each with its
 * uncertainty. Works on a stretch of skeletons; no state.
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

/** What has to be known about the setting before anything is measured. */
typedef struct tread_gait_setting {
    enum tread_view view;
    double speed_kmh, incline_pct, height_cm; /* as in tread_analyzer_opts */
    double foot_offset_deg[TREAD_N_SIDES];    /* F0: foot angle when flat; NaN = not known */
} tread_gait_setting;

/* ---- angles -------------------------------------------------------------- */

/** Angles of one frame; contact is set to -1, positions are copied. */
void tread_gait__angles(const tread_gait_setting *setting, const tread_skeleton *s,
                        tread_frame_result *out);

/* ---- stride -------------------------------------------------------------- */

/** How the legs swing over a stretch of frames. */
typedef struct tread_stride {
    double hz;                   /* stride frequency; NaN = not periodic */
    double regularity;           /* 0..1: share of the ankles' relative movement it explains */
    double leg_px;               /* thigh + shank of the side facing the camera, median */
    double drift_leg_per_stride; /* how far the hips travel in the picture, leg lengths a stride */
    enum tread_gait gait;
    bool is_slow_motion; /* a stride slower than any human's */
} tread_stride;

/** @param s        (n) skeletons, times increasing
 *  @param scratch  (n) doubles */
void tread_gait__stride(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        double *scratch, tread_stride *out);

/** NULL when steps may be looked for, else why not (static text). */
const char *tread_gait__refusal(const tread_gait_setting *setting, const tread_stride *stride);

/* ---- events -------------------------------------------------------------- */

/** One contact of one foot. Times are between frames, on the frames' own clock. */
typedef struct tread_contact {
    enum tread_side side;
    double initial_contact_s;
    double toe_off_s; /* NaN = not found */
    double sd_ms;     /* of initial contact */
} tread_contact;

typedef struct tread_events {
    tread_contact *contacts; /* (n) in order of initial contact; owned by the caller */
    size_t n, n_max;
    double belt_px_s; /* median backward speed of the stance feet; NaN = unknown */
} tread_events;

/** Find the contacts in a stretch of frames.
 *  @param scratch  (2 n) doubles
 *  @param out      contacts with room for n_max; more are left out */
void tread_gait__events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        const tread_stride *stride, double *scratch, tread_events *out);

/** Foot angle when the foot is flat, per side (BIOMECHANICS.md section 2, F0 option 2);
 *  NaN under MIN_FLAT_STEPS contacts. */
void tread_gait__foot_offset(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                             const tread_events *events, double offset_deg[TREAD_N_SIDES]);

/* ---- steps and measures -------------------------------------------------- */

/** The step that starts with contact `i`. `step` is set to i. */
void tread_gait__step(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_stride *stride, const tread_events *events, size_t i,
                      tread_step *out);

/** Take validity from steps whose contact time is far from the median of its side: one
 *  of its two events was misread, however plausible it is by itself.
 *  @param scratch  (n) doubles */
void tread_gait__reject_outliers(tread_step *steps, size_t n, double *scratch);

/** Metres in a pixel at the runner's depth: from belt speed, else from height; NaN = not known. */
double tread_gait__scale_m_per_px(const tread_gait_setting *setting, const tread_stride *stride,
                                  double belt_px_s);

/** One number of the summary, over the valid steps.
 *  @param side        TREAD_BOTH, or the side whose steps count
 *  @param trunk_lean  (n) mean trunk lean over the stride that starts with each step, degrees
 *  @param near_side   facing the camera; the other leg's interval is wider
 *  @param scratch     (2 n) doubles */
void tread_gait__measure(enum tread_measure_id id, enum tread_side side, const tread_step *steps,
                         const double *trunk_lean, size_t n, enum tread_side near_side,
                         double *scratch, tread_measure *out);

/** Mean trunk lean between two times; NaN when a third of it was not seen. */
double tread_gait__mean_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                                   size_t n, double from_s, double to_s);

#endif

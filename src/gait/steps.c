/* One step from two contacts, BIOMECHANICS.md sections 1.4 (sanity), 2, 4 and 5. */
#include <math.h>

#include "base/median.h"
#include "gait/frame.h"

/* Section 1.4, step 5. */
#define MIN_CONTACT_MS 120.0
#define MAX_CONTACT_MS 420.0
#define MIN_FLIGHT_MS -20.0
#define MAX_FLIGHT_MS 250.0
#define MIN_STRIDE_MS 450.0
#define MAX_STRIDE_MS 1100.0
/* Contact times of one runner at one speed scatter by 3 to 5 %, over the speeds of one
 * treadmill session by a third (section 5: 290 ms at 10 km/h, 210 at 16). */
#define CONTACT_OUTLIER 0.3
/* Altman & Davis 2012, confirmed by Mo et al. 2021 (section 2). */
#define REARFOOT_OVER_DEG 8.0
#define FOREFOOT_UNDER_DEG -1.6
/* Thigh + shank over body height: 0.245 + 0.246 (Drillis & Contini, in Winter 2009). */
#define LEG_OVER_HEIGHT 0.491
/* Frames that must carry the value inside a stretch, of all frames in it. */
#define MIN_SEEN 0.67

double tread_gait__scale_m_per_px(const tread_gait_setting *setting, const tread_stride *stride,
                                  double belt_px_s)
{
    if (setting->speed_kmh > 0 && belt_px_s > 0)
        return setting->speed_kmh / 3.6 / belt_px_s;
    if (setting->height_cm > 0 && stride->leg_px > 0)
        return LEG_OVER_HEIGHT * setting->height_cm / 100 / stride->leg_px;
    return (double)NAN;
}

typedef struct extremes {
    double min, max, mean;
} extremes;

/* Smallest, largest and mean value between two times; NaN when too little was seen. */
static extremes over(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                     gait_pick pick, enum tread_side side, double from_s, double to_s)
{
    extremes e = {INFINITY, -INFINITY, 0};
    size_t n_frames = 0, n_seen = 0;
    for (size_t i = gait_index_at(s, n, from_s); i < n && s[i].time_s <= to_s; i++) {
        double v = pick(setting, &s[i], side);
        n_frames++;
        if (!isfinite(v))
            continue;
        e.min = fmin(e.min, v);
        e.max = fmax(e.max, v);
        e.mean += v;
        n_seen++;
    }
    if (n_seen < 2 || (double)n_seen < MIN_SEEN * (double)n_frames)
        return (extremes){(double)NAN, (double)NAN, (double)NAN};
    e.mean /= (double)n_seen;
    return e;
}

double tread_gait__mean_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                                   size_t n, double from_s, double to_s)
{
    if (!(to_s > from_s))
        return (double)NAN;
    return over(setting, s, n, gait_trunk_lean, TREAD_LEFT, from_s, to_s).mean;
}

static double hip_height(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side unused)
{
    (void)unused;
    return gait_mid(gait_gravity(setting, s, TREAD_LEFT_HIP),
                    gait_gravity(setting, s, TREAD_RIGHT_HIP))
        .y;
}

static double heel_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    gait_point hip =
        gait_mid(gait_belt(setting, s, TREAD_LEFT_HIP), gait_belt(setting, s, TREAD_RIGHT_HIP));
    return gait_belt(setting, s, gait_joint(TREAD_LEFT_HEEL, side)).x - hip.x;
}

static enum tread_foot_strike classify(double angle_deg)
{
    if (!isfinite(angle_deg))
        return TREAD_STRIKE_UNKNOWN;
    if (angle_deg > REARFOOT_OVER_DEG)
        return TREAD_STRIKE_REARFOOT;
    return angle_deg < FOREFOOT_UNDER_DEG ? TREAD_STRIKE_FOREFOOT : TREAD_STRIKE_MIDFOOT;
}

/* The contact of the other foot that ends the step, and this foot's next one. */
static const tread_contact *next_contact(const tread_events *events, size_t i, enum tread_side side)
{
    for (size_t k = i + 1; k < events->n; k++)
        if (events->contacts[k].side == side)
            return &events->contacts[k];
    return NULL;
}

static bool is_inside(double value, double low, double high)
{
    return value >= low && value <= high;
}

/* Plausible by itself and in its place. */
static bool is_plausible(const tread_step *step, double stride_ms)
{
    return is_inside(step->contact_ms, MIN_CONTACT_MS, MAX_CONTACT_MS) &&
           is_inside(step->flight_ms, MIN_FLIGHT_MS, MAX_FLIGHT_MS) &&
           is_inside(stride_ms, MIN_STRIDE_MS, MAX_STRIDE_MS) &&
           /* the other foot lands once, about half way */
           is_inside(step->step_ms, 0.25 * stride_ms, 0.75 * stride_ms);
}

void tread_gait__step(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_stride *stride, const tread_events *events, size_t i,
                      tread_step *out)
{
    const tread_contact *c = &events->contacts[i];
    enum tread_side other = c->side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
    const tread_contact *next_other = next_contact(events, i, other);
    const tread_contact *next_same = next_contact(events, i, c->side);
    double ic = c->initial_contact_s, to = c->toe_off_s;
    double other_s = next_other ? next_other->initial_contact_s : (double)NAN;
    double same_s = next_same ? next_same->initial_contact_s : (double)NAN;
    double scale = tread_gait__scale_m_per_px(setting, stride, events->belt_px_s);
    double ahead_px = gait_length_at(setting, s, n, heel_ahead, c->side, ic);
    extremes height = over(setting, s, n, hip_height, c->side, ic, other_s);

    *out = (tread_step){
        .step = (int64_t)i,
        .side = c->side,
        .initial_contact_s = ic,
        .toe_off_s = to,
        .contact_ms = 1000 * (to - ic),
        .flight_ms = 1000 * (other_s - to),
        .step_ms = 1000 * (other_s - ic),
        .foot_strike_angle_deg = gait_angle_at(setting, s, n, gait_foot_raw, c->side, ic) -
                                 setting->foot_offset_deg[c->side],
        .knee_flexion_contact_deg = gait_angle_at(setting, s, n, gait_knee, c->side, ic),
        .knee_flexion_peak_stance_deg = over(setting, s, n, gait_knee, c->side, ic, to).max,
        .knee_flexion_peak_swing_deg = over(setting, s, n, gait_knee, c->side, to, same_s).max,
        .shank_angle_contact_deg = gait_angle_at(setting, s, n, gait_shank, c->side, ic),
        .foot_ahead_pct_leg = 100 * ahead_px / stride->leg_px,
        .foot_ahead_cm = 100 * ahead_px * scale,
        .trunk_lean_contact_deg = gait_angle_at(setting, s, n, gait_trunk_lean, c->side, ic),
        .trunk_lean_peak_stance_deg = over(setting, s, n, gait_trunk_lean, c->side, ic, to).max,
        .step_length_m =
            setting->speed_kmh > 0 ? setting->speed_kmh / 3.6 * (other_s - ic) : (double)NAN,
        .vertical_oscillation_cm = 100 * (height.max - height.min) * scale,
        .uncertainty_ms = c->sd_ms,
    };
    out->foot_strike = classify(out->foot_strike_angle_deg);
    /* The newest step of a live run has no next contact of its own foot yet. */
    double stride_ms = isfinite(same_s) ? 1000 * (same_s - ic) : 1000 / stride->hz;
    out->is_valid = is_plausible(out, stride_ms);
}

void tread_gait__reject_outliers(tread_step *steps, size_t n, double *scratch)
{
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        size_t n_values = 0;
        for (size_t i = 0; i < n; i++)
            if (steps[i].is_valid && (int)steps[i].side == side)
                scratch[n_values++] = steps[i].contact_ms;
        double median = tread_median(scratch, n_values);
        for (size_t i = 0; i < n; i++)
            if ((int)steps[i].side == side &&
                !(fabs(steps[i].contact_ms - median) <= CONTACT_OUTLIER * median))
                steps[i].is_valid = false;
    }
}

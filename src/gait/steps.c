/* One step from its contacts, BIOMECHANICS.md sections 1.4 (sanity) and 2 to 5. */
#include <math.h>
#include <stddef.h>

#include "base/median.h"
#include "gait/frame.h"
#include "gait/rear.h"

/* Section 1.4, step 5; the slowest runners wanted take 100 steps a minute. */
#define MIN_CONTACT_MS 120.0
#define MAX_CONTACT_MS 420.0
#define MIN_FLIGHT_MS -20.0
#define MAX_FLIGHT_MS 250.0
#define MIN_STRIDE_MS 450.0
#define MAX_STRIDE_MS 1250.0
/* Rules that disagree by more about a contact have not seen the same one (1.4, step 2). */
#define MAX_SPREAD_MS 40.0
/* Contact times of one runner at one speed scatter by 3 to 5 %. */
#define CONTACT_OUTLIER 0.3
/* ... of so many steps of the same foot around it. */
#define OUTLIER_STEPS 15
#define MIN_OUTLIER_STEPS 4
/* Altman & Davis 2012, confirmed by Mo et al. 2021 (section 2). */
#define REARFOOT_OVER_DEG 8.0
#define FOREFOOT_UNDER_DEG (-1.6)
/* Thigh + shank, and the leg to the greater trochanter, over body height (Drillis & Contini,
 * in Winter 2009; Morin et al. 2005). */
#define LEG_OVER_HEIGHT 0.491
#define TROCHANTER_OVER_HEIGHT 0.53
/* The shoe has taken load by then (Souza 2016, section 5). */
#define LOADING_S 0.03
/* Late stance, where hip and ankle extend, share of stance; and how long past toe-off they
 * may still (sections 5: 50 ms for the hip; the ankle peaks at 45 % of the stride). */
#define PUSH_FROM 0.5
#define PUSH_PAST_S 0.05
#define ANKLE_PAST_S 0.1
/* The foot is down when it comes within this of flat. */
#define FLAT_WITHIN_DEG 2.0
/* After a change of speed or incline (section 6, item 6). */
#define SETTLE_S 15.0
/* Stiffness by the sine model holds on the level only (Meyer 2023, section 5). */
#define LEVEL_PCT 0.5
#define GRAVITY 9.81
#define PI 3.14159265358979323846

double tread_gait__scale_by_belt(double speed_kmh, double belt_px_s)
{
    return speed_kmh > 0 && belt_px_s > 0 ? speed_kmh / 3.6 / belt_px_s : (double)NAN;
}

double tread_gait__scale_by_height(double height_cm, double leg_px)
{
    return height_cm > 0 && leg_px > 0 ? LEG_OVER_HEIGHT * height_cm / 100 / leg_px : (double)NAN;
}

/* ---- values ---------------------------------------------------------------------- */

/* When a value is taken: at an event, or over a stretch of the stride. */
enum when { CONTACT, LOADING, MIDSTANCE, TOE_OFF, STANCE, PUSH, ANKLE_PUSH, SWING, STEP, STRIDE };
enum how { AT, MAX, MINUS_MIN, MEAN, RANGE };

static const struct rule {
    enum tread_measure_id id;
    enum how how;
    enum when when;
    gait_pick pick;
    bool is_length;
    bool is_cornered; /* turns about at that moment, and smoothing rounds the corner */
} rules[] = {
    {TREAD_MEASURE_VERTICAL_OSCILLATION, RANGE, STEP, gait_trunk_height, true, false},
    {TREAD_MEASURE_TRUNK_LEAN, MEAN, STRIDE, gait_trunk_lean, false, false},
    {TREAD_MEASURE_TRUNK_LEAN_CONTACT, AT, CONTACT, gait_trunk_lean, false, false},
    {TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE, MAX, STANCE, gait_trunk_lean, false, false},
    {TREAD_MEASURE_TRUNK_LEAN_TOE_OFF, AT, TOE_OFF, gait_trunk_lean, false, false},
    {TREAD_MEASURE_TRUNK_RANGE, RANGE, STRIDE, gait_trunk_lean, false, false},
    {TREAD_MEASURE_BODY_LEAN, AT, MIDSTANCE, gait_body_lean, false, false},
    {TREAD_MEASURE_HIP_FLEXION_CONTACT, AT, CONTACT, gait_hip, false, true},
    {TREAD_MEASURE_HIP_FLEXION_PEAK_SWING, MAX, SWING, gait_hip, false, false},
    {TREAD_MEASURE_HIP_EXTENSION_PEAK, MINUS_MIN, PUSH, gait_hip, false, false},
    {TREAD_MEASURE_THIGH_EXTENSION_PEAK, MINUS_MIN, PUSH, gait_thigh, false, false},
    {TREAD_MEASURE_KNEE_FLEXION_CONTACT, AT, CONTACT, gait_knee, false, true},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE, MAX, STANCE, gait_knee, false, false},
    {TREAD_MEASURE_KNEE_FLEXION_TOE_OFF, AT, TOE_OFF, gait_knee, false, false},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING, MAX, SWING, gait_knee, false, false},
    {TREAD_MEASURE_DORSIFLEXION_CONTACT, AT, CONTACT, gait_ankle_raw, false, false},
    {TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE, MAX, STANCE, gait_ankle_raw, false, false},
    {TREAD_MEASURE_PLANTARFLEXION_PEAK, MINUS_MIN, ANKLE_PUSH, gait_ankle_raw, false, false},
    {TREAD_MEASURE_FOOT_STRIKE_ANGLE, AT, CONTACT, gait_foot_raw, false, false},
    {TREAD_MEASURE_SHANK_ANGLE_CONTACT, AT, CONTACT, gait_shank, false, true},
    {TREAD_MEASURE_SHANK_ANGLE_LOADING, AT, LOADING, gait_shank, false, true},
    {TREAD_MEASURE_FOOT_AHEAD, AT, CONTACT, gait_heel_ahead, true, false},
    {TREAD_MEASURE_ANKLE_AHEAD, AT, CONTACT, gait_ankle_ahead, true, false},
    {TREAD_MEASURE_ELBOW, MEAN, STRIDE, gait_elbow, false, false},
    {TREAD_MEASURE_ARM_SWING, RANGE, STRIDE, gait_wrist_ahead, true, false},
    {TREAD_MEASURE_HEAD_FORWARD, MEAN, STRIDE, gait_head, false, false},
    {TREAD_MEASURE_ROTATION, RANGE, STRIDE, gait_near_shoulder_ahead, true, false},
};

#define N_RULES (sizeof rules / sizeof *rules)

static const struct rule hips_alone = {
    TREAD_MEASURE_VERTICAL_OSCILLATION, RANGE, STEP, gait_hip_height, true, false};

/* The moments of a step; NaN = not known. */
typedef struct moments {
    double contact_s, toe_off_s, other_s, same_s, midstance_s;
} moments;

static void bounds_of(const moments *m, enum when when, double *from_s, double *to_s)
{
    double stance_s = m->toe_off_s - m->contact_s;
    switch (when) {
    case CONTACT: *from_s = *to_s = m->contact_s; break;
    case LOADING: *from_s = *to_s = m->contact_s + LOADING_S; break;
    case MIDSTANCE: *from_s = *to_s = m->midstance_s; break;
    case TOE_OFF: *from_s = *to_s = m->toe_off_s; break;
    case STANCE: *from_s = m->contact_s, *to_s = m->toe_off_s; break;
    case PUSH:
        *from_s = m->contact_s + PUSH_FROM * stance_s;
        *to_s = m->toe_off_s + PUSH_PAST_S;
        break;
    case ANKLE_PUSH:
        *from_s = m->contact_s + PUSH_FROM * stance_s;
        *to_s = m->toe_off_s + ANKLE_PAST_S;
        break;
    case SWING: *from_s = m->toe_off_s, *to_s = m->same_s; break;
    case STEP: *from_s = m->contact_s, *to_s = m->other_s; break;
    case STRIDE: *from_s = m->contact_s, *to_s = m->same_s; break;
    }
}

static double taken(const struct rule *rule, const tread_gait_setting *setting,
                    const tread_skeleton *s, size_t n, enum tread_side side, const moments *m)
{
    double from_s, to_s;
    bounds_of(m, rule->when, &from_s, &to_s);
    if (!isfinite(from_s) || !isfinite(to_s))
        return (double)NAN;
    if (rule->how == AT)
        return rule->is_length ? gait_length_at(setting, s, n, rule->pick, side, from_s)
                               : gait_angle_at(setting, s, n, rule->pick, side, from_s);
    gait_extremes e = gait_over(setting, s, n, rule->pick, side, from_s, to_s);
    switch (rule->how) {
    case MAX: return e.max;
    case MINUS_MIN: return -e.min;
    case MEAN: return e.mean;
    case AT:
    case RANGE: break;
    }
    return e.max - e.min;
}

/* ---- what smoothing takes off ---------------------------------------------------- */

/* Knee, hip and shank turn about as the foot lands. On laboratory markers this takes the knee
 * at contact from 1.1 to 1.0 degrees off, on rendered runners from 3.7 to 2.5; heel and toe
 * are seen too badly just then to gain by it. */

/* A mean of fewer steps is mostly noise. */
#define MIN_LOST_STEPS 4

/* The frame as it was seen, before smoothing; NaN where it was not. */
static void as_seen(const tread_skeleton *s, tread_skeleton *out)
{
    *out = *s;
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        bool is_seen = s->confidence[j] > 0 && isfinite(s->x_px[j]);
        out->x_px[j] = is_seen ? (double)s->seen_x_px[j] : (double)NAN;
        out->y_px[j] = is_seen ? (double)s->seen_y_px[j] : (double)NAN;
    }
}

void tread_gait__find_lost(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           const tread_events *events, size_t first)
{
    for (size_t i = first; i < events->n; i++) {
        tread_contact *c = &events->contacts[i];
        moments m = {.contact_s = c->initial_contact_s, .toe_off_s = c->toe_off_s};
        int which = 0;
        for (size_t k = 0; k < N_RULES; k++) {
            double t, unused;
            if (!rules[k].is_cornered)
                continue;
            bounds_of(&m, rules[k].when, &t, &unused);
            size_t at = isfinite(t) ? tread_gait__index_at(s, n, t) : 0;
            c->lost[which] = (double)NAN;
            if (at > 0 && at < n) {
                tread_skeleton seen[2];
                as_seen(&s[at - 1], &seen[0]);
                as_seen(&s[at], &seen[1]);
                c->lost[which] = gait_wrap_deg(taken(&rules[k], setting, seen, 2, c->side, &m) -
                                               taken(&rules[k], setting, s, n, c->side, &m));
            }
            which++;
        }
    }
}

/* Given back on the mean of the steps around. */
static void give_back(const tread_events *events, size_t i, tread_step *step)
{
    int which = 0;
    for (size_t k = 0; k < N_RULES; k++) {
        if (!rules[k].is_cornered)
            continue;
        double lost =
            gait_usual(events, i, offsetof(tread_contact, lost) + (size_t)which * sizeof(double),
                       false, MIN_LOST_STEPS);
        if (isfinite(lost))
            step->value[rules[k].id] += lost;
        which++;
    }
}

/* Section 0: midstance is where the knee is bent most in stance. */
static double midstance_s(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                          const tread_contact *c)
{
    double best = -INFINITY, best_s = (double)NAN;
    if (isfinite(c->midstance_s) || isnan(c->toe_off_s))
        return c->midstance_s;
    for (size_t i = tread_gait__index_at(s, n, c->initial_contact_s);
         i < n && s[i].time_s <= c->toe_off_s; i++) {
        double knee = gait_knee(setting, &s[i], c->side);
        if (knee > best)
            best = knee, best_s = s[i].time_s;
    }
    return best_s;
}

/* Mean speed at which the toes come down, from contact until the foot is flat. */
static double foot_slap(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        enum tread_side side, const moments *m, double strike_deg)
{
    if (!(strike_deg > REARFOOT_OVER_DEG) || isnan(m->toe_off_s))
        return (double)NAN;
    for (size_t i = tread_gait__index_at(s, n, m->contact_s); i < n && s[i].time_s < m->toe_off_s;
         i++) {
        double foot = gait_foot_raw(setting, &s[i], side) - setting->foot_offset_deg[side];
        if (foot <= FLAT_WITHIN_DEG && s[i].time_s > m->contact_s)
            return (strike_deg - foot) / (s[i].time_s - m->contact_s);
    }
    return (double)NAN;
}

/* Spring-mass stiffness by body mass, Morin et al. 2005 (section 5). SI units. */
static void stiffness(double contact_s, double flight_s, double speed_m_s, double leg_m,
                      double *vertical, double *leg)
{
    double force = GRAVITY * PI / 2 * (flight_s / contact_s + 1); /* a kg */
    double sink = force * contact_s * contact_s / (PI * PI) - GRAVITY * contact_s * contact_s / 8;
    double half = speed_m_s * contact_s / 2;
    bool is_sound = flight_s >= 0 && sink > 0 && leg_m > half;
    *vertical = is_sound ? force / sink : (double)NAN;
    *leg = is_sound ? force / (leg_m - sqrt(leg_m * leg_m - half * half) + sink) : (double)NAN;
}

/* Of the sides of a length in pixels, in % of another. */
static double percent(double px, double of_px)
{
    return of_px > 0 ? 100 * px / of_px : (double)NAN;
}

/* ---- the step -------------------------------------------------------------------- */

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

/* Plausible by itself and in its place. From behind no toe-off is seen. */
static bool is_plausible(const tread_step *step, double stride_ms, bool has_toe_off)
{
    double step_ms = step->value[TREAD_MEASURE_STEP_TIME];
    return (!has_toe_off ||
            (is_inside(step->value[TREAD_MEASURE_CONTACT], MIN_CONTACT_MS, MAX_CONTACT_MS) &&
             is_inside(step->value[TREAD_MEASURE_FLIGHT], MIN_FLIGHT_MS, MAX_FLIGHT_MS))) &&
           is_inside(stride_ms, MIN_STRIDE_MS, MAX_STRIDE_MS) &&
           /* the other foot lands once, about half way */
           is_inside(step_ms, 0.25 * stride_ms, 0.75 * stride_ms);
}

static void take_times(tread_step *step, const moments *m)
{
    double *v = step->value, tc = m->toe_off_s - m->contact_s, tf = m->other_s - m->toe_off_s;
    double speed_m_s = step->speed_kmh > 0 ? step->speed_kmh / 3.6 : (double)NAN;
    v[TREAD_MEASURE_STEP_TIME] = 1000 * (m->other_s - m->contact_s);
    v[TREAD_MEASURE_CONTACT] = 1000 * tc;
    v[TREAD_MEASURE_CONTACT_EXCESS] = 100 * (tc / gait_usual_contact_s(speed_m_s) - 1);
    v[TREAD_MEASURE_FLIGHT] = 1000 * tf;
    v[TREAD_MEASURE_DUTY_FACTOR] = tc / (2 * (tc + tf));
    v[TREAD_MEASURE_STEP_LENGTH] = speed_m_s * (m->other_s - m->contact_s);
}

/* Lengths in pixels become per cent and centimetres. */
static void take_lengths(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         tread_step *step, const tread_contact *c, const moments *m)
{
    double *v = step->value;
    double by_height = tread_gait__scale_by_height(setting->height_cm, c->leg_px);
    double scale = tread_gait__scale_by_belt(step->speed_kmh, c->belt_px_s);
    if (isnan(scale))
        scale = by_height;
    double trunk_px =
        gait_over(setting, s, n, gait_trunk_length, TREAD_LEFT, m->contact_s, m->same_s).mean;
    v[TREAD_MEASURE_VERTICAL_OSCILLATION] *= 100 * scale;
    v[TREAD_MEASURE_VERTICAL_RATIO] =
        v[TREAD_MEASURE_VERTICAL_OSCILLATION] / v[TREAD_MEASURE_STEP_LENGTH];
    v[TREAD_MEASURE_BELT_SPEED] = 3.6 * c->belt_px_s * by_height;
    v[TREAD_MEASURE_FOOT_AHEAD_CM] = 100 * scale * v[TREAD_MEASURE_FOOT_AHEAD];
    v[TREAD_MEASURE_FOOT_AHEAD] = percent(v[TREAD_MEASURE_FOOT_AHEAD], c->leg_px);
    v[TREAD_MEASURE_ANKLE_AHEAD] = percent(v[TREAD_MEASURE_ANKLE_AHEAD], c->leg_px);
    v[TREAD_MEASURE_ARM_SWING] = percent(v[TREAD_MEASURE_ARM_SWING], trunk_px);
    v[TREAD_MEASURE_ROTATION] = percent(v[TREAD_MEASURE_ROTATION], trunk_px);
    double leg_m = setting->height_cm > 0
                       ? TROCHANTER_OVER_HEIGHT * setting->height_cm / 100
                       : TROCHANTER_OVER_HEIGHT / LEG_OVER_HEIGHT * c->leg_px * scale;
    if (fabs(step->incline_pct) <= LEVEL_PCT)
        stiffness(v[TREAD_MEASURE_CONTACT] / 1000, v[TREAD_MEASURE_FLIGHT] / 1000,
                  step->speed_kmh > 0 ? step->speed_kmh / 3.6 : (double)NAN, leg_m,
                  &v[TREAD_MEASURE_VERTICAL_STIFFNESS], &v[TREAD_MEASURE_LEG_STIFFNESS]);
}

/* What follows from other values. */
static void take_derived(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         tread_step *step, const moments *m)
{
    double *v = step->value, offset = setting->foot_offset_deg[step->side];
    v[TREAD_MEASURE_FOOT_STRIKE_ANGLE] = gait_wrap_deg(v[TREAD_MEASURE_FOOT_STRIKE_ANGLE] - offset);
    v[TREAD_MEASURE_DORSIFLEXION_CONTACT] -= offset;
    v[TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE] -= offset;
    v[TREAD_MEASURE_PLANTARFLEXION_PEAK] += offset;
    v[TREAD_MEASURE_KNEE_EXCURSION] =
        v[TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE] - v[TREAD_MEASURE_KNEE_FLEXION_CONTACT];
    v[TREAD_MEASURE_TRUNK_EXTENSION] =
        v[TREAD_MEASURE_TRUNK_LEAN_CONTACT] - v[TREAD_MEASURE_TRUNK_LEAN_TOE_OFF];
    v[TREAD_MEASURE_TRUNK_LEAN_BELT] =
        v[TREAD_MEASURE_TRUNK_LEAN] + gait_incline_deg(setting, m->contact_s);
    v[TREAD_MEASURE_TORSO_OFFSET] = 100 * sin(v[TREAD_MEASURE_TRUNK_LEAN] / GAIT_DEG);
    v[TREAD_MEASURE_WAIST_BEND] =
        gait_angle_at(setting, s, n, gait_trunk_lean, step->side, m->midstance_s) -
        gait_angle_at(setting, s, n, gait_leg_lean, step->side, m->midstance_s);
    v[TREAD_MEASURE_FOOT_SLAP] =
        foot_slap(setting, s, n, step->side, m, v[TREAD_MEASURE_FOOT_STRIKE_ANGLE]);
    step->foot_strike = classify(v[TREAD_MEASURE_FOOT_STRIKE_ANGLE]);
    if (step->foot_strike != TREAD_STRIKE_UNKNOWN) {
        v[TREAD_MEASURE_REARFOOT_SHARE] = step->foot_strike == TREAD_STRIKE_REARFOOT ? 100 : 0;
        v[TREAD_MEASURE_FOREFOOT_SHARE] = step->foot_strike == TREAD_STRIKE_FOREFOOT ? 100 : 0;
    }
}

static double hidden_share(const tread_skeleton *s, size_t n, double from_s, double to_s)
{
    size_t n_frames = 0, n_hidden = 0;
    for (size_t i = tread_gait__index_at(s, n, from_s); i < n && s[i].time_s <= to_s; i++) {
        n_frames++;
        n_hidden += s[i].identity == TREAD_IDENTITY_HIDDEN || s[i].identity == TREAD_IDENTITY_NONE;
    }
    return n_frames ? (double)n_hidden / (double)n_frames : 1;
}

void tread_gait__step(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_events *events, size_t i, tread_step *out)
{
    const tread_contact *c = &events->contacts[i];
    const tread_contact *other = next_contact(events, i, gait_other(c->side));
    const tread_contact *same = next_contact(events, i, c->side);
    const tread_gait_belt *belt = tread_gait__belt_at(setting, c->initial_contact_s);
    moments m = {.contact_s = c->initial_contact_s,
                 .toe_off_s = c->toe_off_s,
                 .other_s = other ? other->initial_contact_s : (double)NAN,
                 .same_s = same ? same->initial_contact_s : (double)NAN,
                 .midstance_s = midstance_s(setting, s, n, c)};
    /* The runner has stopped, or a contact was missed: what lies between is no stride. */
    if (!(m.same_s - m.contact_s <= MAX_STRIDE_MS / 1000))
        m.same_s = (double)NAN;
    if (!(m.other_s - m.contact_s <= MAX_STRIDE_MS / 1000))
        m.other_s = (double)NAN;
    *out = (tread_step){
        .step = (int64_t)i,
        .side = c->side,
        .initial_contact_s = c->initial_contact_s,
        .toe_off_s = c->toe_off_s,
        .initial_contact_sd_ms = c->initial_contact_sd_ms,
        .toe_off_sd_ms = c->toe_off_sd_ms,
        .speed_kmh = belt->speed_kmh,
        .incline_pct = belt->incline_pct,
        .is_settled = c->initial_contact_s >= belt->from_s + SETTLE_S,
    };
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        out->value[id] = (double)NAN;
    take_times(out, &m);
    bool is_along = tread_motion__view_is_along(setting->view);
    if (is_along) {
        gait_rear_values(setting, s, n, events, i, m.same_s, out);
    } else {
        for (size_t k = 0; k < N_RULES; k++)
            out->value[rules[k].id] = taken(&rules[k], setting, s, n, c->side, &m);
        give_back(events, i, out);
        /* Markers without shoulders. */
        if (isnan(out->value[TREAD_MEASURE_VERTICAL_OSCILLATION]))
            out->value[TREAD_MEASURE_VERTICAL_OSCILLATION] =
                taken(&hips_alone, setting, s, n, c->side, &m);
        take_derived(setting, s, n, out, &m);
        take_lengths(setting, s, n, out, c, &m);
    }
    out->hidden_share =
        hidden_share(s, n, m.contact_s, isfinite(m.other_s) ? m.other_s : m.toe_off_s);
    /* The newest step of a live run has no next contact of its own foot yet. */
    double stride_ms = 1000 * (isfinite(m.same_s) ? m.same_s - m.contact_s : c->stride_s);
    out->is_valid = c->spread_ms <= MAX_SPREAD_MS && is_plausible(out, stride_ms, !is_along);
}

void tread_gait__reject_outlier(tread_step *steps, size_t n, size_t i)
{
    double values[OUTLIER_STEPS];
    size_t n_values = 0, low = i, high = i + 1;
    /* Outward from the step, as many as there is room for. */
    while (n_values < OUTLIER_STEPS && (low > 0 || high < n)) {
        size_t k = low > 0 && (high >= n || i - low < high - i) ? --low : high++;
        if (steps[k].is_valid && steps[k].side == steps[i].side)
            values[n_values++] = steps[k].value[TREAD_MEASURE_CONTACT];
    }
    double median = tread_median(values, n_values);
    if (n_values >= MIN_OUTLIER_STEPS &&
        !(fabs(steps[i].value[TREAD_MEASURE_CONTACT] - median) <= CONTACT_OUTLIER * median))
        steps[i].is_valid = false;
}

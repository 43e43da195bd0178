/* Left against right, and now against the runner's own usual: BIOMECHANICS.md section 7. */
#include <math.h>
#include <string.h>

#include "base/median.h"
#include "gait/frame.h"

/* The baseline: minutes 2 to 4 at one setting of the belt, or strides 50 to 150 until then. */
#define BASELINE_FROM_S 120.0
#define BASELINE_TO_S 240.0
#define EARLY_FROM_STRIDE 50
#define EARLY_TO_STRIDE 150
/* Now: the median of the last window; a change counts when the window before has it too. */
#define WINDOW_S 60.0
#define MIN_WINDOW_STEPS 20
/* A change is more than chance over this many standard deviations of the baseline. */
#define CHANGE_SD 1.5
/* Median absolute deviation to standard deviation, normal. */
#define MAD_TO_SD 1.4826

/* Changes that are more than a method's own repeatability (section 7, metric minima: in the
 * unit, or in per cent of the baseline); others go by their scatter alone. */
static const struct {
    enum tread_measure_id id;
    double change;
    bool is_pct;
} minima[] = {
    {TREAD_MEASURE_TRUNK_LEAN, 2, false},
    {TREAD_MEASURE_TRUNK_LEAN_CONTACT, 2, false},
    {TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE, 2, false},
    {TREAD_MEASURE_KNEE_FLEXION_CONTACT, 4, false},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE, 4, false},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING, 4, false},
    {TREAD_MEASURE_SHANK_ANGLE_CONTACT, 3, false},
    {TREAD_MEASURE_FOOT_AHEAD, 3, false},
    {TREAD_MEASURE_CADENCE, 3, true},
    {TREAD_MEASURE_STEP_TIME, 3, true},
    {TREAD_MEASURE_CONTACT, 5, true},
    {TREAD_MEASURE_FLIGHT, 5, true},
    {TREAD_MEASURE_VERTICAL_OSCILLATION, 8, true},
    {TREAD_MEASURE_LATERAL_LEAN, 2, false},
};

static double minimum_of(enum tread_measure_id id, double baseline)
{
    for (size_t i = 0; i < sizeof minima / sizeof *minima; i++)
        if (minima[i].id == id)
            return minima[i].is_pct ? minima[i].change / 100 * fabs(baseline) : minima[i].change;
    return 0;
}

/* A step's value, cadence as that of the step alone: 60 over its time. */
static double value_of(const tread_step *step, enum tread_measure_id id)
{
    if (id == TREAD_MEASURE_CADENCE)
        return 60000 / step->value[TREAD_MEASURE_STEP_TIME];
    return step->value[id];
}

/* Values of the valid, settled steps between two times. @return how many */
static size_t collect(const tread_gait_session *session, enum tread_measure_id id,
                      enum tread_side side, double from_s, double to_s, double *values)
{
    size_t n = 0;
    for (size_t i = tread_gait__step_at(session, from_s); i < session->n; i++) {
        const tread_step *step = &session->steps[i];
        if (!(step->initial_contact_s < to_s))
            break; /* in order of time */
        double v = value_of(step, id);
        if (step->is_valid && step->is_settled && (side == TREAD_BOTH || step->side == side) &&
            isfinite(v))
            values[n++] = v;
    }
    return n;
}

/* ---- left and right -------------------------------------------------------------- */

/* Angles can be nought: a ratio of two of them says nothing. */
static bool has_ratio(enum tread_measure_id id)
{
    switch ((int)id) {
    case TREAD_MEASURE_STEP_TIME:
    case TREAD_MEASURE_CONTACT:
    case TREAD_MEASURE_FLIGHT: return true;
    default: return false;
    }
}

void tread_gait__symmetry(const tread_gait_session *session, enum tread_measure_id id,
                          double from_s, double to_s, double *scratch, tread_symmetry *out)
{
    tread_measure m[TREAD_N_SIDES];
    for (int side = 0; side < TREAD_N_SIDES; side++)
        tread_gait__measure(session, id, (enum tread_side)side, from_s, to_s, scratch, &m[side]);
    *out = (tread_symmetry){.left = m[0].value,
                            .right = m[1].value,
                            .difference = m[0].value - m[1].value,
                            .low = (double)NAN,
                            .high = (double)NAN,
                            .index_pct = (double)NAN,
                            .angle_pct = (double)NAN,
                            .reason = m[0].reason ? m[0].reason : m[1].reason};
    if (out->reason)
        return;
    double half = hypot(0.5 * (m[0].high - m[0].low), 0.5 * (m[1].high - m[1].low));
    out->low = out->difference - half;
    out->high = out->difference + half;
    out->is_beyond_doubt = out->low > 0 || out->high < 0;
    if (has_ratio(id) && out->left > 0 && out->right > 0) {
        out->index_pct = 200 * out->difference / (out->left + out->right);
        out->angle_pct = 100 * (45 - atan2(out->left, out->right) * GAIT_DEG) / 90;
    }
}

/* ---- baseline and drift ---------------------------------------------------------- */

void tread_gait__baseline_init(tread_baseline *baseline)
{
    *baseline = (tread_baseline){.belt_from_s = -INFINITY,
                                 .start_s = (double)NAN,
                                 .from_s = (double)NAN,
                                 .to_s = (double)NAN};
}

/* What was usual for one measure, into its place in the table. */
static void take_usual(tread_baseline *b, const tread_gait_session *session,
                       enum tread_measure_id id, enum tread_side side, double *scratch)
{
    size_t n = collect(session, id, side, b->from_s, b->to_s, scratch);
    b->median[id][side] = b->sd[id][side] = (double)NAN;
    if (n < MIN_WINDOW_STEPS)
        return;
    double median = b->median[id][side] = tread_median(scratch, n);
    for (size_t i = 0; i < n; i++)
        scratch[i] = fabs(scratch[i] - median);
    b->sd[id][side] = MAD_TO_SD * tread_median(scratch, n);
}

/* Contact that starts stride `k` of the near foot since start_s; NaN = not yet. */
static double stride_start(const tread_gait_session *session, double start_s, int k)
{
    enum tread_side near_side = tread_gait__near_side(session->view);
    for (size_t i = tread_gait__step_at(session, start_s); i < session->n; i++)
        if (session->steps[i].side == near_side && k-- == 0)
            return session->steps[i].initial_contact_s;
    return (double)NAN;
}

/* Where the baseline lies by the steps so far, at the last one's setting of the belt. @return
 * whether it is another than before */
static bool place_baseline(tread_baseline *b, const tread_gait_setting *setting,
                           const tread_gait_session *session)
{
    double last_s = session->steps[session->n - 1].initial_contact_s;
    double belt_from_s = tread_gait__belt_at(setting, last_s)->from_s;
    if (belt_from_s != b->belt_from_s) {
        tread_gait__baseline_init(b);
        b->belt_from_s = belt_from_s;
    }
    for (size_t i = tread_gait__step_at(session, belt_from_s); isnan(b->start_s) && i < session->n;
         i++)
        if (session->steps[i].is_settled)
            b->start_s = session->steps[i].initial_contact_s;
    if (isnan(b->start_s) || b->is_final)
        return false;
    if (last_s >= b->start_s + BASELINE_TO_S) {
        b->from_s = b->start_s + BASELINE_FROM_S;
        b->to_s = b->start_s + BASELINE_TO_S;
        b->is_final = true;
        return true;
    }
    double to_s =
        isnan(b->from_s) ? stride_start(session, b->start_s, EARLY_TO_STRIDE) : (double)NAN;
    if (isnan(to_s))
        return false;
    b->from_s = stride_start(session, b->start_s, EARLY_FROM_STRIDE);
    b->to_s = to_s;
    return true;
}

void tread_gait__baseline_update(tread_baseline *b, const tread_gait_setting *setting,
                                 const tread_gait_session *session, double *scratch)
{
    if (session->n == 0 || !place_baseline(b, setting, session))
        return;
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        for (int side = 0; side <= TREAD_N_SIDES; side++)
            take_usual(b, session, (enum tread_measure_id)id, (enum tread_side)side, scratch);
}

void tread_gait__drift_of(const tread_gait_setting *setting, const tread_gait_session *session,
                          enum tread_measure_id id, enum tread_side side, double *scratch,
                          tread_drift *out)
{
    tread_baseline b;
    tread_gait__baseline_init(&b);
    if (session->n > 0 && place_baseline(&b, setting, session))
        take_usual(&b, session, id, side, scratch);
    tread_gait__drift(&b, session, id, side, scratch, out);
}

void tread_gait__drift(const tread_baseline *b, const tread_gait_session *session,
                       enum tread_measure_id id, enum tread_side side, double *scratch,
                       tread_drift *out)
{
    *out = (tread_drift){.baseline = b->median[id][side],
                         .baseline_sd = b->sd[id][side],
                         .now = (double)NAN,
                         .change = (double)NAN,
                         .threshold = (double)NAN,
                         .baseline_from_s = b->from_s,
                         .baseline_to_s = b->to_s};
    if (isnan(b->from_s) || session->n == 0) {
        out->baseline = out->baseline_sd = (double)NAN;
        out->reason = "needs 150 strides at one speed and incline";
        return;
    }
    double last_s = session->steps[session->n - 1].initial_contact_s;
    /* Newest window, and the one before it; none of them may reach into the baseline. */
    double change[2];
    for (int w = 0; w < 2; w++) {
        double to_s = w ? last_s - WINDOW_S : INFINITY, from_s = last_s - (w + 1) * WINDOW_S;
        size_t n = from_s >= b->to_s ? collect(session, id, side, from_s, to_s, scratch) : 0;
        change[w] = n >= MIN_WINDOW_STEPS ? tread_median(scratch, n) - out->baseline : (double)NAN;
    }
    if (isnan(out->baseline))
        out->reason = "measured in too few steps of the baseline";
    else if (isnan(change[0]))
        out->reason = "needs a minute after the baseline";
    if (out->reason)
        return;
    out->change = change[0];
    out->now = out->baseline + change[0];
    out->threshold = fmax(minimum_of(id, out->baseline), CHANGE_SD * out->baseline_sd);
    /* Both windows, and the same way. */
    double lesser = change[0] * change[1] > 0 ? fmin(fabs(change[0]), fabs(change[1])) : 0;
    out->level = lesser > 2 * out->threshold ? 2 : lesser > out->threshold ? 1 : 0;
}

#include "report/charts.h"

#include <math.h>

/* More dots than pixels say nothing more. */
#define MOST_DOTS 900
/* Charts over time need some. */
#define LONG_S 60.0

double axis_at(const axis *a, double value)
{
    return a->from + (value - a->low) / (a->high - a->low) * (a->to - a->from);
}

/* Ticks at 1, 2 or 5 times a power of ten, about `n` of them, and ends on ticks. */
static axis nice_axis(double low, double high, int n, double from, double to)
{
    double rough = fmax((high - low) / n, 1e-6), decade = pow(10, floor(log10(rough)));
    double share = rough / decade;
    double step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * decade;
    return (axis){.low = step * floor(low / step),
                  .high = step * ceil(high / step + (high > low ? 0 : 1)),
                  .from = from,
                  .to = to,
                  .step = step,
                  .n_decimals = step < 0.999 ? (step < 0.0999 ? 2 : 1) : 0};
}

static axis time_axis(const story *s)
{
    static const double steps_s[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    double span_s = fmax(s->v.last_s - s->v.first_s, 1);
    size_t i = 0;
    while (i + 1 < sizeof steps_s / sizeof *steps_s && span_s / steps_s[i] > 6)
        i++;
    return (axis){s->v.first_s, s->v.first_s + span_s, CHART_LEFT, CHART_RIGHT, steps_s[i], 0};
}

/* ---- bars ---------------------------------------------------------------------- */

bool chart_range(double low, double high, double usual_low, double usual_high, double value,
                 double from, double to, range_chart *out)
{
    double room = usual_high - usual_low, reach = 0.12 * room;
    if (!isfinite(value) || !isfinite(room) || room <= 0)
        return false;
    const axis x = {.low = fmin(usual_low - 0.5 * room, value - reach),
                    .high = fmax(usual_high + 0.5 * room, value + reach),
                    .from = from,
                    .to = to};
    bool has_interval = isfinite(low) && isfinite(high);
    *out = (range_chart){.left = axis_at(&x, usual_low),
                         .right = axis_at(&x, usual_high),
                         .low = has_interval ? axis_at(&x, fmax(low, x.low)) : (double)NAN,
                         .high = has_interval ? axis_at(&x, fmin(high, x.high)) : (double)NAN,
                         .at = axis_at(&x, value),
                         .is_out = value < usual_low || value > usual_high};
    return true;
}

bool chart_difference(double low, double high, double value, double from, double to,
                      range_chart *out)
{
    double most = fmax(fabs(low), fabs(high));
    if (!isfinite(most) || !isfinite(value) || most <= 0)
        return false;
    const axis x = {.low = -most, .high = most, .from = from, .to = to};
    *out = (range_chart){.left = axis_at(&x, 0),
                         .right = axis_at(&x, 0),
                         .low = axis_at(&x, low),
                         .high = axis_at(&x, high),
                         .at = axis_at(&x, value),
                         .is_out = low > 0 || high < 0};
    return true;
}

/* ---- the mean stride -------------------------------------------------------------- */

const curve_words chart_curves[CHART_N_CURVES] = {
    {TREAD_CURVE_KNEE_FLEXION, "Knee", "Up is bent", "0° is straight"},
    {TREAD_CURVE_HIP_FLEXION, "Hip", "Up is the thigh ahead of the trunk", "below 0° behind it"},
    {TREAD_CURVE_ANKLE_DORSIFLEXION, "Ankle", "Up is toes towards the shin", "below 0° pointed"},
    {TREAD_CURVE_TRUNK_LEAN, "Trunk", "Up is leaning forward", "0° is upright"},
};

void chart_curve(const story *s, enum tread_curve_id id, curve_chart *out)
{
    double low = INFINITY, high = -INFINITY;
    *out = (curve_chart){.x = {0, 100, CHART_LEFT, CHART_RIGHT, 25, 0}};
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        tread_curve *c = &out->c[side];
        *c = (tread_curve){.reason = "not measured"};
        tread_analyzer_curve(s->run->analyzer, id, (enum tread_side)side, c);
        out->is_drawn[side] = !c->reason && c->n > 0;
        for (int i = 0; out->is_drawn[side] && i < TREAD_CURVE_POINTS; i++) {
            double sd = isfinite(c->sd[i]) ? c->sd[i] : 0;
            low = fmin(low, c->mean[i] - sd); /* fmin and fmax leave NaN out */
            high = fmax(high, c->mean[i] + sd);
        }
    }
    if (high > low)
        out->y = nice_axis(low, high, 5, CHART_BOTTOM, CHART_TOP);
    else
        out->reason = out->c[s->near].reason ? out->c[s->near].reason : "not measured";
}

void say_strides(FILE *f, const curve_chart *c)
{
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        fputs(side && c->is_drawn[0] ? ", " : "", f);
        if (c->is_drawn[side])
            fprintf(f, "%d %s strides", c->c[side].n, tread_side_name((enum tread_side)side));
        else
            fprintf(f, "%s not measured", tread_side_name((enum tread_side)side));
    }
}

/* ---- over time ----------------------------------------------------------------------- */

bool chart_is_long(const story *s)
{
    return s->v.last_s - s->v.first_s >= LONG_S;
}

bool chart_is_strike(const tread_step *step, enum tread_side side, enum tread_foot_strike kind,
                     double *deg)
{
    *deg = step->value[TREAD_MEASURE_FOOT_STRIKE_ANGLE];
    return step->is_valid && step->side == side && step->foot_strike == kind && isfinite(*deg);
}

void chart_strikes(const story *s, enum tread_side side, strike_chart *out)
{
    double low = 0, high = 0, deg;
    *out = (strike_chart){.x = time_axis(s)};
    for (int kind = TREAD_STRIKE_REARFOOT; kind <= TREAD_STRIKE_FOREFOOT; kind++)
        for (size_t i = 0; i < s->run->n_steps; i++)
            if (chart_is_strike(&s->run->steps[i], side, (enum tread_foot_strike)kind, &deg)) {
                out->n[kind]++;
                out->n_all++;
                low = fmin(low, deg);
                high = fmax(high, deg);
            }
    out->y = nice_axis(low, high, 4, CHART_BOTTOM, CHART_TOP);
    out->every = 1 + out->n_all / MOST_DOTS;
    if (out->n_all == 0) {
        tread_measure m = {.reason = NULL};
        tread_analyzer_measure(s->run->analyzer, TREAD_MEASURE_FOOT_STRIKE_ANGLE, side, &m);
        out->reason = m.reason ? m.reason : "no step of this foot was seen well enough";
    }
}

void say_strikes(FILE *f, const strike_chart *c)
{
    fprintf(f, "%d heel first, %d flat, %d ball of the foot first, of %d steps.",
            c->n[TREAD_STRIKE_REARFOOT], c->n[TREAD_STRIKE_MIDFOOT], c->n[TREAD_STRIKE_FOREFOOT],
            c->n_all);
}

const enum tread_measure_id chart_trends[CHART_N_TRENDS] = {
    TREAD_MEASURE_TRUNK_LEAN, TREAD_MEASURE_KNEE_FLEXION_CONTACT, TREAD_MEASURE_CADENCE,
    TREAD_MEASURE_VERTICAL_OSCILLATION};

bool chart_trend(const story *s, enum tread_measure_id id, trend_chart *out)
{
    const tread_measure_info *info = tread_measure_describe(id);
    *out = (trend_chart){.low = INFINITY,
                         .high = -INFINITY,
                         .usual_top = (double)NAN,
                         .usual_bottom = (double)NAN,
                         .x = time_axis(s)};
    double bin_s = (out->x.high - out->x.low) / CHART_N_BINS;
    for (int i = 0; i < CHART_N_BINS; i++) {
        tread_measure m = {.value = (double)NAN};
        tread_analyzer_measure_between(s->run->analyzer, id,
                                       info->is_per_side ? s->near : TREAD_BOTH,
                                       out->x.low + i * bin_s, out->x.low + (i + 1) * bin_s, &m);
        out->value[i] = m.value;
        out->time_s[i] = out->x.low + (i + 0.5) * bin_s;
        out->low = fmin(out->low, m.value);
        out->high = fmax(out->high, m.value);
    }
    if (!isfinite(out->low) || !isfinite(out->high))
        return false;
    /* Not less than a span in which the scatter of a steady runner looks calm. */
    double least = info->n_decimals ? 4 : 8, more = fmax(0, 0.5 * (least - (out->high - out->low)));
    out->y = nice_axis(out->low - more, out->high + more, 4, CHART_BOTTOM, CHART_TOP);
    double usual_low, usual_high;
    const char *source;
    if (story_usual(s, id, &usual_low, &usual_high, &source)) {
        double top = fmax(axis_at(&out->y, usual_high), CHART_TOP);
        double bottom = fmin(axis_at(&out->y, usual_low), CHART_BOTTOM);
        if (bottom > top) {
            out->usual_top = top;
            out->usual_bottom = bottom;
        }
    }
    return true;
}

void chart_fault(const story *s, const tread_fault *fault, double *from, double *to)
{
    double span_s = fmax(s->v.last_s - s->v.first_s, 1e-3);
    double end_s = isfinite(fault->end_s) ? fault->end_s : s->v.last_s;
    *from = fmax(0, fault->begin_s - s->v.first_s) / span_s;
    *to = *from + fmax(0, end_s - fault->begin_s) / span_s;
}

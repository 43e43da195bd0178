/* Charts of report.html as inline SVG. Left is blue and solid, right is orange and dashed, so
 * that neither colour nor ink is needed to tell them apart. */
#include <math.h>

#include "report/html.h"

/* Units of a chart, a CSS pixel each where it is 360 wide. */
#define WIDTH 360.0
#define HEIGHT 216.0
#define PLOT_LEFT 38.0
#define PLOT_RIGHT 352.0
#define PLOT_TOP 12.0
#define PLOT_BOTTOM 186.0
/* More dots than pixels say nothing more. */
#define MOST_DOTS 900
/* Charts over time need some. */
#define LONG_S 60.0
#define N_BINS 40

/* From data to chart. */
typedef struct axis {
    double low, high; /* of the data */
    double from, to;  /* in the chart */
    double step;      /* between ticks */
    int n_decimals;   /* of a tick */
} axis;

static double on(const axis *a, double value)
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

static axis time_axis(const html *h)
{
    static const double steps_s[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    double span_s = fmax(h->v.last_s - h->v.first_s, 1);
    size_t i = 0;
    while (i + 1 < sizeof steps_s / sizeof *steps_s && span_s / steps_s[i] > 6)
        i++;
    return (axis){h->v.first_s, h->v.first_s + span_s, PLOT_LEFT, PLOT_RIGHT, steps_s[i], 0};
}

static void draw_y_axis(FILE *f, const axis *y, const char *unit)
{
    int n = (int)lround((y->high - y->low) / y->step);
    for (int i = 0; i <= n; i++) {
        double value = y->low + i * y->step, at = on(y, value);
        fprintf(f, "<path class=\"%s\" d=\"M%g %.1fH%g\"/><text class=\"end\" x=\"%g\" y=\"%.1f\">",
                fabs(value) < 0.01 * y->step ? "zero" : "grid", PLOT_LEFT, at, PLOT_RIGHT,
                PLOT_LEFT - 5, at + 4);
        html_number(f, value, y->n_decimals);
        fprintf(f, "%s</text>", i == n ? unit : "");
    }
}

static void draw_time_axis(FILE *f, const axis *x)
{
    for (double t = ceil(x->low / x->step) * x->step; t <= x->high; t += x->step) {
        fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"%g\">", on(x, t), PLOT_BOTTOM + 18);
        html_clock(f, t);
        fputs("</text>", f);
    }
}

static void open_chart(FILE *f, const char *class)
{
    fprintf(f, "<svg class=\"chart %s\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", class,
            WIDTH, HEIGHT);
}

/* ---- bars ---------------------------------------------------------------------- */

void html_range_bar(FILE *f, double low, double high, double usual_low, double usual_high,
                    double value, bool is_large)
{
    double width = is_large ? 320 : 130, height = is_large ? 46 : 20, middle = is_large ? 16 : 10;
    double room = usual_high - usual_low, edge = is_large ? 16 : 6;
    if (!isfinite(value) || !isfinite(room) || room <= 0)
        return;
    double reach = 0.12 * room;
    axis x = {.low = fmin(usual_low - 0.5 * room, value - reach),
              .high = fmax(usual_high + 0.5 * room, value + reach),
              .from = edge,
              .to = width - edge};
    double left = on(&x, usual_low), right = on(&x, usual_high), at = on(&x, value);
    bool is_out = value < usual_low || value > usual_high;
    fprintf(f,
            "<svg class=\"range%s\" viewBox=\"0 0 %g %g\" aria-hidden=\"true\">"
            "<path class=\"track\" d=\"M%g %gH%g\"/>"
            "<rect class=\"usual\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\" rx=\"3\"/>",
            is_large ? " large" : "", width, height, edge, middle, width - edge, left,
            middle - (is_large ? 9 : 6), right - left, is_large ? 18.0 : 12.0);
    if (isfinite(low) && isfinite(high))
        fprintf(f, "<path class=\"interval\" d=\"M%.1f %gH%.1f\"/>", on(&x, fmax(low, x.low)),
                middle, on(&x, fmin(high, x.high)));
    if (is_out)
        fprintf(f, "<path class=\"value out\" d=\"M%.1f %gl%g %gl%g %gl%g %gz\"/>", at,
                middle - (is_large ? 9 : 6), is_large ? 9.0 : 6.0, is_large ? 9.0 : 6.0,
                is_large ? -9.0 : -6.0, is_large ? 9.0 : 6.0, is_large ? -9.0 : -6.0,
                is_large ? -9.0 : -6.0);
    else
        fprintf(f, "<circle class=\"value\" cx=\"%.1f\" cy=\"%g\" r=\"%g\"/>", at, middle,
                is_large ? 7.0 : 4.5);
    if (is_large) {
        int n_decimals = html_range_decimals(usual_low, usual_high);
        fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"42\">", left);
        html_number(f, usual_low, n_decimals);
        fprintf(f, "</text><text class=\"mid\" x=\"%.1f\" y=\"42\">", right);
        html_number(f, usual_high, n_decimals);
        fprintf(f, "</text><text class=\"mid\" x=\"%.1f\" y=\"42\">usual</text>",
                0.5 * (left + right));
    }
    fputs("</svg>", f);
}

void html_difference_bar(FILE *f, double low, double high, double value)
{
    double most = fmax(fabs(low), fabs(high));
    if (!isfinite(most) || !isfinite(value) || most <= 0)
        return;
    axis x = {.low = -most, .high = most, .from = 6, .to = 124};
    bool is_real = low > 0 || high < 0;
    fprintf(f,
            "<svg class=\"range\" viewBox=\"0 0 130 20\" aria-hidden=\"true\">"
            "<path class=\"track\" d=\"M6 10H124\"/><path class=\"zero\" d=\"M65 2V18\"/>"
            "<path class=\"interval\" d=\"M%.1f 10H%.1f\"/>"
            "<circle class=\"value%s\" cx=\"%.1f\" cy=\"10\" r=\"4.5\"/></svg>",
            on(&x, low), on(&x, high), is_real ? " out" : "", on(&x, value));
}

/* ---- the mean stride -------------------------------------------------------------- */

static double pct_x(double pct)
{
    return PLOT_LEFT + pct / 100 * (PLOT_RIGHT - PLOT_LEFT);
}

/* NaN leaves a gap. */
static void draw_line(FILE *f, const char *class, const axis *y, const double *values)
{
    bool is_down = false;
    fprintf(f, "<path class=\"%s\" d=\"", class);
    for (int i = 0; i < TREAD_CURVE_POINTS; i++) {
        if (isfinite(values[i]))
            fprintf(f, "%c%.1f %.1f", is_down ? 'L' : 'M', pct_x(i), on(y, values[i]));
        is_down = isfinite(values[i]);
    }
    fputs("\"/>", f);
}

/* One SD to each side. */
static void draw_band(FILE *f, const char *class, const axis *y, const tread_curve *c)
{
    char pen = 'M';
    fprintf(f, "<path class=\"%s\" d=\"", class);
    for (int k = 0; k < 2 * TREAD_CURVE_POINTS; k++) {
        int i = k < TREAD_CURVE_POINTS ? k : 2 * TREAD_CURVE_POINTS - 1 - k;
        double value = c->mean[i] + (k < TREAD_CURVE_POINTS ? c->sd[i] : -c->sd[i]);
        if (!isfinite(value))
            continue;
        fprintf(f, "%c%.1f %.1f", pen, pct_x(i), on(y, value));
        pen = 'L';
    }
    fputs("z\"/>", f);
}

static void put_points(FILE *f, const char *name, const double *values)
{
    fprintf(f, " data-%s=\"", name);
    for (int i = 0; i < TREAD_CURVE_POINTS; i++)
        if (isfinite(values[i]))
            fprintf(f, "%s%.0f", i ? " " : "", values[i]);
        else
            fputs(i ? " x" : "x", f);
    putc('"', f);
}

static bool has_points(const tread_curve *c)
{
    return !c->reason && c->n > 0;
}

static void say_peak(FILE *f, const char *side, const tread_curve *c)
{
    int top = -1, bottom = -1;
    for (int i = 0; i < TREAD_CURVE_POINTS; i++) {
        if (!isfinite(c->mean[i]))
            continue;
        if (top < 0 || c->mean[i] > c->mean[top])
            top = i;
        if (bottom < 0 || c->mean[i] < c->mean[bottom])
            bottom = i;
    }
    if (top >= 0)
        fprintf(f, "; %s from %.0f degrees at %d %% to %.0f degrees at %d %%", side,
                c->mean[bottom], bottom, c->mean[top], top);
}

void html_curve_chart(const html *h, enum tread_curve_id id, const char *title, const char *up,
                      const char *down)
{
    static const char *const sides[] = {"left", "right"};
    FILE *f = h->f;
    tread_curve c[TREAD_N_SIDES];
    double low = INFINITY, high = -INFINITY;
    for (int s = 0; s < TREAD_N_SIDES; s++) {
        c[s] = (tread_curve){.reason = "not measured"};
        tread_analyzer_curve(h->run->analyzer, id, (enum tread_side)s, &c[s]);
        for (int i = 0; has_points(&c[s]) && i < TREAD_CURVE_POINTS; i++) {
            double sd = isfinite(c[s].sd[i]) ? c[s].sd[i] : 0;
            low = fmin(low, c[s].mean[i] - sd); /* fmin and fmax leave NaN out */
            high = fmax(high, c[s].mean[i] + sd);
        }
    }
    fprintf(f, "<figure class=\"card curve\"><figcaption><h3>%s</h3><p>%s; %s.</p></figcaption>",
            title, up, down);
    if (!(high > low)) {
        fputs("<p class=\"none\">", f);
        html_sentence(f, c[h->near].reason ? c[h->near].reason : "not measured");
        fputs("</p></figure>\n", f);
        return;
    }
    axis y = nice_axis(low, high, 5, PLOT_BOTTOM, PLOT_TOP);
    open_chart(f, "cycle");
    fprintf(f, "%s over the stride", title);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]))
            say_peak(f, sides[s], &c[s]);
    putc('"', f);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]))
            put_points(f, sides[s], c[s].mean);
    putc('>', f);
    draw_y_axis(f, &y, "°");
    for (int pct = 0; pct <= 100; pct += 25)
        fprintf(f, "<text class=\"%s\" x=\"%.1f\" y=\"%g\">%d%s</text>", pct == 100 ? "end" : "mid",
                pct_x(pct), PLOT_BOTTOM + 16, pct, pct == 100 ? " %" : "");
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]))
            draw_band(f, s == TREAD_LEFT ? "band left" : "band right", &y, &c[s]);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]) && isfinite(c[s].toe_off_pct))
            fprintf(f, "<path class=\"toe-off %s\" d=\"M%.1f %gV%g\"/>", sides[s],
                    pct_x(c[s].toe_off_pct), PLOT_TOP, PLOT_BOTTOM);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]))
            draw_line(f, s == TREAD_LEFT ? "line left" : "line right", &y, c[s].mean);
    const tread_curve *near = &c[h->near];
    if (has_points(near) && isfinite(near->toe_off_pct))
        fprintf(f, "<text class=\"mark\" x=\"%.1f\" y=\"%g\">toe-off</text>",
                pct_x(near->toe_off_pct) + 4, PLOT_TOP + 9);
    fputs("</svg>", f);
    fputs("<p class=\"note readout\">", f);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (has_points(&c[s]))
            fprintf(f, "%s%d %s strides", s && has_points(&c[0]) ? ", " : "", c[s].n, sides[s]);
        else
            fprintf(f, "%s%s not measured", s && has_points(&c[0]) ? ", " : "", sides[s]);
    fputs("</p></figure>\n", f);
}

/* ---- over time ----------------------------------------------------------------------- */

bool html_is_long(const html *h)
{
    return h->v.last_s - h->v.first_s >= LONG_S;
}

void html_strike_chart(const html *h, enum tread_side side)
{
    static const char *const shapes[] = {[TREAD_STRIKE_REARFOOT] =
                                             "m-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0",
                                         [TREAD_STRIKE_MIDFOOT] = "m-3 -3h6v6h-6z",
                                         [TREAD_STRIKE_FOREFOOT] = "m0 -4l4 7h-8z"};
    static const char *const classes[] = {[TREAD_STRIKE_REARFOOT] = "rearfoot",
                                          [TREAD_STRIKE_MIDFOOT] = "midfoot",
                                          [TREAD_STRIKE_FOREFOOT] = "forefoot"};
    FILE *f = h->f;
    const char *name = side == TREAD_LEFT ? "Left" : "Right";
    int n[TREAD_STRIKE_FOREFOOT + 1] = {0}, n_all = 0;
    double low = 0, high = 0;
    for (size_t i = 0; i < h->run->n_steps; i++) {
        const tread_step *s = &h->run->steps[i];
        double deg = s->value[TREAD_MEASURE_FOOT_STRIKE_ANGLE];
        if (!s->is_valid || s->side != side || s->foot_strike == TREAD_STRIKE_UNKNOWN ||
            !isfinite(deg))
            continue;
        n[s->foot_strike]++;
        n_all++;
        low = fmin(low, deg);
        high = fmax(high, deg);
    }
    fprintf(f, "<figure class=\"card\"><figcaption><h3>%s foot</h3><p>", name);
    if (n_all == 0) {
        tread_measure m = {.reason = NULL};
        tread_analyzer_measure(h->run->analyzer, TREAD_MEASURE_FOOT_STRIKE_ANGLE, side, &m);
        fputs("Not measured.</p></figcaption><p class=\"none\">", f);
        html_sentence(f, m.reason ? m.reason : "no step of this foot was seen well enough");
        fputs("</p></figure>\n", f);
        return;
    }
    fprintf(f, "%d heel first, %d flat, %d ball of the foot first, of %d steps.</p></figcaption>",
            n[TREAD_STRIKE_REARFOOT], n[TREAD_STRIKE_MIDFOOT], n[TREAD_STRIKE_FOREFOOT], n_all);
    axis x = time_axis(h), y = nice_axis(low, high, 4, PLOT_BOTTOM, PLOT_TOP);
    int every = 1 + n_all / MOST_DOTS, k = 0;
    open_chart(f, "strikes");
    fprintf(f, "Foot angle of each %s step over time\">", side == TREAD_LEFT ? "left" : "right");
    draw_y_axis(f, &y, "°");
    draw_time_axis(f, &x);
    for (int kind = TREAD_STRIKE_REARFOOT; kind <= TREAD_STRIKE_FOREFOOT; kind++) {
        if (n[kind] == 0)
            continue;
        fprintf(f, "<path class=\"%s\" d=\"", classes[kind]);
        for (size_t i = 0; i < h->run->n_steps; i++) {
            const tread_step *s = &h->run->steps[i];
            double deg = s->value[TREAD_MEASURE_FOOT_STRIKE_ANGLE];
            if (s->is_valid && s->side == side && (int)s->foot_strike == kind && isfinite(deg) &&
                k++ % every == 0)
                fprintf(f, "M%.1f %.1f%s", on(&x, s->initial_contact_s), on(&y, deg), shapes[kind]);
        }
        fputs("\"/>", f);
    }
    fputs("</svg>", f);
    if (every > 1)
        fprintf(f, "<p class=\"note\">One step in %d is drawn.</p>", every);
    fputs("</figure>\n", f);
}

void html_time_chart(const html *h, enum tread_measure_id id)
{
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    double value[N_BINS], low = INFINITY, high = -INFINITY;
    axis x = time_axis(h);
    double bin_s = (x.high - x.low) / N_BINS;
    for (int i = 0; i < N_BINS; i++) {
        tread_measure m = {.value = (double)NAN};
        tread_analyzer_measure_between(h->run->analyzer, id,
                                       info->is_per_side ? h->near : TREAD_BOTH, x.low + i * bin_s,
                                       x.low + (i + 1) * bin_s, &m);
        value[i] = m.value;
        low = fmin(low, m.value);
        high = fmax(high, m.value);
    }
    if (!isfinite(low) || !isfinite(high))
        return;
    /* Not less than a span in which the scatter of a steady runner looks calm. */
    double least = info->n_decimals ? 4 : 8, more = fmax(0, 0.5 * (least - (high - low)));
    axis y = nice_axis(low - more, high + more, 4, PLOT_BOTTOM, PLOT_TOP);
    fprintf(f, "<figure class=\"card\"><figcaption><h3>%s</h3><p>%s</p></figcaption>", info->title,
            html_plain_words(id));
    open_chart(f, "trend");
    fprintf(f, "%s over the session, from %.1f to %.1f\">", info->title, low, high);
    draw_y_axis(f, &y, html_unit(info->unit)[0] == ' ' ? "" : html_unit(info->unit));
    draw_time_axis(f, &x);
    double usual_low, usual_high;
    const char *source;
    if (html_usual(h, id, &usual_low, &usual_high, &source)) {
        double top = fmax(on(&y, usual_high), PLOT_TOP), end = fmin(on(&y, usual_low), PLOT_BOTTOM);
        if (end > top)
            fprintf(f, "<rect class=\"usual\" x=\"%g\" y=\"%.1f\" width=\"%g\" height=\"%.1f\"/>",
                    PLOT_LEFT, top, PLOT_RIGHT - PLOT_LEFT, end - top);
    }
    bool is_down = false;
    fputs("<path class=\"line plain\" d=\"", f);
    for (int i = 0; i < N_BINS; i++) {
        if (isfinite(value[i]))
            fprintf(f, "%c%.1f %.1f", is_down ? 'L' : 'M', on(&x, x.low + (i + 0.5) * bin_s),
                    on(&y, value[i]));
        is_down = isfinite(value[i]);
    }
    fputs("\"/></svg></figure>\n", f);
}

void html_fault_track(const html *h, size_t rule)
{
    FILE *f = h->f;
    double from_s = h->v.first_s, span_s = fmax(h->v.last_s - from_s, 1e-3);
    fputs("<svg class=\"track-of\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
          "aria-hidden=\"true\"><rect class=\"ground\" width=\"1000\" height=\"20\"/>",
          f);
    for (size_t i = 0; i < h->run->n_faults; i++) {
        const tread_fault *fault = &h->run->faults[i];
        if (fault->rule != rule)
            continue;
        double end_s = isfinite(fault->end_s) ? fault->end_s : h->v.last_s;
        double left = 1000 * fmax(0, fault->begin_s - from_s) / span_s;
        double width = fmax(1000 * (end_s - fault->begin_s) / span_s, 4);
        int height = 8 + 4 * fault->level;
        fprintf(f, "<rect class=\"level%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                fault->level, left, 20 - height, fmin(width, 1000 - left), height);
    }
    fputs("</svg>", f);
}

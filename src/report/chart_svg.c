/* Charts of report.html as inline SVG. Left is blue and solid, right is orange and dashed, so
 * that neither colour nor ink is needed to tell them apart. */
#include <math.h>

#include "report/html.h"

static void draw_y_axis(FILE *f, const axis *y, const char *unit)
{
    int n = (int)lround((y->high - y->low) / y->step);
    for (int i = 0; i <= n; i++) {
        double value = y->low + i * y->step, at = axis_at(y, value);
        fprintf(f, "<path class=\"%s\" d=\"M%g %.1fH%g\"/><text class=\"end\" x=\"%g\" y=\"%.1f\">",
                fabs(value) < 0.01 * y->step ? "zero" : "grid", CHART_LEFT, at, CHART_RIGHT,
                CHART_LEFT - 5, at + 4);
        say_number(f, value, y->n_decimals);
        fprintf(f, "%s</text>", i == n ? unit : "");
    }
}

static void draw_time_axis(FILE *f, const axis *x)
{
    for (double t = ceil(x->low / x->step) * x->step; t <= x->high; t += x->step) {
        fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"%g\">", axis_at(x, t), CHART_BOTTOM + 18);
        say_clock(f, t);
        fputs("</text>", f);
    }
}

static void open_chart(FILE *f, const char *class)
{
    fprintf(f, "<svg class=\"chart %s\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", class,
            CHART_WIDTH, CHART_HEIGHT);
}

/* ---- bars ---------------------------------------------------------------------- */

void html_range_bar(FILE *f, double low, double high, double usual_low, double usual_high,
                    double value, bool is_large)
{
    double width = is_large ? 320 : 130, height = is_large ? 46 : 20, middle = is_large ? 16 : 10;
    double edge = is_large ? 16 : 6, half = is_large ? 9 : 6;
    range_chart c;
    if (!chart_range(low, high, usual_low, usual_high, value, edge, width - edge, &c))
        return;
    fprintf(f,
            "<svg class=\"range%s\" viewBox=\"0 0 %g %g\" aria-hidden=\"true\">"
            "<path class=\"track\" d=\"M%g %gH%g\"/>"
            "<rect class=\"usual\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\" rx=\"3\"/>",
            is_large ? " large" : "", width, height, edge, middle, width - edge, c.left,
            middle - half, c.right - c.left, 2 * half);
    if (isfinite(c.low))
        fprintf(f, "<path class=\"interval\" d=\"M%.1f %gH%.1f\"/>", c.low, middle, c.high);
    if (c.is_out)
        fprintf(f, "<path class=\"value out\" d=\"M%.1f %gl%g %gl%g %gl%g %gz\"/>", c.at,
                middle - half, half, half, -half, half, -half, -half);
    else
        fprintf(f, "<circle class=\"value\" cx=\"%.1f\" cy=\"%g\" r=\"%g\"/>", c.at, middle,
                is_large ? 7.0 : 4.5);
    if (is_large) {
        int n_decimals = range_decimals(usual_low, usual_high);
        fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"42\">", c.left);
        say_number(f, usual_low, n_decimals);
        fprintf(f, "</text><text class=\"mid\" x=\"%.1f\" y=\"42\">", c.right);
        say_number(f, usual_high, n_decimals);
        fprintf(f, "</text><text class=\"mid\" x=\"%.1f\" y=\"42\">usual</text>",
                0.5 * (c.left + c.right));
    }
    fputs("</svg>", f);
}

void html_difference_bar(FILE *f, double low, double high, double value)
{
    range_chart c;
    if (!chart_difference(low, high, value, 6, 124, &c))
        return;
    fprintf(f,
            "<svg class=\"range\" viewBox=\"0 0 130 20\" aria-hidden=\"true\">"
            "<path class=\"track\" d=\"M6 10H124\"/><path class=\"zero\" d=\"M%.0f 2V18\"/>"
            "<path class=\"interval\" d=\"M%.1f 10H%.1f\"/>"
            "<circle class=\"value%s\" cx=\"%.1f\" cy=\"10\" r=\"4.5\"/></svg>",
            c.left, c.low, c.high, c.is_out ? " out" : "", c.at);
}

/* ---- the mean stride -------------------------------------------------------------- */

/* NaN leaves a gap. */
static void draw_line(FILE *f, const char *class, const curve_chart *c, const double *values)
{
    bool is_down = false;
    fprintf(f, "<path class=\"%s\" d=\"", class);
    for (int i = 0; i < TREAD_CURVE_POINTS; i++) {
        if (isfinite(values[i]))
            fprintf(f, "%c%.1f %.1f", is_down ? 'L' : 'M', axis_at(&c->x, i),
                    axis_at(&c->y, values[i]));
        is_down = isfinite(values[i]);
    }
    fputs("\"/>", f);
}

/* One SD to each side. */
static void draw_band(FILE *f, const char *class, const curve_chart *chart, const tread_curve *c)
{
    char pen = 'M';
    fprintf(f, "<path class=\"%s\" d=\"", class);
    for (int k = 0; k < 2 * TREAD_CURVE_POINTS; k++) {
        int i = k < TREAD_CURVE_POINTS ? k : 2 * TREAD_CURVE_POINTS - 1 - k;
        double value = c->mean[i] + (k < TREAD_CURVE_POINTS ? c->sd[i] : -c->sd[i]);
        if (!isfinite(value))
            continue;
        fprintf(f, "%c%.1f %.1f", pen, axis_at(&chart->x, i), axis_at(&chart->y, value));
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

static void draw_stride(FILE *f, const curve_chart *chart)
{
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (chart->is_drawn[s])
            draw_band(f, s == TREAD_LEFT ? "band left" : "band right", chart, &chart->c[s]);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (chart->is_drawn[s] && isfinite(chart->c[s].toe_off_pct))
            fprintf(f, "<path class=\"toe-off %s\" d=\"M%.1f %gV%g\"/>",
                    tread_side_name((enum tread_side)s),
                    axis_at(&chart->x, chart->c[s].toe_off_pct), CHART_TOP, CHART_BOTTOM);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (chart->is_drawn[s])
            draw_line(f, s == TREAD_LEFT ? "line left" : "line right", chart, chart->c[s].mean);
}

void html_curve_chart(const html *h, const curve_words *words)
{
    FILE *f = h->f;
    curve_chart chart;
    chart_curve(&h->s, words->id, &chart);
    fprintf(f, "<figure class=\"card curve\"><figcaption><h3>%s</h3><p>%s; %s.</p></figcaption>",
            words->title, words->up, words->down);
    if (chart.reason) {
        fputs("<p class=\"none\">", f);
        html_sentence(h, chart.reason);
        fputs("</p></figure>\n", f);
        return;
    }
    open_chart(f, "cycle");
    fprintf(f, "%s over the stride", words->title);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (chart.is_drawn[s])
            say_peak(f, tread_side_name((enum tread_side)s), &chart.c[s]);
    putc('"', f);
    for (int s = 0; s < TREAD_N_SIDES; s++)
        if (chart.is_drawn[s])
            put_points(f, tread_side_name((enum tread_side)s), chart.c[s].mean);
    putc('>', f);
    draw_y_axis(f, &chart.y, "°");
    for (int pct = 0; pct <= 100; pct += 25)
        fprintf(f, "<text class=\"%s\" x=\"%.1f\" y=\"%g\">%d%s</text>", pct == 100 ? "end" : "mid",
                axis_at(&chart.x, pct), CHART_BOTTOM + 16, pct, pct == 100 ? " %" : "");
    draw_stride(f, &chart);
    const tread_curve *near = &chart.c[h->s.near];
    if (chart.is_drawn[h->s.near] && isfinite(near->toe_off_pct))
        fprintf(f, "<text class=\"mark\" x=\"%.1f\" y=\"%g\">toe-off</text>",
                axis_at(&chart.x, near->toe_off_pct) + 4, CHART_TOP + 9);
    fputs("</svg><p class=\"note readout\">", f);
    say_strides(f, &chart);
    fputs("</p></figure>\n", f);
}

/* ---- over time ----------------------------------------------------------------------- */

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
    strike_chart c;
    chart_strikes(&h->s, side, &c);
    fprintf(f, "<figure class=\"card\"><figcaption><h3>%s foot</h3><p>", name);
    if (c.reason) {
        fputs("Not measured.</p></figcaption><p class=\"none\">", f);
        html_sentence(h, c.reason);
        fputs("</p></figure>\n", f);
        return;
    }
    say_strikes(f, &c);
    fputs("</p></figcaption>", f);
    int k = 0;
    open_chart(f, "strikes");
    fprintf(f, "Foot angle of each %s step over time\">", side == TREAD_LEFT ? "left" : "right");
    draw_y_axis(f, &c.y, "°");
    draw_time_axis(f, &c.x);
    for (int kind = TREAD_STRIKE_REARFOOT; kind <= TREAD_STRIKE_FOREFOOT; kind++) {
        if (c.n[kind] == 0)
            continue;
        double deg;
        fprintf(f, "<path class=\"%s\" d=\"", classes[kind]);
        for (size_t i = 0; i < h->s.run->n_steps; i++) {
            const tread_step *s = &h->s.run->steps[i];
            if (chart_is_strike(s, side, (enum tread_foot_strike)kind, &deg) && k++ % c.every == 0)
                fprintf(f, "M%.1f %.1f%s", axis_at(&c.x, s->initial_contact_s), axis_at(&c.y, deg),
                        shapes[kind]);
        }
        fputs("\"/>", f);
    }
    fputs("</svg>", f);
    if (c.every > 1)
        fprintf(f, "<p class=\"note\">One step in %d is drawn.</p>", c.every);
    fputs("</figure>\n", f);
}

void html_time_chart(const html *h, enum tread_measure_id id)
{
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    trend_chart c;
    if (!chart_trend(&h->s, id, &c))
        return;
    fprintf(f, "<figure class=\"card\"><figcaption><h3>%s</h3><p>%s</p></figcaption>", info->title,
            plain_words(id));
    open_chart(f, "trend");
    fprintf(f, "%s over the session, from %.1f to %.1f\">", info->title, c.low, c.high);
    draw_y_axis(f, &c.y, unit_words(info->unit)[0] == ' ' ? "" : unit_words(info->unit));
    draw_time_axis(f, &c.x);
    if (isfinite(c.usual_top))
        fprintf(f, "<rect class=\"usual\" x=\"%g\" y=\"%.1f\" width=\"%g\" height=\"%.1f\"/>",
                CHART_LEFT, c.usual_top, CHART_RIGHT - CHART_LEFT, c.usual_bottom - c.usual_top);
    bool is_down = false;
    fputs("<path class=\"line plain\" d=\"", f);
    for (int i = 0; i < CHART_N_BINS; i++) {
        if (isfinite(c.value[i]))
            fprintf(f, "%c%.1f %.1f", is_down ? 'L' : 'M', axis_at(&c.x, c.time_s[i]),
                    axis_at(&c.y, c.value[i]));
        is_down = isfinite(c.value[i]);
    }
    fputs("\"/></svg></figure>\n", f);
}

void html_fault_track(const html *h, size_t rule)
{
    FILE *f = h->f;
    fputs("<svg class=\"track-of\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
          "aria-hidden=\"true\"><rect class=\"ground\" width=\"1000\" height=\"20\"/>",
          f);
    for (size_t i = 0; i < h->s.run->n_faults; i++) {
        const tread_fault *fault = &h->s.run->faults[i];
        if (fault->rule != rule)
            continue;
        double from, to;
        chart_fault(&h->s, fault, &from, &to);
        double left = 1000 * from, width = fmax(1000 * (to - from), 4);
        int height = 8 + 4 * fault->level;
        fprintf(f, "<rect class=\"level%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                fault->level, left, 20 - height, fmin(width, 1000 - left), height);
    }
    fputs("</svg>", f);
}

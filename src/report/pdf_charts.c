/* Charts of report.pdf. Left is blue and solid, right is orange and dashed, as in
 * report.html. */
#include "report/pdf.h"

#include <math.h>

#define PI 3.14159265358979323846

static const pdf_style tick = {.size_pt = 6.6, .colour = PDF_MUTED, .most_lines = 1};

/* ---- where a chart lies on the page ------------------------------------------------------ */

typedef struct place {
    double x, y, scale_x, scale_y; /* from units of charts.h */
} place;

static double px(const place *at, double x)
{
    return at->x + at->scale_x * x;
}

static double py(const place *at, double y)
{
    return at->y + at->scale_y * y;
}

#define COLUMN ((PDF_WIDTH - 1.6 * PDF_GAP) / 2)

/* The i-th of two a row; a new row takes its room. `height` is of the chart without its words. */
static place place_chart(pdf *p, int i, double height, const char *title, const char *words)
{
    const pdf_style name = {.size_pt = 8.6, .colour = PDF_INK, .is_bold = true, .most_lines = 1},
                    small = {.size_pt = 7, .colour = PDF_MUTED, .most_lines = 1};
    const double words_height = 13;
    if (i % 2 == 0)
        pdf_need(p, height + words_height);
    double x = PDF_LEFT + (i % 2) * (COLUMN + 1.6 * PDF_GAP);
    double width = pdf_text_width(p, name, title) + 6;
    pdf_text(p, x, p->y, COLUMN, name, title);
    pdf_text(p, x + width, p->y + 1.5, COLUMN - width, small, words);
    return (place){x, p->y + words_height, COLUMN / CHART_WIDTH, height / CHART_HEIGHT};
}

/* Below the chart, and a row further after the second. */
static void end_chart(pdf *p, int i, int n, double height)
{
    if (i % 2 || i + 1 == n)
        p->y += height + 13 + 4;
}

static void draw_y_axis(pdf *p, const place *at, const axis *y, const char *unit)
{
    int n = (int)lround((y->high - y->low) / y->step);
    for (int i = 0; i <= n; i++) {
        double value = y->low + i * y->step, level = py(at, axis_at(y, value));
        pdf_line(p, px(at, CHART_LEFT), level, px(at, CHART_RIGHT), level);
        if (fabs(value) < 0.01 * y->step)
            pdf_stroke(p, PDF_MUTED, 0.6);
        else
            pdf_stroke(p, PDF_FAINT, 0.6);
        FILE *f = note_begin(&p->note);
        say_number(f, value, y->n_decimals);
        fputs(i == n ? unit : "", f);
        pdf_text(p, at->x, level - 4.2, px(at, CHART_LEFT - 4) - at->x,
                 (pdf_style){tick.size_pt, PDF_MUTED, false, PDF_END, 1}, note_end(&p->note));
    }
}

static void draw_x_label(pdf *p, const place *at, double x)
{
    const double room = 40;
    const pdf_style middle = {tick.size_pt, PDF_MUTED, false, PDF_MIDDLE, 1};
    pdf_text(p, fmin(x - 0.5 * room, PDF_RIGHT - room + 12), py(at, CHART_BOTTOM) + 2, room, middle,
             note_end(&p->note));
}

static void draw_time_axis(pdf *p, const place *at, const axis *x)
{
    for (double t = ceil(x->low / x->step) * x->step; t <= x->high; t += x->step) {
        say_clock(note_begin(&p->note), t);
        draw_x_label(p, at, px(at, axis_at(x, t)));
    }
}

static void say_missing(pdf *p, const place *at, const char *reason)
{
    say_sentence(note_begin(&p->note), reason);
    pdf_text(p, at->x, at->y + 4, COLUMN, (pdf_style){7.6, PDF_MUTED, false, PDF_START, 4},
             note_end(&p->note));
}

/* NaN leaves a gap. */
static void draw_line(pdf *p, const place *at, const axis *x, const axis *y, const double *xs,
                      const double *ys, int n)
{
    cairo_new_path(p->cr);
    for (int i = 0; i < n; i++)
        if (!isfinite(ys[i]))
            cairo_new_sub_path(p->cr);
        else
            cairo_line_to(p->cr, px(at, axis_at(x, xs ? xs[i] : i)), py(at, axis_at(y, ys[i])));
}

/* ---- the mean stride ------------------------------------------------------------------------ */

static enum pdf_colour side_colour(int side)
{
    return side == TREAD_LEFT ? PDF_BLUE : PDF_ORANGE;
}

static void set_dash(pdf *p, int side, double on, double off)
{
    const double dashes[] = {on, off};
    cairo_set_dash(p->cr, dashes, side == TREAD_RIGHT ? 2 : 0, 0);
}

/* One SD to each side. */
static void draw_band(pdf *p, const place *at, const curve_chart *chart, int side)
{
    const tread_curve *c = &chart->c[side];
    cairo_new_path(p->cr);
    for (int k = 0; k < 2 * TREAD_CURVE_POINTS; k++) {
        int i = k < TREAD_CURVE_POINTS ? k : 2 * TREAD_CURVE_POINTS - 1 - k;
        double value = c->mean[i] + (k < TREAD_CURVE_POINTS ? c->sd[i] : -c->sd[i]);
        if (isfinite(value))
            cairo_line_to(p->cr, px(at, axis_at(&chart->x, i)), py(at, axis_at(&chart->y, value)));
    }
    cairo_close_path(p->cr);
    pdf_colour(p->cr, side_colour(side), 0.18);
    cairo_fill(p->cr);
}

static void draw_toe_off(pdf *p, const place *at, const curve_chart *chart, int side)
{
    double pct = chart->c[side].toe_off_pct;
    if (!isfinite(pct))
        return;
    double x = px(at, axis_at(&chart->x, pct));
    set_dash(p, side, 2, 2);
    pdf_line(p, x, py(at, CHART_TOP), x, py(at, CHART_BOTTOM));
    pdf_stroke(p, side_colour(side), 0.7);
    set_dash(p, TREAD_LEFT, 0, 0);
    if (side == (int)p->s.near)
        pdf_text(p, x + 2, py(at, CHART_TOP) - 1, 40, tick, "toe-off");
}

static void draw_stride(pdf *p, const place *at, const curve_chart *chart)
{
    for (int side = 0; side < TREAD_N_SIDES; side++)
        if (chart->is_drawn[side])
            draw_band(p, at, chart, side);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        if (chart->is_drawn[side])
            draw_toe_off(p, at, chart, side);
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        if (!chart->is_drawn[side])
            continue;
        draw_line(p, at, &chart->x, &chart->y, NULL, chart->c[side].mean, TREAD_CURVE_POINTS);
        set_dash(p, side, 4.5, 3);
        pdf_stroke(p, side_colour(side), 1.6);
        set_dash(p, TREAD_LEFT, 0, 0);
    }
}

static void draw_curve(pdf *p, int i, double height)
{
    const curve_words *words = &chart_curves[i];
    curve_chart chart;
    chart_curve(&p->s, words->id, &chart);
    FILE *f = note_begin(&p->note);
    fprintf(f, "%s; %s", words->up, words->down);
    place at = place_chart(p, i, height, words->title, note_end(&p->note));
    if (chart.reason) {
        say_missing(p, &at, chart.reason);
    } else {
        draw_y_axis(p, &at, &chart.y, "°");
        for (int pct = 0; pct <= 100; pct += 25) {
            fprintf(note_begin(&p->note), "%d%s", pct, pct == 100 ? " %" : "");
            draw_x_label(p, &at, px(&at, axis_at(&chart.x, pct)));
        }
        draw_stride(p, &at, &chart);
    }
    end_chart(p, i, CHART_N_CURVES, height);
}

/* How many strides the curves are the mean of. */
static void say_strides_of(pdf *p)
{
    curve_chart chart;
    for (int i = 0; i < CHART_N_CURVES; i++) {
        chart_curve(&p->s, chart_curves[i].id, &chart);
        if (chart.reason)
            continue;
        FILE *f = note_begin(&p->note);
        fputs("Left solid, right dashed; band: one standard deviation between strides; ", f);
        say_strides(f, &chart);
        fputs(" (knee).", f);
        pdf_paragraph(p, (pdf_style){7.4, PDF_MUTED, false, PDF_START, 0}, note_end(&p->note));
        return;
    }
}

void pdf_curves(pdf *p)
{
    if (!p->s.is_side_view)
        return;
    double height = 116 * p->ease;
    pdf_heading(p, "Through the stride", height + 50);
    pdf_paragraph(p, (pdf_style){7.4, PDF_MUTED, false, PDF_START, 0}, story_curves_intro);
    say_strides_of(p);
    p->y += 4;
    for (int i = 0; i < CHART_N_CURVES; i++)
        draw_curve(p, i, height);
}

/* ---- over time ------------------------------------------------------------------------------- */

static void draw_strike(pdf *p, double x, double y, int kind)
{
    const double r = 2;
    if (kind == TREAD_STRIKE_REARFOOT) {
        cairo_new_sub_path(p->cr);
        cairo_arc(p->cr, x, y, r, 0, 2 * PI);
    } else if (kind == TREAD_STRIKE_MIDFOOT) {
        cairo_rectangle(p->cr, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
    } else {
        pdf_line(p, x, y - 1.2 * r, x + 1.2 * r, y + r);
        cairo_line_to(p->cr, x - 1.2 * r, y + r);
        cairo_close_path(p->cr);
    }
}

static const enum pdf_colour strike_colours[] = {[TREAD_STRIKE_REARFOOT] = PDF_BLUE,
                                                 [TREAD_STRIKE_MIDFOOT] = PDF_USUAL_EDGE,
                                                 [TREAD_STRIKE_FOREFOOT] = PDF_ORANGE};

static void draw_strike_legend(pdf *p)
{
    static const char *const names[] = {[TREAD_STRIKE_REARFOOT] = "heel first",
                                        [TREAD_STRIKE_MIDFOOT] = "flat",
                                        [TREAD_STRIKE_FOREFOOT] = "ball of the foot first"};
    const pdf_style style = {.size_pt = 7.4, .colour = PDF_MUTED};
    double x = PDF_LEFT + 2, height = 0;
    for (int kind = TREAD_STRIKE_REARFOOT; kind <= TREAD_STRIKE_FOREFOOT; kind++) {
        draw_strike(p, x, p->y + 4.6, kind);
        pdf_colour(p->cr, strike_colours[kind], 1);
        cairo_fill(p->cr);
        height = pdf_text(p, x + 6, p->y, 150, style, names[kind]);
        x += pdf_text_width(p, style, names[kind]) + 20;
    }
    p->y += height + 4;
}

static void draw_marks(pdf *p, const place *at, const strike_chart *c, enum tread_side side)
{
    int k = 0;
    for (int kind = TREAD_STRIKE_REARFOOT; kind <= TREAD_STRIKE_FOREFOOT; kind++) {
        double deg;
        for (size_t i = 0; i < p->s.run->n_steps; i++) {
            const tread_step *step = &p->s.run->steps[i];
            if (chart_is_strike(step, side, (enum tread_foot_strike)kind, &deg) &&
                k++ % c->every == 0)
                draw_strike(p, px(at, axis_at(&c->x, step->initial_contact_s)),
                            py(at, axis_at(&c->y, deg)), kind);
        }
        pdf_colour(p->cr, strike_colours[kind], 1);
        cairo_fill(p->cr);
    }
}

static void draw_strikes(pdf *p, int i, double height)
{
    enum tread_side side = i == 0 ? TREAD_LEFT : TREAD_RIGHT;
    strike_chart c;
    chart_strikes(&p->s, side, &c);
    FILE *f = note_begin(&p->note);
    if (c.reason)
        fputs("Not measured.", f);
    else
        say_strikes(f, &c);
    place at = place_chart(p, i, height, i == 0 ? "Left" : "Right", note_end(&p->note));
    if (c.reason) {
        say_missing(p, &at, c.reason);
    } else {
        draw_y_axis(p, &at, &c.y, "°");
        draw_time_axis(p, &at, &c.x);
        draw_marks(p, &at, &c, side);
    }
    end_chart(p, i, 2, height);
}

void pdf_strikes(pdf *p)
{
    if (!p->s.is_side_view)
        return;
    double height = 100 * p->ease;
    pdf_heading(p, "How the feet land", height + 50);
    pdf_paragraph(p, (pdf_style){7.4, PDF_MUTED, false, PDF_START, 0}, story_strikes_intro);
    draw_strike_legend(p);
    for (int i = 0; i < 2; i++)
        draw_strikes(p, i, height);
}

static void draw_trend(pdf *p, const place *at, const trend_chart *c, const char *unit)
{
    if (isfinite(c->usual_top)) {
        cairo_rectangle(p->cr, px(at, CHART_LEFT), py(at, c->usual_top),
                        px(at, CHART_RIGHT) - px(at, CHART_LEFT),
                        py(at, c->usual_bottom) - py(at, c->usual_top));
        pdf_colour(p->cr, PDF_USUAL, 1);
        cairo_fill(p->cr);
    }
    draw_y_axis(p, at, &c->y, unit[0] == ' ' ? "" : unit);
    draw_time_axis(p, at, &c->x);
    draw_line(p, at, &c->x, &c->y, c->time_s, c->value, CHART_N_BINS);
    pdf_stroke(p, PDF_INK, 1.2);
}

void pdf_trends(pdf *p)
{
    double height = 86 * p->ease;
    trend_chart c[CHART_N_TRENDS];
    int shown[CHART_N_TRENDS], n = 0;
    for (int i = 0; i < CHART_N_TRENDS; i++)
        if (chart_trend(&p->s, chart_trends[i], &c[i]))
            shown[n++] = i;
    for (int k = 0; k < n; k++) {
        enum tread_measure_id id = chart_trends[shown[k]];
        const tread_measure_info *info = tread_measure_describe(id);
        place at = place_chart(p, k, height, info->title, plain_words(id));
        draw_trend(p, &at, &c[shown[k]], unit_words(info->unit));
        end_chart(p, k, n, height);
    }
}

/* Marks and bars of report.pdf. */
#include "report/pdf.h"

#include <math.h>

#define PI 3.14159265358979323846

void pdf_stroke(pdf *p, enum pdf_colour colour, double width)
{
    pdf_colour(p->cr, colour, 1);
    cairo_set_line_width(p->cr, width);
    cairo_stroke(p->cr);
}

void pdf_line(pdf *p, double x0, double y0, double x1, double y1)
{
    cairo_move_to(p->cr, x0, y0);
    cairo_line_to(p->cr, x1, y1);
}

/* A disc, a triangle, an octagon: the shape alone says how grave. */
void pdf_level(pdf *p, double x, double y, double size, int level)
{
    double r = 0.5 * size, cx = x + r, cy = y + r;
    int n = level >= 3 ? 8 : level == 2 ? 3 : 0;
    if (n == 0)
        cairo_arc(p->cr, cx, cy, r, 0, 2 * PI);
    for (int i = 0; i < n; i++) {
        double angle = n == 3 ? -PI / 2 + i * 2 * PI / 3 : PI / 8 + i * PI / 4;
        double reach = n == 3 ? 1.2 * r : 1.05 * r;
        cairo_line_to(p->cr, cx + reach * cos(angle),
                      cy + (n == 3 ? 0.2 * r : 0) + reach * sin(angle));
    }
    cairo_close_path(p->cr);
    pdf_colour(p->cr, level >= 3 ? PDF_TONE3 : level == 2 ? PDF_TONE2 : PDF_TONE1, 1);
    cairo_fill_preserve(p->cr);
    pdf_stroke(p, PDF_INK, 0.4);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
    pdf_line(p, cx, cy - 0.42 * r, cx, cy + 0.15 * r);
    pdf_line(p, cx, cy + 0.55 * r, cx, cy + 0.56 * r);
    pdf_stroke(p, PDF_INK, 0.12 * size);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_BUTT);
}

static void draw_value(pdf *p, double x, double y, double half, bool is_out, bool is_diamond)
{
    if (is_diamond) {
        pdf_line(p, x, y - half, x + half, y);
        cairo_line_to(p->cr, x, y + half);
        cairo_line_to(p->cr, x - half, y);
    } else {
        cairo_arc(p->cr, x, y, 0.8 * half, 0, 2 * PI);
    }
    cairo_close_path(p->cr);
    pdf_colour(p->cr, is_out ? PDF_OUT : PDF_INK, 1);
    cairo_fill_preserve(p->cr);
    pdf_stroke(p, PDF_WHITE, 0.5);
}

static void draw_interval(pdf *p, const range_chart *c, double y, double width)
{
    if (!isfinite(c->low))
        return;
    pdf_line(p, c->low, y, c->high, y);
    pdf_stroke(p, PDF_INK, width);
}

void pdf_range_bar(pdf *p, double x, double y, double width, double height, double low, double high,
                   double usual_low, double usual_high, double value)
{
    double half = 0.5 * height;
    range_chart c;
    if (!chart_range(low, high, usual_low, usual_high, value, x + half, x + width - half, &c))
        return;
    pdf_line(p, x + half, y, x + width - half, y);
    pdf_stroke(p, PDF_LINE, 0.8);
    cairo_rectangle(p->cr, c.left, y - half, c.right - c.left, height);
    pdf_colour(p->cr, PDF_USUAL, 1);
    cairo_fill_preserve(p->cr);
    pdf_stroke(p, PDF_USUAL_EDGE, 0.5);
    draw_interval(p, &c, y, 0.17 * height);
    draw_value(p, c.at, y, 0.55 * height, c.is_out, c.is_out);
}

void pdf_difference_bar(pdf *p, double x, double y, double width, const tread_symmetry *symmetry)
{
    range_chart c;
    if (!chart_difference(symmetry->low, symmetry->high, symmetry->difference, x, x + width, &c))
        return;
    pdf_line(p, x, y, x + width, y);
    pdf_stroke(p, PDF_LINE, 0.8);
    pdf_line(p, c.left, y - 4, c.left, y + 4);
    pdf_stroke(p, PDF_MUTED, 0.6);
    draw_interval(p, &c, y, 1.2);
    draw_value(p, c.at, y, 3, c.is_out, false);
}

void pdf_track(pdf *p, size_t rule, double y, double height)
{
    cairo_rectangle(p->cr, PDF_LEFT, y, PDF_WIDTH, height);
    pdf_colour(p->cr, PDF_FAINT, 1);
    cairo_fill(p->cr);
    for (size_t i = 0; i < p->s.run->n_faults; i++) {
        const tread_fault *fault = &p->s.run->faults[i];
        double from, to;
        if (fault->rule != rule)
            continue;
        chart_fault(&p->s, fault, &from, &to);
        double x = PDF_LEFT + from * PDF_WIDTH, tall = height * (0.4 + 0.2 * fault->level);
        cairo_rectangle(p->cr, x, y + height - tall,
                        fmin(fmax((to - from) * PDF_WIDTH, 1.5), PDF_RIGHT - x), tall);
        pdf_colour(p->cr,
                   fault->level >= 3   ? PDF_TONE3
                   : fault->level == 2 ? PDF_TONE2
                                       : PDF_TONE1,
                   1);
        cairo_fill_preserve(p->cr);
        pdf_stroke(p, PDF_INK, 0.3);
    }
}

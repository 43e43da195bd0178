/* The tables of report.pdf: every measure, left against right, change and faults over time. */
#include "report/pdf.h"

#include <math.h>
#include <stdlib.h>

static const pdf_style text = {.size_pt = 7.6, .colour = PDF_INK, .most_lines = 1},
                       bold = {.size_pt = 7.6, .colour = PDF_INK, .is_bold = true, .most_lines = 1},
                       small = {.size_pt = 6.6, .colour = PDF_MUTED, .most_lines = 1},
                       intro = {.size_pt = 7.4, .colour = PDF_MUTED};

static pdf_style to_the(enum pdf_align align, pdf_style style)
{
    style.align = align;
    return style;
}

static double row_height(const pdf *p)
{
    return 9.6 + 2 * p->ease;
}

static const char *value_text(pdf *p, double value, const tread_measure_info *info)
{
    say_value(note_begin(&p->note), value, info->n_decimals, info->unit);
    return note_end(&p->note);
}

static void end_row(pdf *p)
{
    p->y += row_height(p);
    pdf_rule(p, p->y - 1.2, PDF_FAINT);
}

/* ---- every measure ------------------------------------------------------------------- */

/* Where the columns are. */
enum { VALUE = 318, INTERVAL = 378, BAR = 383, BAR_WIDTH = 54, USUAL = 441, STEPS = 553 };

static void draw_measure_head(pdf *p)
{
    pdf_text(p, PDF_LEFT, p->y, 150, small, "Measure");
    pdf_text(p, VALUE - 60, p->y, 60, to_the(PDF_END, small), "Value");
    pdf_text(p, VALUE + 3, p->y, INTERVAL - VALUE - 3, to_the(PDF_END, small), "95 % interval");
    pdf_text(p, BAR, p->y, 150, small, "Against usual");
    pdf_text(p, STEPS - 60, p->y, 60, to_the(PDF_END, small), "Steps");
    end_row(p);
}

/* A new page has its own head. */
static void need_measures(pdf *p, double height)
{
    int page = p->page;
    pdf_need(p, height);
    if (p->page != page)
        draw_measure_head(p);
}

static void draw_usual(pdf *p, enum tread_measure_id id, const tread_measure *m)
{
    double low, high;
    const char *source;
    if (!story_usual(&p->s, id, &low, &high, &source))
        return;
    pdf_range_bar(p, BAR, p->y + 4.6, BAR_WIDTH, 6, m->low, m->high, low, high, m->value);
    bool is_out = m->value < low || m->value > high;
    FILE *f = note_begin(&p->note);
    fputs(m->value < low ? "below " : m->value > high ? "above " : "", f);
    say_range(f, low, high);
    pdf_text(p, USUAL, p->y + 0.8, STEPS - 44 - USUAL,
             (pdf_style){6.6, is_out ? PDF_OUT : PDF_MUTED, false, PDF_START, 1},
             note_end(&p->note));
}

static void measure_row(pdf *p, enum tread_measure_id id)
{
    const tread_measure_info *info = tread_measure_describe(id);
    tread_measure m;
    story_measure(&p->s, id, &m);
    double width = pdf_text_width(p, text, info->title) + 5;
    const double left =
        VALUE - PDF_LEFT - pdf_text_width(p, bold, value_text(p, m.value, info)) - 5;
    pdf_text(p, PDF_LEFT, p->y, left, text, info->title);
    /* What it is in plain words, where they fit whole. */
    if (width + pdf_text_width(p, small, plain_words(id)) < left)
        pdf_text(p, PDF_LEFT + width, p->y + 0.9, left - width, small, plain_words(id));
    pdf_text(p, PDF_LEFT, p->y, VALUE - PDF_LEFT, to_the(PDF_END, bold),
             value_text(p, m.value, info));
    FILE *f = note_begin(&p->note);
    say_number(f, m.low, info->n_decimals);
    fputs(" to ", f);
    say_number(f, m.high, info->n_decimals);
    pdf_text(p, VALUE + 3, p->y + 0.8, INTERVAL - VALUE - 3, to_the(PDF_END, small),
             note_end(&p->note));
    draw_usual(p, id, &m);
    fprintf(note_begin(&p->note), "%d %s", m.n, story_standing(&m));
    pdf_text(p, STEPS - 70, p->y + 0.8, 70, to_the(PDF_END, small), note_end(&p->note));
    end_row(p);
}

void pdf_measures(pdf *p)
{
    bool has_any = false;
    pdf_heading(p, "Every number", 60);
    for (size_t part = 0; part < TREAD_N_PARTS; part++) {
        bool is_open = false;
        for (int id = (int)tread_report__parts[part].first; id < story_part_end(part); id++) {
            if (!story_is_listed(&p->s, id, true))
                continue;
            if (!has_any) {
                pdf_paragraph(p, intro, pdf_saying(p, story_measures_intro, 0));
                p->y += 4;
                draw_measure_head(p);
            }
            if (!is_open) {
                need_measures(p, 3 * row_height(p));
                p->y += 3 * p->ease;
                pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH,
                         (pdf_style){8.4, PDF_INK, true, PDF_START, 1},
                         tread_report__parts[part].title);
                end_row(p);
            }
            is_open = has_any = true;
            need_measures(p, row_height(p));
            measure_row(p, (enum tread_measure_id)id);
        }
    }
    if (!has_any)
        pdf_paragraph(p, intro, "None was measured; the reasons are below.");
}

/* ---- left and right --------------------------------------------------------------------- */

/* A half of the page each, from its left edge. */
#define HALF ((PDF_WIDTH - 1.6 * PDF_GAP) / 2)
enum { LEFT_END = 146, RIGHT_END = 178, SIDE_BAR = 184, SIDE_BAR_WIDTH = 32 };

static const char *number_text(pdf *p, double value, const tread_measure_info *info)
{
    say_number(note_begin(&p->note), value, info->n_decimals);
    return note_end(&p->note);
}

static void side_head(pdf *p, double x)
{
    pdf_text(p, x, p->y, 100, small, "Measure");
    pdf_text(p, x + LEFT_END - 30, p->y, 30, to_the(PDF_END, small), "Left");
    pdf_text(p, x + RIGHT_END - 30, p->y, 30, to_the(PDF_END, small), "Right");
    pdf_text(p, x + HALF - 60, p->y, 60, to_the(PDF_END, small), "Difference");
}

static void side_row(pdf *p, double x, const tread_measure_info *info, const tread_symmetry *y)
{
    const pdf_style number = {.size_pt = 7, .colour = PDF_INK, .align = PDF_END, .most_lines = 1},
                    sure = {7, PDF_OUT, true, PDF_END, 1};
    const double number_width = 32;
    pdf_text(p, x, p->y, LEFT_END - number_width + 3, (pdf_style){7, PDF_INK, false, PDF_START, 1},
             info->title);
    pdf_text(p, x + LEFT_END - number_width, p->y, number_width, number,
             number_text(p, y->left, info));
    pdf_text(p, x + RIGHT_END - number_width, p->y, number_width, number,
             number_text(p, y->right, info));
    pdf_difference_bar(p, x + SIDE_BAR, p->y + 4.4, SIDE_BAR_WIDTH, y);
    pdf_text(p, x + SIDE_BAR + SIDE_BAR_WIDTH, p->y, HALF - SIDE_BAR - SIDE_BAR_WIDTH,
             y->is_beyond_doubt ? sure : number, number_text(p, y->difference, info));
}

/* Down the left half, then down the right. */
static void side_rows(pdf *p, int n)
{
    const char *reason = NULL;
    tread_symmetry y;
    double top = p->y, height = row_height(p);
    int per_half = (n + 1) / 2, k = 0;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        if (!story_compare(&p->s, id, &y, &reason))
            continue;
        p->y = top + (k % per_half + 1) * height;
        side_row(p, k < per_half ? PDF_LEFT : PDF_RIGHT - HALF,
                 tread_measure_describe((enum tread_measure_id)id), &y);
        k++;
    }
    p->y = top;
    side_head(p, PDF_LEFT);
    if (n > 1)
        side_head(p, PDF_RIGHT - HALF);
    for (int row = 0; row <= per_half; row++)
        end_row(p);
}

void pdf_left_right(pdf *p)
{
    story_count c = story_count_sides(&p->s);
    FILE *f;
    pdf_heading(p, "Left and right", c.n > 0 ? 40 + ((c.n + 1) / 2 + 1) * row_height(p) : 12);
    f = note_begin(&p->note);
    if (c.n == 0) {
        fputs("Not compared. ", f);
        say_sentence(f, c.reason);
        pdf_paragraph(p, intro, note_end(&p->note));
        return;
    }
    say_compared(f, &c);
    fprintf(f, " %s %s The units are those above; a true difference stands in bold.",
            c.n_sure > 1 ? "In some the legs differ beyond doubt." : story_sides_verdict(&c),
            story_sides_intro(&p->s));
    pdf_paragraph(p, intro, note_end(&p->note));
    p->y += 3;
    side_rows(p, c.n);
}

/* ---- over the session ----------------------------------------------------------------------- */

static void change_row(pdf *p, const tread_measure_info *info, const tread_drift *d)
{
    pdf_need(p, row_height(p));
    pdf_text(p, PDF_LEFT, p->y, 190, text, info->title);
    pdf_text(p, 240, p->y, 75, to_the(PDF_END, text), value_text(p, d->baseline, info));
    pdf_text(p, 320, p->y, 75, to_the(PDF_END, text), value_text(p, d->now, info));
    pdf_text(p, 400, p->y, 70, to_the(PDF_END, bold), value_text(p, d->change, info));
    pdf_text(p, 474, p->y + 0.8, PDF_RIGHT - 474, to_the(PDF_END, small), story_change(d));
    end_row(p);
}

static void draw_changes(pdf *p)
{
    story_count c = story_count_changes(&p->s);
    const char *reason = NULL;
    tread_drift d;
    FILE *f = note_begin(&p->note);
    if (c.n == 0) {
        fputs("No change could be judged. ", f);
        say_sentence(f, c.reason);
    } else {
        fputs(story_drift_intro, f);
        story_drift_verdict(f, &p->s, 0);
        if (c.n_sure > 0)
            fputs(" These:", f);
    }
    pdf_paragraph(p, intro, note_end(&p->note));
    if (c.n_sure == 0)
        return;
    p->y += 3;
    pdf_need(p, 2 * row_height(p));
    pdf_text(p, PDF_LEFT, p->y, 150, small, "Measure");
    pdf_text(p, 240, p->y, 75, to_the(PDF_END, small), "At first");
    pdf_text(p, 320, p->y, 75, to_the(PDF_END, small), "At last");
    pdf_text(p, 400, p->y, 70, to_the(PDF_END, small), "Change");
    end_row(p);
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (story_judge(&p->s, id, &d, &reason) && d.level > 0)
            change_row(p, tread_measure_describe((enum tread_measure_id)id), &d);
}

/* Rules of a level that had a fault, each a row, up to so many in all. @return how many were left
 * out */
static int fault_rows(pdf *p, int level, int *n_left)
{
    const double track = 7;
    int n_out = 0;
    for (size_t i = 0; i < tread_rules_count(p->s.run->rules); i++) {
        const tread_fault *worst = story_worst(&p->s, i);
        tread_rule_info rule;
        if (!worst || worst->level != level)
            continue;
        if (*n_left == 0) {
            n_out++;
            continue;
        }
        --*n_left;
        tread_rules_describe(p->s.run->rules, i, &rule);
        pdf_need(p, 11 + track + 5);
        pdf_level(p, PDF_LEFT, p->y + 0.7, 7.5, worst->level);
        FILE *f = note_begin(&p->note);
        story_worst_numbers(f, &p->s, i);
        say_clock(f, worst->begin_s);
        double width = pdf_text_width(p, intro, note_end(&p->note)) + 4;
        pdf_text(p, PDF_RIGHT - width, p->y, width, to_the(PDF_END, intro), note_end(&p->note));
        pdf_text(p, PDF_LEFT + 12, p->y, PDF_WIDTH - 12 - width, bold, rule.title);
        pdf_track(p, i, p->y + 11, track);
        p->y += 11 + track + 5 * p->ease;
    }
    return n_out;
}

static void draw_times(pdf *p)
{
    int n_left = (int)lround(14 * p->ease), n_out = 0;
    if (p->s.run->n_faults == 0)
        return;
    pdf_heading(p, "When it happened", 40);
    pdf_paragraph(p, intro, story_times_intro);
    p->y += 3;
    for (int level = 3; level >= 1; level--)
        n_out += fault_rows(p, level, &n_left);
    p->y += 1;
    say_clock(note_begin(&p->note), p->s.v.first_s);
    pdf_text(p, PDF_LEFT, p->y - 2, 60, small, note_end(&p->note));
    say_clock(note_begin(&p->note), p->s.v.last_s);
    p->y += pdf_text(p, PDF_RIGHT - 60, p->y - 2, 60, to_the(PDF_END, small), note_end(&p->note));
    if (n_out > 0) {
        fprintf(note_begin(&p->note), "And %d more, less far outside: see report.html.", n_out);
        pdf_paragraph(p, intro, note_end(&p->note));
    }
}

void pdf_session(pdf *p)
{
    pdf_heading(p, "Over the session", chart_is_long(&p->s) ? 130 * p->ease : 24);
    if (chart_is_long(&p->s)) {
        pdf_paragraph(p, intro, story_trend_intro);
        p->y += 4;
        pdf_trends(p);
    }
    draw_changes(p);
    draw_times(p);
}

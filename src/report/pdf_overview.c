/* The first page of report.pdf: who ran, what stands out, what to work on, a step in pictures. */
#include "report/pdf.h"

#include <math.h>

static const pdf_style muted = {.size_pt = 8, .colour = PDF_MUTED};

/* ---- at a glance ---------------------------------------------------------------------- */

static void draw_facts(pdf *p)
{
    const pdf_style name = {.size_pt = 7.2, .colour = PDF_MUTED, .most_lines = 1},
                    value = {.size_pt = 8.6, .colour = PDF_INK, .is_bold = true, .most_lines = 1};
    /* The name of a clip takes more room than a number. */
    static const double widths[STORY_N_FACTS] = {[STORY_DATE] = 96,
                                                 [STORY_RECORDING] = 150,
                                                 [STORY_SPEED] = 100,
                                                 [STORY_INCLINE] = 76,
                                                 [STORY_VIEW] = 85};
    double x = PDF_LEFT, below = 0;
    pdf_rule(p, p->y + 8, PDF_LINE);
    p->y += 14;
    for (size_t i = 0; i < STORY_N_FACTS; i++) {
        if (!story_fact_name(&p->s, i))
            continue;
        double width = widths[i] - PDF_GAP;
        double height = pdf_text(p, x, p->y, width, name, story_fact_name(&p->s, i));
        height += pdf_text(p, x, p->y + height, width, value, pdf_saying(p, story_fact, i));
        below = fmax(below, height);
        x += widths[i];
    }
    p->y += below;
}

static const char *headline(pdf *p)
{
    FILE *f = note_begin(&p->note);
    const char *verdict = story_verdict(&p->s);
    fputs(verdict ? verdict : "", f);
    for (size_t i = 0; i < p->s.n_to_work_on && !verdict; i++) {
        fputs(i ? " and " : "", f);
        story_to_work_on(f, &p->s, i);
    }
    return note_end(&p->note);
}

static void draw_top(pdf *p)
{
    const pdf_style brand = {.size_pt = 9, .colour = PDF_INK, .is_bold = true},
                    what = {.size_pt = 9, .colour = PDF_MUTED},
                    runner = {.size_pt = 12, .colour = PDF_INK, .most_lines = 2},
                    title = {.size_pt = 21, .colour = PDF_INK, .is_bold = true, .most_lines = 3},
                    lead = {.size_pt = 9.6, .colour = PDF_INK};
    double width = pdf_text_width(p, brand, "Treadscope ");
    pdf_text(p, PDF_LEFT + width, p->y, PDF_WIDTH, what, "running form");
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, brand, "Treadscope") + 9;
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, runner, p->s.page->runner) + 2;
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, title, headline(p)) + 4;
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, lead, pdf_saying(p, story_lead, 0));
    draw_facts(p);
}

/* ---- pictures ----------------------------------------------------------------------------- */

/* The JPEG goes into the document as it is: the surface says how large it is, its own pixels are
 * never looked at. */
static void draw_picture(pdf *p, const tread_key_frame *k, double x, double y, double width,
                         double height)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, k->width_px, k->height_px);
    /* Borrowed: the page's pictures outlive the document. */
    if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, k->jpeg, k->jpeg_size, NULL,
                                    NULL) != CAIRO_STATUS_SUCCESS)
        p->is_short = true;
    /* Filled, and cut where its shape is another. */
    double scale = fmax(width / k->width_px, height / k->height_px);
    cairo_save(p->cr);
    cairo_rectangle(p->cr, x, y, width, height);
    cairo_clip(p->cr);
    cairo_translate(p->cr, x + 0.5 * (width - scale * k->width_px),
                    y + 0.6 * (height - scale * k->height_px));
    cairo_scale(p->cr, scale, scale);
    cairo_set_source_surface(p->cr, surface, 0, 0);
    cairo_paint(p->cr);
    cairo_restore(p->cr);
    cairo_surface_destroy(surface);
}

static double shape(const tread_key_frame *k)
{
    return (double)k->height_px / k->width_px;
}

/* ---- what to work on ------------------------------------------------------------------------ */

/* A fault's words in a column, while they are drawn or only measured. */
typedef struct column {
    pdf *p;
    double x, y, width;
    bool is_drawn;
} column;

static void put(column *c, double x, double width, pdf_style style, const char *text)
{
    double height = c->is_drawn ? pdf_text(c->p, c->x + x, c->y, width, style, text)
                                : pdf_text_height(c->p, width, style, text);
    c->y += height;
}

static void put_row(column *c, const char *name, bool is_bold, const char *text)
{
    const double indent = 72;
    const pdf_style style = {.size_pt = 7.8,
                             .colour = PDF_INK,
                             .is_bold = is_bold,
                             .most_lines = c->p->ease < 1 ? 4 : 7};
    if (!text || !*text)
        return;
    c->y += 2.5;
    if (c->is_drawn)
        pdf_text(c->p, c->x, c->y, indent, (pdf_style){7.8, PDF_MUTED, false, PDF_START, 1}, name);
    put(c, indent, c->width - indent, style, text);
}

static void put_number(column *c, const tread_fault *fault, size_t id)
{
    pdf *p = c->p;
    const pdf_style large = {.size_pt = 19, .colour = PDF_INK, .is_bold = true, .most_lines = 1},
                    unit = {.size_pt = 9.5, .colour = PDF_INK, .is_bold = true, .most_lines = 1},
                    of = {.size_pt = 7.4, .colour = PDF_MUTED, .most_lines = 3};
    const double bar = 150;
    say_number(note_begin(&p->note), fault->value,
               tread_measure_describe(fault->measure)->n_decimals);
    /* A degree belongs to the number, words do not. */
    const char *words = unit_words(fault->unit);
    if (words[0] != ' ')
        fputs(words, p->note.f);
    const char *number = note_end(&p->note);
    double width = pdf_text_width(p, large, number), top = c->y;
    put(c, 0, c->width, large, number);
    if (!c->is_drawn)
        return;
    if (words[0] == ' ') {
        pdf_text(p, c->x + width, top + 9, c->width, unit, words);
        width += pdf_text_width(p, unit, words);
    }
    double rest = c->width - width - PDF_GAP - bar - PDF_GAP, x = c->x + width + PDF_GAP;
    const char *measure = pdf_saying(p, story_fault_measure, id);
    double height = pdf_text_height(p, rest, of, measure);
    pdf_text(p, x, top + 0.5 * (c->y - top - height) + 1, rest, of, measure);
    pdf_range_bar(p, c->x + c->width - bar, top + 8, bar, 12, NAN, NAN, fault->usual_low,
                  fault->usual_high, fault->value);
    pdf_text(p, c->x + c->width - bar, top + 16, bar,
             (pdf_style){7, PDF_MUTED, false, PDF_MIDDLE, 1}, pdf_saying(p, story_fault_usual, id));
}

static const char *when(pdf *p, const tread_fault *fault, size_t id)
{
    FILE *f = note_begin(&p->note);
    fputs("from ", f);
    say_clock(f, fault->begin_s);
    fputs(" to ", f);
    if (isfinite(fault->end_s))
        say_clock(f, fault->end_s);
    else
        fputs("the end", f);
    story_fault_extent(f, &p->s, id);
    return note_end(&p->note);
}

static const char *picture_words(pdf *p, size_t id)
{
    const tread_key_frame *picture = story_fault_picture(&p->s, id);
    if (!picture)
        return NULL;
    FILE *f = note_begin(&p->note);
    fputs("one frame, at ", f);
    say_clock(f, picture->at.time_s);
    fputs("; the number above is the middle of all steps", f);
    return note_end(&p->note);
}

static void put_fault(column *c, size_t id)
{
    const tread_fault *fault = &c->p->s.run->faults[id];
    const double mark = 13;
    tread_rule_info rule;
    tread_rules_describe(c->p->s.run->rules, fault->rule, &rule);
    if (c->is_drawn)
        pdf_level(c->p, c->x, c->y + 1.5, mark, fault->level);
    put(c, mark + 6, c->width - mark - 6, (pdf_style){12, PDF_INK, true, PDF_START, 2}, rule.title);
    c->y += 1.5;
    put(c, 0, c->width, muted, story_grade(fault));
    put_number(c, fault, id);
    put_row(c, "What to do", true, rule.advice);
    put_row(c, "Think of", false, rule.cue);
    put_row(c, "What it is", false, rule.meaning);
    put_row(c, "Why it matters", false, rule.why);
    put_row(c, "When", false, when(c->p, fault, id));
    put_row(c, "Picture", false, picture_words(c->p, id));
}

static void draw_fault(pdf *p, size_t id)
{
    const double edge = 9, picture_width = 112;
    const tread_key_frame *picture = story_fault_picture(&p->s, id);
    double words_x = PDF_LEFT + edge + (picture ? picture_width : 0);
    column c = {.p = p, .x = words_x, .width = PDF_RIGHT - edge - words_x};
    put_fault(&c, id);
    double height = c.y + 2 * edge - 3;
    if (picture && p->ease == 1)
        height = fmax(height, picture_width * shape(picture));
    pdf_need(p, height);
    pdf_colour(p->cr, PDF_LINE, 1);
    cairo_set_line_width(p->cr, 0.6);
    cairo_rectangle(p->cr, PDF_LEFT, p->y, PDF_WIDTH, height);
    cairo_stroke(p->cr);
    if (picture)
        draw_picture(p, picture, PDF_LEFT, p->y, picture_width, height);
    c.y = p->y + edge - 3;
    c.is_drawn = true;
    put_fault(&c, id);
    p->y += height + 7;
}

static void draw_to_work_on(pdf *p)
{
    if (p->s.n_to_work_on == 0)
        return;
    pdf_heading(p, story_work_title(&p->s), 120);
    pdf_paragraph(p, muted, story_work_intro);
    p->y += 5;
    for (size_t i = 0; i < p->s.n_to_work_on; i++)
        draw_fault(p, p->s.to_work_on[i]);
    p->y -= 7;
}

/* ---- key frames --------------------------------------------------------------------------------
 */

static double draw_key_frame(pdf *p, const tread_key_frame *k, double x, double room, double width,
                             double height)
{
    const pdf_style name = {.size_pt = 7.4, .colour = PDF_INK, .is_bold = true, .most_lines = 1},
                    small = {.size_pt = 6.8, .colour = PDF_MUTED, .most_lines = 2};
    story_angle angles[STORY_MOST_ANGLES];
    int n = story_angles(k, angles);
    draw_picture(p, k, x, p->y, width, height);
    pdf_colour(p->cr, k->side == TREAD_LEFT ? PDF_BLUE : PDF_ORANGE, 1);
    cairo_rectangle(p->cr, x, p->y - 2.5, width, 2.5);
    cairo_fill(p->cr);
    double y = p->y + height + 2;
    fprintf(note_begin(&p->note), "%s, %s", story_moment_name(k->moment), tread_side_name(k->side));
    y += pdf_text(p, x, y, room + 6, name, note_end(&p->note));
    FILE *f = note_begin(&p->note);
    fputs(!p->s.is_side_view ? "at " : k->side == p->s.near ? "near, at " : "far, at ", f);
    say_clock(f, k->at.time_s);
    y += pdf_text(p, x, y, room, small, note_end(&p->note));
    f = note_begin(&p->note);
    for (int i = 0; i < n; i++) {
        fprintf(f, "%s%s ", i ? ", " : "", angles[i].name);
        say_value(f, angles[i].deg, 0, "deg");
    }
    return y + pdf_text(p, x, y, room + 4, small, note_end(&p->note));
}

/* Of a picture in which a knee can be seen. */
#define LEAST_HEIGHT 80.0

static void draw_key_frames(pdf *p)
{
    const double words = 38 + 24, heading = 31; /* below and above the pictures */
    const double most_width = 150;
    const tread_key_frame *shown[TREAD_MAX_KEY_FRAMES];
    size_t n = 0;
    for (size_t i = 0; i < p->s.page->n_frames; i++)
        if (story_is_step_picture(&p->s.page->frames[i]))
            shown[n++] = &p->s.page->frames[i];
    double room = n > 0 ? fmin(most_width, (PDF_WIDTH + PDF_GAP) / (double)n - PDF_GAP) : 0;
    double width = room, height = n > 0 ? width * shape(shown[0]) : 0;
    /* Rather smaller than on a page of their own. */
    double left = PDF_BOTTOM - p->y - heading - words;
    if (height > left && left > LEAST_HEIGHT) {
        width *= left / height;
        height = left;
    }
    pdf_heading(p, "One step, in pictures", n > 0 ? height + words : 12);
    if (n == 0) {
        pdf_paragraph(p, muted, story_no_pictures(&p->s));
        return;
    }
    pdf_paragraph(p, (pdf_style){7.2, PDF_MUTED, false, PDF_START, 0}, story_frames_intro(&p->s));
    p->y += 7;
    double below = p->y;
    for (size_t i = 0; i < n; i++)
        below = fmax(below, draw_key_frame(p, shown[i], PDF_LEFT + (double)i * (room + PDF_GAP),
                                           room, width, height));
    p->y = below;
}

void pdf_overview(pdf *p)
{
    draw_top(p);
    draw_to_work_on(p);
    draw_key_frames(p);
}

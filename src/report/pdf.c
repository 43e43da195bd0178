/* report.pdf: pages, what stands at their foot, and what the document says of itself. */
#include "report/pdf.h"

#include <cairo-pdf.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/version.h>

#include "base/error.h"

/* What is filed is thin. */
#define MOST_PAGES 4
#define FULL 0.4
/* Tried one after the other until it fits. */
static const double eases[] = {1, 0.85, 0.7, 0.55};

/* ---- flow --------------------------------------------------------------------------- */

void pdf_rule(pdf *p, double y, enum pdf_colour colour)
{
    pdf_colour(p->cr, colour, 1);
    cairo_set_line_width(p->cr, 0.6);
    cairo_move_to(p->cr, PDF_LEFT, y);
    cairo_line_to(p->cr, PDF_RIGHT, y);
    cairo_stroke(p->cr);
}

static void draw_foot(pdf *p)
{
    const pdf_style small = {.size_pt = 6.8, .colour = PDF_MUTED, .most_lines = 1},
                    right = {.size_pt = 6.8, .colour = PDF_MUTED, .align = PDF_END};
    const double y = PDF_BOTTOM + 10, for_page = 70;
    pdf_rule(p, y - 4, PDF_LINE);
    FILE *f = note_begin(&p->note);
    /* The date first: a name in Arabic would draw it into its own direction. */
    if (p->s.page->date)
        fprintf(f, "%s, ", p->s.page->date);
    fputs(story_whose(&p->s), f);
    double height = pdf_text(p, PDF_LEFT, y, PDF_WIDTH - for_page, small, note_end(&p->note));
    pdf_text(p, PDF_LEFT, y + height, PDF_WIDTH, small, pdf_saying(p, story_foot, 0));
    fprintf(note_begin(&p->note), "page %d of %d", p->page, p->n_pages);
    pdf_text(p, PDF_RIGHT - for_page, y, for_page, right, note_end(&p->note));
}

static void end_page(pdf *p)
{
    draw_foot(p);
    cairo_show_page(p->cr);
}

static void next_page(pdf *p)
{
    end_page(p);
    p->page++;
    p->y = PDF_TOP;
}

void pdf_need(pdf *p, double height)
{
    if (p->y + height > PDF_BOTTOM && p->y > PDF_TOP)
        next_page(p);
}

void pdf_heading(pdf *p, const char *text, double height)
{
    const pdf_style style = {.size_pt = 12.5, .colour = PDF_INK, .is_bold = true};
    if (p->y > PDF_TOP)
        p->y += 13 * p->ease;
    pdf_need(p, 18 + height);
    if (p->n_pages > 0) {
        char place[64];
        snprintf(place, sizeof place, "page=%d pos=[%.0f %.0f]", p->page, PDF_LEFT, p->y);
        cairo_pdf_surface_add_outline(p->surface, CAIRO_PDF_OUTLINE_ROOT, text, place, 0);
    }
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, style, text) + 2;
}

/* ---- what it says of itself ------------------------------------------------------------ */

static bool is_like(const char *text, const char *pattern)
{
    for (; *pattern; pattern++, text++)
        if (*pattern == '0' ? !isdigit((unsigned char)*text) : *text != *pattern)
            return false;
    return !*text;
}

/* Of the session, never of now: the same run is the same document. */
static void set_date(pdf *p)
{
    char date[] = "0000-00-00T00:00";
    const char *known = p->s.page->date;
    bool is_day = known && is_like(known, "0000-00-00");
    bool is_minute = known && is_like(known, "0000-00-00 00:00");
    if (is_day || is_minute) {
        memcpy(date, known, strlen(known) + 1);
        if (is_minute)
            date[10] = 'T';
    }
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   is_day || is_minute ? date : NULL);
}

static void set_metadata(pdf *p)
{
    FILE *f = note_begin(&p->note);
    say_clean(f, story_whose(&p->s));
    fputs(" – running form – Treadscope", f);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, note_end(&p->note));
    f = note_begin(&p->note);
    fputs("Running form of ", f);
    say_clean(f, story_whose(&p->s));
    if (p->s.page->date) {
        fputs(", ", f);
        say_clean(f, p->s.page->date);
    }
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_SUBJECT, note_end(&p->note));
    fprintf(note_begin(&p->note), "Treadscope %s", tread_version_string());
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, note_end(&p->note));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, note_end(&p->note));
    set_date(p);
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* Onto p->surface, which it takes. */
static cairo_status_t draw(pdf *p)
{
    p->cr = cairo_create(p->surface);
    p->page = 1;
    p->y = PDF_TOP;
    pdf_overview(p);
    /* What was measured begins a page, unless little was said before and much is to come. */
    if (p->y > FULL * PDF_BOTTOM || !p->s.is_side_view || p->s.v.no_steps_reason)
        next_page(p);
    pdf_measures(p);
    pdf_left_right(p);
    pdf_curves(p);
    pdf_strikes(p);
    pdf_session(p);
    pdf_quality(p);
    end_page(p);
    cairo_status_t status = cairo_status(p->cr);
    cairo_destroy(p->cr);
    cairo_surface_finish(p->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(p->surface);
    cairo_surface_destroy(p->surface);
    return status;
}

/* How many pages it takes, as easy as it may be. */
static cairo_status_t count(pdf *p)
{
    cairo_status_t status = CAIRO_STATUS_SUCCESS;
    int n_pages = MOST_PAGES + 1;
    p->n_pages = 0;
    for (size_t i = 0;
         status == CAIRO_STATUS_SUCCESS && i < sizeof eases / sizeof *eases && n_pages > MOST_PAGES;
         i++) {
        p->ease = eases[i];
        p->surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
        status = draw(p);
        n_pages = p->page;
    }
    p->n_pages = n_pages;
    return status;
}

/* Where the document goes, and why it could not. */
typedef struct sink {
    FILE *f;
    int reason;
} sink;

static cairo_status_t write_to(void *user, const unsigned char *data, unsigned n)
{
    sink *s = user;
    errno = 0;
    if (fwrite(data, 1, n, s->f) == n)
        return CAIRO_STATUS_SUCCESS;
    s->reason = errno;
    return CAIRO_STATUS_WRITE_ERROR;
}

static int fail(cairo_status_t status, const sink *s, tread_error *err)
{
    if (status == CAIRO_STATUS_NO_MEMORY)
        return tread_error__set(err, TREAD_ERR_NOMEM, "report.pdf: out of memory");
    if (status == CAIRO_STATUS_WRITE_ERROR)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "report.pdf: cannot be written (%s); free some space or choose "
                                "another folder with --out",
                                s->reason ? strerror(s->reason) : "write error");
    return tread_error__set(err, TREAD_ERR_INTERNAL, "report.pdf: cannot be drawn (%s)",
                            cairo_status_to_string(status));
}

int tread_report__pdf(FILE *f, const tread_run *run, const tread_report_page *page,
                      tread_error *err)
{
    sink to = {.f = f};
    pdf p = {.s = story_of(run, page)};
    cairo_status_t status = CAIRO_STATUS_NO_MEMORY;
    if (pdf_text_open(&p) == TREAD_OK)
        status = count(&p);
    if (status == CAIRO_STATUS_SUCCESS) {
        p.surface =
            cairo_pdf_surface_create_for_stream(write_to, &to, PDF_PAGE_WIDTH, PDF_PAGE_HEIGHT);
        set_metadata(&p);
        status = draw(&p);
        if (status == CAIRO_STATUS_SUCCESS &&
            (p.is_short || note_is_lost(&p.note) || note_is_lost(&p.clean)))
            status = CAIRO_STATUS_NO_MEMORY;
    }
    pdf_text_close(&p);
    return status == CAIRO_STATUS_SUCCESS ? TREAD_OK : fail(status, &to, err);
}

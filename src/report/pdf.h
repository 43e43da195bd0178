/* Private to report: the parts of report.pdf.
 *
 * Lengths are points of 1/72 inch from the top left of the page. Things are drawn at `y`, from
 * the top of the page down, and move it on. Every text goes through pdf_text, which takes
 * anything and never reads it as markup. */
#ifndef REPORT_PDF_H
#define REPORT_PDF_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "report/charts.h"

#define PDF_PAGE_WIDTH 595.28 /* A4 */
#define PDF_PAGE_HEIGHT 841.89
#define PDF_LEFT 42.0
#define PDF_WIDTH (PDF_PAGE_WIDTH - 2 * PDF_LEFT)
#define PDF_RIGHT (PDF_LEFT + PDF_WIDTH)
#define PDF_TOP 38.0
#define PDF_BOTTOM 790.0 /* the foot is below */
#define PDF_GAP 10.0     /* between columns */

/** A document while it is drawn, for good or to see how many pages it takes. */
typedef struct pdf {
    story s;
    note note, clean;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoFontMap *fonts;
    PangoLayout *layout;
    double y;
    int page, n_pages; /* from 1; n_pages is 0 while they are counted */
    bool is_short;     /* of memory: something is left out */
    double ease;       /* 1: as it looks best; less: as low as needs be to save a page */
} pdf;

/* ---- text (pdf_text.c) --------------------------------------------------------------- */

/* The light colours of report.html. */
enum pdf_colour {
    PDF_INK,
    PDF_MUTED,
    PDF_LINE,
    PDF_FAINT,
    PDF_BLUE,
    PDF_ORANGE,
    PDF_USUAL,
    PDF_USUAL_EDGE,
    PDF_OUT,
    PDF_WHITE,
    PDF_TONE1, /* and 2 and 3: how far outside */
    PDF_TONE2,
    PDF_TONE3
};
void pdf_colour(cairo_t *cr, enum pdf_colour colour, double alpha);

enum pdf_align { PDF_START, PDF_MIDDLE, PDF_END };
typedef struct pdf_style {
    double size_pt;
    enum pdf_colour colour;
    bool is_bold;
    enum pdf_align align;
    int most_lines; /* the last one ends in dots; 0 = as many as it takes */
} pdf_style;

/** @return TREAD_OK, TREAD_ERR_NOMEM */
int pdf_text_open(pdf *p);
void pdf_text_close(pdf *p);
/** Draw. @return its height */
double pdf_text(pdf *p, double x, double y, double width, pdf_style style, const char *text);
double pdf_text_height(pdf *p, double width, pdf_style style, const char *text);
/** On one line, as wide as it is. */
double pdf_text_width(pdf *p, pdf_style style, const char *text);
/** A saying in the same way; valid until the next. */
const char *pdf_saying(pdf *p, saying *say, size_t i);
/** A paragraph as wide as the page, on to the next page with it if it does not fit. */
void pdf_paragraph(pdf *p, pdf_style style, const char *text);

/* ---- flow (pdf.c) ------------------------------------------------------------------------ */

/** On to a new page unless so much is left of this one. */
void pdf_need(pdf *p, double height);
/** A heading and its bookmark, together with `height` of what follows. */
void pdf_heading(pdf *p, const char *text, double height);
void pdf_rule(pdf *p, double y, enum pdf_colour colour);

/* ---- marks and bars (pdf_bars.c) ----------------------------------------------------------- */

/** Draw the path there is. */
void pdf_stroke(pdf *p, enum pdf_colour colour, double width);
/** Add a line to the path. */
void pdf_line(pdf *p, double x0, double y0, double x1, double y1);

/** The mark of a fault's level, `size` across. */
void pdf_level(pdf *p, double x, double y, double size, int level);
/** Bars between x and x + width, around y. */
void pdf_range_bar(pdf *p, double x, double y, double width, double height, double low, double high,
                   double usual_low, double usual_high, double value);
void pdf_difference_bar(pdf *p, double x, double y, double width, const tread_symmetry *symmetry);
/** Faults of one rule as bars over the session, below `y`. */
void pdf_track(pdf *p, size_t rule, double y, double height);

/* ---- charts (pdf_charts.c) ---------------------------------------------------------------- */

void pdf_curves(pdf *p);
void pdf_strikes(pdf *p);
void pdf_trends(pdf *p);

/* ---- sections ------------------------------------------------------------------------------ */

void pdf_overview(pdf *p);   /* pdf_overview.c: who, what stands out, what to work on, a step */
void pdf_measures(pdf *p);   /* pdf_tables.c */
void pdf_left_right(pdf *p); /* pdf_tables.c */
void pdf_session(pdf *p);    /* pdf_tables.c: change and faults over time */
void pdf_quality(pdf *p);    /* pdf_quality.c: what is missing, how well, where ranges come from */

#endif

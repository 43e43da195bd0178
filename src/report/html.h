/* Private to report: the parts of report.html.
 *
 * Whatever comes from outside (names of clips, texts of rules, reasons) goes through html_text;
 * only texts of this source and numbers are printed as they are. Nothing carries a style
 * attribute: the page's policy would forbid it. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/charts.h"

/* Made from assets/ when the program is built; 0-terminated. */
extern const unsigned char report_page_css[], report_page_js[];
extern const unsigned char report_page_css_sha256[32], report_page_js_sha256[32];

/** One report while it is written. */
typedef struct html {
    FILE *f;
    story s;
    note *note; /* for html_say */
} html;

/** What every page begins with, up to and with the opening of main; `title` goes before the
 *  program's name. */
void html_head(FILE *f, const char *title);

/* ---- text (html_text.c) ------------------------------------------------------ */

/** Escaped; bytes that are no UTF-8 and control characters become U+FFFD. NULL writes nothing. */
void html_text(FILE *f, const char *s);
/** The same of a sentence (say_sentence), and of a saying. */
void html_sentence(const html *h, const char *s);
void html_say(const html *h, saying *say, size_t i);
void html_base64(FILE *f, const void *data, size_t size);
/** The time, a link into the annotated clip where there is one. */
void html_moment(const html *h, double time_s);

/* ---- charts (chart_svg.c) -------------------------------------------------------- */

/** A value and its interval over the usual range. NaN: not drawn. */
void html_range_bar(FILE *f, double low, double high, double usual_low, double usual_high,
                    double value, bool is_large);
/** A difference with its interval, zero in the middle. */
void html_difference_bar(FILE *f, double low, double high, double value);
void html_curve_chart(const html *h, const curve_words *words);
void html_strike_chart(const html *h, enum tread_side side);
void html_time_chart(const html *h, enum tread_measure_id id);
/** Faults of one rule as bars over the session. */
void html_fault_track(const html *h, size_t rule);

/* ---- sections -------------------------------------------------------------------- */

void html_measures_section(const html *h);   /* html_tables.c */
void html_left_right_section(const html *h); /* html_tables.c */
void html_drift_section(const html *h);      /* html_tables.c */
void html_quality_section(const html *h);    /* html_quality.c */

#endif

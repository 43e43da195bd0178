/* Private to report: the parts of report.html.
 *
 * Whatever comes from outside (names of clips, texts of rules, reasons) goes through html_text;
 * only texts of this source and numbers are printed as they are. Nothing carries a style
 * attribute: the page's policy would forbid it. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/report.h"

/* Made from assets/ when the program is built; 0-terminated. */
extern const unsigned char report_page_css[], report_page_js[];
extern const unsigned char report_page_css_sha256[32], report_page_js_sha256[32];

/** One report while it is written. */
typedef struct html {
    FILE *f;
    const tread_run *run;
    const tread_report_page *page;
    tread_overview v;
    enum tread_side near, far;
    bool is_side_view;
    unsigned views; /* what can be measured, of enum tread_measure_views */
} html;

/** What every page begins with, up to and with the opening of main; `title` goes before the
 *  program's name. */
void html_head(FILE *f, const char *title);

/* ---- text (html_text.c) ------------------------------------------------------ */

/** Escaped; bytes that are no UTF-8 and control characters become U+FFFD. NULL writes nothing. */
void html_text(FILE *f, const char *s);
/** The same, beginning with a capital and ending with a full stop. */
void html_sentence(FILE *f, const char *s);
/** The last part of a path. */
const char *html_base_name(const char *path);
void html_number(FILE *f, double value, int n_decimals); /* a dash for NaN, a true minus */
/** "°", " ms", " % of the leg": what follows a number. Static. */
const char *html_unit(const char *unit);
void html_value(FILE *f, double value, int n_decimals, const char *unit);
/** "8 to 25": with no more decimals than the ends need. */
void html_range(FILE *f, double low, double high);
int html_range_decimals(double low, double high);
void html_clock(FILE *f, double time_s);    /* 3:07, 1:02:03 */
void html_duration(FILE *f, double time_s); /* 8 seconds, 10 minutes 30 seconds */
void html_base64(FILE *f, const void *data, size_t size);
/** The time, a link into the annotated clip where there is one. */
void html_moment(const html *h, double time_s);

/* ---- words (words.c) ----------------------------------------------------------- */

/** A measure in plain words, one clause; "" = its title says it all. Static. */
const char *html_plain_words(enum tread_measure_id id);

/** What is usual for a measure, at this incline. False: no rule has a range. */
bool html_usual(const html *h, enum tread_measure_id id, double *low, double *high,
                const char **source);
/** A number of the near foot where a measure has sides, else of both. */
void html_measure(const html *h, enum tread_measure_id id, tread_measure *out);

/* ---- charts (chart_svg.c) -------------------------------------------------------- */

/** A value and its interval over the usual range. NaN: not drawn. */
void html_range_bar(FILE *f, double low, double high, double usual_low, double usual_high,
                    double value, bool is_large);
/** A difference with its interval, zero in the middle. */
void html_difference_bar(FILE *f, double low, double high, double value);
void html_curve_chart(const html *h, enum tread_curve_id id, const char *title, const char *up,
                      const char *down);
void html_strike_chart(const html *h, enum tread_side side);
void html_time_chart(const html *h, enum tread_measure_id id);
/** Faults of one rule as bars over the session. */
void html_fault_track(const html *h, size_t rule);
/** True: the session is long enough for charts over time. */
bool html_is_long(const html *h);

/* ---- sections -------------------------------------------------------------------- */

void html_measures_section(const html *h);   /* html_tables.c */
void html_left_right_section(const html *h); /* html_tables.c */
void html_drift_section(const html *h);      /* html_tables.c */
void html_quality_section(const html *h);    /* html_quality.c */

#endif

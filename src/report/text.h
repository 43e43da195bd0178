/* Private to report: text and numbers for people, the same in report.html and report.pdf. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <treadscope/status.h>

/* ---- a text that is put together before it is escaped or drawn --------------------- */

/** One text at a time, in memory that is used again. */
typedef struct note {
    FILE *f;
    char *text;
    size_t size;
} note;

/** @return TREAD_OK; TREAD_ERR_NOMEM: nothing to close */
int note_open(note *n);
/** Forgets the text before. @return where to print to */
FILE *note_begin(note *n);
/** @return what was printed; valid until the next note_begin */
const char *note_end(note *n);
/** Memory ran out on the way, and some text is missing. */
bool note_is_lost(const note *n);
/** Takes one that was never opened, zeroed, as well. */
void note_close(note *n);

/* ---- from outside -------------------------------------------------------------------- */

/** The next character of a text that may hold anything, and past it: bytes that are no UTF-8 and
 *  control characters are U+FFFD, white space is a space.
 *  @param[out] n_bytes  of it. @return not terminated; NULL at the end */
const char *text_character(const char **s, size_t *n_bytes);
/** Of a path. */
const char *last_part(const char *path);
/** All of it; NULL writes nothing. */
void say_clean(FILE *f, const char *s);
/** As it is, beginning with a capital and ending with a full stop. NULL and "" write nothing. */
void say_sentence(FILE *f, const char *s);

/* ---- numbers ------------------------------------------------------------------------- */

void say_number(FILE *f, double value, int n_decimals); /* a dash for NaN, a true minus */
/** "°", " ms", " % of the leg": what follows a number. Static. */
const char *unit_words(const char *unit);
void say_value(FILE *f, double value, int n_decimals, const char *unit);
/** "8 to 25": with no more decimals than the ends need. */
void say_range(FILE *f, double low, double high);
int range_decimals(double low, double high);
void say_clock(FILE *f, double time_s);    /* 3:07, 1:02:03 */
void say_duration(FILE *f, double time_s); /* 8 seconds, 10 minutes 30 seconds */

#endif

/* What the parts of `treadscope sessions` share. */
#ifndef CLI_SESSIONS_PARTS_H
#define CLI_SESSIONS_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <treadscope/analyzer.h>

#include "store/store.h"

typedef struct cli_sessions_options {
    const char *runner; /* NULL = all */
    int64_t limit;      /* 0 = all */
    bool is_json_wanted;
    const char *side; /* "both", "left", "right" */
    const char *out;  /* NULL = standard output */
} cli_sessions_options;

/* ---- text ----------------------------------------------------------------------- */

#define CLI_DATE_CHARS 32
/** "2026-11-28 17:45", of here. */
void cli_date(char *text, int64_t utc);
/** "2026-11-28T16:45:12Z" */
void cli_date_utc(char *text, int64_t utc);

/** Midnights between then and now, of here. */
int64_t cli_days_since(int64_t utc);
/** "today", "yesterday", "5 days ago". */
void cli_days_text(char *text, size_t size, int64_t n_days);

/** Text from files and names in `width` columns, cut or filled up; what would steer a terminal
 *  becomes '?'. width 0: all of it. */
void cli_put_cell(FILE *f, const char *text, int width);

/** The last part of a path. */
const char *cli_base_name(const char *path);

/** "11.0", "8.0-14.0" or "-". */
void cli_speed_text(char *text, size_t size, double slowest_kmh, double fastest_kmh);

/* ---- measures ----------------------------------------------------------------------- */

/** A session's measures by id and side; value NaN = not measured. */
typedef struct cli_measures {
    struct {
        double value, half; /* half of the 95 % interval; NaN = not known */
        enum tread_standing standing;
    } m[TREAD_N_MEASURES][TREAD_N_SIDES + 1];
} cli_measures;

/** @return as tread_store__measures */
int cli_read_measures(tread_store *store, int64_t id, cli_measures *out, tread_error *err);

/** Half of a 95 % interval; NaN where one end is missing. */
double cli_half(double low, double high);

/** @return the measure of that key; -1 = there is none */
int cli_find_measure(const char *key);

/** Find one session for a heading. Strings of `out` are in its buffers.
 *  @return TREAD_OK; TREAD_EOF: there is none, `err` says so; as tread_store__sessions */
typedef struct cli_session_copy {
    tread_store_session s;
    char runner[256], source[4096], view[32], model[32], kind[32];
} cli_session_copy;
int cli_find_session(tread_store *store, int64_t id, cli_session_copy *out, tread_error *err);

/** Failures of the store as exit statuses: what is not there was asked for wrongly. */
int cli_fail_sessions(int status, tread_error *err);

/* ---- commands ------------------------------------------------------------------------- */

int cli_sessions_compare(tread_store *store, int64_t a, int64_t b);
int cli_sessions_trend(tread_store *store, const cli_sessions_options *o, const char *key);

#endif

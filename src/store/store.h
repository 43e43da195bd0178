/* store: the history. Every session is kept in one SQLite file; this is the only room that knows
 * SQLite.
 *
 * The whole session.json of a session is kept, the landmarks it was measured from, and beside them
 * tables of what lists, comparisons and trends ask for, which hold nothing the document does not.
 *
 * Safe by SQLite's own means: a session goes in by one transaction, the file has a write-ahead log
 * (WAL), so a process that is killed leaves what was there before, readers never wait, and a second
 * writer waits up to STORE_BUSY_MS. synchronous is NORMAL: with a WAL that can cost the newest
 * session in a power cut between commit and close, never the file; closing writes it all out.
 *
 * Numbers that were not measured are NaN here and NULL in the file. Strings are UTF-8.
 * Threads: one at a time per store. Any number of processes. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

#define STORE_BUSY_MS 5000
#define STORE_MAX_PATH 4096

/** Where the history lies: $TREADSCOPE_HISTORY, else $XDG_DATA_HOME/treadscope/history.db, else
 *  ~/.local/share/treadscope/history.db. Not for two threads at once (getenv).
 *  @return false: none is kept (TREADSCOPE_HISTORY is empty, or there is no home) */
bool tread_store__path(char *path, size_t size);

typedef struct tread_store tread_store;

/** Open to read what is there. Also from where nothing can be written.
 *  @return TREAD_OK; TREAD_EOF: there is none yet; TREAD_ERR_INPUT: not a history, damaged, or
 *          made by a newer treadscope (`err` says which and what to do); TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_store__open(tread_store **out, const char *path, tread_error *err);

/** Open to change it; makes the file and its folder, for the user alone, where there are none.
 *  @return as tread_store__open, and TREAD_ERR_OUTPUT; never TREAD_EOF */
TREAD_WARN_UNUSED int tread_store__open_to_write(tread_store **out, const char *path,
                                                 tread_error *err);

/** NULL-safe, sets NULL. */
void tread_store__close(tread_store **s);

/* ---- sessions ---------------------------------------------------------------- */

/** What is added. */
typedef struct tread_store_entry {
    const char *runner;    /* NULL = not named */
    const char *kind;      /* "clip", "landmarks" or "live" */
    int64_t started_utc;   /* seconds since 1970 */
    const char *document;  /* session.json */
    const void *landmarks; /* (n_landmarks) bytes it was measured from, a packed log of landfile's;
                              NULL = not kept */
    size_t n_landmarks;
} tread_store_entry;

/** Add a session, whole or not at all.
 *  @param[out] id  its number, never given again. May be NULL
 *  @return TREAD_OK; TREAD_ERR_INPUT: the document is no session.json, or the file is damaged;
 *          TREAD_ERR_NO_RUNNER: nobody was seen in it, nothing is kept; TREAD_ERR_OUTPUT: full
 *          disk, no permission, or another process held the file for STORE_BUSY_MS */
TREAD_WARN_UNUSED int tread_store__add(tread_store *s, const tread_store_entry *entry, int64_t *id,
                                       tread_error *err);

/** A session in lists. Strings are valid during the call it is handed to. */
typedef struct tread_store_session {
    int64_t id, started_utc;
    const char *runner; /* NULL = not named */
    const char *kind, *source, *view;
    const char *model;               /* NULL: landmarks of another tool */
    double duration_s;               /* of the runner's time */
    double speed_kmh, speed_max_kmh; /* slowest and fastest the belt was told to run; NaN = not
                                        told */
    double incline_pct;              /* at the start */
    int64_t n_steps, n_steps_valid;
    double cadence_spm;
    const char *fault, *fault_side; /* the worst: highest level, then most steps; NULL = none */
    int fault_level;
} tread_store_session;

/** Which sessions; {0} = all. */
typedef struct tread_store_query {
    int64_t id;         /* 0 = any */
    const char *runner; /* NULL = any */
    int64_t limit;      /* 0 = no limit */
    bool is_oldest_first;
} tread_store_query;

/* Callbacks return false to end the walk; that is no failure. The store may be read from inside
 * them. All of these return TREAD_OK, TREAD_ERR_INPUT (damaged) or TREAD_ERR_NOMEM. */

typedef bool tread_store_on_session(void *user, const tread_store_session *session);
/** Newest first. */
TREAD_WARN_UNUSED int tread_store__sessions(tread_store *s, const tread_store_query *query,
                                            tread_store_on_session *on_session, void *user,
                                            tread_error *err);

/** session.json as it was kept.
 *  @param[out] document  malloc'd, the caller's
 *  @return also TREAD_EOF: there is no such session */
TREAD_WARN_UNUSED int tread_store__document(tread_store *s, int64_t id, char **document,
                                            tread_error *err);

/** The landmarks it was measured from.
 *  @param[out] bytes  malloc'd, the caller's; NULL: none were kept
 *  @return as tread_store__document */
TREAD_WARN_UNUSED int tread_store__landmarks(tread_store *s, int64_t id, void **bytes, size_t *size,
                                             tread_error *err);

/** Take a session out, its bytes overwritten. A runner without sessions goes too.
 *  @return TREAD_OK; TREAD_EOF: there is no such session; TREAD_ERR_OUTPUT; TREAD_ERR_INPUT */
TREAD_WARN_UNUSED int tread_store__delete(tread_store *s, int64_t id, tread_error *err);

/* ---- what is in them ----------------------------------------------------------- */

/** A number that was measured, with its 95 % interval. */
typedef struct tread_store_measure {
    int64_t session, started_utc;
    const char *key;  /* of tread_measure_describe */
    const char *side; /* "both", "left", "right" */
    double value, low, high;
    int64_t n;
    const char *standing;
    double speed_kmh, speed_max_kmh; /* of its session */
} tread_store_measure;

typedef bool tread_store_on_measure(void *user, const tread_store_measure *measure);
/** Of one session. */
TREAD_WARN_UNUSED int tread_store__measures(tread_store *s, int64_t id,
                                            tread_store_on_measure *on_measure, void *user,
                                            tread_error *err);
/** One measure over all sessions that have it, oldest first. @param runner  NULL = any */
TREAD_WARN_UNUSED int tread_store__trend(tread_store *s, const char *key, const char *side,
                                         const char *runner, tread_store_on_measure *on_measure,
                                         void *user, tread_error *err);

typedef struct tread_store_fault {
    const char *rule, *title, *side, *unit;
    int level;
    double value, begin_s, end_s; /* end_s NaN: still on at the end */
    int64_t n_steps;
} tread_store_fault;

typedef bool tread_store_on_fault(void *user, const tread_store_fault *fault);
/** Of one session, the worst first. */
TREAD_WARN_UNUSED int tread_store__faults(tread_store *s, int64_t id,
                                          tread_store_on_fault *on_fault, void *user,
                                          tread_error *err);

typedef struct tread_store_runner {
    const char *name; /* NULL: the sessions without a name */
    int64_t n_sessions, last_utc;
} tread_store_runner;

typedef bool tread_store_on_runner(void *user, const tread_store_runner *runner);
/** The last to have run first. */
TREAD_WARN_UNUSED int tread_store__runners(tread_store *s, tread_store_on_runner *on_runner,
                                           void *user, tread_error *err);

#endif

#include "store/schema.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define QUOTE_(x) #x
#define QUOTE(x) QUOTE_(x)

/* STRICT: a column holds what it says. The document is a table of its own, so that lists do not
 * read through it. AUTOINCREMENT: the number of a deleted session is not given again. */
static const char step_1[] =
    "CREATE TABLE runner("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE session("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  runner INTEGER REFERENCES runner(id),"
    "  started_utc INTEGER NOT NULL," /* seconds since 1970 */
    "  kind TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  view TEXT NOT NULL,"
    "  model TEXT,"
    "  duration_s REAL,"
    "  speed_kmh REAL,"
    "  speed_max_kmh REAL,"
    "  incline_pct REAL,"
    "  n_steps INTEGER NOT NULL,"
    "  n_steps_valid INTEGER NOT NULL) STRICT;"
    "CREATE INDEX session_by_time ON session(started_utc, id);"
    "CREATE INDEX session_by_runner ON session(runner, started_utc, id);"
    "CREATE TABLE document("
    "  session INTEGER PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,"
    "  text TEXT NOT NULL) STRICT;"
    "CREATE TABLE measure("
    "  session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    "  key TEXT NOT NULL,"
    "  side TEXT NOT NULL,"
    "  value REAL NOT NULL,"
    "  low REAL,"
    "  high REAL,"
    "  n INTEGER NOT NULL,"
    "  standing TEXT NOT NULL,"
    "  PRIMARY KEY(session, key, side)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE fault("
    "  id INTEGER PRIMARY KEY,"
    "  session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    "  rule TEXT NOT NULL,"
    "  title TEXT NOT NULL,"
    "  side TEXT NOT NULL,"
    "  level INTEGER NOT NULL,"
    "  value REAL,"
    "  unit TEXT NOT NULL,"
    "  n_steps INTEGER NOT NULL,"
    "  begin_s REAL,"
    "  end_s REAL) STRICT;"
    "CREATE INDEX fault_by_session ON fault(session, level);";

/* What a session was measured from, so that its files can be written again. */
static const char step_2[] =
    "CREATE TABLE landmarks("
    "  session INTEGER PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,"
    "  packed BLOB NOT NULL) STRICT;";

const char *const store_steps[] = {step_1, step_2};
const int store_n_steps = sizeof store_steps / sizeof *store_steps;

int store_fail(sqlite3 *db, const char *path, tread_error *err)
{
    int code = sqlite3_errcode(db) & 0xff, reason = 0;
    if (code == SQLITE_IOERR || code == SQLITE_CANTOPEN)
        reason = sqlite3_system_errno(db);
    if (reason == ENOSPC || reason == EDQUOT)
        code = SQLITE_FULL;
    switch (code) {
    case SQLITE_NOMEM: return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    case SQLITE_NOTADB:
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: not a history of treadscope; name another file with "
                                "TREADSCOPE_HISTORY",
                                path);
    case SQLITE_CORRUPT:
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: damaged (%s); move it away and a new history is begun "
                                "(`sqlite3 FILE .recover` shows what can be saved)",
                                path, sqlite3_errmsg(db));
    case SQLITE_FULL:
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "%s: no space left on the disk; free some space", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "%s: another program has held it for %d s; try again when that "
                                "has ended",
                                path, STORE_BUSY_MS / 1000);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_IOERR:
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "%s: cannot be written (%s); see to its folder, or name another "
                                "file with TREADSCOPE_HISTORY",
                                path, reason ? strerror(reason) : sqlite3_errmsg(db));
    default:
        return tread_error__set(err, TREAD_ERR_INPUT, "%s: %s; is this a history of treadscope?",
                                path, sqlite3_errmsg(db));
    }
}

/* The one number a statement gives; false = it failed. */
static bool number_of(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *st = NULL;
    bool is_good =
        sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
    if (is_good)
        *out = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return is_good;
}

/* Is it ours, or new? And which version. */
static int judge(sqlite3 *db, const char *path, int n_steps, int *version, tread_error *err)
{
    int application, n_tables;
    if (!number_of(db, "PRAGMA application_id", &application) ||
        !number_of(db, "PRAGMA user_version", version) ||
        !number_of(db, "SELECT count(*) FROM sqlite_schema", &n_tables))
        return store_fail(db, path, err);
    bool is_new = application == 0 && *version == 0 && n_tables == 0;
    if (application != STORE_APPLICATION_ID && !is_new)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: a database, but not a history of treadscope; name another "
                                "file with TREADSCOPE_HISTORY",
                                path);
    if (*version > n_steps || *version < 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: made by a newer treadscope (version %d, this one knows %d); "
                                "update, or name another file with TREADSCOPE_HISTORY",
                                path, *version, n_steps);
    return TREAD_OK;
}

/* All three numbers at one moment: another process may be making the file. */
static int judge_alone(sqlite3 *db, const char *path, int n_steps, int *version, tread_error *err)
{
    if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(db, path, err);
    int status = judge(db, path, n_steps, version, err);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return status;
}

/* Within a transaction: the version may have moved since it was first read. */
static int take_steps(sqlite3 *db, const char *path, const char *const *steps, int n_steps,
                      tread_error *err)
{
    char mark[64];
    int version, status = judge(db, path, n_steps, &version, err);
    if (status != TREAD_OK)
        return status;
    for (int i = version; i < n_steps; i++)
        if (sqlite3_exec(db, steps[i], NULL, NULL, NULL) != SQLITE_OK)
            return store_fail(db, path, err);
    /* A PRAGMA takes no parameters; this is a number of our own. */
    sqlite3_snprintf(sizeof mark, mark, "PRAGMA user_version = %d", n_steps);
    if (sqlite3_exec(db, mark, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA application_id = " QUOTE(STORE_APPLICATION_ID), NULL, NULL,
                     NULL) != SQLITE_OK ||
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(db, path, err);
    return TREAD_OK;
}

int store_migrate(sqlite3 *db, const char *path, const char *const *steps, int n_steps,
                  tread_error *err)
{
    int version, status = judge_alone(db, path, n_steps, &version, err);
    if (status != TREAD_OK || version == n_steps)
        return status;
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(db, path, err);
    status = take_steps(db, path, steps, n_steps, err);
    if (status != TREAD_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "store/schema.h"

struct tread_store {
    sqlite3 *db;
    char path[STORE_MAX_PATH];
};

/* ---- open and close ------------------------------------------------------------- */

/* Health data: the folder is the user's alone (and the XDG specification asks for 0700). */
static int make_parents(const char *path, tread_error *err)
{
    char part[STORE_MAX_PATH];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return tread_error__set(err, TREAD_ERR_OUTPUT,
                                    "%s: this folder cannot be made (%s); name another file with "
                                    "TREADSCOPE_HISTORY",
                                    part, strerror(errno));
        *p = '/';
    }
    return TREAD_OK;
}

/* The file likewise; SQLite gives its companions the same rights. Not by umask, which is the whole
 * process's. That it cannot be made is for SQLite to say. */
static void make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

/* A file that is all there and changed by nobody, from where not even the log's index can be made.
 * `path` becomes a URI: what means something in one is escaped. */
static int open_frozen(sqlite3 **db, const char *path)
{
    char uri[3 * STORE_MAX_PATH + 32], *end = uri;
    end += snprintf(uri, sizeof uri, "file:");
    for (const unsigned char *p = (const unsigned char *)path; *p; p++)
        end += snprintf(end, 4, strchr("?#%", *p) ? "%%%02x" : "%c", *p);
    snprintf(end, 16, "?immutable=1");
    return sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
}

/* Sessions that were added but not yet written into the file itself. */
static bool has_log(const char *path)
{
    char log[STORE_MAX_PATH + 8];
    struct stat st;
    snprintf(log, sizeof log, "%s-wal", path);
    return stat(log, &st) == 0 && st.st_size > 0;
}

static int set_up(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, STORE_BUSY_MS);
    /* The file may come from anywhere: its schema may not call what has effects. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return sqlite3_exec(db,
                        "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
                        "PRAGMA secure_delete = ON;",
                        NULL, NULL, NULL);
}

/* The switch to a WAL does not wait for others as transactions do: those who begin a history at the
 * same time have to. */
static int begin_log(sqlite3 *db)
{
    int code = SQLITE_BUSY;
    for (int waited_ms = 0; waited_ms < STORE_BUSY_MS; waited_ms += 10) {
        code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return code;
}

static int create(tread_store **out, const char *path, tread_error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    if (strlen(path) >= STORE_MAX_PATH - 8) {
        tread_store__close(out);
        return tread_error__set(err, TREAD_ERR_INPUT, "%.200s...: path too long", path);
    }
    snprintf((*out)->path, sizeof(*out)->path, "%s", path);
    return TREAD_OK;
}

/* Nothing can be written there. */
static bool is_for_reading(sqlite3 *db)
{
    int code = sqlite3_errcode(db) & 0xff;
    return code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM ||
           code == SQLITE_IOERR || code == SQLITE_FULL;
}

static int reopen_frozen(tread_store *s, tread_error *err)
{
    if (has_log(s->path))
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: its newest sessions lie in %s-wal and cannot be put in place "
                                "here; copy both to where you may write",
                                s->path, s->path);
    sqlite3_close(s->db);
    s->db = NULL;
    if (open_frozen(&s->db, s->path) != SQLITE_OK || set_up(s->db) != SQLITE_OK) {
        store_fail(s->db, s->path, err);
        return tread_error__set(err, TREAD_ERR_INPUT, "%s: cannot be read (%s)", s->path,
                                sqlite3_errmsg(s->db));
    }
    return store_migrate(s->db, s->path, store_steps, store_n_steps, err);
}

int tread_store__open(tread_store **out, const char *path, tread_error *err)
{
    *out = NULL;
    struct stat st;
    if (stat(path, &st) != 0 && errno == ENOENT)
        return tread_error__set(err, TREAD_EOF, "%s: no history yet", path);
    int status = create(out, path, err);
    if (status != TREAD_OK)
        return status;
    tread_store *s = *out;
    if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        set_up(s->db) != SQLITE_OK)
        status = store_fail(s->db, path, err);
    else
        status = store_migrate(s->db, path, store_steps, store_n_steps, err);
    if (status == TREAD_ERR_OUTPUT && is_for_reading(s->db))
        status = reopen_frozen(s, err);
    if (status != TREAD_OK)
        tread_store__close(out);
    return status;
}

int tread_store__open_to_write(tread_store **out, const char *path, tread_error *err)
{
    int status = create(out, path, err);
    if (status != TREAD_OK)
        return status;
    tread_store *s = *out;
    status = make_parents(path, err);
    if (status == TREAD_OK) {
        make_private(path);
        int code = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
        if (code != SQLITE_OK || set_up(s->db) != SQLITE_OK)
            status = store_fail(s->db, path, err);
        /* Judged before anything in it is changed: it may be somebody else's. */
        if (status == TREAD_OK)
            status = store_migrate(s->db, path, store_steps, store_n_steps, err);
        if (status == TREAD_OK && begin_log(s->db) != SQLITE_OK)
            status = store_fail(s->db, path, err);
    }
    if (status != TREAD_OK)
        tread_store__close(out);
    return status;
}

void tread_store__close(tread_store **s)
{
    if (!*s)
        return;
    sqlite3_close((*s)->db);
    free(*s);
    *s = NULL;
}

/* ---- statements -------------------------------------------------------------------- */

static int prepare(tread_store *s, const char *sql, sqlite3_stmt **st, tread_error *err)
{
    return sqlite3_prepare_v2(s->db, sql, -1, st, NULL) == SQLITE_OK
               ? TREAD_OK
               : store_fail(s->db, s->path, err);
}

/* NULL binds NULL: "any" in the queries below. The text has to outlive the statement. */
static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    if (text)
        sqlite3_bind_text64(st, at, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
}

/* The walk is over: was that its end, or a failure? */
static int finish(tread_store *s, sqlite3_stmt *st, int code, tread_error *err)
{
    int status =
        code == SQLITE_ROW || code == SQLITE_DONE ? TREAD_OK : store_fail(s->db, s->path, err);
    sqlite3_finalize(st);
    return status;
}

static const char *text_at(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

static double real_at(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? (double)NAN
                                                          : sqlite3_column_double(st, column);
}

/* ---- sessions ---------------------------------------------------------------------- */

int tread_store__add(tread_store *s, const tread_store_entry *entry, int64_t *id, tread_error *err)
{
    int64_t given = 0;
    int status = store_add(s->db, s->path, entry, &given, err);
    if (id)
        *id = given;
    return status;
}

/* The columns of a list; the worst fault by the index on faults. */
#define SESSION_COLUMNS                                                                            \
    "SELECT s.id, s.started_utc, r.name, s.kind, s.source, s.view, s.model, s.duration_s,"         \
    " s.speed_kmh, s.speed_max_kmh, s.incline_pct, s.n_steps, s.n_steps_valid, m.value, f.title,"  \
    " f.side, f.level FROM session s LEFT JOIN runner r ON r.id = s.runner"                        \
    " LEFT JOIN measure m ON m.session = s.id AND m.key = 'cadence_spm' AND m.side = 'both'"       \
    " LEFT JOIN fault f ON f.id = (SELECT id FROM fault WHERE session = s.id"                      \
    " ORDER BY level DESC, n_steps DESC, id LIMIT 1)"

/* One statement each, so that each walks an index. */
static const char *query_text(const tread_store_query *q)
{
    if (q->id)
        return SESSION_COLUMNS " WHERE s.id = ?3";
    if (q->runner && q->is_oldest_first)
        return SESSION_COLUMNS " WHERE s.runner = (SELECT id FROM runner WHERE name = ?1)"
                               " ORDER BY s.started_utc, s.id LIMIT ?2";
    if (q->runner)
        return SESSION_COLUMNS " WHERE s.runner = (SELECT id FROM runner WHERE name = ?1)"
                               " ORDER BY s.started_utc DESC, s.id DESC LIMIT ?2";
    if (q->is_oldest_first)
        return SESSION_COLUMNS " ORDER BY s.started_utc, s.id LIMIT ?2";
    return SESSION_COLUMNS " ORDER BY s.started_utc DESC, s.id DESC LIMIT ?2";
}

static void bind_query(sqlite3_stmt *st, const tread_store_query *q)
{
    int n = sqlite3_bind_parameter_count(st);
    if (q->id) {
        sqlite3_bind_int64(st, n, q->id);
        return;
    }
    if (q->runner)
        bind_text(st, 1, q->runner);
    sqlite3_bind_int64(st, n, q->limit > 0 ? q->limit : -1);
}

int tread_store__sessions(tread_store *s, const tread_store_query *query,
                          tread_store_on_session *on_session, void *user, tread_error *err)
{
    sqlite3_stmt *st = NULL;
    int status = prepare(s, query_text(query), &st, err);
    if (status != TREAD_OK)
        return status;
    bind_query(st, query);
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        tread_store_session row = {.id = sqlite3_column_int64(st, 0),
                                   .started_utc = sqlite3_column_int64(st, 1),
                                   .runner = text_at(st, 2),
                                   .kind = text_at(st, 3),
                                   .source = text_at(st, 4),
                                   .view = text_at(st, 5),
                                   .model = text_at(st, 6),
                                   .duration_s = real_at(st, 7),
                                   .speed_kmh = real_at(st, 8),
                                   .speed_max_kmh = real_at(st, 9),
                                   .incline_pct = real_at(st, 10),
                                   .n_steps = sqlite3_column_int64(st, 11),
                                   .n_steps_valid = sqlite3_column_int64(st, 12),
                                   .cadence_spm = real_at(st, 13),
                                   .fault = text_at(st, 14),
                                   .fault_side = text_at(st, 15),
                                   .fault_level = sqlite3_column_int(st, 16)};
        if (!on_session(user, &row))
            break;
    }
    return finish(s, st, code, err);
}

static int no_session(int64_t id, tread_error *err)
{
    return tread_error__set(err, TREAD_EOF,
                            "no session %lld in the history; `treadscope sessions` lists them",
                            (long long)id);
}

int tread_store__document(tread_store *s, int64_t id, char **document, tread_error *err)
{
    sqlite3_stmt *st = NULL;
    *document = NULL;
    int status = prepare(s, "SELECT text FROM document WHERE session = ?1", &st, err);
    if (status != TREAD_OK)
        return status;
    sqlite3_bind_int64(st, 1, id);
    int code = sqlite3_step(st);
    if (code == SQLITE_DONE)
        status = no_session(id, err);
    else if (code == SQLITE_ROW && (*document = strdup(text_at(st, 0))) == NULL)
        status = tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    int ended = finish(s, st, code, err);
    return status == TREAD_OK ? ended : status;
}

static int copy_blob(sqlite3_stmt *st, void **bytes, size_t *size, tread_error *err)
{
    const void *blob = sqlite3_column_blob(st, 0);
    *size = (size_t)sqlite3_column_bytes(st, 0);
    if (!blob)
        return TREAD_OK;
    *bytes = malloc(*size);
    if (!*bytes)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    memcpy(*bytes, blob, *size);
    return TREAD_OK;
}

int tread_store__landmarks(tread_store *s, int64_t id, void **bytes, size_t *size, tread_error *err)
{
    sqlite3_stmt *st = NULL;
    *bytes = NULL;
    *size = 0;
    int status = prepare(s,
                         "SELECT packed FROM session LEFT JOIN landmarks ON session = id"
                         " WHERE id = ?1",
                         &st, err);
    if (status != TREAD_OK)
        return status;
    sqlite3_bind_int64(st, 1, id);
    int code = sqlite3_step(st);
    if (code == SQLITE_DONE)
        status = no_session(id, err);
    else if (code == SQLITE_ROW)
        status = copy_blob(st, bytes, size, err);
    int ended = finish(s, st, code, err);
    return status == TREAD_OK ? ended : status;
}

/* Statement with the one parameter `id`. */
static bool run(sqlite3 *db, const char *sql, int64_t id)
{
    sqlite3_stmt *st = NULL;
    bool is_good = sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK;
    if (is_good) {
        if (sqlite3_bind_parameter_count(st) > 0)
            sqlite3_bind_int64(st, 1, id);
        is_good = sqlite3_step(st) == SQLITE_DONE;
    }
    return sqlite3_finalize(st) == SQLITE_OK && is_good;
}

int tread_store__delete(tread_store *s, int64_t id, tread_error *err)
{
    bool is_good =
        run(s->db, "BEGIN IMMEDIATE", 0) && run(s->db, "DELETE FROM session WHERE id = ?1", id);
    bool was_there = is_good && sqlite3_changes(s->db) > 0;
    is_good = is_good &&
              run(s->db,
                  "DELETE FROM runner WHERE NOT EXISTS"
                  " (SELECT 1 FROM session WHERE session.runner = runner.id)",
                  0) &&
              run(s->db, "COMMIT", 0);
    if (is_good)
        return was_there ? TREAD_OK : no_session(id, err);
    int status = store_fail(s->db, s->path, err);
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* ---- what is in them ------------------------------------------------------------------ */

static int walk_measures(tread_store *s, sqlite3_stmt *st, tread_store_on_measure *on_measure,
                         void *user, tread_error *err)
{
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        tread_store_measure row = {.session = sqlite3_column_int64(st, 0),
                                   .started_utc = sqlite3_column_int64(st, 1),
                                   .key = text_at(st, 2),
                                   .side = text_at(st, 3),
                                   .value = real_at(st, 4),
                                   .low = real_at(st, 5),
                                   .high = real_at(st, 6),
                                   .n = sqlite3_column_int64(st, 7),
                                   .standing = text_at(st, 8),
                                   .speed_kmh = real_at(st, 9),
                                   .speed_max_kmh = real_at(st, 10)};
        if (!on_measure(user, &row))
            break;
    }
    return finish(s, st, code, err);
}

#define MEASURE_COLUMNS                                                                            \
    "SELECT s.id, s.started_utc, m.key, m.side, m.value, m.low, m.high, m.n, m.standing,"          \
    " s.speed_kmh, s.speed_max_kmh FROM session s JOIN measure m ON m.session = s.id"

int tread_store__measures(tread_store *s, int64_t id, tread_store_on_measure *on_measure,
                          void *user, tread_error *err)
{
    sqlite3_stmt *st = NULL;
    int status = prepare(s, MEASURE_COLUMNS " WHERE s.id = ?1", &st, err);
    if (status != TREAD_OK)
        return status;
    sqlite3_bind_int64(st, 1, id);
    return walk_measures(s, st, on_measure, user, err);
}

int tread_store__trend(tread_store *s, const char *key, const char *side, const char *runner,
                       tread_store_on_measure *on_measure, void *user, tread_error *err)
{
    sqlite3_stmt *st = NULL;
    int status = prepare(s,
                         MEASURE_COLUMNS
                         " AND m.key = ?1 AND m.side = ?2 WHERE ?3 IS NULL OR s.runner ="
                         " (SELECT id FROM runner WHERE name = ?3) ORDER BY s.started_utc, s.id",
                         &st, err);
    if (status != TREAD_OK)
        return status;
    bind_text(st, 1, key);
    bind_text(st, 2, side);
    bind_text(st, 3, runner);
    return walk_measures(s, st, on_measure, user, err);
}

int tread_store__faults(tread_store *s, int64_t id, tread_store_on_fault *on_fault, void *user,
                        tread_error *err)
{
    sqlite3_stmt *st = NULL;
    int status = prepare(s,
                         "SELECT rule, title, side, unit, level, value, begin_s, end_s, n_steps"
                         " FROM fault WHERE session = ?1 ORDER BY level DESC, n_steps DESC, id",
                         &st, err);
    if (status != TREAD_OK)
        return status;
    sqlite3_bind_int64(st, 1, id);
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        tread_store_fault row = {.rule = text_at(st, 0),
                                 .title = text_at(st, 1),
                                 .side = text_at(st, 2),
                                 .unit = text_at(st, 3),
                                 .level = sqlite3_column_int(st, 4),
                                 .value = real_at(st, 5),
                                 .begin_s = real_at(st, 6),
                                 .end_s = real_at(st, 7),
                                 .n_steps = sqlite3_column_int64(st, 8)};
        if (!on_fault(user, &row))
            break;
    }
    return finish(s, st, code, err);
}

int tread_store__runners(tread_store *s, tread_store_on_runner *on_runner, void *user,
                         tread_error *err)
{
    sqlite3_stmt *st = NULL;
    int status = prepare(s,
                         "SELECT r.name, count(*), max(s.started_utc) FROM session s"
                         " LEFT JOIN runner r ON r.id = s.runner GROUP BY s.runner"
                         " ORDER BY max(s.started_utc) DESC, r.name",
                         &st, err);
    if (status != TREAD_OK)
        return status;
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        tread_store_runner row = {.name = text_at(st, 0),
                                  .n_sessions = sqlite3_column_int64(st, 1),
                                  .last_utc = sqlite3_column_int64(st, 2)};
        if (!on_runner(user, &row))
            break;
    }
    return finish(s, st, code, err);
}

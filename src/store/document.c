/* A session.json becomes rows. */
#include <math.h>
#include <string.h>

#include <jansson.h>
#include <treadscope/analyzer.h>

#include "base/error.h"
#include "base/json.h"
#include "store/schema.h"

/* ---- the document ------------------------------------------------------------- */

static int64_t count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* How long the runner was looked at. Slow motion plays longer than it lasted: there only the frames
 * tell. */
static double duration_of(const json_t *settings, const json_t *source, const json_t *quality)
{
    double whole_s = base_json_real(source, "duration_s");
    if (isnan(whole_s) || !isnan(base_json_real(settings, "capture_fps")))
        return (double)count_of(quality, "frames") * base_json_real(quality, "frame_interval_ms") /
               1000;
    double from_s = fmax(base_json_real(settings, "from_s"), 0);
    return fmax(fmin(base_json_real(settings, "to_s"), whole_s) - from_s, 0);
}

static void speeds_of(const json_t *settings, double *slowest_kmh, double *fastest_kmh)
{
    size_t i;
    const json_t *change;
    *slowest_kmh = *fastest_kmh = base_json_real(settings, "speed_kmh");
    json_array_foreach(json_object_get(settings, "belt_changes"), i, change)
    {
        *slowest_kmh = fmin(*slowest_kmh, base_json_real(change, "speed_kmh"));
        *fastest_kmh = fmax(*fastest_kmh, base_json_real(change, "speed_kmh"));
    }
}

/* ---- rows ----------------------------------------------------------------------- */

static void bind_real(sqlite3_stmt *st, int at, double value)
{
    if (isfinite(value))
        sqlite3_bind_double(st, at, value);
    else
        sqlite3_bind_null(st, at);
}

/* The string has to live until the statement is reset. */
static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    sqlite3_bind_text64(st, at, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
}

static bool run(sqlite3_stmt *st)
{
    bool is_done = sqlite3_step(st) == SQLITE_DONE;
    return sqlite3_reset(st) == SQLITE_OK && is_done;
}

static bool add_session(sqlite3 *db, const json_t *root, const tread_store_entry *entry)
{
    const json_t *settings = json_object_get(root, "settings");
    const json_t *source = json_object_get(root, "source");
    const json_t *quality = json_object_get(root, "quality");
    double slowest_kmh, fastest_kmh;
    sqlite3_stmt *st = NULL;
    if (entry->runner) {
        if (sqlite3_prepare_v2(db, "INSERT INTO runner(name) VALUES(?1) ON CONFLICT DO NOTHING", -1,
                               &st, NULL) != SQLITE_OK)
            return false;
        bind_text(st, 1, entry->runner);
        bool is_good = run(st);
        sqlite3_finalize(st);
        if (!is_good)
            return false;
    }
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO session(runner, started_utc, kind, source, view, model,"
                           " duration_s, speed_kmh, speed_max_kmh, incline_pct, n_steps,"
                           " n_steps_valid) VALUES((SELECT id FROM runner WHERE name = ?1), ?2, ?3,"
                           " ?4, ?5, nullif(?6, ''), ?7, ?8, ?9, ?10, ?11, ?12)",
                           -1, &st, NULL) != SQLITE_OK)
        return false;
    speeds_of(settings, &slowest_kmh, &fastest_kmh);
    if (entry->runner)
        bind_text(st, 1, entry->runner);
    sqlite3_bind_int64(st, 2, entry->started_utc);
    bind_text(st, 3, entry->kind);
    bind_text(st, 4, base_json_text(source, "clip"));
    bind_text(st, 5, base_json_text(json_object_get(root, "summary"), "view"));
    bind_text(st, 6, base_json_text(settings, "model"));
    bind_real(st, 7, duration_of(settings, source, quality));
    bind_real(st, 8, slowest_kmh);
    bind_real(st, 9, fastest_kmh);
    bind_real(st, 10, base_json_real(settings, "incline_pct"));
    sqlite3_bind_int64(st, 11, count_of(quality, "steps"));
    sqlite3_bind_int64(st, 12, count_of(quality, "steps_valid"));
    bool is_good = run(st);
    sqlite3_finalize(st);
    return is_good;
}

static bool add_document(sqlite3 *db, int64_t id, const char *document)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, "INSERT INTO document(session, text) VALUES(?1, ?2)", -1, &st,
                           NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_int64(st, 1, id);
    bind_text(st, 2, document);
    bool is_good = run(st);
    sqlite3_finalize(st);
    return is_good;
}

static bool add_landmarks(sqlite3 *db, int64_t id, const tread_store_entry *entry)
{
    sqlite3_stmt *st = NULL;
    if (!entry->landmarks)
        return true;
    if (sqlite3_prepare_v2(db, "INSERT INTO landmarks(session, packed) VALUES(?1, ?2)", -1, &st,
                           NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_int64(st, 1, id);
    sqlite3_bind_blob64(st, 2, entry->landmarks, entry->n_landmarks, SQLITE_STATIC);
    bool is_good = run(st);
    sqlite3_finalize(st);
    return is_good;
}

/* Those that were measured, of one side. */
static bool add_side(sqlite3_stmt *st, const json_t *summary, const char *side)
{
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        const char *key = tread_measure_describe((enum tread_measure_id)i)->key;
        const json_t *m = json_object_get(summary, key);
        if (!isfinite(base_json_real(m, "value")))
            continue;
        bind_text(st, 2, key);
        bind_text(st, 3, side);
        bind_real(st, 4, base_json_real(m, "value"));
        bind_real(st, 5, base_json_real(m, "low"));
        bind_real(st, 6, base_json_real(m, "high"));
        sqlite3_bind_int64(st, 7, count_of(m, "n"));
        bind_text(st, 8, base_json_text(m, "standing"));
        if (!run(st))
            return false;
    }
    return true;
}

static bool add_measures(sqlite3 *db, int64_t id, const json_t *summary)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO measure(session, key, side, value, low, high, n, standing)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                           -1, &st, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_int64(st, 1, id);
    bool is_good = add_side(st, summary, "both") &&
                   add_side(st, json_object_get(summary, "left"), "left") &&
                   add_side(st, json_object_get(summary, "right"), "right");
    sqlite3_finalize(st);
    return is_good;
}

static bool add_faults(sqlite3 *db, int64_t id, const json_t *faults)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO fault(session, rule, title, side, level, value, unit,"
                           " n_steps, begin_s, end_s) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                           " ?10)",
                           -1, &st, NULL) != SQLITE_OK)
        return false;
    size_t i;
    const json_t *f;
    bool is_good = true;
    sqlite3_bind_int64(st, 1, id);
    json_array_foreach(faults, i, f)
    {
        bind_text(st, 2, base_json_text(f, "rule"));
        bind_text(st, 3, base_json_text(f, "title"));
        bind_text(st, 4, base_json_text(f, "side"));
        sqlite3_bind_int64(st, 5, count_of(f, "level"));
        bind_real(st, 6, base_json_real(f, "value"));
        bind_text(st, 7, base_json_text(f, "unit"));
        sqlite3_bind_int64(st, 8, count_of(f, "steps"));
        bind_real(st, 9, base_json_real(f, "begin_s"));
        bind_real(st, 10, base_json_real(f, "end_s"));
        is_good = is_good && run(st);
    }
    sqlite3_finalize(st);
    return is_good;
}

static bool add_all(sqlite3 *db, const json_t *root, const tread_store_entry *entry, int64_t *id)
{
    if (!add_session(db, root, entry))
        return false;
    *id = sqlite3_last_insert_rowid(db);
    return add_document(db, *id, entry->document) && add_landmarks(db, *id, entry) &&
           add_measures(db, *id, json_object_get(root, "summary")) &&
           add_faults(db, *id, json_object_get(root, "faults"));
}

int store_add(sqlite3 *db, const char *path, const tread_store_entry *entry, int64_t *id,
              tread_error *err)
{
    json_t *root = json_loads(entry->document, 0, NULL);
    int status = TREAD_OK;
    if (strcmp(base_json_text(root, "format"), "treadscope-session/1") != 0)
        status = tread_error__set(err, TREAD_ERR_INPUT, "not a session.json of treadscope");
    else if (count_of(json_object_get(root, "quality"), "frames_with_runner") == 0)
        status = tread_error__set(err, TREAD_ERR_NO_RUNNER, "nobody was seen in this session");
    if (status == TREAD_OK) {
        /* IMMEDIATE: to wait for another writer now, rather than fail in the middle. */
        bool is_good = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                       add_all(db, root, entry, id) &&
                       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
        if (!is_good) {
            status = store_fail(db, path, err);
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    json_decref(root);
    return status;
}

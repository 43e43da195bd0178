/* The history: what goes in comes out, and whatever else befalls the file is survived or told. */
#include "support.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "store/schema.h"
#include "store/store.h"

static char dir[] = "/tmp/treadscope-store-XXXXXX";
static char path[128];

static const char document[] =
    "{\"format\": \"treadscope-session/1\","
    " \"settings\": {\"model\": \"full\", \"speed_kmh\": 8.0, \"incline_pct\": 1.0,"
    "  \"belt_changes\": [{\"speed_kmh\": 12.0}], \"from_s\": 2.0, \"to_s\": null,"
    "  \"capture_fps\": null},"
    " \"source\": {\"clip\": \"/clips/\\u0440\\u0443\\u043d 'x'; DROP TABLE session;--.mp4\","
    "  \"duration_s\": 62.0},"
    " \"quality\": {\"frames\": 600, \"frames_with_runner\": 590, \"steps\": 170,"
    "  \"steps_valid\": 160},"
    " \"summary\": {\"view\": \"left\","
    "  \"cadence_spm\": {\"value\": 170.5, \"low\": 169.5, \"high\": 171.5, \"n\": 160,"
    "   \"standing\": \"settled\"},"
    "  \"contact_ms\": {\"value\": null, \"reason\": \"why\", \"n\": 0},"
    "  \"left\": {\"contact_ms\": {\"value\": 240, \"low\": 230, \"high\": 250, \"n\": 80,"
    "   \"standing\": \"settled\"}}, \"right\": {}},"
    " \"faults\": ["
    "  {\"rule\": \"a\", \"title\": \"Mild\", \"side\": \"both\", \"level\": 1, \"steps\": 90,"
    "   \"value\": 1.5, \"unit\": \"deg\", \"begin_s\": 1.0, \"end_s\": 2.0},"
    "  {\"rule\": \"b\", \"title\": \"Worst\", \"side\": \"left\", \"level\": 3, \"steps\": 9,"
    "   \"value\": 2.5, \"unit\": \"cm\", \"begin_s\": 3.0, \"end_s\": null}]}\n";

static tread_store *must_open(void)
{
    tread_store *s = NULL;
    tread_error err = {.text = ""};
    if (tread_store__open_to_write(&s, path, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return s;
}

static int64_t must_add(tread_store *s, const char *runner, int64_t started_utc)
{
    tread_error err = {.text = ""};
    int64_t id = 0;
    tread_store_entry entry = {
        .runner = runner, .kind = "clip", .started_utc = started_utc, .document = document};
    if (tread_store__add(s, &entry, &id, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return id;
}

/* Behind the store's back. */
static void sql(const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int64_t number(const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

static void require_whole(void)
{
    assert_int_equal(number("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    /* No session without the rest of it. */
    assert_int_equal(number("SELECT count(*) FROM session s WHERE (SELECT count(*) FROM fault"
                            " WHERE session = s.id) <> 2 OR NOT EXISTS"
                            " (SELECT 1 FROM document WHERE session = s.id)"),
                     0);
}

static int start_afresh(void **state)
{
    char other[160];
    (void)state;
    unlink(path);
    snprintf(other, sizeof other, "%s-wal", path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", path);
    unlink(other);
    return 0;
}

/* ---- in and out ------------------------------------------------------------------- */

typedef struct seen {
    int n;
    int64_t ids[64];
    char runner[64], fault[64], key[64];
    tread_store_session last;
    tread_store_measure measure;
} seen;

static bool see_session(void *user, const tread_store_session *s)
{
    seen *v = user;
    v->ids[v->n++ % 64] = s->id;
    v->last = *s;
    snprintf(v->runner, sizeof v->runner, "%s", s->runner ? s->runner : "NULL");
    snprintf(v->fault, sizeof v->fault, "%s", s->fault ? s->fault : "NULL");
    return true;
}

static bool see_measure(void *user, const tread_store_measure *m)
{
    seen *v = user;
    v->n++;
    v->measure = *m;
    snprintf(v->key, sizeof v->key, "%s/%s", m->key, m->side);
    return true;
}

static bool see_fault(void *user, const tread_store_fault *f)
{
    seen *v = user;
    if (v->n++ == 0)
        snprintf(v->fault, sizeof v->fault, "%s %s", f->title, f->unit);
    return true;
}

static bool see_runner(void *user, const tread_store_runner *r)
{
    seen *v = user;
    v->ids[v->n++] = r->n_sessions;
    return true;
}

static const char odd_name[] =
    "\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0 O'Hara \"x\"); DROP TABLE runner;--";

static void test_in_and_out(void **state)
{
    (void)state;
    tread_store *s = must_open();
    tread_error err;
    int64_t a = must_add(s, odd_name, 1000), b = must_add(s, NULL, 3000),
            c = must_add(s, odd_name, 2000);
    seen v = {.n = 0};
    assert_int_equal(
        tread_store__sessions(s, &(tread_store_query){.limit = 0}, see_session, &v, &err),
        TREAD_OK);
    assert_int_equal(v.n, 3);
    assert_int_equal(v.ids[0], b);
    assert_int_equal(v.ids[1], c);
    assert_int_equal(v.ids[2], a);
    assert_string_equal(v.runner, odd_name);
    assert_string_equal(v.fault, "Worst");
    assert_int_equal(v.last.fault_level, 3);
    require_near(v.last.duration_s, 60, 0);
    require_near(v.last.speed_kmh, 8, 0);
    require_near(v.last.speed_max_kmh, 12, 0);
    require_near(v.last.cadence_spm, 170.5, 0);
    assert_int_equal(v.last.n_steps_valid, 160);

    v = (seen){.n = 0};
    tread_store_query of_one = {.runner = odd_name, .limit = 1, .is_oldest_first = true};
    assert_int_equal(tread_store__sessions(s, &of_one, see_session, &v, &err), TREAD_OK);
    assert_true(v.n == 1 && v.ids[0] == a);
    v = (seen){.n = 0};
    of_one.runner = "' OR 1=1 --";
    assert_int_equal(tread_store__sessions(s, &of_one, see_session, &v, &err), TREAD_OK);
    assert_int_equal(v.n, 0);

    v = (seen){.n = 0};
    assert_int_equal(tread_store__measures(s, a, see_measure, &v, &err), TREAD_OK);
    assert_int_equal(v.n, 2); /* what was not measured is not there */
    v = (seen){.n = 0};
    assert_int_equal(tread_store__trend(s, "contact_ms", "left", odd_name, see_measure, &v, &err),
                     TREAD_OK);
    assert_int_equal(v.n, 2);
    assert_string_equal(v.key, "contact_ms/left");
    require_near(v.measure.high, 250, 0);
    assert_int_equal(v.measure.session, c);
    v = (seen){.n = 0};
    assert_int_equal(tread_store__faults(s, a, see_fault, &v, &err), TREAD_OK);
    assert_int_equal(v.n, 2);
    assert_string_equal(v.fault, "Worst cm");
    v = (seen){.n = 0};
    assert_int_equal(tread_store__runners(s, see_runner, &v, &err), TREAD_OK);
    assert_true(v.n == 2 && v.ids[0] == 1 && v.ids[1] == 2);

    char *text;
    assert_int_equal(tread_store__document(s, c, &text, &err), TREAD_OK);
    assert_string_equal(text, document);
    free(text);
    assert_int_equal(tread_store__document(s, 99, &text, &err), TREAD_EOF);

    assert_int_equal(tread_store__delete(s, a, &err), TREAD_OK);
    assert_int_equal(tread_store__delete(s, a, &err), TREAD_EOF);
    assert_int_equal(tread_store__delete(s, c, &err), TREAD_OK);
    assert_true(must_add(s, NULL, 1) > c); /* numbers are not given again */
    tread_store__close(&s);
    require_whole();
    assert_int_equal(number("SELECT count(*) FROM runner"), 0);
    assert_int_equal(number("SELECT count(*) FROM measure"), 4);
}

static void test_no_session_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"", TREAD_ERR_INPUT},
        {"{\"format\": \"treadscope-session/1\"", TREAD_ERR_INPUT},
        {"[]", TREAD_ERR_INPUT},
        {"{\"format\": \"other\"}", TREAD_ERR_INPUT},
        {"{\"format\": \"treadscope-session/1\"}", TREAD_ERR_NO_RUNNER},
    };
    tread_store *s = must_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tread_error err;
        tread_store_entry entry = {.kind = "clip", .document = cases[i].text};
        assert_int_equal(tread_store__add(s, &entry, NULL, &err), cases[i].status);
    }
    /* The least there can be. */
    tread_store_entry least = {.kind = "live",
                               .document = "{\"format\": \"treadscope-session/1\","
                                           " \"quality\": {\"frames_with_runner\": 1}}"};
    assert_int_equal(tread_store__add(s, &least, NULL, NULL), TREAD_OK);
    tread_store__close(&s);
    assert_int_equal(number("SELECT count(*) FROM session"), 1);
}

/* ---- the file ---------------------------------------------------------------------- */

static void refused(int status, const char *says)
{
    tread_store *s = NULL;
    tread_error err = {.text = ""};
    assert_int_equal(tread_store__open(&s, path, &err), status);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say '%s'", err.text, says);
    assert_int_equal(tread_store__open_to_write(&s, path, &err), status);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say '%s'", err.text, says);
}

static void test_private(void **state)
{
    (void)state;
    tread_store *s = must_open();
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    tread_store__close(&s);
    assert_int_equal(number("PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(number("PRAGMA user_version"), store_n_steps);
    assert_int_equal(number("SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
}

static void test_none_yet(void **state)
{
    (void)state;
    tread_store *s;
    tread_error err;
    assert_int_equal(tread_store__open(&s, path, &err), TREAD_EOF);
    assert_null(s);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void test_newer(void **state)
{
    (void)state;
    tread_store *s = must_open();
    tread_store__close(&s);
    sql("PRAGMA user_version = 999");
    refused(TREAD_ERR_INPUT, "newer treadscope");
    assert_int_equal(number("PRAGMA user_version"), 999);
}

static void test_somebody_elses(void **state)
{
    (void)state;
    sql("CREATE TABLE theirs(x)");
    refused(TREAD_ERR_INPUT, "not a history");
    assert_int_equal(number("SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(number("SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 0);

    FILE *f = fopen(path, "w");
    for (int i = 0; i < 5000; i++)
        fputs("This is a letter.\n", f);
    fclose(f);
    refused(TREAD_ERR_INPUT, "not a history");
}

static void test_damaged(void **state)
{
    (void)state;
    tread_store *s = must_open();
    for (int i = 0; i < 50; i++)
        must_add(s, "x", i);
    tread_store__close(&s);
    FILE *f = fopen(path, "r+");
    char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    fseek(f, 0, SEEK_END);
    long n_pages = ftell(f) / (long)sizeof junk;
    for (long i = 1; i < n_pages; i++) { /* all but the head */
        fseek(f, i * (long)sizeof junk, SEEK_SET);
        fwrite(junk, sizeof junk, 1, f);
    }
    fclose(f);
    tread_error err = {.text = ""};
    seen v = {.n = 0};
    int status = tread_store__open(&s, path, &err);
    if (status == TREAD_OK)
        status = tread_store__sessions(s, &(tread_store_query){.limit = 0}, see_session, &v, &err);
    assert_int_equal(status, TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "damaged"));
    tread_store__close(&s);
}

/* An older file becomes a newer one with what is in it; a step that fails changes nothing. */
static void test_migration(void **state)
{
    (void)state;
    static const char second[] = "ALTER TABLE session ADD COLUMN shoe TEXT;"
                                 "UPDATE session SET shoe = 'old';";
    static const char broken[] = "CREATE TABLE half(x); INSERT INTO nothing VALUES(1);";
    tread_store *s = must_open();
    must_add(s, "x", 1);
    tread_store__close(&s);
    sqlite3 *db;
    tread_error err;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    const char *bad[] = {store_steps[0], store_steps[1], second, broken};
    assert_int_equal(store_migrate(db, path, bad, 4, &err), TREAD_ERR_INPUT);
    assert_int_equal(number("PRAGMA user_version"), 2);
    assert_int_equal(
        number("SELECT count(*) FROM pragma_table_info('session') WHERE name = 'shoe'"), 0);
    assert_int_equal(store_migrate(db, path, bad, 3, &err), TREAD_OK);
    assert_int_equal(store_migrate(db, path, bad, 3, &err), TREAD_OK);
    sqlite3_close(db);
    assert_int_equal(number("PRAGMA user_version"), 3);
    assert_int_equal(number("SELECT count(*) FROM session WHERE shoe = 'old'"), 1);
    refused(TREAD_ERR_INPUT, "newer treadscope");
}

/* A history from before landmarks were kept. */
static void test_first_version(void **state)
{
    (void)state;
    sqlite3 *db;
    tread_error err;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(store_migrate(db, path, store_steps, 1, &err), TREAD_OK);
    sqlite3_close(db);
    sql("INSERT INTO session VALUES(7, NULL, 1, 'clip', 'a', 'left', NULL, 1, 1, 1, 0, 0, 0);"
        "INSERT INTO document VALUES(7, 'x'); INSERT INTO fault VALUES"
        "(1, 7, 'a', 'A', 'both', 1, 1, '', 1, 1, 1), (2, 7, 'a', 'A', 'both', 1, 1, '', 1, 1, 1)");
    tread_store *s = must_open();
    void *bytes = &db;
    size_t size;
    assert_int_equal(tread_store__landmarks(s, 7, &bytes, &size, &err), TREAD_OK);
    assert_null(bytes);
    tread_store__close(&s);
    require_whole();
}

static void test_landmarks(void **state)
{
    (void)state;
    tread_store *s = must_open();
    tread_error err = {.text = ""};
    int64_t id = 0;
    static const char packed[] = "a\0b\377c";
    tread_store_entry entry = {.kind = "clip",
                               .started_utc = 5,
                               .document = document,
                               .landmarks = packed,
                               .n_landmarks = sizeof packed};
    assert_int_equal(tread_store__add(s, &entry, &id, &err), TREAD_OK);
    void *bytes = NULL;
    size_t size;
    assert_int_equal(tread_store__landmarks(s, id, &bytes, &size, &err), TREAD_OK);
    assert_int_equal(size, sizeof packed);
    assert_memory_equal(bytes, packed, size);
    free(bytes);
    assert_int_equal(tread_store__landmarks(s, id + 1, &bytes, &size, &err), TREAD_EOF);
    assert_non_null(strstr(err.text, "no session"));
    assert_int_equal(tread_store__delete(s, id, &err), TREAD_OK);
    tread_store__close(&s);
    assert_int_equal(number("SELECT count(*) FROM landmarks"), 0);
}

/* ---- where nothing can be written ---------------------------------------------------- */

static int list_as_nobody(void)
{
    tread_store *s = NULL;
    tread_error err = {.text = ""};
    seen v = {.n = 0};
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 9;
    if (tread_store__open(&s, path, &err) != TREAD_OK ||
        tread_store__sessions(s, &(tread_store_query){.limit = 0}, see_session, &v, &err) !=
            TREAD_OK ||
        v.n != 2) {
        printf("%s\n", err.text);
        return 1;
    }
    tread_store__close(&s);
    /* Adding is refused, with a reason. */
    int status = tread_store__open_to_write(&s, path, &err);
    tread_store_entry entry = {.kind = "clip", .document = document};
    if (status == TREAD_OK)
        status = tread_store__add(s, &entry, NULL, &err);
    tread_store__close(&s);
    if (status == TREAD_ERR_OUTPUT && strstr(err.text, "cannot be written"))
        return 0;
    printf("%d: %s\n", status, err.text);
    return 2;
}

static void require_as_nobody(int (*run)(void))
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(run());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_read_only(void **state)
{
    (void)state;
    tread_store *s = must_open();
    must_add(s, "x", 1);
    must_add(s, "x", 2);
    tread_store__close(&s);
    chmod(path, 0444);
    chmod(dir, 0555);
    require_as_nobody(list_as_nobody);
    chmod(dir, 0777); /* only the file */
    require_as_nobody(list_as_nobody);
    chmod(dir, 0700);
}

/* ---- several processes ------------------------------------------------------------------ */

static pid_t add_in_child(int n)
{
    fflush(NULL);
    pid_t child = fork();
    if (child != 0)
        return child;
    for (int i = 0; i < n; i++) {
        tread_store *s = NULL;
        tread_error err;
        tread_store_entry entry = {.runner = "x", .kind = "live", .document = document};
        if (tread_store__open_to_write(&s, path, &err) != TREAD_OK ||
            tread_store__add(s, &entry, NULL, &err) != TREAD_OK) {
            printf("%s\n", err.text);
            fflush(stdout);
            _exit(1);
        }
        tread_store__close(&s);
    }
    _exit(0);
}

static void test_writers(void **state)
{
    (void)state;
    enum { N = 4, EACH = 10 };
    pid_t children[N];
    for (int i = 0; i < N; i++) /* from no file at all */
        children[i] = add_in_child(EACH);
    for (int i = 0; i < N; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    require_whole();
    assert_int_equal(number("SELECT count(*) FROM session"), N * EACH);
}

static void test_killed(void **state)
{
    (void)state;
    support_random r = support_seeded(support_seed("test_store", 8));
    for (int i = 0; i < 40; i++) {
        pid_t child = add_in_child(1000000);
        long wait_us = (long)(support_uniform(&r) * 20000);
        nanosleep(&(struct timespec){.tv_nsec = 1000 * wait_us}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        tread_store *s = must_open(); /* also where there was nothing yet */
        tread_store__close(&s);
        require_whole();
    }
    assert_true(number("SELECT count(*) FROM session") > 0);
}

/* ---- many sessions ------------------------------------------------------------------------ */

static void test_many(void **state)
{
    (void)state;
    tread_store *s = must_open();
    must_add(s, "x", 0);
    tread_store__close(&s);
    /* 10,000 copies with all measures there could be; a quarter another runner's. */
    sql("BEGIN; INSERT INTO runner(name) VALUES('y');"
        "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 9999)"
        " INSERT INTO session SELECT NULL, 1 + (n % 4 = 0), n * 7919 % 100003, kind, source, view,"
        " model, duration_s, speed_kmh, speed_max_kmh, incline_pct, n_steps, n_steps_valid"
        " FROM i, session WHERE session.id = 1;"
        "INSERT INTO document SELECT id, text FROM session, document WHERE id > 1;"
        "INSERT INTO fault SELECT NULL, s.id, rule, title, side, level, value, unit,"
        " f.n_steps, begin_s, end_s FROM session s, fault f WHERE s.id > 1 AND f.session = 1;"
        "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 80)"
        " INSERT INTO measure SELECT s.id, iif(n = 1, 'cadence_spm', 'key' || n), 'both', n, n, n,"
        " n, 'few' FROM session s, k WHERE s.id > 1;"
        "COMMIT;");
    tread_error err;
    seen v = {.n = 0};
    int64_t start_ns = tread_clock__now_ns();
    assert_int_equal(tread_store__open(&s, path, &err), TREAD_OK);
    tread_store_query newest = {.runner = "x", .limit = 20};
    assert_int_equal(tread_store__sessions(s, &newest, see_session, &v, &err), TREAD_OK);
    newest.runner = NULL;
    assert_int_equal(tread_store__sessions(s, &newest, see_session, &v, &err), TREAD_OK);
    double list_ms = (double)(tread_clock__now_ns() - start_ns) * 1e-6;
    assert_int_equal(v.n, 40);
    start_ns = tread_clock__now_ns();
    v = (seen){.n = 0};
    assert_int_equal(tread_store__trend(s, "cadence_spm", "both", "x", see_measure, &v, &err),
                     TREAD_OK);
    double trend_ms = (double)(tread_clock__now_ns() - start_ns) * 1e-6;
    assert_true(v.n > 7000);
    tread_store__close(&s);
    printf("10,000 sessions: two lists of 20 in %.1f ms, a trend over %d in %.1f ms\n", list_ms,
           v.n, trend_ms);
    require_between(list_ms, 0, 50);
}

static int leave(void **state)
{
    start_afresh(state);
    rmdir(dir);
    return 0;
}

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    chmod(dir, 0711); /* nobody may look */
    snprintf(path, sizeof path, "%s/history.db", dir);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_in_and_out, start_afresh),
        cmocka_unit_test_setup(test_no_session_json, start_afresh),
        cmocka_unit_test_setup(test_private, start_afresh),
        cmocka_unit_test_setup(test_none_yet, start_afresh),
        cmocka_unit_test_setup(test_newer, start_afresh),
        cmocka_unit_test_setup(test_somebody_elses, start_afresh),
        cmocka_unit_test_setup(test_damaged, start_afresh),
        cmocka_unit_test_setup(test_migration, start_afresh),
        cmocka_unit_test_setup(test_first_version, start_afresh),
        cmocka_unit_test_setup(test_landmarks, start_afresh),
        cmocka_unit_test_setup(test_read_only, start_afresh),
        cmocka_unit_test_setup(test_writers, start_afresh),
        cmocka_unit_test_setup(test_killed, start_afresh),
        cmocka_unit_test_setup(test_many, start_afresh),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, leave);
}

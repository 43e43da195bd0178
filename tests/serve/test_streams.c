/* Listeners: what they are given, in which order, and that none of them holds up anybody. */
#include "serve/client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "serve/server.h"

static tread_server *start(int *port)
{
    tread_server *s = client_start_server(&(tread_server_opts){.port = 0});
    *port = tread_serve__port(s);
    return s;
}

static void expect_event(client_stream *c, const char *type, unsigned long long id,
                         const char *data)
{
    client_event e;
    assert_true(client_read_event(c, &e));
    if (strcmp(e.type, type) != 0 || e.id != id || strcmp(e.data, data) != 0)
        fail_msg("%s %llu %s, expected %s %llu %s", e.type, e.id, e.data, type, id, data);
}

/* ---- records -------------------------------------------------------------- */

static void retained_first(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    tread_serve__publish(s, "hello", true, "{\"n\":1}");
    tread_serve__publish(s, "status", true, "{\"n\":2}");
    tread_serve__publish(s, "frame", false, "{\"n\":3}");
    tread_serve__publish(s, "setup", true, "{\"n\":4}");
    tread_serve__publish(s, "step", false, "{\"n\":5}");
    tread_serve__publish(s, "status", true, "{\"n\":6}");
    client_stream all, some, old;
    client_open(&all, port, "/events", "1.1", 0);
    client_open(&some, port, "/events?frames=0", "1.1", 0);
    client_open(&old, port, "/events", "1.0", 0);
    client_stream *const clients[] = {&all, &some, &old};
    for (int i = 0; i < 3; i++) {
        expect_event(clients[i], "hello", 1, "{\"n\":1}");
        expect_event(clients[i], "status", 6, "{\"n\":6}");
        expect_event(clients[i], "setup", 4, "{\"n\":4}");
    }
    tread_serve__publish(s, "frame", false, "{\"n\":7}");
    tread_serve__publish(s, "event", false, "{\"n\":8}");
    expect_event(&all, "frame", 7, "{\"n\":7}");
    expect_event(&old, "frame", 7, "{\"n\":7}");
    for (int i = 0; i < 3; i++)
        expect_event(clients[i], "event", 8, "{\"n\":8}");
    tread_serve__stop(&s, 1000);
    for (int i = 0; i < 3; i++)
        client_close(clients[i]);
}

/* Reads everything; says how far it is, and whether an id was missing. */
typedef struct reader {
    client_stream stream;
    unsigned long long until_id;
    atomic_ullong id;
    atomic_bool has_missed;
} reader;

static void *read_all(void *arg)
{
    reader *r = arg;
    client_event e;
    while (atomic_load(&r->id) < r->until_id && client_read_event(&r->stream, &e)) {
        if (e.id != atomic_load(&r->id) + 1)
            atomic_store(&r->has_missed, true);
        atomic_store(&r->id, e.id);
    }
    return NULL;
}

enum { N_MANY = 20000 };

static void publish_numbered(tread_server *s, int n)
{
    char json[256];
    snprintf(json, sizeof json, "{\"n\":%d,\"padding\":\"%0200d\"}", n, 0);
    tread_serve__publish(s,
                         n == N_MANY / 2 ? "cue"
                         : n % 100 == 0  ? "status"
                                         : "frame",
                         n % 100 == 0, json);
}

/* One reads all, one nothing until the end. */
static void a_client_that_does_not_read(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    client_stream lazy;
    client_open(&lazy, port, "/events", "1.1", 4096);
    reader keen = {.until_id = N_MANY};
    client_open(&keen.stream, port, "/events", "1.1", 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_all, &keen), 0);
    for (int n = 1; n <= N_MANY; n++) {
        publish_numbered(s, n);
        /* As fast as one can read, so that nobody who reads may miss anything. */
        for (double until_s = client_now_s() + 10.0;
             n - (int)atomic_load(&keen.id) > 200 && client_now_s() < until_s;)
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    }
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&keen.id), N_MANY);
    assert_false(atomic_load(&keen.has_missed));

    client_event e = {.id = 0};
    unsigned long long last = 0, n_read = 0, n_jumps = 0;
    bool has_cue = false;
    while (last < N_MANY && client_read_event(&lazy, &e)) {
        n_jumps += e.id != last + 1;
        /* Retained records that were missed come along, so that nothing shown stays wrong. */
        has_cue |= strcmp(e.type, "cue") == 0;
        last = e.id;
        n_read++;
    }
    assert_int_equal(last, N_MANY);
    assert_true(n_jumps >= 1);
    assert_true(n_read < N_MANY / 2);
    assert_true(has_cue);
    client_close(&lazy);
    client_close(&keen.stream);
    tread_serve__stop(&s, 1000);
}

static void publishing_never_waits(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    client_stream lazy[8];
    for (int i = 0; i < 8; i++)
        client_open(&lazy[i], port, i % 2 ? "/events" : "/pictures", "1.1", 4096);
    static uint8_t jpeg[100000];
    double start_s = client_now_s();
    for (int n = 1; n <= N_MANY; n++) {
        publish_numbered(s, n);
        if (n % 100 == 0)
            tread_serve__picture(s, "{}", jpeg, sizeof jpeg);
    }
    require_between(client_now_s() - start_s, 0.0, 5.0);
    for (int i = 0; i < 8; i++)
        client_close(&lazy[i]);
    tread_serve__stop(&s, 0);
}

static void twenty_clients(void **state)
{
    (void)state;
    enum { N = 20 };
    int port;
    tread_server *s = start(&port);
    tread_serve__publish(s, "hello", true, "{}");
    client_stream c[N];
    for (int i = 0; i < N; i++)
        client_open(&c[i], port, "/events", "1.1", 0);
    for (int i = 0; i < N; i++)
        expect_event(&c[i], "hello", 1, "{}");
    for (int n = 2; n < 100; n++)
        tread_serve__publish(s, "step", false, "{}");
    for (int n = 2; n < 100; n++)
        for (int i = 0; i < N; i++)
            expect_event(&c[i], "step", (unsigned long long)n, "{}");
    for (int i = 0; i < N; i++)
        client_close(&c[i]);
    assert_int_equal(client_get(port, "GET /", "")->status, 200);
    tread_serve__stop(&s, 1000);
}

/* ---- pictures ------------------------------------------------------------- */

static uint8_t big[200000];

static void publish_picture(tread_server *s, int n)
{
    char json[32];
    snprintf(json, sizeof json, "{\"n\":%d}", n);
    memset(big, n, sizeof big);
    tread_serve__picture(s, json, big, sizeof big);
}

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* @return its number; record and picture have to belong together */
static int read_picture(client_stream *c)
{
    static uint8_t bytes[sizeof big];
    uint8_t lengths[8];
    char json[32] = "";
    assert_true(client_read(c, lengths, sizeof lengths));
    assert_in_range(big_endian(lengths), 7, sizeof json - 1);
    assert_int_equal(big_endian(lengths + 4), sizeof big);
    assert_true(client_read(c, json, big_endian(lengths)));
    assert_true(client_read(c, bytes, sizeof bytes));
    int n = 0;
    assert_int_equal(sscanf(json, "{\"n\":%d}", &n), 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        if (bytes[i] != n)
            fail_msg("picture %d: byte %zu is %d", n, i, bytes[i]);
    return n;
}

static void only_the_newest_picture(void **state)
{
    (void)state;
    enum { N = 100 };
    int port;
    tread_server *s = start(&port);
    client_stream c, old;
    client_open(&c, port, "/pictures", "1.1", 4096);
    client_open(&old, port, "/pictures", "1.0", 0);
    publish_picture(s, 1);
    assert_int_equal(read_picture(&c), 1);
    assert_int_equal(read_picture(&old), 1);
    for (int n = 2; n <= N; n++)
        publish_picture(s, n);
    int n_read = 0, last = 1;
    while (last < N) {
        int n = read_picture(&c);
        assert_true(n > last);
        last = n;
        n_read++;
    }
    /* One was under way and parts of it lay in the kernel; the rest was passed over. */
    require_between(n_read, 1, 4);
    client_close(&c);
    client_close(&old);
    tread_serve__stop(&s, 1000);
}

static void watched(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    assert_false(tread_serve__is_watched(s));
    client_stream a, b, events;
    client_open(&events, port, "/events", "1.1", 0);
    assert_false(tread_serve__is_watched(s));
    client_open(&a, port, "/pictures", "1.1", 0);
    client_open(&b, port, "/pictures", "1.1", 0);
    assert_true(tread_serve__is_watched(s));
    /* Nothing is published: leaving alone has to be noticed. */
    client_close(&a);
    assert_int_equal(client_get(port, "GET /", "")->status, 200);
    assert_true(tread_serve__is_watched(s));
    client_close(&b);
    assert_true(client_wait_watched(s, false));
    /* One that leaves while a picture is under way to it. */
    client_open(&a, port, "/pictures", "1.1", 4096);
    assert_true(tread_serve__is_watched(s));
    publish_picture(s, 1);
    publish_picture(s, 2);
    client_close(&a);
    assert_true(client_wait_watched(s, false));
    client_close(&events);
    tread_serve__stop(&s, 1000);
}

/* ---- time ----------------------------------------------------------------- */

static tread_server *start_limited(const serve_limits *limits, int *port)
{
    tread_server *s;
    tread_error err = {0};
    if (tread_serve__start_limited(&s, &(tread_server_opts){.port = 0}, limits, &err) != TREAD_OK)
        fail_msg("no server: %s", err.text);
    *port = tread_serve__port(s);
    return s;
}

static void heartbeats_and_timeouts(void **state)
{
    (void)state;
    int port;
    tread_server *s = start_limited(
        &(serve_limits){
            .n_ring = 4, .heartbeat_ms = 50, .request_timeout_s = 1, .stuck_timeout_s = 60},
        &port);
    client_stream events;
    client_open(&events, port, "/events", "1.1", 0);
    int silent = client_connect(port, 0);
    int slow = client_connect(port, 0);
    client_send(slow, "GET / HT", 8);

    double start_s = client_now_s();
    for (int i = 0; i < 5; i++)
        assert_true(client_read_comment(&events));
    require_between(client_now_s() - start_s, 0.15, 2.0);

    /* Who asks nothing is shown the door; the stream stays. */
    char answer[4096];
    assert_int_equal(recv(silent, answer, sizeof answer, 0), 0);
    while (recv(slow, answer, sizeof answer, 0) > 0)
        ;
    require_between(client_now_s() - start_s, 0.5, 5.0);
    tread_serve__publish(s, "hello", true, "{}");
    expect_event(&events, "hello", 1, "{}");
    close(silent);
    close(slow);
    client_close(&events);
    tread_serve__stop(&s, 1000);
}

static void who_takes_nothing_has_left(void **state)
{
    (void)state;
    int port;
    tread_server *s = start_limited(
        &(serve_limits){
            .n_ring = 4, .heartbeat_ms = 10000, .request_timeout_s = 60, .stuck_timeout_s = 1},
        &port);
    client_stream stuck;
    client_open(&stuck, port, "/pictures", "1.1", 4096);
    publish_picture(s, 1);
    assert_true(tread_serve__is_watched(s));
    assert_true(client_wait_watched(s, false));
    client_close(&stuck);
    tread_serve__stop(&s, 0);
}

/* ---- the end -------------------------------------------------------------- */

static void end_goes_out(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    client_stream c, pictures, lazy;
    client_open(&c, port, "/events", "1.1", 0);
    client_open(&pictures, port, "/pictures", "1.1", 0);
    publish_picture(s, 1);
    for (int n = 1; n <= 100; n++)
        publish_numbered(s, n);
    tread_serve__publish(s, "end", true, "{\"reason\":\"stopped\"}");
    double start_s = client_now_s();
    pthread_t thread;
    reader r = {.stream = c, .until_id = 102};
    assert_int_equal(pthread_create(&thread, NULL, read_all, &r), 0);
    client_open(&lazy, port, "/events", "1.1", 0);
    tread_serve__stop(&s, 5000);
    /* All could be sent at once, so there was nothing to wait for. */
    require_between(client_now_s() - start_s, 0.0, 2.0);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&r.id), 101);
    assert_false(atomic_load(&r.has_missed));
    assert_true(r.stream.has_ended);
    assert_false(r.stream.has_failed);
    assert_int_equal(read_picture(&pictures), 1);
    char byte;
    assert_false(client_read(&pictures, &byte, 1));
    assert_true(pictures.has_ended);
    client_event e = {.id = 0};
    while (strcmp(e.type, "end") != 0)
        assert_true(client_read_event(&lazy, &e));
    assert_false(client_read_event(&lazy, &e));
    assert_true(lazy.has_ended);
    client_close(&c);
    client_close(&pictures);
    client_close(&lazy);
}

static void stop_waits_for_nobody_who_is_stuck(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    client_stream c[4];
    for (int i = 0; i < 4; i++)
        client_open(&c[i], port, i % 2 ? "/events" : "/pictures", "1.1", 4096);
    int silent = client_connect(port, 0);
    int half = client_connect(port, 0);
    client_send(half, "POST /command HTTP/1.1\r\n", 24);
    for (int n = 1; n <= N_MANY; n++)
        publish_numbered(s, n);
    for (int n = 1; n <= 10; n++)
        publish_picture(s, n);
    double start_s = client_now_s();
    tread_serve__stop(&s, 300);
    require_between(client_now_s() - start_s, 0.25, 1.5);
    for (int i = 0; i < 4; i++)
        client_close(&c[i]);
    close(silent);
    close(half);
}

static void stop_at_once_closes_idle_streams(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(&port);
    client_stream c[2];
    client_open(&c[0], port, "/events", "1.1", 0);
    client_open(&c[1], port, "/pictures", "1.1", 0);
    tread_serve__publish(s, "hello", true, "{}");
    expect_event(&c[0], "hello", 1, "{}");
    tread_serve__stop(&s, 0);
    for (int i = 0; i < 2; i++) {
        char byte;
        assert_false(client_read(&c[i], &byte, 1));
        assert_false(c[i].has_failed);
        client_close(&c[i]);
    }
}

/* ---- many threads --------------------------------------------------------- */

static void *publish_some(void *arg)
{
    tread_server *s = arg;
    static const uint8_t jpeg[1000];
    for (int n = 0; n < 1000; n++) {
        tread_serve__publish(s, n % 2 ? "frame" : "status", n % 2 == 0, "{}");
        if (tread_serve__is_watched(s))
            tread_serve__picture(s, "{}", jpeg, sizeof jpeg);
    }
    return NULL;
}

static void many_publish_while_clients_come_and_go(void **state)
{
    (void)state;
    enum { N = 3 };
    int port;
    tread_server *s = start(&port);
    pthread_t thread[N];
    for (int i = 0; i < N; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, publish_some, s), 0);
    for (int i = 0; i < 30; i++) {
        client_stream c;
        client_event e;
        client_open(&c, port, i % 3 ? "/events" : "/pictures", "1.1", 0);
        if (i % 3 == 1)
            assert_true(client_read_event(&c, &e));
        client_close(&c);
    }
    for (int i = 0; i < N; i++)
        pthread_join(thread[i], NULL);
    client_stream c;
    client_event e;
    client_open(&c, port, "/events", "1.1", 0);
    assert_true(client_read_event(&c, &e)); /* the newest status; no other type is retained */
    assert_true(e.id > 0 && e.id <= 1000 * N);
    tread_serve__publish(s, "step", false, "{}");
    expect_event(&c, "step", 1000 * N + 1, "{}");
    client_close(&c);
    tread_serve__stop(&s, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retained_first),
        cmocka_unit_test(a_client_that_does_not_read),
        cmocka_unit_test(publishing_never_waits),
        cmocka_unit_test(twenty_clients),
        cmocka_unit_test(only_the_newest_picture),
        cmocka_unit_test(watched),
        cmocka_unit_test(heartbeats_and_timeouts),
        cmocka_unit_test(who_takes_nothing_has_left),
        cmocka_unit_test(end_goes_out),
        cmocka_unit_test(stop_waits_for_nobody_who_is_stuck),
        cmocka_unit_test(stop_at_once_closes_idle_streams),
        cmocka_unit_test(many_publish_while_clients_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

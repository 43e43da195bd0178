/* One request at a time: who is let in, what is answered, what is refused. */
#include "serve/client.h"

#include <string.h>
#include <unistd.h>

static const char json_type[] = "Content-Type: application/json\r\n";

/* ---- a server that notes its commands ------------------------------------- */

static struct {
    char body[8192];
    size_t size;
    int n_commands;
    bool has_session;
} seen;

static bool take_command(void *user, const char *json, size_t size, char *why, size_t why_size)
{
    assert_ptr_equal(user, &seen);
    seen.n_commands++;
    memcpy(seen.body, json, size);
    seen.size = size;
    if (size > 0 && json[0] == '{')
        return true;
    snprintf(why, why_size, "not \"JSON\"\n\\");
    return false;
}

static char *give_document(void *user, enum tread_serve_document which)
{
    assert_ptr_equal(user, &seen);
    return !seen.has_session                ? NULL
           : which == TREAD_DOCUMENT_REPORT ? strdup("<!doctype html><title>r</title>")
                                            : strdup("{\"steps\":[]}");
}

static tread_server *start(const char *address, const char *token, int *port)
{
    memset(&seen, 0, sizeof seen);
    tread_server *s = client_start_server(&(tread_server_opts){
        .address = address,
        .token = token,
        .on_command = take_command,
        .on_document = give_document,
        .user = &seen,
    });
    *port = tread_serve__port(s);
    return s;
}

static void expect(int port, const char *method_and_path, const char *headers, int status)
{
    const client_answer *a = client_get(port, method_and_path, headers);
    if (a->status != status)
        fail_msg("%s with \"%s\": %d, expected %d: %s", method_and_path, headers, a->status, status,
                 a->text);
}

static void expect_raw(int port, const char *request, int status)
{
    const client_answer *a = client_ask(port, request);
    if (a->status != status)
        fail_msg("\"%.200s\": %d, expected %d: %s", request, a->status, status, a->text);
}

static void expect_header(const client_answer *a, const char *name, const char *value)
{
    if (strcmp(client_header(a, name), value) != 0)
        fail_msg("%s is \"%s\", expected \"%s\"", name, client_header(a, name), value);
}

/* ---- pages ---------------------------------------------------------------- */

static void expect_safe(const client_answer *a)
{
    expect_header(a, "X-Content-Type-Options", "nosniff");
    expect_header(a, "Referrer-Policy", "no-referrer");
    expect_header(a, "Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: "
                  "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'none'");
}

static void pages(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    const client_answer *a = client_get(port, "GET /", "");
    assert_int_equal(a->status, 200);
    assert_non_null(strstr(a->body, "<title>"));
    expect_safe(a);
    expect_header(a, "Content-Type", "text/html; charset=utf-8");
    expect_header(a, "Cache-Control", "no-cache");
    char known[256];
    snprintf(known, sizeof known, "If-None-Match: %s\r\n", client_header(a, "ETag"));
    a = client_get(port, "GET /", known);
    assert_int_equal(a->status, 304);
    assert_string_equal(a->body, "");
    expect(port, "GET /", "If-None-Match: \"other\"\r\n", 200);
    expect(port, "GET /index.html", "", 200);
    expect(port, "GET /index.html?x=1", "", 200);
    a = client_get(port, "HEAD /", "");
    assert_int_equal(a->status, 200);
    assert_string_equal(a->body, "");
    tread_serve__stop(&s, 0);
    assert_null(s);
    tread_serve__stop(&s, 0);
}

static void nothing_else_is_served(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/../serve.h",   "/%2e%2e/serve.h", "/..%2fserve.h", "/%2e%2e/",    "//",
        "/./index.html", "/etc/passwd",     "/assets/",      "/Index.html", "/index.html/",
        "/serve.h",      "/events/",        "/session",
    };
    int port;
    tread_server *s = start(NULL, NULL, &port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "GET %s", paths[i]);
        expect(port, line, "", 404);
    }
    expect_safe(client_get(port, "GET /nothing", ""));
    tread_serve__stop(&s, 0);
}

static void session(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    expect(port, "GET /session.json", "", 404);
    seen.has_session = true;
    const client_answer *a = client_get(port, "GET /session.json", "");
    assert_int_equal(a->status, 200);
    assert_string_equal(a->body, "{\"steps\":[]}");
    expect_header(a, "Content-Type", "application/json");
    expect_header(a, "Cache-Control", "no-store");
    expect_safe(a);
    tread_serve__stop(&s, 0);
}

/* ---- commands ------------------------------------------------------------- */

/* A POST of `size` bytes of `body`, and what comes back. */
static const client_answer *post(int port, const char *headers, const char *body, size_t size)
{
    static char request[16384];
    int n = snprintf(request, sizeof request,
                     "POST /command HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n"
                     "Content-Length: %zu\r\n%s\r\n",
                     port, size, headers);
    snprintf(request + n, sizeof request - (size_t)n, "%.*s", (int)size, body);
    return client_ask(port, request);
}

static void commands(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    static const char json[] = "{\"speed_kmh\":11.5}";
    assert_int_equal(post(port, json_type, json, strlen(json))->status, 204);
    assert_int_equal(seen.size, strlen(json));
    assert_memory_equal(seen.body, json, strlen(json));
    const client_answer *a =
        post(port, "Content-Type: APPLICATION/json; charset=utf-8\r\n", "[]", 2);
    assert_int_equal(a->status, 400);
    assert_string_equal(a->body, "{\"error\":\"not \\\"JSON\\\"\\u000a\\\\\"}\n");
    assert_int_equal(post(port, json_type, "", 0)->status, 400);
    assert_int_equal(seen.size, 0);
    char longest[4098] = "{";
    memset(longest + 1, ' ', sizeof longest - 2);
    longest[4097] = '\0';
    assert_int_equal(post(port, json_type, longest, 4096)->status, 204);
    assert_int_equal(seen.size, 4096);

    int n = seen.n_commands;
    assert_int_equal(post(port, json_type, longest, 4097)->status, 413);
    assert_int_equal(post(port, "", json, strlen(json))->status, 415);
    assert_int_equal(post(port, "Content-Type: text/plain\r\n", json, strlen(json))->status, 415);
    assert_int_equal(post(port, "Content-Type: application/jsonp\r\n", json, strlen(json))->status,
                     415);
    assert_int_equal(seen.n_commands, n);
    tread_serve__stop(&s, 0);
}

static void wrong_ways(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    expect_header(client_get(port, "GET /command", ""), "Allow", "POST");
    expect_header(client_get(port, "DELETE /", ""), "Allow", "GET, HEAD");
    expect(port, "GET /command", "", 405);
    expect(port, "DELETE /", "", 405);
    expect(port, "POST /events", "Content-Length: 0\r\n", 405);
    expect(port, "OPTIONS /command", "", 405);
    /* Not a byte of the body is sent, and the answer is there all the same. */
    expect(port, "POST /command", "Content-Type: application/json\r\nContent-Length: 999999\r\n",
           413);
    expect(port, "GET /", "Content-Length: 99999999999\r\n", 413);
    expect(port, "POST /command",
           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", 411);
    assert_int_equal(seen.n_commands, 0);
    tread_serve__stop(&s, 0);
}

/* ---- strangers ------------------------------------------------------------ */

static void other_sites(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    expect_raw(port, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403);
    expect_raw(port, "GET /events HTTP/1.1\r\nHost: 192.168.1.9\r\nConnection: close\r\n\r\n", 403);
    expect_raw(port, "GET / HTTP/1.0\r\n\r\n", 403);
    expect_raw(port, "GET / HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", 200);
    expect_raw(port, "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", 200);

    static const char json[] = "{\"stop\":true}";
    char headers[256];
    snprintf(headers, sizeof headers, "%sOrigin: http://evil.example\r\n", json_type);
    assert_int_equal(post(port, headers, json, strlen(json))->status, 403);
    snprintf(headers, sizeof headers, "%sOrigin: null\r\n", json_type);
    assert_int_equal(post(port, headers, json, strlen(json))->status, 403);
    assert_int_equal(seen.n_commands, 0);
    snprintf(headers, sizeof headers, "%sOrigin: http://localhost:%d\r\n", json_type, port);
    assert_int_equal(post(port, headers, json, strlen(json))->status, 204);
    assert_int_equal(seen.n_commands, 1);
    tread_serve__stop(&s, 0);
}

static void token(void **state)
{
    (void)state;
    int port;
    tread_server *s = start("0.0.0.0", "secret-42", &port);
    expect(port, "GET /", "", 401);
    expect(port, "GET /?token=secret-43", "", 401);
    expect(port, "GET /?token=", "", 401);
    expect(port, "GET /?token", "", 401);
    expect(port, "GET /nothing", "", 401);
    expect(port, "GET /events", "Cookie: tread_token=secret-4\r\n", 401);
    expect(port, "GET /events", "Authorization: Basic secret-42\r\n", 401);
    expect(port, "GET /session.json", "Authorization: Bearer secret-42\r\n", 404);
    expect(port, "GET /session.json?token=secret-42", "", 404);
    assert_int_equal(post(port, json_type, "{}", 2)->status, 401);
    assert_int_equal(seen.n_commands, 0);

    const client_answer *a = client_get(port, "GET /report?token=secret-42", "");
    assert_int_equal(a->status, 303);
    expect_header(a, "Location", "/report");
    expect_header(a, "Set-Cookie", "tread_token=secret-42; HttpOnly; SameSite=Lax; Path=/");
    expect_header(a, "Cache-Control", "no-store");
    expect_safe(a);
    seen.has_session = true;
    a = client_get(port, "GET /report", "Cookie: other=1; tread_token=secret-42\r\n");
    assert_int_equal(a->status, 200);
    assert_null(strstr(a->text, "secret-42"));

    expect_raw(port,
               "GET / HTTP/1.1\r\nHost: 192.168.1.9:8090\r\nConnection: close\r\n"
               "Authorization: Bearer secret-42\r\n\r\n",
               200);
    expect_raw(port,
               "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n"
               "Authorization: Bearer secret-42\r\n\r\n",
               403);
    tread_serve__stop(&s, 0);
}

/* ---- rubbish -------------------------------------------------------------- */

enum { RUBBISH_SIZE = 1 << 20 };

static void send_rubbish(int port, const char *start, const char *bytes)
{
    int fd = client_connect(port, 0);
    client_send(fd, start, strlen(start));
    client_send(fd, bytes, RUBBISH_SIZE);
    close(fd);
    expect(port, "GET /", "", 200);
}

static void rubbish(void **state)
{
    (void)state;
    int port;
    tread_server *s = start(NULL, NULL, &port);
    char *bytes = malloc(RUBBISH_SIZE);
    memset(bytes, 'A', RUBBISH_SIZE);
    send_rubbish(port, "", bytes);
    send_rubbish(port, "GET /", bytes);
    send_rubbish(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", bytes);
    for (size_t i = 0; i + 6 <= RUBBISH_SIZE; i += 6)
        memcpy(bytes + i, "A: b\r\n", 6);
    send_rubbish(port, "GET / HTTP/1.1\r\nHost: localhost\r\n", bytes);
    support_random r = support_seeded(support_seed("test_serve_requests", 7));
    for (size_t i = 0; i < RUBBISH_SIZE; i++)
        bytes[i] = (char)(256 * support_uniform(&r));
    send_rubbish(port, "", bytes);
    send_rubbish(port, "GET / HTTP/1.1\r\nHost: localhost\r\n", bytes);
    send_rubbish(port,
                 "POST /command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: 1048576\r\n\r\n",
                 bytes);
    free(bytes);
    assert_int_equal(seen.n_commands, 0);
    tread_serve__stop(&s, 0);
}

/* ---- starting ------------------------------------------------------------- */

static void expect_no_start(const tread_server_opts *opts, int status, const char *text)
{
    tread_server *s = (tread_server *)&seen;
    tread_error err = {0};
    assert_int_equal(tread_serve__start(&s, opts, &err), status);
    assert_null(s);
    if (!strstr(err.text, text))
        fail_msg("\"%s\", expected \"%s\"", err.text, text);
}

static void wrong_addresses(void **state)
{
    (void)state;
    expect_no_start(&(tread_server_opts){.address = "0.0.0.0"}, TREAD_ERR_ARG, "token is needed");
    expect_no_start(&(tread_server_opts){.address = "::"}, TREAD_ERR_ARG, "token is needed");
    expect_no_start(&(tread_server_opts){.address = "localhost"}, TREAD_ERR_ARG, "not a numeric");
    expect_no_start(&(tread_server_opts){.port = 65536}, TREAD_ERR_ARG, "0 to 65535");
    expect_no_start(&(tread_server_opts){.token = "a;b"}, TREAD_ERR_ARG, "letters");
    expect_no_start(&(tread_server_opts){.token = ""}, TREAD_ERR_ARG, "letters");
    /* 192.0.2.0/24 is nobody's (RFC 5737). */
    expect_no_start(&(tread_server_opts){.address = "192.0.2.1", .token = "t"}, TREAD_ERR_OUTPUT,
                    "not an address of this machine");
}

static void port_in_use(void **state)
{
    (void)state;
    int port, taken, free_port, again;
    tread_server *s = start(NULL, NULL, &port);
    tread_server *other;
    tread_error err = {0};
    assert_int_equal(tread_serve__start(&other, &(tread_server_opts){.port = port}, &err),
                     TREAD_ERR_OUTPUT);
    assert_int_equal(sscanf(err.text, "port %d is in use; %d is free: --port %d, or --port 0",
                            &taken, &free_port, &again),
                     3);
    assert_int_equal(taken, port);
    assert_int_equal(free_port, again);
    assert_int_equal(tread_serve__start(&other, &(tread_server_opts){.port = free_port}, &err),
                     TREAD_OK);
    tread_serve__stop(&other, 0);
    /* A port is free again as soon as its server has stopped, connections or not. */
    expect(port, "GET /", "", 200);
    tread_serve__stop(&s, 0);
    assert_int_equal(tread_serve__start(&s, &(tread_server_opts){.port = port}, &err), TREAD_OK);
    expect(port, "GET /", "", 200);
    tread_serve__stop(&s, 0);
}

static void every_address(void **state)
{
    (void)state;
    tread_server *s;
    tread_error err = {0};
    if (tread_serve__start(&s, &(tread_server_opts){.address = "::", .token = "t"}, &err) !=
        TREAD_OK) {
        print_message("no IPv6 here: %s\n", err.text);
        skip();
    }
    expect(tread_serve__port(s), "GET /", "Authorization: Bearer t\r\n", 200);
    tread_serve__stop(&s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),           cmocka_unit_test(nothing_else_is_served),
        cmocka_unit_test(session),         cmocka_unit_test(commands),
        cmocka_unit_test(wrong_ways),      cmocka_unit_test(other_sites),
        cmocka_unit_test(token),           cmocka_unit_test(rubbish),
        cmocka_unit_test(wrong_addresses), cmocka_unit_test(port_in_use),
        cmocka_unit_test(every_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

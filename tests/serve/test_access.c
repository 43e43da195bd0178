#include "support.h"

#include <string.h>

#include "serve/access.h"

static void hosts(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool on_loopback, on_network;
    } cases[] = {
        {"localhost", true, true},
        {"LocalHost:8090", true, true},
        {"127.0.0.1:8090", true, true},
        {"127.9.8.7", true, true},
        {"[::1]", true, true},
        {"[::1]:8090", true, true},
        {"192.168.1.20:8090", false, true},
        {"[fe80::1]:8090", false, true},
        {"treadmill:8090", false, true},
        {"Treadmill.local", false, true},
        {NULL, false, false},
        {"", false, false},
        {":8090", false, false},
        {"evil.example", false, false},
        {"localhost.evil.example", false, false},
        {"127.0.0.1.evil.example", false, false},
        {"127.0.0.1:80a", false, false},
        {"127.0.0.1:", false, false},
        {"127.0.0.1:123456", false, false},
        {"127.1", false, false},
        {"[::1", false, false},
        {"[::1]x", false, false},
        {"[evil.example]", false, false},
        {"::1", false, false},
        {"evil@localhost", false, false},
        {"treadmill.local.evil.example", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (tread_serve__is_host(cases[i].host, true, "treadmill") != cases[i].on_loopback)
            fail_msg("on loopback: %s", cases[i].host);
        if (tread_serve__is_host(cases[i].host, false, "treadmill") != cases[i].on_network)
            fail_msg("on a network: %s", cases[i].host);
    }
    char longest[1000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(tread_serve__is_host(longest, false, "treadmill"));
    assert_false(tread_serve__is_host(".local", false, ""));
}

static void origins(void **state)
{
    (void)state;
    assert_true(tread_serve__is_origin("http://localhost:8090", "localhost:8090"));
    assert_true(tread_serve__is_origin("HTTP://LOCALHOST:8090", "localhost:8090"));
    assert_false(tread_serve__is_origin("http://localhost:8091", "localhost:8090"));
    assert_false(tread_serve__is_origin("https://localhost:8090", "localhost:8090"));
    assert_false(tread_serve__is_origin("http://localhost:8090.evil.example", "localhost:8090"));
    assert_false(tread_serve__is_origin("null", "localhost:8090"));
    assert_false(tread_serve__is_origin("", "localhost:8090"));
}

static void tokens(void **state)
{
    (void)state;
    assert_true(tread_serve__is_token("abc123", "abc123"));
    assert_false(tread_serve__is_token("abc124", "abc123"));
    assert_false(tread_serve__is_token("bbc123", "abc123"));
    assert_false(tread_serve__is_token("abc12", "abc123"));
    assert_false(tread_serve__is_token("abc1234", "abc123"));
    assert_false(tread_serve__is_token("", "abc123"));
    assert_false(tread_serve__is_token(NULL, "abc123"));
    assert_string_equal(tread_serve__bearer("Bearer abc"), "abc");
    assert_null(tread_serve__bearer("Basic abc"));
    assert_null(tread_serve__bearer(NULL));
    assert_true(tread_serve__is_plain_token("aZ09-_"));
    assert_false(tread_serve__is_plain_token(""));
    assert_false(tread_serve__is_plain_token("a;b"));
    assert_false(tread_serve__is_plain_token("a b"));
}

static void loopback(void **state)
{
    (void)state;
    assert_true(tread_serve__is_loopback("127.0.0.1"));
    assert_true(tread_serve__is_loopback("127.255.0.3"));
    assert_true(tread_serve__is_loopback("::1"));
    assert_false(tread_serve__is_loopback("0.0.0.0"));
    assert_false(tread_serve__is_loopback("::"));
    assert_false(tread_serve__is_loopback("128.0.0.1"));
    assert_false(tread_serve__is_loopback("localhost"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),
        cmocka_unit_test(origins),
        cmocka_unit_test(tokens),
        cmocka_unit_test(loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What goes from "analyze" to "output": in order, never waiting, dropped oldest first; and the
 * percentiles of how long it took. */
#include "support.h"

#include <string.h>

#include "base/clock.h"
#include "session/live_parts.h"
#include "session/outbox.h"

static char *copy(const char *s)
{
    char *text = malloc(strlen(s) + 1);
    assert_non_null(text);
    return strcpy(text, s);
}

static void keeps_the_newest(void **state)
{
    (void)state;
    tread_outbox *o;
    session_item item;
    char text[32];
    assert_int_equal(session_outbox_create(&o), TREAD_OK);
    session_outbox_record(o, "step", false, NULL); /* memory ran out: nothing to say */
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "%d", i);
        session_outbox_record(o, "step", false, copy(text));
    }
    int first = -1, n = 0;
    session_outbox_finish(o);
    while (session_outbox_take(o, 0, &item) == TREAD_OK) {
        int i = atoi(item.json);
        if (first < 0)
            first = i;
        assert_int_equal(i, first + n);
        n++;
        free(item.json);
    }
    assert_int_equal(first + n, 5000);
    assert_int_equal(session_outbox_n_dropped(o), 5000 - n);
    session_outbox_destroy(&o);
    assert_null(o);
}

static void does_not_wait_for_ever(void **state)
{
    (void)state;
    tread_outbox *o;
    session_item item;
    assert_int_equal(session_outbox_create(&o), TREAD_OK);
    int64_t from_ns = tread_clock__now_ns();
    assert_int_equal(session_outbox_take(o, from_ns + 20000000, &item), TREAD_AGAIN);
    assert_true(tread_clock__now_ns() - from_ns >= 20000000);
    session_outbox_record(o, "step", true, copy("{}"));
    assert_int_equal(session_outbox_take(o, 0, &item), TREAD_OK);
    assert_true(item.is_retained);
    free(item.json);
    session_outbox_record(o, "step", true, copy("left in it"));
    session_outbox_destroy(&o);
}

static void counts_percentiles(void **state)
{
    (void)state;
    static live_latency l;
    require_nan(session_latency_quantile(&l, 0.5));
    for (int i = 1; i <= 100; i++)
        session_latency_add(&l, i);
    require_near(session_latency_quantile(&l, 0.5), 50, 0.1);
    require_near(session_latency_quantile(&l, 0.95), 95, 0.1);
    session_latency_add(&l, 1e9);
    session_latency_add(&l, -1);
    require_near(session_latency_quantile(&l, 1), 2000, 0.1);
    require_near(session_latency_quantile(&l, 0), 0, 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_newest),
        cmocka_unit_test(does_not_wait_for_ever),
        cmocka_unit_test(counts_percentiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every allocation fails in turn: a status comes back, nothing crashes or leaks. */
#include "support.h"

#include "analyzer/allocations.h"
#include "gait/runner.h"

#include <treadscope/analyzer.h>

/* Past the first doublings of every array. */
#define N_FRAMES 1400

static tread_landmarks clip[N_FRAMES];

static void require_told(int status)
{
    if (status != TREAD_OK)
        assert_int_equal(status, TREAD_ERR_NOMEM);
}

/* The calls of a session, each result allowed to be "no memory". */
static void session(enum tread_analyzer_mode mode, int n_frames)
{
    tread_analyzer_opts opts = {.mode = mode};
    tread_analyzer *a = NULL;
    int status = tread_analyzer_create(&a, &opts);
    require_told(status);
    if (status != TREAD_OK) {
        assert_null(a);
        return;
    }
    tread_frame_result frame;
    tread_step step;
    for (int i = 0; i < n_frames; i++) {
        require_told(tread_analyzer_push(a, &clip[i]));
        while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
            continue;
    }
    require_told(tread_analyzer_finish(a));
    while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
        continue;
    while (tread_analyzer_next_step(a, &step) == TREAD_OK)
        continue;
    tread_measure m;
    require_told(tread_analyzer_measure(a, TREAD_MEASURE_CADENCE, TREAD_BOTH, &m));
    tread_overview o;
    tread_analyzer_overview(a, &o);
    tread_analyzer_destroy(&a);
}

static void fail_each(enum tread_analyzer_mode mode, int n_frames)
{
    size_t before = allocations_held();
    int n = 0;
    do {
        allocations_refuse(++n);
        session(mode, n_frames);
        assert_int_equal(allocations_held(), before);
    } while (allocations_has_refused());
    allocations_refuse(0);
    print_message("%d allocations\n", n - 1);
    assert_true(n > 6);
}

static void test_recorded(void **state)
{
    (void)state;
    fail_each(TREAD_RECORDED, N_FRAMES);
}

static void test_live(void **state)
{
    (void)state;
    fail_each(TREAD_LIVE, 150);
}

/* A finish that failed can be asked again, and then gives what it would have given. */
static void test_finish_can_be_repeated(void **state)
{
    (void)state;
    tread_overview expected, o;
    for (int n = 0;; n++) {
        tread_analyzer *a = NULL;
        assert_int_equal(tread_analyzer_create(&a, NULL), TREAD_OK);
        for (int i = 0; i < N_FRAMES; i++)
            assert_int_equal(tread_analyzer_push(a, &clip[i]), TREAD_OK);
        allocations_refuse(n);
        int status = tread_analyzer_finish(a);
        bool has_refused = allocations_has_refused();
        allocations_refuse(0);
        assert_int_equal(status, has_refused ? TREAD_ERR_NOMEM : TREAD_OK);
        assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
        tread_analyzer_overview(a, n ? &o : &expected);
        if (n) {
            assert_int_equal(o.n_steps, expected.n_steps);
            assert_int_equal(o.n_steps_valid, expected.n_steps_valid);
        }
        tread_frame_result frame;
        for (int i = 0; i < N_FRAMES; i++)
            assert_int_equal(tread_analyzer_next_frame(a, &frame), TREAD_OK);
        assert_int_equal(tread_analyzer_next_frame(a, &frame), TREAD_EOF);
        tread_step step;
        for (int64_t i = 0; i < expected.n_steps; i++) {
            assert_int_equal(tread_analyzer_next_step(a, &step), TREAD_OK);
            assert_int_equal(step.step, i);
        }
        assert_int_equal(tread_analyzer_next_step(a, &step), TREAD_EOF);
        tread_analyzer_destroy(&a);
        if (n && !has_refused)
            break;
    }
}

int main(void)
{
    for (int i = 0; i < N_FRAMES; i++)
        runner_landmarks(&runner_usual, i / 30.0, 0, NULL, &clip[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_finish_can_be_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

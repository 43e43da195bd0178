/* Live: everything once, in order, soon, and in a room that does not grow. */
#include "support.h"

#include "analyzer/allocations.h"
#include "gait/runner.h"

#include <treadscope/analyzer.h>

#define MAX_STEPS 256

static uint64_t seed;

/* Times are sums of 1 / fps: a frame due exactly now may come one rounding later. */
#define TIME_ROUNDING_S 1e-9

static tread_analyzer *created(enum tread_analyzer_mode mode)
{
    tread_analyzer_opts opts = {.mode = mode};
    tread_analyzer *a = NULL;
    assert_int_equal(tread_analyzer_create(&a, &opts), TREAD_OK);
    return a;
}

static void test_every_frame_once_in_order_in_time(void **state)
{
    (void)state;
    static const double rates[] = {30, 60, 120};
    for (size_t k = 0; k < 3; k++) {
        tread_analyzer *a = created(TREAD_LIVE);
        tread_landmarks lm;
        tread_frame_result frame;
        int n = (int)(3 * rates[k]);
        int64_t expected = 0;
        for (int i = 0; i < n; i++) {
            double now = i / rates[k];
            runner_landmarks(&runner_usual, now, 0, NULL, &lm);
            lm.frame = i;
            assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
            int status;
            while ((status = tread_analyzer_next_frame(a, &frame)) == TREAD_OK) {
                assert_int_equal(frame.frame, expected);
                expected++;
            }
            assert_int_equal(status, TREAD_AGAIN);
            /* the next one is not overdue */
            require_between((double)expected / rates[k], now - TREAD_LIVE_LAG_S - TIME_ROUNDING_S,
                            INFINITY);
        }
        assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
        for (; tread_analyzer_next_frame(a, &frame) == TREAD_OK; expected++)
            assert_int_equal(frame.frame, expected);
        assert_int_equal(expected, n);
        tread_analyzer_destroy(&a);
    }
}

static int run(enum tread_analyzer_mode mode, double fps, double noise_px, tread_step *steps,
               double *cadence)
{
    support_random r = support_seeded(seed);
    tread_analyzer *a = created(mode);
    tread_landmarks lm;
    tread_frame_result frame;
    int n = 0;
    for (int i = 0; i < (int)(8 * fps); i++) {
        runner_landmarks(&runner_usual, i / fps, noise_px, &r, &lm);
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
        while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
            continue;
        while (n < MAX_STEPS && tread_analyzer_next_step(a, &steps[n]) == TREAD_OK)
            n++;
    }
    assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
    while (n < MAX_STEPS && tread_analyzer_next_step(a, &steps[n]) == TREAD_OK)
        n++;
    tread_measure m;
    assert_int_equal(tread_analyzer_measure(a, TREAD_MEASURE_CADENCE, TREAD_BOTH, &m), TREAD_OK);
    *cadence = m.value;
    tread_analyzer_destroy(&a);
    return n;
}

/* Live judges a step with 0.1 to 0.5 s of future and three seconds of past, recorded
 * with everything: the fit near the end of the data is a little less stiff. */
#define AGREE_CONTACT_MS 6.0
#define AGREE_TOE_OFF_MS 12.0
/* Steps before the first second are in the recording only. */
#define LIVE_STARTS_S 1.5

static void test_live_and_recorded_agree(void **state)
{
    (void)state;
    static const double rates[] = {30, 60};
    for (size_t k = 0; k < 2; k++) {
        static tread_step live[MAX_STEPS], recorded[MAX_STEPS];
        double live_cadence, recorded_cadence;
        int n_live = run(TREAD_LIVE, rates[k], 1, live, &live_cadence);
        int n_recorded = run(TREAD_RECORDED, rates[k], 1, recorded, &recorded_cadence);
        double worst_ic = 0, worst_to = 0;
        for (int i = 0; i < n_live; i++)
            assert_int_equal(live[i].step, i);
        for (int i = 0; i < n_recorded; i++) {
            const tread_step *step = NULL;
            for (int j = 0; j < n_live; j++)
                if (live[j].side == recorded[i].side &&
                    fabs(live[j].initial_contact_s - recorded[i].initial_contact_s) < 0.1) {
                    assert_null(step); /* once each */
                    step = &live[j];
                }
            if (recorded[i].initial_contact_s < LIVE_STARTS_S || !recorded[i].is_valid)
                continue;
            assert_non_null(step);
            worst_ic = fmax(worst_ic,
                            1000 * fabs(step->initial_contact_s - recorded[i].initial_contact_s));
            worst_to = fmax(worst_to, 1000 * fabs(step->toe_off_s - recorded[i].toe_off_s));
        }
        print_message("%g fps: contacts agree within %.2f ms, toe-offs within %.2f ms\n", rates[k],
                      worst_ic, worst_to);
        require_between(worst_ic, 0, AGREE_CONTACT_MS);
        require_between(worst_to, 0, AGREE_TOE_OFF_MS);
        require_near(live_cadence, recorded_cadence, 0.3);
        require_near(live_cadence, 160, 0.5);
    }
}

/* Room for some seconds of frames is fixed; the history of steps fills up to 2048 of them,
 * which these 800 s have, some 500 bytes each. From then on nothing grows. Keeping every frame
 * would add 550 bytes each, every step 500. */
#define FRAMES_BEFORE 20000
#define FRAMES_AFTER 5000
#define MAY_GROW_BYTES 4096
#define MAY_HOLD_BYTES (4 * 1024 * 1024)

static void test_memory_does_not_grow(void **state)
{
    (void)state;
    tread_analyzer *a = created(TREAD_LIVE);
    tread_landmarks lm;
    tread_frame_result frame;
    tread_step step;
    tread_event event;
    size_t before = 0;
    int64_t n_drained = 0;
    for (int i = 0; i < FRAMES_BEFORE + FRAMES_AFTER; i++) {
        runner_landmarks(&runner_usual, i / 25.0, 0, NULL, &lm);
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
        while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
            continue;
        while (tread_analyzer_next_step(a, &step) == TREAD_OK)
            assert_int_equal(step.step, n_drained++);
        while (i % 2 && tread_analyzer_next_event(a, &event) == TREAD_OK)
            continue;
        if (i == FRAMES_BEFORE)
            before = allocations_held();
    }
    size_t after = allocations_held();
    print_message("%zu bytes after %d frames, %zu after %d\n", before, FRAMES_BEFORE, after,
                  FRAMES_BEFORE + FRAMES_AFTER);
    assert_true(before > 0);
    require_between((double)after, 0, (double)before + MAY_GROW_BYTES);
    require_between((double)after, 0, MAY_HOLD_BYTES);
    assert_true(n_drained > 2500);
    tread_analyzer_destroy(&a);
}

/* The runner steps off for a while; nothing is made up, and steps come back. */
static void test_pause(void **state)
{
    (void)state;
    tread_analyzer *a = created(TREAD_LIVE);
    tread_landmarks lm;
    tread_frame_result frame;
    tread_step step;
    int n_before = 0, n_after = 0;
    for (int i = 0; i < 750; i++) {
        double now = i / 30.0;
        runner_landmarks(&runner_usual, now, 0, NULL, &lm);
        bool is_away = now > 10 && now < 16;
        if (is_away) {
            lm.presence = 0;
            for (int k = 0; k < TREAD_N_LANDMARKS; k++)
                lm.x_px[k] = lm.y_px[k] = NAN;
        }
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
        while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
            if (frame.time_s > 10.05 && frame.time_s < 15.9) {
                require_nan(frame.knee_flexion_deg[0]);
                require_nan(frame.x_px[TREAD_LEFT_HIP]);
            }
        while (tread_analyzer_next_step(a, &step) == TREAD_OK) {
            assert_false(step.initial_contact_s > 10.1 && step.initial_contact_s < 15.9);
            *(step.initial_contact_s < 13 ? &n_before : &n_after) += 1;
        }
    }
    assert_true(n_before >= 20 && n_after >= 15);
    tread_analyzer_destroy(&a);
}

int main(void)
{
    seed = support_seed("test_live", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_frame_once_in_order_in_time),
        cmocka_unit_test(test_live_and_recorded_agree),
        cmocka_unit_test(test_memory_does_not_grow),
        cmocka_unit_test(test_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

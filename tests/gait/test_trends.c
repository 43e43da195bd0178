/* Left against right, and now against the runner's own usual: BIOMECHANICS.md section 7. */
#include "support.h"

#include <string.h>

#include "gait/gait.h"

/* A stride of 0.7 s; the side's contact is left, then right. */
#define STEP_S 0.35
#define N_MAX 2400 /* 14 minutes */

static tread_step steps[N_MAX];
static double scratch[2 * N_MAX];
static tread_gait_setting setting;
static tread_baseline baseline;

static tread_gait_session session_of(size_t n)
{
    tread_gait_session session = {.steps = steps,
                                  .n = n,
                                  .view = TREAD_VIEW_LEFT,
                                  .frame_interval_s = 1.0 / 240,
                                  .initial_contact_sd_ms = {8, 8},
                                  .toe_off_sd_ms = {9, 9},
                                  .doubt = {1, 1}};
    return session;
}

static tread_step usual_step(size_t i)
{
    tread_step step = {.step = (int64_t)i,
                       .side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
                       .initial_contact_s = STEP_S * (double)i,
                       .is_valid = true,
                       .is_settled = true};
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        step.value[id] = (double)NAN;
    step.value[TREAD_MEASURE_STEP_TIME] = 1000 * STEP_S;
    /* evenly 249, 250 and 251: median 250, median absolute deviation 1 */
    step.value[TREAD_MEASURE_CONTACT] = 249 + (double)(i / 2 % 3);
    step.value[TREAD_MEASURE_FLIGHT] = 350 - step.value[TREAD_MEASURE_CONTACT];
    step.value[TREAD_MEASURE_TRUNK_LEAN] = 7 + 0.1 * ((double)(i / 2 % 3) - 1);
    step.value[TREAD_MEASURE_ARM_SWING] = 40 + 4 * ((double)(i / 2 % 3) - 1);
    return step;
}

static int usual(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.view = TREAD_VIEW_LEFT, .speed_kmh = 10};
    assert_true(tread_gait__setting_init(&setting, &opts));
    tread_gait__baseline_init(&baseline);
    for (size_t i = 0; i < N_MAX; i++)
        steps[i] = usual_step(i);
    return 0;
}

/* Steps up to a time, the baseline brought up to date with every one of them. */
static size_t run_until(double from_s, double to_s)
{
    size_t n = (size_t)(from_s / STEP_S);
    while (n < N_MAX && steps[n].initial_contact_s < to_s) {
        tread_gait_session session = session_of(++n);
        tread_gait__baseline_update(&baseline, &setting, &session, scratch);
    }
    return n;
}

static tread_drift drift_of(size_t n, enum tread_measure_id id, enum tread_side side)
{
    tread_gait_session session = session_of(n);
    tread_drift drift;
    tread_gait__drift(&baseline, &session, id, side, scratch, &drift);
    /* the same from the steps alone */
    tread_drift anew;
    tread_gait__drift_of(&setting, &session, id, side, scratch, &anew);
    assert_int_equal(anew.level, drift.level);
    assert_true(!anew.reason == !drift.reason);
    assert_true(!anew.reason || strcmp(anew.reason, drift.reason) == 0);
    const double pairs[][2] = {{anew.baseline, drift.baseline},
                               {anew.baseline_sd, drift.baseline_sd},
                               {anew.now, drift.now},
                               {anew.threshold, drift.threshold},
                               {anew.baseline_from_s, drift.baseline_from_s},
                               {anew.baseline_to_s, drift.baseline_to_s}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_true(isnan(pairs[i][0]) ? isnan(pairs[i][1]) : pairs[i][0] == pairs[i][1]);
    return drift;
}

/* ---- left and right -------------------------------------------------------------- */

static tread_symmetry symmetry_of(enum tread_measure_id id, double left, double right)
{
    for (size_t i = 0; i < 100; i++)
        steps[i].value[id] = (i % 2 ? right : left) + (i / 2 % 2 ? 0.5 : -0.5);
    tread_gait_session session = session_of(100);
    tread_symmetry s;
    tread_gait__symmetry(&session, id, -INFINITY, INFINITY, scratch, &s);
    return s;
}

static void test_symmetry_numbers(void **state)
{
    (void)state;
    tread_symmetry s = symmetry_of(TREAD_MEASURE_CONTACT, 260, 240);
    assert_null(s.reason);
    require_near(s.left, 260, 1e-9);
    require_near(s.right, 240, 1e-9);
    require_near(s.difference, 20, 1e-9);
    require_near(s.index_pct, 8, 1e-9);
    /* atan(260 / 240) = 47.2906 degrees */
    require_near(s.angle_pct, 100 * (45 - 47.290610042) / 90, 1e-6);
    s = symmetry_of(TREAD_MEASURE_STEP_TIME, 340, 340);
    require_near(s.index_pct, 0, 1e-9);
    require_near(s.angle_pct, 0, 1e-9);
}

/* Twice, and no more than the doubt of both legs together. */
static void test_symmetry_beyond_doubt(void **state)
{
    (void)state;
    tread_gait_session session = session_of(100);
    tread_measure left, right;
    tread_symmetry s = symmetry_of(TREAD_MEASURE_STEP_TIME, 350, 350);
    tread_gait__measure(&session, TREAD_MEASURE_STEP_TIME, TREAD_LEFT, -INFINITY, INFINITY, scratch,
                        &left);
    tread_gait__measure(&session, TREAD_MEASURE_STEP_TIME, TREAD_RIGHT, -INFINITY, INFINITY,
                        scratch, &right);
    double half = hypot(left.high - left.value, right.high - right.value);
    require_near(s.high - s.low, 2 * half, 1e-9);
    require_near(0.5 * (s.low + s.high), s.difference, 1e-9);
    assert_false(s.is_beyond_doubt);
    static const struct {
        double of_half;
        bool is_beyond_doubt;
    } cases[] = {{0.98, false}, {1.02, true}, {-0.98, false}, {-1.02, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        s = symmetry_of(TREAD_MEASURE_STEP_TIME, 350 + cases[k].of_half * half, 350);
        assert_int_equal(s.is_beyond_doubt, cases[k].is_beyond_doubt);
        assert_true(s.low < s.difference && s.difference < s.high);
    }
}

/* An angle may be nought: its ratio says nothing. */
static void test_symmetry_of_angles_has_no_ratio(void **state)
{
    (void)state;
    static const enum tread_measure_id angles[] = {
        TREAD_MEASURE_KNEE_FLEXION_CONTACT, TREAD_MEASURE_FOOT_STRIKE_ANGLE,
        TREAD_MEASURE_SHANK_ANGLE_CONTACT, TREAD_MEASURE_HIP_EXTENSION_PEAK};
    for (size_t k = 0; k < sizeof angles / sizeof *angles; k++) {
        tread_symmetry s = symmetry_of(angles[k], 30, 10);
        assert_null(s.reason);
        require_near(s.difference, 20, 1e-9);
        assert_true(s.low > -INFINITY && s.high < INFINITY);
        require_nan(s.index_pct);
        require_nan(s.angle_pct);
    }
}

static void test_symmetry_needs_both_legs(void **state)
{
    (void)state;
    for (size_t i = 1; i < 100; i += 2)
        steps[i].is_valid = i < 7;
    tread_gait_session session = session_of(100);
    tread_symmetry s;
    tread_gait__symmetry(&session, TREAD_MEASURE_CONTACT, -INFINITY, INFINITY, scratch, &s);
    assert_string_equal(s.reason, "too few steps");
    require_near(s.left, 250, 0.1);
    require_nan(s.right);
    require_nan(s.difference);
    require_nan(s.low);
    require_nan(s.high);
    require_nan(s.index_pct);
    assert_false(s.is_beyond_doubt);
    session.frame_interval_s = 1.0 / 30;
    tread_gait__symmetry(&session, TREAD_MEASURE_CONTACT, -INFINITY, INFINITY, scratch, &s);
    assert_non_null(strstr(s.reason, "45 frames"));
}

/* ---- baseline and drift ---------------------------------------------------------- */

#define NEEDS_STRIDES "needs 150 strides at one speed and incline"

/* Strides 50 to 150 are from 35 s to 105 s; minutes 2 to 4 from 120 to 240. */
static void test_baseline_early_and_final(void **state)
{
    (void)state;
    size_t n = run_until(0, 104.9);
    tread_drift d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_string_equal(d.reason, NEEDS_STRIDES);
    require_nan(d.baseline);
    require_nan(d.baseline_sd);
    assert_int_equal(d.level, 0);

    n = run_until(104.9, 105.5);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT);
    require_near(d.baseline_from_s, 35, 1e-9);
    require_near(d.baseline_to_s, 105, 1e-9);
    require_near(d.baseline, 250, 1e-9);
    require_near(d.baseline_sd, 1.4826, 1e-9);
    assert_string_equal(d.reason, "needs a minute after the baseline");
    assert_false(baseline.is_final);

    n = run_until(105.5, 164.9);
    assert_non_null(drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT).reason);
    n = run_until(164.9, 165.5);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_null(d.reason);
    require_near(d.now, 250, 1e-9);
    require_near(d.change, 0, 1e-9);
    assert_int_equal(d.level, 0);

    n = run_until(165.5, 239.9);
    require_near(drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT).baseline_to_s, 105, 1e-9);
    n = run_until(239.9, 240.5);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT);
    require_near(d.baseline_from_s, 120, 1e-9);
    require_near(d.baseline_to_s, 240, 1e-9);
    assert_true(baseline.is_final);
    assert_string_equal(d.reason, "needs a minute after the baseline");

    /* It stays as it is from then on. */
    for (size_t i = 0; i < N_MAX; i++)
        if (steps[i].initial_contact_s > 240.5)
            steps[i].value[TREAD_MEASURE_CONTACT] += 5;
    n = run_until(240.5, 400);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_LEFT);
    require_near(d.baseline, 250, 1e-9);
    require_near(d.baseline_to_s, 240, 1e-9);
    require_near(d.now, 255, 1e-9);
    require_near(d.change, 5, 1e-9);
}

/* What lies outside of the windows does not enter. */
static void test_baseline_of_its_window_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_MAX; i++) {
        double t = steps[i].initial_contact_s;
        bool is_inside = (t > 34.99 && t < 104.99) || (t > 119.99 && t < 239.99);
        steps[i].value[TREAD_MEASURE_CONTACT] += is_inside ? 0 : 100;
    }
    run_until(0, 106);
    require_near(baseline.median[TREAD_MEASURE_CONTACT][TREAD_BOTH], 250, 1e-9);
    require_near(baseline.sd[TREAD_MEASURE_CONTACT][TREAD_BOTH], 1.4826, 1e-9);
    run_until(106, 241);
    require_near(baseline.median[TREAD_MEASURE_CONTACT][TREAD_RIGHT], 250, 1e-9);
    require_near(baseline.sd[TREAD_MEASURE_CONTACT][TREAD_RIGHT], 1.4826, 1e-9);
}

/* Cadence is that of each step alone: 60 over its time. */
static void test_drift_of_cadence(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_MAX; i++)
        if (steps[i].initial_contact_s > 240)
            steps[i].value[TREAD_MEASURE_STEP_TIME] = 330;
    size_t n = run_until(0, 420);
    tread_drift d = drift_of(n, TREAD_MEASURE_CADENCE, TREAD_BOTH);
    assert_null(d.reason);
    require_near(d.baseline, 60 / 0.35, 1e-9);
    require_near(d.now, 60 / 0.33, 1e-9);
    require_near(d.threshold, 0.03 * 60 / 0.35, 1e-9);
    assert_int_equal(d.level, 2); /* 6.06 %, over two thresholds of 3 */
}

/* The step change from `at_s` on, seen at `now_s`. */
static tread_drift changed(enum tread_measure_id id, double change, double at_s, double back_s,
                           double now_s)
{
    usual(NULL);
    for (size_t i = 0; i < N_MAX; i++)
        if (steps[i].initial_contact_s >= at_s && steps[i].initial_contact_s < back_s)
            steps[i].value[id] += change;
    size_t n = run_until(0, now_s);
    return drift_of(n, id, TREAD_LEFT);
}

static void test_levels(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum tread_measure_id id;
        double change, threshold;
        int level;
    } cases[] = {
        /* a minimum in the unit ... */
        {"trunk, less than 2 degrees", TREAD_MEASURE_TRUNK_LEAN, 1.9, 2, 0},
        {"trunk, more than 2", TREAD_MEASURE_TRUNK_LEAN, 2.1, 2, 1},
        {"trunk, less than 4", TREAD_MEASURE_TRUNK_LEAN, -3.9, 2, 1},
        {"trunk, more than 4", TREAD_MEASURE_TRUNK_LEAN, -4.1, 2, 2},
        /* ... in per cent of the baseline: 5 % of 250 ms, of 100 */
        {"contact, less than 5 %", TREAD_MEASURE_CONTACT, -12, 12.5, 0},
        {"contact, more than 5 %", TREAD_MEASURE_CONTACT, 13, 12.5, 1},
        {"contact, more than 10 %", TREAD_MEASURE_CONTACT, 26, 12.5, 2},
        {"flight, more than 5 %", TREAD_MEASURE_FLIGHT, -6, 5, 1},
        /* ... or what the scatter makes of it: 1.5 times 1.4826 times 4 */
        {"arms, within scatter", TREAD_MEASURE_ARM_SWING, 8.8, 8.8956, 0},
        {"arms, beyond it", TREAD_MEASURE_ARM_SWING, 9, 8.8956, 1},
        {"arms, twice beyond it", TREAD_MEASURE_ARM_SWING, 18, 8.8956, 2},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tread_drift d = changed(cases[k].id, cases[k].change, 250, INFINITY, 420);
        print_message("%s\n", cases[k].what);
        assert_null(d.reason);
        require_near(d.change, cases[k].change, 1e-9);
        require_near(d.now, d.baseline + cases[k].change, 1e-9);
        require_near(d.threshold, cases[k].threshold, 1e-9);
        assert_int_equal(d.level, cases[k].level);
    }
}

/* One minute of it is no drift, nor are two that contradict each other. */
static void test_two_minutes_in_a_row(void **state)
{
    (void)state;
    static const struct {
        double at_s, back_s, now_s;
        int level;
    } cases[] = {
        {360, INFINITY, 420, 0},                     /* one minute */
        {360, INFINITY, 455, 1},                     /* the second holds it mostly */
        {360, INFINITY, 481, 1}, {300, 362, 420, 0}, /* it is over */
        {250, INFINITY, 340, 0}, /* the window before reaches into the baseline */
        {250, INFINITY, 365, 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tread_drift d =
            changed(TREAD_MEASURE_TRUNK_LEAN, 3, cases[k].at_s, cases[k].back_s, cases[k].now_s);
        if (d.level != cases[k].level)
            fail_msg("case %zu: level %d", k, d.level);
    }
    usual(NULL);
    for (size_t i = 0; i < N_MAX; i++)
        if (steps[i].initial_contact_s >= 300)
            steps[i].value[TREAD_MEASURE_TRUNK_LEAN] += steps[i].initial_contact_s < 360 ? 5 : -5;
    size_t n = run_until(0, 420);
    tread_drift d = drift_of(n, TREAD_MEASURE_TRUNK_LEAN, TREAD_LEFT);
    require_near(d.change, -5, 1e-9);
    assert_int_equal(d.level, 0);
}

/* A change of speed or incline begins a new baseline, with the first settled step after it. */
static void test_restart_after_a_belt_change(void **state)
{
    (void)state;
    const tread_belt change = {400, 12, 0};
    assert_true(tread_gait__setting_change(&setting, &change));
    for (size_t i = 0; i < N_MAX; i++) {
        double t = steps[i].initial_contact_s;
        steps[i].is_settled = t < 400 || t >= 415; /* as tread_gait__step says */
        if (t >= 400)
            steps[i].value[TREAD_MEASURE_CONTACT] -= 40;
        if (t >= 400 && t < 415)
            steps[i].value[TREAD_MEASURE_CONTACT] -= 60;
    }
    size_t n = run_until(0, 399.9);
    assert_null(drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH).reason);
    n = run_until(399.9, 401);
    tread_drift d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH);
    assert_string_equal(d.reason, NEEDS_STRIDES);
    require_nan(d.now);
    n = run_until(401, 519.5);
    assert_string_equal(drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH).reason, NEEDS_STRIDES);
    n = run_until(519.5, 525);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH);
    require_near(d.baseline, 210, 1e-9);
    /* the first settled left contact, 415.1 s, and 50 and 150 strides after it */
    require_between(d.baseline_from_s, 415 + 35, 415 + 35 + 2 * STEP_S);
    require_between(d.baseline_to_s, 415 + 105, 415 + 105 + 2 * STEP_S);
    n = run_until(525, 659);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH);
    assert_true(baseline.is_final);
    require_between(d.baseline_from_s, 415 + 120, 415 + 120 + 2 * STEP_S);
    n = run_until(659, 780);
    d = drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH);
    assert_null(d.reason);
    require_near(d.change, 0, 1e-9);
    assert_int_equal(d.level, 0);
}

/* ... and a key pressed for nothing does not. */
static void test_no_restart_without_a_change(void **state)
{
    (void)state;
    const tread_belt same = {300, 10, 0};
    run_until(0, 300);
    assert_true(tread_gait__setting_change(&setting, &same));
    size_t n = run_until(300, 320);
    require_near(drift_of(n, TREAD_MEASURE_CONTACT, TREAD_BOTH).baseline_to_s, 240, 1e-9);
}

static void test_what_was_not_measured(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_MAX; i++)
        steps[i].value[TREAD_MEASURE_FLIGHT] = steps[i].initial_contact_s < 240 ? (double)NAN : 100;
    size_t n = run_until(0, 420);
    tread_drift d = drift_of(n, TREAD_MEASURE_FLIGHT, TREAD_LEFT);
    assert_string_equal(d.reason, "measured in too few steps of the baseline");
    require_nan(d.baseline);
    require_nan(d.change);
    require_nan(d.threshold);
    assert_int_equal(d.level, 0);
    /* measured before, and no more now */
    usual(NULL);
    for (size_t i = 0; i < N_MAX; i++)
        if (steps[i].initial_contact_s > 300)
            steps[i].value[TREAD_MEASURE_FLIGHT] = (double)NAN;
    n = run_until(0, 420);
    d = drift_of(n, TREAD_MEASURE_FLIGHT, TREAD_LEFT);
    assert_non_null(d.reason);
    require_near(d.baseline, 100, 1e-9);
    require_nan(d.now);
    /* invalid and unsettled steps are none */
    usual(NULL);
    for (size_t i = 0; i < N_MAX; i++) {
        steps[i].is_valid = i % 4 > 1;
        steps[i].value[TREAD_MEASURE_FLIGHT] = i % 4 > 1 ? 90 : 9000;
    }
    n = run_until(0, 420);
    d = drift_of(n, TREAD_MEASURE_FLIGHT, TREAD_BOTH);
    assert_null(d.reason);
    require_near(d.baseline, 90, 0);
    require_near(d.baseline_sd, 0, 0);
    require_near(d.now, 90, 0);
    /* nothing at all */
    tread_gait__baseline_init(&baseline);
    assert_string_equal(drift_of(0, TREAD_MEASURE_FLIGHT, TREAD_BOTH).reason, NEEDS_STRIDES);
    tread_gait_session session = session_of(0);
    tread_gait__baseline_update(&baseline, &setting, &session, scratch);
    assert_string_equal(drift_of(0, TREAD_MEASURE_FLIGHT, TREAD_BOTH).reason, NEEDS_STRIDES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_symmetry_numbers, usual),
        cmocka_unit_test_setup(test_symmetry_beyond_doubt, usual),
        cmocka_unit_test_setup(test_symmetry_of_angles_has_no_ratio, usual),
        cmocka_unit_test_setup(test_symmetry_needs_both_legs, usual),
        cmocka_unit_test_setup(test_baseline_early_and_final, usual),
        cmocka_unit_test_setup(test_baseline_of_its_window_only, usual),
        cmocka_unit_test_setup(test_drift_of_cadence, usual),
        cmocka_unit_test_setup(test_levels, usual),
        cmocka_unit_test_setup(test_two_minutes_in_a_row, usual),
        cmocka_unit_test_setup(test_restart_after_a_belt_change, usual),
        cmocka_unit_test_setup(test_no_restart_without_a_change, usual),
        cmocka_unit_test_setup(test_what_was_not_measured, usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The numbers of the summary from steps written by hand. */
#include "support.h"

#include <string.h>

#include "gait/gait.h"

#define N_STEPS 20

static tread_step steps[N_STEPS];
static double trunk_lean[N_STEPS];
static double scratch[2 * N_STEPS];

/* Left, right, left ... every 350 ms; contact times alternate by 10 ms about the
 * side's mean of 250 left and 270 right. */
static void usual_steps(void)
{
    for (int i = 0; i < N_STEPS; i++) {
        double wobble = (i / 2) % 2 ? 10 : -10;
        double contact = (i % 2 ? 270 : 250) + wobble;
        steps[i] = (tread_step){
            .step = i,
            .side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
            .initial_contact_s = 0.35 * i,
            .toe_off_s = 0.35 * i + contact / 1000,
            .contact_ms = contact,
            .flight_ms = 350 - contact,
            .step_ms = 350,
            .foot_strike_angle_deg = 15,
            .knee_flexion_contact_deg = (double)NAN,
            .step_length_m = (double)NAN,
            .vertical_oscillation_cm = (double)NAN,
            .is_valid = true,
        };
        trunk_lean[i] = 8;
    }
}

static tread_measure measured(enum tread_measure_id id, enum tread_side side)
{
    tread_measure m;
    tread_gait__measure(id, side, steps, trunk_lean, N_STEPS, TREAD_LEFT, scratch, &m);
    return m;
}

/* Sums of a few hundred in doubles. */
#define SUM_TOLERANCE 1e-9

static void test_mean_sd_se(void **state)
{
    (void)state;
    usual_steps();
    tread_measure m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_null(m.reason);
    assert_int_equal(m.n, 10);
    /* 240 260 240 ... ten values: five of each */
    require_near(m.value, 250, SUM_TOLERANCE);
    require_near(m.sd, 10 * sqrt(10.0 / 9), SUM_TOLERANCE);
    require_near(m.se, m.sd / sqrt(10), SUM_TOLERANCE);
    m = measured(TREAD_MEASURE_CONTACT, TREAD_RIGHT);
    require_near(m.value, 270, SUM_TOLERANCE);
    m = measured(TREAD_MEASURE_CONTACT, TREAD_BOTH);
    assert_int_equal(m.n, 20);
    require_near(m.value, 260, SUM_TOLERANCE);
    m = measured(TREAD_MEASURE_DUTY_FACTOR, TREAD_BOTH);
    require_near(m.value, 260.0 / 700, SUM_TOLERANCE);
    m = measured(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH);
    require_near(m.value, 8, SUM_TOLERANCE);
    require_near(m.sd, 0, SUM_TOLERANCE);
}

/* It holds the scatter, is never narrower than the method, and wider on the far leg. */
static void test_interval(void **state)
{
    (void)state;
    usual_steps();
    tread_measure near_leg = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    tread_measure far_leg = measured(TREAD_MEASURE_CONTACT, TREAD_RIGHT);
    require_near(near_leg.high - near_leg.value, near_leg.value - near_leg.low, SUM_TOLERANCE);
    assert_true(near_leg.high - near_leg.value > 2.2 * near_leg.se);
    assert_true(far_leg.high - far_leg.low > 1.3 * (near_leg.high - near_leg.low));
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        tread_measure m = measured((enum tread_measure_id)id, TREAD_BOTH);
        if (!m.reason)
            assert_true(m.low < m.value && m.value < m.high);
    }
}

/* Student's t of 97.5 % by itself: a measure without method error would be its test;
 * here the scatter is made large enough to drown the method. */
static void test_interval_of_few_steps_is_students(void **state)
{
    (void)state;
    static const struct {
        int n;
        double t; /* tables, 0.975 */
    } cases[] = {{4, 3.18245}, {5, 2.77645}, {8, 2.36462}, {10, 2.26216}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        usual_steps();
        for (int i = 0; i < N_STEPS; i++) {
            steps[i].is_valid = i / 2 < cases[k].n;
            steps[i].contact_ms = 1e6 * (i / 2 % 3);
        }
        tread_measure m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
        assert_int_equal(m.n, cases[k].n);
        require_near((m.high - m.value) / m.se, cases[k].t, 0.01 * cases[k].t);
    }
}

static void test_only_valid_steps_count(void **state)
{
    (void)state;
    usual_steps();
    for (int i = 0; i < N_STEPS; i += 4) {
        steps[i].is_valid = false;
        steps[i].contact_ms = 5000;
    }
    tread_measure m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_int_equal(m.n, 5);
    require_near(m.value, 260, SUM_TOLERANCE);
}

static void test_cadence(void **state)
{
    (void)state;
    usual_steps();
    tread_measure m = measured(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    assert_null(m.reason);
    require_near(m.value, 120 / 0.7, 1e-6);
    assert_int_equal(m.n, 9); /* strides of the near foot; the last has no end */

    /* A bias between the feet is not in it ... */
    for (int i = 1; i < N_STEPS; i += 2)
        steps[i].initial_contact_s += 0.03;
    m = measured(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    require_near(m.value, 120 / 0.7, 1e-6);
    require_near(m.sd, 0, 1e-6);

    /* ... nor are the strides around a missed contact, which last twice as long. */
    for (int i = 8; i + 1 < N_STEPS; i++)
        steps[i] = steps[i + 1];
    steps[N_STEPS - 1].is_valid = false;
    m = measured(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    require_near(m.value, 120 / 0.7, 1e-6);
}

/* The mean of stride times, not of cadences: 120 / mean. */
static void test_cadence_is_of_the_mean_stride(void **state)
{
    (void)state;
    usual_steps();
    for (int i = 0; i < N_STEPS; i++)
        steps[i].initial_contact_s = i % 4 < 2 ? 1.4 * (i / 4) : 1.4 * (i / 4) + 0.75;
    for (int i = 1; i < N_STEPS; i += 2)
        steps[i].initial_contact_s += 0.35;
    tread_measure m = measured(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    /* 18 strides: ten of 0.75 and eight of 0.65 s */
    require_near(m.value, 120 / ((10 * 0.75 + 8 * 0.65) / 18), 1e-6);
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        enum tread_measure_id id;
        const char *word;
    } cases[] = {
        {TREAD_MEASURE_STEP_LENGTH, "--speed"},
        {TREAD_MEASURE_VERTICAL_OSCILLATION, "--height"},
        {TREAD_MEASURE_KNEE_FLEXION_CONTACT, "seen in too few"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        usual_steps();
        tread_measure m = measured(cases[k].id, TREAD_BOTH);
        assert_non_null(m.reason);
        if (!strstr(m.reason, cases[k].word))
            fail_msg("\"%s\" does not say \"%s\"", m.reason, cases[k].word);
        require_nan(m.value);
        require_nan(m.low);
        require_nan(m.sd);
    }
    for (int i = 6; i < N_STEPS; i++)
        steps[i].is_valid = false;
    tread_measure m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_int_equal(m.n, 3);
    assert_string_equal(m.reason, "too few steps");
    tread_gait__measure(TREAD_MEASURE_CADENCE, TREAD_BOTH, steps, trunk_lean, 0, TREAD_LEFT,
                        scratch, &m);
    assert_string_equal(m.reason, "too few steps");
    assert_int_equal(m.n, 0);
}

static void test_descriptions(void **state)
{
    (void)state;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
        assert_non_null(info);
        assert_true(info->key[0] && info->title[0] && info->unit);
        assert_true(info->n_decimals >= 0 && info->n_decimals <= 4);
        for (int other = 0; other < id; other++)
            assert_string_not_equal(info->key,
                                    tread_measure_describe((enum tread_measure_id)other)->key);
    }
    assert_null(tread_measure_describe(TREAD_N_MEASURES));
    assert_null(tread_measure_describe((enum tread_measure_id) - 1));
    assert_string_equal(tread_measure_describe(TREAD_MEASURE_CADENCE)->key, "cadence_spm");
    assert_false(tread_measure_describe(TREAD_MEASURE_CADENCE)->is_per_side);
    assert_true(tread_measure_describe(TREAD_MEASURE_CONTACT)->is_per_side);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_sd_se),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_interval_of_few_steps_is_students),
        cmocka_unit_test(test_only_valid_steps_count),
        cmocka_unit_test(test_cadence),
        cmocka_unit_test(test_cadence_is_of_the_mean_stride),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Stride frequency at any frame rate, and who is refused. */
#include "support.h"

#include <string.h>

#include "gait/runner.h"

#include "gait/gait.h"

#define N_MAX 2400

static uint64_t seed;
static tread_skeleton frames[N_MAX];
static double scratch[N_MAX];

/* Frame rate, jitter in intervals, share of frames dropped. */
typedef struct rhythm {
    const char *name;
    double fps, jitter, drops;
} rhythm;

static const rhythm rhythms[] = {
    {"24 fps", 24, 0, 0},   {"30 fps", 30, 0, 0},          {"60 fps", 60, 0, 0},
    {"120 fps", 120, 0, 0}, {"30 fps VFR", 30, 0.5, 0.15}, {"60 fps VFR", 60, 0.5, 0.15},
};
#define N_RHYTHMS (sizeof rhythms / sizeof *rhythms)

static size_t film(const runner *r, const rhythm *times, double span_s)
{
    support_random random = support_seeded(seed);
    size_t n = 0;
    for (int i = 0; i / times->fps < span_s && n < N_MAX; i++) {
        double jitter = times->jitter * (support_uniform(&random) - 0.5);
        if (support_uniform(&random) >= times->drops)
            runner_skeleton(r, (i + jitter) / times->fps, &frames[n++]);
    }
    return n;
}

/* The spectrum is searched in tenths of its own resolution 1 / span: half a tenth off
 * at most, and the other harmonics of the legs pull by less than another. */
static double grid_hz(double span_s)
{
    return 0.1 / span_s;
}

static void test_frequency_at_any_rate(void **state)
{
    (void)state;
    static const double strides_s[] = {0.62, 0.7, 0.75, 0.83};
    for (size_t k = 0; k < N_RHYTHMS; k++)
        for (size_t i = 0; i < 4; i++)
            for (int forward = -1; forward <= 1; forward += 2) {
                runner r = runner_usual;
                r.stride_s = strides_s[i];
                r.contact_s = 0.36 * r.stride_s;
                r.forward = forward;
                size_t n = film(&r, &rhythms[k], 8);
                tread_gait_setting setting = runner_setting(&r);
                tread_stride stride;
                tread_gait__stride(&setting, frames, n, scratch, &stride);
                require_near(stride.hz, 1 / r.stride_s, grid_hz(8));
                require_between(stride.regularity, 0.85, 1);
                assert_int_equal(stride.gait, TREAD_GAIT_RUNNING);
                /* thigh and shank of 0.43 m at 400 px a metre */
                require_near(stride.leg_px, 0.86 * 400, 0.5);
                require_between(stride.drift_leg_per_stride, 0, 0.1);
                assert_null(tread_gait__refusal(&setting, &stride));
            }
}

/* As much as may be judged as one. */
static void test_longest_stretch(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, &rhythms[1], TREAD_STRIDE_SPAN_S);
    tread_gait_setting setting = runner_setting(&runner_usual);
    tread_stride stride;
    tread_gait__stride(&setting, frames, n, scratch, &stride);
    require_near(stride.hz, 1 / runner_usual.stride_s, grid_hz(TREAD_STRIDE_SPAN_S));
}

/* Two halves a hundred seconds apart are no stretch of running. */
static void test_hole_in_the_middle(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, &rhythms[1], 4);
    for (size_t i = n / 2; i < n; i++)
        frames[i].time_s += 100;
    tread_gait_setting setting = runner_setting(&runner_usual);
    tread_stride stride;
    tread_gait__stride(&setting, frames, n, scratch, &stride);
    require_nan(stride.hz);
    assert_non_null(tread_gait__refusal(&setting, &stride));

    /* Nobody seen in the first half. */
    for (size_t i = 0; i < n / 2; i++)
        for (int j = 0; j < TREAD_N_JOINTS; j++)
            frames[i].x_px[j] = frames[i].y_px[j] = (double)NAN;
    tread_gait__stride(&setting, frames, n, scratch, &stride);
    if (!isnan(stride.hz))
        require_near(stride.hz, 1 / runner_usual.stride_s, grid_hz(2));
}

static void refused(const runner *r, double span_s, const char *word)
{
    for (size_t k = 0; k < N_RHYTHMS; k++) {
        size_t n = film(r, &rhythms[k], span_s);
        tread_gait_setting setting = runner_setting(r);
        tread_stride stride;
        tread_gait__stride(&setting, frames, n, scratch, &stride);
        const char *reason = tread_gait__refusal(&setting, &stride);
        if (!reason || !strstr(reason, word))
            fail_msg("%s: reason \"%s\" does not say \"%s\"", rhythms[k].name,
                     reason ? reason : "(none)", word);
    }
}

static void test_walking_is_refused(void **state)
{
    (void)state;
    refused(&runner_walking, 10, "walking");
}

/* A runner crossing the picture, and one who drifts over the deck as people do. */
static void test_crossing_is_refused(void **state)
{
    (void)state;
    runner r = runner_usual;
    r.drift_m_s = r.speed_m_s;
    refused(&r, 4, "across");
    r.drift_m_s = 0.02;
    size_t n = film(&r, &rhythms[2], 10);
    tread_gait_setting setting = runner_setting(&r);
    tread_stride stride;
    tread_gait__stride(&setting, frames, n, scratch, &stride);
    assert_null(tread_gait__refusal(&setting, &stride));
}

static void test_too_short_is_refused(void **state)
{
    (void)state;
    refused(&runner_usual, 1.5, "no regular stride");
}

/* Somebody warming up: large swings of the legs without a rhythm. */
static void test_irregular_legs_are_refused(void **state)
{
    (void)state;
    static const double hz[] = {0.37, 0.71, 1.13, 1.61, 2.03};
    for (size_t i = 0; i < 600; i++) {
        runner_skeleton(&runner_usual, runner_usual.first_s + 0.1, &frames[i]);
        frames[i].time_s = (double)i / 60;
        for (int k = 0; k < 5; k++) {
            double kick = 100 * sin(2 * 3.14159265358979323846 * hz[k] * frames[i].time_s + k);
            frames[i].x_px[TREAD_LEFT_ANKLE] += kick;
            frames[i].x_px[TREAD_RIGHT_ANKLE] -= kick;
        }
    }
    tread_gait_setting setting = runner_setting(&runner_usual);
    tread_stride stride;
    tread_gait__stride(&setting, frames, 600, scratch, &stride);
    assert_string_equal(tread_gait__refusal(&setting, &stride), "no regular stride found");
    require_between(stride.regularity, 0, 0.5);
}

/* Somebody standing, whose landmarks tremble; and somebody swaying on the spot. */
static void test_standing_is_refused(void **state)
{
    (void)state;
    support_random random = support_seeded(seed + 1);
    for (int swaying = 0; swaying <= 1; swaying++) {
        for (size_t i = 0; i < 600; i++) {
            runner_skeleton(&runner_usual, runner_usual.first_s + 0.1, &frames[i]);
            frames[i].time_s = (double)i / 60;
            double sway = swaying ? 10 * sin(6 * frames[i].time_s) : 0;
            for (int j = 0; j < TREAD_N_JOINTS; j++)
                frames[i].x_px[j] += support_normal(&random) + sway * (j % 2 ? 1 : -1);
        }
        tread_gait_setting setting = runner_setting(&runner_usual);
        tread_stride stride;
        tread_gait__stride(&setting, frames, 600, scratch, &stride);
        assert_string_equal(tread_gait__refusal(&setting, &stride), "no regular stride found");
    }
}

static void test_unknown_view_is_refused(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, &rhythms[2], 6);
    tread_stride stride;
    tread_gait_setting unknown = runner_setting(&runner_usual);
    unknown.view = TREAD_VIEW_AUTO;
    tread_gait__stride(&unknown, frames, n, scratch, &stride);
    require_nan(stride.hz);
    assert_non_null(strstr(tread_gait__refusal(&unknown, &stride), "--view"));
}

/* From behind and in front the hips tell, which bounce twice a stride. */
static void test_stride_from_the_hips(void **state)
{
    (void)state;
    static const enum tread_view views[] = {TREAD_VIEW_REAR, TREAD_VIEW_FRONT};
    size_t n = film(&runner_usual, &rhythms[2], 8);
    for (size_t k = 0; k < 2; k++) {
        tread_gait_setting setting = runner_setting(&runner_usual);
        setting.view = views[k];
        tread_stride stride;
        tread_gait__stride(&setting, frames, n, scratch, &stride);
        require_near(stride.hz, 1 / runner_usual.stride_s, grid_hz(8) / 2);
        assert_int_equal(stride.gait, TREAD_GAIT_RUNNING);
        assert_null(tread_gait__refusal(&setting, &stride));
    }
    n = film(&runner_walking, &rhythms[2], 8);
    tread_gait_setting setting = runner_setting(&runner_walking);
    setting.view = TREAD_VIEW_REAR;
    tread_stride stride;
    tread_gait__stride(&setting, frames, n, scratch, &stride);
    require_near(stride.hz, 1 / runner_walking.stride_s, grid_hz(8) / 2);
    assert_non_null(strstr(tread_gait__refusal(&setting, &stride), "walking"));
}

static void test_few_frames(void **state)
{
    (void)state;
    tread_gait_setting setting = runner_setting(&runner_usual);
    for (size_t n = 0; n < 12; n++) {
        film(&runner_usual, &rhythms[2], 1);
        tread_stride stride;
        tread_gait__stride(&setting, frames, n, scratch, &stride);
        require_nan(stride.hz);
    }
}

int main(void)
{
    seed = support_seed("test_stride", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frequency_at_any_rate),
        cmocka_unit_test(test_longest_stretch),
        cmocka_unit_test(test_hole_in_the_middle),
        cmocka_unit_test(test_walking_is_refused),
        cmocka_unit_test(test_crossing_is_refused),
        cmocka_unit_test(test_too_short_is_refused),
        cmocka_unit_test(test_irregular_legs_are_refused),
        cmocka_unit_test(test_standing_is_refused),
        cmocka_unit_test(test_unknown_view_is_refused),
        cmocka_unit_test(test_stride_from_the_hips),
        cmocka_unit_test(test_few_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

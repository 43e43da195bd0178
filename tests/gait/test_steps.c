/* One step from two contacts: times, validity, and values read off the runner. */
#include "support.h"

#include "gait/runner.h"

#include "gait/gait.h"

#define N_MAX 2000
#define PI 3.14159265358979323846

static tread_skeleton frames[N_MAX];

static const tread_gait_setting left_view = {.view = TREAD_VIEW_LEFT};

static size_t film(const runner *r, double fps, double span_s)
{
    size_t n = 0;
    for (; (double)n / fps < span_s && n < N_MAX; n++)
        runner_skeleton(r, (double)n / fps, &frames[n]);
    return n;
}

/* Left at 1 s, right at 1 s + step, left again at 1 s + stride. */
static tread_step timed(double contact_ms, double step_ms, double stride_ms)
{
    tread_contact contacts[3] = {
        {TREAD_LEFT, 1, 1 + contact_ms / 1000, 15},
        {TREAD_RIGHT, 1 + step_ms / 1000, (double)NAN, 15},
        {TREAD_LEFT, 1 + stride_ms / 1000, (double)NAN, 15},
    };
    tread_events events = {.contacts = contacts, .n = 3, .n_max = 3, .belt_px_s = 1200};
    tread_stride stride = {.hz = 1000 / stride_ms, .leg_px = 340};
    size_t n = film(&runner_usual, 60, 3);
    tread_step step;
    tread_gait__step(&left_view, frames, n, &stride, &events, 0, &step);
    return step;
}

static void test_validity_rules(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double contact_ms, step_ms, stride_ms;
        bool is_valid;
    } cases[] = {
        {"usual", 270, 375, 750, true},
        {"sprinter", 125, 240, 480, true},
        {"shuffler, hardly any flight", 395, 380, 760, true},
        {"contact too short", 115, 320, 640, false},
        {"contact too long", 425, 430, 860, false},
        {"double support", 300, 275, 700, false},
        {"flight too long", 200, 455, 910, false},
        {"stride too short", 200, 220, 445, false},
        {"stride too long", 330, 540, 1105, false},
        {"other foot far too soon", 160, 175, 750, false},
        {"other foot far too late", 350, 570, 740, false},
        {"no toe-off", NAN, 375, 750, false},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tread_step step = timed(cases[k].contact_ms, cases[k].step_ms, cases[k].stride_ms);
        if (step.is_valid != cases[k].is_valid)
            fail_msg("%s: valid is %d", cases[k].what, step.is_valid);
    }
}

/* One microsecond: sums of times near 1 s in doubles. */
#define TIME_TOLERANCE_MS 1e-3

static void test_times(void **state)
{
    (void)state;
    tread_step step = timed(270, 380, 750);
    assert_int_equal(step.side, TREAD_LEFT);
    assert_int_equal(step.step, 0);
    require_near(step.initial_contact_s, 1, 0);
    require_near(step.toe_off_s, 1.27, 1e-9);
    require_near(step.contact_ms, 270, TIME_TOLERANCE_MS);
    require_near(step.flight_ms, 110, TIME_TOLERANCE_MS);
    require_near(step.step_ms, 380, TIME_TOLERANCE_MS);
    require_near(step.uncertainty_ms, 15, 0);
}

/* The last contact has no successor: its step says so and does not count. */
static void test_last_contact(void **state)
{
    (void)state;
    tread_contact contacts[2] = {{TREAD_RIGHT, 1, 1.27, 15}, {TREAD_LEFT, 1.38, 1.65, 15}};
    tread_events events = {.contacts = contacts, .n = 2, .n_max = 2, .belt_px_s = 1200};
    tread_stride stride = {.hz = 1 / 0.75, .leg_px = 340};
    size_t n = film(&runner_usual, 60, 3);
    tread_step step;
    tread_gait__step(&left_view, frames, n, &stride, &events, 1, &step);
    require_near(step.contact_ms, 270, TIME_TOLERANCE_MS);
    require_nan(step.step_ms);
    require_nan(step.flight_ms);
    assert_false(step.is_valid);
    /* ... while one without the same foot's next contact falls back on the stride. */
    tread_gait__step(&left_view, frames, n, &stride, &events, 0, &step);
    assert_true(step.is_valid);
    require_nan(step.knee_flexion_peak_swing_deg);
}

/* ---- foot strike ---------------------------------------------------------- */

/* A skeleton that holds still with the left foot at an angle against the belt. */
static enum tread_foot_strike struck(double foot_deg, double offset_deg, double *angle)
{
    for (size_t i = 0; i < 120; i++) {
        runner_skeleton(&runner_usual, 0, &frames[i]);
        frames[i].time_s = (double)i / 60;
        double a = foot_deg * PI / 180;
        frames[i].x_px[TREAD_LEFT_TOE] = frames[i].x_px[TREAD_LEFT_HEEL] - 80 * cos(a);
        frames[i].y_px[TREAD_LEFT_TOE] = frames[i].y_px[TREAD_LEFT_HEEL] - 80 * sin(a);
    }
    tread_contact contacts[1] = {{TREAD_LEFT, 1.004, 1.27, 15}};
    tread_events events = {.contacts = contacts, .n = 1, .n_max = 1, .belt_px_s = 1200};
    tread_stride stride = {.hz = 1 / 0.75, .leg_px = 340};
    tread_gait_setting setting = left_view;
    setting.foot_offset_deg[TREAD_LEFT] = offset_deg;
    tread_step step;
    tread_gait__step(&setting, frames, 120, &stride, &events, 0, &step);
    *angle = step.foot_strike_angle_deg;
    return step.foot_strike;
}

static void test_foot_strike_borders(void **state)
{
    (void)state;
    static const struct {
        double deg;
        enum tread_foot_strike strike;
    } cases[] = {
        {20, TREAD_STRIKE_REARFOOT},    {8.001, TREAD_STRIKE_REARFOOT},
        {7.999, TREAD_STRIKE_MIDFOOT},  {0, TREAD_STRIKE_MIDFOOT},
        {-1.599, TREAD_STRIKE_MIDFOOT}, {-1.601, TREAD_STRIKE_FOREFOOT},
        {-25, TREAD_STRIKE_FOREFOOT},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double angle;
        assert_int_equal(struck(cases[k].deg, 0, &angle), cases[k].strike);
        require_near(angle, cases[k].deg, 1e-9);
        /* the same foot in a shoe that hides 9 degrees */
        assert_int_equal(struck(cases[k].deg + 9, 9, &angle), cases[k].strike);
        require_near(angle, cases[k].deg, 1e-9);
    }
    double angle;
    assert_int_equal(struck(12, (double)NAN, &angle), TREAD_STRIKE_UNKNOWN);
    require_nan(angle);
}

/* ---- values of the formula runner ------------------------------------------ */

static tread_step step_of_runner(const runner *r, const tread_gait_setting *setting, double fps)
{
    size_t n = film(r, fps, 4);
    tread_contact contacts[8];
    tread_events events = {.contacts = contacts, .n_max = 8};
    events.belt_px_s = r->speed_m_s * r->px_per_m;
    for (int k = 0; k < 4; k++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            double ic = runner_contact_s(r, (enum tread_side)side, k);
            contacts[events.n++] =
                (tread_contact){(enum tread_side)side, ic, ic + r->contact_s, 10};
        }
    tread_stride stride = {.hz = 1 / r->stride_s, .leg_px = 0.86 * r->px_per_m};
    tread_step step;
    tread_gait__step(setting, frames, n, &stride, &events, 2, &step);
    return step;
}

/* Values are interpolated between frames: at 240 fps a knee that turns at 600 deg/s
 * right after contact moves by 2.5 degrees a frame, and its corner is cut. */
#define CORNER_DEG 1.3
#define SMOOTH_DEG 0.3
#define LENGTH_TOLERANCE_CM 0.5

static void test_values_of_the_runner(void **state)
{
    (void)state;
    const runner *r = &runner_usual;
    tread_gait_setting setting = left_view;
    setting.speed_kmh = r->speed_m_s * 3.6;
    tread_step step = step_of_runner(r, &setting, 240);
    double ic = runner_contact_s(r, TREAD_LEFT, 1);

    runner_point p[TREAD_N_JOINTS];
    runner_points(r, ic, p);
    double shank = atan2(p[TREAD_LEFT_ANKLE].x - p[TREAD_LEFT_KNEE].x,
                         p[TREAD_LEFT_KNEE].y - p[TREAD_LEFT_ANKLE].y) *
                   180 / PI;
    double peak_stance = 0, peak_swing = 0;
    for (double t = 0; t < r->stride_s; t += 1e-4) {
        double knee = runner_knee_deg(r, ic + t, TREAD_LEFT);
        double *peak = t < r->contact_s ? &peak_stance : &peak_swing;
        *peak = fmax(*peak, knee);
    }
    require_near(step.knee_flexion_contact_deg, runner_knee_deg(r, ic, TREAD_LEFT), CORNER_DEG);
    require_near(step.knee_flexion_peak_stance_deg, peak_stance, SMOOTH_DEG);
    require_near(step.knee_flexion_peak_swing_deg, peak_swing, SMOOTH_DEG);
    require_near(step.shank_angle_contact_deg, shank, CORNER_DEG);
    require_near(step.foot_strike_angle_deg, r->strike_deg, SMOOTH_DEG);
    assert_int_equal(step.foot_strike, TREAD_STRIKE_REARFOOT);
    require_near(step.trunk_lean_contact_deg, r->trunk_deg, SMOOTH_DEG);
    require_near(step.trunk_lean_peak_stance_deg, r->trunk_deg, SMOOTH_DEG);
    require_near(step.foot_ahead_cm, 100 * p[TREAD_LEFT_HEEL].x, LENGTH_TOLERANCE_CM);
    require_near(step.foot_ahead_pct_leg, 100 * p[TREAD_LEFT_HEEL].x / 0.86,
                 LENGTH_TOLERANCE_CM / 0.86);
    require_near(step.vertical_oscillation_cm, 200 * r->hip_amplitude_m, 0.1);
    require_near(step.step_length_m, r->speed_m_s * r->stride_s / 2, 1e-9);
    assert_true(step.is_valid);
}

/* Lengths do not depend on how many pixels show them: at 4000 px a metre the foot
 * moves by hundreds of pixels between two frames. */
static void test_resolution_does_not_matter(void **state)
{
    (void)state;
    runner fine = runner_usual;
    fine.px_per_m = 4000;
    tread_step a = step_of_runner(&runner_usual, &left_view, 30);
    tread_step b = step_of_runner(&fine, &left_view, 30);
    require_near(b.foot_ahead_pct_leg, a.foot_ahead_pct_leg, 1e-6);
    require_near(b.knee_flexion_contact_deg, a.knee_flexion_contact_deg, 1e-6);
}

static void test_without_scale_no_lengths(void **state)
{
    (void)state;
    tread_step step = step_of_runner(&runner_usual, &left_view, 60);
    require_nan(step.foot_ahead_cm);
    require_nan(step.vertical_oscillation_cm);
    require_nan(step.step_length_m);
    assert_true(isfinite(step.foot_ahead_pct_leg));
}

static void test_scale(void **state)
{
    (void)state;
    static const struct {
        double speed_kmh, height_cm, belt_px_s, leg_px, m_per_px;
    } cases[] = {
        {10.8, 0, 1200, 340, 3.0 / 1200},       /* from the belt */
        {10.8, 180, 1200, 340, 3.0 / 1200},     /* the belt is the better one */
        {0, 180, 1200, 340, 0.491 * 1.8 / 340}, /* from the height */
        {10.8, 180, NAN, 340, 0.491 * 1.8 / 340}, {0, 0, 1200, 340, NAN}, {0, 180, 1200, NAN, NAN},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tread_gait_setting setting = {.view = TREAD_VIEW_LEFT,
                                      .speed_kmh = cases[k].speed_kmh,
                                      .height_cm = cases[k].height_cm};
        tread_stride stride = {.hz = 1.3, .leg_px = cases[k].leg_px};
        double scale = tread_gait__scale_m_per_px(&setting, &stride, cases[k].belt_px_s);
        if (isnan(cases[k].m_per_px))
            require_nan(scale);
        else
            require_near(scale, cases[k].m_per_px, 1e-12);
    }
}

static void test_mean_trunk_lean(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 3);
    require_near(tread_gait__mean_trunk_lean(&left_view, frames, n, 1, 1.75),
                 runner_usual.trunk_deg, 1e-6);
    require_nan(tread_gait__mean_trunk_lean(&left_view, frames, n, 1, 1));
    require_nan(tread_gait__mean_trunk_lean(&left_view, frames, n, 1, (double)NAN));
    for (size_t i = 60; i < 80; i++) /* 20 of 45 frames */
        frames[i].x_px[TREAD_LEFT_SHOULDER] = (double)NAN;
    require_nan(tread_gait__mean_trunk_lean(&left_view, frames, n, 1, 1.75));
}

/* Half a stance is plausible by itself, but not beside the others of its own side. */
static void test_outliers_of_a_side_lose_validity(void **state)
{
    (void)state;
    tread_step steps[12];
    double room[12];
    for (int i = 0; i < 12; i++)
        steps[i] = (tread_step){.side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
                                .contact_ms = i % 2 ? 340 : 230,
                                .is_valid = true};
    steps[4].contact_ms = 340;        /* usual on the right, not on the left */
    steps[7].contact_ms = 340 * 0.71; /* just inside three tenths of the median */
    steps[9].contact_ms = 340 * 0.69; /* just outside */
    steps[10].contact_ms = (double)NAN;
    steps[11].is_valid = false; /* stays so */
    tread_gait__reject_outliers(steps, 12, room);
    for (int i = 0; i < 12; i++)
        assert_int_equal(steps[i].is_valid, i != 4 && i != 9 && i != 10 && i != 11);
    tread_gait__reject_outliers(steps, 0, room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validity_rules),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_last_contact),
        cmocka_unit_test(test_foot_strike_borders),
        cmocka_unit_test(test_values_of_the_runner),
        cmocka_unit_test(test_resolution_does_not_matter),
        cmocka_unit_test(test_without_scale_no_lengths),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_mean_trunk_lean),
        cmocka_unit_test(test_outliers_of_a_side_lose_validity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Mean curves over the stride of a runner whose knee is known at every moment. */
#include "support.h"

#include <string.h>

#include "gait/runner.h"

#include "gait/gait.h"

#define N_MAX 2000
#define SPAN_S 10.0

static uint64_t seed;
static tread_skeleton frames[N_MAX];
static tread_cycles cycles;
static tread_curve curve;

/* @param jitter  share of the interval by which a frame may come early or late */
static size_t film(const runner *r, double fps, double jitter)
{
    support_random random = support_seeded(seed);
    size_t n = 0;
    for (; (double)n / fps < SPAN_S && n < N_MAX; n++)
        runner_skeleton(r, ((double)n + jitter * (2 * support_uniform(&random) - 1)) / fps,
                        &frames[n]);
    return n;
}

static int clean(void **state)
{
    (void)state;
    tread_gait__cycles_free(&cycles);
    return 0;
}

static void add_stride(const runner *r, size_t n, enum tread_side side, int k)
{
    tread_gait_setting setting = runner_setting(r);
    double from_s = runner_contact_s(r, side, k);
    assert_int_equal(tread_gait__cycles_add(&cycles, &setting, frames, n, side, from_s,
                                            from_s + r->contact_s, from_s + r->stride_s),
                     TREAD_OK);
}

/* Strides 1 to 10 of a side: whole ones, with frames on both sides of them. */
static void add_strides(const runner *r, size_t n, enum tread_side side)
{
    for (int k = 1; k <= 10; k++)
        add_stride(r, n, side, k);
}

static const tread_curve *curve_of(const runner *r, enum tread_curve_id id, enum tread_side side)
{
    tread_gait_setting setting = runner_setting(r);
    tread_gait__curve(&cycles, &setting, id, side, &curve);
    return &curve;
}

/* Largest miss of the mean knee curve, away from the corners and near them: the formula's knee
 * changes its speed at once at contact and at toe-off. */
static void compare(const runner *r, enum tread_side side, double *smooth_deg, double *corner_deg)
{
    const double pct_per_s = 100 / r->stride_s, near_s = 0.04;
    *smooth_deg = *corner_deg = 0;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        double t = p / pct_per_s;
        double truth = runner_knee_deg(r, runner_contact_s(r, side, 1) + t, side);
        double off_corner_s = fmin(fmin(t, r->stride_s - t), fabs(t - r->contact_s));
        double *worst = off_corner_s < near_s ? corner_deg : smooth_deg;
        *worst = fmax(*worst, fabs(curve.mean[p] - truth));
    }
}

static void test_knee_curve(void **state)
{
    (void)state;
    /* A cubic through frames 33 ms apart misses half a degree where the knee turns in swing
     * (straight lines miss 2); at a corner of 600 degrees a second it loses an eighth of what
     * the knee moves in a frame, 2.5 degrees. At 120 fps both are a quarter or much less. Frames
     * that come up to a third early or late leave gaps of 1.6 intervals. */
    static const struct {
        double fps, jitter, smooth_deg, corner_deg;
    } cases[] = {{30, 0, 0.8, 3}, {120, 0, 0.05, 0.3}, {30, 0.3, 0.9, 3.5}, {120, 0.3, 0.05, 0.7}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            const runner *r = &runner_usual;
            size_t n = film(r, cases[k].fps, cases[k].jitter);
            clean(NULL);
            add_strides(r, n, (enum tread_side)side);
            curve_of(r, TREAD_CURVE_KNEE_FLEXION, (enum tread_side)side);
            assert_null(curve.reason);
            assert_int_equal(curve.n, 10);
            double smooth_deg, corner_deg;
            compare(r, (enum tread_side)side, &smooth_deg, &corner_deg);
            print_message("%g fps, jitter %g: off by %.2f degrees, %.2f near corners\n",
                          cases[k].fps, cases[k].jitter, smooth_deg, corner_deg);
            require_between(smooth_deg, 0, cases[k].smooth_deg);
            require_between(corner_deg, 0, cases[k].corner_deg);
            /* one full turn: as it began */
            require_near(curve.mean[100], curve.mean[0], cases[k].corner_deg);
            require_near(curve.toe_off_pct, 100 * r->contact_s / r->stride_s, 1e-9);
        }
}

/* 0.75 s are 90 frames of 120 fps: every stride is seen at the same moments. */
static void test_identical_strides_do_not_scatter(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 120, 0);
    add_strides(&runner_usual, n, TREAD_LEFT);
    for (int id = 0; id < TREAD_N_CURVES; id++) {
        curve_of(&runner_usual, (enum tread_curve_id)id, TREAD_LEFT);
        assert_null(curve.reason);
        assert_int_equal(curve.n, 10);
        for (int p = 0; p < TREAD_CURVE_POINTS; p++)
            require_between(curve.sd[p], 0, 1e-6);
    }
}

/* Trunks that lean by 4, 7 and 10 degrees: the mean 7, the scatter 3. */
static void test_mean_and_scatter(void **state)
{
    (void)state;
    for (int i = -1; i <= 1; i++) {
        runner r = runner_usual;
        r.trunk_deg = 7 + 3 * i;
        size_t n = film(&r, 60, 0);
        add_stride(&r, n, TREAD_LEFT, 2);
    }
    curve_of(&runner_usual, TREAD_CURVE_TRUNK_LEAN, TREAD_LEFT);
    assert_int_equal(curve.n, 3);
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        require_near(curve.mean[p], 7, 1e-9);
        require_near(curve.sd[p], 3, 1e-9);
    }
}

static void test_gap_leaves_a_stride_out(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    double middle_s = runner_contact_s(&runner_usual, TREAD_LEFT, 4) + 0.3;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) /* 0.12 s without a frame */
        if (fabs(frames[i].time_s - middle_s) > 0.06)
            frames[kept++] = frames[i];
    assert_true(kept < n);
    add_strides(&runner_usual, kept, TREAD_LEFT);
    curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT);
    assert_int_equal(curve.n, 9);
    double smooth_deg, corner_deg;
    compare(&runner_usual, TREAD_LEFT, &smooth_deg, &corner_deg);
    require_between(smooth_deg, 0, 0.6);
}

/* A knee not seen in one frame takes its stride from the curves of knee, thigh and shank, and
 * leaves the trunk's alone. */
static void test_missing_point_leaves_its_curves_out(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    for (size_t i = 0; i < n; i++)
        if (fabs(frames[i].time_s - runner_contact_s(&runner_usual, TREAD_LEFT, 4) - 0.3) < 0.01)
            frames[i].x_px[TREAD_LEFT_KNEE] = (double)NAN;
    add_strides(&runner_usual, n, TREAD_LEFT);
    static const struct {
        enum tread_curve_id id;
        int n;
    } cases[] = {{TREAD_CURVE_KNEE_FLEXION, 9}, {TREAD_CURVE_THIGH_ANGLE, 9},
                 {TREAD_CURVE_SHANK_ANGLE, 9},  {TREAD_CURVE_HIP_FLEXION, 9},
                 {TREAD_CURVE_TRUNK_LEAN, 10},  {TREAD_CURVE_FOOT_ANGLE, 10}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        curve_of(&runner_usual, cases[k].id, TREAD_LEFT);
        assert_int_equal(curve.n, cases[k].n);
        for (int p = 0; p < TREAD_CURVE_POINTS; p++)
            assert_true(isfinite(curve.mean[p]) && isfinite(curve.sd[p]));
    }
}

/* The frames begin or end inside the stride. */
static void test_cut_strides_are_left_out(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0), first = 0;
    while (frames[first].time_s < runner_contact_s(&runner_usual, TREAD_LEFT, 2) + 0.1)
        first++;
    memmove(frames, frames + first, (n - first) * sizeof *frames);
    n -= first;
    add_stride(&runner_usual, n, TREAD_LEFT, 1);
    add_stride(&runner_usual, n, TREAD_LEFT, 2);
    while (frames[n - 1].time_s > runner_contact_s(&runner_usual, TREAD_LEFT, 9) + 0.7)
        n--;
    add_stride(&runner_usual, n, TREAD_LEFT, 9);
    add_stride(&runner_usual, n, TREAD_LEFT, 200);
    assert_int_equal(curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT)->n, 0);
    add_stride(&runner_usual, n, TREAD_LEFT, 5);
    assert_int_equal(curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT)->n, 1);
    /* no frames at all */
    add_stride(&runner_usual, 0, TREAD_LEFT, 5);
    assert_int_equal(curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT)->n, 1);
}

static void require_no_curve(const char *word)
{
    assert_non_null(curve.reason);
    if (!strstr(curve.reason, word))
        fail_msg("\"%s\" does not say \"%s\"", curve.reason, word);
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        require_nan(curve.mean[p]);
        require_nan(curve.sd[p]);
    }
}

static void test_few_strides(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT);
    require_no_curve("too few whole strides");
    require_nan(curve.toe_off_pct);
    for (int k = 1; k <= 3; k++) {
        add_stride(&runner_usual, n, TREAD_LEFT, k);
        curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT);
        assert_int_equal(curve.n, k);
        if (k < 3)
            require_no_curve("too few whole strides");
    }
    assert_null(curve.reason);
    /* the other foot has none */
    curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_RIGHT);
    require_no_curve("too few whole strides");
}

/* The offset of the shoe comes off foot and ankle, whenever it becomes known. */
static void test_foot_offset(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    add_strides(&runner_usual, n, TREAD_LEFT);
    tread_gait_setting setting = runner_setting(&runner_usual);
    static const enum tread_curve_id feet[] = {TREAD_CURVE_FOOT_ANGLE,
                                               TREAD_CURVE_ANKLE_DORSIFLEXION};
    for (size_t k = 0; k < 2; k++) {
        static tread_curve level;
        setting.foot_offset_deg[TREAD_LEFT] = 0;
        tread_gait__curve(&cycles, &setting, feet[k], TREAD_LEFT, &level);
        setting.foot_offset_deg[TREAD_LEFT] = 9;
        tread_gait__curve(&cycles, &setting, feet[k], TREAD_LEFT, &curve);
        for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
            require_near(curve.mean[p], level.mean[p] - 9, 1e-9);
            require_near(curve.sd[p], level.sd[p], 0);
        }
        setting.foot_offset_deg[TREAD_LEFT] = (double)NAN;
        tread_gait__curve(&cycles, &setting, feet[k], TREAD_LEFT, &curve);
        require_no_curve("flat");
    }
    tread_gait__curve(&cycles, &setting, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT, &curve);
    assert_null(curve.reason);
}

/* Flat between a fifth and nearly half of stance; landing with the toes 12 degrees up. */
static void test_foot_curve(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 120, 0);
    add_strides(&runner_usual, n, TREAD_LEFT);
    curve_of(&runner_usual, TREAD_CURVE_FOOT_ANGLE, TREAD_LEFT);
    require_near(curve.mean[0], 12, 0.5);
    require_near(curve.mean[12], 0, 0.3); /* a third of stance */
    require_near(curve.mean[36], -60, 1);
    require_near(curve.mean[95], 12, 0.3);
}

static void test_toe_off_not_seen(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    tread_gait_setting setting = runner_setting(&runner_usual);
    for (int k = 1; k <= 6; k++) {
        double from_s = runner_contact_s(&runner_usual, TREAD_LEFT, k);
        double toe_off_s = k <= 4 ? (double)NAN : from_s + (k == 5 ? 0.3 : 0.15);
        assert_int_equal(tread_gait__cycles_add(&cycles, &setting, frames, n, TREAD_LEFT, from_s,
                                                toe_off_s, from_s + 0.75),
                         TREAD_OK);
        curve_of(&runner_usual, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT);
        if (k <= 4)
            require_nan(curve.toe_off_pct);
    }
    assert_int_equal(curve.n, 6);
    require_near(curve.toe_off_pct, 30, 1e-9); /* of 40 and 20 */
}

static void test_other_views(void **state)
{
    (void)state;
    size_t n = film(&runner_usual, 60, 0);
    add_strides(&runner_usual, n, TREAD_LEFT);
    tread_gait_setting setting = runner_setting(&runner_usual);
    setting.view = TREAD_VIEW_REAR;
    tread_gait__curve(&cycles, &setting, TREAD_CURVE_KNEE_FLEXION, TREAD_LEFT, &curve);
    require_no_curve("beside");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(tread_curve_name(TREAD_CURVE_KNEE_FLEXION), "knee_flexion");
    for (int id = 0; id < TREAD_N_CURVES; id++)
        for (int other = 0; other < id; other++)
            assert_string_not_equal(tread_curve_name((enum tread_curve_id)id),
                                    tread_curve_name((enum tread_curve_id)other));
    assert_string_equal(tread_curve_name(TREAD_N_CURVES), "unknown");
}

#define CASE(name) cmocka_unit_test_teardown(name, clean)

int main(void)
{
    seed = support_seed("test_cycles", 20240611);
    const struct CMUnitTest tests[] = {
        CASE(test_knee_curve),
        CASE(test_identical_strides_do_not_scatter),
        CASE(test_mean_and_scatter),
        CASE(test_gap_leaves_a_stride_out),
        CASE(test_missing_point_leaves_its_curves_out),
        CASE(test_cut_strides_are_left_out),
        CASE(test_few_strides),
        CASE(test_foot_offset),
        CASE(test_foot_curve),
        CASE(test_toe_off_not_seen),
        CASE(test_other_views),
        CASE(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The smoother as a filter: what it leaves alone, what it takes away, and where
 * it says that nothing was seen. */
#include "support.h"

#include <string.h>

#include "motion/motion.h"

#define N_MAX 1200
#define PI 3.14159265358979323846

/* Landmarks are floats: about 1e-4 px at 1000 px. */
#define FLOAT_PX 2e-4

static uint64_t seed;

static tread_landmarks frames[N_MAX];
static tread_skeleton out[N_MAX], other[N_MAX];

static void nobody(tread_landmarks *lm, size_t i, double time_s)
{
    *lm = (tread_landmarks){.frame = (int64_t)i, .time_s = time_s, .presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
        lm->x_px[k] = lm->y_px[k] = lm->z_px[k] = NAN;
        lm->confidence[k] = 1;
    }
}

static void set(tread_landmarks *lm, enum tread_joint joint, double x, double y)
{
    lm->x_px[tread_motion__landmark_of(joint)] = (float)x;
    lm->y_px[tread_motion__landmark_of(joint)] = (float)y;
}

static void smooth(size_t n, tread_skeleton *to)
{
    tread_motion_workspace *ws;
    assert_int_equal(tread_motion__workspace_create(&ws, n), TREAD_OK);
    assert_int_equal(tread_motion__smooth(ws, frames, n, to), TREAD_OK);
    tread_motion__workspace_destroy(&ws);
}

/* ---- times of frames, uniform and not ------------------------------------- */

typedef struct rhythm {
    const char *name;
    double fps;
    double jitter; /* share of the interval */
    double drops;  /* share of the frames left out */
} rhythm;

static const rhythm rhythms[] = {
    {"24 fps", 24, 0, 0},           {"30 fps", 30, 0, 0},
    {"60 fps", 60, 0, 0},           {"120 fps", 120, 0, 0},
    {"60 fps, jitter", 60, 0.6, 0}, {"60 fps, one in seven dropped", 60, 0.2, 0.14},
};
#define N_RHYTHMS (sizeof rhythms / sizeof *rhythms)

static size_t make_times(const rhythm *r, double span_s, double *times)
{
    support_random random = support_seeded(seed);
    size_t n = 0;
    for (int i = 0; i / r->fps < span_s && n < N_MAX; i++) {
        double jitter = r->jitter * (support_uniform(&random) - 0.5);
        if (support_uniform(&random) >= r->drops)
            times[n++] = (i + jitter) / r->fps;
    }
    return n;
}

/* ---- what is left alone --------------------------------------------------- */

static void test_parabola_passes_exactly(void **state)
{
    (void)state;
    double times[N_MAX];
    for (size_t k = 0; k < N_RHYTHMS; k++) {
        size_t n = make_times(&rhythms[k], 3, times);
        for (size_t i = 0; i < n; i++) {
            double t = times[i];
            nobody(&frames[i], i, t);
            for (int j = 0; j < TREAD_N_JOINTS; j++)
                set(&frames[i], (enum tread_joint)j, 300 + 40 * t - 25 * t * t + j,
                    700 - 90 * t + 30 * t * t);
        }
        smooth(n, out);
        for (size_t i = 0; i < n; i++)
            for (int j = 0; j < TREAD_N_JOINTS; j++) {
                double t = times[i];
                require_near(out[i].x_px[j], 300 + 40 * t - 25 * t * t + j, FLOAT_PX);
                require_near(out[i].y_px[j], 700 - 90 * t + 30 * t * t, FLOAT_PX);
            }
    }
}

/* ---- what is taken away --------------------------------------------------- */

/* Least squares a sin + b cos + c over the middle of the stretch. */
static void fit_sine(const double *times, size_t n, double hz, enum tread_joint joint,
                     double *in_phase, double *quadrature)
{
    double m[3][4] = {{0}};
    for (size_t i = 0; i < n; i++) {
        if (times[i] < 2 || times[i] > 4)
            continue;
        double row[3] = {sin(2 * PI * hz * times[i]), cos(2 * PI * hz * times[i]), 1};
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++)
                m[r][c] += row[r] * row[c];
            m[r][3] += row[r] * out[i].x_px[joint];
        }
    }
    for (int c = 0; c < 3; c++) /* definite: no pivoting needed */
        for (int r = 0; r < 3; r++) {
            double f = m[r][c] / m[c][c];
            for (int k = 0; r != c && k < 4; k++)
                m[r][k] -= f * m[c][k];
        }
    *in_phase = m[0][3] / m[0][0];
    *quadrature = m[1][3] / m[1][1];
}

/* Small against MIN_SCALE_PX (0.5 px), so that the robust weights stay out of it. */
#define SINE_PX 0.1
/* What the fit of the middle two seconds and the ends of the stretch are good for. */
#define GAIN_TOLERANCE 0.01
/* Over uneven spans the penalty is a coarse quadrature of its integral, the coarser
 * the nearer to half the frame rate: looked at up to 0.15 of the frame rate. */
#define IRREGULAR_TOLERANCE 0.1
#define UNIFORM_UP_TO 0.4
#define IRREGULAR_UP_TO 0.15
/* Uneven times leak a little from sine to cosine; even ones do not. */
#define UNIFORM_LAG_RAD 0.001
#define IRREGULAR_LAG_RAD 0.08

/* The gain of the spline, and of its third differences at a finite frame rate: a
 * difference over one interval is a derivative times sinc(f / fps). Towards half the
 * frame rate the filter may be anywhere between the two. */
static double gain_at(double hz, double cutoff_hz, double fps)
{
    double sinc = fps > 0 ? sin(PI * hz / fps) / (PI * hz / fps) : 1;
    return 1 / (1 + 0.41421356 * pow(sinc * hz / cutoff_hz, 6));
}

static void check_sine(const rhythm *r, enum tread_joint joint, double cutoff_hz, double hz)
{
    double times[N_MAX];
    size_t n = make_times(r, 6, times);
    for (size_t i = 0; i < n; i++) {
        nobody(&frames[i], i, times[i]);
        set(&frames[i], joint, SINE_PX * sin(2 * PI * hz * times[i]), 0);
    }
    smooth(n, out);
    double in_phase, quadrature;
    fit_sine(times, n, hz, joint, &in_phase, &quadrature);
    double gain = hypot(in_phase, quadrature) / SINE_PX;
    bool is_uniform = r->jitter == 0 && r->drops == 0;
    double tolerance = is_uniform ? GAIN_TOLERANCE : IRREGULAR_TOLERANCE;
    double expected = gain_at(hz, cutoff_hz, 0);
    if (getenv("TREAD_TEST_VERBOSE"))
        printf(
            "%-28s %4.1f Hz, cut-off %2.0f: gain %.4f, spline %.4f, differences %.4f, %.4f rad\n",
            r->name, hz, cutoff_hz, gain, expected, gain_at(hz, cutoff_hz, r->fps),
            atan2(quadrature, in_phase));
    require_between(gain, expected - tolerance, gain_at(hz, cutoff_hz, r->fps) + tolerance);
    if (expected > 0.2) /* else there is nothing left to have a phase */
        require_near(atan2(quadrature, in_phase), 0,
                     is_uniform ? UNIFORM_LAG_RAD : IRREGULAR_LAG_RAD);
}

static void test_sine_is_attenuated_without_lag(void **state)
{
    (void)state;
    static const struct {
        enum tread_joint joint;
        double cutoff_hz; /* BIOMECHANICS.md section 8.1 */
    } joints[] = {{TREAD_LEFT_HIP, 6}, {TREAD_RIGHT_KNEE, 10}, {TREAD_LEFT_HEEL, 12}};
    static const double share[] = {0.2, 0.5, 0.8, 1, 1.25, 1.6};
    for (size_t k = 0; k < N_RHYTHMS; k++) {
        bool is_uniform = rhythms[k].jitter == 0 && rhythms[k].drops == 0;
        double limit_hz = (is_uniform ? UNIFORM_UP_TO : IRREGULAR_UP_TO) * rhythms[k].fps;
        for (size_t j = 0; j < sizeof joints / sizeof *joints; j++)
            for (size_t f = 0; f < sizeof share / sizeof *share; f++)
                if (share[f] * joints[j].cutoff_hz <= limit_hz)
                    check_sine(&rhythms[k], joints[j].joint, joints[j].cutoff_hz,
                               share[f] * joints[j].cutoff_hz);
    }
}

/* ---- outliers ------------------------------------------------------------- */

#define OUTLIER_PX 100.0
/* A rejected frame is bridged by its neighbours: at 30 fps and 2 Hz that is worth
 * a few tenths of a pixel of a 60 px swing. */
#define OUTLIER_MOVES_PX 0.5

static void running_sine(size_t n, double fps, enum tread_joint joint)
{
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / fps;
        nobody(&frames[i], i, t);
        set(&frames[i], joint, 500 + 60 * sin(2 * PI * 1.4 * t), 400 + 20 * sin(2 * PI * 2.8 * t));
    }
}

static void test_single_outliers_do_not_move_the_curve(void **state)
{
    (void)state;
    static const double rates[] = {30, 60, 120};
    for (size_t k = 0; k < 3; k++) {
        size_t n = (size_t)(4 * rates[k]);
        running_sine(n, rates[k], TREAD_LEFT_ANKLE);
        smooth(n, other);
        for (size_t i = 7; i < n; i += n / 6)
            set(&frames[i], TREAD_LEFT_ANKLE,
                (double)frames[i].x_px[TREAD_LM_LEFT_ANKLE] + OUTLIER_PX,
                (double)frames[i].y_px[TREAD_LM_LEFT_ANKLE] - OUTLIER_PX);
        smooth(n, out);
        for (size_t i = 0; i < n; i++) {
            require_near(out[i].x_px[TREAD_LEFT_ANKLE], other[i].x_px[TREAD_LEFT_ANKLE],
                         OUTLIER_MOVES_PX);
            require_near(out[i].y_px[TREAD_LEFT_ANKLE], other[i].y_px[TREAD_LEFT_ANKLE],
                         OUTLIER_MOVES_PX);
        }
    }
}

/* ---- gaps, holes, nobody there -------------------------------------------- */

static void test_gaps(void **state)
{
    (void)state;
    /* At 50 fps a gap of k frames leaves sightings (k + 1) * 20 ms apart. */
    static const struct {
        int n_missing;
        bool is_bridged;
    } cases[] = {{1, true}, {3, true}, {5, false}, {12, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        running_sine(150, 50, TREAD_RIGHT_KNEE);
        for (int i = 0; i < cases[k].n_missing; i++)
            set(&frames[60 + i], TREAD_RIGHT_KNEE, (double)NAN, (double)NAN);
        smooth(150, out);
        for (int i = 0; i < 150; i++) {
            bool is_missing = i >= 60 && i < 60 + cases[k].n_missing;
            bool is_nan = isnan(out[i].x_px[TREAD_RIGHT_KNEE]);
            assert_int_equal(is_nan, isnan(out[i].y_px[TREAD_RIGHT_KNEE]));
            assert_int_equal(is_nan, is_missing && !cases[k].is_bridged);
            /* what was bridged is where the knee was, about */
            if (!is_nan)
                require_near(out[i].x_px[TREAD_RIGHT_KNEE], 500 + 60 * sin(2 * PI * 1.4 * i / 50),
                             1.0);
        }
        require_nan(out[10].x_px[TREAD_LEFT_KNEE]); /* never seen at all */
    }
}

/* One coordinate missing is the point missing. */
static void test_half_a_point_is_no_point(void **state)
{
    (void)state;
    running_sine(100, 50, TREAD_RIGHT_KNEE);
    for (int i = 40; i < 60; i++)
        frames[i].y_px[TREAD_LM_RIGHT_KNEE] = NAN;
    smooth(100, out);
    require_nan(out[50].x_px[TREAD_RIGHT_KNEE]);
    require_nan(out[50].y_px[TREAD_RIGHT_KNEE]);
}

/* Nothing reaches across a hole in time: what follows it cannot change what came before. */
static void test_holes_separate_stretches(void **state)
{
    (void)state;
    running_sine(200, 50, TREAD_LEFT_TOE);
    for (int i = 100; i < 200; i++)
        frames[i].time_s += 0.3;
    smooth(200, other);
    for (int i = 100; i < 200; i++)
        set(&frames[i], TREAD_LEFT_TOE, 5000 - 10 * i, 40);
    smooth(200, out);
    for (int i = 0; i < 100; i++)
        assert_true(out[i].x_px[TREAD_LEFT_TOE] == other[i].x_px[TREAD_LEFT_TOE]);
    require_near(out[199].x_px[TREAD_LEFT_TOE], 5000 - 10 * 199, 0.01);
}

static void test_nobody_is_nan(void **state)
{
    (void)state;
    running_sine(120, 60, TREAD_LEFT_HIP);
    for (int i = 30; i < 120; i++)
        frames[i].presence = i % 2 == 0 || i >= 60 ? 0 : 1; /* coordinates stay in place */
    smooth(120, out);
    for (int i = 0; i < 120; i++) {
        bool is_there = frames[i].presence > 0;
        assert_int_equal(out[i].identity, is_there ? TREAD_IDENTITY_LABELLED : TREAD_IDENTITY_NONE);
        assert_int_equal(out[i].frame, i);
        assert_true(out[i].time_s == frames[i].time_s);
        assert_true(out[i].presence == (double)frames[i].presence);
        assert_int_equal(isnan(out[i].x_px[TREAD_LEFT_HIP]), !is_there);
    }
}

/* What stands in a frame without a runner is not looked at. */
static void test_nobody_says_nothing(void **state)
{
    (void)state;
    running_sine(120, 60, TREAD_LEFT_HIP);
    frames[50].presence = 0;
    smooth(120, other);
    set(&frames[50], TREAD_LEFT_HIP, 900, -300);
    smooth(120, out);
    for (int i = 0; i < 120; i++)
        if (i != 50)
            assert_true(out[i].x_px[TREAD_LEFT_HIP] == other[i].x_px[TREAD_LEFT_HIP]);
}

/* ---- the rest of the contract --------------------------------------------- */

/* 1/64 s and 1024 s are exact in binary: not a bit may change. */
static void test_start_of_time_does_not_matter(void **state)
{
    (void)state;
    support_random r = support_seeded(seed + 7);
    running_sine(256, 64, TREAD_LEFT_HEEL);
    for (int i = 0; i < 256; i++)
        frames[i].x_px[TREAD_LM_LEFT_HEEL] += (float)(3 * support_normal(&r));
    smooth(256, other);
    for (int i = 0; i < 256; i++)
        frames[i].time_s += 1024;
    smooth(256, out);
    for (int i = 0; i < 256; i++) {
        assert_true(out[i].x_px[TREAD_LEFT_HEEL] == other[i].x_px[TREAD_LEFT_HEEL]);
        assert_true(out[i].y_px[TREAD_LEFT_HEEL] == other[i].y_px[TREAD_LEFT_HEEL]);
    }
}

static void test_short_stretches(void **state)
{
    (void)state;
    for (size_t n = 0; n < 8; n++) {
        running_sine(n, 30, TREAD_NOSE);
        smooth(n, out);
        for (size_t i = 0; i < n; i++)
            assert_true(isnan(out[i].x_px[TREAD_NOSE]) || fabs(out[i].x_px[TREAD_NOSE]) < 1000);
    }
}

static void test_refuses_more_than_it_holds(void **state)
{
    (void)state;
    tread_motion_workspace *ws;
    assert_int_equal(tread_motion__workspace_create(&ws, 10), TREAD_OK);
    running_sine(11, 30, TREAD_NOSE);
    assert_int_equal(tread_motion__smooth(ws, frames, 11, out), TREAD_ERR_ARG);
    assert_int_equal(tread_motion__smooth(ws, frames, 10, out), TREAD_OK);
    tread_motion__workspace_destroy(&ws);
    assert_null(ws);
    tread_motion__workspace_destroy(&ws);
}

/* Strange times and places may give NaN or noise, never a failure. */
static void test_strange_input_is_survived(void **state)
{
    (void)state;
    static const double intervals[] = {1e-12, 1e-9, 1e-6, 1e-3, 0.2, 10, 1e12};
    for (size_t k = 0; k < sizeof intervals / sizeof *intervals; k++) {
        running_sine(64, 60, TREAD_LEFT_TOE);
        for (int i = 0; i < 64; i++)
            frames[i].time_s = intervals[k] * i;
        set(&frames[20], TREAD_LEFT_TOE, 1e30, -1e30);
        set(&frames[21], TREAD_LEFT_TOE, INFINITY, 0);
        smooth(64, out);
    }
    /* ... nor one close pair among ordinary frames. */
    running_sine(64, 60, TREAD_LEFT_TOE);
    frames[30].time_s = frames[29].time_s + 1e-9;
    smooth(64, out);
    require_near(out[10].x_px[TREAD_LEFT_TOE], 500 + 60 * sin(2 * PI * 1.4 * 10 / 60), 1.0);
}

/* ---- what it says of itself ------------------------------------------------------ */

/* Jitter about a path well below the cut-off: what is left of it is as large as stated. */
static void test_states_what_is_left_of_the_jitter(void **state)
{
    (void)state;
    static const double rates[] = {30, 60, 120};
    static const enum tread_joint joints[] = {TREAD_LEFT_HIP, TREAD_RIGHT_TOE};
    for (size_t k = 0; k < 3; k++)
        for (int j = 0; j < 2; j++) {
            support_random r = support_seeded(seed);
            double squares = 0, stated = 0;
            int n_used = 0;
            size_t n = (size_t)(8 * rates[k]);
            for (size_t i = 0; i < n; i++) {
                double t = (double)i / rates[k];
                nobody(&frames[i], i, t);
                set(&frames[i], joints[j], 500 + 40 * sin(3 * t) + 3 * support_normal(&r),
                    400 + 3 * support_normal(&r));
            }
            smooth(n, out);
            for (size_t i = n / 8; i < n - n / 8; i++, n_used++) {
                double dx = out[i].x_px[joints[j]] - 500 - 40 * sin(3 * out[i].time_s);
                double dy = out[i].y_px[joints[j]] - 400;
                squares += 0.5 * (dx * dx + dy * dy);
                stated += (double)(out[i].noise_px[joints[j]] * out[i].noise_px[joints[j]]);
            }
            print_message("%g fps, joint %d: %.2f px, stated %.2f\n", rates[k], (int)joints[j],
                          sqrt(squares / n_used), sqrt(stated / n_used));
            require_between(sqrt(stated / squares), 0.75, 1.35);
        }
}

static void test_uncertainty_of_a_frame(void **state)
{
    (void)state;
    tread_skeleton s = {.presence = 1};
    double left_x[TREAD_N_JOINTS], left_y[TREAD_N_JOINTS];
    double right_x[TREAD_N_JOINTS], right_y[TREAD_N_JOINTS];
    double unknown_x[TREAD_N_JOINTS], unknown_y[TREAD_N_JOINTS];
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        s.x_px[j] = s.y_px[j] = 10 * j;
        s.noise_px[j] = 0.5f;
        s.confidence[j] = 0.8f;
    }
    s.confidence[TREAD_LEFT_HEEL] = 0; /* bridged */
    s.x_px[TREAD_RIGHT_HEEL] = (double)NAN;
    tread_motion__uncertainty(&s, TREAD_VIEW_LEFT, 300, left_x, left_y);
    tread_motion__uncertainty(&s, TREAD_VIEW_RIGHT, 300, right_x, right_y);
    tread_motion__uncertainty(&s, TREAD_VIEW_AUTO, (double)NAN, unknown_x, unknown_y);
    /* 1.4 % of 300 px and the jitter */
    require_near(left_x[TREAD_LEFT_KNEE], hypot(4.2, 0.5), 1e-6);
    require_near(left_x[TREAD_RIGHT_KNEE], right_x[TREAD_LEFT_KNEE], 1e-9);
    assert_true(left_x[TREAD_RIGHT_KNEE] > left_x[TREAD_LEFT_KNEE]);
    assert_true(left_y[TREAD_LEFT_HEEL] > 2 * left_y[TREAD_LEFT_TOE]);
    require_nan(left_x[TREAD_RIGHT_HEEL]);
    require_nan(left_y[TREAD_RIGHT_HEEL]);
    assert_true(unknown_x[TREAD_LEFT_KNEE] > 0 && unknown_x[TREAD_NOSE] > 0);
}

static void test_every_joint_has_its_landmark(void **state)
{
    (void)state;
    assert_int_equal(tread_motion__landmark_of(TREAD_LEFT_SHOULDER), TREAD_LM_LEFT_SHOULDER);
    assert_int_equal(tread_motion__landmark_of(TREAD_RIGHT_TOE), TREAD_LM_RIGHT_TOE);
    assert_int_equal(tread_motion__landmark_of(TREAD_NOSE), TREAD_LM_NOSE);
    for (int a = 0; a < TREAD_N_JOINTS; a++)
        for (int b = 0; b < a; b++)
            assert_int_not_equal(tread_motion__landmark_of((enum tread_joint)a),
                                 tread_motion__landmark_of((enum tread_joint)b));
}

int main(void)
{
    seed = support_seed("test_smooth", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parabola_passes_exactly),
        cmocka_unit_test(test_sine_is_attenuated_without_lag),
        cmocka_unit_test(test_single_outliers_do_not_move_the_curve),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_half_a_point_is_no_point),
        cmocka_unit_test(test_holes_separate_stretches),
        cmocka_unit_test(test_nobody_is_nan),
        cmocka_unit_test(test_nobody_says_nothing),
        cmocka_unit_test(test_start_of_time_does_not_matter),
        cmocka_unit_test(test_short_stretches),
        cmocka_unit_test(test_refuses_more_than_it_holds),
        cmocka_unit_test(test_strange_input_is_survived),
        cmocka_unit_test(test_states_what_is_left_of_the_jitter),
        cmocka_unit_test(test_uncertainty_of_a_frame),
        cmocka_unit_test(test_every_joint_has_its_landmark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The numbers of the summary from steps written by hand. */
#include "support.h"

#include <string.h>

#include "gait/gait.h"

#define N_STEPS 20
#define N_MAX 1000

static uint64_t seed;
static tread_step steps[N_MAX];
static double scratch[2 * N_MAX];
static tread_gait_session session;

/* Left, right, left ... every 350 ms; contact times alternate by 10 ms about the
 * side's mean of 250 left and 270 right. Of 240 frames a second, from the left. */
static void many_steps(int n)
{
    for (int i = 0; i < n; i++) {
        double wobble = (i / 2) % 2 ? 10 : -10;
        double contact = (i % 2 ? 270 : 250) + wobble;
        steps[i] = (tread_step){
            .step = i,
            .side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
            .initial_contact_s = 0.35 * i,
            .toe_off_s = 0.35 * i + contact / 1000,
            .is_valid = true,
            .is_settled = true,
        };
        double *v = steps[i].value;
        for (int id = 0; id < TREAD_N_MEASURES; id++)
            v[id] = (double)NAN;
        v[TREAD_MEASURE_CONTACT] = contact;
        v[TREAD_MEASURE_FLIGHT] = 350 - contact;
        v[TREAD_MEASURE_DUTY_FACTOR] = contact / 700;
        v[TREAD_MEASURE_STEP_TIME] = 350;
        v[TREAD_MEASURE_FOOT_STRIKE_ANGLE] = 15;
        v[TREAD_MEASURE_TRUNK_LEAN] = 8;
        v[TREAD_MEASURE_REARFOOT_SHARE] = 100;
        v[TREAD_MEASURE_FOREFOOT_SHARE] = 0;
        v[TREAD_MEASURE_ELBOW] = 95;
        v[TREAD_MEASURE_ARM_SWING] = 40;
    }
    session = (tread_gait_session){.steps = steps,
                                   .n = (size_t)n,
                                   .view = TREAD_VIEW_LEFT,
                                   .frame_interval_s = 1.0 / 240,
                                   .initial_contact_sd_ms = {8, 8},
                                   .toe_off_sd_ms = {9, 9},
                                   .doubt = {1, 1}};
}

static void usual_steps(void)
{
    many_steps(N_STEPS);
}

static tread_measure measured_between(enum tread_measure_id id, enum tread_side side, double from_s,
                                      double to_s)
{
    tread_measure m;
    tread_gait__measure(&session, id, side, from_s, to_s, scratch, &m);
    return m;
}

static tread_measure measured(enum tread_measure_id id, enum tread_side side)
{
    return measured_between(id, side, -INFINITY, INFINITY);
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
    require_near(near_leg.high - near_leg.value, near_leg.value - near_leg.low, SUM_TOLERANCE);
    assert_true(near_leg.high - near_leg.value > 2.2 * near_leg.se);
    near_leg = measured(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT);
    tread_measure far_leg = measured(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_RIGHT);
    assert_true(far_leg.high - far_leg.low > 1.3 * (near_leg.high - near_leg.low));
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        tread_measure m = measured((enum tread_measure_id)id, TREAD_BOTH);
        bool is_share = id == TREAD_MEASURE_REARFOOT_SHARE || id == TREAD_MEASURE_FOREFOOT_SHARE;
        if (!m.reason && !is_share)
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
            steps[i].value[TREAD_MEASURE_CONTACT] = 1e6 * (i / 2 % 3);
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
        steps[i].value[TREAD_MEASURE_CONTACT] = 5000;
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

static void require_word(const tread_measure *m, const char *word)
{
    if (!m->reason || !strstr(m->reason, word))
        fail_msg("\"%s\" does not say \"%s\"", m->reason ? m->reason : "(none)", word);
    require_nan(m->value);
    require_nan(m->low);
    require_nan(m->high);
    require_nan(m->sd);
    assert_int_equal(m->standing, TREAD_STANDING_NONE);
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        enum tread_measure_id id;
        const char *word;
    } cases[] = {
        {TREAD_MEASURE_STEP_LENGTH, "--speed"},
        {TREAD_MEASURE_VERTICAL_RATIO, "--speed"},
        {TREAD_MEASURE_VERTICAL_OSCILLATION, "--height"},
        {TREAD_MEASURE_FOOT_AHEAD_CM, "--speed or --height"},
        {TREAD_MEASURE_BELT_SPEED, "--height"},
        {TREAD_MEASURE_LEG_STIFFNESS, "--speed"},
        {TREAD_MEASURE_KNEE_FLEXION_CONTACT, "seen in too few"},
        {TREAD_MEASURE_FOOT_SLAP, "flat"},
        {TREAD_MEASURE_STRIDE_CV, "needs 100 strides"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        usual_steps();
        tread_measure m = measured(cases[k].id, TREAD_BOTH);
        require_word(&m, cases[k].word);
    }
    steps[3].incline_pct = 2;
    tread_measure m = measured(TREAD_MEASURE_LEG_STIFFNESS, TREAD_BOTH);
    require_word(&m, "incline");
    for (int i = 6; i < N_STEPS; i++)
        steps[i].is_valid = false;
    m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_int_equal(m.n, 3);
    require_word(&m, "too few steps");
    session.n = 0;
    m = measured(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    require_word(&m, "too few steps");
    assert_int_equal(m.n, 0);
}

static void test_views(void **state)
{
    (void)state;
    static const struct {
        enum tread_view view;
        enum tread_measure_id id;
        enum tread_side side;
        const char *word; /* NULL = not refused for the view */
    } cases[] = {
        {TREAD_VIEW_LEFT, TREAD_MEASURE_LATERAL_LEAN, TREAD_BOTH, "behind"},
        {TREAD_VIEW_REAR, TREAD_MEASURE_PELVIC_DROP, TREAD_LEFT, "pelvis"},
        {TREAD_VIEW_LEFT, TREAD_MEASURE_HIP_ADDUCTION, TREAD_LEFT, "pelvis"},
        {TREAD_VIEW_RIGHT, TREAD_MEASURE_STEP_WIDTH, TREAD_BOTH, "behind"},
        {TREAD_VIEW_LEFT, TREAD_MEASURE_ARM_CROSSOVER, TREAD_LEFT, "front"},
        {TREAD_VIEW_REAR, TREAD_MEASURE_ARM_CROSSOVER, TREAD_LEFT, "front"},
        {TREAD_VIEW_REAR, TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT, "beside"},
        {TREAD_VIEW_FRONT, TREAD_MEASURE_CONTACT, TREAD_LEFT, "beside"},
        {TREAD_VIEW_FRONT, TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH, "beside"},
        {TREAD_VIEW_AUTO, TREAD_MEASURE_CADENCE, TREAD_BOTH, "--view"},
        {TREAD_VIEW_LEFT, TREAD_MEASURE_ELBOW, TREAD_RIGHT, "hides this arm"},
        {TREAD_VIEW_RIGHT, TREAD_MEASURE_ELBOW, TREAD_LEFT, "hides this arm"},
        {TREAD_VIEW_LEFT, TREAD_MEASURE_ARM_SWING, TREAD_RIGHT, "hides this arm"},
        {TREAD_VIEW_LEFT, TREAD_MEASURE_ELBOW, TREAD_LEFT, NULL},
        {TREAD_VIEW_RIGHT, TREAD_MEASURE_ARM_SWING, TREAD_RIGHT, NULL},
        {TREAD_VIEW_REAR, TREAD_MEASURE_CADENCE, TREAD_BOTH, NULL},
        {TREAD_VIEW_FRONT, TREAD_MEASURE_STEP_TIME, TREAD_RIGHT, NULL},
        {TREAD_VIEW_RIGHT, TREAD_MEASURE_CONTACT, TREAD_LEFT, NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        usual_steps();
        session.view = cases[k].view;
        tread_measure m = measured(cases[k].id, cases[k].side);
        if (cases[k].word)
            require_word(&m, cases[k].word);
        else
            assert_null(m.reason);
    }
    /* In every view each measure is either stated by the table or refused for the view. */
    for (int view = TREAD_VIEW_LEFT; view <= TREAD_VIEW_FRONT; view++)
        for (int id = 0; id < TREAD_N_MEASURES; id++) {
            many_steps(400);
            session.view = (enum tread_view)view;
            for (int i = 0; i < 400; i++)
                for (int k = 0; k < TREAD_N_MEASURES; k++)
                    steps[i].value[k] = 50;
            unsigned bit = view == TREAD_VIEW_REAR    ? TREAD_MEASURED_FROM_REAR
                           : view == TREAD_VIEW_FRONT ? TREAD_MEASURED_FROM_FRONT
                                                      : TREAD_MEASURED_FROM_SIDE;
            bool is_seen = tread_measure_describe((enum tread_measure_id)id)->views & bit;
            tread_measure m = measured((enum tread_measure_id)id, TREAD_BOTH);
            if (is_seen)
                assert_null(m.reason);
            else
                require_word(&m, "not measurable");
        }
}

/* Of both arms the one that is seen. */
static void test_hidden_arm_does_not_enter(void **state)
{
    (void)state;
    usual_steps();
    for (int i = 1; i < N_STEPS; i += 2) /* a guess behind the body */
        steps[i].value[TREAD_MEASURE_ELBOW] = 20;
    tread_measure m = measured(TREAD_MEASURE_ELBOW, TREAD_BOTH);
    assert_null(m.reason);
    require_near(m.value, 95, SUM_TOLERANCE);
}

static void test_standing(void **state)
{
    (void)state;
    static const struct {
        int n_near;
        enum tread_standing standing;
    } cases[] = {{4, TREAD_STANDING_FEW},         {7, TREAD_STANDING_FEW},
                 {8, TREAD_STANDING_PROVISIONAL}, {24, TREAD_STANDING_PROVISIONAL},
                 {25, TREAD_STANDING_SETTLED},    {80, TREAD_STANDING_SETTLED}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        many_steps(200);
        /* of the far foot there is plenty */
        for (int i = 0, n = 0; i < 200; i += 2)
            steps[i].is_valid = n++ < cases[k].n_near;
        assert_int_equal(measured(TREAD_MEASURE_CONTACT, TREAD_LEFT).standing, cases[k].standing);
        assert_int_equal(measured(TREAD_MEASURE_CONTACT, TREAD_BOTH).standing, cases[k].standing);
        assert_int_equal(measured(TREAD_MEASURE_CONTACT, TREAD_RIGHT).standing,
                         TREAD_STANDING_SETTLED);
    }
    many_steps(17); /* nine left contacts: eight strides */
    assert_int_equal(measured(TREAD_MEASURE_CADENCE, TREAD_BOTH).standing,
                     TREAD_STANDING_PROVISIONAL);
    many_steps(15);
    assert_int_equal(measured(TREAD_MEASURE_CADENCE, TREAD_BOTH).standing, TREAD_STANDING_FEW);
}

/* BIOMECHANICS.md section 1.5. */
static void test_frame_rate(void **state)
{
    (void)state;
    static const enum tread_measure_id timed[] = {
        TREAD_MEASURE_CONTACT, TREAD_MEASURE_FLIGHT, TREAD_MEASURE_DUTY_FACTOR,
        TREAD_MEASURE_VERTICAL_STIFFNESS, TREAD_MEASURE_LEG_STIFFNESS};
    static const struct {
        double fps;
        bool is_mean_stated, is_single_stated;
    } cases[] = {{25, false, false}, {30, false, false}, {44.4, false, false}, {44.6, true, false},
                 {45, true, false},  {60, true, false},  {88.9, true, false},  {89.1, true, true},
                 {90, true, true},   {240, true, true},  {NAN, true, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (size_t i = 0; i < sizeof timed / sizeof *timed; i++) {
            const char *mean = tread_gait__rate_refusal(timed[i], 1 / cases[k].fps, false);
            const char *single = tread_gait__rate_refusal(timed[i], 1 / cases[k].fps, true);
            assert_int_equal(mean == NULL, cases[k].is_mean_stated);
            assert_int_equal(single == NULL, cases[k].is_single_stated);
            assert_null(tread_gait__rate_refusal(TREAD_MEASURE_STEP_TIME, 1 / cases[k].fps, true));
            assert_null(tread_gait__rate_refusal(TREAD_MEASURE_KNEE_FLEXION_CONTACT,
                                                 1 / cases[k].fps, true));
        }
    usual_steps();
    session.frame_interval_s = 1 / 30.0;
    tread_measure m = measured(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    require_word(&m, "45 frames a second");
    m = measured(TREAD_MEASURE_DUTY_FACTOR, TREAD_BOTH);
    require_word(&m, "45 frames a second");
    assert_null(measured(TREAD_MEASURE_CADENCE, TREAD_BOTH).reason);
    assert_null(measured(TREAD_MEASURE_STEP_TIME, TREAD_BOTH).reason);
    session.frame_interval_s = 1 / 60.0;
    assert_null(measured(TREAD_MEASURE_CONTACT, TREAD_LEFT).reason);
    session.frame_interval_s = (double)NAN;
    assert_null(measured(TREAD_MEASURE_CONTACT, TREAD_LEFT).reason);
}

/* ---- stride time, variation ------------------------------------------------------- */

/* Strides of a session of the longest live memory, and clips to see the scatter of it. */
#define N_CV_STEPS 800
#define N_CV_SESSIONS 20

/* Contacts `noise_ms` off, strides that scatter truly by `true_ms`, or take `swing_ms` more and
 * less in turn. @return mean over sessions of the variation stated, per cent */
static double mean_variation(double noise_ms, double true_ms, double swing_ms)
{
    support_random random = support_seeded(seed);
    double sum = 0;
    for (int k = 0; k < N_CV_SESSIONS; k++) {
        many_steps(N_CV_STEPS);
        double t = 0;
        for (int i = 0; i + 1 < N_CV_STEPS; i += 2) {
            double stride =
                0.7 +
                (true_ms * support_normal(&random) + (i / 2 % 2 ? swing_ms : -swing_ms)) / 1000;
            steps[i].initial_contact_s = t + noise_ms / 1000 * support_normal(&random);
            steps[i + 1].initial_contact_s =
                t + 0.5 * stride + noise_ms / 1000 * support_normal(&random);
            t += stride;
        }
        tread_measure m = measured(TREAD_MEASURE_STRIDE_CV, TREAD_BOTH);
        assert_null(m.reason);
        assert_true(m.low <= m.value && m.value <= m.high);
        sum += m.value;
    }
    return sum / N_CV_SESSIONS;
}

/* Noise of 10 ms a contact is 14 a stride, 2.02 % of 700: of it no more than a third may be
 * taken for the runner's own, the scatter of an estimate over 400 strides. */
static void test_variation_is_not_the_timings(void **state)
{
    (void)state;
    double cv = mean_variation(10, 0, 0);
    print_message("regular strides timed to 10 ms: %.2f %%, noise alone 2.02\n", cv);
    require_between(cv, 0, 0.67);
}

/* 14 ms of 700 are 2 %. */
static void test_true_variation_is_kept(void **state)
{
    (void)state;
    require_near(mean_variation(0, 14, 0), 2, 0.1);
    double cv = mean_variation(10, 14, 0);
    print_message("strides of 2 %%, timed to 10 ms: %.2f %%\n", cv);
    require_near(cv, 2, 0.15);
}

/* A runner whose strides truly take 10 ms more and less in turn varies by 1.43 %. */
static void test_true_alternation_is_kept(void **state)
{
    (void)state;
    double cv = mean_variation(0, 0, 10);
    print_message("strides of 690 and 710 ms in turn: %.2f %%, truth 1.43\n", cv);
    require_near(cv, 100 * 10 / 700.0, 0.2);
}

static void test_variation_needs_100_strides(void **state)
{
    (void)state;
    many_steps(200); /* 100 left contacts: 99 strides */
    tread_measure m = measured(TREAD_MEASURE_STRIDE_CV, TREAD_BOTH);
    require_word(&m, "needs 100 strides");
    many_steps(202);
    m = measured(TREAD_MEASURE_STRIDE_CV, TREAD_BOTH);
    assert_null(m.reason);
    assert_int_equal(m.n, 100);
    require_near(m.value, 0, 1e-6);
    assert_int_equal(m.standing, TREAD_STANDING_SETTLED);
}

/* ---- the interval ----------------------------------------------------------------- */

static void test_between_two_times(void **state)
{
    (void)state;
    many_steps(100);
    for (int i = 0; i < 100; i++)
        steps[i].value[TREAD_MEASURE_TRUNK_LEAN] = i;
    /* contacts at 3.5 s, the tenth, to before 7 s, the twentieth */
    tread_measure m = measured_between(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH,
                                       steps[10].initial_contact_s, steps[20].initial_contact_s);
    assert_int_equal(m.n, 10);
    require_near(m.value, 14.5, SUM_TOLERANCE);
    m = measured_between(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH, -INFINITY,
                         steps[8].initial_contact_s);
    assert_int_equal(m.n, 8);
    require_near(m.value, 3.5, SUM_TOLERANCE);
    /* the stride that begins inside counts, though it ends outside */
    m = measured_between(TREAD_MEASURE_CADENCE, TREAD_BOTH, steps[10].initial_contact_s,
                         steps[20].initial_contact_s);
    assert_int_equal(m.n, 5);
    require_near(m.value, 120 / 0.7, 1e-6);
    static const double nothing[][2] = {{5, 5}, {7, 3}, {1000, 2000}, {NAN, 7}, {3, NAN}};
    for (size_t k = 0; k < sizeof nothing / sizeof *nothing; k++) {
        m = measured_between(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH, nothing[k][0], nothing[k][1]);
        assert_int_equal(m.n, 0);
        require_word(&m, "too few steps");
    }
}

static double width(enum tread_measure_id id, enum tread_side side)
{
    tread_measure m = measured(id, side);
    assert_null(m.reason);
    return m.high - m.low;
}

/* Steps that do not scatter: what is left is the method, and what its points are worth here.
 * Legs blur and hide, the trunk does not. */
static void test_interval_grows_with_doubt(void **state)
{
    (void)state;
    usual_steps();
    double left = width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT);
    double right = width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_RIGHT);
    double trunk = width(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH);
    double cadence = width(TREAD_MEASURE_CADENCE, TREAD_BOTH);
    session.doubt[TREAD_LEFT] = 2;
    require_between(width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT), 1.5 * left, 2 * left);
    require_near(width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_RIGHT), right, 1e-9);
    require_near(width(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH), trunk, 1e-9);
    assert_true(width(TREAD_MEASURE_CADENCE, TREAD_BOTH) >= cadence);
    session.doubt[TREAD_LEFT] = 0.5; /* better than usual is no reason to boast */
    require_near(width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT), left, 1e-9);
}

static void test_interval_grows_with_a_coarse_clock(void **state)
{
    (void)state;
    usual_steps();
    static const double rates[] = {1000, 240, 120, 60, 45};
    double contact = 0, strike = 0, trunk = width(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH);
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        session.frame_interval_s = 1 / rates[k];
        double wider = width(TREAD_MEASURE_CONTACT, TREAD_LEFT);
        assert_true(wider > contact);
        contact = wider;
        /* read at a moment: 250 degrees a second */
        wider = width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT);
        assert_true(wider > strike);
        strike = wider;
        require_near(width(TREAD_MEASURE_TRUNK_LEAN, TREAD_BOTH), trunk, 0);
    }
    /* ... but averages out over steps */
    session.frame_interval_s = 1.0 / 45;
    many_steps(900);
    session.frame_interval_s = 1.0 / 45;
    assert_true(width(TREAD_MEASURE_FOOT_STRIKE_ANGLE, TREAD_LEFT) < strike);
}

/* Moments of a foot may be off together by so much, and its contact time by both. */
static void test_timing_of_the_session(void **state)
{
    (void)state;
    usual_steps();
    double half = 0.5 * width(TREAD_MEASURE_CONTACT, TREAD_LEFT);
    assert_true(half > 1.95 * hypot(8, 9));
    session.initial_contact_sd_ms[TREAD_RIGHT] = 30;
    require_near(0.5 * width(TREAD_MEASURE_CONTACT, TREAD_LEFT), half, 1e-9);
    session.initial_contact_sd_ms[TREAD_LEFT] = 16;
    assert_true(0.5 * width(TREAD_MEASURE_CONTACT, TREAD_LEFT) > 1.95 * hypot(16, 9));
}

/* The median of a foot's contacts. */
static void test_timing_from_the_contacts(void **state)
{
    (void)state;
    tread_contact contacts[7];
    for (int i = 0; i < 7; i++)
        contacts[i] = (tread_contact){.side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
                                      .toe_off_s = i == 5 ? (double)NAN : 1,
                                      .contact_bias_ms = i % 2 ? 20 + i : 10 + i,
                                      .toe_off_bias_ms = i % 2 ? 40 + i : 30 + i};
    tread_events events = {.contacts = contacts, .n = 7, .n_max = 7};
    tread_gait__timing_sd(&events, &session);
    require_near(session.initial_contact_sd_ms[TREAD_LEFT], 13, 1e-9);  /* of 10 12 14 16 */
    require_near(session.initial_contact_sd_ms[TREAD_RIGHT], 23, 1e-9); /* of 21 23 25 */
    require_near(session.toe_off_sd_ms[TREAD_LEFT], 33, 1e-9);
    require_near(session.toe_off_sd_ms[TREAD_RIGHT], 42, 1e-9); /* of 41 43 */
}

/* A share is never said to be under 0 or over 100 %. */
static void test_shares(void **state)
{
    (void)state;
    usual_steps();
    tread_measure m = measured(TREAD_MEASURE_REARFOOT_SHARE, TREAD_LEFT);
    require_near(m.value, 100, SUM_TOLERANCE);
    require_near(m.high, 100, SUM_TOLERANCE);
    assert_true(m.low < 100 && m.low > 0);
    m = measured(TREAD_MEASURE_FOREFOOT_SHARE, TREAD_LEFT);
    require_near(m.value, 0, SUM_TOLERANCE);
    require_near(m.low, 0, SUM_TOLERANCE);
    assert_true(m.high > 0 && m.high < 100);
    for (int i = 0; i < N_STEPS; i += 4)
        steps[i].value[TREAD_MEASURE_REARFOOT_SHARE] = 0;
    m = measured(TREAD_MEASURE_REARFOOT_SHARE, TREAD_LEFT);
    require_near(m.value, 50, SUM_TOLERANCE);
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
    seed = support_seed("test_measures", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_sd_se),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_interval_of_few_steps_is_students),
        cmocka_unit_test(test_only_valid_steps_count),
        cmocka_unit_test(test_cadence),
        cmocka_unit_test(test_cadence_is_of_the_mean_stride),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_hidden_arm_does_not_enter),
        cmocka_unit_test(test_standing),
        cmocka_unit_test(test_frame_rate),
        cmocka_unit_test(test_variation_is_not_the_timings),
        cmocka_unit_test(test_true_variation_is_kept),
        cmocka_unit_test(test_true_alternation_is_kept),
        cmocka_unit_test(test_variation_needs_100_strides),
        cmocka_unit_test(test_between_two_times),
        cmocka_unit_test(test_interval_grows_with_doubt),
        cmocka_unit_test(test_interval_grows_with_a_coarse_clock),
        cmocka_unit_test(test_timing_of_the_session),
        cmocka_unit_test(test_timing_from_the_contacts),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One step from two contacts: times, validity, and values read off the runner. */
#include "support.h"

#include "gait/runner.h"

#include "gait/gait.h"

#define N_MAX 2000
#define PI 3.14159265358979323846

static tread_skeleton frames[N_MAX];

/* Lengths of the runner's picture: leg of 0.86 m, belt of 3 m/s, 400 px a metre. */
#define LEG_PX 344.0
#define BELT_PX_S 1200.0

static tread_contact contact_of(enum tread_side side, double contact_s, double toe_off_s,
                                double stride_s)
{
    return (tread_contact){.side = side,
                           .initial_contact_s = contact_s,
                           .toe_off_s = toe_off_s,
                           .initial_contact_sd_ms = 15,
                           .toe_off_sd_ms = 11,
                           .midstance_s = (double)NAN,
                           .stride_s = stride_s,
                           .leg_px = LEG_PX,
                           .belt_px_s = BELT_PX_S,
                           .slope_deg = 0};
}

/* Seen from the left, with the belt's speed and the runner's height told; 0 = not. */
static tread_gait_setting left_view(double speed_kmh, double height_cm)
{
    tread_analyzer_opts opts = {
        .view = TREAD_VIEW_LEFT, .speed_kmh = speed_kmh, .height_cm = height_cm};
    tread_gait_setting setting;
    assert_true(tread_gait__setting_init(&setting, &opts));
    setting.foot_offset_deg[TREAD_LEFT] = setting.foot_offset_deg[TREAD_RIGHT] = 0;
    return setting;
}

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
    double stride_s = stride_ms / 1000;
    tread_contact contacts[3] = {
        contact_of(TREAD_LEFT, 1, 1 + contact_ms / 1000, stride_s),
        contact_of(TREAD_RIGHT, 1 + step_ms / 1000, (double)NAN, stride_s),
        contact_of(TREAD_LEFT, 1 + stride_ms / 1000, (double)NAN, stride_s),
    };
    tread_events events = {.contacts = contacts, .n = 3, .n_max = 3};
    tread_gait_setting setting = left_view(0, 0);
    size_t n = film(&runner_usual, 60, 3);
    tread_step step;
    tread_gait__step(&setting, frames, n, &events, 0, &step);
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
        {"100 steps a minute", 380, 600, 1200, true},
        {"stride too long", 400, 630, 1255, false},
        {"flight of a slow runner too long", 360, 615, 1230, false},
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
    require_near(step.value[TREAD_MEASURE_CONTACT], 270, TIME_TOLERANCE_MS);
    require_near(step.value[TREAD_MEASURE_FLIGHT], 110, TIME_TOLERANCE_MS);
    require_near(step.value[TREAD_MEASURE_STEP_TIME], 380, TIME_TOLERANCE_MS);
    require_near(step.value[TREAD_MEASURE_DUTY_FACTOR], 270.0 / 760, 1e-9);
    require_near(step.initial_contact_sd_ms, 15, 0);
    require_near(step.toe_off_sd_ms, 11, 0);
}

/* The last contact has no successor: its step says so and does not count. */
static void test_last_contact(void **state)
{
    (void)state;
    tread_contact contacts[2] = {contact_of(TREAD_RIGHT, 1, 1.27, 0.75),
                                 contact_of(TREAD_LEFT, 1.38, 1.65, 0.75)};
    tread_events events = {.contacts = contacts, .n = 2, .n_max = 2};
    tread_gait_setting setting = left_view(0, 0);
    size_t n = film(&runner_usual, 60, 3);
    tread_step step;
    tread_gait__step(&setting, frames, n, &events, 1, &step);
    require_near(step.value[TREAD_MEASURE_CONTACT], 270, TIME_TOLERANCE_MS);
    require_nan(step.value[TREAD_MEASURE_STEP_TIME]);
    require_nan(step.value[TREAD_MEASURE_FLIGHT]);
    assert_false(step.is_valid);
    /* ... while one without the same foot's next contact falls back on the stride. */
    tread_gait__step(&setting, frames, n, &events, 0, &step);
    assert_true(step.is_valid);
    require_nan(step.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING]);
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
    tread_contact contacts[1] = {contact_of(TREAD_LEFT, 1.004, 1.27, 0.75)};
    tread_events events = {.contacts = contacts, .n = 1, .n_max = 1};
    tread_gait_setting setting = left_view(0, 0);
    setting.foot_offset_deg[TREAD_LEFT] = offset_deg;
    tread_step step;
    tread_gait__step(&setting, frames, 120, &events, 0, &step);
    *angle = step.value[TREAD_MEASURE_FOOT_STRIKE_ANGLE];
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
    for (int k = 0; k < 4; k++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            double ic = runner_contact_s(r, (enum tread_side)side, k);
            tread_contact *c = &contacts[events.n++];
            *c = contact_of((enum tread_side)side, ic, ic + r->contact_s, r->stride_s);
            c->leg_px = 0.86 * r->px_per_m;
            c->belt_px_s = r->speed_m_s * r->px_per_m;
        }
    tread_step step;
    tread_gait__step(setting, frames, n, &events, 2, &step);
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
    tread_gait_setting setting = left_view(r->speed_m_s * 3.6, 0);
    tread_step step = step_of_runner(r, &setting, 240);
    double ic = runner_contact_s(r, TREAD_LEFT, 1);

    runner_point p[TREAD_N_JOINTS];
    runner_points(r, ic, p);
    double shank = atan2(p[TREAD_LEFT_ANKLE].x - p[TREAD_LEFT_KNEE].x,
                         p[TREAD_LEFT_KNEE].y - p[TREAD_LEFT_ANKLE].y) *
                   180 / PI;
    double peak_stance = 0, peak_swing = 0, thigh_back = 0;
    for (double t = 0; t < r->stride_s; t += 1e-4) {
        double knee = runner_knee_deg(r, ic + t, TREAD_LEFT);
        double *peak = t < r->contact_s ? &peak_stance : &peak_swing;
        *peak = fmax(*peak, knee);
        runner_points(r, ic + t, p);
        if (t > 0.5 * r->contact_s && t < r->contact_s + 0.05)
            thigh_back = fmax(thigh_back, 180 / PI *
                                              atan2(p[TREAD_LEFT_HIP].x - p[TREAD_LEFT_KNEE].x,
                                                    p[TREAD_LEFT_HIP].y - p[TREAD_LEFT_KNEE].y));
    }
    runner_points(r, ic, p);
    require_near(step.value[TREAD_MEASURE_KNEE_FLEXION_CONTACT], runner_knee_deg(r, ic, TREAD_LEFT),
                 CORNER_DEG);
    require_near(step.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE], peak_stance, SMOOTH_DEG);
    require_near(step.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING], peak_swing, SMOOTH_DEG);
    require_near(step.value[TREAD_MEASURE_SHANK_ANGLE_CONTACT], shank, CORNER_DEG);
    require_near(step.value[TREAD_MEASURE_FOOT_STRIKE_ANGLE], r->strike_deg, SMOOTH_DEG);
    assert_int_equal(step.foot_strike, TREAD_STRIKE_REARFOOT);
    require_near(step.value[TREAD_MEASURE_TRUNK_LEAN_CONTACT], r->trunk_deg, SMOOTH_DEG);
    require_near(step.value[TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE], r->trunk_deg, SMOOTH_DEG);
    require_near(step.value[TREAD_MEASURE_FOOT_AHEAD_CM], 100 * p[TREAD_LEFT_HEEL].x,
                 LENGTH_TOLERANCE_CM);
    require_near(step.value[TREAD_MEASURE_FOOT_AHEAD], 100 * p[TREAD_LEFT_HEEL].x / 0.86,
                 LENGTH_TOLERANCE_CM / 0.86);
    require_near(step.value[TREAD_MEASURE_VERTICAL_OSCILLATION], 200 * r->hip_amplitude_m, 0.1);
    require_near(step.value[TREAD_MEASURE_STEP_LENGTH], r->speed_m_s * r->stride_s / 2, 1e-9);
    require_near(step.value[TREAD_MEASURE_VERTICAL_RATIO], 200 * r->hip_amplitude_m / 1.125, 0.1);
    require_near(step.value[TREAD_MEASURE_TRUNK_LEAN], r->trunk_deg, 1e-6);
    require_near(step.value[TREAD_MEASURE_TRUNK_LEAN_BELT], r->trunk_deg, 1e-6);
    require_near(step.value[TREAD_MEASURE_TRUNK_RANGE], 0, 1e-6);
    require_near(step.value[TREAD_MEASURE_TRUNK_EXTENSION], 0, 1e-6);
    require_near(step.value[TREAD_MEASURE_TORSO_OFFSET], 100 * sin(7 * PI / 180), 1e-4);
    require_near(step.value[TREAD_MEASURE_THIGH_EXTENSION_PEAK], thigh_back, SMOOTH_DEG);
    /* the trunk leans forward: the hip is extended by so much less */
    require_near(step.value[TREAD_MEASURE_HIP_EXTENSION_PEAK], thigh_back - r->trunk_deg,
                 SMOOTH_DEG);
    require_near(step.value[TREAD_MEASURE_KNEE_EXCURSION],
                 peak_stance - runner_knee_deg(r, ic, TREAD_LEFT), CORNER_DEG);
    require_near(step.value[TREAD_MEASURE_KNEE_FLEXION_TOE_OFF],
                 runner_knee_deg(r, ic + r->contact_s, TREAD_LEFT), CORNER_DEG);
    require_near(step.value[TREAD_MEASURE_ANKLE_AHEAD], 100 * p[TREAD_LEFT_ANKLE].x / 0.86,
                 LENGTH_TOLERANCE_CM / 0.86);
    /* upper arm and forearm swing as one, at a right angle */
    require_near(step.value[TREAD_MEASURE_ELBOW], 90, 1e-6);
    require_near(step.value[TREAD_MEASURE_REARFOOT_SHARE], 100, 0);
    require_near(step.value[TREAD_MEASURE_FOREFOOT_SHARE], 0, 0);
    require_nan(step.value[TREAD_MEASURE_STRIDE_CV]);
    require_nan(step.value[TREAD_MEASURE_PELVIC_DROP]);
    assert_true(step.is_valid);
}

/* Peak force over sinking, Morin et al. 2005, worked out by hand for 270 ms on the belt and
 * 105 in the air at 3 m/s, legs of 0.9283 m (0.86 m from hip to ankle). */
static void test_stiffness(void **state)
{
    (void)state;
    tread_gait_setting setting = left_view(10.8, 0);
    tread_step step = step_of_runner(&runner_usual, &setting, 240);
    /* 21.402 N/kg; sinks 0.06869 m; the leg shortens by 0.1617 m */
    require_near(step.value[TREAD_MEASURE_VERTICAL_STIFFNESS], 311.6, 0.1);
    require_near(step.value[TREAD_MEASURE_LEG_STIFFNESS], 132.4, 0.1);
    /* the height gives the leg, 0.53 of it */
    setting = left_view(10.8, 175.15);
    step = step_of_runner(&runner_usual, &setting, 240);
    require_near(step.value[TREAD_MEASURE_LEG_STIFFNESS], 132.4, 0.1);
    /* not on a slope, nor without the speed */
    setting.belts[0].incline_pct = 1;
    step = step_of_runner(&runner_usual, &setting, 240);
    require_nan(step.value[TREAD_MEASURE_VERTICAL_STIFFNESS]);
    require_nan(step.value[TREAD_MEASURE_LEG_STIFFNESS]);
    setting = left_view(0, 175.15);
    step = step_of_runner(&runner_usual, &setting, 240);
    require_nan(step.value[TREAD_MEASURE_LEG_STIFFNESS]);
}

/* The foot comes down from 12 degrees to 2 in the formula's first fifth of stance. */
static void test_foot_slap(void **state)
{
    (void)state;
    tread_gait_setting setting = left_view(0, 0);
    tread_step step = step_of_runner(&runner_usual, &setting, 1000);
    /* 12 (1 - 3 u^2 + 2 u^3) = 2 at u = 0.725 of 54 ms: 10 degrees in 39.1 ms */
    require_near(step.value[TREAD_MEASURE_FOOT_SLAP], 255, 8);
    runner forefoot = runner_usual;
    forefoot.strike_deg = -5;
    step = step_of_runner(&forefoot, &setting, 240);
    require_nan(step.value[TREAD_MEASURE_FOOT_SLAP]);
    require_near(step.value[TREAD_MEASURE_FOREFOOT_SHARE], 100, 0);
}

/* A step belongs to the belt as it was at its contact, and settles 15 s after a change. */
static void test_belt_of_the_step(void **state)
{
    (void)state;
    static const struct {
        double from_s, speed_kmh, incline_pct;
        bool is_settled;
    } cases[] = {
        {0.94, 12, 3, false}, {0.96, 10.8, 0, true}, {-14, 12, 3, false}, {-14.1, 12, 3, true}};
    /* the contact is at 0.95 s */
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const tread_belt change = {cases[k].from_s, 12, 3};
        tread_gait_setting setting = left_view(10.8, 0);
        assert_true(tread_gait__setting_change(&setting, &change));
        tread_step step = step_of_runner(&runner_usual, &setting, 60);
        require_near(step.initial_contact_s, 0.95, 1e-9);
        require_near(step.speed_kmh, cases[k].speed_kmh, 0);
        require_near(step.incline_pct, cases[k].incline_pct, 0);
        require_near(step.value[TREAD_MEASURE_STEP_LENGTH], cases[k].speed_kmh / 3.6 * 0.375, 1e-9);
        assert_int_equal(step.is_settled, cases[k].is_settled);
    }
}

/* Lengths do not depend on how many pixels show them: at 4000 px a metre the foot
 * moves by hundreds of pixels between two frames. */
static void test_resolution_does_not_matter(void **state)
{
    (void)state;
    runner fine = runner_usual;
    fine.px_per_m = 4000;
    tread_gait_setting setting = left_view(10.8, 0);
    tread_step a = step_of_runner(&runner_usual, &setting, 30);
    tread_step b = step_of_runner(&fine, &setting, 30);
    require_near(b.value[TREAD_MEASURE_FOOT_AHEAD], a.value[TREAD_MEASURE_FOOT_AHEAD], 1e-6);
    require_near(b.value[TREAD_MEASURE_KNEE_FLEXION_CONTACT],
                 a.value[TREAD_MEASURE_KNEE_FLEXION_CONTACT], 1e-6);
}

static void test_without_scale_no_lengths(void **state)
{
    (void)state;
    tread_gait_setting setting = left_view(0, 0);
    tread_step step = step_of_runner(&runner_usual, &setting, 60);
    require_nan(step.value[TREAD_MEASURE_FOOT_AHEAD_CM]);
    require_nan(step.value[TREAD_MEASURE_VERTICAL_OSCILLATION]);
    require_nan(step.value[TREAD_MEASURE_STEP_LENGTH]);
    assert_true(isfinite(step.value[TREAD_MEASURE_FOOT_AHEAD]));
}

static void test_scale(void **state)
{
    (void)state;
    static const struct {
        double speed_kmh, height_cm, belt_px_s, leg_px, by_belt, by_height;
    } cases[] = {
        {10.8, 0, 1200, 340, 3.0 / 1200, NAN},
        {0, 180, 1200, 340, NAN, 0.491 * 1.8 / 340},
        {10.8, 180, NAN, NAN, NAN, NAN},
        {10.8, 180, -1200, 0, NAN, NAN},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double by_belt = tread_gait__scale_by_belt(cases[k].speed_kmh, cases[k].belt_px_s);
        double by_height = tread_gait__scale_by_height(cases[k].height_cm, cases[k].leg_px);
        if (isnan(cases[k].by_belt))
            require_nan(by_belt);
        else
            require_near(by_belt, cases[k].by_belt, 1e-12);
        if (isnan(cases[k].by_height))
            require_nan(by_height);
        else
            require_near(by_height, cases[k].by_height, 1e-12);
    }
    /* The belt is the better one of the two. */
    tread_gait_setting setting = left_view(10.8, 160); /* a leg of 0.7856 m, seen as 0.86 */
    tread_step step = step_of_runner(&runner_usual, &setting, 240);
    require_near(step.value[TREAD_MEASURE_VERTICAL_OSCILLATION], 6, 0.1);
    require_near(step.value[TREAD_MEASURE_BELT_SPEED], 10.8 * 0.7856 / 0.86, 1e-6);
    setting = left_view(0, 160);
    step = step_of_runner(&runner_usual, &setting, 240);
    require_near(step.value[TREAD_MEASURE_VERTICAL_OSCILLATION], 6 * 0.7856 / 0.86, 0.1);
}

/* The mean over a stride rests on two thirds of its frames at least. */
static void test_half_seen_stride(void **state)
{
    (void)state;
    static const struct {
        double share;
        bool is_seen;
    } cases[] = {{0.3, true}, {0.4, false}};
    tread_gait_setting setting = left_view(0, 0);
    for (size_t k = 0; k < 2; k++) {
        tread_step whole = step_of_runner(&runner_usual, &setting, 60);
        size_t n = film(&runner_usual, 60, 4);
        for (size_t i = 0; i < n; i++)
            if (frames[i].time_s > 0.96 && frames[i].time_s < 0.96 + cases[k].share * 0.75)
                frames[i].x_px[TREAD_RIGHT_SHOULDER] = (double)NAN;
        tread_contact contacts[3] = {contact_of(TREAD_LEFT, 0.95, 1.22, 0.75),
                                     contact_of(TREAD_RIGHT, 1.325, 1.595, 0.75),
                                     contact_of(TREAD_LEFT, 1.7, 1.97, 0.75)};
        tread_events events = {.contacts = contacts, .n = 3, .n_max = 3};
        tread_step step;
        tread_gait__step(&setting, frames, n, &events, 0, &step);
        if (cases[k].is_seen)
            require_near(step.value[TREAD_MEASURE_TRUNK_LEAN],
                         whole.value[TREAD_MEASURE_TRUNK_LEAN], 1e-6);
        else
            require_nan(step.value[TREAD_MEASURE_TRUNK_LEAN]);
        /* legs are not concerned */
        require_near(step.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING],
                     whole.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING], 1e-6);
    }
}

/* The runner hops to the rails after a contact: what lies between is neither step nor stride. */
static void test_no_step_over_a_pause(void **state)
{
    (void)state;
    tread_contact contacts[4] = {
        contact_of(TREAD_LEFT, 1, 1.27, 0.75), contact_of(TREAD_RIGHT, 1.375, 1.645, 0.75),
        contact_of(TREAD_LEFT, 2.85, 3.12, 0.75), contact_of(TREAD_RIGHT, 3.225, 3.495, 0.75)};
    tread_events events = {.contacts = contacts, .n = 4, .n_max = 4};
    tread_gait_setting setting = left_view(0, 0);
    size_t n = film(&runner_usual, 60, 4);
    tread_step step;
    tread_gait__step(&setting, frames, n, &events, 1, &step);
    require_nan(step.value[TREAD_MEASURE_STEP_TIME]);
    require_nan(step.value[TREAD_MEASURE_FLIGHT]);
    require_nan(step.value[TREAD_MEASURE_TRUNK_LEAN]);
    require_nan(step.value[TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING]);
    assert_false(step.is_valid);
    assert_true(isfinite(step.value[TREAD_MEASURE_KNEE_FLEXION_CONTACT]));
}

static tread_step lasting(int i, double contact_ms)
{
    return (tread_step){.side = i % 2 ? TREAD_RIGHT : TREAD_LEFT,
                        .value = {[TREAD_MEASURE_CONTACT] = contact_ms},
                        .is_valid = true};
}

static void reject_all(tread_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tread_gait__reject_outlier(steps, n, i);
}

/* Half a stance is plausible by itself, but not beside the others of its own side. */
static void test_outliers_of_a_side_lose_validity(void **state)
{
    (void)state;
    tread_step steps[12];
    for (int i = 0; i < 12; i++)
        steps[i] = lasting(i, i % 2 ? 340 : 230);
    steps[4] = lasting(4, 340);        /* usual on the right, not on the left */
    steps[7] = lasting(7, 340 * 0.71); /* just inside three tenths of the median */
    steps[9] = lasting(9, 340 * 0.69); /* just outside */
    steps[11].is_valid = false;        /* stays so */
    reject_all(steps, 12);
    for (int i = 0; i < 12; i++)
        assert_int_equal(steps[i].is_valid, i != 4 && i != 9 && i != 11);
    /* Three others are too few to judge by, four are enough. */
    for (int n = 8; n <= 10; n += 2) {
        for (int i = 0; i < n; i++)
            steps[i] = lasting(i, i == 2 ? 150 : 230);
        reject_all(steps, (size_t)n);
        assert_int_equal(steps[2].is_valid, n == 8);
    }
}

/* Who slows down from 180 to 340 ms is believed all the way; one bad step of it is not. */
static void test_outliers_are_judged_by_their_neighbours(void **state)
{
    (void)state;
    static tread_step steps[200];
    for (int i = 0; i < 200; i++)
        steps[i] = lasting(i, 180 + 160 * i / 199.0);
    steps[20].value[TREAD_MEASURE_CONTACT] = 260; /* the median of all, and 60 too long there */
    steps[181].value[TREAD_MEASURE_CONTACT] = 200;
    reject_all(steps, 200);
    for (int i = 0; i < 200; i++)
        assert_int_equal(steps[i].is_valid, i != 20 && i != 181);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validity_rules),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_last_contact),
        cmocka_unit_test(test_foot_strike_borders),
        cmocka_unit_test(test_values_of_the_runner),
        cmocka_unit_test(test_stiffness),
        cmocka_unit_test(test_foot_slap),
        cmocka_unit_test(test_belt_of_the_step),
        cmocka_unit_test(test_resolution_does_not_matter),
        cmocka_unit_test(test_without_scale_no_lengths),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_half_seen_stride),
        cmocka_unit_test(test_no_step_over_a_pause),
        cmocka_unit_test(test_outliers_of_a_side_lose_validity),
        cmocka_unit_test(test_outliers_are_judged_by_their_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

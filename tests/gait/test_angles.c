/* Angles against cases worked out by hand, BIOMECHANICS.md section 0. */
#include "support.h"

#include <string.h>

#include "gait/gait.h"

#define PI 3.14159265358979323846

/* Doubles all the way: a few roundings of a 500 px coordinate. */
#define ANGLE_TOLERANCE_DEG 1e-9

/* A skeleton described in the runner's terms: segment angles against gravity. */
typedef struct pose {
    double trunk_deg, thigh_deg, shank_deg;
    double foot_deg; /* heel to toe against the horizontal, + toes up */
} pose;

static void put(tread_skeleton *s, int joint, double x, double y)
{
    s->x_px[joint] = x;
    s->y_px[joint] = y;
}

/* Segments of 100 px in upright pixels, the same on both sides. */
static tread_skeleton posed(const pose *p, int forward)
{
    tread_skeleton s = {.frame = 7, .time_s = 1.5, .presence = 0.75};
    for (int j = 0; j < TREAD_N_JOINTS; j++)
        put(&s, j, (double)NAN, (double)NAN);
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        double hip_x = 500, hip_y = 400;
        double trunk = p->trunk_deg * PI / 180, thigh = p->thigh_deg * PI / 180;
        double shank = p->shank_deg * PI / 180, foot = p->foot_deg * PI / 180;
        double knee_x = hip_x + forward * 100 * sin(thigh), knee_y = hip_y + 100 * cos(thigh);
        double ankle_x = knee_x + forward * 100 * sin(shank), ankle_y = knee_y + 100 * cos(shank);
        put(&s, TREAD_LEFT_HIP + side, hip_x, hip_y);
        put(&s, TREAD_LEFT_SHOULDER + side, hip_x + forward * 100 * sin(trunk),
            hip_y - 100 * cos(trunk));
        put(&s, TREAD_LEFT_KNEE + side, knee_x, knee_y);
        put(&s, TREAD_LEFT_ANKLE + side, ankle_x, ankle_y);
        put(&s, TREAD_LEFT_HEEL + side, ankle_x, ankle_y + 20);
        put(&s, TREAD_LEFT_TOE + side, ankle_x + forward * 100 * cos(foot),
            ankle_y + 20 - 100 * sin(foot));
    }
    return s;
}

/* The flat foot is level. */
static tread_gait_setting told(const tread_analyzer_opts *opts)
{
    tread_gait_setting setting;
    assert_true(tread_gait__setting_init(&setting, opts));
    setting.foot_offset_deg[TREAD_LEFT] = setting.foot_offset_deg[TREAD_RIGHT] = 0;
    return setting;
}

static enum tread_view view_of(int forward)
{
    return forward < 0 ? TREAD_VIEW_LEFT : TREAD_VIEW_RIGHT;
}

static tread_gait_setting facing(int forward)
{
    tread_analyzer_opts opts = {.view = view_of(forward)};
    return told(&opts);
}

static void test_self_checks_both_facings(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        pose pose;
        double knee_deg, hip_deg, ankle_deg;
    } cases[] = {
        {"standing", {0, 0, 0, 0}, 0, 0, 0},
        {"thigh +25, shank +10", {0, 25, 10, 0}, 15, 25, -10},
        {"thigh +10, shank -80", {0, 10, -80, -70}, 90, 10, 10},
        {"shank -20, foot flat", {0, 0, -20, 0}, 20, 0, 20},
        {"hyperextended", {0, -5, 3, 0}, -8, -5, -3},
        {"heel to the buttock", {5, 30, -95, -110}, 125, 35, -15},
        {"sprinter, shank over the horizontal", {10, 60, -100, -120}, 160, 70, -20},
        {"wraps: thigh -100, shank 100", {0, -100, 100, 0}, 160, -100, -100},
        {"wraps: foot upside down", {0, 0, -150, 150}, 150, 0, -60},
        {"forward lean", {12, 0, 0, 0}, 0, 12, 0},
        {"backward lean, hip extended", {-4, -20, -30, -25}, 10, -24, 5},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int forward = -1; forward <= 1; forward += 2) {
            tread_skeleton s = posed(&cases[k].pose, forward);
            tread_gait_setting setting = facing(forward);
            tread_frame_result r;
            tread_gait__angles(&setting, &s, &r);
            print_message("%s, forward %+d\n", cases[k].what, forward);
            require_near(r.trunk_lean_deg, cases[k].pose.trunk_deg, ANGLE_TOLERANCE_DEG);
            for (int side = 0; side < TREAD_N_SIDES; side++) {
                require_near(r.thigh_angle_deg[side], cases[k].pose.thigh_deg, ANGLE_TOLERANCE_DEG);
                require_near(r.shank_angle_deg[side], cases[k].pose.shank_deg, ANGLE_TOLERANCE_DEG);
                require_near(r.foot_angle_deg[side], cases[k].pose.foot_deg, ANGLE_TOLERANCE_DEG);
                require_near(r.knee_flexion_deg[side], cases[k].knee_deg, ANGLE_TOLERANCE_DEG);
                require_near(r.hip_flexion_deg[side], cases[k].hip_deg, ANGLE_TOLERANCE_DEG);
                require_near(r.ankle_dorsiflexion_deg[side], cases[k].ankle_deg,
                             ANGLE_TOLERANCE_DEG);
            }
        }
}

/* A foot flat on a belt of 10 % climbs by 5.71 degrees against gravity: it is 0 in
 * the belt frame, dorsiflexed by the climb; trunk, thigh and shank do not change. */
static void test_incline_has_its_sign(void **state)
{
    (void)state;
    const double beta = 5.710593137499642; /* atan(0.1) */
    for (int forward = -1; forward <= 1; forward += 2)
        for (int hill = -1; hill <= 1; hill += 2) {
            pose p = {6, 20, 5, hill * beta};
            tread_skeleton s = posed(&p, forward);
            tread_analyzer_opts opts = {.view = view_of(forward), .incline_pct = 10 * hill};
            tread_gait_setting setting = told(&opts);
            tread_frame_result r;
            tread_gait__angles(&setting, &s, &r);
            require_near(r.foot_angle_deg[0], 0, ANGLE_TOLERANCE_DEG);
            require_near(r.ankle_dorsiflexion_deg[0], hill * beta - 5, ANGLE_TOLERANCE_DEG);
            require_near(r.trunk_lean_deg, 6, ANGLE_TOLERANCE_DEG);
            require_near(r.thigh_angle_deg[0], 20, ANGLE_TOLERANCE_DEG);
            require_near(r.shank_angle_deg[0], 5, ANGLE_TOLERANCE_DEG);
            require_near(r.knee_flexion_deg[0], 15, ANGLE_TOLERANCE_DEG);
        }
}

/* The belt tilts in the middle of a session: each frame is measured on the belt of its own
 * time (posed at 1.5 s). */
static void test_incline_of_the_frames_own_time(void **state)
{
    (void)state;
    const double beta = 5.710593137499642; /* atan(0.1) */
    static const struct {
        double from_s, climb;
    } cases[] = {{1.4, 1}, {1.5, 1}, {1.6, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const tread_belt change = {cases[k].from_s, 0, 10};
        tread_analyzer_opts opts = {.view = TREAD_VIEW_LEFT, .changes = &change, .n_changes = 1};
        tread_gait_setting setting = told(&opts);
        pose p = {6, 20, 5, 0};
        tread_skeleton s = posed(&p, -1);
        tread_frame_result r;
        tread_gait__angles(&setting, &s, &r);
        require_near(r.foot_angle_deg[0], -beta * cases[k].climb, ANGLE_TOLERANCE_DEG);
        require_near(r.ankle_dorsiflexion_deg[0], -5, ANGLE_TOLERANCE_DEG);
    }
}

/* The picture as a camera shows it that is turned clockwise by `deg`: what is upright leans
 * to the left in it. y runs down. */
static tread_skeleton filmed_turned(const tread_skeleton *s, double deg)
{
    tread_skeleton turned = *s;
    double c = cos(deg * PI / 180), n = sin(deg * PI / 180);
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        double x = s->x_px[j] - 640, y = s->y_px[j] - 360;
        turned.x_px[j] = 640 + x * c + y * n;
        turned.y_px[j] = 360 - x * n + y * c;
    }
    return turned;
}

static void test_camera_roll_is_taken_off(void **state)
{
    (void)state;
    static const double rolls_deg[] = {5, -5, 0.5, 30};
    pose p = {6, 20, -35, 11};
    for (int forward = -1; forward <= 1; forward += 2)
        for (size_t k = 0; k < sizeof rolls_deg / sizeof *rolls_deg; k++) {
            tread_skeleton upright = posed(&p, forward);
            tread_skeleton s = filmed_turned(&upright, rolls_deg[k]);
            tread_analyzer_opts opts = {
                .view = view_of(forward), .camera_roll_deg = rolls_deg[k], .incline_pct = 4};
            tread_gait_setting setting = told(&opts);
            tread_frame_result r;
            tread_gait__angles(&setting, &s, &r);
            require_near(r.trunk_lean_deg, 6, ANGLE_TOLERANCE_DEG);
            require_near(r.thigh_angle_deg[0], 20, ANGLE_TOLERANCE_DEG);
            require_near(r.shank_angle_deg[1], -35, ANGLE_TOLERANCE_DEG);
            require_near(r.knee_flexion_deg[0], 55, ANGLE_TOLERANCE_DEG);
            require_near(r.hip_flexion_deg[1], 26, ANGLE_TOLERANCE_DEG);
            require_near(r.foot_angle_deg[0], 11 - atan(0.04) * 180 / PI, ANGLE_TOLERANCE_DEG);
            require_near(r.ankle_dorsiflexion_deg[0], 46, ANGLE_TOLERANCE_DEG);
            /* ... and only where it was told: joint angles do not see it, others do */
            tread_gait_setting untold = facing(forward);
            tread_gait__angles(&untold, &s, &r);
            require_near(fabs(r.trunk_lean_deg - 6), fabs(rolls_deg[k]), ANGLE_TOLERANCE_DEG);
            require_near(r.knee_flexion_deg[0], 55, ANGLE_TOLERANCE_DEG);
        }
}

static void test_foot_offset_is_taken_off_per_side(void **state)
{
    (void)state;
    pose p = {0, 0, -20, 7};
    tread_skeleton s = posed(&p, 1);
    tread_gait_setting setting = facing(1);
    setting.foot_offset_deg[TREAD_LEFT] = 7;
    setting.foot_offset_deg[TREAD_RIGHT] = (double)NAN; /* not known yet */
    tread_frame_result r;
    tread_gait__angles(&setting, &s, &r);
    require_near(r.foot_angle_deg[TREAD_LEFT], 0, ANGLE_TOLERANCE_DEG);
    require_near(r.ankle_dorsiflexion_deg[TREAD_LEFT], 20, ANGLE_TOLERANCE_DEG);
    require_nan(r.foot_angle_deg[TREAD_RIGHT]);
    require_nan(r.ankle_dorsiflexion_deg[TREAD_RIGHT]);
    require_near(r.knee_flexion_deg[TREAD_RIGHT], 20, ANGLE_TOLERANCE_DEG);
}

static void test_missing_points_take_only_their_angles(void **state)
{
    (void)state;
    pose p = {5, 10, -10, 0};
    tread_skeleton s = posed(&p, -1);
    put(&s, TREAD_LEFT_ANKLE, (double)NAN, (double)NAN);
    put(&s, TREAD_RIGHT_TOE, (double)NAN, (double)NAN);
    tread_gait_setting setting = facing(-1);
    tread_frame_result r;
    tread_gait__angles(&setting, &s, &r);
    require_nan(r.shank_angle_deg[TREAD_LEFT]);
    require_nan(r.knee_flexion_deg[TREAD_LEFT]);
    require_nan(r.ankle_dorsiflexion_deg[TREAD_LEFT]);
    require_near(r.thigh_angle_deg[TREAD_LEFT], 10, ANGLE_TOLERANCE_DEG);
    require_near(r.foot_angle_deg[TREAD_LEFT], 0, ANGLE_TOLERANCE_DEG);
    require_nan(r.foot_angle_deg[TREAD_RIGHT]);
    require_near(r.knee_flexion_deg[TREAD_RIGHT], 20, ANGLE_TOLERANCE_DEG);
    require_near(r.trunk_lean_deg, 5, ANGLE_TOLERANCE_DEG);
}

/* Without a forward direction no angle has a sign, so there is none. */
static void test_other_views_measure_nothing(void **state)
{
    (void)state;
    pose p = {5, 10, -10, 0};
    tread_skeleton s = posed(&p, 1);
    static const enum tread_view views[] = {TREAD_VIEW_AUTO, TREAD_VIEW_REAR};
    for (size_t k = 0; k < 2; k++) {
        tread_analyzer_opts opts = {.view = views[k]};
        tread_gait_setting setting = told(&opts);
        tread_frame_result r;
        tread_gait__angles(&setting, &s, &r);
        require_nan(r.trunk_lean_deg);
        require_nan(r.knee_flexion_deg[0]);
        require_nan(r.foot_angle_deg[1]);
    }
}

static void test_frame_is_carried_over(void **state)
{
    (void)state;
    pose p = {5, 10, -10, 0};
    tread_skeleton s = posed(&p, 1);
    s.identity = TREAD_IDENTITY_LABELLED;
    tread_gait_setting setting = facing(1);
    tread_frame_result r;
    tread_gait__angles(&setting, &s, &r);
    assert_int_equal(r.frame, 7);
    assert_true(r.time_s == 1.5 && r.presence == 0.75);
    assert_int_equal(r.identity, TREAD_IDENTITY_LABELLED);
    assert_int_equal(r.contact[0], -1);
    assert_int_equal(r.contact[1], -1);
    assert_memory_equal(r.x_px, s.x_px, sizeof r.x_px);
    assert_memory_equal(r.y_px, s.y_px, sizeof r.y_px);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_checks_both_facings),
        cmocka_unit_test(test_incline_has_its_sign),
        cmocka_unit_test(test_incline_of_the_frames_own_time),
        cmocka_unit_test(test_camera_roll_is_taken_off),
        cmocka_unit_test(test_foot_offset_is_taken_off_per_side),
        cmocka_unit_test(test_missing_points_take_only_their_angles),
        cmocka_unit_test(test_other_views_measure_nothing),
        cmocka_unit_test(test_frame_is_carried_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The rules of movement, checked on poses only: nothing here asks the solver what
 * it meant to do. */
#include "synth.h"

#include <math.h>

/* A sole this near to the belt stands on it, metres. */
#define TOUCH_M 1e-7

typedef struct belt_point {
    double along, height;
} belt_point;

static belt_point in_belt(vec3 p, double incline)
{
    double c = cos(incline), s = sin(incline);
    return (belt_point){p.x * c + p.y * s, p.y * c - p.x * s};
}

/* Corner of the sole: 0 heel edge, 1 ball, 2 toe tip. */
static belt_point corner(const synth_pose *pose, int side, int which)
{
    const synth_foot *f = &pose->foot[side];
    vec3 p = which == 0 ? f->heel_edge : which == 1 ? f->ball : f->toe_tip;
    return in_belt(p, pose->incline_rad);
}

static double lowest(const synth_plan *plan, double t, int side)
{
    synth_pose pose;
    synth_plan_pose(plan, t, &pose);
    return fmin(corner(&pose, side, 0).height,
                fmin(corner(&pose, side, 1).height, corner(&pose, side, 2).height));
}

static void feet_never_go_through_the_belt(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        for (double t = 0.0; t < p.value[P_DURATION]; t += 0.002)
            for (int side = 0; side < 2; ++side)
                if (lowest(plan, t, side) < -0.001)
                    fail_msg("'%s': foot %d is %.2f mm deep at %.3f s", RUNNERS[r], side,
                             -1e3 * lowest(plan, t, side), t);
        synth_plan_destroy(&plan);
    }
}

/* The belt's own travel, by adding up its speed. */
static double travel(const synth_params *p, double from, double to)
{
    int n = (int)ceil((to - from) / 1e-4) * 2;
    double h = (to - from) / n, sum = 0.0;
    for (int i = 0; i <= n; ++i) {
        double w = i == 0 || i == n ? 1.0 : i % 2 ? 4.0 : 2.0;
        sum += w * synth_params_at(p, P_SPEED, from + i * h) / 3.6;
    }
    return sum * h / 3.0;
}

static void what_stands_on_the_belt_moves_with_it(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        for (int side = 0; side < 2; ++side)
            for (int which = 0; which < 3; ++which) {
                double since = -1.0, at = 0.0;
                for (double t = 0.0; t < 2.5; t += 0.004) {
                    synth_pose pose;
                    synth_plan_pose(plan, t, &pose);
                    belt_point c = corner(&pose, side, which);
                    if (fabs(c.height) > TOUCH_M || !pose.foot[side].is_down) {
                        since = -1.0;
                        continue;
                    }
                    if (since < 0.0) {
                        since = t;
                        at = c.along;
                    }
                    double slid = c.along + travel(&p, since, t) - at;
                    if (fabs(slid) > 0.0005)
                        fail_msg("'%s': foot %d corner %d slid %.2f mm by %.3f s", RUNNERS[r], side,
                                 which, 1e3 * slid, t);
                }
            }
        synth_plan_destroy(&plan);
    }
}

static void contacts_are_where_the_sole_meets_the_belt(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        for (int k = 2; k < synth_plan_n_steps(plan); ++k) {
            synth_step_info s = synth_plan_step(plan, k);
            if (s.contact_s < 0.0 || s.toe_off_s > p.value[P_DURATION])
                continue;
            /* Fall towards the belt: straight line through two heights just before. */
            double h1 = lowest(plan, s.contact_s - 0.004, s.side);
            double h2 = lowest(plan, s.contact_s - 0.002, s.side);
            assert_true(h2 > 1e-4 && h1 > h2);
            double crossing = s.contact_s - 0.002 + 0.002 * h2 / (h1 - h2);
            if (fabs(crossing - s.contact_s) > 0.0007)
                fail_msg("'%s' step %d: the sole meets the belt %.2f ms from contact", RUNNERS[r],
                         k, 1e3 * (crossing - s.contact_s));
            for (int i = 0; i <= 20; ++i) {
                double t = s.contact_s + (s.toe_off_s - s.contact_s) * (i * 0.049 + 1e-6);
                if (fabs(lowest(plan, t, s.side)) > TOUCH_M)
                    fail_msg("'%s' step %d: in the air in stance", RUNNERS[r], k);
            }
            /* It leaves with the belt's own speed, so it rises as a square of time. */
            assert_true(lowest(plan, s.toe_off_s - 1e-5, s.side) < TOUCH_M);
            assert_true(lowest(plan, s.toe_off_s + 0.004, s.side) > 2e-5);
        }
        synth_plan_destroy(&plan);
    }
}

static double hip_height(const synth_plan *plan, double t)
{
    synth_pose pose;
    synth_plan_pose(plan, t, &pose);
    return pose.mid_hip.y;
}

static void flight_is_a_parabola_without_jumps_at_its_ends(void **state)
{
    (void)state;
    const double h = 0.002;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        for (int k = 2; k + 1 < synth_plan_n_steps(plan); ++k) {
            synth_step_info s = synth_plan_step(plan, k), next = synth_plan_step(plan, k + 1);
            for (double t = s.toe_off_s + h; t + h < next.contact_s; t += 0.01) {
                double a = (hip_height(plan, t + h) - 2.0 * hip_height(plan, t) +
                            hip_height(plan, t - h)) /
                           (h * h);
                if (fabs(a + SYNTH_G) > 1e-3)
                    fail_msg("'%s': acceleration %.4f in flight", RUNNERS[r], a);
            }
            const double ends[2] = {s.contact_s, s.toe_off_s};
            for (int i = 0; i < 2; ++i) {
                double e = 1e-5, at = hip_height(plan, ends[i]);
                double before = (at - hip_height(plan, ends[i] - e)) / e;
                double after = (hip_height(plan, ends[i] + e) - at) / e;
                if (fabs(after - before) > 2e-3)
                    fail_msg("'%s': speed jumps by %.4f m/s", RUNNERS[r], after - before);
            }
        }
        synth_plan_destroy(&plan);
    }
}

static void bones_keep_their_lengths_and_nothing_jumps(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        const synth_figure *f = synth_plan_figure(plan);
        const struct {
            int a, b;
            double length;
        } bones[] = {{PT_LEFT_HIP, PT_LEFT_KNEE, f->thigh},
                     {PT_LEFT_KNEE, PT_LEFT_ANKLE, f->shank},
                     {PT_LEFT_SHOULDER, PT_LEFT_ELBOW, f->upper_arm},
                     {PT_LEFT_ELBOW, PT_LEFT_WRIST, f->forearm}};
        synth_pose last, pose;
        synth_plan_pose(plan, 0.0, &last);
        for (double t = 0.001; t < 2.5; t += 0.001, last = pose) {
            synth_plan_pose(plan, t, &pose);
            for (size_t i = 0; i < COUNT_OF(bones); ++i)
                for (int side = 0; side < 2; ++side) {
                    double d =
                        length(sub(pose.point[bones[i].a + side], pose.point[bones[i].b + side]));
                    assert_float_equal(d, bones[i].length, 1e-9);
                }
            /* No point of a runner moves faster than 15 m/s. */
            for (int i = 0; i < PT_COUNT; ++i)
                if (length(sub(pose.point[i], last.point[i])) > 0.015)
                    fail_msg("'%s': point %d jumps at %.3f s", RUNNERS[r], i, t);
        }
        synth_plan_destroy(&plan);
    }
}

static void knees_never_bend_backwards(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan = synth_test_plan(&p, RUNNERS[r]);
        for (double t = 0.0; t < 2.5; t += 0.002)
            for (int side = 0; side < 2; ++side) {
                synth_pose pose;
                synth_plan_pose(plan, t, &pose);
                vec3 hip = pose.point[PT_LEFT_HIP + side], knee = pose.point[PT_LEFT_KNEE + side];
                vec3 ankle = pose.point[PT_LEFT_ANKLE + side];
                /* The knee lies ahead of the line from hip to ankle, seen from the side. */
                double cross_z =
                    (knee.x - hip.x) * (ankle.y - hip.y) - (knee.y - hip.y) * (ankle.x - hip.x);
                if (cross_z > 0.0)
                    fail_msg("'%s': knee %d bends backwards at %.3f s", RUNNERS[r], side, t);
            }
        synth_plan_destroy(&plan);
    }
}

static void contradictions_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const IMPOSSIBLE[][2] = {
        {"contact_time 400", "flight"},
        {"gait walk contact_time 300", "walking"},
        {"knee_flexion_peak_stance 70 knee_flexion_contact 10", "knee_flexion_peak_stance"},
        {"knee_flexion_peak_stance 41 vertical_oscillation 14", "vertical_oscillation"},
        {"vertical_oscillation 1", "vertical_oscillation"},
        {"hip_extension 38", "hip_extension"},
        {"hip_extension 5 knee_flexion_toe_off 14", "hip_extension"},
        {"speed 20 contact_time 300 cadence 170", "leg"},
        {"knee_flexion_peak_swing 40 hip_flexion_peak_swing 10", "scuff"},
        {"gait walk knee_flexion_peak_stance 20", "walking"},
    };
    for (size_t i = 0; i < COUNT_OF(IMPOSSIBLE); ++i) {
        synth_params p;
        synth_plan *plan = NULL;
        synth_error err = {""};
        assert_int_equal(synth_test_params(&p, IMPOSSIBLE[i][0], &err), 0);
        if (synth_plan_create(&plan, &p, &err) == 0)
            fail_msg("'%s' was accepted", IMPOSSIBLE[i][0]);
        assert_null(plan);
        if (!strstr(err.text, IMPOSSIBLE[i][1]))
            fail_msg("'%s': %s", IMPOSSIBLE[i][0], err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feet_never_go_through_the_belt),
        cmocka_unit_test(what_stands_on_the_belt_moves_with_it),
        cmocka_unit_test(contacts_are_where_the_sole_meets_the_belt),
        cmocka_unit_test(flight_is_a_parabola_without_jumps_at_its_ends),
        cmocka_unit_test(bones_keep_their_lengths_and_nothing_jumps),
        cmocka_unit_test(knees_never_bend_backwards),
        cmocka_unit_test(contradictions_are_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

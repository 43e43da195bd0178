/* Who is followed, on regions and legs written by hand: no network. A body of
 * 300 px in a picture; a region's side is 400 px. */
#include "support.h"

#include "pose/follow.h"
#include "pose/legs.h"

#define SIDE_PX 400.0
#define HOME_X_PX 500.0
#define HOME_Y_PX 300.0
#define FPS 30.0

static pose_region region_at(double x_sides, double ratio)
{
    return (pose_region){
        .x = HOME_X_PX + x_sides * SIDE_PX, .y = HOME_Y_PX, .side = ratio * SIDE_PX, .down_y = 1};
}

static pose_candidate candidate_at(double x_sides, double ratio)
{
    return (pose_candidate){.score = 0.9f, .merit = ratio, .region = region_at(x_sides, ratio)};
}

/* One picture in which the network sees the followed person there. */
static int sees(pose_follow *f, double time_s, double x_sides, double ratio)
{
    pose_region region = region_at(x_sides, ratio);
    tread_pose__follow_at(f, time_s);
    return tread_pose__follow_accept(f, 0.99f, &region);
}

/* A runner who has been at home for two seconds; the time of the next picture. */
static double settle(pose_follow *f)
{
    tread_pose__follow_forget(f);
    for (int i = 0; i < 60; i++) {
        pose_region region = region_at(0.02 * sin(i), 1 + 0.08 * cos(i * 0.5));
        region.y += 0.03 * SIDE_PX * sin(i * 0.6); /* the bounce */
        tread_pose__follow_at(f, i / FPS);
        assert_true(tread_pose__follow_accept(f, 0.99f, &region));
    }
    assert_int_equal(f->state, POSE_FOLLOW_RUNNER);
    return 60 / FPS;
}

static void whoever_comes_first_is_the_runner(void **state)
{
    (void)state;
    pose_follow f;
    pose_candidate two[] = {candidate_at(1, 1.2), candidate_at(0, 1)};
    tread_pose__follow_forget(&f);
    tread_pose__follow_at(&f, 0);
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
    assert_int_equal(tread_pose__follow_choose(&f, two, 0), -1);
    assert_int_equal(tread_pose__follow_choose(&f, two, 2), 0);
    pose_region nan_region = region_at(NAN, 1);
    assert_false(tread_pose__follow_accept(&f, 0.49f, &two[0].region));
    assert_false(tread_pose__follow_accept(&f, 0.99f, &nan_region));
    assert_false(tread_pose__follow_accept(&f, NAN, &two[0].region));
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
    assert_true(tread_pose__follow_accept(&f, 0.5f, &two[0].region));
    assert_int_equal(f.state, POSE_FOLLOW_RUNNER);
}

/* Movements of a runner, as sides from home after so many seconds. */
static double drift_along_belt(double t) /* half a body length within a second, and back */
{
    return 0.2 * (1 - cos(2 * t));
}

static double start_to_walk(double t) /* 0.5 sides/s */
{
    return 0.5 * t;
}

static double handheld(double t)
{
    return 0.05 * sin(5 * t) + 0.1 * t;
}

static void a_runner_who_moves_stays_the_runner(void **state)
{
    (void)state;
    static double (*const moves[])(double) = {drift_along_belt, start_to_walk, handheld};
    static const double rates[] = {10, 24, 30, 60, 240};
    for (size_t m = 0; m < sizeof moves / sizeof *moves; m++) {
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            pose_follow f;
            double from_s = settle(&f);
            for (double t = 0; t < 4; t += 1 / rates[r])
                if (!sees(&f, from_s + t, moves[m](t), 1))
                    fail_msg("movement %zu at %g fps: lost after %g s", m, rates[r], t);
        }
    }
}

static void who_walks_across_from_the_start_is_followed(void **state)
{
    (void)state;
    pose_follow f;
    tread_pose__follow_forget(&f);
    for (int i = 0; i < 120; i++)
        assert_true(sees(&f, i / 60.0, 0.8 * i / 60, 1));
}

static void a_slow_zoom_is_followed(void **state)
{
    (void)state;
    pose_follow f;
    double from_s = settle(&f);
    for (int i = 0; i < 120; i++)
        assert_true(sees(&f, from_s + i / FPS, 0, exp(0.2 * i / FPS)));
}

/* Another rate, other times between pictures: the same decisions. */
static void who_passes_by_is_not_followed(void **state)
{
    (void)state;
    static const double rates[] = {10, 24, 30, 60, 240};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        pose_follow f;
        double from_s = settle(&f), t = 0;
        while (t < 2 && sees(&f, from_s + t, 0.9 * t, 1))
            t += 1 / rates[r];
        require_between(t, 0.15, 0.5); /* and at 0.4 sides from home at most */
        assert_int_equal(f.state, POSE_FOLLOW_LOST);
    }
}

static void a_leap_or_a_change_of_size_is_somebody_else(void **state)
{
    (void)state;
    static const double others[][2] = {{0.2, 1}, {-0.2, 1}, {0, 1.45}, {0, 0.68}, {1, 0.5}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        pose_follow f;
        double now_s = settle(&f);
        assert_false(sees(&f, now_s, others[i][0], others[i][1]));
        assert_int_equal(f.state, POSE_FOLLOW_LOST);
    }
    pose_follow f;
    double now_s = settle(&f);
    assert_false(sees(&f, now_s, NAN, 1));
    now_s = settle(&f);
    assert_false(sees(&f, now_s, 0, NAN));
}

/* The detector sees somebody at home in the picture the network failed in. */
static void a_flicker_costs_nothing(void **state)
{
    (void)state;
    pose_follow f;
    double now_s = settle(&f);
    assert_false(sees(&f, now_s, 0.5, 1));
    pose_candidate both[] = {candidate_at(0.4, 1), candidate_at(0.05, 0.8)};
    assert_int_equal(tread_pose__follow_choose(&f, both, 2), 1);
    assert_true(sees(&f, now_s, 0.03, 1));
    assert_int_equal(f.state, POSE_FOLLOW_RUNNER);
}

/* How long after the loss somebody there is chosen; -1 = not within 5 s. */
static double wait_for(double x_sides, double ratio, double sides_per_s)
{
    pose_follow f;
    double lost_s = settle(&f);
    pose_region nowhere = region_at(0, 1);
    tread_pose__follow_at(&f, lost_s);
    assert_false(tread_pose__follow_accept(&f, 0.1f, &nowhere));
    assert_int_equal(tread_pose__follow_choose(&f, NULL, 0), -1);
    for (int i = 1; i < 150; i++) {
        pose_candidate one = candidate_at(x_sides + sides_per_s * i / FPS, ratio);
        tread_pose__follow_at(&f, lost_s + i / FPS);
        if (tread_pose__follow_choose(&f, &one, 1) == 0) {
            assert_true(tread_pose__follow_accept(&f, 0.99f, &one.region));
            return i / FPS;
        }
    }
    return -1;
}

static void who_was_lost_is_found_near_home(void **state)
{
    (void)state;
    require_between(wait_for(0, 1, 0), 0.25, 0.35);
    require_between(wait_for(-0.25, 1.2, 0), 0.25, 0.35);
    require_between(wait_for(0.1, 0.8, 0.1), 0.25, 0.35);
}

static void others_have_to_wait(void **state)
{
    (void)state;
    require_between(wait_for(0.4, 1, 0), 2.9, 3.1);    /* a coach beside */
    require_between(wait_for(0, 0.6, 0), 2.9, 3.1);    /* a reflection */
    require_between(wait_for(0, 1.6, 0), 2.9, 3.1);    /* close to the camera */
    require_between(wait_for(-0.5, 1, 0.6), 2.9, 3.1); /* walks past */
}

static void the_runner_is_preferred_to_a_coach(void **state)
{
    (void)state;
    pose_follow f;
    double lost_s = settle(&f);
    pose_candidate both[] = {candidate_at(0.28, 1.2), candidate_at(0.1, 0.95)};
    tread_pose__follow_at(&f, lost_s);
    tread_pose__follow_lose(&f);
    int chosen = -1;
    for (int i = 0; i < 10 && chosen < 0; i++) {
        tread_pose__follow_at(&f, lost_s + i / FPS);
        chosen = tread_pose__follow_choose(&f, both, 2);
    }
    assert_int_equal(chosen, 1);
}

static void time_jumps_and_first_moments_are_forgotten(void **state)
{
    (void)state;
    pose_follow f;
    double now_s = settle(&f);
    tread_pose__follow_at(&f, now_s + 2.9);
    assert_int_equal(f.state, POSE_FOLLOW_RUNNER);
    tread_pose__follow_at(&f, now_s + 6);
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
    now_s = settle(&f);
    tread_pose__follow_at(&f, now_s - 0.5);
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
    settle(&f);
    tread_pose__follow_at(&f, NAN);
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
    /* Followed for a moment only: nobody to wait for, and free to settle. */
    tread_pose__follow_forget(&f);
    for (int i = 0; i < 8; i++)
        assert_true(sees(&f, i / FPS, 0.05 * i, 1 - 0.05 * i));
    tread_pose__follow_lose(&f);
    assert_int_equal(f.state, POSE_FOLLOW_NOBODY);
}

static void rivals_are_elsewhere(void **state)
{
    (void)state;
    pose_follow f;
    settle(&f);
    pose_region same = region_at(0.1, 1), beside = region_at(0.6, 1), near = region_at(0.25, 1);
    assert_false(tread_pose__follow_is_rival(&f, &same));
    assert_true(tread_pose__follow_is_rival(&f, &beside));
    pose_region behind = region_at(0.6, 0.4);
    assert_false(tread_pose__follow_is_rival(&f, &behind));
    /* Once somebody ran here, only who is near here. */
    tread_pose__follow_set_running(&f, 1);
    assert_false(tread_pose__follow_is_rival(&f, &same));
    assert_false(tread_pose__follow_is_rival(&f, &beside));
    assert_true(tread_pose__follow_is_rival(&f, &near));
    assert_true(tread_pose__follow_is_back(&f, &same));
    assert_false(tread_pose__follow_is_back(&f, &near));
    tread_pose__follow_exchange(&f, &near);
    require_near(f.home.x_px, near.x, 1e-9);
    assert_false(f.is_running);
}

/* ---- legs ------------------------------------------------------------------- */

/* `seconds` of somebody whose ankles swing by +-swing sides at 1.4 Hz, while the
 * body moves. */
static pose_legs legs_of(double swing, double sides_per_s, double seconds, double fps)
{
    pose_legs legs = {0};
    for (int i = 0; i <= seconds * fps; i++) {
        double t = i / fps, phase = 2 * 3.14159265358979 * 1.4 * t;
        pose_region region = region_at(sides_per_s * t, 1);
        tread_landmarks lm = {.time_s = t, .presence = 1};
        for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
            lm.x_px[k] = (float)region.x;
            lm.y_px[k] = (float)region.y;
        }
        double swing_px = swing * SIDE_PX * sin(phase);
        pose_sight sight = {.next = region,
                            .ankle_x_px = {region.x + swing_px, region.x - swing_px},
                            .ankle_y_px = {region.y, region.y}};
        tread_pose__legs_add(&legs, &lm, &sight);
    }
    return legs;
}

static void legs_tell_who_runs(void **state)
{
    (void)state;
    pose_legs none = {0}, runner = legs_of(0.15, 0, 1, 30), still = legs_of(0.005, 0, 1, 30);
    pose_legs passing = legs_of(0.15, 0.6, 1, 30), brief = legs_of(0.15, 0, 0.5, 30);
    pose_legs fast = legs_of(0.15, 0, 1, 240);
    require_nan(tread_pose__legs_swing(&none));
    require_near(tread_pose__legs_swing(&runner), 0.15 / sqrt(2), 0.01);
    require_near(tread_pose__legs_swing(&fast), tread_pose__legs_swing(&runner), 0.01);
    assert_true(tread_pose__legs_run_in_place(&runner));
    assert_true(tread_pose__legs_run_in_place(&fast));
    assert_false(tread_pose__legs_run_in_place(&none));
    assert_false(tread_pose__legs_run_in_place(&still));
    assert_false(tread_pose__legs_run_in_place(&passing));
    assert_false(tread_pose__legs_run_in_place(&brief));
    assert_true(tread_pose__legs_stand(&none));
    assert_true(tread_pose__legs_stand(&still));
    assert_false(tread_pose__legs_stand(&brief));
    assert_true(tread_pose__legs_move_in_place(&brief));
    assert_false(tread_pose__legs_move_in_place(&none));
    assert_false(tread_pose__legs_move_in_place(&still));
    assert_false(tread_pose__legs_move_in_place(&passing));
    assert_true(tread_pose__legs_prefer(&still, &runner));
    assert_true(tread_pose__legs_prefer(&passing, &runner));
    assert_false(tread_pose__legs_prefer(&runner, &fast));
    assert_false(tread_pose__legs_prefer(&runner, &still));
    assert_false(tread_pose__legs_prefer(&still, &passing));
    assert_false(tread_pose__legs_prefer(&still, &brief));
    assert_false(tread_pose__legs_prefer(&none, &runner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_comes_first_is_the_runner),
        cmocka_unit_test(a_runner_who_moves_stays_the_runner),
        cmocka_unit_test(who_walks_across_from_the_start_is_followed),
        cmocka_unit_test(a_slow_zoom_is_followed),
        cmocka_unit_test(who_passes_by_is_not_followed),
        cmocka_unit_test(a_leap_or_a_change_of_size_is_somebody_else),
        cmocka_unit_test(a_flicker_costs_nothing),
        cmocka_unit_test(who_was_lost_is_found_near_home),
        cmocka_unit_test(others_have_to_wait),
        cmocka_unit_test(the_runner_is_preferred_to_a_coach),
        cmocka_unit_test(time_jumps_and_first_moments_are_forgotten),
        cmocka_unit_test(rivals_are_elsewhere),
        cmocka_unit_test(legs_tell_who_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which way the runner faces: decided from what many frames say together. */
#include "support.h"

#include "motion/motion.h"

static uint64_t seed;

/* A stick figure, trunk 100 px, facing image-left (forward -1) or right; feet turned
 * back in `is_kicking`, as they are in late swing. */
static tread_landmarks figure(int forward, bool is_kicking)
{
    tread_landmarks lm = {.presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
        lm.x_px[k] = lm.y_px[k] = NAN;
        lm.confidence[k] = 1;
    }
    float f = (float)forward;
    float toe = is_kicking ? -20 * f : 45 * f;
    const struct {
        enum tread_landmark point;
        float x, y;
    } points[] = {
        {TREAD_LM_LEFT_SHOULDER, 500 + 4, 300}, {TREAD_LM_RIGHT_SHOULDER, 500 - 4, 300},
        {TREAD_LM_LEFT_HIP, 500 + 2, 400},      {TREAD_LM_RIGHT_HIP, 500 - 2, 400},
        {TREAD_LM_LEFT_HEEL, 480, 590},         {TREAD_LM_LEFT_TOE, 480 + toe, 592},
        {TREAD_LM_RIGHT_HEEL, 450, 560},        {TREAD_LM_RIGHT_TOE, 450 + toe, 570},
        {TREAD_LM_NOSE, 500 + 20 * f, 250},     {TREAD_LM_LEFT_EAR, 500, 248},
        {TREAD_LM_RIGHT_EAR, 500, 248},
    };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        lm.x_px[points[i].point] = points[i].x;
        lm.y_px[points[i].point] = points[i].y;
    }
    return lm;
}

/* From behind: shoulders 70 px apart, nothing points anywhere. */
static tread_landmarks figure_from_behind(void)
{
    tread_landmarks lm = figure(0, false);
    lm.x_px[TREAD_LM_LEFT_SHOULDER] = 465;
    lm.x_px[TREAD_LM_RIGHT_SHOULDER] = 535;
    return lm;
}

static void test_facing(void **state)
{
    (void)state;
    static const struct {
        int forward;
        enum tread_view view;
    } cases[] = {{-1, TREAD_VIEW_LEFT}, {1, TREAD_VIEW_RIGHT}};
    for (size_t k = 0; k < 2; k++) {
        tread_view_evidence e = {0};
        assert_int_equal(tread_motion__view_decide(&e), TREAD_VIEW_AUTO);
        for (int i = 0; i < 60; i++) {
            /* a third of the cycle the feet point down and back */
            tread_landmarks lm = figure(cases[k].forward, i % 3 == 0);
            tread_motion__view_add(&e, &lm);
        }
        assert_int_equal(tread_motion__view_decide(&e), cases[k].view);
        assert_int_equal(tread_motion__forward(cases[k].view), cases[k].forward);
    }
    assert_int_equal(tread_motion__forward(TREAD_VIEW_REAR), 0);
    assert_int_equal(tread_motion__forward(TREAD_VIEW_AUTO), 0);
}

static void test_from_behind(void **state)
{
    (void)state;
    tread_view_evidence e = {0};
    for (int i = 0; i < 30; i++) {
        tread_landmarks lm = figure_from_behind();
        tread_motion__view_add(&e, &lm);
    }
    assert_int_equal(tread_motion__view_decide(&e), TREAD_VIEW_REAR);
}

static void test_undecided(void **state)
{
    (void)state;
    tread_view_evidence e = {0};
    for (int i = 0; i < 40; i++) {
        tread_landmarks lm = figure(i % 2 ? 1 : -1, false);
        tread_motion__view_add(&e, &lm);
    }
    assert_int_equal(tread_motion__view_decide(&e), TREAD_VIEW_AUTO);
}

static void test_frames_without_a_runner_say_nothing(void **state)
{
    (void)state;
    tread_view_evidence e = {0};
    tread_landmarks lm = figure(1, false);
    for (int i = 0; i < 20; i++)
        tread_motion__view_add(&e, &lm);
    tread_view_evidence before = e;

    lm = figure(-1, false);
    lm.presence = 0;
    tread_motion__view_add(&e, &lm);
    lm.presence = NAN;
    tread_motion__view_add(&e, &lm);
    for (int k = 0; k < TREAD_N_LANDMARKS; k++)
        lm.x_px[k] = lm.y_px[k] = NAN;
    lm.presence = 1;
    tread_motion__view_add(&e, &lm);
    assert_memory_equal(&e, &before, sizeof e);
}

/* Parts that were not seen leave the others their say. */
static void test_missing_feet_leave_the_face(void **state)
{
    (void)state;
    tread_view_evidence e = {0};
    for (int i = 0; i < 20; i++) {
        tread_landmarks lm = figure(-1, false);
        lm.x_px[TREAD_LM_LEFT_HEEL] = lm.x_px[TREAD_LM_RIGHT_TOE] = NAN;
        tread_motion__view_add(&e, &lm);
    }
    assert_int_equal(tread_motion__view_decide(&e), TREAD_VIEW_LEFT);
}

/* One frame in ten turned round or seen from behind, in any order: after two
 * seconds the answer is the same at every frame. */
static void test_does_not_flicker(void **state)
{
    (void)state;
    support_random r = support_seeded(seed);
    for (int run = 0; run < 50; run++) {
        tread_view_evidence e = {0};
        for (int i = 0; i < 300; i++) {
            double u = support_uniform(&r);
            tread_landmarks lm = u < 0.04   ? figure(1, i % 3 == 0)
                                 : u < 0.10 ? figure_from_behind()
                                            : figure(-1, i % 3 == 0);
            tread_motion__view_add(&e, &lm);
            if (i >= 120)
                assert_int_equal(tread_motion__view_decide(&e), TREAD_VIEW_LEFT);
        }
    }
}

int main(void)
{
    seed = support_seed("test_view", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facing),
        cmocka_unit_test(test_from_behind),
        cmocka_unit_test(test_undecided),
        cmocka_unit_test(test_frames_without_a_runner_say_nothing),
        cmocka_unit_test(test_missing_feet_leave_the_face),
        cmocka_unit_test(test_does_not_flicker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Two looks in one: what a flipped picture says, turned back and merged. */
#include "support.h"

#include <string.h>

#include "pose/twice.h"

#define SIDE_PX 400.0

static tread_landmarks nowhere(void)
{
    tread_landmarks lm = {.presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++)
        lm.x_px[k] = lm.y_px[k] = lm.z_px[k] = lm.confidence[k] = NAN;
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        lm.second[i] = (tread_place){NAN, NAN, NAN};
    return lm;
}

static void set(tread_landmarks *lm, int k, float x_px, float y_px, float confidence)
{
    lm->x_px[k] = x_px;
    lm->y_px[k] = y_px;
    lm->confidence[k] = confidence;
}

static void an_input_is_turned_over(void **state)
{
    (void)state;
    float rgb[2 * 3 * 3 * 3], wanted[3] = {6, 7, 8};
    for (int i = 0; i < 27; i++)
        rgb[i] = (float)i;
    tread_pose__flip_input(rgb, 3);
    assert_memory_equal(rgb, wanted, sizeof wanted);
    require_near((double)rgb[3], 3, 0); /* the middle stays */
    require_near((double)rgb[9], 15, 0);
    tread_pose__flip_input(rgb, 3);
    for (int i = 0; i < 27; i++)
        require_near((double)rgb[i], i, 0);
}

/* A point left of the axis is a point right of it, also when the region is turned. */
static void a_mirrored_point_goes_back(void **state)
{
    (void)state;
    const pose_region upright = {.x = 300, .y = 200, .side = SIDE_PX, .down_x = 0, .down_y = 1};
    const pose_region lying = {.x = 300, .y = 200, .side = SIDE_PX, .down_x = 1, .down_y = 0};
    tread_landmarks lm = nowhere();
    set(&lm, TREAD_LM_LEFT_KNEE, 340, 260, 0.5f);
    set(&lm, TREAD_LM_LEFT_EYE_INNER, 310, 90, 0.7f);
    lm.second[0] = (tread_place){280, 270, 0.25f};
    tread_pose__unflip_landmarks(&lm, &upright);
    require_near((double)lm.x_px[TREAD_LM_RIGHT_KNEE], 260, 1e-4);
    require_near((double)lm.y_px[TREAD_LM_RIGHT_KNEE], 260, 1e-4);
    require_near((double)lm.confidence[TREAD_LM_RIGHT_KNEE], 0.5, 0);
    require_near((double)lm.x_px[TREAD_LM_RIGHT_EYE_INNER], 290, 1e-4);
    require_near((double)lm.second[1].x_px, 320, 1e-4);
    require_nan((double)lm.second[0].x_px);
    require_nan((double)lm.x_px[TREAD_LM_LEFT_KNEE]);

    set(&lm, TREAD_LM_LEFT_HEEL, 340, 260, 0.5f);
    tread_pose__unflip_landmarks(&lm, &lying);
    require_near((double)lm.x_px[TREAD_LM_RIGHT_HEEL], 340, 1e-4);
    require_near((double)lm.y_px[TREAD_LM_RIGHT_HEEL], 140, 1e-4);
}

static void places_that_agree_are_averaged(void **state)
{
    (void)state;
    tread_landmarks a = nowhere(), b = nowhere();
    set(&a, TREAD_LM_LEFT_HIP, 100, 100, 0.8f);
    set(&b, TREAD_LM_LEFT_HIP, 102, 104, 0.6f);
    set(&a, TREAD_LM_RIGHT_HIP, 100, 100, 0.8f); /* too far apart: the first look's */
    set(&b, TREAD_LM_RIGHT_HIP, 130, 100, 0.9f);
    set(&a, TREAD_LM_LEFT_TOE, 200, 300, 0.8f);
    set(&b, TREAD_LM_LEFT_TOE, 204, 300, 0.6f);
    tread_pose__merge_looks(&a, &b, SIDE_PX);
    require_near((double)a.x_px[TREAD_LM_LEFT_HIP], 101, 1e-4);
    require_near((double)a.y_px[TREAD_LM_LEFT_HIP], 102, 1e-4);
    require_near((double)a.confidence[TREAD_LM_LEFT_HIP], 0.7, 1e-6);
    require_near((double)a.x_px[TREAD_LM_RIGHT_HIP], 100, 0);
    require_near((double)a.x_px[TREAD_LM_LEFT_TOE], 202, 1e-4);
    require_nan((double)a.second[TREAD_LM_LEFT_TOE - TREAD_LM_FIRST_LEG].x_px);
}

/* Each look prefers another leg: both places stay, the one both have seen first. */
static void places_of_one_look_become_second(void **state)
{
    (void)state;
    tread_landmarks a = nowhere(), b = nowhere();
    const int k = TREAD_LM_RIGHT_ANKLE, leg = TREAD_LM_RIGHT_ANKLE - TREAD_LM_FIRST_LEG;
    set(&a, k, 200, 300, 0.8f);
    a.second[leg] = (tread_place){260, 300, 0.3f};
    set(&b, k, 262, 300, 0.7f);
    tread_pose__merge_looks(&a, &b, SIDE_PX);
    require_near((double)a.x_px[k], 261, 1e-4); /* 0.5, seen twice, against half of 0.8 */
    require_near((double)a.confidence[k], 0.5, 1e-6);
    require_near((double)a.second[leg].x_px, 200, 0);
    require_near((double)a.second[leg].confidence, 0.4, 1e-6);

    tread_landmarks c = nowhere();
    set(&c, k, 200, 300, 0.8f);
    tread_landmarks d = nowhere();
    set(&d, k, 262, 300, 0.7f);
    tread_pose__merge_looks(&c, &d, SIDE_PX);
    require_near((double)c.x_px[k], 200, 0);
    require_near((double)c.second[leg].x_px, 262, 0);
    tread_landmarks nobody = nowhere();
    tread_pose__merge_looks(&nobody, &d, SIDE_PX); /* a cold map on the first look */
    require_near((double)nobody.second[leg].x_px, 262, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_is_turned_over),
        cmocka_unit_test(a_mirrored_point_goes_back),
        cmocka_unit_test(places_that_agree_are_averaged),
        cmocka_unit_test(places_of_one_look_become_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

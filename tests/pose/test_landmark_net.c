/* What the landmark network's outputs mean: heat maps, regions, positions. */
#include "support.h"

#include <string.h>

#include "pose/landmark_net.h"

#define NO_HEAT (-20.0f)
#define EXACT_PX 1e-3 /* floats of some hundred pixels */

static float heat[POSE_HEAT_SIZE][POSE_HEAT_SIZE][POSE_N_POINTS];
static float points[POSE_N_POINTS][POSE_POINT_VALUES];
static float warmth[POSE_N_POINTS];

static void cold(void)
{
    for (int y = 0; y < POSE_HEAT_SIZE; y++)
        for (int x = 0; x < POSE_HEAT_SIZE; x++)
            for (int k = 0; k < POSE_N_POINTS; k++)
                heat[y][x][k] = NO_HEAT;
    memset(points, 0, sizeof points);
    for (int k = 0; k < POSE_N_POINTS; k++)
        points[k][0] = points[k][1] = 128.5f;
}

static void a_point_moves_to_the_heat_near_it(void **state)
{
    (void)state;
    cold();
    heat[30][33][7] = 20; /* one hot cell */
    heat[20][20][8] = 20; /* out of reach of its point */
    heat[33][31][9] = 2;  /* two warm cells: 0.8808 and 0.7311 */
    heat[33][34][9] = 1;
    heat[32][35][10] = -0.1f; /* below one half */
    tread_pose__refine_points(heat[0][0], points[0], warmth);
    require_near(points[7][0], 33 * 4, EXACT_PX);
    require_near(points[7][1], 30 * 4, EXACT_PX);
    require_near(points[8][0], 128.5, 0);
    double a = 1 / (1 + exp(-2)), b = 1 / (1 + exp(-1));
    require_near(points[9][0], (a * 31 + b * 34) / (a + b) * 4, EXACT_PX);
    require_near(points[9][1], 33 * 4, EXACT_PX);
    require_near(points[10][0], 128.5, 0);
    require_near(warmth[7], 1, 1e-6);
    require_near(warmth[9], a, 1e-6);
    require_near(warmth[10], 1 / (1 + exp(0.1)), 1e-6);
}

static void the_window_is_seven_cells_and_stops_at_the_edge(void **state)
{
    (void)state;
    cold();
    heat[32][35][0] = 20; /* point in cell 32: three away */
    heat[32][36][1] = 20; /* four away */
    points[2][0] = points[2][1] = 0;
    heat[3][3][2] = 20;
    points[3][0] = points[3][1] = 255.9f;
    heat[60][63][3] = 20;
    points[4][0] = 256; /* outside: kept */
    points[5][1] = -0.1f;
    points[6][0] = NAN;
    tread_pose__refine_points(heat[0][0], points[0], warmth);
    require_near(points[0][0], 140, EXACT_PX);
    require_near(points[1][0], 128.5, 0);
    require_near(points[2][0], 12, EXACT_PX);
    require_near(points[3][0], 252, EXACT_PX);
    require_near(points[3][1], 240, EXACT_PX);
    require_near(points[4][0], 256, 0);
    require_near(points[5][1], -0.1f, 0);
    require_nan(points[6][0]);
    require_near(warmth[4], 0, 0);
}

static void the_two_warmest_places_are_found(void **state)
{
    (void)state;
    cold();
    enum { A = 2, B = TREAD_N_LEG_LANDMARKS - 1 };
    const int a_point = TREAD_LM_FIRST_LEG + A, b_point = TREAD_LM_FIRST_LEG + B;
    pose_peak all[TREAD_N_LEG_LANDMARKS][2];
    const pose_peak *peaks = all[A];
    tread_pose__find_leg_peaks(heat[0][0], all);
    require_near(peaks[0].warmth, 0, 0);
    require_near(peaks[1].warmth, 0, 0);

    heat[10][20][a_point] = 1;
    heat[10][21][a_point] = 0.5f; /* a slope of the first, no place of its own */
    heat[40][50][a_point] = 2;
    heat[60][3][a_point] = -1;                               /* the third */
    heat[60][4][a_point - 1] = heat[60][4][a_point + 1] = 9; /* other points' */
    heat[60][4][TREAD_LM_FIRST_LEG - 1] = 9;
    tread_pose__find_leg_peaks(heat[0][0], all);
    double a = 1 / (1 + exp(-1)), b = 1 / (1 + exp(-0.5));
    require_near(peaks[0].x, 50 * 4, EXACT_PX);
    require_near(peaks[0].y, 40 * 4, EXACT_PX);
    require_near(peaks[0].warmth, 1 / (1 + exp(-2)), 1e-6);
    require_near(peaks[1].x, (a * 20 + b * 21) / (a + b) * 4, EXACT_PX);
    require_near(peaks[1].y, 10 * 4, EXACT_PX);
    require_near(peaks[1].warmth, a, 1e-6);

    heat[40][51][a_point] = 2; /* a plateau is one place */
    tread_pose__find_leg_peaks(heat[0][0], all);
    require_near(peaks[0].x, 50.5 * 4, EXACT_PX);
    require_near(peaks[1].y, 10 * 4, EXACT_PX);

    for (int leg = 0; leg < TREAD_N_LEG_LANDMARKS; leg++)
        assert_int_equal(all[leg][0].warmth > 0, leg >= A - 1 && leg <= A + 1);

    cold();
    heat[0][0][b_point] = 3; /* at the edge, and nothing else but a lukewarm cell */
    heat[30][30][b_point] = -2.3f;
    tread_pose__find_leg_peaks(heat[0][0], all);
    peaks = all[B];
    require_near(peaks[0].x, 0, EXACT_PX);
    require_near(peaks[1].warmth, 0, 0);
}

static void a_region_is_a_square_about_the_first_point(void **state)
{
    (void)state;
    /* Lying down, head to the right: the crop's top is to the right. */
    pose_region region = tread_pose__region_from_points(300, 200, 340, 200);
    double map[6];
    tread_pose__upright_from_crop(&region, map);
    require_near(region.side, 100, 1e-9);
    require_near(map[0] * 0.5 + map[1] * 0 + map[2], 350, 1e-9); /* top middle */
    require_near(map[3] * 0.5 + map[4] * 0 + map[5], 200, 1e-9);
    require_near(map[0] * 1 + map[1] * 0 + map[2], 350, 1e-9); /* top right: further down */
    require_near(map[3] * 1 + map[4] * 0 + map[5], 250, 1e-9);
    tread_picture picture = {.upright_width_px = 640, .upright_height_px = 480};
    assert_true(tread_pose__region_is_usable(&region, &picture));
    const pose_region bad[] = {
        {300, 200, NAN, 0, 1},   {300, 200, 100, NAN, NAN}, {300, 200, 5, 0, 1},
        {300, 200, 1e6, 0, 1},   {-100, 200, 100, 0, 1},    {300, 600, 100, 0, 1},
        {INFINITY, 0, 50, 0, 1}, {NAN, 200, 100, 0, 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(tread_pose__region_is_usable(&bad[i], &picture));
    region = tread_pose__region_from_points(300, 200, 300, 200);
    assert_false(tread_pose__region_is_usable(&region, &picture));
}

static void landmarks_stand_in_upright_pixels(void **state)
{
    (void)state;
    cold();
    pose_region region = tread_pose__region_from_points(300, 200, 300, 160); /* upright, 100 */
    points[5][0] = 0;
    points[5][1] = 256;
    points[5][2] = -128;
    points[5][3] = 1;
    points[5][4] = -9;
    tread_landmarks out;
    tread_pose__place_landmarks(points[0], &region, &out);
    require_near(out.x_px[5], 250, EXACT_PX);
    require_near(out.y_px[5], 250, EXACT_PX);
    require_near(out.z_px[5], -50, EXACT_PX);
    require_nan(out.second[0].x_px);
    require_near(out.x_px[0], 250 + 128.5 / 2.56, EXACT_PX);

    points[33][0] = 128; /* centre */
    points[33][1] = 192;
    points[34][0] = 128 + 76.8f; /* 30 px to the right of it: turned a quarter */
    points[34][1] = 192;
    pose_region next = tread_pose__next_region(points[0], &region);
    require_near(next.x, 300, EXACT_PX);
    require_near(next.y, 225, EXACT_PX);
    require_near(next.side, 2 * 30 * 1.25, EXACT_PX);
    require_near(next.down_x, -1, 1e-6);
    require_near(next.down_y, 0, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_moves_to_the_heat_near_it),
        cmocka_unit_test(the_window_is_seven_cells_and_stops_at_the_edge),
        cmocka_unit_test(the_two_warmest_places_are_found),
        cmocka_unit_test(a_region_is_a_square_about_the_first_point),
        cmocka_unit_test(landmarks_stand_in_upright_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

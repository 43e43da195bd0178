/* The set-up helper: each check poor when that one thing is wrong, and good otherwise. */
#include "support.h"

#include <string.h>

#include "session/setup.h"

enum { WIDTH = 640, HEIGHT = 360 };
static uint8_t luma[HEIGHT][WIDTH], chroma[HEIGHT / 2][WIDTH / 2];

/* What is wrong with the scene; all zero = nothing. */
typedef struct scene {
    double size, x, yaw_deg, drop_px, light, blur_px, backlight, slope_deg, fps;
    enum tread_view view;
} scene;

static double noise(int x, int y)
{
    unsigned h = (unsigned)x * 73856093u ^ (unsigned)y * 19349663u;
    h ^= h >> 13;
    h *= 0x5bd1e995u;
    return (double)(h >> 8 & 0xffff) / 65535;
}

static double texture(double x, double y)
{
    return noise((int)floor(x / 6), (int)floor(y / 6)); /* patches 6 px wide */
}

/* A textured picture; where the runner is as bright as told, around brighter by the backlight. */
static tread_picture paint(const scene *s, double left, double right)
{
    double light = s->light > 0 ? s->light : 0.5;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double v = 0;
            int n = s->blur_px > 0 ? (int)s->blur_px : 1;
            for (int k = 0; k < n; k++)
                v += texture(x + k - n / 2.0, y) / n;
            bool is_runner = x >= left && x <= right;
            double level = is_runner ? light : fmin(0.8, light + s->backlight);
            luma[y][x] = (uint8_t)(16 + 219 * fmin(1, level * (0.5 + v)));
        }
    memset(chroma, 128, sizeof chroma);
    return (tread_picture){.plane = {luma[0], chroma[0], chroma[0]},
                           .stride_bytes = {WIDTH, WIDTH / 2, WIDTH / 2},
                           .width_px = WIDTH,
                           .height_px = HEIGHT,
                           .chroma_shift_x = 1,
                           .chroma_shift_y = 1,
                           .bits = 8,
                           .upright_width_px = WIDTH,
                           .upright_height_px = HEIGHT,
                           .stored_from_upright = {1, 0, 0, 0, 1, 0}};
}

/* Somebody who stands, of the size told, all points on a line but for the shoulders. */
static tread_landmarks person(const scene *s, double time_s)
{
    tread_landmarks lm = {.time_s = time_s, .presence = 1};
    double height = HEIGHT * (s->size > 0 ? s->size : 0.7);
    double x = WIDTH * (s->x > 0 ? s->x : 0.5), bottom = HEIGHT * 0.9 + s->drop_px;
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        lm.x_px[i] = (float)(x + (i % 2 ? 8 : -8));
        lm.y_px[i] = (float)(bottom - height * 0.5);
        lm.confidence[i] = 1;
    }
    double trunk = 0.29 * height, shoulders = trunk * 0.8 * sin(s->yaw_deg * 3.14159265 / 180);
    lm.y_px[TREAD_LM_NOSE] = (float)(bottom - height);
    for (int side = 0; side < 2; side++) {
        lm.x_px[TREAD_LM_LEFT_SHOULDER + side] = (float)(x + (side ? -1 : 1) * shoulders / 2);
        lm.y_px[TREAD_LM_LEFT_SHOULDER + side] = (float)(bottom - height * 0.5 - trunk);
        lm.x_px[TREAD_LM_LEFT_HIP + side] = (float)x;
        lm.y_px[TREAD_LM_LEFT_HIP + side] = (float)(bottom - height * 0.5);
        lm.y_px[TREAD_LM_LEFT_HEEL + side] = (float)bottom;
        lm.y_px[TREAD_LM_LEFT_TOE + side] = (float)bottom;
    }
    return lm;
}

static void look(const scene *s, tread_setup_check *checks)
{
    tread_setup setup = {.weight = 0};
    tread_overview v = {.view = s->view ? s->view : TREAD_VIEW_LEFT,
                        .belt_slope_deg = s->slope_deg,
                        .n_steps_valid = 20};
    double x = WIDTH * (s->x > 0 ? s->x : 0.5);
    tread_picture p = paint(s, x - 8, x + 8);
    for (int i = 0; i < 300; i++) {
        tread_landmarks lm = person(s, i / 60.0);
        session_setup_look(&setup, &p, &lm);
    }
    session_setup_judge(&setup, &v, s->fps > 0 ? s->fps : 60, 5, checks);
}

/* All good but the one that has this id (NULL: all). */
static void only_poor(const scene *s, const char *id)
{
    tread_setup_check c[SESSION_N_CHECKS];
    look(s, c);
    for (int i = 0; i < SESSION_N_CHECKS; i++) {
        bool is_it = id && strcmp(c[i].id, id) == 0;
        if (c[i].state != (is_it ? TREAD_CHECK_POOR : TREAD_CHECK_GOOD))
            fail_msg("%s is %d where %s was wrong: %s", c[i].id, (int)c[i].state,
                     id ? id : "nothing", c[i].advice);
        assert_int_equal(c[i].advice[0] != '\0', is_it);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    only_poor(&(scene){.size = 0}, NULL);
    only_poor(&(scene){.yaw_deg = 12}, NULL);
    only_poor(&(scene){.yaw_deg = 25}, "side_on");
    only_poor(&(scene){.yaw_deg = -25}, "side_on");
    only_poor(&(scene){.slope_deg = 3}, "level");
    only_poor(&(scene){.slope_deg = -3}, "level");
    only_poor(&(scene){.size = 0.3}, "distance");
    only_poor(&(scene){.x = 0.1}, "distance");
    only_poor(&(scene){.fps = 30}, "frame_rate");
    only_poor(&(scene){.light = 0.08}, "light");
    only_poor(&(scene){.light = 0.2, .backlight = 0.6}, "light");
    only_poor(&(scene){.blur_px = 40}, "sharp");
    only_poor(&(scene){.drop_px = 28}, "belt");
    /* Half a foot out of the picture is no belt in it either. */
    tread_setup_check c[SESSION_N_CHECKS];
    look(&(scene){.drop_px = 60}, c);
    assert_int_equal(c[3].state, TREAD_CHECK_POOR);
}

/* From behind, the shoulders are seen broad. */
static void knows_other_views(void **state)
{
    (void)state;
    tread_setup_check c[SESSION_N_CHECKS];
    look(&(scene){.view = TREAD_VIEW_REAR, .yaw_deg = 80}, c);
    assert_int_equal(c[0].state, TREAD_CHECK_GOOD);
    assert_string_equal(c[0].title, "From behind");
}

static void knows_nothing_of_nobody(void **state)
{
    (void)state;
    tread_setup setup = {.weight = 0};
    tread_overview v = {.view = TREAD_VIEW_AUTO, .belt_slope_deg = (double)NAN};
    tread_setup_check c[SESSION_N_CHECKS];
    session_setup_judge(&setup, &v, (double)NAN, 0, c);
    for (int i = 0; i < SESSION_N_CHECKS; i++)
        assert_int_equal(c[i].state, TREAD_CHECK_UNKNOWN);
    /* ... nor of somebody who has left. */
    scene s = {.size = 0.3};
    tread_picture p = paint(&s, 300, 340);
    tread_landmarks lm = person(&s, 1);
    session_setup_look(&setup, &p, &lm);
    session_setup_judge(&setup, &v, 60, 1.5, c);
    assert_int_equal(c[2].state, TREAD_CHECK_POOR);
    session_setup_judge(&setup, &v, 60, 6, c);
    assert_int_equal(c[2].state, TREAD_CHECK_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(knows_other_views),
        cmocka_unit_test(knows_nothing_of_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

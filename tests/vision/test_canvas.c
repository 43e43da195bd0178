/* The canvas: areas and places of shapes, nothing outside the picture, nothing from
 * NaN, text that is there, and a cache that comes to rest. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vision/vision.h"

#define PI 3.14159265358979323846
#define GUARD 0xA5
#define GUARD_BYTES 64

/* A black picture whose rows end in guard bytes, in a block of exactly its size. */
typedef struct guarded {
    int width, height;
    ptrdiff_t stride;
    uint8_t *block, *bgra;
    size_t n_bytes;
    tread_canvas *canvas;
} guarded;

static const tread_colour white = {255, 255, 255, 255};
static const tread_colour black = {0, 0, 0, 255};

static guarded make_picture(int width, int height)
{
    guarded g = {.width = width, .height = height, .stride = 4 * width + GUARD_BYTES};
    g.n_bytes = GUARD_BYTES + (size_t)g.stride * (size_t)height;
    g.block = malloc(g.n_bytes);
    assert_non_null(g.block);
    memset(g.block, GUARD, g.n_bytes);
    g.bgra = g.block + GUARD_BYTES;
    for (int y = 0; y < height; y++)
        memset(g.bgra + y * g.stride, 0, 4 * (size_t)width);
    tread_error err = {0};
    assert_int_equal(tread_vision__canvas_create(&g.canvas, width, height, &err), TREAD_OK);
    const tread_surface surface = tread_surface__bgra(g.bgra, g.stride, width, height);
    tread_vision__canvas_target(g.canvas, &surface);
    return g;
}

static void clear(guarded *g)
{
    for (int y = 0; y < g->height; y++)
        memset(g->bgra + y * g->stride, 0, 4 * (size_t)g->width);
}

static void check_guards(const guarded *g)
{
    for (int i = 0; i < GUARD_BYTES; i++)
        assert_int_equal(g->block[i], GUARD);
    for (int y = 0; y < g->height; y++)
        for (int i = 0; i < GUARD_BYTES; i++)
            assert_int_equal(g->bgra[y * g->stride + 4 * g->width + i], GUARD);
}

static void free_picture(guarded *g)
{
    check_guards(g);
    tread_vision__canvas_destroy(&g->canvas);
    assert_null(g->canvas);
    tread_vision__canvas_destroy(&g->canvas);
    free(g->block);
}

/* Painted area in px, and its centre. */
static double painted(const guarded *g, tread_canvas_point *centre)
{
    double sum = 0, sx = 0, sy = 0;
    for (int y = 0; y < g->height; y++)
        for (int x = 0; x < g->width; x++) {
            double v = g->bgra[y * g->stride + 4 * x + 1] / 255.0;
            sum += v;
            sx += v * (x + 0.5);
            sy += v * (y + 0.5);
        }
    if (centre)
        *centre = (tread_canvas_point){sx / sum, sy / sum};
    return sum;
}

/* Edge pixels of a shape hold its area to about a tenth of a pixel of their length. */
static void check_area(const char *what, double area, double truth, double outline)
{
    if (fabs(area - truth) > 0.12 * outline + 0.02 * truth)
        fail_msg("%s: painted %.1f px, should be %.1f", what, area, truth);
}

static void test_areas_and_places(void **state)
{
    (void)state;
    guarded g = make_picture(200, 160);
    tread_canvas_point centre, at = {80.3, 70.7};

    tread_vision__canvas_disc(g.canvas, at, 20, white);
    check_area("disc", painted(&g, &centre), PI * 400, 2 * PI * 20);
    assert_float_equal(centre.x, at.x, 0.05);
    assert_float_equal(centre.y, at.y, 0.05);

    clear(&g);
    tread_vision__canvas_ring(g.canvas, at, 30, 6, white);
    check_area("ring", painted(&g, NULL), PI * (900 - 576), 2 * PI * 54);

    clear(&g);
    tread_vision__canvas_panel(g.canvas, at, 60.5, 40.25, 8, white);
    check_area("panel", painted(&g, &centre), 60.5 * 40.25 - (4 - PI) * 64, 190);
    assert_float_equal(centre.x, at.x + 30.25, 0.1);
    assert_float_equal(centre.y, at.y + 20.125, 0.1);

    for (int turn = 0; turn < 2; turn++) { /* either way round */
        const tread_canvas_point a[] = {{80, 30.5}, {110.25, 61}, {80, 91.5}, {49.75, 61}};
        const tread_canvas_point b[] = {a[3], a[2], a[1], a[0]};
        clear(&g);
        tread_vision__canvas_polygon(g.canvas, turn ? b : a, 4, white);
        check_area("diamond", painted(&g, &centre), 61 * 60.5 / 2, 172);
        assert_float_equal(centre.x, 80, 0.1);
        assert_float_equal(centre.y, 61, 0.1);
    }

    clear(&g);
    tread_vision__canvas_wedge(g.canvas, at, 40, -120, -90, white);
    check_area("wedge", painted(&g, &centre), PI * 1600 / 12, 100);
    assert_true(centre.x < at.x && centre.y < at.y);

    for (double width = 0.5; width < 12; width += 1.75) {
        clear(&g);
        tread_canvas_point line[2] = {{30.2, 20.4}, {150.7, 120.1}};
        tread_vision__canvas_polyline(g.canvas, line, 2, &(tread_stroke){width, white, 0, black});
        double length = hypot(120.5, 99.7);
        check_area("line", painted(&g, &centre), length * width + PI * width * width / 4,
                   2 * length);
        assert_float_equal(centre.x, 90.45, 0.1);
        assert_float_equal(centre.y, 70.25, 0.1);
    }
    free_picture(&g);
}

static void test_translucent_crossing_is_even(void **state)
{
    (void)state;
    guarded g = make_picture(64, 64);
    const tread_canvas_point cross[5] = {{8, 32}, {56, 32}, {NAN, NAN}, {32, 8}, {32, 56}};
    const tread_stroke stroke = {.width_px = 7, .colour = {255, 255, 255, 128}};
    tread_vision__canvas_polyline(g.canvas, cross, 5, &stroke);
    assert_int_equal(g.bgra[32 * g.stride + 4 * 32], 128); /* where both run */
    assert_int_equal(g.bgra[32 * g.stride + 4 * 16], 128); /* where one does */
    free_picture(&g);
}

static void draw_everything(tread_canvas *c, tread_canvas_point at, double size)
{
    const tread_colour tint = {230, 159, 0, 200};
    const tread_stroke stroke = {0.1 * size, tint, 0.05 * size, black};
    const tread_canvas_point line[3] = {{at.x - size, at.y}, at, {at.x, at.y + size}};
    const tread_text_style style = {size, true, white, black};
    tread_vision__canvas_polyline(c, line, 3, &stroke);
    tread_vision__canvas_dashes(c, line[0], line[2], 0.2 * size, 0.1 * size, &stroke);
    tread_vision__canvas_disc(c, at, size, tint);
    tread_vision__canvas_ring(c, at, size, 0.2 * size, tint);
    tread_vision__canvas_wedge(c, at, size, -90, -60, tint);
    tread_vision__canvas_wedge(c, at, size, 0, 359, tint);
    tread_vision__canvas_arc(c, at, size, -90, 200, &stroke);
    tread_vision__canvas_panel(c, at, 2 * size, size, 0.3 * size, tint);
    const tread_canvas_point corners[] = {
        at, {at.x + size, at.y + size}, {at.x - 2 * size, at.y + 2 * size}};
    tread_vision__canvas_polygon(c, corners, 3, tint);
    tread_vision__canvas_text(c, at, TREAD_ANCHOR_CENTRE, &style, "Knee 32° ±4 –");
}

static void test_stays_inside(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {16, 16}, {3, 200}, {200, 3}, {641, 479}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        guarded g = make_picture(sizes[i][0], sizes[i][1]);
        for (double size = 0.3; size < 20000; size *= 7)
            for (int k = 0; k < 9; k++) {
                tread_canvas_point at = {(k % 3 - 0.5) * g.width, (k / 3 - 0.5) * g.height};
                draw_everything(g.canvas, at, size);
            }
        draw_everything(g.canvas, (tread_canvas_point){1e300, -1e300}, 10);
        draw_everything(g.canvas, (tread_canvas_point){-1e9, 5}, 1e9);
        draw_everything(g.canvas, (tread_canvas_point){5, 5}, 1e300);
        free_picture(&g);
    }
}

static void test_negative_stride(void **state)
{
    (void)state;
    guarded g = make_picture(60, 40);
    const tread_surface surface =
        tread_surface__bgra(g.bgra + 39 * g.stride, -g.stride, g.width, g.height);
    tread_vision__canvas_target(g.canvas, &surface);
    tread_vision__canvas_disc(g.canvas, (tread_canvas_point){10, 8}, 5, white);
    assert_int_equal(g.bgra[32 * g.stride + 4 * 10], 255); /* upside down */
    free_picture(&g);
}

/* 4:2:0 shows what BGRA shows: the same luma to the pixel, the same colour over four. */
static void test_planes(void **state)
{
    (void)state;
    enum { W = 118, H = 94, MARGIN = 6 };
    static const struct {
        enum tread_colour_matrix matrix;
        double red, blue;
    } kinds[] = {{TREAD_MATRIX_BT601, 0.299, 0.114}, {TREAD_MATRIX_BT709, 0.2126, 0.0722}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const double kr = kinds[k].red, kb = kinds[k].blue;
        static uint8_t planes[3][H][W + MARGIN];
        memset(planes, GUARD, sizeof planes);
        for (int y = 0; y < H; y++) {
            memset(planes[0][y], 16, W); /* black */
            if (y % 2 == 0)
                memset(planes[1][y / 2], 128, W / 2), memset(planes[2][y / 2], 128, W / 2);
        }
        guarded g = make_picture(W, H);
        draw_everything(g.canvas, (tread_canvas_point){51.3, 40.7}, 17);
        draw_everything(g.canvas, (tread_canvas_point){W - 3, H - 2}, 9);
        const tread_surface surface = {.plane = {planes[0][0], planes[1][0], planes[2][0]},
                                       .stride_bytes = {W + MARGIN, W + MARGIN, W + MARGIN},
                                       .width_px = W,
                                       .height_px = H,
                                       .matrix = kinds[k].matrix};
        tread_vision__canvas_target(g.canvas, &surface);
        draw_everything(g.canvas, (tread_canvas_point){51.3, 40.7}, 17);
        draw_everything(g.canvas, (tread_canvas_point){W - 3, H - 2}, 9);
        double n_painted = 0;
        for (int y = 0; y < H; y += 2)
            for (int x = 0; x < W; x += 2) {
                double mean[3] = {0};
                for (int i = 0; i < 4; i++) {
                    const uint8_t *bgr = g.bgra + (y + i / 2) * g.stride + 4 * (x + i % 2);
                    double luma = kr * bgr[2] + (1 - kr - kb) * bgr[1] + kb * bgr[0];
                    assert_float_equal(planes[0][y + i / 2][x + i % 2], 16 + 219 * luma / 255, 4);
                    for (int c = 0; c < 3; c++)
                        mean[c] += 0.25 * bgr[c];
                }
                double luma = kr * mean[2] + (1 - kr - kb) * mean[1] + kb * mean[0];
                double cb = 112 * (mean[0] - luma) / (1 - kb) / 255;
                double cr = 112 * (mean[2] - luma) / (1 - kr) / 255;
                /* Edges of several shapes on one another: their means only nearly multiply. */
                assert_float_equal(planes[1][y / 2][x / 2], 128 + cb, 20);
                assert_float_equal(planes[2][y / 2][x / 2], 128 + cr, 20);
                n_painted += fabs(cb) + fabs(cr) > 20;
            }
        assert_true(n_painted > 100);
        for (int y = 0; y < H; y++)
            for (int x = W; x < W + MARGIN; x++)
                assert_int_equal(planes[0][y][x], GUARD);
        for (int y = 0; y < H; y++)
            for (int x = y < H / 2 ? W / 2 : 0; x < W + MARGIN; x++)
                assert_true(planes[1][y][x] == GUARD && planes[2][y][x] == GUARD);
        free_picture(&g);
    }
}

static void test_nothing_from_nan(void **state)
{
    (void)state;
    guarded g = make_picture(100, 100);
    draw_everything(g.canvas, (tread_canvas_point){NAN, 50}, 20);
    draw_everything(g.canvas, (tread_canvas_point){50, INFINITY}, 20);
    tread_vision__canvas_disc(g.canvas, (tread_canvas_point){50, 50}, NAN, white);
    tread_vision__canvas_wedge(g.canvas, (tread_canvas_point){50, 50}, 20, NAN, 30, white);
    assert_float_equal(painted(&g, NULL), 0, 0);
    free_picture(&g);
}

static void test_text(void **state)
{
    (void)state;
    guarded g = make_picture(400, 80);
    const tread_text_style style = {.size_px = 32, .colour = {255, 255, 255, 255}};
    static const char *const texts[] = {"°", "±", "–", "−", "Trunk 8° forward", "Zürich"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        clear(&g);
        tread_canvas_point centre;
        tread_vision__canvas_text(g.canvas, (tread_canvas_point){200, 50}, TREAD_ANCHOR_CENTRE,
                                  &style, texts[i]);
        assert_true(painted(&g, &centre) > 10);
        assert_float_equal(centre.x, 200, 16);
    }
    assert_float_equal(tread_vision__canvas_cap_height(g.canvas, &style), 0.73 * 32, 1.5);
    /* What is not UTF-8 ends the text. */
    assert_true(tread_vision__canvas_text_width(g.canvas, &style,
                                                "ab\xff"
                                                "cd") ==
                tread_vision__canvas_text_width(g.canvas, &style, "ab"));
    assert_true(tread_vision__canvas_text_width(g.canvas, &style, "") == 0);

    /* Anchors: the same letters, moved by their width. */
    tread_canvas_point left, right;
    double width = tread_vision__canvas_text_width(g.canvas, &style, "88");
    clear(&g);
    tread_vision__canvas_text(g.canvas, (tread_canvas_point){200, 50}, TREAD_ANCHOR_LEFT, &style,
                              "88");
    painted(&g, &left);
    clear(&g);
    tread_vision__canvas_text(g.canvas, (tread_canvas_point){200, 50}, TREAD_ANCHOR_RIGHT, &style,
                              "88");
    painted(&g, &right);
    assert_float_equal(left.x - right.x, width, 1e-3);
    free_picture(&g);
}

static void test_cache_comes_to_rest(void **state)
{
    (void)state;
    guarded g = make_picture(400, 200);
    draw_everything(g.canvas, (tread_canvas_point){200, 100}, 24);
    size_t n = tread_vision__canvas_n_glyphs(g.canvas);
    assert_true(n > 5);
    for (int i = 0; i < 20; i++)
        draw_everything(g.canvas, (tread_canvas_point){180.0 + i, 100}, 24);
    assert_int_equal(tread_vision__canvas_n_glyphs(g.canvas), n);
    /* More letters than the table takes: it starts over and still draws. */
    for (int i = 0; i < 400; i++)
        draw_everything(g.canvas, (tread_canvas_point){200, 100}, 5 + 0.25 * i);
    assert_true(tread_vision__canvas_n_glyphs(g.canvas) <= 1024);
    free_picture(&g);
}

static void test_repeats(void **state)
{
    (void)state;
    guarded a = make_picture(333, 222), b = make_picture(333, 222);
    for (int i = 0; i < 5; i++) {
        draw_everything(a.canvas, (tread_canvas_point){37.1 * i, 50 + 3.3 * i}, 30);
        draw_everything(b.canvas, (tread_canvas_point){37.1 * i, 50 + 3.3 * i}, 30);
    }
    assert_memory_equal(a.block, b.block, a.n_bytes);
    free_picture(&a);
    free_picture(&b);
}

static void test_wrong_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{0, 5}, {5, 0}, {-1, 5}, {TREAD_CANVAS_MAX_PX + 1, 5}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        tread_canvas *c = NULL;
        tread_error err = {0};
        assert_int_equal(tread_vision__canvas_create(&c, sizes[i][0], sizes[i][1], &err),
                         TREAD_ERR_ARG);
        assert_null(c);
        assert_true(err.text[0] != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_areas_and_places),
        cmocka_unit_test(test_translucent_crossing_is_even),
        cmocka_unit_test(test_stays_inside),
        cmocka_unit_test(test_negative_stride),
        cmocka_unit_test(test_planes),
        cmocka_unit_test(test_nothing_from_nan),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_cache_comes_to_rest),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_wrong_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

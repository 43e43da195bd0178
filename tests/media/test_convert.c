/* Upright BGRA from planes made by hand: colours, ranges, turns, edges. */
#include "media/clips.h"

/* A frame of one colour whose planes have the room decoders leave around them. */
typedef struct flat {
    tread_frame frame;
    uint8_t *bytes;
} flat;

static flat make_flat(int w, int h, int bits, int sx, int sy, const int yuv[3])
{
    flat f = {0};
    tread_picture *p = &f.frame.picture;
    *p = (tread_picture){
        .width_px = w,
        .height_px = h,
        .chroma_shift_x = sx,
        .chroma_shift_y = sy,
        .bits = bits,
        .matrix = TREAD_MATRIX_BT601,
        .upright_width_px = w,
        .upright_height_px = h,
        .stored_from_upright = {1, 0, 0, 0, 1, 0},
    };
    size_t stride = ((size_t)w * 2 + 127) / 64 * 64;
    f.bytes = calloc(3, stride * ((size_t)h + 2));
    assert_non_null(f.bytes);
    for (int c = 0; c < 3; c++) {
        uint8_t *plane = f.bytes + (size_t)c * stride * ((size_t)h + 2);
        for (size_t i = 0; i < stride * (size_t)h; i++) {
            uint16_t wide = (uint16_t)(yuv[c] << (bits - 8));
            plane[i] = bits == 8 ? (uint8_t)yuv[c] : ((const uint8_t *)&wide)[i % 2];
        }
        p->plane[c] = plane;
        p->stride_bytes[c] = (ptrdiff_t)stride;
    }
    return f;
}

static void run(const flat *f, int w, int h, uint8_t *bgra, ptrdiff_t stride)
{
    tread_converter *conv;
    tread_error err = {0};
    assert_int_equal(tread_media__converter_create(&conv, w, h, &err), TREAD_OK);
    const tread_surface to = tread_surface__bgra(bgra, stride, w, h);
    if (tread_media__converter_run(conv, &f->frame, &to, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    tread_media__converter_destroy(&conv);
    assert_null(conv);
}

/* Known triples: 8 bit studio or full range, from the standards' own equations. */
static const struct {
    const char *name;
    enum tread_colour_matrix matrix;
    int is_full_range;
    int yuv[3];
    int bgr[3];
} COLOURS[] = {
    {"601 white", TREAD_MATRIX_BT601, 0, {235, 128, 128}, {255, 255, 255}},
    {"601 black", TREAD_MATRIX_BT601, 0, {16, 128, 128}, {0, 0, 0}},
    {"601 red", TREAD_MATRIX_BT601, 0, {81, 90, 240}, {0, 0, 255}},
    {"709 red", TREAD_MATRIX_BT709, 0, {63, 102, 240}, {0, 0, 255}},
    {"2020 red", TREAD_MATRIX_BT2020, 0, {74, 97, 240}, {0, 0, 255}},
    {"709 green", TREAD_MATRIX_BT709, 0, {173, 42, 26}, {0, 255, 0}},
    {"601 blue, full", TREAD_MATRIX_BT601, 1, {29, 255, 107}, {254, 0, 0}},
    {"709 grey, full", TREAD_MATRIX_BT709, 1, {100, 128, 128}, {100, 100, 100}},
    {"709 grey", TREAD_MATRIX_BT709, 0, {100, 128, 128}, {98, 98, 98}},
};

static void colours(void **state)
{
    (void)state;
    static const int shifts[][2] = {{1, 1}, {1, 0}, {0, 0}, {2, 0}, {0, 1}};
    static const int depths[] = {8, 10, 12, 16};
    for (size_t i = 0; i < sizeof COLOURS / sizeof COLOURS[0]; i++) {
        print_message("  %s\n", COLOURS[i].name);
        for (size_t k = 0; k < sizeof shifts / sizeof shifts[0] * 4; k++) {
            int bits = depths[k % 4];
            const int *shift = shifts[k / 4];
            bool is_rare = shift[0] == 2 || (shift[0] == 0 && shift[1] == 1);
            if (is_rare && bits > 8)
                continue;
            flat f = make_flat(33, 19, bits, shift[0], shift[1], COLOURS[i].yuv);
            f.frame.picture.matrix = COLOURS[i].matrix;
            f.frame.picture.is_full_range = COLOURS[i].is_full_range;
            uint8_t bgra[33 * 19 * 4];
            run(&f, 33, 19, bgra, 33 * 4);
            for (int px = 0; px < 33 * 19; px++) {
                for (int c = 0; c < 3; c++)
                    assert_near(bgra[px * 4 + c], COLOURS[i].bgr[c], 3);
                assert_int_equal(bgra[px * 4 + 3], 255);
            }
            free(f.bytes);
        }
    }
}

static double luma_of(const int bgr[3], double kr, double kb)
{
    return kr * bgr[2] + (1 - kr - kb) * bgr[1] + kb * bgr[0];
}

/* To planes of either matrix, from every kind, upright and turned; rows end where they should. */
static void planes(void **state)
{
    (void)state;
    enum { MARGIN = 70, MOST = 66, GUARD = 7 };
    static uint8_t bytes[3][MOST][MOST + MARGIN];
    static const int kinds[][3] = {{8, 1, 1}, {10, 1, 1}, {8, 1, 0}, {8, 0, 0}, {12, 0, 0}};
    static const int sizes[][2] = {{2, 2}, {64, 48}, {66, 34}, {30, 64}};
    for (size_t i = 0; i < 4 * (sizeof COLOURS / sizeof COLOURS[0]); i++) {
        int which = (int)i / 4, turn = i % 2, matrix = i / 2 % 2;
        double kr = matrix ? 0.2126 : 0.299, kb = matrix ? 0.0722 : 0.114;
        double luma = luma_of(COLOURS[which].bgr, kr, kb);
        const double wanted[3] = {16 + 219 * luma / 255,
                                  128 + 112 * (COLOURS[which].bgr[0] - luma) / (1 - kb) / 255,
                                  128 + 112 * (COLOURS[which].bgr[2] - luma) / (1 - kr) / 255};
        for (size_t k = 0; k < 20; k++) {
            const int *kind = kinds[k / 4], w = sizes[k % 4][0], h = sizes[k % 4][1];
            flat f = make_flat(turn ? h : w, turn ? w : h, kind[0], kind[1], kind[2],
                               COLOURS[which].yuv);
            f.frame.picture.matrix = COLOURS[which].matrix;
            f.frame.picture.is_full_range = COLOURS[which].is_full_range;
            if (turn)
                memcpy(f.frame.picture.stored_from_upright, (const double[]){0, 1, 0, 1, 0, 0},
                       6 * sizeof(double));
            memset(bytes, GUARD, sizeof bytes);
            const tread_surface to = {.plane = {bytes[0][0], bytes[1][0], bytes[2][0]},
                                      .stride_bytes = {MOST + MARGIN, MOST + MARGIN, MOST + MARGIN},
                                      .width_px = w,
                                      .height_px = h,
                                      .matrix = matrix ? TREAD_MATRIX_BT709 : TREAD_MATRIX_BT601};
            tread_converter *conv;
            assert_int_equal(tread_media__converter_create(&conv, w, h, NULL), TREAD_OK);
            assert_int_equal(tread_media__converter_run(conv, &f.frame, &to, NULL), TREAD_OK);
            tread_media__converter_destroy(&conv);
            for (int c = 0; c < 3; c++)
                for (int y = 0; y < MOST; y++)
                    for (int x = 0; x < MOST + MARGIN; x++) {
                        bool is_inside = x < w >> (c > 0) && y < h >> (c > 0);
                        double off = bytes[c][y][x] - (is_inside ? wanted[c] : GUARD);
                        if (fabs(off) > (is_inside ? 3 : 0))
                            fail_msg("%s to %s, %dx%d, kind %zu, turn %d: plane %d at %d, %d is "
                                     "%d, not %.1f",
                                     COLOURS[which].name, matrix ? "709" : "601", w, h, k / 4, turn,
                                     c, x, y, bytes[c][y][x], wanted[c]);
                    }
            free(f.bytes);
        }
    }
}

/* Where nothing has to change nothing does: noise comes out as noise. */
static void planes_are_kept(void **state)
{
    (void)state;
    enum { W = 50, H = 26 };
    static uint8_t bytes[3][H][W];
    flat f = make_flat(W, H, 8, 1, 1, (const int[]){0, 0, 0});
    tread_picture *p = &f.frame.picture;
    uint32_t seed = 1;
    for (size_t i = 0; i < 3 * (size_t)p->stride_bytes[0] * (H + 2); i++)
        f.bytes[i] = (uint8_t)((seed = seed * 1664525U + 1013904223U) >> 24);
    const tread_surface to = {.plane = {bytes[0][0], bytes[1][0], bytes[2][0]},
                              .stride_bytes = {W, W, W},
                              .width_px = W,
                              .height_px = H,
                              .matrix = TREAD_MATRIX_BT601};
    tread_converter *conv;
    assert_int_equal(tread_media__converter_create(&conv, W, H, NULL), TREAD_OK);
    for (int turn = 0; turn < 2; turn++) {
        if (turn) /* upside down */
            memcpy(p->stored_from_upright, (const double[]){-1, 0, W, 0, -1, H},
                   6 * sizeof(double));
        assert_int_equal(tread_media__converter_run(conv, &f.frame, &to, NULL), TREAD_OK);
        for (int c = 0; c < 3; c++) {
            int w = c ? W / 2 : W, h = c ? H / 2 : H;
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    int at_x = turn ? w - 1 - x : x, at_y = turn ? h - 1 - y : y;
                    assert_int_equal(bytes[c][y][x], p->plane[c][at_y * p->stride_bytes[c] + at_x]);
                }
        }
    }
    tread_media__converter_destroy(&conv);
    free(f.bytes);
}

/* Every width: no column is missed, nothing beyond the row is touched. */
static void edges(void **state)
{
    (void)state;
    enum { H = 9, MARGIN = 80 };
    static uint8_t canvas[H * (70 * 4 + MARGIN)];
    for (int w = 1; w <= 70; w++) {
        for (int turn = 0; turn < 2; turn++) {
            flat f = make_flat(turn ? H : w, turn ? w : H, 8, 1, 1, (const int[]){235, 128, 128});
            if (turn)
                memcpy(f.frame.picture.stored_from_upright, (const double[]){0, 1, 0, 1, 0, 0},
                       6 * sizeof(double));
            memset(canvas, 7, sizeof canvas);
            int stride = w * 4 + MARGIN;
            run(&f, w, H, canvas, stride);
            for (int y = 0; y < H; y++)
                for (int x = 0; x < stride; x++)
                    if (x < w * 4 ? canvas[y * stride + x] < 252 : canvas[y * stride + x] != 7)
                        fail_msg("width %d: byte %d of row %d is %d", w, x, y,
                                 canvas[y * stride + x]);
            free(f.bytes);
        }
    }
}

static void other_sizes(void **state)
{
    (void)state;
    static uint8_t bgra[200 * 100 * 4];
    flat f = make_flat(64, 48, 8, 1, 1, (const int[]){81, 90, 240});
    static const int sizes[][2] = {{32, 24}, {128, 96}, {200, 10}, {1, 1}, {64, 48}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int w = sizes[i][0];
        int h = sizes[i][1];
        run(&f, w, h, bgra, w * 4);
        for (int px = 0; px < w * h; px++)
            assert_true(bgra[px * 4] < 4 && bgra[px * 4 + 1] < 4 && bgra[px * 4 + 2] > 251);
    }
    free(f.bytes);
}

static void one_converter_many_pictures(void **state)
{
    (void)state;
    tread_converter *conv;
    assert_int_equal(tread_media__converter_create(&conv, 40, 30, NULL), TREAD_OK);
    static uint8_t bgra[40 * 30 * 4];
    for (int i = 0; i < 6; i++) {
        flat f = make_flat(40 + 7 * i, 30 + i, i % 2 ? 10 : 8, 1, 1, (const int[]){235, 128, 128});
        f.frame.picture.is_full_range = 0;
        const tread_surface to = tread_surface__bgra(bgra, 160, 40, 30);
        assert_int_equal(tread_media__converter_run(conv, &f.frame, &to, NULL), TREAD_OK);
        assert_in_range(bgra[40 * 30 * 4 - 4], 252, 255);
        free(f.bytes);
    }
    tread_media__converter_destroy(&conv);
    tread_media__converter_destroy(&conv);
}

static void wrong_use(void **state)
{
    (void)state;
    tread_converter *conv;
    tread_error err;
    assert_int_equal(tread_media__converter_create(&conv, 0, 10, &err), TREAD_ERR_ARG);
    assert_null(conv);
    assert_int_equal(tread_media__converter_create(&conv, 10, 100000, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_media__converter_create(&conv, 10, 10, &err), TREAD_OK);
    flat f = make_flat(10, 10, 8, 1, 1, (const int[]){16, 128, 128});
    uint8_t bgra[400];
    const tread_surface to = tread_surface__bgra(bgra, 40, 10, 10);
    const tread_surface narrow = tread_surface__bgra(bgra, 39, 10, 10);
    const tread_surface other = tread_surface__bgra(bgra, 40, 10, 9);
    assert_int_equal(tread_media__converter_run(conv, &f.frame, &narrow, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_media__converter_run(conv, &f.frame, &other, &err), TREAD_ERR_ARG);
    f.frame.picture.bits = 13; /* libav has no such format */
    assert_int_equal(tread_media__converter_run(conv, &f.frame, &to, &err), TREAD_ERR_INTERNAL);
    free(f.bytes);
    tread_media__converter_destroy(&conv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours),         cmocka_unit_test(edges),
        cmocka_unit_test(other_sizes),     cmocka_unit_test(one_converter_many_pictures),
        cmocka_unit_test(wrong_use),       cmocka_unit_test(planes),
        cmocka_unit_test(planes_are_kept),
    };
    tread_media__quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

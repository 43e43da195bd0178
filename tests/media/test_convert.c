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
    if (tread_media__converter_run(conv, &f->frame, bgra, stride, &err) != TREAD_OK)
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
        assert_int_equal(tread_media__converter_run(conv, &f.frame, bgra, 160, NULL), TREAD_OK);
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
    assert_int_equal(tread_media__converter_run(conv, &f.frame, bgra, 39, &err), TREAD_ERR_ARG);
    f.frame.picture.bits = 13; /* libav has no such format */
    assert_int_equal(tread_media__converter_run(conv, &f.frame, bgra, 40, &err),
                     TREAD_ERR_INTERNAL);
    free(f.bytes);
    tread_media__converter_destroy(&conv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours),     cmocka_unit_test(edges),
        cmocka_unit_test(other_sizes), cmocka_unit_test(one_converter_many_pictures),
        cmocka_unit_test(wrong_use),
    };
    tread_media__quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

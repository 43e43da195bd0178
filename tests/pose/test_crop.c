/* The crop against a plain one in double precision: every depth, subsampling,
 * orientation, pixel shape, range and matrix, inside and outside the picture. */
#include "support.h"

#include <string.h>

#include "pose/crop.h"
#include "pose/orient.h"

/* Positions are 65536ths of a sample and weights 16384ths, together less than
 * 1e-4 off, and one pixel of noise may differ from the next by the whole range,
 * in a channel to which chroma adds 1.9 times that. */
#define POSITION_ERROR 1e-4
#define VALUE_ERROR (POSITION_ERROR * 2 * (1 + 1.9))
/* Whether a pixel is on the picture is not asked closer than this to its edge. */
#define EDGE_PX 1e-3

static uint64_t seed;

/* A picture of noise whose rows may run upwards, with its memory. */
typedef struct canvas {
    tread_picture picture;
    uint8_t *memory[3];
} canvas;

static int shifted(int size, int shift)
{
    return (size + (1 << shift) - 1) >> shift;
}

static void make_canvas(canvas *c, support_random *random, int width, int height, int bits,
                        int shift_x, int shift_y, int is_upside_down)
{
    memset(c, 0, sizeof *c);
    tread_picture *p = &c->picture;
    p->width_px = width;
    p->height_px = height;
    p->bits = bits;
    p->chroma_shift_x = shift_x;
    p->chroma_shift_y = shift_y;
    for (int i = 0; i < 3; i++) {
        int w = shifted(width, i ? shift_x : 0), h = shifted(height, i ? shift_y : 0);
        size_t sample = bits > 8 ? 2 : 1, stride = (size_t)w * sample + 6;
        /* No byte to spare behind the last row: a sanitizer sees what is read there. */
        c->memory[i] = malloc(stride * (size_t)(h - 1) + (size_t)w * sample);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                uint16_t code = (uint16_t)(support_uniform(random) * (1 << bits));
                uint8_t *at = c->memory[i] + stride * (size_t)y + (size_t)x * sample;
                if (bits > 8)
                    memcpy(at, &code, 2);
                else
                    *at = (uint8_t)code;
            }
        }
        p->plane[i] = is_upside_down ? c->memory[i] + stride * (size_t)(h - 1) : c->memory[i];
        p->stride_bytes[i] = is_upside_down ? -(ptrdiff_t)stride : (ptrdiff_t)stride;
    }
}

static void free_canvas(canvas *c)
{
    for (int i = 0; i < 3; i++)
        free(c->memory[i]);
}

static double code_at(const tread_picture *p, int plane, int x, int y)
{
    int w = shifted(p->width_px, plane ? p->chroma_shift_x : 0);
    int h = shifted(p->height_px, plane ? p->chroma_shift_y : 0);
    x = x < 0 ? 0 : x >= w ? w - 1 : x;
    y = y < 0 ? 0 : y >= h ? h - 1 : y;
    const uint8_t *row = p->plane[plane] + y * p->stride_bytes[plane];
    if (p->bits == 8)
        return row[x];
    uint16_t code;
    memcpy(&code, row + 2 * (ptrdiff_t)x, 2);
    return code;
}

/* `x` and `y` in stored luma pixels. */
static double bilinear(const tread_picture *p, int plane, double x, double y)
{
    if (plane) {
        x /= 1 << p->chroma_shift_x;
        y /= 1 << p->chroma_shift_y;
    }
    x -= 0.5;
    y -= 0.5;
    /* Far outside everything is the edge; keep floor() in an int. */
    x = fmax(-10, fmin(x, 10 + p->width_px));
    y = fmax(-10, fmin(y, 10 + p->height_px));
    int x0 = (int)floor(x), y0 = (int)floor(y);
    double fx = x - x0, fy = y - y0;
    return (code_at(p, plane, x0, y0) * (1 - fx) + code_at(p, plane, x0 + 1, y0) * fx) * (1 - fy) +
           (code_at(p, plane, x0, y0 + 1) * (1 - fx) + code_at(p, plane, x0 + 1, y0 + 1) * fx) * fy;
}

/* Rec. BT.601 and others, from codes to R'G'B' as their texts write it. */
static void plain_rgb(const tread_picture *p, double x, double y, double rgb[3])
{
    double kr = p->matrix == TREAD_MATRIX_BT601   ? 0.299
                : p->matrix == TREAD_MATRIX_BT709 ? 0.2126
                                                  : 0.2627;
    double kb = p->matrix == TREAD_MATRIX_BT601   ? 0.114
                : p->matrix == TREAD_MATRIX_BT709 ? 0.0722
                                                  : 0.0593;
    double unit = pow(2, p->bits - 8), top = pow(2, p->bits) - 1;
    double luma = bilinear(p, 0, x, y), cb = bilinear(p, 1, x, y), cr = bilinear(p, 2, x, y);
    luma = p->is_full_range ? luma / top : (luma / unit - 16) / 219;
    cb = p->is_full_range ? (cb - 128 * unit) / top : (cb / unit - 128) / 224;
    cr = p->is_full_range ? (cr - 128 * unit) / top : (cr / unit - 128) / 224;
    rgb[0] = luma + 2 * (1 - kr) * cr;
    rgb[2] = luma + 2 * (1 - kb) * cb;
    rgb[1] = (luma - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
    for (int i = 0; i < 3; i++)
        rgb[i] = fmax(0, fmin(rgb[i], 1));
}

static void compare(const tread_picture *p, const pose_region *region, int size, float low,
                    float high, enum pose_border border)
{
    static float rgb[POSE_CROP_MAX_PX * POSE_CROP_MAX_PX * 3];
    tread_pose__crop(rgb, p, region, size, low, high, border);
    const double *m = p->stored_from_upright;
    for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
            double u = (j + 0.5) / size - 0.5, v = (i + 0.5) / size - 0.5;
            double xu = region->x + region->side * (u * region->down_y + v * region->down_x);
            double yu = region->y + region->side * (-u * region->down_x + v * region->down_y);
            double xs = m[0] * xu + m[1] * yu + m[2], ys = m[3] * xu + m[4] * yu + m[5];
            double margin = fmin(fmin(xs, p->width_px - xs), fmin(ys, p->height_px - ys));
            if (border == POSE_BORDER_BLACK && fabs(margin) < EDGE_PX)
                continue;
            double expected[3] = {0};
            if (border == POSE_BORDER_REPLICATE || margin > 0)
                plain_rgb(p, xs, ys, expected);
            for (int k = 0; k < 3; k++)
                require_near(rgb[(i * size + j) * 3 + k], low + (high - low) * expected[k],
                             VALUE_ERROR * (high - low));
        }
    }
}

static pose_region random_region(support_random *random, const tread_picture *p)
{
    double angle = support_uniform(random) * 6.283;
    double longest = fmax(p->upright_width_px, p->upright_height_px);
    return (pose_region){
        .x = (support_uniform(random) * 1.6 - 0.3) * p->upright_width_px,
        .y = (support_uniform(random) * 1.6 - 0.3) * p->upright_height_px,
        .side = longest * (0.2 + 1.5 * support_uniform(random)),
        .down_x = -sin(angle),
        .down_y = cos(angle),
    };
}

static void every_kind_of_picture(void **state)
{
    (void)state;
    static const int depths[] = {8, 10, 12, 16};
    static const int shifts[][2] = {{1, 1}, {1, 0}, {0, 0}, {2, 0}};
    support_random random = support_seeded(seed);
    for (int i = 0; i < 4 * 4 * 8 * 3; i++) {
        canvas c;
        const int *shift = shifts[i / 4 % 4];
        make_canvas(&c, &random, 97 + i % 5, 61 + i % 3, depths[i % 4], shift[0], shift[1],
                    i / 3 % 2);
        c.picture.matrix = (enum tread_colour_matrix)(TREAD_MATRIX_BT601 + i % 3);
        c.picture.is_full_range = i / 7 % 2;
        orient(&c.picture, i / 16 % 8, i % 3 ? 1 : 16.0 / 11);
        pose_region region = random_region(&random, &c.picture);
        compare(&c.picture, &region, 33 + i % 4, i % 2 ? -1.0f : 0.0f, 1.0f,
                i % 5 < 2 ? POSE_BORDER_BLACK : POSE_BORDER_REPLICATE);
        free_canvas(&c);
    }
}

static void the_sizes_of_the_networks(void **state)
{
    (void)state;
    support_random random = support_seeded(seed + 1);
    canvas c;
    make_canvas(&c, &random, 481, 361, 8, 1, 1, 0);
    c.picture.matrix = TREAD_MATRIX_BT709;
    orient(&c.picture, 0, 1);
    pose_region region = random_region(&random, &c.picture);
    compare(&c.picture, &region, 256, 0, 1, POSE_BORDER_REPLICATE);
    region = tread_pose__region_of_picture(&c.picture);
    compare(&c.picture, &region, 224, -1, 1, POSE_BORDER_BLACK);
    free_canvas(&c);
}

/* Positions do not fit in 32 bits with all of their fraction. */
static void a_picture_of_tens_of_thousands_of_pixels(void **state)
{
    (void)state;
    support_random random = support_seeded(seed + 4);
    for (int i = 0; i < 2; i++) {
        canvas c;
        make_canvas(&c, &random, 20001, 7, i ? 10 : 8, 1, 1, 0);
        c.picture.matrix = TREAD_MATRIX_BT709;
        orient(&c.picture, 0, 1);
        pose_region region = tread_pose__region_of_picture(&c.picture);
        region.y += region.side / 512; /* a row of pixels is on the picture */
        compare(&c.picture, &region, 256, 0, 1, POSE_BORDER_BLACK);
        compare(&c.picture, &region, 256, 0, 1, POSE_BORDER_REPLICATE);
        free_canvas(&c);
    }
}

/* Regions of all sizes and turns: those for which there is a quicker way, those for which there is
 * not, and what lies between. */
static void the_same_bits_without_what_only_some_processors_have(void **state)
{
    (void)state;
    static const int shifts[][2] = {{1, 1}, {1, 0}, {0, 0}, {2, 0}};
    static const int sizes_px[] = {32, 64, 224, 256};
    static float quick[POSE_CROP_MAX_PX * POSE_CROP_MAX_PX * 3];
    static float plain[POSE_CROP_MAX_PX * POSE_CROP_MAX_PX * 3];
    support_random random = support_seeded(seed + 3);
    for (int i = 0; i < 600; i++) {
        canvas c;
        const int *shift = shifts[i % 4];
        make_canvas(&c, &random, 30 + i % 7 + (int)(300 * support_uniform(&random)),
                    10 + i % 5 + (int)(200 * support_uniform(&random)), 8, shift[0], shift[1],
                    i / 4 % 2);
        c.picture.matrix = TREAD_MATRIX_BT709;
        orient(&c.picture, i / 8 % 8, 1);
        pose_region region = random_region(&random, &c.picture);
        const int size_px = sizes_px[i / 64 % 4];
        region.side = size_px * 6 * support_uniform(&random) + 16;
        if (i % 3) {
            double lean = (support_uniform(&random) - 0.5) * (i % 3 == 2 ? 0.6 : 0);
            region.down_x = -sin(lean);
            region.down_y = cos(lean);
        }
        const enum pose_border border = i % 2 ? POSE_BORDER_BLACK : POSE_BORDER_REPLICATE;
        tread_pose__crop(quick, &c.picture, &region, size_px, -1, 1, border);
        tread_pose__crop_plain(plain, &c.picture, &region, size_px, -1, 1, border);
        assert_memory_equal(quick, plain, sizeof(float) * 3 * (size_t)(size_px * size_px));
        free_canvas(&c);
    }
}

/* A plane one pixel wide or high has no neighbour to read. */
static void the_smallest_pictures(void **state)
{
    (void)state;
    support_random random = support_seeded(seed + 2);
    for (int i = 0; i < 3 * 3 * 2 * 3; i++) {
        canvas c;
        make_canvas(&c, &random, 1 + i % 3, 1 + i / 3 % 3, i / 9 % 2 ? 10 : 8, i / 18 > 0,
                    i / 18 > 1, i % 2);
        c.picture.matrix = TREAD_MATRIX_BT709;
        orient(&c.picture, i % 8, 1);
        for (int k = 0; k < 8; k++) {
            pose_region region = random_region(&random, &c.picture);
            compare(&c.picture, &region, 17, 0, 1, POSE_BORDER_REPLICATE);
        }
        free_canvas(&c);
    }
}

/* Codes whose colours are written in the standards. */
static void white_black_and_primary_colours(void **state)
{
    (void)state;
    static const struct {
        int bits, is_full;
        enum tread_colour_matrix matrix;
        uint16_t y, u, v;
        double rgb[3];
    } cases[] = {
        {8, 0, TREAD_MATRIX_BT601, 235, 128, 128, {1, 1, 1}},
        {8, 0, TREAD_MATRIX_BT709, 16, 128, 128, {0, 0, 0}},
        {8, 1, TREAD_MATRIX_BT709, 255, 128, 128, {1, 1, 1}},
        {10, 0, TREAD_MATRIX_BT2020, 940, 512, 512, {1, 1, 1}},
        {8, 0, TREAD_MATRIX_BT601, 81, 90, 240, {1, 0, 0}},
        {8, 0, TREAD_MATRIX_BT601, 145, 54, 34, {0, 1, 0}},
        {8, 0, TREAD_MATRIX_BT601, 41, 240, 110, {0, 0, 1}},
        {8, 0, TREAD_MATRIX_BT709, 63, 102, 240, {1, 0, 0}},
        {8, 0, TREAD_MATRIX_BT709, 173, 42, 26, {0, 1, 0}},
        {8, 0, TREAD_MATRIX_BT709, 32, 240, 118, {0, 0, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t wide[3] = {cases[i].y, cases[i].u, cases[i].v};
        uint8_t narrow[3] = {(uint8_t)wide[0], (uint8_t)wide[1], (uint8_t)wide[2]};
        tread_picture p = {.width_px = 1, .height_px = 1, .bits = cases[i].bits};
        for (int k = 0; k < 3; k++)
            p.plane[k] = p.bits > 8 ? (const uint8_t *)&wide[k] : &narrow[k];
        p.matrix = cases[i].matrix;
        p.is_full_range = cases[i].is_full;
        orient(&p, 0, 1);
        pose_region region = tread_pose__region_of_picture(&p);
        float rgb[3];
        tread_pose__crop(rgb, &p, &region, 1, 0, 1, POSE_BORDER_BLACK);
        for (int k = 0; k < 3; k++)
            require_near(rgb[k], cases[i].rgb[k], 0.006); /* codes are rounded */
    }
}

int main(void)
{
    seed = support_seed("test_pose_crop", 20240603);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_picture),
        cmocka_unit_test(the_sizes_of_the_networks),
        cmocka_unit_test(a_picture_of_tens_of_thousands_of_pixels),
        cmocka_unit_test(the_same_bits_without_what_only_some_processors_have),
        cmocka_unit_test(the_smallest_pictures),
        cmocka_unit_test(white_black_and_primary_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "pose/crop.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* One plane and the way to it from stored luma pixels. */
typedef struct plane {
    const uint8_t *data;
    ptrdiff_t stride_bytes;
    ptrdiff_t below_bytes;  /* to the row below; 0 in a plane one high */
    int has_right;          /* 0: a plane one wide */
    float scale_x, scale_y; /* samples per luma pixel */
    float max_x, max_y;     /* largest sample coordinates */
    int last_x, last_y;     /* largest left and upper neighbour */
} plane;

/* Where a row of the crop falls, in stored luma pixels: pixel j at start + j * step. */
typedef struct row_line {
    float x, y, step_x, step_y;
} row_line;

/* For each pixel of a row: its upper left neighbour in a plane, and how far it
 * is from there to the right and the lower one. */
typedef struct row_taps {
    int32_t x[POSE_CROP_MAX_PX], y[POSE_CROP_MAX_PX];
    float right[POSE_CROP_MAX_PX], below[POSE_CROP_MAX_PX];
} row_taps;

/* For each pixel of a row: left and right neighbour as they lie in memory, the
 * left one in the low half. */
typedef struct row_pairs {
    uint32_t upper[POSE_CROP_MAX_PX], lower[POSE_CROP_MAX_PX];
} row_pairs;

/* Sample codes of Y, U, V to R, G, B in 0..1. */
typedef struct yuv_to_rgb {
    float y_scale, y_offset;
    float c_offset;
    float r_v, g_u, g_v, b_u;
} yuv_to_rgb;

static plane plane_of(const tread_picture *picture, int index)
{
    int shift_x = index ? picture->chroma_shift_x : 0;
    int shift_y = index ? picture->chroma_shift_y : 0;
    int width = (picture->width_px + (1 << shift_x) - 1) >> shift_x;
    int height = (picture->height_px + (1 << shift_y) - 1) >> shift_y;
    return (plane){
        .data = picture->plane[index],
        .stride_bytes = picture->stride_bytes[index],
        .below_bytes = height > 1 ? picture->stride_bytes[index] : 0,
        .has_right = width > 1,
        .scale_x = 1.0f / (float)(1 << shift_x),
        .scale_y = 1.0f / (float)(1 << shift_y),
        .max_x = (float)(width - 1),
        .max_y = (float)(height - 1),
        .last_x = width > 1 ? width - 2 : 0,
        .last_y = height > 1 ? height - 2 : 0,
    };
}

static inline float clamped(float value, float low, float high)
{
    value = value < low ? low : value;
    return value > high ? high : value;
}

/* The last pixel is the right neighbour with the full weight, so that no
 * neighbour is ever outside the plane. */
static void find_taps(row_taps *restrict taps, const plane *from, const row_line *line, int n)
{
    const float x0 = line->x * from->scale_x - 0.5f, step_x = line->step_x * from->scale_x;
    const float y0 = line->y * from->scale_y - 0.5f, step_y = line->step_y * from->scale_y;
    const float max_x = from->max_x, max_y = from->max_y;
    const int32_t last_x = from->last_x, last_y = from->last_y;
    for (int j = 0; j < n; j++) {
        float x = clamped(x0 + (float)j * step_x, 0.0f, max_x);
        float y = clamped(y0 + (float)j * step_y, 0.0f, max_y);
        int32_t left = (int32_t)x, upper = (int32_t)y;
        left = left > last_x ? last_x : left;
        upper = upper > last_y ? last_y : upper;
        taps->x[j] = left;
        taps->y[j] = upper;
        taps->right[j] = x - (float)left;
        taps->below[j] = y - (float)upper;
    }
}

/* Two neighbouring samples with one load; little endian, as everything here. */
static inline uint32_t load_pair(const uint8_t *at, int is_wide, int has_right)
{
    uint16_t narrow = at[0];
    uint32_t wide = 0;
    if (is_wide) {
        memcpy(&wide, at, has_right ? 4 : 2);
        return wide;
    }
    if (has_right)
        memcpy(&narrow, at, 2);
    return narrow;
}

static inline void gather_as(row_pairs *restrict pairs, const plane *from, const row_taps *taps,
                             int n, int is_wide, int has_right)
{
    const uint8_t *data = from->data;
    const ptrdiff_t stride = from->stride_bytes, below = from->below_bytes;
    for (int j = 0; j < n; j++) {
        const uint8_t *at = data + taps->y[j] * stride + ((ptrdiff_t)taps->x[j] << is_wide);
        pairs->upper[j] = load_pair(at, is_wide, has_right);
        pairs->lower[j] = load_pair(at + below, is_wide, has_right);
    }
}

/* The one loop that cannot be vectorised, compiled for each kind of plane. */
static void gather(row_pairs *pairs, const plane *from, const row_taps *taps, int n, int is_wide)
{
    if (!from->has_right)
        gather_as(pairs, from, taps, n, is_wide, 0);
    else if (is_wide)
        gather_as(pairs, from, taps, n, 1, 1);
    else
        gather_as(pairs, from, taps, n, 0, 1);
}

static void interpolate(float *restrict out, const row_pairs *pairs, const row_taps *taps, int n,
                        int is_wide)
{
    const int shift = is_wide ? 16 : 8;
    const int32_t mask = is_wide ? 0xffff : 0xff;
    for (int j = 0; j < n; j++) {
        float a = (float)((int32_t)pairs->upper[j] & mask);
        float b = (float)(int32_t)(pairs->upper[j] >> shift);
        float c = (float)((int32_t)pairs->lower[j] & mask);
        float d = (float)(int32_t)(pairs->lower[j] >> shift);
        float upper = a + (b - a) * taps->right[j];
        float lower = c + (d - c) * taps->right[j];
        out[j] = upper + (lower - upper) * taps->below[j];
    }
}

/* Sample codes of a row in one plane. */
static void sample(float *out, const plane *from, const row_taps *taps, int n, int is_wide)
{
    row_pairs pairs;
    gather(&pairs, from, taps, n, is_wide);
    interpolate(out, &pairs, taps, n, is_wide);
}

/* 1 where the pixel's centre is on the picture. */
static void find_inside(float *restrict inside, const row_line *line, float width, float height,
                        int n)
{
    const float x0 = line->x, y0 = line->y, step_x = line->step_x, step_y = line->step_y;
    for (int j = 0; j < n; j++) {
        float x = x0 + (float)j * step_x, y = y0 + (float)j * step_y;
        float in_x = x >= 0.0f && x < width ? 1.0f : 0.0f;
        float in_y = y >= 0.0f && y < height ? 1.0f : 0.0f;
        inside[j] = in_x * in_y;
    }
}

static void to_rgb(float *restrict rgb, const float *restrict y, const float *restrict u,
                   const float *restrict v, const float *restrict inside, const yuv_to_rgb *colour,
                   int n, float low, float high)
{
    const yuv_to_rgb k = *colour;
    const float span = high - low;
    float red[POSE_CROP_MAX_PX], green[POSE_CROP_MAX_PX], blue[POSE_CROP_MAX_PX];
    for (int j = 0; j < n; j++) {
        float luma = y[j] * k.y_scale + k.y_offset;
        float cb = u[j] + k.c_offset, cr = v[j] + k.c_offset;
        float scale = span * inside[j];
        red[j] = low + scale * clamped(luma + cr * k.r_v, 0.0f, 1.0f);
        green[j] = low + scale * clamped(luma + cb * k.g_u + cr * k.g_v, 0.0f, 1.0f);
        blue[j] = low + scale * clamped(luma + cb * k.b_u, 0.0f, 1.0f);
    }
    for (int j = 0; j < n; j++) {
        rgb[3 * j] = red[j];
        rgb[3 * j + 1] = green[j];
        rgb[3 * j + 2] = blue[j];
    }
}

/* ITU-R BT.601, BT.709 and BT.2020: the weights of red and blue in luma, and
 * the code ranges. */
static yuv_to_rgb colour_of(const tread_picture *picture)
{
    double red = 0.299, blue = 0.114;
    if (picture->matrix == TREAD_MATRIX_BT709) {
        red = 0.2126;
        blue = 0.0722;
    } else if (picture->matrix == TREAD_MATRIX_BT2020) {
        red = 0.2627;
        blue = 0.0593;
    }
    double green = 1 - red - blue;
    double unit = (double)(1 << (picture->bits - 8)); /* of an 8-bit code */
    double full = (double)((1 << picture->bits) - 1);
    double y_range = picture->is_full_range ? full : 219 * unit;
    double c_range = picture->is_full_range ? full : 224 * unit;
    double y_black = picture->is_full_range ? 0 : 16 * unit;
    return (yuv_to_rgb){
        .y_scale = (float)(1 / y_range),
        .y_offset = (float)(-y_black / y_range),
        .c_offset = (float)(-128 * unit),
        .r_v = (float)(2 * (1 - red) / c_range),
        .g_u = (float)(-2 * (1 - blue) * blue / green / c_range),
        .g_v = (float)(-2 * (1 - red) * red / green / c_range),
        .b_u = (float)(2 * (1 - blue) / c_range),
    };
}

/* Crop pixels to stored luma pixels: the region's map, then the picture's. */
static void stored_from_crop(const tread_picture *picture, const pose_region *region, int size_px,
                             double map[6])
{
    double upright[6];
    const double *m = picture->stored_from_upright;
    tread_pose__upright_from_crop(region, upright);
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 3; k++)
            map[3 * i + k] = m[3 * i] * upright[k] + m[3 * i + 1] * upright[3 + k];
        map[3 * i] /= size_px;
        map[3 * i + 1] /= size_px;
        map[3 * i + 2] += m[3 * i + 2];
    }
}

BASE_FAST
void tread_pose__crop(float *rgb, const tread_picture *picture, const pose_region *region,
                      int size_px, float low, float high, enum pose_border border)
{
    const int is_wide = picture->bits > 8;
    const plane luma = plane_of(picture, 0), chroma = plane_of(picture, 1);
    const plane other_chroma = plane_of(picture, 2);
    const yuv_to_rgb colour = colour_of(picture);
    double map[6];
    stored_from_crop(picture, region, size_px, map);

    row_taps taps;
    float y[POSE_CROP_MAX_PX], u[POSE_CROP_MAX_PX], v[POSE_CROP_MAX_PX];
    float inside[POSE_CROP_MAX_PX];
    for (int j = 0; j < size_px; j++)
        inside[j] = 1.0f;
    for (int i = 0; i < size_px; i++) {
        const row_line line = {
            .x = (float)(map[0] * 0.5 + map[1] * (i + 0.5) + map[2]),
            .y = (float)(map[3] * 0.5 + map[4] * (i + 0.5) + map[5]),
            .step_x = (float)map[0],
            .step_y = (float)map[3],
        };
        find_taps(&taps, &luma, &line, size_px);
        sample(y, &luma, &taps, size_px, is_wide);
        find_taps(&taps, &chroma, &line, size_px);
        sample(u, &chroma, &taps, size_px, is_wide);
        sample(v, &other_chroma, &taps, size_px, is_wide);
        if (border == POSE_BORDER_BLACK)
            find_inside(inside, &line, (float)picture->width_px, (float)picture->height_px,
                        size_px);
        to_rgb(rgb + (ptrdiff_t)i * size_px * 3, y, u, v, inside, &colour, size_px, low, high);
    }
}

#include "pose/crop.h"

#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "pose/crop_plan.h"

/* For each pixel of a row: its upper left neighbour in a plane, and how far it
 * is from there to the right, as a weight, and to the lower one. */
typedef struct row_taps {
    int32_t x[POSE_CROP_MAX_PX], y[POSE_CROP_MAX_PX], right[POSE_CROP_MAX_PX];
    float below[POSE_CROP_MAX_PX];
} row_taps;

/* For each pixel of a row: left and right neighbour as they lie in memory, the
 * left one in the low half. */
typedef struct row_pairs {
    uint32_t upper[POSE_CROP_MAX_PX], lower[POSE_CROP_MAX_PX];
} row_pairs;

static inline int32_t clamped_position(int32_t position, int32_t last)
{
    position = position < 0 ? 0 : position;
    return position > last ? last : position;
}

static inline float clamped(float value, float low, float high)
{
    value = value < low ? low : value;
    return value > high ? high : value;
}

static void find_taps(row_taps *restrict taps, const pose_crop_grid *grid, int row,
                      int fraction_bits, int n)
{
    const int spare_bits = POSE_CROP_FRACTION_BITS - fraction_bits;
    const int32_t x0 = grid->x.row[row], y0 = grid->y.row[row];
    const int32_t last_x = grid->x.last, last_y = grid->y.last;
    for (int j = 0; j < n; j++) {
        int32_t x = clamped_position(x0 + grid->x.column[j], last_x);
        int32_t y = clamped_position(y0 + grid->y.column[j], last_y);
        int32_t left = x >> fraction_bits, upper = y >> fraction_bits;
        taps->x[j] = left;
        taps->y[j] = upper;
        taps->right[j] = (x - (left << fraction_bits)) << spare_bits >>
                         (POSE_CROP_FRACTION_BITS - POSE_CROP_WEIGHT_BITS);
        taps->below[j] = (float)((y - (upper << fraction_bits)) << spare_bits) *
                         (1.0f / (1 << POSE_CROP_FRACTION_BITS));
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

static inline void gather_as(row_pairs *restrict pairs, const pose_crop_plane *from,
                             const row_taps *taps, int n, int is_wide, int has_right)
{
    const uint8_t *data = from->data;
    const ptrdiff_t stride = from->stride_bytes, below = from->height > 1 ? stride : 0;
    for (int j = 0; j < n; j++) {
        const uint8_t *at = data + taps->y[j] * stride + ((ptrdiff_t)taps->x[j] << is_wide);
        pairs->upper[j] = load_pair(at, is_wide, has_right);
        pairs->lower[j] = load_pair(at + below, is_wide, has_right);
    }
}

/* The one loop that cannot be vectorised, compiled for each kind of plane. */
static void gather(row_pairs *pairs, const pose_crop_plane *from, const row_taps *taps, int n,
                   int is_wide)
{
    if (from->width == 1)
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
        int32_t right = taps->right[j], left = (1 << POSE_CROP_WEIGHT_BITS) - right;
        int32_t upper =
            ((int32_t)pairs->upper[j] & mask) * left + (int32_t)(pairs->upper[j] >> shift) * right;
        int32_t lower =
            ((int32_t)pairs->lower[j] & mask) * left + (int32_t)(pairs->lower[j] >> shift) * right;
        out[j] = (float)upper + (float)(lower - upper) * taps->below[j];
    }
}

/* Sample codes of a row in one plane. */
static void sample(float *out, const pose_crop_plane *from, const row_taps *taps, int n,
                   int is_wide)
{
    row_pairs pairs;
    gather(&pairs, from, taps, n, is_wide);
    interpolate(out, &pairs, taps, n, is_wide);
}

static void to_rgb(float *restrict rgb, const float *restrict y, const float *restrict u,
                   const float *restrict v, const pose_crop_plan *plan)
{
    const pose_crop_colour k = plan->colour;
    const float low = plan->low, high = plan->high;
    const int n = plan->size_px;
    float red[POSE_CROP_MAX_PX], green[POSE_CROP_MAX_PX], blue[POSE_CROP_MAX_PX];
    for (int j = 0; j < n; j++) {
        float luma = y[j] * k.y;
        red[j] = clamped(luma + (v[j] * k.r_v + k.r_0), low, high);
        green[j] = clamped(luma + (u[j] * k.g_u + (v[j] * k.g_v + k.g_0)), low, high);
        blue[j] = clamped(luma + (u[j] * k.b_u + k.b_0), low, high);
    }
    for (int j = 0; j < n; j++) {
        rgb[3 * j] = red[j];
        rgb[3 * j + 1] = green[j];
        rgb[3 * j + 2] = blue[j];
    }
}

BASE_FAST
static void make_crop(float *rgb, const pose_crop_plan *plan)
{
    const int n = plan->size_px, is_wide = plan->bits > 8;
    row_taps taps;
    float y[POSE_CROP_MAX_PX], u[POSE_CROP_MAX_PX], v[POSE_CROP_MAX_PX];
    for (int i = 0; i < n; i++) {
        find_taps(&taps, &plan->grid[0], i, plan->fraction_bits, n);
        sample(y, &plan->plane[0], &taps, n, is_wide);
        find_taps(&taps, &plan->grid[1], i, plan->fraction_bits, n);
        sample(u, &plan->plane[1], &taps, n, is_wide);
        sample(v, &plan->plane[2], &taps, n, is_wide);
        to_rgb(rgb + (ptrdiff_t)i * n * 3, y, u, v, plan);
    }
}

/* Whether a pixel's centre is between the outer edges of the first and the last sample. */
static int is_inside(const pose_crop_axis *axis, int row, int column, int n_samples,
                     int fraction_bits)
{
    const int32_t half = 1 << fraction_bits >> 1;
    int32_t position = axis->row[row] + axis->column[column];
    return position >= -half && position < (n_samples << fraction_bits) - half;
}

static int is_on_picture(const pose_crop_plan *plan, int row, int column)
{
    const pose_crop_grid *grid = &plan->grid[0];
    const pose_crop_plane *luma = &plan->plane[0];
    return is_inside(&grid->x, row, column, luma->width, plan->fraction_bits) &&
           is_inside(&grid->y, row, column, luma->height, plan->fraction_bits);
}

/* What is on the picture is in one piece in every row. */
static void blacken_outside(float *rgb, const pose_crop_plan *plan)
{
    const int n = plan->size_px;
    for (int i = 0; i < n; i++, rgb += (ptrdiff_t)3 * n) {
        int first = 0, end = n;
        while (first < end && !is_on_picture(plan, i, first))
            first++;
        while (first < end && !is_on_picture(plan, i, end - 1))
            end--;
        for (int j = 0; j < 3 * first; j++)
            rgb[j] = plan->low;
        for (int j = 3 * end; j < 3 * n; j++)
            rgb[j] = plan->low;
    }
}

static pose_crop_plane plane_of(const tread_picture *picture, int index)
{
    int shift_x = index ? picture->chroma_shift_x : 0;
    int shift_y = index ? picture->chroma_shift_y : 0;
    return (pose_crop_plane){
        .data = picture->plane[index],
        .stride_bytes = picture->stride_bytes[index],
        .width = (picture->width_px + (1 << shift_x) - 1) >> shift_x,
        .height = (picture->height_px + (1 << shift_y) - 1) >> shift_y,
    };
}

/* The picture's matrix, code range and depth, and the range asked for, in one step. */
static pose_crop_colour colour_of(const tread_picture *picture, float low, float high)
{
    double red, blue;
    tread_picture__luma_weights(picture->matrix, &red, &blue);
    double green = 1 - red - blue;
    double unit = (double)(1 << (picture->bits - 8)); /* of an 8-bit code */
    double full = (double)((1 << picture->bits) - 1);
    double black = picture->is_full_range ? 0 : 16 * unit;
    double grey = 128 * unit;
    /* A code's step in the output, and what there is in it of one from interpolate(). */
    double span = (double)high - (double)low;
    double y = span / (picture->is_full_range ? full : 219 * unit);
    double c = span / (picture->is_full_range ? full : 224 * unit);
    double r_v = 2 * (1 - red) * c, b_u = 2 * (1 - blue) * c;
    double g_u = -b_u * blue / green, g_v = -r_v * red / green;
    double zero = (double)low - black * y;
    const double one = 1.0 / (1 << POSE_CROP_WEIGHT_BITS);
    return (pose_crop_colour){
        .y = (float)(y * one),
        .r_v = (float)(r_v * one),
        .r_0 = (float)(zero - grey * r_v),
        .g_u = (float)(g_u * one),
        .g_v = (float)(g_v * one),
        .g_0 = (float)(zero - grey * (g_u + g_v)),
        .b_u = (float)(b_u * one),
        .b_0 = (float)(zero - grey * b_u),
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

/* So many that neither a position nor a plane's end needs more than 31 bits. */
static int fraction_bits_for(const tread_picture *picture, const double map[6], int size_px)
{
    double most = fmax(picture->width_px, picture->height_px);
    for (int i = 0; i < 2; i++)
        most =
            fmax(most, fabs(map[3 * i + 2]) + size_px * (fabs(map[3 * i]) + fabs(map[3 * i + 1])));
    int bits = POSE_CROP_FRACTION_BITS;
    while (bits > 0 && most * (1 << bits) > 0x1p30)
        bits--;
    return bits;
}

/* `map`: three of stored_from_crop()'s. */
static void lay_axis(pose_crop_axis *axis, const double map[3], int size_px, int shift,
                     int n_samples, int fraction_bits)
{
    const double one = 1 << fraction_bits, scale = one / (1 << shift);
    const double column_step = map[0] * scale, row_step = map[1] * scale;
    const double start = map[2] * scale + 0.5 * (column_step + row_step) - 0.5 * one;
    for (int i = 0; i < size_px; i++) {
        axis->row[i] = (int32_t)lrint(start + i * row_step);
        axis->column[i] = (int32_t)lrint(i * column_step);
    }
    axis->last = n_samples > 1 ? ((n_samples - 1) << fraction_bits) - 1 : 0;
}

static void make_plan(pose_crop_plan *plan, const tread_picture *picture, const pose_region *region,
                      int size_px, float low, float high)
{
    double map[6];
    stored_from_crop(picture, region, size_px, map);
    const int fraction_bits = fraction_bits_for(picture, map, size_px);
    plan->size_px = size_px;
    plan->bits = picture->bits;
    plan->fraction_bits = fraction_bits;
    for (int i = 0; i < 3; i++)
        plan->plane[i] = plane_of(picture, i);
    for (int i = 0; i < 2; i++) {
        lay_axis(&plan->grid[i].x, map, size_px, i ? picture->chroma_shift_x : 0,
                 plan->plane[i].width, fraction_bits);
        lay_axis(&plan->grid[i].y, map + 3, size_px, i ? picture->chroma_shift_y : 0,
                 plan->plane[i].height, fraction_bits);
    }
    plan->colour = colour_of(picture, low, high);
    plan->low = low;
    plan->high = high;
}

static void crop(float *rgb, const tread_picture *picture, const pose_region *region, int size_px,
                 float low, float high, enum pose_border border, int is_plain)
{
    pose_crop_plan plan;
    make_plan(&plan, picture, region, size_px, low, high);
    if (is_plain || !tread_pose__crop_avx2(rgb, &plan))
        make_crop(rgb, &plan);
    if (border == POSE_BORDER_BLACK)
        blacken_outside(rgb, &plan);
}

void tread_pose__crop(float *rgb, const tread_picture *picture, const pose_region *region,
                      int size_px, float low, float high, enum pose_border border)
{
    crop(rgb, picture, region, size_px, low, high, border, 0);
}

void tread_pose__crop_plain(float *rgb, const tread_picture *picture, const pose_region *region,
                            int size_px, float low, float high, enum pose_border border)
{
    crop(rgb, picture, region, size_px, low, high, border, 1);
}

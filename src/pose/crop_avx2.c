/* The crop where neighbouring pixels of it share what they are made of: the two or more rows of 16
 * samples around four of them are loaded whole, and a shuffle picks each pixel's two from each row.
 * A pixel weighs rows that are not its own with 0 or 1, so that it comes out as if there were only
 * its two.
 *
 * That takes 8-bit planes and lines of pixels that run along stored rows, more or less: the crop's
 * rows, or in a picture that was filmed upright its columns. */
#include "base/compiler.h"
#include "pose/crop_plan.h"

#ifdef BASE_AVX2

#include <immintrin.h>

enum {
    BLOCK = 8,   /* pixels, in a vector of 32-bit numbers */
    GROUP = 4,   /* pixels that share samples, in one lane of it */
    WINDOW = 16, /* samples of a row loaded for a group */
    MAX_GROUPS = POSE_CROP_MAX_PX / GROUP,
    AHEAD = 2,    /* lines that samples are fetched before; fewer are late, more are no quicker */
    MAX_ROWS = 5, /* from which a group may be made; each costs time */
    ONE = 1 << POSE_CROP_FRACTION_BITS,
    FULL_WEIGHT = 1 << POSE_CROP_WEIGHT_BITS,
};

/* Along one axis of a plane, where lines and their pixels fall, as in pose_crop_axis. */
typedef struct line_axis {
    const int32_t *line, *pixel;
    int32_t last;
    int32_t last_window;       /* the last position of a group's first sample */
    int first;                 /* which pixel of a group has the lowest position */
    int32_t group[MAX_GROUPS]; /* of that pixel of each group */
} line_axis;

typedef struct line_grid {
    line_axis x, y;
    int n_rows;
    ptrdiff_t stride_bytes;
} line_grid;

/* How far the pixels of a group are apart at most. */
static int32_t span_of(const int32_t *pixel, int n)
{
    int32_t most = 0;
    for (int g = 0; g < n; g += GROUP) {
        int32_t span = pixel[g + GROUP - 1] - pixel[g];
        span = span < 0 ? -span : span;
        most = span > most ? span : most;
    }
    return most;
}

static void lay_lines(line_axis *axis, const pose_crop_axis *from, int runs_down, int n)
{
    axis->line = runs_down ? from->column : from->row;
    axis->pixel = runs_down ? from->row : from->column;
    axis->last = from->last;
    axis->first = axis->pixel[n - 1] < axis->pixel[0] ? GROUP - 1 : 0;
    for (int g = 0; g < n / GROUP; g++)
        axis->group[g] = axis->pixel[g * GROUP + axis->first];
}

/* @return 0: these lines cannot be made here */
static int lay_grid(line_grid *grid, const pose_crop_grid *from, const pose_crop_plane *plane,
                    int runs_down, int n)
{
    lay_lines(&grid->x, &from->x, runs_down, n);
    lay_lines(&grid->y, &from->y, runs_down, n);
    grid->n_rows = 2 + ((span_of(grid->y.pixel, n) + ONE - 1) >> POSE_CROP_FRACTION_BITS);
    grid->stride_bytes = plane->stride_bytes;
    grid->x.last_window = (plane->width - WINDOW) * ONE;
    grid->y.last_window = (plane->height - grid->n_rows) * ONE;
    int64_t size_bytes = (int64_t)plane->stride_bytes * plane->height;
    return span_of(grid->x.pixel, n) <= (WINDOW - 2) * ONE && grid->n_rows <= MAX_ROWS &&
           plane->width >= WINDOW && plane->height >= grid->n_rows && size_bytes <= INT32_MAX &&
           size_bytes >= -INT32_MAX;
}

static BASE_AVX2_INLINE __m256i load_8(const int32_t *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

static BASE_AVX2_INLINE __m256i clamped(__m256i position, int32_t last)
{
    position = _mm256_max_epi32(position, _mm256_setzero_si256());
    return _mm256_min_epi32(position, _mm256_set1_epi32(last));
}

/* Whole samples from the first one to where the windows of eight groups begin. */
static BASE_AVX2_INLINE __m256i window_starts(const line_axis *axis, int line, int group)
{
    __m256i first =
        _mm256_add_epi32(load_8(axis->group + group), _mm256_set1_epi32(axis->line[line]));
    return _mm256_srai_epi32(clamped(first, axis->last_window), POSE_CROP_FRACTION_BITS);
}

/* Bytes from a plane's first sample to each group's window in a line. */
static BASE_AVX2_INLINE void find_windows(int32_t *offset_bytes, const line_grid *grid, int line,
                                          int n)
{
    const __m256i stride = _mm256_set1_epi32((int32_t)grid->stride_bytes);
    for (int g = 0; g < n / GROUP; g += BLOCK) {
        __m256i x = window_starts(&grid->x, line, g), y = window_starts(&grid->y, line, g);
        _mm256_storeu_si256((__m256i *)(offset_bytes + g),
                            _mm256_add_epi32(_mm256_mullo_epi32(y, stride), x));
    }
}

/* Where pixels are in their groups' windows: positions less those of the first samples. */
static BASE_AVX2_INLINE __m256i within_window(const line_axis *axis, int line, int j, int is_inside)
{
    /* of the group's first pixel the whole samples, to each pixel */
    const __m256i take = _mm256_set1_epi32(0x03028080 + 0x04040000 * axis->first);
    __m256i at = _mm256_add_epi32(load_8(axis->pixel + j), _mm256_set1_epi32(axis->line[line]));
    if (is_inside)
        return _mm256_sub_epi32(at, _mm256_shuffle_epi8(at, take));
    at = clamped(at, axis->last);
    __m256i start = _mm256_shuffle_epi8(at, take);
    return _mm256_sub_epi32(at, _mm256_min_epi32(start, _mm256_set1_epi32(axis->last_window)));
}

/* How a pixel takes its two samples from each row of its window: as 16-bit numbers, left and
 * right, and the weight of each. */
typedef struct pair_taps {
    __m256i take, weight;
} pair_taps;

static BASE_AVX2_INLINE pair_taps pair_taps_at(__m256i x)
{
    const __m256i whole =
        _mm256_setr_epi8(2, -1, 2, -1, 6, -1, 6, -1, 10, -1, 10, -1, 14, -1, 14, -1, 2, -1, 2, -1,
                         6, -1, 6, -1, 10, -1, 10, -1, 14, -1, 14, -1);
    const __m256i fraction = _mm256_setr_epi8(0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13, 0,
                                              1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13);
    /* and a 0 in each upper byte */
    const __m256i and_right = _mm256_set1_epi32((int32_t)0x80018000);
    __m256i right = _mm256_srli_epi16(_mm256_shuffle_epi8(x, fraction),
                                      POSE_CROP_FRACTION_BITS - POSE_CROP_WEIGHT_BITS);
    /* the left one: FULL_WEIGHT - right, and -right is ~right + 1 */
    __m256i weight = _mm256_add_epi16(_mm256_xor_si256(right, _mm256_set1_epi32(0xffff)),
                                      _mm256_set1_epi32(FULL_WEIGHT + 1));
    return (pair_taps){_mm256_add_epi8(_mm256_shuffle_epi8(x, whole), and_right), weight};
}

/* Between left and right in one row of the windows of two groups. */
static BASE_AVX2_INLINE __m256i across(const uint8_t *at0, const uint8_t *at1, pair_taps taps)
{
    __m256i samples =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)at0)),
                                _mm_loadu_si128((const __m128i *)at1), 1);
    return _mm256_madd_epi16(_mm256_shuffle_epi8(samples, taps.take), taps.weight);
}

/* Of each step from one row of the window to the next the share that a pixel goes. */
static BASE_AVX2_INLINE void find_shares(__m256 share[MAX_ROWS - 1], __m256i y, int n_rows)
{
    const int last = n_rows - 2;
    __m256 rows = _mm256_mul_ps(_mm256_cvtepi32_ps(y), _mm256_set1_ps(1.0f / ONE));
    for (int k = 0; k <= last; k++) {
        share[k] = rows;
        if (k > 0)
            share[k] =
                _mm256_max_ps(_mm256_setzero_ps(), _mm256_sub_ps(rows, _mm256_set1_ps((float)k)));
        if (k < last)
            share[k] = _mm256_min_ps(_mm256_set1_ps(1.0f), share[k]);
    }
}

/* One line to sample. */
typedef struct line_job {
    const line_grid *grid;
    int line, n;
    const int32_t *windows, *ahead; /* from find_windows(), of this line and of a later one */
} line_job;

/* The processor foresees lines that run straight along stored rows, hardly those that do not. */
static BASE_AVX2_INLINE void fetch(const uint8_t *at, ptrdiff_t stride_bytes, int n_rows)
{
    for (int k = 0; k < n_rows; k++)
        _mm_prefetch((const char *)at + k * stride_bytes, _MM_HINT_T0);
}

/* Codes of a line of pixels in planes that share a grid. */
static BASE_AVX2_INLINE void sample_as(float *const out[], const uint8_t *const planes[],
                                       int n_planes, const line_job *job, int n_rows, int is_inside)
{
    const line_grid *grid = job->grid;
    const ptrdiff_t stride = grid->stride_bytes;
    for (int j = 0; j < job->n; j += BLOCK) {
        const int g = j / GROUP;
        __m256 share[MAX_ROWS - 1];
        const pair_taps taps = pair_taps_at(within_window(&grid->x, job->line, j, is_inside));
        find_shares(share, within_window(&grid->y, job->line, j, is_inside), n_rows);
        for (int p = 0; p < n_planes; p++) {
            const uint8_t *at0 = planes[p] + job->windows[g];
            const uint8_t *at1 = planes[p] + job->windows[g + 1];
            fetch(planes[p] + job->ahead[g], stride, n_rows);
            __m256i row = across(at0, at1, taps);
            __m256 code = _mm256_cvtepi32_ps(row);
            for (int k = 1; k < n_rows; k++) {
                __m256i next = across(at0 + k * stride, at1 + k * stride, taps);
                __m256 step = _mm256_cvtepi32_ps(_mm256_sub_epi32(next, row));
                code = _mm256_add_ps(code, _mm256_mul_ps(step, share[k - 1]));
                row = next;
            }
            _mm256_storeu_ps(out[p] + j, code);
        }
    }
}

/* Whether nothing in a line needs clamping. */
static BASE_AVX2_INLINE int is_line_inside(const line_axis *axis, int line, int n)
{
    int32_t a = axis->line[line] + axis->pixel[0], b = axis->line[line] + axis->pixel[n - 1];
    int32_t lowest = a < b ? a : b, highest = a < b ? b : a;
    return lowest >= 0 && highest < axis->last_window;
}

static BASE_AVX2_INLINE void sample_rows(float *const out[], const uint8_t *const planes[],
                                         int n_planes, const line_job *job, int n_rows)
{
    if (is_line_inside(&job->grid->x, job->line, job->n) &&
        is_line_inside(&job->grid->y, job->line, job->n))
        sample_as(out, planes, n_planes, job, n_rows, 1);
    else
        sample_as(out, planes, n_planes, job, n_rows, 0);
}

/* The number of rows is known to the compiler in each. */
static BASE_AVX2_INLINE void sample(float *const out[], const uint8_t *const planes[], int n_planes,
                                    const line_job *job)
{
    switch (job->grid->n_rows) {
    case 2: sample_rows(out, planes, n_planes, job, 2); break;
    case 3: sample_rows(out, planes, n_planes, job, 3); break;
    case 4: sample_rows(out, planes, n_planes, job, 4); break;
    default: sample_rows(out, planes, n_planes, job, MAX_ROWS); break;
    }
}

/* As clamped() of crop.c, zeros with their signs. */
static BASE_AVX2_INLINE __m256 clipped(__m256 value, float low, float high)
{
    return _mm256_min_ps(_mm256_set1_ps(high), _mm256_max_ps(_mm256_set1_ps(low), value));
}

/* Eight of each become eight triples. */
static BASE_AVX2_INLINE void store_triples(float *at, __m256 red, __m256 green, __m256 blue)
{
    /* Every number to its place in the one of three vectors it belongs to. */
    red = _mm256_permutevar8x32_ps(red, _mm256_setr_epi32(0, 3, 6, 1, 4, 7, 2, 5));
    green = _mm256_permutevar8x32_ps(green, _mm256_setr_epi32(5, 0, 3, 6, 1, 4, 7, 2));
    blue = _mm256_permutevar8x32_ps(blue, _mm256_setr_epi32(2, 5, 0, 3, 6, 1, 4, 7));
    _mm256_storeu_ps(at, _mm256_blend_ps(_mm256_blend_ps(red, green, 0x92), blue, 0x24));
    _mm256_storeu_ps(at + 8, _mm256_blend_ps(_mm256_blend_ps(red, green, 0x24), blue, 0x49));
    _mm256_storeu_ps(at + 16, _mm256_blend_ps(_mm256_blend_ps(red, green, 0x49), blue, 0x92));
}

static BASE_AVX2_INLINE __m256 times(__m256 value, float factor)
{
    return _mm256_mul_ps(value, _mm256_set1_ps(factor));
}

static BASE_AVX2_INLINE __m256 plus(__m256 value, float term)
{
    return _mm256_add_ps(value, _mm256_set1_ps(term));
}

static BASE_AVX2_INLINE void store_rgb(float *at, __m256 y, __m256 u, __m256 v,
                                       const pose_crop_plan *plan)
{
    const pose_crop_colour k = plan->colour;
    __m256 luma = times(y, k.y);
    __m256 red = _mm256_add_ps(luma, plus(times(v, k.r_v), k.r_0));
    __m256 green =
        _mm256_add_ps(luma, _mm256_add_ps(times(u, k.g_u), plus(times(v, k.g_v), k.g_0)));
    __m256 blue = _mm256_add_ps(luma, plus(times(u, k.b_u), k.b_0));
    store_triples(at, clipped(red, plan->low, plan->high), clipped(green, plan->low, plan->high),
                  clipped(blue, plan->low, plan->high));
}

/* Codes of as many lines as a block has. */
typedef struct band {
    float plane[3][BLOCK][POSE_CROP_MAX_PX];
} band;

static BASE_AVX2_INLINE void sample_band(band *codes, const pose_crop_plan *plan,
                                         const line_grid grid[2], int line)
{
    const int n = plan->size_px;
    const uint8_t *const luma[] = {plan->plane[0].data};
    const uint8_t *const chroma[] = {plan->plane[1].data, plan->plane[2].data};
    int32_t windows[2][BLOCK + AHEAD][MAX_GROUPS];
    for (int i = 0; i < 2; i++) {
        for (int l = 0; l < BLOCK + AHEAD; l++)
            find_windows(windows[i][l], &grid[i], line + l < n ? line + l : n - 1, n);
    }
    for (int l = 0; l < BLOCK; l++) {
        float *const y[] = {codes->plane[0][l]};
        float *const uv[] = {codes->plane[1][l], codes->plane[2][l]};
        const line_job of_y = {&grid[0], line + l, n, windows[0][l], windows[0][l + AHEAD]};
        const line_job of_uv = {&grid[1], line + l, n, windows[1][l], windows[1][l + AHEAD]};
        sample(y, luma, 1, &of_y);
        sample(uv, chroma, 2, &of_uv);
    }
}

static BASE_AVX2_INLINE void store_as_rows(float *rgb, const band *codes,
                                           const pose_crop_plan *plan, int line)
{
    const int n = plan->size_px;
    for (int l = 0; l < BLOCK; l++) {
        float *row = rgb + (ptrdiff_t)3 * n * (line + l);
        for (int j = 0; j < n; j += BLOCK)
            store_rgb(row + 3 * j, _mm256_loadu_ps(codes->plane[0][l] + j),
                      _mm256_loadu_ps(codes->plane[1][l] + j),
                      _mm256_loadu_ps(codes->plane[2][l] + j), plan);
    }
}

/* Rows and columns of a square change places. */
static BASE_AVX2_INLINE void transpose(__m256 out[BLOCK], const float lines[][POSE_CROP_MAX_PX],
                                       int j)
{
    __m256 two[BLOCK];
    for (int i = 0; i < 4; i++) {
        /* the left half of line i and of i + 4, and the right halves */
        for (int half = 0; half < 2; half++)
            two[i + 4 * half] =
                _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(lines[i] + j + 4 * half)),
                                     _mm_loadu_ps(lines[i + 4] + j + 4 * half), 1);
    }
    for (int half = 0; half < BLOCK; half += 4) {
        __m256 a = _mm256_unpacklo_ps(two[half], two[half + 1]);
        __m256 b = _mm256_unpackhi_ps(two[half], two[half + 1]);
        __m256 c = _mm256_unpacklo_ps(two[half + 2], two[half + 3]);
        __m256 d = _mm256_unpackhi_ps(two[half + 2], two[half + 3]);
        out[half] = _mm256_shuffle_ps(a, c, 0x44);
        out[half + 1] = _mm256_shuffle_ps(a, c, 0xee);
        out[half + 2] = _mm256_shuffle_ps(b, d, 0x44);
        out[half + 3] = _mm256_shuffle_ps(b, d, 0xee);
    }
}

static BASE_AVX2_INLINE void store_as_columns(float *rgb, const band *codes,
                                              const pose_crop_plan *plan, int line)
{
    const int n = plan->size_px;
    for (int i = 0; i < n; i += BLOCK) {
        __m256 square[3][BLOCK];
        for (int p = 0; p < 3; p++)
            transpose(square[p], codes->plane[p], i);
        for (int k = 0; k < BLOCK; k++)
            store_rgb(rgb + 3 * ((ptrdiff_t)n * (i + k) + line), square[0][k], square[1][k],
                      square[2][k], plan);
    }
}

BASE_AVX2
static void make_crop(float *rgb, const pose_crop_plan *plan, const line_grid grid[2],
                      int runs_down)
{
    band codes;
    for (int line = 0; line < plan->size_px; line += BLOCK) {
        sample_band(&codes, plan, grid, line);
        if (runs_down)
            store_as_columns(rgb, &codes, plan, line);
        else
            store_as_rows(rgb, &codes, plan, line);
    }
}

static int64_t distance(const int32_t *positions, int n)
{
    int64_t way = (int64_t)positions[n - 1] - positions[0];
    return way < 0 ? -way : way;
}

int tread_pose__crop_avx2(float *rgb, const pose_crop_plan *plan)
{
    const int n = plan->size_px;
    if (!BASE_HAS_AVX2() || plan->bits != 8 || n % (BLOCK * GROUP) != 0 ||
        plan->fraction_bits != POSE_CROP_FRACTION_BITS ||
        plan->plane[1].stride_bytes != plan->plane[2].stride_bytes)
        return 0;
    const pose_crop_axis *y = &plan->grid[0].y;
    const int runs_down = distance(y->row, n) < distance(y->column, n);
    line_grid grid[2];
    for (int i = 0; i < 2; i++) {
        if (!lay_grid(&grid[i], &plan->grid[i], &plan->plane[i], runs_down, n))
            return 0;
    }
    make_crop(rgb, plan, grid, runs_down);
    return 1;
}

#else

int tread_pose__crop_avx2(float *rgb, const pose_crop_plan *plan)
{
    (void)rgb;
    (void)plan;
    return 0;
}

#endif

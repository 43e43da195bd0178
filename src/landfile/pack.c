/* The log, packed: a fifth of its text's size and less, every number exact. For the history, and
 * for what a live session holds on to.
 *
 *     "TREADPK1", width_px, height_px (doubles), then blocks:
 *     number of frames (u32), bytes that follow (u32), a zstd frame
 *
 * all little-endian. A block is a column a quantity: a byte that says how it is kept, a bit a frame
 * for what is missing where anything is, and its numbers as differences from one frame to the next,
 * all lowest bytes first, then all second ones ... . Pose writes its numbers on a grid of powers of
 * two (pose/tracker.c), so that most are small whole numbers; what is on no grid is kept bit by
 * bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "landfile/formats.h"

#define N_FLOATS (1 + 4 * TREAD_N_LANDMARKS + 3 * TREAD_N_LEG_LANDMARKS)
#define BLOCK 128
/* A column at its largest: what it is, what is missing, four bytes a frame. */
#define COLUMN_BYTES(n) (1 + ((n) + 7) / 8 + 4 * (n))
#define BLOCK_BYTES(n) (16 * (size_t)(n) + N_FLOATS * (size_t)COLUMN_BYTES(n))
#define HEADER_BYTES (8 + 16)
/* Grids of 1 to 1/4096; the next is no grid. */
#define N_GRIDS 13
#define HAS_HOLES 0x80
/* Fast; higher levels gain 2 %. */
#define LEVEL 3

struct tread_landpack {
    FILE *f;
    ZSTD_CCtx *zstd;
    tread_landmarks *frames; /* (BLOCK) */
    size_t n;
    unsigned char *raw, *packed; /* (BLOCK_BYTES(BLOCK)), (n_packed) */
    size_t n_packed;
};

static float *column(tread_landmarks *lm, int c)
{
    static const int n = TREAD_N_LANDMARKS;
    if (c-- == 0)
        return &lm->presence;
    if (c < 4 * n) {
        float *const of[] = {lm->x_px, lm->y_px, lm->z_px, lm->confidence};
        return of[c / n] + c % n;
    }
    c -= 4 * n;
    tread_place *place = &lm->second[c / 3];
    return c % 3 == 0 ? &place->x_px : c % 3 == 1 ? &place->y_px : &place->confidence;
}

/* ---- numbers ---------------------------------------------------------------------- */

static unsigned char *put_bytes(unsigned char *to, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        *to++ = (unsigned char)(value >> (8 * i));
    return to;
}

static uint64_t get_bytes(const unsigned char *from, int n)
{
    uint64_t value = 0;
    for (int i = 0; i < n; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Small differences of either sign become small numbers. */
static uint64_t fold(uint64_t difference, int n_bits)
{
    uint64_t sign = difference >> (n_bits - 1) & 1;
    return difference << 1 ^ (0 - sign);
}

static uint64_t unfold(uint64_t folded)
{
    return folded >> 1 ^ (0 - (folded & 1));
}

static uint32_t on_grid(float value, int grid)
{
    return (uint32_t)(int32_t)((double)value * (1 << grid));
}

static float from_grid(uint32_t number, int grid)
{
    return (float)((double)(int32_t)number / (1 << grid));
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool is_on_grid(float value, int grid)
{
    return fabsf(value) < (float)(1 << 18) &&
           float_bits(from_grid(on_grid(value, grid), grid)) == float_bits(value);
}

/* ---- writing ------------------------------------------------------------------------ */

/* The coarsest grid all of a column is on. */
static int grid_of(const tread_landpack *p, int c, bool *has_holes)
{
    int grid = 0;
    *has_holes = false;
    for (size_t i = 0; i < p->n; i++) {
        float value = *column(&p->frames[i], c);
        if (isnan(value))
            *has_holes = true;
        else
            while (grid < N_GRIDS && !is_on_grid(value, grid))
                grid++;
    }
    return grid;
}

static unsigned char *put_column(const tread_landpack *p, int c, unsigned char *to)
{
    bool has_holes;
    int grid = grid_of(p, c, &has_holes);
    uint32_t last = 0;
    *to++ = (unsigned char)(grid | (has_holes ? HAS_HOLES : 0));
    unsigned char *holes = to;
    if (has_holes) {
        memset(holes, 0, (p->n + 7) / 8);
        to += (p->n + 7) / 8;
    }
    for (size_t i = 0; i < p->n; i++) {
        float value = *column(&p->frames[i], c);
        uint32_t number = last;
        if (isnan(value))
            holes[i / 8] |= (unsigned char)(1u << i % 8);
        else
            number = grid < N_GRIDS ? on_grid(value, grid) : float_bits(value);
        uint64_t folded = fold(number - last, 32);
        last = number;
        for (int byte = 0; byte < 4; byte++)
            to[(size_t)byte * p->n + i] = (unsigned char)(folded >> (8 * byte));
    }
    return to + 4 * p->n;
}

static unsigned char *put_whole(const tread_landpack *p, bool is_time, unsigned char *to)
{
    uint64_t last = 0;
    for (size_t i = 0; i < p->n; i++) {
        const tread_landmarks *lm = &p->frames[i];
        uint64_t number = is_time ? bits_of(lm->time_s) : (uint64_t)lm->frame;
        uint64_t folded = fold(number - last, 64);
        last = number;
        for (int byte = 0; byte < 8; byte++)
            to[(size_t)byte * p->n + i] = (unsigned char)(folded >> (8 * byte));
    }
    return to + 8 * p->n;
}

static int write_block(tread_landpack *p)
{
    unsigned char *end = put_whole(p, false, p->raw), head[8];
    end = put_whole(p, true, end);
    for (int c = 0; c < N_FLOATS; c++)
        end = put_column(p, c, end);
    size_t n = ZSTD_compress2(p->zstd, p->packed, p->n_packed, p->raw, (size_t)(end - p->raw));
    if (ZSTD_isError(n))
        return TREAD_ERR_NOMEM;
    put_bytes(put_bytes(head, p->n, 4), n, 4);
    p->n = 0;
    return fwrite(head, 1, sizeof head, p->f) == sizeof head && fwrite(p->packed, 1, n, p->f) == n
               ? TREAD_OK
               : TREAD_ERR_OUTPUT;
}

int tread_landfile__pack_create(tread_landpack **out, FILE *f, double width_px, double height_px)
{
    unsigned char head[HEADER_BYTES] = LANDFILE_PACK_MAGIC;
    *out = NULL;
    tread_landpack *p = calloc(1, sizeof *p);
    if (!p)
        return TREAD_ERR_NOMEM;
    p->f = f;
    p->n_packed = ZSTD_compressBound(BLOCK_BYTES(BLOCK));
    p->frames = malloc(BLOCK * sizeof *p->frames);
    p->raw = malloc(BLOCK_BYTES(BLOCK));
    p->packed = malloc(p->n_packed);
    p->zstd = ZSTD_createCCtx();
    if (!p->frames || !p->raw || !p->packed || !p->zstd ||
        ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1))) {
        tread_landfile__pack_destroy(&p);
        return TREAD_ERR_NOMEM;
    }
    put_bytes(put_bytes(head + 8, bits_of(width_px), 8), bits_of(height_px), 8);
    if (fwrite(head, 1, sizeof head, f) != sizeof head) {
        tread_landfile__pack_destroy(&p);
        return TREAD_ERR_OUTPUT;
    }
    *out = p;
    return TREAD_OK;
}

int tread_landfile__pack_add(tread_landpack *p, const tread_landmarks *lm)
{
    p->frames[p->n++] = *lm;
    return p->n == BLOCK ? write_block(p) : TREAD_OK;
}

int tread_landfile__pack_finish(tread_landpack *p)
{
    int status = p->n > 0 ? write_block(p) : TREAD_OK;
    return status == TREAD_OK && fflush(p->f) != 0 ? TREAD_ERR_OUTPUT : status;
}

void tread_landfile__pack_destroy(tread_landpack **p)
{
    if (!p || !*p)
        return;
    ZSTD_freeCCtx((*p)->zstd);
    free((*p)->frames);
    free((*p)->raw);
    free((*p)->packed);
    free(*p);
    *p = NULL;
}

/* ---- reading -------------------------------------------------------------------------- */

static int damaged(const landfile_table *t)
{
    return landfile_refuse(t, "the packed landmarks are damaged");
}

static bool is_sane(int c, float value)
{
    bool is_place = c > 0 && (c <= 3 * TREAD_N_LANDMARKS ||
                              (c > 4 * TREAD_N_LANDMARKS && (c - 4 * TREAD_N_LANDMARKS) % 3 != 0));
    if (isnan(value))
        return c > 0;
    return is_place ? fabsf(value) <= (float)LANDFILE_MAX_PX : value >= 0 && value <= 1;
}

/* @return behind the column, NULL when it is damaged */
static const unsigned char *get_column(tread_landmarks *frames, size_t n, int c,
                                       const unsigned char *from, const unsigned char *end)
{
    if (from == end)
        return NULL;
    int grid = *from & ~HAS_HOLES;
    bool has_holes = *from++ & HAS_HOLES;
    const unsigned char *holes = from;
    from += has_holes ? (n + 7) / 8 : 0;
    if (grid > N_GRIDS || from > end || (size_t)(end - from) < 4 * n)
        return NULL;
    uint32_t number = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t folded = 0;
        float value = NAN;
        for (int byte = 0; byte < 4; byte++)
            folded |= (uint64_t)from[(size_t)byte * n + i] << (8 * byte);
        number += (uint32_t)unfold(folded);
        if (!has_holes || !(holes[i / 8] >> i % 8 & 1)) {
            if (grid < N_GRIDS)
                value = from_grid(number, grid);
            else
                memcpy(&value, &number, sizeof value);
        }
        if (!is_sane(c, value))
            return NULL;
        *column(&frames[i], c) = value;
    }
    return from + 4 * n;
}

static const unsigned char *get_whole(tread_landmarks *frames, size_t n, bool is_time,
                                      const unsigned char *from)
{
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t folded = 0;
        for (int byte = 0; byte < 8; byte++)
            folded |= (uint64_t)from[(size_t)byte * n + i] << (8 * byte);
        number += unfold(folded);
        if (is_time)
            frames[i].time_s = double_of(number);
        else
            frames[i].frame = (int64_t)number;
    }
    return from + 8 * n;
}

static int take_block(landfile_table *t, size_t n, const unsigned char *raw, size_t size,
                      tread_landmarks *frames)
{
    const unsigned char *end = raw + size;
    if (size < 16 * n)
        return damaged(t);
    const unsigned char *at = get_whole(frames, n, false, raw);
    at = get_whole(frames, n, true, at);
    for (int c = 0; at && c < N_FLOATS; c++)
        at = get_column(frames, n, c, at, end);
    if (at != end)
        return damaged(t);
    int status = TREAD_OK;
    for (size_t i = 0; status == TREAD_OK && i < n; i++)
        status = isfinite(frames[i].time_s) ? landfile_add(t, &frames[i]) : damaged(t);
    return status;
}

static int take_blocks(landfile_table *t, const unsigned char *from, const unsigned char *end,
                       unsigned char *raw, tread_landmarks *frames)
{
    int status = TREAD_OK;
    while (status == TREAD_OK && from < end) {
        if (end - from < 8)
            return damaged(t);
        size_t n = get_bytes(from, 4), n_packed = get_bytes(from + 4, 4);
        from += 8;
        if (n == 0 || n > BLOCK || n_packed > (size_t)(end - from))
            return damaged(t);
        size_t size = ZSTD_decompress(raw, BLOCK_BYTES(BLOCK), from, n_packed);
        if (ZSTD_isError(size))
            return damaged(t);
        status = take_block(t, n, raw, size, frames);
        from += n_packed;
    }
    return status;
}

int landfile_parse_pack(landfile_table *t, landfile_text bytes)
{
    const unsigned char *from = (const unsigned char *)bytes.s, *end = from + bytes.n;
    t->info.format = "pack";
    if (bytes.n < HEADER_BYTES)
        return damaged(t);
    double width_px = double_of(get_bytes(from + 8, 8));
    double height_px = double_of(get_bytes(from + 16, 8));
    t->info.width_px = width_px >= 0 && width_px <= LANDFILE_MAX_PX ? width_px : 0;
    t->info.height_px = height_px >= 0 && height_px <= LANDFILE_MAX_PX ? height_px : 0;
    unsigned char *raw = malloc(BLOCK_BYTES(BLOCK));
    tread_landmarks *frames = malloc(BLOCK * sizeof *frames);
    int status = raw && frames ? take_blocks(t, from + HEADER_BYTES, end, raw, frames)
                               : landfile_no_memory(t);
    free(raw);
    free(frames);
    return status;
}

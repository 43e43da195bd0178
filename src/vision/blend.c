/* Coverage and a colour onto the picture: the innermost loop of all drawing. */
#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "vision/canvas.h"

/* Pixels of BGRA, or samples of a plane, blended at a time: fixed, so that the compiler turns the
 * loops into vectors. */
#define BLOCK 8
#define PLANE_BLOCK 16

/* v / 255, rounded, for v from 0 to 255 * 255, without leaving 16 bits. */
static inline uint16_t div255(uint16_t v)
{
    v = (uint16_t)(v + 128);
    return (uint16_t)((uint16_t)(v + (v >> 8)) >> 8);
}

static inline uint8_t blended(uint8_t below, uint8_t paint, uint8_t share)
{
    uint16_t left = (uint16_t)(below * (uint16_t)(255 - share));
    return (uint8_t)div255((uint16_t)(left + (uint16_t)(paint * share)));
}

/* ---- BGRA ------------------------------------------------------------------- */

static inline void blend_block(uint8_t *bgra, const uint8_t *paint, const uint8_t *share)
{
    for (int i = 0; i < 4 * BLOCK; i++)
        bgra[i] = blended(bgra[i], paint[i], share[i]);
}

/* How much of the colour each byte of a block takes; none for the picture's own alpha. */
static inline void put_share(uint8_t *share, const uint8_t *coverage, uint8_t alpha)
{
    for (int i = 0; i < BLOCK; i++) {
        uint8_t s = (uint8_t)div255((uint16_t)(coverage[i] * alpha));
        memcpy(share + 4 * i, (const uint8_t[4]){s, s, s, 0}, 4);
    }
}

static void blend_row(uint8_t *bgra, const uint8_t *coverage, int n, tread_colour colour)
{
    static const uint8_t covered[BLOCK] = {255, 255, 255, 255, 255, 255, 255, 255};
    uint8_t paint[4 * BLOCK], full_share[4 * BLOCK], share[4 * BLOCK];
    for (int i = 0; i < BLOCK; i++)
        memcpy(paint + 4 * i, (const uint8_t[4]){colour.blue, colour.green, colour.red, 0}, 4);
    put_share(full_share, covered, colour.alpha);
    int i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        uint64_t block;
        memcpy(&block, coverage + i, sizeof block);
        if (block == 0) /* as between two legs */
            continue;
        if (block == UINT64_MAX) { /* most of the rest is full */
            blend_block(bgra + (ptrdiff_t)4 * i, paint, full_share);
        } else {
            put_share(share, coverage + i, colour.alpha);
            blend_block(bgra + (ptrdiff_t)4 * i, paint, share);
        }
    }
    if (i < n) {
        uint8_t last[4 * BLOCK] = {0}, last_coverage[BLOCK] = {0};
        size_t left = (size_t)(n - i);
        memcpy(last, bgra + (ptrdiff_t)4 * i, 4 * left);
        memcpy(last_coverage, coverage + i, left);
        put_share(share, last_coverage, colour.alpha);
        blend_block(last, paint, share);
        memcpy(bgra + (ptrdiff_t)4 * i, last, 4 * left);
    }
}

/* Nothing is covered outside a span, so it may grow: to whole blocks, but for the picture's rim. */
static vision_span whole_blocks(const tread_canvas *c, vision_span s, int block)
{
    int right = (s.right + block - 1) / block * block;
    return (vision_span){s.left / block * block, right < c->width_px ? right : c->width_px};
}

static void blend_bgra(const tread_canvas *c, tread_colour colour)
{
    const tread_surface *to = &c->target;
    for (int y = c->top; y < c->bottom; y++) {
        const vision_span s = whole_blocks(c, c->span[y], BLOCK);
        blend_row(to->plane[0] + y * to->stride_bytes[0] + (ptrdiff_t)4 * s.left,
                  c->mask + (ptrdiff_t)y * c->width_px + s.left, s.right - s.left, colour);
    }
}

/* ---- 4:2:0 ------------------------------------------------------------------- */

static inline bool is_bare(const uint8_t *coverage)
{
    uint64_t half[2];
    _Static_assert(sizeof half == PLANE_BLOCK, "a block of coverage");
    memcpy(half, coverage, sizeof half);
    return (half[0] | half[1]) == 0;
}

static inline void blend_samples(uint8_t *samples, const uint8_t *coverage, int n, uint8_t paint,
                                 uint8_t alpha)
{
    for (int i = 0; i < n; i++)
        samples[i] = blended(samples[i], paint, (uint8_t)div255((uint16_t)(coverage[i] * alpha)));
}

static void blend_luma(uint8_t *luma, const uint8_t *coverage, int n, uint8_t paint, uint8_t alpha)
{
    int i = 0;
    for (; i + PLANE_BLOCK <= n; i += PLANE_BLOCK)
        if (!is_bare(coverage + i))
            blend_samples(luma + i, coverage + i, PLANE_BLOCK, paint, alpha);
    blend_samples(luma + i, coverage + i, n - i, paint, alpha);
}

static inline void put_means(uint8_t *mean, const uint8_t *above, const uint8_t *below, int n)
{
    for (int i = 0; i < n; i++)
        mean[i] =
            (uint8_t)((above[2 * i] + above[2 * i + 1] + below[2 * i] + below[2 * i + 1] + 2) / 4);
}

/* Two rows of coverage lie over one of colour. */
static void blend_chroma(uint8_t *cb, uint8_t *cr, const uint8_t *above, const uint8_t *below,
                         int n, const uint8_t paint[3], uint8_t alpha)
{
    uint8_t mean[PLANE_BLOCK];
    int i = 0;
    for (; i + PLANE_BLOCK <= n; i += PLANE_BLOCK) {
        const uint8_t *a = above + (ptrdiff_t)2 * i, *b = below + (ptrdiff_t)2 * i;
        if (is_bare(a) && is_bare(a + PLANE_BLOCK) && is_bare(b) && is_bare(b + PLANE_BLOCK))
            continue;
        put_means(mean, a, b, PLANE_BLOCK);
        blend_samples(cb + i, mean, PLANE_BLOCK, paint[1], alpha);
        blend_samples(cr + i, mean, PLANE_BLOCK, paint[2], alpha);
    }
    put_means(mean, above + (ptrdiff_t)2 * i, below + (ptrdiff_t)2 * i, n - i);
    blend_samples(cb + i, mean, n - i, paint[1], alpha);
    blend_samples(cr + i, mean, n - i, paint[2], alpha);
}

static void paint_of(tread_colour colour, enum tread_colour_matrix matrix, uint8_t paint[3])
{
    double kr, kb;
    tread_picture__luma_weights(matrix, &kr, &kb);
    double y = kr * colour.red + (1 - kr - kb) * colour.green + kb * colour.blue;
    paint[0] = (uint8_t)lround(16 + 219 * y / 255);
    paint[1] = (uint8_t)lround(128 + 112 * (colour.blue - y) / (1 - kb) / 255);
    paint[2] = (uint8_t)lround(128 + 112 * (colour.red - y) / (1 - kr) / 255);
}

static void blend_planes(const tread_canvas *c, tread_colour colour)
{
    const tread_surface *to = &c->target;
    uint8_t paint[3];
    paint_of(colour, to->matrix, paint);
    for (int y = c->top / 2 * 2; y < c->bottom; y += 2) {
        const vision_span s =
            whole_blocks(c, vision_span_union(c->span[y], c->span[y + 1]), 2 * PLANE_BLOCK);
        const uint8_t *above = c->mask + (ptrdiff_t)y * c->width_px + s.left;
        const uint8_t *below = above + c->width_px;
        uint8_t *luma = to->plane[0] + y * to->stride_bytes[0] + s.left;
        int n = s.right - s.left;
        blend_luma(luma, above, n, paint[0], colour.alpha);
        blend_luma(luma + to->stride_bytes[0], below, n, paint[0], colour.alpha);
        blend_chroma(to->plane[1] + y / 2 * to->stride_bytes[1] + s.left / 2,
                     to->plane[2] + y / 2 * to->stride_bytes[2] + s.left / 2, above, below, n / 2,
                     paint, colour.alpha);
    }
}

/* ---- both ---------------------------------------------------------------------- */

BASE_FAST
void vision_blend(tread_canvas *c, tread_colour colour)
{
    if (tread_surface__n_planes(&c->target) == 1)
        blend_bgra(c, colour);
    else
        blend_planes(c, colour);
    for (int y = c->top; y < c->bottom; y++) {
        const vision_span s = c->span[y];
        if (s.right > s.left)
            memset(c->mask + (ptrdiff_t)y * c->width_px + s.left, 0, (size_t)(s.right - s.left));
    }
    vision_forget_spans(c);
}

void vision_blend_glyph(tread_canvas *c, const uint8_t *coverage, int width, int height, int left,
                        int top, tread_colour colour)
{
    int from = left < 0 ? 0 : left, to = width < c->width_px - left ? left + width : c->width_px;
    for (int y = top < 0 ? 0 : top; from < to && y < top + height && y < c->height_px; y++) {
        memcpy(c->mask + (ptrdiff_t)y * c->width_px + from,
               coverage + (ptrdiff_t)(y - top) * width + (from - left), (size_t)(to - from));
        vision_note_span(c, y, (vision_span){from, to});
    }
    vision_blend(c, colour);
}

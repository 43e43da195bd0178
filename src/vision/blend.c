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
        if (block == 0) /* most of a box is empty, */
            continue;
        if (block == UINT64_MAX) { /* and most of the rest is full */
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

static void blend_bgra(const tread_canvas *c, vision_box box, tread_colour colour)
{
    const tread_surface *to = &c->target;
    for (int y = box.top; y < box.bottom; y++)
        blend_row(to->plane[0] + y * to->stride_bytes[0] + (ptrdiff_t)4 * box.left,
                  c->mask + (ptrdiff_t)y * c->width_px + box.left, box.right - box.left, colour);
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
        put_means(mean, above + (ptrdiff_t)2 * i, below + (ptrdiff_t)2 * i, PLANE_BLOCK);
        if (is_bare(mean))
            continue;
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

/* Nothing is covered outside the box, so it may grow to whole pixels of colour. */
static void blend_planes(const tread_canvas *c, vision_box box, tread_colour colour)
{
    const tread_surface *to = &c->target;
    uint8_t paint[3];
    paint_of(colour, to->matrix, paint);
    int left = box.left / 2 * 2, n = (box.right + 1) / 2 * 2 - left;
    for (int y = box.top / 2 * 2; y < box.bottom; y += 2) {
        const uint8_t *above = c->mask + (ptrdiff_t)y * c->width_px + left;
        const uint8_t *below = above + c->width_px;
        uint8_t *luma = to->plane[0] + y * to->stride_bytes[0] + left;
        blend_luma(luma, above, n, paint[0], colour.alpha);
        blend_luma(luma + to->stride_bytes[0], below, n, paint[0], colour.alpha);
        blend_chroma(to->plane[1] + y / 2 * to->stride_bytes[1] + left / 2,
                     to->plane[2] + y / 2 * to->stride_bytes[2] + left / 2, above, below, n / 2,
                     paint, colour.alpha);
    }
}

/* ---- both ---------------------------------------------------------------------- */

BASE_FAST
void vision_blend(tread_canvas *c, vision_box box, tread_colour colour)
{
    if (box.right <= box.left || box.bottom <= box.top)
        return;
    if (tread_surface__n_planes(&c->target) == 1)
        blend_bgra(c, box, colour);
    else
        blend_planes(c, box, colour);
    for (int y = box.top; y < box.bottom; y++)
        memset(c->mask + (ptrdiff_t)y * c->width_px + box.left, 0, (size_t)(box.right - box.left));
}

void vision_blend_glyph(tread_canvas *c, const uint8_t *coverage, int width, int height, int left,
                        int top, tread_colour colour)
{
    const vision_box box = {
        .left = left < 0 ? 0 : left,
        .top = top < 0 ? 0 : top,
        .right = width < c->width_px - left ? left + width : c->width_px,
        .bottom = height < c->height_px - top ? top + height : c->height_px,
    };
    for (int y = box.top; box.left < box.right && y < box.bottom; y++)
        memcpy(c->mask + (ptrdiff_t)y * c->width_px + box.left,
               coverage + (ptrdiff_t)(y - top) * width + (box.left - left),
               (size_t)(box.right - box.left));
    vision_blend(c, box, colour);
}

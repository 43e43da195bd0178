/* Coverage and a colour onto the picture: the innermost loop of all drawing. */
#include <string.h>

#include "base/compiler.h"
#include "vision/canvas.h"

/* Pixels blended at a time: fixed, so that the compiler turns the loops into vectors. */
#define BLOCK 8

/* v / 255, rounded, for v from 0 to 255 * 255, without leaving 16 bits. */
static inline uint16_t div255(uint16_t v)
{
    v = (uint16_t)(v + 128);
    return (uint16_t)((uint16_t)(v + (v >> 8)) >> 8);
}

static inline void blend_block(uint8_t *bgra, const uint8_t *paint, const uint8_t *share)
{
    for (int i = 0; i < 4 * BLOCK; i++) {
        uint16_t below = (uint16_t)(bgra[i] * (uint16_t)(255 - share[i]));
        bgra[i] = (uint8_t)div255((uint16_t)(below + (uint16_t)(paint[i] * share[i])));
    }
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

BASE_FAST
void vision_blend(tread_canvas *c, vision_box box, tread_colour colour)
{
    int n = box.right - box.left;
    for (int y = box.top; n > 0 && y < box.bottom; y++) {
        uint8_t *coverage = c->mask + (ptrdiff_t)y * c->width_px + box.left;
        uint8_t *row = c->bgra + y * c->stride_bytes;
        blend_row(row + (ptrdiff_t)4 * box.left, coverage, n, colour);
        memset(coverage, 0, (size_t)n);
    }
}

BASE_FAST
void vision_blend_glyph(tread_canvas *c, const uint8_t *coverage, int width, int height, int left,
                        int top, tread_colour colour)
{
    int from_x = left < 0 ? -left : 0;
    int to_x = width < c->width_px - left ? width : c->width_px - left;
    int from_y = top < 0 ? -top : 0;
    int to_y = height < c->height_px - top ? height : c->height_px - top;
    for (int y = from_y; from_x < to_x && y < to_y; y++) {
        uint8_t *row = c->bgra + (top + y) * c->stride_bytes;
        blend_row(row + (ptrdiff_t)4 * (left + from_x), coverage + (ptrdiff_t)y * width + from_x,
                  to_x - from_x, colour);
    }
}

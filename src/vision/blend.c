/* Coverage and a colour onto the picture: the innermost loop of all drawing. */
#include <string.h>

#include "vision/canvas.h"

/* v / 255, rounded, for v from 0 to 255 * 255. */
static inline unsigned div255(unsigned v)
{
    v += 128;
    return (v + (v >> 8)) >> 8;
}

static inline uint8_t mix(uint8_t below, uint8_t above, unsigned alpha)
{
    return (uint8_t)div255(below * (255 - alpha) + above * alpha);
}

static void blend_row(uint8_t *bgra, const uint8_t *coverage, int n, tread_colour colour)
{
    for (int i = 0; i < n; i++) {
        /* Most of a box is empty: step over it eight pixels at a time. */
        uint64_t eight;
        while (n - i >= (int)sizeof eight) {
            memcpy(&eight, coverage + i, sizeof eight);
            if (eight)
                break;
            i += (int)sizeof eight;
        }
        if (i >= n)
            break;
        unsigned alpha = div255((unsigned)coverage[i] * colour.alpha);
        uint8_t *p = bgra + (ptrdiff_t)4 * i;
        p[0] = mix(p[0], colour.blue, alpha);
        p[1] = mix(p[1], colour.green, alpha);
        p[2] = mix(p[2], colour.red, alpha);
    }
}

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

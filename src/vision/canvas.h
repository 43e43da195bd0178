/* Inside vision: the canvas itself, and the mask through which everything is painted.
 *
 * Every shape becomes coverage (0..255) in the canvas's mask first and is blended
 * into the picture once. Between two calls the mask is all zero. Where it may not be is
 * noted row by row: of a box round a leg that runs across it most is empty. */
#ifndef VISION_CANVAS_H
#define VISION_CANVAS_H

#include "vision/vision.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vision_font vision_font;

/* Columns of a row that may be covered, right excluded; {width, 0} where nothing is. */
typedef struct vision_span {
    int left, right;
} vision_span;

static inline vision_span vision_span_union(vision_span a, vision_span b)
{
    a.left = a.left < b.left ? a.left : b.left;
    a.right = a.right > b.right ? a.right : b.right;
    return a;
}

struct tread_canvas {
    int width_px, height_px;
    tread_surface target; /* the caller's; without planes before the first */
    uint8_t *mask;        /* (height_px, width_px) coverage */
    vision_span *span;    /* (height_px) where the mask may not be zero */
    int top, bottom;      /* rows with such, bottom excluded; {height, 0} where none is */
    vision_font *font;
};

/* Corners of the largest polygon: four quarter turns, or a circle. */
#define VISION_MAX_VERTICES 256

/** Fill a polygon into coverage, anti-aliased, edges included.
 *  @param[in,out] mask  (height, width) coverage, rows `width` bytes apart
 *  @param points  (n) in picture pixels, each coordinate within ±4 * TREAD_CANVAS_MAX_PX;
 *                 n from 3 to VISION_MAX_VERTICES
 *  @param is_convex  lets a faster fill be used
 *  @param value  255 adds the polygon, 0 cuts it out
 *  @return false when memory ran out: the mask then holds part of it, inside the
 *          polygon's own bounds. The caller notes the spans. */
bool vision_fill_polygon(uint8_t *mask, int width, int height, const tread_canvas_point *points,
                         int n, bool is_convex, uint8_t value);

/** Row `y` of the mask may be covered in these columns. What is beyond the picture is noted at its
 *  rim: a shape goes on up to there. */
static inline void vision_note_span(tread_canvas *c, int y, vision_span span)
{
    if (y < 0 || y >= c->height_px)
        return;
    span.left = span.left < 0 ? 0 : span.left > c->width_px ? c->width_px : span.left;
    span.right = span.right < 0 ? 0 : span.right > c->width_px ? c->width_px : span.right;
    c->span[y] = vision_span_union(c->span[y], span);
    c->top = y < c->top ? y : c->top;
    c->bottom = y >= c->bottom ? y + 1 : c->bottom;
}

/** Nothing is noted any more. */
static inline void vision_forget_spans(tread_canvas *c)
{
    for (int y = c->top; y < c->bottom; y++) {
        c->span[y].left = c->width_px;
        c->span[y].right = 0;
    }
    c->top = c->height_px;
    c->bottom = 0;
}

/** Paint `colour` through the mask, clear it and forget its spans. */
void vision_blend(tread_canvas *c, tread_colour colour);

/** The same through somebody else's coverage, laid at (left, top); clipped. */
void vision_blend_glyph(tread_canvas *c, const uint8_t *coverage, int width, int height, int left,
                        int top, tread_colour colour);

/** The fonts and the glyph cache of one canvas.
 *  @return as tread_vision__canvas_create */
TREAD_WARN_UNUSED int vision_font_create(vision_font **out, tread_error *err);
void vision_font_destroy(vision_font **f);

#ifdef __cplusplus
}
#endif
#endif

/* Inside vision: the canvas itself, and the mask through which everything is painted.
 *
 * Every shape becomes coverage (0..255) in the canvas's mask first and is blended
 * into the picture once. Between two calls the mask is all zero. */
#ifndef VISION_CANVAS_H
#define VISION_CANVAS_H

#include "vision/vision.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vision_font vision_font;

/* Whole pixels, right and bottom excluded; empty when right <= left or bottom <= top. */
typedef struct vision_box {
    int left, top, right, bottom;
} vision_box;

struct tread_canvas {
    int width_px, height_px;
    tread_surface target; /* the caller's; without planes before the first */
    uint8_t *mask;        /* (height_px, width_px) coverage */
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
 *          polygon's own bounds */
bool vision_fill_polygon(uint8_t *mask, int width, int height, const tread_canvas_point *points,
                         int n, bool is_convex, uint8_t value);

/** Paint `colour` through the mask inside the box, and set the mask to zero there. */
void vision_blend(tread_canvas *c, vision_box box, tread_colour colour);

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

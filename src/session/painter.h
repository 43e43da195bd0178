/* Private to session: the picture for a window of our own, with everything drawn on it. A page
 * draws for itself. */
#ifndef SESSION_PAINTER_H
#define SESSION_PAINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "media/media.h"
#include "report/report.h"
#include "vision/vision.h"

/** {0} is a painter that has painted nothing. One thread at a time. */
typedef struct session_painter {
    uint8_t *bgra; /* (strip_px + height_px, width_px * 4): the strip, under it the frame */
    int width_px, height_px, strip_px;
    double upright_width_px, upright_height_px; /* of the frames it is set up for */
    tread_converter *converter;
    tread_overlay *overlay;
    tread_canvas *strip;
} session_painter;

/** Draw a frame into p->bgra, its numbers over it, and above it a strip where the cue stands and
 *  hides nothing. Allocates when frames change their size.
 *  @param cue        NULL = none: the belt's speed stands there
 *  @param speed_kmh  0 = not told
 *  @return TREAD_OK; TREAD_ERR_NOMEM; TREAD_ERR_INTERNAL (no font at all) */
TREAD_WARN_UNUSED int session_painter_draw(session_painter *p, const tread_frame *frame,
                                           const tread_frame_result *r,
                                           const tread_overlay_facts *facts, const char *cue,
                                           double speed_kmh);

/** Release what it holds; it may paint again. */
void session_painter_clear(session_painter *p);

#endif

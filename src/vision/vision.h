/* vision: drawing on pictures. The only room that knows OpenCV, and the one that
 * turns text into pixels.
 *
 * A canvas draws anti-aliased shapes and text on a picture the caller owns.
 * Positions are picture pixels with fractions: origin at the top left corner of
 * the picture, x right, y down, pixel centres at +0.5. Angles are degrees, 0
 * towards +x, growing towards +y (clockwise on screen).
 *
 * Whatever lies outside the picture is clipped. A shape with a point that is not
 * finite, or with no positive size, is not drawn. Drawing cannot fail otherwise;
 * should memory run out, the shape is left out.
 *
 * The same calls give the same bytes. Drawing itself allocates nothing once each glyph
 * was seen; OpenCV takes small scratch vectors for a polygon and frees them at once.
 *
 * Threads: one at a time per canvas. */
#ifndef VISION_VISION_H
#define VISION_VISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/export.h>
#include <treadscope/status.h>

#include "base/surface.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Largest width and height of a picture. */
#define TREAD_CANVAS_MAX_PX 16384

typedef struct tread_canvas tread_canvas;

typedef struct tread_canvas_point {
    double x, y;
} tread_canvas_point;

/** alpha 0 paints nothing, 255 covers. */
typedef struct tread_colour {
    uint8_t red, green, blue, alpha;
} tread_colour;

/** How a line is drawn: `width_px` across, over an edge that stands out
 *  `edge_px` on each side (0 = no edge). Ends and corners are round. */
typedef struct tread_stroke {
    double width_px;
    tread_colour colour;
    double edge_px;
    tread_colour edge_colour;
} tread_stroke;

/** `size_px` is the em, clamped to 4..512 and rounded to quarters. */
typedef struct tread_text_style {
    double size_px;
    bool is_bold;
    tread_colour colour;
    tread_colour halo; /* around each letter; alpha 0 = none */
} tread_text_style;

/* Which part of the text `x` names. */
enum tread_anchor { TREAD_ANCHOR_LEFT = 0, TREAD_ANCHOR_CENTRE, TREAD_ANCHOR_RIGHT };

/** A canvas for pictures of one size. Finds the font (DejaVu Sans, or what stands
 *  in for it) and allocates what drawing needs.
 *  @param[out] out  NULL on failure
 *  @return TREAD_OK; TREAD_ERR_ARG (size below 1 or above TREAD_CANVAS_MAX_PX);
 *          TREAD_ERR_NOMEM; TREAD_ERR_INTERNAL (no font on this machine) */
TREAD_WARN_UNUSED int tread_vision__canvas_create(tread_canvas **out, int width_px, int height_px,
                                                  tread_error *err);

/** NULL-safe, sets NULL. */
void tread_vision__canvas_destroy(tread_canvas **c);

/** Draw on this picture from now on: BGRA, taken as opaque (A is left as it is), or 4:2:0, whose
 *  colour lies as thick as the shape covers its four pixels on the mean.
 *  @param surface  of the canvas's size; what it points to is borrowed until the next target or
 *                  destroy */
void tread_vision__canvas_target(tread_canvas *c, const tread_surface *surface);

/** A line through n points, painted as one shape: where a translucent line crosses
 *  itself it is not darker. A point that is not finite leaves a gap. */
void tread_vision__canvas_polyline(tread_canvas *c, const tread_canvas_point *points, size_t n,
                                   const tread_stroke *stroke);

/** The line from `from` to `to` in dashes. */
void tread_vision__canvas_dashes(tread_canvas *c, tread_canvas_point from, tread_canvas_point to,
                                 double dash_px, double gap_px, const tread_stroke *stroke);

void tread_vision__canvas_disc(tread_canvas *c, tread_canvas_point centre, double radius_px,
                               tread_colour colour);

/** A ring `width_px` wide, inwards from the radius. */
void tread_vision__canvas_ring(tread_canvas *c, tread_canvas_point centre, double radius_px,
                               double width_px, tread_colour colour);

/** The filled sector between two angles, the short or long way as their difference says,
 *  cut at one full turn. */
void tread_vision__canvas_wedge(tread_canvas *c, tread_canvas_point centre, double radius_px,
                                double from_deg, double to_deg, tread_colour colour);

/** The rim of such a sector. */
void tread_vision__canvas_arc(tread_canvas *c, tread_canvas_point centre, double radius_px,
                              double from_deg, double to_deg, const tread_stroke *stroke);

/** A filled convex polygon.
 *  @param points  (n) round it either way; n from 3 to TREAD_CANVAS_MAX_CORNERS */
#define TREAD_CANVAS_MAX_CORNERS 16
void tread_vision__canvas_polygon(tread_canvas *c, const tread_canvas_point *points, size_t n,
                                  tread_colour colour);

/** A filled rectangle with round corners. */
void tread_vision__canvas_panel(tread_canvas *c, tread_canvas_point top_left, double width_px,
                                double height_px, double radius_px, tread_colour colour);

/** One line of text, left to right, one glyph a code point. Bytes that are not UTF-8 end it.
 *  @param at  anchor on the baseline, rounded to whole pixels so that letters stay crisp */
void tread_vision__canvas_text(tread_canvas *c, tread_canvas_point at, enum tread_anchor anchor,
                               const tread_text_style *style, const char *utf8);

/** How far the text reaches along the baseline, px; colours do not matter. */
double tread_vision__canvas_text_width(tread_canvas *c, const tread_text_style *style,
                                       const char *utf8);

/** Height of a capital letter over the baseline, px. */
double tread_vision__canvas_cap_height(tread_canvas *c, const tread_text_style *style);

/** Glyphs in the cache: grows only when a letter is seen for the first time in its size
 *  and weight, and never above a fixed bound. */
size_t tread_vision__canvas_n_glyphs(const tread_canvas *c);

/* ---- JPEG, for what a browser shows ------------------------------------------------ */

typedef struct tread_jpeg tread_jpeg;

/** For pictures of one size. All allocation happens here. One thread at a time.
 *  @return TREAD_OK, TREAD_ERR_NOMEM; `*out` is NULL then */
TREAD_WARN_UNUSED int tread_vision__jpeg_create(tread_jpeg **out, int width_px, int height_px);

/** @param bgra  B G R and a byte that is ignored
 *  @param[out] data  (size) the JPEG; the encoder's, valid until its next call
 *  @return TREAD_OK, TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int tread_vision__jpeg_encode(tread_jpeg *j, const uint8_t *bgra,
                                                ptrdiff_t stride_bytes, const uint8_t **data,
                                                size_t *size);

/** NULL-safe, sets NULL. */
void tread_vision__jpeg_destroy(tread_jpeg **j);

/* ---- a window on the screen, in a module of its own --------------------------------- */

/* OpenCV's highgui brings Qt. So that only who asks for a window pays for it, or needs it at all,
 * it is not part of the program: libtreadscope_window.so exports the one object below, to be
 * found with dlopen and dlsym. The module must never be closed: Qt does not survive that.
 *
 * One window a process. All calls from the thread that opened it, the main one. */
typedef struct tread_window_module {
    /** Open an empty window. Where Qt would end the process because the display does not answer,
     *  this returns; it forks a child to find out, so call it before other threads matter.
     *  @return TREAD_OK; TREAD_ERR_UNSUPPORTED: the display cannot be used; TREAD_ERR_INTERNAL */
    int (*open)(const char *title);
    /** Show a picture, copied. The first gives the window its size; after that the user does.
     *  @param bgra  height rows of 4 * width bytes, `stride_bytes` apart */
    void (*show)(const uint8_t *bgra, int width_px, int height_px, ptrdiff_t stride_bytes);
    void (*set_title)(const char *title);
    /** Let the window live for a while, and hear a key.
     *  @return the key's ASCII code; TREAD_WINDOW_NO_KEY; TREAD_WINDOW_CLOSED by the user */
    int (*poll)(int wait_ms);
    void (*close)(void);
} tread_window_module;

#define TREAD_WINDOW_NO_KEY (-1)
#define TREAD_WINDOW_CLOSED (-2)

/* The number goes up whenever the struct changes: a module of another build is not found then. */
#define TREAD_WINDOW_SYMBOL "tread_window_module_1"
extern TREAD_API const tread_window_module tread_window_module_1;

#ifdef __cplusplus
}
#endif
#endif

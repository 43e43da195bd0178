/* Shapes into polygons, polygons into coverage, coverage onto the picture. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "vision/canvas.h"

#define PI 3.14159265358979323846
/* Chord of a curve against its arc, px: below what can be seen. */
#define CURVE_ERROR_PX 0.1
/* OpenCV's anti-aliased edge stands out over the true one by this much; shapes are
 * drawn that much smaller, so that areas come out right (tests/vision holds it). */
#define EDGE_SPREAD_PX 0.65
/* How far from it an edge may touch pixels, with one to spare. */
#define EDGE_REACH_PX 3
/* The thinnest line the edges allow; thinner ones are this wide and fainter. */
#define MIN_LINE_PX 1.6

int tread_vision__canvas_create(tread_canvas **out, int width_px, int height_px, tread_error *err)
{
    *out = NULL;
    if (width_px < 1 || height_px < 1 || width_px > TREAD_CANVAS_MAX_PX ||
        height_px > TREAD_CANVAS_MAX_PX)
        return tread_error__set(err, TREAD_ERR_ARG,
                                "a picture of %d x %d cannot be drawn on: each side must be "
                                "1 to %d pixels",
                                width_px, height_px, TREAD_CANVAS_MAX_PX);
    tread_canvas *c = calloc(1, sizeof *c);
    if (!c)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for drawing");
    *c = (tread_canvas){.width_px = width_px, .height_px = height_px};
    int status = TREAD_ERR_NOMEM;
    c->mask = calloc((size_t)width_px * (size_t)height_px, 1);
    c->span = calloc((size_t)height_px, sizeof *c->span);
    if (!c->mask || !c->span) {
        tread_error__set(err, status, "out of memory for drawing %d x %d", width_px, height_px);
        goto fail;
    }
    c->bottom = height_px; /* all rows are as calloc left them */
    vision_forget_spans(c);
    status = vision_font_create(&c->font, err);
    if (status != TREAD_OK)
        goto fail;
    *out = c;
    return TREAD_OK;
fail:
    tread_vision__canvas_destroy(&c);
    return status;
}

void tread_vision__canvas_destroy(tread_canvas **c)
{
    if (!c || !*c)
        return;
    vision_font_destroy(&(*c)->font);
    free((*c)->mask);
    free((*c)->span);
    free(*c);
    *c = NULL;
}

void tread_vision__canvas_target(tread_canvas *c, const tread_surface *surface)
{
    c->target = *surface;
}

static bool has_target(const tread_canvas *c)
{
    return c->target.plane[0] != NULL;
}

/* ---- what can be seen --------------------------------------------------------- */

static bool is_point(tread_canvas_point p)
{
    return isfinite(p.x) && isfinite(p.y);
}

/* Whether anything within `reach` of the rectangle spanned by two points is in the picture. */
static bool is_seen(const tread_canvas *c, tread_canvas_point a, tread_canvas_point b, double reach)
{
    reach += EDGE_REACH_PX;
    return fmax(a.x, b.x) + reach > 0 && fmin(a.x, b.x) - reach < c->width_px &&
           fmax(a.y, b.y) + reach > 0 && fmin(a.y, b.y) - reach < c->height_px;
}

/* ---- curves ---------------------------------------------------------------- */

/* Chords for an arc, so that none strays from it by more than CURVE_ERROR_PX. */
static int n_chords(double radius, double sweep_rad)
{
    double step = radius > 2 * CURVE_ERROR_PX ? 2 * acos(1 - CURVE_ERROR_PX / radius) : 1;
    double n = ceil(fabs(sweep_rad) / step);
    return n < 2 ? 2 : n > VISION_MAX_VERTICES / 4 - 1 ? VISION_MAX_VERTICES / 4 - 1 : (int)n;
}

/* n + 1 points along an arc, both ends included. Returns n + 1. */
static int put_arc(tread_canvas_point *out, tread_canvas_point centre, double radius,
                   double from_rad, double sweep_rad, int n)
{
    for (int i = 0; i <= n; i++) {
        double a = from_rad + sweep_rad * i / n;
        out[i] = (tread_canvas_point){centre.x + radius * cos(a), centre.y + radius * sin(a)};
    }
    return n + 1;
}

/* ---- coverage -------------------------------------------------------------- */

static int clamp_to(double v, int high)
{
    return v <= 0 ? 0 : v >= high ? high : (int)v;
}

/* What is within `reach` of a segment may be covered. A polygon is noted by the segments that
 * bound it: what lies between them as well. */
static void note_segment(tread_canvas *c, tread_canvas_point a, tread_canvas_point b, double reach)
{
    const tread_canvas_point high = a.y < b.y ? a : b, low = a.y < b.y ? b : a;
    double rise = low.y - high.y, slope = rise > 1 ? (low.x - high.x) / rise : 0;
    int around = (int)ceil(reach) + EDGE_REACH_PX;
    int top = clamp_to(floor(high.y) - around, c->height_px);
    int bottom = clamp_to(floor(low.y) + around + 1, c->height_px);
    for (int y = top; y < bottom; y++) {
        double from = fmin(fmax(y - around - high.y, 0), rise);
        double to = fmin(fmax(y + 1 + around - high.y, 0), rise);
        double x0 = rise > 1 ? high.x + slope * from : a.x;
        double x1 = rise > 1 ? high.x + slope * to : b.x;
        vision_note_span(
            c, y,
            (vision_span){(int)floor(fmin(x0, x1)) - around, (int)ceil(fmax(x0, x1)) + around});
    }
}

static void cover(tread_canvas *c, const tread_canvas_point *points, int n, bool is_convex,
                  uint8_t value)
{
    (void)vision_fill_polygon(c->mask, c->width_px, c->height_px, points, n, is_convex, value);
}

/* Shrink [t0, t1] to where from + t * step lies within [low, high]. */
static bool clip_axis(double from, double step, double low, double high, double *t0, double *t1)
{
    if (step == 0) /* along the border: no crossing to divide by */
        return from >= low && from <= high;
    double a = (low - from) / step, b = (high - from) / step;
    *t0 = fmax(*t0, fmin(a, b));
    *t1 = fmin(*t1, fmax(a, b));
    return *t0 <= *t1;
}

/* The part of a segment within `reach` of the picture; false when none is. */
static bool clip_segment(const tread_canvas *c, tread_canvas_point *a, tread_canvas_point *b,
                         double reach)
{
    double dx = b->x - a->x, dy = b->y - a->y, t0 = 0, t1 = 1;
    if (!isfinite(dx) || !isfinite(dy) ||
        !clip_axis(a->x, dx, -reach, c->width_px + reach, &t0, &t1) ||
        !clip_axis(a->y, dy, -reach, c->height_px + reach, &t0, &t1))
        return false;
    tread_canvas_point from = *a;
    *a = (tread_canvas_point){from.x + t0 * dx, from.y + t0 * dy};
    *b = (tread_canvas_point){from.x + t1 * dx, from.y + t1 * dy};
    return true;
}

/* One segment with round ends. */
static void cover_segment(tread_canvas *c, tread_canvas_point a, tread_canvas_point b, double width)
{
    double radius = fmin(0.5 * width, TREAD_CANVAS_MAX_PX);
    if (!clip_segment(c, &a, &b, radius + 4) || !is_seen(c, a, b, radius))
        return;
    double drawn = fmax(radius - EDGE_SPREAD_PX, 0.05);
    double along = atan2(b.y - a.y, b.x - a.x);
    int n = n_chords(drawn, PI);
    tread_canvas_point points[VISION_MAX_VERTICES];
    int used = put_arc(points, b, drawn, along - PI / 2, PI, n);
    used += put_arc(points + used, a, drawn, along + PI / 2, PI, n);
    double share = fmin(2 * radius / MIN_LINE_PX, 1);
    note_segment(c, a, b, radius);
    cover(c, points, used, true, (uint8_t)lround(255 * share));
}

static void cover_polyline(tread_canvas *c, const tread_canvas_point *points, size_t n,
                           double width)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (is_point(points[i]) && is_point(points[i + 1]))
            cover_segment(c, points[i], points[i + 1], width);
}

static void cover_disc(tread_canvas *c, tread_canvas_point centre, double radius, uint8_t value)
{
    if (!is_point(centre) || !(radius > 0) || radius > TREAD_CANVAS_MAX_PX ||
        !is_seen(c, centre, centre, radius))
        return;
    double drawn = value ? fmax(radius - EDGE_SPREAD_PX, 0.05) : radius - EDGE_SPREAD_PX;
    if (!(drawn > 0))
        return;
    int n = 2 * n_chords(drawn, PI);
    tread_canvas_point points[VISION_MAX_VERTICES];
    int used = put_arc(points, centre, drawn, 0, 2 * PI, n) - 1;
    note_segment(c, centre, centre, radius);
    cover(c, points, used, true, value);
}

/* ---- shapes ---------------------------------------------------------------- */

void tread_vision__canvas_polyline(tread_canvas *c, const tread_canvas_point *points, size_t n,
                                   const tread_stroke *stroke)
{
    if (!has_target(c) || !(stroke->width_px > 0))
        return;
    if (stroke->edge_px > 0 && stroke->edge_colour.alpha) {
        cover_polyline(c, points, n, stroke->width_px + 2 * stroke->edge_px);
        vision_blend(c, stroke->edge_colour);
    }
    cover_polyline(c, points, n, stroke->width_px);
    vision_blend(c, stroke->colour);
}

void tread_vision__canvas_dashes(tread_canvas *c, tread_canvas_point from, tread_canvas_point to,
                                 double dash_px, double gap_px, const tread_stroke *stroke)
{
    if (!is_point(from) || !is_point(to) || !(dash_px > 0) || !(gap_px > 0))
        return;
    if (!clip_segment(c, &from, &to, stroke->width_px + stroke->edge_px + 4))
        return;
    double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
    for (double at = 0; at < length; at += dash_px + gap_px) {
        double a = at / length, b = fmin(at + dash_px, length) / length;
        tread_canvas_point dash[2] = {{from.x + a * dx, from.y + a * dy},
                                      {from.x + b * dx, from.y + b * dy}};
        tread_vision__canvas_polyline(c, dash, 2, stroke);
    }
}

void tread_vision__canvas_disc(tread_canvas *c, tread_canvas_point centre, double radius_px,
                               tread_colour colour)
{
    if (!has_target(c))
        return;
    cover_disc(c, centre, radius_px, 255);
    vision_blend(c, colour);
}

void tread_vision__canvas_ring(tread_canvas *c, tread_canvas_point centre, double radius_px,
                               double width_px, tread_colour colour)
{
    if (!has_target(c) || !(width_px > 0))
        return;
    cover_disc(c, centre, radius_px, 255);
    cover_disc(c, centre, radius_px - width_px, 0);
    vision_blend(c, colour);
}

/* Both angles in radians, the sweep cut at a full turn; false when there is none. */
static bool sweep_of(double from_deg, double to_deg, double *from_rad, double *sweep_rad)
{
    double sweep = to_deg - from_deg;
    if (!isfinite(from_deg) || !isfinite(sweep))
        return false;
    *from_rad = fmod(from_deg, 360) * PI / 180;
    *sweep_rad = fmax(fmin(sweep, 360), -360) * PI / 180;
    return true;
}

/* A sector whose outline lies EDGE_SPREAD_PX inside the true one; as it is when it is too
 * thin for that. */
static int put_wedge(tread_canvas_point *out, tread_canvas_point centre, double radius, double from,
                     double sweep)
{
    double half = 0.5 * fabs(sweep), middle = from + 0.5 * sweep;
    double apex = EDGE_SPREAD_PX / fmax(sin(half), 1e-6);
    double inner = radius - EDGE_SPREAD_PX;
    double trim = inner > EDGE_SPREAD_PX ? asin(EDGE_SPREAD_PX / inner) : half;
    if (half < 0.5 * PI && apex < inner && trim < half) {
        out[0] = (tread_canvas_point){centre.x + apex * cos(middle), centre.y + apex * sin(middle)};
        from += copysign(trim, sweep);
        sweep -= copysign(2 * trim, sweep);
    } else {
        out[0] = centre;
        inner = radius;
    }
    return 1 + put_arc(out + 1, centre, inner, from, sweep, n_chords(inner, sweep));
}

void tread_vision__canvas_wedge(tread_canvas *c, tread_canvas_point centre, double radius_px,
                                double from_deg, double to_deg, tread_colour colour)
{
    double from, sweep;
    if (!has_target(c) || !is_point(centre) || !(radius_px > 0) ||
        radius_px > TREAD_CANVAS_MAX_PX || !sweep_of(from_deg, to_deg, &from, &sweep))
        return;
    if (!is_seen(c, centre, centre, radius_px))
        return;
    tread_canvas_point points[VISION_MAX_VERTICES];
    note_segment(c, centre, centre, radius_px);
    cover(c, points, put_wedge(points, centre, radius_px, from, sweep), false, 255);
    vision_blend(c, colour);
}

void tread_vision__canvas_arc(tread_canvas *c, tread_canvas_point centre, double radius_px,
                              double from_deg, double to_deg, const tread_stroke *stroke)
{
    double from, sweep;
    if (!is_point(centre) || !(radius_px > 0) || radius_px > TREAD_CANVAS_MAX_PX ||
        !sweep_of(from_deg, to_deg, &from, &sweep))
        return;
    tread_canvas_point points[VISION_MAX_VERTICES];
    int n = put_arc(points, centre, radius_px, from, sweep, n_chords(radius_px, sweep));
    tread_vision__canvas_polyline(c, points, (size_t)n, stroke);
}

/* Where two edges meet once each lies EDGE_SPREAD_PX further inside; `turn` is +1 or -1 as the
 * polygon turns. */
static tread_canvas_point inner_corner(tread_canvas_point before, tread_canvas_point at,
                                       tread_canvas_point after, double turn)
{
    double ax = at.x - before.x, ay = at.y - before.y, a = hypot(ax, ay);
    double bx = after.x - at.x, by = after.y - at.y, b = hypot(bx, by);
    if (!(a > 0) || !(b > 0))
        return at;
    ax /= a, ay /= a, bx /= b, by /= b;
    /* Along the half of both normals, far enough to be EDGE_SPREAD_PX from either edge. */
    double nx = -turn * (ay + by), ny = turn * (ax + bx), share = 1 + ax * bx + ay * by;
    double reach = EDGE_SPREAD_PX / fmax(share, 0.1);
    return (tread_canvas_point){at.x + reach * nx, at.y + reach * ny};
}

void tread_vision__canvas_polygon(tread_canvas *c, const tread_canvas_point *points, size_t n,
                                  tread_colour colour)
{
    if (!has_target(c) || n < 3 || n > TREAD_CANVAS_MAX_CORNERS)
        return;
    tread_canvas_point inner[TREAD_CANVAS_MAX_CORNERS], low = points[0], high = points[0];
    double area = 0;
    for (size_t i = 0; i < n; i++) {
        const tread_canvas_point p = points[i], q = points[(i + 1) % n];
        if (!is_point(p) || fabs(p.x) > 2 * TREAD_CANVAS_MAX_PX ||
            fabs(p.y) > 2 * TREAD_CANVAS_MAX_PX)
            return;
        area += p.x * q.y - q.x * p.y;
        low = (tread_canvas_point){fmin(low.x, p.x), fmin(low.y, p.y)};
        high = (tread_canvas_point){fmax(high.x, p.x), fmax(high.y, p.y)};
    }
    if (!is_seen(c, low, high, 0) || area == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        inner[i] = inner_corner(points[(i + n - 1) % n], points[i], points[(i + 1) % n],
                                area > 0 ? 1 : -1);
        note_segment(c, points[i], points[(i + 1) % n], 0);
    }
    cover(c, inner, (int)n, true, 255);
    vision_blend(c, colour);
}

/* Four quarter turns, from the top left corner on. */
static int put_round_rectangle(tread_canvas_point *out, double left, double top, double right,
                               double bottom, double radius)
{
    int n = n_chords(radius, PI / 2), used = 0;
    const tread_canvas_point corner[4] = {{left + radius, top + radius},
                                          {right - radius, top + radius},
                                          {right - radius, bottom - radius},
                                          {left + radius, bottom - radius}};
    for (int i = 0; i < 4; i++)
        used += put_arc(out + used, corner[i], radius, PI + i * PI / 2, PI / 2, n);
    return used;
}

void tread_vision__canvas_panel(tread_canvas *c, tread_canvas_point top_left, double width_px,
                                double height_px, double radius_px, tread_colour colour)
{
    if (!has_target(c) || !is_point(top_left) || !(width_px > 0) || !(height_px > 0))
        return;
    /* Corners beyond the picture are not seen; moving them keeps the numbers small. */
    double far_px = 2 * TREAD_CANVAS_MAX_PX;
    double left = fmax(top_left.x, -far_px), top = fmax(top_left.y, -far_px);
    double right = fmin(top_left.x + width_px, far_px);
    double bottom = fmin(top_left.y + height_px, far_px);
    if (!is_seen(c, (tread_canvas_point){left, top}, (tread_canvas_point){right, bottom}, 0) ||
        right - left <= 2 * EDGE_SPREAD_PX || bottom - top <= 2 * EDGE_SPREAD_PX)
        return;
    left += EDGE_SPREAD_PX, top += EDGE_SPREAD_PX;
    right -= EDGE_SPREAD_PX, bottom -= EDGE_SPREAD_PX;
    double most = 0.5 * fmin(right - left, bottom - top);
    double radius = fmax(fmin(radius_px - EDGE_SPREAD_PX, most), 0.01);
    tread_canvas_point points[VISION_MAX_VERTICES];
    note_segment(c, (tread_canvas_point){left, top}, (tread_canvas_point){left, bottom}, 0);
    note_segment(c, (tread_canvas_point){right, top}, (tread_canvas_point){right, bottom}, 0);
    cover(c, points, put_round_rectangle(points, left, top, right, bottom, fmin(radius, most)),
          true, 255);
    vision_blend(c, colour);
}

/* The skeleton, the trunk against the vertical and the angle of the near knee. */
#include "report/overlay.h"

bool overlay_is_in_front(const overlay_scene *s, enum tread_side side)
{
    return side == s->near_side || !s->is_side_view;
}

tread_stroke overlay_limb_stroke(const overlay_scene *s, enum tread_side side)
{
    double body = s->o->body;
    bool is_near = overlay_is_in_front(s, side);
    return (tread_stroke){.width_px = fmax((is_near ? 6 : 3.2) * body, is_near ? 2.4 : 1.6),
                          .colour = overlay_alpha(overlay_side_colour[side], is_near ? 255 : 185),
                          .edge_px = fmax((is_near ? 1.6 : 1) * body, 1),
                          .edge_colour = overlay_alpha(overlay_edge, is_near ? 190 : 110)};
}

static void draw_joint(const overlay_scene *s, overlay_point at, enum tread_side side)
{
    tread_stroke limb = overlay_limb_stroke(s, side);
    double radius = (overlay_is_in_front(s, side) ? 0.95 : 0.85) * limb.width_px;
    tread_vision__canvas_disc(s->o->canvas, at, radius + limb.edge_px, limb.edge_colour);
    tread_vision__canvas_disc(s->o->canvas, at, radius, limb.colour);
    if (overlay_is_in_front(s, side))
        tread_vision__canvas_disc(s->o->canvas, at, 0.5 * radius, overlay_white);
}

/* The sole of a foot on the belt, thick. */
static void draw_sole(const overlay_scene *s, enum tread_side side)
{
    if (s->r->contact[side] != 1)
        return;
    overlay_point sole[2] = {overlay_joint(s, TREAD_LEFT_HEEL, side),
                             overlay_joint(s, TREAD_LEFT_TOE, side)};
    tread_stroke stroke = overlay_limb_stroke(s, side);
    stroke.width_px *= 1.7;
    tread_vision__canvas_polyline(s->o->canvas, sole, 2, &stroke);
}

static void draw_arm(const overlay_scene *s, enum tread_side side)
{
    const overlay_point arm[] = {overlay_joint(s, TREAD_LEFT_SHOULDER, side),
                                 overlay_joint(s, TREAD_LEFT_ELBOW, side),
                                 overlay_joint(s, TREAD_LEFT_WRIST, side)};
    tread_stroke stroke = overlay_limb_stroke(s, side);
    stroke.width_px *= 0.75;
    tread_vision__canvas_polyline(s->o->canvas, arm, sizeof arm / sizeof arm[0], &stroke);
}

static void draw_leg(const overlay_scene *s, enum tread_side side)
{
    const overlay_point knee = overlay_joint(s, TREAD_LEFT_KNEE, side);
    const overlay_point ankle = overlay_joint(s, TREAD_LEFT_ANKLE, side);
    const overlay_point leg[] = {overlay_joint(s, TREAD_LEFT_HIP, side),
                                 knee,
                                 ankle,
                                 overlay_joint(s, TREAD_LEFT_HEEL, side),
                                 overlay_joint(s, TREAD_LEFT_TOE, side),
                                 ankle};
    const tread_stroke stroke = overlay_limb_stroke(s, side);
    tread_vision__canvas_polyline(s->o->canvas, leg, sizeof leg / sizeof leg[0], &stroke);
    draw_sole(s, side);
    draw_joint(s, leg[0], side);
    draw_joint(s, knee, side);
    draw_joint(s, ankle, side);
}

/* Where the vertical ends, of the trunk's length; and the knee's arc and the line it is measured
 * from, of the shank's. */
#define VERTICAL_LENGTH 1.08
#define KNEE_RADIUS 0.42
#define KNEE_LENGTH 0.56

static tread_stroke thin_stroke(const overlay_scene *s)
{
    double body = s->o->body;
    return (tread_stroke){fmax(1.8 * body, 1.4), overlay_alpha(overlay_white, 220),
                          fmax(0.9 * body, 0.8), overlay_alpha(overlay_edge, 130)};
}

double overlay_knee_arc_px(const overlay_scene *s, enum tread_side side)
{
    const overlay_point hip = overlay_joint(s, TREAD_LEFT_HIP, side);
    const overlay_point knee = overlay_joint(s, TREAD_LEFT_KNEE, side);
    const overlay_point ankle = overlay_joint(s, TREAD_LEFT_ANKLE, side);
    double shank = hypot(ankle.x - knee.x, ankle.y - knee.y);
    bool is_shown = s->is_side_view && side == s->near_side && !s->facts->is_bare &&
                    isfinite(s->r->knee_flexion_deg[side]) && overlay_is_point(hip) &&
                    isfinite(shank);
    return is_shown ? KNEE_RADIUS * shank : 0;
}

/* How far the shank has turned from the line of the thigh. */
static void draw_knee(const overlay_scene *s, enum tread_side side)
{
    double radius = overlay_knee_arc_px(s, side);
    if (!(radius > 0))
        return;
    tread_canvas *c = s->o->canvas;
    const overlay_point hip = overlay_joint(s, TREAD_LEFT_HIP, side);
    const overlay_point knee = overlay_joint(s, TREAD_LEFT_KNEE, side);
    const overlay_point ankle = overlay_joint(s, TREAD_LEFT_ANKLE, side);
    double dx = knee.x - hip.x, dy = knee.y - hip.y, thigh = hypot(dx, dy);
    if (!(thigh > 0))
        return;
    double from = atan2(dy, dx) * 180 / OVERLAY_PI;
    double to = atan2(ankle.y - knee.y, ankle.x - knee.x) * 180 / OVERLAY_PI;
    double sweep = remainder(to - from, 360), length = radius * KNEE_LENGTH / KNEE_RADIUS;
    overlay_point straight = {knee.x + length * dx / thigh, knee.y + length * dy / thigh};
    tread_stroke thin = thin_stroke(s);
    tread_vision__canvas_wedge(c, knee, radius, from, from + sweep,
                               overlay_alpha(overlay_yellow, 130));
    tread_vision__canvas_dashes(c, knee, straight, 7 * s->o->body, 6 * s->o->body, &thin);
    tread_vision__canvas_arc(c, knee, radius, from, from + sweep, &thin);
}

static void draw_trunk(const overlay_scene *s)
{
    if (!overlay_is_point(s->mid_hip) || !overlay_is_point(s->mid_shoulder))
        return;
    tread_canvas *c = s->o->canvas;
    double body = s->o->body;
    double dx = s->mid_shoulder.x - s->mid_hip.x, dy = s->mid_shoulder.y - s->mid_hip.y;
    double length = hypot(dx, dy);
    tread_stroke thin = thin_stroke(s);
    if (isfinite(s->r->trunk_lean_deg) && length > 0 && !s->facts->is_bare) {
        double sweep = atan2(dx, -dy) * 180 / OVERLAY_PI;
        overlay_point top = {s->mid_hip.x, s->mid_hip.y - VERTICAL_LENGTH * length};
        tread_vision__canvas_wedge(c, s->mid_hip, OVERLAY_LEAN_RADIUS * length, -90, -90 + sweep,
                                   overlay_alpha(overlay_yellow, 130));
        tread_vision__canvas_dashes(c, s->mid_hip, top, 7 * body, 6 * body, &thin);
        tread_vision__canvas_arc(c, s->mid_hip, OVERLAY_LEAN_RADIUS * length, -90, -90 + sweep,
                                 &thin);
    }
    const overlay_point girdles[] = {s->joint[TREAD_LEFT_HIP],
                                     s->joint[TREAD_RIGHT_HIP],
                                     {NAN, NAN},
                                     s->joint[TREAD_LEFT_SHOULDER],
                                     s->joint[TREAD_RIGHT_SHOULDER]};
    tread_vision__canvas_polyline(c, girdles, sizeof girdles / sizeof girdles[0], &thin);
    const overlay_point trunk[2] = {s->mid_hip, s->mid_shoulder};
    tread_stroke stroke = {fmax(4.5 * body, 2), overlay_white, fmax(1.4 * body, 1), overlay_edge};
    tread_vision__canvas_polyline(c, trunk, 2, &stroke);
}

void overlay_draw_runner(overlay_scene *s)
{
    enum tread_side far_side = overlay_other(s->near_side);
    draw_arm(s, far_side);
    draw_leg(s, far_side);
    draw_arm(s, s->near_side);
    draw_trunk(s);
    draw_knee(s, s->near_side);
    draw_leg(s, s->near_side);
}

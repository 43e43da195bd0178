/* Where feet have been on the belt. While a foot stands, its sole is drawn thick; when it leaves,
 * its mark goes on with the belt, as fast as the foot went while it lay flat, and fades. Seen from
 * the side only: from behind the belt runs towards the camera. */
#include "report/overlay.h"

/* How long a mark is seen, and how far it may get, in heights of the runner: a belt ends about so
 * far behind the foot that leaves it. */
#define FADE_S 0.6
#define FARTHEST 0.35
/* Frames further apart say nothing about where a foot was in between. */
#define LONGEST_GAP_S 0.25
/* Shortest time over which the belt's speed is taken from a foot. */
#define SHORTEST_FIX_S 0.06

static const overlay_point unknown = {NAN, NAN};

static void forget(tread_overlay *o)
{
    for (int side = TREAD_LEFT; side <= TREAD_RIGHT; side++)
        o->stand[side] = (overlay_stand){.until_s = (double)NAN};
}

/* The foot has left: what it says of the belt joins what is known. */
static void learn_belt(tread_overlay *o, const overlay_stand *stand, double ahead)
{
    double dt = stand->last_s - stand->first_s;
    if (!(dt >= SHORTEST_FIX_S))
        return;
    overlay_point v = {(stand->last.x - stand->first.x) / dt,
                       (stand->last.y - stand->first.y) / dt};
    if (!overlay_is_point(v) || v.x * ahead >= 0) /* the belt runs backwards */
        return;
    if (overlay_is_point(o->belt_px_s))
        v = overlay_middle(o->belt_px_s, v);
    o->belt_px_s = v;
}

static void follow(overlay_scene *s, enum tread_side side)
{
    overlay_stand *stand = &s->o->stand[side];
    double now_s = s->r->time_s;
    bool is_on = s->r->contact[side] == 1;
    if (stand->is_on && !is_on) {
        stand->until_s = now_s;
        learn_belt(s->o, stand, s->ahead);
    }
    if (is_on && !stand->is_on)
        *stand = (overlay_stand){.since_s = now_s, .until_s = (double)NAN, .flatness = INFINITY};
    stand->is_on = is_on;
    const overlay_point heel = overlay_joint(s, TREAD_LEFT_HEEL, side);
    const overlay_point toe = overlay_joint(s, TREAD_LEFT_TOE, side);
    double slope = fabs((toe.y - heel.y) / (toe.x - heel.x));
    if (!is_on || !overlay_is_point(heel) || !overlay_is_point(toe))
        return;
    if (slope < stand->flatness) {
        stand->flatness = slope;
        stand->flat_s = stand->first_s = now_s;
        stand->heel = heel;
        stand->toe = stand->first = toe;
    }
    stand->last = toe;
    stand->last_s = now_s;
}

void overlay_follow_belt(overlay_scene *s)
{
    tread_overlay *o = s->o;
    double gap_s = s->r->time_s - o->last_s;
    if (!(gap_s > 0 && gap_s <= LONGEST_GAP_S))
        forget(o);
    if (isnan(o->last_s))
        o->belt_px_s = unknown;
    o->last_s = s->r->time_s;
    if (!s->is_side_view)
        return;
    follow(s, TREAD_LEFT);
    follow(s, TREAD_RIGHT);
}

static void draw_mark(const overlay_scene *s, enum tread_side side)
{
    const overlay_stand *stand = &s->o->stand[side];
    double age_s = s->r->time_s - stand->until_s, since_flat_s = s->r->time_s - stand->flat_s;
    if (stand->is_on || !(age_s < FADE_S) || !isfinite(stand->flatness))
        return;
    overlay_point moved = {since_flat_s * s->o->belt_px_s.x, since_flat_s * s->o->belt_px_s.y};
    double height =
        hypot(s->mid_shoulder.x - s->mid_hip.x, s->mid_shoulder.y - s->mid_hip.y) / 0.29;
    double since_left = age_s * hypot(s->o->belt_px_s.x, s->o->belt_px_s.y) / (FARTHEST * height);
    double left = 1 - fmax(age_s / FADE_S, since_left);
    if (!(left > 0) || !overlay_is_point(moved))
        return;
    bool is_near = overlay_is_in_front(s, side);
    tread_stroke stroke = overlay_limb_stroke(s, side);
    stroke.colour.alpha = (uint8_t)lround((is_near ? 230 : 150) * left);
    stroke.edge_colour.alpha = (uint8_t)lround(stroke.edge_colour.alpha * left);
    double sole_y = fmax(stand->heel.y, stand->toe.y);
    const overlay_point mark[2] = {{stand->heel.x + moved.x, sole_y + moved.y},
                                   {stand->toe.x + moved.x, sole_y + moved.y}};
    tread_vision__canvas_polyline(s->o->canvas, mark, 2, &stroke);
}

void overlay_draw_belt(overlay_scene *s)
{
    draw_mark(s, overlay_other(s->near_side));
    draw_mark(s, s->near_side);
}

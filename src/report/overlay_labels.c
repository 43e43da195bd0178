/* Labels on the runner, that keep out of each other's way. */
#include "report/overlay.h"

/* Where a label may sit around its point: direction of its centre, x towards the side
 * it prefers, y down. In order of preference. */
#define N_SPOTS 6
static const struct spot {
    double x, y;
} beside[N_SPOTS] = {{1, 0}, {1, -0.8}, {1, 0.8}, {-1, 0}, {-1, -0.8}, {-1, 0.8}},
  below[N_SPOTS] = {{0, 1}, {0.7, 1}, {-0.7, 1}, {1, -0.6}, {-1, -0.6}, {1, 0.3}};

static bool is_inside_picture(const tread_overlay *o, overlay_rect box)
{
    return box.left >= 2 && box.top >= 2 && box.right <= o->width_px - 2 &&
           box.bottom <= o->height_px - 2;
}

/* How much of the drawn limbs a box would hide: samples along them that fall inside. */
static int hidden_samples(const overlay_scene *s, overlay_rect box)
{
    static const enum tread_joint bones[][2] = {
        {TREAD_LEFT_SHOULDER, TREAD_LEFT_ELBOW}, {TREAD_LEFT_ELBOW, TREAD_LEFT_WRIST},
        {TREAD_LEFT_HIP, TREAD_LEFT_KNEE},       {TREAD_LEFT_KNEE, TREAD_LEFT_ANKLE},
        {TREAD_LEFT_HEEL, TREAD_LEFT_TOE},       {TREAD_LEFT_SHOULDER, TREAD_LEFT_HIP}};
    int n = 0;
    for (size_t i = 0; i < 2 * sizeof bones / sizeof bones[0]; i++) {
        enum tread_side side = i & 1 ? TREAD_RIGHT : TREAD_LEFT;
        overlay_point a = overlay_joint(s, bones[i / 2][0], side),
                      b = overlay_joint(s, bones[i / 2][1], side);
        for (int k = 0; k <= 16; k++) {
            double x = a.x + (b.x - a.x) * k / 16, y = a.y + (b.y - a.y) * k / 16;
            n += x > box.left && x < box.right && y > box.top && y < box.bottom;
        }
    }
    return n;
}

/* Free of the picture's rim, the boxes and other labels? */
static bool is_free(const overlay_scene *s, overlay_rect box)
{
    if (!is_inside_picture(s->o, box))
        return false;
    for (int i = 0; i < OVERLAY_N_BOXES; i++)
        if (i != OVERLAY_CUE && s->o->box[i].is_free && overlay_shared(box, s->o->box[i].at) > 0)
            return false;
    for (int i = 0; i < s->n_taken; i++)
        if (overlay_shared(box, s->taken[i]) > 0)
            return false;
    return true;
}

typedef struct label {
    enum overlay_label_id id;
    const char *text;
    tread_text_style style;
    overlay_point at;         /* what it belongs to */
    double reach_px;          /* gap between that and the box */
    double half_px;           /* how far it stretches sideways itself */
    const struct spot *spots; /* N_SPOTS */
    double side;              /* +1 or -1: where the spots' x points */
} label;

/* The box of a label in one of its spots. */
static overlay_rect box_at(const label *l, double width, double height, struct spot spot)
{
    double half = fabs(spot.x) >= 1 ? l->half_px : 0;
    overlay_point centre = {l->at.x + l->side * spot.x * (half + l->reach_px + 0.5 * width),
                            l->at.y + spot.y * (l->reach_px + 0.5 * height)};
    return (overlay_rect){centre.x - 0.5 * width, centre.y - 0.5 * height, centre.x + 0.5 * width,
                          centre.y + 0.5 * height};
}

/* Write a label where it hides least; where it sat last unless that is clearly worse. No
 * free spot: it is left out. */
static void draw_label(overlay_scene *s, const label *l)
{
    tread_canvas *c = s->o->canvas;
    if (!overlay_is_point(l->at))
        return;
    double cap = tread_vision__canvas_cap_height(c, &l->style), pad = 0.55 * cap;
    double width = tread_vision__canvas_text_width(c, &l->style, l->text) + 2 * pad;
    double height = cap + 1.5 * pad, best_cost = INFINITY;
    int *last = &s->o->spot[l->id], best = -1;
    for (int i = 0; i < N_SPOTS; i++) {
        overlay_rect box = box_at(l, width, height, l->spots[i]);
        double cost = hidden_samples(s, box) + 0.7 * i - (i == *last ? 2 : 0);
        if (is_free(s, box) && cost < best_cost) {
            best_cost = cost;
            best = i;
        }
    }
    *last = best;
    if (best < 0)
        return;
    overlay_rect box = box_at(l, width, height, l->spots[best]);
    tread_vision__canvas_panel(c, (overlay_point){box.left, box.top}, width, height, 0.4 * height,
                               overlay_alpha(overlay_edge, 165));
    tread_vision__canvas_text(
        c, (overlay_point){0.5 * (box.left + box.right), box.bottom - 0.75 * pad},
        TREAD_ANCHOR_CENTRE, &l->style, l->text);
    s->taken[s->n_taken++] = box;
}

static void label_knee(overlay_scene *s, enum tread_side side, enum overlay_label_id id)
{
    if (!isfinite(s->r->knee_flexion_deg[side]))
        return; /* a dash on each knee says nothing, from behind in every frame */
    bool is_near = overlay_is_in_front(s, side);
    overlay_point knee = overlay_joint(s, TREAD_LEFT_KNEE, side);
    double outwards = knee.x < s->mid_hip.x ? -1 : 1;
    double size = is_near ? fmax(21 * s->o->body, 14) : fmax(15 * s->o->body, 11);
    char text[OVERLAY_TEXT_BYTES];
    overlay_put_number(text, s->r->knee_flexion_deg[side], 199, "°");
    const label l = {
        .id = id,
        .text = text,
        .style = {.size_px = size, .is_bold = is_near, .colour = overlay_side_colour[side]},
        .at = knee,
        .reach_px = 1.6 * overlay_limb_stroke(s, side).width_px + 4 * s->o->body,
        .spots = beside,
        .side = !s->is_side_view ? outwards
                : is_near        ? s->ahead
                                 : -s->ahead};
    draw_label(s, &l);
}

static void label_lean(overlay_scene *s)
{
    if (!isfinite(s->r->trunk_lean_deg) || !overlay_is_point(s->mid_hip) ||
        !overlay_is_point(s->mid_shoulder))
        return;
    double length = hypot(s->mid_shoulder.x - s->mid_hip.x, s->mid_shoulder.y - s->mid_hip.y);
    char text[OVERLAY_TEXT_BYTES];
    overlay_put_number(text, fabs(s->r->trunk_lean_deg), 99, "°"); /* which way is plain to see */
    const label l = {
        .id = OVERLAY_LEAN,
        .text = text,
        .style = {.size_px = fmax(21 * s->o->body, 14), .is_bold = true, .colour = overlay_white},
        .at = {s->mid_hip.x, s->mid_hip.y - OVERLAY_LEAN_RADIUS * length},
        .reach_px = 8 * s->o->body,
        .spots = beside,
        .side = s->mid_shoulder.x <= s->mid_hip.x ? 1 : -1};
    draw_label(s, &l);
}

static void label_contact(overlay_scene *s, enum tread_side side, enum overlay_label_id id)
{
    if (s->r->contact[side] != 1) {
        s->o->spot[id] = -1;
        return;
    }
    overlay_point heel = overlay_joint(s, TREAD_LEFT_HEEL, side),
                  toe = overlay_joint(s, TREAD_LEFT_TOE, side);
    overlay_point at = overlay_middle(heel, toe);
    at.y = fmax(heel.y, toe.y);
    const label l = {
        .id = id,
        .text = "contact",
        .style = {.size_px = fmax(13 * s->o->body, 11), .colour = overlay_side_colour[side]},
        .at = at,
        .reach_px = 1.2 * overlay_limb_stroke(s, side).width_px + 5 * s->o->body,
        .half_px = 0.5 * fabs(toe.x - heel.x),
        .spots = below,
        .side = s->ahead};
    draw_label(s, &l);
}

void overlay_draw_labels(overlay_scene *s)
{
    enum tread_side far_side = overlay_other(s->near_side);
    label_knee(s, s->near_side, OVERLAY_KNEE_NEAR);
    label_lean(s);
    label_knee(s, far_side, OVERLAY_KNEE_FAR);
    label_contact(s, s->near_side, OVERLAY_CONTACT_NEAR);
    label_contact(s, far_side, OVERLAY_CONTACT_FAR);
}

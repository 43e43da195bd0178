/* The angles of a key frame: a wedge between where the limb is and where it is measured from,
 * with the number beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/report.h"
#include "vision/vision.h"

#define PI 3.14159265358979323846
#define MAX_ANGLES 3

typedef tread_canvas_point point;

/* What is drawn for a measure. */
enum shape {
    SHAPE_NONE = 0,
    SHAPE_TRUNK,
    SHAPE_HIP,
    SHAPE_THIGH,
    SHAPE_KNEE,
    SHAPE_SHANK,
    SHAPE_ANKLE,
    SHAPE_FOOT,
    SHAPE_REACH,
    SHAPE_ELBOW,
    SHAPE_HEAD,
    SHAPE_BODY
};

static enum shape shape_of(enum tread_measure_id id)
{
    switch (id) {
    case TREAD_MEASURE_TRUNK_LEAN:
    case TREAD_MEASURE_TRUNK_LEAN_CONTACT:
    case TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE:
    case TREAD_MEASURE_TRUNK_LEAN_TOE_OFF:
    case TREAD_MEASURE_TRUNK_RANGE:
    case TREAD_MEASURE_TRUNK_EXTENSION:
    case TREAD_MEASURE_TRUNK_LEAN_BELT:
    case TREAD_MEASURE_TORSO_OFFSET:
    case TREAD_MEASURE_WAIST_BEND:
    case TREAD_MEASURE_LATERAL_LEAN:
    case TREAD_MEASURE_TRUNK_SWAY: return SHAPE_TRUNK;
    case TREAD_MEASURE_BODY_LEAN: return SHAPE_BODY;
    case TREAD_MEASURE_HIP_FLEXION_CONTACT:
    case TREAD_MEASURE_HIP_FLEXION_PEAK_SWING:
    case TREAD_MEASURE_HIP_EXTENSION_PEAK: return SHAPE_HIP;
    case TREAD_MEASURE_THIGH_EXTENSION_PEAK: return SHAPE_THIGH;
    case TREAD_MEASURE_KNEE_FLEXION_CONTACT:
    case TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE:
    case TREAD_MEASURE_KNEE_EXCURSION:
    case TREAD_MEASURE_KNEE_FLEXION_TOE_OFF:
    case TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING: return SHAPE_KNEE;
    case TREAD_MEASURE_DORSIFLEXION_CONTACT:
    case TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE:
    case TREAD_MEASURE_PLANTARFLEXION_PEAK: return SHAPE_ANKLE;
    case TREAD_MEASURE_FOOT_STRIKE_ANGLE:
    case TREAD_MEASURE_FOOT_SLAP: return SHAPE_FOOT;
    case TREAD_MEASURE_SHANK_ANGLE_CONTACT:
    case TREAD_MEASURE_SHANK_ANGLE_LOADING: return SHAPE_SHANK;
    case TREAD_MEASURE_FOOT_AHEAD:
    case TREAD_MEASURE_FOOT_AHEAD_CM:
    case TREAD_MEASURE_ANKLE_AHEAD: return SHAPE_REACH;
    case TREAD_MEASURE_ELBOW: return SHAPE_ELBOW;
    case TREAD_MEASURE_HEAD_FORWARD: return SHAPE_HEAD;
    default: return SHAPE_NONE;
    }
}

/* An angle on the picture; degrees clockwise from +x. */
typedef struct angle {
    point vertex;
    double from_deg, to_deg;
    double value_deg; /* as measured */
    double length_px; /* of the segment that is measured */
} angle;

/* A picture being drawn on. */
typedef struct scene {
    tread_canvas *canvas;
    const tread_frame_result *r;
    enum tread_side side;
    double ahead; /* +1: the runner faces image-right */
    bool is_side_view;
    double unit; /* pixels in a hundredth of the runner's height */
    point mid_hip, mid_shoulder;
    point label[MAX_ANGLES + 1];
    int n_labels;
} scene;

static const tread_colour white = {255, 255, 255, 255};
static const tread_colour dark = {10, 14, 20, 200};
static const tread_colour yellow = {240, 228, 66, 165};
static const tread_colour yellow_line = {240, 228, 66, 255};

static point joint(const scene *s, enum tread_joint left)
{
    return (point){s->r->x_px[left + s->side], s->r->y_px[left + s->side]};
}

static point between(const tread_frame_result *r, enum tread_joint left)
{
    return (point){0.5 * (r->x_px[left] + r->x_px[left + 1]),
                   0.5 * (r->y_px[left] + r->y_px[left + 1])};
}

static double heading(point a, point b)
{
    return atan2(b.y - a.y, b.x - a.x) * 180 / PI;
}

static double distance(point a, point b)
{
    return hypot(b.x - a.x, b.y - a.y);
}

static double turn(double from_deg, double to_deg)
{
    return remainder(to_deg - from_deg, 360);
}

static angle at(point vertex, double from_deg, point end, double value_deg)
{
    return (angle){vertex, from_deg, heading(vertex, end), value_deg, distance(vertex, end)};
}

/* The inside of a joint: measured as it is seen. */
static angle seen(point vertex, double from_deg, point end)
{
    angle a = at(vertex, from_deg, end, 0);
    a.value_deg = fabs(turn(a.from_deg, a.to_deg));
    return a;
}

static angle find_angle(const scene *s, enum shape shape)
{
    const tread_frame_result *r = s->r;
    enum tread_side side = s->side;
    point hip = joint(s, TREAD_LEFT_HIP), knee = joint(s, TREAD_LEFT_KNEE),
          ankle = joint(s, TREAD_LEFT_ANKLE), heel = joint(s, TREAD_LEFT_HEEL),
          toe = joint(s, TREAD_LEFT_TOE), elbow = joint(s, TREAD_LEFT_ELBOW);
    double down_the_trunk = heading(s->mid_shoulder, s->mid_hip);
    switch (shape) {
    case SHAPE_TRUNK:
        return s->is_side_view ? at(s->mid_hip, -90, s->mid_shoulder, r->trunk_lean_deg)
                               : seen(s->mid_hip, -90, s->mid_shoulder); /* to a side */
    case SHAPE_HIP: return at(hip, down_the_trunk, knee, r->hip_flexion_deg[side]);
    case SHAPE_THIGH: return at(hip, 90, knee, r->thigh_angle_deg[side]);
    case SHAPE_KNEE: return at(knee, heading(hip, knee), ankle, r->knee_flexion_deg[side]);
    case SHAPE_SHANK: return at(knee, 90, ankle, r->shank_angle_deg[side]);
    case SHAPE_FOOT: return at(heel, s->ahead > 0 ? 0 : 180, toe, r->foot_angle_deg[side]);
    case SHAPE_ANKLE: {
        angle a =
            at(ankle, heading(knee, ankle) - 90 * s->ahead, toe, r->ankle_dorsiflexion_deg[side]);
        a.to_deg = heading(heel, toe);
        return a;
    }
    case SHAPE_ELBOW:
        return seen(elbow, heading(elbow, joint(s, TREAD_LEFT_SHOULDER)),
                    joint(s, TREAD_LEFT_WRIST));
    case SHAPE_HEAD: return seen(s->mid_shoulder, down_the_trunk + 180, joint(s, TREAD_LEFT_EAR));
    case SHAPE_BODY: return seen(ankle, -90, s->mid_shoulder);
    default: return (angle){.value_deg = (double)NAN};
    }
}

static point along(point from, double deg, double length)
{
    return (point){from.x + length * cos(deg * PI / 180), from.y + length * sin(deg * PI / 180)};
}

/* Beside the line that is measured from, away from the limb; a line that lies flat has its number
 * beyond its end. */
static point label_place(const scene *s, const angle *a, double radius_px, double width_px)
{
    double sweep = turn(a->from_deg, a->to_deg), room = 0.5 * width_px + 1.2 * s->unit;
    if (fabs(sin(a->from_deg * PI / 180)) < 0.5)
        return along(a->vertex, a->from_deg + 0.5 * sweep, radius_px + room);
    point line = along(a->vertex, a->from_deg, 0.7 * radius_px);
    point limb = along(a->vertex, a->from_deg + sweep, 0.7 * radius_px);
    line.x += line.x < limb.x ? -room : room;
    return line;
}

/* The number; lower where it would cover another. */
static void put_label(scene *s, const angle *a, double radius_px)
{
    char text[32];
    tread_text_style style = {.size_px = fmax(4.6 * s->unit, 13), .is_bold = true, .colour = white};
    long whole = lround(a->value_deg);
    snprintf(text, sizeof text, "%s%ld°", whole < 0 ? "−" : "", labs(whole));
    double width = tread_vision__canvas_text_width(s->canvas, &style, text) + 0.9 * style.size_px;
    double height = 1.5 * style.size_px;
    point centre = label_place(s, a, radius_px, width);
    for (int i = 0; i < s->n_labels; i++)
        if (fabs(centre.x - s->label[i].x) < width && fabs(centre.y - s->label[i].y) < height)
            centre.y = s->label[i].y + height;
    tread_vision__canvas_panel(s->canvas, (point){centre.x - 0.5 * width, centre.y - 0.5 * height},
                               width, height, 0.35 * height, dark);
    tread_vision__canvas_text(
        s->canvas,
        (point){centre.x, centre.y + 0.5 * tread_vision__canvas_cap_height(s->canvas, &style)},
        TREAD_ANCHOR_CENTRE, &style, text);
    s->label[s->n_labels++] = centre;
}

static void draw_angle(scene *s, enum shape shape)
{
    angle a = find_angle(s, shape);
    if (!isfinite(a.value_deg) || !isfinite(a.length_px) || !isfinite(a.from_deg))
        return;
    double sweep = turn(a.from_deg, a.to_deg);
    double radius = fmin(0.8 * a.length_px, 13 * s->unit);
    const tread_stroke thin = {fmax(0.35 * s->unit, 1.2), white, fmax(0.2 * s->unit, 0.8), dark};
    tread_vision__canvas_wedge(s->canvas, a.vertex, radius, a.from_deg, a.from_deg + sweep, yellow);
    tread_vision__canvas_arc(s->canvas, a.vertex, radius, a.from_deg, a.from_deg + sweep, &thin);
    tread_vision__canvas_dashes(s->canvas, a.vertex, along(a.vertex, a.from_deg, 1.25 * radius),
                                1.4 * s->unit, 1.1 * s->unit, &thin);
    put_label(s, &a, radius);
}

/* How far ahead of the hips the heel is: a plumb line, and the way from it. */
static void draw_reach(scene *s)
{
    point heel = joint(s, TREAD_LEFT_HEEL), below = {s->mid_hip.x, heel.y};
    const tread_stroke thin = {fmax(0.35 * s->unit, 1.2), white, fmax(0.2 * s->unit, 0.8), dark};
    const tread_stroke thick = {fmax(s->unit, 2.5), yellow_line, fmax(0.3 * s->unit, 1), dark};
    const point way[] = {below, heel};
    tread_vision__canvas_dashes(s->canvas, s->mid_hip, below, 1.4 * s->unit, 1.1 * s->unit, &thin);
    tread_vision__canvas_polyline(s->canvas, way, 2, &thick);
}

/* What each moment of a step is looked at for. */
static const enum shape shapes[][MAX_ANGLES] = {
    [TREAD_MOMENT_CONTACT] = {SHAPE_KNEE, SHAPE_TRUNK, SHAPE_FOOT},
    [TREAD_MOMENT_MIDSTANCE] = {SHAPE_KNEE, SHAPE_TRUNK, SHAPE_NONE},
    [TREAD_MOMENT_TOE_OFF] = {SHAPE_HIP, SHAPE_KNEE, SHAPE_TRUNK},
};

void tread_report__angles_draw(tread_canvas *canvas, const tread_frame_result *r,
                               const tread_key_frame *frame, const tread_fault *fault,
                               enum tread_view view)
{
    scene s = {.canvas = canvas,
               .r = r,
               .side = frame->side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT,
               .ahead = view == TREAD_VIEW_LEFT ? -1 : 1,
               .is_side_view = view == TREAD_VIEW_LEFT || view == TREAD_VIEW_RIGHT,
               .mid_hip = between(r, TREAD_LEFT_HIP),
               .mid_shoulder = between(r, TREAD_LEFT_SHOULDER)};
    /* The trunk is 29 % of body height from hip to shoulder (Winter 2009). */
    s.unit = distance(s.mid_hip, s.mid_shoulder) / 29;
    if (!isfinite(s.unit) || s.unit <= 0)
        return;
    enum shape wanted = fault ? shape_of(fault->measure) : SHAPE_NONE;
    if (wanted == SHAPE_REACH)
        draw_reach(&s);
    else if (wanted != SHAPE_NONE)
        draw_angle(&s, wanted);
    else if (!fault)
        for (int i = 0; i < MAX_ANGLES; i++)
            if (shapes[frame->moment][i] != SHAPE_NONE)
                draw_angle(&s, shapes[frame->moment][i]);
}

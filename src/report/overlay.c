/* The annotated picture: skeleton, lean and knee angles, contacts, and a panel of
 * numbers. Right is orange and left is sky blue (Okabe and Ito's palette, told apart
 * by colour-blind eyes); the trunk is white. Nothing is drawn from NaN; a number that
 * was not measured is a dash. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/report.h"
#include "vision/vision.h"

#define PI 3.14159265358979323846
/* All sizes are for a picture 720 px high and at least 480 wide, and scale with it. */
#define REFERENCE_HEIGHT_PX 720.0
#define REFERENCE_WIDTH_PX 480.0
/* ... and for a runner this high; lines and labels follow a smaller one within limits. */
#define REFERENCE_RUNNER_PX 460.0
#define SMALLEST_RUNNER 0.45
#define LARGEST_RUNNER 1.25
#define N_ROWS_LARGE 3
#define N_ROWS_SMALL 2
#define TEXT_BYTES 48

typedef tread_canvas_point point;

typedef struct rect {
    double left, top, right, bottom;
} rect;

enum label_id {
    LABEL_KNEE_NEAR,
    LABEL_KNEE_FAR,
    LABEL_LEAN,
    LABEL_CONTACT_NEAR,
    LABEL_CONTACT_FAR,
    N_LABELS
};

/* Where a label may sit around its point: direction of its centre, x towards the side
 * it prefers, y down. In order of preference. */
#define N_SPOTS 6
static const struct spot {
    double x, y;
} beside[N_SPOTS] = {{1, 0}, {1, -0.8}, {1, 0.8}, {-1, 0}, {-1, -0.8}, {-1, 0.8}},
  below[N_SPOTS] = {{0, 1}, {0.7, 1}, {-0.7, 1}, {1, -0.6}, {-1, -0.6}, {1, 0.3}};

struct tread_overlay {
    tread_canvas *canvas;
    int width_px, height_px;
    double unit;        /* picture pixels per reference pixel */
    double body;        /* the same for what is drawn on the runner; fixed with the panel */
    rect panel;         /* where it sits; meaningful once is_placed */
    double column;      /* of the values, from the panel's left edge */
    bool has_panel;     /* the picture is large enough for one */
    bool is_placed;     /* panel and body scale are chosen for this clip */
    int spot[N_LABELS]; /* where each label sat last, so that it stays there; -1 = nowhere */
};

/* One frame being drawn. */
typedef struct scene {
    tread_overlay *o;
    const tread_frame_result *r;
    const tread_overlay_facts *facts;
    point joint[TREAD_N_JOINTS]; /* in picture pixels */
    point mid_hip, mid_shoulder;
    enum tread_side near_side;
    bool is_side_view;
    double ahead; /* +1 when the runner faces image-right, -1 left */
    rect taken[N_LABELS];
    int n_taken;
} scene;

static const tread_colour side_colour[TREAD_N_SIDES] = {
    [TREAD_LEFT] = {86, 180, 233, 255}, [TREAD_RIGHT] = {230, 159, 0, 255}};
static const tread_colour white = {255, 255, 255, 255};
static const tread_colour grey = {190, 198, 206, 255};
static const tread_colour lean_colour = {240, 228, 66, 255};
static const tread_colour edge_colour = {10, 14, 20, 190};
static const tread_colour pill_colour = {10, 14, 20, 165};
static const tread_colour panel_colour = {10, 14, 20, 188};

static const point nowhere = {NAN, NAN};

static tread_colour with_alpha(tread_colour colour, uint8_t alpha)
{
    colour.alpha = alpha;
    return colour;
}

static bool is_point(point p)
{
    return isfinite(p.x) && isfinite(p.y);
}

static point middle(point a, point b)
{
    return (point){0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
}

static double overlap(rect a, rect b)
{
    double w = fmin(a.right, b.right) - fmax(a.left, b.left);
    double h = fmin(a.bottom, b.bottom) - fmax(a.top, b.top);
    return w > 0 && h > 0 ? w * h : 0;
}

/* ---- words ----------------------------------------------------------------- */

#define DASH "–"

/* A whole number with its unit; a dash for what was not measured or cannot be meant. */
static void put_number(char *out, double value, double most, const char *unit)
{
    if (!(fabs(value) <= most)) {
        snprintf(out, TEXT_BYTES, "%s", DASH);
        return;
    }
    long whole = lround(value);
    snprintf(out, TEXT_BYTES, "%s%ld%s", whole < 0 ? "−" : "", labs(whole), unit);
}

static void put_lean(char *out, double lean_deg)
{
    put_number(out, fabs(lean_deg), 99, "°");
    long whole = fabs(lean_deg) <= 99 ? lround(lean_deg) : 0;
    if (fabs(lean_deg) <= 99)
        strncat(out,
                whole > 0   ? " forward"
                : whole < 0 ? " backward"
                            : " upright",
                TEXT_BYTES - strlen(out) - 1);
}

static void put_foot(char *out, const tread_step *step)
{
    char angle[TEXT_BYTES];
    put_number(angle,
               step && step->is_valid ? step->value[TREAD_MEASURE_FOOT_STRIKE_ANGLE] : (double)NAN,
               99, "°");
    if (!step || !step->is_valid || step->foot_strike == TREAD_STRIKE_UNKNOWN)
        snprintf(out, TEXT_BYTES, "%.20s", angle);
    else
        snprintf(out, TEXT_BYTES, "%.20s %.20s", tread_foot_strike_name(step->foot_strike), angle);
}

/* 0:03.42, and 1:02:03 from the first hour on. */
static void put_time(char *out, double time_s)
{
    if (!(time_s >= 0) || time_s >= 360000) {
        snprintf(out, TEXT_BYTES, "%s", DASH);
        return;
    }
    long hundredths = (long)floor(time_s * 100 + 1e-6), s = hundredths / 100;
    if (s < 3600)
        snprintf(out, TEXT_BYTES, "%ld:%02ld.%02ld", s / 60, s % 60, hundredths % 100);
    else
        snprintf(out, TEXT_BYTES, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* ---- styles ---------------------------------------------------------------- */

static tread_text_style large_text(const tread_overlay *o, bool is_value)
{
    return (tread_text_style){
        .size_px = fmax(22 * o->unit, 14), .is_bold = is_value, .colour = is_value ? white : grey};
}

static tread_text_style small_text(const tread_overlay *o, bool is_value)
{
    return (tread_text_style){
        .size_px = fmax(15 * o->unit, 12), .is_bold = is_value, .colour = is_value ? white : grey};
}

static double pad_px(const tread_overlay *o)
{
    return fmax(14 * o->unit, 8);
}

static double row_px(tread_text_style style)
{
    return 1.42 * style.size_px;
}

/* Room for a rule between two groups of rows. */
static double rule_px(const tread_overlay *o)
{
    return 0.8 * pad_px(o);
}

/* Share of the panel that may lie over the box around the runner: its corners are air. */
#define MOST_HIDDEN 0.06

/* ---- the panel ------------------------------------------------------------- */

static const char *const large_names[N_ROWS_LARGE] = {"Trunk", "Knee", "Foot"};
static const char *const small_names[N_ROWS_SMALL] = {"Cadence", "Contact"};

static double widest(tread_overlay *o, tread_text_style style, const char *const *texts, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, tread_vision__canvas_text_width(o->canvas, &style, texts[i]));
    return most;
}

static double dot_px(const tread_overlay *o)
{
    return 0.3 * small_text(o, true).size_px;
}

/* One name of the legend with its dot, without the space after it. */
static double legend_px(tread_overlay *o, const char *name)
{
    tread_text_style style = small_text(o, false);
    return 2 * dot_px(o) + 0.35 * style.size_px +
           tread_vision__canvas_text_width(o->canvas, &style, name);
}

/* Wide enough for whatever the rows may say, so that nothing moves while it plays. */
static void measure_panel(tread_overlay *o)
{
    static const char *const large_values[] = {"88° backward", "88° forward", "forefoot −88°",
                                               "rearfoot −88°", "midfoot −88°"};
    static const char *const small_values[] = {"888 steps/min", "8888 ms"};
    static const char *const times[] = {"88:88.88", "88:88:88"};
    tread_text_style large = large_text(o, true), small = small_text(o, true);
    double pad = pad_px(o), gap = 0.7 * large.size_px;
    o->column = pad + gap +
                fmax(widest(o, large_text(o, false), large_names, N_ROWS_LARGE),
                     widest(o, small_text(o, false), small_names, N_ROWS_SMALL));
    double values = fmax(widest(o, large, large_values, 5) + 0.6 * gap + 2 * dot_px(o),
                         widest(o, small, small_values, 2));
    double legend = legend_px(o, "left") + legend_px(o, "right") + 2 * gap;
    double width = fmax(o->column + values + pad, 2 * pad + legend + widest(o, small, times, 2));
    double height = 2 * pad + N_ROWS_LARGE * row_px(large) + (N_ROWS_SMALL + 1) * row_px(small) +
                    2 * rule_px(o);
    o->panel = (rect){0, 0, ceil(width), ceil(height)};
    o->has_panel = width + 2 * pad <= o->width_px && height + 2 * pad <= o->height_px;
}

/* Around the runner through a whole stride, as far as one frame can tell: the slender
 * part above the hips, and the legs at their widest. */
typedef struct runner_box {
    rect all, body, legs;
} runner_box;

static runner_box box_runner(const scene *s)
{
    rect all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        if (!is_point(s->joint[i]))
            continue;
        all.left = fmin(all.left, s->joint[i].x);
        all.right = fmax(all.right, s->joint[i].x);
        all.top = fmin(all.top, s->joint[i].y);
        all.bottom = fmax(all.bottom, s->joint[i].y);
    }
    double height = all.bottom - all.top;
    double centre = is_point(s->mid_hip) ? s->mid_hip.x : 0.5 * (all.left + all.right);
    double waist = is_point(s->mid_hip) ? s->mid_hip.y : 0.5 * (all.top + all.bottom);
    all.top -= 0.10 * height; /* the head over ears and nose */
    rect body = {centre - 0.17 * height, all.top, centre + 0.17 * height, waist};
    rect legs = {centre - 0.36 * height, waist, centre + 0.36 * height, all.bottom};
    return (runner_box){all, body, legs};
}

/* Enough of the runner to judge where they are and how large. */
static bool is_whole(const scene *s)
{
    return is_point(s->mid_hip) && is_point(s->mid_shoulder) &&
           (is_point(s->joint[TREAD_LEFT_ANKLE]) || is_point(s->joint[TREAD_RIGHT_ANKLE]));
}

/* The corner that hides least of the runner, then the one further from them, the top
 * ones first; what it hides, as a share of the panel. */
static double best_corner(tread_overlay *o, const runner_box *runner)
{
    double width = o->panel.right - o->panel.left, height = o->panel.bottom - o->panel.top;
    double pad = pad_px(o), best = INFINITY, hidden = 0;
    for (int corner = 0; corner < 4; corner++) {
        double left = corner & 1 ? o->width_px - pad - width : pad;
        double top = corner & 2 ? o->height_px - pad - height : pad;
        rect at = {left, top, left + width, top + height};
        double away =
            fabs(0.5 * (at.left + at.right) - 0.5 * (runner->all.left + runner->all.right));
        double covered = (overlap(at, runner->body) + overlap(at, runner->legs)) / (width * height);
        double cost =
            covered - 0.1 * away / o->width_px + (corner & 2 ? 0.1 : 0) + (corner & 1 ? 0.02 : 0);
        if (cost < best) {
            best = cost;
            hidden = covered;
            o->panel = at;
        }
    }
    return hidden;
}

/* Kept from the first whole runner on, so that the panel keeps still. Where a runner
 * who fills the picture leaves no corner free, the panel is set smaller. */
static void place(scene *s)
{
    static const double sizes[] = {1, 0.85, 0.72, 0.6};
    tread_overlay *o = s->o;
    runner_box runner = box_runner(s);
    double full = o->unit;
    double size = (runner.all.bottom - runner.all.top) / (REFERENCE_RUNNER_PX * full);
    o->body = full * fmax(fmin(size, LARGEST_RUNNER), SMALLEST_RUNNER);
    o->is_placed = is_whole(s);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        o->unit = full * sizes[i];
        measure_panel(o);
        if (best_corner(o, &runner) < MOST_HIDDEN)
            break;
    }
    if (!o->is_placed)
        o->unit = full; /* tried again with the next frame */
}

static void draw_row(tread_overlay *o, double centre_y, const char *name, const char *value,
                     tread_text_style names, tread_text_style values)
{
    double baseline = centre_y + 0.5 * tread_vision__canvas_cap_height(o->canvas, &values);
    tread_vision__canvas_text(o->canvas, (point){o->panel.left + pad_px(o), baseline},
                              TREAD_ANCHOR_LEFT, &names, name);
    tread_vision__canvas_text(o->canvas, (point){o->panel.left + o->column, baseline},
                              TREAD_ANCHOR_LEFT, &values, value);
}

/* Which leg a row speaks of: a dot in its colour at the end of the row. */
static void draw_row_dot(tread_overlay *o, double centre_y, enum tread_side side)
{
    point at = {o->panel.right - pad_px(o) - dot_px(o), centre_y};
    tread_vision__canvas_disc(o->canvas, at, dot_px(o), side_colour[side]);
}

/* A faint rule across the panel, under the rows above `y`. */
static void draw_rule(tread_overlay *o, double y)
{
    const point ends[2] = {{o->panel.left + pad_px(o), y}, {o->panel.right - pad_px(o), y}};
    const tread_stroke stroke = {.width_px = fmax(o->unit, 1), .colour = with_alpha(grey, 90)};
    tread_vision__canvas_polyline(o->canvas, ends, 2, &stroke);
}

static void draw_legend(scene *s, double centre_y)
{
    tread_overlay *o = s->o;
    tread_text_style names = small_text(o, false), values = small_text(o, true);
    double x = o->panel.left + pad_px(o), gap = 0.7 * names.size_px;
    double baseline = centre_y + 0.5 * tread_vision__canvas_cap_height(o->canvas, &names);
    for (int side = TREAD_LEFT; side <= TREAD_RIGHT; side++) {
        const char *name = tread_side_name((enum tread_side)side);
        tread_vision__canvas_disc(o->canvas, (point){x + dot_px(o), centre_y}, dot_px(o),
                                  side_colour[side]);
        tread_vision__canvas_text(o->canvas,
                                  (point){x + 2 * dot_px(o) + 0.35 * names.size_px, baseline},
                                  TREAD_ANCHOR_LEFT, &names, name);
        x += legend_px(o, name) + gap;
    }
    char text[TEXT_BYTES];
    put_time(text, s->r->time_s);
    tread_vision__canvas_text(o->canvas, (point){o->panel.right - pad_px(o), baseline},
                              TREAD_ANCHOR_RIGHT, &values, text);
}

static void draw_panel(scene *s)
{
    tread_overlay *o = s->o;
    const tread_step *step = s->facts->last_step;
    tread_text_style large = large_text(o, true), small = small_text(o, true);
    char text[N_ROWS_LARGE + N_ROWS_SMALL][TEXT_BYTES];
    put_lean(text[0], s->r->trunk_lean_deg);
    put_number(text[1], s->r->knee_flexion_deg[s->near_side], 199, "°");
    put_foot(text[2], step);
    put_number(text[3], s->facts->cadence_spm, 999, " steps/min");
    put_number(text[4], s->facts->contact_ms, 9999, " ms");

    tread_vision__canvas_panel(o->canvas, (point){o->panel.left, o->panel.top},
                               o->panel.right - o->panel.left, o->panel.bottom - o->panel.top,
                               pad_px(o), panel_colour);
    double y = o->panel.top + pad_px(o) + 0.5 * row_px(large);
    for (int i = 0; i < N_ROWS_LARGE; i++, y += row_px(large)) {
        draw_row(o, y, large_names[i], text[i], large_text(o, false), large);
        if (i == 1)
            draw_row_dot(o, y, s->near_side);
        if (i == 2 && step && step->is_valid)
            draw_row_dot(o, y, step->side);
    }
    y += 0.5 * (row_px(small) - row_px(large)) + rule_px(o);
    draw_rule(o, y - 0.5 * (row_px(small) + rule_px(o)));
    for (int i = 0; i < N_ROWS_SMALL; i++, y += row_px(small))
        draw_row(o, y, small_names[i], text[N_ROWS_LARGE + i], small_text(o, false), small);
    y += rule_px(o);
    draw_rule(o, y - 0.5 * (row_px(small) + rule_px(o)));
    draw_legend(s, y);
}

/* ---- the skeleton ---------------------------------------------------------- */

static enum tread_side other(enum tread_side side)
{
    return side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
}

static point joint_of(const scene *s, enum tread_joint left, enum tread_side side)
{
    return s->joint[left + side];
}

/* Seen from behind no side is nearer. */
static bool is_in_front(const scene *s, enum tread_side side)
{
    return side == s->near_side || !s->is_side_view;
}

static tread_stroke limb_stroke(const scene *s, enum tread_side side)
{
    double body = s->o->body;
    bool is_near = is_in_front(s, side);
    return (tread_stroke){.width_px = fmax((is_near ? 6 : 3.2) * body, is_near ? 2.4 : 1.6),
                          .colour = with_alpha(side_colour[side], is_near ? 255 : 185),
                          .edge_px = fmax((is_near ? 1.6 : 1) * body, 1),
                          .edge_colour = with_alpha(edge_colour, is_near ? 190 : 110)};
}

static void draw_joint(const scene *s, point at, enum tread_side side)
{
    tread_stroke limb = limb_stroke(s, side);
    double radius = (is_in_front(s, side) ? 0.95 : 0.85) * limb.width_px;
    tread_vision__canvas_disc(s->o->canvas, at, radius + limb.edge_px, limb.edge_colour);
    tread_vision__canvas_disc(s->o->canvas, at, radius, limb.colour);
    if (is_in_front(s, side))
        tread_vision__canvas_disc(s->o->canvas, at, 0.5 * radius, white);
}

/* The sole of a foot on the belt, thick. */
static void draw_sole(const scene *s, enum tread_side side)
{
    if (s->r->contact[side] != 1)
        return;
    point sole[2] = {joint_of(s, TREAD_LEFT_HEEL, side), joint_of(s, TREAD_LEFT_TOE, side)};
    tread_stroke stroke = limb_stroke(s, side);
    stroke.width_px *= 1.7;
    tread_vision__canvas_polyline(s->o->canvas, sole, 2, &stroke);
}

static void draw_arm(const scene *s, enum tread_side side)
{
    const point arm[] = {joint_of(s, TREAD_LEFT_SHOULDER, side),
                         joint_of(s, TREAD_LEFT_ELBOW, side), joint_of(s, TREAD_LEFT_WRIST, side)};
    tread_stroke stroke = limb_stroke(s, side);
    stroke.width_px *= 0.75;
    tread_vision__canvas_polyline(s->o->canvas, arm, sizeof arm / sizeof arm[0], &stroke);
}

static void draw_leg(const scene *s, enum tread_side side)
{
    const point knee = joint_of(s, TREAD_LEFT_KNEE, side);
    const point ankle = joint_of(s, TREAD_LEFT_ANKLE, side);
    const point leg[] = {
        joint_of(s, TREAD_LEFT_HIP, side), knee, ankle, joint_of(s, TREAD_LEFT_HEEL, side),
        joint_of(s, TREAD_LEFT_TOE, side), ankle};
    const tread_stroke stroke = limb_stroke(s, side);
    tread_vision__canvas_polyline(s->o->canvas, leg, sizeof leg / sizeof leg[0], &stroke);
    draw_sole(s, side);
    draw_joint(s, leg[0], side);
    draw_joint(s, knee, side);
    draw_joint(s, ankle, side);
}

/* Where the lean is read: how far up the trunk, and where the vertical ends. */
#define LEAN_RADIUS 0.86
#define VERTICAL_LENGTH 1.08

static void draw_trunk(const scene *s)
{
    if (!is_point(s->mid_hip) || !is_point(s->mid_shoulder))
        return;
    tread_canvas *c = s->o->canvas;
    double body = s->o->body;
    double dx = s->mid_shoulder.x - s->mid_hip.x, dy = s->mid_shoulder.y - s->mid_hip.y;
    double length = hypot(dx, dy);
    tread_stroke thin = {fmax(1.8 * body, 1.4), with_alpha(white, 220), fmax(0.9 * body, 0.8),
                         with_alpha(edge_colour, 130)};
    if (isfinite(s->r->trunk_lean_deg) && length > 0 && !s->facts->is_bare) {
        double sweep = atan2(dx, -dy) * 180 / PI;
        point top = {s->mid_hip.x, s->mid_hip.y - VERTICAL_LENGTH * length};
        tread_vision__canvas_wedge(c, s->mid_hip, LEAN_RADIUS * length, -90, -90 + sweep,
                                   with_alpha(lean_colour, 130));
        tread_vision__canvas_dashes(c, s->mid_hip, top, 7 * body, 6 * body, &thin);
        tread_vision__canvas_arc(c, s->mid_hip, LEAN_RADIUS * length, -90, -90 + sweep, &thin);
    }
    const point girdles[] = {s->joint[TREAD_LEFT_HIP], s->joint[TREAD_RIGHT_HIP], nowhere,
                             s->joint[TREAD_LEFT_SHOULDER], s->joint[TREAD_RIGHT_SHOULDER]};
    tread_vision__canvas_polyline(c, girdles, sizeof girdles / sizeof girdles[0], &thin);
    const point trunk[2] = {s->mid_hip, s->mid_shoulder};
    tread_stroke stroke = {fmax(4.5 * body, 2), white, fmax(1.4 * body, 1), edge_colour};
    tread_vision__canvas_polyline(c, trunk, 2, &stroke);
}

/* ---- labels that keep out of each other's way ------------------------------ */

static bool is_inside_picture(const tread_overlay *o, rect box)
{
    return box.left >= 2 && box.top >= 2 && box.right <= o->width_px - 2 &&
           box.bottom <= o->height_px - 2;
}

/* How much of the drawn limbs a box would hide: samples along them that fall inside. */
static int hidden_samples(const scene *s, rect box)
{
    static const enum tread_joint bones[][2] = {
        {TREAD_LEFT_SHOULDER, TREAD_LEFT_ELBOW}, {TREAD_LEFT_ELBOW, TREAD_LEFT_WRIST},
        {TREAD_LEFT_HIP, TREAD_LEFT_KNEE},       {TREAD_LEFT_KNEE, TREAD_LEFT_ANKLE},
        {TREAD_LEFT_HEEL, TREAD_LEFT_TOE},       {TREAD_LEFT_SHOULDER, TREAD_LEFT_HIP}};
    int n = 0;
    for (size_t i = 0; i < 2 * sizeof bones / sizeof bones[0]; i++) {
        enum tread_side side = i & 1 ? TREAD_RIGHT : TREAD_LEFT;
        point a = joint_of(s, bones[i / 2][0], side), b = joint_of(s, bones[i / 2][1], side);
        for (int k = 0; k <= 16; k++) {
            double x = a.x + (b.x - a.x) * k / 16, y = a.y + (b.y - a.y) * k / 16;
            n += x > box.left && x < box.right && y > box.top && y < box.bottom;
        }
    }
    return n;
}

/* Free of the picture's rim, the panel and other labels? */
static bool is_free(const scene *s, rect box)
{
    if (!is_inside_picture(s->o, box) || (s->o->has_panel && overlap(box, s->o->panel) > 0))
        return false;
    for (int i = 0; i < s->n_taken; i++)
        if (overlap(box, s->taken[i]) > 0)
            return false;
    return true;
}

typedef struct label {
    enum label_id id;
    const char *text;
    tread_text_style style;
    point at;                 /* what it belongs to */
    double reach_px;          /* gap between that and the box */
    double half_px;           /* how far it stretches sideways itself */
    const struct spot *spots; /* N_SPOTS */
    double side;              /* +1 or -1: where the spots' x points */
} label;

/* The box of a label in one of its spots. */
static rect box_at(const label *l, double width, double height, struct spot spot)
{
    double half = fabs(spot.x) >= 1 ? l->half_px : 0;
    point centre = {l->at.x + l->side * spot.x * (half + l->reach_px + 0.5 * width),
                    l->at.y + spot.y * (l->reach_px + 0.5 * height)};
    return (rect){centre.x - 0.5 * width, centre.y - 0.5 * height, centre.x + 0.5 * width,
                  centre.y + 0.5 * height};
}

/* Write a label where it hides least; where it sat last unless that is clearly worse. No
 * free spot: it is left out. */
static void draw_label(scene *s, const label *l)
{
    tread_canvas *c = s->o->canvas;
    if (!is_point(l->at))
        return;
    double cap = tread_vision__canvas_cap_height(c, &l->style), pad = 0.55 * cap;
    double width = tread_vision__canvas_text_width(c, &l->style, l->text) + 2 * pad;
    double height = cap + 1.5 * pad, best_cost = INFINITY;
    int *last = &s->o->spot[l->id], best = -1;
    for (int i = 0; i < N_SPOTS; i++) {
        rect box = box_at(l, width, height, l->spots[i]);
        double cost = hidden_samples(s, box) + 0.7 * i - (i == *last ? 2 : 0);
        if (is_free(s, box) && cost < best_cost) {
            best_cost = cost;
            best = i;
        }
    }
    *last = best;
    if (best < 0)
        return;
    rect box = box_at(l, width, height, l->spots[best]);
    tread_vision__canvas_panel(c, (point){box.left, box.top}, width, height, 0.4 * height,
                               pill_colour);
    tread_vision__canvas_text(c, (point){0.5 * (box.left + box.right), box.bottom - 0.75 * pad},
                              TREAD_ANCHOR_CENTRE, &l->style, l->text);
    s->taken[s->n_taken++] = box;
}

static void label_knee(scene *s, enum tread_side side, enum label_id id)
{
    if (!isfinite(s->r->knee_flexion_deg[side]))
        return; /* a dash on each knee says nothing, from behind in every frame */
    bool is_near = is_in_front(s, side);
    point knee = joint_of(s, TREAD_LEFT_KNEE, side);
    double outwards = knee.x < s->mid_hip.x ? -1 : 1;
    double size = is_near ? fmax(21 * s->o->body, 14) : fmax(15 * s->o->body, 11);
    char text[TEXT_BYTES];
    put_number(text, s->r->knee_flexion_deg[side], 199, "°");
    const label l = {.id = id,
                     .text = text,
                     .style = {.size_px = size, .is_bold = is_near, .colour = side_colour[side]},
                     .at = knee,
                     .reach_px = 1.6 * limb_stroke(s, side).width_px + 4 * s->o->body,
                     .spots = beside,
                     .side = !s->is_side_view ? outwards
                             : is_near        ? s->ahead
                                              : -s->ahead};
    draw_label(s, &l);
}

static void label_lean(scene *s)
{
    if (!isfinite(s->r->trunk_lean_deg) || !is_point(s->mid_hip) || !is_point(s->mid_shoulder))
        return;
    double length = hypot(s->mid_shoulder.x - s->mid_hip.x, s->mid_shoulder.y - s->mid_hip.y);
    char text[TEXT_BYTES];
    put_number(text, fabs(s->r->trunk_lean_deg), 99, "°"); /* which way is plain to see */
    const label l = {
        .id = LABEL_LEAN,
        .text = text,
        .style = {.size_px = fmax(21 * s->o->body, 14), .is_bold = true, .colour = white},
        .at = {s->mid_hip.x, s->mid_hip.y - LEAN_RADIUS * length},
        .reach_px = 8 * s->o->body,
        .spots = beside,
        .side = s->mid_shoulder.x <= s->mid_hip.x ? 1 : -1};
    draw_label(s, &l);
}

static void label_contact(scene *s, enum tread_side side, enum label_id id)
{
    if (s->r->contact[side] != 1) {
        s->o->spot[id] = -1;
        return;
    }
    point heel = joint_of(s, TREAD_LEFT_HEEL, side), toe = joint_of(s, TREAD_LEFT_TOE, side);
    point at = middle(heel, toe);
    at.y = fmax(heel.y, toe.y);
    const label l = {.id = id,
                     .text = "contact",
                     .style = {.size_px = fmax(13 * s->o->body, 11), .colour = side_colour[side]},
                     .at = at,
                     .reach_px = 1.2 * limb_stroke(s, side).width_px + 5 * s->o->body,
                     .half_px = 0.5 * fabs(toe.x - heel.x),
                     .spots = below,
                     .side = s->ahead};
    draw_label(s, &l);
}

/* ---- the door -------------------------------------------------------------- */

int tread_report__overlay_create(tread_overlay **out, int width_px, int height_px, tread_error *err)
{
    *out = NULL;
    tread_overlay *o = calloc(1, sizeof *o);
    if (!o)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for the overlay");
    int status = tread_vision__canvas_create(&o->canvas, width_px, height_px, err);
    if (status != TREAD_OK) {
        tread_report__overlay_destroy(&o);
        return status;
    }
    o->width_px = width_px;
    o->height_px = height_px;
    o->unit = fmin(height_px / REFERENCE_HEIGHT_PX, width_px / REFERENCE_WIDTH_PX);
    o->body = o->unit;
    for (int i = 0; i < N_LABELS; i++)
        o->spot[i] = -1;
    measure_panel(o);
    *out = o;
    return TREAD_OK;
}

void tread_report__overlay_destroy(tread_overlay **o)
{
    if (!o || !*o)
        return;
    tread_vision__canvas_destroy(&(*o)->canvas);
    free(*o);
    *o = NULL;
}

/* Joints into picture pixels; false when nobody is there. */
static bool set_scene(scene *s, double scale_x, double scale_y)
{
    bool has_joint = false;
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        s->joint[i] = (point){scale_x * s->r->x_px[i], scale_y * s->r->y_px[i]};
        has_joint |= is_point(s->joint[i]);
    }
    s->mid_hip = middle(s->joint[TREAD_LEFT_HIP], s->joint[TREAD_RIGHT_HIP]);
    s->mid_shoulder = middle(s->joint[TREAD_LEFT_SHOULDER], s->joint[TREAD_RIGHT_SHOULDER]);
    s->near_side = s->facts->near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    s->is_side_view = s->facts->view == TREAD_VIEW_LEFT || s->facts->view == TREAD_VIEW_RIGHT;
    s->ahead = s->facts->view == TREAD_VIEW_LEFT ? -1 : 1;
    return has_joint && s->r->presence > 0;
}

static void draw_nobody(tread_overlay *o)
{
    tread_text_style style = small_text(o, false);
    style.halo = edge_colour;
    double cap = tread_vision__canvas_cap_height(o->canvas, &style), pad = pad_px(o);
    double width = tread_vision__canvas_text_width(o->canvas, &style, "no runner");
    if (width + 2 * pad <= o->width_px && cap + 2 * pad <= o->height_px)
        tread_vision__canvas_text(o->canvas, (point){pad, pad + cap}, TREAD_ANCHOR_LEFT, &style,
                                  "no runner");
}

void tread_report__overlay_draw(tread_overlay *o, uint8_t *bgra, ptrdiff_t stride_bytes,
                                const tread_frame_result *r, double scale_x, double scale_y,
                                const tread_overlay_facts *facts)
{
    scene s = {.o = o, .r = r, .facts = facts};
    tread_vision__canvas_target(o->canvas, bgra, stride_bytes);
    if (!set_scene(&s, scale_x, scale_y)) {
        draw_nobody(o);
        return;
    }
    if (!o->is_placed)
        place(&s);
    draw_arm(&s, other(s.near_side));
    draw_leg(&s, other(s.near_side));
    draw_arm(&s, s.near_side);
    draw_trunk(&s);
    draw_leg(&s, s.near_side);
    if (facts->is_bare)
        return;
    if (o->has_panel)
        draw_panel(&s);
    label_knee(&s, s.near_side, LABEL_KNEE_NEAR);
    label_lean(&s);
    label_knee(&s, other(s.near_side), LABEL_KNEE_FAR);
    label_contact(&s, s.near_side, LABEL_CONTACT_NEAR);
    label_contact(&s, other(s.near_side), LABEL_CONTACT_FAR);
}

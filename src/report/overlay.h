/* Private to report: what the parts of the overlay share.
 *
 * overlay.c is the door. overlay_runner.c draws the skeleton and its angles, overlay_labels.c the
 * words on it, overlay_belt.c where feet have been. Over them lie three boxes that
 * overlay_place.c finds room for: numbers (overlay_panel.c), last steps (overlay_strip.c) and what
 * is wrong (overlay_cue.c). overlay_style.c holds colours, sizes and how numbers are written. */
#ifndef REPORT_OVERLAY_H
#define REPORT_OVERLAY_H

#include <math.h>
#include <stdbool.h>

#include "report/report.h"
#include "vision/vision.h"

#define OVERLAY_TEXT_BYTES 48
#define OVERLAY_PI 3.14159265358979323846

typedef tread_canvas_point overlay_point;

typedef struct overlay_rect {
    double left, top, right, bottom;
} overlay_rect;

enum overlay_label_id {
    OVERLAY_KNEE_NEAR,
    OVERLAY_KNEE_FAR,
    OVERLAY_LEAN,
    OVERLAY_CONTACT_NEAR,
    OVERLAY_CONTACT_FAR,
    OVERLAY_N_LABELS
};

enum overlay_box_id { OVERLAY_PANEL, OVERLAY_CUE, OVERLAY_STRIP, OVERLAY_N_BOXES };

/* A place for something that must not move while the clip plays. */
typedef struct overlay_box {
    overlay_rect at;
    double unit;  /* picture pixels per reference pixel in it */
    bool is_free; /* there is room for it */
} overlay_box;

/* A foot's stand on the belt, and where the belt carries what it left there. */
typedef struct overlay_stand {
    bool is_on;                /* on the belt now */
    double since_s, until_s;   /* until_s NaN: none yet */
    double flat_s;             /* when the foot lay flattest */
    double flatness;           /* |slope| of the sole then */
    overlay_point heel, toe;   /* the sole then */
    overlay_point first, last; /* of the toe, from flat on */
    double first_s, last_s;
} overlay_stand;

struct tread_overlay {
    tread_canvas *canvas;
    int width_px, height_px;
    double unit;    /* picture pixels per reference pixel */
    double body;    /* the same for what is drawn on the runner; fixed with the boxes */
    bool is_placed; /* boxes and body scale are chosen for this clip */
    overlay_box box[OVERLAY_N_BOXES];
    double column;              /* of the panel's values, from its left edge */
    size_t n_rows;              /* that the panel has room for */
    int spot[OVERLAY_N_LABELS]; /* where each label sat last, so that it stays there; -1 = none */
    overlay_stand stand[TREAD_N_SIDES];
    overlay_point belt_px_s; /* how fast what lies on the belt moves; NaN = not known yet */
    double last_s;           /* of the frame before; NaN = none */
};

/* One frame being drawn. */
typedef struct overlay_scene {
    tread_overlay *o;
    const tread_frame_result *r;
    const tread_overlay_facts *facts;
    overlay_point joint[TREAD_N_JOINTS]; /* in picture pixels */
    overlay_point mid_hip, mid_shoulder;
    enum tread_side near_side;
    bool is_side_view;
    double ahead; /* +1 when the runner faces image-right, -1 left */
    overlay_rect taken[OVERLAY_N_LABELS];
    int n_taken;
} overlay_scene;

/* ---- overlay_style.c ------------------------------------------------------- */

extern const tread_colour overlay_side_colour[TREAD_N_SIDES];
extern const tread_colour overlay_white, overlay_grey, overlay_yellow, overlay_edge, overlay_card,
    overlay_ink;

tread_colour overlay_alpha(tread_colour colour, uint8_t alpha);
bool overlay_is_point(overlay_point p);
overlay_point overlay_middle(overlay_point a, overlay_point b);
/** Area that both cover. */
double overlay_shared(overlay_rect a, overlay_rect b);

static inline enum tread_side overlay_other(enum tread_side side)
{
    return side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
}

static inline overlay_point overlay_joint(const overlay_scene *s, enum tread_joint left,
                                          enum tread_side side)
{
    return s->joint[left + side];
}

/* What stands in a box, at the box's own scale. */
tread_text_style overlay_large(double unit, bool is_value);
tread_text_style overlay_small(double unit, bool is_value);
double overlay_pad(double unit);
double overlay_row_px(tread_text_style style);

/** A whole number with its unit; a dash for what was not measured or cannot be meant.
 *  @param out  (OVERLAY_TEXT_BYTES) */
void overlay_put_number(char *out, double value, double most, const char *unit);

/** Drawn card of a box. */
void overlay_draw_card(tread_overlay *o, overlay_rect at, double unit);

/* ---- overlay_place.c ------------------------------------------------------- */

/** Sizes and places for all boxes, and the scale of what is drawn on the runner; kept from the
 *  first whole runner on. */
void overlay_place(overlay_scene *s);

/* ---- the boxes: how large each is at a scale, and drawing it ----------------- */

#define OVERLAY_MAX_ROWS 5

/** A line of the panel. */
typedef struct overlay_row {
    const char *name;
    char value[OVERLAY_TEXT_BYTES];
    const char *widest; /* text no value is wider than */
    bool is_large;
    int side; /* a dot in this side's colour at its end; -1 = none */
} overlay_row;

/** What the panel says: from the side the frame's angles, from behind or in front what is measured
 *  there. @param[out] rows (OVERLAY_MAX_ROWS), the large ones first. @return how many */
size_t overlay_rows(const tread_frame_result *r, const tread_overlay_facts *facts,
                    overlay_row *rows);

/** Width and height at this scale, in right and bottom. The panel also sets its column. */
overlay_rect overlay_panel_size(overlay_scene *s, double unit);
overlay_rect overlay_strip_size(overlay_scene *s, double unit);
overlay_rect overlay_cue_size(overlay_scene *s, double unit);
void overlay_draw_panel(overlay_scene *s);
void overlay_draw_strip(overlay_scene *s);
void overlay_draw_cue(overlay_scene *s);

/* ---- on the runner --------------------------------------------------------- */

#define OVERLAY_LEAN_RADIUS 0.86 /* how far up the trunk its lean is read */

/** Seen from behind no side is nearer. */
bool overlay_is_in_front(const overlay_scene *s, enum tread_side side);
tread_stroke overlay_limb_stroke(const overlay_scene *s, enum tread_side side);
/** How far from the knee its arc is drawn; 0: none. */
double overlay_knee_arc_px(const overlay_scene *s, enum tread_side side);
void overlay_draw_runner(overlay_scene *s);
void overlay_draw_labels(overlay_scene *s);

/** Follow the feet; draw where the belt carries what they left on it. */
void overlay_follow_belt(overlay_scene *s);
void overlay_draw_belt(overlay_scene *s);

#endif

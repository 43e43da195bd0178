/* The annotated picture, from the outside. Nothing is drawn from NaN; a number that was not
 * measured is a dash. */
#include "report/overlay.h"

#include <stdlib.h>

#include "base/error.h"

/* All sizes are for a picture 720 px high and at least 480 wide, and scale with it. */
#define REFERENCE_HEIGHT_PX 720.0
#define REFERENCE_WIDTH_PX 480.0

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
    o->last_s = (double)NAN;
    for (int i = 0; i < OVERLAY_N_LABELS; i++)
        o->spot[i] = -1;
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
static bool set_scene(overlay_scene *s, double scale_x, double scale_y)
{
    bool has_joint = false;
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        s->joint[i] = (overlay_point){scale_x * s->r->x_px[i], scale_y * s->r->y_px[i]};
        has_joint |= overlay_is_point(s->joint[i]);
    }
    s->mid_hip = overlay_middle(s->joint[TREAD_LEFT_HIP], s->joint[TREAD_RIGHT_HIP]);
    s->mid_shoulder = overlay_middle(s->joint[TREAD_LEFT_SHOULDER], s->joint[TREAD_RIGHT_SHOULDER]);
    s->near_side = s->facts->near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    s->is_side_view = s->facts->view == TREAD_VIEW_LEFT || s->facts->view == TREAD_VIEW_RIGHT;
    s->ahead = s->facts->view == TREAD_VIEW_LEFT ? -1 : 1;
    return has_joint && s->r->presence > 0;
}

static void draw_nobody(tread_overlay *o)
{
    tread_text_style style = overlay_small(o->unit, false);
    style.halo = overlay_edge;
    double cap = tread_vision__canvas_cap_height(o->canvas, &style), pad = overlay_pad(o->unit);
    double width = tread_vision__canvas_text_width(o->canvas, &style, "no runner");
    if (width + 2 * pad <= o->width_px && cap + 2 * pad <= o->height_px)
        tread_vision__canvas_text(o->canvas, (overlay_point){pad, pad + cap}, TREAD_ANCHOR_LEFT,
                                  &style, "no runner");
}

void tread_report__overlay_draw_runner(tread_overlay *o, const tread_surface *picture,
                                       const tread_frame_result *r, double scale_x, double scale_y,
                                       const tread_overlay_facts *facts)
{
    overlay_scene s = {.o = o, .r = r, .facts = facts};
    overlay_row rows[OVERLAY_MAX_ROWS];
    tread_vision__canvas_target(o->canvas, picture);
    if (!set_scene(&s, scale_x, scale_y))
        return;
    if (!o->is_placed || overlay_rows(r, facts, rows) != o->n_rows)
        overlay_place(&s);
    if (!facts->is_bare) {
        overlay_follow_belt(&s);
        overlay_draw_belt(&s);
    }
    overlay_draw_runner(&s);
    if (!facts->is_bare)
        overlay_draw_labels(&s);
}

void tread_report__overlay_draw_boxes(tread_overlay *o, const tread_surface *picture,
                                      const tread_frame_result *r, const tread_overlay_facts *facts)
{
    overlay_scene s = {.o = o, .r = r, .facts = facts};
    tread_vision__canvas_target(o->canvas, picture);
    if (!set_scene(&s, 1, 1)) {
        draw_nobody(o);
        return;
    }
    if (facts->is_bare)
        return;
    if (o->box[OVERLAY_PANEL].is_free)
        overlay_draw_panel(&s);
    overlay_draw_strip(&s);
    overlay_draw_cue(&s);
}

void tread_report__overlay_draw(tread_overlay *o, const tread_surface *picture,
                                const tread_frame_result *r, double scale_x, double scale_y,
                                const tread_overlay_facts *facts)
{
    tread_report__overlay_draw_runner(o, picture, r, scale_x, scale_y, facts);
    tread_report__overlay_draw_boxes(o, picture, r, facts);
}

/* The last steps in a row, the newest on the right: whose foot by colour, how it landed by shape
 * and letter as on the live page, and under it how long it was on the belt, or its angle. */
#include "report/overlay.h"

#include <stdio.h>

#define N_CELLS 6
/* Older steps fade to this share. */
#define OLDEST 0.5

static double cell_px(double unit)
{
    return 2.7 * overlay_small(unit, true).size_px;
}

static double mark_px(double unit)
{
    return 1.5 * overlay_small(unit, true).size_px;
}

static bool is_along(const overlay_scene *s)
{
    return s->facts->view == TREAD_VIEW_REAR || s->facts->view == TREAD_VIEW_FRONT;
}

/* What stands under the marks: how long a foot was on the belt, where the camera is fast enough to
 * tell that of a single step; else how it landed. */
static enum tread_measure_id measure_shown(const overlay_scene *s)
{
    const tread_overlay_facts *facts = s->facts;
    if (is_along(s))
        return TREAD_MEASURE_STEP_WIDTH;
    for (size_t i = 0; i < facts->n_steps && i < N_CELLS; i++)
        if (isfinite(facts->steps[facts->n_steps - 1 - i].value[TREAD_MEASURE_CONTACT]))
            return TREAD_MEASURE_CONTACT;
    return TREAD_MEASURE_FOOT_STRIKE_ANGLE;
}

/* Steps of which nothing is known say nothing. */
static bool is_anything_known(const overlay_scene *s, enum tread_measure_id measure)
{
    const tread_overlay_facts *facts = s->facts;
    for (size_t i = 0; i < facts->n_steps && i < N_CELLS; i++) {
        const tread_step *step = &facts->steps[facts->n_steps - 1 - i];
        if (step->is_valid &&
            (isfinite(step->value[measure]) || step->foot_strike != TREAD_STRIKE_UNKNOWN))
            return true;
    }
    return false;
}

static const char *caption(enum tread_measure_id measure)
{
    switch (measure) {
    case TREAD_MEASURE_STEP_WIDTH: return "step width, % of hips";
    case TREAD_MEASURE_CONTACT: return "contact, ms";
    default: return "angle at landing";
    }
}

overlay_rect overlay_strip_size(overlay_scene *s, double unit)
{
    double pad = overlay_pad(unit), row = overlay_row_px(overlay_small(unit, true));
    (void)s;
    return (overlay_rect){0, 0, ceil(N_CELLS * cell_px(unit) + 1.2 * pad),
                          ceil(1.4 * pad + 2 * row + mark_px(unit))};
}

static void draw_square(tread_canvas *c, overlay_point at, double half, tread_colour colour)
{
    tread_vision__canvas_panel(c, (overlay_point){at.x - half, at.y - half}, 2 * half, 2 * half,
                               0.25 * half, colour);
}

static void draw_diamond(tread_canvas *c, overlay_point at, double half, tread_colour colour)
{
    const overlay_point corners[] = {
        {at.x, at.y - half}, {at.x + half, at.y}, {at.x, at.y + half}, {at.x - half, at.y}};
    tread_vision__canvas_polygon(c, corners, 4, colour);
}

static void draw_mark(overlay_scene *s, overlay_point at, const tread_step *step, uint8_t alpha)
{
    tread_canvas *c = s->o->canvas;
    double unit = s->o->box[OVERLAY_STRIP].unit, half = 0.5 * mark_px(unit);
    tread_colour colour = overlay_alpha(
        overlay_side_colour[step->side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT], alpha);
    const char *letter = "";
    switch (step->is_valid ? step->foot_strike : TREAD_STRIKE_UNKNOWN) {
    case TREAD_STRIKE_REARFOOT:
        letter = "H";
        draw_square(c, at, 0.9 * half, colour);
        break;
    case TREAD_STRIKE_MIDFOOT:
        letter = "M";
        tread_vision__canvas_disc(c, at, half, colour);
        break;
    case TREAD_STRIKE_FOREFOOT:
        letter = "F";
        draw_diamond(c, at, 1.15 * half, colour);
        break;
    default: tread_vision__canvas_disc(c, at, 0.5 * half, colour); break;
    }
    tread_text_style style = overlay_small(unit, true);
    style.colour = overlay_ink;
    tread_vision__canvas_text(
        c, (overlay_point){at.x, at.y + 0.5 * tread_vision__canvas_cap_height(c, &style)},
        TREAD_ANCHOR_CENTRE, &style, letter);
}

static void draw_cell(overlay_scene *s, double left, const tread_step *step,
                      enum tread_measure_id measure, uint8_t alpha)
{
    tread_overlay *o = s->o;
    const overlay_box *box = &o->box[OVERLAY_STRIP];
    double unit = box->unit, pad = overlay_pad(unit),
           row = overlay_row_px(overlay_small(unit, true));
    double x = left + 0.5 * cell_px(unit), y = box->at.top + 0.7 * pad + row;
    char text[OVERLAY_TEXT_BYTES];
    draw_mark(s, (overlay_point){x, y + 0.5 * mark_px(unit)}, step, alpha);
    overlay_put_number(text, step->is_valid ? step->value[measure] : (double)NAN, 9999,
                       measure == TREAD_MEASURE_FOOT_STRIKE_ANGLE ? "°" : "");
    tread_text_style style = overlay_small(unit, false);
    style.colour = overlay_alpha(overlay_white, alpha);
    double middle = y + mark_px(unit) + 0.5 * row;
    tread_vision__canvas_text(
        o->canvas,
        (overlay_point){x, middle + 0.5 * tread_vision__canvas_cap_height(o->canvas, &style)},
        TREAD_ANCHOR_CENTRE, &style, text);
}

void overlay_draw_strip(overlay_scene *s)
{
    tread_overlay *o = s->o;
    const overlay_box *box = &o->box[OVERLAY_STRIP];
    const tread_overlay_facts *facts = s->facts;
    size_t n = facts->n_steps < N_CELLS ? facts->n_steps : N_CELLS;
    enum tread_measure_id measure = measure_shown(s);
    if (!box->is_free || !is_anything_known(s, measure))
        return;
    double unit = box->unit, pad = overlay_pad(unit), cell = cell_px(unit);
    tread_text_style style = overlay_small(unit, false);
    style.size_px = fmax(0.85 * style.size_px, 11);
    overlay_draw_card(o, box->at, unit);
    double middle = box->at.top + 0.5 * pad + 0.5 * overlay_row_px(style);
    double baseline = middle + 0.5 * tread_vision__canvas_cap_height(o->canvas, &style);
    tread_vision__canvas_text(o->canvas, (overlay_point){box->at.left + pad, baseline},
                              TREAD_ANCHOR_LEFT, &style, "last steps");
    tread_vision__canvas_text(o->canvas, (overlay_point){box->at.right - pad, baseline},
                              TREAD_ANCHOR_RIGHT, &style, caption(measure));
    for (size_t i = 0; i < n; i++) { /* i = 0: the newest */
        double share =
            n > 1 ? OLDEST + (1 - OLDEST) * (double)(N_CELLS - 1 - i) / (N_CELLS - 1) : 1;
        draw_cell(s, box->at.right - 0.6 * pad - (double)(i + 1) * cell,
                  &facts->steps[facts->n_steps - 1 - i], measure, (uint8_t)lround(255 * share));
    }
}

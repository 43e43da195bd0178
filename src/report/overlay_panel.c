/* The panel of numbers, with the legend of colours and the time. */
#include "report/overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES OVERLAY_TEXT_BYTES

/* ---- what it says ----------------------------------------------------------- */

static void put_lean(char *out, double lean_deg)
{
    overlay_put_number(out, fabs(lean_deg), 99, "°");
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
    overlay_put_number(
        angle, step && step->is_valid ? step->value[TREAD_MEASURE_FOOT_STRIKE_ANGLE] : (double)NAN,
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
        overlay_put_number(out, (double)NAN, 0, "");
        return;
    }
    long hundredths = (long)floor(time_s * 100 + 1e-6), s = hundredths / 100;
    if (s < 3600)
        snprintf(out, TEXT_BYTES, "%ld:%02ld.%02ld", s / 60, s % 60, hundredths % 100);
    else
        snprintf(out, TEXT_BYTES, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* A mean, and how it is written. */
typedef struct mean_row {
    const char *name;
    double value, most;
    int n_decimals;
    const char *unit, *widest;
    bool is_large;
} mean_row;

/* Rows for those that are known. @return how many */
static size_t put_means(const mean_row *means, size_t n, overlay_row *rows)
{
    size_t n_rows = 0;
    for (const mean_row *m = means; m < means + n; m++) {
        if (!(fabs(m->value) <= m->most))
            continue;
        overlay_row *row = &rows[n_rows++];
        *row = (overlay_row){
            .name = m->name, .widest = m->widest, .is_large = m->is_large, .side = -1};
        double half_unit = 0.5 * pow(10, -m->n_decimals);
        snprintf(row->value, TEXT_BYTES, "%s%.*f%s", m->value <= -half_unit ? "−" : "",
                 m->n_decimals, fabs(m->value), m->unit);
    }
    return n_rows;
}

/* The frame's angles of the leg that is seen, and how the last foot landed. */
static size_t side_rows(const tread_frame_result *r, const tread_overlay_facts *facts,
                        overlay_row *rows)
{
    enum tread_side near_side = facts->near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    const tread_step *step = facts->n_steps ? &facts->steps[facts->n_steps - 1] : NULL;
    rows[0] = (overlay_row){.name = "Trunk", .widest = "88° backward", .is_large = true};
    rows[1] = (overlay_row){.name = "Knee", .widest = "188°", .is_large = true};
    rows[2] = (overlay_row){.name = "Foot", .widest = "forefoot −88°", .is_large = true};
    put_lean(rows[0].value, r->trunk_lean_deg);
    overlay_put_number(rows[1].value, r->knee_flexion_deg[near_side], 199, "°");
    put_foot(rows[2].value, step);
    rows[0].side = -1;
    rows[1].side = (int)near_side;
    rows[2].side = step && step->is_valid ? (int)step->side : -1;
    const mean_row means[] = {
        {"Cadence", facts->means.cadence_spm, 999, 0, " steps/min", "888 steps/min", false},
        {"Contact", facts->means.contact_ms, 9999, 0, " ms", "8888 ms", false}};
    return 3 + put_means(means, 2, rows + 3);
}

/* From behind or in front no angle of a single frame is measured. */
static size_t along_rows(const tread_overlay_facts *facts, overlay_row *rows)
{
    const tread_overlay_means *m = &facts->means;
    const mean_row means[OVERLAY_MAX_ROWS] = {
        {"Side lean", m->side_lean_deg, 90, 1, "°", "−88.8°", true},
        {"Trunk sway", m->sway_deg, 90, 1, "°", "88.8°", true},
        {"Step width", m->step_width_pct, 999, 0, " % of hips", "−188 % of hips", true},
        {"Cadence", m->cadence_spm, 999, 0, " steps/min", "888 steps/min", false},
        {"Arms across", m->arms_pct, 100, 0, " % of steps", "100 % of steps", false}};
    return put_means(means, OVERLAY_MAX_ROWS, rows);
}

size_t overlay_rows(const tread_frame_result *r, const tread_overlay_facts *facts,
                    overlay_row *rows)
{
    bool is_along = facts->view == TREAD_VIEW_REAR || facts->view == TREAD_VIEW_FRONT;
    return is_along ? along_rows(facts, rows) : side_rows(r, facts, rows);
}

/* ---- how large it is ---------------------------------------------------------- */

static double dot_px(double unit)
{
    return 0.3 * overlay_small(unit, true).size_px;
}

/* Room for a rule between two groups of rows. */
static double rule_px(double unit)
{
    return 0.8 * overlay_pad(unit);
}

/* One name of the legend with its dot, without the space after it. */
static double legend_px(tread_overlay *o, double unit, const char *name)
{
    tread_text_style style = overlay_small(unit, false);
    return 2 * dot_px(unit) + 0.35 * style.size_px +
           tread_vision__canvas_text_width(o->canvas, &style, name);
}

static tread_text_style row_style(const overlay_row *row, double unit, bool is_value)
{
    return row->is_large ? overlay_large(unit, is_value) : overlay_small(unit, is_value);
}

static double text_px(tread_overlay *o, tread_text_style style, const char *text)
{
    return tread_vision__canvas_text_width(o->canvas, &style, text);
}

/* Wide enough for whatever the rows may say, so that nothing moves while it plays. */
overlay_rect overlay_panel_size(overlay_scene *s, double unit)
{
    tread_overlay *o = s->o;
    overlay_row rows[OVERLAY_MAX_ROWS];
    size_t n = overlay_rows(s->r, s->facts, rows);
    double pad = overlay_pad(unit), gap = 0.7 * overlay_large(unit, true).size_px;
    double names = 0, values = 0, height = 2 * pad + overlay_row_px(overlay_small(unit, true));
    bool has_large = false, has_small = false;
    for (size_t i = 0; i < n; i++) {
        const overlay_row *row = &rows[i];
        tread_text_style style = row_style(row, unit, true);
        double dot = row->is_large ? 0.6 * gap + 2 * dot_px(unit) : 0;
        names = fmax(names, text_px(o, row_style(row, unit, false), row->name));
        values = fmax(values, text_px(o, style, row->widest) + dot);
        height += overlay_row_px(style);
        has_large |= row->is_large;
        has_small |= !row->is_large;
    }
    height += (has_large + has_small) * rule_px(unit);
    o->n_rows = n;
    o->column = pad + gap + names;
    tread_text_style small = overlay_small(unit, true);
    double legend = legend_px(o, unit, "left") + legend_px(o, unit, "right") + 2 * gap;
    double times = fmax(text_px(o, small, "88:88.88"), text_px(o, small, "88:88:88"));
    return (overlay_rect){0, 0, ceil(fmax(o->column + values + pad, 2 * pad + legend + times)),
                          ceil(height)};
}

/* ---- drawing it ----------------------------------------------------------------- */

static void draw_row(tread_overlay *o, double centre_y, const overlay_row *row)
{
    const overlay_box *box = &o->box[OVERLAY_PANEL];
    double pad = overlay_pad(box->unit), dot = dot_px(box->unit);
    tread_text_style names = row_style(row, box->unit, false);
    tread_text_style values = row_style(row, box->unit, true);
    double baseline = centre_y + 0.5 * tread_vision__canvas_cap_height(o->canvas, &values);
    tread_vision__canvas_text(o->canvas, (overlay_point){box->at.left + pad, baseline},
                              TREAD_ANCHOR_LEFT, &names, row->name);
    tread_vision__canvas_text(o->canvas, (overlay_point){box->at.left + o->column, baseline},
                              TREAD_ANCHOR_LEFT, &values, row->value);
    if (row->side >= 0)
        tread_vision__canvas_disc(o->canvas, (overlay_point){box->at.right - pad - dot, centre_y},
                                  dot, overlay_side_colour[row->side]);
}

/* A faint rule across the panel, in the middle of the room below `y`. */
static double draw_rule(tread_overlay *o, double y)
{
    const overlay_box *box = &o->box[OVERLAY_PANEL];
    double pad = overlay_pad(box->unit), room = rule_px(box->unit);
    const overlay_point ends[2] = {{box->at.left + pad, y + 0.5 * room},
                                   {box->at.right - pad, y + 0.5 * room}};
    const tread_stroke stroke = {.width_px = fmax(box->unit, 1),
                                 .colour = overlay_alpha(overlay_grey, 90)};
    tread_vision__canvas_polyline(o->canvas, ends, 2, &stroke);
    return room;
}

static void draw_legend(overlay_scene *s, double centre_y)
{
    tread_overlay *o = s->o;
    const overlay_box *box = &o->box[OVERLAY_PANEL];
    double unit = box->unit, dot = dot_px(unit);
    tread_text_style names = overlay_small(unit, false), values = overlay_small(unit, true);
    double x = box->at.left + overlay_pad(unit), gap = 0.7 * names.size_px;
    double baseline = centre_y + 0.5 * tread_vision__canvas_cap_height(o->canvas, &names);
    for (int side = TREAD_LEFT; side <= TREAD_RIGHT; side++) {
        const char *name = tread_side_name((enum tread_side)side);
        tread_vision__canvas_disc(o->canvas, (overlay_point){x + dot, centre_y}, dot,
                                  overlay_side_colour[side]);
        tread_vision__canvas_text(o->canvas,
                                  (overlay_point){x + 2 * dot + 0.35 * names.size_px, baseline},
                                  TREAD_ANCHOR_LEFT, &names, name);
        x += legend_px(o, unit, name) + gap;
    }
    char text[TEXT_BYTES];
    put_time(text, s->r->time_s);
    tread_vision__canvas_text(o->canvas,
                              (overlay_point){box->at.right - overlay_pad(unit), baseline},
                              TREAD_ANCHOR_RIGHT, &values, text);
}

void overlay_draw_panel(overlay_scene *s)
{
    tread_overlay *o = s->o;
    const overlay_box *box = &o->box[OVERLAY_PANEL];
    overlay_row rows[OVERLAY_MAX_ROWS];
    size_t n = overlay_rows(s->r, s->facts, rows);
    overlay_draw_card(o, box->at, box->unit);
    double y = box->at.top + overlay_pad(box->unit);
    for (size_t i = 0; i < n; i++) {
        double height = overlay_row_px(row_style(&rows[i], box->unit, true));
        if (i > 0 && rows[i].is_large != rows[i - 1].is_large)
            y += draw_rule(o, y);
        draw_row(o, y + 0.5 * height, &rows[i]);
        y += height;
    }
    if (n > 0)
        y += draw_rule(o, y);
    draw_legend(s, y + 0.5 * overlay_row_px(overlay_small(box->unit, true)));
}

/* What is written on a replay in slow motion: what it is, and the moment it is at. */
#include "report/overlay.h"

#include <stdio.h>
#include <stdlib.h>

static void draw_pill(tread_overlay *o, overlay_point left_top, const tread_text_style *style,
                      const char *text, int side)
{
    tread_canvas *c = o->canvas;
    double cap = tread_vision__canvas_cap_height(c, style), pad = 0.9 * cap;
    double dot = side >= 0 ? 1.4 * cap : 0;
    double width = tread_vision__canvas_text_width(c, style, text) + 2 * pad + dot;
    double height = cap + 1.5 * pad;
    overlay_rect at = {left_top.x, left_top.y, left_top.x + width, left_top.y + height};
    overlay_draw_card(o, at, fmin(o->unit, height / 30));
    if (side >= 0)
        tread_vision__canvas_disc(c,
                                  (overlay_point){at.left + pad + 0.4 * cap, at.top + 0.5 * height},
                                  0.5 * cap, overlay_side_colour[side]);
    tread_vision__canvas_text(c, (overlay_point){at.left + pad + dot, at.bottom - 0.75 * pad},
                              TREAD_ANCHOR_LEFT, style, text);
}

/* A bar along the lower rim from the first moment to the last, with a mark at the contact. */
static void draw_bar(tread_overlay *o, const tread_overlay_replay *shown)
{
    tread_canvas *c = o->canvas;
    double pad = overlay_pad(o->unit), length = o->width_px - 4 * pad, y = o->height_px - 2 * pad;
    double whole = shown->before_ms + shown->after_ms;
    const tread_colour colour = overlay_side_colour[shown->side == TREAD_RIGHT];
    double contact_x = 2 * pad + length * shown->before_ms / whole;
    double now_x = 2 * pad + length * (shown->before_ms + shown->at_ms) / whole;
    const overlay_point bar[2] = {{2 * pad, y}, {2 * pad + length, y}};
    const overlay_point done[2] = {{2 * pad, y}, {now_x, y}};
    const overlay_point tick[2] = {{contact_x, y - 0.5 * pad}, {contact_x, y + 0.5 * pad}};
    double width = fmax(4 * o->unit, 3), edge = fmax(1.5 * o->unit, 1);
    tread_vision__canvas_polyline(
        c, bar, 2, &(tread_stroke){width, overlay_alpha(overlay_white, 110), edge, overlay_edge});
    tread_vision__canvas_polyline(c, done, 2, &(tread_stroke){.width_px = width, .colour = colour});
    tread_vision__canvas_polyline(c, tick, 2,
                                  &(tread_stroke){width, overlay_white, edge, overlay_edge});
}

void tread_report__overlay_draw_replay(tread_overlay *o, const tread_surface *picture,
                                       const tread_overlay_replay *shown)
{
    tread_vision__canvas_target(o->canvas, picture);
    double pad = overlay_pad(o->unit);
    const overlay_point rim[2] = {{0, 0}, {0, o->height_px}};
    const tread_stroke line = {.width_px = fmax(4 * o->unit, 3),
                               .colour = overlay_alpha(overlay_edge, 255)};
    tread_vision__canvas_polyline(o->canvas, rim, 2, &line);
    char text[OVERLAY_TEXT_BYTES];
    tread_text_style style = overlay_large(o->unit, true), small = overlay_small(o->unit, true);
    bool is_running = isfinite(shown->at_ms);
    if (is_running)
        snprintf(text, sizeof text, "%s contact, 1/%d speed", tread_side_name(shown->side),
                 shown->slow);
    else
        snprintf(text, sizeof text, "contacts at 1/%d speed", shown->slow);
    double room = o->width_px - 5 * pad;
    double width = tread_vision__canvas_text_width(o->canvas, &style, text);
    if (width > room)
        style.size_px *= room / width;
    draw_pill(o, (overlay_point){pad, pad}, &style, text, is_running ? (int)shown->side : -1);
    if (!is_running)
        return;
    long ms = lround(shown->at_ms);
    snprintf(text, sizeof text, "%s%ld ms", ms < 0 ? "−" : ms > 0 ? "+" : "", labs(ms));
    draw_pill(o, (overlay_point){pad, pad + 2.1 * style.size_px}, &small, text, -1);
    draw_bar(o, shown);
}

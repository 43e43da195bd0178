/* Colours, sizes and numbers of the overlay. Right is orange and left is sky blue (Okabe and Ito's
 * palette, told apart by colour-blind eyes); the trunk is white. */
#include "report/overlay.h"

#include <stdio.h>
#include <stdlib.h>

#define DASH "–"

const tread_colour overlay_side_colour[TREAD_N_SIDES] = {
    [TREAD_LEFT] = {86, 180, 233, 255}, [TREAD_RIGHT] = {230, 159, 0, 255}};
const tread_colour overlay_white = {255, 255, 255, 255};
const tread_colour overlay_grey = {190, 198, 206, 255};
const tread_colour overlay_yellow = {240, 228, 66, 255};
const tread_colour overlay_edge = {10, 14, 20, 190};
const tread_colour overlay_card = {10, 14, 20, 188};
const tread_colour overlay_ink = {20, 17, 10, 255};

tread_colour overlay_alpha(tread_colour colour, uint8_t alpha)
{
    colour.alpha = alpha;
    return colour;
}

bool overlay_is_point(overlay_point p)
{
    return isfinite(p.x) && isfinite(p.y);
}

overlay_point overlay_middle(overlay_point a, overlay_point b)
{
    return (overlay_point){0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
}

double overlay_shared(overlay_rect a, overlay_rect b)
{
    double w = fmin(a.right, b.right) - fmax(a.left, b.left);
    double h = fmin(a.bottom, b.bottom) - fmax(a.top, b.top);
    return w > 0 && h > 0 ? w * h : 0;
}

tread_text_style overlay_large(double unit, bool is_value)
{
    return (tread_text_style){.size_px = fmax(22 * unit, 14),
                              .is_bold = is_value,
                              .colour = is_value ? overlay_white : overlay_grey};
}

tread_text_style overlay_small(double unit, bool is_value)
{
    return (tread_text_style){.size_px = fmax(15 * unit, 12),
                              .is_bold = is_value,
                              .colour = is_value ? overlay_white : overlay_grey};
}

double overlay_pad(double unit)
{
    return fmax(14 * unit, 8);
}

double overlay_row_px(tread_text_style style)
{
    return 1.42 * style.size_px;
}

void overlay_put_number(char *out, double value, double most, const char *unit)
{
    if (!(fabs(value) <= most)) {
        snprintf(out, OVERLAY_TEXT_BYTES, "%s", DASH);
        return;
    }
    long whole = lround(value);
    snprintf(out, OVERLAY_TEXT_BYTES, "%s%ld%s", whole < 0 ? "−" : "", labs(whole), unit);
}

void overlay_draw_card(tread_overlay *o, overlay_rect at, double unit)
{
    tread_vision__canvas_panel(o->canvas, (overlay_point){at.left, at.top}, at.right - at.left,
                               at.bottom - at.top, overlay_pad(unit), overlay_card);
}

/* What is wrong while it lasts: its level as shape, colour and word, the cue, and what it is. As on
 * the live page. */
#include "report/overlay.h"

#include <stdio.h>
#include <string.h>

#define N_LEVELS 3
#define MAX_CUES 2
#define MAX_LINES 3
#define LINE_BYTES 128
/* Of the picture's width at most, and in reference pixels. */
#define WIDEST_SHARE 0.92
#define WIDEST 560.0
/* Letters below this are not read. */
#define SMALLEST_PX 11.0

static const char *const level_word[N_LEVELS] = {"Watch", "Change", "Change now"};
/* src/serve/assets/base.css: tone1 to tone3. */
static const tread_colour level_colour[N_LEVELS] = {
    {240, 228, 66, 255}, {230, 159, 0, 255}, {224, 100, 26, 255}};

static int level_of(const tread_overlay_cue *cue)
{
    return cue->level < 1 ? 1 : cue->level > N_LEVELS ? N_LEVELS : cue->level;
}

static double card_px(const tread_overlay *o, double unit)
{
    return fmin(WIDEST_SHARE * o->width_px, WIDEST * unit);
}

static double icon_px(double unit)
{
    return 2.1 * overlay_large(unit, true).size_px;
}

/* The words of a cue cut into lines that fit. @return how many */
static int wrap(tread_overlay *o, const tread_text_style *style, const char *text, double room,
                char lines[MAX_LINES][LINE_BYTES])
{
    int n = 0;
    lines[0][0] = '\0';
    while (*text) {
        size_t word = strcspn(text, " "), used = strlen(lines[n]);
        char tried[LINE_BYTES];
        snprintf(tried, sizeof tried, "%s%s%.*s", lines[n], used ? " " : "", (int)word, text);
        bool fits = tread_vision__canvas_text_width(o->canvas, style, tried) <= room;
        if (!fits && used && n + 1 < MAX_LINES)
            snprintf(lines[++n], LINE_BYTES, "%.*s", (int)word, text);
        else
            snprintf(lines[n], LINE_BYTES, "%s", tried);
        text += word;
        text += strspn(text, " ");
    }
    return n + 1;
}

static size_t most_cues(const overlay_scene *s)
{
    return s->facts->most_cues < MAX_CUES ? s->facts->most_cues : MAX_CUES;
}

/* Room for the cards there may be, each with a title and a cue on one line; longer ones grow over
 * it. */
overlay_rect overlay_cue_size(overlay_scene *s, double unit)
{
    double pad = overlay_pad(unit);
    double card = 1.2 * pad + overlay_row_px(overlay_large(unit, true)) +
                  overlay_row_px(overlay_small(unit, false));
    double n = (double)most_cues(s);
    return (overlay_rect){0, 0, n > 0 ? ceil(card_px(s->o, unit)) : 0,
                          ceil(n * card + (n - 1) * 0.5 * pad)};
}

/* A circle, a triangle and an octagon, each with a mark of exclamation cut into it. */
static void draw_icon(tread_overlay *o, overlay_point at, double size, int level)
{
    tread_canvas *c = o->canvas;
    double half = 0.5 * size;
    tread_colour colour = level_colour[level - 1];
    if (level == 1) {
        tread_vision__canvas_disc(c, at, half, colour);
    } else {
        overlay_point corners[8];
        size_t n = level == 2 ? 3 : 8;
        for (size_t i = 0; i < n; i++) {
            double turn = level == 2 ? -0.5 : -0.5 + 1.0 / 8;
            double angle = OVERLAY_PI * (turn + 2 * (double)i / (double)n);
            double radius = level == 2 ? 1.25 * half : 1.05 * half;
            corners[i] =
                (overlay_point){at.x + radius * cos(angle),
                                at.y + radius * sin(angle) + (level == 2 ? 0.2 * half : 0)};
        }
        tread_vision__canvas_polygon(c, corners, n, colour);
    }
    double top = at.y - (level == 2 ? 0.35 : 0.5) * half;
    const overlay_point stem[2] = {{at.x, top}, {at.x, top + 0.6 * half}};
    const tread_stroke cut = {.width_px = fmax(0.2 * half, 1.6), .colour = overlay_ink};
    tread_vision__canvas_polyline(c, stem, 2, &cut);
    tread_vision__canvas_disc(c, (overlay_point){at.x, top + 0.98 * half}, fmax(0.13 * half, 1),
                              overlay_ink);
}

/* The level and what it is; the level alone where there is no room for letters that can be read. */
static void put_title(tread_overlay *o, char *out, const tread_overlay_cue *cue,
                      const tread_text_style *style, double room)
{
    int level = level_of(cue);
    bool has_side = cue->side == TREAD_LEFT || cue->side == TREAD_RIGHT;
    snprintf(out, LINE_BYTES, "%s: %s%s%s", level_word[level - 1], cue->title, has_side ? ", " : "",
             has_side ? tread_side_name(cue->side) : "");
    double width = tread_vision__canvas_text_width(o->canvas, style, out);
    if (width > room && style->size_px * room / width < SMALLEST_PX)
        snprintf(out, LINE_BYTES, "%s", level_word[level - 1]);
}

/* One line, smaller where it is too long for its room. */
static void draw_line(tread_overlay *o, overlay_point left_middle, tread_text_style style,
                      const char *text, double room)
{
    double width = tread_vision__canvas_text_width(o->canvas, &style, text);
    if (width > room)
        style.size_px *= room / width;
    double cap = tread_vision__canvas_cap_height(o->canvas, &style);
    tread_vision__canvas_text(o->canvas, (overlay_point){left_middle.x, left_middle.y + 0.5 * cap},
                              TREAD_ANCHOR_LEFT, &style, text);
}

/* Draw the card with its lower (or upper) edge at `edge_y`; @return the height it takes. */
static double draw_card(overlay_scene *s, const tread_overlay_cue *cue, double edge_y, bool is_up)
{
    tread_overlay *o = s->o;
    const overlay_box *box = &o->box[OVERLAY_CUE];
    double unit = box->unit, pad = overlay_pad(unit), icon = icon_px(unit);
    tread_text_style large = overlay_large(unit, true), small = overlay_small(unit, false);
    char lines[MAX_LINES][LINE_BYTES], title[LINE_BYTES];
    double indent = 1.1 * pad + icon + 0.9 * pad;
    double room = box->at.right - box->at.left - indent - pad;
    int n = wrap(o, &large, cue->words, room, lines);
    put_title(o, title, cue, &small, room);
    small.colour = level_colour[level_of(cue) - 1];
    double width = fmin(room, tread_vision__canvas_text_width(o->canvas, &small, title));
    for (int i = 0; i < n; i++)
        width =
            fmax(width, fmin(room, tread_vision__canvas_text_width(o->canvas, &large, lines[i])));
    double height = ceil(fmax(n * overlay_row_px(large) + overlay_row_px(small), icon) + 1.2 * pad);
    width = ceil(indent + width + 1.2 * pad);
    bool is_right = box->at.left + box->at.right > s->o->width_px + overlay_pad(o->unit);
    double left = is_right ? box->at.right - width : box->at.left;
    double top = is_up ? edge_y - height : edge_y;
    overlay_rect at = {left, top, left + width, top + height};
    tread_vision__canvas_panel(o->canvas, (overlay_point){at.left, at.top}, width, height, pad,
                               overlay_alpha(overlay_card, 215));
    draw_icon(o, (overlay_point){left + 1.1 * pad + 0.5 * icon, top + 0.5 * height}, icon,
              level_of(cue));
    double y = top + 0.5 * (height - n * overlay_row_px(large) - overlay_row_px(small));
    draw_line(o, (overlay_point){left + indent, y + 0.5 * overlay_row_px(small)}, small, title,
              room);
    y += overlay_row_px(small);
    for (int i = 0; i < n; i++, y += overlay_row_px(large))
        draw_line(o, (overlay_point){left + indent, y + 0.5 * overlay_row_px(large)}, large,
                  lines[i], room);
    return height;
}

void overlay_draw_cue(overlay_scene *s)
{
    const overlay_box *box = &s->o->box[OVERLAY_CUE];
    if (!box->is_free)
        return;
    bool is_up = box->at.top + box->at.bottom > s->o->height_px; /* it grows inwards */
    double y = is_up ? box->at.bottom : box->at.top;
    for (size_t i = 0; i < s->facts->n_cues && i < most_cues(s); i++) {
        double height = draw_card(s, &s->facts->cues[i], y, is_up);
        y += (is_up ? -1 : 1) * (height + 0.5 * overlay_pad(box->unit));
    }
}

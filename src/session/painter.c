#include "session/painter.h"
#include "session/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* More than a screen at a treadmill shows of a picture costs time and is not seen. */
#define LONGEST_PX 1280.0
/* Of the longer side: a cue is read in passing, at arm's length and more. */
#define STRIP_SHARE 0.075
/* Of the strip's height: the letters of the cue, and of what matters less. */
#define CUE_SHARE 0.56
#define CALM_SHARE 0.30
#define MARGIN_SHARE 0.25

static const tread_colour strip_colour = {10, 14, 20, 255};
static const tread_colour cue_colour = {255, 255, 255, 255};
static const tread_colour calm_colour = {190, 198, 206, 255};

void session_painter_clear(session_painter *p)
{
    tread_media__converter_destroy(&p->converter);
    tread_report__overlay_destroy(&p->overlay);
    tread_vision__canvas_destroy(&p->strip);
    free(p->bgra);
    *p = (session_painter){.bgra = NULL};
}

static int fit_size(session_painter *p, const tread_picture *picture)
{
    if (p->bgra && p->upright_width_px == picture->upright_width_px &&
        p->upright_height_px == picture->upright_height_px)
        return TREAD_OK;
    session_painter_clear(p);
    p->upright_width_px = picture->upright_width_px;
    p->upright_height_px = picture->upright_height_px;
    double longest = fmax(p->upright_width_px, p->upright_height_px);
    double scale = fmin(1, LONGEST_PX / longest);
    p->width_px = session_even_px(p->upright_width_px * scale);
    p->height_px = session_even_px(p->upright_height_px * scale);
    p->strip_px = session_even_px(STRIP_SHARE * longest * scale);
    p->bgra = malloc((size_t)p->width_px * 4 * (size_t)(p->strip_px + p->height_px));
    int status = p->bgra ? TREAD_OK : TREAD_ERR_NOMEM;
    if (status == TREAD_OK)
        status = tread_media__converter_create(&p->converter, p->width_px, p->height_px, NULL);
    if (status == TREAD_OK)
        status = tread_report__overlay_create(&p->overlay, p->width_px, p->height_px, NULL);
    if (status == TREAD_OK)
        status = tread_vision__canvas_create(&p->strip, p->width_px, p->strip_px, NULL);
    if (status != TREAD_OK)
        session_painter_clear(p);
    return status;
}

/* In the middle, set smaller where it is too long. */
static void draw_line(session_painter *p, tread_text_style style, const char *text)
{
    double room = p->width_px - 2 * MARGIN_SHARE * p->strip_px;
    double width = tread_vision__canvas_text_width(p->strip, &style, text);
    if (width > room)
        style.size_px *= room / width;
    double baseline = 0.5 * (p->strip_px + tread_vision__canvas_cap_height(p->strip, &style));
    tread_vision__canvas_text(p->strip, (tread_canvas_point){0.5 * p->width_px, baseline},
                              TREAD_ANCHOR_CENTRE, &style, text);
}

static void draw_strip(session_painter *p, const char *cue, double speed_kmh)
{
    char speed[32];
    for (int i = 0; i < p->width_px * p->strip_px; i++) {
        p->bgra[4 * i] = strip_colour.blue;
        p->bgra[4 * i + 1] = strip_colour.green;
        p->bgra[4 * i + 2] = strip_colour.red;
        p->bgra[4 * i + 3] = 255;
    }
    const tread_surface strip =
        tread_surface__bgra(p->bgra, (ptrdiff_t)p->width_px * 4, p->width_px, p->strip_px);
    tread_vision__canvas_target(p->strip, &strip);
    if (cue) {
        const tread_text_style style = {
            .size_px = CUE_SHARE * p->strip_px, .is_bold = true, .colour = cue_colour};
        draw_line(p, style, cue);
    } else if (speed_kmh > 0) {
        snprintf(speed, sizeof speed, "%.1f km/h", speed_kmh);
        draw_line(p, (tread_text_style){CALM_SHARE * p->strip_px, false, calm_colour, {0}}, speed);
    }
}

int session_painter_draw(session_painter *p, const tread_frame *frame, const tread_frame_result *r,
                         const tread_overlay_facts *facts, const char *cue, double speed_kmh)
{
    int status = fit_size(p, &frame->picture);
    if (status != TREAD_OK)
        return status;
    ptrdiff_t stride = (ptrdiff_t)p->width_px * 4;
    const tread_surface picture =
        tread_surface__bgra(p->bgra + stride * p->strip_px, stride, p->width_px, p->height_px);
    status = tread_media__converter_run(p->converter, frame, &picture, NULL);
    if (status != TREAD_OK)
        return status;
    draw_strip(p, cue, speed_kmh);
    tread_report__overlay_draw(p->overlay, &picture, r, p->width_px / p->upright_width_px,
                               p->height_px / p->upright_height_px, facts);
    return TREAD_OK;
}

/* Pictures of key frames: the clip is read again near each moment, and the runner cut out of the
 * frame with the angles drawn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/media.h"
#include "report/report.h"
#include "session/session.h"
#include "vision/vision.h"

/* As shown: a picture of a fault across half a page, one of a step across a third, twice as fine
 * as a plain screen. Enlarged at most so much, for crisp lines on a coarse clip. */
#define FAULT_HEIGHT_PX 680.0
#define STEP_HEIGHT_PX 560.0
#define MOST_ENLARGED 2.0
#define ASPECT 0.75
/* Around the runner, of their height as far as joints go: hair above, air below. */
#define ABOVE 0.14
#define BELOW 0.10
/* Reading on is quicker than opening anew for a moment within so many seconds. */
#define READ_ON_S 8.0

typedef struct rect {
    double left, top, width, height;
} rect;

/* The clip, read forward from moment to moment. */
typedef struct player {
    const char *source;
    tread_reader *reader;
    tread_frame *frame; /* the last one read */
    double half_frame_s;
} player;

static int step_player(player *p, tread_error *err)
{
    tread_media__frame_unref(&p->frame);
    int status = tread_media__reader_next(p->reader, &p->frame, err);
    if (status == TREAD_EOF)
        status = tread_error__set(err, TREAD_ERR_INPUT,
                                  "%s: ended sooner when it was read again; was it changed "
                                  "meanwhile?",
                                  p->source);
    return status;
}

/* The frame of this time. */
static int go_to(player *p, double time_s, tread_error *err)
{
    int status = TREAD_OK;
    bool is_ahead = p->frame && p->frame->time_s <= time_s + p->half_frame_s &&
                    time_s - p->frame->time_s < READ_ON_S;
    if (!is_ahead) {
        tread_media__frame_unref(&p->frame);
        tread_media__reader_close(&p->reader);
        status = tread_media__reader_open(
            &p->reader, p->source,
            &(tread_reader_opts){.from_s = fmax(0, time_s - p->half_frame_s)}, err);
        if (status == TREAD_OK)
            status = step_player(p, err);
    }
    while (status == TREAD_OK && p->frame->time_s < time_s - p->half_frame_s)
        status = step_player(p, err);
    return status;
}

/* From head to toe, as far as joints were found. False: not enough of a runner. */
static bool box_runner(const tread_frame_result *r, rect *box)
{
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        if (!isfinite(r->x_px[i]) || !isfinite(r->y_px[i]))
            continue;
        left = fmin(left, r->x_px[i]);
        right = fmax(right, r->x_px[i]);
        top = fmin(top, r->y_px[i]);
        bottom = fmax(bottom, r->y_px[i]);
    }
    *box = (rect){left, top, right - left, bottom - top};
    return r->presence > 0 && box->height > 8 && isfinite(box->height);
}

/* One size for all pictures, so that they can be compared. */
static rect common_crop(const tread_key_frame *frames, size_t n)
{
    rect crop = {0}, box;
    for (size_t i = 0; i < n; i++)
        if (box_runner(&frames[i].at, &box)) {
            crop.height = fmax(crop.height, (1 + ABOVE + BELOW) * box.height);
            crop.width = fmax(crop.width, 1.12 * box.width);
        }
    crop.height = fmax(crop.height, crop.width / ASPECT);
    crop.width = ASPECT * crop.height;
    return crop;
}

/* Around this runner, within the picture. */
static rect place_crop(rect crop, const rect *box, const tread_picture *picture)
{
    crop.height = fmin(crop.height, picture->upright_height_px);
    crop.width = fmin(crop.width, picture->upright_width_px);
    crop.left = box->left + 0.5 * box->width - 0.5 * crop.width;
    crop.top = box->top + (1 + BELOW) * box->height - crop.height;
    crop.left = fmax(0, fmin(crop.left, picture->upright_width_px - crop.width));
    crop.top = fmax(0, fmin(crop.top, picture->upright_height_px - crop.height));
    return crop;
}

static tread_frame_result moved(const tread_frame_result *r, const rect *crop, double scale)
{
    tread_frame_result out = *r;
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        out.x_px[i] = scale * (r->x_px[i] - crop->left);
        out.y_px[i] = scale * (r->y_px[i] - crop->top);
    }
    return out;
}

static int draw(tread_key_frame *k, const tread_surface *part, const rect *crop, double scale,
                const tread_fault *fault, const tread_overlay_facts *facts, tread_error *err)
{
    tread_frame_result r = moved(&k->at, crop, scale);
    tread_overlay *overlay = NULL;
    tread_canvas *canvas = NULL;
    tread_jpeg *jpeg = NULL;
    const uint8_t *data = NULL;
    int status = tread_report__overlay_create(&overlay, k->width_px, k->height_px, err);
    if (status == TREAD_OK)
        status = tread_vision__canvas_create(&canvas, k->width_px, k->height_px, err);
    if (status == TREAD_OK) {
        tread_report__overlay_draw(overlay, part, &r, 1, 1, facts);
        tread_vision__canvas_target(canvas, part);
        tread_report__angles_draw(canvas, &r, k, fault, facts->view);
        status = tread_vision__jpeg_create(&jpeg, k->width_px, k->height_px);
    }
    if (status == TREAD_OK)
        status = tread_vision__jpeg_encode(jpeg, part->plane[0], part->stride_bytes[0], &data,
                                           &k->jpeg_size);
    if (status == TREAD_OK) {
        k->jpeg = malloc(k->jpeg_size);
        if (k->jpeg)
            memcpy(k->jpeg, data, k->jpeg_size);
        else
            status = TREAD_ERR_NOMEM;
    }
    tread_vision__jpeg_destroy(&jpeg);
    tread_vision__canvas_destroy(&canvas);
    tread_report__overlay_destroy(&overlay);
    return status;
}

static int take_picture(tread_key_frame *k, const tread_frame *frame, rect crop,
                        const tread_fault *fault, const tread_overlay_facts *facts,
                        tread_error *err)
{
    rect box;
    if (!box_runner(&k->at, &box))
        return TREAD_OK;
    crop = place_crop(crop, &box, &frame->picture);
    double scale =
        fmin((k->moment == TREAD_MOMENT_FAULT ? FAULT_HEIGHT_PX : STEP_HEIGHT_PX) / crop.height,
             MOST_ENLARGED);
    int width = (int)ceil(scale * frame->picture.upright_width_px);
    int height = (int)ceil(scale * frame->picture.upright_height_px);
    k->width_px = (int)floor(scale * crop.width);
    k->height_px = (int)floor(scale * crop.height);
    ptrdiff_t stride = 4 * (ptrdiff_t)width;
    uint8_t *bgra = malloc((size_t)stride * (size_t)height);
    const tread_surface whole = tread_surface__bgra(bgra, stride, width, height);
    tread_converter *converter = NULL;
    int status =
        bgra ? tread_media__converter_create(&converter, width, height, err) : TREAD_ERR_NOMEM;
    if (status == TREAD_OK)
        status = tread_media__converter_run(converter, frame, &whole, err);
    if (status == TREAD_OK) {
        crop.left = floor(scale * crop.left) / scale; /* whole pixels */
        crop.top = floor(scale * crop.top) / scale;
        const tread_surface part =
            tread_surface__bgra(bgra + stride * (ptrdiff_t)lround(scale * crop.top) +
                                    4 * (ptrdiff_t)lround(scale * crop.left),
                                stride, k->width_px, k->height_px);
        status = draw(k, &part, &crop, scale, fault, facts, err);
    }
    tread_media__converter_destroy(&converter);
    free(bgra);
    return status;
}

/* The next moment in time that has no picture yet; NULL: all have been at. */
static tread_key_frame *earliest_after(tread_key_frame *frames, size_t n, const bool *is_done)
{
    tread_key_frame *first = NULL;
    for (size_t i = 0; i < n; i++)
        if (!is_done[i] && isfinite(frames[i].at.time_s) &&
            (!first || frames[i].at.time_s < first->at.time_s))
            first = &frames[i];
    return first;
}

int tread_session__key_pictures(const char *source, const tread_session_opts *opts,
                                const tread_source_facts *source_facts,
                                const tread_analyzer *results, const tread_fault *faults,
                                tread_key_frame *frames, size_t n, tread_error *err)
{
    bool is_done[TREAD_MAX_KEY_FRAMES] = {false};
    tread_overview v;
    tread_analyzer_overview(results, &v);
    const tread_overlay_facts facts = {.near_side = v.near_side, .view = v.view, .is_bare = true};
    /* The clip's seconds in one of the runner's: slow motion was filmed faster than it plays. */
    double slow = opts->capture_fps > 0 ? opts->capture_fps / source_facts->stated_fps : 1;
    player p = {.source = source,
                .half_frame_s =
                    isfinite(v.frame_interval_s) ? 0.5 * slow * v.frame_interval_s : 0.01};
    rect crop = common_crop(frames, n);
    int status = TREAD_OK;
    tread_key_frame *k;
    while (status == TREAD_OK && (k = earliest_after(frames, n, is_done))) {
        is_done[k - frames] = true;
        status = go_to(&p, slow * k->at.time_s, err);
        if (status == TREAD_OK)
            status = take_picture(k, p.frame, crop,
                                  k->moment == TREAD_MOMENT_FAULT ? &faults[k->fault] : NULL,
                                  &facts, err);
        if (status == TREAD_ERR_NOMEM)
            tread_error__set(err, status, "out of memory for the pictures of the report");
    }
    tread_media__frame_unref(&p.frame);
    tread_media__reader_close(&p.reader);
    return status;
}

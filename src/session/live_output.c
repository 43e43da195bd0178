/* "output": records and pictures to whoever wants them, and how it goes once a second. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "session/facts.h"
#include "session/live_parts.h"
#include "session/painter.h"
#include "vision/vision.h"

#define STATUS_EVERY_NS INT64_C(1000000000)
/* A browser, or a window, is shown so many pictures a second at most: what the eye follows, at half
 * the cost. */
#define PICTURE_EVERY_NS INT64_C(30000000)
/* ... and so large: fills a tablet, and encodes in 2 ms. */
#define PICTURE_PX 960.0
/* No picture for so long: something is wrong, and the page says so. */
#define SILENCE_S 1.5

typedef struct shower {
    tread_converter *converter;
    tread_jpeg *jpeg;
    uint8_t *bgra;
    int width_px, height_px;
    double upright_width_px, upright_height_px;
    int64_t last_ns;
    session_painter painter;
    int64_t painted_ns;
} shower;

static void forget_size(shower *s)
{
    tread_media__converter_destroy(&s->converter);
    tread_vision__jpeg_destroy(&s->jpeg);
    free(s->bgra);
    s->bgra = NULL;
}

static bool fit_size(shower *s, const tread_picture *p)
{
    if (s->bgra && s->upright_width_px == p->upright_width_px &&
        s->upright_height_px == p->upright_height_px)
        return true;
    forget_size(s);
    s->upright_width_px = p->upright_width_px;
    s->upright_height_px = p->upright_height_px;
    double scale = fmin(1, PICTURE_PX / fmax(p->upright_width_px, p->upright_height_px));
    s->width_px = session_even_px(p->upright_width_px * scale);
    s->height_px = session_even_px(p->upright_height_px * scale);
    s->bgra = malloc((size_t)s->width_px * 4 * (size_t)s->height_px);
    if (s->bgra &&
        tread_media__converter_create(&s->converter, s->width_px, s->height_px, NULL) == TREAD_OK &&
        tread_vision__jpeg_create(&s->jpeg, s->width_px, s->height_px) == TREAD_OK)
        return true;
    forget_size(s);
    return false;
}

/* A picture that cannot be drawn is left out; the numbers have gone out already. */
static void show(tread_live *l, shower *s, const tread_frame *frame, const char *json)
{
    int64_t now_ns = tread_clock__now_ns();
    if (!l->opts.wants_picture || now_ns - s->last_ns < PICTURE_EVERY_NS ||
        !l->opts.wants_picture(l->opts.user) || !fit_size(s, &frame->picture))
        return;
    s->last_ns = now_ns;
    const uint8_t *data;
    size_t size;
    ptrdiff_t stride = (ptrdiff_t)s->width_px * 4;
    const tread_surface shown = tread_surface__bgra(s->bgra, stride, s->width_px, s->height_px);
    if (tread_media__converter_run(s->converter, frame, &shown, NULL) == TREAD_OK &&
        tread_vision__jpeg_encode(s->jpeg, s->bgra, stride, &data, &size) == TREAD_OK)
        l->opts.on_picture(l->opts.user, json, data, size);
}

/* The same for a window of our own. Missed pictures are not missed by the numbers either. */
static void paint(tread_live *l, shower *s, const session_item *item)
{
    int64_t now_ns = tread_clock__now_ns();
    if (!l->opts.on_drawn || now_ns - s->painted_ns < PICTURE_EVERY_NS)
        return;
    s->painted_ns = now_ns;
    pthread_mutex_lock(&l->lock);
    live_known k = l->known;
    double speed_kmh = l->speed_kmh;
    pthread_mutex_unlock(&l->lock);
    const tread_overlay_facts facts = {.near_side = item->near_side,
                                       .view = k.view,
                                       .means = k.means,
                                       .steps = k.strikes,
                                       .n_steps = k.n_strikes};
    session_painter *p = &s->painter;
    if (session_painter_draw(p, item->frame, &item->result, &facts, k.cue, speed_kmh) == TREAD_OK)
        l->opts.on_drawn(l->opts.user, p->bgra, p->width_px, p->strip_px + p->height_px);
}

static double ms_between(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) * 1e-6;
}

static void put_frame(tread_live *l, shower *s, session_item *item)
{
    char json[TREAD_FRAME_RECORD_BYTES];
    const tread_picture *p = &item->frame->picture;
    const tread_frame *f = item->frame;
    tread_stage_times took = {.decode = ms_between(f->arrived_ns, f->decoded_ns),
                              .wait = ms_between(f->decoded_ns, item->taken_ns),
                              .pose = ms_between(item->taken_ns, item->posed_ns),
                              .analyse = ms_between(item->posed_ns, item->analysed_ns),
                              .total = ms_between(f->arrived_ns, tread_clock__now_ns())};
    if (tread_report__frame_record(json, sizeof json, &item->result, p->upright_width_px,
                                   p->upright_height_px, &took, item->near_side)) {
        l->opts.on_record(l->opts.user, "frame", false, json);
        double ms = ms_between(f->arrived_ns, tread_clock__now_ns());
        session_latency_add(&l->latency, ms);
        session_latency_add(&l->recent, ms);
        show(l, s, item->frame, json);
        paint(l, s, item);
    }
    tread_media__frame_unref(&item->frame);
}

/* ---- status ------------------------------------------------------------------- */

static const char *state_name(const tread_live *l, const tread_capture_status *c,
                              const live_known *k, const char **message)
{
    double silent_s = (double)(tread_clock__now_ns() - c->newest_ns) * 1e-9;
    *message = NULL;
    if (c->state == CAPTURE_ENDED) {
        *message = c->message[0] ? c->message : NULL;
        return "ended";
    }
    if (c->state == CAPTURE_LOST) {
        *message = c->message;
        return "lost";
    }
    if (c->n_frames == 0)
        return "connecting";
    if (silent_s > SILENCE_S) {
        *message = "No picture comes from the source.";
        return "lost";
    }
    if (atomic_load(&l->is_paused))
        return "paused";
    return k->has_runner ? "running" : "waiting";
}

static void put_status(tread_live *l)
{
    tread_capture_status c;
    session_capture_status(l->capture, &c);
    pthread_mutex_lock(&l->lock);
    live_known k = l->known;
    double speed_kmh = l->speed_kmh, incline_pct = l->incline_pct;
    pthread_mutex_unlock(&l->lock);
    tread_live_status s = {.time_s = k.time_s,
                           .fps = c.fps,
                           .analysed_fps = k.fps,
                           .n_frames = c.n_frames,
                           .n_dropped = c.n_dropped,
                           .is_keeping_up = k.is_keeping_up,
                           .latency_p50_ms = session_latency_quantile(&l->recent, 0.5),
                           .latency_p95_ms = session_latency_quantile(&l->recent, 0.95),
                           .latency_p99_ms = session_latency_quantile(&l->recent, 0.99),
                           .recording = !l->record             ? "off"
                                        : c.recording_issue[0] ? "failed"
                                                               : "on",
                           .recording_message = c.recording_issue[0] ? c.recording_issue : NULL,
                           .view = k.view,
                           .near_side = k.near_side,
                           .speed_kmh = speed_kmh,
                           .incline_pct = incline_pct,
                           .running_s = k.running_s};
    s.state = state_name(l, &c, &k, &s.message);
    memset(&l->recent, 0, sizeof l->recent);
    char *json = tread_report__status_record(&s);
    if (json)
        l->opts.on_record(l->opts.user, "status", true, json);
    free(json);
}

static void put_hello(tread_live *l)
{
    tread_capture_status c;
    session_capture_status(l->capture, &c);
    char *json = tread_report__hello_record(&(tread_hello){.source = l->source,
                                                           .source_text = c.chosen,
                                                           .model = tread_model_name(l->opts.model),
                                                           .started = l->started,
                                                           .recording = l->record_name});
    if (json)
        l->opts.on_record(l->opts.user, "hello", true, json);
    free(json);
}

void *session_live_output(void *data)
{
    tread_live *l = data;
    shower s = {.bgra = NULL};
    session_item item;
    put_hello(l);
    put_status(l);
    int64_t status_ns = tread_clock__now_ns() + STATUS_EVERY_NS;
    for (;;) {
        int status = session_outbox_take(l->outbox, status_ns, &item);
        if (status == TREAD_EOF)
            break;
        if (status == TREAD_OK && item.type) {
            l->opts.on_record(l->opts.user, item.type, item.is_retained, item.json);
            free(item.json);
        } else if (status == TREAD_OK) {
            put_frame(l, &s, &item);
        }
        if (tread_clock__now_ns() >= status_ns) {
            put_status(l);
            status_ns += STATUS_EVERY_NS;
        }
    }
    put_status(l);
    forget_size(&s);
    session_painter_clear(&s.painter);
    return NULL;
}

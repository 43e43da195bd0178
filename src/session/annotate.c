/* The annotated clip: decode again, draw, encode. A second pass because what is
 * drawn rests on the whole recording, past and future. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/media.h"
#include "report/report.h"
#include "session/facts.h"
#include "session/feed.h"
#include "session/replay.h"
#include "session/session.h"

#define N_CUES 2
/* The part of a wide clip that is seen beside its replays follows the runner within this time. */
#define FOLLOW_S 1.5

struct tread_annotator {
    tread_feed *feed;
    tread_converter *converter;
    tread_overlay *overlay;
    tread_writer *writer;
    tread_annotator_opts opts;
    tread_frame *first; /* read to learn its colours; NULL once it is drawn */
    uint8_t *bytes; /* NULL where the whole picture is written: it is drawn where it is encoded */
    tread_surface picture; /* ... else the clip's picture, of which a part is written, in `bytes` */
    int width_px, height_px, out_width_px;
    int view_width_px;          /* of the part that is drawn on: the whole picture or half of it */
    double view_centre, seen_s; /* of the part, px; when it was moved last. NaN = not yet */
    session_replay *replay;     /* NULL = no slow motion */
    size_t next_step;
    tread_overlay_facts facts;
    tread_overlay_cue cues[N_CUES];
};

static double mean_of(const tread_analyzer *results, enum tread_measure_id id, enum tread_side side)
{
    tread_measure m;
    return tread_analyzer_measure(results, id, side, &m) == TREAD_OK ? m.value : (double)NAN;
}

static void take_means(tread_overlay_means *means, const tread_analyzer *results,
                       enum tread_side near_side)
{
    *means = (tread_overlay_means){
        .cadence_spm = mean_of(results, TREAD_MEASURE_CADENCE, TREAD_BOTH),
        .contact_ms = mean_of(results, TREAD_MEASURE_CONTACT, near_side),
        .side_lean_deg = mean_of(results, TREAD_MEASURE_LATERAL_LEAN, TREAD_BOTH),
        .sway_deg = mean_of(results, TREAD_MEASURE_TRUNK_SWAY, TREAD_BOTH),
        .step_width_pct = mean_of(results, TREAD_MEASURE_STEP_WIDTH, TREAD_BOTH),
        .arms_pct = mean_of(results, TREAD_MEASURE_ARM_CROSSOVER, TREAD_BOTH)};
}

/* Faults of one kind are one cue. */
static size_t most_cues(const tread_annotator_opts *drawn)
{
    for (size_t i = 1; i < drawn->n_faults; i++)
        if (drawn->faults[i].rule != drawn->faults[0].rule)
            return N_CUES;
    return drawn->n_faults > 0;
}

/* Beside a tall picture its replay is as large as itself; a wide one gives each half its width. */
static void lay_out(tread_annotator *a)
{
    bool is_tall = a->height_px >= a->width_px;
    a->view_width_px = a->out_width_px = a->width_px;
    if (!a->opts.slow)
        return;
    if (!is_tall)
        a->view_width_px = a->width_px / 4 * 2;
    a->out_width_px = 2 * a->view_width_px;
}

static int make_replay(tread_annotator *a, const tread_overview *v)
{
    bool is_side = v->view == TREAD_VIEW_LEFT || v->view == TREAD_VIEW_RIGHT;
    session_replay_item *items = malloc((a->opts.n_steps + 1) * sizeof *items);
    if (!items)
        return TREAD_ERR_NOMEM;
    size_t n = session_replay_plan(a->opts.steps, a->opts.n_steps,
                                   is_side ? v->near_side : TREAD_BOTH, a->opts.slow, items);
    int status = session_replay_create(&a->replay, a->view_width_px, a->height_px, a->opts.slow,
                                       items, n, v->frame_interval_s);
    free(items);
    return status;
}

/* 4:2:0, as the writer's. */
static int make_picture(tread_annotator *a, enum tread_colour_matrix matrix)
{
    size_t n_luma = (size_t)a->width_px * (size_t)a->height_px;
    a->bytes = malloc(n_luma + n_luma / 2);
    if (!a->bytes)
        return TREAD_ERR_NOMEM;
    a->picture = (tread_surface){
        .plane = {a->bytes, a->bytes + n_luma, a->bytes + n_luma + n_luma / 4},
        .stride_bytes = {a->width_px, a->width_px / 2, a->width_px / 2},
        .width_px = a->width_px,
        .height_px = a->height_px,
        .matrix = matrix,
    };
    return TREAD_OK;
}

static int make_buffers(tread_annotator *a, const tread_overview *v,
                        enum tread_colour_matrix matrix)
{
    bool is_part = a->view_width_px < a->width_px;
    int status = is_part ? make_picture(a, matrix) : TREAD_OK;
    if (status == TREAD_OK && a->opts.slow)
        status = make_replay(a, v);
    return status;
}

int tread_session__annotator_create(tread_annotator **out, const char *source,
                                    const tread_session_opts *opts, const char *path,
                                    const tread_annotator_opts *drawn, tread_error *err)
{
    *out = NULL;
    tread_annotator *a = calloc(1, sizeof *a);
    if (!a)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    tread_overview overview;
    tread_analyzer_overview(drawn->results, &overview);
    a->opts = *drawn;
    a->view_centre = a->seen_s = (double)NAN;
    a->facts = (tread_overlay_facts){.near_side = overview.near_side,
                                     .view = overview.view,
                                     .steps = drawn->steps,
                                     .cues = a->cues,
                                     .most_cues = most_cues(drawn)};
    take_means(&a->facts.means, drawn->results, overview.near_side);

    int status = session_feed_open(&a->feed, source, opts->from_s, opts->to_s, err);
    if (status != TREAD_OK)
        goto fail;
    status = session_feed_next(a->feed, &a->first, err);
    if (status != TREAD_OK && status != TREAD_EOF)
        goto fail;
    enum tread_colour_matrix matrix = a->first ? a->first->picture.matrix : TREAD_MATRIX_BT709;
    const tread_source_info *info = session_feed_info(a->feed);
    a->width_px = session_even_px(info->upright_width_px);
    a->height_px = session_even_px(info->upright_height_px);
    lay_out(a);
    status = make_buffers(a, &overview, matrix);
    if (status != TREAD_OK) {
        status = tread_error__set(err, status, "out of memory for pictures of %d x %d", a->width_px,
                                  a->height_px);
        goto fail;
    }
    status = tread_media__converter_create(&a->converter, a->width_px, a->height_px, err);
    if (status == TREAD_OK)
        status = tread_report__overlay_create(&a->overlay, a->view_width_px, a->height_px, err);
    if (status == TREAD_OK)
        status = tread_media__writer_open(&a->writer, path,
                                          &(tread_writer_opts){.width_px = a->out_width_px,
                                                               .height_px = a->height_px,
                                                               .matrix = matrix},
                                          err);
    if (status != TREAD_OK)
        goto fail;
    *out = a;
    return TREAD_OK;
fail:
    tread_session__annotator_destroy(&a);
    return status;
}

/* ---- what is known at a frame --------------------------------------------------- */

static bool is_on(const tread_fault *f, double time_s)
{
    return f->begin_s <= time_s && !(f->end_s < time_s);
}

static bool is_graver(const tread_fault *a, const tread_fault *b)
{
    return a->level != b->level ? a->level > b->level : a->confidence > b->confidence;
}

/* The gravest faults of the moment; of both legs where each has the same. */
static void take_cues(tread_annotator *a, double time_s)
{
    const tread_fault *picked[N_CUES] = {NULL};
    bool is_both[N_CUES] = {false};
    int n = 0;
    for (size_t i = 0; i < a->opts.n_faults; i++) {
        const tread_fault *f = &a->opts.faults[i];
        if (!is_on(f, time_s))
            continue;
        int at = 0;
        while (at < n && picked[at]->rule != f->rule)
            at++;
        if (at < n) {
            is_both[at] = is_both[at] || f->side != picked[at]->side;
            if (is_graver(f, picked[at]))
                picked[at] = f;
            continue;
        }
        at = n < N_CUES ? n++ : N_CUES;
        for (; at > 0 && is_graver(f, picked[at - 1]); at--)
            if (at < N_CUES) {
                picked[at] = picked[at - 1];
                is_both[at] = is_both[at - 1];
            }
        if (at < N_CUES) {
            picked[at] = f;
            is_both[at] = false;
        }
    }
    for (int i = 0; i < n; i++) {
        tread_rule_info rule;
        tread_rules_describe(a->opts.rules, picked[i]->rule, &rule);
        a->cues[i] = (tread_overlay_cue){.level = picked[i]->level,
                                         .side = is_both[i] ? TREAD_BOTH : picked[i]->side,
                                         .title = rule.title,
                                         .words = rule.cue};
    }
    a->facts.n_cues = (size_t)n;
}

static void take_facts(tread_annotator *a, double time_s)
{
    while (a->next_step < a->opts.n_steps &&
           a->opts.steps[a->next_step].initial_contact_s <= time_s)
        a->next_step++;
    a->facts.n_steps = a->next_step;
    take_cues(a, time_s);
}

/* ---- drawing -------------------------------------------------------------------- */

/* The left edge of the part of a wide picture that is seen: it follows the hips, smoothly, so that
 * the wall behind does not jump with every step. */
static int follow(tread_annotator *a, const tread_frame_result *r, double scale_x)
{
    double hips = 0.5 * scale_x * (r->x_px[TREAD_LEFT_HIP] + r->x_px[TREAD_RIGHT_HIP]);
    if (isfinite(hips)) {
        double share = isfinite(a->view_centre) ? 1 - exp(-(r->time_s - a->seen_s) / FOLLOW_S) : 1;
        double before = isfinite(a->view_centre) ? a->view_centre : hips;
        a->view_centre = before + share * (hips - before);
        a->seen_s = r->time_s;
    }
    double centre = isfinite(a->view_centre) ? a->view_centre : 0.5 * a->width_px;
    double left = centre - 0.5 * a->view_width_px;
    double most = a->width_px - a->view_width_px;
    return 2 * (int)lround(0.5 * fmax(0, fmin(left, most))); /* whole pixels of colour */
}

static void move_result(tread_frame_result *r, double scale_x, double scale_y, double left_px)
{
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        r->x_px[i] = scale_x * r->x_px[i] - left_px;
        r->y_px[i] *= scale_y;
    }
}

/* A quarter of what it was: studio black is 16, and no colour 128. */
static void dim(const tread_surface *to, const tread_surface *from)
{
    for (int i = 0; i < 3; i++) {
        int shift = tread_surface__shift(i), dark = i ? 128 : 16;
        for (int y = 0; y < to->height_px >> shift; y++) {
            const uint8_t *row = from->plane[i] + y * from->stride_bytes[i];
            uint8_t *out = to->plane[i] + y * to->stride_bytes[i];
            for (int x = 0; x < to->width_px >> shift; x++)
                out[x] = (uint8_t)((3 * dark + row[x]) / 4);
        }
    }
}

static void copy(const tread_surface *to, const tread_surface *from)
{
    for (int i = 0; i < 3; i++) {
        int shift = tread_surface__shift(i);
        tread_surface__copy_rows(to->plane[i], to->stride_bytes[i], from->plane[i],
                                 from->stride_bytes[i], to->width_px >> shift,
                                 to->height_px >> shift);
    }
}

/* Beside the view: the contact that is replayed, or before the first the view itself, dimmed. */
static void draw_replay(tread_annotator *a, const tread_surface *out, double time_s)
{
    const tread_surface view = tread_surface__part(out, 0, a->view_width_px);
    const tread_surface beside = tread_surface__part(out, a->view_width_px, a->view_width_px);
    session_replay_item item;
    double at_s;
    tread_overlay_replay shown = {.slow = a->opts.slow,
                                  .before_ms = 1000 * SESSION_REPLAY_BEFORE_S,
                                  .after_ms = 1000 * SESSION_REPLAY_AFTER_S,
                                  .at_ms = (double)NAN};
    if (session_replay_show(a->replay, time_s, &item, &at_s, &beside)) {
        shown.side = item.side;
        shown.at_ms = 1000 * at_s;
    } else {
        dim(&beside, &view);
    }
    tread_report__overlay_draw_replay(a->overlay, &beside, &shown);
}

static int draw(tread_annotator *a, const tread_surface *out, const tread_frame *frame,
                const tread_frame_result *r, tread_error *err)
{
    double scale_x = a->width_px / frame->picture.upright_width_px;
    double scale_y = a->height_px / frame->picture.upright_height_px;
    bool is_part = a->bytes != NULL;
    const tread_surface place = tread_surface__part(out, 0, a->view_width_px);
    const tread_surface *picture = is_part ? &a->picture : &place;
    int status = tread_media__converter_run(a->converter, frame, picture, err);
    if (status != TREAD_OK)
        return status;
    int left = is_part ? follow(a, r, scale_x) : 0;
    const tread_surface view = tread_surface__part(picture, left, a->view_width_px);
    tread_frame_result moved = *r;
    move_result(&moved, scale_x, scale_y, left);
    tread_report__overlay_draw_runner(a->overlay, &view, &moved, 1, 1, &a->facts);
    if (a->replay)
        session_replay_see(a->replay, &view, r->time_s);
    if (is_part)
        copy(&place, &view);
    if (a->replay)
        draw_replay(a, out, r->time_s);
    tread_report__overlay_draw_boxes(a->overlay, &place, &moved, &a->facts);
    return TREAD_OK;
}

int tread_session__annotator_add(tread_annotator *a, const tread_frame_result *r, tread_error *err)
{
    tread_frame *frame = a->first;
    tread_surface out;
    int status = frame ? TREAD_OK : session_feed_next(a->feed, &frame, err);
    a->first = NULL;
    if (status == TREAD_EOF || (status == TREAD_OK && frame->index != r->frame))
        status = tread_error__set(err, TREAD_ERR_INPUT,
                                  "the clip gave other frames when it was read again; was it "
                                  "changed meanwhile?");
    if (status == TREAD_OK) {
        take_facts(a, r->time_s);
        status = tread_media__writer_surface(a->writer, &out, err);
    }
    if (status == TREAD_OK)
        status = draw(a, &out, frame, r, err);
    if (status == TREAD_OK)
        status = tread_media__writer_add(a->writer, frame->time_s, err);
    tread_media__frame_unref(&frame);
    return status;
}

int tread_session__annotator_finish(tread_annotator *a, tread_error *err)
{
    return tread_media__writer_finish(a->writer, err);
}

void tread_session__annotator_destroy(tread_annotator **a_ptr)
{
    tread_annotator *a = *a_ptr;
    if (!a)
        return;
    tread_media__frame_unref(&a->first);
    session_feed_close(&a->feed, NULL);
    tread_media__writer_close(&a->writer);
    tread_report__overlay_destroy(&a->overlay);
    tread_media__converter_destroy(&a->converter);
    session_replay_destroy(&a->replay);
    free(a->bytes);
    free(a);
    *a_ptr = NULL;
}

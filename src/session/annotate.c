/* The annotated clip: decode again, draw, encode. A second pass because what is
 * drawn rests on the whole recording, past and future. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "media/media.h"
#include "report/report.h"
#include "session/facts.h"
#include "session/feed.h"
#include "session/session.h"

struct tread_annotator {
    tread_feed *feed;
    tread_converter *converter;
    tread_overlay *overlay;
    tread_writer *writer;
    uint8_t *bgra; /* (height, width * 4) */
    int width_px, height_px;
    const tread_step *steps;
    size_t n_steps, next_step;
    tread_overlay_facts facts;
};

int tread_session__annotator_create(tread_annotator **out, const char *source,
                                    const tread_session_opts *opts, const char *path,
                                    const tread_analyzer *results, const tread_step *steps,
                                    size_t n_steps, tread_error *err)
{
    *out = NULL;
    tread_annotator *a = calloc(1, sizeof *a);
    if (!a)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    tread_overview overview;
    tread_measure cadence, contact;
    tread_analyzer_overview(results, &overview);
    tread_analyzer_measure(results, TREAD_MEASURE_CADENCE, TREAD_BOTH, &cadence);
    tread_analyzer_measure(results, TREAD_MEASURE_CONTACT, overview.near_side, &contact);
    a->steps = steps;
    a->n_steps = n_steps;
    a->facts = (tread_overlay_facts){.near_side = overview.near_side,
                                     .view = overview.view,
                                     .cadence_spm = cadence.value,
                                     .contact_ms = contact.value};

    int status = session_feed_open(&a->feed, source, opts->from_s, opts->to_s, err);
    if (status != TREAD_OK)
        goto fail;
    const tread_source_info *info = session_feed_info(a->feed);
    a->width_px = session_even_px(info->upright_width_px);
    a->height_px = session_even_px(info->upright_height_px);
    a->bgra = malloc((size_t)a->width_px * 4 * (size_t)a->height_px);
    if (!a->bgra) {
        status = tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
        goto fail;
    }
    status = tread_media__converter_create(&a->converter, a->width_px, a->height_px, err);
    if (status == TREAD_OK)
        status = tread_report__overlay_create(&a->overlay, a->width_px, a->height_px, err);
    if (status == TREAD_OK)
        status = tread_media__writer_open(
            &a->writer, path,
            &(tread_writer_opts){.width_px = a->width_px, .height_px = a->height_px}, err);
    if (status != TREAD_OK)
        goto fail;
    *out = a;
    return TREAD_OK;
fail:
    tread_session__annotator_destroy(&a);
    return status;
}

int tread_session__annotator_add(tread_annotator *a, const tread_frame_result *r, tread_error *err)
{
    tread_frame *frame = NULL;
    int status = session_feed_next(a->feed, &frame, err);
    if (status == TREAD_EOF || (status == TREAD_OK && frame->index != r->frame))
        status = tread_error__set(err, TREAD_ERR_INPUT,
                                  "the clip gave other frames when it was read again; was it "
                                  "changed meanwhile?");
    if (status == TREAD_OK)
        status = tread_media__converter_run(a->converter, frame, a->bgra,
                                            (ptrdiff_t)a->width_px * 4, err);
    if (status == TREAD_OK) {
        while (a->next_step < a->n_steps && a->steps[a->next_step].initial_contact_s <= r->time_s)
            a->facts.last_step = &a->steps[a->next_step++];
        tread_report__overlay_draw(a->overlay, a->bgra, (ptrdiff_t)a->width_px * 4, r,
                                   a->width_px / frame->picture.upright_width_px,
                                   a->height_px / frame->picture.upright_height_px, &a->facts);
        status = tread_media__writer_add(a->writer, a->bgra, (ptrdiff_t)a->width_px * 4,
                                         frame->time_s, err);
    }
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
    session_feed_close(&a->feed, NULL);
    tread_media__writer_close(&a->writer);
    tread_report__overlay_destroy(&a->overlay);
    tread_media__converter_destroy(&a->converter);
    free(a->bgra);
    free(a);
    *a_ptr = NULL;
}

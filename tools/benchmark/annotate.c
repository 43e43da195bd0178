/* `analyze` with the annotated clip against what it cannot avoid: decoding the clip, the network on
 * every frame, and encoding what was drawn. Prints a record for tools/bench_table.js. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <treadscope/treadscope.h>

#include "base/clock.h"
#include "base/thread.h"
#include "linalg/linalg.h"
#include "media/media.h"
#include "session/session.h"

typedef struct cost {
    double cpu_s, wall_s;
} cost;

static cost now(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (cost){(double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                      1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec),
                  (double)tread_clock__now_ns() * 1e-9};
}

/* Decode, and where `path` is given encode, with nothing drawn. */
static int bare(const char *clip, const char *path, int64_t *n_frames, tread_error *err)
{
    tread_reader *reader = NULL;
    tread_converter *converter = NULL;
    tread_writer *writer = NULL;
    int status = tread_media__reader_open(&reader, clip, NULL, err);
    for (*n_frames = 0; status == TREAD_OK; ++*n_frames) {
        tread_frame *frame = NULL;
        status = tread_media__reader_next(reader, &frame, err);
        if (status == TREAD_OK && path) {
            int width = (int)frame->picture.upright_width_px / 2 * 2;
            int height = (int)frame->picture.upright_height_px / 2 * 2;
            tread_surface to;
            if (!converter) {
                status = tread_media__converter_create(&converter, width, height, err);
                if (status == TREAD_OK)
                    status = tread_media__writer_open(
                        &writer, path,
                        &(tread_writer_opts){.width_px = width,
                                             .height_px = height,
                                             .matrix = frame->picture.matrix},
                        err);
            }
            if (status == TREAD_OK)
                status = tread_media__writer_surface(writer, &to, err);
            if (status == TREAD_OK)
                status = tread_media__converter_run(converter, frame, &to, err);
            if (status == TREAD_OK)
                status = tread_media__writer_add(writer, frame->time_s, err);
        }
        tread_media__frame_unref(&frame);
    }
    --*n_frames;
    status = status == TREAD_EOF ? TREAD_OK : status;
    if (status == TREAD_OK && writer)
        status = tread_media__writer_finish(writer, err);
    tread_media__writer_close(&writer);
    tread_media__converter_destroy(&converter);
    tread_media__reader_close(&reader);
    return status;
}

/* What is drawn: results, steps and faults. */
typedef struct drawn {
    tread_analyzer *analyzer;
    tread_step *steps;
    size_t n_steps;
    tread_rules *rules;
    tread_form *form;
} drawn;

static int analyse(drawn *d, tread_session *session, const char *clip, tread_error *err)
{
    tread_overview v;
    int status = tread_session_open(session, clip, err);
    if (status == TREAD_OK)
        status = tread_session_run(session, err);
    if (status == TREAD_OK)
        status = tread_rules_load(&d->rules, NULL, err);
    if (status == TREAD_OK)
        status = tread_form_create(&d->form, d->rules);
    if (status != TREAD_OK)
        return status;
    d->analyzer = tread_session_results(session);
    tread_analyzer_overview(d->analyzer, &v);
    d->steps = calloc((size_t)v.n_steps + 1, sizeof *d->steps);
    if (!d->steps)
        return TREAD_ERR_NOMEM;
    while (status == TREAD_OK && d->n_steps < (size_t)v.n_steps &&
           tread_analyzer_next_step(d->analyzer, &d->steps[d->n_steps]) == TREAD_OK)
        status = tread_form_step(d->form, d->analyzer, &d->steps[d->n_steps++]);
    return status;
}

static int annotate(const drawn *d, const char *clip, const char *path, int slow, tread_error *err)
{
    tread_annotator *a = NULL;
    tread_frame_result r;
    tread_annotator_opts opts = {.results = d->analyzer,
                                 .steps = d->steps,
                                 .n_steps = d->n_steps,
                                 .rules = d->rules,
                                 .slow = slow};
    opts.n_faults = tread_form_faults(d->form, &opts.faults);
    int status = tread_session__annotator_create(&a, clip, &(tread_session_opts){.from_s = 0}, path,
                                                 &opts, err);
    while (status == TREAD_OK && tread_analyzer_next_frame(d->analyzer, &r) == TREAD_OK)
        status = tread_session__annotator_add(a, &r, err);
    if (status == TREAD_OK)
        status = tread_session__annotator_finish(a, err);
    tread_session__annotator_destroy(&a);
    return status;
}

static cost since(cost from)
{
    cost to = now();
    return (cost){to.cpu_s - from.cpu_s, to.wall_s - from.wall_s};
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bench_annotate CLIP OUT.mp4 [SLOW]\n", stderr);
        return 1;
    }
    tread_media__quiet();
    tread_linalg__set_threads(1);
    drawn d = {.n_steps = 0};
    tread_error err = {0};
    tread_session *session = NULL;
    int64_t n_frames;
    cost from = now(), decode, decode_drawn, encode, measured, annotated;
    int status = bare(argv[1], NULL, &n_frames, &err);
    decode = since(from);
    if (status == TREAD_OK)
        status = tread_session_create(&session, NULL, &err);
    from = now();
    if (status == TREAD_OK)
        status = analyse(&d, session, argv[1], &err);
    measured = since(from);
    from = now();
    if (status == TREAD_OK)
        status = annotate(&d, argv[1], argv[2], argc > 3 ? atoi(argv[3]) : 0, &err);
    annotated = since(from);
    /* Lines and numbers are more work for the encoder than the clip alone: what counts is the cost
     * of the pictures that are written. */
    char again[PATH_MAX];
    snprintf(again, sizeof again, "%s.again.mp4", argv[2]);
    from = now();
    if (status == TREAD_OK)
        status = bare(argv[2], NULL, &n_frames, &err);
    decode_drawn = since(from);
    from = now();
    if (status == TREAD_OK)
        status = bare(argv[2], again, &n_frames, &err);
    encode = since(from);
    unlink(again);
    if (status == TREAD_OK) {
        const tread_source_facts *facts = tread_session_facts(session);
        const char *slash = strrchr(argv[1], '/');
        double encode_s = encode.cpu_s - decode_drawn.cpu_s,
               network_s = facts->network_s + facts->detector_s;
        double ideal_s = (decode.cpu_s + network_s + encode_s) / tread_thread__n_cores();
        printf("{\"table\":\"annotated\",\"clip\":\"%s\",\"frames\":%lld,\"decode_cpu_s\":%.3f,"
               "\"network_cpu_s\":%.3f,\"encode_cpu_s\":%.3f,\"annotated_cpu_s\":%.3f,"
               "\"measured_wall_s\":%.3f,\"annotated_wall_s\":%.3f,\"wall_s\":%.3f,"
               "\"over_ideal\":%.3f}\n",
               slash ? slash + 1 : argv[1], (long long)n_frames, decode.cpu_s, network_s, encode_s,
               annotated.cpu_s, measured.wall_s, annotated.wall_s,
               measured.wall_s + annotated.wall_s, (measured.wall_s + annotated.wall_s) / ideal_s);
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    tread_form_destroy(&d.form);
    tread_rules_destroy(&d.rules);
    free(d.steps);
    tread_session_destroy(&session);
    return status != TREAD_OK;
}

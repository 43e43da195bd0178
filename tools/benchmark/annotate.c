/* The annotated clip against what it cannot avoid: decoding the clip, and encoding as many
 * pictures. In processor time of the whole process, so that it does not depend on what else the
 * machine does. The results come from a log of `analyze --save-landmarks`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <treadscope/treadscope.h>

#include "base/clock.h"
#include "landfile/landfile.h"
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

static void tell(const char *what, cost from, int64_t n_frames)
{
    cost to = now();
    printf("%-28s %7.2f s of processor, %6.2f ms a frame; %7.2f s\n", what, to.cpu_s - from.cpu_s,
           1000 * (to.cpu_s - from.cpu_s) / (double)n_frames, to.wall_s - from.wall_s);
}

/* Decode, and where `path` is given turn into BGRA and encode, with nothing drawn. */
static int bare(const char *clip, const char *path, int64_t *n_frames, tread_error *err)
{
    tread_reader *reader = NULL;
    tread_converter *converter = NULL;
    tread_writer *writer = NULL;
    uint8_t *bgra = NULL;
    int status = tread_media__reader_open(&reader, clip, NULL, err);
    for (*n_frames = 0; status == TREAD_OK; ++*n_frames) {
        tread_frame *frame = NULL;
        status = tread_media__reader_next(reader, &frame, err);
        if (status == TREAD_OK && path) {
            int width = (int)frame->picture.upright_width_px / 2 * 2;
            int height = (int)frame->picture.upright_height_px / 2 * 2;
            ptrdiff_t stride = 4 * (ptrdiff_t)width;
            if (!bgra) {
                bgra = malloc((size_t)stride * (size_t)height);
                status = bgra ? tread_media__converter_create(&converter, width, height, err)
                              : TREAD_ERR_NOMEM;
                if (status == TREAD_OK)
                    status = tread_media__writer_open(
                        &writer, path, &(tread_writer_opts){.width_px = width, .height_px = height},
                        err);
            }
            if (status == TREAD_OK)
                status = tread_media__converter_run(converter, frame, bgra, stride, err);
            if (status == TREAD_OK)
                status = tread_media__writer_add(writer, bgra, stride, frame->time_s, err);
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
    free(bgra);
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

static int analyse(drawn *d, const char *log, tread_error *err)
{
    tread_landfile *file = NULL;
    tread_landmarks lm;
    tread_overview v;
    int status = tread_landfile__open(&file, log, 0, err);
    if (status == TREAD_OK)
        status = tread_rules_load(&d->rules, NULL, err);
    if (status == TREAD_OK)
        status = tread_analyzer_create(&d->analyzer, NULL);
    while (status == TREAD_OK && tread_landfile__next(file, &lm) == TREAD_OK)
        status = tread_analyzer_push(d->analyzer, &lm);
    tread_landfile__close(&file);
    if (status == TREAD_OK)
        status = tread_analyzer_finish(d->analyzer);
    if (status == TREAD_OK)
        status = tread_form_create(&d->form, d->rules);
    if (status != TREAD_OK)
        return status;
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

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: bench_annotate CLIP LANDMARKS.csv OUT.mp4 [SLOW]\n", stderr);
        return 1;
    }
    tread_media__quiet();
    tread_linalg__set_threads(1);
    drawn d = {.n_steps = 0};
    tread_error err = {0};
    int64_t n_frames;
    cost from = now();
    int status = bare(argv[1], NULL, &n_frames, &err);
    if (status == TREAD_OK) {
        tell("decoded", from, n_frames);
        from = now();
        status = bare(argv[1], argv[3], &n_frames, &err);
    }
    if (status == TREAD_OK) {
        tell("decoded and encoded", from, n_frames);
        status = analyse(&d, argv[2], &err);
    }
    if (status == TREAD_OK) {
        from = now();
        status = annotate(&d, argv[1], argv[3], argc > 4 ? atoi(argv[4]) : 0, &err);
    }
    if (status == TREAD_OK)
        tell("annotated", from, n_frames);
    else
        fprintf(stderr, "%s\n", err.text[0] ? err.text : tread_status_text(status));
    tread_form_destroy(&d.form);
    tread_rules_destroy(&d.rules);
    tread_analyzer_destroy(&d.analyzer);
    free(d.steps);
    return status == TREAD_OK ? 0 : 1;
}

/* A clip through network and analyzer. One after the other: "decode" (session/feed.c) and the
 * caller's thread, which runs network and analyzer. With several workers (session/crew.c) the
 * caller's tracker mostly takes their word for what is to be seen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/session.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "pose/pose.h"
#include "session/crew.h"
#include "session/cuts.h"
#include "session/facts.h"
#include "session/feed.h"

/* Reading on is quicker than opening anew for a picture within so many seconds. */
#define READ_ON_S 8.0

/* Progress is told this often at most, nanoseconds. */
#define PROGRESS_INTERVAL_NS 100000000

struct tread_session {
    tread_session_opts opts;
    tread_pose_weights *weights;
    tread_pose_tracker *tracker;
    tread_analyzer *analyzer; /* of the last clip */
    tread_source_facts facts; /* of the last clip */
    tread_feed *feed;         /* open until it has run */
    session_cuts cuts;        /* where parts of it may begin */
    char *source;             /* its name, for messages */
    double time_scale;        /* the runner's seconds in one of the clip's */
};

const char *tread_model_name(enum tread_model model)
{
    return tread_pose__model_name(session_pose_model(model));
}

int tread_session_create(tread_session **out, const tread_session_opts *opts, tread_error *err)
{
    static const tread_session_opts defaults = {.model = TREAD_MODEL_DEFAULT};
    if (!out)
        return TREAD_ERR_ARG;
    *out = NULL;
    if (!opts)
        opts = &defaults;
    if ((unsigned)opts->model > TREAD_MODEL_HEAVY || !(opts->from_s >= 0) || !(opts->to_s >= 0) ||
        !(opts->capture_fps >= 0) || opts->n_workers < 0 || opts->n_workers > TREAD_MAX_WORKERS)
        return tread_error__set(err, TREAD_ERR_ARG, "session: a setting is out of range");
    tread_session *s = calloc(1, sizeof *s);
    if (!s)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    s->opts = *opts;
    const char *dir = opts->models_dir ? opts->models_dir : tread_models_dir();
    int status = tread_pose__weights_load(&s->weights, dir, session_pose_model(opts->model), err);
    if (status == TREAD_OK)
        status = tread_pose__tracker_create(
            &s->tracker, s->weights, opts->n_workers ? opts->n_workers : session_network_threads(),
            err);
    if (status != TREAD_OK) {
        tread_session_destroy(&s);
        return status;
    }
    *out = s;
    return TREAD_OK;
}

void tread_session_destroy(tread_session **s)
{
    if (!s || !*s)
        return;
    session_feed_close(&(*s)->feed, NULL);
    session_cuts_clear(&(*s)->cuts);
    free((*s)->source);
    tread_analyzer_destroy(&(*s)->analyzer);
    tread_pose__tracker_destroy(&(*s)->tracker);
    tread_pose__weights_free(&(*s)->weights);
    free(*s);
    *s = NULL;
}

static void take_counts(tread_source_facts *facts, const tread_reader_stats *read,
                        const tread_pose_stats *pose, int64_t started_ns)
{
    facts->n_frames = read->n_frames;
    facts->n_bad_packets = read->n_bad_packets;
    facts->n_bad_frames = read->n_bad_frames;
    facts->n_time_faults = read->n_time_faults;
    facts->network_s = pose->landmark_s;
    facts->detector_s = pose->detector_s;
    facts->crop_s = pose->crop_s;
    facts->n_detector_runs = pose->n_detector_runs;
    facts->elapsed_s = (double)(tread_clock__now_ns() - started_ns) * 1e-9;
}

/* What is left of the duration once --from and --to have had their say. */
static double wanted_duration(const tread_session_opts *opts, double duration_s)
{
    double end_s = opts->to_s > 0 && !(opts->to_s > duration_s) ? opts->to_s : duration_s;
    return end_s - opts->from_s;
}

typedef struct progress_meter {
    int64_t started_ns, last_ns, n_frames;
    double duration_s;
} progress_meter;

static bool tell_progress(const tread_session *s, progress_meter *m, double time_s)
{
    m->n_frames++;
    int64_t now_ns = tread_clock__now_ns();
    if (!s->opts.on_progress || now_ns - m->last_ns < PROGRESS_INTERVAL_NS)
        return true;
    m->last_ns = now_ns;
    tread_progress p = {.time_s = time_s - s->opts.from_s,
                        .duration_s = m->duration_s,
                        .elapsed_s = (double)(now_ns - m->started_ns) * 1e-9,
                        .n_frames = m->n_frames};
    return s->opts.on_progress(s->opts.user, &p);
}

/* The landmarks of a frame go on. */
static int deliver(tread_session *s, progress_meter *meter, const tread_landmarks *lm,
                   double time_s, tread_error *err)
{
    if (s->opts.on_landmarks)
        s->opts.on_landmarks(s->opts.user, lm);
    int status = tread_analyzer_push(s->analyzer, lm);
    if (status != TREAD_OK)
        return status;
    return tell_progress(s, meter, time_s) ? TREAD_OK
                                           : tread_error__set(err, TREAD_ERR_STOPPED, "stopped");
}

/* Every frame through network and analyzer; how reading ended. */
static int run_frames(tread_session *s, progress_meter *meter, tread_error *err)
{
    for (;;) {
        tread_frame *frame = NULL;
        int status = session_feed_next(s->feed, &frame, err);
        if (status != TREAD_OK)
            return status == TREAD_EOF ? TREAD_OK : status;
        tread_landmarks lm;
        double time_s = frame->time_s;
        status = tread_pose__tracker_run(s->tracker, &frame->picture, frame->index,
                                         time_s * s->time_scale, &lm, err);
        tread_media__frame_unref(&frame);
        if (status == TREAD_OK)
            status = deliver(s, meter, &lm, time_s, err);
        if (status != TREAD_OK)
            return status;
    }
}

/* ---- with a crew ------------------------------------------------------------------- */

/* Pictures the crew's notes do not tell enough of, read again. */
typedef struct second_reading {
    tread_feed *feed;
    double time_s; /* reached */
} second_reading;

/* @return TREAD_OK; TREAD_AGAIN: it is not there */
static int find_frame(tread_session *s, second_reading *again, double time_s, tread_frame **frame)
{
    int status = TREAD_OK;
    if (!again->feed || !(time_s > again->time_s && time_s - again->time_s < READ_ON_S)) {
        session_feed_close(&again->feed, NULL);
        status = session_feed_open_part(&again->feed, s->source, time_s, s->opts.to_s, NULL, NULL);
        again->time_s = -INFINITY;
    }
    while (status == TREAD_OK && again->time_s < time_s) {
        tread_media__frame_unref(frame);
        status = session_feed_next(again->feed, frame, NULL);
        if (status == TREAD_OK)
            again->time_s = (*frame)->time_s;
    }
    if (status == TREAD_OK && again->time_s == time_s)
        return TREAD_OK;
    tread_media__frame_unref(frame);
    return TREAD_AGAIN;
}

/* The next frame by its note, or by a look of our own. */
static int see(tread_session *s, second_reading *again, const session_note *note, int64_t index,
               tread_landmarks *lm, tread_error *err)
{
    tread_frame *frame = NULL;
    double runner_s = note->time_s * s->time_scale;
    int status = tread_pose__tracker_recall(s->tracker, note->record, index, runner_s, lm);
    if (status != TREAD_AGAIN)
        return status;
    status = find_frame(s, again, note->time_s, &frame);
    if (status == TREAD_OK)
        status = tread_pose__tracker_run(s->tracker, &frame->picture, index, runner_s, lm, err);
    tread_media__frame_unref(&frame);
    return status;
}

/* As run_frames, as far as the crew's notes go.
 * @return TREAD_EOF: all of the clip; TREAD_AGAIN: from there on it is read alone; or an error */
static int run_notes(tread_session *s, tread_crew *crew, progress_meter *meter, tread_error *err)
{
    second_reading again = {0};
    int status = TREAD_OK;
    while (status == TREAD_OK) {
        tread_landmarks lm;
        session_note *note;
        status = session_crew_next(crew, &note);
        if (status == TREAD_OK)
            status = see(s, &again, note, meter->n_frames, &lm, err);
        if (status == TREAD_OK)
            status = deliver(s, meter, &lm, note->time_s, err);
        free(note);
    }
    session_feed_close(&again.feed, NULL);
    return status;
}

/* From the start again, up to where we are. */
static int catch_up(tread_session *s, int64_t n_frames, tread_error *err)
{
    int status = session_feed_open(&s->feed, s->source, s->opts.from_s, s->opts.to_s, err);
    for (int64_t i = 0; status == TREAD_OK && i < n_frames; i++) {
        tread_frame *frame = NULL;
        status = session_feed_next(s->feed, &frame, err);
        tread_media__frame_unref(&frame);
    }
    return status;
}

/* Several workers look at the clip ahead of us. What is odd about a clip shows only to who reads
 * it from start to end, so that where they meet anything odd the rest is read so.
 * @param[out] spent  by the workers
 * @return as run_frames */
static int run_with_crew(tread_session *s, int n_workers, progress_meter *meter,
                         tread_pose_stats *spent, tread_error *err)
{
    tread_crew *crew;
    session_crew_opts opts = {.source = s->source,
                              .weights = s->weights,
                              .n_workers = n_workers,
                              .to_s = s->opts.to_s,
                              .time_scale = s->time_scale,
                              .cuts = &s->cuts,
                              .fps = s->facts.stated_fps};
    int status = session_crew_start(&crew, &opts);
    if (status != TREAD_OK)
        return run_frames(s, meter, err);
    session_feed_close(&s->feed, NULL);
    status = run_notes(s, crew, meter, err);
    session_crew_end(&crew, spent);
    if (status == TREAD_AGAIN) {
        status = catch_up(s, meter->n_frames, err);
        if (status == TREAD_OK)
            status = run_frames(s, meter, err);
    }
    return status == TREAD_EOF ? TREAD_OK : status;
}

static int n_workers_for(const tread_session *s)
{
    int n = s->opts.n_workers ? s->opts.n_workers : tread_thread__n_cores();
    n = n > TREAD_MAX_WORKERS ? TREAD_MAX_WORKERS : n;
    return (size_t)n > s->cuts.n ? (int)s->cuts.n : n;
}

/* ---- a clip ------------------------------------------------------------------------ */

static int judge_result(const tread_session *s, tread_error *err)
{
    tread_overview overview;
    tread_analyzer_overview(s->analyzer, &overview);
    if (overview.n_frames == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no frame could be decoded; is the clip complete, and do "
                                "--from and --to lie inside it?",
                                s->source);
    if (overview.n_frames_found == 0)
        return tread_error__set(err, TREAD_ERR_NO_RUNNER,
                                "%s: no runner found in any of %lld frames; show the whole body "
                                "from the side, in good light",
                                s->source, (long long)overview.n_frames);
    return TREAD_OK;
}

/* Slow motion: how much of the runner's time a second of the clip is. */
static int set_time_scale(tread_session *s, tread_error *err)
{
    double played_fps = s->facts.stated_fps, filmed_fps = s->opts.capture_fps;
    s->time_scale = 1;
    if (!(filmed_fps > 0))
        return TREAD_OK;
    if (!(played_fps > 0))
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: states no frame rate, so that the time filmed cannot be told; "
                                "rewrite the clip with one, or leave out the capture rate",
                                s->source);
    /* 59.94 is 60 */
    if (filmed_fps < 0.99 * played_fps)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: plays at %g frames a second; it cannot have been filmed at "
                                "%g",
                                s->source, played_fps, filmed_fps);
    s->time_scale = played_fps / filmed_fps;
    return TREAD_OK;
}

int tread_session_open(tread_session *s, const char *source, tread_error *err)
{
    if (!s || !source)
        return TREAD_ERR_ARG;
    session_feed_close(&s->feed, NULL);
    session_cuts_clear(&s->cuts);
    free(s->source);
    tread_analyzer_destroy(&s->analyzer);
    memset(&s->facts, 0, sizeof s->facts);
    s->source = strdup(source);
    if (!s->source)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    int status = tread_analyzer_create(&s->analyzer, &s->opts.analyzer);
    if (status != TREAD_OK)
        return tread_error__set(err, status, "%s: a setting is out of range", source);
    status = session_feed_open(&s->feed, source, s->opts.from_s, s->opts.to_s, err);
    if (status == TREAD_OK)
        session_take_info(&s->facts, session_feed_info(s->feed));
    if (status == TREAD_OK)
        status = set_time_scale(s, err);
    if (status == TREAD_OK && session_cuts_find(&s->cuts, s->feed, s->opts.from_s, s->opts.to_s,
                                                s->time_scale) != TREAD_OK)
        status = tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    return status;
}

int tread_session_run(tread_session *s, tread_error *err)
{
    if (!s || !s->feed)
        return tread_error__set(err, TREAD_ERR_ARG, "session: nothing is open");
    progress_meter meter = {.started_ns = tread_clock__now_ns(),
                            .duration_s = wanted_duration(&s->opts, s->facts.duration_s)};
    tread_reader_stats read = {0};
    tread_pose_stats before = tread_pose__tracker_stats(s->tracker), spent = {0};
    tread_pose__tracker_reset(s->tracker);
    int n_workers = n_workers_for(s);
    int status = n_workers > 1 ? run_with_crew(s, n_workers, &meter, &spent, err)
                               : run_frames(s, &meter, err);
    tread_pose_stats pose = tread_pose__tracker_stats(s->tracker);
    read.n_frames = meter.n_frames;
    session_feed_close(&s->feed, &read);
    pose.landmark_s += spent.landmark_s - before.landmark_s;
    pose.detector_s += spent.detector_s - before.detector_s;
    pose.crop_s += spent.crop_s - before.crop_s;
    pose.n_detector_runs -= before.n_detector_runs;
    int finished = tread_analyzer_finish(s->analyzer);
    take_counts(&s->facts, &read, &pose, meter.started_ns);
    if (status != TREAD_OK)
        return status;
    return finished == TREAD_OK ? judge_result(s, err)
                                : tread_error__set(err, finished, "%s: out of memory", s->source);
}

tread_analyzer *tread_session_results(tread_session *s)
{
    return s ? s->analyzer : NULL;
}

const tread_source_facts *tread_session_facts(const tread_session *s)
{
    return s ? &s->facts : NULL;
}

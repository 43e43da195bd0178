/* treadsynth: a clip of a runner whose every angle is known, and the truth beside it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "render.h"
#include "truth.h"
#include "video.h"

enum { MAX_THREADS = 16 };

typedef struct options {
    const char *out;
    int n_threads;
    bool only_truth;
} options;

static void usage(FILE *to)
{
    fputs("usage: treadsynth --out CLIP.mp4 [--params FILE] [--KEY VALUE ...]\n"
          "Renders a runner and writes CLIP.mp4 and CLIP.truth.json.\n\n"
          "  --params FILE   lines `key = value`, # comments; later settings win\n"
          "  --threads N     frames rendered side by side (2)\n"
          "  --only-truth    write no clip; nothing is then known to be hidden\n"
          "  --help          this text\n\n",
          to);
    if (to == stdout)
        synth_params_print(to);
}

/* @return 0 go on, 1 done, -1 with a message */
static int parse(int argc, char **argv, synth_params *p, options *o, synth_error *err)
{
    for (int i = 1; i < argc; ++i) {
        const char *flag = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(flag, "--help") == 0) {
            usage(stdout);
            return 1;
        }
        if (strcmp(flag, "--only-truth") == 0) {
            o->only_truth = true;
            continue;
        }
        if (strncmp(flag, "--", 2) != 0)
            return synth_fail(err, "'%s' is not a flag (see --help)", flag);
        if (!value)
            return synth_fail(err, "%s needs a value", flag);
        ++i;
        if (strcmp(flag, "--out") == 0) {
            o->out = value;
        } else if (strcmp(flag, "--threads") == 0) {
            o->n_threads = atoi(value);
        } else if (strcmp(flag, "--params") == 0) {
            if (synth_params_read(p, value, err))
                return -1;
        } else if (synth_params_set(p, flag + 2, value, err)) {
            return -1;
        }
    }
    if (!o->out)
        return synth_fail(err, "--out is missing (see --help)");
    if (o->n_threads < 1 || o->n_threads > MAX_THREADS)
        return synth_fail(err, "--threads is outside 1 to %d", MAX_THREADS);
    return 0;
}

/* Presentation times in ticks: even, or early and late, with frames missing.
 * @return how many; *ticks is the caller's */
static int frame_times(const synth_params *p, int64_t **ticks)
{
    double fps = p->value[P_FPS];
    int n = (int)ceil(p->value[P_DURATION] * fps - 1e-9), kept = 0;
    synth_random random = synth_random_stream((uint64_t)p->value[P_SEED], 2);
    *ticks = malloc((size_t)n * sizeof **ticks);
    if (!*ticks)
        return 0;
    for (int i = 0; i < n; ++i) {
        double off = p->value[P_VFR] * (synth_random_uniform(&random) - 0.5);
        bool is_missing = synth_random_uniform(&random) < p->value[P_DROP];
        if (i == 0 || !is_missing)
            (*ticks)[kept++] =
                (int64_t)llround((i + (i > 0 ? off : 0.0)) / fps * SYNTH_TICKS_PER_S);
    }
    return kept;
}

typedef struct frame_job {
    const synth_renderer *renderer;
    synth_worker *worker;
    uint8_t *yuv;
    synth_frame_truth *truth;
    int index, status;
} frame_job;

static void *run_job(void *arg)
{
    frame_job *j = arg;
    j->status = synth_render_frame(j->renderer, j->worker, j->truth->time_s, j->index, j->yuv,
                                   j->truth->hidden);
    return NULL;
}

/* Renders `n` frames side by side. */
static int render_batch(frame_job *job, int n)
{
    pthread_t thread[MAX_THREADS];
    bool is_running[MAX_THREADS] = {false};
    int status = 0;
    for (int i = 1; i < n; ++i)
        is_running[i] = pthread_create(&thread[i], NULL, run_job, &job[i]) == 0;
    for (int i = 0; i < n; ++i) {
        if (is_running[i])
            pthread_join(thread[i], NULL);
        else
            run_job(&job[i]);
        status |= job[i].status;
    }
    return status;
}

static int render_frames(const synth_params *p, const synth_renderer *renderer, synth_video *video,
                         const int64_t *ticks, synth_frame_truth *truth, int n_frames,
                         int n_threads, synth_error *err)
{
    frame_job job[MAX_THREADS] = {{0}};
    size_t size = (size_t)p->value[P_WIDTH] * (size_t)p->value[P_HEIGHT] * 3 / 2;
    int status = 0;
    for (int i = 0; i < n_threads && status == 0; ++i) {
        job[i].renderer = renderer;
        job[i].yuv = malloc(size);
        if (!job[i].yuv || synth_worker_create(&job[i].worker, renderer))
            status = synth_fail(err, "out of memory");
    }
    for (int first = 0; first < n_frames && status == 0; first += n_threads) {
        int n = n_frames - first < n_threads ? n_frames - first : n_threads;
        for (int i = 0; i < n; ++i) {
            job[i].index = first + i;
            job[i].truth = &truth[first + i];
        }
        if (render_batch(job, n))
            status = synth_fail(err, "out of memory");
        for (int i = 0; i < n && status == 0; ++i)
            status = synth_video_add(video, job[i].yuv, ticks[first + i], err);
    }
    for (int i = 0; i < n_threads; ++i) {
        free(job[i].yuv);
        synth_worker_destroy(&job[i].worker);
    }
    return status;
}

static int write_clip(const synth_params *p, const synth_plan *plan, const options *o,
                      const int64_t *ticks, synth_frame_truth *truth, int n_frames,
                      synth_error *err)
{
    synth_renderer *renderer = NULL;
    synth_video *video = NULL;
    int status = synth_renderer_create(&renderer, p, plan);
    if (status)
        synth_fail(err, "out of memory");
    if (status == 0)
        status = synth_video_open(&video, o->out, p, o->n_threads, err);
    if (status == 0)
        status = render_frames(p, renderer, video, ticks, truth, n_frames, o->n_threads, err);
    if (status == 0)
        status = synth_video_finish(video, err);
    synth_video_close(&video);
    synth_renderer_destroy(&renderer);
    return status;
}

/* "clip.mp4" -> "clip.truth.json" */
static char *truth_path(const char *clip)
{
    size_t n = strlen(clip);
    if (n > 4 && strcmp(clip + n - 4, ".mp4") == 0)
        n -= 4;
    char *path = malloc(n + sizeof ".truth.json");
    if (path) {
        memcpy(path, clip, n);
        memcpy(path + n, ".truth.json", sizeof ".truth.json");
    }
    return path;
}

static int run(const synth_params *p, const options *o, synth_error *err)
{
    synth_plan *plan = NULL;
    int64_t *ticks = NULL;
    synth_frame_truth *truth = NULL;
    char *path = truth_path(o->out);
    int status = synth_plan_create(&plan, p, err), n = 0;
    if (status)
        goto done;
    status = -1;
    n = frame_times(p, &ticks);
    truth = n > 0 ? calloc((size_t)n, sizeof *truth) : NULL;
    if (!truth || !path) {
        synth_fail(err, "out of memory");
        goto done;
    }
    for (int i = 0; i < n; ++i)
        truth[i].time_s = (double)ticks[i] / SYNTH_TICKS_PER_S;
    if (!o->only_truth && write_clip(p, plan, o, ticks, truth, n, err))
        goto done;
    synth_camera camera;
    synth_camera_init(&camera, p);
    status = synth_truth_write(path, o->out, p, plan, &camera, truth, n, err);
done:
    free(path);
    free(ticks);
    free(truth);
    synth_plan_destroy(&plan);
    return status;
}

int main(int argc, char **argv)
{
    synth_params params;
    synth_error err = {""};
    options o = {.n_threads = 2};
    synth_params_init(&params);
    int status = parse(argc, argv, &params, &o, &err);
    if (status == 1)
        return 0;
    if (status == 0)
        status = synth_params_finish(&params, &err);
    bool is_usage = status != 0;
    if (status == 0)
        status = run(&params, &o, &err);
    if (status)
        fprintf(stderr, "treadsynth: %s\n", err.text);
    return status == 0 ? 0 : is_usage ? 1 : 2;
}

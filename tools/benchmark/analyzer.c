/* What motion, gait and form cost once the network has spoken: an hour of landmarks recorded, ten
 * minutes live. The landmarks are a log of `analyze --save-landmarks`, repeated. Prints records for
 * tools/bench_table.js. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <treadscope/analyzer.h>
#include <treadscope/form.h>

#include "base/clock.h"
#include "landfile/landfile.h"
#include "linalg/linalg.h"

#define RECORDED_S 3600.0
#define LIVE_S 600.0

/* The log, to be handed out over and over with times that go on. */
typedef struct loop {
    tread_landmarks *frames; /* (n) */
    size_t n;
    double frame_s;
} loop;

static double seconds_since(int64_t from_ns)
{
    return (double)(tread_clock__thread_cpu_ns() - from_ns) * 1e-9;
}

static int read_loop(loop *l, const char *path)
{
    tread_error err = {0};
    tread_landfile *log = NULL;
    if (tread_landfile__open(&log, path, 0, &err) != TREAD_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 0;
    }
    const tread_landfile_info *info = tread_landfile__info(log);
    l->frame_s = info->duration_s / (double)(info->n_frames - 1);
    l->frames = info->n_frames > 1 ? calloc((size_t)info->n_frames, sizeof *l->frames) : NULL;
    while (l->frames && tread_landfile__next(log, &l->frames[l->n]) == TREAD_OK)
        l->n++;
    tread_landfile__close(&log);
    return l->n > 0;
}

static tread_landmarks frame_at(const loop *l, size_t i)
{
    tread_landmarks lm = l->frames[i % l->n];
    lm.frame = (int64_t)i;
    lm.time_s = (double)i * l->frame_s;
    return lm;
}

/* All steps so far through the rules; out of memory shows in the table as no faults. */
static void judge(tread_form *form, tread_analyzer *a)
{
    tread_step step;
    while (tread_analyzer_next_step(a, &step) == TREAD_OK)
        if (tread_form_step(form, a, &step) != TREAD_OK)
            exit(1);
}

static void drain(tread_analyzer *a)
{
    tread_frame_result frame;
    while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
        ;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run(const loop *l, const tread_rules *rules, enum tread_analyzer_mode mode)
{
    size_t n = (size_t)((mode == TREAD_LIVE ? LIVE_S : RECORDED_S) / l->frame_s);
    tread_analyzer *a = NULL;
    tread_form *form = NULL;
    tread_analyzer_opts opts = {.mode = mode, .speed_kmh = 11};
    double *took = calloc(n, sizeof *took);
    int status = took ? tread_analyzer_create(&a, &opts) : TREAD_ERR_NOMEM;
    if (status == TREAD_OK)
        status = tread_form_create(&form, rules);
    int64_t started_ns = tread_clock__thread_cpu_ns();
    for (size_t i = 0; status == TREAD_OK && i < n; i++) {
        tread_landmarks lm = frame_at(l, i);
        int64_t pushed_ns = tread_clock__thread_cpu_ns();
        status = tread_analyzer_push(a, &lm);
        if (mode == TREAD_LIVE) {
            drain(a);
            judge(form, a);
        }
        took[i] = 1e6 * seconds_since(pushed_ns);
    }
    if (status == TREAD_OK)
        status = tread_analyzer_finish(a);
    drain(a);
    double analyzer_s = seconds_since(started_ns);
    judge(form, a);
    double whole_s = seconds_since(started_ns);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    qsort(took, n, sizeof *took, compare_doubles);
    printf(
        "{\"table\":\"analyzer\",\"mode\":\"%s\",\"session_s\":%.0f,\"frames\":%zu,\"cpu_s\":%.3f,"
        "\"analyzer_cpu_s\":%.3f,\"us_a_frame\":%.1f,\"us_median\":%.1f,\"us_p99\":%.1f,"
        "\"us_most\":%.0f,\"peak_mib\":%.0f}\n",
        mode == TREAD_LIVE ? "live" : "recorded", (double)n * l->frame_s, n, whole_s, analyzer_s,
        1e6 * whole_s / (double)n, took[n / 2], took[n * 99 / 100], took[n - 1],
        (double)usage.ru_maxrss / 1024);
    tread_form_destroy(&form);
    tread_analyzer_destroy(&a);
    free(took);
    return status;
}

/* In a process of its own, so that its memory is its own. */
static int apart(const loop *l, const tread_rules *rules, enum tread_analyzer_mode mode)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        status = run(l, rules, mode);
        fflush(stdout);
        _exit(status != TREAD_OK);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
    loop l = {.n = 0};
    tread_rules *rules = NULL;
    tread_error err = {0};
    if (argc != 2) {
        fputs("usage: bench_analyzer LANDMARKS.csv\n", stderr);
        return 1;
    }
    tread_linalg__set_threads(1);
    if (!read_loop(&l, argv[1]) || tread_rules_load(&rules, NULL, &err) != TREAD_OK)
        return 1;
    int is_good = apart(&l, rules, TREAD_RECORDED) && apart(&l, rules, TREAD_LIVE);
    tread_rules_destroy(&rules);
    free(l.frames);
    return !is_good;
}

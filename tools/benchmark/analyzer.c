/* What the analyzer costs once the network has spoken: ten minutes of landmarks,
 * recorded and live. The landmarks are a log of `analyze --save-landmarks`, repeated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/analyzer.h>

#include "base/clock.h"
#include "landfile/landfile.h"
#include "linalg/linalg.h"
#include "motion/motion.h"

#define SESSION_S 600.0

static double seconds_since(int64_t from_ns)
{
    return (double)(tread_clock__now_ns() - from_ns) * 1e-9;
}

/* The log over and over, times going on; NULL with a line on stderr. */
static tread_landmarks *read_session(const char *path, size_t *n)
{
    tread_error err = {0};
    tread_landfile *log = NULL;
    if (tread_landfile__open(&log, path, 0, &err) != TREAD_OK) {
        fprintf(stderr, "%s\n", err.text);
        return NULL;
    }
    const tread_landfile_info *info = tread_landfile__info(log);
    size_t n_log = (size_t)info->n_frames;
    double frame_s = info->duration_s / (double)(n_log - 1);
    *n = (size_t)(SESSION_S / frame_s);
    tread_landmarks *all = n_log > 1 ? calloc(*n, sizeof *all) : NULL;
    for (size_t i = 0; all && i < *n; i++) {
        if (i >= n_log)
            all[i] = all[i % n_log];
        else if (tread_landfile__next(log, &all[i]) != TREAD_OK)
            break;
        all[i].frame = (int64_t)i;
        all[i].time_s = (double)i * frame_s;
    }
    tread_landfile__close(&log);
    return all;
}

static int motion_recorded(const tread_landmarks *lm, size_t n)
{
    tread_motion_workspace *ws = NULL;
    tread_skeleton *out = calloc(n, sizeof *out);
    int status = out ? tread_motion__workspace_create(&ws, n) : TREAD_ERR_NOMEM;
    int64_t started_ns = tread_clock__now_ns();
    if (status == TREAD_OK)
        status = tread_motion__smooth(ws, lm, n, out);
    printf("%-28s %8.3f s, %.1f us a frame\n", "motion, recorded", seconds_since(started_ns),
           1e6 * seconds_since(started_ns) / (double)n);
    tread_motion__workspace_destroy(&ws);
    free(out);
    return status;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int whole(const tread_landmarks *lm, size_t n, enum tread_analyzer_mode mode)
{
    tread_analyzer *analyzer = NULL;
    tread_analyzer_opts opts = {.mode = mode, .speed_kmh = 11};
    double *took = calloc(n, sizeof *took);
    int status = took ? tread_analyzer_create(&analyzer, &opts) : TREAD_ERR_NOMEM;
    int64_t started_ns = tread_clock__now_ns();
    tread_frame_result frame;
    tread_step step;
    for (size_t i = 0; status == TREAD_OK && i < n; i++) {
        int64_t pushed_ns = tread_clock__now_ns();
        status = tread_analyzer_push(analyzer, &lm[i]);
        while (tread_analyzer_next_frame(analyzer, &frame) == TREAD_OK)
            ;
        while (tread_analyzer_next_step(analyzer, &step) == TREAD_OK)
            ;
        took[i] = 1e6 * seconds_since(pushed_ns);
    }
    if (status == TREAD_OK)
        status = tread_analyzer_finish(analyzer);
    while (tread_analyzer_next_frame(analyzer, &frame) == TREAD_OK)
        ;
    double whole_s = seconds_since(started_ns);
    tread_analyzer_destroy(&analyzer);
    if (mode == TREAD_RECORDED) {
        printf("%-28s %8.3f s, %.1f us a frame\n", "analyzer, recorded", whole_s,
               1e6 * whole_s / (double)n);
    } else if (took) {
        qsort(took, n, sizeof *took, compare_doubles);
        printf("%-28s %8.3f s, %.1f us a frame (median %.1f, 99 %% %.1f, most %.1f)\n",
               "analyzer, live", whole_s, 1e6 * whole_s / (double)n, took[n / 2],
               took[n * 99 / 100], took[n - 1]);
    }
    free(took);
    return status;
}

int main(int argc, char **argv)
{
    size_t n;
    if (argc != 2) {
        fputs("usage: bench_analyzer LANDMARKS.csv\n", stderr);
        return 1;
    }
    tread_linalg__set_threads(1);
    tread_landmarks *lm = read_session(argv[1], &n);
    if (!lm)
        return 1;
    printf("ten minutes of landmarks, %zu frames, one thread\n", n);
    int status = motion_recorded(lm, n);
    if (status == TREAD_OK)
        status = whole(lm, n, TREAD_RECORDED);
    if (status == TREAD_OK)
        status = whole(lm, n, TREAD_LIVE);
    free(lm);
    return status != TREAD_OK;
}

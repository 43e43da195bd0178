/* The whole of `analyze` against what it cannot avoid: decoding the clip, and the network on every
 * frame. In one process, taking turns, so that the ratio does not depend on what else the machine
 * does. Prints records for tools/bench_table.js. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <treadscope/session.h>

#include "base/clock.h"
#include "base/thread.h"
#include "linalg/linalg.h"
#include "media/media.h"

enum { MAX_ROUNDS = 32, MAX_WORKERS = 8 };

static double seconds_since(int64_t from_ns)
{
    return (double)(tread_clock__now_ns() - from_ns) * 1e-9;
}

/* Of all threads so far. */
static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec +
           (double)u.ru_stime.tv_sec + 1e-6 * (double)u.ru_stime.tv_usec;
}

static int decode_only(const char *clip, double *cpu_s, int64_t *n_frames, tread_error *err)
{
    tread_reader *reader = NULL;
    tread_reader_opts opts = {.n_threads = 1};
    double before_s = cpu_seconds();
    int status = tread_media__reader_open(&reader, clip, &opts, err);
    for (*n_frames = 0; status == TREAD_OK; ++*n_frames) {
        tread_frame *frame = NULL;
        status = tread_media__reader_next(reader, &frame, err);
        tread_media__frame_unref(&frame);
    }
    --*n_frames;
    tread_media__reader_close(&reader);
    *cpu_s = cpu_seconds() - before_s;
    return status == TREAD_EOF ? TREAD_OK : status;
}

typedef struct timing {
    double wall_s, network_s;
} timing;

/* Loading is not in it: a second of a clip costs the same however short the clip. */
static int whole(const char *clip, enum tread_model model, int n_workers, timing *t,
                 tread_error *err)
{
    tread_session *session = NULL;
    tread_session_opts opts = {.model = model, .n_workers = n_workers};
    int status = tread_session_create(&session, &opts, err);
    int64_t started_ns = tread_clock__now_ns();
    if (status == TREAD_OK)
        status = tread_session_open(session, clip, err);
    if (status == TREAD_OK)
        status = tread_session_run(session, err);
    t->wall_s = seconds_since(started_ns);
    if (status == TREAD_OK) {
        const tread_source_facts *facts = tread_session_facts(session);
        t->network_s = facts->network_s + facts->detector_s;
    }
    tread_session_destroy(&session);
    return status;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* All the rounds of one clip and model: decoding, then one worker, then one a core. */
static int measure(const char *clip, enum tread_model model, int n_rounds, tread_error *err)
{
    double decode_s[MAX_ROUNDS], wall_s[2][MAX_ROUNDS], network_s[2][MAX_ROUNDS];
    double ratio[2][MAX_ROUNDS], scaling[MAX_ROUNDS];
    int n_cores = tread_thread__n_cores(), status = TREAD_OK;
    int workers[2] = {1, n_cores < MAX_WORKERS ? n_cores : MAX_WORKERS};
    int64_t n_frames = 0;
    for (int round = 0; status == TREAD_OK && round < n_rounds; round++) {
        status = decode_only(clip, &decode_s[round], &n_frames, err);
        for (int k = 0; status == TREAD_OK && k < 2; k++) {
            timing t;
            status = whole(clip, model, workers[k], &t, err);
            wall_s[k][round] = t.wall_s;
            network_s[k][round] = t.network_s;
            ratio[k][round] = t.wall_s * workers[k] / (decode_s[round] + t.network_s);
        }
        scaling[round] = wall_s[0][round] / wall_s[1][round];
    }
    if (status != TREAD_OK)
        return status;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double scaled = median(scaling, n_rounds);
    for (int k = 0; k < 2; k++) {
        double least = ratio[k][0], most = ratio[k][0];
        for (int i = 1; i < n_rounds; i++) {
            least = ratio[k][i] < least ? ratio[k][i] : least;
            most = ratio[k][i] > most ? ratio[k][i] : most;
        }
        const char *slash = strrchr(clip, '/');
        printf(
            "{\"table\":\"whole\",\"clip\":\"%s\",\"model\":\"%s\",\"workers\":%d,\"frames\":%lld,"
            "\"rounds\":%d,\"decode_cpu_s\":%.3f,\"network_cpu_s\":%.3f,\"wall_s\":%.3f,"
            "\"over_ideal\":%.3f,\"over_ideal_least\":%.3f,\"over_ideal_most\":%.3f,"
            "\"scaling\":%.3f,\"peak_mib\":%.0f}\n",
            slash ? slash + 1 : clip, tread_model_name(model), workers[k], (long long)n_frames,
            n_rounds, median(decode_s, n_rounds), median(network_s[k], n_rounds),
            median(wall_s[k], n_rounds), median(ratio[k], n_rounds), least, most,
            k == 0 ? 1.0 : scaled, (double)usage.ru_maxrss / 1024);
    }
    return TREAD_OK;
}

/* In a process of its own, so that its memory is its own. */
static int apart(const char *clip, enum tread_model model, int n_rounds)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        tread_error err = {0};
        status = measure(clip, model, n_rounds, &err);
        if (status != TREAD_OK)
            fprintf(stderr, "%s\n", err.text);
        fflush(stdout);
        _exit(status != TREAD_OK);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
    int n_rounds = argc > 1 ? atoi(argv[1]) : 0;
    if (argc < 3 || n_rounds < 1 || n_rounds > MAX_ROUNDS) {
        fputs("usage: bench_whole ROUNDS CLIP...\n", stderr);
        return 1;
    }
    tread_media__quiet();
    tread_linalg__set_threads(1);
    for (int i = 2; i < argc; i++)
        if (!apart(argv[i], TREAD_MODEL_LITE, n_rounds) ||
            !apart(argv[i], TREAD_MODEL_FULL, n_rounds))
            return 1;
    return 0;
}

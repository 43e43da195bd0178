/* The whole of `analyze` (no annotated clip) against what it cannot avoid: decoding
 * the clip, and running the network on every frame. In one process, one after the
 * other, so that the ratio does not depend on what else the machine does. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <treadscope/session.h>

#include "base/clock.h"
#include "linalg/linalg.h"
#include "media/media.h"

static double seconds_since(int64_t from_ns)
{
    return (double)(tread_clock__now_ns() - from_ns) * 1e-9;
}

static int decode_only(const char *clip, double *seconds, int64_t *n_frames, tread_error *err)
{
    tread_reader *reader = NULL;
    int64_t started_ns = tread_clock__now_ns();
    int status = tread_media__reader_open(&reader, clip, NULL, err);
    for (*n_frames = 0; status == TREAD_OK; ++*n_frames) {
        tread_frame *frame = NULL;
        status = tread_media__reader_next(reader, &frame, err);
        tread_media__frame_unref(&frame);
    }
    --*n_frames;
    tread_media__reader_close(&reader);
    *seconds = seconds_since(started_ns);
    return status == TREAD_EOF ? TREAD_OK : status;
}

static int whole(const char *clip, enum tread_model model, double *seconds, double *network_s,
                 tread_error *err)
{
    tread_session *session = NULL;
    tread_session_opts opts = {.model = model};
    int64_t started_ns = tread_clock__now_ns();
    int status = tread_session_create(&session, &opts, err);
    if (status == TREAD_OK)
        status = tread_session_open(session, clip, err);
    if (status == TREAD_OK)
        status = tread_session_run(session, err);
    *seconds = seconds_since(started_ns);
    if (status == TREAD_OK) {
        const tread_source_facts *facts = tread_session_facts(session);
        *network_s = facts->network_s + facts->detector_s;
    }
    tread_session_destroy(&session);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_whole CLIP...\n", stderr);
        return 1;
    }
    tread_media__quiet();
    tread_linalg__set_threads(1);
    puts("whole analysis (model full, no annotated clip) against decoding plus network");
    printf("%8s %10s %10s %10s %7s %9s  %s\n", "frames", "decode s", "network s", "whole s", "ratio",
           "peak MB", "clip");
    for (int i = 1; i < argc; i++) {
        tread_error err = {0};
        double decode_s, whole_s, network_s = 0;
        int64_t n_frames;
        if (decode_only(argv[i], &decode_s, &n_frames, &err) != TREAD_OK ||
            whole(argv[i], TREAD_MODEL_FULL, &whole_s, &network_s, &err) != TREAD_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        printf("%8lld %10.2f %10.2f %10.2f %7.2f %9.0f  %s\n", (long long)n_frames, decode_s,
               network_s, whole_s, whole_s / (decode_s + network_s),
               (double)usage.ru_maxrss / 1024, argv[i]);
    }
    return 0;
}

/* A session: a clip (later also a live source) through network and analyzer.
 *
 *     tread_session *s = NULL;
 *     tread_session_opts opts = {.model = TREAD_MODEL_FULL};
 *     tread_error err;
 *     if (tread_session_create(&s, &opts, &err) != TREAD_OK ||
 *         tread_session_open(s, "clip.mp4", &err) != TREAD_OK ||
 *         tread_session_run(s, &err) != TREAD_OK)
 *         fprintf(stderr, "%s\n", err.text);
 *     tread_frame_result frame;
 *     while (tread_analyzer_next_frame(tread_session_results(s), &frame) == TREAD_OK) ...
 *     tread_session_destroy(&s);
 *
 * Threads: the calls block; inside, decoding runs beside the network, and parts of a
 * clip beside each other. One thread at a time per session. */
#ifndef TREADSCOPE_SESSION_H
#define TREADSCOPE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <treadscope/analyzer.h>
#include <treadscope/export.h>
#include <treadscope/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Landmark networks: heavier is slower and, for the far leg, better (README). */
enum tread_model { TREAD_MODEL_DEFAULT = 0, TREAD_MODEL_LITE, TREAD_MODEL_FULL, TREAD_MODEL_HEAVY };

enum { TREAD_MAX_WORKERS = 64 };

typedef struct tread_progress {
    double time_s;     /* presentation time reached */
    double duration_s; /* of what is analysed; NaN when unknown */
    double elapsed_s;  /* since the start */
    int64_t n_frames;
} tread_progress;

typedef struct tread_session_opts {
    tread_analyzer_opts analyzer;
    enum tread_model model; /* DEFAULT is full */
    const char *models_dir; /* folder of the network weights; NULL = tread_models_dir().
                               Borrowed for the life of the session */
    double from_s, to_s;    /* part of the clip; 0 = from its start, to its end */
    double capture_fps;     /* of slow motion: frames a second as filmed, no fewer than it is
                               played at; 0 = the clip's times are the runner's. All results
                               are then in the runner's time */
    int n_workers; /* of a clip that can be sought, so many parts are looked at at once, each
                      with a decoder and a network of its own; of any other, so many threads
                      share the network's work on each picture. 0 = one per core, half as many
                      for the latter; at most TREAD_MAX_WORKERS. The results are the same with
                      any number */
    /** Called now and then from tread_session_run; false stops it with
     *  TREAD_ERR_STOPPED. NULL = not called. */
    bool (*on_progress)(void *user, const tread_progress *progress);
    /** Called from tread_session_run, on its thread, with the landmarks of every frame
     *  as the analyzer is about to get them; valid for the call. NULL = not called. */
    void (*on_landmarks)(void *user, const tread_landmarks *lm);
    void *user; /* handed to both */
} tread_session_opts;

/** What the source was, and what reading it met. */
typedef struct tread_source_facts {
    char container[64], codec[32], pixel_format[32];
    double width_px, height_px; /* upright, square pixels */
    int rotation_deg;           /* clockwise, applied */
    bool is_mirrored;
    double duration_s; /* as stated by the container; NaN = unknown */
    double stated_fps; /* likewise, for people; nothing is computed from it */
    int64_t n_frames, n_bad_packets, n_bad_frames, n_time_faults;
    /* CPU seconds of all workers: decoding runs in threads of its own and is not in here. */
    double network_s, detector_s, crop_s;
    double elapsed_s;
    int64_t n_detector_runs;
} tread_source_facts;

typedef struct tread_session tread_session;

/** Load the networks. `*out` is NULL on failure.
 *  @return TREAD_OK, TREAD_ERR_MODEL, TREAD_ERR_ARG, TREAD_ERR_NOMEM; `err` may be NULL */
TREAD_API TREAD_WARN_UNUSED int tread_session_create(tread_session **out,
                                                     const tread_session_opts *opts,
                                                     tread_error *err);

/** Open a clip; its facts are known then. May be called again for the next clip.
 *  @return TREAD_OK; TREAD_ERR_INPUT: missing, not a video, or capture_fps does not fit it;
 *          TREAD_ERR_NOMEM */
TREAD_API TREAD_WARN_UNUSED int tread_session_open(tread_session *s, const char *source,
                                                   tread_error *err);

/** Analyse what was opened, from start to end; then it is closed.
 *  @return TREAD_OK; TREAD_ERR_INPUT: nothing could be decoded, or the clip broke off
 *          with errors; TREAD_ERR_NO_RUNNER: nobody in it; TREAD_ERR_STOPPED;
 *          TREAD_ERR_ARG: nothing is open; TREAD_ERR_NOMEM; TREAD_ERR_INTERNAL.
 *          Results so far can be read after every one of them. */
TREAD_API TREAD_WARN_UNUSED int tread_session_run(tread_session *s, tread_error *err);

/** Results of the last clip: drain frames and steps, ask for measures. Belongs to
 *  the session, valid until its next open or destroy; NULL before the first. */
TREAD_API tread_analyzer *tread_session_results(tread_session *s);

/** Facts of the last clip; valid like the results. */
TREAD_API const tread_source_facts *tread_session_facts(const tread_session *s);

/** NULL-safe, sets NULL. */
TREAD_API void tread_session_destroy(tread_session **s);

/** Where network weights are looked for: $TREADSCOPE_MODELS, else beside the
 *  installed program or in the source tree. Static; never NULL; may not exist. */
TREAD_API const char *tread_models_dir(void);

TREAD_API const char *tread_model_name(enum tread_model model); /* "full" */

#ifdef __cplusplus
}
#endif
#endif

/* session: the only room with threads of its own. It wires media, pose, analyzer
 * and outputs together. The public part is include/treadscope/session.h. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <treadscope/form.h>
#include <treadscope/session.h>

/** The second pass over a clip: its frames with the results drawn on them.
 *
 *  Feed it every frame result in order; it decodes the frame that belongs to it,
 *  draws and encodes. Decoding runs in a thread of its own. */
typedef struct tread_annotator tread_annotator;

/** What is drawn. Everything is borrowed until destroy. */
typedef struct tread_annotator_opts {
    const tread_analyzer *results;
    const tread_step *steps; /* (n_steps) in order */
    size_t n_steps;
    const tread_rules *rules;
    const tread_fault *faults; /* (n_faults) */
    size_t n_faults;
    int slow; /* contacts are replayed beside the clip, so many times slower; 0 = they are not */
} tread_annotator_opts;
#define TREAD_SLOWEST 8

/** The clip keeps its size and times. With slow motion a tall one becomes twice as wide; of a wide
 *  one each half shows the part around the runner.
 *  @param source  the clip that was analysed
 *  @param opts    as given to the session
 *  @param path    of the MP4 to write
 *  @return TREAD_OK, TREAD_ERR_INPUT, TREAD_ERR_OUTPUT, TREAD_ERR_UNSUPPORTED, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__annotator_create(tread_annotator **out, const char *source,
                                                      const tread_session_opts *opts,
                                                      const char *path,
                                                      const tread_annotator_opts *drawn,
                                                      tread_error *err);
TREAD_WARN_UNUSED int tread_session__annotator_add(tread_annotator *a, const tread_frame_result *r,
                                                   tread_error *err);
/** Finish the file and give it its name. */
TREAD_WARN_UNUSED int tread_session__annotator_finish(tread_annotator *a, tread_error *err);
/** NULL-safe, sets NULL; an unfinished file is deleted. */
void tread_session__annotator_destroy(tread_annotator **a);

/* ---- pictures for the report -------------------------------------------------- */

struct tread_key_frame; /* report/report.h */

/** Read the clip again near each moment, and make its picture: the runner, the skeleton and the
 *  angles that belong to the moment. A moment without a runner is left without.
 *  @param frames  (n) that have seen the frame results; get their JPEGs
 *  @return TREAD_OK, TREAD_ERR_INPUT (the clip is gone or changed), TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__key_pictures(
    const char *source, const tread_session_opts *opts, const tread_source_facts *source_facts,
    const tread_analyzer *results, const tread_fault *faults, struct tread_key_frame *frames,
    size_t n, tread_error *err);

/* ---- live ------------------------------------------------------------------- */

/* A camera, stream or paced clip through network, analyzer and rules, as it happens. What it
 * says are the records of src/serve/STREAM.md.
 *
 * Threads of its own: "capture" (source, decoder, recording), "analyze" (network, analyzer,
 * rules), "output" (records, pictures). Between them pictures are dropped, oldest first, and
 * never waited for: a slow network or browser makes fewer pictures, not later ones. */

typedef struct tread_live tread_live;

typedef struct tread_live_opts {
    const char *source;           /* as tread_media__reader_open takes it; copied */
    tread_analyzer_opts analyzer; /* its mode is set to live; changes are not used */
    enum tread_model model;
    const char *models_dir;   /* NULL = tread_models_dir() */
    const tread_rules *rules; /* borrowed for life */
    const char *record;       /* path without extension; NULL = not recorded. Copied */
    const char *record_name;  /* for people: the folder; copied */

    /** A record. On "output"; may block, records are then dropped, frames first. */
    void (*on_record)(void *user, const char *type, bool is_retained, const char *json);
    /** Are pictures wanted? On "output". NULL = never. */
    bool (*wants_picture)(void *user);
    /** A picture without anything drawn on it, and its frame record. On "output". */
    void (*on_picture)(void *user, const char *frame_json, const uint8_t *jpeg, size_t size);
    /** A picture for a window of our own: skeleton, angles and numbers drawn on it, the longer side
     *  1280 px at most, and over it a strip with what to tell the runner. B G R A, rows without
     *  gaps; valid during the call. On "output"; has to be quick. NULL = none is drawn */
    void (*on_drawn)(void *user, const uint8_t *bgra, int width_px, int height_px);
    /** Every frame's landmarks as the analyzer is about to get them. On "analyze"; has to be
     *  quick. @param part  0, and one more each time the picture changed its shape: sizes and
     *  places of different parts do not compare. NULL = not called */
    void (*on_landmarks)(void *user, const tread_landmarks *lm, double width_px, double height_px,
                         int part);
    void *user;
} tread_live_opts;

/** Load, connect, start.
 *  @return TREAD_OK; TREAD_ERR_INPUT: there is no such source or it does not answer;
 *          TREAD_ERR_MODEL; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__live_start(tread_live **out, const tread_live_opts *opts,
                                                tread_error *err);

/** What the console shows now. Any thread. */
void tread_session__live_set_belt(tread_live *l, double speed_kmh, double incline_pct);
/** As they were set last. Any thread. */
void tread_session__live_belt(tread_live *l, double *speed_kmh, double *incline_pct);
/** Any thread. */
void tread_session__live_pause(tread_live *l, bool is_paused);
bool tread_session__live_is_paused(const tread_live *l);
/** Nothing more will be measured: wait returns soon. Any thread. */
bool tread_session__live_is_over(const tread_live *l);
/** Any thread, and signal handlers. */
void tread_session__live_stop(tread_live *l);

/** Until it is over, by a stop or by the end of a clip; all records but `end` have gone out
 *  then.
 *  @param[out] err  why, when it failed
 *  @return TREAD_OK; TREAD_ERR_INPUT, TREAD_ERR_INTERNAL, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__live_wait(tread_live *l, tread_error *err);

/** How it went. Valid after wait. */
typedef struct tread_live_totals {
    double time_s; /* of the session */
    int64_t n_frames, n_dropped;
    double latency_p50_ms, latency_p95_ms, latency_p99_ms; /* arrival to record sent, all frames */
    bool was_stopped;                                      /* rather than at its end */
    char recording_issue[256];
} tread_live_totals;
void tread_session__live_totals(const tread_live *l, tread_live_totals *out);

/** What the source was. Valid after wait. */
void tread_session__live_facts(const tread_live *l, tread_source_facts *facts);

/** The belt's settings so far. Valid after wait. @return how many */
size_t tread_session__live_settings(const tread_live *l, const tread_belt **settings);

/** Stops, waits. NULL-safe, sets NULL. */
void tread_session__live_destroy(tread_live **l);

#endif

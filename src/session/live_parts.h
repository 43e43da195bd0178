/* Private to session: what the parts of a live session share. */
#ifndef SESSION_LIVE_PARTS_H
#define SESSION_LIVE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "pose/pose.h"
#include "report/report.h"
#include "session/capture.h"
#include "session/outbox.h"
#include "session/session.h"
#include "session/setup.h"

#define LIVE_MAX_SETTINGS 256
#define LIVE_N_STRIKES 10

/* Frames by how long they took, for percentiles: 0.1 ms apart up to 2 s. */
enum { LATENCY_N = 20000 };
typedef struct live_latency {
    uint32_t counts[LATENCY_N];
    int64_t n;
} live_latency;

void session_latency_add(live_latency *l, double ms);
/** NaN when there is none. */
double session_latency_quantile(const live_latency *l, double share);

/** What "analyze" last knew, for the status and for what is drawn. */
typedef struct live_known {
    enum tread_view view;
    enum tread_side near_side;
    bool has_runner; /* somebody runs or walks */
    double running_s;
    double time_s; /* of the newest frame analysed */
    int64_t n_analysed;
    double fps; /* analysed of late */
    bool is_keeping_up;
    tread_overlay_means means;          /* of the last seconds */
    tread_step strikes[LIVE_N_STRIKES]; /* (n_strikes) the last steps, oldest first */
    size_t n_strikes;
    const char *cue; /* the rules'; NULL = none */
} live_known;

struct tread_live {
    tread_live_opts opts;
    char *source, *record, *record_name;
    char started[32];
    tread_capture *capture;
    tread_outbox *outbox;
    pthread_t analyze_thread, output_thread;
    bool is_analyzing, is_putting_out; /* threads that have to be joined */
    atomic_bool was_stopped, is_paused, is_over;

    /* of "analyze"; of the caller after wait */
    tread_pose_weights *weights;
    tread_pose_tracker *tracker;
    tread_analyzer *analyzer;
    tread_form *form;
    tread_setup setup;
    double width_px, height_px; /* of the pictures of this part */
    int part;
    tread_fault *past_faults; /* (n_past) of earlier parts */
    size_t n_past;
    tread_fault *told_faults; /* (n_told) as they were told last, this part's */
    size_t n_told;
    tread_step strikes[LIVE_N_STRIKES]; /* the last steps, oldest first */
    size_t n_strikes;
    size_t told_cues[2];
    int n_told_cues;
    double next_summary_s, next_setup_s, next_timeline_s, next_rate_s;
    int64_t n_dropped_before, n_analysed_before;
    double runs_since_s; /* NaN = nobody runs */
    int status;          /* how it ended */
    tread_error err;

    /* of "output"; of the caller after wait */
    live_latency latency; /* of the whole session */
    live_latency recent;  /* since the last status but one */

    pthread_mutex_t lock;
    /* Protected by lock. */
    live_known known;
    double speed_kmh, incline_pct;
    bool is_belt_new;
    tread_belt settings[LIVE_MAX_SETTINGS];
    size_t n_settings;
};

/** Faults of all parts, malloc'd. NULL when there are none, or memory ran out; `*n` is 0 then. On
 *  "analyze", or after wait. */
tread_fault *session_live_faults(const tread_live *l, size_t *n);

/** Bodies of the threads; `data` is the tread_live. */
void *session_live_analyze(void *data);
void *session_live_output(void *data);

#endif

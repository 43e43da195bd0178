#include "session/capture.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/queue.h"
#include "base/thread.h"
#include "session/facts.h"

/* Pictures that may wait: rides out a hiccup of 130 ms at 60 a second, as when a browser takes both
 * cores. Who cannot keep up passes over them (session_capture_next), and after a picture was lost
 * fewer wait for some time: more would be lag, and lose as many. */
#define N_WAITING 8
#define N_WAITING_STRAINED 4
#define STRAINED_NS INT64_C(2000000000)
/* Pictures that have waited in a row for so long are passed over: a hiccup must not become lag. */
#define BACKLOG_NS INT64_C(300000000)
/* A stream that is silent for so long is connected anew. Wi-Fi drops for a second or two. */
#define PATIENCE_S 4.0
/* Connecting again: at once, then twice as long each time, up to this. */
#define FIRST_PAUSE_MS 250
#define LAST_PAUSE_MS 4000
/* A source that is so much behind its own clock has stood still: its clock is set again. */
#define STALL_S 1.0
/* Faster than any stream is played. */
#define MOST_SPEED 16
/* Pictures received are counted over so long. */
#define RATE_S 2.0
#define NS 1e-9

struct tread_capture {
    char *source, *record;
    tread_reader *reader; /* of the thread, once it runs */
    tread_queue *queue;
    pthread_t thread;
    bool is_running;
    atomic_bool stop;

    /* of the thread */
    double offset_s;   /* from the reader's clock to the session's */
    int64_t anchor_ns; /* when session time 0 was */
    bool has_anchor;
    double last_s, last_arrived_s;
    int n_connections;
    double rate_from_s;
    int n_in_rate;             /* frames after that at rate_from_s */
    int64_t strained_until_ns; /* 0 = it was not yet */

    int64_t caught_up_ns; /* of whoever takes the pictures: when none waited last */

    pthread_mutex_t lock;
    /* Protected by lock. */
    tread_capture_status status;
    tread_source_facts facts;
};

/* ---- status --------------------------------------------------------------- */

void session_capture_status(tread_capture *c, tread_capture_status *out)
{
    pthread_mutex_lock(&c->lock);
    *out = c->status;
    pthread_mutex_unlock(&c->lock);
}

void session_capture_facts(tread_capture *c, tread_source_facts *out)
{
    pthread_mutex_lock(&c->lock);
    *out = c->facts;
    pthread_mutex_unlock(&c->lock);
}

static void set_state(tread_capture *c, enum tread_capture_state state, const char *message)
{
    pthread_mutex_lock(&c->lock);
    c->status.state = state;
    snprintf(c->status.message, sizeof c->status.message, "%s", message);
    pthread_mutex_unlock(&c->lock);
}

static void note_gap(tread_capture *c, double from_s, double to_s)
{
    pthread_mutex_lock(&c->lock);
    tread_capture_status *s = &c->status;
    if (s->n_gaps < CAPTURE_MAX_GAPS) {
        s->gaps[s->n_gaps].from_s = from_s;
        s->gaps[s->n_gaps].to_s = to_s;
        s->n_gaps++;
    }
    pthread_mutex_unlock(&c->lock);
}

static void note_frame(tread_capture *c, const tread_frame *frame, bool has_dropped)
{
    const char *file, *issue;
    tread_media__reader_recording(c->reader, &file, &issue);
    tread_reader_stats read = tread_media__reader_stats(c->reader);
    c->n_in_rate++;
    double span_s = frame->time_s - c->rate_from_s;
    pthread_mutex_lock(&c->lock);
    tread_capture_status *s = &c->status;
    s->n_frames++;
    s->n_dropped += has_dropped;
    s->n_bad = read.n_bad_frames;
    s->newest_s = frame->time_s;
    s->newest_ns = frame->arrived_ns;
    snprintf(s->recording, sizeof s->recording, "%s", file ? file : "");
    snprintf(s->recording_issue, sizeof s->recording_issue, "%s", issue ? issue : "");
    if (span_s >= RATE_S)
        s->fps = c->n_in_rate / span_s;
    pthread_mutex_unlock(&c->lock);
    if (span_s >= RATE_S) {
        c->rate_from_s = frame->time_s;
        c->n_in_rate = 0;
    }
}

/* ---- connection ----------------------------------------------------------- */

static int connect_source(tread_capture *c, tread_error *err)
{
    char record[4096] = "";
    if (c->record && c->n_connections > 0)
        snprintf(record, sizeof record, "%s-c%d", c->record, c->n_connections + 1);
    else if (c->record)
        snprintf(record, sizeof record, "%s", c->record);
    tread_reader_opts opts = {.is_live = true,
                              .patience_s = PATIENCE_S,
                              .stop = &c->stop,
                              .record = c->record ? record : NULL};
    int status = tread_media__reader_open(&c->reader, c->source, &opts, err);
    if (status != TREAD_OK)
        return status;
    c->n_connections++;
    pthread_mutex_lock(&c->lock);
    session_take_info(&c->facts, tread_media__reader_info(c->reader));
    snprintf(c->status.chosen, sizeof c->status.chosen, "%s",
             tread_media__reader_info(c->reader)->chosen);
    pthread_mutex_unlock(&c->lock);
    return TREAD_OK;
}

/* False: told to stop meanwhile. */
static bool pause_ms(const tread_capture *c, int ms)
{
    const int slice_ms = 20;
    for (int waited = 0; waited < ms && !atomic_load(&c->stop); waited += slice_ms)
        nanosleep(&(struct timespec){.tv_nsec = slice_ms * 1000000L}, NULL);
    return !atomic_load(&c->stop);
}

/* Until it is back. False: told to stop. */
static bool reconnect(tread_capture *c, const tread_error *why)
{
    tread_error err = *why;
    tread_media__reader_close(&c->reader);
    for (int ms = FIRST_PAUSE_MS;; ms = ms < LAST_PAUSE_MS / 2 ? 2 * ms : LAST_PAUSE_MS) {
        set_state(c, CAPTURE_LOST, err.text);
        if (!pause_ms(c, ms))
            return false;
        int status = connect_source(c, &err);
        if (status == TREAD_OK)
            return true;
        if (status == TREAD_ERR_STOPPED)
            return false;
    }
}

/* ---- time ------------------------------------------------------------------ */

static double seconds_since_start(const tread_capture *c, int64_t ns)
{
    return (double)(ns - c->anchor_ns) * NS;
}

/* Give a frame the session's time. The clock of a connection is set by its first frame; and
 * again where the source stood still without saying so in its times. */
static void place(tread_capture *c, tread_frame *frame, bool is_first, bool is_paced)
{
    if (!c->has_anchor) {
        c->anchor_ns = frame->arrived_ns;
        c->has_anchor = true;
    }
    double arrived_s = seconds_since_start(c, frame->arrived_ns);
    if (is_first)
        c->offset_s = arrived_s - frame->time_s;
    double time_s = frame->time_s + c->offset_s;
    /* Its clock leapt: a sender that began anew. A stream may come faster than it was filmed, not
     * a second in no time. */
    double leap_s = time_s - c->last_s, waited_s = arrived_s - c->last_arrived_s;
    if (!is_paced && !is_first && leap_s > STALL_S + MOST_SPEED * waited_s) {
        c->offset_s -= leap_s - waited_s;
        time_s = c->last_s + waited_s;
    }
    c->last_arrived_s = arrived_s;
    if (!is_paced && !is_first && arrived_s - time_s > STALL_S) {
        c->offset_s += arrived_s - time_s;
        time_s = arrived_s;
    }
    bool is_very_first = is_first && c->n_connections == 1;
    if (!is_very_first && !(time_s > c->last_s))
        time_s = nextafter(c->last_s, INFINITY);
    if (time_s - c->last_s > STALL_S) {
        note_gap(c, c->last_s, time_s);
        c->rate_from_s = time_s;
        c->n_in_rate = -1; /* its first frame begins the count */
    }
    c->last_s = time_s;
    frame->time_s = time_s;
}

/* A clip is shown at its own pace. False: told to stop meanwhile. */
static bool await_turn(tread_capture *c, tread_frame *frame)
{
    int64_t due_ns = c->anchor_ns + (int64_t)(frame->time_s / NS);
    int64_t left_ns = due_ns - tread_clock__now_ns();
    while (left_ns > 0 && !atomic_load(&c->stop)) {
        int64_t slice_ns = left_ns < 50000000 ? left_ns : 50000000;
        nanosleep(&(struct timespec){.tv_nsec = slice_ns}, NULL);
        left_ns = due_ns - tread_clock__now_ns();
    }
    /* Now it would have come from a camera. */
    frame->arrived_ns = frame->decoded_ns = tread_clock__now_ns();
    return !atomic_load(&c->stop);
}

/* ---- the thread ------------------------------------------------------------- */

/* As tread_queue__send_now. */
static int send(tread_capture *c, tread_frame *frame, void **dropped)
{
    int64_t now_ns = tread_clock__now_ns();
    size_t limit = now_ns < c->strained_until_ns ? N_WAITING_STRAINED : N_WAITING;
    int status = tread_queue__send_now(c->queue, frame, limit, dropped);
    if (*dropped)
        c->strained_until_ns = now_ns + STRAINED_NS;
    return status;
}

/* All frames of one connection. @return why it is over */
static int watch(tread_capture *c, tread_error *err)
{
    bool is_paced = tread_media__reader_info(c->reader)->is_paced_by_us;
    for (bool is_first = true;; is_first = false) {
        tread_frame *frame = NULL;
        void *dropped = NULL;
        int status = tread_media__reader_next(c->reader, &frame, err);
        if (status != TREAD_OK)
            return status;
        if (is_first)
            set_state(c, CAPTURE_STREAMING, "");
        place(c, frame, is_first, is_paced);
        if (is_paced && !await_turn(c, frame)) {
            tread_media__frame_unref(&frame);
            return TREAD_ERR_STOPPED;
        }
        pthread_mutex_lock(&c->lock);
        frame->index = c->status.n_frames;
        pthread_mutex_unlock(&c->lock);
        /* Once sent it is somebody else's. */
        tread_frame *kept = tread_media__frame_ref(frame);
        status = send(c, frame, &dropped);
        if (status != TREAD_OK)
            tread_media__frame_unref(&frame);
        tread_frame *old = dropped;
        tread_media__frame_unref(&old);
        note_frame(c, kept, dropped);
        tread_media__frame_unref(&kept);
        if (status != TREAD_OK)
            return TREAD_ERR_STOPPED;
    }
}

/* A clip that is over is over; a stream that ends may come back. */
static bool is_finite(const tread_capture *c)
{
    const tread_source_info *info = tread_media__reader_info(c->reader);
    return info->is_paced_by_us && strcmp(info->container, "hls") != 0;
}

static void *run(void *data)
{
    tread_capture *c = data;
    tread_error err = {.code = TREAD_OK};
    for (;;) {
        err = (tread_error){.code = TREAD_OK};
        int status = watch(c, &err);
        if (status == TREAD_ERR_STOPPED || atomic_load(&c->stop) ||
            (is_finite(c) && status == TREAD_EOF))
            break;
        if (is_finite(c) || status == TREAD_ERR_NOMEM) {
            set_state(c, CAPTURE_ENDED, err.text);
            break;
        }
        if (status == TREAD_EOF)
            tread_error__set(&err, TREAD_ERR_INPUT, "%s: the sender has ended it", c->source);
        if (!reconnect(c, &err))
            break;
    }
    pthread_mutex_lock(&c->lock);
    c->status.state = CAPTURE_ENDED;
    pthread_mutex_unlock(&c->lock);
    tread_queue__finish_sending(c->queue);
    return NULL;
}

/* ---- life ------------------------------------------------------------------- */

int session_capture_start(tread_capture **out, const char *source, const char *record,
                          tread_error *err)
{
    *out = NULL;
    tread_capture *c = calloc(1, sizeof *c);
    if (!c)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    if (pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    }
    atomic_init(&c->stop, false);
    c->status.fps = (double)NAN;
    c->caught_up_ns = tread_clock__now_ns();
    c->n_in_rate = -1;
    c->source = strdup(source);
    c->record = record ? strdup(record) : NULL;
    int status = c->source && (!record || c->record) ? TREAD_OK : TREAD_ERR_NOMEM;
    if (status == TREAD_OK)
        status = tread_queue__create(&c->queue, N_WAITING);
    if (status == TREAD_OK)
        status = connect_source(c, err);
    if (status == TREAD_OK)
        status = tread_thread__start(&c->thread, "capture", run, c);
    if (status != TREAD_OK) {
        if (status == TREAD_ERR_NOMEM)
            tread_error__set(err, status, "out of memory");
        session_capture_close(&c);
        return status;
    }
    c->is_running = true;
    *out = c;
    return TREAD_OK;
}

/* Release `item`, take a newer one if there is one. */
static int pass_over(tread_capture *c, void **item)
{
    void *newer = NULL;
    if (tread_queue__receive_now(c->queue, &newer) != TREAD_OK)
        return 0;
    tread_frame *old = *item;
    tread_media__frame_unref(&old);
    *item = newer;
    return 1;
}

int session_capture_next(tread_capture *c, bool is_newest, tread_frame **frame)
{
    void *item = NULL;
    int n_passed = 0;
    *frame = NULL;
    int status = tread_queue__receive_now(c->queue, &item);
    int64_t now_ns = tread_clock__now_ns();
    if (status == TREAD_AGAIN) {
        c->caught_up_ns = now_ns;
        status = tread_queue__receive(c->queue, &item);
    }
    if (status != TREAD_OK)
        return status;
    is_newest |= now_ns - c->caught_up_ns > BACKLOG_NS;
    while (is_newest && pass_over(c, &item))
        n_passed++;
    if (is_newest)
        c->caught_up_ns = now_ns;
    if (n_passed > 0) {
        pthread_mutex_lock(&c->lock);
        c->status.n_dropped += n_passed;
        pthread_mutex_unlock(&c->lock);
    }
    *frame = item;
    return TREAD_OK;
}

void session_capture_stop(tread_capture *c)
{
    atomic_store(&c->stop, true);
}

void session_capture_close(tread_capture **c_ptr)
{
    tread_capture *c = *c_ptr;
    if (!c)
        return;
    atomic_store(&c->stop, true);
    if (c->is_running) {
        tread_queue__finish_receiving(c->queue);
        pthread_join(c->thread, NULL);
        for (void *item; tread_queue__receive(c->queue, &item) == TREAD_OK;) {
            tread_frame *frame = item;
            tread_media__frame_unref(&frame);
        }
    }
    tread_queue__destroy(&c->queue);
    tread_media__reader_close(&c->reader);
    pthread_mutex_destroy(&c->lock);
    free(c->source);
    free(c->record);
    free(c);
    *c_ptr = NULL;
}

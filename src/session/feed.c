#include "session/feed.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/queue.h"
#include "base/thread.h"

/* Frames decoded ahead: enough to ride out a slow key frame, small enough that a
 * 1080p clip keeps some tens of MB in them. */
#define N_AHEAD 4

struct tread_feed {
    tread_reader *reader; /* feed thread only, once it runs */
    tread_queue *queue;
    pthread_t thread;
    int is_running;
    int is_part; /* ends at the first flaw */

    /* Written by the feed thread before it finishes the queue. */
    int status;
    tread_error err;
};

/* Whether all that was read so far is as it should be. */
static int is_sound(const tread_feed *f)
{
    tread_reader_stats stats = tread_media__reader_stats(f->reader);
    return stats.n_bad_packets + stats.n_bad_frames + stats.n_time_faults == 0 &&
           !tread_media__reader_info(f->reader)->is_tolerant;
}

static int read_next(tread_feed *f, tread_frame **frame)
{
    int status = tread_media__reader_next(f->reader, frame, &f->err);
    if (!f->is_part || (status >= 0 && is_sound(f)))
        return status;
    tread_media__frame_unref(frame);
    return TREAD_AGAIN;
}

static void *run(void *data)
{
    tread_feed *f = data;
    tread_frame *frame = NULL;
    while ((f->status = read_next(f, &frame)) == TREAD_OK) {
        if (tread_queue__send(f->queue, frame) != TREAD_OK) {
            tread_media__frame_unref(&frame);
            f->status = TREAD_EOF; /* nobody listens any more */
            break;
        }
    }
    tread_queue__finish_sending(f->queue);
    return NULL;
}

static int open_feed(tread_feed **out, const char *source, const tread_reader_opts *opts,
                     int is_part, tread_error *err)
{
    *out = NULL;
    tread_feed *f = calloc(1, sizeof *f);
    if (!f)
        return TREAD_ERR_NOMEM;
    f->is_part = is_part;
    int status = tread_media__reader_open(&f->reader, source, opts, err);
    if (status == TREAD_OK)
        status = tread_queue__create(&f->queue, N_AHEAD);
    if (status != TREAD_OK)
        session_feed_close(&f, NULL);
    *out = f;
    return status;
}

int session_feed_open(tread_feed **out, const char *source, double from_s, double to_s,
                      tread_error *err)
{
    return open_feed(out, source, &(tread_reader_opts){.from_s = from_s, .to_s = to_s}, 0, err);
}

int session_feed_open_part(tread_feed **out, const char *source, double from_s, double to_s,
                           const atomic_bool *stop, tread_error *err)
{
    return open_feed(
        out, source,
        &(tread_reader_opts){
            .n_threads = 1, .is_part = true, .from_s = from_s, .to_s = to_s, .stop = stop},
        1, err);
}

int session_feed_next(tread_feed *f, tread_frame **frame, tread_error *err)
{
    void *item = NULL;
    *frame = NULL;
    if (!f->is_running) {
        int status = tread_thread__start(&f->thread, "decode", run, f);
        if (status != TREAD_OK)
            return tread_error__set(err, status, "no thread can be started; close other programs");
        f->is_running = 1;
    }
    if (tread_queue__receive(f->queue, &item) == TREAD_OK) {
        *frame = item;
        return TREAD_OK;
    }
    /* The queue's lock has ordered the thread's last writes before this. */
    if (f->status < 0 && err)
        *err = f->err;
    return f->status;
}

double session_feed_lead_s(const tread_feed *f, double time_s)
{
    return tread_media__reader_lead_s(f->reader, time_s);
}

const tread_source_info *session_feed_info(const tread_feed *f)
{
    return tread_media__reader_info(f->reader);
}

void session_feed_close(tread_feed **f_ptr, tread_reader_stats *stats)
{
    tread_feed *f = *f_ptr;
    if (!f)
        return;
    if (f->is_running) {
        tread_queue__finish_receiving(f->queue);
        pthread_join(f->thread, NULL);
        for (void *item; tread_queue__receive(f->queue, &item) == TREAD_OK;) {
            tread_frame *frame = item;
            tread_media__frame_unref(&frame);
        }
    }
    if (stats && f->reader)
        *stats = tread_media__reader_stats(f->reader);
    tread_queue__destroy(&f->queue);
    tread_media__reader_close(&f->reader);
    free(f);
    *f_ptr = NULL;
}

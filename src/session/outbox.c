#include "session/outbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A minute of steps, events and summaries; a burst of faults. */
#define N_RECORDS 1024
/* A slow reader misses frames rather than gets them late. */
#define N_FRAMES 3

struct tread_outbox {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* waits on the monotonic clock */

    /* Protected by lock. Rings. */
    session_item records[N_RECORDS];
    size_t first_record, n_records;
    session_item frames[N_FRAMES];
    size_t first_frame, n_frames;
    int64_t n_dropped;
    bool is_finished;
};

static void release(session_item *item)
{
    free(item->json);
    item->json = NULL;
    tread_media__frame_unref(&item->frame);
}

int session_outbox_create(tread_outbox **out)
{
    *out = NULL;
    tread_outbox *o = calloc(1, sizeof *o);
    pthread_condattr_t monotonic;
    if (!o)
        return TREAD_ERR_NOMEM;
    if (pthread_condattr_init(&monotonic) != 0)
        goto fail;
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    int ret = pthread_cond_init(&o->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (ret != 0)
        goto fail;
    if (pthread_mutex_init(&o->lock, NULL) != 0) {
        pthread_cond_destroy(&o->changed);
        goto fail;
    }
    *out = o;
    return TREAD_OK;
fail:
    free(o);
    return TREAD_ERR_NOMEM;
}

/* With the lock held. @return what had to go; its json and frame may be NULL */
static session_item push(session_item *ring, size_t capacity, size_t *first, size_t *n,
                         const session_item *item)
{
    session_item old = {.type = NULL};
    if (*n == capacity) {
        old = ring[*first];
        *first = (*first + 1) % capacity;
        --*n;
    }
    ring[(*first + *n) % capacity] = *item;
    ++*n;
    return old;
}

static session_item pop(session_item *ring, size_t capacity, size_t *first, size_t *n)
{
    session_item item = ring[*first];
    *first = (*first + 1) % capacity;
    --*n;
    return item;
}

void session_outbox_record(tread_outbox *o, const char *type, bool is_retained, char *json)
{
    if (!json)
        return;
    session_item item = {.type = type, .is_retained = is_retained, .json = json};
    pthread_mutex_lock(&o->lock);
    session_item old = push(o->records, N_RECORDS, &o->first_record, &o->n_records, &item);
    o->n_dropped += old.json != NULL;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
    release(&old);
}

void session_outbox_frame(tread_outbox *o, const session_item *item)
{
    pthread_mutex_lock(&o->lock);
    session_item old = push(o->frames, N_FRAMES, &o->first_frame, &o->n_frames, item);
    o->n_dropped += old.frame != NULL;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
    release(&old);
}

int session_outbox_take(tread_outbox *o, int64_t until_ns, session_item *item)
{
    struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};
    int status = TREAD_OK;
    pthread_mutex_lock(&o->lock);
    while (o->n_records == 0 && o->n_frames == 0 && !o->is_finished)
        if (pthread_cond_timedwait(&o->changed, &o->lock, &until) != 0)
            break;
    if (o->n_records > 0)
        *item = pop(o->records, N_RECORDS, &o->first_record, &o->n_records);
    else if (o->n_frames > 0)
        *item = pop(o->frames, N_FRAMES, &o->first_frame, &o->n_frames);
    else
        status = o->is_finished ? TREAD_EOF : TREAD_AGAIN;
    pthread_mutex_unlock(&o->lock);
    return status;
}

void session_outbox_finish(tread_outbox *o)
{
    pthread_mutex_lock(&o->lock);
    o->is_finished = true;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

int64_t session_outbox_n_dropped(tread_outbox *o)
{
    pthread_mutex_lock(&o->lock);
    int64_t n = o->n_dropped;
    pthread_mutex_unlock(&o->lock);
    return n;
}

void session_outbox_destroy(tread_outbox **o_ptr)
{
    tread_outbox *o = *o_ptr;
    if (!o)
        return;
    while (o->n_records > 0) {
        session_item item = pop(o->records, N_RECORDS, &o->first_record, &o->n_records);
        release(&item);
    }
    while (o->n_frames > 0) {
        session_item item = pop(o->frames, N_FRAMES, &o->first_frame, &o->n_frames);
        release(&item);
    }
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->lock);
    free(o);
    *o_ptr = NULL;
}

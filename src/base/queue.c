#include "base/queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct tread_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;

    /* Protected by lock. */
    size_t capacity, first, n;
    bool is_sending_done, is_receiving_done;
    void *items[]; /* (capacity) ring */
};

int tread_queue__create(tread_queue **out, size_t capacity)
{
    *out = NULL;
    if (capacity == 0)
        return TREAD_ERR_ARG;
    tread_queue *q = calloc(1, sizeof *q + capacity * sizeof *q->items);
    if (!q)
        return TREAD_ERR_NOMEM;
    q->capacity = capacity;
    if (pthread_mutex_init(&q->lock, NULL) != 0)
        goto fail;
    if (pthread_cond_init(&q->changed, NULL) != 0) {
        pthread_mutex_destroy(&q->lock);
        goto fail;
    }
    *out = q;
    return TREAD_OK;
fail:
    free(q);
    return TREAD_ERR_NOMEM;
}

void tread_queue__destroy(tread_queue **q)
{
    if (!*q)
        return;
    pthread_cond_destroy(&(*q)->changed);
    pthread_mutex_destroy(&(*q)->lock);
    free(*q);
    *q = NULL;
}

/* The next three: with the lock held. */

static void *take_oldest(tread_queue *q)
{
    void *item = q->items[q->first];
    q->first = (q->first + 1) % q->capacity;
    q->n--;
    return item;
}

static bool put(tread_queue *q, void *item)
{
    if (q->is_receiving_done)
        return false;
    q->items[(q->first + q->n) % q->capacity] = item;
    q->n++;
    pthread_cond_broadcast(&q->changed);
    return true;
}

static bool is_over(const tread_queue *q)
{
    return q->is_sending_done || q->is_receiving_done;
}

int tread_queue__send(tread_queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    while (q->n == q->capacity && !q->is_receiving_done)
        pthread_cond_wait(&q->changed, &q->lock);
    bool is_taken = put(q, item);
    pthread_mutex_unlock(&q->lock);
    return is_taken ? TREAD_OK : TREAD_EOF;
}

int tread_queue__send_now(tread_queue *q, void *item, size_t limit, void **dropped)
{
    pthread_mutex_lock(&q->lock);
    bool is_full = q->n == q->capacity || q->n >= limit;
    *dropped = is_full && !q->is_receiving_done ? take_oldest(q) : NULL;
    bool is_taken = put(q, item);
    pthread_mutex_unlock(&q->lock);
    return is_taken ? TREAD_OK : TREAD_EOF;
}

static int receive(tread_queue *q, void **item, bool may_wait)
{
    pthread_mutex_lock(&q->lock);
    while (may_wait && q->n == 0 && !is_over(q))
        pthread_cond_wait(&q->changed, &q->lock);
    int status = q->n > 0 ? TREAD_OK : is_over(q) ? TREAD_EOF : TREAD_AGAIN;
    if (status == TREAD_OK) {
        *item = take_oldest(q);
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return status;
}

int tread_queue__receive(tread_queue *q, void **item)
{
    return receive(q, item, true);
}

int tread_queue__receive_now(tread_queue *q, void **item)
{
    return receive(q, item, false);
}

void tread_queue__finish_sending(tread_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->is_sending_done = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

void tread_queue__finish_receiving(tread_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->is_receiving_done = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

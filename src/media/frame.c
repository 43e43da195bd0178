#include "media/frame.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A frame and where it goes back to. `frame` comes first, so that a pointer to
 * it is a pointer to the whole. */
typedef struct pooled_frame {
    tread_frame frame;
    atomic_int n_refs;
    AVFrame *av; /* owns the planes */
    media_frame_pool *pool;
    struct pooled_frame *next; /* in the free list */
} pooled_frame;

struct media_frame_pool {
    pthread_mutex_t lock;
    /* protected by lock */
    pooled_frame *free_frames;
    int n_holds; /* the owner, and every frame that is out */
};

media_frame_pool *tread_media__frame_pool_create(void)
{
    media_frame_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return NULL;
    }
    pool->n_holds = 1;
    return pool;
}

/* Nobody holds the pool any more, so nobody contends for its lock. */
static void destroy_pool(media_frame_pool *pool)
{
    while (pool->free_frames) {
        pooled_frame *f = pool->free_frames;
        pool->free_frames = f->next;
        av_frame_free(&f->av);
        free(f);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* Put `back` (may be NULL) into the free list and give up one hold. */
static void release_hold(media_frame_pool *pool, pooled_frame *back)
{
    pthread_mutex_lock(&pool->lock);
    if (back) {
        back->next = pool->free_frames;
        pool->free_frames = back;
    }
    bool is_last = --pool->n_holds == 0;
    pthread_mutex_unlock(&pool->lock);
    if (is_last)
        destroy_pool(pool);
}

void tread_media__frame_pool_release(media_frame_pool **pool)
{
    if (!*pool)
        return;
    release_hold(*pool, NULL);
    *pool = NULL;
}

static pooled_frame *new_frame(media_frame_pool *pool)
{
    pooled_frame *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->av = av_frame_alloc();
    if (!f->av) {
        free(f);
        return NULL;
    }
    f->pool = pool;
    return f;
}

tread_frame *tread_media__frame_pool_take(media_frame_pool *pool, AVFrame *source)
{
    pthread_mutex_lock(&pool->lock);
    pooled_frame *f = pool->free_frames;
    if (f)
        pool->free_frames = f->next;
    pthread_mutex_unlock(&pool->lock);
    if (!f)
        f = new_frame(pool);
    if (!f)
        return NULL;
    pthread_mutex_lock(&pool->lock);
    pool->n_holds++;
    pthread_mutex_unlock(&pool->lock);
    av_frame_move_ref(f->av, source);
    f->frame = (tread_frame){0};
    f->next = NULL;
    atomic_store_explicit(&f->n_refs, 1, memory_order_relaxed);
    return &f->frame;
}

tread_frame *tread_media__frame_ref(tread_frame *frame)
{
    pooled_frame *f = (pooled_frame *)frame;
    atomic_fetch_add_explicit(&f->n_refs, 1, memory_order_relaxed);
    return frame;
}

void tread_media__frame_unref(tread_frame **frame)
{
    if (!frame || !*frame)
        return;
    pooled_frame *f = (pooled_frame *)*frame;
    *frame = NULL;
    /* Acquire-release: whoever drops the last reference must see the others done reading. */
    if (atomic_fetch_sub_explicit(&f->n_refs, 1, memory_order_acq_rel) != 1)
        return;
    av_frame_unref(f->av);
    release_hold(f->pool, f);
}

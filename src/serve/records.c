#include "serve/records.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* STREAM.md has 7 retained types. */
enum { MAX_RETAINED = 16 };

typedef struct retained {
    const char *type;
    serve_message *newest;
} retained;

struct serve_records {
    pthread_mutex_t lock;

    /* Protected by lock. */
    uint64_t newest_id; /* 0 = nothing published yet */
    retained retained[MAX_RETAINED];
    size_t n_retained;
    serve_message *picture;
    uint64_t picture_id;
    size_t n_ring;
    serve_message *ring[]; /* (n_ring) by id; NULL: never was, or out of memory */
};

/* ---- messages ------------------------------------------------------------- */

static serve_message *create_message(size_t capacity)
{
    serve_message *m = malloc(sizeof *m + capacity);
    if (!m)
        return NULL;
    *m = (serve_message){.size = capacity};
    atomic_init(&m->n_refs, 1);
    return m;
}

static serve_message *ref(serve_message *m)
{
    if (m)
        atomic_fetch_add(&m->n_refs, 1);
    return m;
}

void tread_serve__message_unref(serve_message **m)
{
    if (*m && atomic_fetch_sub(&(*m)->n_refs, 1) == 1)
        free(*m);
    *m = NULL;
}

/* All of a record but its id, which is known only under the lock; there is room left for it. */
static serve_message *create_record(const char *type, const char *json)
{
    static const char frame[] = "event: %s\ndata: %s\nid: ";
    size_t capacity = sizeof frame + strlen(type) + strlen(json) + sizeof "18446744073709551615\n";
    serve_message *m = create_message(capacity);
    if (!m)
        return NULL;
    m->size = (size_t)snprintf(m->bytes, capacity, frame, type, json);
    m->is_frame = strcmp(type, "frame") == 0;
    return m;
}

static void number_record(serve_message *m, uint64_t id)
{
    m->id = id;
    m->size += (size_t)sprintf(m->bytes + m->size, "%" PRIu64 "\n\n", id);
}

static void put_big_endian(char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (char)(value >> (24 - 8 * i));
}

/* ---- publishing ----------------------------------------------------------- */

static void retain(serve_records *r, const char *type, serve_message *m)
{
    size_t i = 0;
    while (i < r->n_retained && strcmp(r->retained[i].type, type) != 0)
        i++;
    assert(i < MAX_RETAINED);
    if (i == MAX_RETAINED)
        return;
    if (i == r->n_retained)
        r->retained[r->n_retained++] = (retained){.type = type};
    tread_serve__message_unref(&r->retained[i].newest);
    r->retained[i].newest = ref(m);
}

void tread_serve__records_add(serve_records *r, const char *type, bool is_retained,
                              const char *json)
{
    assert(!strpbrk(json, "\r\n"));
    serve_message *m = create_record(type, json);
    pthread_mutex_lock(&r->lock);
    uint64_t id = ++r->newest_id;
    serve_message **slot = &r->ring[id % r->n_ring];
    serve_message *old = *slot;
    *slot = m;
    if (m)
        number_record(m, id);
    if (m && is_retained)
        retain(r, type, m);
    pthread_mutex_unlock(&r->lock);
    tread_serve__message_unref(&old);
}

void tread_serve__records_set_picture(serve_records *r, const char *frame_json, const uint8_t *jpeg,
                                      size_t jpeg_size)
{
    size_t json_size = strlen(frame_json);
    assert(json_size <= UINT32_MAX && jpeg_size <= UINT32_MAX);
    serve_message *m = create_message(8 + json_size + jpeg_size);
    if (!m)
        return;
    put_big_endian(m->bytes, (uint32_t)json_size);
    put_big_endian(m->bytes + 4, (uint32_t)jpeg_size);
    memcpy(m->bytes + 8, frame_json, json_size);
    memcpy(m->bytes + 8 + json_size, jpeg, jpeg_size);
    pthread_mutex_lock(&r->lock);
    m->id = ++r->picture_id;
    serve_message *old = r->picture;
    r->picture = m;
    pthread_mutex_unlock(&r->lock);
    tread_serve__message_unref(&old);
}

/* ---- listening ------------------------------------------------------------ */

serve_position tread_serve__records_begin(serve_records *r)
{
    pthread_mutex_lock(&r->lock);
    uint64_t next = r->newest_id + 1;
    pthread_mutex_unlock(&r->lock);
    return (serve_position){.next = next, .until = next};
}

static serve_message *next_retained(serve_records *r, serve_position *at)
{
    while (at->i_retained < r->n_retained) {
        serve_message *m = r->retained[at->i_retained++].newest;
        if (m->id >= at->from && m->id < at->until)
            return m;
    }
    return NULL;
}

/* Go on at the newest record. Retained ones that are newer still come by the ring. */
static void jump(serve_records *r, serve_position *at)
{
    *at = (serve_position){.next = r->newest_id, .from = at->next, .until = r->newest_id};
}

static serve_message *next_in_ring(serve_records *r, serve_position *at, bool wants_frames)
{
    while (at->next <= r->newest_id) {
        serve_message *m = r->ring[at->next++ % r->n_ring];
        if (m && (wants_frames || !m->is_frame))
            return m;
    }
    return NULL;
}

serve_message *tread_serve__records_next(serve_records *r, serve_position *at, bool wants_frames)
{
    pthread_mutex_lock(&r->lock);
    serve_message *m = next_retained(r, at);
    if (!m && r->newest_id >= at->next && r->newest_id - at->next >= r->n_ring) {
        jump(r, at);
        m = next_retained(r, at);
    }
    if (!m)
        m = next_in_ring(r, at, wants_frames);
    ref(m);
    pthread_mutex_unlock(&r->lock);
    return m;
}

serve_message *tread_serve__records_picture(serve_records *r, uint64_t *id)
{
    serve_message *m = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->picture && r->picture->id > *id) {
        m = ref(r->picture);
        *id = m->id;
    }
    pthread_mutex_unlock(&r->lock);
    return m;
}

/* ---- life ----------------------------------------------------------------- */

int tread_serve__records_create(serve_records **out, size_t n_ring)
{
    *out = NULL;
    serve_records *r = calloc(1, sizeof *r + n_ring * sizeof r->ring[0]);
    if (!r)
        return TREAD_ERR_NOMEM;
    r->n_ring = n_ring;
    if (pthread_mutex_init(&r->lock, NULL) != 0) {
        free(r);
        return TREAD_ERR_NOMEM;
    }
    *out = r;
    return TREAD_OK;
}

void tread_serve__records_destroy(serve_records **records)
{
    serve_records *r = *records;
    if (!r)
        return;
    for (size_t i = 0; i < r->n_ring; i++)
        tread_serve__message_unref(&r->ring[i]);
    for (size_t i = 0; i < r->n_retained; i++)
        tread_serve__message_unref(&r->retained[i].newest);
    tread_serve__message_unref(&r->picture);
    pthread_mutex_destroy(&r->lock);
    free(r);
    *records = NULL;
}

/* records: what is published, kept once for all who listen: the last records in a ring, the newest
 * of every retained type, and the newest picture. Listeners hold positions, not copies.
 *
 * Lock: one, private to records.c, held to move pointers. Any thread. */
#ifndef SERVE_RECORDS_H
#define SERVE_RECORDS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

/* Bytes as they go out. Shared, never changed once published. */
typedef struct serve_message {
    atomic_int n_refs;
    uint64_t id; /* counts from 1; records and pictures each have their own count */
    bool is_frame;
    size_t size;
    char bytes[]; /* (size) */
} serve_message;

/** Give back a message; NULL-safe, sets NULL. */
void tread_serve__message_unref(serve_message **m);

typedef struct serve_records serve_records;

/* Where a listener is. Whoever is new, or too far behind for the ring, first gets the retained
 * records it has missed, in the order their types were first published. */
typedef struct serve_position {
    uint64_t next;        /* id it reads on with in the ring */
    uint64_t from, until; /* before that, retained records with from <= id < until */
    size_t i_retained;    /* the type to look at next */
} serve_position;

/** @param n_ring  records kept for those who are behind, at least 1
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_serve__records_create(serve_records **out, size_t n_ring);
/** NULL-safe, sets NULL. Nobody listens or publishes any more. */
void tread_serve__records_destroy(serve_records **r);

/** See tread_serve__publish. Out of memory: the record is missed by all, its id too. */
void tread_serve__records_add(serve_records *r, const char *type, bool is_retained,
                              const char *json);
/** See tread_serve__picture. Out of memory: the picture is passed over. */
void tread_serve__records_set_picture(serve_records *r, const char *frame_json, const uint8_t *jpeg,
                                      size_t jpeg_size);

/** Where somebody who comes now begins. */
serve_position tread_serve__records_begin(serve_records *r);
/** The next record for a listener, moved on past it. NULL: none yet. Give it back. */
serve_message *tread_serve__records_next(serve_records *r, serve_position *at, bool wants_frames);
/** The newest picture if it is newer than `*id`, which it becomes; else NULL. Give it back. */
serve_message *tread_serve__records_picture(serve_records *r, uint64_t *id);

#endif

/* A bounded queue of pointers between two threads. Lossless: a full queue makes
 * the sender wait; or, for what is live, current: a full queue gives its oldest item
 * back. Either end may finish.
 *
 * Lock: one per queue, private to queue.c, never held while anything else is
 * called. Any number of threads on either end. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stddef.h>

#include <treadscope/status.h>

typedef struct tread_queue tread_queue;

/** @param capacity  items it holds before the sender waits, at least 1
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_ARG; `*out` is NULL then */
TREAD_WARN_UNUSED int tread_queue__create(tread_queue **out, size_t capacity);

/** Give `item` (not NULL) to the receiver; waits while the queue is full.
 *  @return TREAD_OK: the item is the receiver's now; TREAD_EOF: the receiver has
 *          left, the item stays with the caller */
TREAD_WARN_UNUSED int tread_queue__send(tread_queue *q, void *item);

/** Give `item` to the receiver without waiting: where `limit` items wait already, or the queue is
 *  full, the oldest makes room. Where more than that wait they stay, one more goes with the next.
 *  @param limit  at least 1
 *  @param[out] dropped  the oldest item, the caller's again; NULL = there was room
 *  @return as tread_queue__send */
TREAD_WARN_UNUSED int tread_queue__send_now(tread_queue *q, void *item, size_t limit,
                                            void **dropped);

/** No more items will come. What is queued is still delivered. */
void tread_queue__finish_sending(tread_queue *q);

/** The oldest item; waits while the queue is empty.
 *  @return TREAD_OK; TREAD_EOF: the sender has finished and the queue is empty */
TREAD_WARN_UNUSED int tread_queue__receive(tread_queue *q, void **item);

/** The oldest item, without waiting.
 *  @return TREAD_OK; TREAD_AGAIN: nothing there now; TREAD_EOF as tread_queue__receive */
TREAD_WARN_UNUSED int tread_queue__receive_now(tread_queue *q, void **item);

/** Take no more: wakes a waiting sender, which then gets TREAD_EOF. Items still
 *  queued can be taken out with tread_queue__receive, which no longer waits. */
void tread_queue__finish_receiving(tread_queue *q);

/** NULL-safe, sets NULL. Both ends must have finished and the queue be empty. */
void tread_queue__destroy(tread_queue **q);

#endif

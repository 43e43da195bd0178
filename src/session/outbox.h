/* Private to session: what "analyze" has for "output". Never makes the giver wait: records and
 * pictures that are not fetched in time are dropped, oldest first, and counted.
 *
 * Lock: one, private to outbox.c, never held while anything else is called. */
#ifndef SESSION_OUTBOX_H
#define SESSION_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/analyzer.h>

#include "media/media.h"

typedef struct tread_outbox tread_outbox;

/** What is handed over: either a record or a frame. */
typedef struct session_item {
    const char *type; /* of the record, static; NULL = a frame */
    bool is_retained;
    char *json; /* malloc'd */
    tread_frame *frame;
    tread_frame_result result;
    enum tread_side near_side;
    int64_t taken_ns, posed_ns, analysed_ns; /* out of the queue, after network, after analyzer */
} session_item;

TREAD_WARN_UNUSED int session_outbox_create(tread_outbox **out);

/** Takes over `json`; NULL is ignored. */
void session_outbox_record(tread_outbox *o, const char *type, bool is_retained, char *json);

/** A frame, its result and its times; takes over the reference. */
void session_outbox_frame(tread_outbox *o, const session_item *item);

/** The next item, records before frames; the caller owns its json and frame.
 *  @param until_ns  on base/clock.h's clock
 *  @return TREAD_OK; TREAD_AGAIN: nothing by then; TREAD_EOF: finished and empty */
TREAD_WARN_UNUSED int session_outbox_take(tread_outbox *o, int64_t until_ns, session_item *item);

/** Nothing more will come. */
void session_outbox_finish(tread_outbox *o);

/** Records dropped so far. */
int64_t session_outbox_n_dropped(tread_outbox *o);

/** NULL-safe, sets NULL; what is left in it is released. */
void session_outbox_destroy(tread_outbox **o);

#endif

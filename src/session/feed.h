/* Private to session: a thread that decodes a clip ahead of whoever uses it. */
#ifndef SESSION_FEED_H
#define SESSION_FEED_H

#include "media/media.h"

typedef struct tread_feed tread_feed;

/** Open `source` and start decoding. Messages go to `err`. */
TREAD_WARN_UNUSED int session_feed_open(tread_feed **out, const char *source, double from_s,
                                        double to_s, tread_error *err);

/** The next frame, in order; the caller releases it.
 *  @return TREAD_OK; TREAD_EOF; or why reading failed, once what came before is delivered */
TREAD_WARN_UNUSED int session_feed_next(tread_feed *f, tread_frame **frame, tread_error *err);

/** Facts of the source. The reader's own, valid until close. */
const tread_source_info *session_feed_info(const tread_feed *f);

/** Stop the thread and take the counters; NULL-safe, sets NULL. `stats` may be NULL. */
void session_feed_close(tread_feed **f, tread_reader_stats *stats);

#endif

/* Private to session: a thread that decodes a clip ahead of whoever uses it. */
#ifndef SESSION_FEED_H
#define SESSION_FEED_H

#include "media/media.h"

typedef struct tread_feed tread_feed;

/** Open `source`; decoding starts with the first session_feed_next. Messages go to `err`. */
TREAD_WARN_UNUSED int session_feed_open(tread_feed **out, const char *source, double from_s,
                                        double to_s, tread_error *err);

/** The same for a part that is read beside others: decoded by one thread, and only as long as all
 * is well. The first flaw or odd time ends it with TREAD_AGAIN before the frame behind it: what
 *  follows depends on what came before, and is for who reads the clip from its start.
 *  @param stop  when set, reading ends soon. Must outlive the feed */
TREAD_WARN_UNUSED int session_feed_open_part(tread_feed **out, const char *source, double from_s,
                                             double to_s, const atomic_bool *stop,
                                             tread_error *err);

/** The next frame, in order; the caller releases it.
 *  @return TREAD_OK; TREAD_EOF; or why reading failed, once what came before is delivered */
TREAD_WARN_UNUSED int session_feed_next(tread_feed *f, tread_frame **frame, tread_error *err);

/** How far before `time_s` decoding has to begin: tread_media__reader_lead_s. Only before the first
 *  session_feed_next. */
double session_feed_lead_s(const tread_feed *f, double time_s);

/** Facts of the source. The reader's own, valid until close. */
const tread_source_info *session_feed_info(const tread_feed *f);

/** Stop the thread and take the counters; NULL-safe, sets NULL. `stats` may be NULL. */
void session_feed_close(tread_feed **f, tread_reader_stats *stats);

#endif

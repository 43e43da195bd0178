/* Private to session: a thread that watches a camera, stream or clip as it comes, connects again
 * when it is lost, and hands out the newest pictures. */
#ifndef SESSION_CAPTURE_H
#define SESSION_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/session.h>

#include "media/media.h"

enum tread_capture_state {
    CAPTURE_STREAMING = 0,
    CAPTURE_LOST, /* being tried again */
    CAPTURE_ENDED /* a clip was over, or it was told to stop */
};

#define CAPTURE_MAX_GAPS 64

/** How it goes; a copy. */
typedef struct tread_capture_status {
    enum tread_capture_state state;
    char chosen[96];           /* the source, for people */
    char message[512];         /* why it was lost; empty = nothing to say */
    char recording[512];       /* file being written; empty = none */
    char recording_issue[256]; /* empty = none */
    int64_t n_frames;          /* received */
    int64_t n_dropped;         /* of them, not handed out: a newer one was there */
    int64_t n_bad;             /* damaged, of this connection; not counted above */
    double fps;                /* received of late, by their own times; NaN at first */
    double newest_s;           /* time of the newest */
    int64_t newest_ns;         /* when it came */
    size_t n_gaps;             /* the first CAPTURE_MAX_GAPS of them */
    struct {
        double from_s, to_s;
    } gaps[CAPTURE_MAX_GAPS];
} tread_capture_status;

typedef struct tread_capture tread_capture;

/** Open `source` and start watching.
 *  @param record  path without extension for the stream as it comes; NULL = not kept. Later
 *                 connections go to `record`-2 and so on
 *  @return TREAD_OK; TREAD_ERR_INPUT, TREAD_ERR_STOPPED, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int session_capture_start(tread_capture **out, const char *source,
                                            const char *record, tread_error *err);

/** The next picture; the caller releases it. Its time is the session's: 0 at the first picture,
 *  going on by the source's own clock, and by how long it took when the source was lost.
 *  One thread. Pictures that would become lag are passed over, and counted as dropped.
 *  @param is_newest  pass over all that came before the newest
 *  @return TREAD_OK, TREAD_EOF */
TREAD_WARN_UNUSED int session_capture_next(tread_capture *c, bool is_newest, tread_frame **frame);

void session_capture_status(tread_capture *c, tread_capture_status *out);

/** Of the connection there is, or was last. */
void session_capture_facts(tread_capture *c, tread_source_facts *out);

/** Make it end soon. Any thread, and signal handlers. */
void session_capture_stop(tread_capture *c);

/** Ends it, waits for the thread. NULL-safe, sets NULL. */
void session_capture_close(tread_capture **c);

#endif

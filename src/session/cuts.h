/* Private to session: where a clip may be cut, so that parts of it can be looked at side by
 * side. */
#ifndef SESSION_CUTS_H
#define SESSION_CUTS_H

#include <stddef.h>

#include "session/feed.h"

typedef struct session_cuts {
    double *at_s;   /* (n) on the clip's clock, rising; the first is the start */
    double *lead_s; /* (n) decoding to be done before; NaN = not known */
    size_t n;       /* 0: it is not to be cut */
} session_cuts;

/** Cuts at whole POSE_MEET_S of the runner's time. None where the clip cannot be sought, or is too
 *  short or of unknown length.
 *  @param f           open, and nothing read yet
 *  @param from_s, to_s  what is wanted of it; 0 = no bound
 *  @param time_scale  the runner's seconds in one of the clip's
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int session_cuts_find(session_cuts *cuts, const tread_feed *f, double from_s,
                                        double to_s, double time_scale);

/** {0} afterwards. */
void session_cuts_clear(session_cuts *cuts);

#endif

/* Private to session: a clip looked at by several workers at once, so that who goes through it from
 * its start finds most of the looking done.
 *
 * The clip is cut at whole POSE_MEET_S of the runner's time into parts, taken in order by whichever
 * worker is free: long ones at first, short ones towards the end, so that all end together. A
 * worker has a decoder and a network of its own, and starts a part knowing nobody. Mostly it meets
 * the worker of the part before on one runner within some pictures (pose/pose.h); that one reads on
 * until then, or, where they do not agree, through this part as well. What was seen in each picture
 * goes to the caller as a note, in order.
 *
 * Notes are hints, never results. The caller's own tracker takes those that say what it would have
 * seen itself, and looks for itself where one does not. So its results are those of a reading from
 * start to end, to the bit, however many workers there are and whatever they saw. */
#ifndef SESSION_CREW_H
#define SESSION_CREW_H

#include "pose/pose.h"
#include "session/cuts.h"

typedef struct tread_crew tread_crew;

typedef struct session_crew_opts {
    const char *source; /* borrowed for life */
    const tread_pose_weights *weights;
    int n_workers;
    double to_s;              /* as for a feed; the start is the first cut */
    double time_scale;        /* the runner's seconds in one of the clip's */
    const session_cuts *cuts; /* borrowed for life; one at least */
    double fps;               /* about; NaN = not known */
} session_crew_opts;

/** What was seen in a picture; free() it. */
typedef struct session_note {
    double time_s; /* on the clip's clock */
    tread_pose_record *record;
} session_note;

/** Start the workers.
 *  @return TREAD_OK, TREAD_ERR_NOMEM; `*out` is NULL then */
TREAD_WARN_UNUSED int session_crew_start(tread_crew **out, const session_crew_opts *opts);

/** The note of the next picture.
 *  @return TREAD_OK; TREAD_EOF: that was the last one, and the clip is sound; TREAD_AGAIN: this is
 *          as far as it goes. Something is wrong with the clip, the machine or both, and who reads
 *          on alone, from the start, finds out */
TREAD_WARN_UNUSED int session_crew_next(tread_crew *crew, session_note **note);

/** Stop the workers and wait for them; NULL-safe, sets NULL.
 *  @param[out] spent  by all of them; may be NULL */
void session_crew_end(tread_crew **crew, tread_pose_stats *spent);

#endif

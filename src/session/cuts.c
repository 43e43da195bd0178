#include "session/cuts.h"

#include <math.h>
#include <stdlib.h>

#include "pose/pose.h"

/* A day and a half. What is longer, or says so, has its last cut there. */
enum { MAX_CUTS = 65536 };

int session_cuts_find(session_cuts *cuts, const tread_feed *f, double from_s, double to_s,
                      double time_scale)
{
    const tread_source_info *info = session_feed_info(f);
    double step_s = POSE_MEET_S / time_scale;
    double end_s = to_s > 0 && !(info->duration_s < to_s) ? to_s : info->duration_s;
    double n = floor((end_s - from_s) / step_s);
    *cuts = (session_cuts){0};
    if (!info->can_start_anywhere || !(n >= 2))
        return TREAD_OK;
    size_t max = (size_t)fmin(n, MAX_CUTS);
    cuts->at_s = malloc(max * sizeof *cuts->at_s);
    cuts->lead_s = malloc(max * sizeof *cuts->lead_s);
    if (!cuts->at_s || !cuts->lead_s) {
        session_cuts_clear(cuts);
        return TREAD_ERR_NOMEM;
    }
    double first = floor(from_s / step_s);
    while (cuts->n < max) {
        double at_s = cuts->n ? (first + (double)cuts->n) * step_s : from_s;
        cuts->at_s[cuts->n] = at_s;
        cuts->lead_s[cuts->n++] = session_feed_lead_s(f, at_s);
    }
    return TREAD_OK;
}

void session_cuts_clear(session_cuts *cuts)
{
    free(cuts->at_s);
    free(cuts->lead_s);
    *cuts = (session_cuts){0};
}

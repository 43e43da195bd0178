#include "media/timeline.h"

#include <libavutil/avutil.h>

/* Further back than any reordering reaches: the camera's clock was reset, or
 * two recordings were joined. */
static const double RESET_S = 0.5;

double tread_media__timeline_seconds(const media_timeline *line, int64_t ticks)
{
    /* One rounding: 512 ticks of 1/15360 s give the double nearest to 1/30. */
    return ((double)ticks - (double)line->origin) * line->tick.num / line->tick.den;
}

void tread_media__timeline_restart(media_timeline *line)
{
    line->offset_s = 0.0;
    line->has_last = false;
    line->step_s = line->usual_step_s;
}

/* A time for a frame that has none or cannot keep its own. */
static double extrapolate(const media_timeline *line)
{
    return line->has_last ? line->last_s + line->step_s : 0.0;
}

bool tread_media__timeline_place(media_timeline *line, int64_t ticks, double *time_s,
                                 bool *is_faulty)
{
    *is_faulty = ticks == AV_NOPTS_VALUE;
    double t;
    if (ticks == AV_NOPTS_VALUE) {
        t = extrapolate(line);
    } else {
        if (!line->has_origin) {
            line->origin = ticks;
            line->offset_s = extrapolate(line);
            line->has_origin = true;
        }
        t = tread_media__timeline_seconds(line, ticks) + line->offset_s;
        if (line->has_last && t < line->last_s - RESET_S) {
            *is_faulty = true;
            line->offset_s += extrapolate(line) - t;
            t = extrapolate(line);
        }
    }
    if (line->has_last && !(t > line->last_s)) {
        *is_faulty = true;
        return false;
    }
    if (line->has_last && !*is_faulty)
        line->step_s = t - line->last_s;
    line->last_s = t;
    line->has_last = true;
    *time_s = t;
    return true;
}

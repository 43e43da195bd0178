/* From libav's ticks to the clip's own clock, and what to do when the ticks are
 * missing, repeat or go back. */
#ifndef MEDIA_TIMELINE_H
#define MEDIA_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/rational.h>

typedef struct media_timeline {
    AVRational tick;     /* seconds of one tick */
    int64_t origin;      /* the tick that counts as zero */
    bool has_origin;     /* false: the first frame sets it */
    double usual_step_s; /* between frames, until two were seen */
    /* state */
    double offset_s; /* added since the source's clock was reset */
    double last_s;
    double step_s;
    bool has_last;
} media_timeline;

/** Seconds on the clip's own clock, before any repair. */
double tread_media__timeline_seconds(const media_timeline *line, int64_t ticks);

/** Forget the frames seen, keep the clock: for a new start after seeking. */
void tread_media__timeline_restart(media_timeline *line);

/** Place the next frame.
 *  @param ticks           AV_NOPTS_VALUE when the frame has none
 *  @param[out] time_s     strictly above the frame before
 *  @param[out] is_faulty  the time was missing, repeated or backward
 *  @return false: the frame repeats or goes back and is to be dropped */
bool tread_media__timeline_place(media_timeline *line, int64_t ticks, double *time_s,
                                 bool *is_faulty);

#endif

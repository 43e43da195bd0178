/* Pictures to an H.264 MP4 with true times. */
#ifndef TREADSYNTH_VIDEO_H
#define TREADSYNTH_VIDEO_H

#include <stdint.h>

#include "params.h"

/* Times are whole numbers of these, so that truth and container agree exactly. */
#define SYNTH_TICKS_PER_S 90000

typedef struct synth_video synth_video;

/** Start `path`; it appears under that name only when finished. */
int synth_video_open(synth_video **out, const char *path, const synth_params *p, int n_threads,
                     synth_error *err);

/** Add one upright 4:2:0 picture shown from `ticks` on; ticks must increase. */
int synth_video_add(synth_video *v, const uint8_t *yuv, int64_t ticks, synth_error *err);

int synth_video_finish(synth_video *v, synth_error *err);

/** Release; an unfinished clip is deleted. NULL-safe, sets NULL. */
void synth_video_close(synth_video **v);

#endif

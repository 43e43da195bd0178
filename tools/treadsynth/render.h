/* Pictures of the runner: room drawn once, the runner several times a frame over
 * the exposure, averaged in linear light. */
#ifndef TREADSYNTH_RENDER_H
#define TREADSYNTH_RENDER_H

#include <stdint.h>

#include "camera.h"
#include "gait.h"

typedef struct synth_renderer synth_renderer; /* shared, read-only */
typedef struct synth_worker synth_worker;     /* one a thread */

/** @return 0, or -1 when memory runs out */
int synth_renderer_create(synth_renderer **out, const synth_params *p, const synth_plan *plan);
void synth_renderer_destroy(synth_renderer **r);

int synth_worker_create(synth_worker **out, const synth_renderer *r);
void synth_worker_destroy(synth_worker **w);

/** Draw the frame whose exposure is centred on `t_s`.
 *  @param index   picks the sensor's noise
 *  @param[out] yuv     upright 4:2:0 planes one after the other, BT.709, 16..235
 *  @param[out] hidden  per landmark: something else is in front of it, or it is
 *                      outside of the picture
 *  @return 0, or -1 when memory runs out */
int synth_render_frame(const synth_renderer *r, synth_worker *w, double t_s, int index,
                       uint8_t *yuv, bool hidden[PT_COUNT]);

const synth_camera *synth_renderer_camera(const synth_renderer *r);

#endif

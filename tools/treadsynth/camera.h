/* Pinhole camera: world metres to upright pixels (origin at the top left corner,
 * pixel centres at +0.5). */
#ifndef TREADSYNTH_CAMERA_H
#define TREADSYNTH_CAMERA_H

#include "params.h"
#include "vec.h"

typedef struct synth_camera {
    vec3 at;
    vec3 right, down, forward; /* unit, in the world */
    double focal_px, cx, cy;
    int width, height;
} synth_camera;

void synth_camera_init(synth_camera *c, const synth_params *p);

/** Depth (metres along the view) and pixel of a point in front of the camera. */
double synth_camera_project(const synth_camera *c, vec3 world, double *x_px, double *y_px);

#endif

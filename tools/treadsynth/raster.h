/* Triangles to pixels: nearest triangle and its nearness, nothing else. */
#ifndef TREADSYNTH_RASTER_H
#define TREADSYNTH_RASTER_H

#include "camera.h"
#include "mesh.h"

typedef struct synth_region {
    int x0, y0, x1, y1; /* x1, y1 excluded */
} synth_region;

/* near: 1/depth for a camera, metres towards the light for a shadow map; larger
 * is nearer. tri: index, -1 where nothing was drawn; NULL for shadow maps. */
typedef struct synth_target {
    int width, height;
    float *near;
    int32_t *tri;
} synth_target;

/* Light that comes from one direction, as an orthographic picture. */
typedef struct synth_shadow {
    synth_target map;
    float s[3], t[3], l[3]; /* across, along, towards the light */
    float origin[3], per_metre;
} synth_shadow;

int synth_target_create(synth_target *t, int width, int height, bool with_triangles);
void synth_target_free(synth_target *t);

/** Draw a mesh seen by a camera, its picture moved by (dx, dy) pixels.
 *  @return what was touched, or an empty region */
synth_region synth_raster_camera(synth_target *t, const synth_camera *c, const synth_mesh *m,
                                 double dx, double dy, synth_region clip);

int synth_shadow_create(synth_shadow *s, vec3 light, vec3 centre, double width_m, int size);
void synth_shadow_clear(synth_shadow *s);
/** Triangles of `skip_a` and `skip_b` cast none. */
void synth_shadow_draw(synth_shadow *s, const synth_mesh *m, enum synth_material skip_a,
                       enum synth_material skip_b);
/** Share of light that reaches a point; `soft` is the radius of the edge in metres,
 *  `taps` (5 or 9) how finely it is graded. */
float synth_shadow_lit(const synth_shadow *s, const float p[3], float bias_m, float soft_m,
                       int taps);

#endif

/* Treadmill and room. */
#ifndef TREADSYNTH_SCENE_H
#define TREADSYNTH_SCENE_H

#include "body.h"
#include "camera.h"
#include "mesh.h"

/* The floor lies this far below the belt. */
#define SCENE_FLOOR_Y (-0.22)
#define SCENE_BELT_HALF_WIDTH 0.25

typedef struct synth_scene {
    bool has_mirror;
    vec3 mirror_point, mirror_normal; /* towards the room */
} synth_scene;

/** Walls, floor, furniture, the part of the treadmill that stands. */
void synth_scene_room(synth_mesh *m, const synth_params *p, const synth_camera *c,
                      synth_scene *scene);
/** The part that tilts. */
void synth_scene_deck(synth_mesh *m, double incline_rad);

#endif

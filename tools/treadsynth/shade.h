/* Colour of one visible point: material, light, shadow. */
#ifndef TREADSYNTH_SHADE_H
#define TREADSYNTH_SHADE_H

#include "body.h"
#include "params.h"

enum synth_wall { WALL_LIGHT, WALL_DARK, WALL_BRICK, WALL_WOOD };

typedef struct synth_look {
    synth_style style[2]; /* the runner, the bystander */
    enum synth_wall wall;
    float light[3];             /* unit, towards the key light */
    float key, fill;            /* strengths of key and of light from everywhere */
    float floor_y, wall_out[3]; /* for the darker edge between wall and floor */
} synth_look;

typedef struct synth_surface {
    enum synth_material material;
    int person;
    float u, v;
    float p[3], n[3];   /* world; n faces the camera */
    float to_camera[3]; /* unit */
    float lit;          /* share of the key light that arrives */
} synth_surface;

/** @param[out] rgb  linear light
 *  @return share of it that comes from the key light */
float synth_shade(const synth_look *look, const synth_surface *s, float rgb[3]);

/** Brightness of the moving belt's pattern at `m` metres along and `z` across. */
float synth_belt_pattern(float m, float z);

#endif

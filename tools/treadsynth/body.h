/* A dressed person around a pose. */
#ifndef TREADSYNTH_BODY_H
#define TREADSYNTH_BODY_H

#include "gait.h"
#include "mesh.h"

/* Heights along a limb or trunk handed to the material as v:
 *   torso  0 at mid-hip, 1 at mid-shoulder, neck beyond
 *   arm    0 shoulder, 1 elbow, 2 wrist
 *   leg    0 hip, 1 knee, 2 ankle
 *   head   metres above the ear, for a stature of 1.75 m
 *   shoe   metres above the sole
 * and u around, as in synth_mesh_loft. */

typedef struct synth_style {
    enum synth_body_kind kind;
    enum synth_hair hair;
    enum synth_shirt shirt;
    enum synth_legs legs;
    double build;
    float skin[3], hair_colour[3], shirt_colour[3], legs_colour[3], shoe_colour[3], sock_colour[3];
} synth_style;

/** Colours are linear light, 0..1. */
void synth_style_init(synth_style *style, const synth_params *p);
/** Somebody else, for the background. */
void synth_style_bystander(synth_style *style);

/** Add the person to `m`. */
void synth_body_build(synth_mesh *m, const synth_figure *f, const synth_style *style,
                      const synth_pose *pose);

#endif

/* Triangles with smooth normals, and the shapes everything is made of. */
#ifndef TREADSYNTH_MESH_H
#define TREADSYNTH_MESH_H

#include <stdbool.h>
#include <stdint.h>

#include "vec.h"

enum synth_material {
    MAT_NONE,
    /* a person; colours from their style */
    MAT_TORSO, /* shirt, neck or bare by height */
    MAT_SHIRT,
    MAT_ARM,
    MAT_HAND,
    MAT_LEG, /* skin, tights and sock by height */
    MAT_SHORTS,
    MAT_SHOE,
    MAT_HEAD,
    MAT_NOSE,
    MAT_EAR,
    MAT_HAIR,
    /* a room */
    MAT_WALL,
    MAT_CEILING,
    MAT_FLOOR,
    MAT_SKIRTING,
    MAT_BELT,
    MAT_RAIL,
    MAT_PLASTIC,
    MAT_METAL,
    MAT_SCREEN,
    MAT_CARD,
    MAT_WOOD,
    MAT_PLANT,
    MAT_POT,
    MAT_POSTER,
    MAT_LAMP,
    MAT_MIRROR,
    MAT_COUNT
};

typedef struct synth_vertex {
    float p[3], n[3];
    float u, v;
} synth_vertex;

typedef struct synth_triangle {
    int32_t v[3];
    uint8_t material;
    uint8_t person; /* whose style: 0 the runner, 1 the bystander */
} synth_triangle;

/* Grows as needed; `clear` keeps the memory. is_bad: memory ran out, parts are
 * missing. */
typedef struct synth_mesh {
    synth_vertex *vertex;
    synth_triangle *triangle;
    int n_vertices, n_triangles, max_vertices, max_triangles;
    uint8_t person; /* given to what is added */
    bool is_bad;
} synth_mesh;

void synth_mesh_clear(synth_mesh *m);
void synth_mesh_free(synth_mesh *m);

/* One cross-section of a lofted shape: an ellipse with its own front and back
 * radius, boxy when power > 2. */
typedef struct synth_ring {
    vec3 centre, side, front; /* side and front: unit vectors in the ring's plane */
    double r_side, r_front, r_back;
    double power;
    double v; /* handed to the material */
} synth_ring;

enum { MESH_MAX_RINGS = 48, MESH_MAX_COLUMNS = 48 };

/** Skin over rings; u runs 0 to 1 around from +side through +front. */
void synth_mesh_loft(synth_mesh *m, const synth_ring *ring, int n, int columns,
                     enum synth_material material);

/** Skin over a grid of points, closed around the columns. `centre` per row tells
 *  inside from outside; v per row, u per column. */
void synth_mesh_grid(synth_mesh *m, const vec3 *point, const vec3 *centre, const double *v,
                     int rows, int columns, enum synth_material material);

/** A box: centre, half sizes along the frame's axes. */
void synth_mesh_box(synth_mesh *m, vec3 centre, vec3 half, mat3 frame,
                    enum synth_material material);

/** A round bar from a to b. */
void synth_mesh_bar(synth_mesh *m, vec3 a, vec3 b, double radius, enum synth_material material);

/** A flat four-sided face: corner, two edges; the normal is cross(e1, e2). */
void synth_mesh_face(synth_mesh *m, vec3 corner, vec3 e1, vec3 e2, enum synth_material material);

/** Turn and move everything from vertex `from` on. */
void synth_mesh_place(synth_mesh *m, int from, mat3 turn_by, vec3 move_by);

#endif

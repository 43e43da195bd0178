#include "mesh.h"

#include <stdlib.h>
#include <string.h>

void synth_mesh_clear(synth_mesh *m)
{
    m->n_vertices = m->n_triangles = 0;
    m->person = 0;
}

void synth_mesh_free(synth_mesh *m)
{
    free(m->vertex);
    free(m->triangle);
    memset(m, 0, sizeof *m);
}

static bool reserve(synth_mesh *m, int vertices, int triangles)
{
    if (m->n_vertices + vertices > m->max_vertices) {
        int max = (m->n_vertices + vertices) * 2;
        synth_vertex *v = realloc(m->vertex, (size_t)max * sizeof *v);
        if (!v)
            return !(m->is_bad = true);
        m->vertex = v;
        m->max_vertices = max;
    }
    if (m->n_triangles + triangles > m->max_triangles) {
        int max = (m->n_triangles + triangles) * 2;
        synth_triangle *t = realloc(m->triangle, (size_t)max * sizeof *t);
        if (!t)
            return !(m->is_bad = true);
        m->triangle = t;
        m->max_triangles = max;
    }
    return true;
}

static void put_vertex(synth_mesh *m, vec3 p, vec3 n, double u, double v)
{
    m->vertex[m->n_vertices++] = (synth_vertex){{(float)p.x, (float)p.y, (float)p.z},
                                                {(float)n.x, (float)n.y, (float)n.z},
                                                (float)u,
                                                (float)v};
}

static void put_triangle(synth_mesh *m, int a, int b, int c, enum synth_material material)
{
    m->triangle[m->n_triangles++] = (synth_triangle){{a, b, c}, (uint8_t)material, m->person};
}

void synth_mesh_grid(synth_mesh *m, const vec3 *point, const vec3 *centre, const double *v,
                     int rows, int columns, enum synth_material material)
{
    int first = m->n_vertices;
    if (!reserve(m, rows * (columns + 1), 2 * (rows - 1) * columns))
        return;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c <= columns; ++c) {
            int at = c % columns, next = (c + 1) % columns, last = (c + columns - 1) % columns;
            int above = r > 0 ? r - 1 : r, below = r + 1 < rows ? r + 1 : r;
            vec3 around = sub(point[r * columns + next], point[r * columns + last]);
            vec3 down = sub(point[below * columns + at], point[above * columns + at]);
            vec3 n = cross(around, down), out = sub(point[r * columns + at], centre[r]);
            if (dot(n, n) < 1e-16) /* a pole: the way the end points */
                n = sub(centre[r], centre[r > 0 ? r - 1 : r + 1]);
            else if (dot(n, out) < 0.0)
                n = scale(n, -1.0);
            put_vertex(m, point[r * columns + at], unit(n), (double)c / columns, v[r]);
        }
    for (int r = 0; r + 1 < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            int a = first + r * (columns + 1) + c, b = a + columns + 1;
            put_triangle(m, a, a + 1, b, material);
            put_triangle(m, b, a + 1, b + 1, material);
        }
}

static double power_of(double x, double e)
{
    return x < 0.0 ? -pow(-x, e) : pow(x, e);
}

void synth_mesh_loft(synth_mesh *m, const synth_ring *ring, int n, int columns,
                     enum synth_material material)
{
    vec3 point[MESH_MAX_RINGS * MESH_MAX_COLUMNS], centre[MESH_MAX_RINGS];
    double v[MESH_MAX_RINGS];
    for (int r = 0; r < n; ++r) {
        const synth_ring *k = &ring[r];
        centre[r] = k->centre;
        v[r] = k->v;
        for (int c = 0; c < columns; ++c) {
            double a = 2.0 * SYNTH_PI * c / columns, x = cos(a), y = sin(a);
            if (k->power != 2.0) {
                x = power_of(x, 2.0 / k->power);
                y = power_of(y, 2.0 / k->power);
            }
            vec3 p = along(k->centre, k->side, k->r_side * x);
            point[r * columns + c] = along(p, k->front, (y > 0.0 ? k->r_front : k->r_back) * y);
        }
    }
    synth_mesh_grid(m, point, centre, v, n, columns, material);
}

void synth_mesh_face(synth_mesh *m, vec3 corner, vec3 e1, vec3 e2, enum synth_material material)
{
    if (!reserve(m, 4, 2))
        return;
    int first = m->n_vertices;
    vec3 n = unit(cross(e1, e2));
    put_vertex(m, corner, n, 0, 0);
    put_vertex(m, add(corner, e1), n, 1, 0);
    put_vertex(m, add(corner, e2), n, 0, 1);
    put_vertex(m, add(add(corner, e1), e2), n, 1, 1);
    put_triangle(m, first, first + 1, first + 2, material);
    put_triangle(m, first + 2, first + 1, first + 3, material);
}

void synth_mesh_box(synth_mesh *m, vec3 centre, vec3 half, mat3 f, enum synth_material material)
{
    vec3 a[3] = {scale(f.x, half.x), scale(f.y, half.y), scale(f.z, half.z)};
    for (int axis = 0; axis < 3; ++axis) {
        vec3 n = a[axis], e1 = scale(a[(axis + 1) % 3], 2.0), e2 = scale(a[(axis + 2) % 3], 2.0);
        vec3 low = sub(sub(centre, scale(e1, 0.5)), scale(e2, 0.5));
        synth_mesh_face(m, add(low, n), e1, e2, material);
        synth_mesh_face(m, sub(low, n), e2, e1, material);
    }
}

void synth_mesh_bar(synth_mesh *m, vec3 a, vec3 b, double radius, enum synth_material material)
{
    vec3 d = unit(sub(b, a));
    vec3 side = unit(cross(fabs(d.y) < 0.9 ? v3(0, 1, 0) : v3(1, 0, 0), d)), front = cross(d, side);
    synth_ring ring[4];
    for (int i = 0; i < 4; ++i) {
        double r = i == 0 || i == 3 ? radius * 0.6 : radius;
        ring[i] = (synth_ring){i < 2 ? a : b, side, front, r, r, r, 2.0, i / 3.0};
    }
    ring[1].centre = along(a, d, radius * 0.3);
    ring[2].centre = along(b, d, -radius * 0.3);
    synth_mesh_loft(m, ring, 4, 14, material);
}

void synth_mesh_place(synth_mesh *m, int from, mat3 turn_by, vec3 move_by)
{
    for (int i = from; i < m->n_vertices; ++i) {
        synth_vertex *v = &m->vertex[i];
        vec3 p = add(apply(turn_by, v3(v->p[0], v->p[1], v->p[2])), move_by);
        vec3 n = apply(turn_by, v3(v->n[0], v->n[1], v->n[2]));
        v->p[0] = (float)p.x;
        v->p[1] = (float)p.y;
        v->p[2] = (float)p.z;
        v->n[0] = (float)n.x;
        v->n[1] = (float)n.y;
        v->n[2] = (float)n.z;
    }
}

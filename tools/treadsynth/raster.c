#include "raster.h"

#include <stdlib.h>
#include <string.h>

/* Nothing nearer to the camera than this is drawn. */
#define NEAR_PLANE 0.05

typedef struct corner {
    float x, y, near;
} corner;

int synth_target_create(synth_target *t, int width, int height, bool with_triangles)
{
    size_t n = (size_t)width * (size_t)height;
    t->width = width;
    t->height = height;
    t->near = malloc(n * sizeof *t->near);
    t->tri = with_triangles ? malloc(n * sizeof *t->tri) : NULL;
    if (t->near && (t->tri || !with_triangles))
        return 0;
    synth_target_free(t);
    return -1;
}

void synth_target_free(synth_target *t)
{
    free(t->near);
    free(t->tri);
    memset(t, 0, sizeof *t);
}

static synth_region clip_box(const corner c[3], synth_region clip)
{
    float x0 = fminf(c[0].x, fminf(c[1].x, c[2].x)), x1 = fmaxf(c[0].x, fmaxf(c[1].x, c[2].x));
    float y0 = fminf(c[0].y, fminf(c[1].y, c[2].y)), y1 = fmaxf(c[0].y, fmaxf(c[1].y, c[2].y));
    synth_region r = clip;
    if (x1 < (float)clip.x0 || y1 < (float)clip.y0 || x0 > (float)clip.x1 || y0 > (float)clip.y1)
        return (synth_region){0, 0, 0, 0};
    if (x0 > (float)r.x0)
        r.x0 = (int)x0;
    if (y0 > (float)r.y0)
        r.y0 = (int)y0;
    if (x1 + 1.0f < (float)r.x1)
        r.x1 = (int)(x1 + 1.0f);
    if (y1 + 1.0f < (float)r.y1)
        r.y1 = (int)(y1 + 1.0f);
    return r;
}

static void draw(synth_target *t, const corner c[3], int32_t index, synth_region clip)
{
    synth_region r = clip_box(c, clip);
    float ax = c[1].x - c[0].x, ay = c[1].y - c[0].y, bx = c[2].x - c[0].x, by = c[2].y - c[0].y;
    float area = ax * by - ay * bx;
    if (r.x0 >= r.x1 || fabsf(area) < 1e-9f)
        return;
    float inv = 1.0f / area;
    /* Weights of corners 1 and 2 and nearness are linear over the picture. */
    float w1x = by * inv, w1y = -bx * inv, w2x = -ay * inv, w2y = ax * inv;
    float n1 = c[1].near - c[0].near, n2 = c[2].near - c[0].near;
    float nx = w1x * n1 + w2x * n2;
    for (int y = r.y0; y < r.y1; ++y) {
        float px = (float)r.x0 + 0.5f - c[0].x, py = (float)y + 0.5f - c[0].y;
        float w1 = px * w1x + py * w1y, w2 = px * w2x + py * w2y;
        float near = c[0].near + w1 * n1 + w2 * n2;
        float *line = t->near + (size_t)y * (size_t)t->width;
        int32_t *tri = t->tri ? t->tri + (size_t)y * (size_t)t->width : NULL;
        for (int x = r.x0; x < r.x1; ++x, w1 += w1x, w2 += w2x, near += nx) {
            if (w1 < 0.0f || w2 < 0.0f || w1 + w2 > 1.0f || near <= line[x])
                continue;
            line[x] = near;
            if (tri)
                tri[x] = index;
        }
    }
}

static corner project(const synth_camera *c, vec3 p, double dx, double dy)
{
    double k = 1.0 / p.z;
    return (corner){(float)(c->cx + dx + c->focal_px * p.x * k),
                    (float)(c->cy + dy + c->focal_px * p.y * k), (float)k};
}

static vec3 to_camera(const synth_camera *c, const float p[3])
{
    vec3 d = sub(v3(p[0], p[1], p[2]), c->at);
    return v3(dot(d, c->right), dot(d, c->down), dot(d, c->forward));
}

/* A triangle that reaches behind the camera becomes none, one or two. */
static void draw_clipped(synth_target *t, const synth_camera *c, const vec3 v[3], double dx,
                         double dy, int32_t index, synth_region clip)
{
    corner out[4];
    int n = 0;
    for (int i = 0; i < 3; ++i) {
        vec3 a = v[i], b = v[(i + 1) % 3];
        if (a.z >= NEAR_PLANE)
            out[n++] = project(c, a, dx, dy);
        if ((a.z < NEAR_PLANE) != (b.z < NEAR_PLANE))
            out[n++] = project(c, mix(a, b, (NEAR_PLANE - a.z) / (b.z - a.z)), dx, dy);
    }
    for (int i = 2; i < n; ++i)
        draw(t, (corner[3]){out[0], out[i - 1], out[i]}, index, clip);
}

synth_region synth_raster_camera(synth_target *t, const synth_camera *c, const synth_mesh *m,
                                 double dx, double dy, synth_region clip)
{
    synth_region touched = {clip.x1, clip.y1, clip.x0, clip.y0};
    for (int i = 0; i < m->n_triangles; ++i) {
        vec3 v[3];
        corner k[3];
        double least = INFINITY;
        for (int j = 0; j < 3; ++j) {
            v[j] = to_camera(c, m->vertex[m->triangle[i].v[j]].p);
            least = fmin(least, v[j].z);
        }
        if (least < NEAR_PLANE) {
            draw_clipped(t, c, v, dx, dy, i, clip);
            touched = clip;
            continue;
        }
        for (int j = 0; j < 3; ++j)
            k[j] = project(c, v[j], dx, dy);
        synth_region r = clip_box(k, clip);
        if (r.x0 >= r.x1 || r.y0 >= r.y1)
            continue;
        draw(t, k, i, clip);
        touched.x0 = r.x0 < touched.x0 ? r.x0 : touched.x0;
        touched.y0 = r.y0 < touched.y0 ? r.y0 : touched.y0;
        touched.x1 = r.x1 > touched.x1 ? r.x1 : touched.x1;
        touched.y1 = r.y1 > touched.y1 ? r.y1 : touched.y1;
    }
    return touched;
}

/* ---- shadows -------------------------------------------------------------- */

static void store(float out[3], vec3 v)
{
    out[0] = (float)v.x;
    out[1] = (float)v.y;
    out[2] = (float)v.z;
}

int synth_shadow_create(synth_shadow *s, vec3 light, vec3 centre, double width_m, int size)
{
    vec3 l = unit(light), a = unit(cross(v3(0, 0, 1), l)), b = cross(l, a);
    store(s->s, a);
    store(s->t, b);
    store(s->l, l);
    store(s->origin, centre);
    s->per_metre = (float)(size / width_m);
    return synth_target_create(&s->map, size, size, false);
}

void synth_shadow_clear(synth_shadow *s)
{
    size_t n = (size_t)s->map.width * (size_t)s->map.height;
    for (size_t i = 0; i < n; ++i)
        s->map.near[i] = -1e9f;
}

static corner from_light(const synth_shadow *s, const float p[3])
{
    float d[3] = {p[0] - s->origin[0], p[1] - s->origin[1], p[2] - s->origin[2]};
    float half = 0.5f * (float)s->map.width;
    return (corner){half + s->per_metre * (d[0] * s->s[0] + d[1] * s->s[1] + d[2] * s->s[2]),
                    half + s->per_metre * (d[0] * s->t[0] + d[1] * s->t[1] + d[2] * s->t[2]),
                    d[0] * s->l[0] + d[1] * s->l[1] + d[2] * s->l[2]};
}

void synth_shadow_draw(synth_shadow *s, const synth_mesh *m, enum synth_material skip_a,
                       enum synth_material skip_b)
{
    synth_region all = {0, 0, s->map.width, s->map.height};
    for (int i = 0; i < m->n_triangles; ++i) {
        const synth_triangle *t = &m->triangle[i];
        if (t->material == skip_a || t->material == skip_b)
            continue;
        corner k[3];
        for (int j = 0; j < 3; ++j)
            k[j] = from_light(s, m->vertex[t->v[j]].p);
        draw(&s->map, k, i, all);
    }
}

float synth_shadow_lit(const synth_shadow *s, const float p[3], float bias_m, float soft_m,
                       int taps)
{
    static const float TAP[9][2] = {{0, 0},        {-0.9f, -0.3f}, {0.9f, 0.3f},
                                    {-0.3f, 0.9f}, {0.3f, -0.9f},  {-0.5f, -0.5f},
                                    {0.5f, -0.5f}, {0.5f, 0.5f},   {-0.5f, 0.5f}};
    corner k = from_light(s, p);
    float spread = soft_m * s->per_metre, size = (float)s->map.width, lit = 0.0f;
    for (int i = 0; i < taps; ++i) {
        float x = k.x + TAP[i][0] * spread, y = k.y + TAP[i][1] * spread;
        if (x < 0.0f || y < 0.0f || x >= size || y >= size) {
            lit += 1.0f;
            continue;
        }
        lit += s->map.near[(size_t)y * (size_t)s->map.width + (size_t)x] > k.near + bias_m ? 0.0f
                                                                                           : 1.0f;
    }
    return lit / (float)taps;
}

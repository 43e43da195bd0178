#include "render.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "raster.h"
#include "scene.h"
#include "shade.h"

enum {
    MAX_LAYERS = 8,     /* room pictures, one a place within the pixel */
    ROOM_SHADOW = 1024, /* pixels of the shadow maps */
    BODY_SHADOW = 448,
    TONE_STEPS = 4096
};

/* A pixel of the room that changes while the runner runs: the belt moves, or the
 * runner's shadow may fall there. */
typedef struct live_pixel {
    int at;
    float p[3];
    float key_share; /* of its light, from the key light */
    bool is_belt;
} live_pixel;

/* The room for one tilt of the deck. */
typedef struct backdrop {
    double incline_rad;
    synth_mesh mesh;
    int n_layers;
    float *rgb[MAX_LAYERS];
    float *near[MAX_LAYERS];
    float *mean;        /* of all layers */
    uint8_t *is_mirror; /* pixels of the mirror, NULL without one */
    synth_region mirror_box;
    live_pixel *live;
    int n_live;
} backdrop;

struct synth_renderer {
    synth_params params;
    const synth_plan *plan;
    synth_camera camera;
    synth_scene scene;
    synth_look look;
    vec3 light;
    bool is_tilting; /* the incline changes: each worker keeps its own room */
    backdrop room;
    float tone[TONE_STEPS + 1]; /* square root of light -> 8-bit level */
};

struct synth_worker {
    synth_mesh mesh, mirrored;
    synth_target target, mirror;
    synth_shadow shadow;
    float *sum;    /* picture being averaged */
    float *factor; /* what moving belt and shadow make of the room's light */
    backdrop room;
    bool has_room;
};

static size_t n_pixels(const synth_camera *c)
{
    return (size_t)c->width * (size_t)c->height;
}

static synth_region whole(const synth_camera *c)
{
    return (synth_region){0, 0, c->width, c->height};
}

static synth_region join(synth_region a, synth_region b)
{
    return (synth_region){a.x0 < b.x0 ? a.x0 : b.x0, a.y0 < b.y0 ? a.y0 : b.y0,
                          a.x1 > b.x1 ? a.x1 : b.x1, a.y1 > b.y1 ? a.y1 : b.y1};
}

/* Place of sample `i` within the pixel: Halton sequence, bases 2 and 3. */
static void jitter(int i, int n, double *dx, double *dy)
{
    double h[2] = {0.0, 0.0};
    for (int b = 0; b < 2; ++b) {
        double f = 1.0;
        for (int k = i + 1; k > 0; k /= b + 2) {
            f /= b + 2;
            h[b] += f * (k % (b + 2));
        }
    }
    *dx = n > 1 ? h[0] - 0.5 : 0.0;
    *dy = n > 1 ? h[1] - 0.5 : 0.0;
}

/* ---- one visible point ------------------------------------------------------ */

/* World point of a pixel at a given nearness; also the unit vector back. */
static void point_at(const synth_camera *c, double x, double y, float near, float p[3],
                     float back[3])
{
    vec3 d = add(c->forward, add(scale(c->right, (x - c->cx) / c->focal_px),
                                 scale(c->down, (y - c->cy) / c->focal_px)));
    vec3 at = along(c->at, d, 1.0 / near), b = scale(unit(d), -1.0);
    p[0] = (float)at.x;
    p[1] = (float)at.y;
    p[2] = (float)at.z;
    back[0] = (float)b.x;
    back[1] = (float)b.y;
    back[2] = (float)b.z;
}

static float dot_f(const float a[3], const float b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross_f(float o[3], const float a[3], const float b[3])
{
    o[0] = a[1] * b[2] - a[2] * b[1];
    o[1] = a[2] * b[0] - a[0] * b[2];
    o[2] = a[0] * b[1] - a[1] * b[0];
}

/* Normal, u and v at a point of a triangle, by its place between the corners. */
static void surface_at(const synth_mesh *m, int index, synth_surface *s)
{
    const synth_triangle *t = &m->triangle[index];
    const synth_vertex *a = &m->vertex[t->v[0]], *b = &m->vertex[t->v[1]];
    const synth_vertex *c = &m->vertex[t->v[2]];
    float e1[3], e2[3], d[3], n[3], x[3];
    for (int i = 0; i < 3; ++i) {
        e1[i] = b->p[i] - a->p[i];
        e2[i] = c->p[i] - a->p[i];
        d[i] = s->p[i] - a->p[i];
    }
    cross_f(n, e1, e2);
    float n2 = dot_f(n, n);
    cross_f(x, d, e2);
    float w1 = dot_f(x, n) / n2;
    cross_f(x, e1, d);
    float w2 = dot_f(x, n) / n2;
    float w0 = 1.0f - w1 - w2;
    s->material = (enum synth_material)t->material;
    s->person = t->person;
    s->u = w0 * a->u + w1 * b->u + w2 * c->u;
    s->v = w0 * a->v + w1 * b->v + w2 * c->v;
    for (int i = 0; i < 3; ++i)
        s->n[i] = w0 * a->n[i] + w1 * b->n[i] + w2 * c->n[i];
    float length_n = sqrtf(dot_f(s->n, s->n));
    float sign = dot_f(s->n, s->to_camera) < 0.0f ? -1.0f : 1.0f;
    for (int i = 0; i < 3; ++i)
        s->n[i] *= sign / (length_n > 1e-6f ? length_n : 1.0f);
}

/* ---- the room --------------------------------------------------------------- */

static void reflect_mesh(synth_mesh *out, const synth_mesh *in, const synth_scene *scene)
{
    const double n[3] = {scene->mirror_normal.x, scene->mirror_normal.y, scene->mirror_normal.z};
    double offset = dot(scene->mirror_point, scene->mirror_normal);
    if (out->max_vertices < in->n_vertices || out->max_triangles < in->n_triangles) {
        synth_mesh_free(out);
        out->vertex = malloc((size_t)in->n_vertices * sizeof *out->vertex);
        out->triangle = malloc((size_t)in->n_triangles * sizeof *out->triangle);
        out->is_bad = !out->vertex || !out->triangle;
        if (out->is_bad)
            return;
        out->max_vertices = in->n_vertices;
        out->max_triangles = in->n_triangles;
    }
    for (int i = 0; i < in->n_vertices; ++i) {
        synth_vertex v = in->vertex[i];
        double dp = v.p[0] * n[0] + v.p[1] * n[1] + v.p[2] * n[2] - offset;
        double dn = v.n[0] * n[0] + v.n[1] * n[1] + v.n[2] * n[2];
        /* What is behind the glass collapses to a point and is never drawn. */
        double by = dp > 0.03 ? 2.0 * dp : 0.0;
        for (int j = 0; j < 3; ++j) {
            v.p[j] = (float)(v.p[j] - by * n[j]);
            v.n[j] = (float)(v.n[j] - 2.0 * dn * n[j]);
        }
        out->vertex[i] = v;
    }
    out->n_vertices = in->n_vertices;
    out->n_triangles = 0;
    for (int i = 0; i < in->n_triangles; ++i) {
        synth_triangle t = in->triangle[i];
        bool is_behind = true;
        for (int j = 0; j < 3; ++j) {
            const float *p = in->vertex[t.v[j]].p;
            is_behind = is_behind && p[0] * n[0] + p[1] * n[1] + p[2] * n[2] - offset <= 0.03;
        }
        if (!is_behind)
            out->triangle[out->n_triangles++] = t;
    }
}

static void clear_target(synth_target *t, const synth_region *r)
{
    for (int y = r->y0; y < r->y1; ++y) {
        size_t row = (size_t)y * (size_t)t->width;
        for (int x = r->x0; x < r->x1; ++x) {
            t->near[row + (size_t)x] = 0.0f;
            t->tri[row + (size_t)x] = -1;
        }
    }
}

typedef struct room_jobs {
    const synth_renderer *r;
    backdrop *room;
    synth_target target, glass;
    synth_shadow shadow;
    synth_mesh mirrored;
} room_jobs;

/* What the mirror shows at a pixel, as far as it stands still. */
static void shade_glass(const room_jobs *j, double x, double y, size_t at, float rgb[3])
{
    static const float DUSK[3] = {0.16f, 0.155f, 0.15f};
    memcpy(rgb, DUSK, sizeof DUSK);
    if (j->glass.tri[at] < 0)
        return;
    synth_surface s = {.lit = 1.0f};
    point_at(&j->r->camera, x, y, j->glass.near[at], s.p, s.to_camera);
    surface_at(&j->mirrored, j->glass.tri[at], &s);
    float seen[3];
    synth_shade(&j->r->look, &s, seen);
    for (int i = 0; i < 3; ++i)
        rgb[i] = 0.03f + 0.85f * seen[i];
}

static void shade_layer(room_jobs *j, int layer, double dx, double dy)
{
    const synth_camera *c = &j->r->camera;
    backdrop *room = j->room;
    synth_region all = whole(c);
    clear_target(&j->target, &all);
    synth_raster_camera(&j->target, c, &room->mesh, dx, dy, all);
    if (room->is_mirror) {
        clear_target(&j->glass, &all);
        synth_raster_camera(&j->glass, c, &j->mirrored, dx, dy, all);
    }
    for (int y = 0; y < c->height; ++y)
        for (int x = 0; x < c->width; ++x) {
            size_t at = (size_t)y * (size_t)c->width + (size_t)x;
            float *rgb = &room->rgb[layer][3 * at], near = j->target.near[at];
            double px = x + 0.5 - dx, py = y + 0.5 - dy;
            room->near[layer][at] = near;
            if (near <= 0.0f) {
                rgb[0] = rgb[1] = rgb[2] = 0.02f;
                continue;
            }
            synth_surface s = {0};
            point_at(c, px, py, near, s.p, s.to_camera);
            surface_at(&room->mesh, j->target.tri[at], &s);
            s.lit = synth_shadow_lit(&j->shadow, s.p, 0.02f, 0.03f, 9);
            if (s.material == MAT_MIRROR) {
                shade_glass(j, px, py, at, rgb);
                if (layer == 0 && room->is_mirror) {
                    room->is_mirror[at] = 1;
                    room->mirror_box = join(room->mirror_box, (synth_region){x, y, x + 1, y + 1});
                }
            } else {
                synth_shade(&j->r->look, &s, rgb);
            }
        }
}

/* Can the runner's shadow fall here? The ray to the light is followed to the
 * height of the runner's head. */
static bool may_be_shadowed(vec3 light, const float p[3])
{
    double top = (2.1 - p[1]) / light.y, bottom = (-0.02 - p[1]) / light.y;
    if (top <= 0.0)
        return false;
    bottom = fmax(bottom, 0.0);
    double x0 = p[0] + bottom * light.x, x1 = p[0] + top * light.x;
    double z0 = p[2] + bottom * light.z, z1 = p[2] + top * light.z;
    return fmin(x0, x1) < 1.0 && fmax(x0, x1) > -1.0 && fmin(z0, z1) < 0.6 && fmax(z0, z1) > -0.6;
}

static int list_live_pixels(room_jobs *j)
{
    const synth_camera *c = &j->r->camera;
    backdrop *room = j->room;
    synth_region all = whole(c);
    clear_target(&j->target, &all);
    synth_raster_camera(&j->target, c, &room->mesh, 0, 0, all);
    room->live = malloc(n_pixels(c) * sizeof *room->live);
    if (!room->live)
        return -1;
    for (int at = 0; at < (int)n_pixels(c); ++at) {
        float near = j->target.near[at];
        if (near <= 0.0f)
            continue;
        synth_surface s = {0};
        point_at(c, at % c->width + 0.5, at / c->width + 0.5, near, s.p, s.to_camera);
        surface_at(&room->mesh, j->target.tri[at], &s);
        bool is_belt = s.material == MAT_BELT && s.n[1] > 0.5f;
        if (s.material == MAT_MIRROR || s.material == MAT_LAMP ||
            (!is_belt && !may_be_shadowed(j->r->light, s.p)))
            continue;
        s.lit = synth_shadow_lit(&j->shadow, s.p, 0.02f, 0.03f, 9);
        float rgb[3], share = synth_shade(&j->r->look, &s, rgb);
        room->live[room->n_live++] = (live_pixel){at, {s.p[0], s.p[1], s.p[2]}, share, is_belt};
    }
    return 0;
}

static void room_free(backdrop *room)
{
    for (int i = 0; i < room->n_layers; ++i) {
        free(room->rgb[i]);
        free(room->near[i]);
    }
    free(room->mean);
    free(room->is_mirror);
    free(room->live);
    synth_mesh_free(&room->mesh);
    memset(room, 0, sizeof *room);
}

static int room_allocate(room_jobs *j)
{
    const synth_renderer *r = j->r;
    backdrop *room = j->room;
    size_t n = n_pixels(&r->camera);
    int samples = (int)r->params.value[P_SAMPLES];
    room->n_layers = samples < MAX_LAYERS ? samples : MAX_LAYERS;
    bool is_good = true;
    for (int i = 0; i < room->n_layers; ++i) {
        room->rgb[i] = malloc(n * 3 * sizeof(float));
        room->near[i] = malloc(n * sizeof(float));
        is_good = is_good && room->rgb[i] && room->near[i];
    }
    room->mean = calloc(n * 3, sizeof(float));
    room->mirror_box = (synth_region){r->camera.width, r->camera.height, 0, 0};
    if (r->scene.has_mirror) {
        room->is_mirror = calloc(n, 1);
        is_good = is_good && room->is_mirror &&
                  !synth_target_create(&j->glass, r->camera.width, r->camera.height, true);
    }
    return is_good && room->mean &&
                   !synth_target_create(&j->target, r->camera.width, r->camera.height, true) &&
                   !synth_shadow_create(&j->shadow, r->light, v3(-0.3, 0.6, 0), 7.0, ROOM_SHADOW)
               ? 0
               : -1;
}

static int room_create(backdrop *room, const synth_renderer *r, double incline_rad)
{
    room_jobs j = {.r = r, .room = room};
    memset(room, 0, sizeof *room);
    room->incline_rad = incline_rad;
    synth_scene scene;
    int status = room_allocate(&j);
    if (status)
        goto done;
    synth_scene_room(&room->mesh, &r->params, &r->camera, &scene);
    synth_scene_deck(&room->mesh, incline_rad);
    if (r->scene.has_mirror)
        reflect_mesh(&j.mirrored, &room->mesh, &scene);
    synth_shadow_clear(&j.shadow);
    synth_shadow_draw(&j.shadow, &room->mesh, MAT_CEILING, MAT_LAMP);
    for (int i = 0; i < room->n_layers; ++i) {
        double dx, dy;
        jitter(i, room->n_layers, &dx, &dy);
        shade_layer(&j, i, dx, dy);
        float w = 1.0f / (float)room->n_layers;
        for (size_t k = 0; k < 3 * n_pixels(&r->camera); ++k)
            room->mean[k] += w * room->rgb[i][k];
    }
    status = list_live_pixels(&j);
    if (room->mesh.is_bad || j.mirrored.is_bad)
        status = -1;
done:
    synth_target_free(&j.target);
    synth_target_free(&j.glass);
    synth_target_free(&j.shadow.map);
    synth_mesh_free(&j.mirrored);
    if (status)
        room_free(room);
    return status;
}

/* ---- renderer and workers ---------------------------------------------------- */

static void set_look(synth_renderer *r)
{
    const synth_params *p = &r->params;
    synth_look *look = &r->look;
    synth_style_init(&look->style[0], p);
    synth_style_bystander(&look->style[1]);
    look->wall = (enum synth_wall)p->value[P_WALL];
    /* The key light hangs on the camera's side, a little ahead of the runner. */
    vec3 towards = unit(v3(r->camera.at.x, 0, r->camera.at.z));
    r->light = unit(add(scale(towards, 0.75), v3(0.30, 1.15, towards.x < -0.7 ? -0.35 : 0.0)));
    look->light[0] = (float)r->light.x;
    look->light[1] = (float)r->light.y;
    look->light[2] = (float)r->light.z;
    look->key = 0.80f * (float)p->value[P_LIGHT];
    look->fill = 0.62f * (float)p->value[P_LIGHT];
    look->floor_y = (float)SCENE_FLOOR_Y;
    for (int i = 0; i <= TONE_STEPS; ++i) {
        /* sRGB curve, highlights bent so that lamps do not clip hard. */
        double root = 2.0 * i / TONE_STEPS, x = root * root;
        x = x < 0.6 ? x : 0.6 + 0.4 * (1.0 - exp(-(x - 0.6) / 0.4));
        double s = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1.0 / 2.4) - 0.055;
        r->tone[i] = (float)(255.0 * s);
    }
}

int synth_renderer_create(synth_renderer **out, const synth_params *p, const synth_plan *plan)
{
    *out = NULL;
    synth_renderer *r = calloc(1, sizeof *r);
    if (!r)
        return -1;
    r->params = *p;
    r->plan = plan;
    synth_camera_init(&r->camera, p);
    set_look(r);
    synth_mesh probe = {0};
    synth_scene_room(&probe, p, &r->camera, &r->scene);
    synth_mesh_free(&probe);
    r->is_tilting = p->drift[P_INCLINE] != 0.0;
    for (int i = 0; i < p->n_changes; ++i)
        r->is_tilting = r->is_tilting || p->change[i].key == P_INCLINE;
    if (!r->is_tilting && room_create(&r->room, r, atan(p->value[P_INCLINE] * 0.01))) {
        synth_renderer_destroy(&r);
        return -1;
    }
    *out = r;
    return 0;
}

void synth_renderer_destroy(synth_renderer **r)
{
    if (!r || !*r)
        return;
    room_free(&(*r)->room);
    free(*r);
    *r = NULL;
}

const synth_camera *synth_renderer_camera(const synth_renderer *r)
{
    return &r->camera;
}

int synth_worker_create(synth_worker **out, const synth_renderer *r)
{
    *out = NULL;
    synth_worker *w = calloc(1, sizeof *w);
    if (!w)
        return -1;
    size_t n = n_pixels(&r->camera);
    w->sum = malloc(n * 3 * sizeof *w->sum);
    w->factor = malloc(n * sizeof *w->factor);
    if (!w->sum || !w->factor ||
        synth_target_create(&w->target, r->camera.width, r->camera.height, true) ||
        synth_target_create(&w->mirror, r->camera.width, r->camera.height, true) ||
        synth_shadow_create(&w->shadow, r->light, v3(0, 0.95, 0), 2.9, BODY_SHADOW)) {
        synth_worker_destroy(&w);
        return -1;
    }
    *out = w;
    return 0;
}

void synth_worker_destroy(synth_worker **worker)
{
    if (!worker || !*worker)
        return;
    synth_worker *w = *worker;
    free(w->sum);
    free(w->factor);
    synth_target_free(&w->target);
    synth_target_free(&w->mirror);
    synth_target_free(&w->shadow.map);
    synth_mesh_free(&w->mesh);
    synth_mesh_free(&w->mirrored);
    if (w->has_room)
        room_free(&w->room);
    free(w);
    *worker = NULL;
}

/* ---- a frame ------------------------------------------------------------------ */

static void build_body(const synth_renderer *r, synth_worker *w, const synth_pose *pose)
{
    synth_mesh_clear(&w->mesh);
    synth_body_build(&w->mesh, synth_plan_figure(r->plan), &r->look.style[0], pose);
}

/* The foot keeps light from the belt right below it, whatever the lamps do. */
static float below_feet(const synth_pose *pose, const float p[3])
{
    float open = 1.0f;
    for (int side = 0; side < 2; ++side) {
        const synth_foot *f = &pose->foot[side];
        vec3 a = f->heel_edge, b = f->toe_tip, at = v3(p[0], p[1], p[2]);
        vec3 d = sub(b, a);
        double t = clampd(dot(sub(at, a), d) / dot(d, d), 0.0, 1.0);
        vec3 off = sub(at, along(a, d, t));
        double q = 1.0 + dot(off, off) / (0.055 * 0.055);
        open *= 1.0f - (float)(0.65 / (q * q));
    }
    return open;
}

/* The belt's pattern, averaged over what passes during the exposure. */
static float belt_factor(const synth_pose *pose, const float p[3], double smear_m)
{
    double x = synth_to_belt(v3(p[0], p[1], p[2]), pose->incline_rad).x + pose->belt_m + 1000.0;
    float sum = 0.0f;
    for (int i = 0; i < 4; ++i)
        sum += synth_belt_pattern((float)fmod(x + smear_m * (i - 1.5) * 0.25, 3.2), p[2]);
    return 0.25f * sum;
}

static void set_factors(const synth_renderer *r, synth_worker *w, const backdrop *room,
                        const synth_pose *pose)
{
    double speed = synth_params_at(&r->params, P_SPEED, pose->t_s) / 3.6;
    double smear = speed * r->params.value[P_EXPOSURE] * 1e-3;
    for (size_t i = 0; i < n_pixels(&r->camera); ++i)
        w->factor[i] = 1.0f;
    synth_shadow_clear(&w->shadow);
    synth_shadow_draw(&w->shadow, &w->mesh, MAT_NONE, MAT_NONE);
    for (int i = 0; i < room->n_live; ++i) {
        const live_pixel *k = &room->live[i];
        float lit = synth_shadow_lit(&w->shadow, k->p, 0.01f, 0.035f, 9);
        float f = 1.0f - k->key_share * (1.0f - lit);
        if (k->p[1] < 0.10f)
            f *= below_feet(pose, k->p);
        if (k->is_belt)
            f *= belt_factor(pose, k->p, smear);
        w->factor[k->at] = f;
    }
}

static void shade_body(const synth_renderer *r, const synth_worker *w, const synth_mesh *mesh,
                       const synth_target *t, double x, double y, size_t at, float rgb[3])
{
    synth_surface s = {0};
    point_at(&r->camera, x, y, t->near[at], s.p, s.to_camera);
    surface_at(mesh, t->tri[at], &s);
    s.lit = mesh == &w->mesh ? synth_shadow_lit(&w->shadow, s.p, 0.022f, 0.012f, 5) : 1.0f;
    synth_shade(&r->look, &s, rgb);
}

static synth_region widen(synth_region a, int by, const synth_camera *c)
{
    a.x0 = a.x0 - by > 0 ? a.x0 - by : 0;
    a.y0 = a.y0 - by > 0 ? a.y0 - by : 0;
    a.x1 = a.x1 + by < c->width ? a.x1 + by : c->width;
    a.y1 = a.y1 + by < c->height ? a.y1 + by : c->height;
    return a;
}

/* Where the runner can be in the picture at a pose, with some room for the rest of
 * the exposure. */
static synth_region body_region(const synth_renderer *r, const synth_worker *w)
{
    synth_region box = {r->camera.width, r->camera.height, 0, 0};
    for (int i = 0; i < w->mesh.n_vertices; i += 3) {
        const float *p = w->mesh.vertex[i].p;
        double x, y;
        if (synth_camera_project(&r->camera, v3(p[0], p[1], p[2]), &x, &y) < 0.05)
            return whole(&r->camera);
        x = clampd(x, 0, r->camera.width);
        y = clampd(y, 0, r->camera.height);
        box.x0 = x < box.x0 ? (int)x : box.x0;
        box.y0 = y < box.y0 ? (int)y : box.y0;
        box.x1 = x > box.x1 ? (int)x : box.x1;
        box.y1 = y > box.y1 ? (int)y : box.y1;
    }
    /* 9 m/s is the fastest a swinging foot gets at any speed allowed here. */
    double smear = 9.0 * 0.5e-3 * r->params.value[P_EXPOSURE] * r->camera.focal_px /
                   r->params.value[P_DISTANCE];
    return widen(box, (int)smear + 8, &r->camera);
}

/* The runner as the mirror shows them. */
static void draw_reflection(const synth_renderer *r, synth_worker *w, const backdrop *room,
                            double dx, double dy)
{
    clear_target(&w->mirror, &room->mirror_box);
    reflect_mesh(&w->mirrored, &w->mesh, &r->scene);
    if (!w->mirrored.is_bad)
        synth_raster_camera(&w->mirror, &r->camera, &w->mirrored, dx, dy, room->mirror_box);
}

static void add_sample(const synth_renderer *r, synth_worker *w, const backdrop *room, int layer,
                       double dx, double dy, synth_region box)
{
    const synth_camera *c = &r->camera;
    for (int y = box.y0; y < box.y1; ++y) {
        size_t row = (size_t)y * (size_t)c->width;
        memcpy(w->target.near + row + box.x0, room->near[layer] + row + box.x0,
               (size_t)(box.x1 - box.x0) * sizeof(float));
        for (int x = box.x0; x < box.x1; ++x)
            w->target.tri[row + (size_t)x] = -1;
    }
    synth_raster_camera(&w->target, c, &w->mesh, dx, dy, box);
    if (room->is_mirror)
        draw_reflection(r, w, room, dx, dy);
    for (int y = box.y0; y < box.y1; ++y)
        for (int x = box.x0; x < box.x1; ++x) {
            size_t at = (size_t)y * (size_t)c->width + (size_t)x;
            float rgb[3], *sum = &w->sum[3 * at];
            const float *bg = &room->rgb[layer][3 * at];
            if (w->target.tri[at] >= 0) {
                shade_body(r, w, &w->mesh, &w->target, x + 0.5 - dx, y + 0.5 - dy, at, rgb);
            } else if (room->is_mirror && room->is_mirror[at] && w->mirror.tri[at] >= 0) {
                shade_body(r, w, &w->mirrored, &w->mirror, x + 0.5 - dx, y + 0.5 - dy, at, rgb);
                for (int i = 0; i < 3; ++i)
                    rgb[i] = 0.03f + 0.85f * rgb[i];
            } else {
                for (int i = 0; i < 3; ++i)
                    rgb[i] = bg[i] * w->factor[at];
            }
            for (int i = 0; i < 3; ++i)
                sum[i] += rgb[i];
        }
}

/* How far in front of a landmark the body itself may lie, metres: joints are
 * inside of limbs. */
static const double DEPTH_OF[PT_COUNT] = {
    [PT_NOSE] = 0.04,          [PT_LEFT_EAR] = 0.05,       [PT_RIGHT_EAR] = 0.05,
    [PT_LEFT_SHOULDER] = 0.10, [PT_RIGHT_SHOULDER] = 0.10, [PT_LEFT_ELBOW] = 0.06,
    [PT_RIGHT_ELBOW] = 0.06,   [PT_LEFT_WRIST] = 0.05,     [PT_RIGHT_WRIST] = 0.05,
    [PT_LEFT_HIP] = 0.17,      [PT_RIGHT_HIP] = 0.17,      [PT_LEFT_KNEE] = 0.08,
    [PT_RIGHT_KNEE] = 0.08,    [PT_LEFT_ANKLE] = 0.06,     [PT_RIGHT_ANKLE] = 0.06,
    [PT_LEFT_HEEL] = 0.055,    [PT_RIGHT_HEEL] = 0.055,    [PT_LEFT_TOE] = 0.06,
    [PT_RIGHT_TOE] = 0.06,
};

static void test_hidden(const synth_renderer *r, const synth_worker *w, const synth_pose *pose,
                        double dx, double dy, bool hidden[PT_COUNT])
{
    const synth_camera *c = &r->camera;
    for (int i = 0; i < PT_COUNT; ++i) {
        double x, y, depth = synth_camera_project(c, pose->point[i], &x, &y);
        int px = (int)floor(x + dx), py = (int)floor(y + dy);
        hidden[i] = depth < 0.05 || px < 0 || py < 0 || px >= c->width || py >= c->height;
        if (hidden[i])
            continue;
        float near = w->target.near[(size_t)py * (size_t)c->width + (size_t)px];
        hidden[i] = near > 0.0f && 1.0 / near < depth - DEPTH_OF[i];
    }
}

static void draw_samples(const synth_renderer *r, synth_worker *w, const backdrop *room, double t_s,
                         synth_region box, bool hidden[PT_COUNT])
{
    int n = (int)r->params.value[P_SAMPLES], middle = n / 2;
    double open = r->params.value[P_EXPOSURE] * 1e-3;
    for (int y = box.y0; y < box.y1; ++y)
        memset(w->sum + 3 * ((size_t)y * (size_t)r->camera.width + (size_t)box.x0), 0,
               3 * (size_t)(box.x1 - box.x0) * sizeof *w->sum);
    for (int i = 0; i < n; ++i) {
        double dx, dy;
        synth_pose pose;
        int layer = i % room->n_layers;
        jitter(layer, room->n_layers, &dx, &dy);
        synth_plan_pose(r->plan, t_s + open * ((i + 0.5) / n - 0.5), &pose);
        build_body(r, w, &pose);
        add_sample(r, w, room, layer, dx, dy, box);
        if (i == middle)
            test_hidden(r, w, &pose, dx, dy, hidden);
    }
}

/* ---- sensor ------------------------------------------------------------------- */

/* Sum of two uniform bytes, centred: near enough to a normal for a sensor. */
static float cheap_noise(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    uint32_t h = *state >> 8;
    return ((float)(h & 255u) + (float)((h >> 8) & 255u) - 255.0f) * (1.0f / 104.5f);
}

static float tone_of(const synth_renderer *r, float light)
{
    float at = sqrtf(light > 0.0f ? light : 0.0f) * (TONE_STEPS / 2.0f);
    int i = at < TONE_STEPS ? (int)at : TONE_STEPS - 1;
    float w = at - (float)i;
    return r->tone[i] + (r->tone[i + 1] - r->tone[i]) * (w < 1.0f ? w : 1.0f);
}

static uint8_t to_byte(float v)
{
    return (uint8_t)(v < 0.0f ? 0.0f : v > 255.0f ? 255.0f : v + 0.5f);
}

/* One 2x2 block: noise, then BT.709 with video levels. */
static void write_block(const synth_renderer *r, const float *light[4], uint32_t *noise,
                        uint8_t *luma[4], uint8_t *u, uint8_t *v)
{
    float level = (float)r->params.value[P_NOISE], cb = 0.0f, cr = 0.0f;
    for (int i = 0; i < 4; ++i) {
        float c[3], y;
        for (int k = 0; k < 3; ++k)
            c[k] = tone_of(r, light[i][k]);
        y = 0.2126f * c[0] + 0.7152f * c[1] + 0.0722f * c[2];
        cb += (c[2] - y) * (0.25f / 1.8556f);
        cr += (c[0] - y) * (0.25f / 1.5748f);
        /* Shadows are lifted by the tone curve and their noise with them. */
        y += level * (1.25f - 0.004f * y) * cheap_noise(noise);
        *luma[i] = to_byte(16.0f + y * (219.0f / 255.0f));
    }
    *u = to_byte(128.0f + (cb + 0.5f * level * cheap_noise(noise)) * (224.0f / 255.0f));
    *v = to_byte(128.0f + (cr + 0.5f * level * cheap_noise(noise)) * (224.0f / 255.0f));
}

static void write_yuv(const synth_renderer *r, const synth_worker *w, const backdrop *room,
                      synth_region box, uint32_t noise, uint8_t *yuv)
{
    size_t width = (size_t)r->camera.width, n = n_pixels(&r->camera);
    float scaled = 1.0f / (float)r->params.value[P_SAMPLES];
    uint8_t *u = yuv + n, *v = u + n / 4;
    for (int y = 0; y < r->camera.height; y += 2)
        for (int x = 0; x < r->camera.width; x += 2) {
            float light[4][3];
            const float *from[4];
            uint8_t *luma[4];
            for (int i = 0; i < 4; ++i) {
                int px = x + (i & 1), py = y + (i >> 1);
                size_t at = (size_t)py * width + (size_t)px;
                bool in_box = px >= box.x0 && px < box.x1 && py >= box.y0 && py < box.y1;
                const float *c = in_box ? &w->sum[3 * at] : &room->mean[3 * at];
                float by = in_box ? scaled : w->factor[at];
                for (int k = 0; k < 3; ++k)
                    light[i][k] = c[k] * by;
                from[i] = light[i];
                luma[i] = yuv + at;
            }
            write_block(r, from, &noise, luma, u++, v++);
        }
}

/* A tilting deck is drawn anew for each twentieth of a degree. */
static const backdrop *room_for(const synth_renderer *r, synth_worker *w, double t_s)
{
    if (!r->is_tilting)
        return &r->room;
    double grade = synth_params_at(&r->params, P_INCLINE, t_s) * 0.01;
    double angle = rad(0.05) * round(atan(grade) / rad(0.05));
    if (w->has_room && w->room.incline_rad == angle)
        return &w->room;
    if (w->has_room)
        room_free(&w->room);
    w->has_room = room_create(&w->room, r, angle) == 0;
    return w->has_room ? &w->room : NULL;
}

int synth_render_frame(const synth_renderer *r, synth_worker *w, double t_s, int index,
                       uint8_t *yuv, bool hidden[PT_COUNT])
{
    const backdrop *room = room_for(r, w, t_s);
    if (!room)
        return -1;
    synth_pose pose;
    synth_plan_pose(r->plan, t_s, &pose);
    build_body(r, w, &pose);
    synth_region box = body_region(r, w);
    if (room->is_mirror)
        box = join(box, room->mirror_box);
    set_factors(r, w, room, &pose);
    draw_samples(r, w, room, t_s, box, hidden);
    synth_random random =
        synth_random_stream((uint64_t)r->params.value[P_SEED], 1000u + (uint64_t)index);
    write_yuv(r, w, room, box, (uint32_t)synth_random_next(&random), yuv);
    return w->mesh.is_bad || w->mirrored.is_bad ? -1 : 0;
}

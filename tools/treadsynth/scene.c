#include "scene.h"

static const mat3 LEVEL = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

static mat3 tilted(double angle)
{
    return (mat3){pitch(v3(1, 0, 0), angle), pitch(v3(0, 1, 0), angle), v3(0, 0, 1)};
}

void synth_scene_deck(synth_mesh *m, double incline_rad)
{
    int from = m->n_vertices;
    double half = SCENE_BELT_HALF_WIDTH;
    synth_mesh_face(m, v3(-0.80, 0, half), v3(1.56, 0, 0), v3(0, 0, -2 * half), MAT_BELT);
    for (int side = -1; side <= 1; side += 2) {
        synth_mesh_box(m, v3(-0.02, -0.030, side * (half + 0.055)), v3(0.84, 0.040, 0.055), LEVEL,
                       MAT_RAIL);
        synth_mesh_box(m, v3(-0.86, -0.035, side * (half + 0.055)), v3(0.05, 0.055, 0.058), LEVEL,
                       MAT_PLASTIC);
    }
    synth_mesh_bar(m, v3(-0.80, -0.032, -half), v3(-0.80, -0.032, half), 0.032, MAT_BELT);
    synth_mesh_box(m, v3(-0.02, -0.095, 0), v3(0.82, 0.045, half + 0.06), LEVEL, MAT_PLASTIC);
    /* Motor hood in three steps, so that it looks rounded. */
    synth_mesh_box(m, v3(1.00, -0.050, 0), v3(0.24, 0.105, 0.37), LEVEL, MAT_PLASTIC);
    synth_mesh_box(m, v3(1.03, 0.060, 0), v3(0.19, 0.022, 0.33), LEVEL, MAT_PLASTIC);
    synth_mesh_box(m, v3(0.80, 0.000, 0), v3(0.08, 0.030, 0.35), tilted(0.5), MAT_PLASTIC);
    mat3 turned = tilted(incline_rad);
    synth_mesh_place(m, from, turned, v3(0, 0, 0));
}

static void add_treadmill(synth_mesh *m, const synth_params *p)
{
    for (int side = -1; side <= 1; side += 2) {
        double z = side * 0.385;
        synth_mesh_box(m, v3(0.10, SCENE_FLOOR_Y + 0.025, z * 0.8), v3(0.95, 0.022, 0.03), LEVEL,
                       MAT_PLASTIC);
        if (p->value[P_CONSOLE] == 0.0 && p->value[P_HANDRAIL] == HANDRAIL_NONE)
            continue;
        /* Uprights lean back towards the console. */
        vec3 foot = v3(1.02, SCENE_FLOOR_Y, z), top = v3(0.86, 1.08, z);
        mat3 lean = frame_up_forward(sub(top, foot), v3(1, 0, 0));
        synth_mesh_box(m, mix(foot, top, 0.5), v3(0.045, 0.5 * length(sub(top, foot)), 0.028), lean,
                       MAT_PLASTIC);
        if (p->value[P_HANDRAIL] == HANDRAIL_NONE)
            continue;
        bool is_long = p->value[P_HANDRAIL] == HANDRAIL_LONG;
        vec3 end = v3(is_long ? -0.45 : 0.46, is_long ? 0.90 : 0.93, z);
        synth_mesh_bar(m, v3(0.90, 0.95, z), end, 0.019, MAT_METAL);
        if (is_long) {
            synth_mesh_bar(m, end, v3(-0.50, SCENE_FLOOR_Y, z), 0.021, MAT_METAL);
            synth_mesh_bar(m, v3(0.25, 0.92, z), v3(0.25, SCENE_FLOOR_Y, z), 0.021, MAT_METAL);
        }
    }
    if (p->value[P_CONSOLE] == 0.0)
        return;
    mat3 face = tilted(rad(-28.0));
    synth_mesh_box(m, v3(0.86, 1.16, 0), v3(0.040, 0.150, 0.40), face, MAT_PLASTIC);
    synth_mesh_box(m, add(v3(0.86, 1.16, 0), apply(face, v3(-0.042, 0.03, 0))),
                   v3(0.004, 0.085, 0.24), face, MAT_SCREEN);
    synth_mesh_box(m, v3(0.80, 1.01, 0), v3(0.10, 0.022, 0.36), LEVEL, MAT_PLASTIC);
    synth_mesh_bar(m, v3(0.74, 0.97, -0.26), v3(0.74, 0.97, 0.26), 0.016, MAT_METAL);
}

/* Everything on the wall the camera looks at, in that wall's own frame: `w` to the
 * right along it, `up`, and `out` into the room. */
typedef struct wall_frame {
    vec3 origin, w, out; /* origin: foot of the wall straight behind the runner */
} wall_frame;

static vec3 on_wall(const wall_frame *f, double w, double height, double out)
{
    return add(along(along(f->origin, f->w, w), f->out, out), v3(0, height, 0));
}

static void wall_box(synth_mesh *m, const wall_frame *f, double w, double height, double out,
                     vec3 half, enum synth_material material)
{
    mat3 frame = {f->w, v3(0, 1, 0), f->out};
    synth_mesh_box(m, on_wall(f, w, height, out), half, frame, material);
}

static void add_clutter(synth_mesh *m, const wall_frame *f, bool has_mirror)
{
    /* Cupboard, shelf with boxes, posters, cartons on the floor, a plant. */
    wall_box(m, f, 1.55, 0.55, 0.26, v3(0.42, 0.55, 0.25), MAT_WOOD);
    wall_box(m, f, 1.35, 1.24, 0.22, v3(0.16, 0.14, 0.16), MAT_CARD);
    wall_box(m, f, 1.72, 1.19, 0.24, v3(0.12, 0.09, 0.14), MAT_SCREEN);
    wall_box(m, f, -1.55, 1.62, 0.16, v3(0.62, 0.018, 0.15), MAT_WOOD);
    wall_box(m, f, -1.85, 1.75, 0.15, v3(0.17, 0.11, 0.12), MAT_CARD);
    wall_box(m, f, -1.42, 1.72, 0.15, v3(0.10, 0.08, 0.11), MAT_POT);
    wall_box(m, f, -1.90, 0.24, 0.34, v3(0.34, 0.24, 0.28), MAT_CARD);
    wall_box(m, f, -1.80, 0.62, 0.32, v3(0.24, 0.14, 0.22), MAT_CARD);
    if (!has_mirror)
        wall_box(m, f, 0.30, 1.72, 0.012, v3(0.30, 0.21, 0.01), MAT_POSTER);
    wall_box(m, f, -0.75, 2.02, 0.012, v3(0.20, 0.14, 0.01), MAT_POSTER);
    vec3 pot = on_wall(f, 0.98, 0.0, 0.30);
    synth_mesh_bar(m, pot, add(pot, v3(0, 0.26, 0)), 0.13, MAT_POT);
    for (int i = 0; i < 11; ++i) {
        double a = 2.4 * i, r = 0.16 + 0.02 * (i % 4), h = 0.42 + 0.045 * (i % 5);
        synth_mesh_bar(m, add(pot, v3(0, 0.24, 0)), add(pot, v3(r * cos(a), h, r * sin(a))), 0.022,
                       MAT_PLANT);
    }
    vec3 cable = on_wall(f, -0.6, 2.62, 0.02);
    synth_mesh_bar(m, cable, along(add(cable, v3(0, -0.12, 0)), f->w, 1.9), 0.008, MAT_PLASTIC);
}

/* A wall or ceiling is built only where the camera stands inside it. */
static void add_plane(synth_mesh *m, const synth_camera *c, vec3 corner, vec3 e1, vec3 e2,
                      enum synth_material material)
{
    vec3 n = unit(cross(e1, e2));
    if (dot(sub(c->at, corner), n) > 0.25)
        synth_mesh_face(m, corner, e1, e2, material);
}

static void add_room(synth_mesh *m, const synth_camera *c, double side_z)
{
    double y = SCENE_FLOOR_Y, height = 2.85, front = 3.1, back = -4.8;
    vec3 up = v3(0, height, 0), length_x = v3(front - back, 0, 0);
    double far_z = side_z, near_z = -side_z;
    synth_mesh_face(m, v3(back, y, -7), v3(0, 0, 14), v3(front - back, 0, 0), MAT_FLOOR);
    synth_mesh_face(m, v3(back, y + height, -7), v3(front - back, 0, 0), v3(0, 0, 14), MAT_CEILING);
    double low = fmin(far_z, near_z), high = fmax(far_z, near_z);
    add_plane(m, c, v3(back, y, low), length_x, up, MAT_WALL);
    add_plane(m, c, v3(front, y, high), v3(back - front, 0, 0), up, MAT_WALL);
    add_plane(m, c, v3(front, y, -7), v3(0, 0, 14), up, MAT_WALL);
    add_plane(m, c, v3(back, y, 7), v3(0, 0, -14), up, MAT_WALL);
}

static void add_bystander(synth_mesh *m, const wall_frame *f)
{
    synth_params p;
    synth_figure figure;
    synth_style style;
    synth_pose pose;
    synth_params_init(&p);
    synth_figure_init(&figure, &p);
    synth_style_bystander(&style);
    synth_pose_standing(&figure, &pose);
    int from = m->n_vertices;
    m->person = 1;
    synth_body_build(m, &figure, &style, &pose);
    m->person = 0;
    /* Beside the plant, turned three quarters into the room. */
    vec3 to = on_wall(f, -1.05, 0.0, 0.75);
    mat3 facing = frame_up_forward(v3(0, 1, 0), unit(along(f->out, f->w, 0.6)));
    synth_mesh_place(m, from, facing, to);
}

void synth_scene_room(synth_mesh *m, const synth_params *p, const synth_camera *c,
                      synth_scene *scene)
{
    bool is_rear = p->value[P_VIEW] == VIEW_REAR, from_right = p->value[P_VIEW] == VIEW_RIGHT;
    double far_z = from_right ? -1.75 : 1.75, y = SCENE_FLOOR_Y;
    wall_frame f = {v3(0, y, far_z), v3(from_right ? 1 : -1, 0, 0), v3(0, 0, from_right ? 1 : -1)};
    if (is_rear)
        f = (wall_frame){v3(3.1, y, 0), v3(0, 0, 1), v3(-1, 0, 0)};
    scene->has_mirror = p->value[P_MIRROR] != 0.0;
    scene->mirror_point = f.origin;
    scene->mirror_normal = f.out;
    add_room(m, c, is_rear ? 2.6 : far_z);
    wall_box(m, &f, 0.0, 0.05, 0.010, v3(4.0, 0.05, 0.010), MAT_SKIRTING);
    if (scene->has_mirror) {
        scene->mirror_point = along(f.origin, f.out, 0.02);
        synth_mesh_face(m, on_wall(&f, -0.95, 0.30, 0.02), scale(f.w, 1.9), v3(0, 1.75, 0),
                        MAT_MIRROR);
    }
    if (p->value[P_CLUTTER] != 0.0)
        add_clutter(m, &f, scene->has_mirror);
    if (p->value[P_BYSTANDER] != 0.0)
        add_bystander(m, &f);
    add_treadmill(m, p);
    synth_mesh_box(m, v3(0.2, y + 2.83, 0.0), v3(0.6, 0.02, 0.12), LEVEL, MAT_LAMP);
}

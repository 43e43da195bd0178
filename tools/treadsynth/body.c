#include "body.h"

#include <string.h>

/* Radii are those of a man of 1.75 m; girth and stature scale them. Sizes follow
 * the mean circumferences of NASA-STD-3000 volume I (thigh 58 cm, calf 37 cm,
 * upper arm 31 cm, forearm 28 cm, waist 84 cm, neck 37 cm), shapes were drawn. */
#define REFERENCE_STATURE 1.75

typedef struct section {
    double v, side, front, back;
} section;

static const section LEG[] = {
    {-0.02, .086, .085, .098}, {0.15, .086, .090, .098}, {0.35, .081, .090, .088},
    {0.60, .070, .081, .074},  {0.82, .057, .064, .057}, {0.95, .052, .057, .050},
    {1.03, .051, .055, .047},  {1.12, .048, .047, .053}, {1.25, .052, .043, .068},
    {1.38, .051, .041, .068},  {1.58, .042, .037, .050}, {1.76, .032, .034, .036},
    {1.90, .029, .034, .034},  {2.00, .031, .038, .040}, {2.10, .030, .036, .038},
};

static const section ARM[] = {
    {-0.11, .010, .011, .011}, {-0.09, .028, .030, .030}, {-0.03, .045, .046, .046},
    {0.14, .053, .054, .054},  {0.38, .046, .049, .047},  {0.68, .040, .043, .043},
    {0.92, .036, .038, .039},  {1.10, .040, .042, .040},  {1.28, .040, .040, .038},
    {1.58, .032, .032, .031},  {1.86, .026, .024, .024},  {2.05, .026, .021, .021},
};

static const section TORSO_MALE[] = {
    {-0.27, .060, .030, .040}, {-0.22, .115, .066, .085}, {-0.14, .152, .092, .122},
    {-0.04, .168, .102, .134}, {0.06, .166, .104, .122},  {0.20, .151, .104, .100},
    {0.36, .139, .101, .086},  {0.55, .148, .111, .098},  {0.74, .163, .122, .112},
    {0.88, .168, .114, .118},  {0.97, .163, .088, .108},  {1.04, .142, .066, .092},
    {1.10, .094, .060, .078},  {1.17, .062, .056, .064},  {1.28, .056, .055, .056},
    {1.42, .055, .054, .056},
};

static const section TORSO_FEMALE[] = {
    {-0.27, .060, .030, .040}, {-0.22, .120, .066, .090}, {-0.14, .160, .092, .130},
    {-0.04, .176, .102, .140}, {0.06, .170, .102, .124},  {0.20, .146, .096, .098},
    {0.36, .124, .088, .080},  {0.55, .134, .100, .090},  {0.72, .147, .130, .102},
    {0.86, .152, .112, .106},  {0.97, .147, .082, .098},  {1.04, .127, .060, .084},
    {1.10, .083, .054, .070},  {1.17, .052, .048, .056},  {1.28, .048, .047, .050},
    {1.42, .047, .046, .049},
};

/* Height above the ear, half width, front, back. */
static const section HEAD[] = {
    {-.122, .020, .050, .020}, {-.112, .036, .080, .032}, {-.098, .047, .089, .040},
    {-.082, .055, .091, .050}, {-.066, .061, .092, .062}, {-.045, .067, .091, .078},
    {-.020, .071, .090, .090}, {.002, .073, .089, .098},  {.025, .075, .094, .103},
    {.050, .076, .094, .104},  {.075, .073, .085, .098},  {.095, .062, .064, .081},
    {.110, .042, .034, .051},  {.117, .012, .010, .014},
};

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* Catmull-Rom through a table's rows. */
static section section_at(const section *t, int n, double v)
{
    int i = 0;
    while (i + 2 < n && v > t[i + 1].v)
        ++i;
    double span = t[i + 1].v - t[i].v, u = clampd((v - t[i].v) / span, 0.0, 1.0);
    const section *p0 = &t[i > 0 ? i - 1 : i], *p1 = &t[i], *p2 = &t[i + 1];
    const section *p3 = &t[i + 2 < n ? i + 2 : i + 1];
    double u2 = u * u, u3 = u2 * u;
    double h0 = 2 * u3 - 3 * u2 + 1, h1 = u3 - 2 * u2 + u, h2 = 3 * u2 - 2 * u3, h3 = u3 - u2;
    double m1 = span / (p2->v - p0->v), m2 = span / (p3->v - p1->v);
#define BLEND(q) (h0 * p1->q + h1 * m1 * (p2->q - p0->q) + h2 * p2->q + h3 * m2 * (p3->q - p1->q))
    return (section){v, BLEND(side), BLEND(front), BLEND(back)};
#undef BLEND
}

typedef struct limb {
    vec3 a, b, c; /* the three joints */
    vec3 lateral; /* roughly across */
    double round; /* the bend is rounded over this length, m */
    const section *table;
    int n;
    double scale;
} limb;

/* Centre and direction at v (0 at a, 1 at b, 2 at c; beyond both ends goes on
 * straight). */
static vec3 limb_centre(const limb *l, double v, vec3 *direction)
{
    vec3 d1 = sub(l->b, l->a), d2 = sub(l->c, l->b);
    double n1 = length(d1), n2 = length(d2);
    double s = v < 1.0 ? (v - 1.0) * n1 : (v - 1.0) * n2;
    vec3 e1 = scale(d1, 1.0 / n1), e2 = scale(d2, 1.0 / n2);
    if (fabs(s) >= l->round) {
        *direction = s < 0.0 ? e1 : e2;
        return along(l->b, *direction, s);
    }
    /* A parabola from one bone into the other. */
    double t = (s + l->round) / (2.0 * l->round);
    vec3 from = along(l->b, e1, -l->round), to = along(l->b, e2, l->round);
    *direction = unit(mix(e1, e2, t));
    return mix(mix(from, l->b, t), mix(l->b, to, t), t);
}

static synth_ring limb_ring(const limb *l, double v, double extra, double grow)
{
    vec3 d;
    synth_ring r = {.centre = limb_centre(l, v, &d), .power = 2.0, .v = v};
    section s = section_at(l->table, l->n, clampd(v, l->table[0].v, l->table[l->n - 1].v));
    r.side = unit(sub(l->lateral, scale(d, dot(l->lateral, d))));
    r.front = cross(r.side, d);
    r.r_side = s.side * l->scale * grow + extra;
    r.r_front = s.front * l->scale * grow + extra;
    r.r_back = s.back * l->scale * grow + extra;
    return r;
}

static void add_limb(synth_mesh *m, const limb *l, double from, double to, int rings, int columns,
                     enum synth_material material)
{
    synth_ring ring[MESH_MAX_RINGS];
    for (int i = 0; i < rings; ++i)
        ring[i] = limb_ring(l, mixd(from, to, (double)i / (rings - 1)), 0.0, 1.0);
    synth_mesh_loft(m, ring, rings, columns, material);
}

/* A garment around a limb: `fit` off the skin at the top, `flare` at the hem,
 * hanging a little towards the ground. */
static void add_sleeve(synth_mesh *m, const limb *l, double from, double to, double fit,
                       double flare, int rings, enum synth_material material)
{
    synth_ring ring[MESH_MAX_RINGS];
    for (int i = 0; i < rings; ++i) {
        double t = (double)i / (rings - 1), v = mixd(from, to, t);
        double fold = 0.0025 * sin(11.0 * v + 3.0 * l->a.x) * t;
        ring[i] = limb_ring(l, v, mixd(fit, flare, t * t) + fold, 1.0);
        ring[i].centre.y -= 0.35 * flare * t;
    }
    /* The hem turns in, so that there is no seeing through it. */
    ring[rings] = ring[rings - 1];
    ring[rings].r_side *= 0.75;
    ring[rings].r_front *= 0.75;
    ring[rings].r_back *= 0.75;
    synth_mesh_loft(m, ring, rings + 1, 20, material);
}

/* ---- parts --------------------------------------------------------------- */

static double girth(const synth_figure *f, const synth_style *style)
{
    return style->build * f->stature / REFERENCE_STATURE;
}

static void add_leg(synth_mesh *m, const synth_figure *f, const synth_style *style,
                    const synth_pose *pose, int side)
{
    const vec3 *p = pose->point;
    double slim = style->kind == BODY_FEMALE ? 0.96 : 1.0;
    limb l = {p[PT_LEFT_HIP + side],
              p[PT_LEFT_KNEE + side],
              p[PT_LEFT_ANKLE + side],
              v3(0, 0, 1),
              0.045,
              LEG,
              COUNT(LEG),
              girth(f, style) * slim};
    add_limb(m, &l, -0.02, 2.10, 34, 22, MAT_LEG);
    if (style->legs == LEGS_SHORTS)
        add_sleeve(m, &l, 0.03, 0.60, 0.008, 0.024, 10, MAT_SHORTS);
    else if (style->legs == LEGS_TROUSERS)
        add_sleeve(m, &l, 0.03, 1.88, 0.010, 0.026, 24, MAT_SHORTS);
}

static void add_hand(synth_mesh *m, const limb *arm, double size)
{
    /* A loose fist: along the forearm, thumb side up. */
    static const section HAND[] = {{0.0, .026, .021, .020},   {0.02, .030, .026, .024},
                                   {0.045, .030, .036, .034}, {0.070, .028, .037, .034},
                                   {0.088, .022, .029, .026}, {0.097, .008, .012, .010}};
    synth_ring ring[COUNT(HAND)];
    vec3 d = unit(sub(arm->c, arm->b));
    synth_ring wrist = limb_ring(arm, 2.0, 0.0, 1.0);
    for (int i = 0; i < COUNT(HAND); ++i) {
        ring[i] = wrist;
        ring[i].centre = along(arm->c, d, HAND[i].v * size);
        ring[i].r_side = HAND[i].side * size;
        ring[i].r_front = HAND[i].front * size;
        ring[i].r_back = HAND[i].back * size;
        ring[i].power = 2.4;
        ring[i].v = HAND[i].v;
    }
    synth_mesh_loft(m, ring, COUNT(HAND), 14, MAT_HAND);
    vec3 knuckle = along(along(arm->c, d, 0.035 * size), wrist.front, 0.028 * size);
    synth_mesh_bar(m, knuckle, along(along(knuckle, d, 0.040 * size), wrist.front, 0.008 * size),
                   0.010 * size, MAT_HAND);
}

static void add_arm(synth_mesh *m, const synth_figure *f, const synth_style *style,
                    const synth_pose *pose, int side)
{
    const vec3 *p = pose->point;
    double slim = style->kind == BODY_FEMALE ? 0.86 : 1.0;
    limb l = {p[PT_LEFT_SHOULDER + side],
              p[PT_LEFT_ELBOW + side],
              p[PT_LEFT_WRIST + side],
              v3(0, 0, 1),
              0.030,
              ARM,
              COUNT(ARM),
              girth(f, style) * slim};
    add_limb(m, &l, -0.11, 2.05, 30, 16, MAT_ARM);
    add_hand(m, &l, f->stature / REFERENCE_STATURE * (style->kind == BODY_FEMALE ? 0.9 : 1.0));
    if (style->shirt == SHIRT_TEE)
        add_sleeve(m, &l, -0.105, 0.52, 0.006, 0.016, 9, MAT_SHIRT);
    else if (style->shirt == SHIRT_LOOSE)
        add_sleeve(m, &l, -0.105, 0.72, 0.010, 0.034, 10, MAT_SHIRT);
    else if (style->shirt == SHIRT_LONG)
        add_sleeve(m, &l, -0.105, 1.93, 0.007, 0.008, 24, MAT_SHIRT);
}

/* Trunk frame at v: from the pelvis to the thorax, then along the neck. */
static synth_ring torso_ring(const synth_figure *f, const synth_style *style,
                             const synth_pose *pose, double v, double extra)
{
    double size = girth(f, style), base = f->stature / REFERENCE_STATURE;
    bool is_female = style->kind == BODY_FEMALE;
    section s = section_at(is_female ? TORSO_FEMALE : TORSO_MALE, COUNT(TORSO_MALE), v);
    double turn_share = smooth(0.05, 0.8, v);
    vec3 side = unit(mix(pose->pelvis.z, pose->thorax.z, turn_share));
    vec3 up = unit(mix(pose->pelvis.y, pose->thorax.y, smooth(-0.1, 0.3, v)));
    synth_ring r = {.power = v < 1.05 ? 2.35 : 2.0, .v = v};
    vec3 spine = sub(pose->mid_shoulder, pose->mid_hip);
    if (v <= 1.0) {
        r.centre = along(pose->mid_hip, v < 0.0 ? scale(up, length(spine)) : spine, v);
    } else {
        vec3 ears = mix(pose->point[PT_LEFT_EAR], pose->point[PT_RIGHT_EAR], 0.5);
        vec3 skull = along(along(ears, pose->head.x, -0.012 * base), pose->head.y, -0.060 * base);
        r.centre = mix(pose->mid_shoulder, skull, (v - 1.0) / 0.42);
        up = unit(mix(up, sub(skull, pose->mid_shoulder), smooth(1.0, 1.2, v)));
    }
    r.side = unit(sub(side, scale(up, dot(side, up))));
    r.front = cross(up, r.side);
    double neck = v > 1.1 ? base * (0.5 + 0.5 * style->build) : size;
    r.r_side = s.side * neck + extra;
    r.r_front = s.front * neck + extra;
    r.r_back = s.back * neck + extra;
    /* The ribcage sits a little behind the line of the joints. */
    r.centre = along(r.centre, r.front, -0.010 * base * smooth(0.3, 0.8, v));
    return r;
}

static void add_torso(synth_mesh *m, const synth_figure *f, const synth_style *style,
                      const synth_pose *pose)
{
    synth_ring ring[MESH_MAX_RINGS];
    int n = 38;
    for (int i = 0; i < n; ++i) {
        double v = mixd(-0.27, 1.42, (double)i / (n - 1));
        bool is_cloth = v > -0.12 && v < 1.06;
        ring[i] = torso_ring(f, style, pose, v, is_cloth ? 0.005 : 0.0);
    }
    synth_mesh_loft(m, ring, n, 32, MAT_TORSO);

    /* The shirt's skirt hangs over the waistband. */
    bool is_loose = style->shirt == SHIRT_LOOSE;
    double top = is_loose ? 0.92 : 0.50, hem = is_loose ? -0.22 : -0.13;
    double flare = is_loose ? 0.042 : 0.024;
    n = 14;
    for (int i = 0; i < n; ++i) {
        double t = (double)i / (n - 1), v = mixd(top, hem, t);
        double wave = 0.004 * t * sin(2.0 * SYNTH_PI * pose->t_s * 2.8 + 4.0 * v);
        synth_ring at = torso_ring(f, style, pose, v, mixd(0.006, flare, t) + wave);
        /* Cloth bridges the waist instead of following it. */
        synth_ring chest = torso_ring(f, style, pose, fmax(v, 0.62), 0.0);
        if (is_loose && v < 0.62 && v > 0.0) {
            at.r_side = fmax(at.r_side, 0.96 * chest.r_side + flare * t);
            at.r_front = fmax(at.r_front, 0.98 * chest.r_front + flare * t);
            at.r_back = fmax(at.r_back, 0.98 * chest.r_back + flare * t);
        }
        ring[i] = at;
    }
    ring[n] = ring[n - 1];
    ring[n].r_side -= 0.02;
    ring[n].r_front -= 0.02;
    ring[n].r_back -= 0.02;
    synth_mesh_loft(m, ring, n + 1, 32, MAT_SHIRT);
}

/* ---- shoe ---------------------------------------------------------------- */

/* Along the shoe, 0 back to 1 front: half width, height of the top, height of the
 * sole's underside. */
static const section SHOE[] = {
    {0.00, .013, .044, .026}, {0.025, .023, .070, .010}, {0.06, .029, .076, .001},
    {0.14, .033, .076, .000}, {0.24, .033, .082, .000},  {0.32, .033, .088, .000},
    {0.42, .035, .080, .000}, {0.54, .040, .066, .000},  {0.66, .046, .055, .000},
    {0.78, .046, .048, .000}, {0.88, .039, .044, .000},  {0.95, .027, .037, .003},
    {1.00, .008, .020, .011},
};

/* A rounded box instead of an ellipse. */
static double power_of_sin(double x)
{
    return x < 0.0 ? -pow(-x, 0.72) : pow(x, 0.72);
}

static void add_shoe(synth_mesh *m, const synth_figure *f, const synth_style *style,
                     const synth_pose *pose, int side)
{
    enum { ROWS = 26, COLUMNS = 20 };
    vec3 point[ROWS * COLUMNS], centre[ROWS];
    double v[ROWS];
    const synth_foot *foot = &pose->foot[side];
    double back = f->shoe_back, shoe = f->shoe_front - back;
    double toe_turn = foot->toe_rad - foot->pitch_rad;
    vec3 heel = synth_to_belt(foot->heel_edge, pose->incline_rad);
    double wide = 0.5 + 0.5 * girth(f, style);
    for (int r = 0; r < ROWS; ++r) {
        double at = 0.5 - 0.5 * cos(SYNTH_PI * r / (ROWS - 1)), u = back + shoe * at;
        section s = section_at(SHOE, COUNT(SHOE), at);
        /* The toes turn about the ball, eased over 3 cm of sole. */
        double eased = smooth(-0.015, 0.015, u - f->ball_u);
        v[r] = at;
        for (int c = -1; c < COLUMNS; ++c) {
            double a = 2.0 * SYNTH_PI * c / COLUMNS, y = sin(a);
            double mid = 0.5 * (s.front + s.back), half = 0.5 * (s.front - s.back);
            double w = mid + half * power_of_sin(y), z = 0.0;
            if (c >= 0) {
                /* The sole is broad, the upper narrows. */
                double narrow = 1.0 - 0.42 * smooth(0.03, 0.09, w);
                z = s.side * wide * narrow * power_of_sin(cos(a));
            } else {
                w = mid;
            }
            vec3 q =
                add(v3(f->ball_u, 0, 0),
                    pitch(v3(u - f->ball_u, w, 0), u > f->ball_u - 0.015 ? toe_turn * eased : 0.0));
            q = add(pitch(q, foot->pitch_rad), heel);
            q.z = heel.z + z;
            q = synth_from_belt(q, pose->incline_rad);
            if (c < 0)
                centre[r] = q;
            else
                point[r * COLUMNS + c] = q;
        }
    }
    synth_mesh_grid(m, point, centre, v, ROWS, COLUMNS, MAT_SHOE);
}

/* ---- head ---------------------------------------------------------------- */

static vec3 head_point(const synth_pose *pose, double size, vec3 local)
{
    vec3 ears = mix(pose->point[PT_LEFT_EAR], pose->point[PT_RIGHT_EAR], 0.5);
    return add(ears, apply(pose->head, scale(local, size)));
}

/* 1 where hair grows: height above the ear and turn u around the head. */
static double hair_share(double y, double u)
{
    double front = 0.5 - 0.5 * cos(2.0 * SYNTH_PI * (u - 0.75)); /* 1 front, 0 back */
    double line = mixd(-0.062, 0.004, smooth(0.15, 0.50, front));
    line = mixd(line, 0.074, smooth(0.58, 0.86, front));
    return smooth(line - 0.006, line + 0.006, y);
}

static void add_hair(synth_mesh *m, const synth_style *style, const synth_pose *pose, double size)
{
    enum { ROWS = 30, COLUMNS = 36 };
    vec3 point[ROWS * COLUMNS], centre[ROWS];
    double v[ROWS], thick = style->hair == HAIR_CAP ? 0.012 : 0.011;
    for (int r = 0; r < ROWS; ++r) {
        double y = mixd(-0.075, 0.117, (double)r / (ROWS - 1));
        section s = section_at(HEAD, COUNT(HEAD), y);
        double lift = 1.0 + 0.5 * smooth(0.06, 0.117, y);
        v[r] = y;
        centre[r] = head_point(pose, size, v3(0, y, 0));
        for (int c = 0; c < COLUMNS; ++c) {
            double u = (double)c / COLUMNS, a = 2.0 * SYNTH_PI * u, ca = cos(a), sa = sin(a);
            double grow = mixd(-0.008, thick, hair_share(y, u));
            vec3 q =
                v3((sa > 0 ? s.front : s.back) * sa + grow * sa * lift, y, s.side * ca + grow * ca);
            q.y += grow * smooth(0.08, 0.117, y);
            point[r * COLUMNS + c] = head_point(pose, size, q);
        }
    }
    synth_mesh_grid(m, point, centre, v, ROWS, COLUMNS, MAT_HAIR);
    if (style->hair == HAIR_CAP) {
        vec3 from = head_point(pose, size, v3(0.080, 0.062, 0));
        synth_mesh_box(m, add(from, scale(pose->head.x, 0.045 * size)),
                       scale(v3(0.045, 0.004, 0.055), size), pose->head, MAT_HAIR);
    } else if (style->hair == HAIR_PONYTAIL) {
        double sway = 0.25 * sin(2.0 * SYNTH_PI * pose->t_s * 2.8);
        vec3 tie = head_point(pose, size, v3(-0.112, 0.045, 0));
        vec3 mid = head_point(pose, size, v3(-0.160, 0.010 + 0.03 * sway, 0.01));
        vec3 end = head_point(pose, size, v3(-0.175, -0.120 + 0.05 * sway, 0.03 * sway));
        synth_mesh_bar(m, tie, mid, 0.022 * size, MAT_HAIR);
        synth_mesh_bar(m, mid, end, 0.024 * size, MAT_HAIR);
    }
}

static void add_nose(synth_mesh *m, const synth_pose *pose, double size)
{
    static const section NOSE[] = {{.022, .005, .010, .01},  {.000, .008, .019, .01},
                                   {-.020, .013, .030, .01}, {-.030, .015, .031, .01},
                                   {-.038, .013, .021, .01}, {-.044, .006, .008, .005}};
    synth_ring ring[COUNT(NOSE)];
    for (int i = 0; i < COUNT(NOSE); ++i)
        ring[i] = (synth_ring){head_point(pose, size, v3(0.085, NOSE[i].v, 0)),
                               pose->head.z,
                               pose->head.x,
                               NOSE[i].side * size,
                               NOSE[i].front * size,
                               NOSE[i].back * size,
                               2.0,
                               NOSE[i].v};
    synth_mesh_loft(m, ring, COUNT(NOSE), 14, MAT_NOSE);
}

static void add_ears(synth_mesh *m, const synth_pose *pose, double size)
{
    for (int side = -1; side <= 1; side += 2) {
        synth_ring ring[5];
        static const double SHAPE[5] = {0.15, 0.8, 1.0, 0.85, 0.1};
        for (int i = 0; i < 5; ++i) {
            vec3 at = v3(-0.010 - 0.004 * i, 0.028 - 0.015 * i, side * 0.075);
            ring[i] = (synth_ring){head_point(pose, size, at),
                                   pose->head.x,
                                   pose->head.z,
                                   0.017 * SHAPE[i] * size,
                                   0.011 * SHAPE[i] * size,
                                   0.011 * SHAPE[i] * size,
                                   2.0,
                                   i / 4.0};
        }
        synth_mesh_loft(m, ring, 5, 12, MAT_EAR);
    }
}

static void add_head(synth_mesh *m, const synth_figure *f, const synth_style *style,
                     const synth_pose *pose)
{
    synth_ring ring[MESH_MAX_RINGS];
    double size = f->stature / REFERENCE_STATURE;
    int n = 30;
    for (int i = 0; i < n; ++i) {
        double y = mixd(-0.122, 0.117, (double)i / (n - 1));
        section s = section_at(HEAD, COUNT(HEAD), y);
        double jaw = style->kind == BODY_FEMALE && y < -0.03 ? 0.95 : 1.0;
        ring[i] = (synth_ring){head_point(pose, size, v3(0, y, 0)),
                               pose->head.z,
                               pose->head.x,
                               s.side * size * jaw,
                               s.front * size,
                               s.back * size,
                               2.2,
                               y};
    }
    synth_mesh_loft(m, ring, n, 32, MAT_HEAD);
    add_nose(m, pose, size);
    add_ears(m, pose, size);
    if (style->hair != HAIR_BALD)
        add_hair(m, style, pose, size);
}

void synth_body_build(synth_mesh *m, const synth_figure *f, const synth_style *style,
                      const synth_pose *pose)
{
    add_torso(m, f, style, pose);
    add_head(m, f, style, pose);
    for (int side = 0; side < 2; ++side) {
        add_arm(m, f, style, pose, side);
        add_leg(m, f, style, pose, side);
        add_shoe(m, f, style, pose, side);
    }
}

/* ---- style --------------------------------------------------------------- */

/* sRGB bytes to linear light. */
static void linear(float out[3], unsigned rgb)
{
    for (int i = 0; i < 3; ++i)
        out[i] = (float)pow(((rgb >> (16 - 8 * i)) & 255u) / 255.0, 2.2);
}

static const unsigned COLOURS[] = {0xeeeeec, 0x222226, 0x77797c, 0xb4b7ba, 0x1e2a4a, 0x2f62b8,
                                   0x1c7f86, 0x2f7f45, 0xa8d32c, 0xf2cf2b, 0xee7a22, 0xc62f30,
                                   0x6d1f2c, 0xe582a6, 0x67408f, 0xb79a72};
static const unsigned SKINS[] = {0xf0cdb8, 0xe3b596, 0xcf9a76, 0xb07f5a, 0x855838, 0x4f3222};
static const unsigned HAIRS[] = {0x1d1714, 0x4b3322, 0xb08a52, 0x8a3f1f, 0x9a9894};

void synth_style_init(synth_style *style, const synth_params *p)
{
    style->kind = (enum synth_body_kind)p->value[P_BODY];
    style->hair = (enum synth_hair)p->value[P_HAIR];
    style->shirt = (enum synth_shirt)p->value[P_SHIRT];
    style->legs = (enum synth_legs)p->value[P_LEGS];
    style->build = p->value[P_BUILD];
    linear(style->skin, SKINS[(int)p->value[P_SKIN]]);
    linear(style->hair_colour, HAIRS[(int)p->value[P_HAIR_COLOUR]]);
    linear(style->shirt_colour, COLOURS[(int)p->value[P_SHIRT_COLOUR]]);
    linear(style->legs_colour, COLOURS[(int)p->value[P_LEGS_COLOUR]]);
    linear(style->shoe_colour, COLOURS[(int)p->value[P_SHOE_COLOUR]]);
    linear(style->sock_colour, COLOURS[(int)p->value[P_SOCK_COLOUR]]);
}

void synth_style_bystander(synth_style *style)
{
    *style = (synth_style){BODY_MALE, HAIR_SHORT, SHIRT_LONG, LEGS_TROUSERS, 1.05, {0},
                           {0},       {0},        {0},        {0},           {0}};
    linear(style->skin, SKINS[2]);
    linear(style->hair_colour, HAIRS[1]);
    linear(style->shirt_colour, 0x5b6a4f);
    linear(style->legs_colour, 0x2c3444);
    linear(style->shoe_colour, 0x3a2b20);
    linear(style->sock_colour, 0x222222);
}

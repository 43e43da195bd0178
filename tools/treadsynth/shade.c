#include "shade.h"

#include <math.h>

static float smooth_f(float low, float high, float v)
{
    float t = (v - low) / (high - low);
    t = t < 0.0f ? 0.0f : t > 1.0f ? 1.0f : t;
    return t * t * (3.0f - 2.0f * t);
}

static void set3(float out[3], float r, float g, float b)
{
    out[0] = r;
    out[1] = g;
    out[2] = b;
}

static void copy3(float out[3], const float in[3])
{
    set3(out, in[0], in[1], in[2]);
}

static void tint(float c[3], float s)
{
    c[0] *= s;
    c[1] *= s;
    c[2] *= s;
}

static void mix3(float c[3], const float to[3], float t)
{
    for (int i = 0; i < 3; ++i)
        c[i] += (to[i] - c[i]) * t;
}

/* ---- noise ---------------------------------------------------------------- */

static float hash3(int x, int y, int z)
{
    uint32_t h = (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u ^ (uint32_t)z * 0xcb1ab31fu;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du;
    h = (h ^ (h >> 12)) * 0x297a2d39u;
    return (float)(h >> 8) * (1.0f / 16777216.0f);
}

/* Value noise, 0..1. */
static float noise3(float x, float y, float z)
{
    float fx = floorf(x), fy = floorf(y), fz = floorf(z);
    int ix = (int)fx, iy = (int)fy, iz = (int)fz;
    float u = smooth_f(0, 1, x - fx), v = smooth_f(0, 1, y - fy), w = smooth_f(0, 1, z - fz);
    float c[4];
    for (int i = 0; i < 4; ++i) {
        float a = hash3(ix, iy + (i & 1), iz + (i >> 1));
        float b = hash3(ix + 1, iy + (i & 1), iz + (i >> 1));
        c[i] = a + (b - a) * u;
    }
    float low = c[0] + (c[1] - c[0]) * v, high = c[2] + (c[3] - c[2]) * v;
    return low + (high - low) * w;
}

float synth_belt_pattern(float m, float z)
{
    float p = 0.90f + 0.20f * noise3(m * 55.0f, 3.0f, z * 55.0f);
    /* The maker's mark, every 1.6 m near both edges, and the belt's seam. */
    float along = m - 1.6f * floorf(m / 1.6f), across = fabsf(fabsf(z) - 0.19f);
    if (along < 0.22f && across < 0.018f && fmodf(along, 0.045f) < 0.030f)
        p += 3.5f;
    float seam = m - 3.2f * floorf(m / 3.2f) + 0.3f * z;
    if (seam > 1.0f && seam < 1.012f)
        p -= 0.35f;
    return p;
}

/* ---- a person ------------------------------------------------------------- */

/* Folds in cloth, as brightness. */
static float folds(float u, float v, const float p[3])
{
    float a = sinf(26.0f * u + 5.0f * sinf(7.0f * v) + 3.0f * v);
    float b = sinf(31.0f * v + 4.0f * sinf(12.6f * u) + 9.0f * p[2]);
    return 1.0f + 0.05f * a + 0.05f * b * a + 0.035f * b;
}

static void torso_colour(const synth_style *st, const synth_surface *s, float c[3])
{
    float front = 0.5f - 0.5f * cosf(6.2832f * (s->u - 0.75f));
    float collar = 1.135f - 0.055f * front;
    if (st->shirt == SHIRT_SINGLET)
        collar -= 0.05f * front;
    if (s->v > collar) {
        copy3(c, st->skin);
        tint(c, 0.95f);
    } else if (s->v < -0.02f) {
        copy3(c, st->legs_colour);
    } else {
        copy3(c, st->shirt_colour);
        tint(c, folds(s->u, s->v, s->p));
        if (s->v > collar - 0.014f)
            tint(c, 0.8f);
    }
}

static void leg_colour(const synth_style *st, const synth_surface *s, float c[3])
{
    if (s->v > 1.86f) {
        copy3(c, st->sock_colour);
        tint(c, 0.92f + 0.08f * sinf(s->v * 260.0f));
    } else if (st->legs == LEGS_TIGHTS && s->v < 1.84f) {
        copy3(c, st->legs_colour);
        tint(c, 1.0f + 0.06f * sinf(20.0f * s->v + 9.0f * s->u));
    } else {
        copy3(c, st->skin);
        /* Kneecap and calf muscle, faintly. */
        float knee =
            smooth_f(0.10f, 0.0f, fabsf(s->v - 1.0f)) * smooth_f(0.16f, 0.04f, fabsf(s->u - 0.25f));
        float calf =
            smooth_f(0.25f, 0.0f, fabsf(s->v - 1.3f)) * smooth_f(0.06f, 0.0f, fabsf(s->u - 0.75f));
        tint(c, 1.0f + 0.07f * knee - 0.09f * calf);
    }
}

static void shoe_colour(const synth_style *st, const synth_surface *s, float c[3])
{
    /* u: 0.75 underside, 0.25 top; v: 0 heel, 1 toe. */
    float up = sinf(6.2832f * s->u);
    copy3(c, st->shoe_colour);
    if (up < -0.80f) {
        set3(c, 0.03f, 0.03f, 0.032f);
    } else if (up < 0.02f - 0.22f * s->v) {
        set3(c, 0.78f, 0.78f, 0.76f);
        if (up > -0.06f - 0.22f * s->v)
            tint(c, 0.6f);
    } else if (up > 0.86f && s->v > 0.28f && s->v < 0.70f) {
        float lace = sinf(s->v * 95.0f);
        tint(c, 0.45f);
        if (lace > 0.1f)
            set3(c, 0.7f, 0.7f, 0.7f);
    } else {
        /* Two slanted stripes on the side. */
        float stripe = s->v + 0.10f * up;
        if ((stripe > 0.40f && stripe < 0.45f) || (stripe > 0.50f && stripe < 0.55f))
            set3(c, 0.75f, 0.75f, 0.75f);
        if (s->v < 0.10f)
            tint(c, 0.55f);
    }
}

/* Eyes, brows, lips, beard shadow: angle from straight ahead, height above the ear. */
static void face_colour(const synth_style *st, const synth_surface *s, float c[3])
{
    static const float WHITE[3] = {0.55f, 0.52f, 0.48f}, DARK[3] = {0.03f, 0.02f, 0.02f};
    static const float LIP[3] = {0.36f, 0.12f, 0.11f};
    float off = fabsf(s->u - 0.25f), y = s->v;
    copy3(c, st->skin);
    float cheek =
        smooth_f(0.05f, 0.0f, fabsf(y + 0.03f)) * smooth_f(0.06f, 0.0f, fabsf(off - 0.085f));
    c[0] *= 1.0f + 0.10f * cheek;
    float ex = (off - 0.062f) / 0.030f, ey = (y - 0.008f) / 0.0085f, eye = ex * ex + ey * ey;
    float socket = smooth_f(3.2f, 0.6f, ex * ex * 0.6f + ey * ey * 0.3f);
    tint(c, 1.0f - 0.28f * socket);
    if (eye < 1.0f) {
        mix3(c, WHITE, 0.9f);
        float ix = (off - 0.056f) / 0.012f;
        if (ix * ix + ey * ey * 0.7f < 0.9f)
            mix3(c, DARK, 0.95f);
    } else if (eye < 1.7f && ey > 0.3f) {
        mix3(c, DARK, 0.6f);
    }
    if (fabsf(y - 0.030f - 0.05f * (0.06f - off)) < 0.0045f && off > 0.022f && off < 0.105f)
        mix3(c, st->hair_colour, 0.75f);
    float lips = smooth_f(0.0085f, 0.004f, fabsf(y + 0.072f)) * smooth_f(0.062f, 0.045f, off);
    mix3(c, LIP, (st->kind == BODY_FEMALE ? 0.75f : 0.5f) * lips);
    if (fabsf(y + 0.072f) < 0.0014f && off < 0.055f)
        tint(c, 0.45f);
    if (st->kind == BODY_MALE && st->hair != HAIR_BALD)
        tint(c, 1.0f - 0.13f * smooth_f(-0.045f, -0.06f, y) * smooth_f(0.23f, 0.17f, off));
}

static void person_colour(const synth_style *st, const synth_surface *s, float c[3])
{
    switch (s->material) {
    case MAT_TORSO: torso_colour(st, s, c); break;
    case MAT_SHIRT:
        copy3(c, st->shirt_colour);
        tint(c, folds(s->u, s->v, s->p));
        break;
    case MAT_SHORTS:
        copy3(c, st->legs_colour);
        tint(c, folds(s->u, s->v * 1.3f, s->p));
        break;
    case MAT_LEG: leg_colour(st, s, c); break;
    case MAT_SHOE: shoe_colour(st, s, c); break;
    case MAT_HEAD: face_colour(st, s, c); break;
    case MAT_HAIR:
        copy3(c, st->hair == HAIR_CAP ? st->shirt_colour : st->hair_colour);
        tint(c, 0.85f + 0.25f * sinf(90.0f * s->u + 14.0f * s->v));
        break;
    case MAT_EAR:
    case MAT_NOSE:
        copy3(c, st->skin);
        c[0] *= 1.05f;
        break;
    default: copy3(c, st->skin); break;
    }
}

/* ---- a room --------------------------------------------------------------- */

static void wall_colour(const synth_look *look, const synth_surface *s, float c[3])
{
    float along = fabsf(s->n[2]) > 0.5f ? s->p[0] : s->p[2], up = s->p[1];
    float grain = noise3(s->p[0] * 3.0f, up * 3.0f, s->p[2] * 3.0f);
    float fine = noise3(s->p[0] * 60.0f, up * 60.0f, s->p[2] * 60.0f);
    float rough = 0.94f + 0.06f * grain + 0.04f * fine;
    if (look->wall == WALL_LIGHT) {
        set3(c, 0.60f, 0.57f, 0.51f);
    } else if (look->wall == WALL_DARK) {
        set3(c, 0.030f, 0.032f, 0.037f);
    } else if (look->wall == WALL_WOOD) {
        float plank = floorf(along / 0.14f), edge = along / 0.14f - plank;
        float ring = noise3(along * 30.0f, up * 2.0f, plank);
        set3(c, 0.34f, 0.19f, 0.09f);
        rough =
            (0.75f + 0.35f * ring + 0.15f * hash3((int)plank, 7, 1)) * (edge < 0.03f ? 0.5f : 1.0f);
    } else {
        float row = floorf(up / 0.075f), shift = (int)row & 1 ? 0.11f : 0.0f;
        float brick = floorf((along + shift) / 0.22f);
        float ex = (along + shift) / 0.22f - brick, ey = up / 0.075f - row;
        int is_joint = ex < 0.045f || ey < 0.13f;
        set3(c, 0.33f, 0.13f, 0.085f);
        rough = 0.75f + 0.3f * hash3((int)row, (int)brick, 3) + 0.2f * fine;
        if (is_joint)
            set3(c, 0.42f, 0.39f, 0.34f);
    }
    tint(c, rough);
}

static void floor_colour(const synth_surface *s, float c[3])
{
    float plank = floorf(s->p[2] / 0.17f), row = s->p[2] / 0.17f - plank;
    float shift = hash3((int)plank, 1, 5) * 1.3f, board = floorf((s->p[0] + shift) / 1.3f);
    float ring = noise3(s->p[0] * 4.0f, plank, s->p[2] * 70.0f);
    set3(c, 0.27f, 0.21f, 0.15f);
    tint(c, 0.72f + 0.30f * ring + 0.25f * hash3((int)plank, (int)board, 9));
    if (row < 0.025f || (s->p[0] + shift) / 1.3f - board < 0.004f)
        tint(c, 0.55f);
}

static void poster_colour(const synth_surface *s, float c[3])
{
    static const float A[3] = {0.10f, 0.22f, 0.38f}, B[3] = {0.62f, 0.30f, 0.10f};
    set3(c, 0.72f, 0.70f, 0.66f);
    if (s->u > 0.06f && s->u < 0.94f && s->v > 0.07f && s->v < 0.93f) {
        copy3(c, s->v > 0.5f + 0.16f * sinf(9.0f * s->u) ? A : B);
        tint(c, 0.8f + 0.4f * noise3(s->u * 9.0f, s->v * 9.0f, 4.0f));
    }
}

static void room_colour(const synth_look *look, const synth_surface *s, float c[3])
{
    switch (s->material) {
    case MAT_WALL: wall_colour(look, s, c); break;
    case MAT_CEILING: set3(c, 1.30f, 1.26f, 1.18f); break; /* lit by what the floor gives back */
    case MAT_FLOOR: floor_colour(s, c); break;
    case MAT_SKIRTING: set3(c, 0.50f, 0.49f, 0.46f); break;
    case MAT_BELT: set3(c, 0.030f, 0.030f, 0.032f); break;
    case MAT_RAIL: set3(c, 0.16f, 0.165f, 0.17f); break;
    case MAT_PLASTIC: set3(c, 0.035f, 0.036f, 0.040f); break;
    case MAT_METAL: set3(c, 0.34f, 0.35f, 0.37f); break;
    case MAT_SCREEN: set3(c, 0.04f, 0.10f, 0.20f); break;
    case MAT_CARD:
        set3(c, 0.36f, 0.24f, 0.13f);
        tint(c, fabsf(s->u - 0.5f) < 0.07f ? 1.2f : 0.95f);
        break;
    case MAT_WOOD:
        set3(c, 0.30f, 0.18f, 0.09f);
        tint(c, 0.7f + 0.5f * noise3(s->p[0] * 5.0f, s->p[1] * 45.0f, s->p[2] * 5.0f));
        if (fabsf(s->u - 0.5f) < 0.008f)
            tint(c, 0.4f);
        break;
    case MAT_PLANT:
        set3(c, 0.045f, 0.15f, 0.035f);
        tint(c, 0.7f + 0.8f * s->v);
        break;
    case MAT_POT: set3(c, 0.38f, 0.16f, 0.09f); break;
    case MAT_POSTER: poster_colour(s, c); break;
    case MAT_MIRROR: set3(c, 0.12f, 0.13f, 0.13f); break;
    default: set3(c, 0.5f, 0.5f, 0.5f); break;
    }
}

/* Light from everywhere is weaker in corners: near the floor at the wall, and
 * under the deck. */
static float corner(const synth_look *look, const synth_surface *s)
{
    float h = s->p[1] - look->floor_y, open = 1.0f;
    if (s->material == MAT_WALL || s->material == MAT_SKIRTING)
        open = 0.62f + 0.38f * smooth_f(0.0f, 0.9f, h);
    else if (s->material == MAT_FLOOR)
        open =
            0.45f + 0.55f * smooth_f(0.30f, 0.75f, fabsf(s->p[2])) +
            0.55f * smooth_f(1.0f, 1.6f, fabsf(s->p[0])) * smooth_f(0.75f, 0.30f, fabsf(s->p[2]));
    return open < 1.0f ? open : 1.0f;
}

static int is_person(enum synth_material m)
{
    return m <= MAT_HAIR;
}

static int is_bare(const synth_style *st, const synth_surface *s)
{
    return s->material == MAT_HEAD || s->material == MAT_NOSE || s->material == MAT_EAR ||
           s->material == MAT_ARM || s->material == MAT_HAND ||
           (s->material == MAT_LEG && s->v < 1.86f && st->legs != LEGS_TIGHTS);
}

float synth_shade(const synth_look *look, const synth_surface *s, float rgb[3])
{
    const synth_style *st = &look->style[s->person];
    int person = is_person(s->material), bare = person && is_bare(st, s);
    if (s->material == MAT_LAMP) {
        set3(rgb, 3.0f, 2.9f, 2.7f);
        return 0.0f;
    }
    if (person)
        person_colour(st, s, rgb);
    else
        room_colour(look, s, rgb);
    float facing = s->n[0] * look->light[0] + s->n[1] * look->light[1] + s->n[2] * look->light[2];
    /* Soft sources reach a little around; skin scatters more. */
    float wrap = bare ? 0.30f : person ? 0.18f : 0.10f;
    float direct = (facing + wrap) / (1.0f + wrap);
    direct = direct > 0.0f ? direct * look->key * s->lit : 0.0f;
    float sky = look->fill * (0.62f + 0.38f * s->n[1]) * (person ? 1.0f : corner(look, s));
    float rim =
        1.0f - (s->n[0] * s->to_camera[0] + s->n[1] * s->to_camera[1] + s->n[2] * s->to_camera[2]);
    if (person) /* folds of the body shade each other where it turns away */
        sky *= 1.0f - 0.35f * rim * rim;
    float shine = 0.0f;
    float gloss = bare                                                    ? 0.05f
                  : s->material == MAT_HAIR                               ? 0.05f
                  : s->material == MAT_METAL                              ? 0.5f
                  : s->material == MAT_PLASTIC || s->material == MAT_RAIL ? 0.10f
                                                                          : 0.0f;
    if (gloss > 0.0f) {
        float h[3], n2 = 0.0f, d = 0.0f;
        for (int i = 0; i < 3; ++i) {
            h[i] = look->light[i] + s->to_camera[i];
            n2 += h[i] * h[i];
        }
        for (int i = 0; i < 3; ++i)
            d += h[i] * s->n[i];
        d /= sqrtf(n2);
        d *= d;
        d *= d;
        d *= d;
        shine = gloss * d * d * look->key * s->lit;
    }
    if (s->material == MAT_SCREEN)
        sky += 2.0f;
    float all = direct + sky;
    for (int i = 0; i < 3; ++i)
        rgb[i] = rgb[i] * all + shine;
    return all > 0.0f ? direct / all : 0.0f;
}

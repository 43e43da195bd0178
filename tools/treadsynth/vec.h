/* Small vectors and rotations. Right-handed world: x forward (the way the
 * runner faces), y up (against gravity), z to the runner's right. Metres. */
#ifndef TREADSYNTH_VEC_H
#define TREADSYNTH_VEC_H

#include <math.h>

#define SYNTH_PI 3.14159265358979323846
#define SYNTH_G 9.81 /* m/s^2, as BIOMECHANICS' flight formula uses */

typedef struct vec3 {
    double x, y, z;
} vec3;

/* Columns are the images of the x, y and z axes. */
typedef struct mat3 {
    vec3 x, y, z;
} mat3;

static inline double rad(double deg)
{
    return deg * (SYNTH_PI / 180.0);
}

static inline double deg(double radians)
{
    return radians * (180.0 / SYNTH_PI);
}

static inline double clampd(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

static inline double mixd(double a, double b, double t)
{
    return a + (b - a) * t;
}

/* 0 before `low`, 1 after `high`, with no corner. */
static inline double smooth(double low, double high, double v)
{
    double t = clampd((v - low) / (high - low), 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

static inline vec3 v3(double x, double y, double z)
{
    return (vec3){x, y, z};
}

static inline vec3 add(vec3 a, vec3 b)
{
    return v3(a.x + b.x, a.y + b.y, a.z + b.z);
}

static inline vec3 sub(vec3 a, vec3 b)
{
    return v3(a.x - b.x, a.y - b.y, a.z - b.z);
}

static inline vec3 scale(vec3 a, double s)
{
    return v3(a.x * s, a.y * s, a.z * s);
}

/* a + b * s */
static inline vec3 along(vec3 a, vec3 b, double s)
{
    return v3(a.x + b.x * s, a.y + b.y * s, a.z + b.z * s);
}

static inline double dot(vec3 a, vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline vec3 cross(vec3 a, vec3 b)
{
    return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}

static inline double length(vec3 a)
{
    return sqrt(dot(a, a));
}

static inline vec3 unit(vec3 a)
{
    double n = length(a);
    return n > 0.0 ? scale(a, 1.0 / n) : a;
}

static inline vec3 mix(vec3 a, vec3 b, double t)
{
    return v3(mixd(a.x, b.x, t), mixd(a.y, b.y, t), mixd(a.z, b.z, t));
}

static inline vec3 apply(mat3 m, vec3 v)
{
    return v3(m.x.x * v.x + m.y.x * v.y + m.z.x * v.z, m.x.y * v.x + m.y.y * v.y + m.z.y * v.z,
              m.x.z * v.x + m.y.z * v.y + m.z.z * v.z);
}

/* The right-handed frame whose y axis is along `up` and whose x axis is as near
 * to `forward` as that allows. */
static inline mat3 frame_up_forward(vec3 up, vec3 forward)
{
    mat3 m;
    m.y = unit(up);
    m.z = unit(cross(forward, m.y));
    m.x = cross(m.y, m.z);
    return m;
}

/* Turn `v` about the z axis; + lifts the forward end. */
static inline vec3 pitch(vec3 v, double angle_rad)
{
    double c = cos(angle_rad), s = sin(angle_rad);
    return v3(v.x * c - v.y * s, v.x * s + v.y * c, v.z);
}

/* Turn `v` about the y axis; + takes forward to the left (-z). */
static inline vec3 turn(vec3 v, double angle_rad)
{
    double c = cos(angle_rad), s = sin(angle_rad);
    return v3(v.x * c + v.z * s, v.y, -v.x * s + v.z * c);
}

#endif

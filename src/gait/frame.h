/* Private to gait: a skeleton seen in the runner's own frame. */
#ifndef GAIT_FRAME_H
#define GAIT_FRAME_H

#include <math.h>

#include "gait/gait.h"

#define GAIT_DEG (180.0 / 3.14159265358979323846)

/** A point or vector, x forward, y up, pixels. */
typedef struct gait_point {
    double x, y;
} gait_point;

/** Camera frame to gravity frame. In views without a forward direction x is NaN. */
static inline gait_point gait_gravity(const tread_gait_setting *setting, const tread_skeleton *s,
                                      enum tread_joint joint)
{
    int forward = tread_motion__forward(setting->view);
    return (gait_point){forward ? forward * s->x_px[joint] : (double)NAN, -s->y_px[joint]};
}

/** Slope of the belt, degrees, + uphill: beta of BIOMECHANICS.md section 0. */
static inline double gait_incline_deg(const tread_gait_setting *setting)
{
    return atan(setting->incline_pct / 100) * GAIT_DEG;
}

/** The same point in the belt frame: x along the belt, y away from it. */
static inline gait_point gait_belt(const tread_gait_setting *setting, const tread_skeleton *s,
                                   enum tread_joint joint)
{
    gait_point p = gait_gravity(setting, s, joint);
    double beta = gait_incline_deg(setting) / GAIT_DEG;
    return (gait_point){p.x * cos(beta) + p.y * sin(beta), p.y * cos(beta) - p.x * sin(beta)};
}

static inline gait_point gait_mid(gait_point a, gait_point b)
{
    return (gait_point){0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
}

/** The side facing the camera; both feet are as good in other views. */
static inline enum tread_side gait_near_side(const tread_gait_setting *setting)
{
    return setting->view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
}

static inline enum tread_joint gait_joint(enum tread_joint left, enum tread_side side)
{
    return (enum tread_joint)((int)left + (int)side);
}

/** First index with time_s >= t, or n. */
size_t gait_index_at(const tread_skeleton *s, size_t n, double t);

/** `pick` between the frames on both sides of t: angles go the short way round, in
 *  degrees; lengths straight. NaN outside the frames. */
typedef double (*gait_pick)(const tread_gait_setting *setting, const tread_skeleton *s,
                            enum tread_side side);
double gait_angle_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                     gait_pick pick, enum tread_side side, double t);
double gait_length_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      gait_pick pick, enum tread_side side, double t);

/** Single angles, degrees (section 0); NaN when a point is missing. */
double gait_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused);
double gait_thigh(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
double gait_shank(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
double gait_knee(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
/** Foot against the belt, before the flat-foot offset. */
double gait_foot_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side);

#endif

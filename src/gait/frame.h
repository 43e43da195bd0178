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

/** Upright: x to the right of the picture, y against gravity. */
static inline gait_point gait_upright(const tread_gait_setting *setting, const tread_skeleton *s,
                                      enum tread_joint joint)
{
    double x = s->x_px[joint], y = -s->y_px[joint];
    return (gait_point){x * setting->cos_roll + y * setting->sin_roll,
                        y * setting->cos_roll - x * setting->sin_roll};
}

/** Camera frame to gravity frame. In views without a forward direction x is NaN. */
static inline gait_point gait_gravity(const tread_gait_setting *setting, const tread_skeleton *s,
                                      enum tread_joint joint)
{
    int forward = tread_motion__forward(setting->view);
    gait_point p = gait_upright(setting, s, joint);
    p.x = forward ? forward * p.x : (double)NAN;
    return p;
}

/** Slope of the belt at a time, degrees, + uphill: beta of BIOMECHANICS.md section 0. */
static inline double gait_incline_deg(const tread_gait_setting *setting, double time_s)
{
    return tread_gait__belt_at(setting, time_s)->incline_deg;
}

/** The same point in the belt frame: x along the belt, y away from it. */
static inline gait_point gait_belt(const tread_gait_setting *setting, const tread_skeleton *s,
                                   enum tread_joint joint)
{
    const tread_gait_belt *belt = tread_gait__belt_at(setting, s->time_s);
    gait_point p = gait_gravity(setting, s, joint);
    return (gait_point){p.x * belt->cos_incline + p.y * belt->sin_incline,
                        p.y * belt->cos_incline - p.x * belt->sin_incline};
}

static inline gait_point gait_mid(gait_point a, gait_point b)
{
    return (gait_point){0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
}

static inline enum tread_joint gait_joint(enum tread_joint left, enum tread_side side)
{
    return (enum tread_joint)((int)left + (int)side);
}

static inline enum tread_side gait_other(enum tread_side side)
{
    return side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
}

/** Contact time usual at a speed, s from m/s: van Oeveren 2021, fitted in section 5. */
static inline double gait_usual_contact_s(double speed_m_s)
{
    return 0.592 * pow(speed_m_s, -0.694);
}

/** A number of one frame; NaN when a point is missing. */
typedef double (*gait_pick)(const tread_gait_setting *setting, const tread_skeleton *s,
                            enum tread_side side);

/** `pick` between the frames on both sides of t: angles go the short way round, in
 *  degrees; lengths straight. NaN outside the frames. */
double gait_angle_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                     gait_pick pick, enum tread_side side, double t);
double gait_length_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      gait_pick pick, enum tread_side side, double t);

/** Median of a number of the contacts around contact i, 24 on either side, of its foot or of both;
 *  NaN when fewer than `min` have it. @param field  its offset in tread_contact, a double */
double gait_usual(const tread_events *events, size_t i, size_t field, bool is_of_both, size_t min);

/** Add a contact in order of time, unless one of the same foot, or of any, is nearer than near_s,
 * or there is no room. */
void gait_insert(tread_events *out, const tread_contact *c, double near_s, bool is_any_foot);

typedef struct gait_extremes {
    double min, max, mean;
} gait_extremes;

/** Smallest, largest and mean value between two times; NaN when too little was seen, or the
 *  frames end before. */
gait_extremes gait_over(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        gait_pick pick, enum tread_side side, double from_s, double to_s);

/** Into (-180, 180]. */
double gait_wrap_deg(double deg);

/* Single angles, degrees (section 0). */
double gait_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused);
double gait_thigh(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
double gait_shank(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
double gait_knee(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
double gait_hip(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
/** Foot against the belt, and ankle dorsiflexion, before the flat-foot offset. */
double gait_foot_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side);
double gait_ankle_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                      enum tread_side side);
/** Lean of the whole body (ankle to mid-shoulder) and of the leg (ankle to mid-hip). */
double gait_body_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                      enum tread_side side);
double gait_leg_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side);
/** Inside angle of the elbow. */
double gait_elbow(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side);
/** Ear against the line of the trunk, + forward. */
double gait_head(const tread_gait_setting *setting, const tread_skeleton *s,
                 enum tread_side unused);

/** What the functions above say one by one, of one leg and the trunk over it. */
typedef struct gait_leg {
    double trunk_lean, thigh, shank, knee, hip, foot_raw, ankle_raw;
} gait_leg;
gait_leg gait_leg_angles(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side);

/* Single lengths, pixels. */
double gait_hip_height(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused);
/** Height of the middle of the trunk. Hips under a shirt and shorts are seen to move up to a
 *  quarter less than they do, shoulders more: between them 0.4 cm of oscillation are missed
 *  instead of 1.0 (look half), and the centre of mass is nearer. */
double gait_trunk_height(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side unused);
double gait_trunk_length(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side unused);
/** Ahead of mid-hip along the belt. */
double gait_heel_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side side);
double gait_ankle_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                        enum tread_side side);
/** Wrist ahead of mid-shoulder; near shoulder ahead of near hip. */
double gait_wrist_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                        enum tread_side side);
double gait_near_shoulder_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                                enum tread_side unused);

#endif

/* Segment and joint angles, BIOMECHANICS.md section 0. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gait/frame.h"

/* Frames that must carry the value inside a stretch, of all frames in it. */
#define MIN_SEEN 0.67

static gait_point mid_hip(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_mid(gait_gravity(setting, s, TREAD_LEFT_HIP),
                    gait_gravity(setting, s, TREAD_RIGHT_HIP));
}

static gait_point mid_shoulder(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_mid(gait_gravity(setting, s, TREAD_LEFT_SHOULDER),
                    gait_gravity(setting, s, TREAD_RIGHT_SHOULDER));
}

/* Of the line from a point to one above it, + forward. */
static double lean_deg(gait_point low, gait_point high)
{
    return atan2(high.x - low.x, high.y - low.y) * GAIT_DEG;
}

double gait_wrap_deg(double a)
{
    if (a > 180)
        return a - 360;
    if (a <= -180)
        return a + 360;
    return a;
}

double gait_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused)
{
    (void)unused;
    return lean_deg(mid_hip(setting, s), mid_shoulder(setting, s));
}

double gait_thigh(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    gait_point hip = gait_gravity(setting, s, gait_joint(TREAD_LEFT_HIP, side));
    gait_point knee = gait_gravity(setting, s, gait_joint(TREAD_LEFT_KNEE, side));
    return atan2(knee.x - hip.x, hip.y - knee.y) * GAIT_DEG;
}

double gait_shank(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    gait_point knee = gait_gravity(setting, s, gait_joint(TREAD_LEFT_KNEE, side));
    gait_point ankle = gait_gravity(setting, s, gait_joint(TREAD_LEFT_ANKLE, side));
    return atan2(ankle.x - knee.x, knee.y - ankle.y) * GAIT_DEG;
}

/* Wrapped: the shank of a fast runner folds up past the horizontal. */
double gait_knee(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    return gait_wrap_deg(gait_thigh(setting, s, side) - gait_shank(setting, s, side));
}

double gait_hip(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    return gait_thigh(setting, s, side) + gait_trunk_lean(setting, s, side);
}

double gait_foot_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side)
{
    gait_point heel = gait_belt(setting, s, gait_joint(TREAD_LEFT_HEEL, side));
    gait_point toe = gait_belt(setting, s, gait_joint(TREAD_LEFT_TOE, side));
    return atan2(toe.y - heel.y, toe.x - heel.x) * GAIT_DEG;
}

/* F_G - F0_G = F_B + beta - F0: the foot against gravity, flat foot level. */
double gait_ankle_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                      enum tread_side side)
{
    return gait_wrap_deg(gait_foot_raw(setting, s, side) + gait_incline_deg(setting, s->time_s) -
                         gait_shank(setting, s, side));
}

double gait_body_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                      enum tread_side side)
{
    return lean_deg(gait_gravity(setting, s, gait_joint(TREAD_LEFT_ANKLE, side)),
                    mid_shoulder(setting, s));
}

double gait_leg_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side)
{
    return lean_deg(gait_gravity(setting, s, gait_joint(TREAD_LEFT_ANKLE, side)),
                    mid_hip(setting, s));
}

double gait_elbow(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    gait_point elbow = gait_gravity(setting, s, gait_joint(TREAD_LEFT_ELBOW, side));
    gait_point shoulder = gait_gravity(setting, s, gait_joint(TREAD_LEFT_SHOULDER, side));
    gait_point wrist = gait_gravity(setting, s, gait_joint(TREAD_LEFT_WRIST, side));
    double ux = shoulder.x - elbow.x, uy = shoulder.y - elbow.y;
    double vx = wrist.x - elbow.x, vy = wrist.y - elbow.y;
    return fabs(atan2(ux * vy - uy * vx, ux * vx + uy * vy)) * GAIT_DEG;
}

double gait_head(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side unused)
{
    gait_point ear = gait_mid(gait_gravity(setting, s, TREAD_LEFT_EAR),
                              gait_gravity(setting, s, TREAD_RIGHT_EAR));
    return gait_wrap_deg(lean_deg(mid_shoulder(setting, s), ear) -
                         gait_trunk_lean(setting, s, unused));
}

double gait_hip_height(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused)
{
    (void)unused;
    return mid_hip(setting, s).y;
}

double gait_trunk_height(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side unused)
{
    (void)unused;
    return gait_mid(mid_hip(setting, s), mid_shoulder(setting, s)).y;
}

double gait_trunk_length(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side unused)
{
    (void)unused;
    gait_point hip = gait_mid(gait_upright(setting, s, TREAD_LEFT_HIP),
                              gait_upright(setting, s, TREAD_RIGHT_HIP));
    gait_point shoulder = gait_mid(gait_upright(setting, s, TREAD_LEFT_SHOULDER),
                                   gait_upright(setting, s, TREAD_RIGHT_SHOULDER));
    return hypot(shoulder.x - hip.x, shoulder.y - hip.y);
}

static double ahead_of_hip(const tread_gait_setting *setting, const tread_skeleton *s,
                           enum tread_joint joint)
{
    gait_point hip =
        gait_mid(gait_belt(setting, s, TREAD_LEFT_HIP), gait_belt(setting, s, TREAD_RIGHT_HIP));
    return gait_belt(setting, s, joint).x - hip.x;
}

double gait_heel_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side side)
{
    return ahead_of_hip(setting, s, gait_joint(TREAD_LEFT_HEEL, side));
}

double gait_ankle_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                        enum tread_side side)
{
    return ahead_of_hip(setting, s, gait_joint(TREAD_LEFT_ANKLE, side));
}

double gait_wrist_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                        enum tread_side side)
{
    return gait_gravity(setting, s, gait_joint(TREAD_LEFT_WRIST, side)).x -
           mid_shoulder(setting, s).x;
}

double gait_near_shoulder_ahead(const tread_gait_setting *setting, const tread_skeleton *s,
                                enum tread_side unused)
{
    (void)unused;
    enum tread_side near_side = tread_gait__near_side(setting->view);
    return gait_gravity(setting, s, gait_joint(TREAD_LEFT_SHOULDER, near_side)).x -
           gait_gravity(setting, s, gait_joint(TREAD_LEFT_HIP, near_side)).x;
}

gait_leg gait_leg_angles(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    gait_leg leg = {.trunk_lean = gait_trunk_lean(setting, s, side),
                    .thigh = gait_thigh(setting, s, side),
                    .shank = gait_shank(setting, s, side),
                    .foot_raw = gait_foot_raw(setting, s, side)};
    leg.knee = gait_wrap_deg(leg.thigh - leg.shank);
    leg.hip = leg.thigh + leg.trunk_lean;
    leg.ankle_raw = gait_wrap_deg(leg.foot_raw + gait_incline_deg(setting, s->time_s) - leg.shank);
    return leg;
}

void tread_gait__angles(const tread_gait_setting *setting, const tread_skeleton *s,
                        tread_frame_result *out)
{
    *out = (tread_frame_result){
        .frame = s->frame,
        .time_s = s->time_s,
        .presence = s->presence,
        .identity = s->identity,
    };
    for (int i = 0; i < TREAD_N_SIDES; i++) {
        gait_leg leg = gait_leg_angles(setting, s, (enum tread_side)i);
        out->trunk_lean_deg = leg.trunk_lean;
        out->thigh_angle_deg[i] = leg.thigh;
        out->shank_angle_deg[i] = leg.shank;
        out->knee_flexion_deg[i] = leg.knee;
        out->hip_flexion_deg[i] = leg.hip;
        /* NaN until the flat foot is known: an angle off by the shoe is no angle. */
        out->foot_angle_deg[i] = gait_wrap_deg(leg.foot_raw - setting->foot_offset_deg[i]);
        out->ankle_dorsiflexion_deg[i] = gait_wrap_deg(leg.ankle_raw - setting->foot_offset_deg[i]);
        out->contact[i] = -1;
    }
    memcpy(out->x_px, s->x_px, sizeof out->x_px);
    memcpy(out->y_px, s->y_px, sizeof out->y_px);
}

size_t tread_gait__index_at(const tread_skeleton *s, size_t n, double t)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s[mid].time_s < t)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The frames on both sides of t, and how far from the first to the second it lies. */
static bool between(const tread_skeleton *s, size_t n, double t, size_t *after, double *share)
{
    size_t i = tread_gait__index_at(s, n, t);
    if (i == 0 || i == n)
        return false;
    *after = i;
    *share = (t - s[i - 1].time_s) / (s[i].time_s - s[i - 1].time_s);
    return true;
}

double gait_angle_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                     gait_pick pick, enum tread_side side, double t)
{
    size_t i;
    double share;
    if (!between(s, n, t, &i, &share))
        return (double)NAN;
    double a = pick(setting, &s[i - 1], side), b = pick(setting, &s[i], side);
    return gait_wrap_deg(a + share * gait_wrap_deg(b - a));
}

double gait_length_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      gait_pick pick, enum tread_side side, double t)
{
    size_t i;
    double share;
    if (!between(s, n, t, &i, &share))
        return (double)NAN;
    double a = pick(setting, &s[i - 1], side), b = pick(setting, &s[i], side);
    return a + share * (b - a);
}

gait_extremes gait_over(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        gait_pick pick, enum tread_side side, double from_s, double to_s)
{
    gait_extremes e = {INFINITY, -INFINITY, 0};
    size_t n_frames = 0, n_seen = 0;
    if (n > 0 && isfinite(from_s) && s[n - 1].time_s >= to_s)
        for (size_t i = tread_gait__index_at(s, n, from_s); i < n && s[i].time_s <= to_s; i++) {
            double v = pick(setting, &s[i], side);
            n_frames++;
            if (!isfinite(v))
                continue;
            e.min = fmin(e.min, v);
            e.max = fmax(e.max, v);
            e.mean += v;
            n_seen++;
        }
    if (n_seen < 2 || (double)n_seen < MIN_SEEN * (double)n_frames)
        return (gait_extremes){(double)NAN, (double)NAN, (double)NAN};
    e.mean /= (double)n_seen;
    return e;
}

/* Segment and joint angles, BIOMECHANICS.md section 0. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gait/frame.h"

double gait_trunk_lean(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side unused)
{
    (void)unused;
    gait_point hip = gait_mid(gait_gravity(setting, s, TREAD_LEFT_HIP),
                              gait_gravity(setting, s, TREAD_RIGHT_HIP));
    gait_point shoulder = gait_mid(gait_gravity(setting, s, TREAD_LEFT_SHOULDER),
                                   gait_gravity(setting, s, TREAD_RIGHT_SHOULDER));
    return atan2(shoulder.x - hip.x, shoulder.y - hip.y) * GAIT_DEG;
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

/* Into (-180, 180]: the shank of a fast runner folds up past the horizontal. */
static double wrap_deg(double a)
{
    if (a > 180)
        return a - 360;
    if (a <= -180)
        return a + 360;
    return a;
}

double gait_knee(const tread_gait_setting *setting, const tread_skeleton *s, enum tread_side side)
{
    return wrap_deg(gait_thigh(setting, s, side) - gait_shank(setting, s, side));
}

double gait_foot_raw(const tread_gait_setting *setting, const tread_skeleton *s,
                     enum tread_side side)
{
    gait_point heel = gait_belt(setting, s, gait_joint(TREAD_LEFT_HEEL, side));
    gait_point toe = gait_belt(setting, s, gait_joint(TREAD_LEFT_TOE, side));
    return atan2(toe.y - heel.y, toe.x - heel.x) * GAIT_DEG;
}

void tread_gait__angles(const tread_gait_setting *setting, const tread_skeleton *s,
                        tread_frame_result *out)
{
    *out = (tread_frame_result){
        .frame = s->frame,
        .time_s = s->time_s,
        .presence = s->presence,
        .identity = s->identity,
        .trunk_lean_deg = gait_trunk_lean(setting, s, TREAD_LEFT),
    };
    for (int i = 0; i < TREAD_N_SIDES; i++) {
        enum tread_side side = (enum tread_side)i;
        double foot_raw = gait_foot_raw(setting, s, side);
        out->thigh_angle_deg[i] = gait_thigh(setting, s, side);
        out->shank_angle_deg[i] = gait_shank(setting, s, side);
        out->knee_flexion_deg[i] = gait_knee(setting, s, side);
        out->hip_flexion_deg[i] = out->thigh_angle_deg[i] + out->trunk_lean_deg;
        /* NaN until the flat foot is known: an angle off by the shoe is no angle. */
        out->foot_angle_deg[i] = wrap_deg(foot_raw - setting->foot_offset_deg[i]);
        /* F_G - F0_G = F_B + beta - F0: the foot against gravity, flat foot level. */
        out->ankle_dorsiflexion_deg[i] =
            wrap_deg(out->foot_angle_deg[i] + gait_incline_deg(setting) - out->shank_angle_deg[i]);
        out->contact[i] = -1;
    }
    memcpy(out->x_px, s->x_px, sizeof out->x_px);
    memcpy(out->y_px, s->y_px, sizeof out->y_px);
}

size_t gait_index_at(const tread_skeleton *s, size_t n, double t)
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
    size_t i = gait_index_at(s, n, t);
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
    return wrap_deg(a + share * wrap_deg(b - a));
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

/* Initial contact and toe-off on a treadmill, BIOMECHANICS.md sections 1.3 to 1.4b.
 *
 * The belt is the clock: a foot is on it when its lowest point moves backward
 * with it. Initial contact is where that point's forward speed falls through
 * -0.75 of the belt's, near the foot's most forward place; toe-off is where the
 * knee is straightest at the end of stance and the toe rises, both less their lateness. */
#include <math.h>

#include "base/median.h"
#include "gait/frame.h"

/* Searched around the most forward place of the foot, in strides (1.4b, B). */
#define CONTACT_BEFORE 0.12
#define CONTACT_AFTER 0.22
#define BELT_SHARE 0.75
/* Stance lasts 120 ms at the very least; the belt itself slows by 5 to 10 % in it, the
 * landmarks' speed swings by half. */
#define STAYS_S 0.06
#define STAYS_SHARE 0.3
/* Belt speed is read where the foot is surely flat on it, in strides after the
 * most forward place (stance lasts 0.28 to 0.45 of a stride, section 5). */
#define BELT_FROM 0.08
#define BELT_TO 0.22
/* How late the rules are against a force plate, ms. Belt match: 1.4b, +4 and +7 at
 * 150 Hz, +7 and +9 at 60. Straightest knee: 1.4b, +14 to +16 with markers on thigh and
 * shank; +11 to +13 with approximate joint centres of the same runner at 30 to 120 Hz
 * (tests/analyzer/test_laboratory.c). */
#define CONTACT_LATE_MS 6.75
#define TOE_OFF_LATE_MS 13.0
/* The toe rises from where it stood in this part of the stride after contact by so much of
 * the foot. Against 50 N of the laboratory runner, whose toe is the middle of the metatarsal
 * heads: +24 +- 2 ms left, +25 +- 2 right at 150 Hz; the 6 % of 1.4b is earlier and lost in
 * the landmarks' noise on video. The network's toe lies further forward and leaves later, by
 * some 10 ms on rendered runners. */
#define TOE_RISE 0.15
#define TOE_RISE_LATE_MS 24.5
#define LEVEL_FROM 0.10
#define LEVEL_TO 0.22
#define MAX_LEVEL_FRAMES 128 /* 0.13 s at 1000 a second */
/* Where toe-off is looked for, seconds after contact (1.4, step 3), and never
 * past this share of a stride: then the knee straightens again for the next step. */
#define TOE_OFF_FROM_S 0.10
#define TOE_OFF_TO_S 0.40
#define TOE_OFF_TO_STRIDE 0.52
/* Spread of the belt match on video at 60 fps (1.4b: +-19 ms full, +-11 heavy). */
#define CONTACT_SD_MS 15.0
/* Two extremes of one foot nearer than this, in strides, are the same. */
#define SAME_EXTREME 0.6
/* Frames further apart than this carry no event between them. */
#define MAX_INTERVAL_S 0.1
/* The foot counts as flat in this part of stance (section 2, F0 option 2): after the
 * slap, which takes up to 50 ms, and before the other foot passes in front of it or
 * behind it at 35 to 45 %, where the network's foot tips by 5 to 10 degrees. */
#define FLAT_FROM 0.18
#define FLAT_TO 0.32
#define MIN_FLAT_STEPS 5

/* Forward place of the foot against the mid-hip: where the stride is in its cycle. */
static double foot_reach(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    gait_point hip =
        gait_mid(gait_belt(setting, s, TREAD_LEFT_HIP), gait_belt(setting, s, TREAD_RIGHT_HIP));
    return gait_belt(setting, s, gait_joint(TREAD_LEFT_ANKLE, side)).x - hip.x;
}

/* Forward speed over the belt's frame of one joint, between frames i and k. */
static double forward_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t i,
                            size_t k, enum tread_joint joint)
{
    double dt = s[k].time_s - s[i].time_s;
    if (dt > MAX_INTERVAL_S)
        return (double)NAN;
    return (gait_belt(setting, &s[k], joint).x - gait_belt(setting, &s[i], joint).x) / dt;
}

/* ... of whichever of heel and toe is lower. */
static double lowest_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t i,
                           size_t k, enum tread_side side)
{
    enum tread_joint heel = gait_joint(TREAD_LEFT_HEEL, side);
    enum tread_joint toe = gait_joint(TREAD_LEFT_TOE, side);
    bool is_heel_lower = gait_belt(setting, &s[i], heel).y + gait_belt(setting, &s[k], heel).y <=
                         gait_belt(setting, &s[i], toe).y + gait_belt(setting, &s[k], toe).y;
    return forward_speed(setting, s, i, k, is_heel_lower ? heel : toe);
}

/* The next frame after i in which the foot was seen, not too far off; n = none. */
static size_t next_seen(const tread_skeleton *s, size_t n, size_t i, enum tread_side side)
{
    for (size_t k = i + 1; k < n && s[k].time_s - s[i].time_s <= MAX_INTERVAL_S; k++)
        if (isfinite(s[k].x_px[gait_joint(TREAD_LEFT_HEEL, side)]) &&
            isfinite(s[k].x_px[gait_joint(TREAD_LEFT_TOE, side)]))
            return k;
    return n;
}

/* Next frame after `from` at which the foot is furthest forward within half a
 * stride on both sides, and ahead of the hip; n = none. */
static size_t next_reach(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         enum tread_side side, double stride_s, size_t from)
{
    for (size_t i = from; i + 1 < n; i++) {
        double reach = foot_reach(setting, &s[i], side);
        if (!(reach > 0))
            continue;
        bool is_top = true;
        double half = 0.5 * SAME_EXTREME * stride_s;
        for (size_t k = i; is_top && k-- > 0 && s[k].time_s > s[i].time_s - half;)
            is_top = !(foot_reach(setting, &s[k], side) > reach);
        for (size_t k = i + 1; is_top && k < n && s[k].time_s < s[i].time_s + half; k++)
            is_top = !(foot_reach(setting, &s[k], side) >= reach);
        if (is_top && i > 0 && s[i + 1].time_s - s[i - 1].time_s < 2 * MAX_INTERVAL_S)
            return i;
    }
    return n;
}

/* Median backward speed of ankle, heel and toe early in stance, over both feet. */
static double belt_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         double stride_s, double *scratch)
{
    size_t n_values = 0;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        size_t i = 0;
        while ((i = next_reach(setting, s, n, (enum tread_side)side, stride_s, i)) < n) {
            size_t from = gait_index_at(s, n, s[i].time_s + BELT_FROM * stride_s);
            size_t to = gait_index_at(s, n, s[i].time_s + BELT_TO * stride_s);
            for (size_t k = from; k < to && k + 1 < n; k++) {
                double v = forward_speed(setting, s, k, k + 1,
                                         gait_joint(TREAD_LEFT_ANKLE, (enum tread_side)side));
                if (isfinite(v))
                    scratch[n_values++] = -v;
            }
            i++;
        }
    }
    return tread_median(scratch, n_values);
}

/* Does the foot stay with the belt after frame i? A point that was read on the other leg
 * for a frame or two crosses the belt's speed as well, and comes back. */
static bool stays_down(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                       enum tread_side side, double belt_px_s, size_t i)
{
    for (size_t k = i; k + 1 < n && s[k].time_s < s[i].time_s + STAYS_S; k++)
        if (lowest_speed(setting, s, k, k + 1, side) > -STAYS_SHARE * belt_px_s)
            return false;
    return true;
}

/* Time at which the lowest point's speed falls through the belt's; NaN = does not. */
static double contact_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           enum tread_side side, double stride_s, double belt_px_s, size_t reach)
{
    double limit = -BELT_SHARE * belt_px_s;
    size_t from = gait_index_at(s, n, s[reach].time_s - CONTACT_BEFORE * stride_s);
    double to_s = s[reach].time_s + CONTACT_AFTER * stride_s;
    for (size_t i = from; i < n && s[i].time_s < to_s; i++) {
        /* A frame without the foot between them is passed over. */
        size_t j = next_seen(s, n, i, side), k = j < n ? next_seen(s, n, j, side) : n;
        if (k == n)
            continue;
        double a = lowest_speed(setting, s, i, j, side), b = lowest_speed(setting, s, j, k, side);
        if (!(a > limit && b <= limit) || !stays_down(setting, s, n, side, belt_px_s, j))
            continue;
        /* Speeds belong to the middle of their intervals. */
        double ta = 0.5 * (s[i].time_s + s[j].time_s), tb = 0.5 * (s[j].time_s + s[k].time_s);
        return ta + (tb - ta) * (a - limit) / (a - b) - CONTACT_LATE_MS / 1000;
    }
    return (double)NAN;
}

/* Time at which the knee is straightest at the end of stance; NaN = never inside. */
static double knee_straight_time(const tread_gait_setting *setting, const tread_skeleton *s,
                                 size_t n, enum tread_side side, double stride_s, double contact_s)
{
    size_t from = gait_index_at(s, n, contact_s + TOE_OFF_FROM_S);
    size_t to = gait_index_at(s, n, contact_s + fmin(TOE_OFF_TO_S, TOE_OFF_TO_STRIDE * stride_s));
    size_t best = n;
    double best_knee = 0;
    for (size_t i = from; i < to; i++) {
        double knee = gait_knee(setting, &s[i], side);
        if (isfinite(knee) && (best == n || knee < best_knee))
            best = i, best_knee = knee;
    }
    if (best >= n || best == from || best + 1 >= to)
        return (double)NAN; /* still bending or straightening: the turn is outside */
    /* Top of the parabola through the three frames, on their own times. */
    double t0 = s[best - 1].time_s, t1 = s[best].time_s, t2 = s[best + 1].time_s;
    double k0 = gait_knee(setting, &s[best - 1], side), k2 = gait_knee(setting, &s[best + 1], side);
    double d0 = (best_knee - k0) / (t1 - t0), d1 = (k2 - best_knee) / (t2 - t1);
    double t = t1;
    if (isfinite(d0) && isfinite(d1) && d1 > d0)
        t = 0.5 * (t0 + t1) + 0.5 * (t2 - t0) * -d0 / (d1 - d0);
    return t - TOE_OFF_LATE_MS / 1000;
}

/* Median distance from heel to toe. @param scratch  (n) doubles */
static double foot_length(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                          enum tread_side side, double *scratch)
{
    size_t n_values = 0;
    for (size_t i = 0; i < n; i++) {
        gait_point heel = gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_HEEL, side));
        gait_point toe = gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_TOE, side));
        double length = hypot(toe.x - heel.x, toe.y - heel.y);
        if (isfinite(length))
            scratch[n_values++] = length;
    }
    return tread_median(scratch, n_values);
}

static double toe_height(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    return gait_belt(setting, s, gait_joint(TREAD_LEFT_TOE, side)).y;
}

/* Time at which the toe has risen by TOE_RISE of the foot over where it stood; NaN = does
 * not. */
static double toe_rise_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                            enum tread_side side, double stride_s, double contact_s, double foot_px)
{
    double heights[MAX_LEVEL_FRAMES];
    size_t n_heights = 0;
    double level_to_s = contact_s + LEVEL_TO * stride_s;
    for (size_t i = gait_index_at(s, n, contact_s + LEVEL_FROM * stride_s);
         i < n && s[i].time_s <= level_to_s && n_heights < MAX_LEVEL_FRAMES; i++) {
        double height = toe_height(setting, &s[i], side);
        if (isfinite(height))
            heights[n_heights++] = height;
    }
    double line = tread_median(heights, n_heights) + TOE_RISE * foot_px;
    size_t to = gait_index_at(s, n, contact_s + fmin(TOE_OFF_TO_S, TOE_OFF_TO_STRIDE * stride_s));
    for (size_t i = gait_index_at(s, n, fmax(level_to_s, contact_s + TOE_OFF_FROM_S));
         i + 1 < n && i < to; i++) {
        double a = toe_height(setting, &s[i], side), b = toe_height(setting, &s[i + 1], side);
        if (a <= line && b > line && s[i + 1].time_s - s[i].time_s <= MAX_INTERVAL_S)
            return s[i].time_s + (s[i + 1].time_s - s[i].time_s) * (line - a) / (b - a) -
                   TOE_RISE_LATE_MS / 1000;
    }
    return (double)NAN;
}

/* Knee and toe err in opposite directions: who reaches far ahead is straight early and
 * lifts the toe late. Their mean, or the one there is. */
static double toe_off_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           enum tread_side side, double stride_s, double contact_s, double foot_px)
{
    double knee_s = knee_straight_time(setting, s, n, side, stride_s, contact_s);
    double toe_s = toe_rise_time(setting, s, n, side, stride_s, contact_s, foot_px);
    return isnan(toe_s) ? knee_s : isnan(knee_s) ? toe_s : 0.5 * (knee_s + toe_s);
}

static void insert_sorted(tread_events *out, tread_contact c)
{
    if (out->n == out->n_max)
        return;
    size_t i = out->n++;
    for (; i > 0 && out->contacts[i - 1].initial_contact_s > c.initial_contact_s; i--)
        out->contacts[i] = out->contacts[i - 1];
    out->contacts[i] = c;
}

void tread_gait__events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        const tread_stride *stride, double *scratch, tread_events *out)
{
    double stride_s = 1 / stride->hz;
    out->n = 0;
    out->belt_px_s = belt_speed(setting, s, n, stride_s, scratch);
    if (!(out->belt_px_s > 0))
        return;
    for (int k = 0; k < TREAD_N_SIDES; k++) {
        enum tread_side side = (enum tread_side)k;
        double foot_px = foot_length(setting, s, n, side, scratch);
        size_t i = 0;
        while ((i = next_reach(setting, s, n, side, stride_s, i)) < n) {
            double t = contact_time(setting, s, n, side, stride_s, out->belt_px_s, i);
            double frame_s = s[i + 1].time_s - s[i].time_s;
            i++;
            if (!isfinite(t))
                continue;
            insert_sorted(out,
                          (tread_contact){
                              .side = side,
                              .initial_contact_s = t,
                              .toe_off_s = toe_off_time(setting, s, n, side, stride_s, t, foot_px),
                              /* with the clock's own grain, uniform: dt / sqrt(12) */
                              .sd_ms = hypot(CONTACT_SD_MS, 1000 * frame_s / sqrt(12)),
                          });
        }
    }
}

void tread_gait__foot_offset(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                             const tread_events *events, double offset_deg[TREAD_N_SIDES])
{
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        /* The offset moves by hundredths past the last few hundred steps. */
        double values[512];
        size_t n_values = 0;
        for (size_t i = 0; i < events->n && n_values < 512; i++) {
            const tread_contact *c = &events->contacts[i];
            double stance_s = c->toe_off_s - c->initial_contact_s;
            if ((int)c->side != side || !isfinite(stance_s))
                continue;
            double sum = 0;
            int count = 0;
            for (size_t k = gait_index_at(s, n, c->initial_contact_s + FLAT_FROM * stance_s);
                 k < n && s[k].time_s <= c->initial_contact_s + FLAT_TO * stance_s; k++) {
                double angle = gait_foot_raw(setting, &s[k], c->side);
                if (isfinite(angle))
                    sum += angle, count++;
            }
            if (count)
                values[n_values++] = sum / count;
        }
        offset_deg[side] =
            n_values >= MIN_FLAT_STEPS ? tread_median(values, n_values) : (double)NAN;
    }
}

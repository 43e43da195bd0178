/* Where feet meet the belt, BIOMECHANICS.md sections 1.3 to 1.4b: candidates for each contact.
 * What time it was is settled over many of them, in timing.c.
 *
 * The belt is the clock: a foot is on it when it moves backward with it. Three points of the
 * foot are asked, since the network loses one or the other (behind a rail the toe is drawn up
 * to 0.4 foot back before contact, and a rule on the lowest point was 40 ms late): when the
 * slowest of ankle, heel and toe falls through -0.75 of the belt's speed, when the mean of
 * ankle and heel falls through -0.6, and when the heel turns back. */
#include <math.h>

#include "base/median.h"
#include "gait/frame.h"
#include "gait/rear.h"

/* Searched around the most forward place of the foot, in strides (1.4b, B); the heel turns up
 * to a tenth of a second before it. */
#define CONTACT_BEFORE 0.12
#define CONTACT_AFTER 0.22
#define TURN_BEFORE_S 0.1
/* Shares of the belt's speed, and how late the rules are against 50 N of the laboratory runner,
 * ms: means of both feet at 30 to 150 Hz (+3 to +10, -1 to +5, -27 to -25). */
#define SLOWEST_SHARE 0.75
#define SLOWEST_LATE_MS 6.5
#define MEAN_SHARE 0.60
#define MEAN_LATE_MS 2.75
#define TURN_LATE_MS (-26.0)
/* Stance lasts 120 ms at the very least; the belt itself slows by 5 to 10 % in it, the
 * landmarks' speed swings by half. */
#define STAYS_S 0.06
#define STAYS_SHARE 0.3
/* Belt speed is read where the foot is surely flat on it, in strides after the
 * most forward place (stance lasts 0.28 to 0.45 of a stride, section 5). */
#define BELT_FROM 0.08
#define BELT_TO 0.22
/* Two extremes of one foot nearer than this, in strides, are the same. */
#define SAME_EXTREME 0.6
/* Frames further apart than this carry no event between them. */
#define MAX_INTERVAL_S 0.1

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

/* The speeds the rules look at. */
enum speed_of { SLOWEST, MEAN, HEEL };

static double foot_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t i,
                         size_t k, enum tread_side side, enum speed_of of)
{
    double heel = forward_speed(setting, s, i, k, gait_joint(TREAD_LEFT_HEEL, side));
    if (of == HEEL)
        return heel;
    double ankle = forward_speed(setting, s, i, k, gait_joint(TREAD_LEFT_ANKLE, side));
    if (of == MEAN)
        return 0.5 * (ankle + heel);
    double toe = forward_speed(setting, s, i, k, gait_joint(TREAD_LEFT_TOE, side));
    return isfinite(ankle) && isfinite(heel) && isfinite(toe) ? fmin(ankle, fmin(heel, toe))
                                                              : (double)NAN;
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
static size_t next_reach(const tread_skeleton *s, size_t n, const double *reach, double stride_s,
                         size_t from)
{
    double half = 0.5 * SAME_EXTREME * stride_s;
    for (size_t i = from; i + 1 < n; i++) {
        bool is_top = reach[i] > 0;
        /* Forward first: on its way there the next frame tells. */
        for (size_t k = i + 1; is_top && k < n && s[k].time_s < s[i].time_s + half; k++)
            is_top = !(reach[k] >= reach[i]);
        for (size_t k = i; is_top && k-- > 0 && s[k].time_s > s[i].time_s - half;)
            is_top = !(reach[k] > reach[i]);
        if (is_top && i > 0 && s[i + 1].time_s - s[i - 1].time_s < 2 * MAX_INTERVAL_S)
            return i;
    }
    return n;
}

/* Median backward speed of ankle, heel and toe early in stance, over both feet.
 * @param scratch  (n) doubles */
static double belt_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         const double *const reach[TREAD_N_SIDES], double stride_s, double *scratch)
{
    size_t n_values = 0;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        size_t i = 0;
        while ((i = next_reach(s, n, reach[side], stride_s, i)) < n) {
            size_t from = tread_gait__index_at(s, n, s[i].time_s + BELT_FROM * stride_s);
            size_t to = tread_gait__index_at(s, n, s[i].time_s + BELT_TO * stride_s);
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
                       enum tread_side side, enum speed_of of, double belt_px_s, size_t i)
{
    for (size_t k = i; k + 1 < n && s[k].time_s < s[i].time_s + STAYS_S; k++)
        if (foot_speed(setting, s, k, k + 1, side, of) > -STAYS_SHARE * belt_px_s)
            return false;
    return true;
}

/* Time at which a speed falls through a limit between two times; NaN = does not. */
static double fall_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        enum tread_side side, enum speed_of of, double limit, double belt_px_s,
                        double from_s, double to_s)
{
    for (size_t i = tread_gait__index_at(s, n, from_s); i < n && s[i].time_s < to_s; i++) {
        /* A frame without the foot between them is passed over. */
        size_t j = next_seen(s, n, i, side), k = j < n ? next_seen(s, n, j, side) : n;
        if (k == n)
            continue;
        double a = foot_speed(setting, s, i, j, side, of);
        double b = foot_speed(setting, s, j, k, side, of);
        if (!(a > limit && b <= limit) ||
            (of != HEEL && !stays_down(setting, s, n, side, of, belt_px_s, j)))
            continue;
        /* Speeds belong to the middle of their intervals. */
        double ta = 0.5 * (s[i].time_s + s[j].time_s), tb = 0.5 * (s[j].time_s + s[k].time_s);
        return ta + (tb - ta) * (a - limit) / (a - b);
    }
    return (double)NAN;
}

/* The candidates of the contact near a most forward place; false: none. */
static bool find_contact(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         enum tread_side side, double stride_s, double belt_px_s, size_t reach,
                         tread_contact *out)
{
    double from_s = s[reach].time_s - CONTACT_BEFORE * stride_s;
    double to_s = s[reach].time_s + CONTACT_AFTER * stride_s;
    double slowest_s = fall_time(setting, s, n, side, SLOWEST, -SLOWEST_SHARE * belt_px_s,
                                 belt_px_s, from_s, to_s) -
                       SLOWEST_LATE_MS / 1000;
    double mean_s =
        fall_time(setting, s, n, side, MEAN, -MEAN_SHARE * belt_px_s, belt_px_s, from_s, to_s) -
        MEAN_LATE_MS / 1000;
    out->slowest_s = slowest_s;
    out->mean_s = mean_s;
    out->turn_s = fall_time(setting, s, n, side, HEEL, 0, belt_px_s, from_s - TURN_BEFORE_S, to_s) -
                  TURN_LATE_MS / 1000;
    /* The slowest point leads: runners who pull the foot back before it lands bring ankle and
     * heel to two thirds of the belt's speed well before contact. */
    out->initial_contact_s = isfinite(slowest_s) ? slowest_s : mean_s;
    return isfinite(out->initial_contact_s);
}

/* Whether the contact near a most forward place can lie between two times at all. */
static bool may_be_between(double reach_s, double stride_s, double from_s, double to_s)
{
    return reach_s + CONTACT_AFTER * stride_s + 2 * MAX_INTERVAL_S >= from_s &&
           reach_s - CONTACT_BEFORE * stride_s - SLOWEST_LATE_MS / 1000 < to_s;
}

/* Median distance from heel to toe. @param scratch  (n) doubles */
static double foot_length(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                          enum tread_side side, double *scratch)
{
    size_t n_values = 0;
    for (size_t i = 0; i < n; i++) {
        gait_point heel = gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_HEEL, side));
        gait_point toe = gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_TOE, side));
        double length =
            sqrt((toe.x - heel.x) * (toe.x - heel.x) + (toe.y - heel.y) * (toe.y - heel.y));
        if (isfinite(length))
            scratch[n_values++] = length;
    }
    return tread_median(scratch, n_values);
}

void gait_insert(tread_events *out, const tread_contact *c, double near_s, bool is_any_foot)
{
    size_t i = out->n;
    for (; i > 0 && out->contacts[i - 1].initial_contact_s > c->initial_contact_s; i--)
        ;
    for (size_t k = i;
         k < out->n && out->contacts[k].initial_contact_s < c->initial_contact_s + near_s; k++)
        if (is_any_foot || out->contacts[k].side == c->side)
            return;
    for (size_t k = i;
         k-- > 0 && out->contacts[k].initial_contact_s > c->initial_contact_s - near_s;)
        if (is_any_foot || out->contacts[k].side == c->side)
            return;
    if (out->n == out->n_max)
        return;
    for (size_t k = out->n++; k > i; k--)
        out->contacts[k] = out->contacts[k - 1];
    out->contacts[i] = *c;
}

void tread_gait__events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        const tread_stride *stride, double from_s, double to_s, double *scratch,
                        tread_events *out)
{
    if (tread_motion__view_is_along(setting->view)) {
        gait_rear_events(setting, s, n, stride, from_s, to_s, out);
        return;
    }
    double stride_s = 1 / stride->hz;
    const double *const reach[TREAD_N_SIDES] = {scratch, scratch + n};
    for (size_t i = 0; i < n; i++)
        for (int side = 0; side < TREAD_N_SIDES; side++)
            scratch[(size_t)side * n + i] = foot_reach(setting, &s[i], (enum tread_side)side);
    scratch += TREAD_N_SIDES * n;
    double belt_px_s = belt_speed(setting, s, n, reach, stride_s, scratch);
    if (!(belt_px_s > 0))
        return;
    for (int k = 0; k < TREAD_N_SIDES; k++) {
        enum tread_side side = (enum tread_side)k;
        double foot_px = foot_length(setting, s, n, side, scratch);
        size_t i = 0;
        while ((i = next_reach(s, n, reach[side], stride_s, i)) < n) {
            tread_contact c = {.side = side,
                               .toe_off_s = (double)NAN,
                               .midstance_s = (double)NAN,
                               .stride_s = stride_s,
                               .leg_px = stride->leg_px,
                               .foot_px = foot_px,
                               .belt_px_s = belt_px_s,
                               .frame_s = s[i + 1].time_s - s[i].time_s};
            if (may_be_between(s[i].time_s, stride_s, from_s, to_s) &&
                find_contact(setting, s, n, side, stride_s, belt_px_s, i, &c) &&
                c.initial_contact_s >= from_s && c.initial_contact_s < to_s)
                gait_insert(out, &c, 0.5 * stride_s, false);
            i++;
        }
    }
}

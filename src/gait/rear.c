/* A runner seen from behind or in front: BIOMECHANICS.md sections 1.2, 3.3 and 5. The legs hide
 * each other along the belt, so steps are told by the hips, which are lowest at midstance, and
 * timed by how fast they fall (Milner & Paquette 2015). Toe-off is not seen. */
#include "gait/rear.h"

#include <math.h>

/* Two lowest places nearer than this share of a step are one. */
#define SAME_LOW 0.6
/* The swing leg is folded up in this part of the step after midstance; before it the network
 * puts both feet on one (28 rendered runners: side of single steps wrong 0.8 %, with
 * alternation none of 404). */
#define FOLDED_FROM 0.05
#define FOLDED_TO 0.40
/* Around midstance the ankle stands, in steps. */
#define STANDS_FROM (-0.08)
#define STANDS_TO 0.12
/* Hip to shoulder over body height (Drillis & Contini, in Winter 2009); legs are foreshortened
 * along the belt. */
#define TRUNK_OVER_HEIGHT 0.288
/* For the length of stance, where no speed was told. */
#define USUAL_SPEED_M_S 3.0
/* Hips fall fastest so long after contact, ms at km/h and faster or slower (section 1.2:
 * Milner & Paquette 2015 and the force treadmill of 2021); in between on the line. */
#define SLOW_KMH 11.0
#define SLOW_LATE_MS 27.2
#define FAST_KMH 15.0
#define FAST_LATE_MS 21.7
/* Spread of that rule between runners (rendered: 14 ms between clips, most of it with speed). */
#define CONTACT_SD_MS 20.0
#define MAX_INTERVAL_S 0.1

static double hip_height(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_hip_height(setting, s, TREAD_LEFT);
}

/* ---- events --------------------------------------------------------------------- */

/* Next frame after `from` at which the hips are lowest within half a step; n = none. */
static size_t next_low(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                       double step_s, size_t from)
{
    double half = 0.5 * SAME_LOW * step_s;
    for (size_t i = from > 1 ? from : 1; i + 1 < n; i++) {
        double h = hip_height(setting, &s[i]);
        bool is_low = isfinite(h) && s[i + 1].time_s - s[i - 1].time_s < 2 * MAX_INTERVAL_S;
        for (size_t k = i; is_low && k-- > 0 && s[k].time_s > s[i].time_s - half;)
            is_low = !(hip_height(setting, &s[k]) < h);
        for (size_t k = i + 1; is_low && k < n && s[k].time_s < s[i].time_s + half; k++)
            is_low = !(hip_height(setting, &s[k]) <= h);
        if (is_low)
            return i;
    }
    return n;
}

/* Between frames: the parabola through three values at their times, of frame `i`. */
static double extreme_time(const double t[3], const double v[3])
{
    double d0 = (v[1] - v[0]) / (t[1] - t[0]), d1 = (v[2] - v[1]) / (t[2] - t[1]);
    double at = 0.5 * (t[0] + t[1]) + 0.5 * (t[2] - t[0]) * -d0 / (d1 - d0);
    return isfinite(at) && at > t[0] && at < t[2] ? at : t[1];
}

static double low_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t i)
{
    double t[3], v[3];
    for (size_t k = 0; k < 3; k++) {
        t[k] = s[i + k - 1].time_s;
        v[k] = hip_height(setting, &s[i + k - 1]);
    }
    return extreme_time(t, v);
}

/* Speed of the hips upward in the middle of frames i and i + 1. */
static double hip_speed(const tread_gait_setting *setting, const tread_skeleton *s, size_t i)
{
    return (hip_height(setting, &s[i + 1]) - hip_height(setting, &s[i])) /
           (s[i + 1].time_s - s[i].time_s);
}

static double late_s(double speed_kmh)
{
    double kmh = speed_kmh > 0 ? speed_kmh : 0.5 * (SLOW_KMH + FAST_KMH);
    double share = fmin(1, fmax(0, (kmh - SLOW_KMH) / (FAST_KMH - SLOW_KMH)));
    return (SLOW_LATE_MS + share * (FAST_LATE_MS - SLOW_LATE_MS)) / 1000;
}

/* Contact before the low at frame `low`: when the hips fall fastest, less what that is late;
 * NaN = not seen. */
static double contact_before(const tread_gait_setting *setting, const tread_skeleton *s, size_t low,
                             double step_s)
{
    size_t best = low;
    double best_v = 0;
    for (size_t i = low; i-- > 0 && s[i].time_s > s[low].time_s - 0.6 * step_s;) {
        double v = hip_speed(setting, s, i);
        if (v < best_v)
            best = i, best_v = v;
    }
    if (best == low || best == 0 || best + 2 > low)
        return (double)NAN;
    double t[3], v[3];
    for (size_t k = 0; k < 3; k++) {
        t[k] = 0.5 * (s[best + k - 1].time_s + s[best + k].time_s);
        v[k] = hip_speed(setting, s, best + k - 1);
    }
    return extreme_time(t, v) - late_s(tread_gait__belt_at(setting, s[low].time_s)->speed_kmh);
}

/* By how much the left leg is lower after a midstance, pixels: knee, ankle and heel. */
static double left_lower(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                         double low_s, double step_s)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = tread_gait__index_at(s, n, low_s + FOLDED_FROM * step_s);
         i < n && s[i].time_s <= low_s + FOLDED_TO * step_s; i++)
        for (int j = TREAD_LEFT_KNEE; j <= TREAD_LEFT_HEEL; j += 2) {
            double d = gait_upright(setting, &s[i], (enum tread_joint)(j + 1)).y -
                       gait_upright(setting, &s[i], (enum tread_joint)j).y;
            if (isfinite(d))
                sum += d, count++;
        }
    return count ? sum / (double)count : (double)NAN;
}

/* Counts steps by time, so that one that was missed does not turn left into right. */
typedef struct counter {
    double last_s;
    bool is_odd;
} counter;

static bool is_odd_step(counter *c, double low_s, double step_s)
{
    if (isfinite(c->last_s) && fmod(fmax(1, round((low_s - c->last_s) / step_s)), 2) != 0)
        c->is_odd = !c->is_odd;
    c->last_s = low_s;
    return c->is_odd;
}

/* Feet alternate: whose the even steps are is decided over the whole stretch, against the mean
 * of both, as the camera's roll lowers one side for good. @return + the left foot's */
static double left_on_even(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           double step_s)
{
    counter c = {(double)NAN, false};
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (size_t i = 0; (i = next_low(setting, s, n, step_s, i)) < n; i++) {
        double low_s = low_time(setting, s, i);
        bool is_odd = is_odd_step(&c, low_s, step_s);
        double lower = left_lower(setting, s, n, low_s, step_s);
        if (isfinite(lower))
            sum[is_odd] += lower, count[is_odd] += 1;
    }
    return sum[0] / count[0] - sum[1] / count[1];
}

void gait_rear_events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_stride *stride, double from_s, double to_s, tread_events *out)
{
    double step_s = 0.5 / stride->hz, lead = left_on_even(setting, s, n, step_s);
    counter c = {(double)NAN, false};
    if (isnan(lead))
        return;
    for (size_t i = 0; (i = next_low(setting, s, n, step_s, i)) < n; i++) {
        double low_s = low_time(setting, s, i);
        bool is_odd = is_odd_step(&c, low_s, step_s);
        double contact_s = contact_before(setting, s, i, step_s);
        if (!(contact_s >= from_s && contact_s < to_s))
            continue;
        tread_contact found = {
            .side = is_odd == (lead > 0) ? TREAD_RIGHT : TREAD_LEFT,
            .initial_contact_s = contact_s,
            .toe_off_s = (double)NAN,
            .initial_contact_sd_ms = CONTACT_SD_MS,
            .toe_off_sd_ms = (double)NAN,
            .midstance_s = low_s,
            .stride_s = 2 * step_s,
            .leg_px = stride->leg_px,
            .belt_px_s = (double)NAN,
            .slope_deg = (double)NAN,
            .flat_deg = (double)NAN,
            .contact_bias_ms = CONTACT_SD_MS,
        };
        /* one contact a step, whichever the foot */
        gait_insert(out, &found, 0.5 * step_s, true);
    }
}

/* ---- values --------------------------------------------------------------------- */

/* From the swing side's joint to the stance side's; x + towards the stance side. */
static gait_point towards(const tread_gait_setting *setting, const tread_skeleton *s,
                          enum tread_joint left, enum tread_side stance)
{
    gait_point a = gait_upright(setting, s, gait_joint(left, stance));
    gait_point b = gait_upright(setting, s, gait_joint(left, gait_other(stance)));
    gait_point d = {a.x - b.x, a.y - b.y};
    return d;
}

/* +1 when the left of the body is on the left of the picture. */
static int left_is_left(const tread_gait_setting *setting)
{
    return setting->view == TREAD_VIEW_REAR ? 1 : -1;
}

/* x of the picture, + towards the side. */
static double outward(const tread_gait_setting *setting, enum tread_side side, double x)
{
    return (side == TREAD_LEFT ? -1 : 1) * left_is_left(setting) * x;
}

/* + right shoulder of the picture higher. */
static double shoulder_tilt_deg(const tread_gait_setting *setting, const tread_skeleton *s,
                                enum tread_side unused)
{
    (void)unused;
    gait_point d = towards(setting, s, TREAD_LEFT_SHOULDER, TREAD_RIGHT);
    return atan2(d.y, fabs(d.x)) * GAIT_DEG;
}

/* + towards the side. */
static double lean_deg(const tread_gait_setting *setting, const tread_skeleton *s,
                       enum tread_side side)
{
    gait_point hip = gait_mid(gait_upright(setting, s, TREAD_LEFT_HIP),
                              gait_upright(setting, s, TREAD_RIGHT_HIP));
    gait_point shoulder = gait_mid(gait_upright(setting, s, TREAD_LEFT_SHOULDER),
                                   gait_upright(setting, s, TREAD_RIGHT_SHOULDER));
    return atan2(outward(setting, side, shoulder.x - hip.x), shoulder.y - hip.y) * GAIT_DEG;
}

static double hip_width(const tread_gait_setting *setting, const tread_skeleton *s,
                        enum tread_side side)
{
    return fabs(towards(setting, s, TREAD_LEFT_HIP, side).x);
}

static double ankle_x(const tread_gait_setting *setting, const tread_skeleton *s,
                      enum tread_side side)
{
    return gait_upright(setting, s, gait_joint(TREAD_LEFT_ANKLE, side)).x;
}

/* Wrist of a side past the middle of the shoulders, pixels. */
static double wrist_past(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    double middle = gait_mid(gait_upright(setting, s, TREAD_LEFT_SHOULDER),
                             gait_upright(setting, s, TREAD_RIGHT_SHOULDER))
                        .x;
    return -outward(setting, side,
                    gait_upright(setting, s, gait_joint(TREAD_LEFT_WRIST, side)).x - middle);
}

/* Where the foot stands, px across. */
static double stands_at(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        const tread_contact *c)
{
    double step_s = 0.5 * c->stride_s;
    return gait_over(setting, s, n, ankle_x, c->side, c->midstance_s + STANDS_FROM * step_s,
                     c->midstance_s + STANDS_TO * step_s)
        .mean;
}

void gait_rear_values(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_events *events, size_t i, double same_s, tread_step *out)
{
    const tread_contact *c = &events->contacts[i];
    const tread_contact *next = i + 1 < events->n ? &events->contacts[i + 1] : NULL;
    enum tread_side side = c->side;
    double from_s = c->initial_contact_s, *v = out->value;
    double speed_m_s = out->speed_kmh > 0 ? out->speed_kmh / 3.6 : USUAL_SPEED_M_S;
    double to_s = from_s + gait_usual_contact_s(speed_m_s);
    gait_extremes sway = gait_over(setting, s, n, lean_deg, side, from_s, same_s);
    gait_extremes tilt = gait_over(setting, s, n, shoulder_tilt_deg, side, from_s, same_s);
    /* Against the mean of the stride: the camera's roll and yaw are in both. */
    v[TREAD_MEASURE_LATERAL_LEAN] =
        gait_over(setting, s, n, lean_deg, side, from_s, to_s).max - sway.mean;
    v[TREAD_MEASURE_TRUNK_SWAY] = sway.max - sway.min;
    v[TREAD_MEASURE_SHOULDER_TILT] = tilt.max - tilt.min;
    if (next && next->side != side) {
        double apart =
            outward(setting, side, stands_at(setting, s, n, c) - stands_at(setting, s, n, next));
        double trunk_px = gait_over(setting, s, n, gait_trunk_length, side, from_s, same_s).mean;
        double hips_px = gait_over(setting, s, n, hip_width, side, from_s, same_s).mean;
        v[TREAD_MEASURE_STEP_WIDTH] = 100 * apart / hips_px;
        if (setting->height_cm > 0)
            v[TREAD_MEASURE_STEP_WIDTH_CM] =
                apart / trunk_px * TRUNK_OVER_HEIGHT * setting->height_cm;
    }
    double past = gait_over(setting, s, n, wrist_past, side, from_s, same_s).max;
    if (isfinite(past))
        v[TREAD_MEASURE_ARM_CROSSOVER] = past > 0 ? 100 : 0;
}

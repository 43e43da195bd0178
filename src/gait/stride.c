/* How the legs swing: stride frequency, running or walking, on a treadmill or
 * across the picture. */
#include <math.h>

#include "base/median.h"
#include "gait/frame.h"

/* 72 to 264 steps a minute: slower than any walk on a treadmill, faster than
 * any runner. The ankles' distance changes sign with every step, so its
 * fundamental is the stride, and the even harmonics are small. */
#define MIN_STRIDE_HZ 0.6
#define MAX_STRIDE_HZ 2.2
/* Slower than a walk: a recording played back slowly, down to a tenth of the pace. */
#define MIN_SLOW_HZ 0.08
#define MIN_SLOW_STRIDES 2.0
/* At most this much of a recording decides: over a longer stretch a cadence that
 * wanders by one percent is no single sine any more. */
#define MAX_SPAN_S 12.0
#define MIN_STRIDES 3.0
/* Clean running explains 0.9 and more of the ankles' distance with its first
 * harmonic; standing, turning or jumping well under half. Our own judgement. */
#define MIN_REGULARITY 0.6
/* Peak to mid amplitude of ankle distance: 0.3 leg even in a slow walk. */
#define MIN_SWING_LEG 0.2
/* Hips that stay within this, on the mean, belong to nobody who walks or runs: those move
 * up and down by 4 to 10 cm. */
#define MIN_BOUNCE_LEG 0.004
/* Past this nobody walks: people change to running near 70 strides a minute, whatever the
 * speed (Hansen et al. 2017, Sci Rep; from memory). A runner who reaches far ahead and stays
 * long on the ground hardly bounces, and would pass for a walker. */
#define SURELY_RUNNING_HZ 1.3
/* Across the picture a walker moves 1.3 and more leg lengths a stride; on a
 * treadmill a runner wanders by a tenth. */
#define MAX_DRIFT_LEG 0.5

static double ankle_distance(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_belt(setting, s, TREAD_LEFT_ANKLE).x - gait_belt(setting, s, TREAD_RIGHT_ANKLE).x;
}

static double hip_height(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_mid(gait_gravity(setting, s, TREAD_LEFT_HIP),
                    gait_gravity(setting, s, TREAD_RIGHT_HIP))
        .y;
}

static double leg_length(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    gait_point hip = gait_gravity(setting, s, gait_joint(TREAD_LEFT_HIP, side));
    gait_point knee = gait_gravity(setting, s, gait_joint(TREAD_LEFT_KNEE, side));
    gait_point ankle = gait_gravity(setting, s, gait_joint(TREAD_LEFT_ANKLE, side));
    return hypot(knee.x - hip.x, knee.y - hip.y) + hypot(ankle.x - knee.x, ankle.y - knee.y);
}

/* Largest few thousand values would do; a histogram-free running quantile is not
 * worth its code, so the median is taken over an even choice of frames. */
#define N_LEG_SAMPLES 512

static double median_leg(const tread_gait_setting *setting, const tread_skeleton *s, size_t n)
{
    double values[N_LEG_SAMPLES];
    size_t n_values = 0, step = n / N_LEG_SAMPLES + 1;
    for (size_t i = 0; i < n; i += step) {
        double leg = leg_length(setting, &s[i], gait_near_side(setting));
        if (isfinite(leg) && n_values < N_LEG_SAMPLES)
            values[n_values++] = leg;
    }
    return tread_median(values, n_values);
}

/* Share of the variance of the ankles' distance that a sine of frequency hz
 * explains (least-squares spectrum: frames may be spaced unevenly), and its size. */
static double explained(const double *distance, const tread_skeleton *s, size_t n, double hz,
                        double *amplitude)
{
    double cc = 0, ss = 0, cs = 0, yc = 0, ys = 0, yy = 0, c1 = 0, s1 = 0, y1 = 0, m = 0;
    for (size_t i = 0; i < n; i++) {
        double y = distance[i];
        if (!isfinite(y))
            continue;
        double phase = 2 * 3.14159265358979323846 * hz * (s[i].time_s - s[0].time_s);
        double c = cos(phase), sn = sin(phase);
        cc += c * c, ss += sn * sn, cs += c * sn, yc += y * c, ys += y * sn, yy += y * y;
        c1 += c, s1 += sn, y1 += y, m += 1;
    }
    if (m < 8)
        return 0;
    cc -= c1 * c1 / m, ss -= s1 * s1 / m, cs -= c1 * s1 / m;
    yc -= y1 * c1 / m, ys -= y1 * s1 / m, yy -= y1 * y1 / m;
    double det = cc * ss - cs * cs;
    if (!(det > 1e-9 * cc * ss) || !(yy > 0))
        return 0;
    double a = (yc * ss - ys * cs) / det, b = (ys * cc - yc * cs) / det;
    *amplitude = hypot(a, b);
    return (a * yc + b * ys) / yy;
}

/* Running bounces on a spring: the hips are high when the feet are apart (flight)
 * and low when they pass (midstance). Walking is an inverted pendulum, the other
 * way round (Cavagna, Heglund & Taylor 1977). */
static enum tread_gait tell_gait(const tread_gait_setting *setting, const tread_skeleton *s,
                                 size_t n, double stride_s, double leg_px)
{
    double sum_product = 0, bounce = 0;
    size_t first = 0, last = 0;
    double height_sum = 0, spread_sum = 0, n_in = 0;
    for (size_t i = 0; i < n; i++) {
        /* Against the mean of one stride around it, so that slow drift is out. */
        while (last < n && s[last].time_s < s[i].time_s + stride_s / 2) {
            double h = hip_height(setting, &s[last]), d = ankle_distance(setting, &s[last]);
            if (isfinite(h) && isfinite(d))
                height_sum += h, spread_sum += d * d, n_in += 1;
            last++;
        }
        while (first < i && s[first].time_s < s[i].time_s - stride_s / 2) {
            double h = hip_height(setting, &s[first]), d = ankle_distance(setting, &s[first]);
            if (isfinite(h) && isfinite(d))
                height_sum -= h, spread_sum -= d * d, n_in -= 1;
            first++;
        }
        double h = hip_height(setting, &s[i]), d = ankle_distance(setting, &s[i]);
        if (isfinite(h) && isfinite(d) && n_in > 0) {
            sum_product += (h - height_sum / n_in) * (d * d - spread_sum / n_in);
            bounce += fabs(h - height_sum / n_in);
        }
    }
    if (!(bounce > MIN_BOUNCE_LEG * leg_px * (double)n))
        return TREAD_GAIT_UNKNOWN;
    return sum_product > 0   ? TREAD_GAIT_RUNNING
           : sum_product < 0 ? TREAD_GAIT_WALKING
                             : TREAD_GAIT_UNKNOWN;
}

/* Pixels a second by which the hips travel, by least squares. */
static double hip_drift(const tread_gait_setting *setting, const tread_skeleton *s, size_t n)
{
    double m = 0, t1 = 0, x1 = 0, tt = 0, tx = 0;
    for (size_t i = 0; i < n; i++) {
        double x = gait_mid(gait_belt(setting, &s[i], TREAD_LEFT_HIP),
                            gait_belt(setting, &s[i], TREAD_RIGHT_HIP))
                       .x;
        double t = s[i].time_s - s[0].time_s;
        if (isfinite(x))
            m += 1, t1 += t, x1 += x, tt += t * t, tx += t * x;
    }
    double var = tt - t1 * t1 / m;
    return m > 1 && var > 0 ? (tx - t1 * x1 / m) / var : (double)NAN;
}

typedef struct swing {
    double hz, share, amplitude;
} swing;

/* The frequency in a range that explains most of the ankles' distance. */
static swing find_swing(const double *distance, const tread_skeleton *s, size_t n, double from_hz,
                        double to_hz)
{
    swing best = {(double)NAN, 0, 0};
    /* a tenth of the spectrum's own resolution */
    double fine = 0.1 / (s[n - 1].time_s - s[0].time_s), amplitude = 0;
    for (double hz = from_hz; hz <= to_hz; hz += fine) {
        double share = explained(distance, s, n, hz, &amplitude);
        if (share > best.share)
            best = (swing){hz, share, amplitude};
    }
    return best;
}

static bool is_stride(const swing *w, double span_s, double leg_px, double min_strides)
{
    return w->share >= MIN_REGULARITY && w->amplitude >= MIN_SWING_LEG * leg_px &&
           span_s * w->hz >= min_strides;
}

void tread_gait__stride(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        double *scratch, tread_stride *out)
{
    *out = (tread_stride){.hz = (double)NAN,
                          .leg_px = (double)NAN,
                          .drift_leg_per_stride = (double)NAN,
                          .gait = TREAD_GAIT_UNKNOWN};
    if (n < 2 || !tread_motion__forward(setting->view))
        return;
    if (s[n - 1].time_s - s[0].time_s > MAX_SPAN_S) {
        /* The middle: start and end are where people step on and off. */
        double middle = 0.5 * (s[0].time_s + s[n - 1].time_s);
        size_t from = gait_index_at(s, n, middle - MAX_SPAN_S / 2);
        size_t to = gait_index_at(s, n, middle + MAX_SPAN_S / 2);
        s += from;
        n = to - from;
    }
    if (n < 8) /* a long hole may leave nothing of the middle */
        return;
    double span = s[n - 1].time_s - s[0].time_s;
    if (!(span > 0))
        return;
    double leg = median_leg(setting, s, n);
    out->leg_px = leg;

    double *distance = scratch;
    for (size_t i = 0; i < n; i++)
        distance[i] = ankle_distance(setting, &s[i]);
    swing best = find_swing(distance, s, n, MIN_STRIDE_HZ, MAX_STRIDE_HZ);
    out->regularity = best.share;
    if (!is_stride(&best, span, leg, MIN_STRIDES)) {
        /* Filmed at 120 or 240 and played at 30 or less. */
        best = find_swing(distance, s, n, MIN_SLOW_HZ, MIN_STRIDE_HZ);
        out->is_slow_motion = is_stride(&best, span, leg, MIN_SLOW_STRIDES);
        return;
    }
    double best_hz = best.hz;
    out->hz = best_hz;
    out->drift_leg_per_stride = fabs(hip_drift(setting, s, n)) / best_hz / leg;
    /* What follows is about somebody who stays in the picture. */
    if (!(out->drift_leg_per_stride <= MAX_DRIFT_LEG))
        return;
    out->gait = tell_gait(setting, s, n, 1 / best_hz, leg);
    if (out->gait == TREAD_GAIT_WALKING && best_hz > SURELY_RUNNING_HZ)
        out->gait = TREAD_GAIT_RUNNING;
}

const char *tread_gait__refusal(const tread_gait_setting *setting, const tread_stride *stride)
{
    if (setting->view == TREAD_VIEW_REAR)
        return "steps are timed in a side view; this camera looks along the belt";
    if (!tread_motion__forward(setting->view))
        return "could not tell which way the runner faces; say --view left or --view right";
    if (stride->is_slow_motion)
        return "this looks like slow motion: give --capture-fps, the rate it was filmed at";
    if (!isfinite(stride->hz))
        return "no regular stride found";
    if (!(stride->drift_leg_per_stride <= MAX_DRIFT_LEG))
        return "the person moves across the picture instead of staying on a treadmill";
    if (stride->gait != TREAD_GAIT_RUNNING)
        return "walking, not running: running events are not forced onto it";
    return NULL;
}

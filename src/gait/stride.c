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
/* Nothing looked for is faster than MAX_STRIDE_HZ's first few harmonics: so many frames a
 * second are enough. */
#define ENOUGH_FPS 25.0
/* Twice TREAD_STRIDE_SPAN_S at a rate that may come out up to twice as high. */
#define MAX_SAMPLES 1280
#define MIN_STRIDES 3.0
/* Clean running explains 0.9 and more of the ankles' distance with its first
 * harmonic; standing, turning or jumping well under half. Our own judgement. */
#define MIN_REGULARITY 0.6
/* Peak to mid amplitude of ankle distance: 0.3 leg even in a slow walk. */
#define MIN_SWING_LEG 0.2
/* Hips that stay within this, on the mean, belong to nobody who walks or runs: those move
 * up and down by 4 to 10 cm. */
#define MIN_BOUNCE_LEG 0.004
/* The hips' own swing, seen from behind: noisier, and 4 to 10 cm in all. Our own judgement. */
#define MIN_HIP_REGULARITY 0.4
#define MIN_HIP_SWING_LEG 0.012
/* Where people change from walking to running (Hansen et al. 2017, below). */
#define WALK_TO_RUN_HZ 1.17
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

static double leg_length(const tread_gait_setting *setting, const tread_skeleton *s,
                         enum tread_side side)
{
    gait_point hip = gait_upright(setting, s, gait_joint(TREAD_LEFT_HIP, side));
    gait_point knee = gait_upright(setting, s, gait_joint(TREAD_LEFT_KNEE, side));
    gait_point ankle = gait_upright(setting, s, gait_joint(TREAD_LEFT_ANKLE, side));
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
        double leg = leg_length(setting, &s[i], tread_gait__near_side(setting->view));
        if (isfinite(leg) && n_values < N_LEG_SAMPLES)
            values[n_values++] = leg;
    }
    return tread_median(values, n_values);
}

/* The signal where it is looked at, and each sample's phasor at the frequency that is tried. */
typedef struct samples {
    double y[MAX_SAMPLES], c[MAX_SAMPLES], s[MAX_SAMPLES]; /* (n) */
    double turn_c[MAX_SAMPLES], turn_s[MAX_SAMPLES];       /* to the next frequency */
    size_t n;
} samples;

/* Every so manieth frame is looked at. */
static void take_samples(samples *out, const double *signal, const tread_skeleton *s, size_t n,
                         size_t every, double from_hz, double step_hz)
{
    out->n = 0;
    for (size_t i = 0; i < n; i += every) {
        if (!isfinite(signal[i]))
            continue;
        double angle = 2 * 3.14159265358979323846 * (s[i].time_s - s[0].time_s);
        size_t k = out->n++;
        out->y[k] = signal[i];
        out->c[k] = cos(angle * from_hz);
        out->s[k] = sin(angle * from_hz);
        out->turn_c[k] = cos(angle * step_hz);
        out->turn_s[k] = sin(angle * step_hz);
    }
}

static void turn(samples *of)
{
    for (size_t i = 0; i < of->n; i++) {
        double c = of->c[i] * of->turn_c[i] - of->s[i] * of->turn_s[i];
        of->s[i] = of->c[i] * of->turn_s[i] + of->s[i] * of->turn_c[i];
        of->c[i] = c;
    }
}

/* Share of the signal's variance that a sine of this frequency explains (least-squares spectrum:
 * frames may be spaced unevenly), and its size. */
static double explained(const samples *of, double *amplitude)
{
    double cc = 0, ss = 0, cs = 0, yc = 0, ys = 0, yy = 0, c1 = 0, s1 = 0, y1 = 0;
    for (size_t i = 0; i < of->n; i++) {
        double y = of->y[i], c = of->c[i], sn = of->s[i];
        cc += c * c, ss += sn * sn, cs += c * sn, yc += y * c, ys += y * sn, yy += y * y;
        c1 += c, s1 += sn, y1 += y;
    }
    double m = (double)of->n;
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
            double h = gait_hip_height(setting, &s[last], TREAD_LEFT),
                   d = ankle_distance(setting, &s[last]);
            if (isfinite(h) && isfinite(d))
                height_sum += h, spread_sum += d * d, n_in += 1;
            last++;
        }
        while (first < i && s[first].time_s < s[i].time_s - stride_s / 2) {
            double h = gait_hip_height(setting, &s[first], TREAD_LEFT),
                   d = ankle_distance(setting, &s[first]);
            if (isfinite(h) && isfinite(d))
                height_sum -= h, spread_sum -= d * d, n_in -= 1;
            first++;
        }
        double h = gait_hip_height(setting, &s[i], TREAD_LEFT), d = ankle_distance(setting, &s[i]);
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
        double x = gait_mid(gait_upright(setting, &s[i], TREAD_LEFT_HIP),
                            gait_upright(setting, &s[i], TREAD_RIGHT_HIP))
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

/* The frequency in a range that explains most of the signal. */
static swing find_swing(const double *signal, const tread_skeleton *s, size_t n, double from_hz,
                        double to_hz)
{
    swing best = {(double)NAN, 0, 0};
    /* a tenth of the spectrum's own resolution */
    double span = s[n - 1].time_s - s[0].time_s, fine = 0.1 / span, amplitude = 0;
    size_t every = (size_t)fmax(1, (double)(n - 1) / span / ENOUGH_FPS);
    samples of;
    take_samples(&of, signal, s, n, every > n / MAX_SAMPLES ? every : n / MAX_SAMPLES + 1, from_hz,
                 fine);
    for (double hz = from_hz; hz <= to_hz; hz += fine) {
        double share = explained(&of, &amplitude);
        if (share > best.share)
            best = (swing){hz, share, amplitude};
        turn(&of);
    }
    return best;
}

/* What swings with the legs. From the side the ankles' distance, once a stride. From behind
 * and in front the hips, up and down with every step; the legs hide each other there. */
typedef struct swing_sign {
    double (*of)(const tread_gait_setting *setting, const tread_skeleton *s);
    double per_stride;     /* how often it swings */
    double min_regularity; /* share one sine must explain */
    double min_swing_leg;  /* amplitude, leg lengths */
} swing_sign;

static double hips_up(const tread_gait_setting *setting, const tread_skeleton *s)
{
    return gait_hip_height(setting, s, TREAD_LEFT);
}

static const swing_sign from_side = {ankle_distance, 1, MIN_REGULARITY, MIN_SWING_LEG};
static const swing_sign from_behind = {hips_up, 2, MIN_HIP_REGULARITY, MIN_HIP_SWING_LEG};

static bool is_stride(const swing *w, const swing_sign *sign, double span_s, double leg_px,
                      double min_strides)
{
    return w->share >= sign->min_regularity && w->amplitude >= sign->min_swing_leg * leg_px &&
           span_s * w->hz >= min_strides * sign->per_stride;
}

/* From behind the pendulum and the spring look alike; the pace tells. */
static enum tread_gait gait_of(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                               const tread_stride *stride)
{
    if (tread_motion__view_is_along(setting->view))
        return stride->hz > WALK_TO_RUN_HZ ? TREAD_GAIT_RUNNING : TREAD_GAIT_WALKING;
    enum tread_gait gait = tell_gait(setting, s, n, 1 / stride->hz, stride->leg_px);
    return gait == TREAD_GAIT_WALKING && stride->hz > SURELY_RUNNING_HZ ? TREAD_GAIT_RUNNING : gait;
}

void tread_gait__stride(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        double *scratch, tread_stride *out)
{
    *out = (tread_stride){.hz = (double)NAN,
                          .leg_px = (double)NAN,
                          .drift_leg_per_stride = (double)NAN,
                          .gait = TREAD_GAIT_UNKNOWN};
    if (n < 8 || setting->view == TREAD_VIEW_AUTO)
        return;
    double span = s[n - 1].time_s - s[0].time_s;
    /* Frames with a hole of that size between them are no stretch of running. */
    if (!(span > 0) || span > 2 * TREAD_STRIDE_SPAN_S)
        return;
    const swing_sign *sign = tread_motion__view_is_along(setting->view) ? &from_behind : &from_side;
    double leg = median_leg(setting, s, n);
    out->leg_px = leg;
    double *signal = scratch;
    for (size_t i = 0; i < n; i++)
        signal[i] = sign->of(setting, &s[i]);
    swing best = find_swing(signal, s, n, sign->per_stride * MIN_STRIDE_HZ,
                            sign->per_stride * MAX_STRIDE_HZ);
    out->regularity = best.share;
    if (!is_stride(&best, sign, span, leg, MIN_STRIDES)) {
        /* Filmed at 120 or 240 and played at 30 or less. */
        best = find_swing(signal, s, n, MIN_SLOW_HZ, MIN_STRIDE_HZ);
        out->is_slow_motion =
            sign == &from_side && is_stride(&best, sign, span, leg, MIN_SLOW_STRIDES);
        return;
    }
    out->hz = best.hz / sign->per_stride;
    out->drift_leg_per_stride = fabs(hip_drift(setting, s, n)) / out->hz / leg;
    /* What follows is about somebody who stays in the picture. */
    if (out->drift_leg_per_stride <= MAX_DRIFT_LEG)
        out->gait = gait_of(setting, s, n, out);
}

const char *tread_gait__refusal(const tread_gait_setting *setting, const tread_stride *stride)
{
    if (setting->view == TREAD_VIEW_AUTO)
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

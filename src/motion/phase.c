/* Stride phase from pairs of points whose order is unknown (order.h, step 1). */
#include "motion/phase.h"

#include <complex.h>
#include <math.h>

#define TWO_PI 6.28318530717958647692
/* Strides a second: 72 to 264 steps a minute. */
#define MIN_HZ 0.6
#define MAX_HZ 2.2
/* Strides that a block must hold. */
#define MIN_STRIDES 3.0
/* Phase is read over this many strides, as the SD of the window: long enough to be
 * steady, short enough to follow a runner who changes cadence. */
#define WINDOW_STRIDES 0.5
/* The window is (1 - u^2)^3, which ends at three SDs. */
#define WINDOW_REACH 3.0
#define N_FEATURES 3
/* The features' strongest turn is the step, unless one leg is lost in every stride: then
 * it is the stride, and reads as a stride of half the pace. What the labels say of d itself
 * tells the two apart, as long as they are right more often than not; where they say
 * nothing, so much still counts. */
#define N_SIGNED 2
#define UNSIGNED_SHARE 0.1
/* Share of the features' variance in the stride's second harmonic, below which
 * there is no stride: standing and turning people stay under a tenth. */
#define MIN_SHARE 0.25

size_t motion_phase_scratch(size_t n)
{
    return n * (N_FEATURES + N_SIGNED + 4);
}

/* Even in the sign of d: real and imaginary part of its square, and its size, less
 * their means; 0 where d was not seen. Returns how often it was. */
static size_t fill_features(const double *d, int n_dims, size_t n, double *features)
{
    double mean[N_FEATURES] = {0};
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        double *f = &features[i * N_FEATURES];
        f[0] = f[1] = f[2] = 0;
        for (int k = 0; k + 1 < n_dims; k += 2) {
            double x = d[i * (size_t)n_dims + (size_t)k], y = d[i * (size_t)n_dims + (size_t)k + 1];
            f[0] += x * x - y * y;
            f[1] += 2 * x * y;
            f[2] += x * x + y * y;
        }
        if (!isfinite(f[2]))
            continue;
        n_seen++;
        for (int k = 0; k < N_FEATURES; k++)
            mean[k] += f[k];
    }
    for (size_t i = 0; i < n; i++) {
        double *f = &features[i * N_FEATURES];
        bool is_seen = isfinite(f[2]);
        for (int k = 0; k < N_FEATURES; k++)
            f[k] = is_seen ? f[k] - mean[k] / (double)n_seen : 0;
    }
    return n_seen;
}

/* The sum of the differences as labelled, less its mean; 0 where not seen. */
static void fill_signed(const double *d, int n_dims, size_t n, double *as_labelled)
{
    double mean[N_SIGNED] = {0};
    for (size_t i = 0; i < n; i++) {
        double *g = &as_labelled[i * N_SIGNED];
        g[0] = g[1] = 0;
        for (int k = 0; k < n_dims; k++)
            g[k % N_SIGNED] += d[i * (size_t)n_dims + (size_t)k];
        for (int k = 0; k < N_SIGNED; k++) {
            g[k] = isfinite(g[k]) ? g[k] : 0;
            mean[k] += g[k] / (double)n;
        }
    }
    for (size_t i = 0; i < n * N_SIGNED; i++)
        as_labelled[i] -= mean[i % N_SIGNED];
}

static double sum_of_squares(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i] * v[i];
    return sum;
}

/* Share of variance that turns at the frequency of stride whose phasors are c, s: of the
 * features at its double, of the signed differences at itself. */
static double share_at(const double *features, const double *as_labelled, const double *c,
                       const double *s, size_t n, double *signed_found)
{
    double re[N_FEATURES] = {0}, im[N_FEATURES] = {0}, found = 0;
    double signed_re[N_SIGNED] = {0}, signed_im[N_SIGNED] = {0};
    for (size_t i = 0; i < n; i++) {
        double c2 = c[i] * c[i] - s[i] * s[i], s2 = 2 * c[i] * s[i];
        for (int k = 0; k < N_FEATURES; k++) {
            re[k] += features[i * N_FEATURES + (size_t)k] * c2;
            im[k] += features[i * N_FEATURES + (size_t)k] * s2;
        }
        for (int k = 0; k < N_SIGNED; k++) {
            signed_re[k] += as_labelled[i * N_SIGNED + (size_t)k] * c[i];
            signed_im[k] += as_labelled[i * N_SIGNED + (size_t)k] * s[i];
        }
    }
    *signed_found = 0;
    for (int k = 0; k < N_FEATURES; k++)
        found += re[k] * re[k] + im[k] * im[k];
    for (int k = 0; k < N_SIGNED; k++)
        *signed_found += signed_re[k] * signed_re[k] + signed_im[k] * signed_im[k];
    return found;
}

/* The frequency of stride, and the share of the features' variance at its double. The scan
 * steps by a tenth of the spectrum's own resolution, each frame's phasor by a constant
 * turn. */
static double find_hz(const double *features, const double *as_labelled, const double *time_s,
                      size_t n, size_t n_seen, double *scratch, double *share)
{
    double *c = scratch, *s = c + n, *step_c = s + n, *step_s = step_c + n;
    double step_hz = 0.1 / (time_s[n - 1] - time_s[0]), best = 0, best_hz = 0;
    double power = sum_of_squares(features, n * N_FEATURES) * (double)n_seen / 2;
    double signed_power = sum_of_squares(as_labelled, n * N_SIGNED) * (double)n_seen / 2;
    for (size_t i = 0; i < n; i++) {
        double angle = -TWO_PI * (time_s[i] - time_s[0]);
        c[i] = cos(angle * MIN_HZ);
        s[i] = sin(angle * MIN_HZ);
        step_c[i] = cos(angle * step_hz);
        step_s[i] = sin(angle * step_hz);
    }
    *share = 0;
    for (double hz = MIN_HZ; hz <= MAX_HZ; hz += step_hz) {
        double signed_found, found = share_at(features, as_labelled, c, s, n, &signed_found);
        double as_signed = signed_power > 0 ? signed_found / signed_power : 0;
        double score = found * (UNSIGNED_SHARE + as_signed);
        if (score > best) {
            best = score;
            best_hz = hz;
            *share = power > 0 ? found / power : 0;
        }
        for (size_t i = 0; i < n; i++) {
            double turned = c[i] * step_c[i] - s[i] * step_s[i];
            s[i] = c[i] * step_s[i] + s[i] * step_c[i];
            c[i] = turned;
        }
    }
    return best_hz;
}

/* The features around frame i turned back by twice hz: amplitude and phase there. `turn_c`
 * and `turn_s` hold each frame's phasor at that frequency; `first` the first frame in the window.
 */
static void demodulate(const double *features, const double *time_s, size_t n, double reach_s,
                       size_t i, size_t *first, const double *turn_c, const double *turn_s,
                       double complex z[N_FEATURES])
{
    double re[N_FEATURES] = {0}, im[N_FEATURES] = {0}, sum = 0;
    while (time_s[i] - time_s[*first] > reach_s)
        ++*first;
    for (size_t m = *first; m < n && time_s[m] - time_s[i] < reach_s; m++) {
        const double *f = &features[m * N_FEATURES];
        double u = (time_s[m] - time_s[i]) / reach_s, v = 1 - u * u;
        double weight = v * v * v, c = weight * turn_c[m], s = weight * turn_s[m];
        sum += weight;
        for (int k = 0; k < N_FEATURES; k++) {
            re[k] += f[k] * c;
            im[k] += f[k] * s;
        }
    }
    for (int k = 0; k < N_FEATURES; k++)
        z[k] = sum > 0 ? (re[k] + I * im[k]) / sum : 0;
}

bool motion_phase(const double *d, int n_dims, const double *time_s, size_t n, double *scratch,
                  double *phase)
{
    double *features = scratch, *as_labelled = features + N_FEATURES * n;
    double *turn_c = as_labelled + N_SIGNED * n, *turn_s = turn_c + n;
    if (n < 8)
        return false;
    size_t n_seen = fill_features(d, n_dims, n, features);
    fill_signed(d, n_dims, n, as_labelled);
    double share, hz = find_hz(features, as_labelled, time_s, n, n_seen, turn_c, &share);
    if (!(share > MIN_SHARE) || hz * (time_s[n - 1] - time_s[0]) < MIN_STRIDES)
        return false;

    /* Frames agree on how the features lie to each other where the stride is
     * clearest; there their common phase is read against. */
    double reach_s = WINDOW_REACH * WINDOW_STRIDES / hz, clearest = 0;
    double complex reference[N_FEATURES] = {0}, z[N_FEATURES];
    for (size_t i = 0; i < n; i++) {
        turn_c[i] = cos(2 * TWO_PI * hz * (time_s[i] - time_s[0]));
        turn_s[i] = -sin(2 * TWO_PI * hz * (time_s[i] - time_s[0]));
    }
    for (size_t i = 0, first = 0; i < n; i += 4) {
        double size = 0;
        demodulate(features, time_s, n, reach_s, i, &first, turn_c, turn_s, z);
        for (int k = 0; k < N_FEATURES; k++)
            size += creal(z[k] * conj(z[k]));
        if (size > clearest) {
            clearest = size;
            for (int k = 0; k < N_FEATURES; k++)
                reference[k] = z[k];
        }
    }
    double last = 0;
    for (size_t i = 0, first = 0; i < n; i++) {
        double complex common = 0;
        demodulate(features, time_s, n, reach_s, i, &first, turn_c, turn_s, z);
        for (int k = 0; k < N_FEATURES; k++)
            common += conj(reference[k]) * z[k];
        double angle = carg(common);
        angle += TWO_PI * round((last - angle) / TWO_PI);
        last = angle;
        phase[i] = hz * (time_s[i] - time_s[0]) + angle / (2 * TWO_PI);
    }
    return true;
}

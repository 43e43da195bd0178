/* Stride phase from pairs of points whose order is unknown (order.h, step 1). */
#include "motion/phase.h"

#include <complex.h>
#include <math.h>

#include "linalg/linalg.h"

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
/* Series of n that the scan works with: cos and sin at a frequency, at its double, and of the
 * turn to the next. */
#define N_PHASORS 6
/* Share of the features' variance in the stride's second harmonic, below which
 * there is no stride: standing and turning people stay under a tenth. */
#define MIN_SHARE 0.25

size_t motion_phase_scratch(size_t n)
{
    return n * (N_FEATURES + N_SIGNED + N_PHASORS);
}

/* Even in the sign of d: real and imaginary part of its square, and its size, less
 * their means; 0 where d was not seen. Returns how often it was.
 * @param[out] features  (N_FEATURES, n) */
static size_t fill_features(const double *d, int n_dims, size_t n, double *features)
{
    double mean[N_FEATURES] = {0};
    double *f[N_FEATURES] = {features, features + n, features + 2 * n};
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        f[0][i] = f[1][i] = f[2][i] = 0;
        for (int k = 0; k + 1 < n_dims; k += 2) {
            double x = d[i * (size_t)n_dims + (size_t)k], y = d[i * (size_t)n_dims + (size_t)k + 1];
            f[0][i] += x * x - y * y;
            f[1][i] += 2 * x * y;
            f[2][i] += x * x + y * y;
        }
        if (!isfinite(f[2][i]))
            continue;
        n_seen++;
        for (int k = 0; k < N_FEATURES; k++)
            mean[k] += f[k][i];
    }
    for (size_t i = 0; i < n; i++) {
        bool is_seen = isfinite(f[2][i]);
        for (int k = 0; k < N_FEATURES; k++)
            f[k][i] = is_seen ? f[k][i] - mean[k] / (double)n_seen : 0;
    }
    return n_seen;
}

/* The sum of the differences as labelled, less its mean; 0 where not seen.
 * @param[out] as_labelled  (N_SIGNED, n) */
static void fill_signed(const double *d, int n_dims, size_t n, double *as_labelled)
{
    for (size_t axis = 0; axis < N_SIGNED; axis++) {
        double *g = as_labelled + axis * n, mean = 0;
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t k = axis; k < (size_t)n_dims; k += N_SIGNED)
                sum += d[i * (size_t)n_dims + k];
            g[i] = isfinite(sum) ? sum : 0;
            mean += g[i] / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            g[i] -= mean;
    }
}

static double sum_of_squares(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i] * v[i];
    return sum;
}

/* Squared size of what turns with the phasors c, s (2, n), of all series (n_series, n) together. */
static double turning_with(const double *phasors, const double *series, int n_series, size_t n)
{
    double sums[2 * N_FEATURES];
    tread_linalg__row_products(2, n_series, (int)n, phasors, series, sums);
    return sum_of_squares(sums, 2 * (size_t)n_series);
}

/* The frequency of stride, and the share of the features' variance at its double. The scan
 * steps by a tenth of the spectrum's own resolution, each frame's phasor by a constant
 * turn. */
static double find_hz(const double *features, const double *as_labelled, const double *time_s,
                      size_t n, size_t n_seen, double *scratch, double *share)
{
    double *c = scratch, *s = c + n, *double_c = s + n, *double_s = double_c + n;
    double *step_c = double_s + n, *step_s = step_c + n;
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
        for (size_t i = 0; i < n; i++) {
            double_c[i] = c[i] * c[i] - s[i] * s[i];
            double_s[i] = 2 * c[i] * s[i];
        }
        double found = turning_with(double_c, features, N_FEATURES, n);
        double signed_found = turning_with(c, as_labelled, N_SIGNED, n);
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
    double re[N_FEATURES] = {0}, im[N_FEATURES] = {0}, sum = 0, per_s = 1 / reach_s;
    while (time_s[i] - time_s[*first] > reach_s)
        ++*first;
    for (size_t m = *first; m < n && time_s[m] - time_s[i] < reach_s; m++) {
        double u = (time_s[m] - time_s[i]) * per_s, v = 1 - u * u;
        double weight = v * v * v, c = weight * turn_c[m], s = weight * turn_s[m];
        sum += weight;
        for (int k = 0; k < N_FEATURES; k++) {
            re[k] += features[(size_t)k * n + m] * c;
            im[k] += features[(size_t)k * n + m] * s;
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

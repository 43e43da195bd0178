/* Stride phase from pairs of points whose order is unknown (identity.h, step 1). */
#include "motion/phase.h"

#include <complex.h>
#include <math.h>

#define TWO_PI 6.28318530717958647692
/* Strides a second: 72 to 264 steps a minute. */
#define MIN_HZ 0.6
#define MAX_HZ 2.2
/* Strides that a block must hold. */
#define MIN_STRIDES 3.0
/* Phase is read over this many strides, as the SD of a Gaussian: long enough to be
 * steady, short enough to follow a runner who changes cadence. */
#define WINDOW_STRIDES 0.5
#define WINDOW_REACH 2.5 /* SDs */
#define N_FEATURES 3
/* Share of the features' variance in the stride's second harmonic, below which
 * there is no stride: standing and turning people stay under a tenth. */
#define MIN_SHARE 0.25

/* Even in the sign of d: real and imaginary part of its square, and its size. */
static void fill_features(const double *d, int n_dims, size_t n, double *features)
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
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < N_FEATURES; k++)
            features[i * N_FEATURES + (size_t)k] -= mean[k] / (double)n_seen;
}

/* Share of variance that turns at twice `hz`. */
static double share_at(const double *features, const double *time_s, size_t n, double hz)
{
    double complex sum[N_FEATURES] = {0};
    double power = 0;
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        const double *f = &features[i * N_FEATURES];
        if (!isfinite(f[2]))
            continue;
        double angle = 2 * TWO_PI * hz * (time_s[i] - time_s[0]);
        double complex turn = cos(angle) - I * sin(angle);
        for (int k = 0; k < N_FEATURES; k++) {
            sum[k] += f[k] * turn;
            power += f[k] * f[k];
        }
        n_seen++;
    }
    double found = 0;
    for (int k = 0; k < N_FEATURES; k++)
        found += creal(sum[k] * conj(sum[k]));
    return power > 0 ? 2 * found / ((double)n_seen * power) : 0;
}

/* The features around frame i turned back by twice hz: amplitude and phase there. */
static void demodulate(const double *features, const double *time_s, size_t n, double hz, size_t i,
                       double complex z[N_FEATURES])
{
    double sd_s = WINDOW_STRIDES / hz, weight_sum = 0;
    for (int k = 0; k < N_FEATURES; k++)
        z[k] = 0;
    size_t first = i;
    while (first > 0 && time_s[i] - time_s[first - 1] < WINDOW_REACH * sd_s)
        first--;
    for (size_t m = first; m < n && time_s[m] - time_s[i] < WINDOW_REACH * sd_s; m++) {
        const double *f = &features[m * N_FEATURES];
        if (!isfinite(f[2]))
            continue;
        double u = (time_s[m] - time_s[i]) / sd_s;
        double weight = exp(-0.5 * u * u), angle = 2 * TWO_PI * hz * (time_s[m] - time_s[0]);
        double complex turn = weight * (cos(angle) - I * sin(angle));
        weight_sum += weight;
        for (int k = 0; k < N_FEATURES; k++)
            z[k] += f[k] * turn;
    }
    for (int k = 0; k < N_FEATURES; k++)
        z[k] = weight_sum > 0 ? z[k] / weight_sum : 0;
}

bool motion_phase(const double *d, int n_dims, const double *time_s, size_t n, double *scratch,
                  double *phase)
{
    double *features = scratch;
    if (n < 8)
        return false;
    double span_s = time_s[n - 1] - time_s[0];
    fill_features(d, n_dims, n, features);
    double best = 0, best_hz = 0;
    for (double hz = MIN_HZ; hz <= MAX_HZ; hz += 0.1 / span_s) {
        double share = share_at(features, time_s, n, hz);
        if (share > best)
            best = share, best_hz = hz;
    }
    if (!(best > MIN_SHARE) || best_hz * span_s < MIN_STRIDES)
        return false;

    /* Frames agree on how the features lie to each other where the stride is
     * clearest; there their common phase is read against. */
    double complex reference[N_FEATURES] = {0};
    double clearest = 0;
    for (size_t i = 0; i < n; i += 4) {
        double complex z[N_FEATURES];
        demodulate(features, time_s, n, best_hz, i, z);
        double size = 0;
        for (int k = 0; k < N_FEATURES; k++)
            size += creal(z[k] * conj(z[k]));
        if (size > clearest) {
            clearest = size;
            for (int k = 0; k < N_FEATURES; k++)
                reference[k] = z[k];
        }
    }
    double last = 0;
    for (size_t i = 0; i < n; i++) {
        double complex z[N_FEATURES], common = 0;
        demodulate(features, time_s, n, best_hz, i, z);
        for (int k = 0; k < N_FEATURES; k++)
            common += conj(reference[k]) * z[k];
        double angle = carg(common);
        angle += TWO_PI * round((last - angle) / TWO_PI);
        last = angle;
        phase[i] = best_hz * (time_s[i] - time_s[0]) + angle / (2 * TWO_PI);
    }
    return true;
}

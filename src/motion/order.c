#include "motion/order.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/median.h"
#include "linalg/linalg.h"

#define DIMS MOTION_ORDER_DIMS
/* Bins over a stride, which has 12 (30 fps, fast) to 300 frames. */
#define N_BINS 32
/* Odd harmonics 1, 3 ... 9: the ninth is 12 to 15 Hz, as fast as the foot turns. */
#define N_ODD 5
/* And a constant: perspective and the network set the legs apart by as much. */
#define N_COLS (2 * N_ODD + 1)
/* Keeps an empty part of the phase from swinging: against the number of frames. */
#define RIDGE 1e-3
#define MAX_ROUNDS 15
#define N_ROBUST_ROUNDS 4
#define HUBER 1.5
#define MAD_TO_SD 1.4826
/* Under this share of d explained the curve is no stride, and labels are left alone. */
#define MIN_EXPLAINED 0.6

typedef struct order_fit {
    const double *d, *phase;
    size_t n;
    signed char *order;
    double *curve;                      /* (n, DIMS) */
    double *columns;                    /* (n, N_COLS) */
    double *weight, *residual, *sorted; /* (n) */
    double *scratch;                    /* least squares' own */
} order_fit;

size_t motion_order_scratch(size_t n)
{
    return n * (DIMS + N_COLS + 3) + n * (N_COLS + DIMS) + N_COLS * N_COLS;
}

static double dot(const double a[DIMS], const double b[DIMS])
{
    double sum = 0;
    for (int k = 0; k < DIMS; k++)
        sum += a[k] * b[k];
    return sum;
}

static void turn(double a[DIMS])
{
    for (int k = 0; k < DIMS; k++)
        a[k] = -a[k];
}

static int bin_of(double phase)
{
    int bin = (int)((phase - floor(phase)) * N_BINS);
    return bin < N_BINS ? bin : N_BINS - 1;
}

/* The pairs of each bin, turned to point the same way, and averaged with their own
 * length as weight: pairs that lie on one leg are short and say little. An empty bin
 * repeats the one before it. */
static void average_bins(const order_fit *fit, double mean[N_BINS][DIMS])
{
    double first[N_BINS][DIMS], largest[N_BINS] = {0}, sum[N_BINS] = {0};
    memset(mean, 0, sizeof(double) * N_BINS * DIMS);
    for (size_t i = 0; i < fit->n; i++) {
        const double *d = &fit->d[i * DIMS];
        double size = dot(d, d);
        int bin = bin_of(fit->phase[i]);
        if (isfinite(size) && size > largest[bin]) {
            largest[bin] = size;
            memcpy(first[bin], d, sizeof first[bin]);
        }
    }
    for (size_t i = 0; i < fit->n; i++) {
        const double *d = &fit->d[i * DIMS];
        int bin = bin_of(fit->phase[i]);
        double length = sqrt(dot(d, d));
        if (!(length > 0))
            continue;
        double weight = dot(d, first[bin]) < 0 ? -length : length;
        for (int k = 0; k < DIMS; k++)
            mean[bin][k] += weight * d[k];
        sum[bin] += length;
    }
    for (int i = 0; i < 2 * N_BINS; i++) {
        int bin = i % N_BINS, before = (i + N_BINS - 1) % N_BINS;
        if (i < N_BINS && sum[bin] > 0)
            for (int k = 0; k < DIMS; k++)
                mean[bin][k] /= sum[bin];
        else if (!(sum[bin] > 0))
            memcpy(mean[bin], mean[before], sizeof mean[bin]);
    }
}

/* Squared second difference of three bins turned by signs. */
static double bend(const double *a, const double *b, const double *c, int sa, int sb, int sc)
{
    double sum = 0;
    for (int k = 0; k < DIMS; k++) {
        double second = sa * a[k] - 2 * sb * b[k] + sc * c[k];
        sum += second * second;
    }
    return sum;
}

static int sign_of(int bit)
{
    return bit ? -1 : 1;
}

/* Signs of the bins from `from`, where the sign is +1, to `to`, where it is +1 too: the
 * path that bends least, by dynamic programming over the signs of neighbours. Bins are
 * turned in place, except the two ends. */
static void follow(double mean[N_BINS][DIMS], int from, int to)
{
    int n = (to - from + N_BINS) % N_BINS; /* links */
    double cost[2][2] = {{0, INFINITY}, {INFINITY, INFINITY}};
    int back[N_BINS][2][2];
    if (n < 2)
        return;
    /* cost[p][q]: sign bits of the last two bins; the first one's is 0. */
    cost[0][0] = cost[0][1] = 0;
    for (int i = 2; i <= n; i++) {
        const double *a = mean[(from + i - 2) % N_BINS], *b = mean[(from + i - 1) % N_BINS];
        const double *c = mean[(from + i) % N_BINS];
        double next[2][2];
        for (int q = 0; q < 2; q++)
            for (int r = 0; r < 2; r++) {
                double c0 = cost[0][q] + bend(a, b, c, 1, sign_of(q), sign_of(r));
                double c1 = cost[1][q] + bend(a, b, c, -1, sign_of(q), sign_of(r));
                back[i][q][r] = c1 < c0;
                next[q][r] = c1 < c0 ? c1 : c0;
            }
        memcpy(cost, next, sizeof cost);
    }
    int r = 0, q = cost[1][r] < cost[0][r];
    for (int i = n; i >= 2; i--) {
        int p = back[i][q][r];
        if (q)
            turn(mean[(from + i - 1) % N_BINS]);
        r = q;
        q = p;
    }
}

/* Turn the bins into one smooth loop on which half a stride later is the other way
 * round. It hangs on two anchors, where the points are furthest apart. */
static void order_bins(double mean[N_BINS][DIMS])
{
    int a = 0;
    for (int bin = 1; bin < N_BINS; bin++)
        if (dot(mean[bin], mean[bin]) > dot(mean[a], mean[a]))
            a = bin;
    int b = (a + N_BINS / 2) % N_BINS;
    for (int k = -N_BINS / 8; k <= N_BINS / 8; k++) {
        int bin = (a + N_BINS / 2 + k + N_BINS) % N_BINS;
        if (dot(mean[bin], mean[bin]) > dot(mean[b], mean[b]))
            b = bin;
    }
    if (dot(mean[a], mean[b]) > 0)
        turn(mean[b]);
    follow(mean, a, b);
    follow(mean, b, a);
}

static void fill_columns(order_fit *fit)
{
    for (size_t i = 0; i < fit->n; i++) {
        double *row = &fit->columns[i * N_COLS];
        for (int h = 0; h < N_ODD; h++) {
            double angle = 6.28318530717958647692 * (2 * h + 1) * fit->phase[i];
            row[2 * h] = cos(angle);
            row[2 * h + 1] = sin(angle);
        }
        row[N_COLS - 1] = 1;
    }
}

/* Distance of each ordered pair from the curve; their robust scale. */
static double measure_residuals(order_fit *fit)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < fit->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < DIMS; k++) {
            double r = fit->order[i] * fit->d[i * DIMS + k] - fit->curve[i * DIMS + k];
            sum += r * r;
        }
        fit->residual[i] = sqrt(sum);
        if (isfinite(sum))
            fit->sorted[n_seen++] = fit->residual[i];
    }
    return n_seen ? MAD_TO_SD * tread_median(fit->sorted, n_seen) : 0;
}

/* Fit the curve to the pairs as ordered now. */
static int fit_curve(order_fit *fit)
{
    double ridge[N_COLS], x[N_COLS * DIMS], scale = 0;
    int n = (int)fit->n;
    for (int h = 0; h < N_ODD; h++)
        ridge[2 * h] = ridge[2 * h + 1] = RIDGE * n * (2 * h + 1) * (2 * h + 1) / 25;
    ridge[N_COLS - 1] = RIDGE * n;
    double *ordered = fit->curve; /* overwritten by the curve itself afterwards */
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        for (size_t i = 0; i < fit->n; i++) {
            const double *d = &fit->d[i * DIMS];
            double far = round && scale > 0 ? fit->residual[i] / (HUBER * scale) : 0;
            fit->weight[i] = isfinite(dot(d, d)) ? (far > 1 ? 1 / far : 1) : 0;
        }
        for (size_t i = 0; i < fit->n; i++)
            for (size_t k = 0; k < DIMS; k++)
                ordered[i * DIMS + k] = fit->order[i] * fit->d[i * DIMS + k];
        int status = tread_linalg__least_squares(n, N_COLS, DIMS, fit->columns, ordered,
                                                 fit->weight, ridge, x, fit->scratch);
        if (status != TREAD_OK)
            return status;
        tread_linalg__multiply(n, N_COLS, DIMS, fit->columns, x, fit->curve);
        scale = measure_residuals(fit);
    }
    return TREAD_OK;
}

/* Share of the differences that the curve explains. */
static double explained(const order_fit *fit)
{
    double all = 0, left = 0;
    for (size_t i = 0; i < fit->n; i++) {
        const double *d = &fit->d[i * DIMS];
        double size = dot(d, d);
        if (!isfinite(size))
            continue;
        all += fit->weight[i] * size;
        left += fit->weight[i] * fit->residual[i] * fit->residual[i];
    }
    return all > 0 ? 1 - left / all : 0;
}

/* As most labels have it. */
static void settle(order_fit *fit)
{
    long sum = 0;
    for (size_t i = 0; i < fit->n; i++)
        sum += fit->order[i];
    for (size_t i = 0; sum < 0 && i < fit->n; i++)
        fit->order[i] = (signed char)-fit->order[i];
}

int motion_order(const double *d, const double *phase, size_t n, double *scratch,
                 signed char *order)
{
    order_fit fit = {.d = d, .phase = phase, .n = n, .order = order, .curve = scratch};
    double mean[N_BINS][DIMS];
    fit.columns = fit.curve + n * DIMS;
    fit.weight = fit.columns + n * N_COLS;
    fit.residual = fit.weight + n;
    fit.sorted = fit.residual + n;
    fit.scratch = fit.sorted + n;

    average_bins(&fit, mean);
    order_bins(mean);
    for (size_t i = 0; i < n; i++)
        order[i] = dot(&d[i * DIMS], mean[bin_of(phase[i])]) < 0 ? -1 : 1;
    settle(&fit);
    fill_columns(&fit);
    for (int round = 0, n_changed = 1; round < MAX_ROUNDS && n_changed; round++) {
        int status = fit_curve(&fit);
        if (status != TREAD_OK)
            return status;
        n_changed = 0;
        for (size_t i = 0; i < n; i++) {
            signed char now = dot(&d[i * DIMS], &fit.curve[i * DIMS]) < 0 ? -1 : 1;
            n_changed += now != order[i];
            order[i] = now;
        }
    }
    measure_residuals(&fit);
    if (explained(&fit) < MIN_EXPLAINED)
        memset(order, 0, n);
    else
        settle(&fit);
    return TREAD_OK;
}

#include "motion/path.h"

#include <math.h>
#include <string.h>

#include "base/median.h"
#include "linalg/linalg.h"

/* Keeps an empty part of the phase from swinging: against the number of frames. */
#define RIDGE 1e-3
/* Holds a harmonic at nothing. */
#define LOCKED 1e9
#define N_ROBUST_ROUNDS 2
/* Tukey's biweight (Beaton & Tukey 1974). */
#define TUKEY 4.685
#define MAD_TO_SD 1.4826
/* Both legs: a constant of the right one's own. */
#define N_BOTH_COLS (MOTION_PATH_COLS + 1)

void motion_path_row(double phase, double row[MOTION_PATH_COLS])
{
    double angle = 6.28318530717958647692 * (phase - floor(phase));
    double c1 = cos(angle), s1 = sin(angle), c = 1, s = 0;
    row[0] = 1;
    for (int h = 1; h <= MOTION_N_HARMONICS; h++) {
        double next = c * c1 - s * s1;
        s = s * c1 + c * s1;
        c = next;
        row[2 * h - 1] = c;
        row[2 * h] = s;
    }
}

void motion_path_at(const motion_path *path, const double row[MOTION_PATH_COLS], double xy[2])
{
    double x = 0, y = 0;
    for (int k = 0; k < MOTION_PATH_COLS; k++) {
        x += row[k] * path->coefficient[k][0];
        y += row[k] * path->coefficient[k][1];
    }
    xy[0] = x;
    xy[1] = y;
}

/* The same path half a stride away, about its own constant: what the other leg does. The
 * odd harmonics change sign. */
static void other_leg(const motion_path *path, const double constant[2], motion_path *out)
{
    *out = *path;
    for (int k = 0; k < 2; k++)
        out->coefficient[0][k] = constant[k];
    for (int h = 1; h <= MOTION_N_HARMONICS; h += 2)
        for (int k = 0; k < 2; k++) {
            out->coefficient[2 * h - 1][k] = -out->coefficient[2 * h - 1][k];
            out->coefficient[2 * h][k] = -out->coefficient[2 * h][k];
        }
}

size_t motion_path_scratch(size_t n)
{
    /* Both legs at once, with a column more. */
    return 2 * n * (5 + 3 + N_BOTH_COLS + N_BOTH_COLS + 2) + N_BOTH_COLS * N_BOTH_COLS;
}

/* Robust weighted least squares on any columns; a scatter for all of it.
 * @param x  (n_cols, 2) */
static int fit(const double *rows, int n_cols, const double *xy, const double *weight, size_t n,
               const double *ridge, double min_sd, double *scratch, double *x, double *sd)
{
    double *at = scratch, *used = at + 2 * n, *distance = used + n, *sorted = distance + n;
    for (size_t i = 0; i < n; i++)
        used[i] = weight[i];
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        int status =
            tread_linalg__least_squares((int)n, n_cols, 2, rows, xy, used, ridge, x, sorted + n);
        if (status != TREAD_OK)
            return status;
        tread_linalg__multiply((int)n, n_cols, 2, rows, x, at);
        size_t n_seen = 0;
        for (size_t i = 0; i < n; i++) {
            double dx = xy[2 * i] - at[2 * i], dy = xy[2 * i + 1] - at[2 * i + 1];
            distance[i] = sqrt(dx * dx + dy * dy);
            if (weight[i] > 0)
                sorted[n_seen++] = distance[i];
        }
        *sd = fmax(min_sd, n_seen ? MAD_TO_SD * tread_median(sorted, n_seen) : 0);
        for (size_t i = 0; i < n; i++) {
            double u = distance[i] / (TUKEY * *sd);
            used[i] = weight[i] > 0 && u < 1 ? weight[i] * (1 - u * u) * (1 - u * u) : 0;
        }
    }
    return TREAD_OK;
}

/* Ridges of the harmonics, into ridge[1] and on. */
static void fill_ridge(size_t n, int n_harmonics, double *ridge)
{
    for (int h = 1; h <= MOTION_N_HARMONICS; h++)
        ridge[2 * h - 1] = ridge[2 * h] = h > n_harmonics ? LOCKED : RIDGE * (double)n * h * h / 25;
    ridge[0] = 1e-9; /* definite, however little was seen */
}

int motion_path_fit(const double *rows, const double *xy, const double *weight, size_t n,
                    int n_harmonics, double min_sd, double *scratch, motion_path *path)
{
    double ridge[MOTION_PATH_COLS];
    fill_ridge(n, n_harmonics, ridge);
    return fit(rows, MOTION_PATH_COLS, xy, weight, n, ridge, min_sd, scratch, path->coefficient[0],
               &path->sd);
}

int motion_path_fit_both(const double *rows, const double *const xy[2],
                         const double *const weight[2], size_t n, int n_harmonics, double min_sd,
                         double *scratch, motion_path paths[2])
{
    double *both = scratch, *both_xy = both + 2 * n * N_BOTH_COLS, *both_weight = both_xy + 4 * n;
    double ridge[N_BOTH_COLS], x[N_BOTH_COLS][2];
    fill_ridge(2 * n, n_harmonics, ridge);
    ridge[N_BOTH_COLS - 1] = ridge[0];
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < n; i++) {
            const double *from = rows + i * MOTION_PATH_COLS;
            double *to = both + (side * n + i) * N_BOTH_COLS;
            memcpy(to, from, MOTION_PATH_COLS * sizeof *to);
            for (int h = 1; side == 1 && h <= MOTION_N_HARMONICS; h += 2) {
                to[2 * h - 1] = -to[2 * h - 1];
                to[2 * h] = -to[2 * h];
            }
            to[0] = side == 0;
            to[N_BOTH_COLS - 1] = side == 1;
            both_xy[2 * (side * n + i)] = xy[side][2 * i];
            both_xy[2 * (side * n + i) + 1] = xy[side][2 * i + 1];
            both_weight[side * n + i] = weight[side][i];
        }
    int status = fit(both, N_BOTH_COLS, both_xy, both_weight, 2 * n, ridge, min_sd,
                     both_weight + 2 * n, x[0], &paths[0].sd);
    if (status != TREAD_OK)
        return status;
    memcpy(paths[0].coefficient, x, sizeof paths[0].coefficient);
    other_leg(&paths[0], x[N_BOTH_COLS - 1], &paths[1]);
    return TREAD_OK;
}

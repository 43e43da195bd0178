#include "motion/path.h"

#include <math.h>

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
    xy[0] = xy[1] = 0;
    for (int k = 0; k < MOTION_PATH_COLS; k++) {
        xy[0] += row[k] * path->coefficient[k][0];
        xy[1] += row[k] * path->coefficient[k][1];
    }
}

size_t motion_path_scratch(size_t n)
{
    return n * 5 + n * (MOTION_PATH_COLS + 2) + MOTION_PATH_COLS * MOTION_PATH_COLS;
}

int motion_path_fit(const double *rows, const double *xy, const double *weight, size_t n,
                    int n_harmonics, double min_sd, double *scratch, motion_path *path)
{
    double *at = scratch, *used = at + 2 * n, *distance = used + n, *sorted = distance + n;
    double ridge[MOTION_PATH_COLS] = {0};
    for (int h = 1; h <= MOTION_N_HARMONICS; h++)
        ridge[2 * h - 1] = ridge[2 * h] = h > n_harmonics ? LOCKED : RIDGE * (double)n * h * h / 25;
    ridge[0] = 1e-9; /* definite, however little was seen */
    for (size_t i = 0; i < n; i++)
        used[i] = weight[i];
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        int status = tread_linalg__least_squares((int)n, MOTION_PATH_COLS, 2, rows, xy, used, ridge,
                                                 path->coefficient[0], sorted + n);
        if (status != TREAD_OK)
            return status;
        tread_linalg__multiply((int)n, MOTION_PATH_COLS, 2, rows, path->coefficient[0], at);
        size_t n_seen = 0;
        for (size_t i = 0; i < n; i++) {
            double dx = xy[2 * i] - at[2 * i], dy = xy[2 * i + 1] - at[2 * i + 1];
            distance[i] = sqrt(dx * dx + dy * dy);
            if (weight[i] > 0)
                sorted[n_seen++] = distance[i];
        }
        path->sd = fmax(min_sd, n_seen ? MAD_TO_SD * tread_median(sorted, n_seen) : 0);
        for (size_t i = 0; i < n; i++) {
            double u = distance[i] / (TUKEY * path->sd);
            used[i] = weight[i] > 0 && u < 1 ? weight[i] * (1 - u * u) * (1 - u * u) : 0;
        }
    }
    return TREAD_OK;
}

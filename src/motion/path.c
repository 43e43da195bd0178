#include "motion/path.h"

#include <math.h>
#include <stdbool.h>

#include "base/median.h"
#include "linalg/linalg.h"

/* Keeps an empty part of the phase from swinging: against the number of frames. */
#define RIDGE 1e-3
/* Holds a harmonic at nothing. Both legs' coarse paths do without it; a leg's own keeps it, for
 * what is left, 1e-8 of the leg, is in elbows and wrists, and those stay what they were. */
#define LOCKED 1e9
/* Definite, however little was seen. */
#define CONSTANT_RIDGE 1e-9
#define N_ROBUST_ROUNDS 2
/* Tukey's biweight (Beaton & Tukey 1974). */
#define TUKEY 4.685
#define MAD_TO_SD 1.4826

enum { MAX_LEGS = 2, MAX_COLS = MAX_LEGS + 2 * MOTION_N_HARMONICS };

static double angle_of(double phase)
{
    return 6.28318530717958647692 * (phase - floor(phase));
}

void motion_path_row(double phase, double row[MOTION_PATH_COLS])
{
    double angle = angle_of(phase);
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

void motion_path_basis(const double *phase, size_t n, double *basis)
{
    double *first_c = basis + n, *first_s = first_c + n;
    for (size_t i = 0; i < n; i++) {
        double angle = angle_of(phase[i]);
        basis[i] = 1;
        first_c[i] = cos(angle);
        first_s[i] = sin(angle);
    }
    for (size_t row = 3; row < MOTION_BASIS_ROWS; row += 2) {
        double *c = basis + row * n, *s = c + n;
        const double *before_c = c - 2 * n, *before_s = s - 2 * n;
        for (size_t i = 0; i < n; i++) {
            c[i] = before_c[i] * first_c[i] - before_s[i] * first_s[i];
            s[i] = before_s[i] * first_c[i] + before_c[i] * first_s[i];
        }
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

/* ---- the equations ------------------------------------------------------------------- */

/* Normal equations for a constant of each leg, then cos and sin of each harmonic. */
typedef struct equations {
    int n_legs, n_harmonics, n;
    double a[MAX_COLS * MAX_COLS]; /* (n, n) the i-th row from the diagonal on */
    double b[2 * MAX_COLS];        /* (2, n) x, y */
} equations;

static int cos_col(const equations *e, int harmonic)
{
    return e->n_legs + 2 * (harmonic - 1);
}

static void add(equations *e, int row, int col, double value)
{
    e->a[row * e->n + col - row] += value;
}

static void begin_equations(equations *e, size_t n, int n_free)
{
    for (int i = 0; i < e->n * e->n; i++)
        e->a[i] = 0;
    for (int i = 0; i < 2 * e->n; i++)
        e->b[i] = 0;
    for (int leg = 0; leg < e->n_legs; leg++)
        add(e, leg, leg, CONSTANT_RIDGE);
    for (int h = 1; h <= e->n_harmonics; h++)
        for (int k = cos_col(e, h); k <= cos_col(e, h) + 1; k++)
            add(e, k, k, h > n_free ? LOCKED : RIDGE * (double)n * e->n_legs * h * h / 25);
}

/* The right leg does what the left one does, half a stride later: odd harmonics change sign. */
static double sign_of(int leg, int harmonic)
{
    return leg == 1 && harmonic % 2 ? -1 : 1;
}

/* What one leg showed. A weighted product of two harmonics needs no sum of its own:
 * 2 cos h cos k = cos (k - h) + cos (k + h), and so on; sums of 2 * n_harmonics of them hold all.
 * @param sums  (3, n_rows) of the basis with the weights, and with x and y times these */
static void add_leg(equations *e, int leg, const double *sums)
{
    const int n_rows = 4 * e->n_harmonics + 1;
    add(e, leg, leg, sums[0]);
    for (int k = 1; k <= e->n_harmonics; k++) {
        int cos_k = cos_col(e, k), sin_k = cos_k + 1;
        add(e, leg, cos_k, sign_of(leg, k) * sums[2 * k - 1]);
        add(e, leg, sin_k, sign_of(leg, k) * sums[2 * k]);
        for (int h = 1; h <= k; h++) {
            int cos_h = cos_col(e, h), sin_h = cos_h + 1, less = k - h, more = k + h;
            double half = 0.5 * sign_of(leg, more);
            double cos_less = less ? sums[2 * less - 1] : sums[0], cos_more = sums[2 * more - 1];
            double sin_less = less ? sums[2 * less] : 0, sin_more = sums[2 * more];
            add(e, cos_h, cos_k, half * (cos_less + cos_more));
            add(e, sin_h, sin_k, half * (cos_less - cos_more));
            add(e, cos_h, sin_k, half * (sin_more + sin_less));
            if (h < k)
                add(e, sin_h, cos_k, half * (sin_more - sin_less));
        }
    }
    for (int axis = 0; axis < 2; axis++) {
        const double *of_axis = sums + (axis + 1) * n_rows;
        double *b = e->b + axis * e->n;
        b[leg] += of_axis[0];
        for (int h = 1; h <= e->n_harmonics; h++) {
            b[cos_col(e, h)] += sign_of(leg, h) * of_axis[2 * h - 1];
            b[cos_col(e, h) + 1] += sign_of(leg, h) * of_axis[2 * h];
        }
    }
}

static void take_solution(const equations *e, int leg, motion_path *path)
{
    for (int axis = 0; axis < 2; axis++) {
        const double *x = e->b + axis * e->n;
        path->coefficient[0][axis] = x[leg];
        for (int h = 1; h <= MOTION_N_HARMONICS; h++)
            for (int k = 0; k < 2; k++)
                path->coefficient[2 * h - 1 + k][axis] =
                    h <= e->n_harmonics ? sign_of(leg, h) * x[cos_col(e, h) + k] : 0;
    }
}

/* ---- the fit ------------------------------------------------------------------------- */

size_t motion_path_scratch(size_t n)
{
    return (3 + 2 * MAX_LEGS + 2) * n;
}

/* Weights, and x and y times these. After the first round points far from the path count less.
 * @param distance  (n) from the path so far; NULL = there is none
 * @param[out] weighted  (3, n) */
static void weigh(const motion_sightings *leg, const double *distance, double limit, size_t n,
                  double *weighted)
{
    double *w = weighted, *x = w + n, *y = x + n;
    for (size_t i = 0; i < n; i++) {
        double u = distance ? distance[i] / limit : 0, rest = 1 - u * u;
        w[i] = u < 1 ? leg->weight[i] * rest * rest : 0;
        x[i] = w[i] * leg->x[i];
        y[i] = w[i] * leg->y[i];
    }
}

static void follow_path(const motion_path *path, const double *basis, int n_harmonics, size_t n,
                        motion_sightings *leg, double *distance)
{
    const int n_cols = 2 * n_harmonics + 1;
    double by_axis[2 * MOTION_PATH_COLS];
    for (int axis = 0; axis < 2; axis++)
        for (int k = 0; k < n_cols; k++)
            by_axis[axis * n_cols + k] = path->coefficient[k][axis];
    tread_linalg__multiply(2, n_cols, (int)n, by_axis, basis, leg->path);
    const double *path_x = leg->path, *path_y = path_x + n;
    for (size_t i = 0; i < n; i++) {
        double dx = leg->x[i] - path_x[i], dy = leg->y[i] - path_y[i];
        distance[i] = sqrt(dx * dx + dy * dy);
    }
}

/* Robust scatter of the points seen. @param sorted  scratch */
static double scatter_of(const motion_sightings *legs, int n_legs, size_t n, const double *distance,
                         double *sorted)
{
    size_t n_seen = 0;
    for (int leg = 0; leg < n_legs; leg++)
        for (size_t i = 0; i < n; i++)
            if (legs[leg].weight[i] > 0)
                sorted[n_seen++] = distance[(size_t)leg * n + i];
    return n_seen ? MAD_TO_SD * tread_median(sorted, n_seen) : 0;
}

int motion_path_fit(const double *basis, motion_sightings *legs, int n_legs, size_t n,
                    int n_harmonics, double min_sd, double *scratch, motion_path *paths)
{
    double *weighted = scratch, *distance = weighted + 3 * n, *sorted = distance + MAX_LEGS * n;
    double sums[3 * MOTION_BASIS_ROWS], sd = 0;
    int n_held = n_legs == 1 ? MOTION_N_HARMONICS : n_harmonics;
    equations e = {.n_legs = n_legs, .n_harmonics = n_held, .n = n_legs + 2 * n_held};
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        begin_equations(&e, n, n_harmonics);
        for (int leg = 0; leg < n_legs; leg++) {
            weigh(&legs[leg], round ? distance + (size_t)leg * n : NULL, TUKEY * sd, n, weighted);
            tread_linalg__row_products(3, 4 * n_held + 1, (int)n, weighted, basis, sums);
            add_leg(&e, leg, sums);
        }
        int status = tread_linalg__solve_band(e.n, e.n - 1, e.a, 2, e.b);
        if (status != TREAD_OK)
            return status;
        for (int leg = 0; leg < n_legs; leg++) {
            take_solution(&e, leg, &paths[leg]);
            follow_path(&paths[leg], basis, n_held, n, &legs[leg], distance + (size_t)leg * n);
        }
        sd = fmax(min_sd, scatter_of(legs, n_legs, n, distance, sorted));
    }
    for (int leg = 0; leg < n_legs; leg++)
        paths[leg].sd = sd;
    return TREAD_OK;
}

#include "linalg/linalg.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <cblas.h>
#include <lapacke.h>

/* The smoother's band. */
#define USUAL_SUPER 3

/* A = L D L' with ones on the diagonal of L, column by column: band[j * width] becomes D(j),
 * band[j * width + d] L(j + d, j). Written out because LAPACK, on a band of three, spends most of
 * its time on calling BLAS for three numbers. All of it is inlined below with `n_super` known: with
 * the loops of three unrolled it is twice as fast again. */

/* @return whether A is positive definite so far */
static inline bool factor_column(double *l, int width, int reach)
{
    if (!(l[0] > 0))
        return false;
    double inverse = 1 / l[0];
    for (int d = 1; d <= reach; d++) {
        double *below = l + (ptrdiff_t)d * width, share = l[d] * inverse;
        for (int e = d; e <= reach; e++)
            below[e - d] -= share * l[e];
        l[d] = share;
    }
    return true;
}

static inline void substitute_forward(const double *l, int reach, double *b)
{
    for (int d = 1; d <= reach; d++)
        b[d] -= l[d] * b[0];
}

static inline void substitute_backward(const double *l, int reach, double *b)
{
    double sum = b[0] / l[0];
    for (int d = reach; d > 0; d--)
        sum -= l[d] * b[d];
    b[0] = sum;
}

static inline int solve_band(int n, int n_super, double *band, int n_rhs, double *b)
{
    const int width = n_super + 1, n_whole = n - n_super; /* columns that reach all the way */
    bool is_definite = true;
    for (int j = 0; is_definite && j < n_whole; j++)
        is_definite = factor_column(band + (ptrdiff_t)j * width, width, n_super);
    for (int j = n_whole; is_definite && j < n; j++)
        is_definite = factor_column(band + (ptrdiff_t)j * width, width, n - 1 - j);
    for (int k = 0; is_definite && k < n_rhs; k++, b += n) {
        for (int j = 0; j < n_whole; j++)
            substitute_forward(band + (ptrdiff_t)j * width, n_super, b + j);
        for (int j = n_whole; j < n; j++)
            substitute_forward(band + (ptrdiff_t)j * width, n - 1 - j, b + j);
        for (int j = n - 1; j >= n_whole; j--)
            substitute_backward(band + (ptrdiff_t)j * width, n - 1 - j, b + j);
        for (int j = n_whole - 1; j >= 0; j--)
            substitute_backward(band + (ptrdiff_t)j * width, n_super, b + j);
    }
    return is_definite ? TREAD_OK : TREAD_ERR_INTERNAL;
}

int tread_linalg__solve_band(int n, int n_super, double *band, int n_rhs, double *b)
{
    if (n < 1 || n_super < 0 || n_super >= n || n_rhs < 1 || !band || !b)
        return TREAD_ERR_ARG;
    return n_super == USUAL_SUPER ? solve_band(n, USUAL_SUPER, band, n_rhs, b)
                                  : solve_band(n, n_super, band, n_rhs, b);
}

/* A column of the inverse Z inside the band, from those after it:
 * Z(i, j) = (i == j ? 1 / D(j) : 0) - sum_m L(m, j) Z(m, i), m = j + 1 ... */
static inline void invert_column(const double *l, int width, int reach, double *z)
{
    for (int d = reach; d >= 0; d--) {
        double sum = d == 0 ? 1 / l[0] : 0;
        for (int e = 1; e <= reach; e++)
            sum -=
                l[e] * (e < d ? z[(ptrdiff_t)e * width + d - e] : z[(ptrdiff_t)d * width + e - d]);
        z[d] = sum;
    }
}

static inline void invert_band(int n, int n_super, const double *band, double *inverse,
                               double *diagonal)
{
    const int width = n_super + 1;
    for (int j = n - 1; j >= n - n_super; j--)
        invert_column(band + (ptrdiff_t)j * width, width, n - 1 - j,
                      inverse + (ptrdiff_t)j * width);
    for (int j = n - n_super - 1; j >= 0; j--)
        invert_column(band + (ptrdiff_t)j * width, width, n_super, inverse + (ptrdiff_t)j * width);
    for (int j = 0; j < n; j++)
        diagonal[j] = inverse[(ptrdiff_t)j * width];
}

void tread_linalg__band_inverse_diagonal(int n, int n_super, const double *band, double *scratch,
                                         double *diagonal)
{
    if (n_super == USUAL_SUPER)
        invert_band(n, USUAL_SUPER, band, scratch, diagonal);
    else
        invert_band(n, n_super, band, scratch, diagonal);
}

int tread_linalg__least_squares(int rows, int cols, int n_rhs, const double *a, const double *b,
                                const double *w, const double *ridge, double *x, double *scratch)
{
    if (rows < 1 || cols < 1 || n_rhs < 1)
        return TREAD_ERR_ARG;
    double *wa = scratch;                          /* (rows, cols) sqrt(w) A */
    double *wb = wa + (size_t)rows * (size_t)cols; /* (rows, n_rhs) sqrt(w) B */
    double *gram = wb + (size_t)rows * (size_t)n_rhs;
    for (int i = 0; i < rows; i++) {
        double root = sqrt(w[i]);
        for (int k = 0; k < cols; k++)
            wa[(size_t)i * (size_t)cols + (size_t)k] =
                root * a[(size_t)i * (size_t)cols + (size_t)k];
        for (int k = 0; k < n_rhs; k++) {
            size_t at = (size_t)i * (size_t)n_rhs + (size_t)k;
            wb[at] = root > 0 ? root * b[at] : 0; /* a row that does not count may be NaN */
        }
    }
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, cols, rows, 1, wa, cols, 0, gram, cols);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, cols, n_rhs, rows, 1, wa, cols, wb, n_rhs,
                0, x, n_rhs);
    for (int k = 0; k < cols; k++)
        gram[(size_t)k * (size_t)cols + (size_t)k] += ridge[k];
    /* A row-major upper triangle is LAPACK's column-major lower one. */
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', cols, gram, cols) != 0)
        return TREAD_ERR_INTERNAL;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit, cols, n_rhs, 1,
                gram, cols, x, n_rhs);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, cols, n_rhs, 1,
                gram, cols, x, n_rhs);
    return TREAD_OK;
}

void tread_linalg__multiply(int rows, int cols, int n_rhs, const double *a, const double *x,
                            double *y)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, n_rhs, cols, 1, a, cols, x, n_rhs,
                0, y, n_rhs);
}

void tread_linalg__row_products(int rows_a, int rows_b, int cols, const double *a, const double *b,
                                double *y)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows_a, rows_b, cols, 1, a, cols, b, cols,
                0, y, rows_b);
}

void tread_linalg__set_threads(int n_threads)
{
    openblas_set_num_threads(n_threads);
}

const char *tread_linalg__version(void)
{
    return openblas_get_config();
}

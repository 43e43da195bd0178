#include "linalg/linalg.h"

#include <math.h>
#include <stddef.h>

#include <cblas.h>
#include <lapacke.h>

int tread_linalg__solve_band(int n, int n_super, double *band, int n_rhs, double *b)
{
    if (n < 1 || n_super < 0 || n_super >= n || n_rhs < 1 || !band || !b)
        return TREAD_ERR_ARG;
    /* Row-major super-diagonals of A are LAPACK's column-major sub-diagonals of
     * the same (symmetric) matrix, so nothing has to be moved. */
    lapack_int info =
        LAPACKE_dpbsv_work(LAPACK_COL_MAJOR, 'L', n, n_super, n_rhs, band, n_super + 1, b, n);
    return info == 0 ? TREAD_OK : TREAD_ERR_INTERNAL;
}

void tread_linalg__band_inverse_diagonal(int n, int n_super, const double *band, double *scratch,
                                         double *diagonal)
{
    const int width = n_super + 1;
    /* band[j * width + d] is L(j + d, j), scratch the same of the inverse Z:
     * Z(i, j) = (i == j ? 1 / L(j, j) : 0) - sum_m L(m, j) Z(m, i)) / L(j, j), m = j + 1 ... */
    for (int j = n - 1; j >= 0; j--) {
        const double *l = band + (ptrdiff_t)j * width;
        int reach = n - 1 - j < n_super ? n - 1 - j : n_super;
        for (int d = reach; d >= 0; d--) {
            int i = j + d;
            double sum = d == 0 ? 1 / l[0] : 0;
            for (int e = 1; e <= reach; e++) {
                int m = j + e, low = m < i ? m : i, high = m < i ? i : m;
                sum -= l[e] * scratch[(ptrdiff_t)low * width + (high - low)];
            }
            scratch[(ptrdiff_t)j * width + d] = sum / l[0];
        }
        diagonal[j] = scratch[(ptrdiff_t)j * width];
    }
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

void tread_linalg__set_threads(int n_threads)
{
    openblas_set_num_threads(n_threads);
}

const char *tread_linalg__version(void)
{
    return openblas_get_config();
}

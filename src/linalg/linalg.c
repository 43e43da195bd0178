#include "linalg/linalg.h"

#include <cblas.h>
#include <lapacke.h>

int tread_linalg__solve_band(int n, int n_super, double *band, int n_rhs, double *b)
{
    if (n < 1 || n_super < 0 || n_super >= n || n_rhs < 1 || !band || !b)
        return TREAD_ERR_ARG;
    /* Row-major super-diagonals of A are LAPACK's column-major sub-diagonals of
     * the same (symmetric) matrix, so nothing has to be moved. */
    lapack_int info = LAPACKE_dpbsv_work(LAPACK_COL_MAJOR, 'L', n, n_super, n_rhs, band,
                                         n_super + 1, b, n);
    return info == 0 ? TREAD_OK : TREAD_ERR_INTERNAL;
}

void tread_linalg__set_threads(int n_threads)
{
    openblas_set_num_threads(n_threads);
}

const char *tread_linalg__version(void)
{
    return openblas_get_config();
}

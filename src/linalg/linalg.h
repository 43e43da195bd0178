/* linalg: the thin layer over OpenBLAS and LAPACK, the only room that includes
 * them. Matrices are plain arrays; each function says their layout.
 *
 * Threads: every function may be called from any thread on data of its own. */
#ifndef LINALG_LINALG_H
#define LINALG_LINALG_H

#include <treadscope/status.h>

/** Solve A X = B for a symmetric positive definite band matrix (LAPACK dpbsv).
 *
 *  @param         n       order of A, at least 1
 *  @param         n_super number of super-diagonals, 0 <= n_super < n
 *  @param[in,out] band    (n, n_super + 1) row-major: band[i * (n_super + 1) + k] = A(i, i + k);
 *                         entries past the last column are not referenced. Overwritten by the
 *                         Cholesky factor.
 *  @param         n_rhs   number of right hand sides
 *  @param[in,out] b       (n_rhs, n) row-major: on entry each row a right hand side, on exit
 *                         its solution
 *  @return TREAD_OK; TREAD_ERR_ARG; TREAD_ERR_INTERNAL when A is not positive definite
 *          (band and b are then undefined). Does not allocate. */
TREAD_WARN_UNUSED int tread_linalg__solve_band(int n, int n_super, double *band, int n_rhs,
                                               double *b);

/** BLAS threads of the whole process; call once from main, before other threads.
 *  treadscope runs stages side by side and wants 1. */
void tread_linalg__set_threads(int n_threads);

/** "OpenBLAS 0.3.21 …", for doctor and reports. Static. */
const char *tread_linalg__version(void);

#endif

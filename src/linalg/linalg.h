/* linalg: the thin layer over OpenBLAS and LAPACK, the only room that includes
 * them. Matrices are plain arrays; each function says their layout.
 *
 * Threads: every function may be called from any thread on data of its own. */
#ifndef LINALG_LINALG_H
#define LINALG_LINALG_H

#include <treadscope/status.h>

/** Solve A X = B for a symmetric positive definite band matrix.
 *
 *  @param         n       order of A, at least 1
 *  @param         n_super number of super-diagonals, 0 <= n_super < n
 *  @param[in,out] band    (n, n_super + 1) row-major: band[i * (n_super + 1) + k] = A(i, i + k);
 *                         entries past the last column are not referenced. Overwritten by the
 *                         factor L D L': D on the diagonal, L(i + k, i) beside it.
 *  @param         n_rhs   number of right hand sides
 *  @param[in,out] b       (n_rhs, n) row-major: on entry each row a right hand side, on exit
 *                         its solution
 *  @return TREAD_OK; TREAD_ERR_ARG; TREAD_ERR_INTERNAL when A is not positive definite
 *          (band and b are then undefined). Does not allocate. */
TREAD_WARN_UNUSED int tread_linalg__solve_band(int n, int n_super, double *band, int n_rhs,
                                               double *b);

/** Diagonal of the inverse of A, from the factor that solve_band left: what a posterior
 *  variance is made of (Takahashi, Fagan & Chin 1973; the inverse inside the band only).
 *
 *  @param[in]  band     (n, n_super + 1) as solve_band left it
 *  @param      scratch  (n, n_super + 1) doubles
 *  @param[out] diagonal (n)
 *  Does not allocate. */
void tread_linalg__band_inverse_diagonal(int n, int n_super, const double *band, double *scratch,
                                         double *diagonal);

/** Weighted least squares of several series on the same columns, by normal equations:
 *  X minimises  sum_i w_i |A_i X - B_i|^2 + sum_k ridge_k |X_k|^2.
 *
 *  @param[in]  rows, cols, n_rhs  all at least 1
 *  @param[in]  a       (rows, cols) row-major
 *  @param[in]  b       (rows, n_rhs) row-major
 *  @param[in]  w       (rows) weights, >= 0
 *  @param[in]  ridge   (cols) >= 0
 *  @param[out] x       (cols, n_rhs) row-major
 *  @param      scratch (rows * (cols + n_rhs) + cols * cols) doubles
 *  @return TREAD_OK; TREAD_ERR_ARG; TREAD_ERR_INTERNAL when the equations are singular */
TREAD_WARN_UNUSED int tread_linalg__least_squares(int rows, int cols, int n_rhs, const double *a,
                                                  const double *b, const double *w,
                                                  const double *ridge, double *x, double *scratch);

/** y = A X for the same layouts: y (rows, n_rhs). */
void tread_linalg__multiply(int rows, int cols, int n_rhs, const double *a, const double *x,
                            double *y);

/** y = A B', the scalar products of all their rows.
 *  @param[in]  a  (rows_a, cols) row-major
 *  @param[in]  b  (rows_b, cols) row-major
 *  @param[out] y  (rows_a, rows_b) row-major */
void tread_linalg__row_products(int rows_a, int rows_b, int cols, const double *a, const double *b,
                                double *y);

/** BLAS threads of the whole process; call once from main, before other threads.
 *  treadscope runs stages side by side and wants 1. */
void tread_linalg__set_threads(int n_threads);

/** "OpenBLAS 0.3.21 …", for doctor and reports. Static. */
const char *tread_linalg__version(void);

#endif

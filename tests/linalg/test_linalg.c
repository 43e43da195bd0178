/* The banded solve against a dense elimination that shares nothing with it. */
#include "support.h"

#include <string.h>

#include "linalg/linalg.h"

#define MAX_N 40
#define MAX_RHS 4
#define N_ROUNDS 200

/* Relative, in units of the largest entry of the solution. The bands are diagonally
 * dominant (condition under 1e3), so both solves lose at most three of 16 digits. */
#define SOLVE_TOLERANCE 1e-11

static uint64_t seed;

/* A random symmetric, diagonally dominant, hence positive definite band matrix. */
static void random_band(support_random *r, int n, int n_super, double dense[MAX_N][MAX_N])
{
    memset(dense, 0, sizeof(double[MAX_N][MAX_N]));
    for (int i = 0; i < n; i++)
        for (int k = 1; k <= n_super && i + k < n; k++)
            dense[i][i + k] = dense[i + k][i] = 2 * support_uniform(r) - 1;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += fabs(dense[i][j]);
        dense[i][i] = sum + 0.01 + support_uniform(r);
    }
}

/* Past the last column the band holds a value that must not be looked at. */
static void pack(double dense[MAX_N][MAX_N], int n, int n_super, double *band)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k <= n_super; k++)
            band[i * (n_super + 1) + k] = i + k < n ? dense[i][i + k] : 1e30;
}

/* Gauss with partial pivoting. */
static void solve_dense(double a[MAX_N][MAX_N], int n, double *b)
{
    for (int c = 0; c < n; c++) {
        int pivot = c;
        for (int i = c + 1; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[pivot][c]))
                pivot = i;
        for (int j = 0; j < n; j++) {
            double t = a[c][j];
            a[c][j] = a[pivot][j];
            a[pivot][j] = t;
        }
        double t = b[c];
        b[c] = b[pivot];
        b[pivot] = t;
        for (int i = c + 1; i < n; i++) {
            double f = a[i][c] / a[c][c];
            for (int j = c; j < n; j++)
                a[i][j] -= f * a[c][j];
            b[i] -= f * b[c];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
}

static void compare_one(support_random *r, int n, int n_super, int n_rhs)
{
    double dense[MAX_N][MAX_N], copy[MAX_N][MAX_N];
    double band[MAX_N * MAX_N], b[MAX_RHS * MAX_N], expected[MAX_N];
    random_band(r, n, n_super, dense);
    pack(dense, n, n_super, band);
    double rhs[MAX_RHS * MAX_N];
    for (int i = 0; i < n * n_rhs; i++)
        b[i] = rhs[i] = 200 * support_uniform(r) - 100;
    assert_int_equal(tread_linalg__solve_band(n, n_super, band, n_rhs, b), TREAD_OK);
    for (int k = 0; k < n_rhs; k++) {
        memcpy(copy, dense, sizeof copy);
        memcpy(expected, rhs + k * n, (size_t)n * sizeof *expected);
        solve_dense(copy, n, expected);
        double largest = 0;
        for (int i = 0; i < n; i++)
            largest = fmax(largest, fabs(expected[i]));
        for (int i = 0; i < n; i++)
            require_near(b[k * n + i], expected[i], SOLVE_TOLERANCE * largest);
    }
}

static void test_matches_dense(void **state)
{
    (void)state;
    support_random r = support_seeded(seed);
    for (int round = 0; round < N_ROUNDS; round++) {
        int n = 1 + (int)(support_uniform(&r) * MAX_N);
        int n_super = (int)(support_uniform(&r) * n);
        compare_one(&r, n, n_super, 1 + (int)(support_uniform(&r) * MAX_RHS));
    }
}

/* The edges a random choice may miss. */
static void test_matches_dense_at_the_edges(void **state)
{
    (void)state;
    static const struct {
        int n, n_super, n_rhs;
    } cases[] = {{1, 0, 1}, {1, 0, 3}, {2, 0, 1}, {2, 1, 2}, {4, 3, 2}, {5, 3, 2}, {40, 39, 4}};
    support_random r = support_seeded(seed + 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compare_one(&r, cases[i].n, cases[i].n_super, cases[i].n_rhs);
}

static void test_refuses_bad_arguments(void **state)
{
    (void)state;
    double band[8] = {4, 1, 4, 1, 4, 0}, b[4] = {1, 2, 3};
    assert_int_equal(tread_linalg__solve_band(0, 0, band, 1, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(-1, 0, band, 1, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(3, -1, band, 1, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(3, 3, band, 1, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(3, 1, band, 0, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(3, 1, NULL, 1, b), TREAD_ERR_ARG);
    assert_int_equal(tread_linalg__solve_band(3, 1, band, 1, NULL), TREAD_ERR_ARG);
    /* ... and left everything as it was: the same call, right, still works. */
    assert_int_equal(tread_linalg__solve_band(3, 1, band, 1, b), TREAD_OK);
}

static void test_tells_when_not_definite(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double band[6]; /* (3, 2) */
    } cases[] = {
        {"zero", {0, 0, 0, 0, 0, 0}},
        {"negative diagonal", {1, 0, -1, 0, 1, 0}},
        {"indefinite, positive diagonal", {1, 2, 1, 2, 1, 0}},
        {"singular", {1, 1, 1, 0, 1, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double band[6], b[3] = {1, 1, 1};
        memcpy(band, cases[i].band, sizeof band);
        if (tread_linalg__solve_band(3, 1, band, 1, b) != TREAD_ERR_INTERNAL)
            fail_msg("%s was solved", cases[i].what);
    }
}

static void test_inverse_diagonal_matches_dense(void **state)
{
    (void)state;
    support_random r = support_seeded(seed);
    for (int round = 0; round < N_ROUNDS; round++) {
        int n = 1 + (int)(support_uniform(&r) * (MAX_N - 1));
        int n_super = (int)(support_uniform(&r) * (n < 6 ? n : 6));
        double dense[MAX_N][MAX_N], copy[MAX_N][MAX_N], unit[MAX_N];
        double band[MAX_N * MAX_N], b[MAX_N] = {0}, scratch[MAX_N * MAX_N], diagonal[MAX_N];
        random_band(&r, n, n_super, dense);
        pack(dense, n, n_super, band);
        assert_int_equal(tread_linalg__solve_band(n, n_super, band, 1, b), TREAD_OK);
        tread_linalg__band_inverse_diagonal(n, n_super, band, scratch, diagonal);
        for (int i = 0; i < n; i++) {
            memcpy(copy, dense, sizeof copy);
            memset(unit, 0, sizeof unit);
            unit[i] = 1;
            solve_dense(copy, n, unit);
            require_near(diagonal[i], unit[i], SOLVE_TOLERANCE * fabs(unit[i]));
        }
    }
}

static void test_row_products_match_loops(void **state)
{
    (void)state;
    enum { ROWS_A = 3, ROWS_B = 33, COLS = 41 };
    support_random r = support_seeded(seed);
    double a[ROWS_A][COLS], b[ROWS_B][COLS], y[ROWS_A][ROWS_B];
    for (int k = 0; k < COLS; k++) {
        for (int i = 0; i < ROWS_A; i++)
            a[i][k] = 2 * support_uniform(&r) - 1;
        for (int j = 0; j < ROWS_B; j++)
            b[j][k] = 2 * support_uniform(&r) - 1;
    }
    tread_linalg__row_products(ROWS_A, ROWS_B, COLS, a[0], b[0], y[0]);
    for (int i = 0; i < ROWS_A; i++)
        for (int j = 0; j < ROWS_B; j++) {
            double sum = 0;
            for (int k = 0; k < COLS; k++)
                sum += a[i][k] * b[j][k];
            require_near(y[i][j], sum, 1e-14 * COLS);
        }
}

static void test_names_its_version(void **state)
{
    (void)state;
    assert_non_null(strstr(tread_linalg__version(), "OpenBLAS"));
}

int main(void)
{
    seed = support_seed("test_linalg", 20240611);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_dense),
        cmocka_unit_test(test_matches_dense_at_the_edges),
        cmocka_unit_test(test_refuses_bad_arguments),
        cmocka_unit_test(test_tells_when_not_definite),
        cmocka_unit_test(test_inverse_diagonal_matches_dense),
        cmocka_unit_test(test_row_products_match_loops),
        cmocka_unit_test(test_names_its_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

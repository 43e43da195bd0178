/* The median against sorting, on sizes and orders that selection trips over. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/median.h"

enum { MAX_N = 300 };

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(const double *values, size_t n)
{
    double sorted[MAX_N], mine[MAX_N];
    memcpy(sorted, values, n * sizeof *values);
    memcpy(mine, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    double wanted = n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
    require_near(tread_median(mine, n), wanted, 0);
    qsort(mine, n, sizeof *mine, compare_doubles);
    assert_memory_equal(mine, sorted, n * sizeof *mine); /* nothing lost */
}

static void test_matches_sorting(void **state)
{
    (void)state;
    support_random r = support_seeded(support_seed("test_median", 20261124));
    double values[MAX_N];
    for (size_t n = 1; n <= MAX_N; n++)
        for (int kind = 0; kind < 6; kind++) {
            for (size_t i = 0; i < n; i++) {
                double u = support_uniform(&r);
                const double kinds[] = {
                    u, (double)i, -(double)i, floor(4 * u), 7, (double)(i % 5) + 1e-9 * u};
                values[i] = kinds[kind];
            }
            check(values, n);
        }
}

static void test_of_nothing_is_nan(void **state)
{
    (void)state;
    double value = 3;
    require_nan(tread_median(&value, 0));
}

/* Finite it has to be, but it ends with anything, and invents no number. */
static void test_of_nans_is_nan(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MAX_N; n++) {
        double values[MAX_N];
        for (size_t i = 0; i < n; i++)
            values[i] = (double)NAN;
        require_nan(tread_median(values, n));
        values[0] = 1;
        (void)tread_median(values, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_sorting),
        cmocka_unit_test(test_of_nothing_is_nan),
        cmocka_unit_test(test_of_nans_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

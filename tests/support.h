/* What tests share: numbers compared with both values printed, random numbers
 * whose seed is printed, and where data lies that is not in the tree. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ctest: not run, and the reason printed (SKIP_RETURN_CODE in cmake/Rooms.cmake). */
#define SUPPORT_SKIPPED 77

/** Actual within `tolerance` of expected; NaN never is. Prints both. */
#define require_near(actual, expected, tolerance)                                                  \
    do {                                                                                           \
        double support_a_ = (actual), support_e_ = (expected), support_t_ = (tolerance);           \
        if (!(fabs(support_a_ - support_e_) <= support_t_))                                        \
            fail_msg("%s:%d: %s is %.9g, expected %.9g within %.3g", __FILE__, __LINE__, #actual,  \
                     support_a_, support_e_, support_t_);                                          \
    } while (0)

/** low <= actual <= high; NaN never is. Prints all three. */
#define require_between(actual, low, high)                                                         \
    do {                                                                                           \
        double support_a_ = (actual), support_l_ = (low), support_h_ = (high);                     \
        if (!(support_a_ >= support_l_ && support_a_ <= support_h_))                               \
            fail_msg("%s:%d: %s is %.9g, expected %.9g to %.9g", __FILE__, __LINE__, #actual,      \
                     support_a_, support_l_, support_h_);                                          \
    } while (0)

#define require_nan(actual)                                                                        \
    do {                                                                                           \
        double support_a_ = (actual);                                                              \
        if (!isnan(support_a_))                                                                    \
            fail_msg("%s:%d: %s is %.9g, expected NaN", __FILE__, __LINE__, #actual, support_a_);  \
    } while (0)

/** Knuth's MMIX generator: the same numbers on every machine. */
typedef struct support_random {
    uint64_t state;
} support_random;

static inline double support_uniform(support_random *r)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(r->state >> 11) + 0.5) / 9007199254740992.0; /* 2^53: inside (0, 1) */
}

/** Box-Muller; the second of each pair is not used. */
static inline double support_normal(support_random *r)
{
    double u = support_uniform(r), v = support_uniform(r);
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

static inline support_random support_seeded(uint64_t seed)
{
    support_random r = {seed};
    support_uniform(&r); /* small seeds would start alike */
    return r;
}

/** Seed of this run: TREAD_TEST_SEED, else `usual`. Prints how to repeat it. */
static inline uint64_t support_seed(const char *program, uint64_t usual)
{
    const char *text = getenv("TREAD_TEST_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : usual;
    printf("seed %llu; repeat with TREAD_TEST_SEED=%llu %s\n", (unsigned long long)seed,
           (unsigned long long)seed, program);
    return seed;
}

/** Path of a file of shared data that is not part of the tree, or NULL with the
 *  reason printed. Static buffer, overwritten by the next call. */
static inline const char *support_shared(const char *name)
{
    static char path[4096];
    const char *dir = getenv("TREAD_SHARED_DIR");
    if (!dir || !*dir) {
        printf("skipped: TREAD_SHARED_DIR is not set, so there is no %s\n", name);
        return NULL;
    }
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        printf("skipped: %s is not there\n", path);
        return NULL;
    }
    fclose(f);
    return path;
}

#endif

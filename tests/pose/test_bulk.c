/* Memory for weights: blocks are what they say, keep apart, and go back to the system. */
#include "support.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "pose/bulk.h"

enum { N_BLOCKS = 400, N_THREADS = 4 };

typedef struct block {
    uint8_t *at;
    size_t n_bytes;
    uint8_t mark;
} block;

/* Mostly small ones, some of megabytes, a few with a slab of their own. */
static size_t some_size(support_random *random)
{
    double u = support_uniform(random);
    double most = u < 0.9 ? 3e4 : u < 0.99 ? 3e6 : 2e7;
    return (size_t)(support_uniform(random) * most);
}

static bool is_all(const block *b, uint8_t value)
{
    return b->n_bytes == 0 || (b->at[0] == value && memcmp(b->at, b->at + 1, b->n_bytes - 1) == 0);
}

static bool take(block *b, support_random *random, int i)
{
    *b = (block){.n_bytes = some_size(random), .mark = (uint8_t)(1 + i % 255)};
    b->at = tread_pose__bulk_alloc(b->n_bytes);
    if (!b->at || (uintptr_t)b->at % POSE_BULK_ALIGN || !is_all(b, 0))
        return false;
    memset(b->at, b->mark, b->n_bytes);
    return true;
}

static bool give_back(block *b)
{
    bool is_kept = is_all(b, b->mark);
    tread_pose__bulk_free(b->at);
    b->at = NULL;
    return is_kept;
}

/* Takes and gives back in no order. @return `seed`; NULL: something was wrong */
static void *use(void *seed)
{
    support_random random = support_seeded(*(const uint64_t *)seed);
    block blocks[20] = {{NULL, 0, 0}};
    bool is_well = true;
    for (int i = 0; i < N_BLOCKS; i++) {
        block *b = &blocks[(size_t)(support_uniform(&random) * 20)];
        if (b->at)
            is_well = give_back(b) && is_well;
        is_well = take(b, &random, i) && is_well;
    }
    for (int i = 0; i < 20; i++)
        if (blocks[i].at)
            is_well = give_back(&blocks[i]) && is_well;
    return is_well ? seed : NULL;
}

static long mapped_kb(void)
{
    long kb = -1;
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmSize: %ld", &kb) == 1)
            break;
    fclose(f);
    return kb;
}

static void blocks_keep_apart(void **state)
{
    (void)state;
    uint64_t seed = 7;
    assert_non_null(use(&seed));
    tread_pose__bulk_free(NULL);
    assert_null(tread_pose__bulk_alloc(SIZE_MAX));
}

static void memory_goes_back(void **state)
{
    (void)state;
    uint64_t seed = 8;
    assert_non_null(use(&seed));
    long before_kb = mapped_kb();
    for (int i = 0; i < 3; i++)
        assert_non_null(use(&seed));
    if (!BASE_HAS_ASAN)
        assert_int_equal(mapped_kb(), before_kb);
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t threads[N_THREADS];
    uint64_t seeds[N_THREADS];
    for (int i = 0; i < N_THREADS; i++) {
        seeds[i] = 10 + (uint64_t)i;
        assert_int_equal(pthread_create(&threads[i], NULL, use, &seeds[i]), 0);
    }
    for (int i = 0; i < N_THREADS; i++) {
        void *done;
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, &seeds[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_apart),
        cmocka_unit_test(memory_goes_back),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

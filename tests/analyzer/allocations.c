#include "analyzer/allocations.h"

#include <malloc.h>
#include <stdlib.h>

static size_t held;
static int countdown;
static int has_refused;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

size_t allocations_held(void)
{
    return held;
}

void allocations_refuse(int n)
{
    countdown = n;
    has_refused = 0;
}

int allocations_has_refused(void)
{
    return has_refused;
}

static int refuse(void)
{
    if (countdown == 0 || --countdown > 0)
        return 0;
    has_refused = 1;
    return 1;
}

static void *count(void *p)
{
    if (p)
        held += malloc_usable_size(p);
    return p;
}

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return refuse() ? NULL : count(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
    if (refuse())
        return NULL;
    size_t before = p ? malloc_usable_size(p) : 0;
    void *larger = __real_realloc(p, size);
    if (larger)
        held -= before;
    return count(larger);
}

void __wrap_free(void *p)
{
    if (p)
        held -= malloc_usable_size(p);
    __real_free(p);
}

#define _DEFAULT_SOURCE /* madvise */
#include "pose/bulk.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/compiler.h"

/* Also where a slab begins: a block's slab is found from its address. Taken as it is written to, a
 * large page at a time. */
#define SLAB_BYTES ((size_t)16 << 20)
/* Of this size on, a block has a slab of its own. */
#define OWN_BYTES (SLAB_BYTES / 2)

typedef struct slab {
    size_t n_bytes; /* mapped */
    size_t n_used;
    size_t n_blocks; /* and one while blocks are taken from it */
} slab;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of `current`, and of every slab */
static slab *current;

static size_t aligned(size_t n)
{
    return (n + POSE_BULK_ALIGN - 1) / POSE_BULK_ALIGN * POSE_BULK_ALIGN;
}

static slab *map_slab(size_t n_bytes)
{
    n_bytes = (n_bytes + SLAB_BYTES - 1) / SLAB_BYTES * SLAB_BYTES;
    size_t n_mapped = n_bytes + SLAB_BYTES; /* some of it begins where it should */
    char *at = mmap(NULL, n_mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = (SLAB_BYTES - (uintptr_t)at % SLAB_BYTES) % SLAB_BYTES;
    if (before > 0)
        munmap(at, before);
    munmap(at + before + n_bytes, n_mapped - before - n_bytes);
    slab *s = (slab *)(at + before);
    (void)madvise(s, n_bytes, MADV_HUGEPAGE); /* without them it is slower */
    *s = (slab){.n_bytes = n_bytes, .n_used = aligned(sizeof *s)};
    return s;
}

/* The next two: with the lock held. */

static void let_go(slab *s)
{
    if (--s->n_blocks == 0)
        munmap(s, s->n_bytes);
}

static slab *slab_with_room(size_t n_bytes)
{
    if (n_bytes >= OWN_BYTES)
        return map_slab(aligned(sizeof(slab)) + n_bytes);
    if (current && n_bytes <= current->n_bytes - current->n_used)
        return current;
    slab *s = map_slab(SLAB_BYTES);
    if (s) {
        s->n_blocks = 1;
        if (current)
            let_go(current);
        current = s;
    }
    return s;
}

void *tread_pose__bulk_alloc(size_t n_bytes)
{
    if (n_bytes > SIZE_MAX / 4)
        return NULL;
    n_bytes = aligned(n_bytes + (n_bytes == 0));
    if (BASE_HAS_ASAN) {
        void *plain = aligned_alloc(POSE_BULK_ALIGN, n_bytes);
        return plain ? memset(plain, 0, n_bytes) : NULL;
    }
    pthread_mutex_lock(&lock);
    slab *s = slab_with_room(n_bytes);
    void *block = s ? (char *)s + s->n_used : NULL;
    if (s) {
        s->n_used += n_bytes;
        s->n_blocks++;
    }
    pthread_mutex_unlock(&lock);
    return block;
}

void tread_pose__bulk_free(void *block)
{
    if (BASE_HAS_ASAN) {
        free(block);
        return;
    }
    if (!block)
        return;
    slab *s = (slab *)((char *)block - (uintptr_t)block % SLAB_BYTES);
    pthread_mutex_lock(&lock);
    bool is_bare = s == current && s->n_blocks == 2; /* but for this block */
    if (is_bare) {
        current = NULL;
        let_go(s);
    }
    let_go(s);
    pthread_mutex_unlock(&lock);
}

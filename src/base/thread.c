/* pthread_setname_np is not in POSIX; Linux has it. */
#define _GNU_SOURCE
#include "base/thread.h"

#include <sched.h>

int tread_thread__start(pthread_t *out, const char *name, void *(*run)(void *), void *data)
{
    if (pthread_create(out, NULL, run, data) != 0)
        return TREAD_ERR_NOMEM;
    pthread_setname_np(*out, name);
    return TREAD_OK;
}

int tread_thread__n_cores(void)
{
    cpu_set_t cores;
    int n = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return n > 0 ? n : 1;
}

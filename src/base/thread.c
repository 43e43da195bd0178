/* pthread_setname_np is not in POSIX; Linux has it. */
#define _GNU_SOURCE
#include "base/thread.h"

int tread_thread__start(pthread_t *out, const char *name, void *(*run)(void *), void *data)
{
    if (pthread_create(out, NULL, run, data) != 0)
        return TREAD_ERR_NOMEM;
    pthread_setname_np(*out, name);
    return TREAD_OK;
}

/* A named thread. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

#include <treadscope/status.h>

/** Start `run(data)` in a thread called `name` (at most 15 characters, shown by
 *  debuggers and top). Join it with pthread_join.
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_thread__start(pthread_t *out, const char *name, void *(*run)(void *),
                                          void *data);

/** Cores this process may use; 1 at least. Any thread. */
int tread_thread__n_cores(void);

#endif

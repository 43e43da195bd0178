/* The one monotonic clock. Only for measuring how long things take and for
 * pacing; the time of a frame is its presentation time and never comes from
 * here. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/** Nanoseconds since an arbitrary start, never going back. Any thread. */
int64_t tread_clock__now_ns(void);

/** CPU time used by the calling thread so far, nanoseconds. */
int64_t tread_clock__thread_cpu_ns(void);

#endif

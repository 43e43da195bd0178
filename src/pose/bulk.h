/* Private to pose: memory for weights and what XNNPACK makes of them. It is written once, some tens
 * of MB within a tenth of a second, and nearly all of that time would go into being given it 4 kB
 * at a time. So it comes from slabs on the system's large pages, where it has them: `heavy` starts
 * in half the time. */
#ifndef POSE_BULK_H
#define POSE_BULK_H

#include <stddef.h>

/** Zeroed, on a POSE_BULK_ALIGN boundary. A slab goes back to the system with the last block in it:
 *  for what comes and goes together. Any thread.
 *  @return NULL when memory ran out */
void *tread_pose__bulk_alloc(size_t n_bytes);

/** NULL-safe. Any thread. */
void tread_pose__bulk_free(void *block);

enum { POSE_BULK_ALIGN = 128 };

#endif

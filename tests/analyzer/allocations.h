/* Watches malloc and its kin in everything linked statically (--wrap): how much is
 * held, and what happens when the n-th request is refused. */
#ifndef TESTS_ANALYZER_ALLOCATIONS_H
#define TESTS_ANALYZER_ALLOCATIONS_H

#include <stddef.h>

/** Bytes held now, as the allocator rounds them. */
size_t allocations_held(void);

/** Refuse the n-th request from now on, counted from 1; 0 = none. */
void allocations_refuse(int n);

/** Whether a refusal has happened since allocations_refuse. */
int allocations_has_refused(void);

#endif

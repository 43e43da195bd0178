/* Private to motion: stride phase from pairs of points whose order is unknown. */
#ifndef MOTION_PHASE_H
#define MOTION_PHASE_H

#include <stdbool.h>
#include <stddef.h>

/** Doubles of scratch for n frames. */
size_t motion_phase_scratch(size_t n);

/** @param[in]  d       (n, n_dims) differences left - right, x and y alternating; NaN = missing
 *  @param[in]  time_s  (n) increasing
 *  @param[out] phase   (n) in strides, continuous; its zero is arbitrary, and so is half a stride
 *  @return whether a stride was found */
bool motion_phase(const double *d, int n_dims, const double *time_s, size_t n, double *scratch,
                  double *phase);

#endif

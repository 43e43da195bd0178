/* The middle of some numbers, in linear time. */
#ifndef BASE_MEDIAN_H
#define BASE_MEDIAN_H

#include <stddef.h>

/** Median; of an even number the mean of the two in the middle, of none NaN.
 *  @param values  (n) finite; in another order afterwards
 *  Any thread. */
double tread_median(double *values, size_t n);

#endif

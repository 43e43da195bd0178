#include "base/median.h"

#include <math.h>

static double middle_of(double a, double b, double c)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Values below `limit` to the front of v[from ... to). No branch hangs on the data: of random
 * numbers half of them would be mispredicted, and cost more than all the rest.
 * @return the first of the others */
static size_t partition(double *v, size_t from, size_t to, double limit)
{
    size_t end = from;
    for (size_t i = from; i < to; i++) {
        double x = v[i];
        v[i] = v[end];
        v[end] = x;
        end += x < limit;
    }
    return end;
}

/* Hoare's selection: puts the k-th smallest in its place, smaller ones before it. */
static void select_kth(double *v, size_t n, size_t k)
{
    size_t low = 0, high = n;
    while (high - low > 1) {
        /* The middle one of three as pivot: sorted input costs no more than random. */
        double pivot = middle_of(v[low], v[low + (high - low) / 2], v[high - 1]);
        size_t end = partition(v, low, high, pivot);
        if (k < end) {
            high = end;
        } else if (end > low) {
            low = end;
        } else { /* none is smaller: its equals come off */
            end = partition(v, low, high, nextafter(pivot, INFINITY));
            if (k < end || end == low) /* or what is left is not finite */
                return;
            low = end;
        }
    }
}

double tread_median(double *values, size_t n)
{
    if (n == 0)
        return (double)NAN;
    size_t k = n / 2;
    select_kth(values, n, k);
    if (n % 2)
        return values[k];
    double below = values[0];
    for (size_t i = 1; i < k; i++)
        below = values[i] > below ? values[i] : below;
    return 0.5 * (below + values[k]);
}

#include "base/median.h"

#include <math.h>

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

/* Hoare's selection: puts the k-th smallest in its place, smaller ones before it. */
static void select_kth(double *v, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        /* The middle one of three as pivot: sorted input costs no more than random. */
        size_t mid = low + (high - low) / 2;
        if (v[mid] < v[low])
            swap(&v[mid], &v[low]);
        if (v[high] < v[low])
            swap(&v[high], &v[low]);
        if (v[high] < v[mid])
            swap(&v[high], &v[mid]);
        double pivot = v[mid];
        size_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                swap(&v[i], &v[j]);
                i++;
                if (j-- == 0)
                    break;
            }
        }
        if (k <= j && j < high)
            high = j;
        else if (k >= i)
            low = i;
        else
            return; /* between: equal to the pivot */
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

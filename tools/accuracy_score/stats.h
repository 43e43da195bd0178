/* Differences gathered so that gatherings can be added up. */
#ifndef ACCURACY_STATS_H
#define ACCURACY_STATS_H

#include <stddef.h>

/* All double: written to and read from score lines as they stand. */
typedef struct acc_stat {
    double expected; /* values the truth has */
    double n;        /* of them measured */
    double sum, sum_sq, sum_abs;
    double worst;  /* largest absolute difference */
    double within; /* sum of squares about the mean of each clip and side: what is left when a
                      constant offset is taken off. Set by acc_stat_close */
} acc_stat;

#define ACC_STAT_FIELDS (sizeof(acc_stat) / (sizeof(double)))

/** One value the truth has; a NaN difference is one that was not measured. */
void acc_stat_add(acc_stat *s, double difference);

/** After the last value of one side of one clip. */
void acc_stat_close(acc_stat *s);

/** Add `from`, closed, to `into`. */
void acc_stat_merge(acc_stat *into, const acc_stat *from);

/* NaN when there are too few values. */
double acc_stat_bias(const acc_stat *s);
double acc_stat_sd(const acc_stat *s); /* about the bias of all */
double acc_stat_mae(const acc_stat *s);
double acc_stat_rmse(const acc_stat *s);
double acc_stat_rmse_free(const acc_stat *s); /* each clip's own offset taken off */
double acc_stat_coverage(const acc_stat *s);  /* n / expected, % */

#endif

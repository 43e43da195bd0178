#include "stats.h"

#include <math.h>

void acc_stat_add(acc_stat *s, double difference)
{
    s->expected++;
    if (!isfinite(difference))
        return;
    s->n++;
    s->sum += difference;
    s->sum_sq += difference * difference;
    s->sum_abs += fabs(difference);
    s->worst = fmax(s->worst, fabs(difference));
}

/* Sum of squares about the mean; rounding can take it just below zero. */
static double about_mean(const acc_stat *s)
{
    return s->n > 0 ? fmax(0, s->sum_sq - s->sum * s->sum / s->n) : 0;
}

void acc_stat_close(acc_stat *s)
{
    s->within = about_mean(s);
}

void acc_stat_merge(acc_stat *into, const acc_stat *from)
{
    into->expected += from->expected;
    into->n += from->n;
    into->sum += from->sum;
    into->sum_sq += from->sum_sq;
    into->sum_abs += from->sum_abs;
    into->worst = fmax(into->worst, from->worst);
    into->within += from->within;
}

double acc_stat_bias(const acc_stat *s)
{
    return s->n > 0 ? s->sum / s->n : (double)NAN;
}

double acc_stat_sd(const acc_stat *s)
{
    return s->n > 1 ? sqrt(about_mean(s) / (s->n - 1)) : (double)NAN;
}

double acc_stat_mae(const acc_stat *s)
{
    return s->n > 0 ? s->sum_abs / s->n : (double)NAN;
}

double acc_stat_rmse(const acc_stat *s)
{
    return s->n > 0 ? sqrt(s->sum_sq / s->n) : (double)NAN;
}

double acc_stat_rmse_free(const acc_stat *s)
{
    return s->n > 1 ? sqrt(s->within / s->n) : (double)NAN;
}

double acc_stat_coverage(const acc_stat *s)
{
    return s->expected > 0 ? 100 * s->n / s->expected : (double)NAN;
}

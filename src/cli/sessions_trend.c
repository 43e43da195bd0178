/* treadscope sessions trend: one measure over the weeks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/sessions_parts.h"

#define WEEK_S (7 * 24 * 3600.0)
#define CHART_COLUMNS 41
/* The chart shows the newest; the slope is of all. */
#define CHART_ROWS 30
/* Belt speeds that differ by more are remarked on: cadence rises by some 3 steps a minute per km/h
 * (our judgement from the literature on speed and cadence), three times what it may be off. */
#define SAME_SPEED_KMH 0.5

typedef struct point {
    int64_t session, started_utc;
    double weeks, value, half; /* since the first; half of the 95 % interval */
    double speed_kmh, speed_max_kmh;
} point;

typedef struct series {
    point *points; /* (n) oldest first */
    size_t n, size;
    size_t n_unsure; /* left out: no interval */
    bool is_out_of_memory;
} series;

static bool take_point(void *user, const tread_store_measure *m)
{
    series *s = user;
    double half = cli_half(m->low, m->high);
    if (!(half > 0)) {
        s->n_unsure++;
        return true;
    }
    if (s->n == s->size) {
        size_t size = s->size ? 2 * s->size : 64;
        point *more = realloc(s->points, size * sizeof *more);
        s->is_out_of_memory = !more;
        if (!more)
            return false;
        s->points = more;
        s->size = size;
    }
    int64_t first_utc = s->n ? s->points[0].started_utc : m->started_utc;
    s->points[s->n++] = (point){.session = m->session,
                                .started_utc = m->started_utc,
                                .weeks = (double)(m->started_utc - first_utc) / WEEK_S,
                                .value = m->value,
                                .half = half,
                                .speed_kmh = m->speed_kmh,
                                .speed_max_kmh = m->speed_max_kmh};
    return true;
}

/* 97.5 % quantile of Student's t: exact at 1 and 2, then the expansion of Abramowitz & Stegun
 * 26.7.5 to its second term, within 1 %. */
static double student(size_t dof)
{
    const double z = 1.959964;
    double n = (double)dof;
    if (dof == 1)
        return 12.706;
    if (dof == 2)
        return 4.303;
    return z + (z * z * z + z) / (4 * n) + (5 * pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

/* Weighted least squares of a line, each session by its own uncertainty. The slope's 95 % interval
 * is the wider of what those uncertainties make of it and what the scatter about the line does:
 * a runner differs from day to day by more than the measurement. NaN under three sessions, or when
 * all are of one moment. */
static void fit(const series *s, double *slope, double *half)
{
    double sum_w = 0, mean_t = 0, mean_y = 0, tt = 0, ty = 0, scatter = 0;
    *slope = *half = (double)NAN;
    for (size_t i = 0; i < s->n; i++) {
        double w = 1 / (s->points[i].half * s->points[i].half);
        sum_w += w;
        mean_t += w * s->points[i].weeks;
        mean_y += w * s->points[i].value;
    }
    mean_t /= sum_w;
    mean_y /= sum_w;
    for (size_t i = 0; i < s->n; i++) {
        double w = 1 / (s->points[i].half * s->points[i].half), t = s->points[i].weeks - mean_t;
        tt += w * t * t;
        ty += w * t * (s->points[i].value - mean_y);
    }
    if (s->n < 3 || !(tt > 0))
        return;
    *slope = ty / tt;
    for (size_t i = 0; i < s->n; i++) {
        const point *p = &s->points[i];
        double off = p->value - mean_y - *slope * (p->weeks - mean_t);
        scatter += off * off / (p->half * p->half);
    }
    /* Weights are of halves, so 1/sqrt(tt) is a half as well. */
    double by_scatter = student(s->n - 2) * sqrt(scatter / (double)(s->n - 2) / tt);
    *half = fmax(1 / sqrt(tt), by_scatter);
}

/* ---- text --------------------------------------------------------------------------------- */

static int column_of(double value, double low, double high)
{
    return (int)lround((CHART_COLUMNS - 1) * (value - low) / (high - low));
}

static void put_chart(const series *s, size_t from, int n_decimals)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = from; i < s->n; i++) {
        low = fmin(low, s->points[i].value - s->points[i].half);
        high = fmax(high, s->points[i].value + s->points[i].half);
    }
    for (size_t i = from; i < s->n; i++) {
        const point *p = &s->points[i];
        char bar[CHART_COLUMNS + 1], date[CLI_DATE_CHARS], speed[32], value[64];
        memset(bar, ' ', CHART_COLUMNS);
        bar[CHART_COLUMNS] = '\0';
        int end = column_of(p->value + p->half, low, high);
        for (int c = column_of(p->value - p->half, low, high); c <= end; c++)
            bar[c] = '-';
        bar[column_of(p->value, low, high)] = 'o';
        cli_date(date, p->started_utc);
        cli_speed_text(speed, sizeof speed, p->speed_kmh, p->speed_max_kmh);
        snprintf(value, sizeof value, "%.*f \302\261 %.*f", n_decimals, p->value, n_decimals,
                 p->half);
        printf("%6lld  %s  %9s  ", (long long)p->session, date, speed);
        cli_put_cell(stdout, value, 16);
        printf(" |%s|\n", bar);
    }
}

static void put_slope(const series *s, const tread_measure_info *info)
{
    double slope, half;
    fit(s, &slope, &half);
    if (isnan(slope)) {
        puts("No slope: it takes three sessions that are not of one moment.");
        return;
    }
    int n = info->n_decimals + 1;
    printf("%+.*f \302\261 %.*f %s a week: %s\n", n, slope, n, half, info->unit,
           fabs(slope) > half ? (slope > 0 ? "rising" : "falling") : "no trend beyond doubt");
}

static void put_warning(const series *s)
{
    double slowest = INFINITY, fastest = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        slowest = fmin(slowest, s->points[i].speed_kmh);
        fastest = fmax(fastest, s->points[i].speed_max_kmh);
    }
    if (fastest - slowest > SAME_SPEED_KMH)
        printf("Speeds from %.1f to %.1f km/h: many numbers change with speed.\n", slowest,
               fastest);
    if (s->n_unsure)
        printf("%zu sessions left out: how far their number may be off is not known.\n",
               s->n_unsure);
}

int cli_sessions_trend(tread_store *store, const cli_sessions_options *o, const char *key)
{
    int id = cli_find_measure(key);
    if (id < 0) {
        fprintf(stderr,
                "treadscope: sessions: no measure `%s`; `treadscope rules --measures` lists them\n",
                key);
        return CLI_USAGE;
    }
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
    series s = {.n = 0};
    tread_error err;
    int status = tread_store__trend(store, key, o->side, o->runner, take_point, &s, &err);
    if (status == TREAD_OK && s.is_out_of_memory)
        status = tread_error__set(&err, TREAD_ERR_NOMEM, "out of memory");
    if (status == TREAD_OK && s.n == 0) {
        printf("No session has it.\n");
    } else if (status == TREAD_OK) {
        size_t from = s.n > CHART_ROWS ? s.n - CHART_ROWS : 0;
        printf("%s, %s%s%s\n\n    id  date              km/h\n", info->title, info->unit,
               strcmp(o->side, "both") == 0 ? "" : ", ",
               strcmp(o->side, "both") == 0 ? "" : o->side);
        put_chart(&s, from, info->n_decimals);
        putchar('\n');
        put_slope(&s, info);
        put_warning(&s);
    }
    free(s.points);
    return status == TREAD_OK ? CLI_DONE : cli_fail_sessions(status, &err);
}

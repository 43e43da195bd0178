#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct line {
    char clip[64], measure[64], leg[16], statistic[32], relation[4];
    double limit;
} line;

static const acc_score *find_score(const acc_score *scores, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(scores[i].name, name) == 0)
            return &scores[i];
    return NULL;
}

static const acc_stat *find_stat(const acc_score *s, const line *l, int where)
{
    for (int i = 0; i < ACC_N_ANGLES; i++)
        if (strcmp(l->measure, acc_angles[i].key) == 0)
            return &s->angle[i][where];
    for (int i = 0; i < ACC_N_STEP_VALUES; i++)
        if (strcmp(l->measure, acc_step_values[i].key) == 0)
            return &s->step[i][where];
    /* Clip values share names with step values: "clip:cadence_spm". */
    for (int i = 0; strncmp(l->measure, "clip:", 5) == 0 && i < ACC_N_CLIP_VALUES; i++)
        if (strcmp(l->measure + 5, acc_clip_values[i].key) == 0)
            return &s->clip[i][where];
    return NULL;
}

static double stat_value(const acc_stat *s, const char *name)
{
    const struct {
        const char *name;
        double value;
    } all[] = {
        {"bias", fabs(acc_stat_bias(s))},   {"sd", acc_stat_sd(s)},
        {"mae", acc_stat_mae(s)},           {"rmse", acc_stat_rmse(s)},
        {"free", acc_stat_rmse_free(s)},    {"worst", s->n > 0 ? s->worst : (double)NAN},
        {"measured", acc_stat_coverage(s)},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i].name) == 0)
            return all[i].value;
    return NAN;
}

static double events_value(const acc_events *e, const char *name)
{
    return strcmp(name, "missed") == 0           ? e->missed
           : strcmp(name, "extra") == 0          ? e->extra
           : strcmp(name, "wrong_class") == 0    ? e->wrong_class
           : strcmp(name, "wrong_rearfoot") == 0 ? e->wrong_rearfoot
           : strcmp(name, "true") == 0           ? e->true_steps
                                                 : (double)NAN;
}

static double legs_value(const acc_legs *l, const char *name)
{
    return l->apart == 0                    ? (double)NAN
           : strcmp(name, "exchanged") == 0 ? 100 * l->exchanged / l->apart
           : strcmp(name, "on_one") == 0    ? 100 * l->on_one / l->apart
                                            : (double)NAN;
}

/* NaN: not measured, or nothing is called so. */
static double value_of(const acc_score *s, const line *l)
{
    int where = strcmp(l->leg, "far") == 0 ? ACC_FAR : ACC_NEAR;
    if (strcmp(l->measure, "steps") == 0)
        return events_value(&s->events[where], l->statistic);
    if (strcmp(l->measure, "knees") == 0)
        return legs_value(&s->legs[ACC_GROUP_KNEE], l->statistic);
    if (strcmp(l->measure, "feet") == 0)
        return legs_value(&s->legs[ACC_GROUP_FOOT], l->statistic);
    const acc_stat *stat = find_stat(s, l, where);
    return stat ? stat_value(stat, l->statistic) : (double)NAN;
}

static bool holds(const line *l, double v)
{
    return strcmp(l->relation, "<=") == 0 ? v <= l->limit : v >= l->limit;
}

/* @return 1 a line, 0 nothing on it, -1 not understood */
static int parse(const char *text, line *l)
{
    char bare[256], rest[2];
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(text, "#\n"), text);
    if (bare[strspn(bare, " \t")] == '\0')
        return 0;
    int n = sscanf(bare, "%63s %63s %15s %31s %3s %lf %1s", l->clip, l->measure, l->leg,
                   l->statistic, l->relation, &l->limit, rest);
    return n == 6 && (strcmp(l->relation, "<=") == 0 || strcmp(l->relation, ">=") == 0) ? 1 : -1;
}

int acc_check(const acc_score *scores, size_t n, const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "accuracy_score: %s cannot be read\n", path);
        return -1;
    }
    char text[512];
    int n_broken = 0, n_checked = 0, status = 0;
    for (int number = 1; status >= 0 && fgets(text, sizeof text, f); number++) {
        line l;
        status = parse(text, &l);
        if (status < 0)
            fprintf(stderr, "accuracy_score: %s:%d is not understood\n", path, number);
        const acc_score *s = status > 0 ? find_score(scores, n, l.clip) : NULL;
        if (!s)
            continue;
        double v = value_of(s, &l);
        bool is_kept = holds(&l, v);
        printf("%s %s %s %s %s: %.3g, %s %g\n", is_kept ? "ok    " : "BROKEN", l.clip, l.measure,
               l.leg, l.statistic, v, l.relation, l.limit);
        n_broken += !is_kept;
        n_checked++;
    }
    fclose(f);
    if (status >= 0 && n_checked == 0)
        fprintf(stderr, "accuracy_score: %s names none of these clips\n", path);
    return status < 0 || n_checked == 0 ? -1 : n_broken;
}

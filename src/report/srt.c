/* faults.srt: subtitles for the clip, one for each fault while it lasts, in order of their
 * beginning. Faults that last together overlap, and players show them above one another. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "report/report.h"

static void put_time(FILE *f, double time_s)
{
    long long ms = llround(1000 * fmax(time_s, 0));
    fprintf(f, "%02lld:%02lld:%02lld,%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
            ms % 1000);
}

static void put_number(FILE *f, double value, int n_decimals)
{
    double half_unit = 0.5 * pow(10, -n_decimals);
    fprintf(f, "%.*f", n_decimals, fabs(value) < half_unit ? 0.0 : value); /* no "-0.0" */
}

static void put_usual(FILE *f, const tread_fault *fault)
{
    int n_decimals = tread_measure_describe(fault->measure)->n_decimals;
    put_number(f, fault->value, n_decimals);
    if (*fault->unit)
        fprintf(f, " %s", fault->unit);
    fputs(", usual ", f);
    put_number(f, fault->usual_low, n_decimals);
    fputs(" to ", f);
    put_number(f, fault->usual_high, n_decimals);
}

static int by_begin(const void *a, const void *b)
{
    const tread_fault *x = *(const tread_fault *const *)a, *y = *(const tread_fault *const *)b;
    if (x->begin_s != y->begin_s)
        return x->begin_s < y->begin_s ? -1 : 1;
    return (x > y) - (x < y); /* in one array: as they were raised */
}

/* The clip's seconds in one of the runner's: slow motion plays slower than it was run. */
static double playing_speed(const tread_run *run)
{
    double filmed_fps = run->opts->capture_fps, played_fps = run->facts->stated_fps;
    return filmed_fps > 0 && played_fps > 0 ? filmed_fps / played_fps : 1;
}

static void put_cue(FILE *f, const tread_run *run, size_t number, const tread_fault *fault,
                    double last_s)
{
    tread_rule_info rule;
    double speed = playing_speed(run);
    double end_s = isfinite(fault->end_s) ? fault->end_s : last_s;
    tread_rules_describe(run->rules, fault->rule, &rule);
    fprintf(f, "%zu\n", number);
    put_time(f, speed * fault->begin_s);
    fputs(" --> ", f);
    /* A cue takes time: players drop one that ends as it begins. */
    put_time(f, speed * fmax(end_s, fault->begin_s + 0.001));
    fprintf(f, "\n%s", rule.title);
    if (fault->side != TREAD_BOTH)
        fprintf(f, ", %s", tread_side_name(fault->side));
    fputs(": ", f);
    put_usual(f, fault);
    fprintf(f, "\n%s\n\n", rule.cue);
}

int tread_report__srt(FILE *f, const tread_run *run, tread_error *err)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    const tread_fault **sorted = malloc((run->n_faults + 1) * sizeof *sorted);
    if (!sorted)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < run->n_faults; i++)
        sorted[i] = &run->faults[i];
    qsort(sorted, run->n_faults, sizeof *sorted, by_begin);
    for (size_t i = 0; i < run->n_faults; i++)
        put_cue(f, run, i + 1, sorted[i], v.last_s);
    free(sorted);
    return TREAD_OK;
}

#include "table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const where_names[] = {"near", "far"};

/* ---- cells ---------------------------------------------------------------------------- */

static void cell(double v, int n_decimals)
{
    if (!isfinite(v)) {
        fputs(" – |", stdout);
        return;
    }
    double half_unit = 0.5 * pow(10, -n_decimals);
    printf(" %.*f |", n_decimals, fabs(v) < half_unit ? 0.0 : v); /* no "-0.0" */
}

/* "+3.1 ± 4.2" */
static void cell_spread(const acc_stat *s, int n_decimals)
{
    double bias = acc_stat_bias(s), sd = acc_stat_sd(s);
    if (!isfinite(bias))
        fputs(" – |", stdout);
    else if (!isfinite(sd))
        printf(" %+.*f |", n_decimals, bias);
    else
        printf(" %+.*f ± %.*f |", n_decimals, bias, n_decimals, sd);
}

static void cell_share(double part, double whole)
{
    if (whole > 0)
        printf(" %.0f of %.0f |", part, whole);
    else
        fputs(" – |", stdout);
}

static void cell_percent(double part, double whole)
{
    cell(whole > 0 ? 100 * part / whole : (double)NAN, 1);
}

/* "near / far" of one statistic */
static void cell_pair(const acc_stat s[ACC_N_WHERES], double (*statistic)(const acc_stat *))
{
    for (int w = 0; w < ACC_N_WHERES; w++) {
        double v = statistic(&s[w]);
        fputs(w > 0 ? " / " : " ", stdout);
        if (isfinite(v))
            printf("%.1f", v);
        else
            fputs("–", stdout);
    }
    fputs(" |", stdout);
}

static acc_events both(const acc_events e[ACC_N_WHERES])
{
    acc_events sum;
    const double *a = (const double *)&e[0], *b = (const double *)&e[1];
    double *out = (double *)&sum;
    for (size_t i = 0; i < ACC_EVENT_FIELDS; i++)
        out[i] = a[i] + b[i];
    return sum;
}

/* ---- all measures ----------------------------------------------------------------------- */

static void measure_head(const char *what, bool has_offsets)
{
    printf("\n| %s | leg | n | measured %% | bias | SD | MAE | RMSE | %sworst |\n"
           "|---|---|--:|--:|--:|--:|--:|--:|%s--:|\n",
           what, has_offsets ? "offset-free | " : "", has_offsets ? "--:|" : "");
}

static void measure_rows(const acc_measure *m, size_t n, const acc_stat (*stats)[ACC_N_WHERES],
                         const char *const *legs, bool has_offsets)
{
    for (size_t i = 0; i < n; i++)
        for (int w = 0; w < (m[i].is_sided ? ACC_N_WHERES : 1); w++) {
            const acc_stat *s = &stats[i][w];
            if (s->expected == 0)
                continue;
            printf("| %s, %s | %s | %.0f |", m[i].title, m[i].unit, m[i].is_sided ? legs[w] : "",
                   s->n);
            cell(acc_stat_coverage(s), 0);
            cell(acc_stat_bias(s), m[i].n_decimals);
            cell(acc_stat_sd(s), m[i].n_decimals);
            cell(acc_stat_mae(s), m[i].n_decimals);
            cell(acc_stat_rmse(s), m[i].n_decimals);
            if (has_offsets)
                cell(acc_stat_rmse_free(s), m[i].n_decimals);
            cell(s->n > 0 ? s->worst : (double)NAN, m[i].n_decimals);
            putchar('\n');
        }
}

static void event_rows(const acc_score *s, const char *const *legs)
{
    fputs("\n| steps | true | missed | extra | of them the other foot's | strike classes | wrong "
          "of three | wrong rearfoot or not |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
          stdout);
    for (int w = 0; w < ACC_N_WHERES; w++) {
        const acc_events *e = &s->events[w];
        printf("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |\n", legs[w], e->true_steps,
               e->missed, e->extra, e->wrong_side, e->strikes, e->wrong_class, e->wrong_rearfoot);
    }
}

static void leg_rows(const acc_score *s)
{
    static const char *const titles[] = {"knee", "ankle, heel and toe"};
    fputs("\n| legs in the frames | frames with the legs apart | exchanged | % | both on one leg | "
          "% |\n|---|--:|--:|--:|--:|--:|\n",
          stdout);
    for (int g = 0; g < ACC_N_GROUPS; g++) {
        const acc_legs *l = &s->legs[g];
        printf("| %s | %.0f | %.0f |", titles[g], l->apart, l->exchanged);
        cell_percent(l->exchanged, l->apart);
        printf(" %.0f |", l->on_one);
        cell_percent(l->on_one, l->apart);
        putchar('\n');
    }
}

static void band_rows(const acc_score *s, const char *const *legs)
{
    acc_bands all = {0, 0};
    printf("\n| 95 %% band of a coordinate holds the truth, %% | %s | %s |\n|---|--:|--:|\n",
           legs[0], legs[1]);
    for (int p = 0; p < ACC_N_POINTS; p++) {
        if (s->bands[p][ACC_NEAR].stated + s->bands[p][ACC_FAR].stated == 0)
            continue;
        printf("| %s |", acc_points[p]);
        for (int w = 0; w < ACC_N_WHERES; w++) {
            const acc_bands *b = &s->bands[p][w];
            cell_percent(b->inside, b->stated);
            all.stated += b->stated;
            all.inside += b->inside;
        }
        putchar('\n');
    }
    fputs("| all |", stdout);
    cell_percent(all.inside, all.stated);
    puts(" |");
}

static void all_measures(const acc_score *s, const char *const *legs)
{
    measure_head("every frame", true);
    measure_rows(acc_angles, ACC_N_ANGLES, s->angle, legs, true);
    measure_head("every step", true);
    measure_rows(acc_step_values, ACC_N_STEP_VALUES, s->step, legs, true);
    measure_head("every clip", false); /* one value a clip: nothing is left without its offset */
    measure_rows(acc_clip_values, ACC_N_CLIP_VALUES, s->clip, legs, false);
    event_rows(s, legs);
    leg_rows(s);
    band_rows(s, legs);
    fputs("\n95 % intervals of clip values that hold the truth: ", stdout);
    if (s->intervals > 0)
        printf("%.0f of %.0f (%.0f %%).\n", s->inside, s->intervals,
               100 * s->inside / s->intervals);
    else
        puts("none was given.");
}

void acc_table_overall(const acc_score *scores, size_t n, const char *group, const char *title)
{
    acc_score sum = {.n_clips = 0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(scores[i].group, group) == 0 && !scores[i].is_rear)
            acc_score_merge(&sum, &scores[i]);
    if (sum.n_clips == 0)
        return;
    printf("\n### %s (%.0f clips)\n", title, sum.n_clips);
    all_measures(&sum, where_names);
}

/* Clips without rail, mirror or darkness, from the side, at 60 frames a second. */
static bool is_plain(const acc_score *s)
{
    static const char *const axes[] = {"neutral_", "reach_", "loose_", "yaw_", "uneven_", "drift_"};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        if (strncmp(s->name, axes[i], strlen(axes[i])) == 0)
            return true;
    return false;
}

void acc_table_plain(const acc_score *scores, size_t n, const char *group)
{
    acc_score sum = {.n_clips = 0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(scores[i].group, group) == 0 && is_plain(&scores[i]))
            acc_score_merge(&sum, &scores[i]);
    if (sum.n_clips == 0)
        return;
    printf("\nOf these the plain ones (neutral, reach, loose, yaw, uneven, drift: side view, 60 "
           "fps, no "
           "rail,\nmirror or darkness; %.0f clips):\n",
           sum.n_clips);
    measure_head("every frame", true);
    const acc_score *all = &sum;
    measure_rows(acc_angles, ACC_N_ANGLES, all->angle, where_names, true);
}

/* ---- one row a clip ----------------------------------------------------------------------- */

static void name_cell(const acc_score *s)
{
    printf("| %s%s | %.0f |", s->name, s->is_rear ? " (left / right)" : "", s->fps);
}

static void angles_row(const acc_score *s)
{
    name_cell(s);
    cell_pair(s->angle[ACC_KNEE], acc_stat_rmse);
    cell_pair(s->angle[ACC_KNEE], acc_stat_rmse_free);
    cell_pair(s->angle[ACC_SHANK], acc_stat_rmse);
    cell_pair(s->angle[ACC_FOOT], acc_stat_rmse);
    cell_spread(&s->angle[ACC_TRUNK][0], 1);
    cell_pair(s->angle[ACC_KNEE], acc_stat_coverage);
    cell_percent(s->legs[ACC_GROUP_KNEE].exchanged, s->legs[ACC_GROUP_KNEE].apart);
    cell_percent(s->legs[ACC_GROUP_FOOT].exchanged, s->legs[ACC_GROUP_FOOT].apart);
    cell_percent(s->legs[ACC_GROUP_FOOT].on_one, s->legs[ACC_GROUP_FOOT].apart);
    putchar('\n');
}

static void steps_row(const acc_score *s)
{
    acc_events e = both(s->events);
    name_cell(s);
    cell_share(e.missed, e.true_steps);
    printf(" %.0f |", e.extra);
    for (int w = 0; w < ACC_N_WHERES; w++)
        cell_spread(&s->step[ACC_STEP_IC][w], 0);
    for (int w = 0; w < ACC_N_WHERES; w++)
        cell_spread(&s->step[ACC_STEP_TO][w], 0);
    cell_pair(s->step[ACC_STEP_CONTACT], acc_stat_mae);
    cell_pair(s->step[ACC_STEP_STRIKE], acc_stat_mae);
    cell_share(e.wrong_class, e.strikes);
    cell_pair(s->step[ACC_STEP_KNEE_CONTACT], acc_stat_mae);
    cell(acc_stat_bias(&s->clip[ACC_CLIP_CADENCE][0]), 1);
    cell_share(s->inside, s->intervals);
    printf(" %s |\n", s->note);
}

static void rows_of(const acc_score *scores, size_t n, const char *group, const char *head,
                    void (*row)(const acc_score *))
{
    bool is_first = true;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(scores[i].group, group) != 0)
            continue;
        if (is_first)
            printf("\n%s\n", head);
        is_first = false;
        row(&scores[i]);
    }
}

void acc_table_clips(const acc_score *scores, size_t n, const char *group)
{
    rows_of(scores, n, group,
            "| clip, near / far | fps | knee RMSE | knee offset-free | shank RMSE | foot RMSE | "
            "trunk | knee measured % | knees exchanged % | feet exchanged % | feet on one leg % |\n"
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            angles_row);
    rows_of(
        scores, n, group,
        "| clip, near / far | fps | steps missed | extra | contact near, ms | contact far, ms | "
        "toe-off near, ms | toe-off far, ms | contact time MAE, ms | strike angle MAE | strike "
        "class wrong | knee at contact MAE | cadence error | intervals that hold | |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
        steps_row);
}

void acc_table_details(const acc_score *scores, size_t n)
{
    static const char *const rear_names[] = {"left", "right"};
    for (size_t i = 0; i < n; i++) {
        printf("\n## %s (%s)\n", scores[i].name, scores[i].group);
        all_measures(&scores[i], scores[i].is_rear ? rear_names : where_names);
    }
}

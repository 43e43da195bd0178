/* The short table `analyze` prints. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

/* Both feet: twice what tread_standing asks of the near one. */
#define FEW_STEPS 16
#define SETTLED_STEPS 50

static const char *strike_of(const tread_run *run, enum tread_side side, int *share_pct)
{
    int n[TREAD_STRIKE_FOREFOOT + 1] = {0}, n_all = 0;
    for (size_t i = 0; i < run->n_steps; i++) {
        const tread_step *s = &run->steps[i];
        if (s->is_valid && s->side == side && s->foot_strike != TREAD_STRIKE_UNKNOWN)
            n[s->foot_strike]++, n_all++;
    }
    int best = TREAD_STRIKE_REARFOOT;
    for (int i = best + 1; i <= TREAD_STRIKE_FOREFOOT; i++)
        if (n[i] > n[best])
            best = i;
    *share_pct = n_all ? (100 * n[best] + n_all / 2) / n_all : 0;
    return n_all ? tread_foot_strike_name((enum tread_foot_strike)best) : NULL;
}

static void cell(FILE *f, const tread_measure *m, int n_decimals)
{
    if (m->reason) {
        fprintf(f, "%18s", "-");
        return;
    }
    char number[64];
    double half = 0.5 * (m->high - m->low);
    snprintf(number, sizeof number, "%.*f \302\261 %.*f", n_decimals, m->value, n_decimals, half);
    /* The sign counts two bytes and one column. */
    fprintf(f, "%19s", number);
}

static void row(FILE *f, const tread_run *run, enum tread_measure_id id,
                const tread_overview *overview)
{
    const tread_measure_info *info = tread_measure_describe(id);
    enum tread_side far_side = overview->near_side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
    tread_measure m;
    fprintf(f, "  %-35s", info->title);
    if (info->is_per_side) {
        tread_analyzer_measure(run->analyzer, id, overview->near_side, &m);
        cell(f, &m, info->n_decimals);
        tread_analyzer_measure(run->analyzer, id, far_side, &m);
        cell(f, &m, info->n_decimals);
    } else {
        tread_analyzer_measure(run->analyzer, id, TREAD_BOTH, &m);
        cell(f, &m, info->n_decimals);
        fprintf(f, "%18s", "");
    }
    fprintf(f, "  %s", info->unit);
    if (m.reason)
        fprintf(f, "  (%s)", m.reason);
    putc('\n', f);
}

static void strike_row(FILE *f, const tread_run *run, const tread_overview *overview)
{
    const enum tread_side order[] = {overview->near_side,
                                     overview->near_side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT};
    fprintf(f, "  %-35s", "Foot strike");
    for (int i = 0; i < 2; i++) {
        char text[64] = "-";
        int share_pct;
        const char *name = strike_of(run, order[i], &share_pct);
        if (name)
            snprintf(text, sizeof text, "%s %d %%", name, share_pct);
        fprintf(f, "%18s", text);
    }
    fputs("  of steps\n", f);
}

/* Shares of steps stand in a row of their own, for people. */
static bool is_in_table(int id, unsigned view)
{
    return id != TREAD_MEASURE_REARFOOT_SHARE && id != TREAD_MEASURE_FOREFOOT_SHARE &&
           tread_measure_describe((enum tread_measure_id)id)->views & view;
}

static void measures_table(FILE *f, const tread_run *run, const tread_overview *v)
{
    char near_title[32], far_title[32];
    unsigned view = tread_view_measures(v->view);
    bool is_side = view == TREAD_MEASURED_FROM_SIDE;
    snprintf(near_title, sizeof near_title, is_side ? "%s (near)" : "%s",
             tread_side_name(v->near_side));
    snprintf(far_title, sizeof far_title, is_side ? "%s (far)" : "%s",
             tread_side_name(v->near_side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT));
    for (size_t p = 0; p < TREAD_N_PARTS; p++) {
        int end = p + 1 < TREAD_N_PARTS ? (int)tread_report__parts[p + 1].first : TREAD_N_MEASURES;
        bool is_titled = false;
        for (int id = (int)tread_report__parts[p].first; id < end; id++) {
            if (!is_in_table(id, view))
                continue;
            if (!is_titled && p == 0)
                fprintf(f, "\n%-37s%18s%18s\n", tread_report__parts[p].title, near_title,
                        far_title);
            else if (!is_titled)
                fprintf(f, "\n%s\n", tread_report__parts[p].title);
            is_titled = true;
            row(f, run, (enum tread_measure_id)id, v);
            if (id == TREAD_MEASURE_FOOT_STRIKE_ANGLE)
                strike_row(f, run, v);
        }
    }
    fprintf(f, "\nNot measurable from here: %s.\n",
            is_side ? "sideways lean, step width (film from behind as well)"
                    : "trunk lean, knee, foot strike, contact time (film from the side as well)");
    tread_measure drop;
    tread_analyzer_measure(run->analyzer, TREAD_MEASURE_PELVIC_DROP, v->near_side, &drop);
    if (drop.reason)
        fprintf(f, "Pelvic drop: %s. Look at the clip.\n", drop.reason);
}

/* A session shorter than this is no training with a hard part. */
#define LONG_SESSION_S 600.0
#define HARD_SHARE 0.9
/* Five minutes before the hard part (the usual advice; convention). */
#define WARM_UP_S 300.0

double tread_report__warm_up_s(const tread_run *run, const tread_overview *overview)
{
    const tread_analyzer_opts *o = &run->opts->analyzer;
    double fastest_kmh = o->speed_kmh, from_s = overview->first_s;
    if (o->n_changes == 0 || !(overview->last_s - overview->first_s >= LONG_SESSION_S))
        return (double)NAN;
    for (int i = 0; i < o->n_changes; i++)
        fastest_kmh = fmax(fastest_kmh, o->changes[i].speed_kmh);
    if (!(fastest_kmh > o->speed_kmh))
        return (double)NAN;
    if (o->speed_kmh < HARD_SHARE * fastest_kmh) {
        int i = 0;
        while (o->changes[i].speed_kmh < HARD_SHARE * fastest_kmh)
            i++;
        from_s = o->changes[i].from_s;
    }
    return fmax(0, from_s - overview->first_s);
}

static void belt_lines(FILE *f, const tread_overview *v)
{
    if (fabs(v->belt_vs_height_pct) > TREAD_BELT_TOLERANCE_PCT)
        fprintf(f,
                "Speed and height disagree: by the runner's height the belt runs %.0f %% %s than "
                "told. Check --speed and --height; centimetres are doubtful.\n",
                fabs(v->belt_vs_height_pct), v->belt_vs_height_pct > 0 ? "faster" : "slower");
    if (fabs(v->belt_slope_deg) > TREAD_SLOPE_TOLERANCE_DEG)
        fprintf(f,
                "The feet travel %.0f degrees %s than the incline told: the camera is turned, or "
                "not straight beside the runner, or --incline is missing. Trunk and shank may be "
                "off by as much.\n",
                fabs(v->belt_slope_deg), v->belt_slope_deg > 0 ? "more uphill" : "more downhill");
}

/* What to work on: the worst first, two in words, the rest by name. */
#define N_IN_WORDS 2

static const tread_fault *worst_but(const tread_run *run, const bool *is_told)
{
    const tread_fault *worst = NULL;
    for (size_t i = 0; i < run->n_faults; i++) {
        const tread_fault *f = &run->faults[i];
        if (!is_told[f->rule] && (!worst || f->level > worst->level ||
                                  (f->level == worst->level && f->confidence > worst->confidence)))
            worst = f;
    }
    return worst;
}

static void fault_lines(FILE *f, const tread_run *run)
{
    static const char *const levels[] = {"", "a little", "clearly", "far"};
    bool *is_told = calloc(tread_rules_count(run->rules) + 1, sizeof *is_told);
    if (!is_told)
        return;
    const tread_fault *fault;
    for (int n = 0; (fault = worst_but(run, is_told)); n++) {
        tread_rule_info rule;
        tread_rules_describe(run->rules, fault->rule, &rule);
        const tread_measure_info *info = tread_measure_describe(fault->measure);
        is_told[fault->rule] = true;
        fprintf(f, "%s%s, %s outside the usual range: %.*f, usual %.*f to %.*f %s (from %.0f s)\n",
                n ? "" : "\n", rule.title, levels[fault->level], info->n_decimals, fault->value,
                info->n_decimals, fault->usual_low, info->n_decimals, fault->usual_high,
                fault->unit, fault->begin_s);
        if (n < N_IN_WORDS)
            fprintf(f, "    %s %s\n", rule.meaning, rule.advice);
    }
    free(is_told);
}

/* What was done about the legs, when anything was. */
static void legs_line(FILE *f, const tread_overview *v)
{
    const int64_t *n = v->n_identity;
    int64_t n_mended =
        n[TREAD_IDENTITY_EXCHANGED] + n[TREAD_IDENTITY_MERGED] + n[TREAD_IDENTITY_STRAYED];
    if (n_mended + n[TREAD_IDENTITY_HIDDEN] == 0)
        return;
    fprintf(f,
            "Legs put right in %lld frames (%lld exchanged, %lld both on one leg, %lld astray), "
            "partly hidden in %lld more.\n",
            (long long)n_mended, (long long)n[TREAD_IDENTITY_EXCHANGED],
            (long long)n[TREAD_IDENTITY_MERGED], (long long)n[TREAD_IDENTITY_STRAYED],
            (long long)n[TREAD_IDENTITY_HIDDEN]);
}

void tread_report__summary_text(FILE *f, const tread_run *run)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    fprintf(f, "%s: %.1f s, %lld frames, runner in %lld", run->clip, v.last_s - v.first_s,
            (long long)v.n_frames, (long long)v.n_frames_found);
    if (v.view == TREAD_VIEW_LEFT || v.view == TREAD_VIEW_RIGHT)
        fprintf(f, ", %s side to the camera", tread_view_name(v.view));
    else if (v.view != TREAD_VIEW_AUTO)
        fprintf(f, ", seen from %s", v.view == TREAD_VIEW_REAR ? "behind" : "the front");
    if (v.gait != TREAD_GAIT_UNKNOWN)
        fprintf(f, ", %s", tread_gait_name(v.gait));
    putc('\n', f);
    legs_line(f, &v);
    if (v.no_steps_reason) {
        fprintf(f, "No steps measured: %s.\n", v.no_steps_reason);
        return;
    }
    fprintf(f, "%lld steps, %lld of them valid%s. Each number with its 95 %% interval.\n",
            (long long)v.n_steps, (long long)v.n_steps_valid,
            v.n_steps_valid < FEW_STEPS       ? ": too few for more than a hint"
            : v.n_steps_valid < SETTLED_STEPS ? ": provisional, 50 settle the numbers"
                                              : "");
    belt_lines(f, &v);
    fault_lines(f, run);
    double warm_up_s = tread_report__warm_up_s(run, &v);
    if (warm_up_s < WARM_UP_S)
        fprintf(f,
                "Warm-up: %.0f minutes before the hard part. Five or more let tendons and joints "
                "get ready.\n",
                floor(warm_up_s / 60));
    measures_table(f, run, &v);
}

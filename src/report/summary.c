/* The short table `analyze` prints. */
#include <math.h>
#include <string.h>

#include "report/report.h"

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
    fprintf(f, "  %-30s", info->title);
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
    fprintf(f, "  %-30s", "Foot strike");
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
    if (v.gait != TREAD_GAIT_UNKNOWN)
        fprintf(f, ", %s", tread_gait_name(v.gait));
    putc('\n', f);
    legs_line(f, &v);
    if (v.no_steps_reason) {
        fprintf(f, "No steps measured: %s.\n", v.no_steps_reason);
        return;
    }
    fprintf(f, "%lld steps, %lld of them valid. Each number with its 95 %% interval.\n\n",
            (long long)v.n_steps, (long long)v.n_steps_valid);
    char near_title[32], far_title[32];
    snprintf(near_title, sizeof near_title, "%s (near)", tread_side_name(v.near_side));
    snprintf(far_title, sizeof far_title, "%s (far)",
             tread_side_name(v.near_side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT));
    fprintf(f, "  %-30s%18s%18s\n", "", near_title, far_title);
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        if (i == TREAD_MEASURE_FOOT_STRIKE_ANGLE)
            strike_row(f, run, &v);
        row(f, run, (enum tread_measure_id)i, &v);
    }
}

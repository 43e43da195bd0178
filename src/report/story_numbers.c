/* What the report says about tables and charts. */
#include "report/story.h"

#include <math.h>
#include <string.h>

/* ---- every measure ----------------------------------------------------------------- */

void story_measures_intro(FILE *f, const story *s, size_t i)
{
    (void)i;
    fprintf(f,
            "What has a left and a right is of the %s leg%s. The interval holds the true value in "
            "95 of 100 cases, the method’s own errors included. Where no range is given there is "
            "none worth naming.",
            tread_side_name(s->near), s->is_side_view ? ", the one near the camera" : "");
}

void story_measure_name(FILE *f, const story *s, size_t i)
{
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)i);
    bool is_shared = false;
    (void)s;
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        is_shared |=
            id != (int)i &&
            strcmp(info->title, tread_measure_describe((enum tread_measure_id)id)->title) == 0;
    fputs(info->title, f);
    if (is_shared)
        fprintf(f, ",%s%s", unit_words(info->unit)[0] == ' ' ? "" : " ", unit_words(info->unit));
}

bool story_is_listed(const story *s, int id, bool is_measured)
{
    tread_measure m;
    if (s->views && !(tread_measure_describe((enum tread_measure_id)id)->views & s->views))
        return false;
    story_measure(s, (enum tread_measure_id)id, &m);
    return !m.reason == is_measured;
}

int story_part_end(size_t part)
{
    return part + 1 < TREAD_N_PARTS ? (int)tread_report__parts[part + 1].first : TREAD_N_MEASURES;
}

const char *story_standing(const tread_measure *m)
{
    static const char *const standings[] = {"", "few: a hint", "provisional", "settled"};
    return standings[m->standing];
}

const char *story_against_usual(double value, double low, double high)
{
    return value < low ? "Below usual," : value > high ? "Above usual," : "Usual,";
}

const char *story_missing(const story *s, int first, bool is_told[TREAD_N_MEASURES],
                          bool is_of_reason[TREAD_N_MEASURES])
{
    tread_measure m, other;
    story_measure(s, (enum tread_measure_id)first, &m);
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        is_of_reason[id] = false;
        if (id < first || is_told[id] || !story_is_listed(s, id, false))
            continue;
        story_measure(s, (enum tread_measure_id)id, &other);
        is_of_reason[id] = is_told[id] = strcmp(other.reason, m.reason) == 0;
    }
    return m.reason;
}

/* ---- left and right ------------------------------------------------------------------ */

bool story_compare(const story *s, int i, tread_symmetry *y, const char **reason)
{
    enum tread_measure_id id = (enum tread_measure_id)i;
    const tread_measure_info *info = tread_measure_describe(id);
    if (!info->is_per_side || (s->views && !(info->views & s->views)) ||
        tread_analyzer_symmetry(s->run->analyzer, id, y) != TREAD_OK)
        return false;
    if (y->reason && !*reason)
        *reason = y->reason;
    return !y->reason;
}

story_count story_count_sides(const story *s)
{
    story_count c = {.n = 0};
    tread_symmetry y;
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (story_compare(s, i, &y, &c.reason)) {
            c.n++;
            c.n_sure += y.is_beyond_doubt;
        }
    if (!c.reason)
        c.reason = "nothing was measured on both sides";
    return c;
}

void say_compared(FILE *f, const story_count *c)
{
    if (c->n == 1)
        fputs("One number was compared.", f);
    else
        fprintf(f, "%d numbers were compared.", c->n);
}

const char *story_sides_verdict(const story_count *c)
{
    return c->n_sure == 0   ? "In none do the legs differ by more than may be chance."
           : c->n_sure == 1 ? "In one the legs differ beyond doubt."
                            : "In these the legs differ beyond doubt.";
}

const char *story_sides_intro(const story *s)
{
    return s->is_side_view ? "The difference is left less right; where its 95 % interval holds 0 "
                             "there may be none. One camera sees the far leg less well, and the "
                             "interval knows it."
                           : "The difference is left less right; where its 95 % interval holds 0 "
                             "there may be none.";
}

/* ---- over the session ------------------------------------------------------------------ */

bool story_judge(const story *s, int i, tread_drift *d, const char **reason)
{
    enum tread_measure_id id = (enum tread_measure_id)i;
    enum tread_side side = tread_measure_describe(id)->is_per_side ? s->near : TREAD_BOTH;
    if (tread_analyzer_drift(s->run->analyzer, id, side, d) != TREAD_OK)
        return false;
    if (d->reason && !*reason)
        *reason = d->reason;
    return !d->reason;
}

story_count story_count_changes(const story *s)
{
    story_count c = {.n = 0};
    tread_drift d;
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (story_judge(s, i, &d, &c.reason)) {
            c.n++;
            c.n_sure += d.level > 0;
        }
    if (!c.reason)
        c.reason = "too few steps";
    return c;
}

const char *story_change(const tread_drift *d)
{
    return d->level == 0   ? "no more than chance"
           : d->level == 1 ? "more than chance"
                           : "much more than chance";
}

void story_drift_verdict(FILE *f, const story *s, size_t i)
{
    story_count c = story_count_changes(s);
    (void)i;
    fprintf(f, "of %d numbers, %d changed by more than chance.", c.n, c.n_sure);
}

const char story_trend_intro[] = "How four numbers went. A shaded strip is the usual range.";
const char story_drift_intro[] =
    "The last minute against your own beginning, once you had settled in: ";

/* ---- charts ------------------------------------------------------------------------------ */

const char story_curves_intro[] =
    "The mean of all strides, from a foot’s landing (0 %) to its next (100 %); each foot from its "
    "own landing. The vertical line is toe-off. No shaded “normal” curve: none is published for "
    "one camera at this speed.";
const char story_strikes_intro[] =
    "Each mark is a step: the angle of the foot as it lands, over time. Above 0° the heel is "
    "first. No way of landing is best for all; a change during the run says more.";
const char story_times_intro[] =
    "All that was outside its usual range, from the start of the recording to its end. The higher "
    "the bar, the further outside.";

const tread_fault *story_worst(const story *s, size_t rule)
{
    const tread_fault *worst = NULL;
    for (size_t i = 0; i < s->run->n_faults; i++) {
        const tread_fault *fault = &s->run->faults[i];
        if (fault->rule == rule && (!worst || fault->level > worst->level))
            worst = fault;
    }
    return worst;
}

void story_worst_numbers(FILE *f, const story *s, size_t i)
{
    const tread_fault *worst = story_worst(s, i);
    say_value(f, worst->value, tread_measure_describe(worst->measure)->n_decimals, worst->unit);
    fputs(", usual ", f);
    say_range(f, worst->usual_low, worst->usual_high);
    fputs("; from ", f);
}

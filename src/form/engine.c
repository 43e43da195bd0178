/* Steps in, faults out. For each rule the last steps are kept; a fault begins when enough of
 * them, for long enough, lie outside by their median, and ends when they are back inside by
 * more than they scatter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/median.h"
#include "form/rules.h"

/* Older steps are about somebody who ran otherwise. */
#define WINDOW_S 20.0
/* A rule is looked at from so few on, for when its fault began; it is raised from min_steps. */
#define FIRST_STEPS 4
/* Of the steps, so many must be out (BIOMECHANICS.md section 0). */
#define MIN_SHARE_OUT 0.6
/* A step with more of its frames guessed is not judged by. */
#define MAX_HIDDEN 0.34
/* Means rest on the last so many steps (section 1.5: 25). */
#define MEAN_S 30.0
#define MIN_MEAN_STEPS 25
/* The scatter of stride times, which takes 100 of them. */
#define VARIATION_S 180.0
/* Numbers of many steps, and the view, are asked for so often. */
#define ASK_EVERY_S 3.0
/* Left and right over the window of drift (section 7). */
#define SYMMETRY_S 60.0
/* Cues: shown so long, then left alone. */
#define CUE_SHOWN_S 8.0
#define CUE_REST_S 30.0
#define MAX_CUES 2
#define NEVER (-1e300)

typedef struct judged_step {
    double time_s, shown_s;
    enum tread_side side;
    double value[FORM_MAX_PARTS];
    double incline_pct;
} judged_step;

/* What is known of one rule. */
typedef struct rule_state {
    judged_step steps[FORM_WINDOW_STEPS];
    int n;
    double from_s;         /* first step since it was started afresh; NaN: none yet */
    double out_since_s;    /* NaN: not out */
    double worse_since_s;  /* out by a higher level than the fault's; NaN: not */
    double better_since_s; /* back inside by more than the hysteresis; NaN: not */
    bool is_on;
    size_t fault; /* while it is on */
    double cue_to_s;
    double answer[FORM_MAX_PARTS], asked_s[FORM_MAX_PARTS]; /* of means, drift and symmetry */
} rule_state;

struct tread_form {
    const tread_rules *rules;
    rule_state *states; /* (n_rules) */
    size_t n_rules;
    tread_fault *faults; /* (n of room) */
    tread_overview overview;
    double asked_s;
    size_t n, room;
};

/* Nothing is known of the steps any more. */
static void forget(rule_state *state)
{
    state->n = 0;
    state->from_s = state->out_since_s = (double)NAN;
    state->worse_since_s = state->better_since_s = (double)NAN;
    for (int p = 0; p < FORM_MAX_PARTS; p++)
        state->asked_s[p] = NEVER;
}

int tread_form_create(tread_form **out, const tread_rules *rules)
{
    tread_form *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return TREAD_ERR_NOMEM;
    f->rules = rules;
    f->n_rules = tread_rules_count(rules);
    f->states = calloc(f->n_rules + 1, sizeof *f->states);
    if (!f->states) {
        free(f);
        return TREAD_ERR_NOMEM;
    }
    for (size_t i = 0; i < f->n_rules; i++) {
        forget(&f->states[i]);
        f->states[i].cue_to_s = NEVER;
    }
    *out = f;
    return TREAD_OK;
}

void tread_form_destroy(tread_form **form)
{
    if (!form || !*form)
        return;
    free((*form)->states);
    free((*form)->faults);
    free(*form);
    *form = NULL;
}

/* ---- levels --------------------------------------------------------------------- */

static double shift_of(const form_part *part, double incline_pct)
{
    return part->is_inclined ? tread_incline_shift(part->measure, incline_pct) : 0;
}

/* The level a value is at; `inward` moves the borders towards the usual range, + harder to
 * leave. -1: not measured. */
static int level_of(const form_part *part, double value, double incline_pct, double outward)
{
    double shift = shift_of(part, incline_pct);
    int level = 0;
    if (isnan(value))
        return -1;
    for (int k = 0; k < part->n_high; k++)
        if (value > part->high[k] + shift + outward)
            level = k + 1;
    for (int k = 0; k < part->n_low; k++)
        if (value < part->low[k] + shift - outward && k + 1 > level)
            level = k + 1;
    return level;
}

/* Of several parts the `need`-th worst speaks: two of three for one that needs two. */
static int joined(const form_rule *rule, const int levels[FORM_MAX_PARTS])
{
    int sorted[FORM_MAX_PARTS];
    for (int p = 0; p < rule->n_parts; p++) {
        int k = p;
        for (; k > 0 && sorted[k - 1] < levels[p]; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = levels[p];
    }
    return sorted[rule->need - 1];
}

/* The rule's levels by one set of values. */
static int rule_level(const form_rule *rule, const double value[FORM_MAX_PARTS], double incline_pct,
                      double outward_share)
{
    int levels[FORM_MAX_PARTS];
    for (int p = 0; p < rule->n_parts; p++)
        levels[p] = level_of(&rule->parts[p], value[p], incline_pct,
                             outward_share * rule->parts[p].hysteresis);
    return joined(rule, levels);
}

/* Level 1 must be out by half the smallest difference that is no chance. */
static bool is_beyond_chance(const form_rule *rule, const double value[FORM_MAX_PARTS],
                             double incline_pct)
{
    int levels[FORM_MAX_PARTS];
    for (int p = 0; p < rule->n_parts; p++)
        levels[p] = level_of(&rule->parts[p], value[p], incline_pct, 0.5 * rule->parts[p].sdd);
    return joined(rule, levels) >= 1;
}

/* ---- values ----------------------------------------------------------------------- */

static double of_step(const tread_step *step, enum tread_measure_id id)
{
    if (id == TREAD_MEASURE_CADENCE) /* of the step alone */
        return 60000 / step->value[TREAD_MEASURE_STEP_TIME];
    return step->value[id];
}

/* What is asked for many steps at a time: those that began up to now, none of before the rule was
 * started afresh. A recording's later ones are there already and must not count. */
typedef struct question {
    const tread_analyzer *analyzer;
    enum tread_measure_id measure;
    enum tread_side side;
    double since_s, now_s;
} question;

/* The first moment that is past. */
static double to_s_of(const question *q)
{
    return nextafter(q->now_s, INFINITY);
}

/* A change that is no chance, else 0. */
static double of_drift(const question *q)
{
    tread_drift d;
    if (tread_analyzer_drift_at(q->analyzer, q->measure, q->side, q->now_s, &d) != TREAD_OK ||
        d.reason)
        return (double)NAN;
    return d.level == 0 ? 0 : d.change;
}

/* A difference that is beyond doubt, else 0. */
static double of_symmetry(const question *q)
{
    tread_symmetry y;
    if (tread_analyzer_symmetry_between(q->analyzer, q->measure,
                                        fmax(q->since_s, q->now_s - SYMMETRY_S), to_s_of(q),
                                        &y) != TREAD_OK ||
        y.reason)
        return (double)NAN;
    return y.is_beyond_doubt ? fabs(y.index_pct) : 0;
}

static double of_mean(const question *q)
{
    tread_measure m;
    double long_s = q->measure == TREAD_MEASURE_STRIDE_CV ? VARIATION_S : MEAN_S;
    if (tread_analyzer_measure_between(q->analyzer, q->measure, q->side,
                                       fmax(q->since_s, q->now_s - long_s), to_s_of(q),
                                       &m) != TREAD_OK ||
        m.reason || m.n < MIN_MEAN_STEPS)
        return (double)NAN;
    return m.value;
}

static enum tread_side side_of(const form_rule *rule, enum tread_measure_id id,
                               enum tread_side side)
{
    return rule->is_near && tread_measure_describe(id)->is_per_side ? side : TREAD_BOTH;
}

static double ask(const form_rule *rule, const rule_state *state, const form_part *part,
                  const tread_analyzer *a, const tread_step *step)
{
    const question q = {.analyzer = a,
                        .measure = part->measure,
                        .side = side_of(rule, part->measure, step->side),
                        .since_s = state->from_s,
                        .now_s = step->initial_contact_s};
    switch (part->take) {
    case FORM_MEAN: return of_mean(&q);
    case FORM_DRIFT: return of_drift(&q);
    case FORM_SYMMETRY: return of_symmetry(&q);
    case FORM_STEP: break;
    }
    return (double)NAN;
}

/* What rests on many steps is not asked anew with each: the cost of a session would grow with
 * its square. */
static double part_value(const form_rule *rule, rule_state *state, int p, const tread_analyzer *a,
                         const tread_step *step)
{
    const form_part *part = &rule->parts[p];
    if (part->take == FORM_STEP)
        return of_step(step, part->measure);
    if (!(step->initial_contact_s - state->asked_s[p] < ASK_EVERY_S)) {
        state->answer[p] = ask(rule, state, part, a, step);
        state->asked_s[p] = step->initial_contact_s;
    }
    return state->answer[p];
}

static double moment_of(const form_rule *rule, const tread_step *step)
{
    double contact_s = step->initial_contact_s, toe_off_s = step->toe_off_s;
    switch (rule->phase) {
    case FORM_TOE_OFF: return isfinite(toe_off_s) ? toe_off_s : contact_s;
    case FORM_MIDSTANCE:
        return isfinite(toe_off_s) ? 0.5 * (contact_s + toe_off_s) : contact_s + 0.12;
    case FORM_CONTACT:
    case FORM_STRIDE: break;
    }
    return contact_s;
}

/* ---- one rule ------------------------------------------------------------------------ */

/* Does the rule speak of such a step at all? */
static bool applies(const form_rule *rule, const tread_overview *v, const tread_step *step)
{
    double fps = 1 / v->frame_interval_s;
    return rule->info.views & tread_view_measures(v->view) &&
           (rule->min_speed_kmh <= 0 || step->speed_kmh >= rule->min_speed_kmh) &&
           step->incline_pct >= rule->min_incline_pct &&
           step->incline_pct <= rule->max_incline_pct && !(fps < rule->min_fps - 0.5);
}

/* May it be judged by? */
static bool is_usable(const form_rule *rule, const tread_overview *v, const tread_step *step)
{
    bool is_side = tread_view_measures(v->view) == TREAD_MEASURED_FROM_SIDE;
    return step->is_valid && step->hidden_share <= MAX_HIDDEN &&
           (!rule->is_near || !is_side || step->side == v->near_side);
}

static void remember(rule_state *state, const judged_step *step)
{
    if (state->n == FORM_WINDOW_STEPS)
        memmove(state->steps, state->steps + 1, (size_t)--state->n * sizeof *state->steps);
    state->steps[state->n++] = *step;
    while (state->n > 1 && state->steps[0].time_s < step->time_s - WINDOW_S)
        memmove(state->steps, state->steps + 1, (size_t)--state->n * sizeof *state->steps);
}

typedef struct verdict {
    double value[FORM_MAX_PARTS]; /* medians */
    double share_out;
    int level, inner_level; /* by the borders, and by those moved inward by the hysteresis */
    int first_out, worst;   /* indices of steps; -1 = none */
    int part;               /* the first that is as far out as the rule: it speaks for it */
    bool is_beyond_chance;
} verdict;

static verdict judge(const form_rule *rule, const rule_state *state)
{
    verdict v = {.first_out = -1, .worst = -1};
    double incline_pct = state->steps[state->n - 1].incline_pct;
    int n_out = 0;
    double farthest = -INFINITY;
    for (int p = 0; p < rule->n_parts; p++) {
        double values[FORM_WINDOW_STEPS];
        int n = 0;
        for (int i = 0; i < state->n; i++)
            if (isfinite(state->steps[i].value[p]))
                values[n++] = state->steps[i].value[p];
        v.value[p] = 2 * n > state->n ? tread_median(values, (size_t)n) : (double)NAN;
    }
    v.level = rule_level(rule, v.value, incline_pct, 0);
    while (level_of(&rule->parts[v.part], v.value[v.part], incline_pct, 0) < v.level)
        v.part++;
    const form_part *part = &rule->parts[v.part];
    for (int i = 0; i < state->n; i++) {
        if (rule_level(rule, state->steps[i].value, incline_pct, 0) < 1)
            continue;
        n_out++;
        if (v.first_out < 0)
            v.first_out = i;
        double off = fabs(state->steps[i].value[v.part] - 0.5 * (part->usual[0] + part->usual[1]));
        if (off > farthest)
            farthest = off, v.worst = i;
    }
    v.share_out = (double)n_out / state->n;
    v.inner_level = rule_level(rule, v.value, incline_pct, -1);
    v.is_beyond_chance = is_beyond_chance(rule, v.value, incline_pct);
    return v;
}

/* Chance that the true value lies outside, by the measure's own interval: normal. */
static double confidence_of(const form_rule *rule, const form_part *part, const tread_analyzer *a,
                            const judged_step *last, double value)
{
    double shift = shift_of(part, last->incline_pct), off = -INFINITY;
    tread_measure m;
    if (part->n_high)
        off = fmax(off, value - part->high[0] - shift);
    if (part->n_low)
        off = fmax(off, part->low[0] + shift - value);
    if (part->take == FORM_DRIFT || part->take == FORM_SYMMETRY ||
        tread_analyzer_measure_between(a, part->measure, side_of(rule, part->measure, last->side),
                                       -INFINITY, nextafter(last->time_s, INFINITY),
                                       &m) != TREAD_OK ||
        m.reason)
        return 0.5;
    double sd = (m.high - m.low) / (2 * 1.96);
    return sd > 0 && isfinite(off) ? 0.5 * erfc(-off / sd / sqrt(2)) : 0.5;
}

/* What the fault says, by the steps it is at its worst in. */
static void tell(tread_fault *fault, const form_rule *rule, const rule_state *state,
                 const tread_analyzer *a, const verdict *v)
{
    const form_part *part = &rule->parts[v->part];
    const judged_step *last = &state->steps[state->n - 1];
    double shift = shift_of(part, last->incline_pct);
    fault->level = v->level;
    fault->measure = part->measure;
    fault->unit = form_unit(part);
    fault->value = v->value[v->part];
    fault->usual_low = part->usual[0] + shift;
    fault->usual_high = part->usual[1] + shift;
    fault->confidence = confidence_of(rule, part, a, last, fault->value);
    fault->shown_s = v->worst >= 0 ? state->steps[v->worst].shown_s : last->shown_s;
}

static int begin(tread_form *f, size_t r, const tread_analyzer *a, const verdict *v, double now_s)
{
    const form_rule *rule = form_rules_get(f->rules, r);
    rule_state *state = &f->states[r];
    if (f->n == f->room) {
        size_t room = f->room ? 2 * f->room : 16;
        tread_fault *larger = realloc(f->faults, room * sizeof *larger);
        if (!larger)
            return TREAD_ERR_NOMEM;
        f->faults = larger;
        f->room = room;
    }
    f->faults[f->n] = (tread_fault){
        .rule = r,
        .side = rule->is_near ? state->steps[state->n - 1].side : TREAD_BOTH,
        .level_now = v->level,
        .begin_s = state->out_since_s,
        .raised_s = now_s,
        .end_s = (double)NAN,
        .n_steps = state->n,
    };
    tell(&f->faults[f->n], rule, state, a, v);
    state->is_on = true;
    state->fault = f->n++;
    state->worse_since_s = state->better_since_s = (double)NAN;
    return TREAD_OK;
}

/* A time that stands while a condition holds. @return whether it has held for so long */
static bool holds_for(double *since_s, bool condition, double now_s, double long_s)
{
    if (!condition)
        *since_s = (double)NAN;
    else if (isnan(*since_s))
        *since_s = now_s;
    return condition && now_s - *since_s >= long_s;
}

static void end_fault(tread_form *f, size_t r, double now_s)
{
    tread_fault *fault = &f->faults[f->states[r].fault];
    fault->end_s = now_s;
    fault->level_now = 0;
    f->states[r].is_on = false;
    f->states[r].out_since_s = (double)NAN;
}

static void go_on(tread_form *f, size_t r, const tread_analyzer *a, const verdict *v, double now_s)
{
    const form_rule *rule = form_rules_get(f->rules, r);
    rule_state *state = &f->states[r];
    tread_fault *fault = &f->faults[state->fault];
    fault->n_steps++;
    if (holds_for(&state->worse_since_s, v->level > fault->level_now, now_s, rule->dwell_s)) {
        fault->level_now = v->level;
        state->worse_since_s = (double)NAN;
        if (v->level > fault->level)
            tell(fault, rule, state, a, v);
    }
    if (!holds_for(&state->better_since_s, v->inner_level < fault->level_now, now_s, rule->clear_s))
        return;
    state->better_since_s = (double)NAN;
    fault->level_now = v->inner_level;
    if (fault->level_now == 0)
        end_fault(f, r, now_s);
}

static bool has_companion(const tread_form *f, const form_rule *rule)
{
    for (int k = 0; k < rule->n_companions; k++)
        if (f->states[rule->companions[k]].is_on)
            return true;
    return rule->n_companions == 0;
}

static void start_afresh(tread_form *f, size_t r, double now_s)
{
    if (f->states[r].is_on)
        end_fault(f, r, now_s);
    forget(&f->states[r]);
}

static int follow_rule(tread_form *f, size_t r, const tread_analyzer *a, const tread_overview *v,
                       const tread_step *step)
{
    const form_rule *rule = form_rules_get(f->rules, r);
    rule_state *state = &f->states[r];
    /* A step is known when it is over. */
    double step_s = step->value[TREAD_MEASURE_STEP_TIME] / 1000;
    double now_s = step->initial_contact_s + (isfinite(step_s) ? step_s : 0);
    if (!step->is_settled || !applies(rule, v, step)) {
        /* Another speed or slope: what was seen before it says nothing now. */
        start_afresh(f, r, now_s);
        return TREAD_OK;
    }
    if (isnan(state->from_s))
        state->from_s = step->initial_contact_s;
    if (!is_usable(rule, v, step))
        return TREAD_OK;
    judged_step judged = {.time_s = step->initial_contact_s,
                          .shown_s = moment_of(rule, step),
                          .side = step->side,
                          .incline_pct = step->incline_pct};
    bool is_seen = false;
    for (int p = 0; p < rule->n_parts; p++) {
        judged.value[p] = part_value(rule, state, p, a, step);
        is_seen = is_seen || isfinite(judged.value[p]);
    }
    if (!is_seen)
        return TREAD_OK;
    /* What lies between was not seen. */
    if (state->n && judged.time_s - state->steps[state->n - 1].time_s > WINDOW_S)
        state->out_since_s = (double)NAN;
    remember(state, &judged);
    if (state->n < FIRST_STEPS)
        return TREAD_OK;
    verdict what = judge(rule, state);
    if (state->is_on) {
        go_on(f, r, a, &what, now_s);
        return TREAD_OK;
    }
    bool is_out = what.level >= 1 && what.share_out >= MIN_SHARE_OUT;
    if (!is_out)
        state->out_since_s = (double)NAN;
    else if (isnan(state->out_since_s))
        state->out_since_s = state->steps[what.first_out < 0 ? 0 : what.first_out].time_s;
    return is_out && (what.level >= 2 || what.is_beyond_chance) && state->n >= rule->min_steps &&
                   has_companion(f, rule) && now_s - state->out_since_s >= rule->dwell_s
               ? begin(f, r, a, &what, now_s)
               : TREAD_OK;
}

int tread_form_step(tread_form *form, const tread_analyzer *analyzer, const tread_step *step)
{
    if (form->overview.view == TREAD_VIEW_AUTO ||
        !(step->initial_contact_s - form->asked_s < ASK_EVERY_S)) {
        tread_analyzer_overview(analyzer, &form->overview);
        form->asked_s = step->initial_contact_s;
    }
    for (size_t r = 0; r < form->n_rules; r++) {
        int status = follow_rule(form, r, analyzer, &form->overview, step);
        if (status != TREAD_OK)
            return status;
    }
    return TREAD_OK;
}

size_t tread_form_faults(const tread_form *form, const tread_fault **faults)
{
    *faults = form->faults;
    return form->n;
}

/* ---- cues ------------------------------------------------------------------------- */

static bool is_worse(const tread_fault *a, const tread_fault *b)
{
    return a->level_now > b->level_now ||
           (a->level_now == b->level_now && a->confidence > b->confidence);
}

int tread_form_cues(tread_form *form, double now_s, size_t cues[2])
{
    int n = 0;
    /* What is being shown stays for its time. */
    for (size_t r = 0; r < form->n_rules && n < MAX_CUES; r++)
        if (form->states[r].is_on && now_s < form->states[r].cue_to_s)
            cues[n++] = form->states[r].fault;
    while (n < MAX_CUES) {
        size_t best = form->n_rules;
        for (size_t r = 0; r < form->n_rules; r++) {
            const rule_state *s = &form->states[r];
            if (!s->is_on || now_s < s->cue_to_s + CUE_REST_S)
                continue;
            if (best == form->n_rules ||
                is_worse(&form->faults[s->fault], &form->faults[form->states[best].fault]))
                best = r;
        }
        if (best == form->n_rules)
            break;
        form->states[best].cue_to_s = now_s + CUE_SHOWN_S;
        cues[n++] = form->states[best].fault;
    }
    if (n == 2 && is_worse(&form->faults[cues[1]], &form->faults[cues[0]])) {
        size_t second = cues[0];
        cues[0] = cues[1];
        cues[1] = second;
    }
    return n;
}

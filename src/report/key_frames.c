/* Which moments of a run are worth a picture. */
#include <math.h>
#include <stdlib.h>

#include "report/report.h"

size_t tread_report__to_work_on(const tread_run *run, size_t *ids)
{
    size_t n = 0;
    while (n < TREAD_N_TO_WORK_ON) {
        size_t best = run->n_faults;
        for (size_t i = 0; i < run->n_faults; i++) {
            const tread_fault *f = &run->faults[i];
            bool is_told = false;
            for (size_t k = 0; k < n; k++)
                is_told |= run->faults[ids[k]].rule == f->rule;
            if (is_told)
                continue;
            const tread_fault *b = best < run->n_faults ? &run->faults[best] : NULL;
            if (!b || f->level > b->level ||
                (f->level == b->level && f->confidence > b->confidence))
                best = i;
        }
        if (best == run->n_faults)
            break;
        ids[n++] = best;
    }
    return n;
}

/* A step stands for the others where it is near to their means in these. */
static const struct {
    enum tread_measure_id measure;
    double scale; /* between-step scatter that is nothing, in its unit */
} likeness[] = {{TREAD_MEASURE_TRUNK_LEAN, 1.5},
                {TREAD_MEASURE_KNEE_FLEXION_CONTACT, 3},
                {TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE, 3},
                {TREAD_MEASURE_HIP_EXTENSION_PEAK, 3},
                {TREAD_MEASURE_FOOT_STRIKE_ANGLE, 3},
                {TREAD_MEASURE_LATERAL_LEAN, 1.5}};
#define N_LIKENESS (sizeof likeness / sizeof *likeness)
/* A leg hidden through the whole step weighs like so many scatters. */
#define HIDDEN_COST 20.0

static double unlikeness(const tread_step *s, const double *mean)
{
    double cost = HIDDEN_COST * s->hidden_share;
    for (size_t k = 0; k < N_LIKENESS; k++) {
        double off = fabs(s->value[likeness[k].measure] - mean[k]) / likeness[k].scale;
        cost += isfinite(off) ? off : isfinite(mean[k]) ? 2 : 0;
    }
    return cost;
}

/* A step of this foot that is well seen and like the others; NULL: none is valid. */
static const tread_step *typical_step(const tread_run *run, enum tread_side side)
{
    double mean[N_LIKENESS];
    for (size_t k = 0; k < N_LIKENESS; k++) {
        tread_measure m;
        if (tread_analyzer_measure(
                run->analyzer, likeness[k].measure,
                tread_measure_describe(likeness[k].measure)->is_per_side ? side : TREAD_BOTH,
                &m) != TREAD_OK)
            m.value = (double)NAN;
        mean[k] = m.value;
    }
    const tread_step *best = NULL;
    double least = INFINITY;
    for (size_t i = 0; i < run->n_steps; i++) {
        const tread_step *s = &run->steps[i];
        if (!s->is_valid || s->side != side)
            continue;
        double cost = unlikeness(s, mean) + (isfinite(s->toe_off_s) ? 0 : HIDDEN_COST);
        if (cost < least) {
            least = cost;
            best = s;
        }
    }
    return best;
}

/* From behind no foot is seen to land or to leave. A foot is down for 0.35 of a stride when running
 * (0.28 to 0.42, Forrester & Townend 2015) and 0.61 when walking; a step is half a stride. */
static double midstance_from_behind(const tread_overview *v, const tread_step *step)
{
    double duty = v->gait == TREAD_GAIT_WALKING ? 0.61 : 0.35;
    return step->initial_contact_s + duty * step->value[TREAD_MEASURE_STEP_TIME] / 1000;
}

static size_t add(tread_key_frame *frames, size_t n, enum tread_moment moment, enum tread_side side,
                  size_t fault, double time_s)
{
    if (!isfinite(time_s))
        return n;
    frames[n] = (tread_key_frame){
        .moment = moment, .side = side, .fault = fault, .time_s = time_s, .at.time_s = NAN};
    return n + 1;
}

size_t tread_report__key_frames(const tread_run *run, tread_key_frame *frames)
{
    size_t ids[TREAD_N_TO_WORK_ON], n = 0, n_ids = tread_report__to_work_on(run, ids);
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    enum tread_side near = v.near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    bool is_side_view = v.view == TREAD_VIEW_LEFT || v.view == TREAD_VIEW_RIGHT;
    for (size_t i = 0; i < n_ids; i++) {
        const tread_fault *f = &run->faults[ids[i]];
        n = add(frames, n, TREAD_MOMENT_FAULT, f->side == TREAD_BOTH ? near : f->side, ids[i],
                f->shown_s);
    }
    const enum tread_side sides[] = {near, near == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT};
    const tread_step *steps[2] = {typical_step(run, sides[0]), typical_step(run, sides[1])};
    for (int moment = TREAD_MOMENT_CONTACT; moment <= TREAD_MOMENT_TOE_OFF; moment++)
        for (int k = 0; k < 2; k++) {
            const double share[] = {0, 0.5, 1}; /* of the time on the belt */
            if (!steps[k])
                continue;
            if (!is_side_view) {
                if (moment == TREAD_MOMENT_MIDSTANCE)
                    n = add(frames, n, TREAD_MOMENT_MIDSTANCE, sides[k], 0,
                            midstance_from_behind(&v, steps[k]));
                continue;
            }
            double stance_s = steps[k]->toe_off_s - steps[k]->initial_contact_s;
            n = add(frames, n, (enum tread_moment)moment, sides[k], 0,
                    steps[k]->initial_contact_s + (moment ? share[moment] * stance_s : 0));
        }
    return n;
}

void tread_report__key_frames_see(tread_key_frame *frames, size_t n, const tread_frame_result *r)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(frames[i].at.time_s - frames[i].time_s) <= fabs(r->time_s - frames[i].time_s)))
            frames[i].at = *r;
}

void tread_report__key_frames_clear(tread_key_frame *frames, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(frames[i].jpeg);
        frames[i].jpeg = NULL;
    }
}

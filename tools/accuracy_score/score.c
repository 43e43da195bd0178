#include "score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A frame is the same frame within this: a tenth of the shortest interval, and well
 * above the rounding of a container's clock. */
#define SAME_FRAME_S 0.0004

/* A step is the same step within this: a third of a fast step. */
#define SAME_STEP_S 0.1

/* Steps this near to the ends of a clip need not be found: no method sees what led
 * to them, or how they end. */
#define EDGE_S 0.3

/* Points of both legs nearer than this share of the leg cannot be told apart, and
 * it does not matter which is which. */
#define APART_LEGS 0.1

static double turned(double difference)
{
    return remainder(difference, 360);
}

static enum acc_where where_of(const acc_run *truth, int side)
{
    int near = truth->view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    return side == near ? ACC_NEAR : ACC_FAR;
}

/* ---- frames ------------------------------------------------------------------------ */

static void add_angles(acc_score *score, const acc_run *truth, const acc_frame *t,
                       const acc_frame *r)
{
    for (int a = 0; a < ACC_N_ANGLES; a++)
        for (int side = 0; side < (acc_angles[a].is_sided ? TREAD_N_SIDES : 1); side++) {
            enum acc_where where = acc_angles[a].is_sided ? where_of(truth, side) : ACC_NEAR;
            double d = r ? turned(r->angle[a][side] - t->angle[a][side]) : (double)NAN;
            if (isfinite(t->angle[a][side]))
                acc_stat_add(&score->angle[a][where], d);
        }
}

static double gap(const acc_frame *a, int side_a, const acc_frame *b, int side_b, int point)
{
    return hypot(a->x[point][side_a] - b->x[point][side_b],
                 a->y[point][side_a] - b->y[point][side_b]);
}

static double leg_px(const acc_frame *f, int side)
{
    return hypot(f->x[ACC_POINT_HIP][side] - f->x[ACC_POINT_KNEE][side],
                 f->y[ACC_POINT_HIP][side] - f->y[ACC_POINT_KNEE][side]) +
           hypot(f->x[ACC_POINT_KNEE][side] - f->x[ACC_POINT_ANKLE][side],
                 f->y[ACC_POINT_KNEE][side] - f->y[ACC_POINT_ANKLE][side]);
}

/* Sums over a group of points: how far true left and right are apart, how badly
 * measured points fit as named and the other way round, how far apart they are. A
 * whole exchange changes the fit by twice the distance: half of that is the line. */
static void add_legs(acc_score *score, const acc_frame *t, const acc_frame *r)
{
    static const enum acc_point first[] = {ACC_POINT_KNEE, ACC_POINT_ANKLE};
    static const int n_points[] = {1, 3}; /* knee; ankle, heel, toe */
    double leg = fmax(leg_px(t, TREAD_LEFT), leg_px(t, TREAD_RIGHT));
    for (int g = 0; g < ACC_N_GROUPS; g++) {
        double apart = 0, as_named = 0, other = 0, measured = 0;
        for (int p = (int)first[g]; p < (int)first[g] + n_points[g]; p++) {
            apart += gap(t, TREAD_LEFT, t, TREAD_RIGHT, p);
            as_named +=
                gap(r, TREAD_LEFT, t, TREAD_LEFT, p) + gap(r, TREAD_RIGHT, t, TREAD_RIGHT, p);
            other += gap(r, TREAD_LEFT, t, TREAD_RIGHT, p) + gap(r, TREAD_RIGHT, t, TREAD_LEFT, p);
            measured += gap(r, TREAD_LEFT, r, TREAD_RIGHT, p);
        }
        if (!(apart > n_points[g] * APART_LEGS * leg) || !isfinite(as_named))
            continue;
        score->legs[g].apart++;
        score->legs[g].exchanged += as_named - other > apart;
        score->legs[g].on_one += measured < 0.3 * apart;
    }
}

#define BAND 1.95996 /* SDs: 95 % of a normal distribution */

static void add_band(acc_bands *b, double truth, double measured, double sd)
{
    if (!isfinite(truth) || !isfinite(measured) || !isfinite(sd))
        return;
    b->stated++;
    b->inside += fabs(measured - truth) <= BAND * sd;
}

static void add_bands(acc_score *score, const acc_run *truth, const acc_frame *t,
                      const acc_frame *r)
{
    for (int p = 0; p < ACC_N_POINTS; p++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            acc_bands *b = &score->bands[p][where_of(truth, side)];
            add_band(b, t->x[p][side], r->x[p][side], r->x_sd[p][side]);
            add_band(b, t->y[p][side], r->y[p][side], r->y_sd[p][side]);
        }
}

static void score_frames(acc_score *score, const acc_run *truth, const acc_run *result)
{
    size_t k = 0;
    for (size_t i = 0; i < truth->n_frames; i++) {
        const acc_frame *t = &truth->frame[i];
        while (k < result->n_frames && result->frame[k].time_s < t->time_s - SAME_FRAME_S)
            k++;
        const acc_frame *r =
            k < result->n_frames && result->frame[k].time_s <= t->time_s + SAME_FRAME_S
                ? &result->frame[k]
                : NULL;
        add_angles(score, truth, t, r);
        if (!r)
            continue;
        add_legs(score, t, r);
        add_bands(score, truth, t, r);
    }
    for (int a = 0; a < ACC_N_ANGLES; a++)
        for (int w = 0; w < ACC_N_WHERES; w++)
            acc_stat_close(&score->angle[a][w]);
}

/* ---- steps ------------------------------------------------------------------------- */

static double contact_of(const acc_step *s)
{
    return s->value[ACC_STEP_IC];
}

/* The nearest valid step of a side within reach; steps of one side are farther apart
 * than twice the reach, so none is taken twice. */
static const acc_step *nearest(const acc_run *run, double time_s, enum tread_side side)
{
    const acc_step *best = NULL;
    double best_s = SAME_STEP_S;
    for (size_t i = 0; i < run->n_steps; i++) {
        const acc_step *s = &run->step[i];
        double off = fabs(contact_of(s) - time_s);
        if (s->is_valid && s->side == side && off <= best_s) {
            best = s;
            best_s = off;
        }
    }
    return best;
}

/* Whether a step may be demanded: whole, and away from the ends. */
static bool is_demanded(const acc_run *truth, const acc_step *t)
{
    double first = truth->frame[0].time_s, last = truth->frame[truth->n_frames - 1].time_s;
    return contact_of(t) >= first + EDGE_S && t->next_s <= last - EDGE_S &&
           t->value[ACC_STEP_TO] <= last - EDGE_S;
}

static void add_step(acc_score *score, enum acc_where side, const acc_step *t, const acc_step *r)
{
    for (int i = 0; i < ACC_N_STEP_VALUES; i++) {
        const acc_measure *m = &acc_step_values[i];
        double d = r ? m->scale * (r->value[i] - t->value[i]) : (double)NAN;
        if (isfinite(t->value[i]))
            acc_stat_add(&score->step[i][m->is_sided ? side : ACC_NEAR],
                         m->is_angle ? turned(d) : d);
    }
    if (!r || !t->strike || !r->strike)
        return;
    acc_events *e = &score->events[side];
    e->strikes++;
    e->wrong_class += r->strike != t->strike;
    e->wrong_rearfoot +=
        (r->strike == TREAD_STRIKE_REARFOOT) != (t->strike == TREAD_STRIKE_REARFOOT);
}

static void add_extra(acc_score *score, const acc_run *truth, const acc_step *r)
{
    enum tread_side other = r->side == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
    if (!r->is_valid || nearest(truth, contact_of(r), r->side))
        return;
    acc_events *e = &score->events[where_of(truth, r->side)];
    e->extra++;
    e->wrong_side += nearest(truth, contact_of(r), other) != NULL;
}

static void score_steps(acc_score *score, const acc_run *truth, const acc_run *result)
{
    for (size_t i = 0; i < truth->n_steps && truth->n_frames > 0; i++) {
        const acc_step *t = &truth->step[i];
        const acc_step *r = nearest(result, contact_of(t), t->side);
        enum acc_where where = where_of(truth, t->side);
        bool is_wanted = is_demanded(truth, t);
        score->events[where].true_steps += is_wanted;
        score->events[where].missed += is_wanted && !r;
        if (is_wanted || r)
            add_step(score, where, t, r);
    }
    for (size_t i = 0; i < result->n_steps; i++)
        add_extra(score, truth, &result->step[i]);
    for (int i = 0; i < ACC_N_STEP_VALUES; i++)
        for (int w = 0; w < ACC_N_WHERES; w++)
            acc_stat_close(&score->step[i][w]);
}

/* ---- the clip as a whole ------------------------------------------------------------ */

static void add_clip_value(acc_score *score, int i, enum acc_where where, double truth,
                           const acc_interval *r)
{
    const acc_measure *m = &acc_clip_values[i];
    double d = m->scale * (r->value - truth);
    if (!isfinite(truth))
        return;
    acc_stat_add(&score->clip[i][where], m->is_angle ? turned(d) : d);
    if (!isfinite(r->low) || !isfinite(r->high))
        return;
    score->intervals++;
    score->inside += r->low <= truth && truth <= r->high;
}

static void score_clip(acc_score *score, const acc_run *truth, const acc_run *result)
{
    for (int i = 0; i < ACC_N_CLIP_VALUES; i++) {
        if (!acc_clip_values[i].is_sided)
            add_clip_value(score, i, ACC_NEAR, truth->clip[i][TREAD_BOTH].value,
                           &result->clip[i][TREAD_BOTH]);
        for (int side = 0; acc_clip_values[i].is_sided && side < TREAD_N_SIDES; side++)
            add_clip_value(score, i, where_of(truth, side), truth->clip[i][side].value,
                           &result->clip[i][side]);
        for (int w = 0; w < ACC_N_WHERES; w++)
            acc_stat_close(&score->clip[i][w]);
    }
}

/* Why steps are missing, and a view that was not recognised. */
static void write_note(acc_score *score, const acc_run *truth, const acc_run *result)
{
    bool is_wrong = result->n_frames > 0 && result->view != truth->view;
    snprintf(score->note, sizeof score->note, "%.100s%s%s%s", result->note,
             is_wrong && *result->note ? "; " : "", is_wrong ? "view: " : "",
             is_wrong ? tread_view_name(result->view) : "");
}

void acc_score_run(acc_score *score, const char *name, const char *group, const acc_run *truth,
                   const acc_run *result)
{
    memset(score, 0, sizeof *score);
    snprintf(score->name, sizeof score->name, "%s", name);
    snprintf(score->group, sizeof score->group, "%s", group);
    write_note(score, truth, result);
    score->is_rear = truth->view == TREAD_VIEW_REAR;
    score->fps = truth->fps;
    score->n_clips = 1;
    score_frames(score, truth, result);
    score_steps(score, truth, result);
    score_clip(score, truth, result);
}

/* ---- sums ------------------------------------------------------------------------- */

static void add_doubles(double *into, const double *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        into[i] += from[i];
}

void acc_score_merge(acc_score *into, const acc_score *from)
{
    into->n_clips += from->n_clips;
    into->intervals += from->intervals;
    into->inside += from->inside;
    for (int w = 0; w < ACC_N_WHERES; w++) {
        for (int i = 0; i < ACC_N_ANGLES; i++)
            acc_stat_merge(&into->angle[i][w], &from->angle[i][w]);
        for (int i = 0; i < ACC_N_STEP_VALUES; i++)
            acc_stat_merge(&into->step[i][w], &from->step[i][w]);
        for (int i = 0; i < ACC_N_CLIP_VALUES; i++)
            acc_stat_merge(&into->clip[i][w], &from->clip[i][w]);
    }
    add_doubles((double *)into->events, (const double *)from->events,
                ACC_N_WHERES * ACC_EVENT_FIELDS);
    add_doubles((double *)into->bands, (const double *)from->bands,
                ACC_N_POINTS * ACC_N_WHERES * ACC_BAND_FIELDS);
    add_doubles((double *)into->legs, (const double *)from->legs, ACC_N_GROUPS * ACC_LEGS_FIELDS);
}

#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every double of `n` bytes at `p`. */
static void fill_nan(double *p, size_t n)
{
    for (size_t i = 0; i < n / sizeof *p; i++)
        p[i] = NAN;
}

void acc_run_init(acc_run *run)
{
    memset(run, 0, sizeof *run);
    fill_nan(&run->clip[0][0].value, sizeof run->clip);
    run->fps = NAN;
}

void acc_run_free(acc_run *run)
{
    free(run->frame);
    free(run->step);
    acc_run_init(run);
}

static void *grown(void *array, size_t *room, size_t n, size_t size)
{
    if (n < *room)
        return array;
    size_t more = *room > 0 ? 2 * *room : 64;
    void *p = realloc(array, more * size);
    if (p)
        *room = more;
    return p;
}

acc_frame *acc_run_add_frame(acc_run *run)
{
    acc_frame *p = grown(run->frame, &run->frames_room, run->n_frames, sizeof *p);
    if (!p)
        return NULL;
    run->frame = p;
    acc_frame *f = &p[run->n_frames++];
    f->time_s = NAN;
    fill_nan(&f->angle[0][0], sizeof f->angle);
    fill_nan(&f->x[0][0], sizeof f->x);
    fill_nan(&f->y[0][0], sizeof f->y);
    fill_nan(&f->x_sd[0][0], sizeof f->x_sd);
    fill_nan(&f->y_sd[0][0], sizeof f->y_sd);
    return f;
}

acc_step *acc_run_add_step(acc_run *run)
{
    acc_step *p = grown(run->step, &run->steps_room, run->n_steps, sizeof *p);
    if (!p)
        return NULL;
    run->step = p;
    acc_step *s = &p[run->n_steps++];
    *s = (acc_step){.is_valid = true, .next_s = NAN};
    fill_nan(s->value, sizeof s->value);
    return s;
}

/* Mean of a step value; side TREAD_BOTH takes all. */
static double mean_of(const acc_run *run, enum acc_step_value which, enum tread_side side)
{
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < run->n_steps; i++) {
        const acc_step *s = &run->step[i];
        if ((side == TREAD_BOTH || s->side == side) && isfinite(s->value[which])) {
            sum += s->value[which];
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

void acc_run_average_steps(acc_run *run)
{
    for (int i = 0; i < ACC_N_CLIP_VALUES; i++)
        for (int k = 0; k < ACC_N_STEP_VALUES; k++)
            for (int side = 0; side <= TREAD_BOTH; side++)
                if (strcmp(acc_clip_values[i].key, acc_step_values[k].key) == 0)
                    run->clip[i][side].value =
                        mean_of(run, (enum acc_step_value)k, (enum tread_side)side);
    if (run->n_steps < 2)
        return;
    const acc_step *first = &run->step[0], *last = &run->step[run->n_steps - 1];
    double step_s =
        (last->value[ACC_STEP_IC] - first->value[ACC_STEP_IC]) / (double)(run->n_steps - 1);
    run->clip[ACC_CLIP_CADENCE][TREAD_BOTH].value = 60 / step_s;
    run->clip[ACC_CLIP_DUTY][TREAD_BOTH].value =
        mean_of(run, ACC_STEP_CONTACT, TREAD_BOTH) / (2000 * step_s);
}

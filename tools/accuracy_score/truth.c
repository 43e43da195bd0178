/* What the renderer knows: CLIP.truth.json of treadsynth. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "run.h"

static double number(const json_t *object, const char *key)
{
    const json_t *j = json_object_get(object, key);
    return json_is_number(j) ? json_number_value(j) : (double)NAN;
}

static const char *word(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

static enum tread_view view_of(const char *name)
{
    return strcmp(name, "rear") == 0    ? TREAD_VIEW_REAR
           : strcmp(name, "right") == 0 ? TREAD_VIEW_RIGHT
                                        : TREAD_VIEW_LEFT; /* oblique: left, from behind */
}

static enum tread_foot_strike strike_of(const char *name)
{
    for (int i = TREAD_STRIKE_REARFOOT; i <= TREAD_STRIKE_FOREFOOT; i++)
        if (strcmp(name, tread_foot_strike_name((enum tread_foot_strike)i)) == 0)
            return (enum tread_foot_strike)i;
    return TREAD_STRIKE_UNKNOWN;
}

/* Where each point stands in `xy_px`; -1 = not there. */
typedef int point_columns[ACC_N_POINTS][TREAD_N_SIDES];

static void find_points(const json_t *names, point_columns column)
{
    for (int p = 0; p < ACC_N_POINTS; p++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            char name[32];
            snprintf(name, sizeof name, "%s_%s", tread_side_name((enum tread_side)side),
                     acc_points[p]);
            column[p][side] = -1;
            for (size_t i = 0; i < json_array_size(names); i++)
                if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
                    column[p][side] = (int)i;
        }
}

static void read_frame(acc_frame *f, const json_t *j, point_columns column)
{
    f->time_s = number(j, "time_s");
    f->angle[ACC_TRUNK][0] = number(j, "trunk_lean_deg");
    for (int a = ACC_KNEE; a < ACC_N_ANGLES; a++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            char key[64];
            snprintf(key, sizeof key, "%s_%s_deg", acc_angles[a].key,
                     tread_side_name((enum tread_side)side));
            f->angle[a][side] = number(j, key);
        }
    const json_t *xy = json_object_get(j, "xy_px");
    for (int p = 0; p < ACC_N_POINTS; p++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            if (column[p][side] < 0)
                continue;
            const json_t *at = json_array_get(xy, (size_t)column[p][side]);
            f->x[p][side] = json_number_value(json_array_get(at, 0));
            f->y[p][side] = json_number_value(json_array_get(at, 1));
        }
}

static void read_step(acc_step *s, const json_t *j)
{
    s->side = strcmp(word(j, "side"), "left") == 0 ? TREAD_LEFT : TREAD_RIGHT;
    s->strike = strike_of(word(j, "foot_strike"));
    s->next_s = number(j, "next_contact_s");
    for (int i = 0; i < ACC_N_STEP_VALUES; i++)
        s->value[i] =
            number(j, acc_step_values[i].truth ? acc_step_values[i].truth : acc_step_values[i].key);
}

/* What a camera beside the runner is not asked for. */
static void leave_out_rear(acc_run *run)
{
    for (size_t i = 0; i < run->n_steps; i++)
        run->step[i].value[ACC_STEP_LATERAL_LEAN] = run->step[i].value[ACC_STEP_WIDTH] = NAN;
    for (int side = 0; side <= TREAD_BOTH; side++)
        run->clip[ACC_CLIP_LATERAL_LEAN][side].value = run->clip[ACC_CLIP_WIDTH][side].value = NAN;
}

/* As gait measures it: largest extension from the middle of stance to 50 ms past toe-off. */
static void take_hip_extension(acc_run *run)
{
    double sum[TREAD_N_SIDES] = {0};
    int n[TREAD_N_SIDES] = {0};
    for (size_t i = 0; i < run->n_steps; i++) {
        acc_step *s = &run->step[i];
        double ic = s->value[ACC_STEP_IC], off = s->value[ACC_STEP_TO], most = -INFINITY;
        if (off + 0.05 > run->frame[run->n_frames - 1].time_s)
            continue;
        for (size_t k = 0; k < run->n_frames; k++)
            if (run->frame[k].time_s >= 0.5 * (ic + off) && run->frame[k].time_s <= off + 0.05)
                most = fmax(most, -run->frame[k].angle[ACC_HIP][s->side]);
        s->value[ACC_STEP_HIP_EXTENSION] = isfinite(most) ? most : NAN;
        if (isfinite(most))
            sum[s->side] += most, n[s->side]++;
    }
    for (int side = 0; side < TREAD_N_SIDES; side++)
        run->clip[ACC_CLIP_HIP_EXTENSION][side].value = n[side] ? sum[side] / n[side] : NAN;
}

static void read_summary(acc_run *run, const json_t *summary)
{
    static const char *const sides[] = {"left", "right", "all"};
    for (int i = 0; i < ACC_N_CLIP_VALUES; i++) {
        const acc_measure *m = &acc_clip_values[i];
        const char *key = m->truth ? m->truth : m->key;
        const json_t *j = json_object_get(summary, key);
        for (int side = 0; side <= TREAD_BOTH; side++)
            run->clip[i][side].value = json_is_object(j) ? number(j, sides[side]) : (double)NAN;
        if (json_is_number(j))
            run->clip[i][TREAD_BOTH].value = number(summary, key);
    }
}

static int read_root(acc_run *run, const json_t *root)
{
    size_t i;
    json_t *j;
    point_columns column;
    find_points(json_object_get(root, "landmarks"), column);
    run->view = view_of(word(json_object_get(root, "parameters"), "view"));
    run->fps = number(json_object_get(root, "clip"), "fps");
    json_array_foreach(json_object_get(root, "frames"), i, j)
    {
        acc_frame *f = acc_run_add_frame(run);
        if (!f)
            return -1;
        read_frame(f, j, column);
    }
    json_array_foreach(json_object_get(root, "steps"), i, j)
    {
        acc_step *s = acc_run_add_step(run);
        if (!s)
            return -1;
        read_step(s, j);
    }
    read_summary(run, json_object_get(root, "summary"));
    take_hip_extension(run);
    if (run->view == TREAD_VIEW_LEFT || run->view == TREAD_VIEW_RIGHT)
        leave_out_rear(run);
    return 0;
}

int acc_truth_read(acc_run *run, const char *path)
{
    acc_run_init(run);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    int status = -1;
    if (!root)
        fprintf(stderr, "accuracy_score: %s: %s\n", path, error.text);
    else if (strcmp(word(root, "format"), "treadsynth-truth") != 0 || number(root, "version") != 1)
        fprintf(stderr, "accuracy_score: %s is no treadsynth truth of version 1\n", path);
    else if ((status = read_root(run, root)) != 0)
        fprintf(stderr, "accuracy_score: out of memory\n");
    json_decref(root);
    if (status != 0)
        acc_run_free(run);
    return status;
}

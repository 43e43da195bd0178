/* What treadscope measured: its files, or its analyzer. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "csv.h"
#include "run.h"

static double number(const json_t *object, const char *key)
{
    const json_t *j = json_object_get(object, key);
    return json_is_number(j) ? json_number_value(j) : (double)NAN;
}

static int angle_column(const acc_csv *csv, int angle, int side)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s_deg", acc_angles[angle].key,
             tread_side_name((enum tread_side)side));
    return acc_csv_column(csv, name);
}

static int point_column(const acc_csv *csv, int point, int side, const char *quantity)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s_%s_px", tread_side_name((enum tread_side)side),
             acc_points[point], quantity);
    return acc_csv_column(csv, name);
}

static int read_frames(acc_run *run, const acc_csv *csv)
{
    int time = acc_csv_column(csv, "time_s"), trunk = acc_csv_column(csv, "trunk_lean_deg");
    for (size_t row = 0; row < csv->n_rows; row++) {
        acc_frame *f = acc_run_add_frame(run);
        if (!f)
            return -1;
        f->time_s = acc_csv_number(csv, row, time);
        f->angle[ACC_TRUNK][0] = acc_csv_number(csv, row, trunk);
    }
    /* Column by column: names are looked up once. */
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        for (int a = ACC_KNEE; a < ACC_N_ANGLES; a++) {
            int column = angle_column(csv, a, side);
            for (size_t row = 0; row < csv->n_rows; row++)
                run->frame[row].angle[a][side] = acc_csv_number(csv, row, column);
        }
        for (int p = 0; p < ACC_N_POINTS; p++) {
            int x = point_column(csv, p, side, "x"), y = point_column(csv, p, side, "y");
            int x_sd = point_column(csv, p, side, "x_sd");
            int y_sd = point_column(csv, p, side, "y_sd");
            for (size_t row = 0; row < csv->n_rows; row++) {
                run->frame[row].x[p][side] = acc_csv_number(csv, row, x);
                run->frame[row].y[p][side] = acc_csv_number(csv, row, y);
                run->frame[row].x_sd[p][side] = acc_csv_number(csv, row, x_sd);
                run->frame[row].y_sd[p][side] = acc_csv_number(csv, row, y_sd);
            }
        }
    }
    return 0;
}

static enum tread_foot_strike strike_of(const char *name)
{
    for (int i = TREAD_STRIKE_REARFOOT; i <= TREAD_STRIKE_FOREFOOT; i++)
        if (strcmp(name, tread_foot_strike_name((enum tread_foot_strike)i)) == 0)
            return (enum tread_foot_strike)i;
    return TREAD_STRIKE_UNKNOWN;
}

/* Contact and flight of single steps are not stated at low frame rates, but follow from the
 * moments, which are. */
static void complete_times(acc_step *s, double step_ms)
{
    double contact_ms = 1000 * (s->value[ACC_STEP_TO] - s->value[ACC_STEP_IC]);
    s->value[ACC_STEP_CONTACT] = contact_ms;
    s->value[ACC_STEP_FLIGHT] = step_ms - contact_ms;
}

static int read_steps(acc_run *run, const acc_csv *csv)
{
    int side = acc_csv_column(csv, "side"), valid = acc_csv_column(csv, "valid");
    int strike = acc_csv_column(csv, "foot_strike");
    for (size_t row = 0; row < csv->n_rows; row++) {
        acc_step *s = acc_run_add_step(run);
        if (!s)
            return -1;
        s->side = strcmp(acc_csv_text(csv, row, side), "left") == 0 ? TREAD_LEFT : TREAD_RIGHT;
        s->is_valid = acc_csv_number(csv, row, valid) == 1;
        s->strike = strike_of(acc_csv_text(csv, row, strike));
        for (int i = 0; i < ACC_N_STEP_VALUES; i++) {
            int column = acc_csv_column(csv, acc_step_values[i].key);
            s->value[i] = acc_csv_number(csv, row, column);
        }
        complete_times(s, acc_csv_number(csv, row, acc_csv_column(csv, "step_ms")));
    }
    return 0;
}

static enum tread_view view_of(const json_t *summary)
{
    const char *name = json_string_value(json_object_get(summary, "view"));
    for (int i = TREAD_VIEW_LEFT; name && i <= TREAD_VIEW_FRONT; i++)
        if (strcmp(name, tread_view_name((enum tread_view)i)) == 0)
            return (enum tread_view)i;
    return TREAD_VIEW_AUTO;
}

static void read_summary(acc_run *run, const json_t *summary)
{
    run->view = view_of(summary);
    for (int i = 0; i < ACC_N_CLIP_VALUES; i++)
        for (int side = 0; side <= TREAD_BOTH; side++) {
            const json_t *of =
                side == TREAD_BOTH
                    ? summary
                    : json_object_get(summary, tread_side_name((enum tread_side)side));
            const json_t *j = json_object_get(of, acc_clip_values[i].key);
            run->clip[i][side] =
                (acc_interval){number(j, "value"), number(j, "low"), number(j, "high")};
        }
    const char *why = json_string_value(json_object_get(summary, "no_steps_reason"));
    snprintf(run->note, sizeof run->note, "%s", why ? why : "");
}

/* @return a table of the folder */
static int read_table(acc_csv *csv, const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return acc_csv_read(csv, path, ',');
}

static int read_tables(acc_run *run, const char *folder)
{
    acc_csv csv;
    if (read_table(&csv, folder, "frames.csv") != 0)
        return -1;
    int status = read_frames(run, &csv);
    acc_csv_free(&csv);
    if (status != 0 || read_table(&csv, folder, "steps.csv") != 0)
        return -1;
    status = read_steps(run, &csv);
    acc_csv_free(&csv);
    return status;
}

int acc_result_read(acc_run *run, const char *folder)
{
    acc_run_init(run);
    char path[4096];
    snprintf(path, sizeof path, "%s/session.json", folder);
    if (access(path, F_OK) != 0) {
        snprintf(run->note, sizeof run->note, "analyze failed");
        return 0;
    }
    json_error_t error;
    json_t *session = json_load_file(path, 0, &error);
    if (!session) {
        fprintf(stderr, "accuracy_score: %s: %s\n", path, error.text);
        return -1;
    }
    read_summary(run, json_object_get(session, "summary"));
    int status = read_tables(run, folder);
    json_decref(session);
    if (status != 0)
        acc_run_free(run);
    return status;
}

/* ---- straight from the analyzer ------------------------------------------------- */

static void take_frame(acc_frame *f, const tread_frame_result *r)
{
    const double *const angle[ACC_N_ANGLES] = {
        [ACC_KNEE] = r->knee_flexion_deg,        [ACC_HIP] = r->hip_flexion_deg,
        [ACC_ANKLE] = r->ankle_dorsiflexion_deg, [ACC_SHANK] = r->shank_angle_deg,
        [ACC_THIGH] = r->thigh_angle_deg,        [ACC_FOOT] = r->foot_angle_deg,
    };
    static const int joint[ACC_N_POINTS] = {TREAD_LEFT_HIP,   TREAD_LEFT_KNEE, TREAD_LEFT_ANKLE,
                                            TREAD_LEFT_HEEL,  TREAD_LEFT_TOE,  TREAD_LEFT_SHOULDER,
                                            TREAD_LEFT_ELBOW, TREAD_LEFT_WRIST};
    f->time_s = r->time_s;
    f->angle[ACC_TRUNK][0] = r->trunk_lean_deg;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        for (int a = ACC_KNEE; a < ACC_N_ANGLES; a++)
            f->angle[a][side] = angle[a][side];
        for (int p = 0; p < ACC_N_POINTS; p++) {
            f->x[p][side] = r->x_px[joint[p] + side];
            f->y[p][side] = r->y_px[joint[p] + side];
            f->x_sd[p][side] = r->x_sd_px[joint[p] + side];
            f->y_sd[p][side] = r->y_sd_px[joint[p] + side];
        }
    }
}

static void take_step(acc_step *s, const tread_step *r)
{
    s->side = r->side;
    s->is_valid = r->is_valid;
    s->strike = r->foot_strike;
    s->value[ACC_STEP_IC] = r->initial_contact_s;
    s->value[ACC_STEP_TO] = r->toe_off_s;
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        for (int i = ACC_STEP_CONTACT; i < ACC_N_STEP_VALUES; i++)
            if (strcmp(tread_measure_describe((enum tread_measure_id)id)->key,
                       acc_step_values[i].key) == 0)
                s->value[i] = r->value[id];
    complete_times(s, r->value[TREAD_MEASURE_STEP_TIME]);
}

static void take_summary(acc_run *run, const tread_analyzer *analyzer)
{
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        for (int i = 0; i < ACC_N_CLIP_VALUES; i++) {
            const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
            if (strcmp(info->key, acc_clip_values[i].key) != 0)
                continue;
            for (int side = info->is_per_side ? TREAD_LEFT : TREAD_BOTH; side <= TREAD_BOTH;
                 side++) {
                tread_measure m;
                if (tread_analyzer_measure(analyzer, (enum tread_measure_id)id,
                                           (enum tread_side)side, &m) == TREAD_OK &&
                    !m.reason)
                    run->clip[i][side] = (acc_interval){m.value, m.low, m.high};
            }
        }
    tread_overview overview;
    tread_analyzer_overview(analyzer, &overview);
    run->view = overview.view;
    snprintf(run->note, sizeof run->note, "%s",
             overview.no_steps_reason ? overview.no_steps_reason : "");
}

int acc_result_drain(acc_run *run, tread_analyzer *analyzer)
{
    tread_frame_result frame;
    while (tread_analyzer_next_frame(analyzer, &frame) == TREAD_OK) {
        acc_frame *f = acc_run_add_frame(run);
        if (!f)
            return -1;
        take_frame(f, &frame);
    }
    tread_step step;
    while (tread_analyzer_next_step(analyzer, &step) == TREAD_OK) {
        acc_step *s = acc_run_add_step(run);
        if (!s)
            return -1;
        take_step(s, &step);
    }
    return 0;
}

int acc_result_take(acc_run *run, tread_analyzer *analyzer)
{
    if (acc_result_drain(run, analyzer) != 0)
        return -1;
    take_summary(run, analyzer);
    return 0;
}

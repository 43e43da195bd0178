#include "lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

#define DEGREES (180 / 3.14159265358979323846)
#define MAX_CLUSTER 6

/* Segments that move as one, and the markers that show where they are. */
static const char *const pelvis_markers[] = {"R.ASIS",        "L.ASIS",        "R.PSIS", "L.PSIS",
                                             "R.Iliac.Crest", "L.Iliac.Crest", NULL};
static const char *const thigh_markers[] = {"Thigh.Top.Lateral", "Thigh.Bottom.Lateral",
                                            "Thigh.Top.Medial", "Thigh.Bottom.Medial", NULL};
static const char *const shank_markers[] = {"Shank.Top.Lateral", "Shank.Bottom.Lateral",
                                            "Shank.Top.Medial", "Shank.Bottom.Medial", NULL};
static const char side_letter[] = {'L', 'R'};

/* A cluster's columns in the standing and the running file, and its standing points. */
typedef struct cluster {
    size_t n;
    int run_column[MAX_CLUSTER];
    acc_vec standing[MAX_CLUSTER];
} cluster;

typedef struct clusters {
    cluster pelvis, thigh[TREAD_N_SIDES], shank[TREAD_N_SIDES];
    acc_lab_frame standing;
    int heel[TREAD_N_SIDES], mt1[TREAD_N_SIDES], mt5[TREAD_N_SIDES]; /* run columns */
} clusters;

/* Column of a marker's X; side < 0: the name is whole. */
static int marker_column(const acc_csv *csv, int side, const char *name)
{
    char full[64];
    if (side < 0)
        snprintf(full, sizeof full, "%sX", name);
    else
        snprintf(full, sizeof full, "%c.%sX", side_letter[side], name);
    return acc_csv_column(csv, full);
}

/* Millimetres in the file. */
static acc_vec marker_at(const acc_csv *csv, size_t row, int column)
{
    if (column < 0)
        return (acc_vec){NAN, NAN, NAN};
    return (acc_vec){acc_csv_number(csv, row, column) / 1000,
                     acc_csv_number(csv, row, column + 1) / 1000,
                     acc_csv_number(csv, row, column + 2) / 1000};
}

static acc_vec standing_mean(const acc_csv *csv, int side, const char *name)
{
    int column = marker_column(csv, side, name);
    acc_vec sum = {0, 0, 0};
    for (size_t row = 0; row < csv->n_rows; row++) {
        acc_vec p = marker_at(csv, row, column);
        sum = (acc_vec){sum.x + p.x, sum.y + p.y, sum.z + p.z};
    }
    double n = (double)csv->n_rows;
    return (acc_vec){sum.x / n, sum.y / n, sum.z / n};
}

static void find_cluster(cluster *c, const acc_csv *standing, const acc_csv *run, int side,
                         const char *const *names)
{
    for (c->n = 0; names[c->n]; c->n++) {
        c->run_column[c->n] = marker_column(run, side, names[c->n]);
        c->standing[c->n] = standing_mean(standing, side, names[c->n]);
    }
}

/* Bell, Pedersen & Brand 1990 (J Biomech 23:617): the hip joint from the width between
 * the ASIS, here 19 % behind, 30 % below and 36 % beside their middle. */
static acc_vec hip_centre(const acc_csv *standing, int side)
{
    acc_vec left = standing_mean(standing, TREAD_LEFT, "ASIS");
    acc_vec right = standing_mean(standing, TREAD_RIGHT, "ASIS"), m = acc_vec_mix(left, right, 0.5);
    double width =
        sqrt((right.x - left.x) * (right.x - left.x) + (right.y - left.y) * (right.y - left.y) +
             (right.z - left.z) * (right.z - left.z));
    return (acc_vec){m.x - 0.19 * width, m.y - 0.30 * width,
                     m.z + (side == TREAD_RIGHT ? 0.36 : -0.36) * width};
}

static void find_clusters(clusters *c, const acc_csv *standing, const acc_csv *run)
{
    find_cluster(&c->pelvis, standing, run, -1, pelvis_markers);
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        find_cluster(&c->thigh[side], standing, run, side, thigh_markers);
        find_cluster(&c->shank[side], standing, run, side, shank_markers);
        c->heel[side] = marker_column(run, side, "Heel.Bottom");
        c->mt1[side] = marker_column(run, side, "MT1");
        c->mt5[side] = marker_column(run, side, "MT5");
        acc_vec *const p[] = {
            &c->standing.point[ACC_POINT_HIP][side], &c->standing.point[ACC_POINT_KNEE][side],
            &c->standing.point[ACC_POINT_ANKLE][side], &c->standing.point[ACC_POINT_HEEL][side],
            &c->standing.point[ACC_POINT_TOE][side]};
        *p[0] = hip_centre(standing, side);
        *p[1] = acc_vec_mix(standing_mean(standing, side, "Knee"),
                            standing_mean(standing, side, "Knee.Medial"), 0.5);
        *p[2] = acc_vec_mix(standing_mean(standing, side, "Ankle"),
                            standing_mean(standing, side, "Ankle.Medial"), 0.5);
        *p[3] = standing_mean(standing, side, "Heel.Bottom");
        *p[4] = acc_vec_mix(standing_mean(standing, side, "MT1"),
                            standing_mean(standing, side, "MT5"), 0.5);
    }
}

/* Where the cluster was in a row of the run; without three of its markers, nowhere. */
static int locate(const cluster *c, const acc_csv *run, size_t row, acc_rigid *fit)
{
    acc_vec from[MAX_CLUSTER], to[MAX_CLUSTER];
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        acc_vec p = marker_at(run, row, c->run_column[i]);
        if (!isfinite(p.x + p.y + p.z))
            continue;
        from[n] = c->standing[i];
        to[n++] = p;
    }
    return acc_rigid_fit(fit, from, to, n);
}

static int rebuild(const clusters *c, const acc_csv *run, size_t row, acc_lab_frame *out)
{
    acc_rigid pelvis, thigh, shank;
    if (locate(&c->pelvis, run, row, &pelvis) != 0)
        return -1;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        if (locate(&c->thigh[side], run, row, &thigh) != 0 ||
            locate(&c->shank[side], run, row, &shank) != 0)
            return -1;
        acc_vec knee = c->standing.point[ACC_POINT_KNEE][side];
        out->point[ACC_POINT_HIP][side] =
            acc_rigid_move(&pelvis, c->standing.point[ACC_POINT_HIP][side]);
        /* Both segments claim the knee; skin moves under either. */
        out->point[ACC_POINT_KNEE][side] =
            acc_vec_mix(acc_rigid_move(&thigh, knee), acc_rigid_move(&shank, knee), 0.5);
        out->point[ACC_POINT_ANKLE][side] =
            acc_rigid_move(&shank, c->standing.point[ACC_POINT_ANKLE][side]);
        out->point[ACC_POINT_HEEL][side] = marker_at(run, row, c->heel[side]);
        out->point[ACC_POINT_TOE][side] =
            acc_vec_mix(marker_at(run, row, c->mt1[side]), marker_at(run, row, c->mt5[side]), 0.5);
    }
    return 0;
}

static double foot_deg(const acc_lab_frame *f, int side)
{
    acc_vec heel = f->point[ACC_POINT_HEEL][side], toe = f->point[ACC_POINT_TOE][side];
    return DEGREES * atan2(toe.y - heel.y, toe.x - heel.x);
}

static int read_joints(acc_lab *lab, const acc_csv *standing, const acc_csv *run)
{
    clusters c;
    find_clusters(&c, standing, run);
    lab->frame = calloc(run->n_rows, sizeof *lab->frame);
    if (!lab->frame)
        return -1;
    for (size_t row = 0; row < run->n_rows; row++) {
        /* A marker lost for a moment: the frame before stands in. */
        if (rebuild(&c, run, row, &lab->frame[row]) == 0)
            continue;
        if (row == 0)
            return -1;
        lab->frame[row] = lab->frame[row - 1];
    }
    lab->n_frames = run->n_rows;
    acc_vec hip =
        acc_vec_mix(c.standing.point[ACC_POINT_HIP][0], c.standing.point[ACC_POINT_HIP][1], 0.5);
    lab->leg_m = hip.y;
    for (int side = 0; side < TREAD_N_SIDES; side++)
        lab->foot_rest_deg[side] = foot_deg(&c.standing, side);
    return 0;
}

/* ---- times and angles --------------------------------------------------------------- */

static double cubic(double a, double b, double c, double d, double t)
{
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

acc_lab_frame acc_lab_at(const acc_lab *lab, double time_s)
{
    double at = fmax(0, fmin(time_s * LAB_MARKER_HZ, (double)lab->n_frames - 1));
    size_t i = (size_t)at, last = lab->n_frames - 1;
    const acc_lab_frame *f = lab->frame, *a = &f[i > 0 ? i - 1 : 0], *b = &f[i];
    const acc_lab_frame *c = &f[i < last ? i + 1 : last], *d = &f[i + 2 <= last ? i + 2 : last];
    double t = at - (double)i;
    acc_lab_frame out;
    for (int p = 0; p < ACC_N_LEG_POINTS; p++)
        for (int s = 0; s < TREAD_N_SIDES; s++)
            out.point[p][s] = (acc_vec){
                cubic(a->point[p][s].x, b->point[p][s].x, c->point[p][s].x, d->point[p][s].x, t),
                cubic(a->point[p][s].y, b->point[p][s].y, c->point[p][s].y, d->point[p][s].y, t),
                cubic(a->point[p][s].z, b->point[p][s].z, c->point[p][s].z, d->point[p][s].z, t)};
    return out;
}

/* From straight down, + forward. */
static double from_down(acc_vec upper, acc_vec lower)
{
    return DEGREES * atan2(lower.x - upper.x, upper.y - lower.y);
}

void acc_lab_angles(const acc_lab *lab, const acc_lab_frame *at, acc_frame *out)
{
    for (int s = 0; s < TREAD_N_SIDES; s++) {
        double thigh = from_down(at->point[ACC_POINT_HIP][s], at->point[ACC_POINT_KNEE][s]);
        double shank = from_down(at->point[ACC_POINT_KNEE][s], at->point[ACC_POINT_ANKLE][s]);
        double foot = foot_deg(at, s) - lab->foot_rest_deg[s];
        out->angle[ACC_THIGH][s] = thigh;
        out->angle[ACC_SHANK][s] = shank;
        out->angle[ACC_KNEE][s] = thigh - shank;
        out->angle[ACC_FOOT][s] = foot;
        out->angle[ACC_ANKLE][s] = foot - shank;
    }
}

/* ---- steps -------------------------------------------------------------------------- */

/* Largest knee flexion between two times. */
static double knee_peak(const acc_lab *lab, int side, double from_s, double to_s)
{
    double peak = NAN;
    for (double t = from_s; t < to_s; t += 0.002) {
        acc_lab_frame at = acc_lab_at(lab, t);
        acc_frame a;
        acc_lab_angles(lab, &at, &a);
        peak = fmax(peak, a.angle[ACC_KNEE][side]);
    }
    return peak;
}

static acc_vec mid_hip(const acc_lab_frame *f)
{
    return acc_vec_mix(f->point[ACC_POINT_HIP][0], f->point[ACC_POINT_HIP][1], 0.5);
}

static double oscillation_m(const acc_lab *lab, double from_s, double to_s)
{
    double low = NAN, high = NAN;
    for (double t = from_s; t < to_s; t += 0.002) {
        acc_lab_frame at = acc_lab_at(lab, t);
        low = fmin(low, mid_hip(&at).y);
        high = fmax(high, mid_hip(&at).y);
    }
    return high - low;
}

/* Altman & Davis 2012, BIOMECHANICS section 2. */
static enum tread_foot_strike strike_class(double deg)
{
    return deg > 8.0    ? TREAD_STRIKE_REARFOOT
           : deg < -1.6 ? TREAD_STRIKE_FOREFOOT
                        : TREAD_STRIKE_MIDFOOT;
}

/* What follows from the joints once the events are known. The foot strike angle stated
 * with the contacts is that of heel and first metatarsal, tilted by how the foot is
 * turned in or out; a camera beside sees the middle of the forefoot. */
static void measure_step(const acc_lab *lab, acc_step *s, double same_s)
{
    double ic = s->value[ACC_STEP_IC], off = s->value[ACC_STEP_TO];
    int side = (int)s->side, other = 1 - side;
    acc_lab_frame at = acc_lab_at(lab, ic), then = acc_lab_at(lab, s->next_s);
    acc_frame a;
    acc_lab_angles(lab, &at, &a);
    double heel = at.point[ACC_POINT_HEEL][side].x, ahead = heel - mid_hip(&at).x;
    s->value[ACC_STEP_CONTACT] = 1000 * (off - ic);
    s->value[ACC_STEP_FLIGHT] = 1000 * (s->next_s - off);
    s->value[ACC_STEP_STRIKE] = a.angle[ACC_FOOT][side];
    s->strike = strike_class(a.angle[ACC_FOOT][side]);
    s->value[ACC_STEP_KNEE_CONTACT] = a.angle[ACC_KNEE][side];
    s->value[ACC_STEP_KNEE_STANCE] = knee_peak(lab, side, ic, ic + 0.75 * (off - ic));
    s->value[ACC_STEP_KNEE_SWING] = knee_peak(lab, side, off, same_s);
    s->value[ACC_STEP_SHANK] = a.angle[ACC_SHANK][side];
    s->value[ACC_STEP_AHEAD_CM] = 100 * ahead;
    s->value[ACC_STEP_AHEAD_PCT] = 100 * ahead / lab->leg_m;
    s->value[ACC_STEP_LENGTH] =
        LAB_SPEED_M_S * (s->next_s - ic) + then.point[ACC_POINT_HEEL][other].x - heel;
    s->value[ACC_STEP_OSCILLATION] = 100 * oscillation_m(lab, ic, s->next_s);
}

/* The last two contacts end no step, as what follows them is not in the file: only
 * their events are known. */
static int read_steps(acc_lab *lab, const acc_csv *csv)
{
    int ic = acc_csv_column(csv, "t_contact_s"), off = acc_csv_column(csv, "t_off_s");
    int side = acc_csv_column(csv, "side");
    for (size_t row = 0; row < csv->n_rows; row++) {
        acc_step *s = acc_run_add_step(&lab->run);
        if (!s)
            return -1;
        s->side = acc_csv_text(csv, row, side)[0] == 'L' ? TREAD_LEFT : TREAD_RIGHT;
        s->value[ACC_STEP_IC] = acc_csv_number(csv, row, ic);
        s->value[ACC_STEP_TO] = acc_csv_number(csv, row, off);
        s->next_s = acc_csv_number(csv, row + 1, ic);
        if (row + 2 < csv->n_rows)
            measure_step(lab, s, acc_csv_number(csv, row + 2, ic));
    }
    acc_run_average_steps(&lab->run);
    return 0;
}

static int read_one(acc_csv *csv, const char *folder, const char *name, char separator)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return acc_csv_read(csv, path, separator);
}

int acc_lab_read(acc_lab *lab, const char *folder)
{
    memset(lab, 0, sizeof *lab);
    acc_run_init(&lab->run);
    acc_csv standing = {0}, run = {0}, contacts = {0};
    int status = -1;
    if (read_one(&standing, folder, "RBDS001static.txt", '\t') == 0 &&
        read_one(&run, folder, "RBDS001runT25markers.txt", '\t') == 0 &&
        read_one(&contacts, folder, "RBDS001runT25.contacts.csv", ',') == 0) {
        status = read_joints(lab, &standing, &run);
        if (status == 0)
            status = read_steps(lab, &contacts);
        if (status != 0)
            fprintf(stderr, "accuracy_score: %s: not the markers expected\n", folder);
    }
    acc_csv_free(&standing);
    acc_csv_free(&run);
    acc_csv_free(&contacts);
    if (status != 0)
        acc_lab_free(lab);
    return status;
}

void acc_lab_free(acc_lab *lab)
{
    free(lab->frame);
    lab->frame = NULL;
    acc_run_free(&lab->run);
}

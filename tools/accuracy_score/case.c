#include "case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RADIANS (3.14159265358979323846 / 180)

/* A phone on a tripod: 3.5 m away at hip height, the runner 600 px tall. */
#define DISTANCE_M 3.5
#define CAMERA_HEIGHT_M 1.0
#define RUNNER_M 1.75
#define FOCAL_PX (600 / RUNNER_M * DISTANCE_M)
#define CENTRE_X_PX 360.0
#define CENTRE_Y_PX 480.0

const acc_case acc_cases[] = {
    {"clean_30", 30, TREAD_VIEW_LEFT, 0, 0, ACC_EXCHANGE_NONE, false},
    {"clean_60", 60, TREAD_VIEW_LEFT, 0, 0, ACC_EXCHANGE_NONE, false},
    {"clean_120", 120, TREAD_VIEW_LEFT, 0, 0, ACC_EXCHANGE_NONE, false},
    {"noise_30", 30, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_NONE, false},
    {"noise_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_NONE, false},
    {"noise_120", 120, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_NONE, false},
    {"right_60", 60, TREAD_VIEW_RIGHT, 0, 2, ACC_EXCHANGE_NONE, false},
    {"yaw15_60", 60, TREAD_VIEW_LEFT, 15, 2, ACC_EXCHANGE_NONE, false},
    {"knees_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_KNEE, false},
    {"feet_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_FOOT, false},
    {"legs_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_LEG, false},
    {"drops_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_NONE, true},
    {"all_30", 30, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_ANY, true},
    {"all_60", 60, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_ANY, true},
    {"all_120", 120, TREAD_VIEW_LEFT, 0, 2, ACC_EXCHANGE_ANY, true},
    {"all_right_60", 60, TREAD_VIEW_RIGHT, 0, 2, ACC_EXCHANGE_ANY, true},
};
const size_t acc_n_cases = sizeof acc_cases / sizeof *acc_cases;

/* ---- random numbers: Knuth's MMIX generator, the same everywhere ---------------------- */

typedef struct lcg {
    uint64_t state;
} lcg;

static double uniform(lcg *r)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(r->state >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
}

static double normal(lcg *r)
{
    double u = uniform(r), v = uniform(r);
    return sqrt(-2 * log(u)) * cos(360 * RADIANS * v);
}

/* Each case its own stream, whatever the order of cases. */
static lcg seeded(const char *name)
{
    lcg r = {14695981039346656037u}; /* FNV-1a */
    for (; *name; name++)
        r.state = (r.state ^ (unsigned char)*name) * 1099511628211u;
    uniform(&r);
    return r;
}

/* ---- camera -------------------------------------------------------------------------- */

typedef struct camera {
    acc_vec at, right, forward; /* level: down is minus y */
} camera;

/* Looks at `target` from beside, turned about it by the yaw. */
static camera camera_for(const acc_case *c, acc_vec target)
{
    double turn = RADIANS * c->yaw_deg, side = c->view == TREAD_VIEW_LEFT ? -1 : 1;
    camera cam;
    cam.forward = (acc_vec){sin(turn), 0, -side * cos(turn)};
    cam.right = (acc_vec){-cam.forward.z, 0, cam.forward.x};
    cam.at = (acc_vec){target.x - DISTANCE_M * cam.forward.x, CAMERA_HEIGHT_M,
                       target.z - DISTANCE_M * cam.forward.z};
    return cam;
}

static void project(const camera *cam, acc_vec p, double *x, double *y)
{
    double dx = p.x - cam->at.x, dz = p.z - cam->at.z;
    double depth = dx * cam->forward.x + dz * cam->forward.z;
    *x = CENTRE_X_PX + FOCAL_PX * (dx * cam->right.x + dz * cam->right.z) / depth;
    *y = CENTRE_Y_PX - FOCAL_PX * (p.y - cam->at.y) / depth;
}

/* ---- landmarks ------------------------------------------------------------------------ */

static const int leg_landmark[ACC_N_LEG_POINTS] = {
    [ACC_POINT_HIP] = TREAD_LM_LEFT_HIP,     [ACC_POINT_KNEE] = TREAD_LM_LEFT_KNEE,
    [ACC_POINT_ANKLE] = TREAD_LM_LEFT_ANKLE, [ACC_POINT_HEEL] = TREAD_LM_LEFT_HEEL,
    [ACC_POINT_TOE] = TREAD_LM_LEFT_TOE,
};

static void put(tread_landmarks *lm, int index, const camera *cam, acc_vec p)
{
    double x, y;
    project(cam, p, &x, &y);
    lm->x_px[index] = (float)x;
    lm->y_px[index] = (float)y;
}

/* No markers above the pelvis: a trunk that leans 5 degrees and a head that looks
 * forward stand in, so that views can be told. Nothing of them is scored. */
static void put_upper_body(tread_landmarks *lm, const camera *cam, const acc_lab_frame *at)
{
    acc_vec hip = acc_vec_mix(at->point[ACC_POINT_HIP][0], at->point[ACC_POINT_HIP][1], 0.5);
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        double out = side == TREAD_LEFT ? -1 : 1;
        put(lm, TREAD_LM_LEFT_SHOULDER + side, cam,
            (acc_vec){hip.x + 0.04, hip.y + 0.50, hip.z + 0.18 * out});
        put(lm, TREAD_LM_LEFT_EAR + side, cam,
            (acc_vec){hip.x + 0.08, hip.y + 0.69, hip.z + 0.07 * out});
    }
    put(lm, TREAD_LM_NOSE, cam, (acc_vec){hip.x + 0.19, hip.y + 0.67, hip.z});
}

static void swap_sides(tread_landmarks *lm, enum acc_point first, enum acc_point last)
{
    for (int p = (int)first; p <= (int)last; p++) {
        int l = leg_landmark[p], r = l + 1;
        float x = lm->x_px[l], y = lm->y_px[l];
        lm->x_px[l] = lm->x_px[r];
        lm->y_px[l] = lm->y_px[r];
        lm->x_px[r] = x;
        lm->y_px[r] = y;
    }
}

typedef struct damage {
    lcg random;
    enum acc_exchange now;
    int n_left; /* frames of the exchange under way */
} damage;

/* Runs of 3.5 frames on average: begun in a frame in 31.5, they fill a tenth. */
static void exchange(const acc_case *c, damage *d, tread_landmarks *lm)
{
    if (c->exchange == ACC_EXCHANGE_NONE)
        return;
    if (d->n_left == 0 && uniform(&d->random) < 1 / 31.5) {
        d->n_left = 2 + (int)(4 * uniform(&d->random));
        d->now = c->exchange == ACC_EXCHANGE_ANY
                     ? (enum acc_exchange)(1 + (int)(3 * uniform(&d->random)))
                     : c->exchange;
    }
    if (d->n_left == 0)
        return;
    d->n_left--;
    swap_sides(lm, d->now == ACC_EXCHANGE_FOOT ? ACC_POINT_ANKLE : ACC_POINT_KNEE,
               d->now == ACC_EXCHANGE_KNEE ? ACC_POINT_KNEE : ACC_POINT_TOE);
}

static void drop(damage *d, tread_landmarks *lm)
{
    bool is_gone = uniform(&d->random) < 0.04;
    for (int i = 0; i < TREAD_N_LANDMARKS; i++)
        if (uniform(&d->random) < 0.04 || is_gone)
            lm->x_px[i] = lm->y_px[i] = NAN;
    if (is_gone)
        lm->presence = 0;
}

/* The landmarks of one frame, and its truth. */
static void make_frame(const acc_case *c, const acc_lab *lab, const camera *cam, damage *d,
                       tread_landmarks *lm, acc_frame *truth)
{
    acc_lab_frame at = acc_lab_at(lab, lm->time_s);
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        lm->x_px[i] = lm->y_px[i] = lm->z_px[i] = NAN;
        lm->confidence[i] = 0.9f;
    }
    lm->presence = 1;
    truth->time_s = lm->time_s;
    acc_lab_angles(lab, &at, truth);
    for (int p = 0; p < ACC_N_LEG_POINTS; p++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            project(cam, at.point[p][side], &truth->x[p][side], &truth->y[p][side]);
            put(lm, leg_landmark[p] + side, cam, at.point[p][side]);
        }
    put_upper_body(lm, cam, &at);
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        lm->x_px[i] += (float)(c->noise_px * normal(&d->random));
        lm->y_px[i] += (float)(c->noise_px * normal(&d->random));
    }
    exchange(c, d, lm);
    if (c->has_drop_outs)
        drop(d, lm);
}

/* ---- one case ----------------------------------------------------------------------- */

static int push_all(const acc_case *c, const acc_lab *lab, tread_analyzer *analyzer, acc_run *truth)
{
    acc_lab_frame middle = acc_lab_at(lab, (double)lab->n_frames / LAB_MARKER_HZ / 2);
    camera cam = camera_for(
        c, acc_vec_mix(middle.point[ACC_POINT_HIP][0], middle.point[ACC_POINT_HIP][1], 0.5));
    damage d = {.random = seeded(c->name)};
    double end_s = (double)(lab->n_frames - 1) / LAB_MARKER_HZ;
    for (int64_t k = 0; (double)k / c->fps <= end_s; k++) {
        tread_landmarks lm = {.frame = k, .time_s = (double)k / c->fps};
        acc_frame *f = acc_run_add_frame(truth);
        if (!f)
            return -1;
        make_frame(c, lab, &cam, &d, &lm, f);
        if (tread_analyzer_push(analyzer, &lm) != TREAD_OK)
            return -1;
    }
    return tread_analyzer_finish(analyzer) == TREAD_OK ? 0 : -1;
}

/* The laboratory's steps and clip values beside this camera's frames. */
static int copy_steps(acc_run *truth, const acc_lab *lab, const acc_case *c)
{
    for (size_t i = 0; i < lab->run.n_steps; i++) {
        acc_step *s = acc_run_add_step(truth);
        if (!s)
            return -1;
        *s = lab->run.step[i];
    }
    memcpy(truth->clip, lab->run.clip, sizeof truth->clip);
    truth->view = c->view;
    truth->fps = c->fps;
    return 0;
}

int acc_case_run(const acc_case *c, const acc_lab *lab, acc_score *score)
{
    tread_analyzer *analyzer = NULL;
    tread_analyzer_opts opts = {.speed_kmh = LAB_SPEED_M_S * 3.6};
    acc_run truth, result;
    acc_run_init(&truth);
    acc_run_init(&result);
    int status = -1;
    if (tread_analyzer_create(&analyzer, &opts) == TREAD_OK && copy_steps(&truth, lab, c) == 0 &&
        push_all(c, lab, analyzer, &truth) == 0 && acc_result_take(&result, analyzer) == 0) {
        acc_score_run(score, c->name, "lab", &truth, &result);
        status = 0;
    } else {
        fprintf(stderr, "accuracy_score: %s: the analyzer failed\n", c->name);
    }
    tread_analyzer_destroy(&analyzer);
    acc_run_free(&truth);
    acc_run_free(&result);
    return status;
}

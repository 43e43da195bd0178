/* Robust zero-lag smoothing of a stretch of frames.
 *
 * Each joint's x and y minimise  sum w_i dt_i (p_i - s_i)^2 + k * integral (s''')^2 dt,
 * a smoothing spline of third order on the true times: in the middle of a long
 * stretch it is a low-pass 1 / (1 + (f / f0)^6) without phase, at any and even
 * at a varying frame rate. Times are scaled by the cut-off, so that k is the
 * same for every joint and the matrix stays well conditioned. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/median.h"
#include "linalg/linalg.h"
#include "motion/identity.h"
#include "motion/motion.h"
#include "motion/smoothing.h"

#define N_SUPER 3 /* third differences couple a frame with the next three */
#define BAND (N_SUPER + 1)
#define MAD_TO_SD 1.4826
#define N_ROBUST_ROUNDS 3
/* After this round outliers are out, and the jitter can be told. */
#define ADAPT_ROUND 1
/* Jitter for which the usual cut-offs hold, a share of the leg at 60 frames a second: the
 * median of the network `full` on the clips of tests/accuracy that may be looked at. */
#define USUAL_JITTER 0.006
#define USUAL_INTERVAL_S (1.0 / 60)
#define MIN_FACTOR 0.7
#define MAX_FACTOR 1.5
/* Median distance of normal noise in two directions is 1.1774 SD of each. */
#define DISTANCE_TO_SD (1 / 1.1774)
/* Few frames to a stroke: the path follows nearly all jitter, and says little of it. */
#define MIN_KEPT 1e-4
#define MIN_WEIGHT 0.1

struct tread_motion_workspace {
    size_t n_max;
    double *tau;           /* (n) time in units of 1 / (2 pi cut-off) */
    double *span;          /* (n) share of time a frame stands for, same unit */
    double *base;          /* (n) weight from confidence; 0 = missing */
    double *weight;        /* (n) base times robust weight */
    double *residual;      /* (n) */
    double *sure;          /* (n) confidence */
    double *sorted;        /* (n) */
    double *penalty;       /* (n, BAND) of the third derivative, at these times */
    double *band;          /* (n, BAND) */
    double *inverse;       /* (n, BAND) scratch of its inverse */
    double *xy;            /* (2, n) */
    double *raw;           /* (2, n) one joint as seen, left and right put right */
    motion_choice *choice; /* (n) */
    motion_identity *identity;
};

static const struct {
    enum tread_landmark landmark;
    double cutoff_hz; /* BIOMECHANICS.md section 8.1: pelvis and trunk 6, angles 8-10, events 15 */
} joints[TREAD_N_JOINTS] = {
    [TREAD_LEFT_SHOULDER] = {TREAD_LM_LEFT_SHOULDER, 6},
    [TREAD_RIGHT_SHOULDER] = {TREAD_LM_RIGHT_SHOULDER, 6},
    [TREAD_LEFT_ELBOW] = {TREAD_LM_LEFT_ELBOW, 8},
    [TREAD_RIGHT_ELBOW] = {TREAD_LM_RIGHT_ELBOW, 8},
    [TREAD_LEFT_WRIST] = {TREAD_LM_LEFT_WRIST, 8},
    [TREAD_RIGHT_WRIST] = {TREAD_LM_RIGHT_WRIST, 8},
    [TREAD_LEFT_HIP] = {TREAD_LM_LEFT_HIP, 6},
    [TREAD_RIGHT_HIP] = {TREAD_LM_RIGHT_HIP, 6},
    [TREAD_LEFT_KNEE] = {TREAD_LM_LEFT_KNEE, 10},
    [TREAD_RIGHT_KNEE] = {TREAD_LM_RIGHT_KNEE, 10},
    [TREAD_LEFT_ANKLE] = {TREAD_LM_LEFT_ANKLE, 12},
    [TREAD_RIGHT_ANKLE] = {TREAD_LM_RIGHT_ANKLE, 12},
    [TREAD_LEFT_HEEL] = {TREAD_LM_LEFT_HEEL, 12},
    [TREAD_RIGHT_HEEL] = {TREAD_LM_RIGHT_HEEL, 12},
    [TREAD_LEFT_TOE] = {TREAD_LM_LEFT_TOE, 12},
    [TREAD_RIGHT_TOE] = {TREAD_LM_RIGHT_TOE, 12},
    [TREAD_LEFT_EAR] = {TREAD_LM_LEFT_EAR, 6},
    [TREAD_RIGHT_EAR] = {TREAD_LM_RIGHT_EAR, 6},
    [TREAD_NOSE] = {TREAD_LM_NOSE, 6},
};

double motion_cutoff_hz(enum tread_joint joint)
{
    return joints[joint].cutoff_hz;
}

enum tread_landmark tread_motion__landmark_of(enum tread_joint joint)
{
    return joints[joint].landmark;
}

int tread_motion__workspace_create(tread_motion_workspace **out, size_t n_max)
{
    *out = NULL;
    if (n_max == 0)
        n_max = 1;
    tread_motion_workspace *ws = calloc(1, sizeof *ws);
    if (!ws)
        return TREAD_ERR_NOMEM;
    ws->n_max = n_max;
    ws->tau = calloc(n_max * (7 + 3 * BAND + 4), sizeof *ws->tau);
    ws->choice = calloc(n_max, sizeof *ws->choice);
    if (!ws->tau || !ws->choice || motion_identity_create(&ws->identity, n_max) != TREAD_OK) {
        tread_motion__workspace_destroy(&ws);
        return TREAD_ERR_NOMEM;
    }
    ws->span = ws->tau + n_max;
    ws->base = ws->span + n_max;
    ws->weight = ws->base + n_max;
    ws->residual = ws->weight + n_max;
    ws->sorted = ws->residual + n_max;
    ws->sure = ws->sorted + n_max;
    ws->penalty = ws->sure + n_max;
    ws->band = ws->penalty + n_max * BAND;
    ws->inverse = ws->band + n_max * BAND;
    ws->xy = ws->inverse + n_max * BAND;
    ws->raw = ws->xy + 2 * n_max;
    *out = ws;
    return TREAD_OK;
}

void tread_motion__workspace_destroy(tread_motion_workspace **ws)
{
    if (!*ws)
        return;
    motion_identity_destroy(&(*ws)->identity);
    free((*ws)->choice);
    free((*ws)->tau);
    free(*ws);
    *ws = NULL;
}

/* MOTION_PENALTY * integral of the squared third derivative, as a band. */
static void fill_penalty(double *penalty, const double *tau, size_t n)
{
    memset(penalty, 0, n * BAND * sizeof *penalty);
    for (size_t i = 0; i + N_SUPER < n; i++) {
        double c[BAND];
        for (int j = 0; j < BAND; j++) {
            double product = 1;
            for (int k = 0; k < BAND; k++)
                if (k != j)
                    product *= tau[i + (size_t)j] - tau[i + (size_t)k];
            c[j] = 6 / product; /* third divided difference times 3! */
        }
        double width = (tau[i + N_SUPER] - tau[i]) / N_SUPER;
        for (int j = 0; j < BAND; j++)
            for (int k = j; k < BAND; k++)
                penalty[(i + (size_t)j) * BAND + (size_t)(k - j)] +=
                    MOTION_PENALTY * width * c[j] * c[k];
    }
}

/* Times in units of the cut-off, what share of them each frame stands for, and the penalty. */
static void scale_times(tread_motion_workspace *ws, const tread_landmarks *lm, size_t n,
                        double cutoff_hz)
{
    double rate = 2 * 3.14159265358979323846 * cutoff_hz;
    for (size_t i = 0; i < n; i++) {
        double tau = (lm[i].time_s - lm[0].time_s) * rate;
        double least = i ? ws->tau[i - 1] + MOTION_MIN_STEP : 0;
        ws->tau[i] = tau > least ? tau : least;
    }
    for (size_t i = 0; i < n; i++) {
        double before = i ? ws->tau[i] - ws->tau[i - 1] : ws->tau[1] - ws->tau[0];
        double after = i + 1 < n ? ws->tau[i + 1] - ws->tau[i] : before;
        ws->span[i] = 0.5 * (before + after);
    }
    fill_penalty(ws->penalty, ws->tau, n);
}

static int solve(tread_motion_workspace *ws, size_t n)
{
    memcpy(ws->band, ws->penalty, n * BAND * sizeof *ws->band);
    for (size_t i = 0; i < n; i++) {
        double w = ws->weight[i] * ws->span[i];
        /* The tiny term keeps the matrix definite where nothing was seen. */
        ws->band[i * BAND] += w + 1e-9;
        ws->xy[i] = w > 0 ? w * ws->raw[i] : 0;
        ws->xy[n + i] = w > 0 ? w * ws->raw[n + i] : 0;
    }
    return tread_linalg__solve_band((int)n, N_SUPER, ws->band, 2, ws->xy);
}

/* Weights by distance from the path; the scatter of sightings about it, a coordinate. */
static double reweigh(tread_motion_workspace *ws, size_t n)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(ws->base[i] > 0))
            continue;
        double dx = ws->raw[i] - ws->xy[i], dy = ws->raw[n + i] - ws->xy[n + i];
        ws->residual[i] = sqrt(dx * dx + dy * dy);
        ws->sorted[n_seen++] = ws->residual[i];
    }
    double median = n_seen ? tread_median(ws->sorted, n_seen) : 0;
    double limit = MOTION_TUKEY * fmax(MAD_TO_SD * median, MOTION_MIN_SCALE_PX);
    for (size_t i = 0; i < n; i++) {
        if (!(ws->base[i] > 0))
            continue;
        double u = ws->residual[i] / limit;
        double keep = u < 1 ? (1 - u * u) * (1 - u * u) : 0;
        ws->weight[i] = ws->base[i] * keep;
    }
    return median * DISTANCE_TO_SD;
}

/* Share of a sighting's variance that its residual keeps: the path follows the rest. With
 * A = Z W, Z the inverse, it is the i-th diagonal of (I - A)^2, of which the band holds
 * nearly all. */
static double residual_share(const tread_motion_workspace *ws, size_t n, size_t i)
{
    double own = 1 - ws->inverse[i * BAND] * ws->weight[i] * ws->span[i], sum = own * own;
    for (size_t d = 1; d < BAND; d++) {
        double after =
            i + d < n ? ws->inverse[i * BAND + d] * ws->weight[i + d] * ws->span[i + d] : 0;
        double before =
            i >= d ? ws->inverse[(i - d) * BAND + d] * ws->weight[i - d] * ws->span[i - d] : 0;
        sum += after * after + before * before;
    }
    return sum;
}

/* The jitter of the sightings, a coordinate, read from the residuals; into ws->residual what
 * the path's own variance is in units of it (the diagonal of the posterior covariance). */
static double measure_jitter(tread_motion_workspace *ws, size_t n, double scatter_px)
{
    double *variance = ws->residual, kept = 0;
    size_t n_seen = 0;
    tread_linalg__band_inverse_diagonal((int)n, N_SUPER, ws->band, ws->inverse, variance);
    for (size_t i = 0; i < n; i++)
        if (ws->weight[i] > 0) {
            kept += residual_share(ws, n, i);
            n_seen++;
        }
    double share = n_seen ? kept / (double)n_seen : 1;
    for (size_t i = 0; i < n; i++)
        variance[i] = variance[i] > 0 ? variance[i] * ws->span[i] : 0;
    return scatter_px / sqrt(fmax(MIN_KEPT, share));
}

/* The rule for the cut-off: a joint's usual one, and by how much less or more jitter there
 * is to take out. The bandwidth that errs least, between jitter let through and movement
 * shaved, goes with the -1/7th power of the jitter's density (a smoother of third order:
 * Wahba 1990, section 4.5, m = 3). */
static double cutoff_for(enum tread_joint joint, double jitter_px, double interval_s, double leg_px)
{
    double usual_px = USUAL_JITTER * leg_px;
    double density = jitter_px * jitter_px * interval_s;
    double factor = pow(usual_px * usual_px * USUAL_INTERVAL_S / density, 1.0 / 7);
    /* Also where nothing is known: NaN fails both. */
    factor = factor > MIN_FACTOR ? factor : factor <= MIN_FACTOR ? MIN_FACTOR : 1;
    return joints[joint].cutoff_hz * fmin(factor, MAX_FACTOR);
}

/* Write what was solved, except where the nearest sightings are too far apart. */
static void emit(const tread_motion_workspace *ws, size_t n, enum tread_joint joint,
                 tread_skeleton *out)
{
    size_t last = n; /* last frame in which the point was seen; n = none yet */
    for (size_t i = 0; i < n; i++) {
        if (!(ws->base[i] > 0))
            continue;
        bool is_bridged = last < n && out[i].time_s - out[last].time_s <= MOTION_MAX_GAP_S;
        for (size_t k = is_bridged ? last + 1 : i; k <= i; k++) {
            if (out[k].identity == TREAD_IDENTITY_NONE)
                continue;
            out[k].x_px[joint] = ws->xy[k];
            out[k].y_px[joint] = ws->xy[n + k];
            out[k].noise_px[joint] = (float)ws->residual[k];
            out[k].confidence[joint] = k == i ? (float)ws->sure[k] : 0;
            out[k].seen_x_px[joint] = (float)ws->raw[k];
            out[k].seen_y_px[joint] = (float)ws->raw[n + k];
        }
        last = i;
    }
}

/* Which of identity's points a joint is; -1 = none, and its label stands. */
static int point_of(enum tread_joint joint)
{
    switch (joint) {
    case TREAD_LEFT_KNEE: return 2 * MOTION_KNEE;
    case TREAD_RIGHT_KNEE: return 2 * MOTION_KNEE + 1;
    case TREAD_LEFT_ANKLE: return 2 * MOTION_ANKLE;
    case TREAD_RIGHT_ANKLE: return 2 * MOTION_ANKLE + 1;
    case TREAD_LEFT_HEEL: return 2 * MOTION_HEEL;
    case TREAD_RIGHT_HEEL: return 2 * MOTION_HEEL + 1;
    case TREAD_LEFT_TOE: return 2 * MOTION_TOE;
    case TREAD_RIGHT_TOE: return 2 * MOTION_TOE + 1;
    case TREAD_LEFT_ELBOW: return 2 * MOTION_ELBOW;
    case TREAD_RIGHT_ELBOW: return 2 * MOTION_ELBOW + 1;
    case TREAD_LEFT_WRIST: return 2 * MOTION_WRIST;
    case TREAD_RIGHT_WRIST: return 2 * MOTION_WRIST + 1;
    default: return -1;
    }
}

tread_place motion_take_joint(const tread_landmarks *lm, const motion_choice *choice,
                              enum tread_joint joint, double *weight)
{
    int point = point_of(joint);
    tread_place p;
    double belief = 1;
    if (point >= 0) {
        p = motion_place_of(lm, (enum motion_kind)(point / 2),
                            (enum motion_place)choice->place[point]);
        belief = (double)choice->belief[point];
    } else {
        enum tread_landmark k = joints[joint].landmark;
        float confidence = isnan(lm->confidence[k]) ? 1 : lm->confidence[k];
        p = (tread_place){lm->x_px[k], lm->y_px[k], confidence};
    }
    bool is_seen = lm->presence > 0 && belief > 0 && isfinite(p.x_px) && isfinite(p.y_px);
    *weight = is_seen ? belief * fmax(MIN_WEIGHT, fmin(1, (double)p.confidence)) : 0;
    return p;
}

/* One joint of a stretch into ws->raw and ws->base; how often it was seen. */
static size_t take_joint(tread_motion_workspace *ws, const tread_landmarks *lm, size_t from,
                         size_t n, enum tread_joint joint)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        tread_place p =
            motion_take_joint(&lm[from + i], &ws->choice[from + i], joint, &ws->base[i]);
        ws->raw[i] = (double)p.x_px;
        ws->raw[n + i] = (double)p.y_px;
        ws->sure[i] = fmin(1, (double)p.confidence);
        ws->weight[i] = ws->base[i];
        n_seen += ws->base[i] > 0;
    }
    return n_seen;
}

static int smooth_joint(tread_motion_workspace *ws, const tread_landmarks *lm, size_t from,
                        size_t n, enum tread_joint joint, double leg_px, tread_skeleton *out)
{
    size_t n_seen = take_joint(ws, lm, from, n, joint);
    if (n_seen < BAND || n < BAND)
        return TREAD_OK; /* too little to tell noise from movement: leave NaN */
    scale_times(ws, lm + from, n, joints[joint].cutoff_hz);
    double scatter_px = 0,
           interval_s = (lm[from + n - 1].time_s - lm[from].time_s) / (double)(n - 1);
    for (int round = 0;; round++) {
        int status = solve(ws, n);
        if (status != TREAD_OK)
            return status;
        if (round == N_ROBUST_ROUNDS)
            break;
        scatter_px = reweigh(ws, n);
        if (round == ADAPT_ROUND) {
            double jitter_px = measure_jitter(ws, n, scatter_px);
            scale_times(ws, lm + from, n, cutoff_for(joint, jitter_px, interval_s, leg_px));
        }
    }
    double jitter_px = measure_jitter(ws, n, scatter_px);
    for (size_t i = 0; i < n; i++)
        ws->residual[i] = jitter_px * sqrt(ws->residual[i]);
    emit(ws, n, joint, out + from);
    return TREAD_OK;
}

int tread_motion__smooth(tread_motion_workspace *ws, const tread_landmarks *lm, size_t n,
                         tread_skeleton *out)
{
    if (n > ws->n_max)
        return TREAD_ERR_ARG;
    int status = motion_identify(ws->identity, lm, n, ws->choice);
    if (status != TREAD_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        out[i] = (tread_skeleton){.frame = lm[i].frame,
                                  .time_s = lm[i].time_s,
                                  .presence = (double)lm[i].presence,
                                  .identity = motion_identity_of(&lm[i], &ws->choice[i])};
        for (int j = 0; j < TREAD_N_JOINTS; j++)
            out[i].x_px[j] = out[i].y_px[j] = (double)NAN;
    }
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n; end++)
            if (lm[end].time_s - lm[end - 1].time_s > MOTION_MAX_HOLE_S)
                break;
        double leg_px = motion_usual_leg_px(lm + start, end - start, ws->sorted);
        for (int j = 0; j < TREAD_N_JOINTS; j++) {
            status = smooth_joint(ws, lm, start, end - start, (enum tread_joint)j, leg_px, out);
            if (status != TREAD_OK)
                return status;
        }
    }
    return TREAD_OK;
}

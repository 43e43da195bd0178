#include "motion/identity.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "linalg/linalg.h"
#include "motion/motion.h"
#include "motion/phase.h"

/* A block is judged as a whole: long enough for a dozen strides, short enough that
 * speed, and with it the curve, stays the same. Blocks overlap by half, and a frame
 * takes the word of the block in whose middle it lies. */
#define BLOCK_S 10.0
#define MAX_BLOCK 4096
/* A hole in time ends a block. */
#define MAX_HOLE_S 0.25
#define MAX_DIMS 6
/* Bins over a stride, which has 12 (30 fps, fast) to 300 frames. */
#define N_BINS 32
/* Odd harmonics 1, 3 ... 9: the ninth is 12 to 15 Hz, as fast as the foot turns. */
#define N_ODD 5
/* And a constant: perspective and the network set the legs apart by as much. */
#define N_COLS (2 * N_ODD + 1)
/* A point's own path: all harmonics up to the eighth, 10 to 14 Hz, and a constant. */
#define N_PATH_HARMONICS 8
#define N_PATH_COLS (2 * N_PATH_HARMONICS + 1)
/* Tukey's biweight; strides differ, and their spread is in the scale already. */
#define TUKEY 4.685
/* The network's own jitter, as a share of the leg: a tighter path than that is luck. */
#define MIN_PATH_SD 0.01
/* Keeps an empty part of the phase from swinging: against the number of frames. */
#define RIDGE 1e-3
enum { N_SIDES = 2 };
/* A length is not trusted to better than this share, nor believed past this cost. */
#define MIN_LENGTH_SD 0.04
#define MAX_LENGTH_COST 9.0
#define MAX_ROUNDS 15
#define N_ROBUST_ROUNDS 4
#define HUBER 1.5
#define MAD_TO_SD 1.4826
/* Under this share of d explained the curve is no stride, and labels are left alone. */
#define MIN_EXPLAINED 0.6
/* How much likelier the other order has to be before the network is contradicted, as
 * a difference of squared distances over their noise: twice a log likelihood ratio. */
static const double price[MOTION_N_GROUPS] = {
    [MOTION_FOOT] = 1, /* never near each other: ankle, heel and toe together */
    [MOTION_KNEE] = 4,
    [MOTION_ARM] = 30,
};

const motion_group_points motion_groups[MOTION_N_GROUPS] = {
    [MOTION_FOOT] = {3, {TREAD_LM_LEFT_ANKLE, TREAD_LM_LEFT_HEEL, TREAD_LM_LEFT_TOE}},
    [MOTION_KNEE] = {1, {TREAD_LM_LEFT_KNEE}},
    [MOTION_ARM] = {2, {TREAD_LM_LEFT_ELBOW, TREAD_LM_LEFT_WRIST}},
};

struct motion_identity {
    size_t n_max;
    signed char *sign[MOTION_N_GROUPS]; /* (n) -1 exchanged, +1 not, 0 not judged */
    /* One block: */
    double *time_s, *phase;             /* (MAX_BLOCK) */
    double *d, *curve;                  /* (MAX_BLOCK, MAX_DIMS) */
    double *columns;                    /* (MAX_BLOCK, N_COLS) */
    double *weight, *residual, *sorted; /* (MAX_BLOCK) */
    double *path_columns;               /* (MAX_BLOCK, N_PATH_COLS) */
    double *scratch;                    /* least squares' own */
    double *against;                    /* (MAX_BLOCK) what else speaks for the other order */
    signed char *order;                 /* (MAX_BLOCK) */
    void *memory;
};

int motion_identity_create(motion_identity **out, size_t n_max)
{
    *out = NULL;
    motion_identity *id = calloc(1, sizeof *id);
    if (!id)
        return TREAD_ERR_NOMEM;
    size_t n_doubles = MAX_BLOCK * (2 + 2 * MAX_DIMS + N_COLS + 4) +
                       MAX_BLOCK * (N_PATH_COLS + MAX_DIMS) + N_PATH_COLS * N_PATH_COLS +
                       MAX_BLOCK * N_PATH_COLS;
    double *p = calloc(n_doubles, sizeof *p);
    signed char *c = calloc(MOTION_N_GROUPS * n_max + MAX_BLOCK, 1);
    id->memory = p;
    id->sign[0] = c;
    if (!p || !c) {
        motion_identity_destroy(&id);
        return TREAD_ERR_NOMEM;
    }
    id->n_max = n_max;
    for (int g = 1; g < MOTION_N_GROUPS; g++)
        id->sign[g] = c + (size_t)g * n_max;
    id->order = c + MOTION_N_GROUPS * n_max;
    id->time_s = p;
    id->phase = id->time_s + MAX_BLOCK;
    id->weight = id->phase + MAX_BLOCK;
    id->residual = id->weight + MAX_BLOCK;
    id->sorted = id->residual + MAX_BLOCK;
    id->d = id->sorted + MAX_BLOCK;
    id->curve = id->d + MAX_BLOCK * MAX_DIMS;
    id->columns = id->curve + MAX_BLOCK * MAX_DIMS;
    id->against = id->columns + MAX_BLOCK * N_COLS;
    id->path_columns = id->against + MAX_BLOCK;
    id->scratch = id->path_columns + MAX_BLOCK * N_PATH_COLS;
    *out = id;
    return TREAD_OK;
}

void motion_identity_destroy(motion_identity **id)
{
    if (!*id)
        return;
    free((*id)->memory);
    free((*id)->sign[0]);
    free(*id);
    *id = NULL;
}

/* Left minus right of a group's points over a block; a frame that misses one is NaN. */
static void fill_differences(motion_identity *id, const tread_landmarks *lm, size_t n,
                             const motion_group_points *group)
{
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < group->n; k++) {
            enum tread_landmark left = group->left[k];
            double *d = &id->d[(i * (size_t)group->n + (size_t)k) * 2];
            if (!(lm[i].presence > 0)) {
                d[0] = d[1] = (double)NAN;
                continue;
            }
            d[0] = (double)lm[i].x_px[left] - (double)lm[i].x_px[left + 1];
            d[1] = (double)lm[i].y_px[left] - (double)lm[i].y_px[left + 1];
        }
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

static int bin_of(double phase)
{
    int bin = (int)((phase - floor(phase)) * N_BINS);
    return bin < N_BINS ? bin : N_BINS - 1;
}

/* The pairs of each bin, turned to point the same way, and averaged with their own
 * length as weight: pairs that lie on one leg are short and say little. An empty bin
 * repeats the one before it. */
static void average_bins(const motion_identity *id, size_t n, int dims,
                         double mean[N_BINS][MAX_DIMS])
{
    double first[N_BINS][MAX_DIMS], largest[N_BINS] = {0}, sum[N_BINS] = {0};
    memset(mean, 0, sizeof(double) * N_BINS * MAX_DIMS);
    for (size_t i = 0; i < n; i++) {
        const double *d = &id->d[i * (size_t)dims];
        double size = dot(d, d, dims);
        int bin = bin_of(id->phase[i]);
        if (isfinite(size) && size > largest[bin]) {
            largest[bin] = size;
            memcpy(first[bin], d, (size_t)dims * sizeof *d);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const double *d = &id->d[i * (size_t)dims];
        int bin = bin_of(id->phase[i]);
        double length = sqrt(dot(d, d, dims));
        if (!(length > 0))
            continue;
        double weight = dot(d, first[bin], dims) < 0 ? -length : length;
        for (int k = 0; k < dims; k++)
            mean[bin][k] += weight * d[k];
        sum[bin] += length;
    }
    for (int i = 0; i < 2 * N_BINS; i++) {
        int bin = i % N_BINS, before = (i + N_BINS - 1) % N_BINS;
        if (i < N_BINS && sum[bin] > 0)
            for (int k = 0; k < dims; k++)
                mean[bin][k] /= sum[bin];
        else if (!(sum[bin] > 0))
            memcpy(mean[bin], mean[before], (size_t)dims * sizeof(double));
    }
}

/* Squared second difference of three bins turned by signs. */
static double bend(const double *a, const double *b, const double *c, int sa, int sb, int sc,
                   int dims)
{
    double sum = 0;
    for (int k = 0; k < dims; k++) {
        double second = sa * a[k] - 2 * sb * b[k] + sc * c[k];
        sum += second * second;
    }
    return sum;
}

static int sign_of(int bit)
{
    return bit ? -1 : 1;
}

/* Signs of the bins from `from`, where the sign is +1, to `to`, where it is `end`: the
 * path that bends least, by dynamic programming over the signs of neighbours. Bins are
 * turned in place, except the two ends. */
static void follow(double mean[N_BINS][MAX_DIMS], int dims, int from, int to, int end)
{
    int n = (to - from + N_BINS) % N_BINS; /* links */
    double cost[2][2] = {{0, INFINITY}, {INFINITY, INFINITY}};
    int back[N_BINS][2][2];
    if (n < 2)
        return;
    /* cost[p][q]: sign bits of the last two bins; the first one's is 0. */
    cost[0][0] = cost[0][1] = 0;
    for (int i = 2; i <= n; i++) {
        const double *a = mean[(from + i - 2) % N_BINS], *b = mean[(from + i - 1) % N_BINS];
        const double *c = mean[(from + i) % N_BINS];
        double next[2][2];
        for (int q = 0; q < 2; q++)
            for (int r = 0; r < 2; r++) {
                double c0 = cost[0][q] + bend(a, b, c, 1, sign_of(q), sign_of(r), dims);
                double c1 = cost[1][q] + bend(a, b, c, -1, sign_of(q), sign_of(r), dims);
                back[i][q][r] = c1 < c0;
                next[q][r] = c1 < c0 ? c1 : c0;
            }
        memcpy(cost, next, sizeof cost);
    }
    int r = end < 0, q = cost[1][r] < cost[0][r];
    for (int i = n; i >= 2; i--) {
        int p = back[i][q][r];
        if (q)
            for (int k = 0; k < dims; k++)
                mean[(from + i - 1) % N_BINS][k] *= -1;
        r = q;
        q = p;
    }
}

/* Turn the bins into one smooth loop on which half a stride later is the other way
 * round. It hangs on two anchors, where the points are furthest apart. */
static void order_bins(double mean[N_BINS][MAX_DIMS], int dims)
{
    int a = 0;
    for (int bin = 1; bin < N_BINS; bin++)
        if (dot(mean[bin], mean[bin], dims) > dot(mean[a], mean[a], dims))
            a = bin;
    int b = (a + N_BINS / 2) % N_BINS;
    for (int shift = -N_BINS / 8; shift <= N_BINS / 8; shift++) {
        int bin = (a + N_BINS / 2 + shift) % N_BINS;
        if (dot(mean[bin], mean[bin], dims) > dot(mean[b], mean[b], dims))
            b = bin;
    }
    if (dot(mean[a], mean[b], dims) > 0)
        for (int k = 0; k < dims; k++)
            mean[b][k] *= -1;
    follow(mean, dims, a, b, 1);
    follow(mean, dims, b, a, 1);
}

static void fill_columns(motion_identity *id, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int h = 0; h < N_ODD; h++) {
            double angle = 6.28318530717958647692 * (2 * h + 1) * id->phase[i];
            id->columns[i * N_COLS + 2 * (size_t)h] = cos(angle);
            id->columns[i * N_COLS + 2 * (size_t)h + 1] = sin(angle);
            id->columns[i * N_COLS + N_COLS - 1] = 1;
        }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n ? values[n / 2] : (double)NAN;
}

/* Pixels from the knee labelled as one side's to the ankle labelled as another's. */
static double shank(const tread_landmarks *lm, int knee_side, int ankle_side)
{
    int knee = TREAD_LM_LEFT_KNEE + knee_side, ankle = TREAD_LM_LEFT_ANKLE + ankle_side;
    return hypot((double)lm->x_px[knee] - (double)lm->x_px[ankle],
                 (double)lm->y_px[knee] - (double)lm->y_px[ankle]);
}

static long majority(const signed char *sign, size_t n)
{
    long sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sign[i];
    return sum;
}

/* Distance of each ordered pair from the curve; their robust scale. */
static double measure_residuals(motion_identity *id, size_t n, int dims)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < dims; k++) {
            size_t at = i * (size_t)dims + (size_t)k;
            double r = id->order[i] * id->d[at] - id->curve[at];
            sum += r * r;
        }
        id->residual[i] = sqrt(sum);
        if (isfinite(sum))
            id->sorted[n_seen++] = id->residual[i];
    }
    qsort(id->sorted, n_seen, sizeof *id->sorted, compare_doubles);
    return n_seen ? MAD_TO_SD * id->sorted[n_seen / 2] : 0;
}

/* Fit the curve to the pairs as ordered now; their scale around it in *scale. */
static int fit_curve(motion_identity *id, size_t n, int dims, double *scale)
{
    double ridge[N_COLS], x[N_COLS * MAX_DIMS];
    for (int h = 0; h < N_ODD; h++)
        ridge[2 * h] = ridge[2 * h + 1] = RIDGE * (double)n * (2 * h + 1) * (2 * h + 1) / 25;
    ridge[N_COLS - 1] = RIDGE * (double)n;
    double *ordered = id->curve; /* overwritten by the curve itself afterwards */
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        for (size_t i = 0; i < n; i++) {
            const double *d = &id->d[i * (size_t)dims];
            bool is_seen = isfinite(dot(d, d, dims));
            double far = round && *scale > 0 ? id->residual[i] / (HUBER * *scale) : 0;
            id->weight[i] = is_seen ? (far > 1 ? 1 / far : 1) : 0;
        }
        for (size_t i = 0; i < n; i++)
            for (int k = 0; k < dims; k++)
                ordered[i * (size_t)dims + (size_t)k] =
                    id->order[i] * id->d[i * (size_t)dims + (size_t)k];
        int status = tread_linalg__least_squares((int)n, N_COLS, dims, id->columns, ordered,
                                                 id->weight, ridge, x, id->scratch);
        if (status != TREAD_OK)
            return status;
        tread_linalg__multiply((int)n, N_COLS, dims, id->columns, x, id->curve);
        *scale = measure_residuals(id, n, dims);
    }
    return TREAD_OK;
}

/* Share of the differences that the curve explains. */
static double explained(const motion_identity *id, size_t n, int dims)
{
    double all = 0, left = 0;
    for (size_t i = 0; i < n; i++) {
        const double *d = &id->d[i * (size_t)dims];
        double size = dot(d, d, dims);
        if (!isfinite(size))
            continue;
        all += id->weight[i] * size;
        left += id->weight[i] * id->residual[i] * id->residual[i];
    }
    return all > 0 ? 1 - left / all : 0;
}

/* How much likelier the other order is than the labels' own, in squared noise. */
static double doubt(const motion_identity *id, size_t i, int dims, double scale)
{
    /* |d - m|^2 - |-d - m|^2 = -4 d m */
    double along = dot(&id->d[i * (size_t)dims], &id->curve[i * (size_t)dims], dims);
    return -4 * along / (scale * scale) + id->against[i];
}

/* Order the pairs of one block and group; `order` is 0 where nothing can be said. */
static int judge_block(motion_identity *id, size_t n, int dims, double price_of_group)
{
    double mean[N_BINS][MAX_DIMS], scale = 0;
    average_bins(id, n, dims, mean);
    order_bins(mean, dims);
    for (size_t i = 0; i < n; i++)
        id->order[i] = dot(&id->d[i * (size_t)dims], mean[bin_of(id->phase[i])], dims) < 0 ? -1 : 1;
    if (majority(id->order, n) < 0)
        for (size_t i = 0; i < n; i++)
            id->order[i] = (signed char)-id->order[i];
    for (int round = 0, n_changed = 1; round < MAX_ROUNDS && n_changed; round++) {
        int status = fit_curve(id, n, dims, &scale);
        if (status != TREAD_OK)
            return status;
        n_changed = 0;
        for (size_t i = 0; i < n; i++) {
            signed char order = doubt(id, i, dims, scale) > 0 ? -1 : 1;
            n_changed += order != id->order[i];
            id->order[i] = order;
        }
    }
    measure_residuals(id, n, dims);
    if (explained(id, n, dims) < MIN_EXPLAINED) {
        memset(id->order, 0, n);
        return TREAD_OK;
    }
    for (size_t i = 0; i < n; i++)
        if (!(fabs(doubt(id, i, dims, scale)) > price_of_group))
            id->order[i] = 0; /* too close to call */
    return TREAD_OK;
}

/* What the shanks say about the knees, once the feet are known: a knee paired with the
 * wrong ankle makes them too long or too short. */
static void ask_shanks(motion_identity *id, const tread_landmarks *lm, const signed char *foot,
                       size_t n)
{
    double length[N_SIDES], scale[N_SIDES];
    for (int side = 0; side < N_SIDES; side++) {
        size_t n_seen = 0;
        for (size_t i = 0; i < n; i++) {
            double l = shank(&lm[i], side, foot[i] < 0 ? !side : side);
            if (isfinite(l))
                id->sorted[n_seen++] = l;
        }
        length[side] = median(id->sorted, n_seen);
        for (size_t i = 0; i < n_seen; i++)
            id->sorted[i] = fabs(id->sorted[i] - length[side]);
        scale[side] = fmax(MAD_TO_SD * median(id->sorted, n_seen), MIN_LENGTH_SD * length[side]);
    }
    for (size_t i = 0; i < n; i++) {
        double kept = 0, turned = 0;
        for (int side = 0; side < N_SIDES; side++) {
            int ankle = foot[i] < 0 ? !side : side;
            double a = (shank(&lm[i], side, ankle) - length[side]) / scale[side];
            double b = (shank(&lm[i], !side, ankle) - length[side]) / scale[side];
            kept += fmin(a * a, MAX_LENGTH_COST);
            turned += fmin(b * b, MAX_LENGTH_COST);
        }
        id->against[i] = isfinite(kept - turned) ? kept - turned : 0;
    }
}

/* ---- how far each point may be believed ---------------------------------------- */

static void fill_path_columns(motion_identity *id, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *row = &id->path_columns[i * N_PATH_COLS];
        row[0] = 1;
        for (int h = 1; h <= N_PATH_HARMONICS; h++) {
            double angle = 6.28318530717958647692 * h * id->phase[i];
            row[2 * h - 1] = cos(angle);
            row[2 * h] = sin(angle);
        }
    }
}

/* One point against the middle of the hips, legs in order, into id->d (n, 2). */
static void take_point(motion_identity *id, const tread_landmarks *lm, const signed char *sign,
                       size_t n, int point, int other)
{
    for (size_t i = 0; i < n; i++) {
        int at = sign[i] < 0 ? other : point;
        bool is_there = lm[i].presence > 0;
        double hip_x =
            0.5 * ((double)lm[i].x_px[TREAD_LM_LEFT_HIP] + (double)lm[i].x_px[TREAD_LM_RIGHT_HIP]);
        double hip_y =
            0.5 * ((double)lm[i].y_px[TREAD_LM_LEFT_HIP] + (double)lm[i].y_px[TREAD_LM_RIGHT_HIP]);
        id->d[2 * i] = is_there ? (double)lm[i].x_px[at] - hip_x : (double)NAN;
        id->d[2 * i + 1] = is_there ? (double)lm[i].y_px[at] - hip_y : (double)NAN;
    }
}

/* The robust path of id->d around the stride; distances from it in id->residual. */
static int fit_path(motion_identity *id, size_t n, double *scale)
{
    double ridge[N_PATH_COLS], x[N_PATH_COLS * 2];
    for (int k = 0; k < N_PATH_COLS; k++)
        ridge[k] = RIDGE * (double)n * k / N_PATH_COLS;
    memset(id->order, 1, n); /* measure_residuals compares with d as it is */
    for (int round = 0; round < N_ROBUST_ROUNDS; round++) {
        for (size_t i = 0; i < n; i++) {
            double far = round && *scale > 0 ? id->residual[i] / (HUBER * *scale) : 0;
            id->weight[i] = isfinite(id->d[2 * i] + id->d[2 * i + 1]) ? (far > 1 ? 1 / far : 1) : 0;
        }
        int status = tread_linalg__least_squares((int)n, N_PATH_COLS, 2, id->path_columns, id->d,
                                                 id->weight, ridge, x, id->scratch);
        if (status != TREAD_OK)
            return status;
        tread_linalg__multiply((int)n, N_PATH_COLS, 2, id->path_columns, x, id->curve);
        *scale = measure_residuals(id, n, 2);
    }
    return TREAD_OK;
}

static enum motion_group group_of_point(int point)
{
    return point < 2 ? MOTION_KNEE : MOTION_FOOT;
}

/* Belief in the points of one block; the first `skip` frames keep what they have. */
static int believe(motion_identity *id, const tread_landmarks *lm, size_t from, size_t n,
                   size_t skip, float *belief)
{
    static const int points[MOTION_N_POINTS] = {
        TREAD_LM_LEFT_KNEE, TREAD_LM_RIGHT_KNEE, TREAD_LM_LEFT_ANKLE, TREAD_LM_RIGHT_ANKLE,
        TREAD_LM_LEFT_HEEL, TREAD_LM_RIGHT_HEEL, TREAD_LM_LEFT_TOE,   TREAD_LM_RIGHT_TOE};
    fill_path_columns(id, n);
    for (int p = 0; p < MOTION_N_POINTS; p++) {
        enum motion_group group = group_of_point(p);
        double scale = 0, reach = 0;
        take_point(id, lm + from, id->sign[group] + from, n, points[p], points[p ^ 1]);
        int status = fit_path(id, n, &scale);
        if (status != TREAD_OK)
            return status;
        for (size_t i = 0; i < n; i++)
            reach = fmax(reach, hypot(id->curve[2 * i], id->curve[2 * i + 1]));
        double limit = TUKEY * fmax(scale, MIN_PATH_SD * reach);
        for (size_t i = skip; i < n; i++) {
            double u = id->residual[i] / limit;
            belief[(from + i) * MOTION_N_POINTS + (size_t)p] =
                u < 1 ? (float)((1 - u * u) * (1 - u * u)) : 0;
        }
    }
    return TREAD_OK;
}

/* Signs of a block joined to what earlier blocks said of the same frames. The part
 * that lies nearer to this block's middle is taken over from it. */
static void join_block(signed char *sign, const signed char *order, size_t from, size_t n,
                       size_t n_known)
{
    int agreement = 0;
    for (size_t i = 0; i < n && from + i < n_known; i++)
        agreement += sign[from + i] * order[i];
    int turn = agreement < 0 ? -1 : 1;
    size_t n_overlap = n_known > from ? n_known - from : 0;
    for (size_t i = n_overlap / 2; i < n; i++)
        sign[from + i] = (signed char)(turn * order[i]);
}

/* The one sign that is left: as the labels have it in most frames. What was believed of
 * one side is then the other's. */
static void settle(motion_identity *id, enum motion_group group, size_t from, size_t to,
                   float *belief)
{
    signed char *sign = id->sign[group];
    if (majority(sign + from, to - from) >= 0)
        return;
    for (size_t i = from; i < to; i++) {
        sign[i] = (signed char)-sign[i];
        for (int p = 0; p < MOTION_N_POINTS; p += 2) {
            if (group_of_point(p) != group)
                continue;
            float *pair = &belief[i * MOTION_N_POINTS + (size_t)p];
            float left = pair[0];
            pair[0] = pair[1];
            pair[1] = left;
        }
    }
}

static size_t block_end(const tread_landmarks *lm, size_t from, size_t n, bool *is_cut)
{
    size_t end = from + 1;
    *is_cut = false;
    while (end < n && end - from < MAX_BLOCK && lm[end].time_s - lm[from].time_s < BLOCK_S) {
        if (lm[end].time_s - lm[end - 1].time_s > MAX_HOLE_S) {
            *is_cut = true;
            break;
        }
        end++;
    }
    return end;
}

/* All groups of one block. */
static int do_block(motion_identity *id, const tread_landmarks *lm, size_t from, size_t n,
                    size_t n_known, float *belief)
{
    for (size_t i = 0; i < n; i++)
        id->time_s[i] = lm[from + i].time_s;
    fill_differences(id, lm + from, n, &motion_groups[MOTION_FOOT]);
    bool is_stride = motion_phase(id->d, 2 * motion_groups[MOTION_FOOT].n, id->time_s, n,
                                  id->scratch, id->phase);
    if (is_stride)
        fill_columns(id, n);
    for (int g = 0; g < MOTION_N_GROUPS; g++) {
        memset(id->order, 0, n);
        if (is_stride) {
            fill_differences(id, lm + from, n, &motion_groups[g]);
            memset(id->against, 0, n * sizeof *id->against);
            if (g == MOTION_KNEE)
                ask_shanks(id, lm + from, id->sign[MOTION_FOOT] + from, n);
            int status = judge_block(id, n, 2 * motion_groups[g].n, price[g]);
            if (status != TREAD_OK)
                return status;
        }
        join_block(id->sign[g], id->order, from, n, n_known);
    }
    size_t skip = n_known > from ? (n_known - from) / 2 : 0;
    return is_stride ? believe(id, lm, from, n, skip, belief) : TREAD_OK;
}

int motion_identify(motion_identity *id, const tread_landmarks *lm, size_t n, uint8_t *exchanged,
                    float *belief)
{
    if (n > id->n_max)
        return TREAD_ERR_ARG;
    for (size_t i = 0; i < n * MOTION_N_POINTS; i++)
        belief[i] = 1;
    memset(exchanged, 0, n);
    /* Seen along the belt the legs do not pass each other, and the network names them
     * rightly (POSE.md: no exchange from behind). */
    tread_view_evidence evidence = {0};
    for (size_t i = 0; i < n; i++)
        tread_motion__view_add(&evidence, &lm[i]);
    if (tread_motion__view_decide(&evidence) == TREAD_VIEW_REAR)
        return TREAD_OK;
    size_t chain_from = 0;
    for (size_t from = 0, n_known = 0; from < n;) {
        bool is_cut;
        size_t end = block_end(lm, from, n, &is_cut);
        /* The last block reaches back until it is as long as the others. */
        while ((is_cut || end == n) && from > chain_from && end - from < MAX_BLOCK &&
               lm[end - 1].time_s - lm[from - 1].time_s < BLOCK_S)
            from--;
        int status = do_block(id, lm, from, end - from, n_known, belief);
        if (status != TREAD_OK)
            return status;
        n_known = end;
        if (is_cut || end == n) {
            for (int g = 0; g < MOTION_N_GROUPS; g++)
                settle(id, (enum motion_group)g, chain_from, end, belief);
            chain_from = from = end;
        } else {
            from += (end - from + 1) / 2;
        }
    }
    for (size_t i = 0; i < n; i++)
        for (int g = 0; g < MOTION_N_GROUPS; g++)
            if (id->sign[g][i] < 0)
                exchanged[i] |= (uint8_t)(1u << g);
    return TREAD_OK;
}

#include "motion/identity.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/analyzer.h>

#include "base/median.h"
#include "motion/motion.h"
#include "motion/order.h"
#include "motion/path.h"
#include "motion/phase.h"

/* A block is judged as a whole: long enough for a dozen strides, short enough that
 * speed, and with it the path, stays the same. Blocks overlap, and a frame takes the
 * word of the block in whose middle it lies. */
#define BLOCK_S 10.0
#define BLOCK_OVERLAP_S 1.0
#define MAX_BLOCK 4096
/* A hole in time ends a block. */
#define MAX_HOLE_S 0.25

/* Everything below is in lengths of the leg, thigh and shank. */

/* The network's own jitter: a tighter path than that is luck. */
#define MIN_PATH_SD 0.01
/* ... and strides differ: a place this near to the path is as good as any. */
#define MIN_CHOICE_SD 0.015
/* A place this many squared SDs from the path is no better than none. Of normal noise in
 * two directions 0.15 % lies further out. */
#define NOWHERE_COST 13.0
#define MAX_COST 60.0
/* Two legs do not stand on one place while their paths are apart. */
#define SAME_PLACE 0.03
#define APART 0.06
#define SAME_PLACE_COST 12.0
/* A point that was moved by less was not wrong. */
#define SAME_FOR_THE_EYE 0.06
/* What contradicting the label costs: a probability ratio of 1.6, for labels are wrong in
 * 1 to 7 % of frames (POSE.md) and right for nothing better. For arms, which the network
 * was not seen to exchange, and without a stride to go by: 20. */
#define LABEL_PRICE 1.0
#define ARM_LABEL_PRICE 6.0
#define FOLLOWED_LABEL_PRICE 6.0
#define LEAST_CONFIDENCE 1e-3
/* Heel and toe keep their distance to the ankle, but for what turns out of the picture. */
#define MIN_REACH 0.3
#define MAX_REACH 1.7
#define SURE 0.7f
/* Without a stride: how far a point may be from where its last two places lead. */
#define FOLLOWED_SD 0.08
#define FOLLOWED_FOR_S 0.1

/* From coarse to fine; the coarse paths need not settle. At first both legs share one: what
 * one shows while the other is lost decides where the other is looked for, and no place is
 * given up before the last. The legs' own paths are what counts in the end. */
typedef struct fit_level {
    int n_harmonics, max_rounds;
    bool is_shared; /* one path for both legs, half a stride apart */
} fit_level;
static const fit_level levels[] = {
    {2, 2, true}, {4, 1, true}, {5, 2, false}, {MOTION_N_HARMONICS, 5, false}};
#define N_LEVELS ((int)(sizeof levels / sizeof *levels))
#define ARM_LEVEL 2 /* arms only: they swing smoothly, and start from their labels */

enum { N_SIDES = TREAD_N_SIDES };

/* What a point hangs on: of kinds that come before it, the ankle or the elbow. */
enum root { ROOT_HIPS, ROOT_SHOULDERS, ROOT_KIND_BEFORE };

static const struct {
    enum tread_landmark left;
    enum root root;
    bool has_reach;
    double label_price;
} kinds[MOTION_N_KINDS] = {
    [MOTION_KNEE] = {TREAD_LM_LEFT_KNEE, ROOT_HIPS, false, LABEL_PRICE},
    [MOTION_ANKLE] = {TREAD_LM_LEFT_ANKLE, ROOT_HIPS, false, LABEL_PRICE},
    [MOTION_HEEL] = {TREAD_LM_LEFT_HEEL, ROOT_KIND_BEFORE, true, LABEL_PRICE},
    [MOTION_TOE] = {TREAD_LM_LEFT_TOE, ROOT_KIND_BEFORE, true, LABEL_PRICE},
    [MOTION_ELBOW] = {TREAD_LM_LEFT_ELBOW, ROOT_SHOULDERS, false, ARM_LABEL_PRICE},
    [MOTION_WRIST] = {TREAD_LM_LEFT_WRIST, ROOT_KIND_BEFORE, false, ARM_LABEL_PRICE},
};

enum tread_landmark motion_left_of(enum motion_kind kind)
{
    return kinds[kind].left;
}

tread_place motion_place_of(const tread_landmarks *lm, enum motion_kind kind,
                            enum motion_place place)
{
    static const tread_place nothing = {NAN, NAN, 0};
    if (place == MOTION_NOWHERE || !(lm->presence > 0))
        return nothing;
    int k = (int)kinds[kind].left + (place >= MOTION_RIGHT_FIRST);
    if (place == MOTION_LEFT_FIRST || place == MOTION_RIGHT_FIRST) {
        /* A tool that says nothing of its confidence is believed. */
        float sure = isnan(lm->confidence[k]) ? 1 : lm->confidence[k];
        tread_place p = {lm->x_px[k], lm->y_px[k], fmaxf(sure, (float)LEAST_CONFIDENCE)};
        return isfinite(p.x_px) && isfinite(p.y_px) ? p : nothing;
    }
    if (k < TREAD_LM_FIRST_LEG)
        return nothing;
    tread_place p = lm->second[k - TREAD_LM_FIRST_LEG];
    return p.confidence > 0 && isfinite(p.x_px) && isfinite(p.y_px) ? p : nothing;
}

static double distance(const tread_landmarks *lm, int a, int b)
{
    return hypot((double)lm->x_px[a] - (double)lm->x_px[b],
                 (double)lm->y_px[a] - (double)lm->y_px[b]);
}

/* Thigh and shank as labelled. */
static double frame_leg_px(const tread_landmarks *lm, int side)
{
    return distance(lm, TREAD_LM_LEFT_HIP + side, TREAD_LM_LEFT_KNEE + side) +
           distance(lm, TREAD_LM_LEFT_KNEE + side, TREAD_LM_LEFT_ANKLE + side);
}

double motion_leg_px(const tread_landmarks *lm)
{
    return lm->presence > 0 ? 0.5 * (frame_leg_px(lm, 0) + frame_leg_px(lm, 1)) : (double)NAN;
}

/* Whether two places are the same for the eye. */
static bool is_same_place(tread_place a, tread_place b, double leg)
{
    return hypot((double)a.x_px - (double)b.x_px, (double)a.y_px - (double)b.y_px) <
           SAME_FOR_THE_EYE * leg;
}

/* One pair of the legs: what its labels said against where its points are. */
static enum tread_identity identity_of_pair(const tread_landmarks *lm, const motion_choice *choice,
                                            enum motion_kind kind, double leg)
{
    tread_place said[TREAD_N_SIDES], is[TREAD_N_SIDES];
    bool is_moved[TREAD_N_SIDES], is_other[TREAD_N_SIDES], is_missing = false;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        said[side] = motion_place_of(lm, kind, side ? MOTION_RIGHT_FIRST : MOTION_LEFT_FIRST);
        is[side] =
            motion_place_of(lm, kind, (enum motion_place)choice->place[2 * (int)kind + side]);
        is_missing = is_missing || (said[side].confidence > 0 && !(is[side].confidence > 0));
    }
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        is_moved[side] = said[side].confidence > 0 && is[side].confidence > 0 &&
                         !is_same_place(said[side], is[side], leg);
        is_other[side] = is_moved[side] && is_same_place(said[side], is[!side], leg);
    }
    if (is_other[0] && is_other[1])
        return TREAD_IDENTITY_EXCHANGED;
    if (is_other[0] || is_other[1])
        return TREAD_IDENTITY_MERGED;
    if (is_moved[0] || is_moved[1])
        return TREAD_IDENTITY_STRAYED;
    return is_missing ? TREAD_IDENTITY_HIDDEN : TREAD_IDENTITY_LABELLED;
}

enum tread_identity motion_identity_of(const tread_landmarks *lm, const motion_choice *choice)
{
    if (!(lm->presence > 0))
        return TREAD_IDENTITY_NONE;
    double leg = motion_leg_px(lm);
    enum tread_identity worst = TREAD_IDENTITY_LABELLED;
    for (int k = MOTION_KNEE; k <= MOTION_TOE; k++) {
        enum tread_identity i = identity_of_pair(lm, choice, (enum motion_kind)k, leg);
        bool is_worse =
            worst == TREAD_IDENTITY_LABELLED || (i != TREAD_IDENTITY_LABELLED && i < worst);
        worst = is_worse ? i : worst;
    }
    return worst;
}

/* The places of one pair in one frame, leg lengths, relative to the middle of the hips. */
typedef struct candidates {
    double x[MOTION_N_PLACES], y[MOTION_N_PLACES];
    double confidence[MOTION_N_PLACES]; /* 0 = there is none */
    double doubt[MOTION_N_PLACES];      /* -2 log confidence */
} candidates;

/* Per frame of a block, for one kind. */
typedef struct pair {
    double root[N_SIDES][2];
    double path[N_SIDES][2]; /* relative to root */
    uint8_t place[N_SIDES];
} pair;

struct motion_identity {
    size_t n_max;
    motion_choice *choice;      /* (MAX_BLOCK) of the block */
    candidates *seen;           /* (MAX_BLOCK) */
    pair *pairs;                /* (MAX_BLOCK) */
    double (*hook)[N_SIDES][2]; /* (MAX_BLOCK) ankles, then elbows: the next kinds hang on them */
    double *time_s, *phase;     /* (MAX_BLOCK) */
    double *rows;               /* (MAX_BLOCK, MOTION_PATH_COLS) */
    double *xy[N_SIDES], *weight[N_SIDES]; /* (MAX_BLOCK, 2), (MAX_BLOCK) */
    double *d;                             /* (MAX_BLOCK, MOTION_ORDER_DIMS) */
    double *scratch;
    signed char *order; /* (MAX_BLOCK) */
    void *memory;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

int motion_identity_create(motion_identity **out, size_t n_max)
{
    *out = NULL;
    motion_identity *id = calloc(1, sizeof *id);
    if (!id)
        return TREAD_ERR_NOMEM;
    size_t n = n_max < MAX_BLOCK ? n_max + 1 : MAX_BLOCK;
    size_t n_scratch =
        larger(motion_phase_scratch(n), larger(motion_order_scratch(n), motion_path_scratch(n)));
    double *p = calloc(n * (2 + MOTION_PATH_COLS + 6 + MOTION_ORDER_DIMS) + n_scratch, sizeof *p);
    id->memory = p;
    id->choice = calloc(n, sizeof *id->choice);
    id->seen = calloc(n, sizeof *id->seen);
    id->pairs = calloc(n, sizeof *id->pairs);
    id->hook = calloc(n, sizeof *id->hook);
    id->order = calloc(n, 1);
    if (!p || !id->choice || !id->seen || !id->pairs || !id->hook || !id->order) {
        motion_identity_destroy(&id);
        return TREAD_ERR_NOMEM;
    }
    id->n_max = n_max;
    id->time_s = p;
    id->phase = id->time_s + n;
    id->rows = id->phase + n;
    id->xy[0] = id->rows + n * MOTION_PATH_COLS;
    id->xy[1] = id->xy[0] + 2 * n;
    id->weight[0] = id->xy[1] + 2 * n;
    id->weight[1] = id->weight[0] + n;
    id->d = id->weight[1] + n;
    id->scratch = id->d + n * MOTION_ORDER_DIMS;
    *out = id;
    return TREAD_OK;
}

void motion_identity_destroy(motion_identity **id)
{
    if (!*id)
        return;
    free((*id)->memory);
    free((*id)->choice);
    free((*id)->seen);
    free((*id)->pairs);
    free((*id)->hook);
    free((*id)->order);
    free(*id);
    *id = NULL;
}

/* Over a block: exchanges make some longer and some shorter. */
static double usual_leg_px(motion_identity *id, const tread_landmarks *lm, size_t n)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        double leg = motion_leg_px(&lm[i]);
        if (isfinite(leg))
            id->scratch[n_seen++] = leg;
    }
    return tread_median(id->scratch, n_seen);
}

/* Middle of a left landmark and its right counterpart. */
static void middle(const tread_landmarks *lm, int left, double xy[2])
{
    xy[0] = 0.5 * ((double)lm->x_px[left] + (double)lm->x_px[left + 1]);
    xy[1] = 0.5 * ((double)lm->y_px[left] + (double)lm->y_px[left + 1]);
}

static void see(const tread_landmarks *lm, enum motion_kind kind, double leg, candidates *out)
{
    double hip[2];
    middle(lm, TREAD_LM_LEFT_HIP, hip);
    for (int p = 0; p < MOTION_N_PLACES; p++) {
        tread_place place = motion_place_of(lm, kind, (enum motion_place)p);
        out->x[p] = ((double)place.x_px - hip[0]) / leg;
        out->y[p] = ((double)place.y_px - hip[1]) / leg;
        out->confidence[p] =
            isfinite(out->x[p]) && isfinite(out->y[p]) ? (double)place.confidence : 0;
        out->doubt[p] = out->confidence[p] > 0 ? -2 * log(out->confidence[p]) : 0;
    }
}

/* ---- one pair of one frame ---------------------------------------------------------- */

/* How little a place fits a side. `expected` may be NaN: then only label and confidence
 * speak. */
static double cost_of(const candidates *seen, int place, int side, const double expected[2],
                      double sd, double label_price)
{
    if (!(seen->confidence[place] > 0))
        return INFINITY;
    double dx = seen->x[place] - expected[0], dy = seen->y[place] - expected[1];
    double squares = (dx * dx + dy * dy) / (sd * sd);
    double cost = isnan(squares) ? 0 : fmin(squares, MAX_COST);
    bool is_own = side == (place >= MOTION_RIGHT_FIRST);
    return cost + seen->doubt[place] + (is_own ? 0 : label_price);
}

/* The two places that together cost least. */
static void choose(const candidates *seen, double cost[N_SIDES][MOTION_N_PLACES + 1], bool is_apart,
                   double nowhere_cost, uint8_t place[N_SIDES])
{
    double best = INFINITY;
    cost[0][MOTION_NOWHERE] = cost[1][MOTION_NOWHERE] = nowhere_cost;
    for (int a = 0; a <= MOTION_N_PLACES; a++)
        for (int b = 0; b <= MOTION_N_PLACES; b++) {
            double sum = cost[0][a] + cost[1][b];
            if (!(sum < best))
                continue;
            if (is_apart && a != MOTION_NOWHERE && b != MOTION_NOWHERE &&
                hypot(seen->x[a] - seen->x[b], seen->y[a] - seen->y[b]) < SAME_PLACE)
                sum += SAME_PLACE_COST;
            if (sum < best) {
                best = sum;
                place[0] = (uint8_t)a;
                place[1] = (uint8_t)b;
            }
        }
}

static double gap(const double a[2], const double b[2])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
}

/* Out of reach of the ankle: not a place for this side. */
static bool is_out_of_reach(const candidates *seen, int place, const double root[2], double reach)
{
    const double at[2] = {seen->x[place], seen->y[place]};
    double d = gap(at, root);
    return !(d >= MIN_REACH * reach && d <= MAX_REACH * reach);
}

/* The places nearest to the paths. */
static void choose_pair(const candidates *seen, enum motion_kind kind, double reach,
                        const double sd[N_SIDES], double nowhere_cost, pair *p)
{
    double expected[N_SIDES][2], cost[N_SIDES][MOTION_N_PLACES + 1];
    for (int side = 0; side < N_SIDES; side++) {
        for (int k = 0; k < 2; k++)
            expected[side][k] = p->root[side][k] + p->path[side][k];
        for (int place = 0; place < MOTION_N_PLACES; place++)
            cost[side][place] =
                kinds[kind].has_reach && is_out_of_reach(seen, place, p->root[side], reach)
                    ? INFINITY
                    : cost_of(seen, place, side, expected[side], fmax(sd[side], MIN_CHOICE_SD),
                              kinds[kind].label_price);
    }
    choose(seen, cost, gap(expected[0], expected[1]) > APART, nowhere_cost, p->place);
}

/* The places of a pair become the frame's choice. Ankles and elbows are what the next kind
 * hangs on, or where they should be while they are not seen. */
static void keep_pair(const candidates *seen, enum motion_kind kind, const double sd[N_SIDES],
                      const pair *p, motion_choice *out, double hook[N_SIDES][2])
{
    for (int side = 0; side < N_SIDES; side++) {
        int place = p->place[side];
        double at[2] = {p->root[side][0] + p->path[side][0], p->root[side][1] + p->path[side][1]};
        float belief = 0;
        if (place != MOTION_NOWHERE) {
            const double is[2] = {seen->x[place], seen->y[place]};
            double u = gap(is, at) / (sqrt(NOWHERE_COST) * fmax(sd[side], MIN_CHOICE_SD));
            belief = u < 1 ? (float)((1 - u * u) * (1 - u * u)) : 0;
            memcpy(at, is, sizeof at);
        }
        out->place[2 * (int)kind + side] = (uint8_t)place;
        out->belief[2 * (int)kind + side] = belief;
        if (kind == MOTION_ANKLE || kind == MOTION_ELBOW)
            memcpy(hook[side], at, sizeof at);
    }
}

/* What the pair of a kind hangs on. `hook` has the ankles or elbows chosen before. */
static void find_roots(const tread_landmarks *lm, enum motion_kind kind, double leg,
                       double hook[N_SIDES][2], double root[N_SIDES][2])
{
    double hip[2], shoulder[2];
    for (int side = 0; side < N_SIDES; side++)
        switch (kinds[kind].root) {
        case ROOT_HIPS: root[side][0] = root[side][1] = 0; break;
        case ROOT_SHOULDERS:
            middle(lm, TREAD_LM_LEFT_HIP, hip);
            middle(lm, TREAD_LM_LEFT_SHOULDER, shoulder);
            root[side][0] = (shoulder[0] - hip[0]) / leg;
            root[side][1] = (shoulder[1] - hip[1]) / leg;
            break;
        case ROOT_KIND_BEFORE: memcpy(root[side], hook[side], sizeof root[side]);
        }
}

static void follow_point(motion_followed *followed, const candidates *seen, int point, int place,
                         double time_s, motion_choice *out)
{
    out->place[point] = (uint8_t)place;
    out->belief[point] = place == MOTION_NOWHERE ? 0 : 1;
    if (place == MOTION_NOWHERE)
        return;
    double dt = time_s - followed->points[point].time_s;
    bool is_fresh = followed->points[point].is_known && dt > 0;
    followed->points[point].vx = is_fresh ? (seen->x[place] - followed->points[point].x) / dt : 0;
    followed->points[point].vy = is_fresh ? (seen->y[place] - followed->points[point].y) / dt : 0;
    followed->points[point].x = seen->x[place];
    followed->points[point].y = seen->y[place];
    followed->points[point].time_s = time_s;
    followed->points[point].is_known = true;
}

/* ---- a block with a stride ------------------------------------------------------------ */

/* Usual distance of the first places from their label's root; heel and toe of one
 * label change sides together, so exchanges do not matter. */
static double usual_reach(motion_identity *id, const tread_landmarks *lm, size_t n,
                          enum motion_kind kind, double leg)
{
    int left = (int)kinds[kind].left;
    size_t n_all = 0;
    for (int must_be_sure = 1; must_be_sure >= 0 && n_all < n / 4 + 1; must_be_sure--) {
        n_all = 0;
        for (size_t i = 0; i < n; i++)
            for (int side = 0; side < N_SIDES; side++) {
                double d = distance(&lm[i], left + side, TREAD_LM_LEFT_ANKLE + side) / leg;
                bool is_sure = lm[i].confidence[left + side] > SURE &&
                               lm[i].confidence[TREAD_LM_LEFT_ANKLE + side] > SURE;
                if (lm[i].presence > 0 && isfinite(d) && (is_sure || !must_be_sure))
                    id->scratch[n_all++] = d;
            }
    }
    return tread_median(id->scratch, n_all);
}

/* What is seen of one side, relative to its root, for fitting. */
static void take_side(motion_identity *id, size_t n, int side)
{
    double *xy = id->xy[side], *weight = id->weight[side];
    for (size_t i = 0; i < n; i++) {
        const pair *p = &id->pairs[i];
        int place = p->place[side];
        bool is_seen = place != MOTION_NOWHERE && id->seen[i].confidence[place] > 0;
        xy[2 * i] = is_seen ? id->seen[i].x[place] - p->root[side][0] : 0;
        xy[2 * i + 1] = is_seen ? id->seen[i].y[place] - p->root[side][1] : 0;
        is_seen = is_seen && isfinite(xy[2 * i]) && isfinite(xy[2 * i + 1]);
        weight[i] = is_seen ? id->seen[i].confidence[place] : 0;
    }
}

/* Fit the paths to the places as chosen now. */
static int fit_paths(motion_identity *id, size_t n, const fit_level *level,
                     motion_path paths[N_SIDES])
{
    for (int side = 0; side < N_SIDES; side++)
        take_side(id, n, side);
    int status = TREAD_OK;
    if (level->is_shared)
        status = motion_path_fit_both(id->rows, (const double *const *)id->xy,
                                      (const double *const *)id->weight, n, level->n_harmonics,
                                      MIN_PATH_SD, id->scratch, paths);
    for (int side = 0; !level->is_shared && side < N_SIDES && status == TREAD_OK; side++)
        status = motion_path_fit(id->rows, id->xy[side], id->weight[side], n, level->n_harmonics,
                                 MIN_PATH_SD, id->scratch, &paths[side]);
    for (size_t i = 0; status == TREAD_OK && i < n; i++)
        for (int side = 0; side < N_SIDES; side++)
            motion_path_at(&paths[side], &id->rows[i * MOTION_PATH_COLS], id->pairs[i].path[side]);
    return status;
}

/* Every frame's places; how many changed. */
static size_t choose_places(motion_identity *id, size_t n, enum motion_kind kind, double reach,
                            double nowhere_cost, const motion_path paths[N_SIDES])
{
    const double sd[N_SIDES] = {paths[0].sd, paths[1].sd};
    size_t n_changed = 0;
    for (size_t i = 0; i < n; i++) {
        pair *p = &id->pairs[i];
        uint8_t before[N_SIDES] = {p->place[0], p->place[1]};
        choose_pair(&id->seen[i], kind, reach, sd, nowhere_cost, p);
        n_changed += before[0] != p->place[0] || before[1] != p->place[1];
    }
    return n_changed;
}

/* Where a pair is looked for first: where it was, else by the order of the feet, arms as
 * labelled. */
static void start_places(motion_identity *id, size_t n, enum motion_kind kind,
                         const motion_choice *known)
{
    for (size_t i = 0; i < n; i++)
        for (int side = 0; side < N_SIDES; side++) {
            bool is_turned = kind <= MOTION_TOE && id->order[i] < 0;
            uint8_t first = side == is_turned ? MOTION_LEFT_FIRST : MOTION_RIGHT_FIRST;
            id->pairs[i].place[side] = known ? known[i].place[2 * (int)kind + side] : first;
        }
}

static int judge_kind(motion_identity *id, const tread_landmarks *lm, size_t n,
                      enum motion_kind kind, const motion_choice *known, motion_model *m)
{
    bool is_leg = kind <= MOTION_TOE;
    motion_path *paths = m->paths[kind];
    for (size_t i = 0; i < n; i++) {
        see(&lm[i], kind, m->leg_px, &id->seen[i]);
        find_roots(&lm[i], kind, m->leg_px, id->hook[i], id->pairs[i].root);
    }
    m->reach[kind] = kinds[kind].has_reach ? usual_reach(id, lm, n, kind, m->leg_px) : 0;
    start_places(id, n, kind, known);
    int first = !is_leg ? ARM_LEVEL : known ? N_LEVELS - 1 : 0;
    int end = is_leg ? N_LEVELS : ARM_LEVEL + 1;
    for (int l = first; l < end; l++)
        for (int round = 0; round < levels[l].max_rounds; round++) {
            int status = fit_paths(id, n, &levels[l], paths);
            if (status != TREAD_OK)
                return status;
            double nowhere_cost = l + 1 < end ? MAX_COST : NOWHERE_COST;
            if (choose_places(id, n, kind, m->reach[kind], nowhere_cost, paths) == 0)
                break;
        }
    const double sd[N_SIDES] = {paths[0].sd, paths[1].sd};
    for (size_t i = 0; i < n; i++)
        keep_pair(&id->seen[i], kind, sd, &id->pairs[i], &id->choice[i], id->hook[i]);
    return TREAD_OK;
}

/* Left minus right of ankle, heel and toe. What a tool does not have counts nothing. */
static void fill_differences(motion_identity *id, const tread_landmarks *lm, size_t n)
{
    static const enum motion_kind foot[] = {MOTION_ANKLE, MOTION_HEEL, MOTION_TOE};
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            tread_place left = motion_place_of(&lm[i], foot[k], MOTION_LEFT_FIRST);
            tread_place right = motion_place_of(&lm[i], foot[k], MOTION_RIGHT_FIRST);
            double *d = &id->d[i * MOTION_ORDER_DIMS + 2 * (size_t)k];
            d[0] = (double)left.x_px - (double)right.x_px;
            d[1] = (double)left.y_px - (double)right.y_px;
            if (k > 0 && isnan(d[0]))
                d[0] = d[1] = 0;
        }
}

/* ---- frames one by one ----------------------------------------------------------------- */

/* How fast the phase follows what is seen, seconds: several frames, less than a step. */
#define LOCK_S 0.3

/* How far the phase is behind what a pair shows: the part of the points' distance from
 * their paths that lies along them. Sums for a mean over pairs. */
static void add_phase_error(const motion_model *m, enum motion_kind kind, double phase,
                            const candidates *seen, const pair *p, double *sum, double *weight)
{
    const double step = 0.01; /* strides, for the slope of the path */
    double row[MOTION_PATH_COLS];
    motion_path_row(phase + step, row);
    for (int side = 0; side < N_SIDES; side++) {
        int place = p->place[side];
        if (place == MOTION_NOWHERE)
            continue;
        double ahead[2], along = 0, length = 0;
        motion_path_at(&m->paths[kind][side], row, ahead);
        const double off[2] = {seen->x[place] - p->root[side][0] - p->path[side][0],
                               seen->y[place] - p->root[side][1] - p->path[side][1]};
        for (int k = 0; k < 2; k++) {
            double slope = (ahead[k] - p->path[side][k]) / step;
            along += slope * off[k];
            length += slope * slope;
        }
        *sum += seen->confidence[place] * along;
        *weight += seen->confidence[place] * length;
    }
}

void motion_model_choose(motion_model *m, const tread_landmarks *lm, motion_choice *out)
{
    double phase = m->phase + m->hz * (lm->time_s - m->time_s);
    double row[MOTION_PATH_COLS], hook[N_SIDES][2] = {{0}}, error = 0, weight = 0;
    motion_path_row(phase, row);
    for (int k = 0; k < MOTION_N_KINDS; k++) {
        enum motion_kind kind = (enum motion_kind)k;
        candidates seen;
        pair p = {.place = {MOTION_NOWHERE, MOTION_NOWHERE}};
        const double sd[N_SIDES] = {m->paths[k][0].sd, m->paths[k][1].sd};
        see(lm, kind, m->leg_px, &seen);
        find_roots(lm, kind, m->leg_px, hook, p.root);
        for (int side = 0; side < N_SIDES; side++)
            motion_path_at(&m->paths[k][side], row, p.path[side]);
        choose_pair(&seen, kind, m->reach[k], sd, NOWHERE_COST, &p);
        keep_pair(&seen, kind, sd, &p, out, hook);
        if (kind == MOTION_KNEE || kind == MOTION_ANKLE)
            add_phase_error(m, kind, phase, &seen, &p, &error, &weight);
    }
    double dt = lm->time_s - m->time_s;
    m->phase = phase + (weight > 0 ? fmin(1, dt / LOCK_S) * error / weight : 0);
    m->time_s = lm->time_s;
}

void motion_follow(motion_followed *followed, const tread_landmarks *lm, double leg,
                   motion_choice *out)
{
    for (int kind = 0; kind < MOTION_N_KINDS; kind++) {
        candidates seen;
        double expected[N_SIDES][2], cost[N_SIDES][MOTION_N_PLACES + 1];
        uint8_t place[N_SIDES] = {MOTION_NOWHERE, MOTION_NOWHERE};
        see(lm, (enum motion_kind)kind, leg, &seen);
        for (int side = 0; side < N_SIDES; side++) {
            /* Where the last two places lead, unless they are too long ago. */
            double dt = lm->time_s - followed->points[2 * kind + side].time_s;
            bool is_fresh = followed->points[2 * kind + side].is_known && dt <= FOLLOWED_FOR_S;
            followed->points[2 * kind + side].is_known = is_fresh;
            expected[side][0] = is_fresh ? followed->points[2 * kind + side].x +
                                               followed->points[2 * kind + side].vx * dt
                                         : (double)NAN;
            expected[side][1] = is_fresh ? followed->points[2 * kind + side].y +
                                               followed->points[2 * kind + side].vy * dt
                                         : (double)NAN;
            for (int p = 0; p < MOTION_N_PLACES; p++)
                cost[side][p] =
                    cost_of(&seen, p, side, expected[side], FOLLOWED_SD, FOLLOWED_LABEL_PRICE);
        }
        choose(&seen, cost, gap(expected[0], expected[1]) > APART, NOWHERE_COST, place);
        for (int side = 0; side < N_SIDES; side++)
            follow_point(followed, &seen, 2 * kind + side, place[side], lm->time_s, out);
    }
}

/* ---- blocks ------------------------------------------------------------------------------ */

void motion_take_labels(const tread_landmarks *lm, motion_choice *out)
{
    for (int p = 0; p < MOTION_N_POINTS; p++) {
        enum motion_place first = p % 2 ? MOTION_RIGHT_FIRST : MOTION_LEFT_FIRST;
        bool is_seen = motion_place_of(lm, (enum motion_kind)(p / 2), first).confidence > 0;
        out->place[p] = (uint8_t)(is_seen ? first : MOTION_NOWHERE);
        out->belief[p] = is_seen ? 1 : 0;
    }
}

/* The stride's place at the end of a block, and its pace over the last one. */
static void take_phase(const motion_identity *id, size_t n, motion_model *m)
{
    size_t last = n - 1, from = last;
    while (from > 0 && id->phase[last] - id->phase[from] < 1)
        from--;
    m->hz = (id->phase[last] - id->phase[from]) / (id->time_s[last] - id->time_s[from]);
    m->phase = id->phase[last];
    m->time_s = id->time_s[last];
}

static int judge_block(motion_identity *id, const tread_landmarks *lm, size_t n,
                       const motion_choice *known, motion_model *m)
{
    m->leg_px = usual_leg_px(id, lm, n);
    m->is_stride = false;
    if (!(m->leg_px > 0)) {
        for (size_t i = 0; i < n; i++)
            motion_take_labels(&lm[i], &id->choice[i]);
        return TREAD_OK;
    }
    for (size_t i = 0; i < n; i++)
        id->time_s[i] = lm[i].time_s;
    fill_differences(id, lm, n);
    m->is_stride = motion_phase(id->d, MOTION_ORDER_DIMS, id->time_s, n, id->scratch, id->phase);
    if (m->is_stride && !known) {
        int status = motion_order(id->d, id->phase, n, id->scratch, id->order);
        if (status != TREAD_OK)
            return status;
        m->is_stride = id->order[0] != 0;
    }
    if (!m->is_stride) {
        motion_followed followed = {0};
        for (size_t i = 0; i < n; i++)
            motion_follow(&followed, &lm[i], m->leg_px, &id->choice[i]);
        return TREAD_OK;
    }
    take_phase(id, n, m);
    for (size_t i = 0; i < n; i++)
        motion_path_row(id->phase[i], &id->rows[i * MOTION_PATH_COLS]);
    for (int k = 0; k < MOTION_N_KINDS; k++) {
        int status = judge_kind(id, lm, n, (enum motion_kind)k, known, m);
        if (status != TREAD_OK)
            return status;
    }
    return TREAD_OK;
}

/* +1 for each point of the legs that both put at the same place, -1 for each that one
 * puts where the other has the other leg. */
static long agreement(const motion_choice *a, const motion_choice *b)
{
    long sum = 0;
    for (int p = 0; p < 2 * (MOTION_TOE + 1); p++)
        if (a->place[p] != MOTION_NOWHERE)
            sum += (a->place[p] == b->place[p]) - (a->place[p] == b->place[p ^ 1]);
    return sum;
}

/* The legs change names. */
static void turn_legs(motion_choice *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < 2 * (MOTION_TOE + 1); p += 2) {
            uint8_t place = c[i].place[p];
            float belief = c[i].belief[p];
            c[i].place[p] = c[i].place[p + 1];
            c[i].belief[p] = c[i].belief[p + 1];
            c[i].place[p + 1] = place;
            c[i].belief[p + 1] = belief;
        }
}

/* The block's word joined to what earlier blocks said of the same frames. */
static void join_block(motion_identity *id, motion_choice *out, size_t n, size_t n_known)
{
    long sum = 0;
    for (size_t i = 0; i < n_known; i++)
        sum += agreement(&out[i], &id->choice[i]);
    if (sum < 0)
        turn_legs(id->choice, n);
    size_t from = n_known / 2;
    memcpy(out + from, id->choice + from, (n - from) * sizeof *out);
}

bool motion_settle(motion_choice *c, size_t n)
{
    long sum = 0;
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < 2 * (MOTION_TOE + 1); p++)
            if (c[i].place[p] != MOTION_NOWHERE)
                sum += (p % 2 == (c[i].place[p] >= MOTION_RIGHT_FIRST)) ? 1 : -1;
    if (sum < 0)
        turn_legs(c, n);
    return sum < 0;
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

/* Seen along the belt the legs do not pass each other, and the network names them
 * rightly (POSE.md: no exchange from behind). */
static bool is_along_belt(const tread_landmarks *lm, size_t n)
{
    tread_view_evidence evidence = {0};
    for (size_t i = 0; i < n; i++)
        tread_motion__view_add(&evidence, &lm[i]);
    return tread_motion__view_decide(&evidence) == TREAD_VIEW_REAR;
}

int motion_identify(motion_identity *id, const tread_landmarks *lm, size_t n, motion_choice *out)
{
    if (n > id->n_max)
        return TREAD_ERR_ARG;
    if (is_along_belt(lm, n)) {
        for (size_t i = 0; i < n; i++)
            motion_take_labels(&lm[i], &out[i]);
        return TREAD_OK;
    }
    size_t chain_from = 0;
    for (size_t from = 0, n_known = 0; from < n;) {
        bool is_cut;
        size_t end = block_end(lm, from, n, &is_cut);
        /* The last block reaches back until it is as long as the others. */
        while ((is_cut || end == n) && from > chain_from && end - from < MAX_BLOCK &&
               lm[end - 1].time_s - lm[from - 1].time_s < BLOCK_S)
            from--;
        motion_model model;
        int status = judge_block(id, lm + from, end - from, NULL, &model);
        if (status != TREAD_OK)
            return status;
        join_block(id, out + from, end - from, n_known > from ? n_known - from : 0);
        n_known = end;
        if (is_cut || end == n) {
            (void)motion_settle(out + chain_from, end - chain_from);
            chain_from = from = end;
        } else {
            size_t next = end > from + 1 ? end - 1 : end;
            while (next > from + 1 && lm[end - 1].time_s - lm[next].time_s < BLOCK_OVERLAP_S)
                next--;
            from = next;
        }
    }
    return TREAD_OK;
}

int motion_identity_learn(motion_identity *id, const tread_landmarks *lm, size_t n,
                          const motion_choice *known, motion_model *model, motion_choice *out)
{
    if (n == 0 || n > id->n_max || n > MAX_BLOCK)
        return TREAD_ERR_ARG;
    int status = judge_block(id, lm, n, known, model);
    if (status == TREAD_OK)
        memcpy(out, id->choice, n * sizeof *out);
    return status;
}

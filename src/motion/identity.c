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
#include "motion/smoothing.h"
#include "motion/still.h"

/* A block is judged as a whole: long enough for a dozen strides, short enough that
 * speed, and with it the path, stays the same. Blocks overlap, and a frame takes the
 * word of the block in whose middle it lies. */
#define BLOCK_S 10.0
#define BLOCK_OVERLAP_S 1.0
#define MAX_BLOCK 4096

/* Of the leg; a tighter path than the network's own jitter is luck. */
#define MIN_PATH_SD 0.01
#define SURE 0.7f /* confidence */

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

struct motion_identity {
    size_t n_max;
    motion_choice *choice;      /* (MAX_BLOCK) of the block */
    motion_candidates *seen;    /* (MAX_BLOCK) */
    motion_pair *pairs;         /* (MAX_BLOCK) */
    double (*hook)[N_SIDES][2]; /* (MAX_BLOCK) ankles, then elbows: the next kinds hang on them */
    double *time_s, *phase;     /* (MAX_BLOCK) */
    double *basis;              /* (MOTION_BASIS_ROWS, MAX_BLOCK) */
    motion_sightings legs[N_SIDES]; /* (MAX_BLOCK) of the kind that is judged, arms as well */
    double *d;                      /* (MAX_BLOCK, MOTION_ORDER_DIMS) */
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
    double *p = calloc(n * (2 + MOTION_BASIS_ROWS + 5 * N_SIDES + MOTION_ORDER_DIMS) + n_scratch,
                       sizeof *p);
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
    id->basis = id->phase + n;
    p = id->basis + MOTION_BASIS_ROWS * n;
    for (int side = 0; side < N_SIDES; side++, p += 5 * n)
        id->legs[side] =
            (motion_sightings){.x = p, .y = p + n, .weight = p + 2 * n, .path = p + 3 * n};
    id->d = p;
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

/* ---- a block with a stride ------------------------------------------------------------ */

/* Usual distance of the first places from their label's root; heel and toe of one
 * label change sides together, so exchanges do not matter. */
static double usual_reach(motion_identity *id, const tread_landmarks *lm, size_t n,
                          enum motion_kind kind, double leg)
{
    int left = (int)motion_left_of(kind);
    size_t n_all = 0;
    for (int must_be_sure = 1; must_be_sure >= 0 && n_all < n / 4 + 1; must_be_sure--) {
        n_all = 0;
        for (size_t i = 0; i < n; i++)
            for (int side = 0; side < N_SIDES; side++) {
                double d =
                    motion_distance_px(&lm[i], left + side, TREAD_LM_LEFT_ANKLE + side) / leg;
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
    motion_sightings *leg = &id->legs[side];
    for (size_t i = 0; i < n; i++) {
        const motion_pair *p = &id->pairs[i];
        const motion_candidates *seen = &id->seen[i];
        int place = p->place[side];
        bool is_seen = place != MOTION_NOWHERE && seen->confidence[place] > 0;
        double x = is_seen ? seen->x[place] - p->root[side][0] : (double)NAN;
        double y = is_seen ? seen->y[place] - p->root[side][1] : (double)NAN;
        is_seen = isfinite(x) && isfinite(y);
        leg->x[i] = is_seen ? x : 0;
        leg->y[i] = is_seen ? y : 0;
        leg->weight[i] = is_seen ? seen->confidence[place] : 0;
    }
}

/* Fit the paths to the places as chosen now.
 * @param n_changed  places since the last fit of the level: the path of a side without any is
 *                   what it was */
static int fit_paths(motion_identity *id, size_t n, const fit_level *level,
                     const size_t n_changed[N_SIDES], motion_path paths[N_SIDES])
{
    int n_legs = level->is_shared ? N_SIDES : 1, status = TREAD_OK;
    for (int side = 0; side < N_SIDES; side++)
        take_side(id, n, side);
    for (int side = 0; side < N_SIDES && status == TREAD_OK; side += n_legs)
        if (level->is_shared || n_changed[side] > 0)
            status = motion_path_fit(id->basis, &id->legs[side], n_legs, n, level->n_harmonics,
                                     MIN_PATH_SD, id->scratch, &paths[side]);
    return status;
}

/* Every frame's places by the paths; how many changed of each side. */
static void choose_places(motion_identity *id, size_t n, double nowhere_cost,
                          const motion_path paths[N_SIDES], size_t n_changed[N_SIDES])
{
    const double sd[N_SIDES] = {paths[0].sd, paths[1].sd};
    n_changed[0] = n_changed[1] = 0;
    for (size_t i = 0; i < n; i++) {
        motion_pair *p = &id->pairs[i];
        uint8_t before[N_SIDES] = {p->place[0], p->place[1]};
        for (int side = 0; side < N_SIDES; side++) {
            p->path[side][0] = id->legs[side].path[i];
            p->path[side][1] = id->legs[side].path[n + i];
        }
        motion_choose_pair(&id->seen[i], sd, nowhere_cost, p);
        for (int side = 0; side < N_SIDES; side++)
            n_changed[side] += before[side] != p->place[side];
    }
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
    m->reach[kind] = motion_has_reach(kind) ? usual_reach(id, lm, n, kind, m->leg_px) : 0;
    for (size_t i = 0; i < n; i++) {
        double(*root)[2] = id->pairs[i].root;
        motion_find_roots(&lm[i], kind, m->leg_px, id->hook[i], root);
        motion_see(&lm[i], kind, m->leg_px, root, m->reach[kind], &id->seen[i]);
    }
    start_places(id, n, kind, known);
    int first = !is_leg ? ARM_LEVEL : known ? N_LEVELS - 1 : 0;
    int end = is_leg ? N_LEVELS : ARM_LEVEL + 1;
    for (int l = first; l < end; l++) {
        double nowhere_cost = l + 1 < end ? MOTION_MAX_COST : MOTION_NOWHERE_COST;
        size_t n_changed[N_SIDES] = {n, n};
        for (int round = 0; round < levels[l].max_rounds && n_changed[0] + n_changed[1] > 0;
             round++) {
            int status = fit_paths(id, n, &levels[l], n_changed, paths);
            if (status != TREAD_OK)
                return status;
            choose_places(id, n, nowhere_cost, paths, n_changed);
        }
    }
    const double sd[N_SIDES] = {paths[0].sd, paths[1].sd};
    for (size_t i = 0; i < n; i++)
        motion_keep_pair(&id->seen[i], kind, sd, &id->pairs[i], &id->choice[i], id->hook[i]);
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

/* ---- blocks ------------------------------------------------------------------------------ */

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
    m->leg_px = motion_usual_leg_px(lm, n, id->scratch);
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
    motion_path_basis(id->phase, n, id->basis);
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

/* The block's word joined to what earlier blocks said of the same frames. */
static void join_block(motion_identity *id, motion_choice *out, size_t n, size_t n_known)
{
    long sum = 0;
    for (size_t i = 0; i < n_known; i++)
        sum += agreement(&out[i], &id->choice[i]);
    if (sum < 0)
        motion_turn_legs(id->choice, n);
    size_t from = n_known / 2;
    memcpy(out + from, id->choice + from, (n - from) * sizeof *out);
}

/* A block ends after BLOCK_S, or is cut: by a hole in time, or where somebody who stood begins
 * to move or the other way round. */
static size_t block_end(const tread_landmarks *lm, size_t from, size_t n, double leg_px,
                        bool *is_cut)
{
    size_t end = from + 1;
    bool is_still = motion_is_still(lm, n, from, leg_px);
    *is_cut = false;
    while (end < n && end - from < MAX_BLOCK && lm[end].time_s - lm[from].time_s < BLOCK_S) {
        if (lm[end].time_s - lm[end - 1].time_s > MOTION_MAX_HOLE_S ||
            motion_is_still(lm, n, end, leg_px) != is_still) {
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
    return tread_motion__view_is_along(tread_motion__view_decide(&evidence));
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
    double leg_px = motion_usual_leg_px(lm, n < MAX_BLOCK ? n : MAX_BLOCK, id->scratch);
    for (size_t from = 0, n_known = 0; from < n;) {
        bool is_cut;
        size_t end = block_end(lm, from, n, leg_px, &is_cut);
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

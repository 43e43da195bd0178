#include "motion/choose.h"

#include <math.h>
#include <string.h>

/* Strides differ: a place this near to the path is as good as any. */
#define MIN_CHOICE_SD 0.015
/* Two legs do not stand on one place while their paths are apart. */
#define SAME_PLACE 0.03
#define APART 0.06
#define SAME_PLACE_COST 12.0
/* What contradicting the label costs: a probability ratio of 1.6, for labels are wrong in
 * 1 to 7 % of frames (POSE.md) and right for nothing better. For arms, which the network
 * was not seen to exchange, and without a stride to go by: 20. */
#define LABEL_PRICE 1.0
#define ARM_LABEL_PRICE 6.0
#define FOLLOWED_LABEL_PRICE 6.0
/* Heel and toe keep their distance to the ankle, but for what turns out of the picture. */
#define MIN_REACH 0.3
#define MAX_REACH 1.7
/* Without a stride: how far a point may be from where its last two places lead. */
#define FOLLOWED_SD 0.08
#define FOLLOWED_FOR_S 0.1
/* How fast the phase follows what is seen, seconds: several frames, less than a step. */
#define LOCK_S 0.3

enum { N_SIDES = TREAD_N_SIDES };

/* What a point hangs on: of kinds that come before it, the ankle or the elbow. */
enum root { ROOT_HIPS, ROOT_SHOULDERS, ROOT_KIND_BEFORE };

static const struct {
    enum root root;
    bool has_reach;
    double label_price;
} kinds[MOTION_N_KINDS] = {
    [MOTION_KNEE] = {ROOT_HIPS, false, LABEL_PRICE},
    [MOTION_ANKLE] = {ROOT_HIPS, false, LABEL_PRICE},
    [MOTION_HEEL] = {ROOT_KIND_BEFORE, true, LABEL_PRICE},
    [MOTION_TOE] = {ROOT_KIND_BEFORE, true, LABEL_PRICE},
    [MOTION_ELBOW] = {ROOT_SHOULDERS, false, ARM_LABEL_PRICE},
    [MOTION_WRIST] = {ROOT_KIND_BEFORE, false, ARM_LABEL_PRICE},
};

bool motion_has_reach(enum motion_kind kind)
{
    return kinds[kind].has_reach;
}

/* Middle of a left landmark and its right counterpart. */
static void middle(const tread_landmarks *lm, int left, double xy[2])
{
    xy[0] = 0.5 * ((double)lm->x_px[left] + (double)lm->x_px[left + 1]);
    xy[1] = 0.5 * ((double)lm->y_px[left] + (double)lm->y_px[left + 1]);
}

/* What the network offers, and what its own words say of it. */
static void see(const tread_landmarks *lm, enum motion_kind kind, double leg, double label_price,
                motion_candidates *out)
{
    double hip[2];
    middle(lm, TREAD_LM_LEFT_HIP, hip);
    for (int p = 0; p < MOTION_N_PLACES; p++) {
        tread_place place = motion_place_of(lm, kind, (enum motion_place)p);
        out->x[p] = ((double)place.x_px - hip[0]) / leg;
        out->y[p] = ((double)place.y_px - hip[1]) / leg;
        out->confidence[p] =
            isfinite(out->x[p]) && isfinite(out->y[p]) ? (double)place.confidence : 0;
        double doubt = out->confidence[p] > 0 ? -2 * log(out->confidence[p]) : INFINITY;
        for (int side = 0; side < N_SIDES; side++)
            out->price[side][p] = doubt + (side == (p >= MOTION_RIGHT_FIRST) ? 0 : label_price);
    }
}

/* Out of reach of the ankle: not a place for this side. */
static bool is_out_of_reach(const motion_candidates *seen, int place, const double root[2],
                            double reach)
{
    double d = motion_length(seen->x[place] - root[0], seen->y[place] - root[1]);
    return !(d >= MIN_REACH * reach && d <= MAX_REACH * reach);
}

void motion_see(const tread_landmarks *lm, enum motion_kind kind, double leg,
                double root[N_SIDES][2], double reach, motion_candidates *out)
{
    see(lm, kind, leg, kinds[kind].label_price, out);
    for (int side = 0; side < N_SIDES && kinds[kind].has_reach; side++)
        for (int p = 0; p < MOTION_N_PLACES; p++)
            if (is_out_of_reach(out, p, root[side], reach))
                out->price[side][p] = INFINITY;
}

/* How little each place fits a side. `expected` may be NaN: then only label and confidence
 * speak. */
static void find_costs(const motion_candidates *seen, int side, const double expected[2], double sd,
                       double cost[MOTION_N_PLACES])
{
    double per_square = 1 / (sd * sd);
    for (int p = 0; p < MOTION_N_PLACES; p++) {
        double dx = seen->x[p] - expected[0], dy = seen->y[p] - expected[1];
        double squares = (dx * dx + dy * dy) * per_square;
        double off = squares < MOTION_MAX_COST ? squares : isnan(squares) ? 0 : MOTION_MAX_COST;
        cost[p] = off + seen->price[side][p];
    }
}

static double gap(const double a[2], const double b[2])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
}

static int cheapest(const double cost[MOTION_N_PLACES + 1])
{
    int best = 0;
    for (int p = 1; p <= MOTION_N_PLACES; p++)
        best = cost[p] < cost[best] ? p : best;
    return best;
}

/* What it costs to take two places that are one. */
static double sharing_cost(const motion_candidates *seen, int a, int b)
{
    if (a == MOTION_NOWHERE || b == MOTION_NOWHERE)
        return 0;
    const double p[2] = {seen->x[a], seen->y[a]}, q[2] = {seen->x[b], seen->y[b]};
    return gap(p, q) < SAME_PLACE ? SAME_PLACE_COST : 0;
}

/* The two places that together cost least. */
static void choose(const motion_candidates *seen, double cost[N_SIDES][MOTION_N_PLACES + 1],
                   bool is_apart, double nowhere_cost, uint8_t place[N_SIDES])
{
    cost[0][MOTION_NOWHERE] = cost[1][MOTION_NOWHERE] = nowhere_cost;
    int left = cheapest(cost[0]), right = cheapest(cost[1]);
    /* Each its own best, unless these are one: then all pairs are looked at. */
    if (is_apart && sharing_cost(seen, left, right) > 0) {
        double best = INFINITY;
        for (int a = 0; a <= MOTION_N_PLACES; a++)
            for (int b = 0; b <= MOTION_N_PLACES; b++) {
                double sum = cost[0][a] + cost[1][b];
                if (sum < best)
                    sum += sharing_cost(seen, a, b);
                if (sum < best) {
                    best = sum;
                    left = a;
                    right = b;
                }
            }
    }
    place[0] = (uint8_t)left;
    place[1] = (uint8_t)right;
}

void motion_choose_pair(const motion_candidates *seen, const double sd[N_SIDES],
                        double nowhere_cost, motion_pair *p)
{
    double expected[N_SIDES][2], cost[N_SIDES][MOTION_N_PLACES + 1];
    for (int side = 0; side < N_SIDES; side++) {
        for (int k = 0; k < 2; k++)
            expected[side][k] = p->root[side][k] + p->path[side][k];
        find_costs(seen, side, expected[side], fmax(sd[side], MIN_CHOICE_SD), cost[side]);
    }
    choose(seen, cost, gap(expected[0], expected[1]) > APART, nowhere_cost, p->place);
}

void motion_keep_pair(const motion_candidates *seen, enum motion_kind kind,
                      const double sd[N_SIDES], const motion_pair *p, motion_choice *out,
                      double hook[N_SIDES][2])
{
    for (int side = 0; side < N_SIDES; side++) {
        int place = p->place[side];
        double at[2] = {p->root[side][0] + p->path[side][0], p->root[side][1] + p->path[side][1]};
        float belief = 0;
        if (place != MOTION_NOWHERE) {
            const double is[2] = {seen->x[place], seen->y[place]};
            double u = gap(is, at) / (sqrt(MOTION_NOWHERE_COST) * fmax(sd[side], MIN_CHOICE_SD));
            belief = u < 1 ? (float)((1 - u * u) * (1 - u * u)) : 0;
            memcpy(at, is, sizeof at);
        }
        out->place[2 * (int)kind + side] = (uint8_t)place;
        out->belief[2 * (int)kind + side] = belief;
        if (kind == MOTION_ANKLE || kind == MOTION_ELBOW)
            memcpy(hook[side], at, sizeof at);
    }
}

void motion_find_roots(const tread_landmarks *lm, enum motion_kind kind, double leg,
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

static void follow_point(motion_followed *followed, const motion_candidates *seen, int point,
                         int place, double time_s, motion_choice *out)
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

/* How far the phase is behind what a pair shows: the part of the points' distance from
 * their paths that lies along them. Sums for a mean over pairs. */
static void add_phase_error(const motion_model *m, enum motion_kind kind, double phase,
                            const motion_candidates *seen, const motion_pair *p, double *sum,
                            double *weight)
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
        motion_candidates seen;
        motion_pair p = {.place = {MOTION_NOWHERE, MOTION_NOWHERE}};
        const double sd[N_SIDES] = {m->paths[k][0].sd, m->paths[k][1].sd};
        motion_find_roots(lm, kind, m->leg_px, hook, p.root);
        motion_see(lm, kind, m->leg_px, p.root, m->reach[k], &seen);
        for (int side = 0; side < N_SIDES; side++)
            motion_path_at(&m->paths[k][side], row, p.path[side]);
        motion_choose_pair(&seen, sd, MOTION_NOWHERE_COST, &p);
        motion_keep_pair(&seen, kind, sd, &p, out, hook);
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
        motion_candidates seen;
        double expected[N_SIDES][2], cost[N_SIDES][MOTION_N_PLACES + 1];
        uint8_t place[N_SIDES] = {MOTION_NOWHERE, MOTION_NOWHERE};
        see(lm, (enum motion_kind)kind, leg, FOLLOWED_LABEL_PRICE, &seen);
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
            find_costs(&seen, side, expected[side], FOLLOWED_SD, cost[side]);
        }
        choose(&seen, cost, gap(expected[0], expected[1]) > APART, MOTION_NOWHERE_COST, place);
        for (int side = 0; side < N_SIDES; side++)
            follow_point(followed, &seen, 2 * kind + side, place[side], lm->time_s, out);
    }
}

/* Mean curves over the stride: each stride is brought to 101 points, the same way for
 * all its angles, and added up (BIOMECHANICS.md section 8, item 5). */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "gait/frame.h"

/* Cubic through the two frames on either side of a point: at 30 frames a second a straight
 * line would cut 1 to 2 degrees off the knee's peaks. */
#define N_KNOTS 4
/* Frames further apart than this carry no curve between them (section 8, item 4). */
#define MAX_GAP_S 0.1
/* A mean of fewer strides is no usual one. */
#define MIN_STRIDES 3

/* Where in gait_leg each curve's angle stands. */
static const size_t angles[TREAD_N_CURVES] = {
    [TREAD_CURVE_KNEE_FLEXION] = offsetof(gait_leg, knee),
    [TREAD_CURVE_HIP_FLEXION] = offsetof(gait_leg, hip),
    [TREAD_CURVE_ANKLE_DORSIFLEXION] = offsetof(gait_leg, ankle_raw),
    [TREAD_CURVE_TRUNK_LEAN] = offsetof(gait_leg, trunk_lean),
    [TREAD_CURVE_FOOT_ANGLE] = offsetof(gait_leg, foot_raw),
    [TREAD_CURVE_THIGH_ANGLE] = offsetof(gait_leg, thigh),
    [TREAD_CURVE_SHANK_ANGLE] = offsetof(gait_leg, shank),
};

/* One hundredth of the stride: Lagrange's weights of the four frames around it. */
typedef struct knots {
    size_t first;
    double weight[N_KNOTS];
} knots;

/* @return false: a gap */
static bool place_knots(const tread_skeleton *s, size_t n, double from_s, double to_s,
                        knots out[TREAD_CURVE_POINTS])
{
    size_t after = 1;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        double t = from_s + (to_s - from_s) * p / (TREAD_CURVE_POINTS - 1);
        while (after + 1 < n && s[after].time_s < t)
            after++;
        if (s[after].time_s - s[after - 1].time_s > MAX_GAP_S)
            return false;
        size_t first = after >= 2 ? after - 2 : 0;
        if (first + N_KNOTS > n)
            first = n - N_KNOTS;
        out[p].first = first;
        for (size_t i = 0; i < N_KNOTS; i++) {
            double weight = 1;
            for (size_t k = 0; k < N_KNOTS; k++)
                if (k != i)
                    weight *=
                        (t - s[first + k].time_s) / (s[first + i].time_s - s[first + k].time_s);
            out[p].weight[i] = weight;
        }
    }
    return true;
}

/* All angles of all frames into x (TREAD_N_CURVES, n). */
static void fill_angles(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        enum tread_side side, double *x)
{
    for (size_t i = 0; i < n; i++) {
        gait_leg leg = gait_leg_angles(setting, &s[i], side);
        for (size_t id = 0; id < TREAD_N_CURVES; id++)
            x[id * n + i] = *(const double *)((const char *)&leg + angles[id]);
    }
}

/* Without jumps of a full turn. @return false: a frame lacks the angle */
static bool unwrap(double *x, size_t n)
{
    bool is_whole = isfinite(x[0]);
    for (size_t i = 1; i < n && is_whole; i++) {
        is_whole = isfinite(x[i]);
        x[i] = x[i - 1] + gait_wrap_deg(remainder(x[i] - x[i - 1], 360));
    }
    return is_whole;
}

/* One more stride of an angle, by Welford's update. @param x  (n) */
static void add_stride(tread_cycles *cycles, enum tread_side side, int id, const double *x,
                       const knots at[TREAD_CURVE_POINTS])
{
    int n = ++cycles->curve[side][id].n;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        double v = 0;
        for (size_t k = 0; k < N_KNOTS; k++)
            v += at[p].weight[k] * x[at[p].first + k];
        double *mean = &cycles->curve[side][id].mean[p];
        double delta = v - *mean;
        *mean += delta / n;
        cycles->curve[side][id].sum_sq[p] += delta * (v - *mean);
    }
}

int tread_gait__cycles_add(tread_cycles *cycles, const tread_gait_setting *setting,
                           const tread_skeleton *s, size_t n, enum tread_side side, double from_s,
                           double toe_off_s, double to_s)
{
    /* The frames of the stride and two on either side of it, where there are. */
    size_t first = tread_gait__index_at(s, n, from_s), last = tread_gait__index_at(s, n, to_s);
    if (first == 0 || last >= n)
        return TREAD_OK;
    first -= first >= 2 ? 2 : 1;
    last = last + 2 <= n ? last + 2 : n;
    s += first;
    n = last - first;
    if (n < N_KNOTS)
        return TREAD_OK;
    if (TREAD_N_CURVES * n > cycles->n_scratch) {
        double *larger = realloc(cycles->scratch, TREAD_N_CURVES * n * sizeof *larger);
        if (!larger)
            return TREAD_ERR_NOMEM;
        cycles->scratch = larger;
        cycles->n_scratch = TREAD_N_CURVES * n;
    }
    knots at[TREAD_CURVE_POINTS];
    if (!place_knots(s, n, from_s, to_s, at))
        return TREAD_OK;
    fill_angles(setting, s, n, side, cycles->scratch);
    for (int id = 0; id < TREAD_N_CURVES; id++) {
        double *x = cycles->scratch + (size_t)id * n;
        if (unwrap(x, n))
            add_stride(cycles, side, id, x, at);
    }
    if (isfinite(toe_off_s)) {
        cycles->n_toe_offs[side]++;
        cycles->toe_off_sum_pct[side] += 100 * (toe_off_s - from_s) / (to_s - from_s);
    }
    return TREAD_OK;
}

void tread_gait__cycles_free(tread_cycles *cycles)
{
    free(cycles->scratch);
    *cycles = (tread_cycles){.scratch = NULL};
}

static void put_nothing(tread_curve *out, const char *reason)
{
    out->reason = reason;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++)
        out->mean[p] = out->sd[p] = (double)NAN;
}

void tread_gait__curve(const tread_cycles *cycles, const tread_gait_setting *setting,
                       enum tread_curve_id id, enum tread_side side, tread_curve *out)
{
    int n = cycles->curve[side][id].n, n_toe_offs = cycles->n_toe_offs[side];
    bool is_foot = id == TREAD_CURVE_FOOT_ANGLE || id == TREAD_CURVE_ANKLE_DORSIFLEXION;
    double offset = is_foot ? setting->foot_offset_deg[side] : 0;
    *out = (tread_curve){.n = n,
                         .toe_off_pct =
                             n_toe_offs ? cycles->toe_off_sum_pct[side] / n_toe_offs : (double)NAN};
    if (tread_motion__view_is_along(setting->view))
        put_nothing(out, "not measurable in this view: needs a camera beside the runner");
    else if (n < MIN_STRIDES)
        put_nothing(out, "too few whole strides");
    else if (isnan(offset))
        put_nothing(out, "the foot was not seen flat in enough steps");
    if (out->reason)
        return;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        out->mean[p] = cycles->curve[side][id].mean[p] - offset;
        out->sd[p] = sqrt(cycles->curve[side][id].sum_sq[p] / (n - 1));
    }
}

/* Mean curves over the stride: each stride is brought to 101 points by one linear operator
 * for all its angles, and added up (BIOMECHANICS.md section 8, item 5). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gait/frame.h"
#include "linalg/linalg.h"

/* Cubic through the two frames on either side of a point: at 30 frames a second a straight
 * line would cut 1 to 2 degrees off the knee's peaks. */
#define N_KNOTS 4
/* Frames further apart than this carry no curve between them (section 8, item 4). */
#define MAX_GAP_S 0.1
/* A mean of fewer strides is no usual one. */
#define MIN_STRIDES 3

static const gait_pick picks[TREAD_N_CURVES] = {
    [TREAD_CURVE_KNEE_FLEXION] = gait_knee,
    [TREAD_CURVE_HIP_FLEXION] = gait_hip,
    [TREAD_CURVE_ANKLE_DORSIFLEXION] = gait_ankle_raw,
    [TREAD_CURVE_TRUNK_LEAN] = gait_trunk_lean,
    [TREAD_CURVE_FOOT_ANGLE] = gait_foot_raw,
    [TREAD_CURVE_THIGH_ANGLE] = gait_thigh,
    [TREAD_CURVE_SHANK_ANGLE] = gait_shank,
};

/* The operator, (101, n) row-major: row p holds Lagrange's weights of the four frames around
 * the p-th hundredth of the stride. False: a gap. */
static bool build_operator(const tread_skeleton *s, size_t n, double from_s, double to_s, double *w)
{
    memset(w, 0, TREAD_CURVE_POINTS * n * sizeof *w);
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
        for (size_t i = first; i < first + N_KNOTS; i++) {
            double weight = 1;
            for (size_t k = first; k < first + N_KNOTS; k++)
                if (k != i)
                    weight *= (t - s[k].time_s) / (s[i].time_s - s[k].time_s);
            w[(size_t)p * n + i] = weight;
        }
    }
    return true;
}

/* One angle of all frames as column `id` of x (n, TREAD_N_CURVES), without jumps of a full
 * turn. False: a frame lacks it; the column is zero then. */
static bool fill_column(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        enum tread_side side, int id, double *x)
{
    double last = 0;
    bool is_whole = true;
    for (size_t i = 0; i < n; i++) {
        double v = picks[id](setting, &s[i], side);
        is_whole = is_whole && isfinite(v);
        if (i > 0 && isfinite(v))
            v = last + gait_wrap_deg(remainder(v - last, 360));
        last = v;
        x[i * TREAD_N_CURVES + (size_t)id] = v;
    }
    for (size_t i = 0; !is_whole && i < n; i++)
        x[i * TREAD_N_CURVES + (size_t)id] = 0;
    return is_whole;
}

/* Welford's update. */
static void add_stride(tread_cycles *cycles, enum tread_side side, int id, const double *y)
{
    int n = ++cycles->curve[side][id].n;
    for (int p = 0; p < TREAD_CURVE_POINTS; p++) {
        double v = y[p * TREAD_N_CURVES + id];
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
    size_t n_scratch =
        (TREAD_CURVE_POINTS + TREAD_N_CURVES) * n + (size_t)TREAD_CURVE_POINTS * TREAD_N_CURVES;
    if (n_scratch > cycles->n_scratch) {
        double *larger = realloc(cycles->scratch, n_scratch * sizeof *larger);
        if (!larger)
            return TREAD_ERR_NOMEM;
        cycles->scratch = larger;
        cycles->n_scratch = n_scratch;
    }
    double *w = cycles->scratch, *x = w + TREAD_CURVE_POINTS * n, *y = x + TREAD_N_CURVES * n;
    if (!build_operator(s, n, from_s, to_s, w))
        return TREAD_OK;
    bool is_whole[TREAD_N_CURVES];
    for (int id = 0; id < TREAD_N_CURVES; id++)
        is_whole[id] = fill_column(setting, s, n, side, id, x);
    tread_linalg__multiply(TREAD_CURVE_POINTS, (int)n, TREAD_N_CURVES, w, x, y);
    for (int id = 0; id < TREAD_N_CURVES; id++)
        if (is_whole[id])
            add_stride(cycles, side, id, y);
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

/* The numbers of the summary, each with its scatter and its honest interval. */
#include <math.h>
#include <stddef.h>

#include "base/median.h"
#include "gait/frame.h"

/* Steps of one side under which nothing is reported (section 7: provisional after 8). */
#define MIN_STEPS 4

/* `method_sd` is the standard deviation with which the method as a whole misses
 * the truth on a clip, whatever the number of steps: what averaging cannot
 * remove. Sources: POSE.md (rendered suite, and RTMPose on a real runner) and
 * BIOMECHANICS.md 1.4b and 9, borne out by tests/accuracy/TABLE.md: 96 % of the intervals
 * hold the truth. */
static const struct {
    tread_measure_info info;
    double method_sd;
} table[TREAD_N_MEASURES] = {
    /* in ms of stride time: the time base of a camera, 1e-3 of 700 ms; the rest is scatter */
    [TREAD_MEASURE_CADENCE] = {{"cadence_spm", "Cadence", "steps/min", 1, false}, 0.7},
    /* IC -7 +- 19 and TO -5 +- 12 ms between clips of full at 60 fps, 1.4b */
    [TREAD_MEASURE_CONTACT] = {{"contact_ms", "Contact time", "ms", 0, true}, 15},
    [TREAD_MEASURE_FLIGHT] = {{"flight_ms", "Flight time", "ms", 0, true}, 15},
    [TREAD_MEASURE_DUTY_FACTOR] = {{"duty_factor", "Duty factor", "", 3, false}, 0.02},
    /* belts run at 98 to 103 % of the set speed (Willwacher 2021, 1.3) */
    [TREAD_MEASURE_STEP_LENGTH] = {{"step_length_m", "Step length", "m", 2, false}, 0.02},
    [TREAD_MEASURE_VERTICAL_OSCILLATION] = {{"vertical_oscillation_cm", "Vertical oscillation",
                                             "cm", 1, false},
                                            0.8},
    /* 2 to 3 degrees too upright on rendered clips, -4.2 against RTMPose */
    [TREAD_MEASURE_TRUNK_LEAN] = {{"trunk_lean_deg", "Trunk lean, stride mean", "deg", 1, false},
                                  2.5},
    [TREAD_MEASURE_TRUNK_LEAN_CONTACT] = {{"trunk_lean_contact_deg", "Trunk lean at contact", "deg",
                                           1, false},
                                          2.5},
    [TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE] = {{"trunk_lean_peak_stance_deg",
                                               "Trunk lean, peak in stance", "deg", 1, false},
                                              2.5},
    /* -4.1 near, -12 far against RTMPose; MAE 10 at contact in a clinician's log */
    [TREAD_MEASURE_KNEE_FLEXION_CONTACT] = {{"knee_flexion_contact_deg", "Knee flexion at contact",
                                             "deg", 0, true},
                                            6},
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE] = {{"knee_flexion_peak_stance_deg",
                                                 "Knee flexion, peak in stance", "deg", 0, true},
                                                5},
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING] = {{"knee_flexion_peak_swing_deg",
                                                "Knee flexion, peak in swing", "deg", 0, true},
                                               6},
    /* foot bias -4 to -12 before the flat-foot offset, SD 4 to 5 after repair */
    [TREAD_MEASURE_FOOT_STRIKE_ANGLE] = {{"foot_strike_angle_deg", "Foot strike angle", "deg", 0,
                                          true},
                                         5},
    [TREAD_MEASURE_SHANK_ANGLE_CONTACT] = {{"shank_angle_contact_deg", "Shank angle at contact",
                                            "deg", 0, true},
                                           4},
    [TREAD_MEASURE_FOOT_AHEAD] = {{"foot_ahead_pct_leg", "Heel ahead of hip at contact", "% leg", 0,
                                   true},
                                  4},
};

/* Extra for the leg away from the camera, as a factor: knee flexion misses the truth by 4.9
 * degrees against 3.5 (tests/accuracy/TABLE.md, half that may be looked at), and RTMPose by
 * 6.1 against 3.8 about the median (a real runner, network `full`). */
#define FAR_SIDE_FACTOR 1.5

const tread_measure_info *tread_measure_describe(enum tread_measure_id id)
{
    return (unsigned)id < TREAD_N_MEASURES ? &table[id].info : NULL;
}

static double pick_step(enum tread_measure_id id, const tread_step *step)
{
    switch (id) {
    case TREAD_MEASURE_CONTACT: return step->contact_ms;
    case TREAD_MEASURE_FLIGHT: return step->flight_ms;
    case TREAD_MEASURE_DUTY_FACTOR:
        /* tc / (2 (tc + tf)), section 5 */
        return step->contact_ms / (2 * (step->contact_ms + step->flight_ms));
    case TREAD_MEASURE_STEP_LENGTH: return step->step_length_m;
    case TREAD_MEASURE_VERTICAL_OSCILLATION: return step->vertical_oscillation_cm;
    case TREAD_MEASURE_TRUNK_LEAN_CONTACT: return step->trunk_lean_contact_deg;
    case TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE: return step->trunk_lean_peak_stance_deg;
    case TREAD_MEASURE_KNEE_FLEXION_CONTACT: return step->knee_flexion_contact_deg;
    case TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE: return step->knee_flexion_peak_stance_deg;
    case TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING: return step->knee_flexion_peak_swing_deg;
    case TREAD_MEASURE_FOOT_STRIKE_ANGLE: return step->foot_strike_angle_deg;
    case TREAD_MEASURE_SHANK_ANGLE_CONTACT: return step->shank_angle_contact_deg;
    case TREAD_MEASURE_FOOT_AHEAD: return step->foot_ahead_pct_leg;
    case TREAD_MEASURE_CADENCE:
    case TREAD_MEASURE_TRUNK_LEAN:
    case TREAD_N_MEASURES: break;
    }
    return (double)NAN;
}

/* Time to the same foot's next contact: both feet may be timed with a bias of their
 * own, and only the stride is free of it. */
static double stride_ms(const tread_step *steps, size_t n, size_t i)
{
    for (size_t k = i + 1; k < n && k <= i + 2; k++)
        if (steps[k].side == steps[i].side)
            return 1000 * (steps[k].initial_contact_s - steps[i].initial_contact_s);
    return (double)NAN;
}

/* 97.5 % quantile of Student's t; the expansion is within 1 % from 3 degrees on
 * (Abramowitz & Stegun 26.7.5, first three terms). */
static double student(int dof)
{
    const double z = 1.959964;
    double n = (double)dof;
    return z + (z * z * z + z) / (4 * n) + (5 * pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n) +
           (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * z * z * z - 15 * z) / (384 * n * n * n);
}

static void mean_of(const double *values, size_t n, double method_sd, tread_measure *out)
{
    double sum = 0, sum_sq = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        sum_sq += (values[i] - mean) * (values[i] - mean);
    out->n = (int)n;
    out->value = mean;
    out->sd = n > 1 ? sqrt(sum_sq / (double)(n - 1)) : (double)NAN;
    out->se = out->sd / sqrt((double)n);
    double half = hypot(student((int)n - 1) * out->se, student(1000) * method_sd);
    out->low = mean - half;
    out->high = mean + half;
}

/* Strides within a quarter of the median: a missed contact doubles one and must
 * not enter the mean (section 5, cadence). */
static size_t keep_regular(double *values, size_t n, double *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = values[i];
    double median = tread_median(scratch, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(values[i] - median) <= 0.25 * median)
            values[kept++] = values[i];
    return kept;
}

/* From stride time to steps a minute: 120 / mean stride time (section 5). */
static void to_cadence(tread_measure *m)
{
    double half_ms = m->high - m->value;
    double per_ms = 120000 / (m->value * m->value);
    m->value = 120000 / m->value;
    m->sd *= per_ms;
    m->se *= per_ms;
    m->low = m->value - half_ms * per_ms;
    m->high = m->value + half_ms * per_ms;
}

void tread_gait__measure(enum tread_measure_id id, enum tread_side side, const tread_step *steps,
                         const double *trunk_lean, size_t n, enum tread_side near_side,
                         double *scratch, tread_measure *out)
{
    *out = (tread_measure){.value = (double)NAN,
                           .sd = (double)NAN,
                           .se = (double)NAN,
                           .low = (double)NAN,
                           .high = (double)NAN};
    double *values = scratch;
    size_t n_values = 0, n_steps = 0;
    for (size_t i = 0; i < n; i++) {
        /* Strides need only contacts: of the near foot, which is timed best, whether or
         * not its toe-off was. */
        bool is_wanted = id == TREAD_MEASURE_CADENCE
                             ? steps[i].side == near_side
                             : steps[i].is_valid && (side == TREAD_BOTH || steps[i].side == side);
        if (!is_wanted)
            continue;
        n_steps++;
        double v = id == TREAD_MEASURE_TRUNK_LEAN ? trunk_lean[i]
                   : id == TREAD_MEASURE_CADENCE  ? stride_ms(steps, n, i)
                                                  : pick_step(id, &steps[i]);
        if (isfinite(v))
            values[n_values++] = v;
    }
    if (id == TREAD_MEASURE_CADENCE)
        n_values = keep_regular(values, n_values, scratch + n);
    if (n_values < MIN_STEPS) {
        out->n = (int)n_values;
        if (n_steps < MIN_STEPS)
            out->reason = "too few steps";
        else if (id == TREAD_MEASURE_STEP_LENGTH)
            out->reason = "needs the belt speed: --speed";
        else if (id == TREAD_MEASURE_VERTICAL_OSCILLATION)
            out->reason = "needs a scale: --speed or --height";
        else
            out->reason = "seen in too few steps";
        return;
    }
    double method_sd = table[id].method_sd;
    if (side != TREAD_BOTH && side != near_side)
        method_sd *= FAR_SIDE_FACTOR;
    mean_of(values, n_values, method_sd, out);
    if (id == TREAD_MEASURE_CADENCE)
        to_cadence(out);
}

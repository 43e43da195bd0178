/* The numbers of the summary, each with its scatter and its honest interval. */
#include <math.h>
#include <stddef.h>

#include "base/median.h"
#include "gait/frame.h"

/* Steps of one side under which nothing is reported. */
#define MIN_STEPS 4
/* tread_standing. */
#define PROVISIONAL_STEPS 8
#define SETTLED_STEPS 25
/* Section 7: variability only from so many strides. */
#define MIN_CV_STRIDES 100
/* Section 1.5: a contact time needs the one, a single step's the other. A camera of 45 or 90
 * is let through, with its jitter. */
#define MIN_CONTACT_FPS 44.5
#define MIN_SINGLE_CONTACT_FPS 89.0

#define SIDE TREAD_MEASURED_FROM_SIDE
#define REAR TREAD_MEASURED_FROM_REAR
#define FRONT TREAD_MEASURED_FROM_FRONT

/* What a number needs to be known. */
enum needs { NOTHING, SPEED, SCALE, HEIGHT, LEVEL, FLAT_FOOT };

/* `method_sd` is the standard deviation with which the method as a whole misses the truth on
 * a clip, whatever the number of steps: what averaging cannot remove. From
 * tests/accuracy/TABLE.md, half that may be looked at, and POSE.md (RTMPose on a real
 * runner), whichever is worse; where neither has it, from the points' own errors
 * (motion/uncertainty.c) over the length of the segment.
 * `per_s` is how fast the value changes around the event it is read at (section 1.5, and 150
 * degrees a second for the ankle): what a wrong moment costs. */
static const struct row {
    tread_measure_info info;
    double method_sd, per_s;
    enum needs needs;
    bool is_contact_time; /* rests on both contact and toe-off: section 1.5 */
} table[TREAD_N_MEASURES] = {
    /* the time base of a camera, 1e-3 of 170; the rest is scatter */
    [TREAD_MEASURE_CADENCE] = {{"cadence_spm", "Cadence", "steps/min", 1, false,
                                SIDE | REAR | FRONT},
                               0.3},
    [TREAD_MEASURE_STRIDE_CV] = {{"stride_time_cv_pct", "Stride time, variation", "%", 1, false,
                                  SIDE | REAR | FRONT},
                                 0.3},
    /* the two feet are timed with different biases: section 7 */
    [TREAD_MEASURE_STEP_TIME] = {{"step_ms", "Step time", "ms", 0, true, SIDE | REAR | FRONT}, 8},
    [TREAD_MEASURE_CONTACT] =
        {{"contact_ms", "Contact time", "ms", 0, true, SIDE}, 0, 0, NOTHING, true},
    [TREAD_MEASURE_CONTACT_EXCESS] = {{"contact_excess_pct", "Contact time over usual at speed",
                                       "%", 0, true, SIDE},
                                      0,
                                      0,
                                      SPEED,
                                      true},
    [TREAD_MEASURE_FLIGHT] =
        {{"flight_ms", "Flight time", "ms", 0, true, SIDE}, 0, 0, NOTHING, true},
    [TREAD_MEASURE_DUTY_FACTOR] =
        {{"duty_factor", "Duty factor", "", 3, false, SIDE}, 0, 0, NOTHING, true},
    /* belts run at 98 to 103 % of the set speed (Willwacher 2021, 1.3) */
    [TREAD_MEASURE_STEP_LENGTH] =
        {{"step_length_m", "Step length", "m", 2, false, SIDE | REAR | FRONT}, 0.02, 0, SPEED},
    [TREAD_MEASURE_VERTICAL_OSCILLATION] =
        {{"vertical_oscillation_cm", "Vertical oscillation", "cm", 1, false, SIDE}, 0.8, 0, SCALE},
    [TREAD_MEASURE_VERTICAL_RATIO] = {{"vertical_ratio_pct", "Oscillation over step length", "%", 1,
                                       false, SIDE},
                                      0.8,
                                      0,
                                      SPEED},
    /* leg over height between people 2 to 3 %, belt 2 %, landmarks 2 %, of 11 km/h */
    [TREAD_MEASURE_BELT_SPEED] = {{"belt_speed_kmh", "Belt speed, from body height", "km/h", 1,
                                   false, SIDE},
                                  0.45,
                                  0,
                                  HEIGHT},
    /* 10 % of contact time are 20 to 25 % of stiffness (section 5); about 350 and 150 */
    [TREAD_MEASURE_VERTICAL_STIFFNESS] = {{"vertical_stiffness_n_m_kg",
                                           "Vertical stiffness, per kg", "N/m/kg", 0, false, SIDE},
                                          50,
                                          0,
                                          LEVEL,
                                          true},
    [TREAD_MEASURE_LEG_STIFFNESS] = {{"leg_stiffness_n_m_kg", "Leg stiffness, per kg", "N/m/kg", 0,
                                      false, SIDE},
                                     25,
                                     0,
                                     LEVEL,
                                     true},
    /* 1 to 2 degrees on rendered clips, -4.2 against RTMPose */
    [TREAD_MEASURE_TRUNK_LEAN] = {{"trunk_lean_deg", "Trunk lean, stride mean", "deg", 1, false,
                                   SIDE},
                                  2.5},
    [TREAD_MEASURE_TRUNK_LEAN_CONTACT] = {{"trunk_lean_contact_deg", "Trunk lean at contact", "deg",
                                           1, false, SIDE},
                                          2.5},
    [TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE] = {{"trunk_lean_peak_stance_deg",
                                               "Trunk lean, peak in stance", "deg", 1, false, SIDE},
                                              2.5},
    [TREAD_MEASURE_TRUNK_LEAN_TOE_OFF] = {{"trunk_lean_toe_off_deg", "Trunk lean at toe-off", "deg",
                                           1, false, SIDE},
                                          2.5},
    [TREAD_MEASURE_TRUNK_RANGE] = {{"trunk_lean_range_deg", "Trunk lean, range in a stride", "deg",
                                    1, false, SIDE},
                                   2.5},
    [TREAD_MEASURE_TRUNK_EXTENSION] = {{"trunk_extension_deg", "Trunk lean, contact less toe-off",
                                        "deg", 1, false, SIDE},
                                       2.5},
    [TREAD_MEASURE_TRUNK_LEAN_BELT] = {{"trunk_lean_belt_deg", "Trunk lean against the belt", "deg",
                                        1, false, SIDE},
                                       2.5},
    [TREAD_MEASURE_TORSO_OFFSET] = {{"torso_offset_pct", "Shoulders ahead of hips", "% trunk", 1,
                                     false, SIDE},
                                    4.4},
    [TREAD_MEASURE_BODY_LEAN] = {{"body_lean_midstance_deg", "Lean of the body at midstance", "deg",
                                  1, true, SIDE},
                                 2},
    [TREAD_MEASURE_WAIST_BEND] = {{"waist_bend_midstance_deg", "Bend at the waist, midstance",
                                   "deg", 1, true, SIDE},
                                  4},
    [TREAD_MEASURE_HIP_FLEXION_CONTACT] =
        {{"hip_flexion_contact_deg", "Hip flexion at contact", "deg", 0, true, SIDE}, 5, 200},
    [TREAD_MEASURE_HIP_FLEXION_PEAK_SWING] = {{"hip_flexion_peak_swing_deg",
                                               "Hip flexion, peak in swing", "deg", 0, true, SIDE},
                                              5},
    [TREAD_MEASURE_HIP_EXTENSION_PEAK] = {{"hip_extension_peak_deg", "Hip extension, peak", "deg",
                                           0, true, SIDE},
                                          6},
    [TREAD_MEASURE_THIGH_EXTENSION_PEAK] =
        {{"thigh_extension_peak_deg", "Thigh behind the vertical, peak", "deg", 0, true, SIDE}, 4},
    [TREAD_MEASURE_KNEE_FLEXION_CONTACT] =
        {{"knee_flexion_contact_deg", "Knee flexion at contact", "deg", 0, true, SIDE}, 4.5, 300},
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE] =
        {{"knee_flexion_peak_stance_deg", "Knee flexion, peak in stance", "deg", 0, true, SIDE}, 5},
    [TREAD_MEASURE_KNEE_EXCURSION] =
        {{"knee_excursion_deg", "Knee flexion, contact to peak", "deg", 0, true, SIDE}, 6, 300},
    [TREAD_MEASURE_KNEE_FLEXION_TOE_OFF] = {{"knee_flexion_toe_off_deg", "Knee flexion at toe-off",
                                             "deg", 0, true, SIDE},
                                            4.5},
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING] =
        {{"knee_flexion_peak_swing_deg", "Knee flexion, peak in swing", "deg", 0, true, SIDE}, 5},
    /* raw points miss the ankle by 20 degrees (clinician's log, section 9); the flat foot
     * takes most of that off */
    [TREAD_MEASURE_DORSIFLEXION_CONTACT] = {{"dorsiflexion_contact_deg",
                                             "Ankle dorsiflexion at contact", "deg", 0, true, SIDE},
                                            6,
                                            150,
                                            FLAT_FOOT},
    [TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE] = {{"dorsiflexion_peak_stance_deg",
                                                 "Ankle dorsiflexion, peak in stance", "deg", 0,
                                                 true, SIDE},
                                                6,
                                                0,
                                                FLAT_FOOT},
    [TREAD_MEASURE_PLANTARFLEXION_PEAK] = {{"plantarflexion_peak_deg", "Ankle plantarflexion, peak",
                                            "deg", 0, true, SIDE},
                                           7,
                                           0,
                                           FLAT_FOOT},
    [TREAD_MEASURE_FOOT_STRIKE_ANGLE] =
        {{"foot_strike_angle_deg", "Foot strike angle", "deg", 0, true, SIDE}, 4.5, 250, FLAT_FOOT},
    /* a step is put in the wrong class one time in seven on the look half */
    [TREAD_MEASURE_REARFOOT_SHARE] =
        {{"rearfoot_pct", "Rearfoot contacts", "% of steps", 0, true, SIDE}, 14, 0, FLAT_FOOT},
    [TREAD_MEASURE_FOREFOOT_SHARE] =
        {{"forefoot_pct", "Forefoot contacts", "% of steps", 0, true, SIDE}, 14, 0, FLAT_FOOT},
    [TREAD_MEASURE_FOOT_SLAP] = {{"foot_slap_deg_s", "Foot slap", "deg/s", 0, true, SIDE},
                                 100,
                                 0,
                                 FLAT_FOOT},
    [TREAD_MEASURE_SHANK_ANGLE_CONTACT] =
        {{"shank_angle_contact_deg", "Shank angle at contact", "deg", 0, true, SIDE}, 3, 350},
    [TREAD_MEASURE_SHANK_ANGLE_LOADING] = {{"shank_angle_loading_deg",
                                            "Shank angle 30 ms after contact", "deg", 0, true,
                                            SIDE},
                                           3,
                                           350},
    /* 3 m/s over a leg of 0.88 m */
    [TREAD_MEASURE_FOOT_AHEAD] =
        {{"foot_ahead_pct_leg", "Heel ahead of hip at contact", "% leg", 0, true, SIDE}, 4, 340},
    [TREAD_MEASURE_FOOT_AHEAD_CM] =
        {{"foot_ahead_cm", "Heel ahead of hip at contact", "cm", 0, true, SIDE}, 2.6, 300, SCALE},
    [TREAD_MEASURE_ANKLE_AHEAD] =
        {{"ankle_ahead_pct_leg", "Ankle ahead of hip at contact", "% leg", 0, true, SIDE}, 3, 340},
    [TREAD_MEASURE_ELBOW] = {{"elbow_angle_deg", "Elbow angle, mean", "deg", 0, true, SIDE}, 8},
    [TREAD_MEASURE_ARM_SWING] = {{"arm_swing_pct_trunk", "Arm swing", "% trunk", 0, true, SIDE}, 8},
    [TREAD_MEASURE_HEAD_FORWARD] = {{"head_forward_deg", "Head ahead of the trunk", "deg", 0, false,
                                     SIDE},
                                    6},
    [TREAD_MEASURE_ROTATION] = {{"shoulder_hip_rotation_pct_trunk", "Shoulder against hip, travel",
                                 "% trunk", 0, false, SIDE},
                                6},
    /* seen by nobody: see view_refusal */
    [TREAD_MEASURE_PELVIC_DROP] = {{"pelvic_drop_deg", "Pelvic drop, peak in stance", "deg", 1,
                                    true, 0}},
    [TREAD_MEASURE_HIP_ADDUCTION] = {{"hip_adduction_deg", "Hip adduction, peak in stance", "deg",
                                      0, true, 0}},
    /* from behind: 25 rendered runners, errors of 0.3, 0.7 and 4 degrees, 1.0 cm and 7.5 %,
     * widened for real cloth */
    [TREAD_MEASURE_LATERAL_LEAN] = {{"lateral_trunk_lean_deg", "Sideways lean to the stance leg",
                                     "deg", 1, false, REAR | FRONT},
                                    1},
    [TREAD_MEASURE_TRUNK_SWAY] = {{"trunk_sway_deg", "Sideways sway in a stride", "deg", 1, false,
                                   REAR | FRONT},
                                  1.3},
    [TREAD_MEASURE_SHOULDER_TILT] = {{"shoulder_tilt_deg", "Shoulder tilt, range in a stride",
                                      "deg", 0, false, REAR | FRONT},
                                     4},
    [TREAD_MEASURE_STEP_WIDTH] = {{"step_width_pct_hips", "Step width", "% hips", 0, false,
                                   REAR | FRONT},
                                  12},
    [TREAD_MEASURE_STEP_WIDTH_CM] = {{"step_width_cm", "Step width", "cm", 1, false, REAR | FRONT},
                                     1.5,
                                     0,
                                     HEIGHT},
    /* not held against any truth yet: wrists in front of the chest are seen, those behind it
     * guessed */
    [TREAD_MEASURE_ARM_CROSSOVER] = {{"arm_crossover_pct", "Hand past the middle of the chest",
                                      "% of steps", 0, true, FRONT},
                                     20},
};

/* Extra for the leg away from the camera, as a factor: knee flexion misses the truth by 4.9
 * degrees against 3.5 (tests/accuracy/TABLE.md, half that may be looked at), and RTMPose by
 * 6.1 against 3.8 about the median (a real runner, network `full`). */
#define FAR_SIDE_FACTOR 1.5

/* From behind the feet are told apart in time no better than this (28 rendered runners). */
#define ALONG_STEP_MS 13.0
/* Of the legs' points on the plain clips of the look half, from which method_sd comes. */
#define USUAL_DOUBT 1.1
/* A stride and a stance, for what times mean as a share of them. */
#define STRIDE_MS 700.0
#define STANCE_MS 260.0

const tread_measure_info *tread_measure_describe(enum tread_measure_id id)
{
    return (unsigned)id < TREAD_N_MEASURES ? &table[id].info : NULL;
}

unsigned tread_view_measures(enum tread_view view)
{
    switch (view) {
    case TREAD_VIEW_REAR: return REAR;
    case TREAD_VIEW_FRONT: return FRONT;
    case TREAD_VIEW_LEFT:
    case TREAD_VIEW_RIGHT: return SIDE;
    case TREAD_VIEW_AUTO: break;
    }
    return 0;
}

/* From the side the body hides the far arm: the near one stands for both. */
static bool is_hidden_arm(enum tread_measure_id id, enum tread_side side, enum tread_view view)
{
    return (id == TREAD_MEASURE_ELBOW || id == TREAD_MEASURE_ARM_SWING) &&
           tread_view_measures(view) == SIDE && side != TREAD_BOTH &&
           side != tread_gait__near_side(view);
}

static const char *view_refusal(enum tread_measure_id id, enum tread_side side,
                                enum tread_view view)
{
    unsigned views = table[id].info.views, bit = tread_view_measures(view);
    if (!bit)
        return "the view is not known; say --view";
    /* 28 rendered runners, drop of 0 to 13 degrees: r = -0.02 between the network's hip line and
     * the true one; it follows the lean of the trunk. */
    if (!views)
        return "not measurable: the pose network's hips follow the trunk, not the pelvis";
    if (!(views & bit))
        return views & SIDE   ? "not measurable in this view: needs a camera beside the runner"
               : views & REAR ? "not measurable in this view: needs a camera behind the runner"
                              : "not measurable in this view: needs a camera in front";
    if (is_hidden_arm(id, side, view))
        return "not measurable in this view: the body hides this arm";
    return NULL;
}

const char *tread_gait__rate_refusal(enum tread_measure_id id, double frame_interval_s,
                                     bool is_single)
{
    if (!table[id].is_contact_time || !(frame_interval_s > 0))
        return NULL;
    if (1 / frame_interval_s < MIN_CONTACT_FPS)
        return "needs a camera of 45 frames a second or more";
    if (is_single && 1 / frame_interval_s < MIN_SINGLE_CONTACT_FPS)
        return "of a single step needs a camera of 90 frames a second or more";
    return NULL;
}

static const char *missing_reason(const tread_gait_session *session, enum tread_measure_id id,
                                  size_t n_steps)
{
    if (n_steps < MIN_STEPS)
        return "too few steps";
    if (id == TREAD_MEASURE_STRIDE_CV)
        return "needs 100 strides";
    bool has_slope = false;
    for (size_t i = 0; i < session->n; i++)
        has_slope = has_slope || session->steps[i].incline_pct != 0;
    switch (table[id].needs) {
    case SPEED: return "needs the belt speed: --speed";
    case SCALE: return "needs a scale: --speed or --height";
    case HEIGHT: return "needs the runner's height: --height";
    case LEVEL: return has_slope ? "not measurable on an incline" : "needs the belt speed: --speed";
    case FLAT_FOOT: return "the foot was not seen flat in enough steps";
    case NOTHING: break;
    }
    return "seen in too few steps";
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
    const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
    double n = (double)dof;
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

/* By how much the moments of a foot, or of both, may be off together: with the grain of the
 * clock, uniform over a frame, dt / sqrt(12) an event. */
static double moment_sd_ms(const tread_gait_session *session, const double sd_ms[TREAD_N_SIDES],
                           enum tread_side side, size_t n)
{
    double sd = side == TREAD_BOTH ? 0.5 * (sd_ms[0] + sd_ms[1]) : sd_ms[side];
    double grain_ms = session->frame_interval_s > 0
                          ? 1000 * session->frame_interval_s / sqrt(12) / sqrt((double)(n ? n : 1))
                          : 0;
    return hypot(isfinite(sd) ? sd : 0, grain_ms);
}

static bool is_far(const tread_gait_session *session, enum tread_side side)
{
    return side != TREAD_BOTH && tread_view_measures(session->view) == SIDE &&
           side != tread_gait__near_side(session->view);
}

/* By how much all steps of a clip may be off together: the method, and the moments the value is
 * read at. */
static double systematic_sd(const tread_gait_session *session, enum tread_measure_id id,
                            enum tread_side side, size_t n)
{
    const struct row *row = &table[id];
    double ic_ms = moment_sd_ms(session, session->initial_contact_sd_ms, side, n);
    double to_ms = moment_sd_ms(session, session->toe_off_sd_ms, side, n);
    if (id == TREAD_MEASURE_CONTACT || id == TREAD_MEASURE_FLIGHT)
        return hypot(ic_ms, to_ms);
    if (id == TREAD_MEASURE_DUTY_FACTOR)
        return hypot(ic_ms, to_ms) / STRIDE_MS;
    if (id == TREAD_MEASURE_CONTACT_EXCESS)
        return 100 * hypot(ic_ms, to_ms) / STANCE_MS;
    if (id == TREAD_MEASURE_STEP_TIME && side != TREAD_BOTH &&
        tread_motion__view_is_along(session->view))
        return ALONG_STEP_MS;
    double doubt =
        side == TREAD_BOTH ? 0.5 * (session->doubt[0] + session->doubt[1]) : session->doubt[side];
    /* The trunk is seen as well as ever; it is legs that blur and hide. */
    double factor = row->info.is_per_side ? fmax(1, doubt / USUAL_DOUBT) : 1;
    return (is_far(session, side) ? FAR_SIDE_FACTOR : 1) *
           hypot(row->method_sd * factor, row->per_s * ic_ms / 1000);
}

static void mean_of(const double *values, size_t n, tread_measure *out)
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
}

static void put_interval(tread_measure *m, double method_sd)
{
    double half = hypot(student(m->n - 1) * m->se, student(1000) * method_sd);
    m->low = m->value - half;
    m->high = m->value + half;
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
    double per_ms = 120000 / (m->value * m->value);
    m->value = 120000 / m->value;
    m->sd *= per_ms;
    m->se *= per_ms;
}

/* From stride times to their coefficient of variation. An error in one contact lengthens one
 * stride and shortens the next: minus the covariance of neighbours is the variance of the
 * timing, and comes off twice. Strides that truly alternate do the same, but agree with the
 * next but one, which errors do not. */
static void to_variation(const double *values, size_t n, tread_measure *m)
{
    double cov[3] = {0};
    for (size_t lag = 1; lag <= 2; lag++) {
        for (size_t i = 0; i + lag < n; i++)
            cov[lag] += (values[i] - m->value) * (values[i + lag] - m->value);
        cov[lag] /= (double)(n - lag);
    }
    double variance = m->sd * m->sd + 2 * fmin(0, cov[1] + cov[2]);
    m->value = 100 * sqrt(fmax(0, variance)) / m->value;
    m->sd = (double)NAN;
    m->se = m->value / sqrt(2 * (double)n);
}

static bool is_rhythm(enum tread_measure_id id)
{
    return id == TREAD_MEASURE_CADENCE || id == TREAD_MEASURE_STRIDE_CV;
}

static bool is_wanted(const tread_step *step, enum tread_measure_id id, enum tread_side side,
                      enum tread_view view)
{
    enum tread_side near_side = tread_gait__near_side(view);
    /* Strides need only contacts: of the near foot, which is timed best, whether or not its
     * toe-off was. */
    return is_rhythm(id) ? step->side == near_side
                         : step->is_valid && (side == TREAD_BOTH || step->side == side) &&
                               !is_hidden_arm(id, step->side, view);
}

static enum tread_standing standing_of(int n)
{
    return n >= SETTLED_STEPS       ? TREAD_STANDING_SETTLED
           : n >= PROVISIONAL_STEPS ? TREAD_STANDING_PROVISIONAL
                                    : TREAD_STANDING_FEW;
}

static bool is_share(enum tread_measure_id id)
{
    return id == TREAD_MEASURE_REARFOOT_SHARE || id == TREAD_MEASURE_FOREFOOT_SHARE ||
           id == TREAD_MEASURE_ARM_CROSSOVER;
}

size_t tread_gait__step_at(const tread_gait_session *session, double time_s)
{
    size_t low = 0, high = session->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (!(session->steps[mid].initial_contact_s >= time_s)) /* of NaN: none */
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void tread_gait__measure(const tread_gait_session *session, enum tread_measure_id id,
                         enum tread_side side, double from_s, double to_s, double *scratch,
                         tread_measure *out)
{
    *out = (tread_measure){.value = (double)NAN,
                           .sd = (double)NAN,
                           .se = (double)NAN,
                           .low = (double)NAN,
                           .high = (double)NAN};
    enum tread_side near_side = tread_gait__near_side(session->view);
    double *values = scratch;
    size_t n_values = 0, n_steps = 0, n_near = 0;
    for (size_t i = tread_gait__step_at(session, from_s); i < session->n; i++) {
        const tread_step *step = &session->steps[i];
        if (!(step->initial_contact_s < to_s))
            break;
        if (!is_wanted(step, id, side, session->view))
            continue;
        n_steps++;
        double v = is_rhythm(id) ? stride_ms(session->steps, session->n, i) : step->value[id];
        if (!isfinite(v))
            continue;
        values[n_values++] = v;
        n_near += side != TREAD_BOTH || step->side == near_side;
    }
    if (is_rhythm(id))
        n_near = n_values = keep_regular(values, n_values, scratch + session->n);
    out->n = (int)n_values;
    out->reason = view_refusal(id, side, session->view);
    if (!out->reason)
        out->reason = tread_gait__rate_refusal(id, session->frame_interval_s, false);
    bool is_enough =
        n_values >= MIN_STEPS && (id != TREAD_MEASURE_STRIDE_CV || n_values >= MIN_CV_STRIDES);
    if (!out->reason && !is_enough)
        out->reason = missing_reason(session, id, n_steps);
    if (out->reason)
        return;
    mean_of(values, n_values, out);
    if (id == TREAD_MEASURE_CADENCE)
        to_cadence(out);
    if (id == TREAD_MEASURE_STRIDE_CV)
        to_variation(values, n_values, out);
    put_interval(out, systematic_sd(session, id, side, n_values));
    if (is_share(id)) {
        out->low = fmax(0, out->low);
        out->high = fmin(100, out->high);
    }
    out->standing = standing_of((int)n_near);
}

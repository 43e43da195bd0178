#include "measures.h"

#include <stddef.h>

const acc_measure acc_angles[ACC_N_ANGLES] = {
    [ACC_TRUNK] = {"trunk_lean", NULL, "trunk lean", "deg", 1, 1, false, true},
    [ACC_KNEE] = {"knee_flexion", NULL, "knee flexion", "deg", 1, 1, true, true},
    [ACC_HIP] = {"hip_flexion", NULL, "hip flexion", "deg", 1, 1, true, true},
    [ACC_ANKLE] = {"ankle_dorsiflexion", NULL, "ankle dorsiflexion", "deg", 1, 1, true, true},
    [ACC_SHANK] = {"shank_angle", NULL, "shank", "deg", 1, 1, true, true},
    [ACC_THIGH] = {"thigh_angle", NULL, "thigh", "deg", 1, 1, true, true},
    [ACC_FOOT] = {"foot_angle", NULL, "foot", "deg", 1, 1, true, true},
};

const acc_measure acc_step_values[ACC_N_STEP_VALUES] = {
    [ACC_STEP_IC] = {"initial_contact_s", NULL, "initial contact", "ms", 1000, 1, true, false},
    [ACC_STEP_TO] = {"toe_off_s", NULL, "toe-off", "ms", 1000, 1, true, false},
    [ACC_STEP_CONTACT] = {"contact_ms", NULL, "contact time", "ms", 1, 1, true, false},
    [ACC_STEP_FLIGHT] = {"flight_ms", NULL, "flight time", "ms", 1, 1, true, false},
    [ACC_STEP_STRIKE] = {"foot_strike_angle_deg", NULL, "foot strike angle", "deg", 1, 1, true,
                         true},
    [ACC_STEP_KNEE_CONTACT] = {"knee_flexion_contact_deg", NULL, "knee at contact", "deg", 1, 1,
                               true, true},
    [ACC_STEP_KNEE_STANCE] = {"knee_flexion_peak_stance_deg", NULL, "knee, stance peak", "deg", 1,
                              1, true, true},
    [ACC_STEP_KNEE_SWING] = {"knee_flexion_peak_swing_deg", NULL, "knee, swing peak", "deg", 1, 1,
                             true, true},
    [ACC_STEP_SHANK] = {"shank_angle_contact_deg", NULL, "shank at contact", "deg", 1, 1, true,
                        true},
    [ACC_STEP_AHEAD_CM] = {"foot_ahead_cm", NULL, "foot ahead", "cm", 1, 1, true, false},
    [ACC_STEP_AHEAD_PCT] = {"foot_ahead_pct_leg", NULL, "foot ahead", "% leg", 1, 1, true, false},
    [ACC_STEP_TRUNK_CONTACT] = {"trunk_lean_contact_deg", NULL, "trunk at contact", "deg", 1, 1,
                                false, true},
    [ACC_STEP_TRUNK_STANCE] = {"trunk_lean_peak_stance_deg", NULL, "trunk, stance peak", "deg", 1,
                               1, false, true},
    [ACC_STEP_LENGTH] = {"step_length_m", NULL, "step length", "cm", 100, 1, false, false},
    [ACC_STEP_OSCILLATION] = {"vertical_oscillation_cm", NULL, "vertical oscillation", "cm", 1, 1,
                              false, false},
};

const acc_measure acc_clip_values[ACC_N_CLIP_VALUES] = {
    [ACC_CLIP_CADENCE] = {"cadence_spm", NULL, "cadence", "steps/min", 1, 1, false, false},
    [ACC_CLIP_CONTACT] = {"contact_ms", NULL, "contact time", "ms", 1, 1, true, false},
    [ACC_CLIP_FLIGHT] = {"flight_ms", NULL, "flight time", "ms", 1, 1, true, false},
    [ACC_CLIP_DUTY] = {"duty_factor", NULL, "duty factor", "%", 100, 1, false, false},
    [ACC_CLIP_LENGTH] = {"step_length_m", NULL, "step length", "cm", 100, 1, false, false},
    [ACC_CLIP_OSCILLATION] = {"vertical_oscillation_cm", NULL, "vertical oscillation", "cm", 1, 1,
                              false, false},
    [ACC_CLIP_TRUNK] = {"trunk_lean_deg", "trunk_lean_mean_deg", "trunk lean, mean", "deg", 1, 1,
                        false, true},
    [ACC_CLIP_TRUNK_CONTACT] = {"trunk_lean_contact_deg", NULL, "trunk at contact", "deg", 1, 1,
                                false, true},
    [ACC_CLIP_TRUNK_STANCE] = {"trunk_lean_peak_stance_deg", NULL, "trunk, stance peak", "deg", 1,
                               1, false, true},
    [ACC_CLIP_KNEE_CONTACT] = {"knee_flexion_contact_deg", NULL, "knee at contact", "deg", 1, 1,
                               true, true},
    [ACC_CLIP_KNEE_STANCE] = {"knee_flexion_peak_stance_deg", NULL, "knee, stance peak", "deg", 1,
                              1, true, true},
    [ACC_CLIP_KNEE_SWING] = {"knee_flexion_peak_swing_deg", NULL, "knee, swing peak", "deg", 1, 1,
                             true, true},
    [ACC_CLIP_STRIKE] = {"foot_strike_angle_deg", NULL, "foot strike angle", "deg", 1, 1, true,
                         true},
    [ACC_CLIP_SHANK] = {"shank_angle_contact_deg", NULL, "shank at contact", "deg", 1, 1, true,
                        true},
    [ACC_CLIP_AHEAD] = {"foot_ahead_pct_leg", NULL, "foot ahead", "% leg", 1, 1, true, false},
};

const char *const acc_points[ACC_N_POINTS] = {
    [ACC_POINT_HIP] = "hip",     [ACC_POINT_KNEE] = "knee",   [ACC_POINT_ANKLE] = "ankle",
    [ACC_POINT_HEEL] = "heel",   [ACC_POINT_TOE] = "toe",     [ACC_POINT_SHOULDER] = "shoulder",
    [ACC_POINT_ELBOW] = "elbow", [ACC_POINT_WRIST] = "wrist",
};

/* The words that stand in files and on screens for the public enumerations. */
#include <stddef.h>

#include <treadscope/analyzer.h>

#define NAME_OF(names, i)                                                                          \
    ((size_t)(i) < sizeof(names) / sizeof *(names) && (names)[i] ? (names)[i] : "unknown")

const char *tread_side_name(enum tread_side side)
{
    static const char *const names[] = {
        [TREAD_LEFT] = "left", [TREAD_RIGHT] = "right", [TREAD_BOTH] = "both"};
    return NAME_OF(names, side);
}

const char *tread_view_name(enum tread_view view)
{
    static const char *const names[] = {[TREAD_VIEW_AUTO] = "unknown",
                                        [TREAD_VIEW_LEFT] = "left",
                                        [TREAD_VIEW_RIGHT] = "right",
                                        [TREAD_VIEW_REAR] = "rear",
                                        [TREAD_VIEW_FRONT] = "front"};
    return NAME_OF(names, view);
}

const char *tread_gait_name(enum tread_gait gait)
{
    static const char *const names[] = {[TREAD_GAIT_UNKNOWN] = "unknown",
                                        [TREAD_GAIT_RUNNING] = "running",
                                        [TREAD_GAIT_WALKING] = "walking"};
    return NAME_OF(names, gait);
}

const char *tread_identity_name(enum tread_identity identity)
{
    static const char *const names[] = {
        [TREAD_IDENTITY_NONE] = "none",           [TREAD_IDENTITY_LABELLED] = "labelled",
        [TREAD_IDENTITY_EXCHANGED] = "exchanged", [TREAD_IDENTITY_MERGED] = "merged",
        [TREAD_IDENTITY_STRAYED] = "strayed",     [TREAD_IDENTITY_HIDDEN] = "hidden"};
    return NAME_OF(names, identity);
}

const char *tread_foot_strike_name(enum tread_foot_strike strike)
{
    static const char *const names[] = {[TREAD_STRIKE_UNKNOWN] = "unknown",
                                        [TREAD_STRIKE_REARFOOT] = "rearfoot",
                                        [TREAD_STRIKE_MIDFOOT] = "midfoot",
                                        [TREAD_STRIKE_FOREFOOT] = "forefoot"};
    return NAME_OF(names, strike);
}

const char *tread_joint_name(enum tread_joint joint)
{
    static const char *const names[] = {
        [TREAD_LEFT_SHOULDER] = "left_shoulder",
        [TREAD_RIGHT_SHOULDER] = "right_shoulder",
        [TREAD_LEFT_ELBOW] = "left_elbow",
        [TREAD_RIGHT_ELBOW] = "right_elbow",
        [TREAD_LEFT_WRIST] = "left_wrist",
        [TREAD_RIGHT_WRIST] = "right_wrist",
        [TREAD_LEFT_HIP] = "left_hip",
        [TREAD_RIGHT_HIP] = "right_hip",
        [TREAD_LEFT_KNEE] = "left_knee",
        [TREAD_RIGHT_KNEE] = "right_knee",
        [TREAD_LEFT_ANKLE] = "left_ankle",
        [TREAD_RIGHT_ANKLE] = "right_ankle",
        [TREAD_LEFT_HEEL] = "left_heel",
        [TREAD_RIGHT_HEEL] = "right_heel",
        [TREAD_LEFT_TOE] = "left_toe",
        [TREAD_RIGHT_TOE] = "right_toe",
        [TREAD_LEFT_EAR] = "left_ear",
        [TREAD_RIGHT_EAR] = "right_ear",
        [TREAD_NOSE] = "nose",
    };
    return NAME_OF(names, joint);
}

const char *tread_standing_name(enum tread_standing standing)
{
    static const char *const names[] = {[TREAD_STANDING_NONE] = "none",
                                        [TREAD_STANDING_FEW] = "few",
                                        [TREAD_STANDING_PROVISIONAL] = "provisional",
                                        [TREAD_STANDING_SETTLED] = "settled"};
    return NAME_OF(names, standing);
}

const char *tread_curve_name(enum tread_curve_id id)
{
    static const char *const names[] = {[TREAD_CURVE_KNEE_FLEXION] = "knee_flexion",
                                        [TREAD_CURVE_HIP_FLEXION] = "hip_flexion",
                                        [TREAD_CURVE_ANKLE_DORSIFLEXION] = "ankle_dorsiflexion",
                                        [TREAD_CURVE_TRUNK_LEAN] = "trunk_lean",
                                        [TREAD_CURVE_FOOT_ANGLE] = "foot_angle",
                                        [TREAD_CURVE_THIGH_ANGLE] = "thigh_angle",
                                        [TREAD_CURVE_SHANK_ANGLE] = "shank_angle"};
    return NAME_OF(names, id);
}

#include "report/report.h"

const tread_measure_part tread_report__parts[TREAD_N_PARTS] = {
    {TREAD_MEASURE_CADENCE, "Rhythm and bounce"},
    {TREAD_MEASURE_TRUNK_LEAN, "Torso over pelvis"},
    {TREAD_MEASURE_HIP_FLEXION_CONTACT, "Hip"},
    {TREAD_MEASURE_KNEE_FLEXION_CONTACT, "Knee"},
    {TREAD_MEASURE_DORSIFLEXION_CONTACT, "Ankle and foot"},
    {TREAD_MEASURE_SHANK_ANGLE_CONTACT, "Reach: where the foot lands"},
    {TREAD_MEASURE_ELBOW, "Arms and head"},
    {TREAD_MEASURE_PELVIC_DROP, "From behind and in front"},
};

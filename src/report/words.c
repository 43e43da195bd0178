/* What the measures are, in plain words, and what is usual for them. */
#include <math.h>

#include "report/story.h"

static const char *const words[TREAD_N_MEASURES] = {
    [TREAD_MEASURE_CADENCE] = "steps a minute, both feet",
    [TREAD_MEASURE_STRIDE_CV] = "how much the time of a stride differs from stride to stride",
    [TREAD_MEASURE_STEP_TIME] = "from this foot's landing to the other's",
    [TREAD_MEASURE_CONTACT] = "how long the foot is on the belt",
    [TREAD_MEASURE_CONTACT_EXCESS] = "longer (+) or shorter (−) than most runners at this speed",
    [TREAD_MEASURE_FLIGHT] = "in the air, both feet off the belt",
    [TREAD_MEASURE_DUTY_FACTOR] = "share of a stride that one foot is on the belt; 0.5 is walking",
    [TREAD_MEASURE_STEP_LENGTH] = "belt that goes by in one step",
    [TREAD_MEASURE_VERTICAL_OSCILLATION] = "how far the body goes up and down in a step",
    [TREAD_MEASURE_VERTICAL_RATIO] = "the way up for the way forward",
    [TREAD_MEASURE_BELT_SPEED] = "a check of the speed that was told",
    [TREAD_MEASURE_VERTICAL_STIFFNESS] = "how springy the body as a whole is; from a model",
    [TREAD_MEASURE_LEG_STIFFNESS] = "how springy the leg is; from a model",
    [TREAD_MEASURE_TRUNK_LEAN] = "shoulders over hips against the vertical; + is forward",
    [TREAD_MEASURE_TRUNK_LEAN_CONTACT] = "as the foot lands",
    [TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE] = "most while the foot is on the belt",
    [TREAD_MEASURE_TRUNK_LEAN_TOE_OFF] = "as the foot leaves the belt",
    [TREAD_MEASURE_TRUNK_RANGE] = "how much the trunk rocks back and forth",
    [TREAD_MEASURE_TRUNK_EXTENSION] = "how much the trunk tips back from landing to push-off",
    [TREAD_MEASURE_TRUNK_LEAN_BELT] = "the same lean, measured from the slope of the belt",
    [TREAD_MEASURE_TORSO_OFFSET] = "the same lean, as a distance",
    [TREAD_MEASURE_BODY_LEAN] = "line from ankle to shoulders, as the body passes over the foot",
    [TREAD_MEASURE_WAIST_BEND] = "lean that comes from the waist, not from the ankles",
    [TREAD_MEASURE_HIP_FLEXION_CONTACT] = "thigh forward of the trunk as the foot lands",
    [TREAD_MEASURE_HIP_FLEXION_PEAK_SWING] = "how high the knee is lifted",
    [TREAD_MEASURE_HIP_EXTENSION_PEAK] = "thigh behind the trunk at push-off",
    [TREAD_MEASURE_THIGH_EXTENSION_PEAK] = "how far the leg gets behind the body",
    [TREAD_MEASURE_KNEE_FLEXION_CONTACT] = "bend of the knee as the foot lands; 0 is straight",
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE] = "deepest bend while it carries the body",
    [TREAD_MEASURE_KNEE_EXCURSION] = "how far the knee gives after landing",
    [TREAD_MEASURE_KNEE_FLEXION_TOE_OFF] = "bend as the foot leaves the belt",
    [TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING] = "how far the heel comes up behind",
    [TREAD_MEASURE_DORSIFLEXION_CONTACT] = "toes pulled up (+) or pointed (−) as the foot lands",
    [TREAD_MEASURE_DORSIFLEXION_PEAK_STANCE] = "how far the shin comes forward over the foot",
    [TREAD_MEASURE_PLANTARFLEXION_PEAK] = "toes pointed at push-off",
    [TREAD_MEASURE_FOOT_STRIKE_ANGLE] = "+ heel first, − toes first, near 0 flat",
    [TREAD_MEASURE_REARFOOT_SHARE] = "steps that land on the heel",
    [TREAD_MEASURE_FOREFOOT_SHARE] = "steps that land on the ball of the foot",
    [TREAD_MEASURE_FOOT_SLAP] = "how fast the toes come down after the heel",
    [TREAD_MEASURE_SHANK_ANGLE_CONTACT] = "+ the ankle is ahead of the knee: the leg reaches",
    [TREAD_MEASURE_SHANK_ANGLE_LOADING] = "the same, as the leg takes the load",
    [TREAD_MEASURE_FOOT_AHEAD] = "how far in front of the body the foot lands",
    [TREAD_MEASURE_FOOT_AHEAD_CM] = "the same in centimetres",
    [TREAD_MEASURE_ANKLE_AHEAD] = "the same at the ankle",
    [TREAD_MEASURE_ELBOW] = "180 is a straight arm",
    [TREAD_MEASURE_ARM_SWING] = "how far the hand travels",
    [TREAD_MEASURE_HEAD_FORWARD] = "ear in front of the line of the trunk",
    [TREAD_MEASURE_ROTATION] = "how much the shoulders turn against the hips",
    [TREAD_MEASURE_PELVIC_DROP] = "how far the hip of the swinging leg sinks",
    [TREAD_MEASURE_HIP_ADDUCTION] = "thigh towards the middle of the body",
    [TREAD_MEASURE_LATERAL_LEAN] = "the trunk over the leg it stands on",
    [TREAD_MEASURE_TRUNK_SWAY] = "how much the trunk rocks from side to side",
    [TREAD_MEASURE_SHOULDER_TILT] = "how much the shoulders rock",
    [TREAD_MEASURE_STEP_WIDTH] = "between the feet, sideways; − is crossed",
    [TREAD_MEASURE_STEP_WIDTH_CM] = "the same in centimetres",
    [TREAD_MEASURE_ARM_CROSSOVER] = "steps with a hand past the middle",
};

const char *plain_words(enum tread_measure_id id)
{
    return words[id] ? words[id] : "";
}

bool story_usual(const story *s, enum tread_measure_id id, double *low, double *high,
                 const char **source)
{
    const tread_analyzer_opts *o = &s->run->opts->analyzer;
    *low = *high = (double)NAN;
    /* Where the incline changed there is no one range for the whole session. */
    for (int i = 0; i < o->n_changes; i++)
        if (o->changes[i].incline_pct != o->incline_pct)
            return false;
    if (!tread_rules_usual(s->run->rules, id, low, high, source))
        return false;
    double shift = tread_incline_shift(id, o->incline_pct);
    *low += shift;
    *high += shift;
    return true;
}

void story_measure(const story *s, enum tread_measure_id id, tread_measure *out)
{
    *out = (tread_measure){.value = (double)NAN, .reason = "out of memory"};
    tread_analyzer_measure(s->run->analyzer, id,
                           tread_measure_describe(id)->is_per_side ? s->near : TREAD_BOTH, out);
}

/* Runners for the tests of treadsynth, made from the keys a user would type. */
#ifndef TESTS_TOOLS_SYNTH_H
#define TESTS_TOOLS_SYNTH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gait.h"
#include "params.h"

/* Settings as "key value key value ...", space-separated. */
static inline int synth_test_params(synth_params *p, const char *settings, synth_error *err)
{
    char text[512], *save = NULL;
    synth_params_init(p);
    snprintf(text, sizeof text, "%s", settings);
    for (char *key = strtok_r(text, " ", &save); key; key = strtok_r(NULL, " ", &save)) {
        char *value = strtok_r(NULL, " ", &save);
        if (!value)
            return synth_fail(err, "test: no value for %s", key);
        if (synth_params_set(p, key, value, err))
            return -1;
    }
    return synth_params_finish(p, err);
}

static inline synth_plan *synth_test_plan(synth_params *p, const char *settings)
{
    synth_plan *plan = NULL;
    synth_error err = {""};
    if (synth_test_params(p, settings, &err) || synth_plan_create(&plan, p, &err))
        fail_msg("'%s': %s", settings, err.text);
    return plan;
}

/* The runners every rule of movement must hold for. */
static const char *const RUNNERS[] = {
    "duration 3",
    "duration 3 variability 0 foot_strike_angle 20 heel_ahead 16",
    "duration 3 foot_strike_angle -8 speed 14",
    "duration 3 foot_strike_angle 0 cadence 180",
    "duration 3 incline 10 speed 9",
    "duration 3 gait walk",
    "duration 3 gait walk speed 3.5 incline 4",
    "duration 4 speed@1 14 incline@0.5 6 drift.trunk_lean 6",
    "duration 3 diff.contact_time 24 diff.knee_flexion_contact 6 step_width 14 stature 190",
    "duration 3 seed 9 variability 2 stature 160 body female",
};

#define COUNT_OF(a) (sizeof(a) / sizeof(a)[0])

#endif

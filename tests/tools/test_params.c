#include "synth.h"

#include <stdio.h>
#include <stdlib.h>

static void defaults_depend_on_the_gait(void **state)
{
    (void)state;
    synth_params p;
    synth_error err;
    assert_int_equal(synth_test_params(&p, "gait walk", &err), 0);
    assert_true(p.value[P_SPEED] == synth_key_at(P_SPEED)->walk);
    assert_int_equal(synth_test_params(&p, "gait walk speed 5.5", &err), 0);
    assert_true(p.value[P_SPEED] == 5.5);
    assert_int_equal(synth_test_params(&p, "", &err), 0);
    assert_true(p.value[P_SPEED] == synth_key_at(P_SPEED)->run);
}

static void wrong_settings_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const WRONG[][2] = {
        {"sped 11", "sped"},
        {"speed fast", "fast"},
        {"speed 99", "99"},
        {"speed nan", "nan"},
        {"seed 1.5", "whole"},
        {"view front", "front"},
        {"diff.speed 1", "diff.speed"},
        {"drift.view 1", "drift.view"},
        {"sd.trunk_lean -1", "sd.trunk_lean"},
        {"warp.trunk_lean 1", "warp"},
        {"fps@2 30", "fps"},
        {"speed@soon 12", "@"},
        {"width 719", "even"},
        {"fps 240 exposure 8", "exposure"},
    };
    for (size_t i = 0; i < COUNT_OF(WRONG); ++i) {
        synth_params p;
        synth_error err = {""};
        if (synth_test_params(&p, WRONG[i][0], &err) == 0)
            fail_msg("'%s' was accepted", WRONG[i][0]);
        if (!strstr(err.text, WRONG[i][1]))
            fail_msg("'%s': the message does not say '%s': %s", WRONG[i][0], WRONG[i][1], err.text);
    }
}

static void changes_ramp_and_drift_adds(void **state)
{
    (void)state;
    synth_params p;
    synth_error err;
    assert_int_equal(
        synth_test_params(&p, "duration 10 speed 10 ramp 2 speed@4 12 speed@8 11", &err), 0);
    static const double EXPECT[][2] = {{0, 10}, {4, 10}, {5, 11}, {6, 12}, {8, 12}, {9, 11.5}};
    for (size_t i = 0; i < COUNT_OF(EXPECT); ++i)
        assert_float_equal(synth_params_at(&p, P_SPEED, EXPECT[i][0]), EXPECT[i][1], 1e-9);
    assert_int_equal(synth_test_params(&p, "duration 10 trunk_lean 5 drift.trunk_lean 4", &err), 0);
    assert_float_equal(synth_params_at(&p, P_TRUNK_LEAN, 0), 5, 1e-9);
    assert_float_equal(synth_params_at(&p, P_TRUNK_LEAN, 5), 7, 1e-9);
    assert_float_equal(synth_params_at(&p, P_TRUNK_LEAN, 20), 9, 1e-9);
}

static void files_are_read_and_errors_have_lines(void **state)
{
    (void)state;
    char path[] = "treadsynth_params_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    fputs("# a comment\n\n speed = 12.5  # and another\ndiff.elbow_angle=-4\n", f);
    fclose(f);
    synth_params p;
    synth_error err = {""};
    synth_params_init(&p);
    assert_int_equal(synth_params_read(&p, path, &err), 0);
    assert_true(p.value[P_SPEED] == 12.5);
    assert_true(p.diff[P_ELBOW] == -4.0);
    f = fopen(path, "a");
    assert_non_null(f);
    fputs("no equals sign\n", f);
    fclose(f);
    assert_int_equal(synth_params_read(&p, path, &err), -1);
    assert_non_null(strstr(err.text, ":5:"));
    remove(path);
    assert_int_equal(synth_params_read(&p, path, &err), -1);
}

static void every_default_is_within_its_range(void **state)
{
    (void)state;
    for (int k = 0; k < P_COUNT; ++k) {
        const synth_key_info *info = synth_key_at((enum synth_key)k);
        assert_non_null(info->name);
        const double defaults[2] = {info->run, info->walk};
        for (int i = 0; i < 2; ++i) {
            if (isnan(defaults[i]))
                assert_true(info->flags & KEY_AUTO);
            else if (!info->choices && (defaults[i] < info->low || defaults[i] > info->high))
                fail_msg("%s: default %g", info->name, defaults[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_depend_on_the_gait),
        cmocka_unit_test(wrong_settings_are_refused_by_name),
        cmocka_unit_test(changes_ramp_and_drift_adds),
        cmocka_unit_test(files_are_read_and_errors_have_lines),
        cmocka_unit_test(every_default_is_within_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

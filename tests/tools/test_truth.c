/* The truth file against geometry: everything in it is worked out again here, from
 * the three-dimensional points it holds, by other formulas. */
#include "synth.h"

#include <complex.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "truth.h"

/* Points are stored to a tenth of a millimetre: 0.02 degrees on a shank, 0.03 on
 * the distance from heel to toe. */
#define ANGLE_TOLERANCE_DEG 0.06
#define PIXEL_TOLERANCE_PX 0.06

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    assert_true(n > 0);
    rewind(f);
    char *text = calloc((size_t)n + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)n, f), (size_t)n);
    fclose(f);
    return text;
}

/* Writes the truth of a clip and returns its text; *plan stays with the caller. */
static char *truth_text(const char *settings, synth_params *p, synth_plan **plan)
{
    char path[] = "treadsynth_truth_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    fclose(fdopen(fd, "w"));
    *plan = synth_test_plan(p, settings);
    int n = (int)(p->value[P_DURATION] * 20.0);
    synth_frame_truth *frame = calloc((size_t)n, sizeof *frame);
    assert_non_null(frame);
    for (int i = 0; i < n; ++i)
        frame[i].time_s = i / 20.0;
    synth_camera camera;
    synth_error err = {""};
    synth_camera_init(&camera, p);
    if (synth_truth_write(path, "clip.mp4", p, *plan, &camera, frame, n, &err))
        fail_msg("%s", err.text);
    free(frame);
    char *text = read_all(path);
    remove(path);
    return text;
}

static json_t *truth(const char *settings, synth_params *p, synth_plan **plan)
{
    char *text = truth_text(settings, p, plan);
    json_error_t err;
    json_t *root = json_loads(text, 0, &err);
    if (!root)
        fail_msg("%s", err.text);
    free(text);
    return root;
}

static double num(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_number(v))
        fail_msg("no number '%s'", key);
    return json_number_value(v);
}

static double item(const json_t *a, size_t i)
{
    return json_number_value(json_array_get(a, i));
}

static void get3(const json_t *a, double out[3])
{
    for (size_t i = 0; i < 3; ++i)
        out[i] = item(a, i);
}

static size_t landmark(const json_t *root, const char *name)
{
    const json_t *names = json_object_get(root, "landmarks");
    for (size_t i = 0; i < json_array_size(names); ++i)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return i;
    fail_msg("no landmark '%s'", name);
    return 0;
}

static void points_project_to_their_pixels(void **state)
{
    (void)state;
    static const char *const VIEWS[] = {
        "duration 1 view left", "duration 1 view right yaw 20 roll 7 camera_height 1.6",
        "duration 1 view rear focal 60", "duration 1 view oblique width 960 height 540"};
    for (size_t v = 0; v < COUNT_OF(VIEWS); ++v) {
        synth_params p;
        synth_plan *plan;
        json_t *root = truth(VIEWS[v], &p, &plan), *frame;
        const json_t *camera = json_object_get(root, "camera");
        double at[3], axis[3][3], focal = num(camera, "focal_px");
        get3(json_object_get(camera, "at_m"), at);
        get3(json_object_get(camera, "right"), axis[0]);
        get3(json_object_get(camera, "down"), axis[1]);
        get3(json_object_get(camera, "forward"), axis[2]);
        size_t i;
        json_array_foreach(json_object_get(root, "frames"), i, frame)
        {
            for (size_t k = 0; k < PT_COUNT; ++k) {
                double w[3], c[3] = {0, 0, 0};
                get3(json_array_get(json_object_get(frame, "xyz_m"), k), w);
                for (int r = 0; r < 3; ++r)
                    for (int j = 0; j < 3; ++j)
                        c[r] += axis[r][j] * (w[j] - at[j]);
                const json_t *xy = json_array_get(json_object_get(frame, "xy_px"), k);
                double x = p.value[P_WIDTH] / 2 + focal * c[0] / c[2];
                double y = p.value[P_HEIGHT] / 2 + focal * c[1] / c[2];
                assert_float_equal(item(xy, 0), x, PIXEL_TOLERANCE_PX);
                assert_float_equal(item(xy, 1), y, PIXEL_TOLERANCE_PX);
            }
        }
        json_decref(root);
        synth_plan_destroy(&plan);
    }
}

static void the_runner_faces_the_right_way(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        double sign; /* of nose minus ear, x */
    } CASES[] = {{"duration 0.5 view left", -1}, {"duration 0.5 view right", 1}};
    for (size_t v = 0; v < COUNT_OF(CASES); ++v) {
        synth_params p;
        synth_plan *plan;
        json_t *root = truth(CASES[v].settings, &p, &plan);
        const json_t *xy =
            json_object_get(json_array_get(json_object_get(root, "frames"), 0), "xy_px");
        double nose = item(json_array_get(xy, landmark(root, "nose")), 0);
        double ear = item(json_array_get(xy, landmark(root, "left_ear")), 0);
        assert_true((nose - ear) * CASES[v].sign > 10.0);
        json_decref(root);
        synth_plan_destroy(&plan);
    }
}

/* A point in the sagittal plane as a complex number. */
static double complex sagittal(const json_t *root, const json_t *frame, const char *side,
                               const char *name)
{
    char full[32];
    double w[3];
    snprintf(full, sizeof full, "%s_%s", side, name);
    get3(json_array_get(json_object_get(frame, "xyz_m"), landmark(root, full)), w);
    return w[0] + w[1] * I;
}

/* Angle from one direction to another, degrees, + anticlockwise. */
static double between(double complex from, double complex to)
{
    return carg(to / from) * 180.0 / acos(-1.0);
}

static void check(const json_t *frame, const char *name, const char *side, double expect)
{
    char key[64];
    snprintf(key, sizeof key, side ? "%s_%s_deg" : "%s_deg", name, side);
    double off = fabs(num(frame, key) - expect);
    if (fmin(off, 360.0 - off) > ANGLE_TOLERANCE_DEG)
        fail_msg("%s is %.3f, the points say %.3f", key, num(frame, key), expect);
}

static void check_leg(const json_t *root, const json_t *frame, const char *side,
                      double complex trunk, double incline_deg)
{
    double complex hip = sagittal(root, frame, side, "hip");
    double complex knee = sagittal(root, frame, side, "knee");
    double complex ankle = sagittal(root, frame, side, "ankle");
    double complex sole = sagittal(root, frame, side, "toe") - sagittal(root, frame, side, "heel");
    double complex thigh = knee - hip, shank = ankle - knee;
    double rest = num(json_object_get(root, "figure"), "foot_rest_angle_deg");
    double foot = between(1.0, sole) - incline_deg - rest;
    check(frame, "thigh_angle", side, between(-I, thigh));
    check(frame, "shank_angle", side, between(-I, shank));
    check(frame, "knee_flexion", side, between(shank, thigh));
    check(frame, "hip_flexion", side, between(-trunk, thigh));
    check(frame, "foot_angle", side, foot);
    check(frame, "ankle_dorsiflexion", side, foot + incline_deg - between(-I, shank));
    double complex elbow = sagittal(root, frame, side, "elbow");
    double complex up = sagittal(root, frame, side, "shoulder") - elbow;
    double complex fore = sagittal(root, frame, side, "wrist") - elbow;
    double cosine = creal(up * conj(fore)) / (cabs(up) * cabs(fore));
    check(frame, "elbow_angle", side, acos(cosine) * 180.0 / acos(-1.0));
}

static void angles_follow_from_the_points(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan;
        json_t *root = truth(RUNNERS[r], &p, &plan), *frame;
        size_t i;
        json_array_foreach(json_object_get(root, "frames"), i, frame)
        {
            double grade = synth_params_at(&p, P_INCLINE, num(frame, "time_s")) / 100.0;
            double incline = carg(1.0 + grade * I) * 180.0 / acos(-1.0);
            double complex shoulder = 0.5 * (sagittal(root, frame, "left", "shoulder") +
                                             sagittal(root, frame, "right", "shoulder"));
            double complex hip = 0.5 * (sagittal(root, frame, "left", "hip") +
                                        sagittal(root, frame, "right", "hip"));
            double complex ear = 0.5 * (sagittal(root, frame, "left", "ear") +
                                        sagittal(root, frame, "right", "ear"));
            check(frame, "trunk_lean", NULL, between(shoulder - hip, I));
            check(frame, "head", NULL, between(ear - shoulder, I));
            check_leg(root, frame, "left", shoulder - hip, incline);
            check_leg(root, frame, "right", shoulder - hip, incline);
        }
        json_decref(root);
        synth_plan_destroy(&plan);
    }
}

static void steps_hang_together(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT_OF(RUNNERS); ++r) {
        synth_params p;
        synth_plan *plan;
        json_t *root = truth(RUNNERS[r], &p, &plan), *step;
        const json_t *steps = json_object_get(root, "steps");
        bool is_walk = p.value[P_GAIT] == GAIT_WALK;
        assert_true(json_array_size(steps) >= (is_walk ? 3 : 7));
        size_t i;
        json_array_foreach(json_object_get(root, "steps"), i, step)
        {
            double ic = num(step, "initial_contact_s"), to = num(step, "toe_off_s");
            double next = num(step, "next_contact_s");
            assert_float_equal(num(step, "contact_ms"), 1e3 * (to - ic), 1e-3);
            assert_float_equal(num(step, "flight_ms"), 1e3 * (next - to), 1e-3);
            assert_true(is_walk ? next < to : next > to);
            double strike = num(step, "foot_strike_angle_deg");
            const char *kind = json_string_value(json_object_get(step, "foot_strike"));
            assert_string_equal(kind, strike > 8.0    ? "rearfoot"
                                      : strike < -1.6 ? "forefoot"
                                                      : "midfoot");
            double mean_speed = num(step, "step_length_m") / (next - ic);
            assert_float_equal(mean_speed, num(step, "speed_kmh") / 3.6, is_walk ? 0.35 : 0.5);
            if (i > 0) {
                const json_t *before = json_array_get(steps, i - 1);
                assert_float_equal(num(before, "next_contact_s"), ic, 1e-6);
                assert_string_not_equal(json_string_value(json_object_get(before, "side")),
                                        json_string_value(json_object_get(step, "side")));
            }
        }
        json_decref(root);
        synth_plan_destroy(&plan);
    }
}

/* What is asked for without variability is what comes out. */
static void stated_parameters_are_met(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *name, *which;
        double expect, tolerance;
    } CASES[] = {
        {"", "foot_strike_angle_deg", "all", 12, 0.01},
        {"foot_strike_angle -6", "foot_strike_angle_deg", "all", -6, 0.01},
        {"heel_ahead 15", "foot_ahead_cm", "all", 15, 0.01},
        {"incline 8 heel_ahead 8", "foot_ahead_cm", "all", 8, 0.01},
        {"knee_flexion_contact 20", "knee_flexion_contact_deg", "all", 20, 0.02},
        {"knee_flexion_peak_stance 37", "knee_flexion_peak_stance_deg", "all", 37, 0.3},
        {"knee_flexion_peak_swing 110", "knee_flexion_peak_swing_deg", "all", 110, 0.05},
        {"knee_flexion_toe_off 20", "knee_flexion_toe_off_deg", "all", 20, 0.1},
        {"vertical_oscillation 7", "vertical_oscillation_cm", "all", 7, 0.05},
        {"trunk_lean 12", "trunk_lean_mean_deg", "all", 12, 0.05},
        {"contact_time 230", "contact_ms", "all", 230, 0.01},
        {"pelvic_drop 8", "pelvic_drop_peak_deg", "all", 8, 0.1},
        {"lateral_trunk_lean 6", "lateral_trunk_lean_peak_deg", "all", 6, 0.1},
        {"step_width 11", "step_width_cm", "all", 11, 0.01},
        {"diff.knee_flexion_contact 6", "knee_flexion_contact_deg", "left", 17, 0.02},
        {"diff.knee_flexion_contact 6", "knee_flexion_contact_deg", "right", 11, 0.02},
        {"diff.contact_time 20", "contact_ms", "left", 260, 0.01},
        {"diff.heel_ahead 4", "foot_ahead_cm", "right", 8, 0.01},
        {"gait walk foot_strike_angle 24", "foot_strike_angle_deg", "all", 24, 0.01},
        {"gait walk knee_flexion_contact 8", "knee_flexion_contact_deg", "all", 8, 0.02},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); ++i) {
        char settings[256];
        synth_params p;
        synth_plan *plan;
        snprintf(settings, sizeof settings, "duration 3 variability 0 %s", CASES[i].settings);
        json_t *root = truth(settings, &p, &plan);
        const json_t *sum = json_object_get(root, "summary");
        double got = num(json_object_get(sum, CASES[i].name), CASES[i].which);
        if (fabs(got - CASES[i].expect) > CASES[i].tolerance)
            fail_msg("'%s': %s %s is %.3f", CASES[i].settings, CASES[i].name, CASES[i].which, got);
        json_decref(root);
        synth_plan_destroy(&plan);
    }
}

static void cadence_and_hip_extension_are_met(void **state)
{
    (void)state;
    synth_params p;
    synth_plan *plan;
    json_t *root = truth("duration 4 variability 0 cadence 176 hip_extension 10", &p, &plan);
    const json_t *sum = json_object_get(root, "summary");
    assert_float_equal(num(sum, "cadence_spm"), 176.0, 1e-3);
    /* Stated against the mean trunk; the file measures against the trunk then. */
    double lean = 0.0, extension = num(json_object_get(sum, "hip_extension_toe_off_deg"), "all");
    synth_step_info s = synth_plan_step(plan, 5);
    synth_pose pose;
    synth_angles a;
    synth_plan_pose(plan, s.toe_off_s, &pose);
    synth_angles_of(synth_plan_figure(plan), &pose, &a);
    lean = a.trunk_lean;
    assert_float_equal(extension + lean - p.value[P_TRUNK_LEAN], 10.0, 0.1);
    json_decref(root);
    synth_plan_destroy(&plan);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    synth_params p;
    synth_plan *plan;
    char *a = truth_text("duration 2 seed 5", &p, &plan);
    synth_plan_destroy(&plan);
    char *b = truth_text("duration 2 seed 5", &p, &plan);
    synth_plan_destroy(&plan);
    char *c = truth_text("duration 2 seed 6", &p, &plan);
    synth_plan_destroy(&plan);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    free(a);
    free(b);
    free(c);
}

static void fatigue_shows(void **state)
{
    (void)state;
    synth_params p;
    synth_plan *plan;
    json_t *root =
        truth("duration 12 variability 0 drift.trunk_lean 6 drift.cadence -8", &p, &plan);
    const json_t *steps = json_object_get(root, "steps");
    const json_t *first = json_array_get(steps, 0);
    const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
    assert_float_equal(num(last, "trunk_lean_mean_deg") - num(first, "trunk_lean_mean_deg"), 6.0,
                       0.5);
    double slower = 60000.0 / num(last, "step_ms") - 60000.0 / num(first, "step_ms");
    assert_float_equal(slower, -8.0, 0.6);
    json_decref(root);
    synth_plan_destroy(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_project_to_their_pixels),
        cmocka_unit_test(the_runner_faces_the_right_way),
        cmocka_unit_test(angles_follow_from_the_points),
        cmocka_unit_test(steps_hang_together),
        cmocka_unit_test(stated_parameters_are_met),
        cmocka_unit_test(cadence_and_hip_extension_are_met),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(fatigue_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The analyzer on a real clip: another network's keypoints of a man on a treadmill at
 * 30 fps, contacts read from the pictures by eye. The data is not part of the tree:
 * TREAD_SHARED_DIR/clips/male_side (zzzhushi/running-gait-analysis, MIT). */
#include "support.h"

#include <string.h>

#include <jansson.h>

#include <treadscope/analyzer.h>

#define FPS 30.0
#define MAX_STEPS 128

/* Cadence measured from the pixels without a network, and how well it is known. */
#define TRUE_CADENCE 168.9
#define CADENCE_TOLERANCE 1.5
/* The eye is right to a frame; keypoints and interpolation add a quarter. */
#define CONTACT_TOLERANCE_FRAMES 1.25

static tread_step steps[MAX_STEPS];
static size_t n_steps;
static tread_analyzer *analyzer;

static const struct {
    const char *name;
    enum tread_landmark landmark;
} points[] = {
    {"nose", TREAD_LM_NOSE},
    {"l_shoulder", TREAD_LM_LEFT_SHOULDER},
    {"r_shoulder", TREAD_LM_RIGHT_SHOULDER},
    {"l_elbow", TREAD_LM_LEFT_ELBOW},
    {"r_elbow", TREAD_LM_RIGHT_ELBOW},
    {"l_wrist", TREAD_LM_LEFT_WRIST},
    {"r_wrist", TREAD_LM_RIGHT_WRIST},
    {"l_hip", TREAD_LM_LEFT_HIP},
    {"r_hip", TREAD_LM_RIGHT_HIP},
    {"l_knee", TREAD_LM_LEFT_KNEE},
    {"r_knee", TREAD_LM_RIGHT_KNEE},
    {"l_ankle", TREAD_LM_LEFT_ANKLE},
    {"r_ankle", TREAD_LM_RIGHT_ANKLE},
    {"l_heel", TREAD_LM_LEFT_HEEL},
    {"r_heel", TREAD_LM_RIGHT_HEEL},
    {"l_big_toe", TREAD_LM_LEFT_TOE},
    {"r_big_toe", TREAD_LM_RIGHT_TOE},
};
#define N_POINTS (sizeof points / sizeof *points)

static size_t column_of(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *here = json_string_value(json_array_get(names, i));
        if (here && strcmp(here, name) == 0)
            return i;
    }
    fail_msg("no keypoint %s", name);
    return 0;
}

static tread_landmarks landmarks_of(const json_t *keypoints, const size_t *columns, size_t frame)
{
    tread_landmarks lm = {.frame = (int64_t)frame, .time_s = (double)frame / FPS, .presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++)
        lm.x_px[k] = lm.y_px[k] = lm.z_px[k] = NAN;
    for (size_t i = 0; i < N_POINTS; i++) {
        const json_t *p = json_array_get(keypoints, columns[i]);
        if (json_array_size(p) != 3)
            continue;
        lm.x_px[points[i].landmark] = (float)json_number_value(json_array_get(p, 0));
        lm.y_px[points[i].landmark] = (float)json_number_value(json_array_get(p, 1));
        lm.confidence[points[i].landmark] = (float)json_number_value(json_array_get(p, 2));
    }
    return lm;
}

static int analyze(void **state)
{
    (void)state;
    json_error_t error;
    const char *path = support_shared("clips/male_side/male_side.pose.rtmpose.json");
    json_t *root = path ? json_load_file(path, 0, &error) : NULL;
    const json_t *frames = json_object_get(root, "frames");
    if (!json_array_size(frames))
        return -1;
    size_t columns[N_POINTS];
    for (size_t i = 0; i < N_POINTS; i++)
        columns[i] = column_of(json_object_get(root, "keypoint_names"), points[i].name);
    int status = tread_analyzer_create(&analyzer, NULL);
    for (size_t i = 0; status == TREAD_OK && i < json_array_size(frames); i++) {
        tread_landmarks lm = landmarks_of(json_array_get(frames, i), columns, i);
        status = tread_analyzer_push(analyzer, &lm);
    }
    json_decref(root);
    if (status != TREAD_OK || tread_analyzer_finish(analyzer) != TREAD_OK)
        return -1;
    while (n_steps < MAX_STEPS && tread_analyzer_next_step(analyzer, &steps[n_steps]) == TREAD_OK)
        n_steps++;
    return 0;
}

static int destroy(void **state)
{
    (void)state;
    tread_analyzer_destroy(&analyzer);
    return 0;
}

static void test_faces_left_and_runs(void **state)
{
    (void)state;
    tread_overview o;
    tread_analyzer_overview(analyzer, &o);
    assert_int_equal(o.view, TREAD_VIEW_LEFT);
    assert_int_equal(o.near_side, TREAD_LEFT);
    assert_int_equal(o.gait, TREAD_GAIT_RUNNING);
    assert_int_equal(o.n_frames, 360);
}

static void test_cadence(void **state)
{
    (void)state;
    tread_measure m;
    assert_int_equal(tread_analyzer_measure(analyzer, TREAD_MEASURE_CADENCE, TREAD_BOTH, &m),
                     TREAD_OK);
    print_message("cadence %.2f, truth %.1f\n", m.value, TRUE_CADENCE);
    require_near(m.value, TRUE_CADENCE, CADENCE_TOLERANCE);
}

static void test_contacts_read_by_eye(void **state)
{
    (void)state;
    static const struct {
        enum tread_side side;
        double frame;
    } truth[] = {
        {TREAD_RIGHT, 6},    {TREAD_RIGHT, 27.5}, {TREAD_RIGHT, 49},
        {TREAD_RIGHT, 70.5}, {TREAD_RIGHT, 91.5}, {TREAD_LEFT, 16},
        {TREAD_LEFT, 38},    {TREAD_LEFT, 59},    {TREAD_LEFT, 80.5},
    };
    int n_bad = 0;
    for (size_t k = 0; k < sizeof truth / sizeof *truth; k++) {
        double best = INFINITY;
        for (size_t i = 0; i < n_steps; i++) {
            double miss = steps[i].initial_contact_s * FPS - truth[k].frame;
            if (steps[i].side == truth[k].side && fabs(miss) < fabs(best))
                best = miss;
        }
        print_message("%s foot, frame %.1f: off by %+.2f\n", tread_side_name(truth[k].side),
                      truth[k].frame, best);
        n_bad += !(fabs(best) <= CONTACT_TOLERANCE_FRAMES);
    }
    assert_int_equal(n_bad, 0);
}

static void test_contact_times_are_a_runners(void **state)
{
    (void)state;
    int n = 0;
    for (size_t i = 0; i < n_steps; i++) {
        if (!steps[i].is_valid)
            continue;
        /* of a single step not stated at 30 frames a second, but its moments are */
        require_nan(steps[i].value[TREAD_MEASURE_CONTACT]);
        require_between(1000 * (steps[i].toe_off_s - steps[i].initial_contact_s), 180, 320);
        n++;
    }
    /* 12 s at 168.9: 33 steps; the ends and a few behind the console may not count */
    print_message("%d valid steps\n", n);
    assert_true(n >= 28);
}

int main(void)
{
    if (!support_shared("clips/male_side/male_side.pose.rtmpose.json"))
        return SUPPORT_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faces_left_and_runs),
        cmocka_unit_test(test_cadence),
        cmocka_unit_test(test_contacts_read_by_eye),
        cmocka_unit_test(test_contact_times_are_a_runners),
    };
    return cmocka_run_group_tests(tests, analyze, destroy);
}

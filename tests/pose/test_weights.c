/* Loading the pinned weights, and what is said when they are not those. */
#include "support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pose/graph.h"
#include "pose/pose.h"
#include "pose/weights.h"
#include "pose/weights_dir.h"

#define DETECTOR "pose_solution_packed_assets.data"
#define LITE "pose_landmark_lite.tflite"
#define FULL "pose_landmark_full.tflite"

/* A folder of our own with links to the real files, to be damaged. */
static char sandbox[64];

static const char *in(const char *dir, const char *name)
{
    static char path[2][4200];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static int set_up(void **state)
{
    (void)state;
    static const char *names[] = {DETECTOR, LITE, FULL};
    strcpy(sandbox, "/tmp/treadscope-weights-XXXXXX");
    if (!mkdtemp(sandbox))
        return -1;
    for (int i = 0; i < 3; i++) {
        if (symlink(in(weights_dir(), names[i]), in(sandbox, names[i])))
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(in(sandbox, DETECTOR));
    unlink(in(sandbox, LITE));
    unlink(in(sandbox, FULL));
    return rmdir(sandbox);
}

/* Replace a link by a copy of `size` bytes with one bit of byte `flipped`
 * turned over; -1 for all of it, or none. */
static void replace(const char *name, const char *by, long size, long flipped)
{
    FILE *from = fopen(in(weights_dir(), by), "rb");
    assert_non_null(from);
    assert_int_equal(fseek(from, 0, SEEK_END), 0);
    long n = ftell(from);
    rewind(from);
    unsigned char *bytes = malloc((size_t)n);
    assert_int_equal(fread(bytes, 1, (size_t)n, from), (size_t)n);
    fclose(from);
    if (flipped >= 0)
        bytes[flipped] ^= 0x10;
    unlink(in(sandbox, name));
    FILE *to = fopen(in(sandbox, name), "wb");
    assert_non_null(to);
    size = size < 0 ? n : size;
    assert_int_equal(fwrite(bytes, 1, (size_t)size, to), (size_t)size);
    assert_int_equal(fclose(to), 0);
    free(bytes);
}

static void must_refuse(const char *dir, const char *file, const char *reason)
{
    tread_error err = {0};
    tread_pose_weights *weights = (tread_pose_weights *)&err; /* must become NULL */
    assert_int_equal(tread_pose__weights_load(&weights, dir, TREAD_POSE_LITE, &err),
                     TREAD_ERR_MODEL);
    assert_null(weights);
    assert_int_equal(err.code, TREAD_ERR_MODEL);
    if (!strstr(err.text, file) || !strstr(err.text, reason) || !strstr(err.text, "npm ci") ||
        strchr(err.text, '\n'))
        fail_msg("'%s' should name %s, '%s' and the remedy", err.text, file, reason);
}

/* Shared by two to five threads a network gives the bits it gives on one. */
static void threads_change_nothing(const pose_network *network)
{
    tread_error err = {0};
    pose_graph *graphs[5];
    size_t n_input = network->tensors[network->inputs[0]].n_elements;
    for (int i = 0; i < 5; i++) {
        support_random random = support_seeded(5);
        assert_int_equal(tread_pose__graph_create(&graphs[i], network, 1 + i, &err), TREAD_OK);
        float *input = tread_pose__graph_input(graphs[i]);
        for (size_t k = 0; k < n_input; k++)
            input[k] = (float)support_uniform(&random);
        assert_int_equal(tread_pose__graph_run(graphs[i], &err), TREAD_OK);
        for (size_t k = 0; k < network->n_outputs; k++)
            assert_memory_equal(tread_pose__graph_output(graphs[i], k),
                                tread_pose__graph_output(graphs[0], k),
                                network->tensors[network->outputs[k]].n_elements * sizeof *input);
    }
    for (int i = 0; i < 5; i++)
        tread_pose__graph_destroy(&graphs[i]);
}

static void the_pinned_files_load(void **state)
{
    (void)state;
    /* Multiply-adds left without segmentation and world points, in millions. */
    static const struct {
        enum tread_pose_model model;
        const char *name;
        double multiply_adds;
    } models[] = {{TREAD_POSE_LITE, "lite", 166}, {TREAD_POSE_FULL, "full", 351}};
    for (int i = 0; i < 2; i++) {
        tread_error err = {0};
        tread_pose_weights *weights;
        if (tread_pose__weights_load(&weights, sandbox, models[i].model, &err) != TREAD_OK)
            fail_msg("%s", err.text);
        assert_string_equal(tread_pose__model_name(models[i].model), models[i].name);
        require_near(1e-6 * (double)tread_pose__network_multiply_adds(&weights->landmark),
                     models[i].multiply_adds, 0.5);
        require_near(1e-6 * (double)tread_pose__network_multiply_adds(&weights->detector), 430,
                     0.5);
        threads_change_nothing(&weights->landmark);
        threads_change_nothing(&weights->detector);
        tread_pose__weights_free(&weights);
        assert_null(weights);
        tread_pose__weights_free(&weights);
    }
}

static void a_missing_folder_or_file_is_named(void **state)
{
    (void)state;
    must_refuse("/nonexistent/folder", DETECTOR, "missing");
    assert_int_equal(unlink(in(sandbox, LITE)), 0);
    must_refuse(sandbox, LITE, "missing");
    assert_int_equal(mkdir(in(sandbox, LITE), 0700), 0);
    must_refuse(sandbox, LITE, "cannot be read");
    assert_int_equal(rmdir(in(sandbox, LITE)), 0);
}

static void a_file_cut_short_is_named(void **state)
{
    (void)state;
    replace(LITE, LITE, 1000000, -1);
    must_refuse(sandbox, LITE, "cut short (1000000 of 2819824 bytes)");
    replace(LITE, LITE, 0, -1);
    must_refuse(sandbox, LITE, "cut short");
    replace(DETECTOR, DETECTOR, 2962287, -1);
    must_refuse(sandbox, DETECTOR, "cut short");
}

static void one_flipped_bit_is_noticed(void **state)
{
    (void)state;
    replace(LITE, LITE, -1, 2000000);
    must_refuse(sandbox, LITE, "changed");
    replace(LITE, LITE, -1, -1);
    replace(DETECTOR, DETECTOR, -1, 0);
    must_refuse(sandbox, DETECTOR, "changed");
}

static void another_model_in_its_place_is_named(void **state)
{
    (void)state;
    replace(LITE, FULL, -1, -1);
    must_refuse(sandbox, LITE, "a different model (it is " FULL ")");
    replace(LITE, LITE, -1, -1);
    replace(DETECTOR, LITE, -1, -1);
    must_refuse(sandbox, DETECTOR, "a different model (it is " LITE ")");
}

static void wrong_use_is_refused(void **state)
{
    (void)state;
    tread_error err;
    tread_pose_weights *weights;
    assert_int_equal(tread_pose__weights_load(NULL, sandbox, TREAD_POSE_LITE, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_pose__weights_load(&weights, NULL, TREAD_POSE_LITE, &err),
                     TREAD_ERR_ARG);
    assert_int_equal(tread_pose__weights_load(&weights, sandbox, (enum tread_pose_model)0, &err),
                     TREAD_ERR_ARG);
    assert_null(weights);
    assert_int_equal(tread_pose__weights_load(&weights, "/nonexistent", TREAD_POSE_LITE, NULL),
                     TREAD_ERR_MODEL);
    tread_pose__weights_free(NULL);
}

int main(void)
{
    if (!weights_dir())
        return SUPPORT_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_pinned_files_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_folder_or_file_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_cut_short_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_flipped_bit_is_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_model_in_its_place_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_use_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The model reader: a small file of every kind of operator is read, unpacked
 * and run; the same with one thing wrong, cut short or overwritten is refused
 * or read, and never more than that. */
#include "support.h"

#include <string.h>

#include "pose/graph.h"
#include "pose/reference_ops.h"
#include "pose/tflite_read.h"
#include "pose/tiny_model.h"
#include "pose/unpack.h"

static uint64_t seed;

/* All a file goes through when weights are loaded. `stage` counts the steps
 * that went well. */
static int load(pose_network *network, const void *bytes, size_t n_bytes, int *stage,
                tread_error *err)
{
    const size_t wanted[] = {0, 1};
    *stage = 0;
    int status = tread_pose__tflite_read(network, bytes, n_bytes, err);
    *stage += status == TREAD_OK;
    if (status == TREAD_OK)
        status = tread_pose__network_select(network, wanted, 2, err);
    *stage += status == TREAD_OK;
    if (status == TREAD_OK)
        status = tread_pose__unpack_constants(network, err);
    *stage += status == TREAD_OK;
    if (status == TREAD_OK)
        status = tread_pose__network_check(network, err);
    *stage += status == TREAD_OK;
    return status;
}

static void a_sound_file_runs_as_it_says(void **state)
{
    (void)state;
    for (int width = 1; width <= 4; width *= 2) {
        size_t n_bytes;
        void *bytes = tiny_model_make(TINY_SOUND, width, &n_bytes);
        pose_network network;
        tread_error err = {0};
        int stage;
        if (load(&network, bytes, n_bytes, &stage, &err) != TREAD_OK)
            fail_msg("stage %d: %s", stage, err.text);
        memset(bytes, 0xee, n_bytes); /* nothing may refer to it any more */
        free(bytes);
        assert_int_equal(network.n_outputs, 3);
        const pose_tensor *filter = &network.tensors[network.ops[0].inputs[1]];
        assert_int_equal(network.ops[0].kind, POSE_OP_CONV_2D);
        assert_memory_equal(filter->data, tiny_model_filter, sizeof tiny_model_filter);

        pose_graph *graph;
        assert_int_equal(tread_pose__graph_create(&graph, &network, 1, &err), TREAD_OK);
        float *input = tread_pose__graph_input(graph);
        for (int i = 0; i < 64; i++)
            input[i] = (float)(i % 7) * 0.25f - 0.5f;
        assert_int_equal(tread_pose__graph_run(graph, &err), TREAD_OK);
        reference_tensor reference[64];
        assert_true(network.n_tensors <= 64);
        reference_run(&network, input, reference);
        for (size_t k = 0; k < network.n_outputs; k++)
            for (size_t i = 0; i < 16; i++)
                require_near(tread_pose__graph_output(graph, k)[i],
                             reference[network.outputs[k]].value[i], 1e-5);
        reference_free(reference, network.n_tensors);
        tread_pose__graph_destroy(&graph);
        tread_pose__network_clear(&network);
    }
}

static void every_fault_is_refused(void **state)
{
    (void)state;
    for (int fault = TINY_SOUND + 1; fault < TINY_N_FAULTS; fault++) {
        size_t n_bytes;
        void *bytes = tiny_model_make((enum tiny_fault)fault, 2, &n_bytes);
        pose_network network;
        tread_error err = {0};
        int stage;
        int status = load(&network, bytes, n_bytes, &stage, &err);
        if (status != TREAD_ERR_MODEL || !err.text[0] || strchr(err.text, '\n'))
            fail_msg("fault %d: status %d, text '%s'", fault, status, err.text);
        if (stage != (fault < TINY_SPARSE_COLUMN_TOO_LARGE ? 0 : 2))
            fail_msg("fault %d was noticed after stage %d: %s", fault, stage, err.text);
        tread_pose__network_clear(&network);
        free(bytes);
    }
}

/* A copy of exactly the size, so that a sanitizer sees a byte too many. */
static void load_copy(const unsigned char *bytes, size_t n_bytes)
{
    unsigned char *copy = malloc(n_bytes ? n_bytes : 1);
    memcpy(copy, bytes, n_bytes);
    pose_network network;
    tread_error err;
    int stage;
    if (load(&network, copy, n_bytes, &stage, &err) == TREAD_OK) {
        pose_graph *graph;
        if (tread_pose__graph_create(&graph, &network, 1, &err) == TREAD_OK)
            (void)!tread_pose__graph_run(graph, &err);
        tread_pose__graph_destroy(&graph);
    }
    tread_pose__network_clear(&network);
    free(copy);
}

static void a_file_cut_short_is_survived(void **state)
{
    (void)state;
    size_t n_bytes;
    unsigned char *bytes = tiny_model_make(TINY_SOUND, 1, &n_bytes);
    for (size_t n = 0; n < n_bytes; n++)
        load_copy(bytes, n);
    free(bytes);
    pose_network network;
    tread_error err;
    assert_int_equal(tread_pose__tflite_read(&network, NULL, 0, &err), TREAD_ERR_MODEL);
}

static void an_overwritten_file_is_survived(void **state)
{
    (void)state;
    support_random random = support_seeded(seed);
    size_t n_bytes;
    unsigned char *bytes = tiny_model_make(TINY_SOUND, 4, &n_bytes);
    unsigned char *damaged = malloc(n_bytes);
    static const unsigned char nasty[] = {0, 1, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < n_bytes; i++) {
        memcpy(damaged, bytes, n_bytes);
        damaged[i] = nasty[(size_t)(support_uniform(&random) * sizeof nasty)];
        load_copy(damaged, n_bytes);
        damaged[i] = (unsigned char)(support_uniform(&random) * 256);
        damaged[(size_t)(support_uniform(&random) * (double)n_bytes)] ^= 1;
        load_copy(damaged, n_bytes);
    }
    free(damaged);
    free(bytes);
}

int main(void)
{
    seed = support_seed("test_pose_model", 20240602);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_file_runs_as_it_says),
        cmocka_unit_test(every_fault_is_refused),
        cmocka_unit_test(a_file_cut_short_is_survived),
        cmocka_unit_test(an_overwritten_file_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* XNNPACK behind our graph builder against plain loops, on small random
 * networks written by hand; and what the checker refuses. */
#include "support.h"

#include <float.h>
#include <string.h>

#include "pose/graph.h"
#include "pose/reference_ops.h"

/* Rounding of a sum: each of its terms may be off by half an ulp a few times
 * over, whatever the order. Twice that is left for fused multiply-adds. */
#define SUM_ULPS 16
/* XNNPACK's sigmoid is a polynomial, good to a few ulp of 1. */
#define SIGMOID_ERROR 1e-6

enum { MAX_TENSORS = 40, MAX_OPS = 12 };

static uint64_t seed;

/* A network with room to grow, and the memory behind its constants. */
typedef struct sketch {
    support_random random;
    pose_network network;
    pose_tensor tensors[MAX_TENSORS];
    pose_op ops[MAX_OPS];
} sketch;

static size_t pick(support_random *random, size_t low, size_t high)
{
    return low + (size_t)(support_uniform(random) * (double)(high - low + 1));
}

static uint32_t add_tensor(sketch *s, int n_dims, const size_t *dims)
{
    pose_tensor *tensor = &s->tensors[s->network.n_tensors];
    *tensor = (pose_tensor){.element = POSE_ELEMENT_F32, .n_dims = n_dims, .n_elements = 1};
    for (int i = 0; i < n_dims; i++) {
        tensor->dims[i] = dims[i];
        tensor->n_elements *= dims[i];
    }
    return (uint32_t)s->network.n_tensors++;
}

static uint32_t add_picture(sketch *s, size_t h, size_t w, size_t c)
{
    return add_tensor(s, 4, (const size_t[]){1, h, w, c});
}

static uint32_t add_constant(sketch *s, int n_dims, const size_t *dims)
{
    uint32_t index = add_tensor(s, n_dims, dims);
    pose_tensor *tensor = &s->tensors[index];
    float *values = calloc(tensor->n_elements + POSE_SPARE_BYTES / sizeof(float), sizeof *values);
    for (size_t i = 0; i < tensor->n_elements; i++)
        values[i] = (float)support_normal(&s->random);
    tensor->owned = values;
    tensor->data = values;
    tensor->n_bytes = tensor->n_elements * sizeof *values;
    return index;
}

static pose_op *add_op(sketch *s, enum pose_op_kind kind, uint32_t input)
{
    pose_op *op = &s->ops[s->network.n_ops++];
    *op = (pose_op){.kind = kind, .n_inputs = 1, .inputs = {input}};
    op->stride_h = op->stride_w = op->dilation_h = op->dilation_w = 1;
    op->activation = (enum pose_activation)pick(&s->random, 0, 2);
    return op;
}

static size_t window_output(size_t in, size_t window, int stride, int dilation, int is_same)
{
    if (is_same)
        return (in + (size_t)stride - 1) / (size_t)stride;
    return (in - (window - 1) * (size_t)dilation - 1) / (size_t)stride + 1;
}

static sketch *new_sketch(uint64_t which, size_t h, size_t w, size_t c)
{
    sketch *s = calloc(1, sizeof *s);
    s->random = support_seeded(seed + which);
    s->network.tensors = s->tensors;
    s->network.ops = s->ops;
    s->network.inputs[0] = add_picture(s, h, w, c);
    s->network.n_inputs = 1;
    return s;
}

static void end_with(sketch *s, uint32_t output)
{
    s->network.outputs[s->network.n_outputs++] = output;
}

static void free_sketch(sketch *s)
{
    for (size_t i = 0; i < s->network.n_tensors; i++)
        free(s->tensors[i].owned);
    free(s);
}

static const size_t *dims_of(const sketch *s, uint32_t tensor)
{
    return s->tensors[tensor].dims;
}

/* Height and width, which may differ. */
typedef struct window {
    size_t size[2];
    int stride[2];
    int dilation;
    int is_same;
} window;

static window square(size_t size, int stride, int is_same)
{
    return (window){{size, size}, {stride, stride}, 1, is_same};
}

static uint32_t convolve(sketch *s, uint32_t input, enum pose_op_kind kind, window win,
                         size_t channels)
{
    const size_t *in = dims_of(s, input);
    int is_depthwise = kind == POSE_OP_DEPTHWISE_CONV_2D;
    size_t h = window_output(in[1], win.size[0], win.stride[0], win.dilation, win.is_same);
    size_t w = window_output(in[2], win.size[1], win.stride[1], win.dilation, win.is_same);
    pose_op *op = add_op(s, kind, input);
    op->n_inputs = 3;
    op->inputs[1] =
        add_constant(s, 4,
                     is_depthwise ? (const size_t[]){1, win.size[0], win.size[1], channels}
                                  : (const size_t[]){channels, win.size[0], win.size[1], in[3]});
    op->inputs[2] = add_constant(s, 1, &channels);
    op->stride_h = win.stride[0];
    op->stride_w = win.stride[1];
    op->dilation_h = op->dilation_w = win.dilation;
    op->is_same_padded = win.is_same;
    return op->output = add_picture(s, h, w, channels);
}

/* Build, run and compare every output; `floor` is an error allowed on top. */
static void compare(const sketch *s, double floor)
{
    const pose_network *network = &s->network;
    tread_error err = {0};
    pose_graph *graph;
    if (tread_pose__graph_create(&graph, network, 1, &err) != TREAD_OK)
        fail_msg("graph: %s", err.text);
    support_random random = support_seeded(seed + 99);
    float *input = tread_pose__graph_input(graph);
    size_t n_input = network->tensors[network->inputs[0]].n_elements;
    for (size_t i = 0; i < n_input; i++)
        input[i] = (float)support_normal(&random);
    reference_tensor reference[MAX_TENSORS];
    reference_run(network, input, reference);
    for (int round = 0; round < 2; round++) { /* a second run must not differ */
        assert_int_equal(tread_pose__graph_run(graph, &err), TREAD_OK);
        for (size_t k = 0; k < network->n_outputs; k++) {
            const reference_tensor *expected = &reference[network->outputs[k]];
            const float *actual = tread_pose__graph_output(graph, k);
            for (size_t i = 0; i < network->tensors[network->outputs[k]].n_elements; i++)
                require_near(actual[i], expected->value[i],
                             floor + SUM_ULPS * (double)FLT_EPSILON *
                                         (fabs(expected->value[i]) + expected->magnitude[i]));
        }
    }
    reference_free(reference, network->n_tensors);
    /* Threads change nothing. */
    pose_graph *shared;
    assert_int_equal(tread_pose__graph_create(&shared, network, 3, &err), TREAD_OK);
    memcpy(tread_pose__graph_input(shared), input, n_input * sizeof *input);
    assert_int_equal(tread_pose__graph_run(shared, &err), TREAD_OK);
    for (size_t k = 0; k < network->n_outputs; k++)
        assert_memory_equal(tread_pose__graph_output(shared, k), tread_pose__graph_output(graph, k),
                            network->tensors[network->outputs[k]].n_elements * sizeof *input);
    tread_pose__graph_destroy(&shared);
    tread_pose__graph_destroy(&graph);
    assert_null(graph);
}

/* Channels and pixels below, at and above the tiles of 4, 8 and 16 that the
 * kernels are cut into. */
static const size_t edges[] = {1, 3, 4, 7, 8, 9, 15, 16, 17, 24, 33};
#define N_EDGES (sizeof edges / sizeof *edges)

static void one_convolution(uint64_t which, enum pose_op_kind kind)
{
    static const size_t kernels[] = {1, 2, 3, 5};
    sketch *s = new_sketch(which, 1, 1, 1);
    support_random *random = &s->random;
    window win = {.dilation = 1, .is_same = (int)pick(random, 0, 1)};
    for (int k = 0; k < 2; k++) {
        win.size[k] = kernels[pick(random, 0, 3)];
        win.stride[k] = (int)pick(random, 1, win.is_same && win.size[k] < 2 ? 1 : 2);
    }
    if (win.stride[0] == 1 && win.stride[1] == 1)
        win.dilation = (int)pick(random, 1, 2);
    size_t channels = edges[pick(random, 0, N_EDGES - 1)];
    size_t out = kind == POSE_OP_CONV_2D ? edges[pick(random, 0, N_EDGES - 1)]
                                         : channels * pick(random, 1, 2);
    pose_tensor *input = &s->tensors[0];
    for (int k = 0; k < 2; k++) {
        size_t reach = (win.size[k] - 1) * (size_t)win.dilation + 1;
        input->dims[1 + k] = pick(random, reach, reach + 14);
    }
    input->dims[3] = channels;
    input->n_elements = input->dims[1] * input->dims[2] * channels;
    end_with(s, convolve(s, 0, kind, win, out));
    compare(s, 0);
    free_sketch(s);
}

static void convolution_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 150; i++)
        one_convolution(1000 + i, POSE_OP_CONV_2D);
}

static void depthwise_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 150; i++)
        one_convolution(2000 + i, POSE_OP_DEPTHWISE_CONV_2D);
}

static void add_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < N_EDGES; i++) {
        sketch *s = new_sketch(3000 + i, 5, edges[i], 3);
        uint32_t other = convolve(s, 0, POSE_OP_CONV_2D, square(1, 1, 1), 3);
        pose_op *op = add_op(s, POSE_OP_ADD, 0);
        op->n_inputs = 2;
        op->inputs[1] = other;
        end_with(s, op->output = add_picture(s, 5, edges[i], 3));
        compare(s, 1e-5); /* the convolution before it has rounded, too */
        free_sketch(s);
    }
}

static void pad_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 40; i++) {
        sketch *s = new_sketch(4000 + i, 4, 6, edges[i % N_EDGES]);
        pose_op *op = add_op(s, POSE_OP_PAD, 0);
        size_t padded[4] = {1, 4, 6, edges[i % N_EDGES]};
        for (int k = 1; k < 4; k++) {
            op->pad_before[k] = pick(&s->random, 0, 3);
            op->pad_after[k] = pick(&s->random, 0, 20);
            padded[k] += op->pad_before[k] + op->pad_after[k];
        }
        end_with(s, op->output = add_tensor(s, 4, padded));
        compare(s, 0);
        free_sketch(s);
    }
}

static void resize_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 60; i++) {
        size_t c = edges[i % N_EDGES];
        sketch *s = new_sketch(5000 + i, 3 + i % 4, 2 + i % 5, c);
        pose_op *op = add_op(s, POSE_OP_RESIZE_BILINEAR, 0);
        op->is_align_corners = i % 3 == 1;
        op->is_half_pixel_centers = i % 3 == 2;
        size_t h = pick(&s->random, 2, 13), w = pick(&s->random, 2, 13);
        end_with(s, op->output = add_picture(s, h, w, c));
        compare(s, 1e-5); /* the neighbours' weights come from float coordinates up to 13 */
        free_sketch(s);
    }
}

static void max_pool_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 60; i++) {
        size_t c = edges[i % N_EDGES];
        sketch *s = new_sketch(6000 + i, 4 + i % 6, 4 + i % 7, c);
        const size_t *in = dims_of(s, 0);
        pose_op *op = add_op(s, POSE_OP_MAX_POOL_2D, 0);
        op->filter_h = (int)pick(&s->random, 1, 3);
        op->filter_w = (int)pick(&s->random, 2, 4);
        op->stride_h = (int)pick(&s->random, 1, op->filter_h < 2 ? 1 : 2);
        op->stride_w = (int)pick(&s->random, 1, 2);
        op->is_same_padded = (int)pick(&s->random, 0, 1);
        size_t h = window_output(in[1], (size_t)op->filter_h, op->stride_h, 1, op->is_same_padded);
        size_t w = window_output(in[2], (size_t)op->filter_w, op->stride_w, 1, op->is_same_padded);
        end_with(s, op->output = add_picture(s, h, w, c));
        compare(s, 0);
        free_sketch(s);
    }
}

static void reshape_logistic_and_depth_to_space_are_what_they_say(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 30; i++) {
        size_t block = 2 + i % 2, c = edges[i % 5] * block * block;
        sketch *s = new_sketch(7000 + i, 3, 4, c);
        pose_op *space = add_op(s, POSE_OP_DEPTH_TO_SPACE, 0);
        space->block_size = (int)block;
        end_with(s, space->output = add_picture(s, 3 * block, 4 * block, c / block / block));
        pose_op *logistic = add_op(s, POSE_OP_LOGISTIC, 0);
        end_with(s, logistic->output = add_picture(s, 3, 4, c));
        pose_op *reshape = add_op(s, POSE_OP_RESHAPE, logistic->output);
        end_with(s, reshape->output = add_tensor(s, 2, (const size_t[]){12, c}));
        compare(s, SIGMOID_ERROR);
        free_sketch(s);
    }
}

/* A little network with every shape of the real ones: padding before a stride,
 * an inverted residual, a branch that is resized and added, a pooled tail; and
 * values that are read in two places, one of them an output. */
static void a_whole_network_is_what_it_says(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        sketch *s = new_sketch(8000 + i, 16, 16, 3);
        pose_op *padding = add_op(s, POSE_OP_PAD, 0);
        padding->pad_before[1] = padding->pad_before[2] = 1;
        padding->pad_after[1] = padding->pad_after[2] = 1;
        padding->output = add_picture(s, 18, 18, 3);
        uint32_t stem = convolve(s, padding->output, POSE_OP_CONV_2D, square(3, 2, 0), 9);
        uint32_t deep = convolve(s, stem, POSE_OP_DEPTHWISE_CONV_2D, square(3, 1, 1), 9);
        pose_op *join = add_op(s, POSE_OP_ADD, deep);
        join->n_inputs = 2;
        join->inputs[1] = stem;
        join->output = add_picture(s, 8, 8, 9);
        pose_op *pool = add_op(s, POSE_OP_MAX_POOL_2D, join->output);
        pool->filter_h = pool->filter_w = pool->stride_h = pool->stride_w = 2;
        pool->output = add_picture(s, 4, 4, 9);
        pose_op *resize = add_op(s, POSE_OP_RESIZE_BILINEAR, pool->output);
        resize->is_half_pixel_centers = 1;
        resize->output = add_picture(s, 8, 8, 9);
        end_with(s, convolve(s, resize->output, POSE_OP_CONV_2D, square(1, 1, 1), 5));
        end_with(s, join->output);
        /* Errors of earlier layers pass through sums of tens of terms of size one. */
        compare(s, 2e-4);
        free_sketch(s);
    }
}

/* Outputs lie one behind the other: what stands in for CONCATENATION. */
static void a_selected_concatenation_comes_in_parts_that_touch(void **state)
{
    (void)state;
    sketch *s = new_sketch(9000, 4, 4, 2);
    pose_op *parts[2];
    for (int i = 0; i < 2; i++) {
        parts[i] = add_op(s, POSE_OP_RESHAPE, convolve(s, 0, POSE_OP_CONV_2D, square(1, 1, 1), 3));
        parts[i]->output = add_tensor(s, 3, (const size_t[]){1, 16, 3});
    }
    uint32_t unwanted = convolve(s, 0, POSE_OP_CONV_2D, square(3, 1, 1), 7);
    pose_op *joined = add_op(s, POSE_OP_CONCATENATION, parts[0]->output);
    joined->n_inputs = 2;
    joined->inputs[1] = parts[1]->output;
    joined->axis = 1;
    joined->output = add_tensor(s, 3, (const size_t[]){1, 32, 3});
    end_with(s, unwanted);
    end_with(s, joined->output);

    tread_error err;
    const size_t wanted[] = {1};
    assert_int_equal(tread_pose__network_select(&s->network, wanted, 1, &err), TREAD_OK);
    assert_int_equal(s->network.n_ops, 4);
    assert_int_equal(s->network.n_outputs, 2);
    assert_int_equal(tread_pose__network_multiply_adds(&s->network), 2 * 16 * 2 * 3);
    compare(s, 0);
    pose_graph *graph;
    assert_int_equal(tread_pose__graph_create(&graph, &s->network, 1, &err), TREAD_OK);
    assert_ptr_equal(tread_pose__graph_output(graph, 1), tread_pose__graph_output(graph, 0) + 48);
    tread_pose__graph_destroy(&graph);
    const size_t absent[] = {7};
    assert_int_equal(tread_pose__network_select(&s->network, absent, 1, &err), TREAD_ERR_MODEL);
    free_sketch(s);
}

/* ---- what must never reach XNNPACK ----------------------------------------- */

static sketch *sound_sketch(void)
{
    sketch *s = new_sketch(10000, 8, 8, 4);
    uint32_t deep = convolve(s, 0, POSE_OP_CONV_2D, square(3, 1, 1), 6);
    pose_op *pool = add_op(s, POSE_OP_MAX_POOL_2D, deep);
    pool->filter_h = pool->filter_w = pool->stride_h = pool->stride_w = 2;
    end_with(s, pool->output = add_picture(s, 4, 4, 6));
    return s;
}

/* Tensors: 0 the input, 1 filter, 2 bias, 3 between, 4 the output. */
static void damage(sketch *s, int which)
{
    switch (which) {
    case 0: s->ops[0].inputs[0] = 77; break;
    case 1: s->ops[0].output = 77; break;
    case 2: s->ops[0].inputs[0] = 3; break; /* reads its own output */
    case 3:                                 /* written twice, and rightly each time */
        s->ops[1] = s->ops[0];
        s->network.outputs[0] = 3;
        break;
    case 4: s->ops[0].output = 0; break; /* writes the input */
    case 5: s->ops[0].output = 1; break; /* writes a constant */
    case 6: s->tensors[3].dims[1] = 9; break;
    case 7: s->tensors[3].n_elements = 1; break;
    case 8: /* a filter for other channels, sound in itself */
        s->tensors[1].dims[3] = 3;
        s->tensors[1].n_elements = 6 * 9 * 3;
        s->tensors[1].n_bytes = 6 * 9 * 3 * sizeof(float);
        break;
    case 9: s->tensors[1].n_bytes = 4; break;
    case 10: s->tensors[2].data = NULL; break;
    case 11: s->tensors[1].element = POSE_ELEMENT_F16; break;
    case 12: s->ops[0].stride_h = 0; break;
    case 13: s->ops[0].dilation_w = 1 << 30; break;
    case 14: s->ops[1].filter_h = -1; break;
    case 15: s->ops[0].n_inputs = 2; break;
    case 16: s->ops[0].n_inputs = 5; break;
    case 17: s->network.outputs[0] = 77; break;
    case 18: s->network.outputs[0] = 0; break;
    case 19: s->network.n_outputs = 0; break;
    case 20:
        s->network.outputs[1] = s->network.outputs[0];
        s->network.n_outputs = 2;
        break;
    case 21: s->network.inputs[0] = 1; break;
    case 22: s->network.n_inputs = 0; break;
    case 23: s->ops[1].kind = POSE_OP_DENSIFY; break;
    case 24: s->ops[1].kind = (enum pose_op_kind)99; break;
    case 25: s->tensors[0].n_dims = 5; break;
    case 26: s->tensors[0].dims[0] = 0; break;
    case 27: s->network.n_ops = 0; break;
    case 28: s->network.n_ops = 1; break; /* the output is never computed */
    case 30:                              /* SAME, and a stride longer than the window */
        s->ops[0].stride_h = s->ops[0].stride_w = 4;
        s->tensors[3].dims[1] = s->tensors[3].dims[2] = 2;
        s->tensors[3].n_elements = 2 * 2 * 6;
        s->network.outputs[0] = 3;
        s->network.n_ops = 1;
        break;
    case 29: /* one bias too few */
        s->tensors[2].dims[0] = s->tensors[2].n_elements = 5;
        s->tensors[2].n_bytes = 5 * sizeof(float);
        break;
    }
}

static void every_contradiction_is_refused(void **state)
{
    (void)state;
    enum { N_DAMAGES = 31 };
    sketch *s = sound_sketch();
    compare(s, 1e-5);
    free_sketch(s);
    for (int i = 0; i < N_DAMAGES; i++) {
        s = sound_sketch();
        damage(s, i);
        tread_error err = {0};
        pose_graph *graph;
        if (tread_pose__graph_create(&graph, &s->network, 1, &err) != TREAD_ERR_MODEL)
            fail_msg("damage %d was not refused", i);
        assert_null(graph);
        assert_true(err.text[0]);
        free_sketch(s);
    }
}

int main(void)
{
    seed = support_seed("test_pose_graph", 20240601);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolution_is_what_it_says),
        cmocka_unit_test(depthwise_is_what_it_says),
        cmocka_unit_test(add_is_what_it_says),
        cmocka_unit_test(pad_is_what_it_says),
        cmocka_unit_test(resize_is_what_it_says),
        cmocka_unit_test(max_pool_is_what_it_says),
        cmocka_unit_test(reshape_logistic_and_depth_to_space_are_what_they_say),
        cmocka_unit_test(a_whole_network_is_what_it_says),
        cmocka_unit_test(a_selected_concatenation_comes_in_parts_that_touch),
        cmocka_unit_test(every_contradiction_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

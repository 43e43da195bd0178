#include "pose/graph.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthreadpool.h>
#include <xnnpack.h>

#include "base/error.h"
#include "pose/bulk.h"

_Static_assert(POSE_SPARE_BYTES >= XNN_EXTRA_BYTES, "XNNPACK reads further than we allow for");
_Static_assert(POSE_MAX_DIMS <= XNN_MAX_TENSOR_DIMS, "XNNPACK takes fewer dimensions");

struct pose_graph {
    xnn_runtime_t runtime;
    pthreadpool_t pool; /* NULL: the caller's thread alone */
    float *input;
    float *outputs; /* all of them, one behind the other */
    size_t output_at[POSE_MAX_NETWORK_OUTPUTS];
};

/* What building needs and running does not. */
typedef struct builder {
    const pose_network *network;
    xnn_subgraph_t subgraph;
    uint32_t *value_ids; /* of each tensor; XNN_INVALID_VALUE_ID until defined */
} builder;

static int status_of(enum xnn_status status, const char *what, size_t index, tread_error *err)
{
    if (status == xnn_status_success)
        return TREAD_OK;
    int code = status == xnn_status_out_of_memory ? TREAD_ERR_NOMEM : TREAD_ERR_INTERNAL;
    return tread_error__set(err, code, "XNNPACK refused %s (number %zu, status %d)", what, index,
                            (int)status);
}

static int define_value(builder *build, uint32_t tensor_index, uint32_t external_id, uint32_t flags,
                        tread_error *err)
{
    if (build->value_ids[tensor_index] != XNN_INVALID_VALUE_ID)
        return TREAD_OK;
    const pose_tensor *tensor = &build->network->tensors[tensor_index];
    return status_of(xnn_define_tensor_value(build->subgraph, xnn_datatype_fp32,
                                             (size_t)tensor->n_dims, tensor->dims, tensor->data,
                                             external_id, flags, &build->value_ids[tensor_index]),
                     "a tensor", tensor_index, err);
}

/* External values first, under ids 0 (the input), 1, 2, ... (the outputs). */
static int define_values(builder *build, tread_error *err)
{
    const pose_network *network = build->network;
    int status = define_value(build, network->inputs[0], 0, XNN_VALUE_FLAG_EXTERNAL_INPUT, err);
    for (size_t i = 0; status == TREAD_OK && i < network->n_outputs; i++)
        status = define_value(build, network->outputs[i], (uint32_t)(1 + i),
                              XNN_VALUE_FLAG_EXTERNAL_OUTPUT, err);
    for (size_t i = 0; status == TREAD_OK && i < network->n_ops; i++) {
        const pose_op *op = &network->ops[i];
        for (int k = 0; status == TREAD_OK && k < op->n_inputs; k++)
            status = define_value(build, op->inputs[k], XNN_INVALID_VALUE_ID, 0, err);
        if (status == TREAD_OK)
            status = define_value(build, op->output, XNN_INVALID_VALUE_ID, 0, err);
    }
    return status;
}

static float activation_min(const pose_op *op)
{
    return op->activation == POSE_ACTIVATION_NONE ? -INFINITY : 0.0f;
}

static float activation_max(const pose_op *op)
{
    return op->activation == POSE_ACTIVATION_RELU6 ? 6.0f : INFINITY;
}

static uint32_t padding_flag(const pose_op *op)
{
    return op->is_same_padded ? XNN_FLAG_TENSORFLOW_SAME_PADDING : 0;
}

static enum xnn_status define_conv_2d(builder *build, const pose_op *op, const uint32_t *in,
                                      uint32_t out)
{
    const size_t *filter = build->network->tensors[op->inputs[1]].dims;
    return xnn_define_convolution_2d(
        build->subgraph, 0, 0, 0, 0, (uint32_t)filter[1], (uint32_t)filter[2],
        (uint32_t)op->stride_h, (uint32_t)op->stride_w, (uint32_t)op->dilation_h,
        (uint32_t)op->dilation_w, 1, filter[3], filter[0], activation_min(op), activation_max(op),
        in[0], in[1], in[2], out, padding_flag(op));
}

static enum xnn_status define_depthwise(builder *build, const pose_op *op, const uint32_t *in,
                                        uint32_t out)
{
    const size_t *filter = build->network->tensors[op->inputs[1]].dims;
    size_t channels = build->network->tensors[op->inputs[0]].dims[3];
    return xnn_define_depthwise_convolution_2d(
        build->subgraph, 0, 0, 0, 0, (uint32_t)filter[1], (uint32_t)filter[2],
        (uint32_t)op->stride_h, (uint32_t)op->stride_w, (uint32_t)op->dilation_h,
        (uint32_t)op->dilation_w, (uint32_t)(filter[3] / channels), channels, activation_min(op),
        activation_max(op), in[0], in[1], in[2], out, padding_flag(op));
}

static enum xnn_status define_max_pool(builder *build, const pose_op *op, uint32_t in, uint32_t out)
{
    return xnn_define_max_pooling_2d(build->subgraph, 0, 0, 0, 0, (uint32_t)op->filter_h,
                                     (uint32_t)op->filter_w, (uint32_t)op->stride_h,
                                     (uint32_t)op->stride_w, 1, 1, activation_min(op),
                                     activation_max(op), in, out, padding_flag(op));
}

/* XNNPACK's own way is half-pixel centres; the flags name the other two. */
static uint32_t resize_flags(const pose_op *op)
{
    if (op->is_align_corners)
        return XNN_FLAG_ALIGN_CORNERS;
    return op->is_half_pixel_centers ? 0 : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
}

static enum xnn_status define_op(builder *build, const pose_op *op)
{
    const pose_tensor *output = &build->network->tensors[op->output];
    xnn_subgraph_t subgraph = build->subgraph;
    uint32_t out = build->value_ids[op->output];
    uint32_t in[POSE_MAX_OP_INPUTS];
    for (int k = 0; k < op->n_inputs; k++)
        in[k] = build->value_ids[op->inputs[k]];
    switch (op->kind) {
    case POSE_OP_ADD:
        return xnn_define_add2(subgraph, activation_min(op), activation_max(op), in[0], in[1], out,
                               0);
    case POSE_OP_CONV_2D: return define_conv_2d(build, op, in, out);
    case POSE_OP_DEPTHWISE_CONV_2D: return define_depthwise(build, op, in, out);
    case POSE_OP_DEPTH_TO_SPACE:
        return xnn_define_depth_to_space(subgraph, in[0], out, (uint32_t)op->block_size, 0);
    case POSE_OP_LOGISTIC: return xnn_define_sigmoid(subgraph, in[0], out, 0);
    case POSE_OP_MAX_POOL_2D: return define_max_pool(build, op, in[0], out);
    case POSE_OP_PAD:
        return xnn_define_static_constant_pad(subgraph, op->pad_before, op->pad_after, 0.0f, in[0],
                                              out, 0);
    case POSE_OP_RESHAPE:
        return xnn_define_static_reshape(subgraph, (size_t)output->n_dims, output->dims, in[0], out,
                                         0);
    case POSE_OP_RESIZE_BILINEAR:
        return xnn_define_static_resize_bilinear_2d(subgraph, output->dims[1], output->dims[2],
                                                    in[0], out, resize_flags(op));
    default: return xnn_status_unsupported_parameter;
    }
}

static int define_subgraph(builder *build, tread_error *err)
{
    const pose_network *network = build->network;
    for (size_t i = 0; i < network->n_tensors; i++)
        build->value_ids[i] = XNN_INVALID_VALUE_ID;
    int status =
        status_of(xnn_create_subgraph((uint32_t)(1 + network->n_outputs), 0, &build->subgraph),
                  "a graph", 0, err);
    if (status == TREAD_OK)
        status = define_values(build, err);
    for (size_t i = 0; status == TREAD_OK && i < network->n_ops; i++)
        status = status_of(define_op(build, &network->ops[i]), "an operator", i, err);
    return status;
}

/* Zeroed floats on a cache line, with what XNNPACK may read behind them. */
static float *new_floats(size_t n)
{
    size_t n_bytes = (n * sizeof(float) + POSE_SPARE_BYTES + 63) / 64 * 64;
    float *floats = aligned_alloc(64, n_bytes);
    if (floats)
        memset(floats, 0, n_bytes);
    return floats;
}

static int allocate_ends(pose_graph *graph, const pose_network *network)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_outputs; i++) {
        graph->output_at[i] = n;
        n += network->tensors[network->outputs[i]].n_elements;
    }
    graph->outputs = new_floats(n);
    graph->input = new_floats(network->tensors[network->inputs[0]].n_elements);
    return graph->outputs && graph->input;
}

static int connect_ends(pose_graph *graph, size_t n_outputs, tread_error *err)
{
    struct xnn_external_value ends[1 + POSE_MAX_NETWORK_OUTPUTS] = {{0, graph->input}};
    for (size_t i = 0; i < n_outputs; i++)
        ends[1 + i] =
            (struct xnn_external_value){(uint32_t)(1 + i), graph->outputs + graph->output_at[i]};
    return status_of(xnn_setup_runtime(graph->runtime, 1 + n_outputs, ends),
                     "its inputs and outputs", 0, err);
}

/* What XNNPACK keeps of weights is aligned memory; the rest is small. */

static void *allocate(void *context, size_t n_bytes)
{
    (void)context;
    return malloc(n_bytes);
}

static void *reallocate(void *context, void *block, size_t n_bytes)
{
    (void)context;
    return realloc(block, n_bytes);
}

static void deallocate(void *context, void *block)
{
    (void)context;
    free(block);
}

static void *allocate_aligned(void *context, size_t alignment, size_t n_bytes)
{
    (void)context;
    return alignment <= POSE_BULK_ALIGN ? tread_pose__bulk_alloc(n_bytes) : NULL;
}

static void deallocate_aligned(void *context, void *block)
{
    (void)context;
    tread_pose__bulk_free(block);
}

static const struct xnn_allocator allocator = {
    .allocate = allocate,
    .reallocate = reallocate,
    .deallocate = deallocate,
    .aligned_allocate = allocate_aligned,
    .aligned_deallocate = deallocate_aligned,
};

/* A pool that cannot be had is done without. */
static enum xnn_status create_runtime(pose_graph *graph, xnn_subgraph_t subgraph, int n_threads)
{
    graph->pool = n_threads > 1 ? pthreadpool_create((size_t)n_threads) : NULL;
    return xnn_create_runtime_v2(subgraph, graph->pool, XNN_FLAG_YIELD_WORKERS, &graph->runtime);
}

int tread_pose__graph_create(pose_graph **out, const pose_network *network, int n_threads,
                             tread_error *err)
{
    builder build = {.network = network};
    *out = NULL;
    int status = tread_pose__network_check(network, err);
    if (status != TREAD_OK)
        return status;
    status = status_of(xnn_initialize(&allocator), "this processor", 0, err);
    if (status != TREAD_OK)
        return status;
    pose_graph *graph = calloc(1, sizeof *graph);
    build.value_ids = malloc(network->n_tensors * sizeof *build.value_ids);
    if (!graph || !build.value_ids || !allocate_ends(graph, network)) {
        status = tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a network");
        goto done;
    }
    status = define_subgraph(&build, err);
    if (status == TREAD_OK)
        status = status_of(create_runtime(graph, build.subgraph, n_threads), "the graph as a whole",
                           0, err);
    if (status == TREAD_OK)
        status = connect_ends(graph, network->n_outputs, err);
done:
    if (build.subgraph)
        xnn_delete_subgraph(build.subgraph);
    free(build.value_ids);
    if (status != TREAD_OK)
        tread_pose__graph_destroy(&graph);
    *out = graph;
    return status;
}

void tread_pose__graph_destroy(pose_graph **graph)
{
    if (!graph || !*graph)
        return;
    if ((*graph)->runtime)
        xnn_delete_runtime((*graph)->runtime);
    pthreadpool_destroy((*graph)->pool); /* takes NULL */
    free((*graph)->input);
    free((*graph)->outputs);
    free(*graph);
    *graph = NULL;
}

float *tread_pose__graph_input(pose_graph *graph)
{
    return graph->input;
}

const float *tread_pose__graph_output(const pose_graph *graph, size_t i)
{
    return graph->outputs + graph->output_at[i];
}

int tread_pose__graph_run(pose_graph *graph, tread_error *err)
{
    return status_of(xnn_invoke_runtime(graph->runtime), "to run", 0, err);
}

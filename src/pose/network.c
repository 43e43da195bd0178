#include "pose/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pose/bulk.h"

void tread_pose__network_clear(pose_network *network)
{
    for (size_t i = 0; network->tensors && i < network->n_tensors; i++)
        tread_pose__bulk_free(network->tensors[i].owned);
    free(network->tensors);
    free(network->ops);
    memset(network, 0, sizeof *network);
}

/* The wanted outputs as tensors, concatenations taken apart. */
static int expand_wanted(const pose_network *network, const size_t *wanted, size_t n,
                         uint32_t *outputs, size_t *n_outputs)
{
    *n_outputs = 0;
    for (size_t i = 0; i < n; i++) {
        if (wanted[i] >= network->n_outputs)
            return 0;
        uint32_t tensor = network->outputs[wanted[i]];
        const pose_op *join = NULL;
        for (size_t k = 0; k < network->n_ops; k++) {
            const pose_op *op = &network->ops[k];
            if (op->output == tensor && op->kind == POSE_OP_CONCATENATION && op->axis == 1)
                join = op;
        }
        const uint32_t *parts = join ? join->inputs : &tensor;
        size_t n_parts = join ? (size_t)join->n_inputs : 1;
        if (*n_outputs + n_parts > POSE_MAX_NETWORK_OUTPUTS)
            return 0;
        memcpy(outputs + *n_outputs, parts, n_parts * sizeof *parts);
        *n_outputs += n_parts;
    }
    return 1;
}

/* Drop what no output needs. */
static int drop_unused_ops(pose_network *network, tread_error *err)
{
    unsigned char *is_needed = calloc(network->n_tensors, 1);
    if (!is_needed)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a network");
    for (size_t i = 0; i < network->n_outputs; i++)
        is_needed[network->outputs[i]] = 1;

    /* Backwards over the operators; those that stay gather at the end. */
    size_t first = network->n_ops;
    for (size_t i = network->n_ops; i-- > 0;) {
        pose_op op = network->ops[i];
        if (!is_needed[op.output])
            continue;
        for (int k = 0; k < op.n_inputs; k++)
            is_needed[op.inputs[k]] = 1;
        network->ops[--first] = op;
    }
    network->n_ops -= first;
    memmove(network->ops, network->ops + first, network->n_ops * sizeof *network->ops);
    free(is_needed);
    return TREAD_OK;
}

int tread_pose__network_select(pose_network *network, const size_t *wanted, size_t n,
                               tread_error *err)
{
    uint32_t outputs[POSE_MAX_NETWORK_OUTPUTS];
    size_t n_outputs;
    if (!expand_wanted(network, wanted, n, outputs, &n_outputs))
        return tread_error__set(err, TREAD_ERR_MODEL, "the network lacks an output");
    memcpy(network->outputs, outputs, n_outputs * sizeof *outputs);
    network->n_outputs = n_outputs;
    return drop_unused_ops(network, err);
}

static int is_same_shape(const pose_tensor *a, const pose_tensor *b)
{
    return a->n_dims == b->n_dims &&
           memcmp(a->dims, b->dims, (size_t)a->n_dims * sizeof *a->dims) == 0;
}

static int is_float_constant(const pose_tensor *tensor)
{
    return tensor->data && !tensor->is_sparse;
}

static int is_window_size(int value)
{
    return value >= 1 && value <= POSE_MAX_KERNEL;
}

/* Length of a windowed operator's output along one side, 0 when it has none.
 * SAME with a window shorter than its stride is refused: XNNPACK 20220216 lets
 * the padding underflow there and reads zeros. */
static size_t windowed(size_t length, size_t window, int stride, int dilation, int is_same)
{
    size_t reach = (window - 1) * (size_t)dilation + 1;
    if (is_same)
        return reach < (size_t)stride ? 0 : (length + (size_t)stride - 1) / (size_t)stride;
    return length < reach ? 0 : (length - reach) / (size_t)stride + 1;
}

static int has_dims(const pose_tensor *tensor, size_t n, size_t h, size_t w, size_t c)
{
    return tensor->n_dims == 4 && tensor->dims[0] == n && tensor->dims[1] == h &&
           tensor->dims[2] == w && tensor->dims[3] == c;
}

static int check_convolution(const pose_op *op, const pose_tensor *const in[],
                             const pose_tensor *out)
{
    const pose_tensor *picture = in[0], *filter = in[1], *bias = in[2];
    int is_depthwise = op->kind == POSE_OP_DEPTHWISE_CONV_2D;
    if (op->n_inputs != 3 || picture->n_dims != 4 || filter->n_dims != 4 || bias->n_dims != 1)
        return 0;
    if (!is_float_constant(filter) || !is_float_constant(bias))
        return 0;
    if (!is_window_size(op->stride_h) || !is_window_size(op->stride_w) ||
        !is_window_size(op->dilation_h) || !is_window_size(op->dilation_w))
        return 0;
    size_t channels = filter->dims[is_depthwise ? 3 : 0];
    if (bias->dims[0] != channels)
        return 0;
    if (is_depthwise ? filter->dims[0] != 1 || channels % picture->dims[3] != 0
                     : filter->dims[3] != picture->dims[3])
        return 0;
    if (filter->dims[1] > POSE_MAX_KERNEL || filter->dims[2] > POSE_MAX_KERNEL)
        return 0;
    return has_dims(out, picture->dims[0],
                    windowed(picture->dims[1], filter->dims[1], op->stride_h, op->dilation_h,
                             op->is_same_padded),
                    windowed(picture->dims[2], filter->dims[2], op->stride_w, op->dilation_w,
                             op->is_same_padded),
                    channels);
}

static int check_max_pool(const pose_op *op, const pose_tensor *in, const pose_tensor *out)
{
    if (op->n_inputs != 1 || in->n_dims != 4)
        return 0;
    if (!is_window_size(op->stride_h) || !is_window_size(op->stride_w) ||
        !is_window_size(op->filter_h) || !is_window_size(op->filter_w))
        return 0;
    return has_dims(
        out, in->dims[0],
        windowed(in->dims[1], (size_t)op->filter_h, op->stride_h, 1, op->is_same_padded),
        windowed(in->dims[2], (size_t)op->filter_w, op->stride_w, 1, op->is_same_padded),
        in->dims[3]);
}

static int check_pad(const pose_op *op, const pose_tensor *in, const pose_tensor *out)
{
    if (op->n_inputs != 1 || in->n_dims != out->n_dims)
        return 0;
    for (int i = 0; i < in->n_dims; i++) {
        if (op->pad_before[i] > POSE_MAX_ELEMENTS || op->pad_after[i] > POSE_MAX_ELEMENTS ||
            in->dims[i] + op->pad_before[i] + op->pad_after[i] != out->dims[i])
            return 0;
    }
    return 1;
}

static int check_resize(const pose_op *op, const pose_tensor *in, const pose_tensor *out)
{
    return op->n_inputs == 1 && in->n_dims == 4 && out->n_dims == 4 &&
           in->dims[0] == out->dims[0] && in->dims[3] == out->dims[3] &&
           !(op->is_align_corners && op->is_half_pixel_centers);
}

static int check_depth_to_space(const pose_op *op, const pose_tensor *in, const pose_tensor *out)
{
    if (op->n_inputs != 1 || in->n_dims != 4 || op->block_size < 2 ||
        op->block_size > POSE_MAX_KERNEL)
        return 0;
    size_t block = (size_t)op->block_size;
    return in->dims[3] % (block * block) == 0 &&
           has_dims(out, in->dims[0], in->dims[1] * block, in->dims[2] * block,
                    in->dims[3] / (block * block));
}

static int check_op(const pose_network *network, const pose_op *op)
{
    const pose_tensor *in[POSE_MAX_OP_INPUTS];
    const pose_tensor *out = &network->tensors[op->output];
    for (int i = 0; i < op->n_inputs; i++)
        in[i] = &network->tensors[op->inputs[i]];
    switch (op->kind) {
    case POSE_OP_CONV_2D:
    case POSE_OP_DEPTHWISE_CONV_2D: return check_convolution(op, in, out);
    case POSE_OP_MAX_POOL_2D: return check_max_pool(op, in[0], out);
    case POSE_OP_PAD: return check_pad(op, in[0], out);
    case POSE_OP_RESIZE_BILINEAR: return check_resize(op, in[0], out);
    case POSE_OP_DEPTH_TO_SPACE: return check_depth_to_space(op, in[0], out);
    case POSE_OP_LOGISTIC: return op->n_inputs == 1 && is_same_shape(in[0], out);
    case POSE_OP_RESHAPE: return op->n_inputs == 1 && in[0]->n_elements == out->n_elements;
    case POSE_OP_ADD:
        return op->n_inputs == 2 && is_same_shape(in[0], in[1]) && is_same_shape(in[0], out);
    default: return 0; /* folded away, or of no use here */
    }
}

static int is_tensor_sound(const pose_tensor *tensor)
{
    if (tensor->element != POSE_ELEMENT_F32 || tensor->n_dims < 0 || tensor->n_dims > POSE_MAX_DIMS)
        return 0;
    size_t n = 1;
    for (int i = 0; i < tensor->n_dims; i++) {
        if (tensor->dims[i] < 1 || tensor->dims[i] > POSE_MAX_ELEMENTS / n)
            return 0;
        n *= tensor->dims[i];
    }
    return tensor->n_elements == n && (!tensor->data || tensor->n_bytes == n * sizeof(float));
}

/* One operator: its inputs are there by now, its output is new, shapes fit. */
static int check_step(const pose_network *network, const pose_op *op, unsigned char *is_ready)
{
    if (op->n_inputs < 1 || op->n_inputs > POSE_MAX_OP_INPUTS || op->output >= network->n_tensors)
        return 0;
    for (int k = 0; k < op->n_inputs; k++) {
        if (op->inputs[k] >= network->n_tensors)
            return 0;
        const pose_tensor *input = &network->tensors[op->inputs[k]];
        if (!is_tensor_sound(input) || !(input->data || is_ready[op->inputs[k]]))
            return 0;
    }
    const pose_tensor *output = &network->tensors[op->output];
    if (!is_tensor_sound(output) || output->data || is_ready[op->output])
        return 0;
    is_ready[op->output] = 1;
    return check_op(network, op);
}

/* Inputs are computed by nobody, outputs by an operator, none is named twice. */
static int check_ends(const pose_network *network, unsigned char *is_ready)
{
    if (network->n_inputs != 1 || network->n_outputs < 1 ||
        network->n_outputs > POSE_MAX_NETWORK_OUTPUTS || network->inputs[0] >= network->n_tensors)
        return 0;
    const pose_tensor *input = &network->tensors[network->inputs[0]];
    if (!is_tensor_sound(input) || input->data)
        return 0;
    for (size_t i = 0; i < network->n_outputs; i++) {
        if (network->outputs[i] >= network->n_tensors || network->outputs[i] == network->inputs[0])
            return 0;
        for (size_t k = 0; k < i; k++) {
            if (network->outputs[k] == network->outputs[i])
                return 0;
        }
    }
    is_ready[network->inputs[0]] = 1;
    return 1;
}

int tread_pose__network_check(const pose_network *network, tread_error *err)
{
    if (network->n_tensors < 1 || network->n_tensors > POSE_MAX_TENSORS || network->n_ops < 1 ||
        network->n_ops > POSE_MAX_OPS)
        return tread_error__set(err, TREAD_ERR_MODEL, "too few or too many tensors or operators");
    unsigned char *is_ready = calloc(network->n_tensors, 1);
    if (!is_ready)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a network");
    int status = TREAD_OK;
    if (!check_ends(network, is_ready))
        status = tread_error__set(err, TREAD_ERR_MODEL,
                                  "the network's inputs or outputs are not as expected");
    for (size_t i = 0; status == TREAD_OK && i < network->n_ops; i++) {
        if (!check_step(network, &network->ops[i], is_ready))
            status =
                tread_error__set(err, TREAD_ERR_MODEL, "operator %zu does not fit its tensors", i);
    }
    for (size_t i = 0; status == TREAD_OK && i < network->n_outputs; i++) {
        if (!is_ready[network->outputs[i]])
            status = tread_error__set(err, TREAD_ERR_MODEL, "output %zu is never computed", i);
    }
    free(is_ready);
    return status;
}

uint64_t tread_pose__network_multiply_adds(const pose_network *network)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < network->n_ops; i++) {
        const pose_op *op = &network->ops[i];
        if (op->kind != POSE_OP_CONV_2D && op->kind != POSE_OP_DEPTHWISE_CONV_2D)
            continue;
        const size_t *filter = network->tensors[op->inputs[1]].dims;
        /* Every output value takes a whole window, of one channel when depthwise. */
        uint64_t taps = (uint64_t)filter[1] * filter[2];
        if (op->kind == POSE_OP_CONV_2D)
            taps *= filter[3];
        sum += taps * network->tensors[op->output].n_elements;
    }
    return sum;
}

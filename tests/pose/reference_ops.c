#include "pose/reference_ops.h"

#include <math.h>
#include <stdlib.h>

static size_t at4(const pose_tensor *t, size_t n, size_t h, size_t w, size_t c)
{
    return ((n * t->dims[1] + h) * t->dims[2] + w) * t->dims[3] + c;
}

static double activate(const pose_op *op, double value)
{
    if (op->activation != POSE_ACTIVATION_NONE)
        value = value < 0 ? 0 : value;
    if (op->activation == POSE_ACTIVATION_RELU6)
        value = value > 6 ? 6 : value;
    return value;
}

/* TensorFlow's SAME: what is missing, the smaller half in front. */
static long padding_before(const pose_op *op, size_t in, size_t out, size_t window, int stride,
                           int dilation)
{
    if (!op->is_same_padded)
        return 0;
    long missing = (long)(out - 1) * stride + (long)(window - 1) * dilation + 1 - (long)in;
    return missing > 0 ? missing / 2 : 0;
}

static void convolve(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    const pose_tensor *in = &network->tensors[op->inputs[0]];
    const pose_tensor *filter = &network->tensors[op->inputs[1]];
    const pose_tensor *out = &network->tensors[op->output];
    int is_depthwise = op->kind == POSE_OP_DEPTHWISE_CONV_2D;
    size_t multiplier = is_depthwise ? filter->dims[3] / in->dims[3] : 1;
    long top = padding_before(op, in->dims[1], out->dims[1], filter->dims[1], op->stride_h,
                              op->dilation_h);
    long left = padding_before(op, in->dims[2], out->dims[2], filter->dims[2], op->stride_w,
                               op->dilation_w);
    for (size_t n = 0; n < out->dims[0]; n++)
        for (size_t oy = 0; oy < out->dims[1]; oy++)
            for (size_t ox = 0; ox < out->dims[2]; ox++)
                for (size_t oc = 0; oc < out->dims[3]; oc++) {
                    double sum = t[op->inputs[2]].value[oc], magnitude = fabs(sum);
                    for (size_t ky = 0; ky < filter->dims[1]; ky++)
                        for (size_t kx = 0; kx < filter->dims[2]; kx++) {
                            long iy = (long)oy * op->stride_h + (long)ky * op->dilation_h - top;
                            long ix = (long)ox * op->stride_w + (long)kx * op->dilation_w - left;
                            if (iy < 0 || iy >= (long)in->dims[1] || ix < 0 ||
                                ix >= (long)in->dims[2])
                                continue;
                            size_t c0 = is_depthwise ? oc / multiplier : 0;
                            size_t c1 = is_depthwise ? c0 + 1 : in->dims[3];
                            for (size_t c = c0; c < c1; c++) {
                                size_t f = is_depthwise ? at4(filter, 0, ky, kx, oc)
                                                        : at4(filter, oc, ky, kx, c);
                                double term =
                                    t[op->inputs[0]].value[at4(in, n, (size_t)iy, (size_t)ix, c)] *
                                    t[op->inputs[1]].value[f];
                                sum += term;
                                magnitude += fabs(term);
                            }
                        }
                    t[op->output].value[at4(out, n, oy, ox, oc)] = activate(op, sum);
                    t[op->output].magnitude[at4(out, n, oy, ox, oc)] = magnitude;
                }
}

static void max_pool(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    const pose_tensor *in = &network->tensors[op->inputs[0]];
    const pose_tensor *out = &network->tensors[op->output];
    long top = padding_before(op, in->dims[1], out->dims[1], (size_t)op->filter_h, op->stride_h, 1);
    long left =
        padding_before(op, in->dims[2], out->dims[2], (size_t)op->filter_w, op->stride_w, 1);
    for (size_t n = 0; n < out->dims[0]; n++)
        for (size_t oy = 0; oy < out->dims[1]; oy++)
            for (size_t ox = 0; ox < out->dims[2]; ox++)
                for (size_t c = 0; c < out->dims[3]; c++) {
                    double best = -INFINITY;
                    for (int ky = 0; ky < op->filter_h; ky++)
                        for (int kx = 0; kx < op->filter_w; kx++) {
                            long iy = (long)oy * op->stride_h + ky - top;
                            long ix = (long)ox * op->stride_w + kx - left;
                            if (iy < 0 || iy >= (long)in->dims[1] || ix < 0 ||
                                ix >= (long)in->dims[2])
                                continue;
                            best =
                                fmax(best,
                                     t[op->inputs[0]].value[at4(in, n, (size_t)iy, (size_t)ix, c)]);
                        }
                    t[op->output].value[at4(out, n, oy, ox, c)] = activate(op, best);
                }
}

static void pad(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    const pose_tensor *in = &network->tensors[op->inputs[0]];
    const pose_tensor *out = &network->tensors[op->output];
    for (size_t n = 0; n < in->dims[0]; n++)
        for (size_t y = 0; y < in->dims[1]; y++)
            for (size_t x = 0; x < in->dims[2]; x++)
                for (size_t c = 0; c < in->dims[3]; c++)
                    t[op->output].value[at4(out, n + op->pad_before[0], y + op->pad_before[1],
                                            x + op->pad_before[2], c + op->pad_before[3])] =
                        t[op->inputs[0]].value[at4(in, n, y, x, c)];
}

/* The coordinate in the input of output pixel i, by the three conventions. */
static double resize_source(const pose_op *op, size_t i, size_t in, size_t out)
{
    if (op->is_align_corners)
        return out > 1 ? (double)i * (double)(in - 1) / (double)(out - 1) : 0;
    double scale = (double)in / (double)out;
    if (!op->is_half_pixel_centers)
        return (double)i * scale;
    double source = ((double)i + 0.5) * scale - 0.5;
    return source < 0 ? 0 : source;
}

static void resize(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    const pose_tensor *in = &network->tensors[op->inputs[0]];
    const pose_tensor *out = &network->tensors[op->output];
    const double *from = t[op->inputs[0]].value;
    for (size_t n = 0; n < out->dims[0]; n++)
        for (size_t oy = 0; oy < out->dims[1]; oy++)
            for (size_t ox = 0; ox < out->dims[2]; ox++)
                for (size_t c = 0; c < out->dims[3]; c++) {
                    double y = resize_source(op, oy, in->dims[1], out->dims[1]);
                    double x = resize_source(op, ox, in->dims[2], out->dims[2]);
                    size_t y0 = (size_t)y, x0 = (size_t)x;
                    size_t y1 = y0 + 1 < in->dims[1] ? y0 + 1 : in->dims[1] - 1;
                    size_t x1 = x0 + 1 < in->dims[2] ? x0 + 1 : in->dims[2] - 1;
                    double fy = y - (double)y0, fx = x - (double)x0;
                    double upper =
                        from[at4(in, n, y0, x0, c)] * (1 - fx) + from[at4(in, n, y0, x1, c)] * fx;
                    double lower =
                        from[at4(in, n, y1, x0, c)] * (1 - fx) + from[at4(in, n, y1, x1, c)] * fx;
                    t[op->output].value[at4(out, n, oy, ox, c)] = upper * (1 - fy) + lower * fy;
                }
}

static void depth_to_space(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    const pose_tensor *in = &network->tensors[op->inputs[0]];
    const pose_tensor *out = &network->tensors[op->output];
    size_t block = (size_t)op->block_size;
    for (size_t n = 0; n < out->dims[0]; n++)
        for (size_t y = 0; y < out->dims[1]; y++)
            for (size_t x = 0; x < out->dims[2]; x++)
                for (size_t c = 0; c < out->dims[3]; c++) {
                    size_t channel = ((y % block) * block + x % block) * out->dims[3] + c;
                    t[op->output].value[at4(out, n, y, x, c)] =
                        t[op->inputs[0]].value[at4(in, n, y / block, x / block, channel)];
                }
}

static void elementwise(const pose_network *network, const pose_op *op, reference_tensor *t)
{
    for (size_t i = 0; i < network->tensors[op->output].n_elements; i++) {
        double value = t[op->inputs[0]].value[i];
        if (op->kind == POSE_OP_ADD)
            value = activate(op, value + t[op->inputs[1]].value[i]);
        else if (op->kind == POSE_OP_LOGISTIC)
            value = 1 / (1 + exp(-value));
        t[op->output].value[i] = value; /* RESHAPE: as it is */
        t[op->output].magnitude[i] = t[op->inputs[0]].magnitude[i];
    }
}

void reference_run(const pose_network *network, const float *input, reference_tensor *t)
{
    for (size_t i = 0; i < network->n_tensors; i++) {
        const pose_tensor *tensor = &network->tensors[i];
        t[i].value = calloc(tensor->n_elements, sizeof(double));
        t[i].magnitude = calloc(tensor->n_elements, sizeof(double));
        const float *known = i == network->inputs[0] ? input : tensor->data;
        for (size_t k = 0; known && k < tensor->n_elements; k++)
            t[i].value[k] = known[k];
    }
    for (size_t i = 0; i < network->n_ops; i++) {
        const pose_op *op = &network->ops[i];
        switch (op->kind) {
        case POSE_OP_CONV_2D:
        case POSE_OP_DEPTHWISE_CONV_2D: convolve(network, op, t); break;
        case POSE_OP_MAX_POOL_2D: max_pool(network, op, t); break;
        case POSE_OP_PAD: pad(network, op, t); break;
        case POSE_OP_RESIZE_BILINEAR: resize(network, op, t); break;
        case POSE_OP_DEPTH_TO_SPACE: depth_to_space(network, op, t); break;
        default: elementwise(network, op, t); break;
        }
    }
}

void reference_free(reference_tensor *tensors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(tensors[i].value);
        free(tensors[i].magnitude);
    }
}

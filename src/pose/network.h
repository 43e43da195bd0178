/* A network as plain data: tensors, operators, and where their constants are.
 * The model reader fills it in, tests write it by hand, the graph builder
 * turns it into something that runs. Private to the room. */
#ifndef POSE_NETWORK_H
#define POSE_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds for whatever a file claims. The largest of the pinned networks has
 * 1098 tensors, 689 operators, 1.6 million elements in a tensor and 13.8
 * million constants. */
enum {
    POSE_MAX_DIMS = 4,
    POSE_MAX_OP_INPUTS = 4,
    POSE_MAX_NETWORK_INPUTS = 1,
    POSE_MAX_NETWORK_OUTPUTS = 8,
    POSE_MAX_TENSORS = 4096,
    POSE_MAX_OPS = 4096,
    POSE_MAX_ELEMENTS = 1 << 24,  /* in one tensor */
    POSE_MAX_CONSTANTS = 1 << 25, /* unpacked, in one network */
    POSE_MAX_KERNEL = 64,         /* height, width, stride or dilation of a window */
    POSE_SPARE_BYTES = 16,        /* XNN_EXTRA_BYTES: XNNPACK reads this far behind a tensor */
};

enum pose_element {
    POSE_ELEMENT_OTHER = 0, /* carried, never computed with */
    POSE_ELEMENT_F32,
    POSE_ELEMENT_F16,
    POSE_ELEMENT_I32,
};

/** Unsigned integers of 1, 2 or 4 bytes, little endian, borrowed. */
typedef struct pose_index_list {
    const void *data;
    int width_bytes;
    size_t n;
} pose_index_list;

typedef struct pose_tensor {
    enum pose_element element;
    int n_dims; /* 0: a scalar */
    size_t dims[POSE_MAX_DIMS];
    size_t n_elements; /* product of dims */
    const void *data;  /* constant, dense or the non-zero values; NULL: computed */
    size_t n_bytes;    /* of data */
    /* Sparse: compressed rows along the last dimension. */
    int is_sparse;
    pose_index_list row_starts; /* n_elements / last dimension, plus 1 */
    pose_index_list columns;    /* one for each value in data */
    void *owned;                /* what data points to when the network owns it: pose/bulk.h */
} pose_tensor;

enum pose_op_kind {
    POSE_OP_ADD = 1,
    POSE_OP_CONCATENATION,
    POSE_OP_CONV_2D,
    POSE_OP_DENSIFY,
    POSE_OP_DEPTH_TO_SPACE,
    POSE_OP_DEPTHWISE_CONV_2D,
    POSE_OP_DEQUANTIZE,
    POSE_OP_LOGISTIC,
    POSE_OP_MAX_POOL_2D,
    POSE_OP_PAD,
    POSE_OP_RESHAPE,
    POSE_OP_RESIZE_BILINEAR,
};

enum pose_activation {
    POSE_ACTIVATION_NONE = 0,
    POSE_ACTIVATION_RELU,
    POSE_ACTIVATION_RELU6,
};

/** One operator; only the fields its kind uses mean anything. Tensors are
 *  NHWC; a convolution's inputs are picture, filter, bias, with the filter
 *  (out, h, w, in), or (1, h, w, out) when depthwise. */
typedef struct pose_op {
    enum pose_op_kind kind;
    int n_inputs;
    uint32_t inputs[POSE_MAX_OP_INPUTS]; /* indices of tensors */
    uint32_t output;
    enum pose_activation activation;  /* ADD, CONV, DEPTHWISE, MAX_POOL */
    int is_same_padded;               /* CONV, DEPTHWISE, MAX_POOL; TFLite's SAME, else VALID */
    int stride_h, stride_w;           /* CONV, DEPTHWISE, MAX_POOL */
    int dilation_h, dilation_w;       /* CONV, DEPTHWISE */
    int filter_h, filter_w;           /* MAX_POOL */
    int block_size;                   /* DEPTH_TO_SPACE */
    int axis;                         /* CONCATENATION */
    int is_align_corners;             /* RESIZE */
    int is_half_pixel_centers;        /* RESIZE */
    size_t pad_before[POSE_MAX_DIMS]; /* PAD, zeros */
    size_t pad_after[POSE_MAX_DIMS];
} pose_op;

/** Operators stand in an order in which they can be run. Zeroed is empty. */
typedef struct pose_network {
    pose_tensor *tensors;
    size_t n_tensors;
    pose_op *ops;
    size_t n_ops;
    uint32_t inputs[POSE_MAX_NETWORK_INPUTS];
    size_t n_inputs;
    uint32_t outputs[POSE_MAX_NETWORK_OUTPUTS];
    size_t n_outputs;
} pose_network;

/** Free tensors (with what they own) and operators, and zero the struct. */
void tread_pose__network_clear(pose_network *network);

/** Keep only what `n` of its outputs need; `wanted[i]` is an index into
 *  network->outputs. These become the outputs, in this order. An output that
 *  is a concatenation along the first dimension after the batch is replaced by
 *  the inputs of it, one after the other.
 *  @return TREAD_OK; TREAD_ERR_MODEL, a text without a file name; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_pose__network_select(pose_network *network, const size_t *wanted,
                                                 size_t n, tread_error *err);

/** Every index in range, every tensor computed once and before it is used,
 *  every shape what its operator makes of its inputs, every filter a float
 *  constant. What passes can be built and run without a bound being left.
 *  @return TREAD_OK; TREAD_ERR_MODEL, a text without a file name; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_pose__network_check(const pose_network *network, tread_error *err);

/** Multiply-adds of the convolutions in one run. For a checked network. */
uint64_t tread_pose__network_multiply_adds(const pose_network *network);

#ifdef __cplusplus
}
#endif
#endif

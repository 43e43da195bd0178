#include "pose/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pose/bulk.h"

/* Without branches, so that loops over it become vectors: all three kinds of number are
 * made, and one is taken. */
static inline float widen(uint16_t half)
{
    uint32_t magnitude = half & 0x7fffu;
    uint32_t normal = (magnitude << 13) + ((127u - 15u) << 23);
    uint32_t special = magnitude << 13 | 0x7f800000u;  /* infinity, NaN */
    float tiny = (float)(int32_t)magnitude * 0x1p-24f; /* subnormal, or zero */
    uint32_t bits;
    memcpy(&bits, &tiny, sizeof bits);
    bits = magnitude < 0x400u ? bits : normal;
    bits = magnitude < 0x7c00u ? bits : special;
    bits |= (uint32_t)(half & 0x8000u) << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

float tread_pose__half_to_float(uint16_t half)
{
    return widen(half);
}

static void widen_all(const void *halves, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, (const char *)halves + i * sizeof half, sizeof half);
        out[i] = widen(half);
    }
}

static uint32_t index_at(const pose_index_list *list, size_t i)
{
    const unsigned char *at = (const unsigned char *)list->data + i * (size_t)list->width_bytes;
    uint32_t value = 0;
    for (int k = 0; k < list->width_bytes; k++)
        value |= (uint32_t)at[k] << 8 * k;
    return value;
}

static size_t element_size(enum pose_element element)
{
    return element == POSE_ELEMENT_F16 ? 2 : 4;
}

int tread_pose__densify(const pose_tensor *sparse, void *dense)
{
    size_t size = element_size(sparse->element);
    if (sparse->n_dims < 1 || sparse->row_starts.n < 1 ||
        sparse->n_bytes / size != sparse->columns.n)
        return 0;
    size_t row_length = sparse->dims[sparse->n_dims - 1];
    size_t n_rows = sparse->n_elements / row_length;
    if (sparse->row_starts.n != n_rows + 1 || index_at(&sparse->row_starts, 0) != 0 ||
        index_at(&sparse->row_starts, n_rows) != sparse->columns.n)
        return 0;
    memset(dense, 0, sparse->n_elements * size);
    for (size_t row = 0; row < n_rows; row++) {
        size_t begin = index_at(&sparse->row_starts, row);
        size_t end = index_at(&sparse->row_starts, row + 1);
        if (end < begin || end > sparse->columns.n)
            return 0;
        size_t next = 0; /* columns rise within a row */
        for (size_t i = begin; i < end; i++) {
            size_t column = index_at(&sparse->columns, i);
            if (column < next || column >= row_length)
                return 0;
            next = column + 1;
            memcpy((char *)dense + (row * row_length + column) * size,
                   (const char *)sparse->data + i * size, size);
        }
    }
    return 1;
}

/* Room for n elements and for what XNNPACK may read behind them. */
static void *new_constant(size_t n, size_t size)
{
    return tread_pose__bulk_alloc(n * size + POSE_SPARE_BYTES);
}

/* `data` may be NULL: the tensor lets go of what it had. */
static void give(pose_tensor *tensor, void *data, size_t size)
{
    tread_pose__bulk_free(tensor->owned);
    tensor->owned = data;
    tensor->data = data;
    tensor->n_bytes = data ? tensor->n_elements * size : 0;
    tensor->is_sparse = 0;
}

static int unpack_densify(const pose_tensor *from, pose_tensor *to)
{
    size_t size = element_size(from->element);
    void *data = new_constant(from->n_elements, size);
    if (!data)
        return TREAD_ERR_NOMEM;
    if (!tread_pose__densify(from, data)) {
        tread_pose__bulk_free(data);
        return TREAD_ERR_MODEL;
    }
    give(to, data, size);
    return TREAD_OK;
}

static int unpack_dequantize(const pose_tensor *from, pose_tensor *to)
{
    float *data = new_constant(from->n_elements, sizeof *data);
    if (!data)
        return TREAD_ERR_NOMEM;
    widen_all(from->data, from->n_elements, data);
    give(to, data, sizeof *data);
    return TREAD_OK;
}

/* The shape and the kinds on both sides must be what the operator converts. */
static int can_unpack(const pose_op *op, const pose_tensor *from, const pose_tensor *to)
{
    if (!from->data || to->data || from->n_elements != to->n_elements)
        return 0;
    if (op->kind == POSE_OP_DENSIFY)
        return from->is_sparse && from->element == to->element &&
               (from->element == POSE_ELEMENT_F16 || from->element == POSE_ELEMENT_F32);
    return !from->is_sparse && from->element == POSE_ELEMENT_F16 && to->element == POSE_ELEMENT_F32;
}

static int unpack_op(pose_network *network, const pose_op *op, size_t *n_unpacked)
{
    const pose_tensor *from = &network->tensors[op->inputs[0]];
    pose_tensor *to = &network->tensors[op->output];
    if (!can_unpack(op, from, to))
        return TREAD_ERR_MODEL;
    *n_unpacked += to->n_elements;
    if (*n_unpacked > POSE_MAX_CONSTANTS)
        return TREAD_ERR_MODEL;
    return op->kind == POSE_OP_DENSIFY ? unpack_densify(from, to) : unpack_dequantize(from, to);
}

static int copy_constant(const pose_tensor *tensor, void **copy, size_t *n_unpacked)
{
    *n_unpacked += tensor->n_elements;
    if (*n_unpacked > POSE_MAX_CONSTANTS)
        return TREAD_ERR_MODEL;
    *copy = new_constant(tensor->n_elements, sizeof(float));
    if (!*copy)
        return TREAD_ERR_NOMEM;
    memcpy(*copy, tensor->data, tensor->n_bytes);
    return TREAD_OK;
}

/* Constants of the operators that stay are copied if they are float already;
 * everything else lets go of its memory. */
static int own_what_is_used(pose_network *network, size_t *n_unpacked)
{
    unsigned char *is_used = calloc(network->n_tensors, 1);
    if (!is_used)
        return TREAD_ERR_NOMEM;
    for (size_t i = 0; i < network->n_ops; i++) {
        for (int k = 0; k < network->ops[i].n_inputs; k++)
            is_used[network->ops[i].inputs[k]] = 1;
    }
    int status = TREAD_OK;
    for (size_t i = 0; i < network->n_tensors && status == TREAD_OK; i++) {
        pose_tensor *tensor = &network->tensors[i];
        if (is_used[i] && tensor->owned)
            continue;
        void *copy = NULL;
        if (is_used[i] && tensor->data && tensor->element == POSE_ELEMENT_F32 && !tensor->is_sparse)
            status = copy_constant(tensor, &copy, n_unpacked);
        give(tensor, copy, sizeof(float));
    }
    free(is_used);
    return status;
}

int tread_pose__unpack_constants(pose_network *network, tread_error *err)
{
    size_t n_unpacked = 0, n_kept = 0;
    int status = TREAD_OK;
    for (size_t i = 0; i < network->n_ops && status == TREAD_OK; i++) {
        pose_op op = network->ops[i];
        if (op.kind == POSE_OP_DENSIFY || op.kind == POSE_OP_DEQUANTIZE)
            status = unpack_op(network, &op, &n_unpacked);
        else
            network->ops[n_kept++] = op;
    }
    network->n_ops = n_kept;
    if (status == TREAD_OK)
        status = own_what_is_used(network, &n_unpacked);
    if (status == TREAD_ERR_MODEL)
        return tread_error__set(err, status, "the packed weights contradict themselves");
    if (status != TREAD_OK)
        return tread_error__set(err, status, "out of memory for the weights");
    return TREAD_OK;
}

#include "pose/tflite_read.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "tflite_subset_generated.h"

extern "C" {
#include "base/error.h"
}

namespace tflite = tread::tflite;

namespace
{

// The format's operator codes. They live here and not in the schema because a
// code that is not listed must be told apart from one that is.
struct OperatorName {
    int code;
    pose_op_kind kind;
};
constexpr OperatorName known_operators[] = {
    {0, POSE_OP_ADD},
    {2, POSE_OP_CONCATENATION},
    {3, POSE_OP_CONV_2D},
    {4, POSE_OP_DEPTHWISE_CONV_2D},
    {5, POSE_OP_DEPTH_TO_SPACE},
    {6, POSE_OP_DEQUANTIZE},
    {14, POSE_OP_LOGISTIC},
    {17, POSE_OP_MAX_POOL_2D},
    {22, POSE_OP_RESHAPE},
    {23, POSE_OP_RESIZE_BILINEAR},
    {34, POSE_OP_PAD},
    {124, POSE_OP_DENSIFY},
};

// What is read so far, and where complaints go.
struct Reader {
    const tflite::Model *model;
    const tflite::SubGraph *graph;
    pose_network *out;
    tread_error *err;
};

int refuse(const Reader &reader, const char *what, size_t index) noexcept
{
    return tread_error__set(reader.err, TREAD_ERR_MODEL, "%s (number %zu)", what, index);
}

size_t element_bytes(pose_element element) noexcept
{
    switch (element) {
    case POSE_ELEMENT_F32: return 4;
    case POSE_ELEMENT_F16: return 2;
    case POSE_ELEMENT_I32: return 4;
    default: return 0;
    }
}

pose_element element_of(tflite::TensorType type) noexcept
{
    switch (type) {
    case tflite::TensorType_FLOAT32: return POSE_ELEMENT_F32;
    case tflite::TensorType_FLOAT16: return POSE_ELEMENT_F16;
    case tflite::TensorType_INT32: return POSE_ELEMENT_I32;
    default: return POSE_ELEMENT_OTHER;
    }
}

bool read_shape(const tflite::Tensor *from, pose_tensor *to) noexcept
{
    to->n_elements = 1;
    if (!from->shape())
        return true;
    if (from->shape()->size() > POSE_MAX_DIMS)
        return false;
    for (int32_t dim : *from->shape()) {
        if (dim < 1 || static_cast<size_t>(dim) > POSE_MAX_ELEMENTS / to->n_elements)
            return false;
        to->dims[to->n_dims++] = static_cast<size_t>(dim);
        to->n_elements *= static_cast<size_t>(dim);
    }
    return true;
}

template <typename Vector> pose_index_list view_of(const Vector *vector, int width) noexcept
{
    if (!vector || !vector->values())
        return {nullptr, width, 0};
    return {vector->values()->data(), width, vector->values()->size()};
}

pose_index_list read_index(tflite::SparseIndexVector type, const void *value) noexcept
{
    switch (type) {
    case tflite::SparseIndexVector_Int32Vector:
        return view_of(static_cast<const tflite::Int32Vector *>(value), 4);
    case tflite::SparseIndexVector_Uint16Vector:
        return view_of(static_cast<const tflite::Uint16Vector *>(value), 2);
    case tflite::SparseIndexVector_Uint8Vector:
        return view_of(static_cast<const tflite::Uint8Vector *>(value), 1);
    default: return {nullptr, 1, 0};
    }
}

// Only what the detector uses: dimensions in their own order, no blocks, all
// dense but the last, which is compressed rows.
bool read_sparsity(const tflite::SparsityParameters *from, pose_tensor *to) noexcept
{
    const auto *order = from->traversal_order();
    const auto *dims = from->dim_metadata();
    if (to->n_dims < 1 || !order || !dims)
        return false;
    const auto n = static_cast<flatbuffers::uoffset_t>(to->n_dims);
    if ((from->block_map() && from->block_map()->size() > 0) || order->size() != n ||
        dims->size() != n)
        return false;
    for (flatbuffers::uoffset_t i = 0; i < n; i++) {
        const bool is_last = i + 1 == n;
        const auto *dim = dims->Get(i);
        if (order->Get(i) != static_cast<int32_t>(i))
            return false;
        if (dim->format() !=
            (is_last ? tflite::DimensionType_SPARSE_CSR : tflite::DimensionType_DENSE))
            return false;
        if (!is_last &&
            (dim->dense_size() < 1 || static_cast<size_t>(dim->dense_size()) != to->dims[i]))
            return false;
    }
    const auto *last = dims->Get(n - 1);
    to->row_starts = read_index(last->array_segments_type(), last->array_segments());
    to->columns = read_index(last->array_indices_type(), last->array_indices());
    to->is_sparse = 1;
    return to->row_starts.n == to->n_elements / to->dims[n - 1] + 1;
}

int read_tensor(const Reader &reader, size_t index) noexcept
{
    const auto *from = reader.graph->tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
    pose_tensor *to = &reader.out->tensors[index];
    const auto *buffers = reader.model->buffers();

    to->element = element_of(from->type());
    if (!read_shape(from, to))
        return refuse(reader, "a tensor has an impossible shape", index);
    if (!buffers || from->buffer() >= buffers->size())
        return refuse(reader, "a tensor refers to data that are not there", index);
    const auto *data = buffers->Get(from->buffer())->data();
    if (!data || data->size() == 0)
        return TREAD_OK;
    to->data = data->data();
    to->n_bytes = data->size();
    if (from->sparsity() && !read_sparsity(from->sparsity(), to))
        return refuse(reader, "a sparse tensor is stored in a way that is not known", index);
    const size_t n_values = to->is_sparse ? to->columns.n : to->n_elements;
    if (to->element != POSE_ELEMENT_OTHER && to->n_bytes != n_values * element_bytes(to->element))
        return refuse(reader, "a tensor's data do not have the size of its shape", index);
    return TREAD_OK;
}

bool read_indices(const flatbuffers::Vector<int32_t> *from, size_t n_tensors, size_t max_n,
                  uint32_t *to, size_t *n) noexcept
{
    *n = 0;
    if (!from || from->size() > max_n)
        return false;
    for (int32_t index : *from) {
        if (index < 0 || static_cast<size_t>(index) >= n_tensors)
            return false;
        to[(*n)++] = static_cast<uint32_t>(index);
    }
    return true;
}

bool read_activation(tflite::Activation from, pose_op *to) noexcept
{
    switch (from) {
    case tflite::Activation_NONE: to->activation = POSE_ACTIVATION_NONE; return true;
    case tflite::Activation_RELU: to->activation = POSE_ACTIVATION_RELU; return true;
    case tflite::Activation_RELU6: to->activation = POSE_ACTIVATION_RELU6; return true;
    default: return false;
    }
}

bool read_padding(tflite::Padding from, pose_op *to) noexcept
{
    to->is_same_padded = from == tflite::Padding_SAME;
    return from == tflite::Padding_SAME || from == tflite::Padding_VALID;
}

// The options of windowed operators differ as types, not in what they say.
template <typename Options> bool read_window(const Options *from, pose_op *to) noexcept
{
    if (!from)
        return false;
    to->stride_h = from->stride_h();
    to->stride_w = from->stride_w();
    return read_padding(from->padding(), to) && read_activation(from->fused_activation(), to);
}

template <typename Options> bool read_convolution(const Options *from, pose_op *to) noexcept
{
    if (!read_window(from, to))
        return false;
    to->dilation_h = from->dilation_h();
    to->dilation_w = from->dilation_w();
    return true;
}

bool read_pool(const tflite::Pool2DOptions *from, pose_op *to) noexcept
{
    if (!read_window(from, to))
        return false;
    to->filter_h = from->filter_h();
    to->filter_w = from->filter_w();
    return true;
}

bool read_resize(const tflite::ResizeBilinearOptions *from, pose_op *to) noexcept
{
    if (!from)
        return false;
    to->is_align_corners = from->align_corners();
    to->is_half_pixel_centers = from->half_pixel_centers();
    return true;
}

// The amounts are a constant of (dimensions, 2) integers.
bool read_pad(const pose_network *network, pose_op *to) noexcept
{
    const pose_tensor *amounts = &network->tensors[to->inputs[1]];
    if (amounts->element != POSE_ELEMENT_I32 || !amounts->data || amounts->is_sparse ||
        amounts->n_dims != 2 || amounts->dims[0] > POSE_MAX_DIMS || amounts->dims[1] != 2)
        return false;
    for (size_t i = 0; i < amounts->dims[0]; i++) {
        int32_t pair[2];
        std::memcpy(pair, static_cast<const char *>(amounts->data) + i * sizeof pair, sizeof pair);
        if (pair[0] < 0 || pair[0] > POSE_MAX_ELEMENTS || pair[1] < 0 ||
            pair[1] > POSE_MAX_ELEMENTS)
            return false;
        to->pad_before[i] = static_cast<size_t>(pair[0]);
        to->pad_after[i] = static_cast<size_t>(pair[1]);
    }
    return true;
}

bool read_add(const tflite::AddOptions *from, pose_op *to) noexcept
{
    return !from || read_activation(from->fused_activation(), to);
}

bool read_concatenation(const tflite::ConcatenationOptions *from, pose_op *to) noexcept
{
    if (!from)
        return false;
    to->axis = from->axis();
    return from->fused_activation() == tflite::Activation_NONE;
}

bool read_depth_to_space(const tflite::DepthToSpaceOptions *from, pose_op *to) noexcept
{
    if (!from)
        return false;
    to->block_size = from->block_size();
    return true;
}

// Options of one operator; also how many inputs it takes. Sizes that come as a
// second, constant input (RESHAPE, RESIZE) are dropped: the output's shape says
// the same.
bool read_options(const Reader &reader, const tflite::Operator *from, pose_op *to) noexcept
{
    const int n_given = to->n_inputs;
    switch (to->kind) {
    case POSE_OP_ADD: return n_given == 2 && read_add(from->builtin_options_as_AddOptions(), to);
    case POSE_OP_CONCATENATION:
        return n_given >= 1 &&
               read_concatenation(from->builtin_options_as_ConcatenationOptions(), to);
    case POSE_OP_CONV_2D:
        return n_given == 3 && read_convolution(from->builtin_options_as_Conv2DOptions(), to);
    case POSE_OP_DEPTHWISE_CONV_2D:
        return n_given == 3 &&
               read_convolution(from->builtin_options_as_DepthwiseConv2DOptions(), to);
    case POSE_OP_MAX_POOL_2D:
        return n_given == 1 && read_pool(from->builtin_options_as_Pool2DOptions(), to);
    case POSE_OP_DEPTH_TO_SPACE:
        return n_given == 1 &&
               read_depth_to_space(from->builtin_options_as_DepthToSpaceOptions(), to);
    case POSE_OP_RESIZE_BILINEAR:
        to->n_inputs = 1;
        return n_given == 2 && read_resize(from->builtin_options_as_ResizeBilinearOptions(), to);
    case POSE_OP_PAD: to->n_inputs = 1; return n_given == 2 && read_pad(reader.out, to);
    case POSE_OP_RESHAPE: to->n_inputs = 1; return n_given == 1 || n_given == 2;
    case POSE_OP_DENSIFY:
    case POSE_OP_DEQUANTIZE:
    case POSE_OP_LOGISTIC: return n_given == 1;
    }
    return false;
}

bool read_kind(const Reader &reader, const tflite::Operator *from, pose_op *to) noexcept
{
    const auto *codes = reader.model->operator_codes();
    if (!codes || from->opcode_index() >= codes->size())
        return false;
    // Codes above 127 only fit the newer field; older files fill the older one.
    const auto *entry = codes->Get(from->opcode_index());
    const int code = std::max<int>(entry->deprecated_builtin_code(), entry->builtin_code());
    for (const OperatorName &known : known_operators) {
        if (known.code == code) {
            to->kind = known.kind;
            return true;
        }
    }
    return false;
}

int read_operator(const Reader &reader, size_t index) noexcept
{
    const auto *from = reader.graph->operators()->Get(static_cast<flatbuffers::uoffset_t>(index));
    pose_op *to = &reader.out->ops[index];
    if (!read_kind(reader, from, to))
        return refuse(reader, "an operator is of a kind that is not known", index);
    size_t n_inputs = 0;
    size_t n_outputs = 0;
    if (!read_indices(from->inputs(), reader.out->n_tensors, POSE_MAX_OP_INPUTS, to->inputs,
                      &n_inputs) ||
        !read_indices(from->outputs(), reader.out->n_tensors, 1, &to->output, &n_outputs) ||
        n_outputs != 1)
        return refuse(reader, "an operator refers to tensors that are not there", index);
    to->n_inputs = static_cast<int>(n_inputs);
    if (!read_options(reader, from, to))
        return refuse(reader, "an operator has options that are not known", index);
    return TREAD_OK;
}

const tflite::Model *verified_model(const void *bytes, size_t n_bytes) noexcept
{
    // flatbuffers addresses with 31 bits, and asserts rather than returns.
    if (!bytes || n_bytes < 8 || n_bytes > INT32_MAX)
        return nullptr;
    flatbuffers::Verifier verifier(static_cast<const uint8_t *>(bytes), n_bytes, 64,
                                   8 * (POSE_MAX_TENSORS + POSE_MAX_OPS));
    if (!tflite::VerifyModelBuffer(verifier))
        return nullptr;
    return tflite::GetModel(bytes);
}

int read_graph(const Reader &reader) noexcept
{
    pose_network *out = reader.out;
    for (size_t i = 0; i < out->n_tensors; i++) {
        if (const int status = read_tensor(reader, i))
            return status;
    }
    for (size_t i = 0; i < out->n_ops; i++) {
        if (const int status = read_operator(reader, i))
            return status;
    }
    if (!read_indices(reader.graph->inputs(), out->n_tensors, POSE_MAX_NETWORK_INPUTS, out->inputs,
                      &out->n_inputs) ||
        !read_indices(reader.graph->outputs(), out->n_tensors, POSE_MAX_NETWORK_OUTPUTS,
                      out->outputs, &out->n_outputs))
        return refuse(reader, "the network's inputs or outputs are not as expected", 0);
    return TREAD_OK;
}

} // namespace

int tread_pose__tflite_read(pose_network *out, const void *bytes, size_t n_bytes, tread_error *err)
{
    std::memset(out, 0, sizeof *out);
    const tflite::Model *model = verified_model(bytes, n_bytes);
    if (!model)
        return tread_error__set(err, TREAD_ERR_MODEL, "not a readable TensorFlow Lite file");
    if (model->version() != 3 || !model->subgraphs() || model->subgraphs()->size() != 1)
        return tread_error__set(err, TREAD_ERR_MODEL, "not one network of format version 3");
    const tflite::SubGraph *graph = model->subgraphs()->Get(0);
    if (!graph->tensors() || graph->tensors()->size() < 1 ||
        graph->tensors()->size() > POSE_MAX_TENSORS || !graph->operators() ||
        graph->operators()->size() < 1 || graph->operators()->size() > POSE_MAX_OPS)
        return tread_error__set(err, TREAD_ERR_MODEL, "too few or too many tensors or operators");

    out->n_tensors = graph->tensors()->size();
    out->n_ops = graph->operators()->size();
    out->tensors = static_cast<pose_tensor *>(std::calloc(out->n_tensors, sizeof *out->tensors));
    out->ops = static_cast<pose_op *>(std::calloc(out->n_ops, sizeof *out->ops));
    int status = TREAD_ERR_NOMEM;
    if (out->tensors && out->ops)
        status = read_graph(Reader{model, graph, out, err});
    else
        tread_error__set(err, status, "out of memory for the network's description");
    if (status != TREAD_OK)
        tread_pose__network_clear(out);
    return status;
}

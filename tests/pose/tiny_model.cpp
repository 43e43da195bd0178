#include "pose/tiny_model.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "tflite_subset_generated.h"

namespace tflite = tread::tflite;

// 1, -2, 0.5 and 65504 in half precision, in the places below.
const float tiny_model_filter[12] = {0, 1, 0, -2, 0, 0, 0, 0, 0.5f, 0, 65504, 0};

namespace
{

const uint16_t sparse_values[] = {0x3c00, 0xc000, 0x3800, 0x7bff};

class Maker
{
  public:
    Maker(tiny_fault which, int width) : fault(which), index_bytes(width)
    {
        add_buffer(nullptr, 0);
    }

    void *make(size_t *n_bytes);

  private:
    using Bytes = flatbuffers::Offset<void>;

    uint32_t add_buffer(const void *data, size_t n)
    {
        // 16 is what TFLite's own schema asks of weights.
        builder.ForceVectorAlignment(n, 1, 16);
        auto vector = n ? builder.CreateVector(static_cast<const uint8_t *>(data), n) : 0;
        buffers.push_back(tflite::CreateBuffer(builder, vector));
        return static_cast<uint32_t>(buffers.size() - 1);
    }

    int add_tensor(std::vector<int32_t> shape, tflite::TensorType type = tflite::TensorType_FLOAT32,
                   const void *data = nullptr, size_t n = 0,
                   flatbuffers::Offset<tflite::SparsityParameters> sparsity = 0)
    {
        uint32_t buffer = n ? add_buffer(data, n) : 0;
        if (fault == TINY_BUFFER_INDEX_TOO_LARGE && tensors.size() == 3)
            buffer = 1000;
        auto dims = builder.CreateVector(shape);
        auto name = builder.CreateString("t");
        tensors.push_back(
            tflite::CreateTensor(builder, dims, type, buffer, name, 0, false, sparsity));
        return static_cast<int>(tensors.size() - 1);
    }

    void add_op(int code, std::vector<int32_t> inputs, std::vector<int32_t> outputs,
                tflite::BuiltinOptions type = tflite::BuiltinOptions_NONE,
                flatbuffers::Offset<void> options = 0)
    {
        uint32_t index = static_cast<uint32_t>(codes.size());
        codes.push_back(tflite::CreateOperatorCode(
            builder, static_cast<int8_t>(code < 127 ? code : 127), 0, 1, code));
        if (fault == TINY_OPCODE_INDEX_TOO_LARGE && ops.size() == 2)
            index = 1000;
        auto in = builder.CreateVector(inputs), out = builder.CreateVector(outputs);
        ops.push_back(tflite::CreateOperator(builder, index, in, out, type, options));
    }

    std::pair<tflite::SparseIndexVector, flatbuffers::Offset<void>> index_vector(
        const std::vector<int> &values)
    {
        if (index_bytes == 1) {
            std::vector<uint8_t> narrow(values.begin(), values.end());
            return {tflite::SparseIndexVector_Uint8Vector,
                    tflite::CreateUint8VectorDirect(builder, &narrow).Union()};
        }
        if (index_bytes == 2) {
            std::vector<uint16_t> narrow(values.begin(), values.end());
            return {tflite::SparseIndexVector_Uint16Vector,
                    tflite::CreateUint16VectorDirect(builder, &narrow).Union()};
        }
        return {tflite::SparseIndexVector_Int32Vector,
                tflite::CreateInt32VectorDirect(builder, &values).Union()};
    }

    flatbuffers::Offset<tflite::SparsityParameters> sparsity();
    int weights();
    void tail(int from);

    tiny_fault fault;
    int index_bytes;
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<tflite::Buffer>> buffers;
    std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
    std::vector<flatbuffers::Offset<tflite::Operator>> ops;
    int joined = 0;
    int squashed = 0;
};

flatbuffers::Offset<tflite::SparsityParameters> Maker::sparsity()
{
    std::vector<int> starts = {0, 2, 2, 4}, columns = {1, 3, 0, 2};
    if (fault == TINY_SPARSE_TOO_FEW_ROWS)
        starts.pop_back();
    if (fault == TINY_SPARSE_COLUMN_TOO_LARGE)
        columns[1] = 4;
    if (fault == TINY_SPARSE_COLUMNS_FALL)
        columns[1] = 0;
    if (fault == TINY_SPARSE_ROWS_FALL)
        starts[1] = 3;
    if (fault == TINY_SPARSE_ENDS_EARLY)
        starts[3] = 3;
    std::vector<int> order = {0, 1, 2, 3}, blocks;
    if (fault == TINY_SPARSE_TRANSPOSED)
        order = {3, 1, 2, 0};
    if (fault == TINY_SPARSE_IN_BLOCKS)
        blocks = {0};
    auto segments = index_vector(starts), indices = index_vector(columns);
    std::vector<flatbuffers::Offset<tflite::DimensionMetadata>> dims;
    for (int size : {3, 1, 1})
        dims.push_back(tflite::CreateDimensionMetadata(builder, tflite::DimensionType_DENSE, size));
    dims.push_back(tflite::CreateDimensionMetadata(builder, tflite::DimensionType_SPARSE_CSR, 0,
                                                   segments.first, segments.second, indices.first,
                                                   indices.second));
    return tflite::CreateSparsityParametersDirect(builder, &order, &blocks, &dims);
}

// The sparse half-precision filter and its way to float.
int Maker::weights()
{
    const size_t n = sizeof sparse_values - (fault == TINY_DATA_TOO_SHORT ? 2 : 0);
    int packed = add_tensor({3, 1, 1, 4}, tflite::TensorType_FLOAT16, sparse_values, n, sparsity());
    int dense = add_tensor({3, 1, 1, 4}, tflite::TensorType_FLOAT16);
    int filter = add_tensor({3, 1, 1, 4});
    add_op(124, {packed}, {dense});
    add_op(6, {dense}, {filter});
    return filter;
}

// Everything else that is read, in a row.
void Maker::tail(int from)
{
    const int32_t amounts[8] = {0, 0, fault == TINY_PAD_NEGATIVE ? -1 : 1, 1, 1, 1, 0, 1};
    int pads = add_tensor({4, 2}, tflite::TensorType_INT32, amounts, sizeof amounts);
    int padded = add_tensor({1, 6, 6, 4});
    add_op(34, {from, pads}, {padded});
    const float window[16] = {0.25f, 0.5f};
    int kernel = add_tensor({1, 2, 2, 4}, tflite::TensorType_FLOAT32, window, sizeof window);
    int bias = add_tensor({4}, tflite::TensorType_FLOAT32, window, 16);
    int deep = add_tensor({1, 3, 3, 4});
    add_op(4, {padded, kernel, bias}, {deep}, tflite::BuiltinOptions_DepthwiseConv2DOptions,
           tflite::CreateDepthwiseConv2DOptions(builder, tflite::Padding_VALID, 2, 2, 1,
                                                tflite::Activation_RELU)
               .Union());
    int size = add_tensor({2}, tflite::TensorType_INT32, amounts, 8);
    int large = add_tensor({1, 4, 4, 4});
    add_op(23, {deep, size}, {large}, tflite::BuiltinOptions_ResizeBilinearOptions,
           tflite::CreateResizeBilinearOptions(builder, false, true).Union());
    int space = add_tensor({1, 8, 8, 1});
    add_op(5, {large}, {space}, tflite::BuiltinOptions_DepthToSpaceOptions,
           tflite::CreateDepthToSpaceOptions(builder, 2).Union());
    int pooled = add_tensor({1, 4, 4, 1});
    add_op(17, {space}, {pooled}, tflite::BuiltinOptions_Pool2DOptions,
           tflite::CreatePool2DOptions(builder, tflite::Padding_SAME, 2, 2, 2, 2).Union());
    int sum = add_tensor({1, 4, 4, 1});
    add_op(0, {pooled, pooled}, {sum}, tflite::BuiltinOptions_AddOptions,
           tflite::CreateAddOptions(builder, tflite::Activation_RELU6).Union());
    int row = add_tensor({1, 16, 1});
    add_op(22, {sum}, {row});
    joined = add_tensor({1, 32, 1});
    int other = add_tensor({1, 16, 1});
    add_op(22, {pooled}, {other});
    add_op(2, {row, other}, {joined}, tflite::BuiltinOptions_ConcatenationOptions,
           tflite::CreateConcatenationOptions(builder, 1).Union());
    squashed = add_tensor({1, 16, 1});
    add_op(14, {row}, {squashed});
}

void *Maker::make(size_t *n_bytes)
{
    std::vector<int32_t> shape = {1, 4, 4, 4};
    if (fault == TINY_SHAPE_ZERO)
        shape[1] = 0;
    if (fault == TINY_SHAPE_OVERFLOWS)
        shape = {1 << 30, 1 << 30, 1 << 30, 1 << 30};
    if (fault == TINY_FIVE_DIMENSIONS)
        shape.push_back(1);
    int input = add_tensor(shape);
    int filter = weights();
    const uint16_t half_bias[3] = {0x3c00, 0, 0};
    int packed = add_tensor({3}, tflite::TensorType_FLOAT16, half_bias, sizeof half_bias);
    int bias = add_tensor({3});
    add_op(6, {packed}, {bias});
    int mixed = add_tensor({1, 4, 4, 3});
    int in = fault == TINY_TENSOR_INDEX_TOO_LARGE  ? 1000
             : fault == TINY_TENSOR_INDEX_NEGATIVE ? -1
                                                   : input;
    auto activation =
        fault == TINY_UNKNOWN_ACTIVATION ? tflite::Activation_TANH : tflite::Activation_RELU6;
    auto options =
        tflite::CreateConv2DOptions(builder, tflite::Padding_SAME, 1, 1, activation).Union();
    if (fault == TINY_WRONG_OPTIONS)
        add_op(3, {in, filter, bias}, {mixed});
    else
        add_op(fault == TINY_UNKNOWN_OPERATOR ? 99 : 3, {in, filter, bias}, {mixed},
               tflite::BuiltinOptions_Conv2DOptions, options);
    tail(mixed);
    std::vector<int32_t> inputs = {input}, outputs = {squashed, joined};
    auto graph = tflite::CreateSubGraphDirect(builder, &tensors, &inputs, &outputs, &ops);
    std::vector<flatbuffers::Offset<tflite::SubGraph>> graphs = {graph};
    auto model = tflite::CreateModelDirect(builder, fault == TINY_VERSION_2 ? 2 : 3, &codes,
                                           &graphs, nullptr, &buffers);
    tflite::FinishModelBuffer(builder, model);
    *n_bytes = builder.GetSize();
    void *bytes = std::malloc(*n_bytes);
    std::memcpy(bytes, builder.GetBufferPointer(), *n_bytes);
    return bytes;
}

} // namespace

void *tiny_model_make(tiny_fault fault, int index_bytes, size_t *n_bytes)
{
    return Maker(fault, index_bytes).make(n_bytes);
}

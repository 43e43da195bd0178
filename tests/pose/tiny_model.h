/* A TensorFlow Lite file of a few hundred bytes with every operator that is
 * read, and the same with one thing wrong. */
#ifndef TESTS_POSE_TINY_MODEL_H
#define TESTS_POSE_TINY_MODEL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tiny_fault {
    TINY_SOUND = 0,
    TINY_VERSION_2,
    TINY_UNKNOWN_OPERATOR,
    TINY_TENSOR_INDEX_TOO_LARGE,
    TINY_TENSOR_INDEX_NEGATIVE,
    TINY_OPCODE_INDEX_TOO_LARGE,
    TINY_BUFFER_INDEX_TOO_LARGE,
    TINY_SHAPE_ZERO,
    TINY_SHAPE_OVERFLOWS,
    TINY_FIVE_DIMENSIONS,
    TINY_DATA_TOO_SHORT,
    TINY_UNKNOWN_ACTIVATION,
    TINY_WRONG_OPTIONS,
    TINY_PAD_NEGATIVE,
    TINY_SPARSE_IN_BLOCKS,
    TINY_SPARSE_TRANSPOSED,
    TINY_SPARSE_TOO_FEW_ROWS,
    /* From here on the file reads well and the weights do not unpack. */
    TINY_SPARSE_COLUMN_TOO_LARGE,
    TINY_SPARSE_COLUMNS_FALL,
    TINY_SPARSE_ROWS_FALL,
    TINY_SPARSE_ENDS_EARLY,
    TINY_N_FAULTS
};

/** Outputs: 0 the logistic of everything, 1 a concatenation.
 *  @param index_bytes  width of sparse indices: 1, 2 or 4
 *  @return allocated; free it */
void *tiny_model_make(enum tiny_fault fault, int index_bytes, size_t *n_bytes);

/** The sparse filter of the first convolution as it should unpack, (3, 1, 1, 4). */
extern const float tiny_model_filter[12];

#ifdef __cplusplus
}
#endif
#endif

/* The operators of src/pose/network.h done slowly and plainly, in double
 * precision: what XNNPACK must agree with. */
#ifndef TESTS_POSE_REFERENCE_OPS_H
#define TESTS_POSE_REFERENCE_OPS_H

#include "pose/network.h"

/** Value of each element, and the sum of the absolute terms it was made of,
 *  which is what a rounding error is proportional to. */
typedef struct reference_tensor {
    double *value;     /* (n_elements) */
    double *magnitude; /* (n_elements) */
} reference_tensor;

/** Run a checked network. @param[out] tensors (network->n_tensors), to be freed
 *  with reference_free. */
void reference_run(const pose_network *network, const float *input, reference_tensor *tensors);

void reference_free(reference_tensor *tensors, size_t n);

#endif

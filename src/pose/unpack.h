/* Constants as they lie in the file, made into float32: half precision
 * widened, compressed rows filled in. Private to the room. */
#ifndef POSE_UNPACK_H
#define POSE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "pose/network.h"

/** IEEE 754 binary16 to binary32, exactly, subnormals, infinities and NaN
 *  payloads included. Any thread. */
float tread_pose__half_to_float(uint16_t half);

/** Fill in a sparse tensor.
 *  @param[in]  sparse  is_sparse, values of 2 or 4 bytes
 *  @param[out] dense   (sparse->n_elements) of the same element, row-major
 *  @return 1; 0 when row starts or columns contradict each other or the shape,
 *          `dense` is then unspecified. Any thread. */
int tread_pose__densify(const pose_tensor *sparse, void *dense);

/** Do the constant part of a network once: DENSIFY and DEQUANTIZE operators are
 *  carried out and removed, what they made and every other constant a remaining
 *  operator uses becomes dense float32 owned by the network. Afterwards the
 *  network no longer refers to the memory it was read from.
 *  @return TREAD_OK; TREAD_ERR_MODEL, a text without a file name; TREAD_ERR_NOMEM
 *          On failure the network may only be cleared. */
TREAD_WARN_UNUSED int tread_pose__unpack_constants(pose_network *network, tread_error *err);

#endif

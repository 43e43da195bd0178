/* Reading a TensorFlow Lite file into a plain description. The only C++ of the
 * room is behind this door, because flatbuffers' verified readers are C++. */
#ifndef POSE_TFLITE_READ_H
#define POSE_TFLITE_READ_H

#include <stddef.h>

#include "pose/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Read a model file that lies in memory. Any bytes are safe to pass.
 *
 *  All indices are in range and all constants lie inside `bytes` with the size
 *  their shape asks for; whether operators and shapes fit each other is
 *  tread_pose__network_check's to say, after the constants are unpacked.
 *
 *  @param[in]  bytes  aligned as malloc aligns; must outlive the constants in
 *                     `out`, which point into it
 *  @param[out] out    empty on failure; tread_pose__network_clear when done
 *  @return TREAD_OK; TREAD_ERR_MODEL, a text without a file name; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_pose__tflite_read(pose_network *out, const void *bytes, size_t n_bytes,
                                              tread_error *err);

#ifdef __cplusplus
}
#endif
#endif

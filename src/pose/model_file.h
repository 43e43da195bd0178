/* The four model files of the pinned npm package: reading one into memory and
 * making sure it is that one. Private to the room. */
#ifndef POSE_MODEL_FILE_H
#define POSE_MODEL_FILE_H

#include <stddef.h>

#include <treadscope/status.h>

enum pose_model_file {
    POSE_FILE_DETECTOR = 0,
    POSE_FILE_LITE,
    POSE_FILE_FULL,
    POSE_FILE_HEAVY,
    POSE_N_FILES
};

/** Read a file and compare it with the pinned SHA-256.
 *  @param[out] bytes  the caller's, to be freed by pose/bulk.h; NULL on failure
 *  @return TREAD_OK; TREAD_ERR_MODEL with a line that names file, reason and
 *          remedy; TREAD_ERR_NOMEM. Any thread. */
TREAD_WARN_UNUSED int tread_pose__model_file_read(const char *dir, enum pose_model_file which,
                                                  void **bytes, size_t *n_bytes, tread_error *err);

/** The line for a file that is there and cannot be used. @return TREAD_ERR_MODEL */
int tread_pose__model_file_refuse(const char *dir, enum pose_model_file which, const char *reason,
                                  tread_error *err);

#endif

#include "pose/model_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "base/error.h"
#include "pose/bulk.h"

/* @mediapipe/pose 0.5.1675469404 from the npm registry. */
static const struct {
    const char *name;
    size_t n_bytes;
    const char *sha256;
} pinned[POSE_N_FILES] = {
    [POSE_FILE_DETECTOR] = {"pose_solution_packed_assets.data", 2962288,
                            "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85"},
    [POSE_FILE_LITE] = {"pose_landmark_lite.tflite", 2819824,
                        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61"},
    [POSE_FILE_FULL] = {"pose_landmark_full.tflite", 6440512,
                        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"},
    [POSE_FILE_HEAVY] = {"pose_landmark_heavy.tflite", 27709200,
                         "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe"},
};

int tread_pose__model_file_refuse(const char *dir, enum pose_model_file which, const char *reason,
                                  tread_error *err)
{
    return tread_error__set(err, TREAD_ERR_MODEL,
                            "%.300s/%s: %s; run `npm ci` in models/pose (tools/setup does)", dir,
                            pinned[which].name, reason);
}

enum { SHA256_BYTES = 32, SHA256_TEXT = 2 * SHA256_BYTES + 1 };

/* In lower-case hexadecimal. @return whether there was memory for it */
static int sha256_of(const void *bytes, size_t n_bytes, char text[SHA256_TEXT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(bytes, n_bytes, digest, NULL, EVP_sha256(), NULL))
        return 0;
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return 1;
}

/* Bytes that are not the pinned ones: what are they? */
static int refuse_content(const char *dir, enum pose_model_file which, size_t n_bytes,
                          const char *sha256, tread_error *err)
{
    char reason[128];
    for (int i = 0; i < POSE_N_FILES; i++) {
        if (strcmp(sha256, pinned[i].sha256) == 0) {
            snprintf(reason, sizeof reason, "a different model (it is %s)", pinned[i].name);
            return tread_pose__model_file_refuse(dir, which, reason, err);
        }
    }
    if (n_bytes < pinned[which].n_bytes) {
        snprintf(reason, sizeof reason, "cut short (%zu of %zu bytes)", n_bytes,
                 pinned[which].n_bytes);
        return tread_pose__model_file_refuse(dir, which, reason, err);
    }
    return tread_pose__model_file_refuse(dir, which, "changed (its SHA-256 is not the pinned one)",
                                         err);
}

/* Up to `max_bytes` of a file; more is not asked for. */
static void *read_up_to(FILE *file, size_t max_bytes, size_t *n_bytes)
{
    void *bytes = tread_pose__bulk_alloc(max_bytes);
    if (bytes)
        *n_bytes = fread(bytes, 1, max_bytes, file);
    return bytes;
}

int tread_pose__model_file_read(const char *dir, enum pose_model_file which, void **bytes,
                                size_t *n_bytes, tread_error *err)
{
    *bytes = NULL;
    *n_bytes = 0;
    size_t path_size = strlen(dir) + strlen(pinned[which].name) + 2;
    char *path = malloc(path_size);
    if (!path)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a path");
    snprintf(path, path_size, "%s/%s", dir, pinned[which].name);
    FILE *file = fopen(path, "rb");
    int open_errno = errno;
    free(path);
    if (!file)
        return tread_pose__model_file_refuse(
            dir, which, open_errno == ENOENT ? "missing" : strerror(open_errno), err);

    /* The largest pinned file, so that one of the others in its place is told apart. */
    void *content = read_up_to(file, pinned[POSE_FILE_HEAVY].n_bytes + 1, n_bytes);
    int has_failed = ferror(file);
    fclose(file);
    if (!content)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for %s", pinned[which].name);
    char sha256[SHA256_TEXT];
    int status = TREAD_OK;
    if (has_failed)
        status = tread_pose__model_file_refuse(dir, which, "cannot be read", err);
    else if (!sha256_of(content, *n_bytes, sha256))
        status = tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a checksum");
    else if (strcmp(sha256, pinned[which].sha256) != 0)
        status = refuse_content(dir, which, *n_bytes, sha256, err);
    if (status != TREAD_OK)
        tread_pose__bulk_free(content);
    else
        *bytes = content;
    return status;
}

#include "pose/weights.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/thread.h"
#include "pose/bulk.h"
#include "pose/detector.h"
#include "pose/landmark_net.h"
#include "pose/model_file.h"
#include "pose/tflite_read.h"
#include "pose/unpack.h"

const char *tread_pose__model_name(enum tread_pose_model model)
{
    switch (model) {
    case TREAD_POSE_LITE: return "lite";
    case TREAD_POSE_FULL: return "full";
    case TREAD_POSE_HEAVY: return "heavy";
    default: return "unknown";
    }
}

/* Bytes of a file to a network that computes the wanted outputs and refers to
 * nothing else. */
static int make_network(pose_network *out, const void *bytes, size_t n_bytes, const size_t *wanted,
                        size_t n_wanted, tread_error *err)
{
    int status = tread_pose__tflite_read(out, bytes, n_bytes, err);
    if (status == TREAD_OK)
        status = tread_pose__network_select(out, wanted, n_wanted, err);
    if (status == TREAD_OK)
        status = tread_pose__unpack_constants(out, err);
    if (status == TREAD_OK)
        status = tread_pose__network_check(out, err);
    return status;
}

static int load_network(pose_network *out, const char *dir, enum pose_model_file which,
                        const size_t *wanted, size_t n_wanted,
                        int (*has_expected_shapes)(const pose_network *), tread_error *err)
{
    void *bytes;
    size_t n_bytes;
    int status = tread_pose__model_file_read(dir, which, &bytes, &n_bytes, err);
    if (status != TREAD_OK)
        return status;
    tread_error reason;
    status = make_network(out, bytes, n_bytes, wanted, n_wanted, &reason);
    tread_pose__bulk_free(bytes);
    if (status == TREAD_ERR_MODEL)
        return tread_pose__model_file_refuse(dir, which, reason.text, err);
    if (status != TREAD_OK)
        return tread_error__set(err, status, "%s", reason.text);
    if (!has_expected_shapes(out))
        return tread_pose__model_file_refuse(dir, which, "not the network it is named for", err);
    return TREAD_OK;
}

static int file_of(enum tread_pose_model model)
{
    switch (model) {
    case TREAD_POSE_LITE: return POSE_FILE_LITE;
    case TREAD_POSE_FULL: return POSE_FILE_FULL;
    case TREAD_POSE_HEAVY: return POSE_FILE_HEAVY;
    default: return -1;
    }
}

/* Outputs by their place in the files: detector Identity (boxes), Identity_1 (scores);
 * landmarks Identity (points), Identity_1 (presence), Identity_3 (heat maps). Segmentation
 * and world points are left out (models/pose/README.md). */
static const size_t detector_outputs[] = {0, 1};
static const size_t landmark_outputs[] = {0, 1, 3};

/* The detector, while the caller loads the other network. */
typedef struct detector_load {
    pose_network *out;
    const char *dir;
    int status;
    tread_error err;
} detector_load;

static void *load_detector(void *data)
{
    detector_load *load = data;
    load->status = load_network(load->out, load->dir, POSE_FILE_DETECTOR, detector_outputs, 2,
                                tread_pose__is_detector, &load->err);
    return NULL;
}

static int load_both(tread_pose_weights *weights, const char *dir, enum pose_model_file landmark,
                     tread_error *err)
{
    detector_load detector = {.out = &weights->detector, .dir = dir};
    pthread_t thread;
    int has_thread = tread_thread__start(&thread, "weights", load_detector, &detector) == TREAD_OK;
    if (!has_thread)
        load_detector(&detector);
    int status = load_network(&weights->landmark, dir, landmark, landmark_outputs, 3,
                              tread_pose__is_landmark_net, err);
    if (has_thread)
        pthread_join(thread, NULL);
    if (detector.status == TREAD_OK)
        return status;
    return tread_error__set(err, detector.status, "%s", detector.err.text);
}

int tread_pose__weights_load(tread_pose_weights **out, const char *dir, enum tread_pose_model model,
                             tread_error *err)
{
    if (!out)
        return tread_error__set(err, TREAD_ERR_ARG, "no place for the weights");
    *out = NULL;
    int file = file_of(model);
    if (!dir || file < 0)
        return tread_error__set(err, TREAD_ERR_ARG, "no folder, or an unknown model");
    tread_pose_weights *weights = calloc(1, sizeof *weights);
    if (!weights)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for the weights");
    weights->model = model;
    int status = load_both(weights, dir, (enum pose_model_file)file, err);
    if (status != TREAD_OK)
        tread_pose__weights_free(&weights);
    *out = weights;
    return status;
}

void tread_pose__weights_free(tread_pose_weights **weights)
{
    if (!weights || !*weights)
        return;
    tread_pose__network_clear(&(*weights)->detector);
    tread_pose__network_clear(&(*weights)->landmark);
    free(*weights);
    *weights = NULL;
}

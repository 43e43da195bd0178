/* The model reader on anything: read, selected, unpacked and checked as when
 * weights are loaded. What passes the check has all its bounds kept, so XNNPACK
 * is not asked.
 *
 * Seeds: tests/fuzz/corpus/model, the files of tests/pose/tiny_model.cpp. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pose/tflite_read.h"
#include "pose/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t wanted[] = {0, 1};
    if (size > 1 << 16)
        return 0;
    /* Of exactly the size, so that a byte read behind it is noticed. */
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    pose_network network;
    tread_error err;
    int status = tread_pose__tflite_read(&network, copy, size, &err);
    if (status == TREAD_OK)
        status = tread_pose__network_select(&network, wanted, network.n_outputs < 2 ? 1 : 2, &err);
    if (status == TREAD_OK)
        status = tread_pose__unpack_constants(&network, &err);
    free(copy);
    if (status == TREAD_OK && tread_pose__network_check(&network, &err) == TREAD_OK)
        (void)tread_pose__network_multiply_adds(&network);
    tread_pose__network_clear(&network);
    return 0;
}

/* Pictures for a browser, by libjpeg-turbo: OpenCV's imgcodecs would bring in forty libraries for
 * the same code. */
#include <stdlib.h>
#include <turbojpeg.h>

#include "vision/vision.h"

/* By eye on the samples: no blocks at the runner's edges; a picture of 960x540 takes some 60 kB. */
#define QUALITY 75

struct tread_jpeg {
    tjhandle handle;
    unsigned char *data; /* of libjpeg-turbo */
    unsigned long capacity;
    int width_px, height_px;
};

int tread_vision__jpeg_create(tread_jpeg **out, int width_px, int height_px)
{
    *out = NULL;
    tread_jpeg *j = calloc(1, sizeof *j);
    if (!j)
        return TREAD_ERR_NOMEM;
    j->handle = tjInitCompress();
    j->width_px = width_px;
    j->height_px = height_px;
    j->capacity = tjBufSize(width_px, height_px, TJSAMP_420);
    if (j->capacity != (unsigned long)-1)
        j->data = tjAlloc((int)j->capacity);
    if (!j->handle || !j->data) {
        tread_vision__jpeg_destroy(&j);
        return TREAD_ERR_NOMEM;
    }
    *out = j;
    return TREAD_OK;
}

int tread_vision__jpeg_encode(tread_jpeg *j, const uint8_t *bgra, ptrdiff_t stride_bytes,
                              const uint8_t **data, size_t *size)
{
    unsigned long n = j->capacity;
    if (tjCompress2(j->handle, bgra, j->width_px, (int)stride_bytes, j->height_px, TJPF_BGRX,
                    &j->data, &n, TJSAMP_420, QUALITY, TJFLAG_NOREALLOC | TJFLAG_FASTDCT) != 0)
        return TREAD_ERR_INTERNAL;
    *data = j->data;
    *size = n;
    return TREAD_OK;
}

void tread_vision__jpeg_destroy(tread_jpeg **j_ptr)
{
    tread_jpeg *j = *j_ptr;
    if (!j)
        return;
    if (j->data)
        tjFree(j->data);
    if (j->handle)
        tjDestroy(j->handle);
    free(j);
    *j_ptr = NULL;
}

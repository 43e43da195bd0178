/* Landmark files of every format, told apart as when one is opened; what is taken must
 * keep the promises of landmarks.h. The first byte says whether a frame rate was told.
 *
 * Seeds: tests/fuzz/corpus/landfile, a small file of each format. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "landfile/landfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int is_so)
{
    if (!is_so)
        abort();
}

static int is_share(float v)
{
    return isnan(v) || (v >= 0 && v <= 1);
}

static void check(const tread_landmarks *lm, double last_s)
{
    require(lm->time_s > last_s);
    require(lm->presence >= 0 && lm->presence <= 1);
    for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
        require(!isinf(lm->x_px[p]) && !isinf(lm->y_px[p]) && !isinf(lm->z_px[p]));
        require(is_share(lm->confidence[p]));
    }
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++) {
        require(!isinf(lm->second[i].x_px) && !isinf(lm->second[i].y_px));
        require(is_share(lm->second[i].confidence));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 16)
        return 0;
    /* Of exactly the size, so that a byte read behind it is noticed. */
    size--;
    char *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    memcpy(copy, data + 1, size);
    double fps = data[0] % 2 ? 30 : 0;
    tread_landfile *f;
    tread_error err;
    int status = tread_landfile__parse(&f, "fuzz", copy, size, fps, &err);
    free(copy);
    if (status != TREAD_OK) {
        require(!f && strlen(err.text) > 0);
        return 0;
    }
    tread_landmarks lm = {.time_s = -INFINITY};
    int64_t n = 0;
    for (double last_s = lm.time_s; tread_landfile__next(f, &lm) == TREAD_OK; n++) {
        check(&lm, last_s);
        last_s = lm.time_s;
    }
    require(n == tread_landfile__info(f)->n_frames);
    tread_landfile__close(&f);
    return 0;
}

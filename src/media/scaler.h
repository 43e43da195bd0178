/* libswscale with its colour settings in one place. */
#ifndef MEDIA_SCALER_H
#define MEDIA_SCALER_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/pixfmt.h>

#include "base/picture.h"

struct SwsContext;

/** One side of a conversion. */
typedef struct media_raster {
    int width_px, height_px;
    enum AVPixelFormat format;       /* never one of the deprecated yuvj ones */
    enum tread_colour_matrix matrix; /* unused for RGB */
    bool is_full_range;
} media_raster;

bool tread_media__raster_is_same(const media_raster *a, const media_raster *b);

/** Zero-initialise; keeps its context as long as both sides stay the same. */
typedef struct media_scaler {
    struct SwsContext *sws;
    media_raster from, to;
} media_scaler;

/** Get ready. @return 0, or a negative libav error. */
int tread_media__scaler_setup(media_scaler *scaler, const media_raster *from,
                              const media_raster *to);

/** Convert a whole picture. Rows may be read up to 64 bytes beyond their end and
 *  written up to a multiple of 16 pixels. @return 0, or a negative libav error. */
int tread_media__scaler_run(media_scaler *scaler, const uint8_t *const from[4],
                            const int from_stride[4], uint8_t *const to[4], const int to_stride[4]);

void tread_media__scaler_free(media_scaler *scaler);

#endif

#include "media/scaler.h"

#include <libavutil/error.h>
#include <libswscale/swscale.h>

static bool is_same(const media_raster *a, const media_raster *b)
{
    return a->width_px == b->width_px && a->height_px == b->height_px && a->format == b->format &&
           a->matrix == b->matrix && a->is_full_range == b->is_full_range;
}

static const int *coefficients(enum tread_colour_matrix matrix)
{
    switch (matrix) {
    case TREAD_MATRIX_BT709: return sws_getCoefficients(SWS_CS_ITU709);
    case TREAD_MATRIX_BT2020: return sws_getCoefficients(SWS_CS_BT2020);
    default: return sws_getCoefficients(SWS_CS_ITU601);
    }
}

int tread_media__scaler_setup(media_scaler *scaler, const media_raster *from,
                              const media_raster *to)
{
    if (scaler->sws && is_same(&scaler->from, from) && is_same(&scaler->to, to))
        return 0;
    if (from->format == AV_PIX_FMT_NONE || to->format == AV_PIX_FMT_NONE)
        return AVERROR(EINVAL);
    bool is_same_size = from->width_px == to->width_px && from->height_px == to->height_px;
    int flags = is_same_size ? SWS_BILINEAR : SWS_AREA;
    scaler->sws =
        sws_getCachedContext(scaler->sws, from->width_px, from->height_px, from->format,
                             to->width_px, to->height_px, to->format, flags, NULL, NULL, NULL);
    if (!scaler->sws)
        return AVERROR(EINVAL);
    /* Formats without colour difference refuse the matrix; they need none. */
    (void)sws_setColorspaceDetails(scaler->sws, coefficients(from->matrix), from->is_full_range,
                                   coefficients(to->matrix), to->is_full_range, 0, 1 << 16,
                                   1 << 16);
    scaler->from = *from;
    scaler->to = *to;
    return 0;
}

int tread_media__scaler_run(media_scaler *scaler, const uint8_t *const from[4],
                            const int from_stride[4], uint8_t *const to[4], const int to_stride[4])
{
    int rows = sws_scale(scaler->sws, from, from_stride, 0, scaler->from.height_px, to, to_stride);
    return rows < 0 ? rows : rows == scaler->to.height_px ? 0 : AVERROR_EXTERNAL;
}

void tread_media__scaler_free(media_scaler *scaler)
{
    sws_freeContext(scaler->sws);
    *scaler = (media_scaler){0};
}

#include "media/scaler.h"

#include <libavutil/error.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

bool tread_media__raster_is_same(const media_raster *a, const media_raster *b)
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

/* The ranges before the rest: told later, planes of one format are copied as they are. */
static int configure(struct SwsContext *sws, const media_raster *from, const media_raster *to,
                     int flags)
{
    const struct {
        const char *name;
        int value;
    } options[] = {{"srcw", from->width_px},     {"srch", from->height_px},
                   {"src_format", from->format}, {"src_range", from->is_full_range},
                   {"dstw", to->width_px},       {"dsth", to->height_px},
                   {"dst_format", to->format},   {"dst_range", to->is_full_range},
                   {"sws_flags", flags}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int ret = av_opt_set_int(sws, options[i].name, options[i].value, 0);
        if (ret < 0)
            return ret;
    }
    return sws_init_context(sws, NULL, NULL);
}

int tread_media__scaler_setup(media_scaler *scaler, const media_raster *from,
                              const media_raster *to)
{
    if (scaler->sws && tread_media__raster_is_same(&scaler->from, from) &&
        tread_media__raster_is_same(&scaler->to, to))
        return 0;
    if (from->format == AV_PIX_FMT_NONE || to->format == AV_PIX_FMT_NONE)
        return AVERROR(EINVAL);
    bool is_same_size = from->width_px == to->width_px && from->height_px == to->height_px;
    int flags = is_same_size ? SWS_BILINEAR : SWS_AREA;
    sws_freeContext(scaler->sws);
    scaler->sws = sws_alloc_context();
    if (!scaler->sws)
        return AVERROR(ENOMEM);
    int ret = configure(scaler->sws, from, to, flags);
    if (ret < 0) {
        sws_freeContext(scaler->sws);
        scaler->sws = NULL;
        return ret;
    }
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

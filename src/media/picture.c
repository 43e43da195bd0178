#include "media/picture.h"

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "media/orient.h"

/* Beyond this a stated sample aspect is a broken header, not a lens. */
static const double ASPECT_MAX = 8.0;

/* Pictures of this many lines and more are BT.709 unless they say otherwise, as
 * players have it. */
enum { HD_LINES = 720 };

/* swscale works on blocks of pixels; its rows get room for a whole one. */
enum { ROW_ALIGN_BYTES = 64 };

static bool is_native_endian(const AVPixFmtDescriptor *desc)
{
    bool is_big = desc->flags & AV_PIX_FMT_FLAG_BE;
    return desc->comp[0].depth == 8 || is_big == (bool)AV_HAVE_BIGENDIAN;
}

static bool is_plain(const AVPixFmtDescriptor *desc)
{
    const uint64_t unfit = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                           AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_FLOAT;
    if (desc->nb_components < 3 || !(desc->flags & AV_PIX_FMT_FLAG_PLANAR) ||
        (desc->flags & unfit) || !is_native_endian(desc))
        return false;
    int depth = desc->comp[0].depth;
    if (depth < 8 || depth > 16)
        return false;
    for (int i = 0; i < 3; i++) {
        const AVComponentDescriptor *c = &desc->comp[i];
        if (c->plane != i || c->offset || c->shift || c->depth != depth ||
            c->step != (depth + 7) / 8)
            return false;
    }
    int sx = desc->log2_chroma_w;
    int sy = desc->log2_chroma_h;
    return (sx <= 1 && sy <= 1) || (sx == 2 && sy == 0);
}

bool tread_media__format_is_plain(enum AVPixelFormat format)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);
    return desc && is_plain(desc);
}

enum AVPixelFormat tread_media__format_find(int bits, int chroma_shift_x, int chroma_shift_y)
{
    const AVPixFmtDescriptor *desc = NULL;
    while ((desc = av_pix_fmt_desc_next(desc))) {
        if (desc->nb_components == 3 && is_plain(desc) && desc->comp[0].depth == bits &&
            desc->log2_chroma_w == chroma_shift_x && desc->log2_chroma_h == chroma_shift_y)
            return av_pix_fmt_desc_get_id(desc);
    }
    return AV_PIX_FMT_NONE;
}

double tread_media__aspect_or_square(AVRational aspect)
{
    if (aspect.num <= 0 || aspect.den <= 0)
        return 1.0;
    double ratio = (double)aspect.num / aspect.den;
    return ratio >= 1.0 / ASPECT_MAX && ratio <= ASPECT_MAX ? ratio : 1.0;
}

static enum tread_colour_matrix matrix_of(const AVFrame *frame)
{
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709: return TREAD_MATRIX_BT709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL: return TREAD_MATRIX_BT2020;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_FCC: return TREAD_MATRIX_BT601;
    default: return frame->height >= HD_LINES ? TREAD_MATRIX_BT709 : TREAD_MATRIX_BT601;
    }
}

/* The deprecated formats that say "full range" in their name, without it. */
static enum AVPixelFormat without_range(enum AVPixelFormat format)
{
    switch (format) {
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P: return AV_PIX_FMT_YUV411P;
    default: return format;
    }
}

static bool is_full_range(const AVFrame *frame)
{
    return frame->color_range == AVCOL_RANGE_JPEG || without_range(frame->format) != frame->format;
}

/* The range of the plain picture made from this one. swscale makes studio range
 * of RGB; grey has the full range unless stated. */
static bool is_full_range_once_plain(const AVFrame *frame, const AVPixFmtDescriptor *desc)
{
    if (desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL))
        return false;
    return desc->nb_components < 3 ? frame->color_range != AVCOL_RANGE_MPEG : is_full_range(frame);
}

static enum AVPixelFormat nearest_plain(const AVPixFmtDescriptor *desc)
{
    static const enum AVPixelFormat plain[] = {
        AV_PIX_FMT_YUV420P,   AV_PIX_FMT_YUV422P,   AV_PIX_FMT_YUV444P,   AV_PIX_FMT_YUV411P,
        AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV444P10, AV_PIX_FMT_YUV420P12,
        AV_PIX_FMT_YUV422P12, AV_PIX_FMT_YUV444P12, AV_PIX_FMT_YUV420P16, AV_PIX_FMT_YUV422P16,
        AV_PIX_FMT_YUV444P16, AV_PIX_FMT_NONE,
    };
    bool is_grey = desc->nb_components < 3 && !(desc->flags & AV_PIX_FMT_FLAG_PAL);
    if (is_grey) { /* libav would take 4:4:4, for no colour at all */
        int depth = desc->comp[0].depth;
        return depth <= 8    ? AV_PIX_FMT_YUV420P
               : depth <= 10 ? AV_PIX_FMT_YUV420P10
               : depth <= 12 ? AV_PIX_FMT_YUV420P12
                             : AV_PIX_FMT_YUV420P16;
    }
    return avcodec_find_best_pix_fmt_of_list(plain, av_pix_fmt_desc_get_id(desc), 0, NULL);
}

void tread_media__planariser_free(media_planariser *planariser)
{
    tread_media__scaler_free(&planariser->scaler);
    av_buffer_pool_uninit(&planariser->buffers);
    av_frame_free(&planariser->result);
}

/* A buffer for a picture of this raster, in planariser->result. */
static int take_buffer(media_planariser *p, const media_raster *raster)
{
    int size = av_image_get_buffer_size(raster->format, raster->width_px, raster->height_px,
                                        ROW_ALIGN_BYTES);
    if (size < 0)
        return size;
    size_t wanted = (size_t)size + ROW_ALIGN_BYTES;
    if (!p->buffers || p->buffer_size != wanted) {
        av_buffer_pool_uninit(&p->buffers);
        p->buffers = av_buffer_pool_init(wanted, NULL);
        p->buffer_size = wanted;
    }
    if (!p->result)
        p->result = av_frame_alloc();
    if (!p->buffers || !p->result)
        return AVERROR(ENOMEM);
    av_frame_unref(p->result);
    p->result->buf[0] = av_buffer_pool_get(p->buffers);
    if (!p->result->buf[0])
        return AVERROR(ENOMEM);
    p->result->format = raster->format;
    p->result->width = raster->width_px;
    p->result->height = raster->height_px;
    int ret =
        av_image_fill_arrays(p->result->data, p->result->linesize, p->result->buf[0]->data,
                             raster->format, raster->width_px, raster->height_px, ROW_ALIGN_BYTES);
    return ret < 0 ? ret : 0;
}

int tread_media__planariser_run(media_planariser *planariser, AVFrame *frame)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    if (!desc || !frame->data[0] || frame->width <= 0 || frame->height <= 0)
        return AVERROR_INVALIDDATA;
    if (is_plain(desc))
        return 0;
    if (desc->flags & AV_PIX_FMT_FLAG_HWACCEL)
        return AVERROR_PATCHWELCOME;

    bool is_full = is_full_range_once_plain(frame, desc);
    enum tread_colour_matrix matrix = matrix_of(frame);
    media_raster from = {frame->width, frame->height, frame->format, matrix, is_full};
    media_raster to = {frame->width, frame->height, nearest_plain(desc), matrix, is_full};
    int ret = take_buffer(planariser, &to);
    if (ret >= 0)
        ret = tread_media__scaler_setup(&planariser->scaler, &from, &to);
    AVFrame *result = planariser->result;
    if (ret >= 0)
        ret = tread_media__scaler_run(&planariser->scaler, (const uint8_t *const *)frame->data,
                                      frame->linesize, result->data, result->linesize);
    if (ret >= 0)
        ret = av_frame_copy_props(result, frame);
    if (ret < 0)
        return ret;
    result->color_range = is_full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    av_frame_unref(frame);
    av_frame_move_ref(frame, result);
    return 0;
}

tread_picture tread_media__picture_of(const AVFrame *frame, const int32_t *matrix,
                                      double sample_aspect)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    tread_picture picture = {
        .width_px = frame->width,
        .height_px = frame->height,
        .chroma_shift_x = desc->log2_chroma_w,
        .chroma_shift_y = desc->log2_chroma_h,
        .bits = desc->comp[0].depth,
        .matrix = matrix_of(frame),
        .is_full_range = is_full_range(frame),
    };
    for (int i = 0; i < 3; i++) {
        picture.plane[i] = frame->data[i];
        picture.stride_bytes[i] = frame->linesize[i];
    }
    const AVFrameSideData *own = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (own && own->size >= 9 * sizeof *matrix)
        matrix = (const int32_t *)(const void *)own->data;
    double upright[2];
    tread_media__orient_affine(tread_media__orient_from_matrix(matrix), frame->width, frame->height,
                               sample_aspect, upright, picture.stored_from_upright);
    picture.upright_width_px = upright[0];
    picture.upright_height_px = upright[1];
    return picture;
}

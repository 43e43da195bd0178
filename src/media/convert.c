/* Frames as people see them: upright, as BGRA or as planes for an encoder. swscale does colour and
 * size, turning is done here. */
#include <libavutil/mem.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/media.h"
#include "media/orient.h"
#include "media/picture.h"
#include "media/scaler.h"

enum {
    BYTES_PER_PIXEL = 4,
    ROW_ALIGN_PX = 16, /* swscale writes whole blocks of pixels */
    TILE_PX = 16,      /* of the turn: a tile's rows and columns stay in the cache */
    MAX_SIDE_PX = 32768,
};

struct tread_converter {
    int width_px, height_px;
    media_scaler scaler;
    uint8_t *turned; /* the picture before it is turned; large enough for BGRA either way round */
};

int tread_media__converter_create(tread_converter **out, int width_px, int height_px,
                                  tread_error *err)
{
    *out = NULL;
    if (width_px < 1 || height_px < 1 || width_px > MAX_SIDE_PX || height_px > MAX_SIDE_PX)
        return tread_error__set(err, TREAD_ERR_ARG, "picture size %dx%d is out of range", width_px,
                                height_px);
    tread_converter *conv = calloc(1, sizeof *conv);
    if (!conv)
        goto fail;
    conv->width_px = width_px;
    conv->height_px = height_px;
    /* Room for either way round. */
    size_t w = ((size_t)width_px + ROW_ALIGN_PX) / ROW_ALIGN_PX * ROW_ALIGN_PX;
    size_t h = ((size_t)height_px + ROW_ALIGN_PX) / ROW_ALIGN_PX * ROW_ALIGN_PX;
    conv->turned = av_malloc(w * h * BYTES_PER_PIXEL);
    if (!conv->turned)
        goto fail;
    *out = conv;
    return TREAD_OK;

fail:
    tread_media__converter_destroy(&conv);
    return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a picture of %dx%d", width_px,
                            height_px);
}

void tread_media__converter_destroy(tread_converter **conv)
{
    if (!conv || !*conv)
        return;
    tread_media__scaler_free(&(*conv)->scaler);
    av_freep(&(*conv)->turned);
    free(*conv);
    *conv = NULL;
}

/* to(x, y) = the pixel at `first` + x * step_x + y * step_y, in pixels of `bytes` each. */
static inline void turn_as(uint8_t *to, ptrdiff_t stride_bytes, int width, int height,
                           const uint8_t *first, ptrdiff_t step_x, ptrdiff_t step_y, size_t bytes)
{
    step_x *= (ptrdiff_t)bytes;
    step_y *= (ptrdiff_t)bytes;
    for (int y0 = 0; y0 < height; y0 += TILE_PX) {
        int y1 = y0 + TILE_PX < height ? y0 + TILE_PX : height;
        for (int x0 = 0; x0 < width; x0 += TILE_PX) {
            int x1 = x0 + TILE_PX < width ? x0 + TILE_PX : width;
            for (int y = y0; y < y1; y++) {
                uint8_t *row = to + y * stride_bytes;
                for (int x = x0; x < x1; x++)
                    memcpy(row + (size_t)x * bytes, first + x * step_x + y * step_y, bytes);
            }
        }
    }
}

/* Copy a plane of width x height, as stored, to one that is the right way up. */
static void turn_plane(uint8_t *to, ptrdiff_t to_stride_bytes, const uint8_t *from,
                       ptrdiff_t from_stride_px, int width, int height, media_orient orient,
                       int pixel_bytes)
{
    /* One step right in the upright picture is (xx, xy) in the stored one. */
    ptrdiff_t step_x = orient.xx + orient.xy * from_stride_px;
    ptrdiff_t step_y = orient.yx + orient.yy * from_stride_px;
    bool is_from_right = orient.xx < 0 || orient.yx < 0;
    bool is_from_bottom = orient.xy < 0 || orient.yy < 0;
    ptrdiff_t first =
        (is_from_right ? width - 1 : 0) + (is_from_bottom ? (height - 1) * from_stride_px : 0);
    int upright_width = orient.xy ? height : width, upright_height = orient.xy ? width : height;
    if (pixel_bytes == 1)
        turn_as(to, to_stride_bytes, upright_width, upright_height, from + first, step_x, step_y,
                1);
    else
        turn_as(to, to_stride_bytes, upright_width, upright_height, from + first * BYTES_PER_PIXEL,
                step_x, step_y, BYTES_PER_PIXEL);
}

static void copy_planes(const tread_picture *p, const tread_surface *to)
{
    for (int i = 0; i < 3; i++) {
        int shift = tread_surface__shift(i);
        tread_surface__copy_rows(to->plane[i], to->stride_bytes[i], p->plane[i], p->stride_bytes[i],
                                 to->width_px >> shift, to->height_px >> shift);
    }
}

/* The surface as it is, where swscale may write to it; else conv->turned, laid out like it. */
static tread_surface scaled_to(const tread_converter *conv, const tread_surface *to, int width,
                               int height, bool is_as_stored)
{
    int block = to->plane[1] ? 2 * ROW_ALIGN_PX : ROW_ALIGN_PX;
    if (is_as_stored && width % block == 0)
        return *to;
    int stride_px = (width + block - 1) / block * block;
    if (!to->plane[1])
        return tread_surface__bgra(conv->turned, (ptrdiff_t)stride_px * BYTES_PER_PIXEL, width,
                                   height);
    uint8_t *cb = conv->turned + (ptrdiff_t)stride_px * height;
    uint8_t *cr = cb + (ptrdiff_t)stride_px / 2 * (height / 2);
    return (tread_surface){.plane = {conv->turned, cb, cr},
                           .stride_bytes = {stride_px, stride_px / 2, stride_px / 2},
                           .width_px = width,
                           .height_px = height};
}

static int convert(tread_converter *conv, const tread_picture *p, const tread_surface *to)
{
    media_orient orient = tread_media__orient_from_affine(p->stored_from_upright);
    bool is_crossed = orient.xy != 0, is_as_stored = orient.xx == 1 && orient.yy == 1;
    bool is_planar = to->plane[1] != NULL;
    int width = is_crossed ? conv->height_px : conv->width_px;
    int height = is_crossed ? conv->width_px : conv->height_px;
    media_raster from = {
        .width_px = p->width_px,
        .height_px = p->height_px,
        .format = tread_media__format_find(p->bits, p->chroma_shift_x, p->chroma_shift_y),
        .matrix = p->matrix,
        .is_full_range = p->is_full_range,
    };
    media_raster wanted = {width, height, is_planar ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_BGRA,
                           is_planar ? to->matrix : p->matrix, !is_planar};
    if (is_as_stored && tread_media__raster_is_same(&from, &wanted)) {
        copy_planes(p, to);
        return 0;
    }
    int ret = tread_media__scaler_setup(&conv->scaler, &from, &wanted);
    if (ret < 0)
        return ret;
    const uint8_t *planes[4] = {p->plane[0], p->plane[1], p->plane[2], NULL};
    int strides[4] = {(int)p->stride_bytes[0], (int)p->stride_bytes[1], (int)p->stride_bytes[2], 0};
    const tread_surface scaled = scaled_to(conv, to, width, height, is_as_stored);
    ret = tread_media__scaler_run(&conv->scaler, planes, strides,
                                  (uint8_t *[4]){scaled.plane[0], scaled.plane[1], scaled.plane[2]},
                                  (int[4]){(int)scaled.stride_bytes[0], (int)scaled.stride_bytes[1],
                                           (int)scaled.stride_bytes[2]});
    if (ret < 0 || scaled.plane[0] == to->plane[0])
        return ret;
    int pixel_bytes = tread_surface__pixel_bytes(to);
    for (int i = 0; i < tread_surface__n_planes(to); i++) {
        int shift = tread_surface__shift(i);
        turn_plane(to->plane[i], to->stride_bytes[i], scaled.plane[i],
                   scaled.stride_bytes[i] / pixel_bytes, width >> shift, height >> shift, orient,
                   pixel_bytes);
    }
    return 0;
}

static bool fits(const tread_converter *conv, const tread_surface *to)
{
    if (to->width_px != conv->width_px || to->height_px != conv->height_px)
        return false;
    if (to->plane[1] && (to->width_px % 2 || to->height_px % 2))
        return false;
    for (int i = 0; i < tread_surface__n_planes(to); i++) {
        ptrdiff_t row = (to->width_px >> tread_surface__shift(i)) * tread_surface__pixel_bytes(to);
        if (to->stride_bytes[i] < row || to->stride_bytes[i] > MAX_SIDE_PX * BYTES_PER_PIXEL)
            return false;
    }
    return true;
}

int tread_media__converter_run(tread_converter *conv, const tread_frame *frame,
                               const tread_surface *to, tread_error *err)
{
    if (!fits(conv, to))
        return tread_error__set(err, TREAD_ERR_ARG, "a surface of %dx%d does not fit %dx%d pixels",
                                to->width_px, to->height_px, conv->width_px, conv->height_px);
    if (convert(conv, &frame->picture, to) < 0)
        return tread_error__set(
            err, TREAD_ERR_INTERNAL, "swscale cannot turn a %dx%d picture into %dx%d",
            frame->picture.width_px, frame->picture.height_px, conv->width_px, conv->height_px);
    return TREAD_OK;
}

/* Frames as people see them: upright BGRA. swscale does colour and size, turning
 * is done here. */
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
    /* The picture before it is turned; rows of stride_px pixels. */
    uint32_t *turned;
    int stride_px;
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

/* dst(x, y) = the pixel at `first` + x * step_x + y * step_y of the source. */
static void turn(uint8_t *dst, ptrdiff_t stride_bytes, int width, int height, const uint32_t *first,
                 ptrdiff_t step_x, ptrdiff_t step_y)
{
    for (int y0 = 0; y0 < height; y0 += TILE_PX) {
        int y1 = y0 + TILE_PX < height ? y0 + TILE_PX : height;
        for (int x0 = 0; x0 < width; x0 += TILE_PX) {
            int x1 = x0 + TILE_PX < width ? x0 + TILE_PX : width;
            for (int y = y0; y < y1; y++) {
                uint8_t *row = dst + y * stride_bytes;
                for (int x = x0; x < x1; x++)
                    memcpy(row + (ptrdiff_t)x * BYTES_PER_PIXEL, first + x * step_x + y * step_y,
                           BYTES_PER_PIXEL);
            }
        }
    }
}

/* Copy conv->turned, a picture of width x height, to dst the right way up. */
static void turn_upright(const tread_converter *conv, media_orient orient, int width, int height,
                         uint8_t *dst, ptrdiff_t stride_bytes)
{
    ptrdiff_t row = conv->stride_px;
    /* One step right in the upright picture is (xx, xy) in the stored one. */
    ptrdiff_t step_x = orient.xx + orient.xy * row;
    ptrdiff_t step_y = orient.yx + orient.yy * row;
    bool is_from_right = orient.xx < 0 || orient.yx < 0;
    bool is_from_bottom = orient.xy < 0 || orient.yy < 0;
    const uint32_t *first =
        conv->turned + (is_from_right ? width - 1 : 0) + (is_from_bottom ? (height - 1) * row : 0);
    turn(dst, stride_bytes, conv->width_px, conv->height_px, first, step_x, step_y);
}

static int convert(tread_converter *conv, const tread_picture *p, uint8_t *bgra,
                   ptrdiff_t stride_bytes)
{
    media_orient orient = tread_media__orient_from_affine(p->stored_from_upright);
    bool is_crossed = orient.xy != 0;
    int width = is_crossed ? conv->height_px : conv->width_px;
    int height = is_crossed ? conv->width_px : conv->height_px;
    media_raster from = {
        .width_px = p->width_px,
        .height_px = p->height_px,
        .format = tread_media__format_find(p->bits, p->chroma_shift_x, p->chroma_shift_y),
        .matrix = p->matrix,
        .is_full_range = p->is_full_range,
    };
    media_raster to = {width, height, AV_PIX_FMT_BGRA, p->matrix, true};
    int ret = tread_media__scaler_setup(&conv->scaler, &from, &to);
    if (ret < 0)
        return ret;

    const uint8_t *planes[4] = {p->plane[0], p->plane[1], p->plane[2], NULL};
    int strides[4] = {(int)p->stride_bytes[0], (int)p->stride_bytes[1], (int)p->stride_bytes[2], 0};
    bool is_as_stored = orient.xx == 1 && orient.yy == 1;
    if (is_as_stored && width % ROW_ALIGN_PX == 0)
        return tread_media__scaler_run(&conv->scaler, planes, strides, (uint8_t *[4]){bgra},
                                       (int[4]){(int)stride_bytes});
    conv->stride_px = (width + ROW_ALIGN_PX - 1) / ROW_ALIGN_PX * ROW_ALIGN_PX;
    ret = tread_media__scaler_run(&conv->scaler, planes, strides,
                                  (uint8_t *[4]){(uint8_t *)conv->turned},
                                  (int[4]){conv->stride_px * BYTES_PER_PIXEL});
    if (ret >= 0)
        turn_upright(conv, orient, width, height, bgra, stride_bytes);
    return ret;
}

int tread_media__converter_run(tread_converter *conv, const tread_frame *frame, uint8_t *bgra,
                               ptrdiff_t stride_bytes, tread_error *err)
{
    if (stride_bytes < (ptrdiff_t)conv->width_px * BYTES_PER_PIXEL ||
        stride_bytes > MAX_SIDE_PX * BYTES_PER_PIXEL)
        return tread_error__set(err, TREAD_ERR_ARG, "row distance %td does not fit %d pixels",
                                stride_bytes, conv->width_px);
    if (convert(conv, &frame->picture, bgra, stride_bytes) < 0)
        return tread_error__set(
            err, TREAD_ERR_INTERNAL, "swscale cannot turn a %dx%d picture into %dx%d",
            frame->picture.width_px, frame->picture.height_px, conv->width_px, conv->height_px);
    return TREAD_OK;
}

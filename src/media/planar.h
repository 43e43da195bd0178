/* Private to media: pictures people see become planes an encoder takes. */
#ifndef MEDIA_PLANAR_H
#define MEDIA_PLANAR_H

#include <stddef.h>
#include <stdint.h>

#include "media/media.h"

/** BGRA of full range to 4:2:0 of studio range, each value within 1 of the exact one. Chroma is
 *  the mean of its four pixels: from what a converter made of 4:2:0, the same chroma again.
 *  @param width_px, height_px  even
 *  @param plane  Y, Cb, Cr; `stride_bytes` of each */
void tread_media__planar_from_bgra(const uint8_t *bgra, ptrdiff_t bgra_stride_bytes, int width_px,
                                   int height_px, enum tread_colour_matrix matrix,
                                   uint8_t *const plane[3], const int stride_bytes[3]);

#endif

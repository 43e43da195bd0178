/* A picture that is written to: rows somebody else owns. media converts frames into it and encodes
 * it, vision draws on it. */
#ifndef BASE_SURFACE_H
#define BASE_SURFACE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/picture.h"

/** Either BGRA: all in plane[0], four bytes B G R A a pixel, the other two NULL. Or 4:2:0, as
 *  encoders take it: Y, Cb and Cr, one byte a sample, studio range (16..235, 16..240), the latter
 *  two half as wide and as high; width and height are even then. A plain view. */
typedef struct tread_surface {
    uint8_t *plane[3];
    ptrdiff_t stride_bytes[3]; /* may be negative */
    int width_px, height_px;
    enum tread_colour_matrix matrix; /* of 4:2:0 */
} tread_surface;

static inline tread_surface tread_surface__bgra(uint8_t *bgra, ptrdiff_t stride_bytes, int width_px,
                                                int height_px)
{
    tread_surface s = {
        {bgra, NULL, NULL}, {stride_bytes, 0, 0}, width_px, height_px, TREAD_MATRIX_BT601};
    return s;
}

/** How much smaller a plane is than the picture: both ways, as a shift. */
static inline int tread_surface__shift(int plane)
{
    return plane ? 1 : 0;
}

static inline int tread_surface__n_planes(const tread_surface *s)
{
    return s->plane[1] ? 3 : 1;
}

static inline int tread_surface__pixel_bytes(const tread_surface *s)
{
    return s->plane[1] ? 1 : 4;
}

/** The part from column `left_px` on, of this width; both even in 4:2:0. */
static inline tread_surface tread_surface__part(const tread_surface *s, int left_px, int width_px)
{
    tread_surface part = *s;
    part.width_px = width_px;
    for (int i = 0; i < tread_surface__n_planes(s); i++)
        part.plane[i] += (left_px >> tread_surface__shift(i)) * tread_surface__pixel_bytes(s);
    return part;
}

/** Rows of a plane, `row_bytes` of each. */
static inline void tread_surface__copy_rows(uint8_t *to, ptrdiff_t to_stride_bytes,
                                            const uint8_t *from, ptrdiff_t from_stride_bytes,
                                            int row_bytes, int n_rows)
{
    for (int y = 0; y < n_rows; y++)
        memcpy(to + y * to_stride_bytes, from + y * from_stride_bytes, (size_t)row_bytes);
}

#endif

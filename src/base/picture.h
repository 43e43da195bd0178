/* A view of one decoded picture: planes somebody else owns, and how upright
 * pixels map onto them. This is what media hands to pose and vision, so that
 * neither knows libav. */
#ifndef BASE_PICTURE_H
#define BASE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

/* Which constants turn YUV into RGB. */
enum tread_colour_matrix {
    TREAD_MATRIX_BT601 = 1,
    TREAD_MATRIX_BT709,
    TREAD_MATRIX_BT2020,
};

/** What red and blue weigh in luma (ITU-R BT.601, BT.709, BT.2020); green has the rest. */
static inline void tread_picture__luma_weights(enum tread_colour_matrix matrix, double *red,
                                               double *blue)
{
    *red = matrix == TREAD_MATRIX_BT709 ? 0.2126 : matrix == TREAD_MATRIX_BT2020 ? 0.2627 : 0.299;
    *blue = matrix == TREAD_MATRIX_BT709 ? 0.0722 : matrix == TREAD_MATRIX_BT2020 ? 0.0593 : 0.114;
}

/** Planar YUV, 8 bit (one byte a sample) or 9 to 16 bit (two bytes a sample,
 *  native endian, value in the low bits). Three planes: Y, U, V.
 *
 *  Stored pixels are those of the planes. Upright pixels are what a person
 *  sees: display matrix applied, pixels square. Both have their origin at the
 *  top left corner and pixel centres at +0.5.
 *      xs = m[0]*xu + m[1]*yu + m[2]
 *      ys = m[3]*xu + m[4]*yu + m[5]      with m = stored_from_upright
 *  A plain view: valid as long as its owner (a tread_frame) is. */
typedef struct tread_picture {
    const uint8_t *plane[3];
    ptrdiff_t stride_bytes[3]; /* may be negative */
    int width_px, height_px;   /* stored size of plane 0 */
    int chroma_shift_x;        /* log2 subsampling of planes 1 and 2: 0 or 1 (2 for 4:1:1) */
    int chroma_shift_y;
    int bits; /* per sample, 8 to 16 */
    enum tread_colour_matrix matrix;
    int is_full_range; /* 0: 16..235/240 scaled to `bits`; 1: the whole range */
    double upright_width_px, upright_height_px;
    double stored_from_upright[6];
} tread_picture;

#endif

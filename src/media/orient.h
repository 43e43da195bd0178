/* Display matrices: which of the eight ways a camera can be held was used. */
#ifndef MEDIA_ORIENT_H
#define MEDIA_ORIENT_H

#include <stdbool.h>
#include <stdint.h>

/** Upright from stored, a signed permutation (y down in both):
 *      xu = xx * xs + xy * ys (+ a shift)
 *      yu = yx * xs + yy * ys (+ a shift) */
typedef struct media_orient {
    int xx, xy, yx, yy; /* -1, 0 or 1 */
} media_orient;

/** The nearest of the eight orientations to a libav display matrix.
 *  @param matrix  nine numbers as AV_PKT_DATA_DISPLAYMATRIX has them; NULL or a
 *                 degenerate one gives "as stored" */
media_orient tread_media__orient_from_matrix(const int32_t *matrix);

/** The orientation a tread_picture's affine was made with.
 *  @param m  stored_from_upright */
media_orient tread_media__orient_from_affine(const double m[6]);

/** @param[out] is_mirrored  the stored picture is mirrored left-right first ...
 *  @return ... and then turned clockwise by this: 0, 90, 180, 270 */
int tread_media__orient_rotation_deg(media_orient orient, bool *is_mirrored);

/** Upright size and stored-from-upright affine, as in tread_picture.
 *  @param sample_aspect      width over height of a stored pixel, > 0
 *  @param[out] upright_px    width, height
 *  @param[out] m             stored_from_upright */
void tread_media__orient_affine(media_orient orient, int width_px, int height_px,
                                double sample_aspect, double upright_px[2], double m[6]);

#endif

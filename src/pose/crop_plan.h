/* What is worked out once for a crop, for both ways of making it: crop.c makes
 * any crop on any processor, crop_avx2.c the usual ones where there is AVX2, to
 * the same bits. Private to the crop. */
#ifndef POSE_CROP_PLAN_H
#define POSE_CROP_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "pose/crop.h"

/** Positions are in this fraction of a sample, where that fits in 31 bits. */
#define POSE_CROP_FRACTION_BITS 16

/** Left and right neighbour share a weight of 1 << POSE_CROP_WEIGHT_BITS, so that what is between
 *  them fits in 31 bits, whatever the depth; codes below carry that factor. */
#define POSE_CROP_WEIGHT_BITS 14

/** One plane of the picture. */
typedef struct pose_crop_plane {
    const uint8_t *data;
    ptrdiff_t stride_bytes;
    int width, height; /* samples */
} pose_crop_plane;

/** Where the crop's pixels fall along one axis of a plane: row i, column j at
 *  row[i] + column[j], clamped to 0..last. 0 is the centre of the first sample. */
typedef struct pose_crop_axis {
    int32_t row[POSE_CROP_MAX_PX], column[POSE_CROP_MAX_PX];
    int32_t last; /* the last position with a sample beyond it, or 0 */
} pose_crop_axis;

typedef struct pose_crop_grid {
    pose_crop_axis x, y;
} pose_crop_grid;

/** Codes of Y, U, V to R, G, B, not yet clipped. */
typedef struct pose_crop_colour {
    float y;
    float r_v, r_0;
    float g_u, g_v, g_0;
    float b_u, b_0;
} pose_crop_colour;

typedef struct pose_crop_plan {
    int size_px, bits;
    int fraction_bits; /* POSE_CROP_FRACTION_BITS; fewer in a region of ten thousands of pixels */
    pose_crop_plane plane[3];
    pose_crop_grid grid[2]; /* of luma, of chroma */
    pose_crop_colour colour;
    float low, high;
} pose_crop_plan;

/** The whole crop, without a border, as crop.c makes it.
 *  @return 0: not this one, or not on this processor; nothing is done */
int tread_pose__crop_avx2(float *rgb, const pose_crop_plan *plan);

#endif

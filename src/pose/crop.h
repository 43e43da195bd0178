/* From the decoder's own planes straight into a network's RGB input: rotation,
 * scale, orientation, pixel shape, chroma subsampling and colour in one pass.
 * Private to the room. */
#ifndef POSE_CROP_H
#define POSE_CROP_H

#include "base/picture.h"
#include "pose/region.h"

/** The widest input of a network. */
#define POSE_CROP_MAX_PX 256

/** What a pixel outside the picture looks like. */
enum pose_border {
    POSE_BORDER_BLACK = 0,
    POSE_BORDER_REPLICATE, /* the nearest pixel inside */
};

/** Sample a region.
 *
 *  Bilinear in Y, U and V at the centre of each pixel of the crop, then to RGB,
 *  clipped to 0..1. A pixel is outside when its centre is. Chroma samples are
 *  taken to sit in the middle of the luma samples they cover.
 *  @param[out] rgb      (size_px, size_px, 3) row-major: low + (high - low) * RGB
 *  @param[in]  picture  at least 1x1
 *  @param[in]  region   usable (tread_pose__region_is_usable)
 *  @param[in]  size_px  1 to POSE_CROP_MAX_PX
 *  Any thread. Does not allocate. */
void tread_pose__crop(float *rgb, const tread_picture *picture, const pose_region *region,
                      int size_px, float low, float high, enum pose_border border);

/** The same to the bit, with nothing that only some processors have: for the
 *  test that compares. */
void tread_pose__crop_plain(float *rgb, const tread_picture *picture, const pose_region *region,
                            int size_px, float low, float high, enum pose_border border);

#endif

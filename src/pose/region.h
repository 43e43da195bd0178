/* The square a network looks at: anywhere on the upright picture, any size,
 * any rotation. Private to the room. */
#ifndef POSE_REGION_H
#define POSE_REGION_H

#include "base/picture.h"

/** Upright pixels. Crop coordinates run 0..1 along `right` and `down`. */
typedef struct pose_region {
    double x, y; /* centre */
    double side;
    double down_x, down_y; /* unit vector along the crop's columns; right is a quarter turn back */
} pose_region;

/** MediaPipe's pose_detection_to_roi and pose_landmarks_to_roi: a square about
 *  the first point, 1.25 times twice the distance to the second, turned so
 *  that the second lies above the first. */
pose_region tread_pose__region_from_points(double x0, double y0, double x1, double y1);

/** The whole picture, letterboxed into a square. */
pose_region tread_pose__region_of_picture(const tread_picture *picture);

/** The nearest region of a coarse grid of places, sizes and turns. NaN stays NaN.
 *  @param grid  which: 0 is the coarsest */
pose_region tread_pose__region_snap(const pose_region *region, int grid);

/** Whether a crop of it means anything: finite, at least 16 pixels wide, at
 *  most 16 times the picture, and its centre no further than half its side
 *  outside the picture. */
int tread_pose__region_is_usable(const pose_region *region, const tread_picture *picture);

/** The affine map from crop coordinates 0..1 to upright pixels: two rows of
 *  three, as in tread_picture. */
void tread_pose__upright_from_crop(const pose_region *region, double map[6]);

#endif

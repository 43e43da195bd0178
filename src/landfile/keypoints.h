/* Which landmark a keypoint of another set is: by its name, or by its number in a set
 * that is known by its size. */
#ifndef LANDFILE_KEYPOINTS_H
#define LANDFILE_KEYPOINTS_H

#include <stddef.h>
#include <stdint.h>

#define LANDFILE_NO_POINT (-1)

/** A landmark by name: "left_knee", "LKnee", "l_big_toe", "RFootIndex", "KNEE_L",
 *  "r_ankle_study" ... Case and punctuation do not matter.
 *  @param name  (n) bytes
 *  @return a tread_landmark, or LANDFILE_NO_POINT: unknown, or one we have no use for */
int landfile_point_named(const char *name, size_t n);

/** Landmarks of a set of `n` keypoints, in its order.
 *  @return (n) tread_landmark or LANDFILE_NO_POINT; NULL when no set has this size. Static */
const int8_t *landfile_points_of(size_t n);

/** "left_knee", as the log writes it. */
const char *landfile_point_name(int point);

#endif

/* A second look at the picture in a mirror. The network's errors there are others: on
 * rendered runners the mean of both looks misses the knee by a tenth less than either.
 * Private to the room. */
#ifndef POSE_TWICE_H
#define POSE_TWICE_H

#include <treadscope/landmarks.h>

#include "pose/region.h"

/** Turn a network's input over, left to right. @param rgb  (size_px, size_px, 3) */
void tread_pose__flip_input(float *rgb, int size_px);

/** Landmarks read from a flipped input back to where they are, left and right by their
 *  own names again. @param region  the one that was looked at */
void tread_pose__unflip_landmarks(tread_landmarks *lm, const pose_region *region);

/** Both looks in one: places that agree become their mean. Of the legs a place that only
 *  the second look has is kept as a second place, where there is none more likely; of the
 *  rest the first look counts. presence and times are the first look's. Any thread.
 *  @param side_px  of the region */
void tread_pose__merge_looks(tread_landmarks *into, const tread_landmarks *other, double side_px);

#endif

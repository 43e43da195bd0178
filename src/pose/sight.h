/* What a look at somebody says beside the landmarks, for following them. Private to the
 * room. */
#ifndef POSE_SIGHT_H
#define POSE_SIGHT_H

#include "pose/region.h"

typedef struct pose_sight {
    pose_region next; /* where to look in the next picture */
    /* Left and right ankle as the regression has them, upright pixels: it stays with one
     * body where the heat maps have another's legs too. */
    double ankle_x_px[2], ankle_y_px[2];
} pose_sight;

#endif

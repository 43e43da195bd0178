/* The two networks of one choice of model, ready to build graphs from.
 * Private to the room, and to the bench. */
#ifndef POSE_WEIGHTS_H
#define POSE_WEIGHTS_H

#include "pose/network.h"
#include "pose/pose.h"

struct tread_pose_weights {
    enum tread_pose_model model;
    pose_network detector; /* outputs: boxes in three parts, then scores in three parts */
    pose_network landmark; /* outputs: points, presence, heat maps */
};

#endif

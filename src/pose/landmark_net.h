/* The landmark network: what goes in, and what its outputs mean. Private to
 * the room.
 *
 * Numbers are those of MediaPipe's pose_landmark graphs. */
#ifndef POSE_LANDMARK_NET_H
#define POSE_LANDMARK_NET_H

#include <treadscope/landmarks.h>

#include "base/picture.h"
#include "pose/graph.h"
#include "pose/region.h"
#include "pose/sight.h"

enum {
    POSE_LANDMARK_SIZE_PX = 256,
    POSE_N_POINTS = 39,    /* 33 published, 2 for the next region, 4 unused */
    POSE_POINT_VALUES = 5, /* x, y, z in crop pixels; visibility, presence logits */
    POSE_HEAT_SIZE = 64,
    POSE_POINT_CENTRE = 33, /* next region's centre */
    POSE_POINT_SCALE = 34,  /* and the point that gives its size and rotation */
};

/** Whether a network has the shapes of a landmark network with the outputs
 *  points (39x5), presence (1) and heat maps (64x64x39). */
int tread_pose__is_landmark_net(const pose_network *network);

/** A warm place of a heat map. */
typedef struct pose_peak {
    float x, y;   /* crop pixels, the mean of 5x5 cells weighted by warmth */
    float warmth; /* 0..1, of the warmest cell; 0 = there is none */
} pose_peak;

/** Move points to where their heat map is warm: within 7x7 cells about each
 *  point the mean position weighted by heat, where the peak is 0.5 or more.
 *  @param[in]     heat    (64, 64, 39) logits
 *  @param[in,out] points  (39, 5); x and y change
 *  @param[out]    warmth  (39) 0..1, the warmest cell about each point; 0 where a point
 *                         is off the map
 *  Any thread. */
void tread_pose__refine_points(const float *heat, float *points, float *warmth);

/** The two warmest places of each leg landmark's whole heat map, warmest first: cells no
 *  neighbour of which is warmer, of warmth 0.1 or more.
 *  @param[in] heat  (64, 64, 39) logits
 *  Any thread. */
void tread_pose__find_leg_peaks(const float *heat, pose_peak peaks[TREAD_N_LEG_LANDMARKS][2]);

/** Points in crop pixels to landmarks in upright pixels: x, y and z; no second places.
 *  Any thread. */
void tread_pose__place_landmarks(const float *points, const pose_region *region,
                                 tread_landmarks *out);

/** Where to look in the next picture. Any thread. */
pose_region tread_pose__next_region(const float *points, const pose_region *region);

/** Fill the network's input from a picture. */
void tread_pose__landmark_net_look(pose_graph *graph, const tread_picture *picture,
                                   const pose_region *region);

/** What the network's last run says about `region`.
 *  @param[out] out          all but frame and time
 *  @param[out] sight        next region as tread_pose__next_region */
void tread_pose__landmark_net_read(const pose_graph *graph, const pose_region *region,
                                   tread_landmarks *out, pose_sight *sight);

#endif

/* Finding people in a whole picture: what goes into the detector network, and
 * what its boxes mean. Private to the room.
 *
 * Numbers are those of MediaPipe's pose_detection graph. */
#ifndef POSE_DETECTOR_H
#define POSE_DETECTOR_H

#include "base/picture.h"
#include "pose/follow.h"
#include "pose/graph.h"
#include "pose/region.h"

enum {
    POSE_DETECTOR_SIZE_PX = 224,
    POSE_N_ANCHORS = 2254, /* 2 on each cell of 28x28, of 14x14, and 6 on each of 7x7 */
    POSE_BOX_VALUES = 12,  /* centre x, y, width, height, then 4 key points x, y */
    POSE_N_KEY_POINTS = 4, /* mid-hip; scale and rotation; the same two of the upper body */
    POSE_MAX_PEOPLE = 32,
};

/** Coordinates in 0..1 of the letterboxed square. */
typedef struct pose_person {
    float score;                      /* 0..1 */
    float x_min, y_min, x_max, y_max; /* of the face */
    float key_x[POSE_N_KEY_POINTS], key_y[POSE_N_KEY_POINTS];
} pose_person;

/** Whether a network has the shapes of the detector: 1x224x224x3 to
 *  2254x12 and 2254x1, each possibly in parts. */
int tread_pose__is_detector(const pose_network *network);

/** Centre of anchor `i`, 0..1. @param i  0 to POSE_N_ANCHORS - 1 */
void tread_pose__anchor_centre(int i, float *x, float *y);

/** Boxes of score 0.5 or more, merged where they overlap (weighted
 *  non-maximum suppression, overlap over union 0.3).
 *  @param[in]  boxes   (POSE_N_ANCHORS, POSE_BOX_VALUES)
 *  @param[in]  scores  (POSE_N_ANCHORS) logits
 *  @param[out] people  (POSE_MAX_PEOPLE), best score first
 *  @return how many. Any thread. */
int tread_pose__decode_people(const float *boxes, const float *scores, pose_person *people);

/** Those of usable region, best first. Merit is score x size of the body, halved
 *  towards the corners of the picture, because a camera beside a treadmill is
 *  aimed at it and a passer-by is smaller or off to the side.
 *  @param[out] candidates  (POSE_MAX_PEOPLE); regions in upright pixels
 *  @return how many. Any thread. */
int tread_pose__rank_people(const pose_person *people, int n_people, const tread_picture *picture,
                            pose_candidate *candidates);

/** Fill the network's input from a picture. */
void tread_pose__detector_look(pose_graph *graph, const tread_picture *picture);

/** What the network found in its last run: as tread_pose__rank_people. */
int tread_pose__detector_find(const pose_graph *graph, const tread_picture *picture,
                              pose_candidate *candidates);

#endif

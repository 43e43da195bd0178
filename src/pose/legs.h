/* Who runs: how far the ankles swing about the hips, and whether the body stays
 * where it is, over about a second of one person's landmarks. Private to the
 * room. */
#ifndef POSE_LEGS_H
#define POSE_LEGS_H

#include <treadscope/landmarks.h>

#include "pose/sight.h"

enum { POSE_LEGS_VALUES = 6 }; /* x, y of left and right ankle from mid-hip, and of the region */

/** Mean and sum of squared differences, in sides: of the ankles, of each picture's
 *  region, of the region, of the first one. */
typedef struct pose_legs {
    int n;
    double since_s, until_s, side_px;
    double mean[POSE_LEGS_VALUES], squares[POSE_LEGS_VALUES];
} pose_legs;

/** One more picture of the person. */
void tread_pose__legs_add(pose_legs *legs, const tread_landmarks *lm, const pose_sight *sight);

/** Swing of the ankles: root mean square distance from where they are on
 *  average, relative to the hips, mean of both; sides. NaN before 2 pictures. */
double tread_pose__legs_swing(const pose_legs *legs);

/** Neither runs nor walks, as far as it was seen. */
int tread_pose__legs_stand(const pose_legs *legs);

/** Moves the legs in its place, as far as it was seen. */
int tread_pose__legs_move_in_place(const pose_legs *legs);

/** Runs or walks, and stays in its place meanwhile. 0 before 0.7 s were seen. */
int tread_pose__legs_run_in_place(const pose_legs *legs);

/** Whether `rival` is the runner rather than `followed`: runs in place, while
 *  the other stands or goes elsewhere. */
int tread_pose__legs_prefer(const pose_legs *followed, const pose_legs *rival);

#endif

/* Whether the person seen now is the runner of before: decisions on regions and
 * times alone, no network and no picture. Private to the room.
 *
 * Lengths are in region sides (a side is about 1.3 body heights) and times are
 * the pictures' own, so that size of picture and frame rate do not matter.
 *
 * A runner on a treadmill has a home: the place and size in the picture that
 * change slowly. What leaves it abruptly is somebody else, in front of the
 * runner or beside. Then the runner is lost, and found again where a person
 * stays near home for a moment; somebody elsewhere has to wait. */
#ifndef POSE_FOLLOW_H
#define POSE_FOLLOW_H

#include "pose/region.h"

/** Somebody the detector saw. */
typedef struct pose_candidate {
    float score;  /* 0..1 */
    double merit; /* score x size x nearness to the middle; to compare in one picture */
    pose_region region;
} pose_candidate;

enum pose_follow_state {
    POSE_FOLLOW_NOBODY = 0, /* whoever comes first */
    POSE_FOLLOW_RUNNER,
    POSE_FOLLOW_LOST, /* the runner was there less than POSE_FOLLOW_WAIT_S ago */
};

/* Somebody else may be taken once the runner has been away for so long: longer
 * than anybody takes to cross the picture or to step over a belt, and short
 * enough for the next runner's first steps. Our own judgement. A longer gap
 * between two pictures says nothing about who was there meanwhile. */
#define POSE_FOLLOW_WAIT_S 3.0

typedef struct pose_place {
    double x_px, y_px, side_px;
} pose_place;

typedef struct pose_follow {
    enum pose_follow_state state;
    double time_s; /* of the last picture */
    pose_place home;
    double home_x_px_s, home_y_px_s; /* how it moves */
    double runner_since_s, home_since_s;
    double seen_s;         /* last sight of the runner */
    double lost_s;         /* picture in which the runner was lost */
    pose_place steady;     /* where somebody waits to be taken for the runner */
    double steady_since_s; /* NaN: nobody */
    int is_home_to_be_set; /* the next region accepted is a new home */
    int is_running;        /* who is followed was seen to run in place */
    pose_place ran_at;     /* where anybody did last */
    int has_run;           /* ran_at is set */
} pose_follow;

/** As after creation: whoever comes first is the runner. */
void tread_pose__follow_forget(pose_follow *follow);

/** Before each picture: forgets when time went back, or on by more than
 *  POSE_FOLLOW_WAIT_S. */
void tread_pose__follow_at(pose_follow *follow, double time_s);

/** The runner is not to be seen in this picture; forgotten when followed for
 *  less than 0.5 s, else lost. */
void tread_pose__follow_lose(pose_follow *follow);

/** Whether there is a person at all. @param presence  0..1, the network's */
int tread_pose__follow_is_present(float presence);

/** Judge what the landmark network saw in the region it was given.
 *  @param presence  0..1
 *  @param next      where it says the person is; may hold NaN
 *  @return 1: it is the runner, and home moves along; 0: not, and the runner is
 *          lost. Anybody present is when there was nobody, and whoever was taken
 *          may move freely in the first 0.5 s. */
int tread_pose__follow_accept(pose_follow *follow, float presence, const pose_region *next);

/** Who among the detector's candidates is to be looked at as the runner.
 *  Somebody at home in the very picture the runner was lost in, at once; later,
 *  who has stayed near home for a moment; anybody, best first, when there was no
 *  runner or when POSE_FOLLOW_WAIT_S have passed.
 *  @param candidates  best merit first
 *  @return index, or -1. Call once a picture, also with n = 0. */
int tread_pose__follow_choose(pose_follow *follow, const pose_candidate *candidates, int n);

/** What the legs of who is followed say, for the last second: whether they run
 *  in place. Where they do is remembered. */
void tread_pose__follow_set_running(pose_follow *follow, int is_running);

/** Whether that is where the runner ran. */
int tread_pose__follow_is_back(const pose_follow *follow, const pose_region *region);

/** Whether somebody there may be the runner instead of who is followed: not in
 *  the same place, not in the background, and near where the runner ran once that
 *  is known. */
int tread_pose__follow_is_rival(const pose_follow *follow, const pose_region *region);

/** Follow somebody else from this picture on. */
void tread_pose__follow_exchange(pose_follow *follow, const pose_region *region);

#endif

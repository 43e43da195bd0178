/* Private to motion: which leg is which, and where each of its points is.
 *
 * A pose network in a side view does three things wrong when the legs pass each other:
 * it exchanges them, puts both on one, or sends a point somewhere else. Mostly it has
 * seen the right place all the same and only ranks another first: each point has up to
 * two places of its own label (tread_landmarks.second) and two of the other side's. This
 * chooses among them, or none.
 *
 *  1. The feet's order around the stride, from what an exchange cannot change (order.h).
 *  2. Starting from it, each point's path around the stride: harmonics of the phase,
 *     relative to the middle of the hips for knee and ankle and to the leg's own ankle
 *     for heel and toe, each leg its own, so that legs may differ (path.h).
 *  3. Each frame gives every pair of points the two places that lie nearest to the two
 *     paths, weighed against how sure the network is of a place, its labels (a small
 *     price), the length of the foot, and both legs claiming one place.
 *  4. Paths and places are found in turn, from three harmonics to eight: the coarse path
 *     cannot follow a run of wrong places, the fine one is as sharp as a contact.
 *
 * Where nobody strides, the places follow each other without jumps, and labels count for
 * more. */
#ifndef MOTION_IDENTITY_H
#define MOTION_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/analyzer.h>
#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#include "motion/path.h"

/* Pairs of points that may change sides. */
enum motion_kind {
    MOTION_KNEE = 0,
    MOTION_ANKLE,
    MOTION_HEEL,
    MOTION_TOE,
    MOTION_ELBOW,
    MOTION_WRIST,
    MOTION_N_KINDS
};

/* Each kind left then right: 2 * kind + side. */
enum { MOTION_N_POINTS = 2 * MOTION_N_KINDS };

/* Where a point of a pair is: at the place its own or the other label had first or second. */
enum motion_place {
    MOTION_LEFT_FIRST = 0,
    MOTION_LEFT_SECOND,
    MOTION_RIGHT_FIRST,
    MOTION_RIGHT_SECOND,
    MOTION_NOWHERE,
    MOTION_N_PLACES = MOTION_NOWHERE
};

/** What was decided of one frame. */
typedef struct motion_choice {
    uint8_t place[MOTION_N_POINTS]; /* enum motion_place */
    float belief[MOTION_N_POINTS];  /* 0..1: nearness to the point's own path; 0 = nowhere */
} motion_choice;

/** What a block taught: enough to choose in the frames that follow it. */
typedef struct motion_model {
    bool is_stride;
    double leg_px;
    double hz, phase, time_s; /* the stride: `phase` at `time_s`, going on at `hz` */
    double reach[MOTION_N_KINDS];
    motion_path paths[MOTION_N_KINDS][TREAD_N_SIDES]; /* leg lengths */
} motion_model;

/** Where the points of somebody who does not stride were last seen. Zero = nowhere yet. */
typedef struct motion_followed {
    struct {
        double x, y, vx, vy, time_s; /* leg lengths */
        bool is_known;
    } points[MOTION_N_POINTS];
} motion_followed;

typedef struct motion_identity motion_identity;

/** Scratch for stretches of up to n_max frames. */
TREAD_WARN_UNUSED int motion_identity_create(motion_identity **out, size_t n_max);
void motion_identity_destroy(motion_identity **id);

/** Decide for every frame.
 *  @param[in]  lm   (n) times increasing; n <= n_max
 *  @param[out] out  (n)
 *  @return TREAD_OK, TREAD_ERR_ARG, TREAD_ERR_INTERNAL. Does not allocate. */
TREAD_WARN_UNUSED int motion_identify(motion_identity *id, const tread_landmarks *lm, size_t n,
                                      motion_choice *out);

/** Judge one block, for what comes after it.
 *  @param[in]  known  (n) what was decided of it before, to start from; NULL = afresh
 *  @param[out] out    (n)
 *  @return as motion_identify */
TREAD_WARN_UNUSED int motion_identity_learn(motion_identity *id, const tread_landmarks *lm,
                                            size_t n, const motion_choice *known,
                                            motion_model *model, motion_choice *out);

/** Which leg is called left is left to the labels: as most of them have it.
 *  @param[in,out] choice  (n)
 *  @return whether the legs changed names */
bool motion_settle(motion_choice *choice, size_t n);

/** Decide for a frame after the block, whose phase is drawn to what the frame shows.
 *  @param model  with is_stride */
void motion_model_choose(motion_model *model, const tread_landmarks *lm, motion_choice *out);

/** Decide for a frame of somebody who does not stride. @param leg_px  > 0 */
void motion_follow(motion_followed *followed, const tread_landmarks *lm, double leg_px,
                   motion_choice *out);

/** As labelled, without a word on belief. */
void motion_take_labels(const tread_landmarks *lm, motion_choice *out);

/** Thigh and shank of a frame as labelled, mean of both legs; NaN when not seen. */
double motion_leg_px(const tread_landmarks *lm);

/** The left landmark of a pair; the right one is the next. */
enum tread_landmark motion_left_of(enum motion_kind kind);

/** What the network had done to the legs of a frame. */
enum tread_identity motion_identity_of(const tread_landmarks *lm, const motion_choice *choice);

/** A place of a pair in one frame; confidence is 0 when it does not exist. */
tread_place motion_place_of(const tread_landmarks *lm, enum motion_kind kind,
                            enum motion_place place);

#endif

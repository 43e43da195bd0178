/* Private to motion: the two places of a pair in one frame, given where its points should
 * be: the step that recorded blocks and live frames share. Lengths are the leg's. */
#ifndef MOTION_CHOOSE_H
#define MOTION_CHOOSE_H

#include "motion/path.h"
#include "motion/places.h"

/* A place this many squared SDs from the path is no better than none. Of normal noise in
 * two directions 0.15 % lies further out. */
#define MOTION_NOWHERE_COST 13.0
/* No place costs more for being far. */
#define MOTION_MAX_COST 60.0

/** The places of one pair in one frame, relative to the middle of the hips. */
typedef struct motion_candidates {
    double x[MOTION_N_PLACES], y[MOTION_N_PLACES];
    double confidence[MOTION_N_PLACES]; /* 0 = there is none */
    /* What it costs to take it for a side's, wherever its path is: doubt and label; INFINITY =
     * it cannot be. */
    double price[TREAD_N_SIDES][MOTION_N_PLACES];
} motion_candidates;

/** One pair of one frame: what it hangs on, where it should be, where it is. */
typedef struct motion_pair {
    double root[TREAD_N_SIDES][2];
    double path[TREAD_N_SIDES][2]; /* relative to root */
    uint8_t place[TREAD_N_SIDES];  /* enum motion_place */
} motion_pair;

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

/** What the network offers, and its price.
 *  @param leg_px  > 0
 *  @param root    what each side hangs on
 *  @param reach   usual distance from it, where the kind has one */
void motion_see(const tread_landmarks *lm, enum motion_kind kind, double leg_px,
                double root[TREAD_N_SIDES][2], double reach, motion_candidates *out);

/** Whether a kind keeps its distance to what it hangs on. */
bool motion_has_reach(enum motion_kind kind);

/** What a pair hangs on. @param hook  ankles or elbows chosen before, from keep_pair */
void motion_find_roots(const tread_landmarks *lm, enum motion_kind kind, double leg_px,
                       double hook[TREAD_N_SIDES][2], double root[TREAD_N_SIDES][2]);

/** The places nearest to the paths, into pair->place.
 *  @param sd     scatter about the paths
 *  @param nowhere_cost  what it costs to have no place */
void motion_choose_pair(const motion_candidates *seen, const double sd[TREAD_N_SIDES],
                        double nowhere_cost, motion_pair *pair);

/** The places of a pair become the frame's choice. Ankles and elbows are what the next kind
 *  hangs on, or where they should be while they are not seen. */
void motion_keep_pair(const motion_candidates *seen, enum motion_kind kind,
                      const double sd[TREAD_N_SIDES], const motion_pair *pair, motion_choice *out,
                      double hook[TREAD_N_SIDES][2]);

/** Decide for a frame after the block, whose phase is drawn to what the frame shows.
 *  @param model  with is_stride */
void motion_model_choose(motion_model *model, const tread_landmarks *lm, motion_choice *out);

/** Decide for a frame of somebody who does not stride. @param leg_px  > 0 */
void motion_follow(motion_followed *followed, const tread_landmarks *lm, double leg_px,
                   motion_choice *out);

#endif

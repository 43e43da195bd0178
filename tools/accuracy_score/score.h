/* One run against its truth. */
#ifndef ACCURACY_SCORE_H
#define ACCURACY_SCORE_H

#include "run.h"
#include "stats.h"

/* Side views: the leg towards the camera and the other. From behind there is no such
 * thing: left is kept in NEAR, right in FAR, and `is_rear` keeps them out of sums.
 * What has no sides is in NEAR. */
enum acc_where { ACC_NEAR = 0, ACC_FAR, ACC_N_WHERES };

/* Which points of a leg are exchanged together. */
enum acc_group { ACC_GROUP_KNEE = 0, ACC_GROUP_FOOT, ACC_N_GROUPS };

/* All double, like acc_stat. */
typedef struct acc_events {
    double true_steps;                  /* away from the ends of the clip */
    double missed;                      /* of them without a valid step */
    double extra;                       /* valid steps without a true one */
    double wrong_side;                  /* of the extra: there is a true one, of the other foot */
    double strikes;                     /* classes compared */
    double wrong_class, wrong_rearfoot; /* of three; rearfoot or not */
} acc_events;

typedef struct acc_legs {
    double apart;     /* frames in which left and right differ enough to tell */
    double exchanged; /* of them: nearer to the wrong leg */
    double on_one;    /* of them: both on one leg */
} acc_legs;

typedef struct acc_bands {
    double stated; /* coordinates with a stated 95 % band and a known truth */
    double inside; /* of them: the truth lies in it */
} acc_bands;

#define ACC_BAND_FIELDS (sizeof(acc_bands) / (sizeof(double)))
#define ACC_EVENT_FIELDS (sizeof(acc_events) / (sizeof(double)))
#define ACC_LEGS_FIELDS (sizeof(acc_legs) / (sizeof(double)))

typedef struct acc_score {
    char name[64], group[32]; /* group: look, score, lab, look-live, ... */
    char note[160];
    bool is_rear;
    double fps, n_clips;
    double intervals, inside; /* 95 % intervals given, and those that hold the truth */
    acc_stat angle[ACC_N_ANGLES][ACC_N_WHERES];
    acc_stat step[ACC_N_STEP_VALUES][ACC_N_WHERES];
    acc_stat clip[ACC_N_CLIP_VALUES][ACC_N_WHERES];
    acc_events events[ACC_N_WHERES];
    acc_legs legs[ACC_N_GROUPS];
    acc_bands bands[ACC_N_POINTS][ACC_N_WHERES];
} acc_score;

/** Compare. `name`, `group` are copied. */
void acc_score_run(acc_score *score, const char *name, const char *group, const acc_run *truth,
                   const acc_run *result);

/** Add `from` to `into`, which keeps its name and group. */
void acc_score_merge(acc_score *into, const acc_score *from);

/* ---- as one line of JSON --------------------------------------------------------- */

/** -1: out of memory, or stdout is full. */
int acc_score_write(const acc_score *score);

/** The lines of a file, to the end of an array that grows. -1 with a line on stderr. */
int acc_scores_read(acc_score **scores, size_t *n, const char *path);

#endif

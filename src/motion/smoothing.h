/* Private to motion: what the recorded and the live smoother share, so that they are one
 * model. */
#ifndef MOTION_SMOOTHING_H
#define MOTION_SMOOTHING_H

#include <treadscope/analyzer.h>

#include "motion/identity.h"

/* Weight of the third derivative: |H| at the cut-off is 1/sqrt(2), 1 / (1 + k) = 0.7071. */
#define MOTION_PENALTY 0.41421356
/* Longest gap that may be bridged (BIOMECHANICS.md section 8.4). */
#define MOTION_MAX_GAP_S 0.1
/* A hole in time this long ends a stretch: nothing reaches across it. */
#define MOTION_MAX_HOLE_S 0.25
/* Frames nearer than this, in units of the cut-off, are treated as this far apart
 * (0.2 ms, 5000 a second): the penalty goes with the sixth power of its inverse, and
 * beyond some 1e13 the factorisation loses the matrix's definiteness. */
#define MOTION_MIN_STEP 0.01
/* Tukey's biweight: 95 % efficient on clean normal noise (Beaton & Tukey 1974). */
#define MOTION_TUKEY 4.685
/* Under this an error of the network is not told from its own jitter, pixels. */
#define MOTION_MIN_SCALE_PX 0.5

/** Hz. */
double motion_cutoff_hz(enum tread_joint joint);

/** A joint of one frame where identity put it, and what it counts for; 0 = not seen. */
tread_place motion_take_joint(const tread_landmarks *lm, const motion_choice *choice,
                              enum tread_joint joint, double *weight);

#endif

/* A runner made of formulas: contacts, speeds and angles are exact, so that events
 * and measures can be held against numbers nobody estimated.
 *
 * In stance the lowest point of the foot (heel while the toes are up, then toe)
 * moves backward with the belt to the last digit; it lands slower than the belt
 * and with a downward speed, as real feet do, and leaves it at toe-off with the
 * heel already risen. Knees follow from hip and ankle by the law of cosines. */
#ifndef TESTS_GAIT_RUNNER_H
#define TESTS_GAIT_RUNNER_H

#include <stddef.h>

#include "gait/gait.h"
#include "motion/motion.h"
#include "support.h"

typedef struct runner {
    double stride_s, contact_s; /* contact_s over half a stride: a walker */
    double speed_m_s;           /* of the belt */
    double strike_deg;          /* foot angle at contact, + toes up */
    double trunk_deg;
    double hip_m;           /* mean height of the hips; low enough for the leg to reach */
    double hip_amplitude_m; /* half the vertical oscillation; negative: an inverted pendulum */
    double drift_m_s;       /* of the whole body across the picture */
    double incline_pct;
    double first_s; /* a contact of the left foot */
    double px_per_m;
    int forward;   /* +1 faces image-right, -1 image-left */
    double limp_s; /* by which the right foot lands after the middle of the stride */
} runner;

/* 160 steps a minute at 10.8 km/h, rearfoot, seen from their left side. */
extern const runner runner_usual;
/* A slow walk of 109 steps a minute. */
extern const runner runner_walking;

typedef struct runner_point {
    double x, y;
} runner_point;

/** Joints against gravity, metres, x forward and y up, origin on the belt below the hips. */
void runner_points(const runner *r, double time_s, runner_point points[TREAD_N_JOINTS]);

/** The same as a camera exactly beside sees it. */
void runner_skeleton(const runner *r, double time_s, tread_skeleton *s);

/** ... and as a perfect network would say it, plus normal noise. `random` may be
 *  NULL when noise_px is 0. */
void runner_landmarks(const runner *r, double time_s, double noise_px, support_random *random,
                      tread_landmarks *lm);

/** Somebody standing on the rails, where this runner was: feet still and level, knees nearly
 *  straight, the right foot ahead of the left by `ahead_m`. */
void runner_standing(const runner *r, double time_s, double ahead_m, double noise_px,
                     support_random *random, tread_landmarks *lm);

/** What a camera beside them is told: view and incline, neither speed nor height. The flat
 *  foot is known: the formulas' heel and toe lie on the sole. */
tread_gait_setting runner_setting(const runner *r);

/** The k-th contact of a side, k = 0, 1, ...; toe-off is contact_s later. */
double runner_contact_s(const runner *r, enum tread_side side, int k);

/** Angles of section 0 of BIOMECHANICS.md straight from the points, degrees. */
double runner_knee_deg(const runner *r, double time_s, enum tread_side side);

#endif

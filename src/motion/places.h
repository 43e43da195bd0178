/* Private to motion: the places a network offers for the points of the legs and arms, and
 * what was decided of them. */
#ifndef MOTION_PLACES_H
#define MOTION_PLACES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/analyzer.h>
#include <treadscope/landmarks.h>

/* hypot without its care for numbers that no picture has, which costs several times as much. */
static inline double motion_length(double x, double y)
{
    return sqrt(x * x + y * y);
}

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

/** The left landmark of a pair; the right one is the next. */
enum tread_landmark motion_left_of(enum motion_kind kind);

/** A place of a pair in one frame; confidence is 0 when it does not exist. */
tread_place motion_place_of(const tread_landmarks *lm, enum motion_kind kind,
                            enum motion_place place);

/** Between two landmarks; NaN when one is missing. */
double motion_distance_px(const tread_landmarks *lm, int a, int b);

/** Thigh and shank of a frame as labelled, mean of both legs; NaN when not seen. */
double motion_leg_px(const tread_landmarks *lm);

/** Median of it over n frames: exchanges make some longer and some shorter.
 *  @param scratch  (n) doubles */
double motion_usual_leg_px(const tread_landmarks *lm, size_t n, double *scratch);

/** As labelled, without a word on belief. */
void motion_take_labels(const tread_landmarks *lm, motion_choice *out);

/** What the network had done to the legs of a frame. */
enum tread_identity motion_identity_of(const tread_landmarks *lm, const motion_choice *choice);

/** Which leg is called left is left to the labels: as most of them have it.
 *  @param[in,out] choice  (n)
 *  @return whether the legs changed names */
bool motion_settle(motion_choice *choice, size_t n);

/** The legs change names. @param[in,out] choice  (n) */
void motion_turn_legs(motion_choice *choice, size_t n);

#endif

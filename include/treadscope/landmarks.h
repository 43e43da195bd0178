/* Landmarks: what a pose network (or any other tool) says about one frame.
 *
 * Points are the 33 of BlazePose, in their published order. Positions are in
 * *upright source pixels*: after the display matrix, square pixels, origin at
 * the top left corner of the picture, x right, y down, pixel centres at +0.5.
 * NaN means the point is missing. */
#ifndef TREADSCOPE_LANDMARKS_H
#define TREADSCOPE_LANDMARKS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tread_landmark {
    TREAD_LM_NOSE = 0,
    TREAD_LM_LEFT_EYE_INNER,
    TREAD_LM_LEFT_EYE,
    TREAD_LM_LEFT_EYE_OUTER,
    TREAD_LM_RIGHT_EYE_INNER,
    TREAD_LM_RIGHT_EYE,
    TREAD_LM_RIGHT_EYE_OUTER,
    TREAD_LM_LEFT_EAR,
    TREAD_LM_RIGHT_EAR,
    TREAD_LM_MOUTH_LEFT,
    TREAD_LM_MOUTH_RIGHT,
    TREAD_LM_LEFT_SHOULDER,
    TREAD_LM_RIGHT_SHOULDER,
    TREAD_LM_LEFT_ELBOW,
    TREAD_LM_RIGHT_ELBOW,
    TREAD_LM_LEFT_WRIST,
    TREAD_LM_RIGHT_WRIST,
    TREAD_LM_LEFT_PINKY,
    TREAD_LM_RIGHT_PINKY,
    TREAD_LM_LEFT_INDEX,
    TREAD_LM_RIGHT_INDEX,
    TREAD_LM_LEFT_THUMB,
    TREAD_LM_RIGHT_THUMB,
    TREAD_LM_LEFT_HIP,
    TREAD_LM_RIGHT_HIP,
    TREAD_LM_LEFT_KNEE,
    TREAD_LM_RIGHT_KNEE,
    TREAD_LM_LEFT_ANKLE,
    TREAD_LM_RIGHT_ANKLE,
    TREAD_LM_LEFT_HEEL,
    TREAD_LM_RIGHT_HEEL,
    TREAD_LM_LEFT_TOE,
    TREAD_LM_RIGHT_TOE,
    TREAD_N_LANDMARKS
};

/* The landmarks of the legs, LEFT_KNEE to RIGHT_TOE, stand together at the end. */
enum { TREAD_LM_FIRST_LEG = TREAD_LM_LEFT_KNEE, TREAD_N_LEG_LANDMARKS = 8 };

/** Where else a point may be. All NaN = nowhere else. */
typedef struct tread_place {
    float x_px, y_px;
    float confidence; /* 0..1 */
} tread_place;

/** One frame of landmarks. Plain data, copied by value. */
typedef struct tread_landmarks {
    int64_t frame;  /* index of the frame in its source, from 0 */
    double time_s;  /* presentation time, seconds; strictly increasing */
    float presence; /* 0..1: how sure the tool is that a person is there; 0 = nobody */
    float x_px[TREAD_N_LANDMARKS];
    float y_px[TREAD_N_LANDMARKS];
    float z_px[TREAD_N_LANDMARKS]; /* depth relative to the hips, + away from the camera; NaN =
                                      unknown */
    float confidence[TREAD_N_LANDMARKS]; /* 0..1: how sure the tool is of this place; of a network
                                            with heat maps the warmth there */
    /** Second choices for the legs: when they pass each other, a network often sees both but
     *  prefers the wrong one. Tools that give one place a point leave them NaN. */
    tread_place second[TREAD_N_LEG_LANDMARKS];
} tread_landmarks;

#ifdef __cplusplus
}
#endif
#endif

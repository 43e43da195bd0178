/* Private to session: is the camera where it should be? Looks on while a runner stands or runs,
 * and says what to do in one sentence each. */
#ifndef SESSION_SETUP_H
#define SESSION_SETUP_H

#include <treadscope/analyzer.h>

#include "base/picture.h"
#include "report/report.h"

#define SESSION_N_CHECKS 8

/** What was seen of late. Zero = nothing yet. */
typedef struct tread_setup {
    double last_s;       /* of the newest frame with a runner */
    double weight;       /* of the means below; 0 = nothing */
    double height_share; /* head to heels, of the picture's height */
    double yaw_sin;      /* of the camera's angle off side-on, by the shoulders */
    double middle_share; /* hips across the picture, 0 left to 1 right */
    double feet_seen;    /* share of frames with both heels and toes in the picture */
    double lowest_share; /* lowest point of the feet, 1 = lower border */
    double next_look_s;  /* light and sharpness are looked at now and then */
    double light_weight;
    double luma, luma_around; /* 0..1, of the runner and of what is around */
    double sharpness;         /* 0..1, see setup.c */
} tread_setup;

/** One more frame and who is in it. */
void session_setup_look(tread_setup *s, const tread_picture *p, const tread_landmarks *lm);

/** @param fps  received by the times of the pictures; NaN = not known yet
 *  @param[out] checks  (SESSION_N_CHECKS) */
void session_setup_judge(const tread_setup *s, const tread_overview *overview, double fps,
                         double now_s, tread_setup_check *checks);

#endif

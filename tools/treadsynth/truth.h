/* What is exactly true of a clip, as JSON. */
#ifndef TREADSYNTH_TRUTH_H
#define TREADSYNTH_TRUTH_H

#include "camera.h"
#include "gait.h"

/* Angles of BIOMECHANICS section 0 from the true joints, degrees. */
typedef struct synth_angles {
    double trunk_lean, head;
    double lateral_lean; /* mid-shoulder beside mid-hip, + to the runner's right */
    double pelvis_tilt;  /* hip line, + right side lower */
    double thigh[2], shank[2], knee[2], hip[2], ankle[2], foot[2], elbow[2];
} synth_angles;

typedef struct synth_frame_truth {
    double time_s;
    bool hidden[PT_COUNT];
} synth_frame_truth;

/** Everything is measured on the pose, nothing copied from the parameters. */
void synth_angles_of(const synth_figure *f, const synth_pose *pose, synth_angles *a);

const char *synth_point_name(enum synth_point point);

/** Write `path` (compact JSON, rounded). `clip` is the name of the clip's file.
 *  @return 0, or -1 with a message */
int synth_truth_write(const char *path, const char *clip, const synth_params *p,
                      const synth_plan *plan, const synth_camera *camera,
                      const synth_frame_truth *frame, int n_frames, synth_error *err);

#endif

/* motion: raw landmarks become a skeleton that can be trusted: which way the
 * runner faces, outliers out, noise down, gaps marked.
 *
 * Works on a stretch of frames at once, with past and future on both sides; the
 * analyzer gives it a whole recording, or the last seconds of a live stream.
 * No state, no allocation beyond the workspace. */
#ifndef MOTION_MOTION_H
#define MOTION_MOTION_H

#include <stddef.h>

#include <treadscope/analyzer.h>
#include <treadscope/landmarks.h>

/** One frame of the skeleton, upright source pixels; NaN = not seen. */
typedef struct tread_skeleton {
    int64_t frame;
    double time_s;
    double presence;
    enum tread_identity identity;
    double x_px[TREAD_N_JOINTS], y_px[TREAD_N_JOINTS];
} tread_skeleton;

/** Evidence on how the camera sees the runner, summed over frames. Zero = none yet. */
typedef struct tread_view_evidence {
    double facing_right, facing_left; /* sums of weights of frames that say so */
    double across, along;             /* shoulders seen across the picture, or end on */
} tread_view_evidence;

/** Add what one frame says. Frames without a runner say nothing. */
void tread_motion__view_add(tread_view_evidence *e, const tread_landmarks *lm);

/** The view the evidence speaks for; AUTO while it does not. */
enum tread_view tread_motion__view_decide(const tread_view_evidence *e);

/** +1 when the runner's forward is image-right, -1 image-left, 0 in other views. */
int tread_motion__forward(enum tread_view view);

/** A scratch area for up to `n_max` frames. */
typedef struct tread_motion_workspace tread_motion_workspace;
TREAD_WARN_UNUSED int tread_motion__workspace_create(tread_motion_workspace **out, size_t n_max);
void tread_motion__workspace_destroy(tread_motion_workspace **ws);

/** Smooth a stretch of frames: robust penalised least squares of third order
 *  (zero lag, true times), each joint with its own cut-off. Gaps longer than
 *  0.1 s, and frames without a runner, are NaN (BIOMECHANICS.md section 8.4).
 *  @param[in]  lm   (n) in order of strictly increasing time_s
 *  @param[out] out  (n)
 *  @return TREAD_OK; TREAD_ERR_ARG: n over the workspace's size; TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int tread_motion__smooth(tread_motion_workspace *ws, const tread_landmarks *lm,
                                           size_t n, tread_skeleton *out);

/** Which landmark a joint is. */
enum tread_landmark tread_motion__landmark_of(enum tread_joint joint);

#endif

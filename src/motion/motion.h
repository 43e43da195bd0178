/* motion: raw landmarks become a skeleton that can be trusted: which leg is which,
 * which way the runner faces, outliers out, noise down, gaps marked, and how far each
 * point may be off.
 *
 * Recorded, a whole recording at once, with past and future on both sides; live, frame
 * by frame. */
#ifndef MOTION_MOTION_H
#define MOTION_MOTION_H

#include <stdbool.h>
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
    float seen_x_px[TREAD_N_JOINTS], seen_y_px[TREAD_N_JOINTS]; /* before smoothing; meaningless
                                                                   where confidence is 0 */
    float noise_px[TREAD_N_JOINTS];   /* SD of what smoothing leaves of the jitter, a coordinate */
    float confidence[TREAD_N_JOINTS]; /* 0..1 of the place it was seen at; 0 = bridged */
} tread_skeleton;

/** Evidence on how the camera sees the runner, summed over frames. Zero = none yet. */
typedef struct tread_view_evidence {
    double facing_right, facing_left; /* sums of weights of frames that say so */
    double across, along;             /* shoulders seen across the picture, or end on */
    double from_behind;               /* of those across: left shoulder on the left */
} tread_view_evidence;

/** Add what one frame says. Frames without a runner say nothing. */
void tread_motion__view_add(tread_view_evidence *e, const tread_landmarks *lm);

/** The view the evidence speaks for; AUTO while it does not. */
enum tread_view tread_motion__view_decide(const tread_view_evidence *e);

/** +1 when the runner's forward is image-right, -1 image-left, 0 in other views. */
static inline int tread_motion__forward(enum tread_view view)
{
    return view == TREAD_VIEW_LEFT ? -1 : view == TREAD_VIEW_RIGHT ? 1 : 0;
}

/** Does the camera look along the belt, from behind or in front? */
bool tread_motion__view_is_along(enum tread_view view);

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

/* ---- live --------------------------------------------------------------------- */

/** A stream of frames, smoothed as it comes in: the same model as the recorded smoother,
 *  ended at the newest frame. Holds the last TREAD_MOTION_LIVE_S; memory stops growing
 *  once it has held so much. One thread at a time. */
typedef struct tread_motion_live tread_motion_live;
#define TREAD_MOTION_LIVE_S 6.0

TREAD_WARN_UNUSED int tread_motion__live_create(tread_motion_live **out);
void tread_motion__live_destroy(tread_motion_live **live);

/** One more frame; its time increases.
 *  @param n_done  of the frames pushed before, the first so many are no longer asked for;
 *                 others are held, however old
 *  @return TREAD_OK, TREAD_ERR_NOMEM (the frame is left out) */
TREAD_WARN_UNUSED int tread_motion__live_push(tread_motion_live *live, const tread_landmarks *lm,
                                              int64_t n_done);

/** The skeletons held, oldest first. Those of the last TREAD_LIVE_LAG_S still change, from
 *  push to push less and less; older ones stay.
 *  @param[out] s          valid until the next push
 *  @param[out] n_forgotten  frames pushed before the first of them; may be NULL
 *  @return how many */
size_t tread_motion__live_stretch(const tread_motion_live *live, const tread_skeleton **s,
                                  int64_t *n_forgotten);

/** How far the points of a frame may be off: one standard deviation of each coordinate,
 *  from the jitter that is left and from how far the network's points are from joint
 *  centres (uncertainty.c).
 *  @param view    which leg is the far one; AUTO counts both as far
 *  @param leg_px  thigh + shank; NaN = the frame's own
 *  @param[out] x_sd_px, y_sd_px  (TREAD_N_JOINTS) NaN where the joint is */
void tread_motion__uncertainty(const tread_skeleton *s, enum tread_view view, double leg_px,
                               double *x_sd_px, double *y_sd_px);

/** How much worse than usual the points of each leg are over a stretch, by their confidence:
 *  the factor on their errors, 1 = as usual. */
void tread_motion__doubt(const tread_skeleton *s, size_t n, double out[TREAD_N_SIDES]);

/** Which landmark a joint is. */
enum tread_landmark tread_motion__landmark_of(enum tread_joint joint);

#endif

/* Private to motion: one joint smoothed as it comes in, a fixed lag behind.
 *
 * The same model as the recorded smoother (smooth.c): a path whose third derivative is
 * white, seen with noise. Its penalised least squares is the posterior mean of that model
 * (Wahba 1978), so a Kalman filter with a backward pass over the last frames
 * (Rauch, Tung & Striebel 1965) gives what the recorded smoother would give if the
 * recording ended now. */
#ifndef MOTION_FIXED_LAG_H
#define MOTION_FIXED_LAG_H

#include <stdbool.h>
#include <stddef.h>

/* Frames that the backward pass reaches back: TREAD_LIVE_LAG_S at 240 a second. */
enum { MOTION_LAG_MAX = 26 };

typedef struct motion_lag_state {
    double x[3], y[3]; /* place, speed and acceleration; px, in units of time of the cut-off */
    double p[3][3];    /* their covariance in units of the noise of one unit of time */
} motion_lag_state;

typedef struct motion_lag_frame {
    motion_lag_state before, after; /* this frame's sighting */
    double back[3][3]; /* gain by which what is learnt of this frame corrects the one before */
    bool has_back;
    double step; /* since the frame before, in units of the cut-off */
    double time_s;
    bool is_seen;
} motion_lag_frame;

typedef struct motion_lag {
    double rate;     /* 2 pi times the cut-off, per second */
    double noise_px; /* scatter of sightings about the path, one coordinate */
    motion_lag_frame frames[MOTION_LAG_MAX]; /* ring */
    size_t n, newest;                        /* frames held; index of the last */
    double seen_s;                           /* last sighting; -INFINITY = none */
} motion_lag;

/** Start afresh. */
void motion_lag_init(motion_lag *lag, double cutoff_hz);

/** One more frame.
 *  @param time_s  increasing
 *  @param weight  0 = not seen; x, y ignored then. A sighting far from where the path leads
 *                 counts less, or not at all
 *  @param min_scale_px  jitter that is not told from an error */
void motion_lag_push(motion_lag *lag, double time_s, double x_px, double y_px, double weight,
                     double min_scale_px);

/** A frame as it is known now; NaN where the joint was out of sight for longer than may be
 *  bridged. */
typedef struct motion_lag_result {
    double x_px, y_px, sd_px;
} motion_lag_result;

/** The last frames, newest first, as known now. @return how many, up to n_max */
size_t motion_lag_read(const motion_lag *lag, motion_lag_result *out, size_t n_max);

#endif

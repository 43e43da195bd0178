/* Private to motion: the path of one point around the stride, relative to where it
 * hangs: a constant and harmonics of the stride's phase, fitted so that points which
 * are somewhere else do not count. */
#ifndef MOTION_PATH_H
#define MOTION_PATH_H

#include <stddef.h>

#include <treadscope/status.h>

/* The eighth harmonic is 10 to 14 Hz. */
enum { MOTION_N_HARMONICS = 8, MOTION_PATH_COLS = 2 * MOTION_N_HARMONICS + 1 };

typedef struct motion_path {
    double coefficient[MOTION_PATH_COLS][2]; /* x, y */
    double sd;                               /* robust scatter about it, of each distance */
} motion_path;

/** 1, cos and sin of each harmonic. @param phase strides */
void motion_path_row(double phase, double row[MOTION_PATH_COLS]);

/** Where the path is. */
void motion_path_at(const motion_path *path, const double row[MOTION_PATH_COLS], double xy[2]);

/** Doubles of scratch for n frames. */
size_t motion_path_scratch(size_t n);

/** Fit to the points seen.
 *  @param[in] rows      (n, MOTION_PATH_COLS)
 *  @param[in] xy        (n, 2)
 *  @param[in] weight    (n) 0 = not seen; xy may be NaN then
 *  @param     n_harmonics  1 to MOTION_N_HARMONICS; those above are 0
 *  @param     min_sd    a tighter scatter than this is luck
 *  @return TREAD_OK, TREAD_ERR_INTERNAL. Does not allocate. */
TREAD_WARN_UNUSED int motion_path_fit(const double *rows, const double *xy, const double *weight,
                                      size_t n, int n_harmonics, double min_sd, double *scratch,
                                      motion_path *path);

/** Fit one path to both legs, half a stride apart, each about its own constant. Arguments
 *  as above, [0] of the left and [1] of the right leg. */
TREAD_WARN_UNUSED int motion_path_fit_both(const double *rows, const double *const xy[2],
                                           const double *const weight[2], size_t n, int n_harmonics,
                                           double min_sd, double *scratch, motion_path paths[2]);

#endif

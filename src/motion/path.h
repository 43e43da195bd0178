/* Private to motion: the path of one point around the stride, relative to where it
 * hangs: a constant and harmonics of the stride's phase, fitted so that points which
 * are somewhere else do not count. */
#ifndef MOTION_PATH_H
#define MOTION_PATH_H

#include <stddef.h>

#include <treadscope/status.h>

/* The eighth harmonic is 10 to 14 Hz. */
enum { MOTION_N_HARMONICS = 8, MOTION_PATH_COLS = 2 * MOTION_N_HARMONICS + 1 };
/* A product of two harmonics is made of their sum's and their difference's. */
enum { MOTION_BASIS_ROWS = 2 * 2 * MOTION_N_HARMONICS + 1 };

typedef struct motion_path {
    double coefficient[MOTION_PATH_COLS][2]; /* x, y */
    double sd;                               /* robust scatter about it, of each distance */
} motion_path;

/** 1, cos and sin of each harmonic. @param phase strides */
void motion_path_row(double phase, double row[MOTION_PATH_COLS]);

/** Where the path is. */
void motion_path_at(const motion_path *path, const double row[MOTION_PATH_COLS], double xy[2]);

/** What the fits of a block share: 1, cos and sin of each harmonic, twice as many as a path has.
 *  @param[in]  phase  (n) strides
 *  @param[out] basis  (MOTION_BASIS_ROWS, n) */
void motion_path_basis(const double *phase, size_t n, double *basis);

/** Where a point was seen, and where its path is. */
typedef struct motion_sightings {
    double *x, *y;  /* (n) finite, also where it was not seen */
    double *weight; /* (n) 0 = not seen */
    double *path;   /* (2, n) x, y: what the fit makes of it */
} motion_sightings;

/** Doubles of scratch for n frames. */
size_t motion_path_scratch(size_t n);

/** Fit to the points seen: of one leg, or one path to both legs, half a stride apart, each about
 *  its own constant.
 *  @param[in]     basis   (MOTION_BASIS_ROWS, n)
 *  @param[in,out] legs    (n_legs) 1; or 2, left and right
 *  @param         n_harmonics  1 to MOTION_N_HARMONICS; those above are 0
 *  @param         min_sd  a tighter scatter than this is luck
 *  @param[out]    paths   (n_legs) with one scatter for all
 *  @return TREAD_OK, TREAD_ERR_INTERNAL. Does not allocate. */
TREAD_WARN_UNUSED int motion_path_fit(const double *basis, motion_sightings *legs, int n_legs,
                                      size_t n, int n_harmonics, double min_sd, double *scratch,
                                      motion_path *paths);

#endif

/* The eight ways a picture can lie, for tests: maps from upright to stored. */
#ifndef TESTS_POSE_ORIENT_H
#define TESTS_POSE_ORIENT_H

#include "base/picture.h"

/* Stored axes in upright ones: xs along (a, b), ys along (c, d). */
static const int orientations[8][4] = {
    {1, 0, 0, 1}, {-1, 0, 0, 1}, {1, 0, 0, -1}, {-1, 0, 0, -1},
    {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, -1, 0}, {0, -1, -1, 0},
};

/** Turn `picture` by orientations[which], its pixels being `aspect` times as
 *  wide as high. */
static inline void orient(tread_picture *picture, int which, double aspect)
{
    const int *o = orientations[which];
    double width = picture->width_px * aspect, height = picture->height_px;
    picture->upright_width_px = o[0] ? width : height;
    picture->upright_height_px = o[0] ? height : width;
    double *m = picture->stored_from_upright;
    for (int row = 0; row < 2; row++) {
        double scale = row == 0 ? 1 / aspect : 1;
        m[3 * row] = o[2 * row] * scale;
        m[3 * row + 1] = o[2 * row + 1] * scale;
        m[3 * row + 2] = (row == 0 ? picture->width_px : picture->height_px) / 2.0 -
                         m[3 * row] * picture->upright_width_px / 2 -
                         m[3 * row + 1] * picture->upright_height_px / 2;
    }
}

#endif

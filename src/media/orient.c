#include "media/orient.h"

#include <math.h>
#include <stddef.h>

static int sign_of(double v)
{
    return v < 0.0 ? -1 : 1;
}

/* The signed permutation nearest to a 2x2 matrix. */
static media_orient nearest(double xx, double xy, double yx, double yy)
{
    double straight = fabs(xx) + fabs(yy);
    double crossed = fabs(xy) + fabs(yx);
    if (!(straight > 0.0 || crossed > 0.0))
        return (media_orient){.xx = 1, .yy = 1};
    if (straight >= crossed)
        return (media_orient){.xx = sign_of(xx), .yy = sign_of(yy)};
    return (media_orient){.xy = sign_of(xy), .yx = sign_of(yx)};
}

media_orient tread_media__orient_from_matrix(const int32_t *matrix)
{
    if (!matrix)
        return (media_orient){.xx = 1, .yy = 1};
    /* libav stores the transposed matrix: rows are what x, y and 1 contribute. */
    return nearest(matrix[0], matrix[3], matrix[1], matrix[4]);
}

media_orient tread_media__orient_from_affine(const double m[6])
{
    /* The inverse of a signed permutation is its transpose; scale does not matter. */
    return nearest(m[0], m[3], m[1], m[4]);
}

int tread_media__orient_rotation_deg(media_orient orient, bool *is_mirrored)
{
    int determinant = orient.xx * orient.yy - orient.xy * orient.yx;
    *is_mirrored = determinant < 0;
    /* Where the stored downward direction ends up: mirroring left-right leaves it alone. */
    if (orient.yy)
        return orient.yy > 0 ? 0 : 180;
    return orient.xy < 0 ? 90 : 270;
}

void tread_media__orient_affine(media_orient orient, int width_px, int height_px,
                                double sample_aspect, double upright_px[2], double m[6])
{
    double square_width = width_px * sample_aspect;
    double square_height = height_px;
    bool is_crossed = orient.xy != 0;
    upright_px[0] = is_crossed ? square_height : square_width;
    upright_px[1] = is_crossed ? square_width : square_height;

    /* A negative axis counts from the far edge. */
    double shift_x = orient.xx + orient.xy < 0 ? upright_px[0] : 0.0;
    double shift_y = orient.yx + orient.yy < 0 ? upright_px[1] : 0.0;
    m[0] = orient.xx / sample_aspect;
    m[1] = orient.yx / sample_aspect;
    m[2] = -(orient.xx * shift_x + orient.yx * shift_y) / sample_aspect;
    m[3] = orient.xy;
    m[4] = orient.yy;
    m[5] = -(orient.xy * shift_x + orient.yy * shift_y);
    for (int i = 0; i < 6; i++)
        m[i] += 0.0; /* no minus zero, which would print oddly */
}

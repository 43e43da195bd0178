/* How far a point may be off. Two things add up: the jitter that smoothing leaves, which
 * the smoother knows, and what no smoothing takes away: a network's point is not the joint's
 * centre, and lies off it by an amount that changes over the stride. The second is a
 * property of the network and is kept here as data. It widens what is stated; nothing is
 * corrected by it.
 *
 * Measured: tests/accuracy, half that may be looked at, `full` (12 rendered runners, 4071
 * frames; root mean square against the true centres, offsets included, divided by the frame's
 * doubt below). On a person, against RTMPose (POSE.md, male_side): shoulder over hip 4 degrees,
 * that is 2 to 4 % of the leg; near knee 4 and far knee 8 degrees, 2 and 4 % of the leg: of
 * the same size. Points of other tools are taken to be no better. */
#include <math.h>

#include "motion/motion.h"
#include "motion/places.h"

/* Per cent of the leg (thigh + shank): along the belt, and up. */
static const struct {
    double near_x, near_y, far_x, far_y;
} off[TREAD_N_JOINTS / 2] = {
    [TREAD_LEFT_SHOULDER / 2] = {2.5, 1.6, 4.3, 3.3},
    [TREAD_LEFT_ELBOW / 2] = {2.4, 2.3, 5.2, 3.5},
    [TREAD_LEFT_WRIST / 2] = {1.6, 1.7, 3.6, 2.7},
    [TREAD_LEFT_HIP / 2] = {2.1, 3.4, 2.9, 2.9},
    [TREAD_LEFT_KNEE / 2] = {1.4, 1.3, 1.8, 1.6},
    [TREAD_LEFT_ANKLE / 2] = {1.1, 1.7, 1.3, 1.8},
    [TREAD_LEFT_HEEL / 2] = {2.9, 2.6, 2.9, 2.6},
    [TREAD_LEFT_TOE / 2] = {2.1, 1.7, 2.1, 1.7},
    [TREAD_LEFT_EAR / 2] = {3, 3, 3, 3}, /* not compared: as the shoulders */
};

/* Errors grow as confidence^-1.5 (models/pose/README.md: the warmth tells); 0.8 is usual.
 * A bridged point is as uncertain as one hardly seen. */
#define USUAL_CONFIDENCE 0.8
#define BRIDGED_CONFIDENCE 0.4

static double doubt(double confidence)
{
    double c = confidence > BRIDGED_CONFIDENCE ? confidence : BRIDGED_CONFIDENCE;
    double share = c / USUAL_CONFIDENCE;
    return 1 / (share * sqrt(share));
}

static double frame_leg_px(const tread_skeleton *s)
{
    double sum = 0;
    for (int side = 0; side < TREAD_N_SIDES; side++)
        for (int j = TREAD_LEFT_HIP; j < TREAD_LEFT_ANKLE; j += 2)
            sum += motion_length(s->x_px[j + side] - s->x_px[j + 2 + side],
                                 s->y_px[j + side] - s->y_px[j + 2 + side]);
    return sum / TREAD_N_SIDES;
}

void tread_motion__uncertainty(const tread_skeleton *s, enum tread_view view, double leg_px,
                               double *x_sd_px, double *y_sd_px)
{
    double leg = leg_px > 0 ? leg_px : frame_leg_px(s);
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        enum tread_side side = j % 2 ? TREAD_RIGHT : TREAD_LEFT;
        bool is_near = j == TREAD_NOSE || tread_motion__view_is_along(view) ||
                       (view == TREAD_VIEW_LEFT && side == TREAD_LEFT) ||
                       (view == TREAD_VIEW_RIGHT && side == TREAD_RIGHT);
        int pair = j == TREAD_NOSE ? TREAD_LEFT_EAR / 2 : j / 2;
        double scale =
            isnan(s->x_px[j]) ? (double)NAN : leg / 100 * doubt((double)s->confidence[j]);
        double x = scale * (is_near ? off[pair].near_x : off[pair].far_x);
        double y = scale * (is_near ? off[pair].near_y : off[pair].far_y);
        x_sd_px[j] = motion_length(x, (double)s->noise_px[j]);
        y_sd_px[j] = motion_length(y, (double)s->noise_px[j]);
    }
}

/* An even choice of frames: the mean of 512 is known to a few per cent. */
#define N_DOUBT_FRAMES 512

void tread_motion__doubt(const tread_skeleton *s, size_t n, double out[TREAD_N_SIDES])
{
    size_t every = n / N_DOUBT_FRAMES + 1;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        double sum = 0;
        size_t count = 0;
        for (size_t i = 0; i < n; i += every)
            for (int j = TREAD_LEFT_HIP; j <= TREAD_LEFT_TOE; j += 2)
                if (isfinite(s[i].x_px[j + side]))
                    sum += doubt((double)s[i].confidence[j + side]), count++;
        out[side] = count ? sum / (double)count : 1;
    }
}

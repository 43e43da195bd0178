#include "figure.h"

#include "vec.h"

void synth_figure_init(synth_figure *f, const synth_params *p)
{
    double h = p->value[P_STATURE] * 0.01;
    f->stature = h;
    /* Drillis & Contini 1966 as printed in Winter, Biomechanics and Motor
     * Control of Human Movement, figure 4.1: shares of stature. */
    f->thigh = 0.245 * h;
    f->shank = 0.246 * h;
    f->trunk = 0.288 * h;
    f->upper_arm = 0.186 * h;
    f->forearm = 0.146 * h;
    f->hand = 0.108 * h;
    f->ear_up = 0.115 * h; /* tragus at 0.933 of stature, shoulder at 0.818 */
    /* Joint centres, not body outlines: hips 17 cm apart (Bell 1990: 14 % of the
     * inter-ASIS width in from each side), shoulders 36 cm (BIOMECHANICS 3.1). */
    int is_female = p->value[P_BODY] == BODY_FEMALE;
    f->hip_half = (is_female ? 0.0495 : 0.0485) * h;
    f->shoulder_half = (is_female ? 0.0970 : 0.1030) * h;
    f->ear_half = 0.043 * h;
    f->nose_forward = 0.066 * h;
    f->nose_down = 0.014 * h;
    /* Foot 0.152 of stature, ankle 0.039 above the floor (same source); the shoe
     * adds 2 cm of length and 2.6 cm of sole under the ankle. */
    double shoe = 0.152 * h + 0.020;
    f->shoe_back = -0.014;
    f->shoe_front = shoe + f->shoe_back;
    f->ankle_u = 0.060;
    f->ankle_w = 0.039 * h + 0.026;
    f->heel_u = -0.010;
    f->heel_w = 0.022;
    f->ball_u = 0.66 * shoe;
    f->toe_length = f->shoe_front - f->ball_u;
    f->toe_spring = rad(13.0);
    f->toe_u = 0.92 * f->toe_length;
    f->toe_w = 0.018;
    double c = cos(f->toe_spring), s = sin(f->toe_spring);
    double u = f->ball_u + f->toe_u * c - f->toe_w * s;
    double w = f->toe_u * s + f->toe_w * c;
    f->rest_angle = atan2(w - f->heel_w, u - f->heel_u);
}

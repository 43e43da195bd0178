/* frames.csv and steps.csv, DESIGN.md section 3. An empty cell means not measured. */
#include <inttypes.h>
#include <math.h>

#include "report/report.h"

/* Decimals: times to a tenth of a millisecond, angles and pixels to a hundredth,
 * an order below what the network resolves. */
static void number(FILE *f, double value, int n_decimals)
{
    putc(',', f);
    if (!isfinite(value))
        return;
    double half_unit = 0.5 * pow(10, -n_decimals);
    fprintf(f, "%.*f", n_decimals, fabs(value) < half_unit ? 0.0 : value); /* no "-0.00" */
}

static const struct {
    const char *name;
    size_t offset; /* of double[TREAD_N_SIDES] in tread_frame_result */
} side_angles[] = {
    {"knee_flexion", offsetof(tread_frame_result, knee_flexion_deg)},
    {"hip_flexion", offsetof(tread_frame_result, hip_flexion_deg)},
    {"ankle_dorsiflexion", offsetof(tread_frame_result, ankle_dorsiflexion_deg)},
    {"shank_angle", offsetof(tread_frame_result, shank_angle_deg)},
    {"thigh_angle", offsetof(tread_frame_result, thigh_angle_deg)},
    {"foot_angle", offsetof(tread_frame_result, foot_angle_deg)},
};
#define N_SIDE_ANGLES (sizeof side_angles / sizeof *side_angles)

/* The pairs of the contract, in its order; LEFT_x + side. */
static const enum tread_joint pairs[] = {
    TREAD_LEFT_SHOULDER, TREAD_LEFT_ELBOW, TREAD_LEFT_WRIST, TREAD_LEFT_HIP,
    TREAD_LEFT_KNEE,     TREAD_LEFT_ANKLE, TREAD_LEFT_HEEL,  TREAD_LEFT_TOE,
};
#define N_PAIRS (sizeof pairs / sizeof *pairs)

void tread_report__frames_header(FILE *f)
{
    fputs("frame,time_s,presence,identity,trunk_lean_deg", f);
    for (size_t i = 0; i < N_SIDE_ANGLES; i++)
        for (int side = 0; side < TREAD_N_SIDES; side++)
            fprintf(f, ",%s_%s_deg", side_angles[i].name, tread_side_name((enum tread_side)side));
    fputs(",contact_left,contact_right", f);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        for (size_t i = 0; i < N_PAIRS; i++) {
            const char *name = tread_joint_name((enum tread_joint)((int)pairs[i] + side));
            fprintf(f, ",%s_x_px,%s_y_px", name, name);
        }
    fputs(",nose_x_px,nose_y_px", f);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        for (size_t i = 0; i < N_PAIRS; i++) {
            const char *name = tread_joint_name((enum tread_joint)((int)pairs[i] + side));
            fprintf(f, ",%s_x_sd_px,%s_y_sd_px", name, name);
        }
    putc('\n', f);
}

void tread_report__frames_row(FILE *f, const tread_frame_result *r)
{
    fprintf(f, "%" PRId64, r->frame);
    number(f, r->time_s, 6);
    number(f, r->presence, 3);
    fprintf(f, ",%s", tread_identity_name(r->identity));
    number(f, r->trunk_lean_deg, 2);
    for (size_t i = 0; i < N_SIDE_ANGLES; i++)
        for (int side = 0; side < TREAD_N_SIDES; side++)
            number(f, ((const double *)((const char *)r + side_angles[i].offset))[side], 2);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        number(f, r->contact[side] < 0 ? (double)NAN : r->contact[side], 0);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        for (size_t i = 0; i < N_PAIRS; i++) {
            number(f, r->x_px[(int)pairs[i] + side], 2);
            number(f, r->y_px[(int)pairs[i] + side], 2);
        }
    number(f, r->x_px[TREAD_NOSE], 2);
    number(f, r->y_px[TREAD_NOSE], 2);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        for (size_t i = 0; i < N_PAIRS; i++) {
            number(f, r->x_sd_px[(int)pairs[i] + side], 2);
            number(f, r->y_sd_px[(int)pairs[i] + side], 2);
        }
    putc('\n', f);
}

void tread_report__steps_header(FILE *f)
{
    fputs("step,side,initial_contact_s,toe_off_s,contact_ms,flight_ms,step_ms,"
          "foot_strike_angle_deg,foot_strike,knee_flexion_contact_deg,"
          "knee_flexion_peak_stance_deg,shank_angle_contact_deg,foot_ahead_pct_leg,"
          "foot_ahead_cm,trunk_lean_contact_deg,trunk_lean_peak_stance_deg,step_length_m,"
          "vertical_oscillation_cm,uncertainty_ms,valid\n",
          f);
}

void tread_report__steps_row(FILE *f, const tread_step *s)
{
    fprintf(f, "%" PRId64 ",%s", s->step, tread_side_name(s->side));
    number(f, s->initial_contact_s, 4);
    number(f, s->toe_off_s, 4);
    number(f, s->contact_ms, 1);
    number(f, s->flight_ms, 1);
    number(f, s->step_ms, 1);
    number(f, s->foot_strike_angle_deg, 2);
    fprintf(f, ",%s",
            s->foot_strike == TREAD_STRIKE_UNKNOWN ? "" : tread_foot_strike_name(s->foot_strike));
    number(f, s->knee_flexion_contact_deg, 2);
    number(f, s->knee_flexion_peak_stance_deg, 2);
    number(f, s->shank_angle_contact_deg, 2);
    number(f, s->foot_ahead_pct_leg, 2);
    number(f, s->foot_ahead_cm, 2);
    number(f, s->trunk_lean_contact_deg, 2);
    number(f, s->trunk_lean_peak_stance_deg, 2);
    number(f, s->step_length_m, 3);
    number(f, s->vertical_oscillation_cm, 2);
    number(f, s->uncertainty_ms, 1);
    fprintf(f, ",%d\n", s->is_valid);
}

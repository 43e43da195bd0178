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

/* Columns of the contract that are measures, in its order: first those before `foot_strike`,
 * then those before `uncertainty_ms`. */
static const enum tread_measure_id first_columns[] = {TREAD_MEASURE_CONTACT, TREAD_MEASURE_FLIGHT,
                                                      TREAD_MEASURE_STEP_TIME,
                                                      TREAD_MEASURE_FOOT_STRIKE_ANGLE};
static const enum tread_measure_id second_columns[] = {
    TREAD_MEASURE_KNEE_FLEXION_CONTACT,   TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE,
    TREAD_MEASURE_SHANK_ANGLE_CONTACT,    TREAD_MEASURE_FOOT_AHEAD,
    TREAD_MEASURE_FOOT_AHEAD_CM,          TREAD_MEASURE_TRUNK_LEAN_CONTACT,
    TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE, TREAD_MEASURE_STEP_LENGTH,
    TREAD_MEASURE_VERTICAL_OSCILLATION};
#define N_FIRST (sizeof first_columns / sizeof *first_columns)
#define N_SECOND (sizeof second_columns / sizeof *second_columns)

/* The rest follows the contract's last column: what is not in it, and is a step's. */
static bool is_further_column(enum tread_measure_id id)
{
    if (id == TREAD_MEASURE_CADENCE || id == TREAD_MEASURE_STRIDE_CV)
        return false;
    for (size_t i = 0; i < N_FIRST; i++)
        if (first_columns[i] == id)
            return false;
    for (size_t i = 0; i < N_SECOND; i++)
        if (second_columns[i] == id)
            return false;
    return true;
}

static void name_column(FILE *f, enum tread_measure_id id)
{
    fprintf(f, ",%s", tread_measure_describe(id)->key);
}

/* Two decimals more than are worth showing: rows are for computing. */
static void measure_cell(FILE *f, const tread_step *s, enum tread_measure_id id)
{
    int n_decimals = tread_measure_describe(id)->n_decimals;
    number(f, s->value[id], n_decimals < 2 ? n_decimals + 2 : n_decimals + 1);
}

void tread_report__steps_header(FILE *f)
{
    fputs("step,side,initial_contact_s,toe_off_s", f);
    for (size_t i = 0; i < N_FIRST; i++)
        name_column(f, first_columns[i]);
    fputs(",foot_strike", f);
    for (size_t i = 0; i < N_SECOND; i++)
        name_column(f, second_columns[i]);
    fputs(",uncertainty_ms,valid,toe_off_uncertainty_ms,speed_kmh,incline_pct,settled", f);
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (is_further_column((enum tread_measure_id)id))
            name_column(f, (enum tread_measure_id)id);
    putc('\n', f);
}

void tread_report__steps_row(FILE *f, const tread_step *s)
{
    fprintf(f, "%" PRId64 ",%s", s->step, tread_side_name(s->side));
    number(f, s->initial_contact_s, 4);
    number(f, s->toe_off_s, 4);
    for (size_t i = 0; i < N_FIRST; i++)
        measure_cell(f, s, first_columns[i]);
    fprintf(f, ",%s",
            s->foot_strike == TREAD_STRIKE_UNKNOWN ? "" : tread_foot_strike_name(s->foot_strike));
    for (size_t i = 0; i < N_SECOND; i++)
        measure_cell(f, s, second_columns[i]);
    number(f, s->initial_contact_sd_ms, 1);
    fprintf(f, ",%d", s->is_valid);
    number(f, s->toe_off_sd_ms, 1);
    number(f, s->speed_kmh > 0 ? s->speed_kmh : (double)NAN, 2);
    number(f, s->incline_pct, 2);
    fprintf(f, ",%d", s->is_settled);
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (is_further_column((enum tread_measure_id)id))
            measure_cell(f, s, (enum tread_measure_id)id);
    putc('\n', f);
}

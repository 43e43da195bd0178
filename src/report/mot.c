/* angles.mot: the angles as a motion of OpenSim models of the Rajagopal family (Rajagopal 2016,
 * Lai-Arnold-Uhlrich; Pose2Sim's and OpenCap's), whose names and signs it has: knee_angle
 * positive in flexion. Models of the gait2392 family count knees the other way round.
 *
 * Only what is measured is a coordinate. One camera sees no pelvic tilt: the model's pelvis is
 * left upright, and what hangs on it is told against gravity: hip_flexion is the thigh's angle,
 * lumbar_extension the trunk's lean backwards. So every segment stands as it was seen. */
#include <inttypes.h>
#include <math.h>

#include "report/fixed.h"
#include "report/report.h"

static const struct {
    const char *name;
    size_t offset; /* of a double in tread_frame_result */
    double sign;   /* ours to the model's */
} coordinates[] = {
    {"hip_flexion_r", offsetof(tread_frame_result, thigh_angle_deg[TREAD_RIGHT]), 1},
    {"knee_angle_r", offsetof(tread_frame_result, knee_flexion_deg[TREAD_RIGHT]), 1},
    {"ankle_angle_r", offsetof(tread_frame_result, ankle_dorsiflexion_deg[TREAD_RIGHT]), 1},
    {"hip_flexion_l", offsetof(tread_frame_result, thigh_angle_deg[TREAD_LEFT]), 1},
    {"knee_angle_l", offsetof(tread_frame_result, knee_flexion_deg[TREAD_LEFT]), 1},
    {"ankle_angle_l", offsetof(tread_frame_result, ankle_dorsiflexion_deg[TREAD_LEFT]), 1},
    {"lumbar_extension", offsetof(tread_frame_result, trunk_lean_deg), -1},
};
#define N_COORDINATES (sizeof coordinates / sizeof *coordinates)

void tread_report__mot_begin(FILE *f, const tread_run *run)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    fprintf(f,
            "Coordinates\n"
            "version=1\n"
            "nRows=%" PRId64 "\n"
            "nColumns=%zu\n"
            "inDegrees=yes\n"
            "\n"
            "Units are S.I. units (second, meters, Newtons, ...)\n"
            "Angles are in degrees.\n"
            "Names and signs: Rajagopal 2016 and its family (knee_angle positive in flexion).\n"
            "The pelvis is not seen and stands upright: hip_flexion is of the thigh, and\n"
            "lumbar_extension of the trunk, against gravity. NaN: not measured.\n"
            "\n"
            "endheader\n"
            "time",
            v.n_frames, N_COORDINATES + 1);
    for (size_t i = 0; i < N_COORDINATES; i++)
        fprintf(f, "\t%s", coordinates[i].name);
    putc('\n', f);
}

void tread_report__mot_row(FILE *f, const tread_frame_result *r)
{
    char row[(N_COORDINATES + 2) * REPORT_FIXED_BYTES];
    char *p = report_put_fixed(row, r->time_s, 6);
    for (size_t i = 0; i < N_COORDINATES; i++) {
        double deg = coordinates[i].sign *
                     *(const double *)(const void *)((const char *)r + coordinates[i].offset);
        *p++ = '\t';
        p = isfinite(deg) ? report_put_fixed(p, deg, 3) : report_put_text(p, "NaN");
    }
    *p++ = '\n';
    fwrite(row, 1, (size_t)(p - row), f);
}

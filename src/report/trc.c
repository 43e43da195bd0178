/* keypoints.trc: the joints as markers for OpenSim.
 *
 * Layout as OpenSim 4 reads and writes it (OpenSim/Common/TRCFileAdapter.cpp): eight settings by
 * name, names above the X of each marker. A marker without position is NaN thrice: empty fields
 * are not told apart from missing ones by every version. Rows have the frames' own times: inverse
 * kinematics goes from row to row (InverseKinematicsTool.cpp), so a variable frame rate needs no
 * resampling, and no position in the file is made up. DataRate is 1 over the median interval.
 *
 * Axes are OpenSim's: x forward, y up, z to the runner's right, metres, from the lower corner of
 * the picture behind the runner. One camera sees a plane: from the side z is 0, from behind or in
 * front x is. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/fixed.h"
#include "report/report.h"

/* Names and order of Pose2Sim's HALPE_26 marker set, whose models take them as they are; ears,
 * which it lacks, by BODY_25's name. */
static const struct {
    const char *name;
    enum tread_joint joint;
} markers[] = {
    {"RHip", TREAD_RIGHT_HIP},
    {"RKnee", TREAD_RIGHT_KNEE},
    {"RAnkle", TREAD_RIGHT_ANKLE},
    {"RBigToe", TREAD_RIGHT_TOE},
    {"RHeel", TREAD_RIGHT_HEEL},
    {"LHip", TREAD_LEFT_HIP},
    {"LKnee", TREAD_LEFT_KNEE},
    {"LAnkle", TREAD_LEFT_ANKLE},
    {"LBigToe", TREAD_LEFT_TOE},
    {"LHeel", TREAD_LEFT_HEEL},
    {"Nose", TREAD_NOSE},
    {"REar", TREAD_RIGHT_EAR},
    {"LEar", TREAD_LEFT_EAR},
    {"RShoulder", TREAD_RIGHT_SHOULDER},
    {"RElbow", TREAD_RIGHT_ELBOW},
    {"RWrist", TREAD_RIGHT_WRIST},
    {"LShoulder", TREAD_LEFT_SHOULDER},
    {"LElbow", TREAD_LEFT_ELBOW},
    {"LWrist", TREAD_LEFT_WRIST},
};
#define N_MARKERS (sizeof markers / sizeof *markers)

const char *tread_report__trc_refusal(const tread_run *run)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    return isfinite(v.scale_m_per_px)
               ? NULL
               : "metres need a scale, which a belt speed or the runner's height gives; add "
                 "--speed or --height";
}

/* Across the picture, as OpenSim's axes have it. */
static void take_axes(tread_trc *t, const tread_run *run, enum tread_view view)
{
    double width_px = isfinite(run->facts->width_px) ? run->facts->width_px : 0;
    bool is_reversed = view == TREAD_VIEW_LEFT || view == TREAD_VIEW_FRONT;
    t->is_lateral = view == TREAD_VIEW_REAR || view == TREAD_VIEW_FRONT;
    t->across = is_reversed ? -1 : 1;
    t->zero_x_px = is_reversed && view == TREAD_VIEW_LEFT ? width_px : 0;
    t->zero_y_px = isfinite(run->facts->height_px) ? run->facts->height_px : 0;
}

void tread_report__trc_begin(tread_trc *t, FILE *f, const tread_run *run)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    *t = (tread_trc){.m_per_px = v.scale_m_per_px};
    take_axes(t, run, v.view);
    double rate = v.frame_interval_s > 0 ? 1 / v.frame_interval_s : 0;
    fprintf(f,
            "PathFileType\t4\t(X/Y/Z)\tkeypoints.trc\n"
            "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
            "OrigDataStartFrame\tOrigNumFrames\n"
            "%.6g\t%.6g\t%" PRId64 "\t%zu\tm\t%.6g\t1\t%" PRId64 "\nFrame#\tTime\t",
            rate, rate, v.n_frames, N_MARKERS, rate, v.n_frames);
    for (size_t i = 0; i < N_MARKERS; i++)
        fprintf(f, "%s\t\t\t", markers[i].name);
    fputs("\n\t\t", f);
    for (size_t i = 1; i <= N_MARKERS; i++)
        fprintf(f, "X%zu\tY%zu\tZ%zu\t", i, i, i);
    fputs("\n\n", f);
}

static char *put_marker(char *p, const tread_trc *t, double x_px, double y_px)
{
    *p++ = '\t';
    double across = t->across * (x_px - t->zero_x_px) * t->m_per_px;
    double up = (t->zero_y_px - y_px) * t->m_per_px;
    /* A hundredth of a millimetre: far below what is resolved. */
    if (!isfinite(across) || !isfinite(up) || fabs(across) > 1e6 || fabs(up) > 1e6)
        return report_put_text(p, "NaN\tNaN\tNaN");
    p = t->is_lateral ? report_put_text(p, "0") : report_put_fixed(p, across, 5);
    *p++ = '\t';
    p = report_put_fixed(p, up, 5);
    *p++ = '\t';
    return t->is_lateral ? report_put_fixed(p, across, 5) : report_put_text(p, "0");
}

void tread_report__trc_row(tread_trc *t, FILE *f, const tread_frame_result *r)
{
    char row[64 + N_MARKERS * 3 * REPORT_FIXED_BYTES];
    char *p = report_put_fixed(row, (double)++t->n_rows, 0); /* OpenSim counts from 1 */
    *p++ = '\t';
    p = report_put_fixed(p, r->time_s, 6);
    for (size_t i = 0; i < N_MARKERS; i++)
        p = put_marker(p, t, r->x_px[markers[i].joint], r->y_px[markers[i].joint]);
    *p++ = '\n';
    fwrite(row, 1, (size_t)(p - row), f);
}

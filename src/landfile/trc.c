/* TRC: markers over time, tabs between fields.
 *
 *     PathFileType  4  (X/Y/Z)  name
 *     DataRate CameraRate NumFrames NumMarkers Units ...
 *     60       60         300       22         m     ...
 *     Frame#  Time  RKnee  .  .  LKnee  .  .         a name above its X
 *     .       .     X1     Y1 Z1 X2     Y2 Z2
 *     1       0.000 ...
 *
 * What the file counts in its header is not believed, what it holds is counted. Lengths
 * become 1000 px a metre and y turns downwards, so that the runner is seen from the side
 * on which X points right. Two things that are written wrongly by real tools are told
 * from the body: pixels that claim to be metres (a body taller than 10 "m"), and y that
 * points down (shoulders below the ankles). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "landfile/formats.h"
#include "landfile/keypoints.h"

#define PX_PER_M 1000.0
/* Nobody is taller, and no picture of a runner as low in pixels. */
#define MAX_BODY_M 10.0
#define N_FIXED 2 /* columns before the first marker: frame and time */

typedef struct marker_set {
    int8_t points[LANDFILE_MAX_COLUMNS / 3];
    size_t n; /* named in the file */
} marker_set;

static int cut_short(const landfile_table *t)
{
    return landfile_refuse(t, "the header of the TRC is cut short; is the file complete?");
}

/* Units and rate, by the names above them. */
static double take_settings(landfile_table *t, landfile_text names, landfile_text values)
{
    static const struct {
        const char *name;
        double px;
    } units[] = {{"m", PX_PER_M}, {"cm", PX_PER_M / 100}, {"mm", PX_PER_M / 1000}, {"px", 1}};
    double scale = 1, rate;
    landfile_text name, value;
    while (landfile_next_field(&names, '\t', &name) && landfile_next_field(&values, '\t', &value)) {
        for (size_t i = 0; landfile_is(name, "Units") && i < sizeof units / sizeof *units; i++)
            if (landfile_is(value, units[i].name))
                scale = units[i].px;
        if (landfile_is(name, "DataRate") && landfile_number(value, &rate) && rate > 0)
            t->info.fps = rate;
    }
    return scale;
}

static int take_markers(const landfile_table *t, landfile_text line, marker_set *m)
{
    landfile_text field;
    bool is_any = false;
    m->n = 0;
    for (size_t n = 0; landfile_next_field(&line, '\t', &field); n++) {
        if (n < N_FIXED || (n - N_FIXED) % 3)
            continue;
        if (m->n == sizeof m->points / sizeof *m->points)
            return landfile_refuse(t, "more than %zu markers", m->n);
        int point = landfile_point_named(field.s, field.n);
        m->points[m->n++] = (int8_t)point;
        is_any = is_any || point != LANDFILE_NO_POINT;
    }
    return is_any ? TREAD_OK
                  : landfile_refuse(t, "none of its markers is a point of the body we know, such "
                                       "as RKnee or LHeel");
}

static int take_row(landfile_table *t, const marker_set *m, landfile_text line, size_t n_line)
{
    double frame = (double)NAN, time_s = (double)NAN, x = (double)NAN;
    tread_landmarks lm;
    landfile_text field;
    size_t n = 0;
    landfile_clear(&lm, (int64_t)t->n, 0);
    for (; landfile_next_field(&line, '\t', &field); n++) {
        double value;
        if (!landfile_number(field, &value))
            return landfile_refuse(t, "line %zu: '%.*s' is no number", n_line,
                                   field.n < 40 ? (int)field.n : 40, field.s);
        size_t marker = n < N_FIXED ? 0 : (n - N_FIXED) / 3;
        if (n == 0)
            frame = value;
        else if (n == 1)
            time_s = value;
        else if ((n - N_FIXED) % 3 == 0)
            x = value;
        else if ((n - N_FIXED) % 3 == 1 && marker < m->n)
            landfile_put(&lm, m->points[marker], x, value, (double)NAN);
    }
    if (n < N_FIXED)
        return landfile_refuse(t, "line %zu has no time; is the file complete?", n_line);
    lm.frame = landfile_frame_number(frame, (int64_t)t->n);
    lm.time_s = time_s;
    landfile_settle(&lm);
    return landfile_add(t, &lm);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median over the frames of shoulder (or hip) above ankle, in the file's own y. */
static int median_height(const landfile_table *t, double *out)
{
    double *heights = malloc((t->n + 1) * sizeof *heights);
    if (!heights)
        return landfile_no_memory(t);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const float *y = t->frames[i].y_px;
        double top = fmax((double)y[TREAD_LM_LEFT_SHOULDER], (double)y[TREAD_LM_RIGHT_SHOULDER]);
        if (isnan(top))
            top = fmax((double)y[TREAD_LM_LEFT_HIP], (double)y[TREAD_LM_RIGHT_HIP]);
        double foot = fmin((double)y[TREAD_LM_LEFT_ANKLE], (double)y[TREAD_LM_RIGHT_ANKLE]);
        if (!isnan(top - foot))
            heights[n++] = top - foot;
    }
    if (n > 0)
        qsort(heights, n, sizeof *heights, by_value);
    *out = n > 0 ? heights[n / 2] : (double)NAN;
    free(heights);
    return TREAD_OK;
}

static int to_pixels(landfile_table *t, double scale)
{
    double height = (double)NAN;
    int status = median_height(t, &height);
    if (status != TREAD_OK)
        return status;
    float up = height < 0 ? 1 : -1;
    if (scale == PX_PER_M && fabs(height) > MAX_BODY_M)
        scale = 1;
    for (size_t i = 0; i < t->n; i++)
        for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
            t->frames[i].x_px[p] *= (float)scale;
            t->frames[i].y_px[p] *= up * (float)scale;
        }
    return TREAD_OK;
}

int landfile_parse_trc(landfile_table *t, landfile_text text)
{
    landfile_text line, names, values;
    marker_set markers;
    t->info.format = "trc";
    if (!landfile_next_line(&text, &line) || !landfile_next_line(&text, &names) ||
        !landfile_next_line(&text, &values) || !landfile_next_line(&text, &line))
        return cut_short(t);
    double scale = take_settings(t, names, values);
    int status = take_markers(t, line, &markers);
    if (status == TREAD_OK && !landfile_next_line(&text, &line)) /* X1 Y1 Z1 ... */
        status = cut_short(t);
    for (size_t n_line = 6; status == TREAD_OK && landfile_next_line(&text, &line); n_line++)
        if (line.n > 0)
            status = take_row(t, &markers, line, n_line);
    return status == TREAD_OK ? to_pixels(t, scale) : status;
}

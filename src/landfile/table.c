#include "landfile/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/error.h"

#define FIRST_ROOM 256
/* Seconds; a time beyond is a fault. Three years: no session, and still exact to 0.1 us. */
#define MAX_TIME_S 1e8
/* No runner is this small in pixels, and no share of a picture this large. */
#define MAX_SHARE 4.0
/* More faults than one frame in this many and the times mean nothing. */
#define FAULT_SHARE 10

int landfile_refuse(const landfile_table *t, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return tread_error__set(t->err, TREAD_ERR_INPUT, "%s: %s", t->name, text);
}

int landfile_no_memory(const landfile_table *t)
{
    return tread_error__set(t->err, TREAD_ERR_NOMEM, "%s: out of memory", t->name);
}

void landfile_clear(tread_landmarks *lm, int64_t frame, double time_s)
{
    lm->frame = frame;
    lm->time_s = time_s;
    lm->presence = 0;
    for (int i = 0; i < TREAD_N_LANDMARKS; i++)
        lm->x_px[i] = lm->y_px[i] = lm->z_px[i] = lm->confidence[i] = NAN;
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        lm->second[i] = (tread_place){NAN, NAN, NAN};
}

void landfile_put(tread_landmarks *lm, int point, double x, double y, double score)
{
    bool is_missing = !(fabs(x) <= LANDFILE_MAX_PX && fabs(y) <= LANDFILE_MAX_PX) ||
                      (x == 0 && y == 0 && score == 0);
    if (point < 0 || is_missing)
        return;
    lm->x_px[point] = (float)x;
    lm->y_px[point] = (float)y;
    lm->confidence[point] = isnan(score) ? 1 : (float)fmax(0, fmin(1, score));
}

void landfile_settle(tread_landmarks *lm)
{
    lm->presence = 0;
    for (int i = 0; i < TREAD_N_LANDMARKS; i++)
        if (!isnan(lm->x_px[i]))
            lm->presence = 1;
}

int landfile_frame_time(const landfile_table *t, double frame, double *time_s)
{
    if (!(t->info.fps > 0))
        return landfile_refuse(t, "holds no times and no frame rate; tell it with --fps N");
    *time_s = frame / t->info.fps;
    return TREAD_OK;
}

int64_t landfile_frame_number(double value, int64_t otherwise)
{
    return value >= 0 && value <= 1e15 && value == floor(value) ? (int64_t)value : otherwise;
}

int landfile_add(landfile_table *t, const tread_landmarks *lm)
{
    if (!(fabs(lm->time_s) <= MAX_TIME_S) ||
        (t->n > 0 && !(lm->time_s > t->frames[t->n - 1].time_s))) {
        t->n_time_faults++;
        return TREAD_OK;
    }
    if (t->n == LANDFILE_MAX_FRAMES)
        return landfile_refuse(t, "more than %d frames; cut it into parts", LANDFILE_MAX_FRAMES);
    if (t->n == t->n_room) {
        size_t n_room = t->n_room ? 2 * t->n_room : FIRST_ROOM;
        tread_landmarks *larger = realloc(t->frames, n_room * sizeof *larger);
        if (!larger)
            return landfile_no_memory(t);
        t->frames = larger;
        t->n_room = n_room;
    }
    t->frames[t->n++] = *lm;
    return TREAD_OK;
}

int landfile_scale_shares(landfile_table *t)
{
    bool is_any = false;
    for (size_t i = 0; i < t->n; i++)
        for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
            float x = t->frames[i].x_px[p], y = t->frames[i].y_px[p];
            if (fabs((double)x) > MAX_SHARE || fabs((double)y) > MAX_SHARE)
                return TREAD_OK;
            is_any = is_any || !isnan(x);
        }
    if (!is_any)
        return TREAD_OK;
    if (!(t->info.width_px > 0 && t->info.height_px > 0))
        return landfile_refuse(t, "positions are shares of a picture whose size the file does not "
                                  "state; add width and height, or write pixels");
    for (size_t i = 0; i < t->n; i++)
        for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
            t->frames[i].x_px[p] *= (float)t->info.width_px;
            t->frames[i].y_px[p] *= (float)t->info.height_px;
        }
    return TREAD_OK;
}

int landfile_finish(landfile_table *t)
{
    if (t->n == 0 && t->n_time_faults == 0)
        return landfile_refuse(t, "no frame in it; is the file complete?");
    if (t->n_time_faults * FAULT_SHARE > t->n + t->n_time_faults)
        return landfile_refuse(t,
                               "times of %zu of %zu frames do not increase; sort the frames, or "
                               "give one runner's only",
                               t->n_time_faults, t->n + t->n_time_faults);
    t->info.n_frames = (int64_t)t->n;
    t->info.n_time_faults = (int64_t)t->n_time_faults;
    t->info.duration_s = t->frames[t->n - 1].time_s - t->frames[0].time_s;
    return TREAD_OK;
}

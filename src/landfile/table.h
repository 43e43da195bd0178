/* What every format fills: frames in order of time, and what the file says of itself. */
#ifndef LANDFILE_TABLE_H
#define LANDFILE_TABLE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "landfile/landfile.h"

typedef struct landfile_table {
    const char *name; /* for messages; borrowed */
    tread_error *err; /* may be NULL; borrowed */
    tread_landfile_info info;
    tread_landmarks *frames; /* (n of n_room) */
    size_t n, n_room;
    size_t n_time_faults;
} landfile_table;

/** Set the error: "name: ...". @return `TREAD_ERR_INPUT` */
int landfile_refuse(const landfile_table *t, const char *fmt, ...) BASE_PRINTF(2, 3);
/** @return `TREAD_ERR_NOMEM` */
int landfile_no_memory(const landfile_table *t);

/** Nobody there, nothing known. */
void landfile_clear(tread_landmarks *lm, int64_t frame, double time_s);
/** A point of the frame by the rules of landfile.h; `score` NaN = the file has none. */
void landfile_put(tread_landmarks *lm, int point, double x, double y, double score);
/** Sets presence from the points. */
void landfile_settle(tread_landmarks *lm);
/** Time of a frame by its number. @return TREAD_OK; TREAD_ERR_INPUT: no rate is known */
int landfile_frame_time(const landfile_table *t, double frame, double *time_s);
/** A whole number from the file, or `otherwise` when it is none. */
int64_t landfile_frame_number(double value, int64_t otherwise);

/** Copy a frame to the end; left out and counted when its time does not increase.
 *  @return TREAD_OK, TREAD_ERR_INPUT (too many), TREAD_ERR_NOMEM */
int landfile_add(landfile_table *t, const tread_landmarks *lm);
/** Turn shares of the picture into pixels, if that is what the positions are.
 *  @return TREAD_OK; TREAD_ERR_INPUT: they are, and the size of the picture is unknown */
int landfile_scale_shares(landfile_table *t);
/** All frames are in: counts, rates, whether it is worth anything. */
int landfile_finish(landfile_table *t);

#endif

/* The formats: each takes a whole file in memory and fills the table. Pure.
 *
 * All return TREAD_OK, TREAD_ERR_INPUT or TREAD_ERR_NOMEM with the table's error set. */
#ifndef LANDFILE_FORMATS_H
#define LANDFILE_FORMATS_H

#include <jansson.h>

#include "landfile/table.h"
#include "landfile/text.h"

/* First bytes of a log; the version follows. */
#define LANDFILE_LOG_MAGIC "# treadscope-landmarks/"

/* First bytes of a packed log, with its version. */
#define LANDFILE_PACK_MAGIC "TREADPK1"

int landfile_parse_pack(landfile_table *t, landfile_text bytes);
int landfile_parse_log(landfile_table *t, landfile_text text);
int landfile_parse_csv(landfile_table *t, landfile_text text);
int landfile_parse_trc(landfile_table *t, landfile_text text);
int landfile_parse_json(landfile_table *t, landfile_text text);

/** A text as JSON, with NaN and Infinity, which Python writes, as missing values.
 *  @return to be released by the caller; NULL with the error set */
json_t *landfile_load_json(const landfile_table *t, landfile_text text, int *status);

/** Who was kept of the people so far, and what keypoints mean. {0} at the start. */
typedef struct landfile_people {
    const int8_t *points; /* (n_points) landmarks of the keypoints; NULL = by their number */
    size_t n_points;
    double last_x, last_y; /* middle of the one kept last */
    bool has_last;
    /* Of the frame under way: */
    tread_landmarks largest, nearest;
    double largest_height, nearest_height, nearest_distance;
    size_t n_seen;
} landfile_people;

/** A frame of people begins. */
void landfile_people_begin(landfile_people *p);
/** Anybody that `value` describes, in any of the shapes of json_keypoints.c.
 *  @return TREAD_OK, TREAD_ERR_INPUT */
int landfile_people_add(const landfile_table *t, landfile_people *p, json_t *value);
/** The frame is over: whom to keep. `out->presence` is 0 when there was nobody. */
void landfile_people_choose(landfile_people *p, int64_t frame, double time_s, tread_landmarks *out);

/** An OpenPose folder: reads the files, so not pure. */
int landfile_read_openpose(landfile_table *t, const char *dir);
/** Any file into memory, bounded.
 *  @param[out] data  released by the caller with free */
int landfile_read_file(const landfile_table *t, const char *path, char **data, size_t *size);

#endif

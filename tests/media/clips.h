/* Clips for the media tests, made with the ffmpeg program in a folder that is
 * removed afterwards. One test program, one folder. */
#ifndef TESTS_MEDIA_CLIPS_H
#define TESTS_MEDIA_CLIPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "media/media.h"
#include "media/near.h"

enum { CLIPS_PATH_MAX = 512, CLIPS_TIMES_MAX = 1024, CLIPS_SKIP = 77 };

/** Group fixtures: make and remove the folder. */
int clips_setup(void **state);
int clips_teardown(void **state);

/** Leaves with status 77 and the reason where the ffmpeg program is missing. */
void clips_require_ffmpeg(void);

/** FOLDER/name. Valid for the next 63 calls. */
const char *clips_path(const char *name);

/** Run a shell command. @return its exit status */
int clips_run(const char *format, ...) BASE_PRINTF(1, 2);

/** `ffmpeg ARGS FOLDER/name`; a failure fails the test. @return the path */
const char *clips_make(const char *name, const char *args);

/** Does the ffmpeg program have this encoder? */
bool clips_has_encoder(const char *encoder);

/** TREAD_SHARED_DIR/name, or NULL when it is not there. */
const char *clips_shared(const char *name);

/** Presentation times of all pictures as ffprobe decodes them, in seconds.
 *  @return how many */
size_t clips_probe_times(const char *path, double times_s[CLIPS_TIMES_MAX]);

/** The whole file; *size is its length. free() it. */
uint8_t *clips_load(const char *path, size_t *size);
void clips_save(const char *path, const uint8_t *data, size_t size);

/** What a reader gave. */
typedef struct clips_frame {
    double time_s;
    int width_px, height_px;
    uint64_t hash; /* of all samples */
} clips_frame;

typedef struct clips_reading {
    int status; /* of the call that ended it */
    size_t n_frames;
    clips_frame frame[CLIPS_TIMES_MAX];
    tread_reader_stats stats;
    tread_source_info info; /* strings are not kept */
    tread_error error;
} clips_reading;

/** Read all frames. Fails the test when the clip does not open, when an index
 *  is not the next one, or when times do not increase. free() the result. */
clips_reading *clips_read(const char *path, const tread_reader_opts *opts);

uint64_t clips_hash(const tread_picture *picture);

/** One sample of plane `p` at upright (xu, yu), scaled to 8 bits. */
int clips_sample(const tread_picture *picture, int p, double xu, double yu);

/** Open, or fail the test with the reader's own message. */
tread_reader *clips_open(const char *path, const tread_reader_opts *opts);

#endif

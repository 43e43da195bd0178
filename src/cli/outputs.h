/* The folder and the files that one run of `analyze` leaves. */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/analyze_options.h"
#include "report/report.h"

#define CLI_MAX_PATH 4096

/** Where the outputs of one clip go. False: the path is too long. */
bool cli_output_dir(const cli_analyze_options *o, const char *clip, bool is_single, char *dir,
                    size_t size);

/** mkdir -p. @param[out] was_made  the last folder is new
 *  @return TREAD_OK, TREAD_ERR_OUTPUT */
int cli_make_dir(const char *dir, bool *was_made, tread_error *err);

/** When second 0 was, seconds since 1970. Not told (0), it is when the file was last written, less
 *  its length: a recording is written to until it ends, and so the same clip is the same activity
 *  whenever it is analysed. What has no time of its own (a pipe) ends now. */
int64_t cli_started_utc(int64_t told_utc, const tread_run *run);

/** A day for people, here. @return `text`; NULL = no such day */
const char *cli_day(int64_t utc, char *text, size_t size);

/** Which files of a run, where, and what they say besides its results. */
typedef struct cli_output_order {
    unsigned formats; /* of cli_format */
    const char *dir;
    const char *pictures; /* the clip they are in; NULL = there are none to read, and no video */
    int slow;             /* of the annotated clip, as --slow; 0 = not wanted */
    const char *runner;   /* NULL = not named */
    int64_t started_utc;  /* 0 = not told: what the clip's file says */
    FILE *
        picture; /* gets a JPEG to know the clip by, where report.html has one; NULL = not wanted */
} cli_output_order;

/** Write them; drains the frames of `results`. All of the files appear or none, unless renaming
 *  itself fails.
 *  @param log  landmarks.csv, written but for its commit, NULLed then; NULL or `*log` NULL: none
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_INPUT, TREAD_ERR_NOMEM, TREAD_ERR_INTERNAL */
int cli_write_outputs(const cli_output_order *order, tread_analyzer *results, const tread_run *run,
                      tread_outfile **log, tread_error *err);

#endif

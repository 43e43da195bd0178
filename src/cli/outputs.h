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

/** All steps, so that writers can go over them more than once.
 *  @param[out] steps  (n) released by the caller with free
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
int cli_take_steps(tread_analyzer *results, tread_step **steps, size_t *n);

/** The faults in these steps.
 *  @param[out] form  owns what `run` then points to; destroyed by the caller
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
int cli_find_faults(const tread_rules *rules, tread_form **form, tread_run *run);

/** Write the formats that were asked for; drains the frames of `results`. All of the files
 *  appear or none, unless renaming itself fails.
 *  @param log  landmarks.csv, written but for its commit, NULLed then; `*log` may be NULL
 *  @param picture  gets a JPEG to know the clip by, where report.html has one; NULL = not wanted
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_INPUT, TREAD_ERR_NOMEM, TREAD_ERR_INTERNAL */
int cli_write_outputs(const cli_analyze_options *o, const char *dir, tread_analyzer *results,
                      const tread_run *run, tread_outfile **log, FILE *picture, tread_error *err);

#endif

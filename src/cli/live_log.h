/* The folder of a recorded live session: landmarks as they come, so that whatever happens all but
 * the last second can be analysed again (`treadscope analyze --landmarks`). */
#ifndef CLI_LIVE_LOG_H
#define CLI_LIVE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#include "cli/outputs.h"

typedef struct cli_live_log {
    char dir[CLI_MAX_PATH];
    FILE *file; /* of the present part; NULL = none, or it failed */
    int n_parts;
    double flushed_s;
    bool has_failed;
} cli_live_log;

/** Make the folder. @param out  its name; NULL = treadmill-DATE-TIME
 *  @return TREAD_OK, TREAD_ERR_OUTPUT */
int cli_live_log_open(cli_live_log *log, const char *out, tread_error *err);

/** Path of the landmarks of a part, 0, 1 ... */
void cli_live_log_path(const cli_live_log *log, int part, char *path, size_t size);

/** One frame. A disk that is full ends the log, once, and says so on stderr. */
void cli_live_log_add(cli_live_log *log, const tread_landmarks *lm, double width_px,
                      double height_px, int part);

/** NULL-safe; may be repeated. */
void cli_live_log_close(cli_live_log *log);

#endif

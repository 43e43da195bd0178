/* The landmarks of a live session as they come: packed, for when it is over, and, where it is
 * recorded, in a folder, so that whatever happens all but the last second can be analysed again
 * (`treadscope analyze --landmarks`). */
#ifndef CLI_LIVE_LOG_H
#define CLI_LIVE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#include "cli/outputs.h"
#include "cli/pack.h"

/* Of a picture that changes its shape more often the rest is not measured again. */
#define CLI_MAX_PARTS 32

/** All zero: nothing is recorded. */
typedef struct cli_live_log {
    char dir[CLI_MAX_PATH]; /* "" = not recorded */
    FILE *file;             /* of the present part; NULL = none, or it failed */
    cli_pack packs[CLI_MAX_PARTS];
    int n_parts;
    double flushed_s;
    bool has_failed;
} cli_live_log;

/** Make the folder. @param out  its name; NULL = treadmill-DATE-TIME
 *  @return TREAD_OK, TREAD_ERR_OUTPUT */
int cli_live_log_open(cli_live_log *log, const char *out, tread_error *err);

/** One frame. A disk that is full ends the log, once, and says so on stderr. */
void cli_live_log_add(cli_live_log *log, const tread_landmarks *lm, double width_px,
                      double height_px, int part);

/** The files end; the packs stay. May be repeated. */
void cli_live_log_close(cli_live_log *log);
/** The packs go too. */
void cli_live_log_end(cli_live_log *log);

#endif

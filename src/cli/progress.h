/* A progress bar with the time left, on a terminal only. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

#include <treadscope/session.h>

/** Callback for tread_session_opts.on_progress; `user` is the label to show. Draws on
 *  stderr. Always true. */
bool cli_progress(void *user, const tread_progress *progress);

/** The same bar for a stage whose share is known, 0..1. */
void cli_progress_share(const char *label, double share, double elapsed_s);

/** Wipe the bar. */
void cli_progress_end(void);

/** Whether bars are drawn at all: stderr is a terminal, and nobody has hidden them. */
bool cli_progress_is_shown(void);

/** No bars from this process: others would draw over them. */
void cli_progress_hide(void);

#endif

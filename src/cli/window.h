/* The window of `treadscope live --window`: the newest picture, and keys. */
#ifndef CLI_WINDOW_H
#define CLI_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

#include "session/session.h"

typedef struct cli_window cli_window;

/** Load the module that has the window, and open it.
 *  @return TREAD_OK; TREAD_ERR_UNSUPPORTED: there is no display, or something is not installed;
 *          TREAD_ERR_NOMEM; TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int cli_window_open(cli_window **out, tread_error *err);

/** A picture, copied, in place of any that has not been shown yet. Any thread, one at a time;
 *  never waits for the window and allocates only when pictures grow. */
void cli_window_put(cli_window *w, const uint8_t *bgra, int width_px, int height_px,
                    ptrdiff_t stride_bytes);

/** Show what comes and do what keys ask until the session is over or the window is closed,
 *  which stops it. The thread that opened it. */
void cli_window_run(cli_window *w, tread_live *live);

/** NULL-safe, sets NULL. Nobody may put any more. */
void cli_window_close(cli_window **w);

#endif

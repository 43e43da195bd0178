/* Filling in a tread_error: the one line a person reads when something fails. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <treadscope/status.h>

#include "base/compiler.h"

/** Write code and text into `err` and return `code`, so that a failure is one
 *  statement: `return tread_error__set(err, TREAD_ERR_INPUT, "…", …)`.
 *  @param err  NULL is allowed and ignored. Text too long is cut.
 *  Safe from any thread as long as `err` is not shared. */
int tread_error__set(tread_error *err, int code, const char *fmt, ...) BASE_PRINTF(3, 4);

#endif

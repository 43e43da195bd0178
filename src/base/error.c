#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

int tread_error__set(tread_error *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    err->code = code;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return code;
}

const char *tread_status_text(int status)
{
    switch (status) {
    case TREAD_OK: return "ok";
    case TREAD_AGAIN: return "more input needed";
    case TREAD_EOF: return "end of data";
    case TREAD_ERR_ARG: return "wrong use of a function";
    case TREAD_ERR_NOMEM: return "out of memory";
    case TREAD_ERR_INPUT: return "input cannot be read";
    case TREAD_ERR_OUTPUT: return "output cannot be written";
    case TREAD_ERR_MODEL: return "model or component missing";
    case TREAD_ERR_NO_RUNNER: return "no runner found";
    case TREAD_ERR_UNSUPPORTED: return "not supported";
    case TREAD_ERR_STOPPED: return "stopped";
    case TREAD_ERR_INTERNAL: return "internal failure";
    default: return "unknown status";
    }
}

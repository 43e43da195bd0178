/* Status codes and the one-line error every fallible call can fill in.
 *
 * Functions return int: TREAD_OK, a positive status that is part of normal
 * flow (AGAIN, EOF), or a negative error. Data quality is never an error code:
 * a runner who is hard to see is a result, a file that cannot be read is an
 * error. */
#ifndef TREADSCOPE_STATUS_H
#define TREADSCOPE_STATUS_H

#include <treadscope/export.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tread_status {
    TREAD_OK = 0,
    TREAD_AGAIN = 1,            /* nothing to hand out yet: push more input */
    TREAD_EOF = 2,              /* nothing will follow */
    TREAD_ERR_ARG = -1,         /* the caller broke the contract */
    TREAD_ERR_NOMEM = -2,       /* out of memory */
    TREAD_ERR_INPUT = -3,       /* the input cannot be opened, read or decoded */
    TREAD_ERR_OUTPUT = -4,      /* an output cannot be written */
    TREAD_ERR_MODEL = -5,       /* a model or component is missing or not the pinned one */
    TREAD_ERR_NO_RUNNER = -6,   /* the clip was read, and nobody was found in it */
    TREAD_ERR_UNSUPPORTED = -7, /* understood, but not something this build can do */
    TREAD_ERR_STOPPED = -8,     /* the caller asked for a stop */
    TREAD_ERR_INTERNAL = -9,    /* a library below broke its own contract */
};

/** What went wrong, for people: one line that names what, why and the remedy.
 *  Plain data; the caller owns it. `text` is always terminated. */
typedef struct tread_error {
    int code; /* a tread_status */
    char text[512];
} tread_error;

/** Short English name of a status. Never NULL; any thread. */
TREAD_API const char *tread_status_text(int status);

#ifdef __cplusplus
}
#endif
#endif

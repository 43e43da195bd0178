/* A session of the history, measured once more from its landmarks. */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include <stdint.h>

#include <treadscope/session.h>

/** How a session was measured, read back from its session.json. Plain data but for `clip`. */
typedef struct cli_restored {
    tread_session_opts opts; /* analyzer.changes points to `changes`: not to be copied */
    tread_belt changes[TREAD_MAX_BELT_CHANGES];
    tread_source_facts facts;
    char *clip; /* as the user named it; the caller's */
} cli_restored;

/** @return TREAD_OK; TREAD_ERR_INPUT: the document lacks or bends a setting; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int cli_restore(cli_restored *out, const char *document, tread_error *err);

#endif

/* What `treadscope live` was asked for. */
#ifndef CLI_LIVE_OPTIONS_H
#define CLI_LIVE_OPTIONS_H

#include <stdbool.h>

#include <treadscope/session.h>

typedef struct cli_live_options {
    const char *source; /* NULL = the first camera */
    tread_analyzer_opts analyzer;
    enum tread_model model;
    const char *rules;  /* a file that extends the rules; NULL = those that ship */
    const char *listen; /* address to serve on; NULL = loopback */
    int port;
    bool is_recorded;
    const char *out; /* folder of the recording; NULL = named by the time */
    bool is_window_wanted;
    bool is_json_wanted; /* on stdout */
    bool is_kept;        /* in the history */
    const char *runner;  /* NULL = not named */
} cli_live_options;

/** Read the command line; strings are borrowed from it. Says what is wrong on stderr.
 *  @param[out] is_help  the usage was asked for and printed: there is nothing to do
 *  @return CLI_DONE, CLI_USAGE */
int cli_live_options_read(cli_live_options *o, int argc, char **argv, bool *is_help);

#endif

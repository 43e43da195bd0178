/* What `treadscope analyze` was asked for. */
#ifndef CLI_ANALYZE_OPTIONS_H
#define CLI_ANALYZE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <treadscope/form.h>
#include <treadscope/session.h>

/* In the order of their names in analyze_options.c. */
enum cli_format {
    CLI_FORMAT_JSON = 1,
    CLI_FORMAT_CSV = 2,
    CLI_FORMAT_VIDEO = 4,
    CLI_FORMAT_TRC = 8,
    CLI_FORMAT_MOT = 16,
    CLI_FORMAT_SRT = 32,
    CLI_FORMAT_FIT = 64,
    CLI_FORMAT_OPENPOSE = 128,
    CLI_FORMAT_HTML = 256,
    CLI_FORMAT_PDF = 512,
    CLI_FORMAT_ALL = 1023,
    CLI_FORMAT_DEFAULT = CLI_FORMAT_ALL - CLI_FORMAT_OPENPOSE /* which is a file a frame */
};

/* Each holds a network: some 100 MB. */
#define CLI_MAX_JOBS 64

/* A setting of the console that may change: what holds from which second on. */
#define CLI_MAX_SCHEDULE 256
typedef struct cli_schedule {
    double value[CLI_MAX_SCHEDULE], from_s[CLI_MAX_SCHEDULE]; /* (n) */
    int n;
} cli_schedule;

typedef struct cli_analyze_options {
    tread_session_opts session; /* analyzer.changes points to `changes`: not to be copied */
    cli_schedule speed, incline;
    tread_belt changes[TREAD_MAX_BELT_CHANGES];
    const char *out;       /* NULL = beside each clip */
    const char *rules;     /* a file that extends the rules; NULL = those that ship */
    const char *landmarks; /* a landmark file or folder; NULL = clips */
    double fps;            /* of landmarks that have no times; 0 = not told */
    unsigned formats;      /* of cli_format */
    int slow;              /* contacts replayed so many times slower; 0 = not */
    bool is_json_wanted;   /* on stdout */
    bool is_log_wanted;    /* landmarks.csv */
    bool is_kept;          /* in the history */
    const char *runner;    /* NULL = not named */
    int64_t date_utc;      /* when it was filmed; 0 = not told */
    char *const *clips;    /* (n_clips) none with landmarks */
    int n_clips;
    int n_jobs; /* clips side by side */
} cli_analyze_options;

/** A list of formats, as --format takes it.
 *  @return CLI_DONE, or CLI_USAGE after saying why */
int cli_take_formats(const char *list, unsigned *formats);

/** Read the command line; strings are borrowed from it. Says what is wrong on stderr.
 *  @param[out] is_help  the usage was asked for and printed: there is nothing to do
 *  @return CLI_DONE, CLI_USAGE */
int cli_analyze_options_read(cli_analyze_options *o, int argc, char **argv, bool *is_help);

#endif

/* cli: one file per command. Each command gets its own arguments and returns an
 * exit status of DESIGN.md section 3. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <treadscope/status.h>

enum cli_exit {
    CLI_DONE = 0,
    CLI_USAGE = 1,
    CLI_INPUT = 2,
    CLI_NO_RUNNER = 3,
    CLI_MODEL = 4,
    CLI_OUTPUT = 5, /* an output cannot be written */
    CLI_FAILED = 6, /* out of memory, or a library failed */
};

/** argv[0] is the command's name. */
int cli_analyze(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_live(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_sessions(int argc, char **argv);

/** Print the one line a failure deserves and return its exit status. */
int cli_fail(const tread_error *err);

#endif

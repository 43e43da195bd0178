/* treadscope: one program, several commands. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <treadscope/version.h>

#include "cli/cli.h"
#include "linalg/linalg.h"
#include "media/media.h"

static const struct {
    const char *name, *what;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"analyze", "measure a recorded clip", cli_analyze},
    {"live", "watch a camera at the treadmill, as the runner runs", cli_live},
    {"sessions", "the history: list, show, compare, trend, export, delete", cli_sessions},
    {"report", "write the files of a session of the history again", cli_report},
    {"rules", "list or check the fault rules", cli_rules},
    {"doctor", "what is installed, what is missing and how to get it", cli_doctor},
};
#define N_COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *f)
{
    fputs("usage: treadscope COMMAND [...]\n\n", f);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(f, "  %-10s %s\n", commands[i].name, commands[i].what);
    fputs("\n`treadscope COMMAND --help` says more; `treadscope --version` says which.\n", f);
}

int cli_fail(const tread_error *err)
{
    fprintf(stderr, "treadscope: %s\n", err->text[0] ? err->text : tread_status_text(err->code));
    switch (err->code) {
    case TREAD_ERR_ARG: return CLI_USAGE;
    case TREAD_ERR_INPUT: return CLI_INPUT;
    case TREAD_ERR_NO_RUNNER: return CLI_NO_RUNNER;
    case TREAD_ERR_MODEL:
    case TREAD_ERR_UNSUPPORTED: return CLI_MODEL;
    case TREAD_ERR_OUTPUT: return CLI_OUTPUT;
    default: return CLI_FAILED;
    }
}

int main(int argc, char **argv)
{
    /* A reader of our output that leaves is a write error, not a death. */
    signal(SIGPIPE, SIG_IGN);
    tread_media__quiet();
    tread_linalg__set_threads(1); /* stages run side by side, not the algebra */

    if (argc < 2) {
        usage(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        usage(stdout);
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("treadscope %s\n", tread_version_string());
        return CLI_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "treadscope: no command `%s`; `treadscope --help` lists them\n", argv[1]);
    return CLI_USAGE;
}

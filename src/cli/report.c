/* treadscope report: the files of a session that was kept, written again. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/history.h"
#include "cli/outputs.h"
#include "cli/parse.h"

static void usage(FILE *f)
{
    fputs("usage: treadscope report ID [--out DIR] [--format json]\n"
          "\n"
          "Writes session.json of a session of the history again; `treadscope sessions` lists\n"
          "their numbers.\n"
          "\n"
          "  --out DIR      write there; without it to session-ID.treadscope/\n"
          "  --format LIST  json: what is kept of a session\n",
          f);
}

static int write_session(const char *dir, const char *document, tread_error *err)
{
    tread_outfile *file = NULL;
    bool was_made;
    int status = cli_make_dir(dir, &was_made, err);
    if (status == TREAD_OK)
        status = tread_report__outfile_open(&file, dir, "session.json", err);
    if (status != TREAD_OK)
        return status;
    fputs(document, tread_report__outfile_stream(file));
    return tread_report__outfile_commit(&file, err);
}

static int report(int64_t id, const char *out)
{
    char dir[64];
    tread_store *store = NULL;
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    char *document = NULL;
    int status = cli_open_history(&store);
    if (status != CLI_DONE)
        return status;
    if (!store) {
        fputs("treadscope: report: there is no history yet\n", stderr);
        return CLI_USAGE;
    }
    snprintf(dir, sizeof dir, "session-%lld.treadscope", (long long)id);
    status = tread_store__document(store, id, &document, &err);
    tread_store__close(&store);
    if (status == TREAD_EOF)
        err.code = TREAD_ERR_ARG; /* there is no such session: asked wrongly */
    if (status == TREAD_OK)
        status = write_session(out ? out : dir, document, &err);
    free(document);
    if (status != TREAD_OK)
        return cli_fail(&err);
    printf("Written to %s\n", out ? out : dir);
    return CLI_DONE;
}

int cli_report(int argc, char **argv)
{
    static const struct option options[] = {{"out", required_argument, NULL, 'o'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *out = NULL;
    int64_t id;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'h': usage(stdout); return CLI_DONE;
        case 'o':
            out = optarg;
            if (!*out || strlen(out) >= CLI_MAX_PATH)
                return cli_bad_usage("out", "''", "a folder");
            break;
        case 'f':
            if (strcmp(optarg, "json") != 0)
                return cli_bad_usage("format", optarg, "json, which is what is kept");
            break;
        default: fputs("`treadscope report --help` says more\n", stderr); return CLI_USAGE;
        }
    }
    if (argc - optind != 1) {
        fputs("treadscope: report: one session, by its number; `treadscope report --help` says "
              "more\n",
              stderr);
        return CLI_USAGE;
    }
    int status = cli_take_session(argv[optind], &id);
    return status == CLI_DONE ? report(id, out) : status;
}

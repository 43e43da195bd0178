#include "cli/history.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/outputs.h"
#include "cli/parse.h"

static void add(const tread_store_entry *entry, FILE *say)
{
    char path[STORE_MAX_PATH];
    tread_store *store = NULL;
    tread_error err;
    int64_t id;
    if (!tread_store__path(path, sizeof path))
        return;
    int status = tread_store__open_to_write(&store, path, &err);
    if (status == TREAD_OK)
        status = tread_store__add(store, entry, &id, &err);
    tread_store__close(&store);
    if (status == TREAD_OK && say)
        fprintf(say, "Session %lld of the history; `treadscope sessions` lists it\n",
                (long long)id);
    else if (status != TREAD_OK && status != TREAD_ERR_NO_RUNNER)
        fprintf(stderr, "treadscope: not kept in the history: %s\n", err.text);
}

char *cli_document(const tread_run *run)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    int status = f ? tread_report__session_json(f, run, NULL) : TREAD_ERR_NOMEM;
    if ((f && fclose(f) != 0) || status != TREAD_OK) {
        free(text);
        text = NULL;
    }
    return text;
}

void cli_keep(const tread_store_entry *entry, const tread_run *run, cli_pack *pack, FILE *say)
{
    tread_store_entry kept = *entry;
    char *document = cli_document(run);
    void *landmarks;
    kept.document = document;
    kept.started_utc = cli_started_utc(entry->started_utc, run);
    cli_pack_take(pack, &landmarks, &kept.n_landmarks);
    kept.landmarks = landmarks;
    if (document)
        add(&kept, say);
    else
        fputs("treadscope: not kept in the history: out of memory\n", stderr);
    free(landmarks);
    free(document);
}

static int no_history(void)
{
    fputs("treadscope: no history is kept: TREADSCOPE_HISTORY is empty, or there is no home "
          "folder\n",
          stderr);
    return CLI_USAGE;
}

int cli_open_history(tread_store **store)
{
    char path[STORE_MAX_PATH];
    tread_error err;
    *store = NULL;
    if (!tread_store__path(path, sizeof path))
        return no_history();
    int status = tread_store__open(store, path, &err);
    return status == TREAD_OK || status == TREAD_EOF ? CLI_DONE : cli_fail(&err);
}

int cli_open_history_to_write(tread_store **store)
{
    char path[STORE_MAX_PATH];
    tread_error err;
    if (!tread_store__path(path, sizeof path))
        return no_history();
    /* To change what is there, not to begin one. */
    if (access(path, F_OK) != 0) {
        fprintf(stderr, "treadscope: %s: no history yet\n", path);
        return CLI_USAGE;
    }
    return tread_store__open_to_write(store, path, &err) == TREAD_OK ? CLI_DONE : cli_fail(&err);
}

int cli_take_session(const char *value, int64_t *out)
{
    double number;
    if (!cli_parse_number(value, 1, 9e15, &number) || number != (double)(int64_t)number) {
        fprintf(stderr,
                "treadscope: %s: not the number of a session; `treadscope sessions` lists them\n",
                value);
        return CLI_USAGE;
    }
    *out = (int64_t)number;
    return CLI_DONE;
}

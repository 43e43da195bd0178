#include "cli/history.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/parse.h"

void cli_keep(const tread_store_entry *entry, FILE *say)
{
    char path[STORE_MAX_PATH];
    tread_store *store = NULL;
    tread_store_entry kept = *entry;
    tread_error err;
    int64_t id;
    if (!tread_store__path(path, sizeof path))
        return;
    if (kept.started_utc == 0)
        kept.started_utc = (int64_t)time(NULL);
    int status = tread_store__open_to_write(&store, path, &err);
    if (status == TREAD_OK)
        status = tread_store__add(store, &kept, &id, &err);
    tread_store__close(&store);
    if (status == TREAD_OK && say)
        fprintf(say, "Session %lld of the history; `treadscope sessions` lists it\n",
                (long long)id);
    else if (status != TREAD_OK && status != TREAD_ERR_NO_RUNNER)
        fprintf(stderr, "treadscope: not kept in the history: %s\n", err.text);
}

void cli_keep_run(const tread_run *run, const tread_store_entry *entry, bool is_said)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    tread_store_entry kept = *entry;
    int status = f ? tread_report__session_json(f, run, NULL) : TREAD_ERR_NOMEM;
    if ((f && fclose(f) != 0) || status != TREAD_OK) {
        fputs("treadscope: not kept in the history: out of memory\n", stderr);
    } else {
        kept.document = text;
        cli_keep(&kept, is_said ? stdout : NULL);
    }
    free(text);
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

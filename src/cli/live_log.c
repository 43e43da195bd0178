#include "cli/live_log.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "landfile/landfile.h"

#define FLUSH_EVERY_S 0.5

static void path_of(const cli_live_log *log, int part, char *path, size_t size)
{
    if (part == 0)
        snprintf(path, size, "%s/landmarks.csv", log->dir);
    else
        snprintf(path, size, "%s/landmarks-%d.csv", log->dir, part + 1);
}

int cli_live_log_open(cli_live_log *log, const char *out, tread_error *err)
{
    time_t now = time(NULL);
    struct tm local;
    bool was_made;
    if (out && strlen(out) > CLI_MAX_PATH - 64)
        return tread_error__set(err, TREAD_ERR_OUTPUT, "%.200s...: path too long", out);
    if (out)
        snprintf(log->dir, sizeof log->dir, "%s", out);
    else
        strftime(log->dir, sizeof log->dir, "treadmill-%Y-%m-%d-%H%M%S", localtime_r(&now, &local));
    int status = cli_make_dir(log->dir, &was_made, err);
    if (status == TREAD_OK && !was_made) {
        char path[CLI_MAX_PATH + 32];
        path_of(log, 0, path, sizeof path);
        FILE *old = fopen(path, "r");
        if (old) {
            fclose(old);
            return tread_error__set(err, TREAD_ERR_OUTPUT,
                                    "%s: holds a session already; name another folder", log->dir);
        }
    }
    return status;
}

static void give_up(cli_live_log *log, const char *path)
{
    fprintf(stderr, "treadscope: %s: %s; the session goes on, its landmarks end here\n", path,
            strerror(errno));
    log->has_failed = true;
    if (log->file)
        fclose(log->file);
    log->file = NULL;
}

static void record(cli_live_log *log, const tread_landmarks *lm, double width_px, double height_px,
                   int part, bool is_new)
{
    char path[CLI_MAX_PATH + 32];
    path_of(log, part, path, sizeof path);
    if (is_new) {
        cli_live_log_close(log);
        log->file = fopen(path, "w");
        if (!log->file) {
            give_up(log, path);
            return;
        }
        tread_landfile__log_header(log->file, width_px, height_px);
        log->flushed_s = lm->time_s;
    }
    tread_landfile__log_row(log->file, lm);
    if (lm->time_s - log->flushed_s < FLUSH_EVERY_S)
        return;
    log->flushed_s = lm->time_s;
    if (fflush(log->file) != 0)
        give_up(log, path);
}

void cli_live_log_add(cli_live_log *log, const tread_landmarks *lm, double width_px,
                      double height_px, int part)
{
    bool is_new = part >= log->n_parts;
    if (is_new && part < CLI_MAX_PARTS)
        cli_pack_begin(&log->packs[part], width_px, height_px);
    if (part < CLI_MAX_PARTS)
        cli_pack_add(&log->packs[part], lm);
    if (log->dir[0] && !log->has_failed)
        record(log, lm, width_px, height_px, part, is_new);
    if (is_new)
        log->n_parts = part + 1;
}

void cli_live_log_close(cli_live_log *log)
{
    if (log->file && fclose(log->file) != 0) {
        log->file = NULL;
        give_up(log, log->dir);
    }
    log->file = NULL;
}

void cli_live_log_end(cli_live_log *log)
{
    cli_live_log_close(log);
    for (int i = 0; i < CLI_MAX_PARTS; i++)
        cli_pack_end(&log->packs[i]);
}

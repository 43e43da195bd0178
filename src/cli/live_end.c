#include "cli/live_end.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/history.h"
#include "cli/results.h"

/* ---- one part --------------------------------------------------------------------- */

static void set_options(tread_session_opts *o, const cli_live_end *e)
{
    *o = (tread_session_opts){.analyzer = e->options->analyzer, .model = e->options->model};
    tread_analyzer_opts *a = &o->analyzer;
    a->speed_kmh = e->settings[0].speed_kmh;
    a->incline_pct = e->settings[0].incline_pct;
    a->changes = e->settings + 1;
    a->n_changes = (int)e->n_settings - 1;
}

static void write_files(const cli_live_end *e, const cli_live_log *log, int part,
                        tread_analyzer *analyzer, const tread_run *run)
{
    char dir[CLI_MAX_PATH + 32];
    bool was_made;
    tread_error err;
    cli_output_order order = {.formats = CLI_FORMAT_JSON | CLI_FORMAT_CSV | CLI_FORMAT_HTML |
                                         CLI_FORMAT_PDF,
                              .dir = dir,
                              .runner = e->options->runner,
                              .started_utc = e->started_utc};
    if (part == 0)
        snprintf(dir, sizeof dir, "%s", log->dir);
    else
        snprintf(dir, sizeof dir, "%s/part-%d", log->dir, part + 1);
    if (cli_make_dir(dir, &was_made, &err) != TREAD_OK ||
        cli_write_outputs(&order, analyzer, run, NULL, &err) != TREAD_OK)
        fprintf(stderr, "treadscope: %s\n", err.text);
    else
        fprintf(e->say, "Written to %s\n", dir);
}

static char *report_text(const cli_live_end *e, const tread_run *run)
{
    char *text = NULL, date[32];
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    tread_report_page page = {.runner = e->options->runner,
                              .date = cli_day(e->started_utc, date, sizeof date)};
    int status = f ? tread_report__html(f, run, &page, NULL) : TREAD_ERR_NOMEM;
    if ((f && fclose(f) != 0) || status != TREAD_OK) {
        free(text);
        text = NULL;
    }
    return text;
}

static int longest_part(const cli_live_log *log)
{
    int longest = 0;
    for (int i = 1; i < log->n_parts && i < CLI_MAX_PARTS; i++)
        if (log->packs[i].n_frames > log->packs[longest].n_frames)
            longest = i;
    return longest;
}

static void use(const cli_live_end *e, cli_live_log *log, int part, tread_analyzer *analyzer,
                const tread_run *run, cli_live_texts *texts)
{
    if (part == longest_part(log)) {
        texts->document = cli_document(run);
        texts->report = report_text(e, run);
    }
    if (log->dir[0])
        write_files(e, log, part, analyzer, run);
    if (e->options->is_kept)
        cli_keep(&(tread_store_entry){.runner = e->options->runner,
                                      .kind = "live",
                                      .started_utc = e->started_utc},
                 run, &log->packs[part], e->say);
}

static int measure(const cli_live_end *e, cli_live_log *log, int part, const void *bytes,
                   size_t size, cli_live_texts *texts, tread_error *err)
{
    tread_session_opts o;
    tread_landfile *file = NULL;
    tread_analyzer *analyzer = NULL;
    tread_source_facts facts;
    cli_results r = {.steps = NULL};
    set_options(&o, e);
    int status = tread_landfile__parse(&file, e->source, bytes, size, 0, err);
    if (status == TREAD_OK) {
        const tread_landfile_info *info = tread_landfile__info(file);
        facts = *e->facts;
        facts.width_px = info->width_px;
        facts.height_px = info->height_px;
        facts.duration_s = info->duration_s;
        facts.n_frames = info->n_frames;
        status = cli_measure(file, e->source, &o, NULL, NULL, &analyzer, err);
    }
    if (status == TREAD_OK)
        status = cli_results_take(&r, e->source, &o, &facts, analyzer, e->rules, err);
    if (status == TREAD_OK)
        use(e, log, part, analyzer, &r.run, texts);
    cli_results_clear(&r);
    tread_analyzer_destroy(&analyzer);
    tread_landfile__close(&file);
    return status;
}

/* ---- all of them -------------------------------------------------------------------- */

void cli_live_conclude(const cli_live_end *e, cli_live_log *log, cli_live_texts *texts)
{
    *texts = (cli_live_texts){.document = NULL};
    cli_live_log_close(log);
    for (int part = 0; part < log->n_parts && part < CLI_MAX_PARTS; part++) {
        void *bytes;
        size_t size;
        tread_error err = {.text = ""};
        cli_pack_take(&log->packs[part], &bytes, &size);
        int status = bytes ? measure(e, log, part, bytes, size, texts, &err)
                           : tread_error__set(&err, TREAD_ERR_OUTPUT,
                                              "%s: not measured again: no room for its landmarks "
                                              "(see TMPDIR)",
                                              e->source);
        free(bytes);
        if (status != TREAD_OK && status != TREAD_ERR_NO_RUNNER)
            fprintf(stderr, "treadscope: %s\n", err.text);
    }
}

/* treadscope analyze: clips, or landmarks of another tool, in; measurements out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <treadscope/treadscope.h>

#include "base/error.h"
#include "base/thread.h"
#include "cli/analyze_options.h"
#include "cli/cli.h"
#include "cli/clips.h"
#include "cli/history.h"
#include "cli/outputs.h"
#include "cli/pack.h"
#include "cli/progress.h"
#include "cli/results.h"
#include "report/report.h"

/* One run of the command, and the clip it is at. */
typedef struct job {
    cli_analyze_options options;
    tread_rules *rules;
    char dir[CLI_MAX_PATH];      /* of this clip's outputs */
    bool was_made;               /* the folder is ours */
    tread_outfile *log;          /* landmarks.csv of this clip; NULL = not wanted */
    cli_pack pack;               /* its landmarks, for the history */
    const cli_clip_reply *reply; /* to who compares several clips; NULL = nobody does */
} job;

static void tell(const job *j, const tread_run *run)
{
    if (j->options.is_json_wanted) {
        if (tread_report__session_json(stdout, run, NULL) != TREAD_OK)
            fputs("treadscope: session.json: could not be printed\n", stderr);
        return;
    }
    tread_report__summary_text(stdout, run);
    printf("\nWritten to %s\n", j->dir);
}

/* What the page of several clips is made of. */
static int reply(const job *j, const tread_run *run, tread_error *err)
{
    return j->reply ? tread_report__session_json(j->reply->document, run, err) : TREAD_OK;
}

/* The history never spoils a run that is done. */
static void keep(job *j, const tread_run *run)
{
    tread_store_entry entry = {.runner = j->options.runner,
                               .kind = j->options.landmarks ? "landmarks" : "clip",
                               .started_utc = j->options.date_utc};
    cli_keep(&entry, run, &j->pack, j->options.is_json_wanted ? NULL : stdout);
}

/* The folder and the log, before the work, so that no work is lost for want of one. */
static int prepare(job *j, const char *clip, bool is_single, const tread_source_facts *facts,
                   tread_error *err)
{
    if (!cli_output_dir(&j->options, clip, is_single, j->dir, sizeof j->dir))
        return tread_error__set(err, TREAD_ERR_OUTPUT, "%.200s...: path too long", clip);
    int status = cli_make_dir(j->dir, &j->was_made, err);
    if (status == TREAD_OK && j->options.is_kept)
        cli_pack_begin(&j->pack, facts->width_px, facts->height_px);
    if (status != TREAD_OK || !j->options.is_log_wanted)
        return status;
    status = tread_report__outfile_open(&j->log, j->dir, "landmarks.csv", err);
    if (status == TREAD_OK)
        tread_landfile__log_header(tread_report__outfile_stream(j->log), facts->width_px,
                                   facts->height_px);
    return status;
}

static void on_landmarks(void *user, const tread_landmarks *lm)
{
    job *j = user;
    cli_pack_add(&j->pack, lm);
    if (j->log)
        tread_landfile__log_row(tread_report__outfile_stream(j->log), lm);
}

/* Results become files and the table. */
static int conclude(job *j, const char *clip, tread_analyzer *analyzer,
                    const tread_source_facts *facts, tread_error *err)
{
    cli_results r;
    const cli_analyze_options *o = &j->options;
    cli_output_order order = {.formats = o->formats,
                              .dir = j->dir,
                              .pictures = o->landmarks ? NULL : clip,
                              .slow = o->slow,
                              .runner = o->runner,
                              .started_utc = o->date_utc,
                              .picture = j->reply ? j->reply->picture : NULL};
    int status = cli_results_take(&r, clip, &o->session, facts, analyzer, j->rules, err);
    if (status == TREAD_OK)
        status = cli_write_outputs(&order, analyzer, &r.run, &j->log, err);
    if (cli_progress_is_shown())
        cli_progress_end();
    if (status == TREAD_OK)
        status = reply(j, &r.run, err);
    if (status == TREAD_OK)
        tell(j, &r.run);
    if (status == TREAD_OK && j->options.is_kept)
        keep(j, &r.run);
    cli_results_clear(&r);
    return status;
}

/* A clip is over: what is left to clean up, and the exit status. */
static int leave(job *j, int status, tread_error *err)
{
    tread_report__outfile_abandon(&j->log);
    cli_pack_end(&j->pack);
    if (status != TREAD_OK && j->was_made)
        rmdir(j->dir); /* only if nothing was written to it */
    j->was_made = false;
    if (status == TREAD_OK)
        return CLI_DONE;
    err->code = status;
    if (j->reply)
        fputs(err->text, j->reply->document);
    return cli_fail(err);
}

/* ---- clips ------------------------------------------------------------------ */

static bool on_progress(void *user, const tread_progress *progress)
{
    static char label[] = "analysing";
    (void)user;
    return cli_progress(label, progress);
}

static int run_clip(job *j, tread_session *session, const char *clip, tread_error *err)
{
    /* The clip first, so that a mistyped name makes no folder. */
    int status = tread_session_open(session, clip, err);
    if (status == TREAD_OK)
        status = prepare(j, clip, j->options.n_clips == 1, tread_session_facts(session), err);
    if (status == TREAD_OK) {
        status = tread_session_run(session, err);
        if (cli_progress_is_shown())
            cli_progress_end();
    }
    if (status == TREAD_OK)
        status =
            conclude(j, clip, tread_session_results(session), tread_session_facts(session), err);
    return status;
}

/* `reply` is NULL where it is the only one. */
static int do_clip(const cli_analyze_options *o, tread_rules *rules, const char *clip,
                   const cli_clip_reply *reply)
{
    job j = {.options = *o, .rules = rules, .reply = reply};
    tread_session_opts opts = o->session;
    tread_session *session = NULL;
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    opts.user = &j;
    /* Clips side by side share the cores. */
    if (opts.n_workers == 0 && o->n_jobs > 1)
        opts.n_workers = (tread_thread__n_cores() + o->n_jobs - 1) / o->n_jobs;
    if (cli_progress_is_shown())
        opts.on_progress = on_progress;
    if (o->is_log_wanted || o->is_kept)
        opts.on_landmarks = on_landmarks;
    int status = tread_session_create(&session, &opts, &err);
    if (status == TREAD_OK)
        status = run_clip(&j, session, clip, &err);
    status = leave(&j, status, &err);
    tread_session_destroy(&session);
    return status;
}

/* ---- landmarks ---------------------------------------------------------------- */

static int do_landmarks(const cli_analyze_options *o, tread_rules *rules)
{
    job j = {.options = *o, .rules = rules};
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    tread_landfile *file = NULL;
    tread_analyzer *analyzer = NULL;
    tread_source_facts facts;
    int status = tread_landfile__open(&file, o->landmarks, o->fps, &err);
    if (status == TREAD_OK) {
        cli_landmark_facts(&facts, tread_landfile__info(file));
        status = prepare(&j, o->landmarks, true, &facts, &err);
    }
    if (status == TREAD_OK)
        status = cli_measure(file, o->landmarks, &o->session, on_landmarks, &j, &analyzer, &err);
    if (status == TREAD_OK)
        status = conclude(&j, o->landmarks, analyzer, &facts, &err);
    tread_analyzer_destroy(&analyzer);
    tread_landfile__close(&file);
    return leave(&j, status, &err);
}

int cli_analyze(int argc, char **argv)
{
    cli_analyze_options o;
    tread_rules *rules = NULL;
    bool is_help;
    tread_error err;
    int status = cli_analyze_options_read(&o, argc, argv, &is_help);
    if (status != CLI_DONE || is_help)
        return status;
    if (tread_rules_load(&rules, NULL, &err) != TREAD_OK ||
        (o.rules && tread_rules_extend(rules, o.rules, &err) != TREAD_OK))
        status = cli_fail(&err);
    else if (o.landmarks)
        status = do_landmarks(&o, rules);
    else
        status = o.n_clips == 1 ? do_clip(&o, rules, o.clips[0], NULL)
                                : cli_do_clips(&o, rules, do_clip);
    tread_rules_destroy(&rules);
    return status;
}

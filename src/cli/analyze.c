/* treadscope analyze: clips, or landmarks of another tool, in; measurements out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <treadscope/treadscope.h>

#include "base/error.h"
#include "cli/analyze_options.h"
#include "cli/cli.h"
#include "cli/clips.h"
#include "cli/history.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "landfile/landfile.h"
#include "report/report.h"

/* One run of the command, and the clip it is at. */
typedef struct job {
    cli_analyze_options options;
    tread_rules *rules;
    char dir[CLI_MAX_PATH];      /* of this clip's outputs */
    bool was_made;               /* the folder is ours */
    tread_outfile *log;          /* landmarks.csv of this clip; NULL = not wanted */
    const cli_clip_reply *reply; /* to who compares several clips; NULL = nobody does */
    bool is_quiet;
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
static void keep(const job *j, const tread_run *run)
{
    cli_keep_run(run,
                 &(tread_store_entry){.runner = j->options.runner,
                                      .kind = j->options.landmarks ? "landmarks" : "clip",
                                      .started_utc = j->options.date_utc},
                 !j->options.is_json_wanted);
}

/* The folder and the log, before the work, so that no work is lost for want of one. */
static int prepare(job *j, const char *clip, bool is_single, const tread_source_facts *facts,
                   tread_error *err)
{
    if (!cli_output_dir(&j->options, clip, is_single, j->dir, sizeof j->dir))
        return tread_error__set(err, TREAD_ERR_OUTPUT, "%.200s...: path too long", clip);
    int status = cli_make_dir(j->dir, &j->was_made, err);
    if (status != TREAD_OK || !j->options.is_log_wanted)
        return status;
    status = tread_report__outfile_open(&j->log, j->dir, "landmarks.csv", err);
    if (status == TREAD_OK)
        tread_landfile__log_header(tread_report__outfile_stream(j->log), facts->width_px,
                                   facts->height_px);
    return status;
}

/* Results become files and the table. */
static int conclude(job *j, const char *clip, tread_analyzer *results,
                    const tread_source_facts *facts, tread_error *err)
{
    tread_step *steps = NULL;
    tread_run run = {
        .clip = clip, .opts = &j->options.session, .facts = facts, .analyzer = results};
    tread_form *form = NULL;
    int status = cli_take_steps(results, &steps, &run.n_steps);
    run.steps = steps;
    if (status == TREAD_OK)
        status = cli_find_faults(j->rules, &form, &run);
    if (status == TREAD_OK)
        status = cli_write_outputs(&j->options, j->dir, results, &run, &j->log,
                                   j->reply ? j->reply->picture : NULL, err);
    else
        tread_error__set(err, status, "%s: out of memory", clip);
    if (cli_progress_is_shown())
        cli_progress_end();
    if (status == TREAD_OK)
        status = reply(j, &run, err);
    if (status == TREAD_OK && !j->is_quiet)
        tell(j, &run);
    if (status == TREAD_OK && j->options.is_kept)
        keep(j, &run);
    tread_form_destroy(&form);
    free(steps);
    return status;
}

/* A clip is over: what is left to clean up, and the exit status. */
static int leave(job *j, int status, tread_error *err)
{
    tread_report__outfile_abandon(&j->log);
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

static void on_landmarks(void *user, const tread_landmarks *lm)
{
    job *j = user;
    tread_landfile__log_row(tread_report__outfile_stream(j->log), lm);
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
    if (cli_progress_is_shown())
        opts.on_progress = on_progress;
    if (o->is_log_wanted)
        opts.on_landmarks = on_landmarks;
    int status = tread_session_create(&session, &opts, &err);
    if (status == TREAD_OK)
        status = run_clip(&j, session, clip, &err);
    status = leave(&j, status, &err);
    tread_session_destroy(&session);
    return status;
}

/* ---- landmarks ---------------------------------------------------------------- */

static void take_facts(tread_source_facts *facts, const tread_landfile_info *info)
{
    *facts = (tread_source_facts){.container = "landmarks",
                                  .width_px = info->width_px,
                                  .height_px = info->height_px,
                                  .duration_s = info->duration_s,
                                  .stated_fps = info->fps,
                                  .n_frames = info->n_frames,
                                  .n_time_faults = info->n_time_faults};
    snprintf(facts->codec, sizeof facts->codec, "%s", info->format);
}

/* --from and --to as media has them: from_s <= time < to_s, 0 = no bound. */
static bool is_wanted(const tread_session_opts *opts, double time_s)
{
    return !(opts->from_s > 0 && time_s < opts->from_s) &&
           !(opts->to_s > 0 && time_s >= opts->to_s);
}

static int push_all(job *j, tread_landfile *file, tread_analyzer *analyzer, tread_error *err)
{
    tread_landmarks lm;
    tread_overview overview;
    int status = TREAD_OK;
    while (status == TREAD_OK && tread_landfile__next(file, &lm) == TREAD_OK) {
        if (!is_wanted(&j->options.session, lm.time_s))
            continue;
        if (j->log)
            on_landmarks(j, &lm);
        status = tread_analyzer_push(analyzer, &lm);
    }
    if (status == TREAD_OK)
        status = tread_analyzer_finish(analyzer);
    if (status != TREAD_OK)
        return tread_error__set(err, status, "%s: %s", j->options.landmarks,
                                tread_status_text(status));
    tread_analyzer_overview(analyzer, &overview);
    if (overview.n_frames == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no frame between --from and --to; leave them out to see all",
                                j->options.landmarks);
    if (overview.n_frames_found == 0)
        return tread_error__set(err, TREAD_ERR_NO_RUNNER,
                                "%s: nobody in any of %lld frames; the tool that wrote it found no "
                                "keypoints",
                                j->options.landmarks, (long long)overview.n_frames);
    return TREAD_OK;
}

static int do_landmarks(job *j)
{
    const char *path = j->options.landmarks;
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    tread_landfile *file = NULL;
    tread_analyzer *analyzer = NULL;
    tread_source_facts facts;
    int status = tread_landfile__open(&file, path, j->options.fps, &err);
    if (status == TREAD_OK) {
        take_facts(&facts, tread_landfile__info(file));
        status = prepare(j, path, true, &facts, &err);
    }
    if (status == TREAD_OK) {
        status = tread_analyzer_create(&analyzer, &j->options.session.analyzer);
        if (status != TREAD_OK)
            tread_error__set(&err, status, "%s: a setting is out of range", path);
    }
    if (status == TREAD_OK)
        status = push_all(j, file, analyzer, &err);
    if (status == TREAD_OK)
        status = conclude(j, path, analyzer, &facts, &err);
    tread_analyzer_destroy(&analyzer);
    tread_landfile__close(&file);
    return leave(j, status, &err);
}

int cli_analyze_landmarks(const cli_analyze_options *o, tread_rules *rules)
{
    job j = {.options = *o, .rules = rules, .is_quiet = true};
    return do_landmarks(&j);
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
        status = do_landmarks(&(job){.options = o, .rules = rules});
    else
        status = o.n_clips == 1 ? do_clip(&o, rules, o.clips[0], NULL)
                                : cli_do_clips(&o, rules, do_clip);
    tread_rules_destroy(&rules);
    return status;
}

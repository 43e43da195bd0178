#include "cli/results.h"

#include <stdlib.h>

#include "base/error.h"

/* ---- landmarks ------------------------------------------------------------------ */

void cli_landmark_facts(tread_source_facts *facts, const tread_landfile_info *info)
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

static int judge(const tread_analyzer *a, const char *name, tread_error *err)
{
    tread_overview overview;
    tread_analyzer_overview(a, &overview);
    if (overview.n_frames == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no frame between --from and --to; leave them out to see all",
                                name);
    if (overview.n_frames_found == 0)
        return tread_error__set(err, TREAD_ERR_NO_RUNNER,
                                "%s: nobody in any of %lld frames; the tool that wrote it found no "
                                "keypoints",
                                name, (long long)overview.n_frames);
    return TREAD_OK;
}

int cli_measure(tread_landfile *file, const char *name, const tread_session_opts *opts,
                void (*on_landmarks)(void *user, const tread_landmarks *lm), void *user,
                tread_analyzer **out, tread_error *err)
{
    tread_landmarks lm;
    int status = tread_analyzer_create(out, &opts->analyzer);
    if (status != TREAD_OK)
        return tread_error__set(err, status, "%s: a setting is out of range", name);
    while (status == TREAD_OK && tread_landfile__next(file, &lm) == TREAD_OK) {
        if (!is_wanted(opts, lm.time_s))
            continue;
        if (on_landmarks)
            on_landmarks(user, &lm);
        status = tread_analyzer_push(*out, &lm);
    }
    if (status == TREAD_OK)
        status = tread_analyzer_finish(*out);
    return status == TREAD_OK
               ? judge(*out, name, err)
               : tread_error__set(err, status, "%s: %s", name, tread_status_text(status));
}

/* ---- results -------------------------------------------------------------------- */

static int take_steps(cli_results *r, tread_analyzer *results)
{
    tread_overview v;
    tread_analyzer_overview(results, &v);
    r->steps = calloc((size_t)v.n_steps + 1, sizeof *r->steps);
    if (!r->steps)
        return TREAD_ERR_NOMEM;
    r->run.steps = r->steps;
    while (r->run.n_steps < (size_t)v.n_steps &&
           tread_analyzer_next_step(results, &r->steps[r->run.n_steps]) == TREAD_OK)
        r->run.n_steps++;
    return TREAD_OK;
}

static int find_faults(cli_results *r)
{
    int status = tread_form_create(&r->form, r->run.rules);
    for (size_t i = 0; status == TREAD_OK && i < r->run.n_steps; i++)
        status = tread_form_step(r->form, r->run.analyzer, &r->steps[i]);
    if (status == TREAD_OK)
        r->run.n_faults = tread_form_faults(r->form, &r->run.faults);
    return status;
}

int cli_results_take(cli_results *r, const char *clip, const tread_session_opts *opts,
                     const tread_source_facts *facts, tread_analyzer *results,
                     const tread_rules *rules, tread_error *err)
{
    *r = (cli_results){
        .run = {.clip = clip, .opts = opts, .facts = facts, .analyzer = results, .rules = rules}};
    int status = take_steps(r, results);
    if (status == TREAD_OK)
        status = find_faults(r);
    return status == TREAD_OK ? TREAD_OK : tread_error__set(err, status, "%s: out of memory", clip);
}

void cli_results_clear(cli_results *r)
{
    tread_form_destroy(&r->form);
    free(r->steps);
    *r = (cli_results){.steps = NULL};
}

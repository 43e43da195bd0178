#include "cli/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/progress.h"
#include "session/session.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool cli_output_dir(const cli_analyze_options *s, const char *clip, bool is_single, char *dir,
                    size_t size)
{
    int n;
    size_t length = strlen(clip);
    while (length > 1 && clip[length - 1] == '/')
        length--; /* a folder of landmarks: beside it, not in it */
    if (!s->out)
        n = length < size ? snprintf(dir, size, "%.*s.treadscope", (int)length, clip) : -1;
    else if (is_single)
        n = snprintf(dir, size, "%s", s->out);
    else
        n = snprintf(dir, size, "%s/%s.treadscope", s->out, base_name(clip));
    return n > 0 && (size_t)n < size;
}

int cli_make_dir(const char *dir, bool *was_made, tread_error *err)
{
    char path[CLI_MAX_PATH];
    snprintf(path, sizeof path, "%s", dir);
    *was_made = false;
    for (char *p = path + 1;; p++) {
        if (*p != '/' && *p)
            continue;
        char kept = *p;
        *p = '\0';
        *was_made = mkdir(path, 0777) == 0;
        if (!*was_made && errno != EEXIST)
            return tread_error__set(err, TREAD_ERR_OUTPUT,
                                    "%s: this folder cannot be made (%s); choose another with "
                                    "--out",
                                    path, strerror(errno));
        *p = kept;
        if (!kept)
            break;
    }
    struct stat st;
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK) != 0)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "%s: not a folder that can be written to; choose another with "
                                "--out",
                                dir);
    return TREAD_OK;
}

int cli_take_steps(tread_analyzer *results, tread_step **steps, size_t *n)
{
    tread_overview v;
    tread_analyzer_overview(results, &v);
    *n = 0;
    *steps = calloc((size_t)v.n_steps + 1, sizeof **steps);
    if (!*steps)
        return TREAD_ERR_NOMEM;
    while (*n < (size_t)v.n_steps && tread_analyzer_next_step(results, &(*steps)[*n]) == TREAD_OK)
        ++*n;
    return TREAD_OK;
}

int cli_find_faults(const tread_rules *rules, tread_form **form, tread_run *run)
{
    int status = tread_form_create(form, rules);
    for (size_t i = 0; status == TREAD_OK && i < run->n_steps; i++)
        status = tread_form_step(*form, run->analyzer, &run->steps[i]);
    if (status == TREAD_OK) {
        run->rules = rules;
        run->n_faults = tread_form_faults(*form, &run->faults);
    }
    return status;
}

/* The files of one run while they are written. */
typedef struct outputs {
    tread_outfile *frames, *steps, *session, *report;
    tread_annotator *annotator;
    tread_key_frame key_frames[TREAD_MAX_KEY_FRAMES];
    size_t n_key_frames;
} outputs;

static int open_outputs(outputs *o, const cli_analyze_options *s, const char *dir,
                        const tread_run *run, tread_error *err)
{
    int status = TREAD_OK;
    if (s->formats & CLI_FORMAT_CSV) {
        status = tread_report__outfile_open(&o->frames, dir, "frames.csv", err);
        if (status == TREAD_OK)
            status = tread_report__outfile_open(&o->steps, dir, "steps.csv", err);
    }
    if (status == TREAD_OK && s->formats & CLI_FORMAT_JSON)
        status = tread_report__outfile_open(&o->session, dir, "session.json", err);
    if (status == TREAD_OK && s->formats & CLI_FORMAT_HTML) {
        status = tread_report__outfile_open(&o->report, dir, "report.html", err);
        o->n_key_frames = tread_report__key_frames(run, o->key_frames);
    }
    if (status == TREAD_OK && s->formats & CLI_FORMAT_VIDEO) {
        char path[CLI_MAX_PATH + 32];
        snprintf(path, sizeof path, "%s/annotated.mp4", dir);
        status = tread_session__annotator_create(&o->annotator, run->clip, &s->session, path,
                                                 run->analyzer, run->steps, run->n_steps, err);
    }
    return status;
}

/* One pass over the frames for everything that has a row or a picture for each. */
static int write_frames(outputs *o, tread_analyzer *results, int64_t n_frames, tread_error *err)
{
    tread_frame_result r;
    int status = TREAD_OK;
    int64_t started_ns = tread_clock__now_ns(), last_ns = started_ns, n = 0;
    if (o->frames)
        tread_report__frames_header(tread_report__outfile_stream(o->frames));
    while (status == TREAD_OK && tread_analyzer_next_frame(results, &r) == TREAD_OK) {
        if (o->frames)
            tread_report__frames_row(tread_report__outfile_stream(o->frames), &r);
        tread_report__key_frames_see(o->key_frames, o->n_key_frames, &r);
        if (o->annotator)
            status = tread_session__annotator_add(o->annotator, &r, err);
        int64_t now_ns = tread_clock__now_ns();
        n++;
        if (o->annotator && cli_progress_is_shown() && now_ns - last_ns > 100000000) {
            cli_progress_share("drawing", (double)n / (double)n_frames,
                               (double)(now_ns - started_ns) * 1e-9);
            last_ns = now_ns;
        }
    }
    return status;
}

/* When the clip was last written, which for most is when it was filmed; "" = not known. */
static const char *date_of(const char *clip, char *text, size_t size)
{
    struct stat st;
    struct tm tm;
    text[0] = '\0';
    if (stat(clip, &st) == 0 && localtime_r(&st.st_mtime, &tm))
        strftime(text, size, "%Y-%m-%d", &tm);
    return text[0] ? text : NULL;
}

static int write_report(outputs *o, const cli_analyze_options *s, const tread_run *run,
                        tread_error *err)
{
    char date[32];
    tread_report_page page = {.date = date_of(run->clip, date, sizeof date),
                              .video = o->annotator ? "annotated.mp4" : NULL,
                              .frames = o->key_frames,
                              .n_frames = o->n_key_frames};
    int status = s->landmarks ? TREAD_OK
                              : tread_session__key_pictures(run->clip, &s->session, run->facts,
                                                            run->analyzer, run->faults,
                                                            o->key_frames, o->n_key_frames, err);
    return status == TREAD_OK
               ? tread_report__html(tread_report__outfile_stream(o->report), run, &page, err)
               : status;
}

static int write_rest(outputs *o, const cli_analyze_options *s, const tread_run *run,
                      tread_error *err)
{
    int status = TREAD_OK;
    if (o->steps) {
        FILE *f = tread_report__outfile_stream(o->steps);
        tread_report__steps_header(f);
        for (size_t i = 0; i < run->n_steps; i++)
            tread_report__steps_row(f, &run->steps[i]);
    }
    if (o->report)
        status = write_report(o, s, run, err);
    if (status == TREAD_OK && o->session)
        status = tread_report__session_json(tread_report__outfile_stream(o->session), run, err);
    return status;
}

/* session.json last: where it stands, the rest is complete. */
static int commit_outputs(outputs *o, tread_outfile **log, tread_error *err)
{
    int status = o->annotator ? tread_session__annotator_finish(o->annotator, err) : TREAD_OK;
    if (status == TREAD_OK && o->frames)
        status = tread_report__outfile_commit(&o->frames, err);
    if (status == TREAD_OK && o->steps)
        status = tread_report__outfile_commit(&o->steps, err);
    if (status == TREAD_OK && o->report)
        status = tread_report__outfile_commit(&o->report, err);
    if (status == TREAD_OK && *log)
        status = tread_report__outfile_commit(log, err);
    if (status == TREAD_OK && o->session)
        status = tread_report__outfile_commit(&o->session, err);
    return status;
}

int cli_write_outputs(const cli_analyze_options *s, const char *dir, tread_analyzer *results,
                      const tread_run *run, tread_outfile **log, tread_error *err)
{
    outputs o = {.frames = NULL};
    int status = open_outputs(&o, s, dir, run, err);
    if (status == TREAD_OK)
        status = write_frames(&o, results, run->facts->n_frames, err);
    if (status == TREAD_OK)
        status = write_rest(&o, s, run, err);
    if (status == TREAD_OK)
        status = commit_outputs(&o, log, err);
    tread_session__annotator_destroy(&o.annotator);
    tread_report__outfile_abandon(&o.frames);
    tread_report__outfile_abandon(&o.steps);
    tread_report__outfile_abandon(&o.session);
    tread_report__outfile_abandon(&o.report);
    tread_report__key_frames_clear(o.key_frames, o.n_key_frames);
    return status;
}

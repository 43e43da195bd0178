#include "cli/outputs.h"

#include <errno.h>
#include <math.h>
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

/* Files of one stream each, in the order in which they appear: session.json last, for where it
 * stands, the rest is complete. */
enum { FRAMES, STEPS, TRC, MOT, SRT, FIT, REPORT, SESSION, N_FILES };
static const struct {
    const char *name;
    enum cli_format format;
} files[N_FILES] = {
    [FRAMES] = {"frames.csv", CLI_FORMAT_CSV},   [STEPS] = {"steps.csv", CLI_FORMAT_CSV},
    [TRC] = {"keypoints.trc", CLI_FORMAT_TRC},   [MOT] = {"angles.mot", CLI_FORMAT_MOT},
    [SRT] = {"faults.srt", CLI_FORMAT_SRT},      [FIT] = {"activity.fit", CLI_FORMAT_FIT},
    [REPORT] = {"report.html", CLI_FORMAT_HTML}, [SESSION] = {"session.json", CLI_FORMAT_JSON},
};

/* What one run leaves, while it is written. */
typedef struct outputs {
    tread_outfile *files[N_FILES]; /* NULL = not asked for, or refused */
    tread_trc trc;
    tread_openpose *openpose;
    tread_annotator *annotator;
    tread_key_frame key_frames[TREAD_MAX_KEY_FRAMES]; /* of the report */
    size_t n_key_frames;
} outputs;

static FILE *stream(const outputs *o, int file)
{
    return tread_report__outfile_stream(o->files[file]);
}

/* NULL = it can be written. */
static const char *refusal(int file, const tread_run *run)
{
    return file == TRC ? tread_report__trc_refusal(run) : NULL;
}

/* What was asked for and cannot be: the reason, and none of an earlier run is left beside the files
 * of this one. */
static void tell_refused(const cli_analyze_options *s, const char *dir, const tread_run *run)
{
    char path[CLI_MAX_PATH + 32];
    for (int i = 0; i < N_FILES; i++) {
        const char *reason = s->formats & files[i].format ? refusal(i, run) : NULL;
        if (!reason)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, files[i].name);
        unlink(path);
        fprintf(stderr, "treadscope: %s: not written: %s\n", path, reason);
    }
}

static int open_outputs(outputs *o, const cli_analyze_options *s, const char *dir,
                        const tread_run *run, tread_error *err)
{
    int status = TREAD_OK;
    for (int i = 0; status == TREAD_OK && i < N_FILES; i++)
        if (s->formats & files[i].format && !refusal(i, run))
            status = tread_report__outfile_open(&o->files[i], dir, files[i].name, err);
    if (status == TREAD_OK && o->files[REPORT])
        o->n_key_frames = tread_report__key_frames(run, o->key_frames);
    if (status == TREAD_OK && s->formats & CLI_FORMAT_OPENPOSE)
        status = tread_report__openpose_create(&o->openpose, dir, run->clip, err);
    if (status == TREAD_OK && s->formats & CLI_FORMAT_VIDEO) {
        char path[CLI_MAX_PATH + 32];
        snprintf(path, sizeof path, "%s/annotated.mp4", dir);
        const tread_annotator_opts drawn = {.results = run->analyzer,
                                            .steps = run->steps,
                                            .n_steps = run->n_steps,
                                            .rules = run->rules,
                                            .faults = run->faults,
                                            .n_faults = run->n_faults,
                                            .slow = s->slow};
        status = tread_session__annotator_create(&o->annotator, run->clip, &s->session, path,
                                                 &drawn, err);
    }
    return status;
}

static void begin_frames(outputs *o, const tread_run *run)
{
    if (o->files[FRAMES])
        tread_report__frames_header(stream(o, FRAMES));
    if (o->files[TRC])
        tread_report__trc_begin(&o->trc, stream(o, TRC), run);
    if (o->files[MOT])
        tread_report__mot_begin(stream(o, MOT), run);
}

static int write_frame(outputs *o, const tread_frame_result *r, tread_error *err)
{
    int status = TREAD_OK;
    if (o->files[FRAMES])
        tread_report__frames_row(stream(o, FRAMES), r);
    if (o->files[TRC])
        tread_report__trc_row(&o->trc, stream(o, TRC), r);
    if (o->files[MOT])
        tread_report__mot_row(stream(o, MOT), r);
    tread_report__key_frames_see(o->key_frames, o->n_key_frames, r);
    if (o->openpose)
        status = tread_report__openpose_add(o->openpose, r, err);
    if (status == TREAD_OK && o->annotator)
        status = tread_session__annotator_add(o->annotator, r, err);
    return status;
}

/* One pass over the frames for everything that has a row or a picture for each. */
static int write_frames(outputs *o, tread_analyzer *results, const tread_run *run, tread_error *err)
{
    tread_frame_result r;
    int status = TREAD_OK;
    int64_t started_ns = tread_clock__now_ns(), last_ns = started_ns, n = 0;
    begin_frames(o, run);
    while (status == TREAD_OK && tread_analyzer_next_frame(results, &r) == TREAD_OK) {
        status = write_frame(o, &r, err);
        int64_t now_ns = tread_clock__now_ns();
        n++;
        if (o->annotator && cli_progress_is_shown() && now_ns - last_ns > 100000000) {
            cli_progress_share("drawing", (double)n / (double)run->facts->n_frames,
                               (double)(now_ns - started_ns) * 1e-9);
            last_ns = now_ns;
        }
    }
    return status;
}

/* When second 0 was. A recording is last written to when it ends, so that the same clip is the
 * same activity whenever it is analysed. What has no time of its own (a pipe) ends now. */
static int64_t started_unix_s(const tread_run *run)
{
    struct stat st;
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    int64_t end_s = stat(run->clip, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
                        ? (int64_t)st.st_mtime
                        : (int64_t)time(NULL);
    /* As long as it was filmed: slow motion plays longer, a part of a clip (--to) is shorter. */
    double length_s =
        run->opts->capture_fps > 0 ? v.last_s : fmax(v.last_s, run->facts->duration_s);
    return end_s - (int64_t)ceil(length_s);
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
    tread_report_page page = {.runner = s->runner,
                              .date = date_of(run->clip, date, sizeof date),
                              .video = o->annotator ? "annotated.mp4" : NULL,
                              .frames = o->key_frames,
                              .n_frames = o->n_key_frames};
    int status = s->landmarks ? TREAD_OK
                              : tread_session__key_pictures(run->clip, &s->session, run->facts,
                                                            run->analyzer, run->faults,
                                                            o->key_frames, o->n_key_frames, err);
    return status == TREAD_OK ? tread_report__html(stream(o, REPORT), run, &page, err) : status;
}

static int write_rest(outputs *o, const cli_analyze_options *s, const tread_run *run,
                      tread_error *err)
{
    int status = TREAD_OK;
    if (o->files[STEPS]) {
        FILE *f = stream(o, STEPS);
        tread_report__steps_header(f);
        for (size_t i = 0; i < run->n_steps; i++)
            tread_report__steps_row(f, &run->steps[i]);
    }
    if (o->files[SRT])
        status = tread_report__srt(stream(o, SRT), run, err);
    if (status == TREAD_OK && o->files[FIT])
        status = tread_report__fit(stream(o, FIT), run, started_unix_s(run), err);
    if (status == TREAD_OK && o->files[REPORT])
        status = write_report(o, s, run, err);
    if (status == TREAD_OK && o->files[SESSION])
        status = tread_report__session_json(stream(o, SESSION), run, err);
    return status;
}

static int commit_outputs(outputs *o, tread_outfile **log, tread_error *err)
{
    int status = o->annotator ? tread_session__annotator_finish(o->annotator, err) : TREAD_OK;
    if (status == TREAD_OK && o->openpose)
        status = tread_report__openpose_commit(&o->openpose, err);
    for (int i = 0; status == TREAD_OK && i < N_FILES; i++) {
        if (i == SESSION && *log)
            status = tread_report__outfile_commit(log, err);
        if (status == TREAD_OK && o->files[i])
            status = tread_report__outfile_commit(&o->files[i], err);
    }
    return status;
}

int cli_write_outputs(const cli_analyze_options *s, const char *dir, tread_analyzer *results,
                      const tread_run *run, tread_outfile **log, tread_error *err)
{
    outputs o = {.openpose = NULL};
    int status = open_outputs(&o, s, dir, run, err);
    if (status == TREAD_OK)
        status = write_frames(&o, results, run, err);
    if (status == TREAD_OK)
        status = write_rest(&o, s, run, err);
    if (status == TREAD_OK)
        status = commit_outputs(&o, log, err);
    if (status == TREAD_OK)
        tell_refused(s, dir, run);
    tread_session__annotator_destroy(&o.annotator);
    tread_report__openpose_abandon(&o.openpose);
    tread_report__key_frames_clear(o.key_frames, o.n_key_frames);
    for (int i = 0; i < N_FILES; i++)
        tread_report__outfile_abandon(&o.files[i]);
    return status;
}

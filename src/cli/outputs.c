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
#include "cli/sessions_parts.h"
#include "session/session.h"

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
        n = snprintf(dir, size, "%s/%s.treadscope", s->out, cli_base_name(clip));
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

/* Files of one stream each, in the order in which they appear: session.json last, for where it
 * stands, the rest is complete. */
enum { FRAMES, STEPS, TRC, MOT, SRT, FIT, REPORT, PDF, SESSION, N_FILES };
static const struct {
    const char *name;
    enum cli_format format;
} files[N_FILES] = {
    [FRAMES] = {"frames.csv", CLI_FORMAT_CSV},     [STEPS] = {"steps.csv", CLI_FORMAT_CSV},
    [TRC] = {"keypoints.trc", CLI_FORMAT_TRC},     [MOT] = {"angles.mot", CLI_FORMAT_MOT},
    [SRT] = {"faults.srt", CLI_FORMAT_SRT},        [FIT] = {"activity.fit", CLI_FORMAT_FIT},
    [REPORT] = {"report.html", CLI_FORMAT_HTML},   [PDF] = {"report.pdf", CLI_FORMAT_PDF},
    [SESSION] = {"session.json", CLI_FORMAT_JSON},
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
static void tell_refused(const cli_output_order *s, const tread_run *run)
{
    char path[CLI_MAX_PATH + 32];
    for (int i = 0; i < N_FILES; i++) {
        const char *reason = s->formats & files[i].format ? refusal(i, run) : NULL;
        if (!reason)
            continue;
        snprintf(path, sizeof path, "%s/%s", s->dir, files[i].name);
        unlink(path);
        fprintf(stderr, "treadscope: %s: not written: %s\n", path, reason);
    }
}

static int open_outputs(outputs *o, const cli_output_order *s, const tread_run *run,
                        tread_error *err)
{
    int status = TREAD_OK;
    for (int i = 0; status == TREAD_OK && i < N_FILES; i++)
        if (s->formats & files[i].format && !refusal(i, run))
            status = tread_report__outfile_open(&o->files[i], s->dir, files[i].name, err);
    if (status == TREAD_OK && (o->files[REPORT] || o->files[PDF]))
        o->n_key_frames = tread_report__key_frames(run, o->key_frames);
    if (status == TREAD_OK && s->formats & CLI_FORMAT_OPENPOSE)
        status = tread_report__openpose_create(&o->openpose, s->dir, run->clip, err);
    if (status == TREAD_OK && s->formats & CLI_FORMAT_VIDEO && s->pictures) {
        char path[CLI_MAX_PATH + 32];
        snprintf(path, sizeof path, "%s/annotated.mp4", s->dir);
        const tread_annotator_opts drawn = {.results = run->analyzer,
                                            .steps = run->steps,
                                            .n_steps = run->n_steps,
                                            .rules = run->rules,
                                            .faults = run->faults,
                                            .n_faults = run->n_faults,
                                            .slow = s->slow};
        status = tread_session__annotator_create(&o->annotator, s->pictures, run->opts, path,
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

int64_t cli_started_utc(int64_t told_utc, const tread_run *run)
{
    struct stat st;
    tread_overview v;
    if (told_utc != 0)
        return told_utc;
    tread_analyzer_overview(run->analyzer, &v);
    int64_t end_s = stat(run->clip, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
                        ? (int64_t)st.st_mtime
                        : (int64_t)time(NULL);
    /* As long as it was filmed: slow motion plays longer, a part of a clip (--to) is shorter. */
    double length_s =
        run->opts->capture_fps > 0 ? v.last_s : fmax(v.last_s, run->facts->duration_s);
    return end_s - (int64_t)ceil(length_s);
}

const char *cli_day(int64_t utc, char *text, size_t size)
{
    struct tm tm;
    time_t time = (time_t)utc;
    return localtime_r(&time, &tm) && strftime(text, size, "%Y-%m-%d", &tm) > 0 ? text : NULL;
}

static int write_reports(outputs *o, const cli_output_order *s, const tread_run *run,
                         tread_error *err)
{
    char date[32];
    const tread_report_page page = {
        .runner = s->runner,
        .date = cli_day(cli_started_utc(s->started_utc, run), date, sizeof date),
        .video = o->annotator ? "annotated.mp4" : NULL,
        .has_clip = s->pictures,
        .frames = o->key_frames,
        .n_frames = o->n_key_frames};
    int status =
        s->pictures ? tread_session__key_pictures(s->pictures, run->opts, run->facts, run->analyzer,
                                                  run->faults, o->key_frames, o->n_key_frames, err)
                    : TREAD_OK;
    if (status == TREAD_OK && o->files[REPORT])
        status = tread_report__html(stream(o, REPORT), run, &page, err);
    if (status == TREAD_OK && o->files[PDF])
        status = tread_report__pdf(stream(o, PDF), run, &page, err);
    return status;
}

static int write_rest(outputs *o, const cli_output_order *s, const tread_run *run, tread_error *err)
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
        status = tread_report__fit(stream(o, FIT), run, cli_started_utc(s->started_utc, run), err);
    if (status == TREAD_OK && (o->files[REPORT] || o->files[PDF]))
        status = write_reports(o, s, run, err);
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
        if (i == SESSION && log && *log)
            status = tread_report__outfile_commit(log, err);
        if (status == TREAD_OK && o->files[i])
            status = tread_report__outfile_commit(&o->files[i], err);
    }
    return status;
}

/* The near foot as it lands: what a clip is known by among others. */
static void write_picture(const outputs *o, const tread_run *run, FILE *picture)
{
    tread_overview v;
    tread_analyzer_overview(run->analyzer, &v);
    for (size_t i = 0; i < o->n_key_frames; i++) {
        const tread_key_frame *k = &o->key_frames[i];
        if (k->jpeg && k->moment == TREAD_MOMENT_CONTACT &&
            (k->side == TREAD_RIGHT) == (v.near_side == TREAD_RIGHT))
            fwrite(k->jpeg, 1, k->jpeg_size, picture);
    }
}

int cli_write_outputs(const cli_output_order *order, tread_analyzer *results, const tread_run *run,
                      tread_outfile **log, tread_error *err)
{
    outputs o = {.openpose = NULL};
    int status = open_outputs(&o, order, run, err);
    if (status == TREAD_OK)
        status = write_frames(&o, results, run, err);
    if (status == TREAD_OK)
        status = write_rest(&o, order, run, err);
    if (status == TREAD_OK && order->picture)
        write_picture(&o, run, order->picture);
    if (status == TREAD_OK)
        status = commit_outputs(&o, log, err);
    if (status == TREAD_OK)
        tell_refused(order, run);
    tread_session__annotator_destroy(&o.annotator);
    tread_report__openpose_abandon(&o.openpose);
    tread_report__key_frames_clear(o.key_frames, o.n_key_frames);
    for (int i = 0; i < N_FILES; i++)
        tread_report__outfile_abandon(&o.files[i]);
    return status;
}

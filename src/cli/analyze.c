/* treadscope analyze: clips in, measurements out. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <treadscope/treadscope.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "report/report.h"
#include "session/session.h"

#define MAX_PATH 4096

enum format { FORMAT_JSON = 1, FORMAT_CSV = 2, FORMAT_VIDEO = 4 };

typedef struct settings {
    tread_session_opts session;
    const char *out; /* NULL = beside each clip */
    unsigned formats;
    bool is_json_wanted; /* on stdout */
} settings;

static void usage(FILE *f)
{
    fputs("usage: treadscope analyze CLIP... [options]\n"
          "\n"
          "Measures running form in recorded clips: trunk lean, knee flexion, contacts, cadence.\n"
          "Writes session.json, frames.csv, steps.csv and annotated.mp4 to CLIP.treadscope/.\n"
          "\n"
          "  --out DIR         write there instead; with several clips, one folder each below it\n"
          "  --model NAME      lite, full (default) or heavy: slower, and surer about the far leg\n"
          "  --view VIEW       auto (default), left, right: the side facing the camera; or rear\n"
          "  --speed KMH       belt speed; gives step length and centimetres\n"
          "  --incline PCT     grade of the belt, positive uphill\n"
          "  --height CM       the runner's height; gives centimetres without a belt speed\n"
          "  --from S, --to S  only this part of the clip, seconds\n"
          "  --format LIST     of json, csv, video (default all), separated by commas\n"
          "  --json            print session.json instead of the table\n"
          "\n"
          "Exit status: 0 done, 1 wrong usage, 2 the clip cannot be read, 3 no runner found,\n"
          "4 a model or component is missing, 5 the output cannot be written, 6 out of memory.\n",
          f);
}

static int bad_usage(const char *option, const char *value, const char *wanted)
{
    fprintf(stderr, "treadscope: --%s %s: not %s\n", option, value, wanted);
    return CLI_USAGE;
}

static bool parse_number(const char *s, double low, double high, double *out)
{
    char *end;
    errno = 0;
    double v = strtod(s, &end);
    if (end == s || *end || errno || !(v >= low && v <= high))
        return false;
    *out = v;
    return true;
}

/* Index of `s` among the names, or -1. */
static int parse_name(const char *s, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(s, names[i]) == 0)
            return i;
    return -1;
}

static bool parse_formats(const char *list, unsigned *out)
{
    static const char *const names[] = {"json", "csv", "video"};
    *out = 0;
    for (const char *s = list;; s++) {
        size_t n = strcspn(s, ",");
        int found = -1;
        for (int i = 0; i < 3; i++)
            if (strlen(names[i]) == n && strncmp(s, names[i], n) == 0)
                found = i;
        if (found < 0)
            return false;
        *out |= 1u << found;
        s += n;
        if (!*s)
            return true;
    }
}

enum option_id {
    OPT_OUT = 1,
    OPT_MODEL,
    OPT_VIEW,
    OPT_SPEED,
    OPT_INCLINE,
    OPT_HEIGHT,
    OPT_FROM,
    OPT_TO,
    OPT_FORMAT,
    OPT_JSON,
    OPT_HELP
};

static const struct option options[] = {
    {"out", required_argument, NULL, OPT_OUT},
    {"model", required_argument, NULL, OPT_MODEL},
    {"view", required_argument, NULL, OPT_VIEW},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"incline", required_argument, NULL, OPT_INCLINE},
    {"height", required_argument, NULL, OPT_HEIGHT},
    {"from", required_argument, NULL, OPT_FROM},
    {"to", required_argument, NULL, OPT_TO},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int take_option(settings *s, int option, const char *value)
{
    static const char *const models[] = {"", "lite", "full", "heavy"};
    static const char *const views[] = {"auto", "left", "right", "rear"};
    tread_analyzer_opts *a = &s->session.analyzer;
    int index;
    switch (option) {
    case OPT_OUT: s->out = value; return *value ? CLI_DONE : bad_usage("out", "''", "a folder");
    case OPT_MODEL:
        index = parse_name(value, models, 4);
        s->session.model = (enum tread_model)index;
        return index > 0 ? CLI_DONE : bad_usage("model", value, "lite, full or heavy");
    case OPT_VIEW:
        index = parse_name(value, views, 4);
        a->view = (enum tread_view)index;
        return index >= 0 ? CLI_DONE : bad_usage("view", value, "auto, left, right or rear");
    case OPT_SPEED:
        return parse_number(value, 0.5, 45, &a->speed_kmh)
                   ? CLI_DONE
                   : bad_usage("speed", value, "a belt speed in km/h, 0.5 to 45");
    case OPT_INCLINE:
        return parse_number(value, -30, 45, &a->incline_pct)
                   ? CLI_DONE
                   : bad_usage("incline", value, "a grade in percent, -30 to 45");
    case OPT_HEIGHT:
        return parse_number(value, 80, 250, &a->height_cm)
                   ? CLI_DONE
                   : bad_usage("height", value, "a body height in cm, 80 to 250");
    case OPT_FROM:
        return parse_number(value, 0, 1e6, &s->session.from_s)
                   ? CLI_DONE
                   : bad_usage("from", value, "a time in seconds");
    case OPT_TO:
        return parse_number(value, 0.001, 1e6, &s->session.to_s)
                   ? CLI_DONE
                   : bad_usage("to", value, "a time in seconds above 0");
    case OPT_FORMAT:
        return parse_formats(value, &s->formats)
                   ? CLI_DONE
                   : bad_usage("format", value, "a list of json, csv, video");
    case OPT_JSON: s->is_json_wanted = true; return CLI_DONE;
    default: fputs("`treadscope analyze --help` lists the options\n", stderr); return CLI_USAGE;
    }
}

/* ---- one clip ------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Where the outputs of one clip go. */
static bool output_dir(const settings *s, const char *clip, bool is_single, char *dir, size_t size)
{
    int n;
    if (!s->out)
        n = snprintf(dir, size, "%s.treadscope", clip);
    else if (is_single)
        n = snprintf(dir, size, "%s", s->out);
    else
        n = snprintf(dir, size, "%s/%s.treadscope", s->out, base_name(clip));
    return n > 0 && (size_t)n < size;
}

/* mkdir -p; *was_made tells whether the last folder is new. */
static int make_dir(const char *dir, bool *was_made, tread_error *err)
{
    char path[MAX_PATH];
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

/* All steps, so that writers can go over them more than once. */
static int take_steps(tread_analyzer *results, tread_step **steps, size_t *n)
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

/* The files of one run while they are written. */
typedef struct outputs {
    tread_outfile *frames, *steps, *session;
    tread_annotator *annotator;
} outputs;

static int open_outputs(outputs *o, const settings *s, const char *clip, const char *dir,
                        const tread_run *run, tread_error *err)
{
    int status = TREAD_OK;
    if (s->formats & FORMAT_CSV) {
        status = tread_report__outfile_open(&o->frames, dir, "frames.csv", err);
        if (status == TREAD_OK)
            status = tread_report__outfile_open(&o->steps, dir, "steps.csv", err);
    }
    if (status == TREAD_OK && s->formats & FORMAT_JSON)
        status = tread_report__outfile_open(&o->session, dir, "session.json", err);
    if (status == TREAD_OK && s->formats & FORMAT_VIDEO) {
        char path[MAX_PATH + 32];
        snprintf(path, sizeof path, "%s/annotated.mp4", dir);
        status = tread_session__annotator_create(&o->annotator, clip, &s->session, path,
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

static int write_rest(outputs *o, const tread_run *run, tread_error *err)
{
    int status = TREAD_OK;
    if (o->steps) {
        FILE *f = tread_report__outfile_stream(o->steps);
        tread_report__steps_header(f);
        for (size_t i = 0; i < run->n_steps; i++)
            tread_report__steps_row(f, &run->steps[i]);
    }
    if (o->session)
        status = tread_report__session_json(tread_report__outfile_stream(o->session), run, err);
    return status;
}

/* session.json last: where it stands, the rest is complete. */
static int commit_outputs(outputs *o, tread_error *err)
{
    int status = o->annotator ? tread_session__annotator_finish(o->annotator, err) : TREAD_OK;
    if (status == TREAD_OK && o->frames)
        status = tread_report__outfile_commit(&o->frames, err);
    if (status == TREAD_OK && o->steps)
        status = tread_report__outfile_commit(&o->steps, err);
    if (status == TREAD_OK && o->session)
        status = tread_report__outfile_commit(&o->session, err);
    return status;
}

static int write_outputs(const settings *s, const char *clip, const char *dir,
                         tread_analyzer *results, const tread_run *run, tread_error *err)
{
    outputs o = {.frames = NULL};
    int status = open_outputs(&o, s, clip, dir, run, err);
    if (status == TREAD_OK)
        status = write_frames(&o, results, run->facts->n_frames, err);
    if (status == TREAD_OK)
        status = write_rest(&o, run, err);
    if (status == TREAD_OK)
        status = commit_outputs(&o, err);
    tread_session__annotator_destroy(&o.annotator);
    tread_report__outfile_abandon(&o.frames);
    tread_report__outfile_abandon(&o.steps);
    tread_report__outfile_abandon(&o.session);
    return status;
}

static void tell(const settings *s, const tread_run *run, const char *dir)
{
    if (s->is_json_wanted) {
        if (tread_report__session_json(stdout, run, NULL) != TREAD_OK)
            fputs("treadscope: session.json: could not be printed\n", stderr);
        return;
    }
    tread_report__summary_text(stdout, run);
    printf("\nWritten to %s\n", dir);
}

static int analyze_clip(tread_session *session, const settings *s, const char *clip,
                        const char *dir, tread_error *err)
{
    int status = tread_session_run(session, err);
    if (cli_progress_is_shown())
        cli_progress_end();
    if (status != TREAD_OK)
        return status;
    tread_analyzer *results = tread_session_results(session);
    tread_step *steps = NULL;
    tread_run run = {.clip = clip,
                     .opts = &s->session,
                     .facts = tread_session_facts(session),
                     .analyzer = results};
    status = take_steps(results, &steps, &run.n_steps);
    run.steps = steps;
    if (status == TREAD_OK)
        status = write_outputs(s, clip, dir, results, &run, err);
    else
        tread_error__set(err, status, "%s: out of memory", clip);
    if (cli_progress_is_shown())
        cli_progress_end();
    if (status == TREAD_OK)
        tell(s, &run, dir);
    free(steps);
    return status;
}

static int do_clip(tread_session *session, const settings *s, const char *clip, bool is_single)
{
    char dir[MAX_PATH];
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    bool was_made = false;
    /* The clip first, so that a mistyped name makes no folder; the folder before the
     * work, so that no work is lost for want of one. */
    int status = tread_session_open(session, clip, &err);
    if (status == TREAD_OK)
        status = output_dir(s, clip, is_single, dir, sizeof dir)
                     ? make_dir(dir, &was_made, &err)
                     : tread_error__set(&err, TREAD_ERR_OUTPUT, "%.200s...: path too long", clip);
    if (status == TREAD_OK)
        status = analyze_clip(session, s, clip, dir, &err);
    if (status == TREAD_OK)
        return CLI_DONE;
    if (was_made)
        rmdir(dir); /* only if nothing was written to it */
    err.code = status;
    return cli_fail(&err);
}

int cli_analyze(int argc, char **argv)
{
    settings s = {.formats = FORMAT_JSON | FORMAT_CSV | FORMAT_VIDEO};
    static char label[] = "analysing";
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == OPT_HELP) {
            usage(stdout);
            return CLI_DONE;
        }
        int status = take_option(&s, option, optarg);
        if (status != CLI_DONE)
            return status;
    }
    if (optind == argc) {
        fputs("treadscope: analyze: no clip given; `treadscope analyze --help` says more\n",
              stderr);
        return CLI_USAGE;
    }
    if (s.session.to_s > 0 && s.session.to_s <= s.session.from_s) {
        fputs("treadscope: --to must lie after --from\n", stderr);
        return CLI_USAGE;
    }
    if (cli_progress_is_shown()) {
        s.session.on_progress = cli_progress;
        s.session.user = label;
    }

    tread_session *session = NULL;
    tread_error err;
    if (tread_session_create(&session, &s.session, &err) != TREAD_OK)
        return cli_fail(&err);
    int worst = CLI_DONE;
    for (int i = optind; i < argc; i++) {
        int status = do_clip(session, &s, argv[i], optind + 1 == argc);
        if (status != CLI_DONE && worst == CLI_DONE)
            worst = status;
    }
    tread_session_destroy(&session);
    return worst;
}

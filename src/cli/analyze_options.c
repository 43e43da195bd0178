/* The command line of `treadscope analyze`. */
#include "cli/analyze_options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/parse.h"
#include "session/session.h"

static void usage(FILE *f)
{
    fputs(
        "usage: treadscope analyze CLIP... [options]\n"
        "       treadscope analyze --landmarks FILE [--fps N] [options]\n"
        "\n"
        "Measures running form in recorded clips: trunk lean, knee flexion, contacts, cadence.\n"
        "Writes tables, a summary, an annotated clip and files for other programs to\n"
        "CLIP.treadscope/.\n"
        "With --landmarks the same from another tool's keypoints, without the video: JSON, CSV,\n"
        "TRC, a folder of OpenPose JSON, or the landmarks.csv of an earlier run.\n"
        "\n"
        "  --out DIR         write there instead; with several clips, one folder each below it\n"
        "                    and index.html, which compares them (without --out treadscope.html,\n"
        "                    beside the first)\n"
        "  --jobs N          of several clips so many side by side; default 1\n"
        "  --model NAME      lite, full (default) or heavy: ten times slower, looks twice,\n"
        "                    and is surer about the far leg\n"
        "  --view VIEW       auto (default), left or right: the side facing the camera; rear or\n"
        "                    front\n"
        "  --speed KMH       belt speed; gives step length and centimetres. One that changes:\n"
        "                    10@0,12@120 is 12 km/h from second 120 on\n"
        "  --incline PCT     grade of the belt, positive uphill; may change likewise\n"
        "  --height CM       the runner's height; gives centimetres without a belt speed, and\n"
        "                    checks the speed where there is one\n"
        "  --camera-roll DEG by which the camera is known to be turned, positive clockwise\n"
        "  --rules FILE      fault rules in place of, or besides, those that ship\n"
        "  --capture-fps N   slow motion: frames a second it was filmed at\n"
        "  --from S, --to S  only this part of the clip, seconds\n"
        "  --format LIST     of these, separated by commas; default all but openpose\n"
        "                      json      session.json\n"
        "                      csv       frames.csv, steps.csv\n"
        "                      video     annotated.mp4\n"
        "                      html      report.html: to read, in any browser\n"
        "                      pdf       report.pdf: to print and to file\n"
        "                      trc       keypoints.trc: markers for OpenSim, in metres; takes\n"
        "                                --speed or --height\n"
        "                      mot       angles.mot: a motion for OpenSim's Rajagopal models\n"
        "                      srt       faults.srt: faults as subtitles of the clip\n"
        "                      fit       activity.fit: running dynamics for watch platforms\n"
        "                      openpose  openpose/: a JSON a frame, for Kinovea\n"
        "                      all       every one of them\n"
        "  --slow N          annotated.mp4 with contacts replayed beside it at 1/N speed, N 2 to "
        "8\n"
        "  --save-landmarks  write landmarks.csv as well; --landmarks repeats the run from it\n"
        "  --fps N           frames a second of landmarks that come without times\n"
        "  --threads N       look at so many parts of a clip at once, 1 to 64; default one a "
        "core.\n"
        "                    The results are the same with any number\n"
        "  --json            print session.json instead of the table\n"
        "  --runner NAME     whose run it is, for the reports and `treadscope sessions`\n"
        "  --date DATE       when it was filmed, YYYY-MM-DD or YYYY-MM-DDTHH:MM; without it: when\n"
        "                    the file was last written\n"
        "  --no-history      do not keep it there\n"
        "\n"
        "Exit status: 0 done, 1 wrong usage, 2 the input cannot be read, 3 no runner found,\n"
        "4 a model or component is missing, 5 the output cannot be written, 6 out of memory.\n",
        f);
}

/* "10" or "10@0,12@120": what holds from which second on, times increasing. The first may leave
 * its time out, and holds from the start. */
static bool parse_schedule(const char *text, double low, double high, cli_schedule *out)
{
    char piece[64];
    *out = (cli_schedule){.n = 0};
    for (const char *s = text;; s++) {
        size_t length = strcspn(s, ",");
        if (length >= sizeof piece || out->n == CLI_MAX_SCHEDULE)
            return false;
        memcpy(piece, s, length);
        piece[length] = '\0';
        char *at = strchr(piece, '@');
        if (at)
            *at++ = '\0';
        double from_s = 0, *value = &out->value[out->n];
        if (!cli_parse_number(piece, low, high, value) ||
            (at && !cli_parse_number(at, 0, 1e6, &from_s)) ||
            (out->n > 0 && !(at && from_s > out->from_s[out->n - 1])))
            return false;
        out->from_s[out->n++] = from_s;
        s += length;
        if (!*s)
            return true;
    }
}

/* The value at a time; the first holds before it as well. */
static double scheduled_at(const cli_schedule *schedule, double time_s)
{
    int i = schedule->n - 1;
    while (i > 0 && schedule->from_s[i] > time_s)
        i--;
    return i >= 0 ? schedule->value[i] : 0;
}

/* Speed and incline together become settings of the belt. False: more than there is room for. */
static bool merge_schedules(cli_analyze_options *o)
{
    const cli_schedule *both[] = {&o->speed, &o->incline};
    tread_analyzer_opts *a = &o->session.analyzer;
    int at[2] = {1, 1};
    a->speed_kmh = scheduled_at(&o->speed, -1);
    a->incline_pct = scheduled_at(&o->incline, -1);
    a->n_changes = 0;
    for (;;) {
        double next_s = INFINITY;
        for (int k = 0; k < 2; k++)
            if (at[k] < both[k]->n)
                next_s = fmin(next_s, both[k]->from_s[at[k]]);
        if (!isfinite(next_s))
            break;
        if (a->n_changes == TREAD_MAX_BELT_CHANGES)
            return false;
        for (int k = 0; k < 2; k++)
            if (at[k] < both[k]->n && both[k]->from_s[at[k]] <= next_s)
                at[k]++;
        o->changes[a->n_changes++] = (tread_belt){next_s, scheduled_at(&o->speed, next_s),
                                                  scheduled_at(&o->incline, next_s)};
    }
    a->changes = o->changes;
    return true;
}

static const char *const format_names[] = {"json", "csv", "video",    "trc",  "mot",
                                           "srt",  "fit", "openpose", "html", "pdf"};
#define N_FORMATS (sizeof format_names / sizeof *format_names)

static bool is_named(const char *name, const char *s, size_t n)
{
    return strlen(name) == n && strncmp(name, s, n) == 0;
}

static bool parse_formats(const char *list, unsigned *out)
{
    *out = 0;
    for (const char *s = list;; s++) {
        size_t n = strcspn(s, ",");
        unsigned found = is_named("all", s, n) ? CLI_FORMAT_ALL : 0;
        for (size_t i = 0; i < N_FORMATS; i++)
            if (is_named(format_names[i], s, n))
                found = 1u << i;
        if (!found)
            return false;
        *out |= found;
        s += n;
        if (!*s)
            return true;
    }
}

int cli_take_formats(const char *list, unsigned *formats)
{
    return parse_formats(list, formats)
               ? CLI_DONE
               : cli_bad_usage(
                     "format", list,
                     "a list of json, csv, video, html, pdf, trc, mot, srt, fit, openpose, or "
                     "all");
}

enum option_id {
    OPT_OUT = 1,
    OPT_MODEL,
    OPT_VIEW,
    OPT_SPEED,
    OPT_INCLINE,
    OPT_HEIGHT,
    OPT_CAMERA_ROLL,
    OPT_FROM,
    OPT_TO,
    OPT_FORMAT,
    OPT_RULES,
    OPT_JSON,
    OPT_LANDMARKS,
    OPT_SAVE_LANDMARKS,
    OPT_FPS,
    OPT_CAPTURE_FPS,
    OPT_SLOW,
    OPT_RUNNER,
    OPT_DATE,
    OPT_THREADS,
    OPT_NO_HISTORY,
    OPT_JOBS,
    OPT_HELP
};

static const struct option options[] = {
    {"out", required_argument, NULL, OPT_OUT},
    {"model", required_argument, NULL, OPT_MODEL},
    {"view", required_argument, NULL, OPT_VIEW},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"incline", required_argument, NULL, OPT_INCLINE},
    {"height", required_argument, NULL, OPT_HEIGHT},
    {"camera-roll", required_argument, NULL, OPT_CAMERA_ROLL},
    {"from", required_argument, NULL, OPT_FROM},
    {"to", required_argument, NULL, OPT_TO},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"rules", required_argument, NULL, OPT_RULES},
    {"json", no_argument, NULL, OPT_JSON},
    {"landmarks", required_argument, NULL, OPT_LANDMARKS},
    {"save-landmarks", no_argument, NULL, OPT_SAVE_LANDMARKS},
    {"fps", required_argument, NULL, OPT_FPS},
    {"capture-fps", required_argument, NULL, OPT_CAPTURE_FPS},
    {"slow", required_argument, NULL, OPT_SLOW},
    {"runner", required_argument, NULL, OPT_RUNNER},
    {"date", required_argument, NULL, OPT_DATE},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"no-history", no_argument, NULL, OPT_NO_HISTORY},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int take_count(const char *option, const char *value, int least, int most, int *out)
{
    char wanted[64];
    double number;
    snprintf(wanted, sizeof wanted, "a whole number, %d to %d", least, most);
    if (!cli_parse_number(value, least, most, &number) || number != floor(number))
        return cli_bad_usage(option, value, wanted);
    *out = (int)number;
    return CLI_DONE;
}

/* Options about more than measuring; the rest is take_option's. */
static int take_output_option(cli_analyze_options *s, int option, const char *value)
{
    switch (option) {
    case OPT_OUT: s->out = value; return *value ? CLI_DONE : cli_bad_usage("out", "''", "a folder");
    case OPT_FORMAT: return cli_take_formats(value, &s->formats);
    case OPT_JSON: s->is_json_wanted = true; return CLI_DONE;
    case OPT_RULES:
        s->rules = value;
        return *value ? CLI_DONE : cli_bad_usage("rules", "''", "a file");
    case OPT_LANDMARKS:
        s->landmarks = value;
        return *value ? CLI_DONE : cli_bad_usage("landmarks", "''", "a file or folder");
    case OPT_RUNNER: return cli_take_runner(value, &s->runner);
    case OPT_DATE: return cli_take_date(value, &s->date_utc);
    case OPT_NO_HISTORY: s->is_kept = false; return CLI_DONE;
    case OPT_JOBS: return take_count("jobs", value, 1, CLI_MAX_JOBS, &s->n_jobs);
    case OPT_SAVE_LANDMARKS: s->is_log_wanted = true; return CLI_DONE;
    case OPT_SLOW: return take_count("slow", value, 2, TREAD_SLOWEST, &s->slow);
    case OPT_FPS:
        return cli_parse_number(value, 1, 10000, &s->fps)
                   ? CLI_DONE
                   : cli_bad_usage("fps", value, "frames a second, 1 to 10000");
    case OPT_CAPTURE_FPS:
        return cli_parse_number(value, 1, 10000, &s->session.capture_fps)
                   ? CLI_DONE
                   : cli_bad_usage("capture-fps", value, "frames a second, 1 to 10000");
    case OPT_THREADS:
        return take_count("threads", value, 1, TREAD_MAX_WORKERS, &s->session.n_workers);
    default: fputs("`treadscope analyze --help` lists the options\n", stderr); return CLI_USAGE;
    }
}

static int take_option(cli_analyze_options *s, int option, const char *value)
{
    tread_analyzer_opts *a = &s->session.analyzer;
    switch (option) {
    case OPT_MODEL: return cli_take_model(value, &s->session.model);
    case OPT_VIEW: return cli_take_view(value, &a->view);
    case OPT_SPEED:
        return parse_schedule(value, CLI_LOWEST_SPEED_KMH, CLI_HIGHEST_SPEED_KMH, &s->speed)
                   ? CLI_DONE
                   : cli_bad_usage("speed", value,
                                   "a belt speed in km/h, 0.5 to 45, or speeds like 10@0,12@120");
    case OPT_INCLINE:
        return parse_schedule(value, CLI_LOWEST_INCLINE_PCT, CLI_HIGHEST_INCLINE_PCT, &s->incline)
                   ? CLI_DONE
                   : cli_bad_usage("incline", value,
                                   "a grade in percent, -30 to 45, or grades like 0@0,5@300");
    case OPT_HEIGHT: return cli_take_height(value, &a->height_cm);
    case OPT_CAMERA_ROLL: return cli_take_camera_roll(value, &a->camera_roll_deg);
    case OPT_FROM:
        return cli_parse_number(value, 0, 1e6, &s->session.from_s)
                   ? CLI_DONE
                   : cli_bad_usage("from", value, "a time in seconds");
    case OPT_TO:
        return cli_parse_number(value, 0.001, 1e6, &s->session.to_s)
                   ? CLI_DONE
                   : cli_bad_usage("to", value, "a time in seconds above 0");
    default: return take_output_option(s, option, value);
    }
}

/* What no single option shows. */
static int check(cli_analyze_options *o, bool is_format_given)
{
    const char *wrong = NULL;
    if (o->n_clips == 0 && !o->landmarks)
        wrong = "analyze: no clip given; `treadscope analyze --help` says more";
    else if (o->n_clips > 0 && o->landmarks)
        wrong = "--landmarks: takes the place of the clip; give one or the other";
    else if (o->session.to_s > 0 && o->session.to_s <= o->session.from_s)
        wrong = "--to must lie after --from";
    else if (o->landmarks && is_format_given && o->formats != CLI_FORMAT_ALL &&
             o->formats & CLI_FORMAT_VIDEO)
        wrong = "--format video: landmarks have no pictures to draw on; leave video out";
    else if (o->fps > 0 && !o->landmarks)
        wrong = "--fps: only with --landmarks; a clip has its own times";
    else if (o->session.capture_fps > 0 && o->landmarks)
        wrong = "--capture-fps: only with a clip; landmarks take --fps";
    else if (o->slow && o->landmarks)
        wrong = "--slow: landmarks have no pictures to replay; leave it out";
    else if (o->slow && !(o->formats & CLI_FORMAT_VIDEO))
        wrong = "--slow: only with the annotated clip; add video to --format";
    else if (!merge_schedules(o))
        wrong = "--speed, --incline: more than 255 changes";
    if (wrong) {
        fprintf(stderr, "treadscope: %s\n", wrong);
        return CLI_USAGE;
    }
    if (o->landmarks)
        o->formats &= ~(unsigned)CLI_FORMAT_VIDEO;
    return CLI_DONE;
}

int cli_analyze_options_read(cli_analyze_options *o, int argc, char **argv, bool *is_help)
{
    bool is_format_given = false;
    *o = (cli_analyze_options){.formats = CLI_FORMAT_DEFAULT, .is_kept = true, .n_jobs = 1};
    *is_help = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == OPT_HELP) {
            usage(stdout);
            *is_help = true;
            return CLI_DONE;
        }
        is_format_given = is_format_given || option == OPT_FORMAT;
        int status = take_option(o, option, optarg);
        if (status != CLI_DONE)
            return status;
    }
    o->clips = argv + optind;
    o->n_clips = argc - optind;
    return check(o, is_format_given);
}

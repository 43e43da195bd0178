/* The command line of `treadscope analyze`. */
#include "cli/analyze_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static void usage(FILE *f)
{
    fputs("usage: treadscope analyze CLIP... [options]\n"
          "       treadscope analyze --landmarks FILE [--fps N] [options]\n"
          "\n"
          "Measures running form in recorded clips: trunk lean, knee flexion, contacts, cadence.\n"
          "Writes session.json, frames.csv, steps.csv and annotated.mp4 to CLIP.treadscope/.\n"
          "With --landmarks the same from another tool's keypoints, without the video: JSON, CSV,\n"
          "TRC, a folder of OpenPose JSON, or the landmarks.csv of an earlier run.\n"
          "\n"
          "  --out DIR         write there instead; with several clips, one folder each below it\n"
          "  --model NAME      lite, full (default) or heavy: ten times slower, looks twice,\n"
          "                    and is surer about the far leg\n"
          "  --view VIEW       auto (default), left, right: the side facing the camera; or rear\n"
          "  --speed KMH       belt speed; gives step length and centimetres\n"
          "  --incline PCT     grade of the belt, positive uphill\n"
          "  --height CM       the runner's height; gives centimetres without a belt speed\n"
          "  --capture-fps N   slow motion: frames a second it was filmed at\n"
          "  --from S, --to S  only this part of the clip, seconds\n"
          "  --format LIST     of json, csv, video (default all), separated by commas\n"
          "  --save-landmarks  write landmarks.csv as well; --landmarks repeats the run from it\n"
          "  --fps N           frames a second of landmarks that come without times\n"
          "  --json            print session.json instead of the table\n"
          "\n"
          "Exit status: 0 done, 1 wrong usage, 2 the input cannot be read, 3 no runner found,\n"
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
    OPT_LANDMARKS,
    OPT_SAVE_LANDMARKS,
    OPT_FPS,
    OPT_CAPTURE_FPS,
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
    {"landmarks", required_argument, NULL, OPT_LANDMARKS},
    {"save-landmarks", no_argument, NULL, OPT_SAVE_LANDMARKS},
    {"fps", required_argument, NULL, OPT_FPS},
    {"capture-fps", required_argument, NULL, OPT_CAPTURE_FPS},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Options about more than measuring; the rest is take_option's. */
static int take_output_option(cli_analyze_options *s, int option, const char *value)
{
    switch (option) {
    case OPT_OUT: s->out = value; return *value ? CLI_DONE : bad_usage("out", "''", "a folder");
    case OPT_FORMAT:
        return parse_formats(value, &s->formats)
                   ? CLI_DONE
                   : bad_usage("format", value, "a list of json, csv, video");
    case OPT_JSON: s->is_json_wanted = true; return CLI_DONE;
    case OPT_LANDMARKS:
        s->landmarks = value;
        return *value ? CLI_DONE : bad_usage("landmarks", "''", "a file or folder");
    case OPT_SAVE_LANDMARKS: s->is_log_wanted = true; return CLI_DONE;
    case OPT_FPS:
        return parse_number(value, 1, 10000, &s->fps)
                   ? CLI_DONE
                   : bad_usage("fps", value, "frames a second, 1 to 10000");
    case OPT_CAPTURE_FPS:
        return parse_number(value, 1, 10000, &s->session.capture_fps)
                   ? CLI_DONE
                   : bad_usage("capture-fps", value, "frames a second, 1 to 10000");
    default: fputs("`treadscope analyze --help` lists the options\n", stderr); return CLI_USAGE;
    }
}

static int take_option(cli_analyze_options *s, int option, const char *value)
{
    static const char *const models[] = {"", "lite", "full", "heavy"};
    static const char *const views[] = {"auto", "left", "right", "rear"};
    tread_analyzer_opts *a = &s->session.analyzer;
    int index;
    switch (option) {
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
    else if (o->landmarks && is_format_given && o->formats & CLI_FORMAT_VIDEO)
        wrong = "--format video: landmarks have no pictures to draw on; leave video out";
    else if (o->fps > 0 && !o->landmarks)
        wrong = "--fps: only with --landmarks; a clip has its own times";
    else if (o->session.capture_fps > 0 && o->landmarks)
        wrong = "--capture-fps: only with a clip; landmarks take --fps";
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
    *o = (cli_analyze_options){.formats = CLI_FORMAT_JSON | CLI_FORMAT_CSV | CLI_FORMAT_VIDEO};
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

/* The command line of `treadscope live`. */
#include "cli/live_options.h"

#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/parse.h"

#define DEFAULT_PORT 8090

static void usage(FILE *f)
{
    fputs("usage: treadscope live [SOURCE] [options]\n"
          "\n"
          "Watches a runner on a treadmill and shows how they run, as they run, on a page that a\n"
          "browser opens. SOURCE is a camera (/dev/video0), an address (rtsp://, http://, udp://,\n"
          "srt://), a clip, which is played at its own pace, or - for standard input. Without\n"
          "one: the first camera; `treadscope doctor` lists them.\n"
          "\n"
          "  --speed KMH       belt speed; can be changed on the page\n"
          "  --incline PCT     grade of the belt, positive uphill; likewise\n"
          "  --height CM       the runner's height; gives centimetres without a belt speed\n"
          "  --view VIEW       auto (default), left or right: the side facing the camera; rear or\n"
          "                    front\n"
          "  --model NAME      lite, full (default) or heavy\n"
          "  --camera-roll DEG by which the camera is known to be turned, positive clockwise\n"
          "  --rules FILE      fault rules in place of, or besides, those that ship\n"
          "  --record          keep the pictures as they come, the landmarks and the results\n"
          "  --out DIR         keep them there; without it in treadmill-DATE-TIME/\n"
          "  --port N          of the page (8090; 0 = any that is free)\n"
          "  --listen[=ADDR]   let other devices open the page: prints a link with a key, and as\n"
          "                    a code to be photographed\n"
          "  --window          show the runner in a window too: q ends, space pauses, + and -\n"
          "                    change the speed by 0.5 km/h\n"
          "  --json            every record as a line of JSON on standard output\n"
          "  --runner NAME     who runs, for `treadscope sessions`\n"
          "  --no-history      do not keep the session there\n"
          "\n"
          "Ctrl-C ends the session. Exit status as for analyze.\n",
          f);
}

enum option_id {
    OPT_SPEED = 1,
    OPT_INCLINE,
    OPT_HEIGHT,
    OPT_VIEW,
    OPT_MODEL,
    OPT_CAMERA_ROLL,
    OPT_RULES,
    OPT_RECORD,
    OPT_OUT,
    OPT_PORT,
    OPT_LISTEN,
    OPT_WINDOW,
    OPT_JSON,
    OPT_RUNNER,
    OPT_NO_HISTORY,
    OPT_HELP
};

static const struct option options[] = {
    {"speed", required_argument, NULL, OPT_SPEED},
    {"incline", required_argument, NULL, OPT_INCLINE},
    {"height", required_argument, NULL, OPT_HEIGHT},
    {"view", required_argument, NULL, OPT_VIEW},
    {"model", required_argument, NULL, OPT_MODEL},
    {"camera-roll", required_argument, NULL, OPT_CAMERA_ROLL},
    {"rules", required_argument, NULL, OPT_RULES},
    {"record", no_argument, NULL, OPT_RECORD},
    {"out", required_argument, NULL, OPT_OUT},
    {"port", required_argument, NULL, OPT_PORT},
    {"listen", optional_argument, NULL, OPT_LISTEN},
    {"window", no_argument, NULL, OPT_WINDOW},
    {"json", no_argument, NULL, OPT_JSON},
    {"runner", required_argument, NULL, OPT_RUNNER},
    {"no-history", no_argument, NULL, OPT_NO_HISTORY},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int take_option(cli_live_options *o, int option, const char *value)
{
    double number;
    switch (option) {
    case OPT_SPEED:
        return cli_parse_number(value, CLI_LOWEST_SPEED_KMH, CLI_HIGHEST_SPEED_KMH,
                                &o->analyzer.speed_kmh)
                   ? CLI_DONE
                   : cli_bad_usage("speed", value, "a belt speed in km/h, 0.5 to 45");
    case OPT_INCLINE:
        return cli_parse_number(value, CLI_LOWEST_INCLINE_PCT, CLI_HIGHEST_INCLINE_PCT,
                                &o->analyzer.incline_pct)
                   ? CLI_DONE
                   : cli_bad_usage("incline", value, "a grade in percent, -30 to 45");
    case OPT_HEIGHT: return cli_take_height(value, &o->analyzer.height_cm);
    case OPT_VIEW: return cli_take_view(value, &o->analyzer.view);
    case OPT_MODEL: return cli_take_model(value, &o->model);
    case OPT_CAMERA_ROLL: return cli_take_camera_roll(value, &o->analyzer.camera_roll_deg);
    case OPT_RULES:
        o->rules = value;
        return *value ? CLI_DONE : cli_bad_usage("rules", "''", "a file");
    case OPT_RECORD: o->is_recorded = true; return CLI_DONE;
    case OPT_OUT: o->out = value; return *value ? CLI_DONE : cli_bad_usage("out", "''", "a folder");
    case OPT_PORT:
        if (!cli_parse_number(value, 0, 65535, &number) || number != (int)number)
            return cli_bad_usage("port", value, "a port, 0 to 65535");
        o->port = (int)number;
        return CLI_DONE;
    case OPT_LISTEN: o->listen = value ? value : "0.0.0.0"; return CLI_DONE;
    case OPT_WINDOW: o->is_window_wanted = true; return CLI_DONE;
    case OPT_JSON: o->is_json_wanted = true; return CLI_DONE;
    case OPT_RUNNER: return cli_take_runner(value, &o->runner);
    case OPT_NO_HISTORY: o->is_kept = false; return CLI_DONE;
    default: fputs("`treadscope live --help` lists the options\n", stderr); return CLI_USAGE;
    }
}

int cli_live_options_read(cli_live_options *o, int argc, char **argv, bool *is_help)
{
    *o = (cli_live_options){.port = DEFAULT_PORT, .is_kept = true};
    *is_help = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == OPT_HELP) {
            usage(stdout);
            *is_help = true;
            return CLI_DONE;
        }
        int status = take_option(o, option, optarg);
        if (status != CLI_DONE)
            return status;
    }
    if (argc - optind > 1) {
        fputs("treadscope: live: one source at a time; `treadscope live --help` says more\n",
              stderr);
        return CLI_USAGE;
    }
    if (o->out && !o->is_recorded) {
        fputs("treadscope: --out: only with --record; without it nothing is kept\n", stderr);
        return CLI_USAGE;
    }
    o->source = optind < argc ? argv[optind] : NULL;
    return CLI_DONE;
}

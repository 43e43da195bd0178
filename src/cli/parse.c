#include "cli/parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "cli/cli.h"

int cli_bad_usage(const char *option, const char *value, const char *wanted)
{
    fprintf(stderr, "treadscope: --%s %s: not %s\n", option, value, wanted);
    return CLI_USAGE;
}

bool cli_parse_number(const char *s, double low, double high, double *out)
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

int cli_take_model(const char *value, enum tread_model *out)
{
    static const char *const models[] = {"", "lite", "full", "heavy"};
    int index = parse_name(value, models, 4);
    *out = (enum tread_model)index;
    return index > 0 ? CLI_DONE : cli_bad_usage("model", value, "lite, full or heavy");
}

int cli_take_view(const char *value, enum tread_view *out)
{
    static const char *const views[] = {"auto", "left", "right", "rear", "front"};
    int index = parse_name(value, views, 5);
    *out = (enum tread_view)index;
    return index >= 0 ? CLI_DONE : cli_bad_usage("view", value, "auto, left, right, rear or front");
}

int cli_take_height(const char *value, double *out_cm)
{
    return cli_parse_number(value, 80, 250, out_cm)
               ? CLI_DONE
               : cli_bad_usage("height", value, "a body height in cm, 80 to 250");
}

int cli_take_camera_roll(const char *value, double *out_deg)
{
    return cli_parse_number(value, -45, 45, out_deg)
               ? CLI_DONE
               : cli_bad_usage("camera-roll", value, "degrees, -45 to 45");
}

#define MAX_NAME_BYTES 200

int cli_take_runner(const char *value, const char **out)
{
    json_t *utf8 = json_string(value); /* NULL when it is none */
    bool is_good = utf8 && *value && strlen(value) <= MAX_NAME_BYTES;
    for (const char *p = value; *p; p++)
        is_good = is_good && (unsigned char)*p >= 0x20 && *p != 0x7f;
    json_decref(utf8);
    *out = value;
    return is_good ? CLI_DONE : cli_bad_usage("runner", value, "a name: one line of UTF-8");
}

int cli_take_date(const char *value, int64_t *out_utc)
{
    int year, month, day, hour = 12, minute = 0, used = 0, used_time = 0;
    bool is_good = sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10;
    if (is_good && value[used] == 'T')
        is_good = sscanf(value + used, "T%2d:%2d%n", &hour, &minute, &used_time) == 2;
    if (is_good && !value[used + used_time]) {
        struct tm asked = {.tm_year = year - 1900,
                           .tm_mon = month - 1,
                           .tm_mday = day,
                           .tm_hour = hour,
                           .tm_min = minute,
                           .tm_isdst = -1};
        time_t then = mktime(&asked);
        /* mktime takes 31 February for 3 March. */
        if (year >= 1970 && asked.tm_mday == day && asked.tm_mon == month - 1 && then > 0) {
            *out_utc = (int64_t)then;
            return CLI_DONE;
        }
    }
    return cli_bad_usage("date", value, "a date, YYYY-MM-DD or YYYY-MM-DDTHH:MM");
}

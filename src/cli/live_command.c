#include "cli/live_command.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/parse.h"

static bool take_number(const json_t *value, double low, double high, double *out)
{
    *out = json_number_value(value);
    return json_is_number(value) && *out >= low && *out <= high;
}

/* NULL: taken; else what was wanted. */
static const char *take(cli_live_command *c, const char *key, const json_t *value)
{
    if (strcmp(key, "speed_kmh") == 0) {
        c->has_speed = true;
        return take_number(value, CLI_LOWEST_SPEED_KMH, CLI_HIGHEST_SPEED_KMH, &c->speed_kmh)
                   ? NULL
                   : "a belt speed in km/h, 0.5 to 45";
    }
    if (strcmp(key, "incline_pct") == 0) {
        c->has_incline = true;
        return take_number(value, CLI_LOWEST_INCLINE_PCT, CLI_HIGHEST_INCLINE_PCT, &c->incline_pct)
                   ? NULL
                   : "a grade in percent, -30 to 45";
    }
    if (strcmp(key, "pause") == 0) {
        c->has_pause = true;
        c->is_paused = json_is_true(value);
        return json_is_boolean(value) ? NULL : "true or false";
    }
    if (strcmp(key, "stop") == 0) {
        c->is_stop = true;
        return json_is_true(value) ? NULL : "true";
    }
    return "speed_kmh, incline_pct, pause or stop";
}

bool cli_live_command_read(cli_live_command *c, const char *json, size_t size, char *why,
                           size_t why_size)
{
    *c = (cli_live_command){.is_stop = false};
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
    const char *key, *wanted = NULL, *wrong = "command";
    json_t *value;
    if (!json_is_object(root) || json_object_size(root) == 0)
        wanted = "an object such as {\"speed_kmh\":11.5}";
    else
        json_object_foreach(root, key, value)
        {
            wanted = take(c, key, value);
            if (wanted) {
                wrong = key;
                break;
            }
        }
    if (wanted)
        snprintf(why, why_size, "%.40s: wants %s", wrong, wanted);
    json_decref(root);
    return !wanted;
}

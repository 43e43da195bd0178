/* Values of options that more than one command takes. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include <treadscope/session.h>

/** "--option value: not wanted" on stderr. @return CLI_USAGE */
int cli_bad_usage(const char *option, const char *value, const char *wanted);

/** A number and nothing else, low <= v <= high. */
bool cli_parse_number(const char *s, double low, double high, double *out);

/* Each of the following is one option. @return CLI_DONE, or CLI_USAGE after saying why */

#define CLI_LOWEST_SPEED_KMH 0.5
#define CLI_HIGHEST_SPEED_KMH 45.0
#define CLI_LOWEST_INCLINE_PCT (-30.0)
#define CLI_HIGHEST_INCLINE_PCT 45.0

int cli_take_model(const char *value, enum tread_model *out);
int cli_take_view(const char *value, enum tread_view *out);
int cli_take_height(const char *value, double *out_cm);
int cli_take_camera_roll(const char *value, double *out_deg);
/** A runner's name: a line of UTF-8. */
int cli_take_runner(const char *value, const char **out);
/** YYYY-MM-DD (noon) or YYYY-MM-DDTHH:MM of here, as seconds since 1970. */
int cli_take_date(const char *value, int64_t *out_utc);

#endif

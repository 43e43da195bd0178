/* What a page may ask of a live session (POST /command, src/serve/STREAM.md). */
#ifndef CLI_LIVE_COMMAND_H
#define CLI_LIVE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cli_live_command {
    bool has_speed, has_incline, has_pause, is_paused, is_stop;
    double speed_kmh, incline_pct;
} cli_live_command;

/** Untrusted text. @param[out] why  (why_size) one sentence when false is returned */
bool cli_live_command_read(cli_live_command *c, const char *json, size_t size, char *why,
                           size_t why_size);

#endif

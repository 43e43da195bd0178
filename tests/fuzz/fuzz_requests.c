/* What a browser may send to a live session: the headers that say who asks, and the body of
 * POST /command. Whatever it is, it is refused or within the limits of the command line.
 *
 * The first byte picks; the rest is the text. Seeds: tests/fuzz/corpus/requests. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/live_command.h"
#include "cli/parse.h"
#include "serve/access.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int is_so)
{
    if (!is_so)
        abort();
}

static void try_command(const char *text, size_t size)
{
    cli_live_command c;
    char why[64] = "";
    if (!cli_live_command_read(&c, text, size, why, sizeof why)) {
        require(why[0] != '\0' && strlen(why) < sizeof why);
        return;
    }
    require(c.has_speed || c.has_incline || c.has_pause || c.is_stop);
    require(!c.has_speed ||
            (c.speed_kmh >= CLI_LOWEST_SPEED_KMH && c.speed_kmh <= CLI_HIGHEST_SPEED_KMH));
    require(!c.has_incline ||
            (c.incline_pct >= CLI_LOWEST_INCLINE_PCT && c.incline_pct <= CLI_HIGHEST_INCLINE_PCT));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    char *text = malloc(size); /* exactly as long, so that reading past it shows */
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    switch (data[0] % 4) {
    case 0: try_command(text, size - 1); break;
    case 1:
        (void)tread_serve__is_host(text, true, "console");
        (void)tread_serve__is_host(text, false, "console");
        (void)tread_serve__is_loopback(text);
        break;
    case 2:
        (void)tread_serve__is_origin(text, "127.0.0.1:8090");
        require(!tread_serve__is_origin("http://elsewhere.example", "127.0.0.1:8090"));
        break;
    default: {
        const char *token = tread_serve__bearer(text);
        require(!token || (token >= text && token <= text + strlen(text)));
        (void)tread_serve__is_token(token, "0123456789abcdef");
        break;
    }
    }
    free(text);
    return 0;
}

/* analyze on several clips: each in a process of its own, some side by side, and a page that
 * compares them. A clip that fails, even one that takes the program down, leaves the others. */
#ifndef CLI_CLIPS_H
#define CLI_CLIPS_H

#include <stdio.h>

#include "cli/analyze_options.h"

/** What a clip's own process leaves for the page. */
typedef struct cli_clip_reply {
    FILE *document; /* session.json, or why it failed */
    FILE *picture;  /* a JPEG, or nothing */
} cli_clip_reply;

/** One clip, start to end. @return an exit status */
typedef int cli_do_clip(const cli_analyze_options *o, tread_rules *rules, const char *clip,
                        const cli_clip_reply *reply);

/** All of `o->clips`, what they print in their order. Before any thread is started.
 *  @return the exit status of the first that failed, CLI_DONE when none did */
int cli_do_clips(const cli_analyze_options *o, tread_rules *rules, cli_do_clip *do_clip);

#endif

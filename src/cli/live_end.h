/* After a live session: measured once more with the whole run known, as `analyze` would have it;
 * kept, written where it was recorded, and a report for the page. */
#ifndef CLI_LIVE_END_H
#define CLI_LIVE_END_H

#include "cli/live_log.h"
#include "cli/live_options.h"
#include "report/report.h"

/** What is known of the session, all borrowed. */
typedef struct cli_live_end {
    const cli_live_options *options;
    const tread_rules *rules;
    const char *source;
    const tread_source_facts *facts;
    const tread_belt *settings; /* (n_settings) of the belt, the first from the start on */
    size_t n_settings;
    int64_t started_utc;
    FILE *say; /* for people */
} cli_live_end;

/** What the page shows; malloc'd, the caller's. NULL: there is none, for nobody was seen. */
typedef struct cli_live_texts {
    char *document; /* session.json */
    char *report;   /* report.html */
} cli_live_texts;

/** Measures each part of the log (a picture that changed its shape begins a new one) by itself; the
 *  longest is what the page shows. What goes wrong is said on stderr. */
void cli_live_conclude(const cli_live_end *e, cli_live_log *log, cli_live_texts *texts);

#endif

/* Keeping sessions, and opening what was kept. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <stdio.h>

#include "cli/pack.h"
#include "report/report.h"
#include "store/store.h"

/** Keep a session, and say on `say` under which number; NULL = say nothing. What goes wrong is one
 *  line on stderr and no more. A session in which nobody was seen is not kept.
 *  @param entry  without document and landmarks, which come from the run and the pack; started_utc
 *                0: as cli_started_utc has it
 *  @param pack   is empty then */
void cli_keep(const tread_store_entry *entry, const tread_run *run, cli_pack *pack, FILE *say);

/** session.json as text. @return malloc'd, the caller's; NULL: out of memory */
char *cli_document(const tread_run *run);

/** The history to read from. Says on stderr what is wrong.
 *  @param[out] store  NULL when there is no history yet, which is no failure
 *  @return an exit status */
int cli_open_history(tread_store **store);
/** The history to change. There being none is a failure here. */
int cli_open_history_to_write(tread_store **store);

/** The number of a session. @return CLI_DONE, or CLI_USAGE after saying why */
int cli_take_session(const char *value, int64_t *out);

#endif

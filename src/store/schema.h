/* Private to store: what the file looks like, and how an older one becomes that. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>

#include <sqlite3.h>

#include "store/store.h"

/* "TRDS": what `file` and we know a history by. */
#define STORE_APPLICATION_ID 0x54524453

/** SQL of step i leads from version i to version i + 1. Steps that were released never change. */
extern const char *const store_steps[];
extern const int store_n_steps;

/** Turn an SQLite failure of this file into the one line it deserves.
 *  @return TREAD_ERR_OUTPUT, TREAD_ERR_INPUT, TREAD_ERR_NOMEM */
int store_fail(sqlite3 *db, const char *path, tread_error *err);

/** Judge the file and bring it to version n_steps, whole or not at all. Another process may be at
 *  it as well.
 *  @return TREAD_OK; TREAD_ERR_INPUT: no history of ours, or made by a newer treadscope; as
 *          store_fail */
TREAD_WARN_UNUSED int store_migrate(sqlite3 *db, const char *path, const char *const *steps,
                                    int n_steps, tread_error *err);

/** In one transaction. The document's id is `*id` then. As tread_store__add. */
TREAD_WARN_UNUSED int store_add(sqlite3 *db, const char *path, const tread_store_entry *entry,
                                int64_t *id, tread_error *err);

#endif

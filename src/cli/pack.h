/* The landmarks of a run on their way to the history: packed, in a file without a name, so that an
 * hour of them costs no memory. A disk that is full costs the history its landmarks, no more. */
#ifndef CLI_PACK_H
#define CLI_PACK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "landfile/landfile.h"

typedef struct cli_pack {
    FILE *file; /* NULL = none, or it failed */
    tread_landpack *pack;
    int64_t n_frames;
} cli_pack;

/** The sizes are of the picture. */
void cli_pack_begin(cli_pack *p, double width_px, double height_px);
void cli_pack_add(cli_pack *p, const tread_landmarks *lm);
/** All of it, once; nothing can be added then.
 *  @param[out] bytes  malloc'd, the caller's; NULL: there is none */
void cli_pack_take(cli_pack *p, void **bytes, size_t *size);
/** NULL-safe; may be repeated. */
void cli_pack_end(cli_pack *p);

#endif

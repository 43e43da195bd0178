#include "cli/pack.h"

#include <stdlib.h>

void cli_pack_begin(cli_pack *p, double width_px, double height_px)
{
    *p = (cli_pack){.file = tmpfile()};
    if (p->file && tread_landfile__pack_create(&p->pack, p->file, width_px, height_px) != TREAD_OK)
        cli_pack_end(p);
}

void cli_pack_add(cli_pack *p, const tread_landmarks *lm)
{
    if (!p->pack)
        return;
    p->n_frames++;
    if (tread_landfile__pack_add(p->pack, lm) != TREAD_OK)
        cli_pack_end(p);
}

void cli_pack_take(cli_pack *p, void **bytes, size_t *size)
{
    *bytes = NULL;
    *size = 0;
    if (!p->pack || tread_landfile__pack_finish(p->pack) != TREAD_OK)
        return;
    long end = ftell(p->file);
    if (end <= 0 || !(*bytes = malloc((size_t)end)))
        return;
    rewind(p->file);
    *size = fread(*bytes, 1, (size_t)end, p->file);
    if (*size != (size_t)end) {
        free(*bytes);
        *bytes = NULL;
    }
}

void cli_pack_end(cli_pack *p)
{
    tread_landfile__pack_destroy(&p->pack);
    if (p->file)
        fclose(p->file);
    p->file = NULL;
}

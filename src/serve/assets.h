/* assets: the files of the folder assets/, built into the program. */
#ifndef SERVE_ASSETS_H
#define SERVE_ASSETS_H

#include <stddef.h>

typedef struct serve_asset {
    const char *name;
    const unsigned char *data; /* (size) */
    size_t size;
    const char *etag; /* of the content, with its quotes */
} serve_asset;

/* Written by embed.cmake; the last one has no name. */
extern const serve_asset tread_serve__assets[];

/** The file that a path names exactly: "/live.css", "/" = index.html, "/report" = report.html.
 *  NULL: none. */
const serve_asset *tread_serve__asset_find(const char *path);

/** Its media type, by the end of its name. */
const char *tread_serve__asset_type(const serve_asset *asset);

#endif

#include "serve/assets.h"

#include <string.h>

const serve_asset *tread_serve__asset_find(const char *path)
{
    if (path[0] != '/')
        return NULL;
    const char *name = path + 1;
    if (strcmp(path, "/") == 0)
        name = "index.html";
    for (const serve_asset *a = tread_serve__assets; a->name; a++)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

const char *tread_serve__asset_type(const serve_asset *asset)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *end = strrchr(asset->name, '.');
    for (size_t i = 0; end && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(end, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

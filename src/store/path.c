#include <stdio.h>
#include <stdlib.h>

#include "store/store.h"

bool tread_store__path(char *path, size_t size)
{
    const char *told = getenv("TREADSCOPE_HISTORY"), *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int n = 0;
    if (told)
        n = snprintf(path, size, "%s", told);
    else if (data && data[0] == '/') /* the XDG specification: relative ones are to be ignored */
        n = snprintf(path, size, "%s/treadscope/history.db", data);
    else if (home && *home)
        n = snprintf(path, size, "%s/.local/share/treadscope/history.db", home);
    return n > 0 && (size_t)n < size;
}

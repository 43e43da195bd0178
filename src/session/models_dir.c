/* Where the network weights lie. */
#include <stdlib.h>
#include <unistd.h>

#include <treadscope/session.h>

const char *tread_models_dir(void)
{
    const char *told = getenv("TREADSCOPE_MODELS");
    if (told && *told)
        return told;
    /* Both are absolute paths the build knows: the installed place counts first. */
    return access(TREADSCOPE_INSTALLED_MODELS, R_OK) == 0 ? TREADSCOPE_INSTALLED_MODELS
                                                          : TREADSCOPE_SOURCE_MODELS;
}

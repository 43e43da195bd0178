#include <treadscope/version.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *tread_version_string(void)
{
    return TEXT(TREAD_VERSION_MAJOR) "." TEXT(TREAD_VERSION_MINOR) "." TEXT(TREAD_VERSION_PATCH);
}

/* fontconfig 2.14 loses 288 bytes once a process while it parses its configuration.
 * LeakSanitizer looks this function up by name in the program, so it must be visible
 * from outside; other builds never call it. */
#include <treadscope/export.h>

TREAD_API const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

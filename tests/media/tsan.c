/* libav and the coders below it are not built for ThreadSanitizer: it sees their
 * memory calls but not the atomic counters and locks that order them. What our
 * own code does with frames is still watched. */
#include <treadscope/export.h>

TREAD_API const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libavutil.so\n"
           "called_from_lib:libavcodec.so\n"
           "called_from_lib:libavformat.so\n"
           "called_from_lib:libavdevice.so\n"
           "called_from_lib:libswscale.so\n"
           "called_from_lib:libx264.so\n"
           "called_from_lib:libdav1d.so\n";
}

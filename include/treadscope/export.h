/* Marks what the shared library exports; everything else is hidden. */
#ifndef TREADSCOPE_EXPORT_H
#define TREADSCOPE_EXPORT_H

#if defined(__GNUC__)
#define TREAD_API __attribute__((visibility("default")))
#define TREAD_WARN_UNUSED __attribute__((warn_unused_result))
#else
#define TREAD_API
#define TREAD_WARN_UNUSED
#endif

#endif

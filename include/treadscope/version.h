/* Version of the library. The API version drives the soname; the release
 * version is what people quote. */
#ifndef TREADSCOPE_VERSION_H
#define TREADSCOPE_VERSION_H

#include <treadscope/export.h>

#define TREAD_VERSION_MAJOR 0
#define TREAD_VERSION_MINOR 1
#define TREAD_VERSION_PATCH 0
#define TREAD_API_VERSION 0

#ifdef __cplusplus
extern "C" {
#endif

/** Release version of the library that is loaded, "major.minor.patch". */
TREAD_API const char *tread_version_string(void);

#ifdef __cplusplus
}
#endif
#endif

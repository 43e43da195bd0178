/* What concerns libav as a whole. */
#include "media/libav.h"

#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
#include <string.h>

#include "base/error.h"
#include "media/media.h"

#define DEVICES "libavdevice.so." AV_STRINGIFY(LIBAVDEVICE_VERSION_MAJOR)

void tread_media__quiet(void)
{
    av_log_set_level(AV_LOG_QUIET);
}

const char *tread_media__versions(void)
{
    return "libavformat " AV_STRINGIFY(LIBAVFORMAT_VERSION) ", libavcodec " AV_STRINGIFY(LIBAVCODEC_VERSION) ", libavutil " AV_STRINGIFY(
        LIBAVUTIL_VERSION) ", libavdevice " AV_STRINGIFY(LIBAVDEVICE_VERSION) ", "
                                                                              "libswscale"
                                                                              " " AV_STRINGIFY(
                                                                                  LIBSWSCALE_VERSION);
}

int tread_media__load_devices(tread_error *err)
{
    /* Never closed: libavformat keeps pointers into it. */
    void *library = dlopen(DEVICES, RTLD_LAZY | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, "avdevice_register_all") : NULL;
    if (!symbol)
        return tread_error__set(err, TREAD_ERR_UNSUPPORTED,
                                "cameras need " DEVICES " (%s); install libavdevice", dlerror());
    void (*register_all)(void); /* ISO C casts no object to a function */
    memcpy(&register_all, &symbol, sizeof register_all);
    register_all();
    return TREAD_OK;
}

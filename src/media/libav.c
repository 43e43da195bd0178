/* What concerns libav as a whole. */
#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#include "media/media.h"

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

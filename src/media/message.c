#include "media/message.h"

#include <libavutil/error.h>

#include "base/error.h"

int tread_media__status_from_av(int av_error, int otherwise)
{
    return av_error == AVERROR(ENOMEM) ? TREAD_ERR_NOMEM : otherwise;
}

int tread_media__fail(tread_error *err, int status, const char *name, const char *what,
                      int av_error, const char *remedy)
{
    char reason[AV_ERROR_MAX_STRING_SIZE];
    status = tread_media__status_from_av(av_error, status);
    if (status == TREAD_ERR_NOMEM)
        return tread_error__set(err, status, "%s: out of memory; close other programs", name);
    if (av_strerror(av_error, reason, sizeof reason) < 0)
        return tread_error__set(err, status, "%s: %s; %s", name, what, remedy);
    return tread_error__set(err, status, "%s: %s (%s); %s", name, what, reason, remedy);
}

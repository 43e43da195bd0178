/* The one line a person reads, in the same shape from every part of the room:
 * name, reason, remedy. */
#ifndef MEDIA_MESSAGE_H
#define MEDIA_MESSAGE_H

#include <treadscope/status.h>

/** libav's error code as a treadscope status for a source or a clip written. */
int tread_media__status_from_av(int av_error, int otherwise);

/** "NAME: WHAT (libav's reason); REMEDY".
 *  @return tread_media__status_from_av(av_error, status) */
int tread_media__fail(tread_error *err, int status, const char *name, const char *what,
                      int av_error, const char *remedy);

#endif

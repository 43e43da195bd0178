/* What concerns libav as a whole. Private to the room. */
#ifndef MEDIA_LIBAV_H
#define MEDIA_LIBAV_H

#include <treadscope/status.h>

/** Make libavformat know cameras. Their library is loaded only now: it brings sixty others
 *  (X, sound, OpenGL), half of what the dynamic linker would do before every command.
 *  Again is harmless. Any thread.
 *  @return TREAD_OK; TREAD_ERR_UNSUPPORTED: it is not installed */
TREAD_WARN_UNUSED int tread_media__load_devices(tread_error *err);

#endif

/* The pool tread_frames come from. A frame is a decoder's AVFrame (whose
 * buffers libavcodec pools itself) plus our view of it; only the structs are
 * pooled here. */
#ifndef MEDIA_FRAME_H
#define MEDIA_FRAME_H

#include <libavutil/frame.h>

#include "media/media.h"

typedef struct media_frame_pool media_frame_pool;

/** @return a new pool with one owner, or NULL when memory is short. */
media_frame_pool *tread_media__frame_pool_create(void);

/** Give up the owner's hold; frames still out keep the pool alive. NULL-safe. */
void tread_media__frame_pool_release(media_frame_pool **pool);

/** A frame with one reference that takes over what `source` holds (`source` is
 *  left blank). index, time_s and picture are for the caller to fill in.
 *  @return NULL when memory is short; `source` is untouched then. */
tread_frame *tread_media__frame_pool_take(media_frame_pool *pool, AVFrame *source);

#endif

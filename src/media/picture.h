/* From libav's idea of a picture to tread_picture: pixel formats, colour,
 * sample aspect. */
#ifndef MEDIA_PICTURE_H
#define MEDIA_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/buffer.h>
#include <libavutil/frame.h>

#include "base/picture.h"
#include "media/scaler.h"

/** Can a tread_picture show planes of this format as they are? */
bool tread_media__format_is_plain(enum AVPixelFormat format);

/** The plain format with these properties; AV_PIX_FMT_NONE when libav has none. */
enum AVPixelFormat tread_media__format_find(int bits, int chroma_shift_x, int chroma_shift_y);

/** The stated sample aspect when it is believable, else 1. */
double tread_media__aspect_or_square(AVRational aspect);

/** What brings frames of other layouts into a plain one. Zero-initialise. */
typedef struct media_planariser {
    media_scaler scaler;
    AVBufferPool *buffers;
    size_t buffer_size;
    AVFrame *result;
} media_planariser;

void tread_media__planariser_free(media_planariser *planariser);

/** Make `frame` plain: nothing happens when it is, otherwise its planes are
 *  converted into a pooled buffer and it refers to that instead.
 *  @return 0, or a negative libav error */
int tread_media__planariser_run(media_planariser *planariser, AVFrame *frame);

/** View a plain frame.
 *  @param matrix         the display matrix of the stream, for frames that have
 *                        none of their own; may be NULL
 *  @param sample_aspect  as from tread_media__aspect_or_square */
tread_picture tread_media__picture_of(const AVFrame *frame, const int32_t *matrix,
                                      double sample_aspect);

#endif

/* Opening a source and reading its video packets. */
#ifndef MEDIA_INPUT_H
#define MEDIA_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <treadscope/status.h>

#include "media/media.h"

/* Larger pictures are refused: no camera makes them, and a decoder may want
 * twenty at a time. 8192 x 4608 holds 8K in either direction. When fuzzing, time
 * is better spent than on large pictures. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define MEDIA_MAX_PIXELS (512 * 512)
#else
#define MEDIA_MAX_PIXELS (8192 * 4608)
#endif

/** Where a clip comes from: an address, or `size` bytes at `data`. */
typedef struct media_source {
    const char *name; /* address, or only for messages when `data` is set */
    const uint8_t *data;
    size_t size;
} media_source;

/** How it is watched; the fields as in tread_reader_opts. */
typedef struct media_watch {
    bool is_live;
    bool is_recorded;
    bool is_part;
    int64_t patience_ns; /* above 0 */
    const atomic_bool *stop;
} media_watch;

/** Zero-initialise; must not move while open. */
typedef struct media_input {
    media_source source;
    media_watch watch;
    AVFormatContext *format;
    AVStream *stream; /* the picture */
    AVRational tick;  /* of the packets' times, in seconds */
    bool is_stamped;  /* packets get the time they arrive */
    const AVCodec *codec;
    AVIOContext *memory_io;
    size_t memory_pos;
    unsigned n_streams;      /* when it was opened */
    enum AVCodecID codec_id; /* of the picture, when it was opened */
    tread_camera_mode mode;  /* of a camera; fps_den is 0 when it does not tell */
    char camera_name[64];    /* as it calls itself; empty when it is none */
    AVBufferPool *copies;    /* for what comes in a camera's own memory */
    size_t copy_size;        /* of each */
    int64_t n_empty;         /* damaged pictures that a camera sent as nothing */
    bool is_remote;          /* another machine's */
    bool is_device;          /* a camera of this one; both may stall */
    bool did_end_early;      /* the file ends before its own index does */
    int64_t deadline_ns;     /* 0: wait for ever */
} media_input;

/** Open `source` and find its picture and a decoder for it. Files may refer to
 *  other files, but never make this machine open a connection.
 *  @param[out] err  names the source, the reason and the remedy
 *  @return TREAD_OK or an error (TREAD_ERR_STOPPED included); close in any case */
int tread_media__input_open(media_input *input, const media_source *source,
                            const media_watch *watch, tread_error *err);

void tread_media__input_close(media_input *input);

/** The next packet of the picture.
 *  @return 0; AVERROR_EOF at the end, or where the file was cut; AVERROR_EXIT when
 *          stopped, or when nothing came in time; AVERROR_INPUT_CHANGED when a live
 *          sender changed to another codec; other negative libav errors when
 *          reading failed */
int tread_media__input_read(media_input *input, AVPacket *packet);

/** Has the caller asked to stop? */
bool tread_media__input_is_stopped(const media_input *input);

/** Facts of the source for tread_source_info. */
void tread_media__input_describe(const media_input *input, char chosen[96]);
bool tread_media__input_is_paced_by_us(const media_input *input);

/** Can it be read from another place than the start? */
bool tread_media__input_is_seekable(const media_input *input);

/** What counts as zero on the clip's own clock, in ticks of the picture's stream.
 *  Containers that state presentation times from zero (MP4, Matroska, AVI ...)
 *  keep them; where the clock starts anywhere (MPEG-TS, cameras, streams) zero
 *  is where picture or sound begin; watched live, the first key frame.
 *  @return false when that is known only once the first frame is there */
bool tread_media__input_origin(const media_input *input, int64_t *origin);

#endif

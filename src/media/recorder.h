/* Keeping a live picture as it comes: its packets into files that can be read
 * while they grow. */
#ifndef MEDIA_RECORDER_H
#define MEDIA_RECORDER_H

#include <libavformat/avformat.h>

#include <treadscope/status.h>

/** What is known of a packet once it went through the decoder. */
typedef struct media_recorded {
    const AVStream *stream; /* it came in */
    const AVPacket *packet;
    AVRational tick;         /* of its times */
    int64_t origin;          /* the tick that counts as zero */
    double offset_s;         /* added since the sender's clock was reset */
    int width_px, height_px; /* of its picture */
} media_recorded;

/** Zero-initialise, with `base` set: the path without extension (a copy the
 *  recorder frees). */
typedef struct media_recorder {
    char *base;
    /* state */
    AVFormatContext *output; /* NULL between files */
    AVPacket *held;          /* the last packet, until the next tells how long it is shown */
    AVPacket *packet;
    char *file;    /* the one being written, or the last that was */
    char *problem; /* set once it failed; nothing is written any more */
    int n_files;
    int width_px, height_px; /* of the pictures in this file */
    enum AVCodecID codec_id;
    double flushed_s; /* up to where the file is complete */
} media_recorder;

/** Write one more packet. The first of a file is a key frame; packets that do not
 *  follow in time are left out, up to the next key frame that does. A failure is
 *  told by `problem` and ends the recording. */
void tread_media__recorder_add(media_recorder *recorder, const media_recorded *what);

/** Finish the file and free. */
void tread_media__recorder_close(media_recorder *recorder);

#endif

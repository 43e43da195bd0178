/* One video decoder and the judgement of what comes out of it: only pictures
 * that were decoded soundly from sound ones are handed out. */
#ifndef MEDIA_DECODER_H
#define MEDIA_DECODER_H

#include <libavcodec/avcodec.h>

#include "media/damage.h"
#include "media/input.h"
#include "media/media.h"

enum {
    MEDIA_MAX_THREADS = 64,
    MEDIA_MAX_DELAY = 128, /* packets between one and its picture: threads and reordering */
};

/* Where the stream of packets stands. */
enum media_decoder_start {
    MEDIA_START_CLIP = 0,   /* from the start of the clip: send everything */
    MEDIA_START_WAIT,       /* sought: waiting for a key packet */
    MEDIA_START_KEY,        /* sent that one; what is shown before it is out of reach */
    MEDIA_START_DAMAGE_KEY, /* the same, after damage instead of a seek */
};

/** Zero-initialise. */
typedef struct media_decoder {
    AVCodecContext *ctx;
    /* A strict decoder reports every flaw, a tolerant one conceals what it can
     * and flags the picture. */
    bool is_strict;
    bool is_live; /* hold nothing back */
    bool is_lenient_at_start;
    bool did_refuse_start; /* the first key frame was refused */
    bool is_draining;
    int lag; /* packets between sending one and hearing of its failure */
    int64_t n_sent;
    int64_t sent[MEDIA_MAX_THREADS];     /* numbers of the last packets sent, a ring */
    int64_t arrived_ns[MEDIA_MAX_DELAY]; /* of the last packets, by number, a ring */
    int64_t first_key, last_key;         /* numbers of key packets sent, 0 = none yet */
    enum media_decoder_start start;
    int64_t key_pts; /* of the key packet `start` is about */
    AVPacket *held;  /* a key packet to start anew with, once drained; blank if none */
    int64_t held_number;
    media_damage damage;
} media_decoder;

/** Open a decoder for the picture of `input`, which says whether it is live.
 *  @param n_threads  at least 1, at most so many; a tolerant decoder and some
 *                    codecs use one only
 *  @return 0, or a negative libav error; close in any case */
int tread_media__decoder_open(media_decoder *decoder, const media_input *input, int n_threads,
                              bool is_strict);

void tread_media__decoder_close(media_decoder *decoder);

/** Forget everything in flight; what follows is from somewhere else in the clip,
 *  or from the middle of a live stream (or from a clip's start). */
void tread_media__decoder_restart(media_decoder *decoder, bool is_clip_start);

/** Send a packet (NULL: drain). Bad ones are counted in `stats` and skipped.
 *  Call only after tread_media__decoder_receive returned AVERROR(EAGAIN).
 *  @param arrived_ns  when it was read
 *  @return 0, or AVERROR(ENOMEM) */
int tread_media__decoder_send(media_decoder *decoder, const AVPacket *packet, int64_t arrived_ns,
                              tread_reader_stats *stats);

/** The next sound picture in presentation order.
 *  @return 0; AVERROR(EAGAIN): send more; AVERROR_EOF: drained; AVERROR(ENOMEM) */
int tread_media__decoder_receive(media_decoder *decoder, AVFrame *frame, tread_reader_stats *stats);

/** When the packet of a frame just received was read. */
int64_t tread_media__decoder_arrival(const media_decoder *decoder, const AVFrame *frame);

#endif

#include "media/decoder.h"

int tread_media__decoder_open(media_decoder *decoder, const AVStream *stream, const AVCodec *codec,
                              int n_threads, bool is_strict)
{
    AVCodecContext *ctx = avcodec_alloc_context3(codec);
    if (!ctx)
        return AVERROR(ENOMEM);
    decoder->ctx = ctx;
    int ret = avcodec_parameters_to_context(ctx, stream->codecpar);
    if (ret < 0)
        return ret;
    ctx->pkt_timebase = stream->time_base;
    ctx->max_pixels = MEDIA_MAX_PIXELS;
    ctx->thread_count = is_strict ? n_threads : 1;
    ctx->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
    ctx->flags |= AV_CODEC_FLAG_UNALIGNED; /* crop exactly where the stream says */
    ctx->err_recognition = AV_EF_CRCCHECK | (is_strict ? AV_EF_EXPLODE : 0);
    ret = avcodec_open2(ctx, codec, NULL);
    if (ret < 0)
        return ret;

    const AVCodecDescriptor *desc = avcodec_descriptor_get(codec->id);
    decoder->damage.is_intra_only = desc && (desc->props & AV_CODEC_PROP_INTRA_ONLY);
    decoder->is_strict = is_strict;
    if (ctx->active_thread_type & FF_THREAD_FRAME)
        decoder->lag = ctx->thread_count - 1;
    else if (codec->capabilities & AV_CODEC_CAP_OTHER_THREADS)
        decoder->lag = n_threads;
    return 0;
}

void tread_media__decoder_close(media_decoder *decoder)
{
    avcodec_free_context(&decoder->ctx);
    *decoder = (media_decoder){0};
}

void tread_media__decoder_flush(media_decoder *decoder)
{
    avcodec_flush_buffers(decoder->ctx);
    decoder->damage = (media_damage){.is_intra_only = decoder->damage.is_intra_only};
    decoder->is_draining = false;
    decoder->n_sent = 0;
    decoder->first_key = 0;
}

/* The decoder refused a packet: the last one, or one still in its threads. */
static void note_refusal(media_decoder *decoder, tread_reader_stats *stats)
{
    int64_t number = decoder->n_sent - decoder->lag + (decoder->is_draining ? 1 : 0);
    if (number < 1)
        number = 1;
    stats->n_bad_packets++;
    tread_media__damage_recount(&decoder->damage);
    tread_media__damage_mark(&decoder->damage, number);
    if (number == decoder->first_key)
        decoder->did_refuse_start = true;
}

int tread_media__decoder_send(media_decoder *decoder, const AVPacket *packet,
                              tread_reader_stats *stats)
{
    if (!packet) {
        decoder->is_draining = true;
        int ret = avcodec_send_packet(decoder->ctx, NULL);
        return ret == AVERROR(ENOMEM) ? ret : 0;
    }
    int64_t number = ++decoder->n_sent;
    stats->n_packets++;
    if (packet->flags & AV_PKT_FLAG_CORRUPT) {
        stats->n_bad_packets++;
        tread_media__damage_packet(&decoder->damage, true);
        tread_media__damage_mark(&decoder->damage, number);
        return 0;
    }
    if (!decoder->first_key && (packet->flags & AV_PKT_FLAG_KEY))
        decoder->first_key = number;
    tread_media__damage_packet(&decoder->damage, false);
    decoder->ctx->reordered_opaque = number;
    int ret = avcodec_send_packet(decoder->ctx, packet);
    if (ret == AVERROR(ENOMEM))
        return ret;
    if (ret < 0)
        note_refusal(decoder, stats);
    return 0;
}

/* Was this picture decoded without flaw, from others without flaw? */
static bool is_sound(media_decoder *decoder, const AVFrame *frame)
{
    int64_t number = frame->reordered_opaque;
    if (number < 1 || number > decoder->n_sent)
        number = decoder->n_sent; /* a decoder that does not pass it on */
    if ((frame->flags & AV_FRAME_FLAG_CORRUPT) || frame->decode_error_flags) {
        tread_media__damage_mark(&decoder->damage, number);
        return false;
    }
    return tread_media__damage_is_sound(&decoder->damage, number, frame->key_frame);
}

int tread_media__decoder_receive(media_decoder *decoder, AVFrame *frame, tread_reader_stats *stats)
{
    for (;;) {
        int ret = avcodec_receive_frame(decoder->ctx, frame);
        if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF || ret == AVERROR(ENOMEM))
            return ret;
        if (ret < 0) {
            note_refusal(decoder, stats);
            if (!decoder->is_draining)
                return AVERROR(EAGAIN);
            continue;
        }
        bool is_hidden = frame->flags & AV_FRAME_FLAG_DISCARD; /* cut off by an edit list */
        if (!is_hidden && is_sound(decoder, frame))
            return 0;
        if (!is_hidden)
            stats->n_bad_frames++;
        av_frame_unref(frame);
    }
}

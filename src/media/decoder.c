#include "media/decoder.h"

/* How a decoder may use several threads and still tell a damaged picture from a
 * sound one, the same in every run. Others get one thread:
 * - H.264 with reordering: frame threads hand a picture out before the flag that
 *   says it was concealed is set.
 * - MPEG-4 part 2 and its kin: a picture that is refused in a frame thread ends
 *   the process by an assertion in libavcodec 59.
 * - MPEG-2: slice threads find fewer of the flaws. */
static int thread_type_for(const AVCodecParameters *par, const AVCodecDescriptor *desc)
{
    switch (par->codec_id) {
    case AV_CODEC_ID_H264: return par->video_delay == 0 ? FF_THREAD_FRAME : 0;
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9: return FF_THREAD_FRAME;
    default: return desc && (desc->props & AV_CODEC_PROP_INTRA_ONLY) ? FF_THREAD_SLICE : 0;
    }
}

static int configure(media_decoder *decoder, const media_input *input, int n_threads)
{
    const AVCodecParameters *par = input->stream->codecpar;
    AVCodecContext *ctx = decoder->ctx;
    int ret = avcodec_parameters_to_context(ctx, par);
    if (ret < 0)
        return ret;
    const AVCodecDescriptor *desc = avcodec_descriptor_get(ctx->codec_id);
    decoder->damage.is_intra_only = desc && (desc->props & AV_CODEC_PROP_INTRA_ONLY);
    ctx->pkt_timebase = input->tick;
    ctx->max_pixels = MEDIA_MAX_PIXELS;
    ctx->flags |= AV_CODEC_FLAG_UNALIGNED; /* crop exactly where the stream says */
    ctx->err_recognition = AV_EF_CRCCHECK | (decoder->is_strict ? AV_EF_EXPLODE : 0);
    if (ctx->codec_id == AV_CODEC_ID_H264) {
        decoder->is_lenient_at_start = par->video_delay > 0 && !input->watch.is_part;
        /* Without reordering the flags of a concealed picture tell all in time. */
        if (par->video_delay == 0)
            ctx->err_recognition &= ~AV_EF_EXPLODE;
    }
    ctx->thread_type = decoder->is_strict ? thread_type_for(par, desc) : 0;
    if (decoder->is_live) {
        ctx->thread_type &= FF_THREAD_SLICE; /* a frame thread holds a picture back */
        if (par->video_delay == 0)
            ctx->flags |= AV_CODEC_FLAG_LOW_DELAY;
    }
    ctx->thread_count = ctx->thread_type ? n_threads : 1;
    if (ctx->codec_id == AV_CODEC_ID_AV1) {
        /* dav1d: threads within a picture only, so that it refuses a packet at once. */
        ctx->thread_count = n_threads;
        ctx->flags |= AV_CODEC_FLAG_LOW_DELAY;
    }
    return 0;
}

int tread_media__decoder_open(media_decoder *decoder, const media_input *input, int n_threads,
                              bool is_strict)
{
    decoder->is_strict = is_strict;
    decoder->is_live = input->watch.is_live;
    decoder->ctx = avcodec_alloc_context3(input->codec);
    decoder->held = av_packet_alloc();
    if (!decoder->ctx || !decoder->held)
        return AVERROR(ENOMEM);
    int ret = configure(decoder, input, n_threads);
    if (ret >= 0)
        ret = avcodec_open2(decoder->ctx, input->codec, NULL);
    if (ret < 0)
        return ret;
    if (decoder->ctx->active_thread_type & FF_THREAD_FRAME)
        decoder->lag = decoder->ctx->thread_count - 1;
    return 0;
}

void tread_media__decoder_close(media_decoder *decoder)
{
    avcodec_free_context(&decoder->ctx);
    av_packet_free(&decoder->held);
    *decoder = (media_decoder){0};
}

void tread_media__decoder_restart(media_decoder *decoder, bool is_clip_start)
{
    avcodec_flush_buffers(decoder->ctx);
    av_packet_unref(decoder->held);
    decoder->damage = (media_damage){.is_intra_only = decoder->damage.is_intra_only};
    decoder->is_draining = false;
    decoder->did_refuse_start = false;
    decoder->n_sent = 0;
    decoder->first_key = 0;
    decoder->last_key = 0;
    decoder->start = is_clip_start ? MEDIA_START_CLIP : MEDIA_START_WAIT;
}

/* The decoder refused a packet: the last one, or one still in its threads. */
static void note_refusal(media_decoder *decoder, tread_reader_stats *stats)
{
    int64_t index = decoder->n_sent - 1 - decoder->lag + (decoder->is_draining ? 1 : 0);
    int64_t number = decoder->sent[(index < 0 ? 0 : index) % MEDIA_MAX_THREADS];
    if (decoder->damage.is_spreading && number > decoder->damage.last) {
        /* No wonder: it was on its way before the damage was known. */
        stats->n_bad_frames++;
        tread_media__damage_settle(&decoder->damage, number, MEDIA_PACKET_SKIPPED);
        return;
    }
    stats->n_bad_packets++;
    tread_media__damage_settle(&decoder->damage, number, MEDIA_PACKET_BAD);
    tread_media__damage_mark(&decoder->damage, number);
    if (number == decoder->first_key)
        decoder->did_refuse_start = true;
}

/* After a seek, what comes before the first key frame in either order cannot be
 * decoded: it depends on pictures that were not read. */
static bool is_out_of_reach(media_decoder *decoder, const AVPacket *packet)
{
    if (decoder->start == MEDIA_START_CLIP)
        return false;
    if (packet->flags & AV_PKT_FLAG_KEY) {
        bool is_first = decoder->start == MEDIA_START_WAIT;
        decoder->key_pts = packet->pts;
        decoder->start = is_first ? MEDIA_START_KEY : MEDIA_START_CLIP;
        return false;
    }
    if (decoder->start == MEDIA_START_WAIT)
        return true;
    return decoder->key_pts != AV_NOPTS_VALUE && packet->pts != AV_NOPTS_VALUE &&
           packet->pts < decoder->key_pts;
}

/* An H.264 stream may say of pictures from before its key frame that they are no
 * longer needed. Where they were not read, that is no flaw of the clip. */
static void adapt_strictness(media_decoder *decoder)
{
    if (!decoder->is_lenient_at_start || !decoder->is_strict)
        return;
    decoder->ctx->err_recognition =
        AV_EF_CRCCHECK | (decoder->start == MEDIA_START_CLIP ? AV_EF_EXPLODE : 0);
}

/* Send a packet to the decoder proper. @return 0, or AVERROR(ENOMEM) */
static int send(media_decoder *decoder, const AVPacket *packet, int64_t number,
                tread_reader_stats *stats)
{
    decoder->sent[decoder->n_sent++ % MEDIA_MAX_THREADS] = number;
    if (packet->flags & AV_PKT_FLAG_KEY) {
        decoder->last_key = number;
        if (!decoder->first_key)
            decoder->first_key = number;
    }
    decoder->ctx->reordered_opaque = number;
    adapt_strictness(decoder);
    int ret = avcodec_send_packet(decoder->ctx, packet);
    if (ret == AVERROR(ENOMEM))
        return ret;
    if (ret < 0)
        note_refusal(decoder, stats);
    return 0;
}

static int start_draining(media_decoder *decoder)
{
    decoder->is_draining = true;
    int ret = avcodec_send_packet(decoder->ctx, NULL);
    return ret == AVERROR(ENOMEM) ? ret : 0;
}

/* A packet while damage spreads: of no use unless it is a key packet. With that
 * one decoding starts anew, so that what is missing cannot trouble it further. */
static int send_amid_damage(media_decoder *decoder, const AVPacket *packet,
                            tread_reader_stats *stats)
{
    if (packet->flags & AV_PKT_FLAG_KEY) {
        decoder->held_number = tread_media__damage_packet(&decoder->damage, MEDIA_PACKET_SENT);
        int ret = av_packet_ref(decoder->held, packet);
        return ret < 0 ? ret : start_draining(decoder);
    }
    stats->n_bad_frames++;
    tread_media__damage_packet(&decoder->damage, MEDIA_PACKET_SKIPPED);
    return 0;
}

int tread_media__decoder_send(media_decoder *decoder, const AVPacket *packet, int64_t arrived_ns,
                              tread_reader_stats *stats)
{
    if (!packet)
        return start_draining(decoder);
    decoder->arrived_ns[(decoder->damage.n_seen + 1) % MEDIA_MAX_DELAY] = arrived_ns;
    bool is_after_damage = decoder->start == MEDIA_START_DAMAGE_KEY;
    if (is_out_of_reach(decoder, packet)) {
        stats->n_packets += is_after_damage;
        stats->n_bad_frames += is_after_damage;
        return 0;
    }
    stats->n_packets++;
    if (packet->flags & AV_PKT_FLAG_CORRUPT) {
        stats->n_bad_packets++;
        tread_media__damage_mark(&decoder->damage,
                                 tread_media__damage_packet(&decoder->damage, MEDIA_PACKET_BAD));
        return 0;
    }
    bool is_spreading = decoder->damage.is_spreading && decoder->last_key <= decoder->damage.last;
    if (is_spreading)
        return send_amid_damage(decoder, packet, stats);
    int64_t number = tread_media__damage_packet(&decoder->damage, MEDIA_PACKET_SENT);
    return send(decoder, packet, number, stats);
}

/* Drained: start anew with the key packet that was held back. */
static int resume(media_decoder *decoder, tread_reader_stats *stats)
{
    avcodec_flush_buffers(decoder->ctx);
    decoder->is_draining = false;
    tread_media__damage_heal(&decoder->damage);
    decoder->start = MEDIA_START_DAMAGE_KEY;
    decoder->key_pts = decoder->held->pts;
    int ret = send(decoder, decoder->held, decoder->held_number, stats);
    av_packet_unref(decoder->held);
    return ret;
}

/* Of the packet a frame came in. */
static int64_t number_of(const media_decoder *decoder, const AVFrame *frame)
{
    int64_t number = frame->reordered_opaque;
    if (number < 1 || number > decoder->damage.n_seen)
        number = decoder->damage.n_seen; /* a decoder that does not pass it on */
    return number;
}

int64_t tread_media__decoder_arrival(const media_decoder *decoder, const AVFrame *frame)
{
    return decoder->arrived_ns[number_of(decoder, frame) % MEDIA_MAX_DELAY];
}

/* Was this picture decoded without flaw, from others without flaw? */
static bool judge(media_decoder *decoder, const AVFrame *frame)
{
    media_damage *damage = &decoder->damage;
    int64_t number = number_of(decoder, frame);
    bool was_spreading = damage->is_spreading && number > damage->first;
    bool is_sound = tread_media__damage_is_sound(damage, number, frame->key_frame);
    if ((frame->flags & AV_FRAME_FLAG_CORRUPT) || frame->decode_error_flags) {
        bool is_cause = is_sound || !was_spreading;
        tread_media__damage_settle(damage, number,
                                   is_cause ? MEDIA_PACKET_BAD : MEDIA_PACKET_SKIPPED);
        tread_media__damage_mark(damage, number);
        return false;
    }
    if (!is_sound)
        tread_media__damage_settle(damage, number, MEDIA_PACKET_SKIPPED);
    return is_sound;
}

int tread_media__decoder_receive(media_decoder *decoder, AVFrame *frame, tread_reader_stats *stats)
{
    for (;;) {
        int ret = avcodec_receive_frame(decoder->ctx, frame);
        if (ret == AVERROR_EOF && decoder->held->size > 0) {
            ret = resume(decoder, stats);
            if (ret < 0)
                return ret;
            continue;
        }
        if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF || ret == AVERROR(ENOMEM))
            return ret;
        if (ret < 0) {
            note_refusal(decoder, stats);
            if (!decoder->is_draining)
                return AVERROR(EAGAIN);
            continue;
        }
        bool is_hidden = frame->flags & AV_FRAME_FLAG_DISCARD; /* cut off by an edit list */
        if (!is_hidden && judge(decoder, frame))
            return 0;
        if (!is_hidden)
            stats->n_bad_frames++;
        av_frame_unref(frame);
    }
}

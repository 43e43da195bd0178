#include "video.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct synth_video {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream;
    AVFrame *frame;
    AVPacket *packet;
    int rotation;      /* quarter turns clockwise the player must apply */
    int width, height; /* upright */
    int64_t frame_ticks;
    char *path, *partial;
    bool is_finished;
};

static int av_fail(synth_error *err, const char *path, const char *what, int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";
    av_strerror(code, text, sizeof text);
    return synth_fail(err, "%s: %s: %s", path, what, text);
}

static int open_codec(synth_video *v, const synth_params *p, int n_threads, synth_error *err)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    if (!codec)
        return synth_fail(err, "%s: this libavcodec has no libx264 encoder", v->path);
    v->codec = avcodec_alloc_context3(codec);
    if (!v->codec)
        return synth_fail(err, "out of memory");
    AVCodecContext *c = v->codec;
    bool on_side = v->rotation % 2 != 0;
    c->width = on_side ? v->height : v->width;
    c->height = on_side ? v->width : v->height;
    c->pix_fmt = AV_PIX_FMT_YUV420P;
    c->time_base = (AVRational){1, SYNTH_TICKS_PER_S};
    c->framerate = av_d2q(p->value[P_FPS], 100000);
    c->thread_count = n_threads;
    c->color_range = AVCOL_RANGE_MPEG;
    c->colorspace = AVCOL_SPC_BT709;
    c->color_primaries = AVCOL_PRI_BT709;
    c->color_trc = AVCOL_TRC_BT709;
    if (v->format->oformat->flags & AVFMT_GLOBALHEADER)
        c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(c->priv_data, "preset", "veryfast", 0);
    av_opt_set_double(c->priv_data, "crf", p->value[P_CRF], 0);
    int code = avcodec_open2(c, codec, NULL);
    return code < 0 ? av_fail(err, v->path, "the encoder does not start", code) : 0;
}

/* The display matrix of a clockwise quarter turn, written out: the sense of libav's
 * own helper changed between versions. */
static void set_rotation(int32_t matrix[9], int quarters)
{
    static const int COS[4] = {1, 0, -1, 0}, SIN[4] = {0, 1, 0, -1};
    memset(matrix, 0, 9 * sizeof *matrix);
    matrix[0] = matrix[4] = COS[quarters] * 65536;
    matrix[1] = SIN[quarters] * 65536;
    matrix[3] = -matrix[1];
    matrix[8] = 1 << 30;
}

static int open_container(synth_video *v, const synth_params *p, synth_error *err)
{
    v->stream = avformat_new_stream(v->format, NULL);
    if (!v->stream)
        return synth_fail(err, "out of memory");
    v->stream->time_base = v->codec->time_base;
    v->stream->avg_frame_rate = av_d2q(p->value[P_FPS], 100000);
    int code = avcodec_parameters_from_context(v->stream->codecpar, v->codec);
    if (code >= 0 && v->rotation != 0) {
        uint8_t *matrix =
            av_stream_new_side_data(v->stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
        if (!matrix)
            return synth_fail(err, "out of memory");
        set_rotation((int32_t *)(void *)matrix, v->rotation);
    }
    if (code >= 0)
        code = avio_open(&v->format->pb, v->partial, AVIO_FLAG_WRITE);
    if (code >= 0)
        code = avformat_write_header(v->format, NULL);
    return code < 0 ? av_fail(err, v->path, "cannot be written", code) : 0;
}

static int open_all(synth_video *v, const char *path, const synth_params *p, int n_threads,
                    synth_error *err)
{
    size_t n = strlen(path) + 6;
    v->path = malloc(n);
    v->partial = malloc(n);
    v->frame = av_frame_alloc();
    v->packet = av_packet_alloc();
    if (!v->path || !v->partial || !v->frame || !v->packet)
        return synth_fail(err, "out of memory");
    snprintf(v->path, n, "%s", path);
    snprintf(v->partial, n, "%s.part", path);
    int code = avformat_alloc_output_context2(&v->format, NULL, "mp4", v->partial);
    if (code < 0)
        return av_fail(err, path, "cannot be written", code);
    if (open_codec(v, p, n_threads, err) || open_container(v, p, err))
        return -1;
    v->frame->format = v->codec->pix_fmt;
    v->frame->width = v->codec->width;
    v->frame->height = v->codec->height;
    return 0;
}

int synth_video_open(synth_video **out, const char *path, const synth_params *p, int n_threads,
                     synth_error *err)
{
    *out = NULL;
    synth_video *v = calloc(1, sizeof *v);
    if (!v)
        return synth_fail(err, "out of memory");
    av_log_set_level(AV_LOG_ERROR);
    v->width = (int)p->value[P_WIDTH];
    v->height = (int)p->value[P_HEIGHT];
    v->rotation = (int)p->value[P_ROTATION];
    v->frame_ticks = (int64_t)(SYNTH_TICKS_PER_S / p->value[P_FPS] + 0.5);
    if (open_all(v, path, p, n_threads, err)) {
        synth_video_close(&v);
        return -1;
    }
    *out = v;
    return 0;
}

static int drain(synth_video *v, synth_error *err)
{
    for (;;) {
        int code = avcodec_receive_packet(v->codec, v->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return 0;
        if (code < 0)
            return av_fail(err, v->path, "encoding failed", code);
        v->packet->stream_index = v->stream->index;
        if (v->packet->duration <= 0)
            v->packet->duration = v->frame_ticks;
        av_packet_rescale_ts(v->packet, v->codec->time_base, v->stream->time_base);
        code = av_interleaved_write_frame(v->format, v->packet);
        if (code < 0)
            return av_fail(err, v->path, "cannot be written", code);
    }
}

/* One upright plane into the encoder's, turned back by `quarter` quarters. */
static void copy_plane(uint8_t *out, int stride, const uint8_t *in, int width, int height,
                       int quarter)
{
    bool on_side = quarter % 2 != 0;
    int w = on_side ? height : width, h = on_side ? width : height;
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
            int ux = x, uy = y;
            if (quarter == 1) {
                ux = width - 1 - y;
                uy = x;
            } else if (quarter == 2) {
                ux = width - 1 - x;
                uy = height - 1 - y;
            } else if (quarter == 3) {
                ux = y;
                uy = height - 1 - x;
            }
            out[(ptrdiff_t)y * stride + x] = in[(ptrdiff_t)uy * width + ux];
        }
}

int synth_video_add(synth_video *v, const uint8_t *yuv, int64_t ticks, synth_error *err)
{
    int code = av_frame_get_buffer(v->frame, 0);
    if (code < 0)
        return av_fail(err, v->path, "out of memory", code);
    size_t n = (size_t)v->width * (size_t)v->height;
    copy_plane(v->frame->data[0], v->frame->linesize[0], yuv, v->width, v->height, v->rotation);
    for (int i = 0; i < 2; ++i)
        copy_plane(v->frame->data[1 + i], v->frame->linesize[1 + i], yuv + n + (size_t)i * (n / 4),
                   v->width / 2, v->height / 2, v->rotation);
    v->frame->pts = ticks;
    code = avcodec_send_frame(v->codec, v->frame);
    enum AVPixelFormat format = v->codec->pix_fmt;
    av_frame_unref(v->frame);
    v->frame->format = format;
    v->frame->width = v->codec->width;
    v->frame->height = v->codec->height;
    return code < 0 ? av_fail(err, v->path, "encoding failed", code) : drain(v, err);
}

int synth_video_finish(synth_video *v, synth_error *err)
{
    int code = avcodec_send_frame(v->codec, NULL);
    if (code < 0)
        return av_fail(err, v->path, "encoding failed", code);
    if (drain(v, err))
        return -1;
    code = av_write_trailer(v->format);
    if (code >= 0)
        code = avio_closep(&v->format->pb);
    if (code < 0)
        return av_fail(err, v->path, "cannot be written", code);
    if (rename(v->partial, v->path))
        return synth_fail(err, "%s: cannot be put in place", v->path);
    v->is_finished = true;
    return 0;
}

void synth_video_close(synth_video **video)
{
    if (!video || !*video)
        return;
    synth_video *v = *video;
    if (v->format && v->format->pb)
        avio_closep(&v->format->pb);
    avformat_free_context(v->format);
    avcodec_free_context(&v->codec);
    av_frame_free(&v->frame);
    av_packet_free(&v->packet);
    if (!v->is_finished && v->partial)
        remove(v->partial);
    free(v->path);
    free(v->partial);
    free(v);
    *video = NULL;
}

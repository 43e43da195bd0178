/* Annotated pictures become an H.264 MP4 with the times they were given. */
#include <errno.h>
#include <fcntl.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/queue.h"
#include "base/thread.h"
#include "media/media.h"
#include "media/message.h"

enum {
    TICKS_PER_S = 90000,
    /* How long a clip of a single picture shows it. */
    LONE_TICKS = TICKS_PER_S / 30,
    /* A key frame at least this often, so that players can jump about. */
    KEY_INTERVAL = 60,
    MAX_SIDE_PX = 16384,
    MAX_THREADS = 64,
    /* One is drawn on, one waits, one is encoded. */
    N_PICTURES = 3,
};

/* 1000 years; keeps the ticks far from overflow. */
static const double TIME_MAX_S = 3.2e10;

struct tread_writer {
    char *path; /* the final name */
    char *part; /* the name until then */
    enum tread_colour_matrix matrix;
    AVFrame *picture[N_PICTURES];
    AVFrame *current;           /* of these, the one that is drawn on; NULL = none was asked for */
    tread_queue *spare, *ready; /* the others: to be drawn on, to be encoded */
    bool has_part;              /* a file stands under `part` */
    bool is_over;               /* finished or failed */
    int64_t last_ticks;         /* of the picture added last; -1 = none */

    pthread_t thread;
    bool is_running;

    /* The encode thread's while it runs. */
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *encoder;
    AVPacket *packet;
    int result;                      /* 0, or libav's error that ended it */
    int64_t coded_ticks, step_ticks; /* of the picture sent last; from the one before, 0 = none */
};

/* ---- encoder ------------------------------------------------------------ */

static bool takes_yuv420p(const AVCodec *codec)
{
    for (const enum AVPixelFormat *f = codec->pix_fmts; f && *f != AV_PIX_FMT_NONE; f++)
        if (*f == AV_PIX_FMT_YUV420P)
            return true;
    return false;
}

static enum tread_colour_matrix matrix_of(const tread_writer_opts *opts)
{
    return opts->matrix ? opts->matrix : TREAD_MATRIX_BT709;
}

static void describe_picture(AVCodecContext *ctx, const tread_writer_opts *opts)
{
    /* Indexed by tread_colour_matrix. */
    static const struct {
        enum AVColorSpace space;
        enum AVColorPrimaries primaries;
        enum AVColorTransferCharacteristic curve;
    } tags[] = {
        [TREAD_MATRIX_BT601] = {AVCOL_SPC_SMPTE170M, AVCOL_PRI_SMPTE170M, AVCOL_TRC_SMPTE170M},
        [TREAD_MATRIX_BT709] = {AVCOL_SPC_BT709, AVCOL_PRI_BT709, AVCOL_TRC_BT709},
        [TREAD_MATRIX_BT2020] = {AVCOL_SPC_BT2020_NCL, AVCOL_PRI_BT2020, AVCOL_TRC_BT2020_10},
    };
    enum tread_colour_matrix matrix = matrix_of(opts);
    ctx->width = opts->width_px;
    ctx->height = opts->height_px;
    ctx->pix_fmt = AV_PIX_FMT_YUV420P;
    ctx->sample_aspect_ratio = (AVRational){1, 1};
    ctx->color_range = AVCOL_RANGE_MPEG;
    ctx->colorspace = tags[matrix].space;
    ctx->color_primaries = tags[matrix].primaries;
    ctx->color_trc = tags[matrix].curve;
    ctx->chroma_sample_location = AVCHROMA_LOC_LEFT;
}

/* @return 0, or a negative libav error; w->encoder is NULL then */
static int try_encoder(tread_writer *w, const AVCodec *codec, const tread_writer_opts *opts)
{
    AVDictionary *options = NULL;
    int ret = AVERROR(ENOMEM);
    AVCodecContext *ctx = w->encoder = avcodec_alloc_context3(codec);
    if (!ctx)
        goto fail;
    describe_picture(ctx, opts);
    ctx->time_base = (AVRational){1, TICKS_PER_S};
    /* Only for the level written into the stream: the true times are the ticks'. */
    ctx->framerate = (AVRational){60, 1};
    ctx->gop_size = KEY_INTERVAL;
    /* Without them coding order is showing order, and no edit list is needed to
     * hide the difference: every player gives back the times as they came in. */
    ctx->max_b_frames = 0;
    ctx->thread_count = opts->n_threads;
    ctx->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    ctx->bit_rate = (int64_t)opts->width_px * opts->height_px * 6; /* where there is no crf */
    if (strcmp(codec->name, "libx264") == 0) {
        ctx->bit_rate = 0;
        if (av_dict_set(&options, "preset", "veryfast", 0) < 0 ||
            av_dict_set(&options, "crf", "20", 0) < 0)
            goto fail;
    }
    ret = avcodec_open2(ctx, codec, &options);
    av_dict_free(&options);
    if (ret >= 0)
        return 0;

fail:
    av_dict_free(&options);
    avcodec_free_context(&w->encoder);
    return ret;
}

static int open_encoder(tread_writer *w, const tread_writer_opts *opts, tread_error *err)
{
    const AVCodec *best = avcodec_find_encoder_by_name("libx264");
    if (best && try_encoder(w, best, opts) >= 0)
        return TREAD_OK;
    void *at = NULL;
    const AVCodec *codec;
    while ((codec = av_codec_iterate(&at))) {
        if (codec->id == AV_CODEC_ID_H264 && av_codec_is_encoder(codec) && codec != best &&
            takes_yuv420p(codec) && try_encoder(w, codec, opts) >= 0)
            return TREAD_OK;
    }
    return tread_error__set(err, TREAD_ERR_UNSUPPORTED,
                            "%s: this libav has no H.264 encoder for %dx%d; install one with "
                            "libx264",
                            w->path, opts->width_px, opts->height_px);
}

/* ---- file --------------------------------------------------------------- */

static int fail_write(tread_writer *w, int av_error, tread_error *err)
{
    const char *remedy = av_error == AVERROR(ENOSPC) ? "free some space on the disk"
                                                     : "choose a folder that can be written to";
    w->is_over = true;
    return tread_media__fail(err, TREAD_ERR_OUTPUT, w->path, "cannot be written", av_error, remedy);
}

static int open_file(tread_writer *w, tread_error *err)
{
    size_t size = strlen(w->part) + sizeof "file:";
    char *url = av_malloc(size);
    if (!url)
        return fail_write(w, AVERROR(ENOMEM), err);
    snprintf(url, size, "file:%s", w->part);
    int ret = avformat_alloc_output_context2(&w->format, NULL, "mp4", url);
    av_free(url);
    if (ret < 0)
        return fail_write(w, ret, err);
    w->stream = avformat_new_stream(w->format, NULL);
    if (!w->stream)
        return fail_write(w, AVERROR(ENOMEM), err);
    w->stream->time_base = w->encoder->time_base;
    ret = avcodec_parameters_from_context(w->stream->codecpar, w->encoder);
    if (ret >= 0)
        ret = avio_open(&w->format->pb, w->format->url, AVIO_FLAG_WRITE);
    w->has_part = ret >= 0;
    if (ret >= 0)
        ret = av_opt_set(w->format->priv_data, "movflags", "+faststart", 0);
    if (ret >= 0)
        ret = avformat_write_header(w->format, NULL);
    return ret < 0 ? fail_write(w, ret, err) : TREAD_OK;
}

static void sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd); /* not every file system can; the clip itself is safe */
        close(fd);
    }
    free(folder);
}

/* @return 0, or a negative libav error */
static int sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return AVERROR(errno);
    int ret = fsync(fd) < 0 ? AVERROR(errno) : 0;
    close(fd);
    return ret;
}

/* ---- encoding ------------------------------------------------------------ */

/* Encode one picture (NULL: drain) and write what comes out.
 * @return 0, or a negative libav error */
static int encode(tread_writer *w, const AVFrame *frame)
{
    int ret = avcodec_send_frame(w->encoder, frame);
    while (ret >= 0) {
        ret = avcodec_receive_packet(w->encoder, w->packet);
        if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF)
            return 0;
        if (ret < 0)
            return ret;
        /* The others last until the next one; only the last has to say. */
        if (w->packet->pts == w->coded_ticks)
            w->packet->duration = w->step_ticks ? w->step_ticks : LONE_TICKS;
        w->packet->stream_index = w->stream->index;
        av_packet_rescale_ts(w->packet, w->encoder->time_base, w->stream->time_base);
        ret = av_write_frame(w->format, w->packet);
        av_packet_unref(w->packet);
    }
    return ret;
}

static void *run(void *data)
{
    tread_writer *w = data;
    void *item;
    while (w->result == 0 && tread_queue__receive(w->ready, &item) == TREAD_OK) {
        AVFrame *frame = item;
        w->step_ticks = w->coded_ticks >= 0 ? frame->pts - w->coded_ticks : 0;
        w->coded_ticks = frame->pts;
        w->result = encode(w, frame);
        if (tread_queue__send(w->spare, frame) != TREAD_OK)
            break;
    }
    tread_queue__finish_receiving(w->ready);
    tread_queue__finish_sending(w->spare);
    return NULL;
}

/* What was added is encoded, but for what the encoder itself holds back. */
static void join(tread_writer *w)
{
    if (!w->is_running)
        return;
    tread_queue__finish_sending(w->ready);
    pthread_join(w->thread, NULL);
    w->is_running = false;
}

static void destroy_queue(tread_queue **queue)
{
    void *item;
    if (!*queue)
        return;
    tread_queue__finish_sending(*queue);
    while (tread_queue__receive(*queue, &item) == TREAD_OK)
        ;
    tread_queue__destroy(queue);
}

/* ---- life --------------------------------------------------------------- */

static int make_picture(AVFrame **out, const AVCodecContext *encoder)
{
    AVFrame *p = *out = av_frame_alloc();
    if (!p)
        return AVERROR(ENOMEM);
    p->format = AV_PIX_FMT_YUV420P;
    p->width = encoder->width;
    p->height = encoder->height;
    p->color_range = encoder->color_range;
    p->colorspace = encoder->colorspace;
    p->color_primaries = encoder->color_primaries;
    p->color_trc = encoder->color_trc;
    return av_frame_get_buffer(p, 0);
}

/* Every picture is spare. */
static int make_pictures(tread_writer *w)
{
    w->packet = av_packet_alloc();
    if (!w->packet || tread_queue__create(&w->spare, N_PICTURES) != TREAD_OK ||
        tread_queue__create(&w->ready, N_PICTURES) != TREAD_OK)
        return AVERROR(ENOMEM);
    for (int i = 0; i < N_PICTURES; i++) {
        int ret = make_picture(&w->picture[i], w->encoder);
        if (ret < 0)
            return ret;
        if (tread_queue__send(w->spare, w->picture[i]) != TREAD_OK)
            return AVERROR(EINVAL);
    }
    return 0;
}

static int start(tread_writer *w, tread_error *err)
{
    if (tread_thread__start(&w->thread, "encode", run, w) != TREAD_OK)
        return fail_write(w, AVERROR(ENOMEM), err);
    w->is_running = true;
    return TREAD_OK;
}

static bool are_valid(const tread_writer_opts *o)
{
    return o->width_px > 0 && o->height_px > 0 && o->width_px <= MAX_SIDE_PX &&
           o->height_px <= MAX_SIDE_PX && o->width_px % 2 == 0 && o->height_px % 2 == 0 &&
           o->n_threads >= 0 && o->n_threads <= MAX_THREADS;
}

int tread_media__writer_open(tread_writer **out, const char *path, const tread_writer_opts *opts,
                             tread_error *err)
{
    *out = NULL;
    if (!are_valid(opts))
        return tread_error__set(err, TREAD_ERR_ARG, "%s: picture size %dx%d is odd or out of range",
                                path, opts->width_px, opts->height_px);
    int status = TREAD_ERR_NOMEM;
    tread_writer *w = calloc(1, sizeof *w);
    if (!w)
        goto fail;
    size_t size = strlen(path) + sizeof ".part";
    w->matrix = matrix_of(opts);
    w->last_ticks = w->coded_ticks = -1;
    w->path = strdup(path);
    w->part = malloc(size);
    if (!w->path || !w->part)
        goto fail;
    snprintf(w->part, size, "%s.part", path);
    status = open_encoder(w, opts, err);
    if (status == TREAD_OK) {
        int ret = make_pictures(w);
        status = ret < 0 ? fail_write(w, ret, err) : open_file(w, err);
    }
    if (status == TREAD_OK)
        status = start(w, err);
    if (status != TREAD_OK)
        goto fail;
    *out = w;
    return TREAD_OK;

fail:
    if (status == TREAD_ERR_NOMEM)
        tread_media__fail(err, status, path, "", AVERROR(ENOMEM), "");
    tread_media__writer_close(&w);
    return status;
}

void tread_media__writer_close(tread_writer **writer)
{
    tread_writer *w = writer ? *writer : NULL;
    if (!w)
        return;
    join(w);
    destroy_queue(&w->ready);
    destroy_queue(&w->spare);
    if (w->format)
        avio_closep(&w->format->pb);
    if (w->has_part)
        unlink(w->part);
    avformat_free_context(w->format);
    avcodec_free_context(&w->encoder);
    for (int i = 0; i < N_PICTURES; i++)
        av_frame_free(&w->picture[i]);
    av_packet_free(&w->packet);
    free(w->path);
    free(w->part);
    free(w);
    *writer = NULL;
}

/* ---- writing ------------------------------------------------------------ */

/* The encode thread left before it was told to. */
static int fail_encode(tread_writer *w, tread_error *err)
{
    join(w);
    return fail_write(w, w->result, err);
}

static int refuse_over(const tread_writer *w, tread_error *err)
{
    return tread_error__set(err, TREAD_ERR_OUTPUT, "%s: writing has already ended", w->path);
}

int tread_media__writer_surface(tread_writer *w, tread_surface *surface, tread_error *err)
{
    void *item;
    if (w->is_over)
        return refuse_over(w, err);
    if (!w->current) {
        if (tread_queue__receive(w->spare, &item) != TREAD_OK)
            return fail_encode(w, err);
        w->current = item;
    }
    int ret = av_frame_make_writable(w->current);
    if (ret < 0)
        return fail_write(w, ret, err);
    *surface = (tread_surface){
        .width_px = w->current->width, .height_px = w->current->height, .matrix = w->matrix};
    for (int i = 0; i < 3; i++) {
        surface->plane[i] = w->current->data[i];
        surface->stride_bytes[i] = w->current->linesize[i];
    }
    return TREAD_OK;
}

int tread_media__writer_add(tread_writer *w, double time_s, tread_error *err)
{
    if (w->is_over)
        return refuse_over(w, err);
    if (!w->current)
        return tread_error__set(err, TREAD_ERR_ARG, "%s: no picture was drawn for %g s", w->path,
                                time_s);
    if (!(time_s >= 0.0 && time_s <= TIME_MAX_S))
        return tread_error__set(err, TREAD_ERR_ARG, "%s: %g s is no time for a picture", w->path,
                                time_s);
    int64_t ticks = llrint(time_s * TICKS_PER_S);
    if (ticks <= w->last_ticks)
        return tread_error__set(err, TREAD_ERR_ARG,
                                "%s: a picture at %.6f s cannot follow one at %.6f s", w->path,
                                time_s, (double)w->last_ticks / TICKS_PER_S);
    w->current->pts = ticks;
    if (tread_queue__send(w->ready, w->current) != TREAD_OK)
        return fail_encode(w, err);
    w->current = NULL;
    w->last_ticks = ticks;
    return TREAD_OK;
}

int tread_media__writer_finish(tread_writer *w, tread_error *err)
{
    if (w->is_over)
        return refuse_over(w, err);
    w->is_over = true;
    join(w);
    int ret = w->result;
    if (ret >= 0)
        ret = encode(w, NULL);
    if (ret >= 0)
        ret = av_write_trailer(w->format);
    int closed = avio_closep(&w->format->pb);
    if (ret >= 0)
        ret = closed;
    if (ret >= 0)
        ret = sync_file(w->part);
    if (ret >= 0 && rename(w->part, w->path) < 0)
        ret = AVERROR(errno);
    if (ret < 0)
        return fail_write(w, ret, err);
    w->has_part = false;
    sync_folder_of(w->path);
    return TREAD_OK;
}

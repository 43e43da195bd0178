#include "media/recorder.h"

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/message.h"

/* A file is complete up to a key frame at least this long after the last such
 * place, and in any case once a second. */
static const double FLUSH_AT_KEY_S = 0.5;
static const double FLUSH_S = 1.0;

/* ---- failing ------------------------------------------------------------ */

/* Close the file, finished or not. @return 0 or a negative libav error */
static int close_file(media_recorder *r, bool is_finished)
{
    if (!r->output)
        return 0;
    int ret = is_finished && r->held->size > 0 ? av_write_frame(r->output, r->held) : 0;
    av_packet_unref(r->held);
    if (is_finished && ret >= 0)
        ret = av_write_trailer(r->output);
    if (!is_finished && r->output->pb)
        r->output->pb->error = AVERROR_EOF; /* what is still in its buffer is of no use */
    int closed = avio_closep(&r->output->pb);
    avformat_free_context(r->output);
    r->output = NULL;
    return ret < 0 ? ret : closed;
}

static void give_up(media_recorder *r, int av_error)
{
    close_file(r, false);
    tread_error err;
    tread_media__fail(&err, TREAD_ERR_OUTPUT, r->file ? r->file : r->base,
                      "the recording ended here", av_error,
                      "free space on the disk or record to another; what was written can be read");
    r->problem = strdup(err.text);
}

/* ---- the header --------------------------------------------------------- */

/* The codec's parameter sets, which the header repeats: those of this very key
 * frame, where it carries them; the stream's own may be of another size.
 * @return 0 or a negative libav error */
static int take_parameter_sets(AVCodecParameters *par, const media_recorded *what)
{
    const AVBitStreamFilter *filter = av_bsf_get_by_name("extract_extradata");
    bool is_annex_b = par->extradata_size == 0 || par->extradata[0] == 0;
    if (!filter || !is_annex_b)
        return 0;
    AVBSFContext *bsf = NULL;
    AVPacket *copy = av_packet_clone(what->packet);
    int ret = copy ? av_bsf_alloc(filter, &bsf) : AVERROR(ENOMEM);
    if (ret >= 0)
        ret = avcodec_parameters_copy(bsf->par_in, par);
    if (ret >= 0)
        ret = av_bsf_init(bsf);
    if (ret >= 0)
        ret = av_bsf_send_packet(bsf, copy);
    if (ret >= 0)
        ret = av_bsf_receive_packet(bsf, copy);
    if (ret >= 0) {
        size_t size = 0;
        const uint8_t *sets = av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, &size);
        uint8_t *own = sets ? av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE) : NULL;
        if (sets && !own)
            ret = AVERROR(ENOMEM);
        if (own) {
            memcpy(own, sets, size);
            av_freep(&par->extradata);
            par->extradata = own;
            par->extradata_size = (int)size;
        }
    }
    av_bsf_free(&bsf);
    av_packet_free(&copy);
    return ret == AVERROR(ENOMEM) ? ret : 0; /* the filter is not for this codec, or found none */
}

static int copy_display_matrix(AVStream *to, const AVStream *from)
{
    size_t size = 0;
    const uint8_t *matrix = av_stream_get_side_data(from, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (!matrix)
        return 0;
    uint8_t *own = av_stream_new_side_data(to, AV_PKT_DATA_DISPLAYMATRIX, size);
    if (!own)
        return AVERROR(ENOMEM);
    memcpy(own, matrix, size);
    return 0;
}

static int describe(AVStream *stream, const media_recorded *what)
{
    AVCodecParameters *par = stream->codecpar;
    int ret = avcodec_parameters_copy(par, what->stream->codecpar);
    if (ret < 0)
        return ret;
    if (par->codec_id != AV_CODEC_ID_RAWVIDEO) /* there it says which kind of raw */
        par->codec_tag = 0;
    par->width = what->width_px;
    par->height = what->height_px;
    stream->sample_aspect_ratio = what->stream->sample_aspect_ratio;
    stream->avg_frame_rate = what->stream->avg_frame_rate;
    stream->time_base = what->tick;
    ret = take_parameter_sets(par, what);
    return ret < 0 ? ret : copy_display_matrix(stream, what->stream);
}

/* ---- files -------------------------------------------------------------- */

static int name_file(media_recorder *r, const char *extension)
{
    size_t size = strlen(r->base) + 32;
    char *name = malloc(size);
    if (!name)
        return AVERROR(ENOMEM);
    if (r->n_files == 0)
        snprintf(name, size, "%s.%s", r->base, extension);
    else
        snprintf(name, size, "%s-%d.%s", r->base, r->n_files + 1, extension);
    free(r->file);
    r->file = name;
    r->n_files++;
    return 0;
}

/* Open r->file for writing; a colon in its name must not look like an address. */
static int open_io(media_recorder *r)
{
    size_t size = strlen(r->file) + sizeof "file:";
    char *url = malloc(size);
    if (!url)
        return AVERROR(ENOMEM);
    snprintf(url, size, "file:%s", r->file);
    int ret = avio_open(&r->output->pb, url, AVIO_FLAG_WRITE);
    free(url);
    return ret;
}

static int open_file(media_recorder *r, const media_recorded *what)
{
    enum AVCodecID codec = what->stream->codecpar->codec_id;
    const AVOutputFormat *format = av_guess_format("mp4", NULL, NULL);
    const char *extension = "mp4";
    if (!format || avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL) != 1) {
        format = av_guess_format("matroska", NULL, NULL);
        extension = "mkv";
    }
    if (!r->packet)
        r->packet = av_packet_alloc();
    if (!r->held)
        r->held = av_packet_alloc();
    int ret = r->packet && r->held ? name_file(r, extension) : AVERROR(ENOMEM);
    if (ret >= 0)
        ret = avformat_alloc_output_context2(&r->output, format, NULL, r->file);
    if (ret < 0)
        return ret;
    /* Times are written as they are, also when the first is not zero. */
    r->output->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    AVStream *stream = avformat_new_stream(r->output, NULL);
    ret = stream ? describe(stream, what) : AVERROR(ENOMEM);
    AVDictionary *options = NULL;
    /* Fragments end where we say; the index of the first waits for it, so that it
     * can tell how far decoding runs ahead of showing. */
    if (ret >= 0)
        ret = av_dict_set(&options, "movflags",
                          "frag_custom+delay_moov+default_base_moof+frag_discont", 0);
    if (ret >= 0)
        ret = open_io(r);
    if (ret >= 0)
        ret = avformat_write_header(r->output, &options);
    av_dict_free(&options);
    if (ret < 0)
        return ret;
    r->width_px = what->width_px;
    r->height_px = what->height_px;
    r->codec_id = codec;
    return 0;
}

/* Everything so far into the file, such that it can be read up to here. */
static int flush(media_recorder *r)
{
    /* Twice: the first time MP4 writes no more than the index. */
    int ret = av_write_frame(r->output, NULL);
    if (ret >= 0)
        ret = av_write_frame(r->output, NULL);
    avio_flush(r->output->pb);
    return ret < 0 ? ret : r->output->pb->error;
}

/* ---- packets ------------------------------------------------------------ */

/* Ticks on the live clock, in those of the file. */
static int64_t place(const media_recorder *r, const media_recorded *what, int64_t ticks)
{
    AVRational to = r->output->streams[0]->time_base;
    int64_t offset = llround(what->offset_s * to.den / to.num);
    return av_rescale_q(ticks - what->origin, what->tick, to) + offset;
}

/* Does the packet come after the last one? Repeated decoding times are repaired. */
static bool is_following(const AVPacket *last, AVPacket *p)
{
    if (p->pts < p->dts)
        return false;
    if (last->size > 0 && p->dts <= last->dts && p->pts > last->dts)
        p->dts = last->dts + 1;
    return last->size == 0 || p->dts > last->dts;
}

/* Write the packet that was held, and complete the file up to `next` if it is time
 * to. How long a packet is shown has to be said: MP4 adds those times up. */
static int write_held(media_recorder *r, const AVPacket *next)
{
    AVRational tick = r->output->streams[0]->time_base;
    double time_s = (double)next->dts * tick.num / tick.den;
    if (r->held->size == 0) {
        r->flushed_s = time_s;
        return 0;
    }
    r->held->duration = next->dts - r->held->dts;
    int ret = av_write_frame(r->output, r->held);
    bool is_key = next->flags & AV_PKT_FLAG_KEY;
    double since_s = time_s - r->flushed_s;
    if (ret >= 0 && (since_s >= FLUSH_S || (is_key && since_s >= FLUSH_AT_KEY_S))) {
        ret = flush(r);
        r->flushed_s = time_s;
    }
    return ret;
}

static int write(media_recorder *r, const media_recorded *what)
{
    AVPacket *p = r->packet;
    int ret = av_packet_ref(p, what->packet);
    if (ret < 0)
        return ret;
    p->pts = place(r, what, p->pts);
    p->dts = p->dts == AV_NOPTS_VALUE ? p->pts : place(r, what, p->dts);
    p->duration = r->held->duration; /* should it be the last */
    p->stream_index = 0;
    p->pos = -1;
    if (is_following(r->held, p)) {
        ret = write_held(r, p);
        av_packet_unref(r->held);
        av_packet_move_ref(r->held, p);
        return ret;
    }
    av_packet_unref(p);
    return close_file(r, true);
}

void tread_media__recorder_add(media_recorder *r, const media_recorded *what)
{
    bool is_key = what->packet->flags & AV_PKT_FLAG_KEY;
    bool has_size = what->width_px > 0 && what->height_px > 0;
    if (r->problem || what->packet->pts == AV_NOPTS_VALUE || !has_size)
        return;
    int ret = 0;
    bool is_other = r->width_px != what->width_px || r->height_px != what->height_px ||
                    r->codec_id != what->stream->codecpar->codec_id;
    if (r->output && is_key && is_other)
        ret = close_file(r, true);
    if (ret >= 0 && !r->output && is_key)
        ret = open_file(r, what);
    if (ret >= 0 && r->output)
        ret = write(r, what);
    if (ret < 0)
        give_up(r, ret);
}

void tread_media__recorder_close(media_recorder *r)
{
    close_file(r, !r->problem);
    av_packet_free(&r->packet);
    av_packet_free(&r->held);
    free(r->base);
    free(r->file);
    free(r->problem);
    *r = (media_recorder){0};
}

/* The reader: from packets to frames with a true time, in presentation order. */
#include <libavutil/cpu.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "media/decoder.h"
#include "media/frame.h"
#include "media/input.h"
#include "media/message.h"
#include "media/orient.h"
#include "media/picture.h"
#include "media/recorder.h"
#include "media/timeline.h"

enum { MAX_DEFAULT_THREADS = 4 };

/* Without news for so long a camera is gone or the network is down. */
static const double DEFAULT_PATIENCE_S = 10.0;

/* How far before the first wanted time to look for a key frame, one try after
 * the other; then the clip is read from its start. */
static const double SEEK_BACK_S[] = {0.0, 4.0, 16.0, 64.0};
enum { N_SEEKS = sizeof SEEK_BACK_S / sizeof SEEK_BACK_S[0] };

/* So far before a key frame the one before it is looked for: B pictures put the times in the
 * container's index some pictures before those of presentation. */
static const double RUN_UP_S = 0.5;

enum phase {
    PHASE_FRESH = 1, /* opened, nothing read yet */
    PHASE_SEEKING,   /* no picture yet since the last seek */
    PHASE_READING,
    PHASE_ENDED,
    PHASE_FAILED,
};

struct tread_reader {
    char *name;
    media_source source;
    tread_reader_opts opts;
    media_input input;
    media_decoder decoder;
    media_planariser planariser;
    media_timeline timeline;
    media_recorder recorder;
    media_frame_pool *pool;
    AVPacket *packet;
    AVFrame *decoded;
    const int32_t *display_matrix; /* of the stream; NULL = as stored */
    double sample_aspect;
    tread_source_info info;
    tread_reader_stats stats;

    enum phase phase;
    tread_error failure; /* what every further call reports once PHASE_FAILED */
    bool is_strict;      /* the kind of decoder in use */
    int n_seeks;         /* done so far */
    bool is_from_start;  /* reading began at the start of the clip */
    bool has_run_up;     /* a part that begins a key frame earlier than it had to */
};

/* ---- facts -------------------------------------------------------------- */

static double seconds_or_nan(int64_t ticks, AVRational tick)
{
    return ticks == AV_NOPTS_VALUE || ticks <= 0 ? NAN : (double)ticks * tick.num / tick.den;
}

static const char *or_unknown(const char *text)
{
    return text ? text : "unknown";
}

static void read_stream_facts(tread_reader *r)
{
    AVStream *stream = r->input.stream;
    const AVCodecParameters *par = stream->codecpar;
    size_t size = 0;
    const uint8_t *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    bool has_matrix = matrix && size >= 9 * sizeof(int32_t);
    r->display_matrix = has_matrix ? (const int32_t *)(const void *)matrix : NULL;
    r->sample_aspect =
        tread_media__aspect_or_square(av_guess_sample_aspect_ratio(r->input.format, stream, NULL));

    media_orient orient = tread_media__orient_from_matrix(r->display_matrix);
    double upright[2];
    double affine[6];
    tread_media__orient_affine(orient, par->width, par->height, r->sample_aspect, upright, affine);
    double duration_s = seconds_or_nan(stream->duration, stream->time_base);
    if (isnan(duration_s))
        duration_s = seconds_or_nan(r->input.format->duration, AV_TIME_BASE_Q);
    AVRational fps = stream->avg_frame_rate;
    r->info = (tread_source_info){
        .container = or_unknown(r->input.format->iformat->name),
        .codec = or_unknown(avcodec_get_name(par->codec_id)),
        .pixel_format = or_unknown(av_get_pix_fmt_name(par->format)),
        .coded_width_px = par->width,
        .coded_height_px = par->height,
        .upright_width_px = upright[0],
        .upright_height_px = upright[1],
        .sample_aspect = r->sample_aspect,
        .duration_s = duration_s,
        .stated_fps = fps.num > 0 && fps.den > 0 ? av_q2d(fps) : NAN,
        .is_interlaced = r->info.is_interlaced,
        .is_device = r->input.is_device,
        .is_paced_by_us = tread_media__input_is_paced_by_us(&r->input),
        .is_tolerant = !r->is_strict,
    };
    tread_media__input_describe(&r->input, r->info.chosen);
    r->info.rotation_deg = tread_media__orient_rotation_deg(orient, &r->info.is_mirrored);
}

static void start_timeline(tread_reader *r)
{
    double fps = r->info.stated_fps;
    r->timeline = (media_timeline){
        .tick = r->input.tick,
        .usual_step_s = fps >= 1.0 && fps <= 1000.0 ? 1.0 / fps : 0.04,
    };
    r->timeline.has_origin = tread_media__input_origin(&r->input, &r->timeline.origin);
    tread_media__timeline_restart(&r->timeline);
}

/* ---- starting and starting again ---------------------------------------- */

static int n_threads_for(const tread_reader *r)
{
    if (r->opts.n_threads > 0)
        return r->opts.n_threads;
    /* Each thread holds a frame back; what is watched live shall not wait. */
    if (r->opts.is_live || r->input.is_remote || r->input.is_device)
        return 1;
    int n = av_cpu_count();
    return n < 1 ? 1 : n > MAX_DEFAULT_THREADS ? MAX_DEFAULT_THREADS : n;
}

static int open_decoder(tread_reader *r, tread_error *err)
{
    tread_media__decoder_close(&r->decoder);
    int ret = tread_media__decoder_open(&r->decoder, &r->input, n_threads_for(r), r->is_strict);
    if (ret < 0)
        return tread_media__fail(err, TREAD_ERR_INPUT, r->name, "its decoder does not start", ret,
                                 "convert the clip to H.264");
    return TREAD_OK;
}

static media_watch watch_of(const tread_reader_opts *o)
{
    double patience_s = o->patience_s > 0.0 ? o->patience_s : DEFAULT_PATIENCE_S;
    return (media_watch){
        .is_live = o->is_live,
        .is_recorded = o->record != NULL,
        .is_part = o->is_part,
        .patience_ns = (int64_t)(patience_s * 1e9),
        .stop = o->stop,
    };
}

static int open_input(tread_reader *r, tread_error *err)
{
    tread_media__decoder_close(&r->decoder);
    tread_media__input_close(&r->input);
    media_watch watch = watch_of(&r->opts);
    int status = tread_media__input_open(&r->input, &r->source, &watch, err);
    if (status != TREAD_OK)
        return status;
    read_stream_facts(r);
    start_timeline(r);
    r->info.can_start_anywhere = r->timeline.has_origin && !r->input.is_remote &&
                                 !r->input.is_device && tread_media__input_is_seekable(&r->input);
    return open_decoder(r, err);
}

/* Forget all that was read; the next packet is the first. */
static void start_over(tread_reader *r, bool is_clip_start)
{
    /* One joins a live stream anywhere between two key frames. */
    tread_media__decoder_restart(&r->decoder, is_clip_start && !r->opts.is_live);
    tread_media__timeline_restart(&r->timeline);
    r->stats = (tread_reader_stats){0};
    r->is_from_start = is_clip_start;
}

/* A time on the clip's clock in the container's ticks. @return false: beyond what they count */
static bool ticks_at(const tread_reader *r, double time_s, int64_t *ticks)
{
    AVRational tick = r->timeline.tick;
    double t = floor(time_s * tick.den / tick.num) + (double)r->timeline.origin;
    if (!(fabs(t) < 9e18))
        return false;
    *ticks = (int64_t)t;
    return true;
}

/* Move to a key frame at least `back_s` before the first wanted time.
 * @return false when that is the start of the clip, or libav cannot */
static bool seek(tread_reader *r, double back_s)
{
    double target_s = r->opts.from_s - back_s;
    if (target_s <= 0.0 || !r->timeline.has_origin || !tread_media__input_is_seekable(&r->input))
        return false;
    int64_t ticks;
    return ticks_at(r, target_s, &ticks) &&
           av_seek_frame(r->input.format, r->input.stream->index, ticks, AVSEEK_FLAG_BACKWARD) >= 0;
}

/* Go to where reading shall start; each call starts further back. */
static int position(tread_reader *r, tread_error *err)
{
    bool is_first = r->phase == PHASE_FRESH;
    while (r->n_seeks < N_SEEKS) {
        if (seek(r, SEEK_BACK_S[r->n_seeks++])) {
            start_over(r, false);
            r->phase = PHASE_SEEKING;
            return TREAD_OK;
        }
        if (!tread_media__input_is_seekable(&r->input))
            r->n_seeks = N_SEEKS;
    }
    /* Only a fresh input is sure to be at its start, also after a failed seek. */
    if (!is_first || (r->opts.from_s > 0.0 && tread_media__input_is_seekable(&r->input))) {
        int status = open_input(r, err);
        if (status != TREAD_OK)
            return status;
    }
    start_over(r, true);
    r->phase = PHASE_READING;
    return TREAD_OK;
}

/* The first key frame has a flaw. Cameras exist whose every key frame has a
 * harmless one: go on with a decoder that overlooks what it can. */
static int become_tolerant(tread_reader *r, tread_error *err)
{
    r->is_strict = false;
    r->info.is_tolerant = true;
    if (r->opts.is_live || !tread_media__input_is_seekable(&r->input)) {
        int status = open_decoder(r, err);
        if (status == TREAD_OK && r->opts.is_live)
            tread_media__decoder_restart(&r->decoder, false);
        return status;
    }
    r->n_seeks = 0;
    int status = open_input(r, err);
    if (status != TREAD_OK)
        return status;
    r->phase = PHASE_FRESH;
    return position(r, err);
}

/* A part met a flaw before its first picture. It may be none: where groups of pictures are open,
 * an H.264 stream speaks of pictures from before the key frame. Begin a key frame earlier, overlook
 * flaws up to the next, and see again. */
static bool run_up(tread_reader *r)
{
    bool is_at_start = r->stats.n_frames == 0 && !r->is_from_start;
    if (!r->opts.is_part || r->has_run_up || !is_at_start || r->stats.n_bad_packets == 0)
        return false;
    double lead_s = tread_media__reader_lead_s(r, r->opts.from_s);
    r->has_run_up = true;
    if (!seek(r, (isnan(lead_s) ? SEEK_BACK_S[1] : lead_s) + RUN_UP_S))
        return false;
    start_over(r, false);
    r->decoder.is_lenient_at_start = r->input.stream->codecpar->codec_id == AV_CODEC_ID_H264;
    r->phase = PHASE_SEEKING;
    return true;
}

/* ---- reading ------------------------------------------------------------ */

static int fail(tread_reader *r, int status, tread_error *err)
{
    r->phase = PHASE_FAILED;
    if (err)
        *err = r->failure;
    return status;
}

/* The last packet into the recording: by now the decoder knows the size of its
 * picture and the timeline its place. */
static void record(tread_reader *r)
{
    if (r->recorder.base && r->packet->size > 0 && r->timeline.has_origin)
        tread_media__recorder_add(&r->recorder, &(media_recorded){
                                                    .stream = r->input.stream,
                                                    .packet = r->packet,
                                                    .tick = r->input.tick,
                                                    .origin = r->timeline.origin,
                                                    .offset_s = r->timeline.offset_s,
                                                    .width_px = r->decoder.ctx->width,
                                                    .height_px = r->decoder.ctx->height,
                                                });
    av_packet_unref(r->packet);
}

/* Live, the first key frame is zero. It need not be shown yet for what is recorded
 * to have its place. */
static void start_clock(tread_reader *r)
{
    bool is_start = (r->packet->flags & AV_PKT_FLAG_KEY) && r->packet->pts != AV_NOPTS_VALUE;
    if (!r->opts.is_live || r->timeline.has_origin || !is_start)
        return;
    r->timeline.origin = r->packet->pts;
    r->timeline.has_origin = true;
}

static int fail_reading(tread_reader *r, int ret)
{
    if (tread_media__input_is_stopped(&r->input))
        return tread_error__set(&r->failure, TREAD_ERR_STOPPED, "%s: stopped", r->name);
    if (ret == AVERROR_EXIT)
        return tread_error__set(&r->failure, TREAD_ERR_INPUT,
                                "%s: no more pictures came; check the camera and the network",
                                r->name);
    if (ret == AVERROR_INPUT_CHANGED)
        return tread_error__set(&r->failure, TREAD_ERR_INPUT,
                                "%s: the sender changed to another kind of picture; open it again",
                                r->name);
    if (r->input.is_device && ret == AVERROR(ENODEV))
        return tread_error__set(&r->failure, TREAD_ERR_INPUT,
                                "%s: the camera is gone; plug it in again", r->name);
    return tread_media__fail(&r->failure, TREAD_ERR_INPUT, r->name, "reading failed", ret,
                             "what came before is good; check the disk, camera or network");
}

/* Give the decoder one packet, or tell it that there are no more.
 * @return TREAD_OK or an error */
static int feed(tread_reader *r)
{
    record(r);
    int ret = tread_media__input_read(&r->input, r->packet);
    if (ret < 0 && ret != AVERROR_EOF)
        return fail_reading(r, ret);
    if (ret == 0)
        start_clock(r);
    ret = tread_media__decoder_send(&r->decoder, ret < 0 ? NULL : r->packet, tread_clock__now_ns(),
                                    &r->stats);
    if (!r->recorder.base)
        av_packet_unref(r->packet);
    if (ret < 0)
        return tread_media__fail(&r->failure, TREAD_ERR_INPUT, r->name, "decoding failed", ret,
                                 "convert the clip to H.264");
    if (!r->opts.is_live && tread_media__damage_is_hopeless(&r->decoder.damage))
        return tread_error__set(&r->failure, TREAD_ERR_INPUT,
                                "%s: is too damaged to go on (%lld of the first %lld pictures are "
                                "unreadable); what came before is good: copy the clip again",
                                r->name, (long long)r->decoder.damage.n_unusable,
                                (long long)r->decoder.damage.n_seen);
    return TREAD_OK;
}

/* The clip is over. Was there enough of it? */
static int end(tread_reader *r, tread_error *err)
{
    bool is_enough = r->timeline.has_last && !tread_media__damage_is_most(&r->decoder.damage);
    if (is_enough || r->opts.is_live) {
        r->phase = PHASE_ENDED;
        return TREAD_EOF;
    }
    const char *extent = r->timeline.has_last ? "most" : "all";
    tread_error__set(&r->failure, TREAD_ERR_INPUT,
                     "%s: %s of its %lld pictures are unreadable; copy the clip again", r->name,
                     extent, (long long)r->stats.n_packets);
    return fail(r, TREAD_ERR_INPUT, err);
}

/* Make r->decoded a frame of ours. */
static int wrap(tread_reader *r, double time_s, tread_frame **out)
{
    AVFrame *av = r->decoded;
    int64_t decoded_ns = tread_clock__now_ns();
    int64_t arrived_ns = tread_media__decoder_arrival(&r->decoder, av);
    r->info.is_interlaced |= av->interlaced_frame != 0;
    double aspect = tread_media__aspect_or_square(
        av_guess_sample_aspect_ratio(r->input.format, r->input.stream, av));
    int ret = tread_media__planariser_run(&r->planariser, av);
    if (ret < 0)
        return tread_media__fail(&r->failure, TREAD_ERR_INPUT, r->name,
                                 "its pictures are of a kind that cannot be used", ret,
                                 "convert the clip to H.264");
    tread_picture picture = tread_media__picture_of(av, r->display_matrix, aspect);
    tread_frame *frame = tread_media__frame_pool_take(r->pool, av);
    if (!frame)
        return tread_media__fail(&r->failure, TREAD_ERR_NOMEM, r->name, "", AVERROR(ENOMEM), "");
    frame->index = r->stats.n_frames++;
    frame->time_s = time_s;
    frame->picture = picture;
    frame->arrived_ns = arrived_ns;
    frame->decoded_ns = decoded_ns;
    *out = frame;
    return TREAD_OK;
}

/* Packets that never become a picture: the sender changed codec and libav did not notice. Longer
 * than silence is borne, since a picture may have to wait for the next key frame. */
static bool is_undecodable(const tread_reader *r, int64_t since_ns)
{
    return r->opts.is_live && tread_clock__now_ns() - since_ns > 3 * r->input.watch.patience_ns;
}

/* The next decoded picture into r->decoded, with its time.
 * @return TREAD_OK, TREAD_EOF or an error (text in r->failure) */
static int decode(tread_reader *r, double *time_s)
{
    int64_t since_ns = tread_clock__now_ns();
    for (;;) {
        int ret = tread_media__decoder_receive(&r->decoder, r->decoded, &r->stats);
        if (r->is_strict && r->decoder.did_refuse_start && !r->timeline.has_last) {
            av_frame_unref(r->decoded);
            int status = become_tolerant(r, &r->failure);
            if (status != TREAD_OK)
                return status;
            continue;
        }
        if (ret == AVERROR_EOF)
            return TREAD_EOF;
        if (ret == AVERROR(EAGAIN)) {
            if (is_undecodable(r, since_ns))
                return tread_error__set(&r->failure, TREAD_ERR_INPUT,
                                        "%s: what comes is no picture; was the codec changed?",
                                        r->name);
            int status = feed(r);
            if (status != TREAD_OK)
                return status;
            continue;
        }
        if (ret < 0)
            return tread_media__fail(&r->failure, TREAD_ERR_INPUT, r->name, "decoding failed", ret,
                                     "convert the clip to H.264");
        bool is_faulty;
        bool is_placed = tread_media__timeline_place(
            &r->timeline, r->decoded->best_effort_timestamp, time_s, &is_faulty);
        r->stats.n_time_faults += is_faulty;
        if (is_placed)
            return TREAD_OK;
        av_frame_unref(r->decoded);
    }
}

int tread_media__reader_next(tread_reader *r, tread_frame **out, tread_error *err)
{
    *out = NULL;
    for (;;) {
        if (r->phase == PHASE_ENDED)
            return TREAD_EOF;
        if (r->phase == PHASE_FAILED)
            return fail(r, r->failure.code, err);
        double time_s = 0.0;
        int status = decode(r, &time_s);
        if (run_up(r)) {
            av_frame_unref(r->decoded);
            continue;
        }
        bool is_missed = status == TREAD_EOF || (status == TREAD_OK && time_s > r->opts.from_s);
        if (r->phase == PHASE_SEEKING && is_missed) {
            /* The seek went too far: frames that are wanted were passed over. */
            av_frame_unref(r->decoded);
            status = position(r, &r->failure);
            if (status == TREAD_OK)
                continue;
        }
        if (status == TREAD_EOF)
            return end(r, err);
        if (status < 0)
            return fail(r, status, err);
        r->phase = PHASE_READING;
        if (r->opts.to_s > 0.0 && time_s >= r->opts.to_s) {
            r->phase = PHASE_ENDED;
            av_frame_unref(r->decoded);
            return TREAD_EOF;
        }
        if (r->opts.from_s > 0.0 && time_s < r->opts.from_s) {
            av_frame_unref(r->decoded);
            continue;
        }
        status = wrap(r, time_s, out);
        return status == TREAD_OK ? TREAD_OK : fail(r, status, err);
    }
}

/* ---- life --------------------------------------------------------------- */

static bool are_valid(const tread_reader_opts *o)
{
    return o->n_threads >= 0 && o->n_threads <= MEDIA_MAX_THREADS && isfinite(o->from_s) &&
           isfinite(o->to_s) && o->from_s >= 0.0 && (o->to_s == 0.0 || o->to_s > o->from_s) &&
           o->patience_s >= 0.0 && o->patience_s < 1e6 && (o->is_live || !o->record);
}

static int open_source(tread_reader **out, const media_source *source,
                       const tread_reader_opts *opts, tread_error *err)
{
    *out = NULL;
    tread_reader_opts o = opts ? *opts : (tread_reader_opts){0};
    if (!source->name || !are_valid(&o))
        return tread_error__set(err, TREAD_ERR_ARG, "%s: threads, times or recording out of range",
                                source->name ? source->name : "(no name)");
    int status = TREAD_ERR_NOMEM;
    tread_reader *r = calloc(1, sizeof *r);
    if (!r)
        goto fail;
    r->name = strdup(source->name);
    r->source = *source;
    r->source.name = r->name;
    r->opts = o;
    r->phase = PHASE_FRESH;
    r->is_strict = true;
    r->pool = tread_media__frame_pool_create();
    r->packet = av_packet_alloc();
    r->decoded = av_frame_alloc();
    r->recorder.base = o.record ? strdup(o.record) : NULL;
    if (!r->name || !r->pool || !r->packet || !r->decoded || (o.record && !r->recorder.base))
        goto fail;
    status = open_input(r, err);
    if (status == TREAD_OK)
        status = position(r, err);
    if (status != TREAD_OK)
        goto fail;
    *out = r;
    return TREAD_OK;

fail:
    if (status == TREAD_ERR_NOMEM)
        tread_media__fail(err, status, source->name, "", AVERROR(ENOMEM), "");
    tread_media__reader_close(&r);
    return status;
}

int tread_media__reader_open(tread_reader **out, const char *url, const tread_reader_opts *opts,
                             tread_error *err)
{
    return open_source(out, &(media_source){.name = url}, opts, err);
}

int tread_media__reader_open_memory(tread_reader **out, const uint8_t *data, size_t size,
                                    const char *name, const tread_reader_opts *opts,
                                    tread_error *err)
{
    /* A non-NULL address is what says "memory". */
    static const uint8_t nothing[1];
    media_source source = {.name = name, .data = data ? data : nothing, .size = data ? size : 0};
    return open_source(out, &source, opts, err);
}

void tread_media__reader_close(tread_reader **reader)
{
    tread_reader *r = reader ? *reader : NULL;
    if (!r)
        return;
    if (r->packet && r->decoder.ctx)
        record(r);
    tread_media__recorder_close(&r->recorder);
    tread_media__decoder_close(&r->decoder);
    tread_media__input_close(&r->input);
    tread_media__planariser_free(&r->planariser);
    av_frame_free(&r->decoded);
    av_packet_free(&r->packet);
    tread_media__frame_pool_release(&r->pool);
    free(r->name);
    free(r);
    *reader = NULL;
}

const tread_source_info *tread_media__reader_info(const tread_reader *reader)
{
    return &reader->info;
}

tread_reader_stats tread_media__reader_stats(const tread_reader *reader)
{
    tread_reader_stats stats = reader->stats;
    stats.n_packets += reader->input.n_empty;
    stats.n_bad_packets += reader->input.n_empty;
    return stats;
}

double tread_media__reader_lead_s(const tread_reader *reader, double time_s)
{
    int64_t ticks;
    AVStream *stream = reader->input.stream;
    if (!reader->timeline.has_origin || !ticks_at(reader, time_s, &ticks))
        return NAN;
    const AVIndexEntry *key =
        avformat_index_get_entry_from_timestamp(stream, ticks, AVSEEK_FLAG_BACKWARD);
    return key ? time_s - tread_media__timeline_seconds(&reader->timeline, key->timestamp) : NAN;
}

void tread_media__reader_recording(const tread_reader *reader, const char **file,
                                   const char **problem)
{
    *file = reader->recorder.file;
    *problem = reader->recorder.problem;
}

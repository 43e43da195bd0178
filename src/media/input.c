#include "media/input.h"

#include <errno.h>
#include <fcntl.h>
#include <libavutil/dict.h>
#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "media/camera.h"
#include "media/libav.h"
#include "media/message.h"

enum {
    MEMORY_BLOCK_BYTES = 32 * 1024,
    /* Read errors in a row that are taken for a cut file rather than for damage
     * in the middle of it. An MP4 that was cut gives one for each lost sample. */
    MAX_READ_ERRORS = 1000,
    /* libav's V4L2 device would wait in the kernel, deaf to a stop, when a camera
     * freezes. So it is asked without waiting, this often. */
    NAP_NS = 1000000,
    /* What is watched live is looked at for so long, at most, before the first
     * picture: two seconds hold a key frame of most cameras and phones. */
    PROBE_BYTES = 4 << 20,
    PROBE_US = 2000000,
    /* Room for what comes while the computer is busy: at 20 Mbit/s the kernel's
     * holds 1.6 s where the system grants it, libav's own (units of 188 bytes) 6 s. */
    UDP_BUFFER_BYTES = 4 << 20,
    UDP_FIFO_UNITS = 80000,
};

/* ---- memory ------------------------------------------------------------- */

static int read_memory(void *opaque, uint8_t *buf, int size)
{
    media_input *input = opaque;
    size_t left = input->source.size - input->memory_pos;
    size_t n = left < (size_t)size ? left : (size_t)size;
    if (n == 0)
        return AVERROR_EOF;
    memcpy(buf, input->source.data + input->memory_pos, n);
    input->memory_pos += n;
    return (int)n;
}

static int64_t seek_memory(void *opaque, int64_t offset, int whence)
{
    media_input *input = opaque;
    int64_t size = (int64_t)input->source.size;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return size;
    case SEEK_SET: break;
    case SEEK_CUR: offset += (int64_t)input->memory_pos; break;
    case SEEK_END: offset += size; break;
    default: return AVERROR(EINVAL);
    }
    if (offset < 0 || offset > size)
        return AVERROR(EINVAL);
    input->memory_pos = (size_t)offset;
    return offset;
}

static int attach_memory(media_input *input)
{
    uint8_t *block = av_malloc(MEMORY_BLOCK_BYTES);
    if (!block)
        return AVERROR(ENOMEM);
    input->memory_io =
        avio_alloc_context(block, MEMORY_BLOCK_BYTES, 0, input, read_memory, NULL, seek_memory);
    if (!input->memory_io) {
        av_free(block);
        return AVERROR(ENOMEM);
    }
    input->memory_pos = 0;
    input->format->pb = input->memory_io;
    return 0;
}

/* ---- waiting ------------------------------------------------------------ */

bool tread_media__input_is_stopped(const media_input *input)
{
    return input->watch.stop && atomic_load_explicit(input->watch.stop, memory_order_relaxed);
}

static bool is_over(const media_input *input)
{
    return tread_media__input_is_stopped(input) ||
           (input->deadline_ns && tread_clock__now_ns() > input->deadline_ns);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
}

/* libav asks whether to give up. While it looks at a camera's first pictures it
 * asks between its tries, and would otherwise not rest. */
static int shall_give_up(void *opaque)
{
    const media_input *input = opaque;
    if (input->is_device)
        nap();
    return is_over(input);
}

static void start_waiting(media_input *input)
{
    bool may_stall = input->is_remote || input->is_device;
    input->deadline_ns = may_stall ? tread_clock__now_ns() + input->watch.patience_ns : 0;
}

/* ---- what kind of source ------------------------------------------------ */

/* Reasons a person can see without libav's help. */
static int check_file(const char *path, const struct stat *st, tread_error *err)
{
    if (S_ISDIR(st->st_mode))
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: is a folder; name one of the clips in it", path);
    if (!S_ISREG(st->st_mode))
        return TREAD_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tread_error__set(err, TREAD_ERR_INPUT, "%s: cannot be read (%s); %s", path,
                                strerror(errno),
                                errno == EACCES ? "ask its owner for permission, or chmod +r it"
                                                : "check the disk it is on");
    close(fd);
    if (st->st_size == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: is empty (0 bytes); copy the clip from the camera again",
                                path);
    return TREAD_OK;
}

/* Also when it is not plugged in. */
static bool is_camera(const char *name)
{
    return strncmp(name, "/dev/video", 10) == 0;
}

static bool is_address(const char *name)
{
    const char *protocol = avio_find_protocol_name(name);
    return strstr(name, "://") || (protocol && strcmp(protocol, "file") != 0);
}

/* How libav is to open a source. */
typedef struct opening {
    char *url;
    const char *protocols; /* which it may use; NULL = libav's own choice */
    const AVInputFormat *format;
    AVDictionary *options;
} opening;

static void close_opening(opening *how)
{
    av_freep(&how->url);
    av_dict_free(&how->options);
}

static int choose_camera(media_input *input, opening *how, tread_error *err);

static int choose_opening(media_input *input, opening *how, tread_error *err)
{
    const char *name = input->source.name;
    struct stat st;
    how->protocols = "file,crypto,data";
    if (input->source.data) {
        how->protocols = "data";
        how->url = av_strdup("memory:");
    } else if (strcmp(name, "-") == 0) {
        how->protocols = "pipe";
        how->url = av_strdup("pipe:0");
    } else if (is_camera(name)) {
        return choose_camera(input, how, err);
    } else if (stat(name, &st) == 0) {
        int status = check_file(name, &st, err);
        if (status != TREAD_OK)
            return status;
        if (S_ISCHR(st.st_mode))
            return choose_camera(input, how, err);
        size_t size = strlen(name) + sizeof "file:";
        how->url = av_malloc(size);
        /* A colon in a file's name must not look like an address. */
        if (how->url)
            snprintf(how->url, size, "file:%s", name);
    } else if (is_address(name)) {
        how->protocols = strncmp(name, "file:", 5) == 0 ? how->protocols : NULL;
        input->is_remote = !how->protocols;
        how->url = av_strdup(name);
    } else {
        const char *remedy = errno == ENOENT || errno == ENOTDIR
                                 ? "no such file; check the path"
                                 : "cannot be reached; check the path and its permissions";
        return tread_error__set(err, TREAD_ERR_INPUT, "%s: %s", name, remedy);
    }
    if (!how->url)
        return tread_media__fail(err, TREAD_ERR_NOMEM, name, "", AVERROR(ENOMEM), "");
    return TREAD_OK;
}

/* ---- cameras ------------------------------------------------------------ */

static int fail_camera(const char *name, int error, tread_error *err)
{
    const char *remedy = "check its plug, or plug it in again";
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no such camera; plug it in (`treadscope doctor` lists what is "
                                "there)",
                                name);
    case EACCES:
    case EPERM:
        remedy = "add yourself to the video group (sudo usermod -aG video $USER, then log in anew)";
        break;
    case EBUSY: remedy = "close the program that uses it"; break;
    case ENOTTY:
    case EINVAL:
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: is not a camera; `treadscope doctor` lists those that are",
                                name);
    default: break;
    }
    return tread_media__fail(err, TREAD_ERR_INPUT, name, "this camera cannot be used",
                             AVERROR(error), remedy);
}

/* Ask the camera what it can do, and for the best of that. One that does not say
 * stays as it is set. */
static int choose_camera(media_input *input, opening *how, tread_error *err)
{
    const char *name = input->source.name;
    input->is_device = true;
    tread_camera camera;
    int error = tread_media__camera_query(&camera, name);
    if (error)
        return fail_camera(name, error, err);
    memcpy(input->camera_name, camera.name, sizeof input->camera_name);
    int ret = 0;
    const tread_camera_mode *mode =
        tread_media__best_mode(camera.modes, camera.n_modes, input->watch.is_recorded);
    if (mode) {
        char size[32], rate[32];
        snprintf(size, sizeof size, "%dx%d", mode->width_px, mode->height_px);
        snprintf(rate, sizeof rate, "%d/%d", mode->fps_num, mode->fps_den);
        input->mode = *mode;
        ret =
            av_dict_set(&how->options, "input_format", tread_media__camera_format(mode->fourcc), 0);
        if (ret >= 0)
            ret = av_dict_set(&how->options, "video_size", size, 0);
        if (ret >= 0)
            ret = av_dict_set(&how->options, "framerate", rate, 0);
    }
    free(camera.modes);
    int status = tread_media__load_devices(err);
    if (status != TREAD_OK)
        return status;
    how->format = av_find_input_format("v4l2");
    how->url = av_strdup(name);
    if (ret < 0 || !how->url)
        return tread_media__fail(err, TREAD_ERR_NOMEM, name, "", AVERROR(ENOMEM), "");
    return TREAD_OK;
}

/* ---- failures ----------------------------------------------------------- */

/* An MP4 or MOV by its first box, whatever became of the rest. */
static bool looks_like_mp4(const media_source *source)
{
    uint8_t head[8] = {0};
    if (source->data) {
        memcpy(head, source->data, source->size < sizeof head ? source->size : sizeof head);
    } else {
        FILE *file = fopen(source->name, "rb");
        if (!file)
            return false;
        size_t n = fread(head, 1, sizeof head, file);
        fclose(file);
        if (n < sizeof head)
            return false;
    }
    return memcmp(head + 4, "ftyp", 4) == 0;
}

static int fail_open(const media_input *input, int ret, tread_error *err)
{
    const char *name = input->source.name;
    if (tread_media__input_is_stopped(input))
        return tread_error__set(err, TREAD_ERR_STOPPED, "%s: stopped", name);
    if (ret == AVERROR_EXIT)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no answer for %g s; check the camera and the network", name,
                                (double)input->watch.patience_ns / 1e9);
    if (input->is_device && ret == AVERROR(EINVAL))
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: does not take the mode it offers; plug it in again", name);
    if (input->is_device && ret > -1000) /* an errno, not one of libav's own tags */
        return fail_camera(name, AVUNERROR(ret), err);
    if (input->is_remote)
        return tread_media__fail(err, TREAD_ERR_INPUT, name, "cannot be opened", ret,
                                 "check the address, the camera and the network");
    if (ret == AVERROR(EPERM))
        return tread_media__fail(err, TREAD_ERR_INPUT, name, "refers to more than files", ret,
                                 "name the clip itself");
    if (ret != AVERROR_INVALIDDATA && ret != AVERROR(EINVAL) && ret != AVERROR_EOF)
        return tread_media__fail(err, TREAD_ERR_INPUT, name, "cannot be opened", ret,
                                 "check its permissions and that nothing else uses it");
    if (looks_like_mp4(&input->source))
        return tread_media__fail(err, TREAD_ERR_INPUT, name,
                                 "is an MP4 whose index (moov) is missing or broken", ret,
                                 "the recording or the copying was cut short: copy it again");
    return tread_media__fail(err, TREAD_ERR_INPUT, name, "not a video", ret,
                             "give a clip a camera or phone made");
}

static int fail_no_decoder(const char *name, const AVCodecParameters *par, tread_error *err)
{
    char tag[AV_FOURCC_MAX_STRING_SIZE];
    bool is_known = par->codec_id != AV_CODEC_ID_NONE;
    return tread_error__set(err, TREAD_ERR_INPUT,
                            "%s: its picture is coded as %s, which this libav has no decoder for; "
                            "convert the clip to H.264",
                            name,
                            is_known ? avcodec_get_name(par->codec_id)
                                     : av_fourcc_make_string(tag, par->codec_tag));
}

static int fail_no_picture(const media_input *input, int ret, tread_error *err)
{
    const AVFormatContext *format = input->format;
    const char *name = input->source.name;
    bool has_sound = false;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *stream = format->streams[i];
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
            has_sound = true;
        if (ret == AVERROR_DECODER_NOT_FOUND && stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
            return fail_no_decoder(name, stream->codecpar, err);
    }
    if (has_sound)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: has sound but no picture; give a clip with video", name);
    return tread_error__set(err, TREAD_ERR_INPUT,
                            "%s: holds no picture; give a clip a camera or phone made", name);
}

/* ---- opening ------------------------------------------------------------ */

/* libav shows text files as terminals do; nobody runs in one. */
static bool is_text_art(enum AVCodecID id)
{
    return id == AV_CODEC_ID_ANSI || id == AV_CODEC_ID_BINTEXT || id == AV_CODEC_ID_XBIN ||
           id == AV_CODEC_ID_IDF;
}

/* What comes as it happens: look at little of it before the first picture.
 * (libav's flag "nobuffer" would throw the pictures looked at away, the key frame
 * among them; read on at once, they delay nothing.) What an option does not
 * concern ignores it. */
static int set_live_options(media_input *input, opening *how)
{
    static const char *const texts[][2] = {
        {"rtsp_flags", "prefer_tcp"}, /* UDP loses packets in most houses' wireless nets */
        {"overrun_nonfatal", "1"},
    };
    input->format->probesize = PROBE_BYTES;
    input->format->max_analyze_duration = PROBE_US;
    input->format->fps_probe_size = 0; /* nobody asks for the rate */
    int ret = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && ret >= 0; i++)
        ret = av_dict_set(&how->options, texts[i][0], texts[i][1], 0);
    if (ret >= 0 && strncmp(how->url, "udp:", 4) == 0)
        ret = av_dict_set_int(&how->options, "buffer_size", UDP_BUFFER_BYTES, 0);
    if (ret >= 0)
        ret = av_dict_set_int(&how->options, "fifo_size", UDP_FIFO_UNITS, 0);
    return ret;
}

static int open_format(media_input *input, opening *how)
{
    input->format = avformat_alloc_context();
    if (!input->format)
        return AVERROR(ENOMEM);
    input->format->interrupt_callback = (AVIOInterruptCB){shall_give_up, input};
    if (input->is_device)
        input->format->flags |= AVFMT_FLAG_NONBLOCK;
    int ret = input->source.data ? attach_memory(input) : 0;
    if (ret >= 0 && how->protocols)
        ret = av_dict_set(&how->options, "protocol_whitelist", how->protocols, 0);
    if (ret >= 0 && input->watch.is_live && !input->is_device)
        ret = set_live_options(input, how);
    if (ret >= 0) {
        start_waiting(input);
        ret = avformat_open_input(&input->format, how->url, how->format, &how->options);
    }
    return ret;
}

/* libav decodes some frames to learn about streams; limit those as well. */
static int probe_streams(media_input *input)
{
    AVFormatContext *format = input->format;
    unsigned n = format->nb_streams;
    AVDictionary **options = calloc(n + 1, sizeof *options);
    if (!options)
        return AVERROR(ENOMEM);
    int ret = 0;
    for (unsigned i = 0; i < n && ret >= 0; i++)
        ret = av_dict_set_int(&options[i], "max_pixels", MEDIA_MAX_PIXELS, 0);
    if (ret >= 0) {
        start_waiting(input);
        ret = avformat_find_stream_info(format, n ? options : NULL);
    }
    for (unsigned i = 0; i < n; i++)
        av_dict_free(&options[i]);
    free(options);
    return ret;
}

/* Before libav tries to decode any: it would only find the data invalid. */
static int refuse_large_pictures(const media_input *input, tread_error *err)
{
    for (unsigned i = 0; i < input->format->nb_streams; i++) {
        const AVCodecParameters *par = input->format->streams[i]->codecpar;
        if ((int64_t)par->width * par->height > MEDIA_MAX_PIXELS)
            return tread_error__set(err, TREAD_ERR_INPUT,
                                    "%s: pictures of %dx%d are larger than 8K; scale the clip down",
                                    input->source.name, par->width, par->height);
    }
    return TREAD_OK;
}

static int choose_stream(media_input *input, tread_error *err)
{
    AVFormatContext *format = input->format;
    int found = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &input->codec, 0);
    if (found < 0)
        return fail_no_picture(input, found, err);
    input->stream = format->streams[found];
    input->n_streams = format->nb_streams;
    input->codec_id = input->stream->codecpar->codec_id;
    input->tick = input->stream->time_base;
    /* Motion JPEG over a network carries no times: take those of arrival. */
    input->is_stamped = input->is_remote && strstr(format->iformat->name, "jpeg");
    if (input->is_stamped)
        input->tick = (AVRational){1, 1000000};
    if (input->stream->disposition & AV_DISPOSITION_ATTACHED_PIC) /* the cover of a song */
        return fail_no_picture(input, 0, err);
    const AVCodecParameters *par = input->stream->codecpar;
    if (is_text_art(par->codec_id) || par->width <= 0 || par->height <= 0)
        return fail_open(input, AVERROR_INVALIDDATA, err);
    for (unsigned i = 0; i < format->nb_streams; i++)
        if ((int)i != found)
            format->streams[i]->discard = AVDISCARD_ALL;
    return TREAD_OK;
}

int tread_media__input_open(media_input *input, const media_source *source,
                            const media_watch *watch, tread_error *err)
{
    *input = (media_input){.source = *source, .watch = *watch};
    if (source->data && source->size == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: is empty (0 bytes); copy the clip from the camera again",
                                source->name);
    opening how = {0};
    int status = choose_opening(input, &how, err);
    if (status != TREAD_OK) {
        close_opening(&how);
        return status;
    }
    int ret = open_format(input, &how);
    close_opening(&how);
    if (ret < 0)
        return fail_open(input, ret, err);
    status = refuse_large_pictures(input, err);
    if (status != TREAD_OK)
        return status;
    ret = probe_streams(input);
    if (ret >= 0 && is_over(input))
        ret = AVERROR_EXIT;
    if (ret < 0)
        return fail_open(input, ret, err);
    return choose_stream(input, err);
}

void tread_media__input_close(media_input *input)
{
    avformat_close_input(&input->format);
    if (input->memory_io)
        av_freep(&input->memory_io->buffer);
    avio_context_free(&input->memory_io);
    av_buffer_pool_uninit(&input->copies);
    input->stream = NULL;
}

/* ---- facts -------------------------------------------------------------- */

bool tread_media__input_is_paced_by_us(const media_input *input)
{
    return !input->is_device &&
           (!input->is_remote || strcmp(input->format->iformat->name, "hls") == 0);
}

static void describe_camera(const media_input *input, char chosen[96])
{
    const AVStream *stream = input->stream;
    tread_camera_mode mode = input->mode;
    if (!mode.fourcc[0])
        snprintf(mode.fourcc, sizeof mode.fourcc, "%.4s",
                 avcodec_get_name(stream->codecpar->codec_id));
    /* The driver may have granted another than was asked for. */
    mode.width_px = stream->codecpar->width;
    mode.height_px = stream->codecpar->height;
    if (stream->avg_frame_rate.num > 0 && stream->avg_frame_rate.den > 0) {
        mode.fps_num = stream->avg_frame_rate.num;
        mode.fps_den = stream->avg_frame_rate.den;
    }
    char text[48];
    if (mode.fps_den > 0)
        tread_media__mode_text(&mode, text, sizeof text);
    else
        snprintf(text, sizeof text, "%dx%d %s", mode.width_px, mode.height_px, mode.fourcc);
    snprintf(chosen, 96, "%.40s, %s", input->camera_name, text);
}

void tread_media__input_describe(const media_input *input, char chosen[96])
{
    if (input->is_device) {
        describe_camera(input, chosen);
        return;
    }
    const AVCodecParameters *par = input->stream->codecpar;
    const char *kind = input->format->iformat->name;
    /* "mov,mp4,m4a,...": the first of its names will do. */
    snprintf(chosen, 96, "%.*s, %dx%d %.30s", (int)strcspn(kind, ","), kind, par->width,
             par->height, avcodec_get_name(par->codec_id));
}

/* ---- reading ------------------------------------------------------------ */

/* Did the disk or the network fail, rather than the file end or be nonsense? */
static bool is_device_failure(const media_input *input, int ret)
{
    const AVIOContext *io = input->format->pb;
    if (!io)
        return true; /* a camera or a stream: these have no early end */
    return ret == AVERROR_EXIT || ret == AVERROR(ENOMEM) || (io->error && io->error != AVERROR_EOF);
}

/* A camera's packets lie in the driver's own few buffers: hand those back at once,
 * since packets and frames made of them may be held for long, and even when the
 * camera is closed. */
static int copy_out(media_input *input, AVPacket *packet)
{
    size_t wanted = (size_t)packet->size + AV_INPUT_BUFFER_PADDING_SIZE;
    if (wanted > input->copy_size) {
        av_buffer_pool_uninit(&input->copies);
        input->copy_size = wanted + wanted / 4; /* MJPEG pictures differ in size */
        input->copies = av_buffer_pool_init(input->copy_size, NULL);
    }
    AVBufferRef *copy = input->copies ? av_buffer_pool_get(input->copies) : NULL;
    if (!copy) {
        av_packet_unref(packet);
        return AVERROR(ENOMEM);
    }
    memcpy(copy->data, packet->data, (size_t)packet->size);
    memset(copy->data + packet->size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    av_buffer_unref(&packet->buf);
    packet->buf = copy;
    packet->data = copy->data;
    return 0;
}

/* Did a live sender change what cannot be followed without opening anew? */
static bool did_change(const media_input *input, const AVPacket *packet)
{
    if (!input->watch.is_live)
        return false;
    const AVStream *stream = input->format->streams[packet->stream_index];
    bool is_new_picture = (unsigned)packet->stream_index >= input->n_streams &&
                          stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
    return is_new_picture || input->stream->codecpar->codec_id != input->codec_id;
}

/* What to make of a failure to read: a libav error for the caller, or 0 to try
 * again. */
static int judge_failure(media_input *input, int ret, int *n_errors)
{
    if (ret == AVERROR_EOF)
        return ret;
    if (input->is_device && ret == AVERROR(EAGAIN)) {
        nap();
        return is_over(input) ? AVERROR_EXIT : 0;
    }
    bool is_passing = ret == AVERROR(EAGAIN) || ret == AVERROR_INVALIDDATA;
    if (!is_passing && is_device_failure(input, ret))
        return ret;
    input->did_end_early |= ret != AVERROR(EAGAIN);
    return !is_passing || ++*n_errors > MAX_READ_ERRORS ? AVERROR_EOF : 0;
}

int tread_media__input_read(media_input *input, AVPacket *packet)
{
    int n_errors = 0;
    start_waiting(input);
    while (!is_over(input)) {
        int ret = av_read_frame(input->format, packet);
        if (ret < 0) {
            ret = judge_failure(input, ret, &n_errors);
            if (ret < 0)
                return ret;
            continue;
        }
        if (did_change(input, packet)) {
            av_packet_unref(packet);
            return AVERROR_INPUT_CHANGED;
        }
        /* An empty packet carries side data only, and would start draining. */
        if (packet->stream_index == input->stream->index && packet->size > 0) {
            if (input->is_stamped)
                packet->pts = packet->dts = tread_clock__now_ns() / 1000;
            return input->is_device ? copy_out(input, packet) : 0;
        }
        input->n_empty += input->is_device;
        av_packet_unref(packet);
    }
    return AVERROR_EXIT;
}

bool tread_media__input_is_seekable(const media_input *input)
{
    const AVFormatContext *format = input->format;
    return format->pb && (format->pb->seekable & AVIO_SEEKABLE_NORMAL) &&
           !(format->iformat->flags & AVFMT_NOTIMESTAMPS);
}

bool tread_media__input_origin(const media_input *input, int64_t *origin)
{
    const AVFormatContext *format = input->format;
    *origin = 0;
    if (input->is_stamped)
        return false;
    if (!(format->iformat->flags & (AVFMT_TS_DISCONT | AVFMT_NOFILE)))
        return true;
    if (input->watch.is_live) /* where it happened to be joined says nothing */
        return false;
    const AVStream *earliest = NULL;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *s = format->streams[i];
        bool is_shown = s->codecpar->codec_type == AVMEDIA_TYPE_AUDIO || s == input->stream;
        if (!is_shown || s->start_time == AV_NOPTS_VALUE)
            continue;
        if (!earliest || av_compare_ts(s->start_time, s->time_base, earliest->start_time,
                                       earliest->time_base) < 0)
            earliest = s;
    }
    if (!earliest)
        return false;
    *origin = av_rescale_q(earliest->start_time, earliest->time_base, input->stream->time_base);
    return true;
}

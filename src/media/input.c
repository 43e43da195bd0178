#include "media/input.h"

#include <errno.h>
#include <fcntl.h>
#include <libavdevice/avdevice.h>
#include <libavutil/dict.h>
#include <libavutil/mathematics.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "media/message.h"

/* Without news for so long a camera is gone or the network is down. */
static const int64_t PATIENCE_NS = 10 * INT64_C(1000000000);

enum {
    MEMORY_BLOCK_BYTES = 32 * 1024,
    /* Read errors in a row that are taken for a cut file rather than for damage
     * in the middle of it. An MP4 that was cut gives one for each lost sample. */
    MAX_READ_ERRORS = 1000,
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

static int is_overdue(void *opaque)
{
    const media_input *input = opaque;
    return input->deadline_ns && tread_clock__now_ns() > input->deadline_ns;
}

static void start_waiting(media_input *input)
{
    input->deadline_ns = input->is_remote ? tread_clock__now_ns() + PATIENCE_NS : 0;
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
} opening;

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
    } else if (stat(name, &st) == 0) {
        int status = check_file(name, &st, err);
        if (status != TREAD_OK)
            return status;
        if (S_ISCHR(st.st_mode))
            how->format = av_find_input_format("v4l2");
        size_t size = strlen(name) + sizeof "file:";
        how->url = av_malloc(size);
        /* A colon in a file's name must not look like an address. */
        if (how->url)
            snprintf(how->url, size, "%s%s", how->format ? "" : "file:", name);
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
    if (ret == AVERROR_EXIT)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: no answer for %d s; check the camera and the network", name,
                                (int)(PATIENCE_NS / 1000000000));
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

static int open_format(media_input *input, const opening *how)
{
    input->format = avformat_alloc_context();
    if (!input->format)
        return AVERROR(ENOMEM);
    input->format->interrupt_callback = (AVIOInterruptCB){is_overdue, input};
    int ret = input->source.data ? attach_memory(input) : 0;
    AVDictionary *options = NULL;
    if (ret >= 0 && how->protocols)
        ret = av_dict_set(&options, "protocol_whitelist", how->protocols, 0);
    if (ret >= 0) {
        start_waiting(input);
        ret = avformat_open_input(&input->format, how->url, how->format, &options);
    }
    av_dict_free(&options);
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

int tread_media__input_open(media_input *input, const media_source *source, tread_error *err)
{
    avdevice_register_all();
    *input = (media_input){.source = *source};
    if (source->data && source->size == 0)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "%s: is empty (0 bytes); copy the clip from the camera again",
                                source->name);
    opening how = {0};
    int status = choose_opening(input, &how, err);
    if (status != TREAD_OK)
        return status;
    int ret = open_format(input, &how);
    av_free(how.url);
    if (ret < 0)
        return fail_open(input, ret, err);
    status = refuse_large_pictures(input, err);
    if (status != TREAD_OK)
        return status;
    ret = probe_streams(input);
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
    input->stream = NULL;
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

int tread_media__input_read(media_input *input, AVPacket *packet)
{
    for (int n_errors = 0;;) {
        start_waiting(input);
        int ret = av_read_frame(input->format, packet);
        if (ret == AVERROR_EOF)
            return ret;
        if (ret < 0) {
            bool is_passing = ret == AVERROR(EAGAIN) || ret == AVERROR_INVALIDDATA;
            if (!is_passing && is_device_failure(input, ret))
                return ret;
            input->did_end_early |= ret != AVERROR(EAGAIN);
            if (!is_passing || ++n_errors > MAX_READ_ERRORS)
                return AVERROR_EOF;
            continue;
        }
        /* An empty packet carries side data only, and would start draining. */
        if (packet->stream_index == input->stream->index && packet->size > 0) {
            if (input->is_stamped)
                packet->pts = packet->dts = tread_clock__now_ns() / 1000;
            return 0;
        }
        av_packet_unref(packet);
    }
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

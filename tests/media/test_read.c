/* What clips of all kinds become: every frame once, at its true time, the right
 * way up. The ffmpeg programs are the second opinion. */
#include "media/clips.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- formats ------------------------------------------------------------- */

static const struct {
    const char *file;
    const char *encoder; /* skipped where ffmpeg lacks it */
    const char *args;
    int width_px, height_px, n_frames;
    int bits, chroma_shift_x, chroma_shift_y;
    int is_full_range;
} FORMATS[] = {
    {"bframes.mp4", "libx264", "-c:v libx264 -preset veryfast -bf 3", 160, 90, 25, 8, 1, 1, 0},
    {"bframes.mkv", "libx264", "-c:v libx264 -preset veryfast -bf 3", 160, 90, 25, 8, 1, 1, 0},
    {"bframes.ts", "libx264", "-c:v libx264 -preset veryfast -bf 3", 160, 90, 25, 8, 1, 1, 0},
    {"bframes.flv", "libx264", "-c:v libx264 -preset veryfast -bf 3", 160, 90, 25, 8, 1, 1, 0},
    {"ntsc.mov", "libx264", "-r 30000/1001 -c:v libx264", 160, 90, 30, 8, 1, 1, 0},
    {"high10.mp4", "libx264", "-c:v libx264 -preset veryfast -pix_fmt yuv420p10le", 160, 90, 25, 10,
     1, 1, 0},
    {"odd444.mp4", "libx264", "-s 161x91 -c:v libx264 -preset veryfast -pix_fmt yuv444p", 161, 91,
     25, 8, 0, 0, 0},
    {"hevc.mp4", "libx265", "-c:v libx265 -preset ultrafast -x265-params log-level=none", 160, 90,
     25, 8, 1, 1, 0},
    {"hevc10.mkv", "libx265",
     "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le", 160, 90, 25,
     10, 1, 1, 0},
    {"odd.webm", "libvpx-vp9", "-s 161x91 -c:v libvpx-vp9 -deadline realtime -cpu-used 8", 161, 91,
     25, 8, 1, 1, 0},
    {"vp9ten.webm", "libvpx-vp9",
     "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv422p10le", 160, 90, 25, 10, 1, 0,
     0},
    {"av1.mp4", "libsvtav1", "-c:v libsvtav1 -preset 12", 160, 90, 25, 8, 1, 1, 0},
    {"av1.webm", "libaom-av1", "-t 0.2 -c:v libaom-av1 -cpu-used 8 -usage realtime", 160, 90, 5, 8,
     1, 1, 0},
    {"mjpeg.avi", "mjpeg", "-c:v mjpeg -pix_fmt yuvj422p", 160, 90, 25, 8, 1, 0, 1},
    {"odd.jpg", "mjpeg", "-frames:v 1 -s 161x91 -c:v mjpeg -pix_fmt yuvj420p", 161, 91, 1, 8, 1, 1,
     1},
    {"mpeg2.mkv", "mpeg2video", "-c:v mpeg2video -bf 2", 160, 90, 25, 8, 1, 1, 0},
    {"mpeg4.avi", "mpeg4", "-c:v mpeg4", 160, 90, 25, 8, 1, 1, 0},
    {"png.mov", "png", "-c:v png -pix_fmt rgb24", 160, 90, 25, 8, 0, 0, 0},
    {"palette.gif", "gif", "-c:v gif", 160, 90, 25, 8, 0, 0, 0},
    {"nv12.nut", "rawvideo", "-c:v rawvideo -pix_fmt nv12", 160, 90, 25, 8, 1, 1, 0},
    {"oddnv12.nut", "rawvideo", "-s 161x91 -c:v rawvideo -pix_fmt nv12", 161, 91, 25, 8, 1, 1, 0},
    {"yuyv.nut", "rawvideo", "-c:v rawvideo -pix_fmt yuyv422", 160, 90, 25, 8, 1, 0, 0},
    {"bgr0.nut", "rawvideo", "-c:v rawvideo -pix_fmt bgr0", 160, 90, 25, 8, 0, 0, 0},
    {"bigendian.nut", "rawvideo", "-c:v rawvideo -pix_fmt yuv420p10be", 160, 90, 25, 10, 1, 1, 0},
    {"yuv411.nut", "rawvideo", "-c:v rawvideo -pix_fmt yuv411p", 160, 90, 25, 8, 2, 0, 0},
    {"sixteen.nut", "rawvideo", "-c:v rawvideo -pix_fmt yuv444p16le", 160, 90, 25, 16, 0, 0, 0},
    {"grey.mkv", "ffv1", "-c:v ffv1 -pix_fmt gray", 160, 90, 25, 8, 1, 1, 1},
    {"grey10.mkv", "ffv1", "-c:v ffv1 -pix_fmt gray10le", 160, 90, 25, 10, 1, 1, 1},
    {"gbrp.mkv", "ffv1", "-c:v ffv1 -pix_fmt gbrp", 160, 90, 25, 8, 0, 0, 0},
};

/* A red top left quarter on green. */
static const char SOURCE[] =
    "-f lavfi -i \"color=c=0x20A040:s=320x180:r=25:d=1,format=rgb24,"
    "drawbox=x=0:y=0:w=160:h=90:color=0xE02020:t=fill\" -s 160x90 -pix_fmt yuv420p";

/* Lossy coding and 8 bit rounding. */
enum { COLOUR_TOLERANCE = 9 };

static void assert_colour(const uint8_t *bgra, int pixel, const int bgr[3])
{
    const uint8_t *p = bgra + (ptrdiff_t)pixel * 4;
    bool is_near = p[3] == 255;
    for (int c = 0; c < 3; c++)
        is_near = is_near && abs(p[c] - bgr[c]) <= COLOUR_TOLERANCE;
    if (!is_near)
        fail_msg("colour is %d,%d,%d,%d, not %d,%d,%d,255", p[0], p[1], p[2], p[3], bgr[0], bgr[1],
                 bgr[2]);
}

/* The first frame of the clip: layout as expected, and the colours of SOURCE. */
static void check_first_frame(const char *path, size_t i)
{
    tread_reader *reader = clips_open(path, NULL);
    tread_frame *frame;
    assert_int_equal(tread_media__reader_next(reader, &frame, NULL), TREAD_OK);
    const tread_picture *p = &frame->picture;
    assert_int_equal(p->width_px, FORMATS[i].width_px);
    assert_int_equal(p->height_px, FORMATS[i].height_px);
    assert_int_equal(p->bits, FORMATS[i].bits);
    assert_int_equal(p->chroma_shift_x, FORMATS[i].chroma_shift_x);
    assert_int_equal(p->chroma_shift_y, FORMATS[i].chroma_shift_y);
    assert_int_equal(p->is_full_range, FORMATS[i].is_full_range);
    assert_int_equal(p->matrix, TREAD_MATRIX_BT601);

    tread_converter *conv;
    int w = p->width_px;
    int h = p->height_px;
    uint8_t *bgra = malloc((size_t)w * (size_t)h * 4);
    assert_int_equal(tread_media__converter_create(&conv, w, h, NULL), TREAD_OK);
    const tread_surface to = tread_surface__bgra(bgra, w * 4, w, h);
    assert_int_equal(tread_media__converter_run(conv, frame, &to, NULL), TREAD_OK);
    /* Grey keeps the BT.601 luma of both: 0.299 R + 0.587 G + 0.114 B. */
    bool is_grey = strstr(path, "grey") != NULL;
    const int box[3] = {is_grey ? 89 : 0x20, is_grey ? 89 : 0x20, is_grey ? 89 : 0xE0};
    const int ground[3] = {is_grey ? 111 : 0x40, is_grey ? 111 : 0xA0, is_grey ? 111 : 0x20};
    if (!strstr(path, ".gif")) { /* whose palette is dithered */
        assert_colour(bgra, w * (h / 4) + w / 4, box);
        assert_colour(bgra, w * (h / 4) + w * 3 / 4, ground);
        assert_colour(bgra, w * h - 1, ground); /* the last column and row are not forgotten */
    }
    free(bgra);
    tread_media__converter_destroy(&conv);
    tread_media__frame_unref(&frame);
    tread_media__reader_close(&reader);
}

/* libav's start of the clip where its clock does not start at zero. */
static double probe_origin_s(const char *path)
{
    double t[CLIPS_TIMES_MAX];
    bool is_ts = strstr(path, ".ts");
    return is_ts && clips_probe_times(path, t) ? t[0] : 0.0;
}

static void assert_times_as_probed(const clips_reading *r, const char *path)
{
    double t[CLIPS_TIMES_MAX];
    size_t n = clips_probe_times(path, t);
    double origin_s = probe_origin_s(path);
    assert_int_equal(r->n_frames, n);
    for (size_t i = 0; i < n; i++)
        assert_near(r->frame[i].time_s, t[i] - origin_s, 1.5e-6); /* ffprobe prints so much */
}

static void formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
        if (!clips_has_encoder(FORMATS[i].encoder)) {
            print_message("  %s: skipped, this ffmpeg has no %s\n", FORMATS[i].file,
                          FORMATS[i].encoder);
            continue;
        }
        print_message("  %s\n", FORMATS[i].file);
        char args[1024];
        snprintf(args, sizeof args, "%s %s", SOURCE, FORMATS[i].args);
        const char *path = clips_make(FORMATS[i].file, args);
        clips_reading *r = clips_read(path, NULL);
        assert_int_equal(r->status, TREAD_EOF);
        assert_int_equal(r->n_frames, FORMATS[i].n_frames);
        assert_int_equal(r->stats.n_bad_packets, 0);
        assert_int_equal(r->stats.n_bad_frames, 0);
        assert_int_equal(r->stats.n_time_faults, 0);
        /* FLV has nothing to hide the delay of B-frames with. */
        assert_near(r->frame[0].time_s, strstr(path, ".flv") ? 0.08 : 0.0, 1e-9);
        assert_times_as_probed(r, path);
        free(r);
        check_first_frame(path, i);
    }
}

/* ---- times --------------------------------------------------------------- */

static void variable_rate(void **state)
{
    (void)state;
    const char *path =
        clips_make("vfr.mp4", "-f lavfi -i testsrc2=s=96x64:r=30:d=3 "
                              "-vf \"select='not(eq(mod(n,7),3))'\" -vsync vfr "
                              "-c:v libx264 -preset veryfast -bf 2 -video_track_timescale 90000");
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    assert_times_as_probed(r, path);
    size_t i = 0;
    for (int n = 0; n < 90; n++) {
        if (n % 7 != 3)
            assert_near(r->frame[i++].time_s, n / 30.0, 1e-9);
    }
    assert_int_equal(r->n_frames, i);
    free(r);
}

static void edit_list(void **state)
{
    (void)state;
    static const char *const codecs[] = {"libx264 -preset veryfast -g 50 -bf 3",
                                         "libx265 -preset ultrafast -g 50 -x265-params "
                                         "log-level=none",
                                         "libvpx-vp9 -deadline realtime -cpu-used 8 -g 50",
                                         "libsvtav1 -preset 12 -g 50"};
    for (size_t k = 0; k < sizeof codecs / sizeof codecs[0]; k++) {
        char args[CLIPS_PATH_MAX * 2];
        snprintf(args, sizeof args, "%.*s", (int)strcspn(codecs[k], " "), codecs[k]);
        if (!clips_has_encoder(args))
            continue;
        print_message("  %s\n", args);
        snprintf(args, sizeof args, "-f lavfi -i testsrc2=s=96x64:r=25:d=4 -c:v %s", codecs[k]);
        const char *whole = clips_make("whole.mp4", args);
        snprintf(args, sizeof args, "-ss 1.2 -i '%s' -c copy", whole);
        const char *cut = clips_make("cut.mp4", args);
        clips_reading *a = clips_read(whole, NULL);
        clips_reading *b = clips_read(cut, NULL);
        assert_int_equal(a->n_frames, 100);
        if (!strstr(codecs[k], "av1")) /* where ffprobe shows what is cut off as well */
            assert_times_as_probed(b, cut);
        /* Frames before 1.2 s are in the file, for decoding only. */
        assert_int_equal(b->n_frames, 70);
        assert_near(b->frame[0].time_s, 0.0, 1e-9);
        for (size_t i = 0; i < b->n_frames; i++)
            assert_true(b->frame[i].hash == a->frame[i + 30].hash);
        free(a);
        free(b);
    }
}

static void late_start_is_kept(void **state)
{
    (void)state;
    const char *path = clips_make(
        "late.mp4", "-f lavfi -i testsrc2=s=96x64:r=25:d=1 -c:v libx264 -preset veryfast "
                    "-bf 0 -output_ts_offset 5");
    clips_reading *r = clips_read(path, NULL);
    assert_near(r->frame[0].time_s, 5.0, 1e-9);
    assert_times_as_probed(r, path);
    free(r);
}

/* MPEG-TS starts anywhere: zero is where the earlier of sound and picture begins. */
static void transport_stream_starts_at_zero(void **state)
{
    (void)state;
    const char *path =
        clips_make("sound.ts", "-f lavfi -i testsrc2=s=96x64:r=25:d=1 "
                               "-f lavfi -itsoffset -0.5 -i sine=d=1 -c:v libx264 -preset veryfast "
                               "-bf 2 -c:a mp2 -output_ts_offset 100");
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->n_frames, 25);
    assert_near(r->frame[0].time_s, 0.5, 0.03); /* sound comes in blocks of 26 ms */
    assert_near(r->frame[24].time_s - r->frame[0].time_s, 0.96, 1e-6);
    free(r);
}

/* ---- windows ------------------------------------------------------------- */

static const struct {
    const char *file;
    const char *args;
    size_t n_frames;
} SOUGHT[] = {
    {"closed.mp4", "-c:v libx264 -preset veryfast -g 25 -bf 3", 100},
    /* Later groups tell the decoder to drop pictures from before the seek. */
    {"open.mp4", "-c:v libx264 -x264-params open-gop=1:keyint=25:bframes=3:ref=4", 180},
    {"open.ts", "-c:v libx264 -x264-params open-gop=1:keyint=25:bframes=3:ref=4", 100},
    {"longgop.mkv", "-c:v libx264 -preset veryfast -g 1000 -bf 3", 100},
    {"refresh.mp4",
     "-c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=25:bframes=0", 100},
    {"openhevc.mkv",
     "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:open-gop=1", 100},
    {"mpeg2.ts", "-c:v mpeg2video -g 12 -bf 2", 100},
    {"mpeg4.avi", "-c:v mpeg4 -g 25", 100},
    {"raw.h264", "-c:v libx264 -preset veryfast -g 25 -bf 0", 100}, /* no times: no seeking */
    {"vp9.webm", "-c:v libvpx-vp9 -g 25 -deadline realtime -cpu-used 8", 100},
};

/* Windows give the same frames at the same times as the whole, and side by side
 * they leave nothing out. */
static void check_cut_at(const char *path, const clips_reading *whole, size_t start)
{
    double at_s = whole->frame[start].time_s;
    clips_reading *before = clips_read(path, &(tread_reader_opts){.to_s = at_s});
    clips_reading *after = clips_read(path, &(tread_reader_opts){.from_s = at_s});
    assert_int_equal(before->status, TREAD_EOF);
    assert_int_equal(after->status, TREAD_EOF);
    assert_int_equal(before->n_frames, start);
    assert_int_equal(after->n_frames, whole->n_frames - start);
    for (size_t f = 0; f < whole->n_frames; f++) {
        const clips_frame *got = f < start ? &before->frame[f] : &after->frame[f - start];
        assert_true(got->time_s == whole->frame[f].time_s);
        assert_true(got->hash == whole->frame[f].hash);
    }
    free(before);
    free(after);
}

static void windows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SOUGHT / sizeof SOUGHT[0]; i++) {
        print_message("  %s\n", SOUGHT[i].file);
        char args[1024];
        snprintf(args, sizeof args,
                 "-f lavfi -i life=s=96x64:r=25:ratio=0.3:seed=1 -frames:v %zu -pix_fmt yuv420p %s",
                 SOUGHT[i].n_frames, SOUGHT[i].args);
        const char *path = clips_make(SOUGHT[i].file, args);
        clips_reading *whole = clips_read(path, NULL);
        assert_int_equal(whole->n_frames, SOUGHT[i].n_frames);
        static const size_t starts[] = {1, 24, 26, 60, 105, 135, 160};
        for (size_t k = 0; k < sizeof starts / sizeof starts[0]; k++)
            if (starts[k] < whole->n_frames)
                check_cut_at(path, whole, starts[k]);
        clips_reading *beyond = clips_read(path, &(tread_reader_opts){.from_s = 50.0});
        assert_int_equal(beyond->status, TREAD_EOF);
        assert_int_equal(beyond->n_frames, 0);
        free(beyond);
        free(whole);
    }
}

static void bad_options(void **state)
{
    (void)state;
    const char *path = clips_path("closed.mp4");
    const tread_reader_opts bad[] = {
        {.n_threads = -1},  {.from_s = -1},           {.from_s = NAN},
        {.to_s = INFINITY}, {.from_s = 2, .to_s = 2},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tread_reader *reader;
        assert_int_equal(tread_media__reader_open(&reader, path, &bad[i], NULL), TREAD_ERR_ARG);
        assert_null(reader);
    }
}

/* ---- the right way up ---------------------------------------------------- */

/* Quarters of the stored picture: red, green / blue, white. Each row says what
 * a person sees, reading the quarters left to right, top to bottom. */
static const struct {
    const char *name;
    int a, b, c, d; /* display matrix */
    const char *seen;
    int rotation_deg;
    bool is_mirrored;
} TURNS[] = {
    {"as stored", 1, 0, 0, 1, "RGBW", 0, false},
    {"turned 90", 0, 1, -1, 0, "BRWG", 90, false},
    {"turned 180", -1, 0, 0, -1, "WBGR", 180, false},
    {"turned 270", 0, -1, 1, 0, "GWRB", 270, false},
    {"mirrored", -1, 0, 0, 1, "GRWB", 0, true},
    {"upside down", 1, 0, 0, -1, "BWRG", 180, true},
    {"transposed", 0, 1, 1, 0, "RBGW", 270, true},
    {"transversed", 0, -1, -1, 0, "WGBR", 90, true},
};

static void put_be32(uint8_t *p, int32_t v)
{
    uint32_t u = (uint32_t)v;
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(u >> (24 - 8 * i));
}

/* Write a display matrix into the track header of an MP4. */
static void patch_matrix(const char *from, const char *to, size_t turn)
{
    size_t size;
    uint8_t *data = clips_load(from, &size);
    uint8_t *tkhd = NULL;
    for (size_t i = 0; i + 80 < size && !tkhd; i++)
        if (memcmp(data + i, "tkhd", 4) == 0)
            tkhd = data + i;
    assert_non_null(tkhd);
    const int32_t one = 1 << 16;
    const int32_t matrix[9] = {TURNS[turn].a * one,
                               TURNS[turn].b * one,
                               0,
                               TURNS[turn].c * one,
                               TURNS[turn].d * one,
                               0,
                               0,
                               0,
                               1 << 30};
    for (int i = 0; i < 9; i++)
        put_be32(tkhd + 44 + 4 * i, matrix[i]);
    clips_save(to, data, size);
    free(data);
}

static char colour_at(const uint8_t *bgra)
{
    bool b = bgra[0] > 128;
    bool g = bgra[1] > 128;
    bool r = bgra[2] > 128;
    return r && g && b ? 'W' : r ? 'R' : g ? 'G' : b ? 'B' : '?';
}

/* From the planes, through the affine: Y, U and V tell the four colours apart. */
static char colour_of_sample(const tread_picture *p, double xu, double yu)
{
    int y = clips_sample(p, 0, xu, yu);
    int u = clips_sample(p, 1, xu, yu);
    int v = clips_sample(p, 2, xu, yu);
    return y > 200 ? 'W' : v > 180 ? 'R' : u > 180 ? 'B' : y > 100 ? 'G' : '?';
}

static void check_turn(const char *path, size_t turn)
{
    tread_reader *reader = clips_open(path, NULL);
    const tread_source_info *info = tread_media__reader_info(reader);
    assert_int_equal(info->rotation_deg, TURNS[turn].rotation_deg);
    assert_int_equal(info->is_mirrored, TURNS[turn].is_mirrored);
    int w = TURNS[turn].a ? 96 : 64;
    int h = TURNS[turn].a ? 64 : 96;
    assert_near(info->upright_width_px, w, 0);
    assert_near(info->upright_height_px, h, 0);
    tread_frame *frame;
    assert_int_equal(tread_media__reader_next(reader, &frame, NULL), TREAD_OK);
    assert_near(frame->picture.upright_width_px, w, 0);
    assert_int_equal(frame->picture.width_px, 96); /* nothing was turned */

    tread_converter *conv;
    uint8_t *bgra = malloc((size_t)(w * h * 4));
    assert_int_equal(tread_media__converter_create(&conv, w, h, NULL), TREAD_OK);
    const tread_surface to = tread_surface__bgra(bgra, w * 4, w, h);
    assert_int_equal(tread_media__converter_run(conv, frame, &to, NULL), TREAD_OK);
    for (int q = 0; q < 4; q++) {
        int x = w / 4 + (q % 2) * (w / 2);
        int y = h / 4 + (q / 2) * (h / 2);
        assert_int_equal(colour_of_sample(&frame->picture, x + 0.5, y + 0.5), TURNS[turn].seen[q]);
        assert_int_equal(colour_at(bgra + (y * w + x) * 4), TURNS[turn].seen[q]);
    }
    tread_media__converter_destroy(&conv);
    tread_media__frame_unref(&frame);
    tread_media__reader_close(&reader);

    /* The ffmpeg program shows the same, to the pixel. */
    assert_int_equal(clips_run("ffmpeg -nostdin -v error -y -i '%s' -frames:v 1 -f rawvideo "
                               "-pix_fmt bgra '%s.raw'",
                               path, path),
                     0);
    char raw[CLIPS_PATH_MAX * 2];
    snprintf(raw, sizeof raw, "%s.raw", path);
    size_t size;
    uint8_t *shown = clips_load(raw, &size);
    assert_int_equal(size, w * h * 4);
    for (int i = 0; i < w * h * 4; i++)
        if (abs(shown[i] - bgra[i]) > 3)
            fail_msg("pixel %d,%d is %d, ffmpeg shows %d", i / 4 % w, i / 4 / w, bgra[i], shown[i]);
    free(shown);
    free(bgra);
}

static void turned_clips(void **state)
{
    (void)state;
    const char *plain =
        clips_make("quarters.mp4", "-f lavfi -i \"color=c=red:s=96x64:r=25:d=0.2,format=rgb24,"
                                   "drawbox=x=48:y=0:w=48:h=32:color=0x00FF00:t=fill,"
                                   "drawbox=x=0:y=32:w=48:h=32:color=blue:t=fill,"
                                   "drawbox=x=48:y=32:w=48:h=32:color=white:t=fill\" -c:v libx264 "
                                   "-preset veryfast -qp 8 -pix_fmt yuv420p");
    for (size_t i = 0; i < sizeof TURNS / sizeof TURNS[0]; i++) {
        print_message("  %s\n", TURNS[i].name);
        char name[32];
        snprintf(name, sizeof name, "turn%zu.mp4", i);
        const char *path = clips_path(name);
        patch_matrix(plain, path, i);
        check_turn(path, i);
    }
    /* As the ffmpeg program itself writes it: it counts the other way round. */
    char args[CLIPS_PATH_MAX * 2];
    snprintf(args, sizeof args, "-i '%s' -c copy -metadata:s:v rotate=270", plain);
    check_turn(clips_make("phone.mp4", args), 1);
}

static void wide_pixels(void **state)
{
    (void)state;
    const char *path = clips_make("wide.mp4", "-f lavfi -i testsrc2=s=96x64:r=25:d=0.2 "
                                              "-vf setsar=4/3 -c:v libx264");
    tread_reader *reader = clips_open(path, NULL);
    const tread_source_info *info = tread_media__reader_info(reader);
    assert_near(info->sample_aspect, 4.0 / 3.0, 1e-9);
    assert_near(info->upright_width_px, 128, 1e-9);
    assert_near(info->upright_height_px, 64, 1e-9);
    tread_frame *frame;
    assert_int_equal(tread_media__reader_next(reader, &frame, NULL), TREAD_OK);
    const double *m = frame->picture.stored_from_upright;
    assert_near(frame->picture.upright_width_px, 128, 1e-9);
    assert_near(m[0] * 128 + m[1] * 64 + m[2], 96, 1e-9);
    assert_near(m[3] * 128 + m[4] * 64 + m[5], 64, 1e-9);
    tread_media__frame_unref(&frame);
    tread_media__reader_close(&reader);
}

/* ---- odd clips ----------------------------------------------------------- */

static void size_changes_midway(void **state)
{
    (void)state;
    const char *small = clips_make("small.ts", "-f lavfi -i testsrc2=s=96x64:r=25:d=1 "
                                               "-c:v libx264 -preset veryfast -bf 2");
    const char *large =
        clips_make("large.ts", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 "
                               "-c:v libx264 -preset veryfast -bf 2 -output_ts_offset 2");
    const char *both = clips_path("both.ts");
    assert_int_equal(clips_run("cat '%s' '%s' > '%s'", small, large, both), 0);
    clips_reading *r = clips_read(both, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    /* The seam may cost the last pictures of the first part, never the second. */
    assert_in_range(r->n_frames, 48, 50);
    assert_int_equal(r->frame[0].width_px, 96);
    for (size_t i = r->n_frames - 25; i < r->n_frames; i++)
        assert_int_equal(r->frame[i].width_px, 160);
    assert_near(r->frame[r->n_frames - 1].time_s - r->frame[r->n_frames - 25].time_s, 0.96, 1e-6);
    assert_near(r->frame[r->n_frames - 1].time_s, 2.9, 0.1);
    free(r);
}

/* The same without the second part's clock set on: it goes back to the start. */
static void clock_reset_midway(void **state)
{
    (void)state;
    const char *path = clips_path("twice.ts");
    assert_int_equal(
        clips_run("cat '%s' '%s' > '%s'", clips_path("small.ts"), clips_path("small.ts"), path), 0);
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    assert_in_range(r->n_frames, 47, 50);
    assert_true(r->stats.n_time_faults >= 1);
    assert_near(r->frame[r->n_frames - 1].time_s, 1.96, 0.17);
    free(r);
}

static void interlaced(void **state)
{
    (void)state;
    const char *path = clips_make("fields.mp4", "-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 "
                                                "-flags +ilme+ildct -top 1 -c:v libx264");
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->n_frames, 10);
    assert_true(r->info.is_interlaced);
    free(r);
    r = clips_read(clips_path("quarters.mp4"), NULL);
    assert_false(r->info.is_interlaced);
    free(r);
}

static void one_frame(void **state)
{
    (void)state;
    const char *path = clips_make("one.mp4", "-f lavfi -i testsrc2=s=96x64 -frames:v 1 "
                                             "-c:v libx264 -preset veryfast");
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    assert_int_equal(r->n_frames, 1);
    assert_near(r->frame[0].time_s, 0.0, 0);
    free(r);
}

/* The number of threads changes nothing but the time it takes. */
static void threads_change_nothing(void **state)
{
    (void)state;
    static const char *const files[] = {"bframes.mp4", "hevc.mp4",  "odd.webm", "mjpeg.avi",
                                        "refresh.mp4", "mpeg2.mkv", "av1.mp4"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *path = clips_path(files[i]);
        if (access(path, R_OK) != 0)
            continue;
        clips_reading *one = clips_read(path, &(tread_reader_opts){.n_threads = 1});
        clips_reading *four = clips_read(path, &(tread_reader_opts){.n_threads = 4});
        assert_int_equal(one->n_frames, four->n_frames);
        assert_memory_equal(one->frame, four->frame, one->n_frames * sizeof one->frame[0]);
        assert_memory_equal(&one->stats, &four->stats, sizeof one->stats);
        free(one);
        free(four);
    }
}

static void memory_and_stdin(void **state)
{
    (void)state;
    const char *path = clips_path("closed.mp4");
    clips_reading *file = clips_read(path, NULL);
    size_t size;
    uint8_t *data = clips_load(path, &size);
    tread_reader *reader;
    tread_error err;
    assert_int_equal(tread_media__reader_open_memory(&reader, data, size, "bytes", NULL, &err),
                     TREAD_OK);
    tread_frame *frame;
    for (size_t i = 0; i < file->n_frames; i++) {
        assert_int_equal(tread_media__reader_next(reader, &frame, &err), TREAD_OK);
        assert_true(clips_hash(&frame->picture) == file->frame[i].hash);
        tread_media__frame_unref(&frame);
    }
    assert_int_equal(tread_media__reader_next(reader, &frame, &err), TREAD_EOF);
    tread_media__reader_close(&reader);
    free(data);
    free(file);

    file = clips_read(clips_path("bframes.mkv"), NULL);
    int saved = dup(0);
    int fd = open(clips_path("bframes.mkv"), O_RDONLY);
    assert_true(saved >= 0 && fd >= 0 && dup2(fd, 0) == 0);
    clips_reading *piped = clips_read("-", NULL);
    assert_int_equal(piped->n_frames, file->n_frames);
    assert_true(dup2(saved, 0) == 0);
    close(fd);
    close(saved);
    free(piped);
    free(file);
}

static void name_with_a_colon(void **state)
{
    (void)state;
    const char *path = clips_path("run: 5 km.mp4");
    assert_int_equal(clips_run("cp '%s' '%s'", clips_path("one.mp4"), path), 0);
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->n_frames, 1);
    free(r);
}

/* A port nobody listens on just now. */
static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* A network camera's Motion JPEG has no times: frames get those of arrival. */
static void times_of_arrival(void **state)
{
    (void)state;
    int port = free_port();
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    assert_int_equal(clips_run("timeout 20 ffmpeg -nostdin -v quiet -re -f lavfi "
                               "-i testsrc2=s=64x48:r=10:d=2 -c:v mjpeg -f mpjpeg -listen 1 %s &",
                               url),
                     0);
    tread_reader *reader = NULL;
    tread_error err = {0};
    for (int i = 0; i < 50 && !reader; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        if (tread_media__reader_open(&reader, url, NULL, &err) != TREAD_OK)
            assert_int_equal(strncmp(err.text, url, strlen(url)), 0);
    }
    if (!reader)
        fail_msg("%s", err.text);
    tread_frame *frame;
    double last_s = -1.0;
    int n = 0;
    while (tread_media__reader_next(reader, &frame, &err) == TREAD_OK) {
        assert_true(frame->time_s > last_s);
        last_s = frame->time_s;
        n++;
        tread_media__frame_unref(&frame);
    }
    print_message("  %d frames in %.3f s\n", n, last_s);
    assert_in_range(n, 15, 20);
    assert_near(last_s, (n - 1) * 0.1, 0.6); /* a busy machine sends late */
    tread_media__reader_close(&reader);
}

static void frames_come_from_pools(void **state)
{
    (void)state;
    static const char *const files[] = {"closed.mp4", "nv12.nut", "longgop.mkv"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        tread_reader *reader = clips_open(clips_path(files[i]), NULL);
        const tread_frame *structs[64];
        const uint8_t *planes[64];
        size_t n_structs = 0;
        size_t n_planes = 0;
        tread_frame *frame;
        while (tread_media__reader_next(reader, &frame, NULL) == TREAD_OK) {
            size_t k = 0;
            while (k < n_structs && structs[k] != frame)
                k++;
            if (k == n_structs)
                structs[n_structs++] = frame;
            for (k = 0; k < n_planes && planes[k] != frame->picture.plane[0]; k++)
                continue;
            if (k == n_planes)
                planes[n_planes++] = frame->picture.plane[0];
            assert_true(n_structs < 64 && n_planes < 64);
            tread_media__frame_unref(&frame);
        }
        print_message("  %s: %zu frame structs, %zu pictures\n", files[i], n_structs, n_planes);
        assert_int_equal(n_structs, 1);
        assert_true(n_planes <= 24); /* references and reordering of H.264 */
        tread_media__reader_close(&reader);
    }
}

static void a_real_clip(void **state)
{
    (void)state;
    const char *path = clips_shared("clips/male_side/male_side.mp4");
    if (!path) {
        print_message("  skipped: the real clips are not here\n");
        skip();
    }
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    assert_int_equal(r->n_frames, 360);
    assert_near(r->info.duration_s, 12.0, 1e-9);
    assert_near(r->frame[0].time_s, 0.0, 0);
    assert_near(r->frame[359].time_s, 359.0 / 30.0, 1e-9);
    assert_int_equal(r->info.coded_width_px, 720);
    assert_int_equal(r->info.coded_height_px, 1280);
    assert_near(r->info.stated_fps, 30.0, 1e-9);
    assert_int_equal(r->info.rotation_deg, 0);
    assert_times_as_probed(r, path);
    free(r);
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(variable_rate),
        cmocka_unit_test(edit_list),
        cmocka_unit_test(late_start_is_kept),
        cmocka_unit_test(transport_stream_starts_at_zero),
        cmocka_unit_test(windows),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(turned_clips),
        cmocka_unit_test(wide_pixels),
        cmocka_unit_test(size_changes_midway),
        cmocka_unit_test(clock_reset_midway),
        cmocka_unit_test(interlaced),
        cmocka_unit_test(one_frame),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(memory_and_stdin),
        cmocka_unit_test(name_with_a_colon),
        cmocka_unit_test(times_of_arrival),
        cmocka_unit_test(frames_come_from_pools),
        cmocka_unit_test(a_real_clip),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}

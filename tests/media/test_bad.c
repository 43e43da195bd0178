/* Clips that are not: a clear message or all that is sound, never a guess. */
#include "media/clips.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opening `path` fails with TREAD_ERR_INPUT and one line: name, reason, remedy. */
static void assert_refused(const char *path, const char *reason)
{
    tread_reader *reader;
    tread_error err = {0};
    assert_int_equal(tread_media__reader_open(&reader, path, NULL, &err), TREAD_ERR_INPUT);
    assert_null(reader);
    assert_int_equal(err.code, TREAD_ERR_INPUT);
    print_message("  %s\n", err.text);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    if (!strstr(err.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
    assert_true(strstr(err.text, "; ") || strstr(err.text, ": "));
    assert_null(strchr(err.text, '\n'));
    /* The message is not asked for. */
    assert_int_equal(tread_media__reader_open(&reader, path, NULL, NULL), TREAD_ERR_INPUT);
}

static void save_text(const char *name, const char *text)
{
    clips_save(clips_path(name), (const uint8_t *)text, strlen(text));
}

static void not_clips(void **state)
{
    (void)state;
    assert_refused(clips_path("missing.mp4"), "no such file; check the path");
    save_text("empty.mp4", "");
    assert_refused(clips_path("empty.mp4"), "is empty (0 bytes)");
    assert_refused(clips_path("empty.mp4/below.mp4"), "no such file");
    save_text("notes.txt", "Ran 5 km on the treadmill today, felt good.\nTomorrow 8 km.\n");
    assert_refused(clips_path("notes.txt"), "not a video");
    save_text("renamed.mp4", "This is a letter, not a clip, whatever its name says.\n");
    assert_refused(clips_path("renamed.mp4"), "not a video");
    assert_int_equal(mkdir(clips_path("folder.mp4"), 0755), 0);
    assert_refused(clips_path("folder.mp4"), "is a folder");
    assert_refused("", "no such file");
    assert_refused("nosuchscheme://x", "cannot be opened");
    assert_refused(clips_make("song.mp3", "-f lavfi -i sine=d=1"), "has sound but no picture");
    assert_refused(clips_make("covered.m4a",
                              "-f lavfi -i sine=d=1 -f lavfi -i testsrc=s=64x64:r=1:d=1 "
                              "-map 0 -map 1 -frames:v 1 -c:v png "
                              "-disposition:v attached_pic"),
                   "has sound but no picture");
    if (geteuid() == 0) {
        print_message("  no permission: skipped, root may read everything\n");
        return;
    }
    save_text("private.mp4", "secret");
    assert_int_equal(chmod(clips_path("private.mp4"), 0), 0);
    assert_refused(clips_path("private.mp4"), "Permission denied");
}

static void no_decoder(void **state)
{
    (void)state;
    /* An AVI whose codec nobody knows. */
    const char *path = clips_make("strange.avi", "-f lavfi -i testsrc2=s=64x64:r=25:d=0.2 "
                                                 "-c:v mpeg4 -vtag XVID");
    size_t size;
    uint8_t *data = clips_load(path, &size);
    for (size_t i = 0; i + 4 <= size && i < 4096; i++)
        if (memcmp(data + i, "XVID", 4) == 0)
            memcpy(data + i, "ZZZQ", 4);
    clips_save(path, data, size);
    free(data);
    assert_refused(path, "coded as ZZZQ, which this libav has no decoder for");
}

/* ---- cut short ----------------------------------------------------------- */

static const struct {
    const char *file;
    const char *args;
    bool is_intra;
} CUT[] = {
    {"cut.mp4", "-c:v libx264 -preset veryfast -bf 3 -g 25 -movflags +faststart", false},
    {"cut.ts", "-c:v libx264 -preset veryfast -bf 3 -g 25", false},
    {"cut.mkv", "-c:v libx264 -preset veryfast -bf 3 -g 25", false},
    {"cuthevc.mkv", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25", false},
    {"cutjpeg.mov", "-c:v mjpeg -pix_fmt yuvj420p -movflags +faststart", true},
    {"cut.avi", "-c:v mjpeg -pix_fmt yuvj420p", true},
};

/* All frames before the cut, as they are in the whole clip, then the end. */
static void cut_clips(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CUT / sizeof CUT[0]; i++) {
        char args[512];
        snprintf(args, sizeof args, "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -pix_fmt yuv420p %s",
                 CUT[i].args);
        const char *path = clips_make(CUT[i].file, args);
        clips_reading *whole = clips_read(path, NULL);
        assert_int_equal(whole->n_frames, 100);
        size_t size;
        uint8_t *data = clips_load(path, &size);
        for (int percent = 30; percent <= 90; percent += 20) {
            clips_save(clips_path("short"), data, size * (size_t)percent / 100);
            for (int n_threads = 1; n_threads <= 4; n_threads += 3) {
                clips_reading *r =
                    clips_read(clips_path("short"), &(tread_reader_opts){.n_threads = n_threads});
                assert_int_equal(r->status, TREAD_EOF);
                assert_in_range(r->n_frames, percent - 20, percent + 10);
                /* The last pictures may lack one of those they refer to. */
                size_t n_checked = r->n_frames - (CUT[i].is_intra ? 0 : 4);
                for (size_t f = 0; f < n_checked; f++) {
                    assert_true(r->frame[f].hash == whole->frame[f].hash);
                    assert_true(r->frame[f].time_s == whole->frame[f].time_s);
                }
                if (n_threads == 1)
                    print_message("  %s at %d %%: %zu frames, %d bad packets, %d bad frames\n",
                                  CUT[i].file, percent, r->n_frames, (int)r->stats.n_bad_packets,
                                  (int)r->stats.n_bad_frames);
                free(r);
            }
        }
        free(data);
        free(whole);
    }
}

static void cut_before_the_index(void **state)
{
    (void)state;
    const char *path = clips_make("tail.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 "
                                              "-c:v libx264 -preset veryfast");
    size_t size;
    uint8_t *data = clips_load(path, &size);
    clips_save(path, data, size / 2);
    free(data);
    assert_refused(path, "index (moov) is missing");
}

/* ---- damaged ------------------------------------------------------------- */

/* A small generator of our own: the same damage on every machine. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void damage(uint8_t *data, size_t from, size_t to, uint32_t seed)
{
    for (size_t i = from; i < to; i++)
        data[i] = (uint8_t)next_random(&seed);
}

static const struct {
    const char *what;
    const char *args;
    int n_wrong_max; /* shown before the damage was noticed */
} DAMAGED[] = {
    {"reordered", "-preset veryfast -bf 2 -g 25", 3},
    {"in order", "-preset veryfast -bf 0 -g 25", 1},
    {"open groups", "-x264-params open-gop=1:keyint=25:bframes=3:ref=4", 3},
};

/* Every frame of `r` is at the time of one of `whole`.
 * @return how many do not look the same */
static size_t count_wrong(const clips_reading *r, const clips_reading *whole)
{
    size_t n_wrong = 0;
    size_t w = 0;
    for (size_t i = 0; i < r->n_frames; i++) {
        while (whole->frame[w].time_s < r->frame[i].time_s)
            w++;
        assert_true(whole->frame[w].time_s == r->frame[i].time_s);
        n_wrong += whole->frame[w].hash != r->frame[i].hash;
    }
    return n_wrong;
}

/* The number of threads changes nothing. */
static void check_damaged(const clips_reading *whole, size_t i)
{
    const char *path = clips_path("damaged.mp4");
    clips_reading *one = clips_read(path, &(tread_reader_opts){.n_threads = 1});
    clips_reading *four = clips_read(path, &(tread_reader_opts){.n_threads = 4});
    size_t n_wrong = count_wrong(one, whole);
    print_message("  %s: %zu frames of 200, %d bad packets, %d bad frames, %zu wrong\n",
                  DAMAGED[i].what, one->n_frames, (int)one->stats.n_bad_packets,
                  (int)one->stats.n_bad_frames, n_wrong);
    assert_int_equal(one->status, TREAD_EOF);
    assert_true(one->stats.n_bad_packets + one->stats.n_bad_frames >= 200 - (int)one->n_frames);
    assert_in_range(one->n_frames, 200 - 60, 199);
    assert_in_range(n_wrong, 0, DAMAGED[i].n_wrong_max);
    assert_near(one->frame[one->n_frames - 1].time_s, 7.96, 1e-6);
    assert_int_equal(one->n_frames, four->n_frames);
    assert_memory_equal(one->frame, four->frame, one->n_frames * sizeof one->frame[0]);
    assert_int_equal(one->stats.n_bad_packets, four->stats.n_bad_packets);
    /* With threads some are on their way when the damage shows. */
    assert_near((double)one->stats.n_bad_frames, (double)four->stats.n_bad_frames, 3);
    free(one);
    free(four);
}

/* A damaged stretch in the middle costs the pictures up to the next key frame
 * and no others; every picture that comes is one of the clip. */
static void damaged_stretch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DAMAGED / sizeof DAMAGED[0]; i++) {
        char args[512];
        snprintf(args, sizeof args,
                 "-f lavfi -i life=s=160x90:r=25:ratio=0.3:seed=1 -pix_fmt yuv420p -t 8 "
                 "-c:v libx264 -movflags +faststart %s",
                 DAMAGED[i].args);
        const char *path = clips_make("stretch.mp4", args);
        clips_reading *whole = clips_read(path, NULL);
        assert_int_equal(whole->n_frames, 200);
        size_t size;
        uint8_t *data = clips_load(path, &size);
        for (size_t part = 4; part <= 6; part++) {
            uint8_t *broken = malloc(size);
            memcpy(broken, data, size);
            size_t from = size * part / 10;
            damage(broken, from, from + size / 100, (uint32_t)part);
            clips_save(clips_path("damaged.mp4"), broken, size);
            free(broken);
            check_damaged(whole, i);
        }
        free(data);
        free(whole);
    }
}

/* Damage within a picture is concealed by the decoder and said so in a flag; a
 * decoder that notices nothing cannot be helped. */
static void concealed_pictures(void **state)
{
    (void)state;
    size_t size;
    clips_make("flags.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -c:v libx264 "
                            "-preset veryfast -bf 0 -g 25 -movflags +faststart");
    uint8_t *data = clips_load(clips_path("flags.mp4"), &size);
    clips_reading *whole = clips_read(clips_path("flags.mp4"), NULL);
    int n_noticed = 0;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        uint8_t *broken = malloc(size);
        memcpy(broken, data, size);
        uint32_t random = seed;
        size_t at = size / 4 + next_random(&random) % (size / 2);
        damage(broken, at, at + 12, random);
        clips_save(clips_path("flagged.mp4"), broken, size);
        free(broken);
        clips_reading *r = clips_read(clips_path("flagged.mp4"), NULL);
        bool is_noticed = r->stats.n_bad_frames + r->stats.n_bad_packets > 0;
        n_noticed += is_noticed;
        if (is_noticed)
            assert_in_range(count_wrong(r, whole), 0, 2);
        free(r);
    }
    print_message("  %d of 12 noticed\n", n_noticed);
    assert_in_range(n_noticed, 4, 12);
    free(whole);
    free(data);
}

/* Damage everywhere behind the first second: an error, and what came is good. */
static void hopeless_clip(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = clips_load(clips_path("stretch.mp4"), &size);
    for (size_t at = size / 6; at + 60 < size; at += 150)
        damage(data, at, at + 50, (uint32_t)at);
    clips_save(clips_path("hopeless.mp4"), data, size);
    free(data);
    clips_reading *r = clips_read(clips_path("hopeless.mp4"), NULL);
    assert_int_equal(r->status, TREAD_ERR_INPUT);
    assert_int_equal(r->error.code, TREAD_ERR_INPUT);
    print_message("  %zu frames, then: %s\n", r->n_frames, r->error.text);
    assert_non_null(strstr(r->error.text, "copy the clip again"));
    assert_in_range(r->n_frames, 5, 80);
    free(r);
}

/* MPEG-4 part 2 with errors aborts libavcodec 59 when it uses frame threads. */
static void damaged_in_any_codec(void **state)
{
    (void)state;
    static const char *const args[] = {
        "-c:v mpeg4 -g 12 -f avi",
        "-c:v mpeg2video -g 12 -bf 2 -f mpegts",
        "-c:v mjpeg -pix_fmt yuvj420p -f avi",
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -f webm",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=12 -f matroska",
        "-c:v libx264 -preset veryfast -x264-params open-gop=1:keyint=12 -f mpegts",
        "-c:v png -f mov",
    };
    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++) {
        char all[512];
        snprintf(all, sizeof all, "-f lavfi -i testsrc2=s=96x64:r=25:d=3 -pix_fmt yuv420p %s",
                 args[i]);
        const char *path = clips_make("codec", all);
        size_t size;
        uint8_t *data = clips_load(path, &size);
        for (uint32_t seed = 1; seed <= 4; seed++) {
            uint8_t *broken = malloc(size);
            memcpy(broken, data, size);
            uint32_t random = seed;
            for (int k = 0; k < 12; k++) {
                size_t at = size / 4 + next_random(&random) % (size / 2);
                damage(broken, at, at + 40, random);
            }
            clips_save(clips_path("broken"), broken, size);
            free(broken);
            clips_reading *r =
                clips_read(clips_path("broken"), &(tread_reader_opts){.n_threads = 4});
            assert_true(r->status == TREAD_EOF || r->status == TREAD_ERR_INPUT);
            assert_in_range(r->n_frames, 5, 75);
            free(r);
        }
        free(data);
    }
}

static void one_bad_picture(void **state)
{
    (void)state;
    const char *path = clips_make("single.mp4", "-f lavfi -i testsrc2=s=160x90 -frames:v 1 "
                                                "-c:v libx264 -preset veryfast -movflags "
                                                "+faststart");
    size_t size;
    uint8_t *data = clips_load(path, &size);
    clips_save(clips_path("single-cut.mp4"), data, size - 500);
    free(data);
    clips_reading *r = clips_read(clips_path("single-cut.mp4"), NULL);
    assert_int_equal(r->status, TREAD_ERR_INPUT);
    assert_int_equal(r->n_frames, 0);
    print_message("  %s\n", r->error.text);
    assert_non_null(strstr(r->error.text, "unreadable"));
    free(r);
}

/* ---- hostile ------------------------------------------------------------- */

/* A playlist that came by mail must not make this machine call somebody. */
static void playlist_opens_no_connection(void **state)
{
    (void)state;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    assert_true(server >= 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server, 4), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(fcntl(server, F_SETFL, O_NONBLOCK), 0);
    int port = ntohs(address.sin_port);

    char text[512];
    snprintf(text, sizeof text,
             "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:%d/a.ts\n"
             "#EXT-X-ENDLIST\n",
             port);
    save_text("list.m3u8", text);
    snprintf(text, sizeof text, "ffconcat version 1.0\nfile http://127.0.0.1:%d/a.mp4\n", port);
    save_text("list.ffconcat", text);
    snprintf(text, sizeof text,
             "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
             "m=video %d RTP/AVP 96\na=rtpmap:96 H264/90000\n",
             port);
    save_text("session.sdp", text);
    static const char *const names[] = {"list.m3u8", "list.ffconcat", "session.sdp"};
    for (size_t i = 0; i < 3; i++) {
        tread_reader *reader;
        tread_error err = {0};
        assert_int_equal(tread_media__reader_open(&reader, clips_path(names[i]), NULL, &err),
                         TREAD_ERR_INPUT);
        assert_non_null(strstr(err.text, i == 1 ? "refers to more than files" : "not a video"));
        assert_true(accept(server, NULL, NULL) < 0);
    }
    close(server);
}

static void huge_pictures_are_refused(void **state)
{
    (void)state;
    assert_refused(clips_make("huge.mkv", "-f lavfi -i color=s=8200x4700 -frames:v 1 -c:v mjpeg"),
                   "8200x4700 are larger than 8K");
    /* A header that promises more than there can be. */
    static const uint8_t png[] = {
        0x89, 'P', 'N',  'G',  0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 'I', 'H', 'D', 'R',
        0,    0,   0x75, 0x30, 0,    0,    0x75, 0x30, 8, 2, 0, 0,  0,   0,   0,   0,
        0,    0,   0,    10,   'I',  'D',  'A',  'T',  0, 0, 0, 0,  0,   0,   0,   0,
    };
    tread_reader *reader;
    tread_error err = {0};
    int status = tread_media__reader_open_memory(&reader, png, sizeof png, "30000.png", NULL, &err);
    assert_int_equal(status, TREAD_ERR_INPUT);
    print_message("  %s\n", err.text);
}

static void empty_memory(void **state)
{
    (void)state;
    tread_reader *reader;
    tread_error err = {0};
    assert_int_equal(tread_media__reader_open_memory(&reader, NULL, 0, "nothing", NULL, &err),
                     TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "nothing: is empty"));
    const uint8_t bytes[4] = {1, 2, 3, 4};
    assert_int_equal(tread_media__reader_open_memory(&reader, bytes, 4, "four", NULL, &err),
                     TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "four: not a video"));
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_clips),
        cmocka_unit_test(no_decoder),
        cmocka_unit_test(cut_clips),
        cmocka_unit_test(cut_before_the_index),
        cmocka_unit_test(damaged_stretch),
        cmocka_unit_test(concealed_pictures),
        cmocka_unit_test(hopeless_clip),
        cmocka_unit_test(damaged_in_any_codec),
        cmocka_unit_test(one_bad_picture),
        cmocka_unit_test(playlist_opens_no_connection),
        cmocka_unit_test(huge_pictures_are_refused),
        cmocka_unit_test(empty_memory),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}

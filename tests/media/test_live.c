/* Streams over the loopback from a second ffmpeg, which sends as a camera would. */
#include "media/clips.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support.h"

static const double MS = 1e-6; /* of a nanosecond */

/* H.264 as a phone sends it, a key frame every 10 pictures. */
#define H264 "-c:v libx264 -preset ultrafast -tune zerolatency -g 10 -pix_fmt yuv420p"

enum { FPS = 25 };

/* ---- senders ------------------------------------------------------------ */

static int free_port(int type)
{
    int fd = socket(AF_INET, type, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    close(fd);
    return ntohs(a.sin_port);
}

static const char *address(const char *kind, int port)
{
    static char text[64];
    snprintf(text, sizeof text, "%s://127.0.0.1:%d", kind, port);
    return text;
}

/* Start `ffmpeg -re ARGS`. @return its process */
static pid_t start_sender(const char *format, ...) BASE_PRINTF(1, 2);
static pid_t start_sender(const char *format, ...)
{
    char args[1024], command[1200];
    va_list list;
    va_start(list, format);
    vsnprintf(args, sizeof args, format, list);
    va_end(list);
    snprintf(command, sizeof command, "exec ffmpeg -nostdin -v quiet -re %s", args);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_true(pid > 0);
    return pid;
}

static void end_sender(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static pid_t send_h264(const char *size, double duration_s, int port)
{
    return start_sender("-f lavfi -i testsrc=s=%s:r=%d:d=%g " H264 " -f mpegts udp://127.0.0.1:%d",
                        size, FPS, duration_s, port);
}

static tread_frame *next(tread_reader *reader)
{
    tread_frame *frame;
    tread_error err = {0};
    if (tread_media__reader_next(reader, &frame, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return frame;
}

static double ms_since(int64_t start_ns)
{
    return (double)(tread_clock__now_ns() - start_ns) * MS;
}

/* ---- delay -------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void holds_no_frame_back(void **state)
{
    (void)state;
    int port = free_port(SOCK_DGRAM);
    pid_t sender = send_h264("320x240", 30, port);
    int64_t start = tread_clock__now_ns();
    tread_reader *reader =
        clips_open(address("udp", port), &(tread_reader_opts){.is_live = true, .n_threads = 4});
    const tread_source_info *info = tread_media__reader_info(reader);
    assert_string_equal(info->chosen, "mpegts, 320x240 h264");
    assert_false(info->is_device);
    assert_false(info->is_paced_by_us);
    enum { N = 40 };
    double delay_ms[N];
    double last_s = -1.0;
    for (int i = 0; i < N; i++) {
        tread_frame *frame = next(reader);
        if (i == 0)
            print_message("first picture after %.0f ms\n", ms_since(start));
        assert_true(frame->time_s > last_s);
        last_s = frame->time_s;
        delay_ms[i] = (double)(frame->decoded_ns - frame->arrived_ns) * MS;
        tread_media__frame_unref(&frame);
    }
    tread_media__reader_close(&reader);
    end_sender(sender);
    qsort(delay_ms, N, sizeof delay_ms[0], by_value);
    print_message("packet to picture: median %.2f ms, worst %.2f ms\n", delay_ms[N / 2],
                  delay_ms[N - 1]);
    /* One frame held back would make every delay a whole interval. The median, since
     * a busy machine may be late at times. */
    require_between(delay_ms[N / 2], 0.0, 1000.0 / FPS / 2);
}

/* ---- changes ------------------------------------------------------------ */

static void follows_a_change_of_size(void **state)
{
    (void)state;
    int port = free_port(SOCK_DGRAM);
    const char *base = clips_path("turned");
    pid_t sender = send_h264("320x240", 1.6, port);
    tread_reader *reader =
        clips_open(address("udp", port), &(tread_reader_opts){.is_live = true, .record = base});
    waitpid(sender, NULL, 0);
    sender = send_h264("240x320", 30, port);
    double last_s = -1.0, turned_s = 0.0;
    int n_before = 0, n_after = 0;
    while (n_after < 40) {
        tread_frame *frame = next(reader);
        assert_true(frame->time_s > last_s);
        last_s = frame->time_s;
        if (frame->picture.width_px == 320) {
            assert_int_equal(n_after, 0);
            require_near(frame->picture.upright_height_px, 240.0, 0.0);
            n_before++;
        } else {
            require_near(frame->picture.upright_width_px, 240.0, 0.0);
            require_near(frame->picture.upright_height_px, 320.0, 0.0);
            if (n_after++ == 0)
                turned_s = frame->time_s;
        }
        tread_media__frame_unref(&frame);
    }
    /* Of what was sent before, no more than the start may be missing. */
    assert_true(n_before >= 15);
    end_sender(sender);
    const char *file, *problem;
    tread_media__reader_recording(reader, &file, &problem);
    assert_null(problem);
    assert_non_null(strstr(file, "turned-2.mp4"));
    tread_media__reader_close(&reader);

    clips_reading *first = clips_read(clips_path("turned.mp4"), NULL);
    clips_reading *second = clips_read(clips_path("turned-2.mp4"), NULL);
    assert_int_equal(first->frame[0].width_px, 320);
    assert_true(first->n_frames >= (size_t)n_before);
    assert_int_equal(second->frame[0].width_px, 240);
    assert_int_equal(second->n_frames, n_after);
    require_near(second->frame[0].time_s, turned_s, 1e-4);
    require_near(second->frame[n_after - 1].time_s, last_s, 1e-4);
    free(first);
    free(second);
}

static void ends_when_the_codec_changes(void **state)
{
    (void)state;
    int port = free_port(SOCK_DGRAM);
    pid_t sender = send_h264("320x240", 1.0, port);
    tread_reader *reader =
        clips_open(address("udp", port), &(tread_reader_opts){.is_live = true, .patience_s = 20.0});
    waitpid(sender, NULL, 0);
    sender = start_sender("-f lavfi -i testsrc=s=320x240:r=%d:d=30 -c:v mpeg2video "
                          "-streamid 0:0x200 -f mpegts udp://127.0.0.1:%d",
                          FPS, port);
    tread_frame *frame;
    tread_error err = {0};
    int status;
    int64_t start = tread_clock__now_ns();
    while ((status = tread_media__reader_next(reader, &frame, &err)) == TREAD_OK)
        tread_media__frame_unref(&frame);
    end_sender(sender);
    assert_int_equal(status, TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "another kind of picture"));
    require_between(ms_since(start), 0.0, 10000.0);
    tread_media__reader_close(&reader);
}

/* ---- ends --------------------------------------------------------------- */

static void gives_up_a_silent_sender(void **state)
{
    (void)state;
    int port = free_port(SOCK_DGRAM);
    tread_reader_opts opts = {.is_live = true, .patience_s = 0.3};
    tread_reader *reader;
    tread_error err;
    int64_t start = tread_clock__now_ns();
    assert_int_equal(tread_media__reader_open(&reader, address("udp", port), &opts, &err),
                     TREAD_ERR_INPUT);
    require_between(ms_since(start), 250.0, 2000.0);
    assert_non_null(strstr(err.text, "no answer for 0.3 s"));

    /* Then one that sends, as soon as it has started, and ceases. */
    pid_t sender = send_h264("320x240", 30, port);
    opts.patience_s = 1.5;
    for (int i = 0; i < 20 && !reader; i++)
        if (tread_media__reader_open(&reader, address("udp", port), &opts, &err) != TREAD_OK)
            assert_null(reader);
    if (!reader)
        fail_msg("%s", err.text);
    end_sender(sender);
    start = tread_clock__now_ns();
    tread_frame *frame;
    int status;
    while ((status = tread_media__reader_next(reader, &frame, &err)) == TREAD_OK)
        tread_media__frame_unref(&frame);
    assert_int_equal(status, TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no more pictures came"));
    require_between(ms_since(start), 1300.0, 3000.0);
    tread_media__reader_close(&reader);
}

static void *stop_soon(void *arg)
{
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    atomic_store((atomic_bool *)arg, true);
    return NULL;
}

static void stops_while_it_waits(void **state)
{
    (void)state;
    atomic_bool stop = false;
    pthread_t thread;
    tread_reader *reader;
    tread_reader_opts opts = {.is_live = true, .stop = &stop};
    int64_t start = tread_clock__now_ns();
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stop), 0);
    assert_int_equal(
        tread_media__reader_open(&reader, address("udp", free_port(SOCK_DGRAM)), &opts, NULL),
        TREAD_ERR_STOPPED);
    /* libav asks every 100 ms whether to go on waiting for UDP. */
    require_between(ms_since(start), 100.0, 100.0 + 500.0);
    pthread_join(thread, NULL);
}

/* ---- recording ---------------------------------------------------------- */

/* Read and record until killed, and tell each frame's time through `out`. */
static void read_until_killed(const char *url, const char *base, int out)
{
    tread_reader *reader;
    tread_reader_opts opts = {.is_live = true, .record = base};
    if (tread_media__reader_open(&reader, url, &opts, NULL) != TREAD_OK)
        _exit(1);
    tread_frame *frame;
    while (tread_media__reader_next(reader, &frame, NULL) == TREAD_OK) {
        if (write(out, &frame->time_s, sizeof frame->time_s) < 0)
            _exit(1);
        tread_media__frame_unref(&frame);
    }
    _exit(1);
}

static void keeps_a_recording_when_killed(void **state)
{
    (void)state;
    int port = free_port(SOCK_DGRAM);
    pid_t sender = send_h264("320x240", 30, port);
    const char *base = clips_path("killed");
    int pipe_fd[2];
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t reader = fork();
    if (reader == 0)
        read_until_killed(address("udp", port), base, pipe_fd[1]);
    close(pipe_fd[1]);
    enum { N = 80 };
    static double time_s[CLIPS_TIMES_MAX];
    size_t n = 0;
    while (n < N && read(pipe_fd[0], &time_s[n], sizeof time_s[0]) == sizeof time_s[0])
        n++;
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
    end_sender(sender);
    assert_int_equal(n, N);
    while (n < CLIPS_TIMES_MAX && read(pipe_fd[0], &time_s[n], sizeof time_s[0]) > 0)
        n++;
    close(pipe_fd[0]);

    clips_reading *kept = clips_read(clips_path("killed.mp4"), NULL);
    print_message("kept %zu of %zu pictures\n", kept->n_frames, n);
    /* A fragment is flushed at the second key frame at the latest, here 0.8 s. */
    assert_true(kept->n_frames >= n - (size_t)(1.2 * FPS));
    for (size_t i = 0; i < kept->n_frames && i < n; i++)
        require_near(kept->frame[i].time_s, time_s[i], 1e-4);
    free(kept);
}

/* With pictures that refer to later ones, as some encoders send. */
static void records_reordered_pictures(void **state)
{
    (void)state;
    const char *clip = clips_make("reordered.ts", "-f lavfi -i testsrc=s=320x240:r=25:d=3 -c:v "
                                                  "libx264 -bf 2 -g 25 -pix_fmt yuv420p");
    const char *base = clips_path("again");
    clips_reading *live = clips_read(clip, &(tread_reader_opts){.is_live = true, .record = base});
    clips_reading *kept = clips_read(clips_path("again.mp4"), NULL);
    assert_int_equal(live->status, TREAD_EOF);
    assert_int_equal(live->n_frames, 75);
    assert_int_equal(kept->n_frames, 75);
    for (size_t i = 0; i < 75; i++) {
        require_near(kept->frame[i].time_s, live->frame[i].time_s, 1e-9);
        assert_true(kept->frame[i].hash == live->frame[i].hash);
    }
    free(live);
    free(kept);
}

/* A camera held upright says so beside the picture. */
static void records_how_it_is_turned(void **state)
{
    (void)state;
    clips_make("flat.mp4", "-f lavfi -i testsrc=s=320x240:r=25:d=1 " H264);
    char args[CLIPS_PATH_MAX * 3];
    snprintf(args, sizeof args, "-display_rotation 90 -i '%s' -c copy", clips_path("flat.mp4"));
    if (clips_run("ffmpeg -nostdin -v error -y %s '%s' 2>/dev/null", args, clips_path("up.mp4")))
        snprintf(args, sizeof args, "-i '%s' -metadata:s:v rotate=90 -c copy",
                 clips_path("flat.mp4"));
    const char *clip = clips_make("up.mp4", args);
    clips_reading *live =
        clips_read(clip, &(tread_reader_opts){.is_live = true, .record = clips_path("up-kept")});
    clips_reading *kept = clips_read(clips_path("up-kept.mp4"), NULL);
    assert_int_not_equal(live->info.rotation_deg, 0);
    assert_int_equal(kept->info.rotation_deg, live->info.rotation_deg);
    assert_int_equal(kept->n_frames, live->n_frames);
    free(live);
    free(kept);
}

/* ---- damage ------------------------------------------------------------- */

/* What makes a clip hopeless is passed over live. */
static void never_loses_hope(void **state)
{
    (void)state;
    const char *clip =
        clips_make("torn.mov", "-f lavfi -i testsrc=s=320x240:r=25:d=8 -c:v mjpeg -q:v 5 "
                               "-pix_fmt yuvj420p -movflags faststart");
    size_t size;
    uint8_t *data = clips_load(clip, &size);
    size_t step = size / (8 * FPS) * 2; /* every other picture, about */
    for (size_t at = size / 6; at + step < size; at += step)
        for (size_t i = at; i < at + step / 4; i++)
            data[i] ^= (uint8_t)(i * 37);
    clips_save(clip, data, size);
    free(data);
    clips_reading *whole = clips_read(clip, NULL);
    clips_reading *live = clips_read(clip, &(tread_reader_opts){.is_live = true});
    assert_int_equal(whole->status, TREAD_ERR_INPUT);
    assert_int_equal(live->status, TREAD_EOF);
    assert_int_equal(live->stats.n_packets, 8 * FPS);
    assert_true(live->stats.n_packets > whole->stats.n_packets);
    assert_true(live->stats.n_bad_packets > 0);
    assert_true(live->n_frames > 0);
    free(whole);
    free(live);
}

/* ---- motion JPEG over HTTP ---------------------------------------------- */

static void reads_mjpeg_over_http(void **state)
{
    (void)state;
    int port = free_port(SOCK_STREAM);
    pid_t sender = start_sender("-f lavfi -i testsrc=s=320x240:r=%d:d=30 -c:v mjpeg -f mpjpeg "
                                "-listen 1 http://127.0.0.1:%d",
                                FPS, port);
    tread_reader *reader = NULL;
    tread_error err;
    for (int i = 0; i < 200 && !reader; i++) { /* until it listens */
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        if (tread_media__reader_open(&reader, address("http", port),
                                     &(tread_reader_opts){.is_live = true}, &err) != TREAD_OK)
            assert_null(reader);
    }
    if (!reader)
        fail_msg("%s", err.text);
    assert_string_equal(tread_media__reader_info(reader)->chosen, "mpjpeg, 320x240 mjpeg");
    double last_s = -1.0, zero_s = 0.0;
    for (int i = 0; i < 40; i++) {
        tread_frame *frame = next(reader);
        assert_true(frame->time_s > last_s);
        last_s = frame->time_s;
        /* Stamped as they arrive. */
        if (i == 0)
            zero_s = (double)frame->arrived_ns * 1e-9 - frame->time_s;
        require_near((double)frame->arrived_ns * 1e-9 - zero_s, frame->time_s, 0.2);
        tread_media__frame_unref(&frame);
    }
    end_sender(sender);
    int status;
    tread_frame *frame;
    int64_t start = tread_clock__now_ns();
    while ((status = tread_media__reader_next(reader, &frame, &err)) == TREAD_OK)
        tread_media__frame_unref(&frame);
    assert_true(status == TREAD_EOF || status == TREAD_ERR_INPUT);
    require_between(ms_since(start), 0.0, 2000.0);
    tread_media__reader_close(&reader);
}

int main(void)
{
    clips_require_ffmpeg();
    if (!clips_has_encoder("libx264")) {
        fprintf(stderr, "skipped: the ffmpeg program has no libx264\n");
        return CLIPS_SKIP;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_no_frame_back),
        cmocka_unit_test(follows_a_change_of_size),
        cmocka_unit_test(ends_when_the_codec_changes),
        cmocka_unit_test(gives_up_a_silent_sender),
        cmocka_unit_test(stops_while_it_waits),
        cmocka_unit_test(keeps_a_recording_when_killed),
        cmocka_unit_test(records_reordered_pictures),
        cmocka_unit_test(records_how_it_is_turned),
        cmocka_unit_test(never_loses_hope),
        cmocka_unit_test(reads_mjpeg_over_http),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}

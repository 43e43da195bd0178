/* Cameras, with the stand-in of tests/live/fake_v4l2.c linked in. */
#include "media/clips.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support.h"

static const double MS = 1e-6; /* of a nanosecond */

/* A few milliseconds, and what a busy machine adds. Deaf to a stop it would be 10 s. */
static const double STOP_MS = 500.0;

/* ---- which mode --------------------------------------------------------- */

enum { CASE_MODES = 6 };

static const struct mode_case {
    const char *what;
    bool is_recorded;
    int best; /* -1: none */
    tread_camera_mode modes[CASE_MODES];
} MODE_CASES[] = {
    {"fastest of 720p or better",
     false,
     2,
     {{"YUYV", 640, 480, 90, 1},
      {"YUYV", 1280, 720, 10, 1},
      {"MJPG", 1280, 720, 60, 1},
      {"MJPG", 1920, 1080, 30, 1}}},
    {"more pictures before more pixels",
     false,
     0,
     {{"MJPG", 1280, 720, 60, 1}, {"MJPG", 3840, 2160, 30, 1}}},
    {"smallest of the fastest",
     false,
     1,
     {{"MJPG", 1920, 1080, 60, 1}, {"MJPG", 1280, 720, 60, 1}}},
    {"59.94 is no worse than 60",
     false,
     1,
     {{"MJPG", 1920, 1080, 60, 1}, {"MJPG", 1280, 720, 60000, 1001}}},
    {"upright pictures count by their short side",
     false,
     1,
     {{"NV12", 640, 1280, 120, 1}, {"NV12", 720, 1280, 30, 1}}},
    {"raw before MJPEG before H.264",
     false,
     2,
     {{"H264", 1280, 720, 30, 1}, {"MJPG", 1280, 720, 30, 1}, {"NV12", 1280, 720, 30, 1}}},
    {"recorded: MJPEG before H.264 before raw",
     true,
     1,
     {{"NV12", 1280, 720, 30, 1}, {"MJPG", 1280, 720, 30, 1}, {"H264", 1280, 720, 30, 1}}},
    {"unknown formats are ignored",
     false,
     1,
     {{"XYZ1", 1280, 720, 120, 1}, {"YUYV", 1280, 720, 30, 1}}},
    {"below 720p the most pixels a second",
     false,
     1,
     {{"YUYV", 320, 240, 60, 1}, {"YUYV", 640, 480, 30, 1}, {"YUYV", 960, 540, 10, 1}}},
    {"nothing of use", false, -1, {{"XYZ1", 1280, 720, 30, 1}, {"YUYV", 1280, 720, 30, 0}}},
    {"nothing at all", false, -1, {{{0}, 0, 0, 0, 0}}},
};

static void picks_the_best_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MODE_CASES / sizeof MODE_CASES[0]; i++) {
        const struct mode_case *c = &MODE_CASES[i];
        size_t n = 0;
        while (n < CASE_MODES && c->modes[n].width_px)
            n++;
        const tread_camera_mode *best = tread_media__best_mode(c->modes, n, c->is_recorded);
        int got = best ? (int)(best - c->modes) : -1;
        if (got != c->best)
            fail_msg("%s: mode %d, expected %d", c->what, got, c->best);
    }
}

/* ---- the stand-in ------------------------------------------------------- */

static void tell(const char *word)
{
    clips_save(getenv("FAKE_V4L2_CONTROL"), (const uint8_t *)word, strlen(word));
}

static int setup(void **state)
{
    if (clips_setup(state))
        return -1;
    setenv("FAKE_V4L2_CLIP",
           clips_make("camera.avi", "-f lavfi -i testsrc=s=1280x720:r=60:d=0.5 -c:v mjpeg -q:v 8"),
           1);
    setenv("FAKE_V4L2_CONTROL", clips_path("control"), 1);
    return 0;
}

static int reset(void **state)
{
    (void)state;
    tell("fine");
    unsetenv("FAKE_V4L2_MODES");
    return 0;
}

static tread_frame *next(tread_reader *reader)
{
    tread_frame *frame;
    tread_error err = {0};
    if (tread_media__reader_next(reader, &frame, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return frame;
}

/* The call is to end with `status` within `limit_ms`. */
static void require_end(tread_reader *reader, int status, double limit_ms, const char *text)
{
    int64_t start = tread_clock__now_ns();
    tread_frame *frame;
    tread_error err = {0};
    int got;
    while ((got = tread_media__reader_next(reader, &frame, &err)) == TREAD_OK)
        tread_media__frame_unref(&frame);
    require_between((double)(tread_clock__now_ns() - start) * MS, 0.0, limit_ms);
    assert_int_equal(got, status);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not say \"%s\"", err.text, text);
}

/* Sets `flag` after 50 ms, and notes when. */
typedef struct stopper {
    atomic_bool flag;
    int64_t at_ns;
    pthread_t thread;
} stopper;

static void *stop_soon(void *arg)
{
    stopper *s = arg;
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    s->at_ns = tread_clock__now_ns();
    atomic_store(&s->flag, true);
    return NULL;
}

static double ms_since_stop(stopper *s)
{
    int64_t now = tread_clock__now_ns();
    pthread_join(s->thread, NULL);
    return (double)(now - s->at_ns) * MS;
}

/* ---- what is there ------------------------------------------------------ */

static void lists_cameras(void **state)
{
    (void)state;
    tread_camera *list;
    size_t n;
    assert_int_equal(tread_media__cameras(&list, &n, NULL), TREAD_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].path, "/dev/video0");
    assert_string_equal(list[0].name, "Fake Camera");
    assert_int_equal(list[0].n_modes, 5);
    const tread_camera_mode *best = tread_media__best_mode(list[0].modes, 5, false);
    char text[64];
    tread_media__mode_text(best, text, sizeof text);
    assert_string_equal(text, "1280x720 MJPEG at 60 fps");
    tread_media__cameras_free(&list, n);
    assert_null(list);

    char path[32];
    assert_int_equal(tread_media__default_camera(path, NULL), TREAD_OK);
    assert_string_equal(path, "/dev/video0");
}

static void says_why_there_is_none(void **state)
{
    (void)state;
    char path[32];
    tread_error err;
    tell("unplugged");
    assert_int_equal(tread_media__default_camera(path, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no camera found: plug one in"));
    tell("forbidden");
    assert_int_equal(tread_media__default_camera(path, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "video group"));
    tread_reader *reader;
    assert_int_equal(tread_media__reader_open(&reader, "/dev/video0", NULL, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "video group"));
    assert_int_equal(tread_media__reader_open(&reader, "/dev/video7", NULL, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no such camera"));
}

/* ---- reading ------------------------------------------------------------ */

static void reads_in_the_best_mode(void **state)
{
    (void)state;
    tread_reader *reader = clips_open("/dev/video0", &(tread_reader_opts){.is_live = true});
    const tread_source_info *info = tread_media__reader_info(reader);
    assert_string_equal(info->chosen, "Fake Camera, 1280x720 MJPEG at 60 fps");
    assert_true(info->is_device);
    assert_false(info->is_paced_by_us);
    double last_s = -1.0;
    for (int i = 0; i < 30; i++) {
        tread_frame *frame = next(reader);
        assert_int_equal(frame->picture.width_px, 1280);
        assert_true(frame->time_s > last_s);
        /* Whole pictures apart, should any be lost on a busy machine. */
        double n = frame->time_s * 60.0;
        require_near(n, round(n), 0.01);
        assert_true(frame->arrived_ns <= frame->decoded_ns);
        assert_true(frame->decoded_ns <= tread_clock__now_ns());
        last_s = frame->time_s;
        tread_media__frame_unref(&frame);
    }
    tread_media__reader_close(&reader);
}

/* Raw pictures in a layout that needs no conversion lie where the camera put them. */
static void frames_outlive_a_raw_camera(void **state)
{
    (void)state;
    setenv("FAKE_V4L2_MODES", "YU12:1280x720@60", 1);
    tread_reader *reader = clips_open("/dev/video0", &(tread_reader_opts){.is_live = true});
    tread_frame *held[8];
    uint64_t hash[8];
    for (int i = 0; i < 8; i++) {
        held[i] = next(reader);
        hash[i] = clips_hash(&held[i]->picture);
    }
    assert_true(hash[0] != hash[1]);
    tread_media__reader_close(&reader);
    for (int i = 0; i < 8; i++) {
        assert_true(clips_hash(&held[i]->picture) == hash[i]);
        tread_media__frame_unref(&held[i]);
    }
}

/* ---- ends --------------------------------------------------------------- */

static void notices_a_pulled_plug(void **state)
{
    (void)state;
    tread_reader *reader = clips_open("/dev/video0", &(tread_reader_opts){.is_live = true});
    tread_frame *frame = next(reader);
    tread_media__frame_unref(&frame);
    tell("unplugged");
    require_end(reader, TREAD_ERR_INPUT, 500, "the camera is gone");
    tread_media__reader_close(&reader);
    tread_error err;
    assert_int_equal(tread_media__reader_open(&reader, "/dev/video0", NULL, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no such camera"));
    tell("fine");
    reader = clips_open("/dev/video0", &(tread_reader_opts){.is_live = true});
    frame = next(reader);
    tread_media__frame_unref(&frame);
    tread_media__reader_close(&reader);
}

static void notices_a_frozen_camera(void **state)
{
    (void)state;
    tread_reader_opts opts = {.is_live = true, .patience_s = 0.3};
    tread_reader *reader = clips_open("/dev/video0", &opts);
    tell("frozen");
    require_end(reader, TREAD_ERR_INPUT, 1000, "no more pictures came");
    tread_media__reader_close(&reader);
    tread_error err;
    assert_int_equal(tread_media__reader_open(&reader, "/dev/video0", &opts, &err),
                     TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no answer for 0.3 s"));
}

static void stops_at_once(void **state)
{
    (void)state;
    stopper s = {.flag = false};
    tread_reader_opts opts = {.is_live = true, .stop = &s.flag};
    tread_reader *reader = clips_open("/dev/video0", &opts);
    tell("frozen");
    assert_int_equal(pthread_create(&s.thread, NULL, stop_soon, &s), 0);
    require_end(reader, TREAD_ERR_STOPPED, 1000, "stopped");
    double ms = ms_since_stop(&s);
    print_message("stopped after %.1f ms\n", ms);
    require_between(ms, 0.0, STOP_MS);
    tread_media__reader_close(&reader);

    atomic_store(&s.flag, false);
    assert_int_equal(pthread_create(&s.thread, NULL, stop_soon, &s), 0);
    assert_int_equal(tread_media__reader_open(&reader, "/dev/video0", &opts, NULL),
                     TREAD_ERR_STOPPED);
    ms = ms_since_stop(&s);
    print_message("stopped opening after %.1f ms\n", ms);
    require_between(ms, 0.0, STOP_MS);
}

/* ---- recording ---------------------------------------------------------- */

enum { N_RECORDED = 80 }; /* longer than a fragment */

/* Read live and record, then read the recording: the same pictures at the same
 * times, to `precision_s`. */
static void require_recording(const char *name, const char *extension, double precision_s)
{
    const char *base = clips_path(name);
    tread_reader *reader =
        clips_open("/dev/video0", &(tread_reader_opts){.is_live = true, .record = base});
    static clips_frame seen[N_RECORDED];
    for (int i = 0; i < N_RECORDED; i++) {
        tread_frame *frame = next(reader);
        seen[i].time_s = frame->time_s;
        seen[i].hash = clips_hash(&frame->picture);
        tread_media__frame_unref(&frame);
    }
    const char *file, *problem;
    tread_media__reader_recording(reader, &file, &problem);
    assert_null(problem);
    char path[CLIPS_PATH_MAX * 2];
    snprintf(path, sizeof path, "%s.%s", base, extension);
    assert_string_equal(file, path);
    tread_media__reader_close(&reader);

    clips_reading *again = clips_read(path, NULL);
    assert_int_equal(again->status, TREAD_EOF);
    assert_int_equal(again->n_frames, N_RECORDED);
    for (int i = 0; i < N_RECORDED; i++) {
        require_near(again->frame[i].time_s, seen[i].time_s, precision_s);
        assert_true(again->frame[i].hash == seen[i].hash);
    }
    free(again);
}

static void records_mjpeg(void **state)
{
    (void)state;
    require_recording("mjpeg", "mp4", 1e-9);
}

static void records_raw(void **state)
{
    (void)state;
    setenv("FAKE_V4L2_MODES", "YUYV:320x240@60", 1);
    require_recording("raw", "mkv", 0.0006); /* Matroska counts in milliseconds */
}

static void goes_on_when_the_disk_is_full(void **state)
{
    (void)state;
    const char *base = clips_path("full");
    char path[CLIPS_PATH_MAX * 2];
    snprintf(path, sizeof path, "%s.mp4", base);
    assert_int_equal(symlink("/dev/full", path), 0);
    tread_reader *reader =
        clips_open("/dev/video0", &(tread_reader_opts){.is_live = true, .record = base});
    for (int i = 0; i < 80; i++) {
        tread_frame *frame = next(reader);
        tread_media__frame_unref(&frame);
    }
    const char *file, *problem;
    tread_media__reader_recording(reader, &file, &problem);
    assert_string_equal(file, path);
    assert_non_null(problem);
    assert_non_null(strstr(problem, "No space left"));
    tread_media__reader_close(&reader);
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_the_best_mode),
        cmocka_unit_test_setup(lists_cameras, reset),
        cmocka_unit_test_setup(says_why_there_is_none, reset),
        cmocka_unit_test_setup(reads_in_the_best_mode, reset),
        cmocka_unit_test_setup(frames_outlive_a_raw_camera, reset),
        cmocka_unit_test_setup(notices_a_pulled_plug, reset),
        cmocka_unit_test_setup(notices_a_frozen_camera, reset),
        cmocka_unit_test_setup(stops_at_once, reset),
        cmocka_unit_test_setup(records_mjpeg, reset),
        cmocka_unit_test_setup(records_raw, reset),
        cmocka_unit_test_setup(goes_on_when_the_disk_is_full, reset),
    };
    return cmocka_run_group_tests(tests, setup, clips_teardown);
}

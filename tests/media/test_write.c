/* Clips written are read back: times, pictures, tags; and nothing is left where
 * writing failed. */
#include "media/clips.h"

#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { W = 96, H = 64 };

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static const char *part_of(const char *path)
{
    static char part[CLIPS_PATH_MAX];
    snprintf(part, sizeof part, "%s.part", path);
    return part;
}

/* Grey that says which picture it is. */
static uint8_t grey_of(int i)
{
    return (uint8_t)(20 + i * 37 % 200);
}

/* The whole of the next picture in one colour. */
static void paint(tread_writer *writer, int y, int cb, int cr)
{
    const int value[3] = {y, cb, cr};
    tread_surface to;
    tread_error err = {0};
    if (tread_media__writer_surface(writer, &to, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    for (int i = 0; i < 3; i++) {
        int shift = tread_surface__shift(i);
        for (int row = 0; row < to.height_px >> shift; row++)
            memset(to.plane[i] + row * to.stride_bytes[i], value[i],
                   (size_t)(to.width_px >> shift));
    }
}

static tread_writer *open_writer_as(const char *path, int w, int h, enum tread_colour_matrix matrix)
{
    tread_writer *writer;
    tread_error err = {0};
    const tread_writer_opts opts = {.width_px = w, .height_px = h, .matrix = matrix};
    if (tread_media__writer_open(&writer, path, &opts, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return writer;
}

static tread_writer *open_writer(const char *path, int w, int h)
{
    return open_writer_as(path, w, h, TREAD_MATRIX_BT709);
}

/* Write pictures of grey_of(i) at these times. */
static void write_clip(const char *path, const double *time_s, int n)
{
    tread_error err = {0};
    tread_writer *writer = open_writer(path, W, H);
    for (int i = 0; i < n; i++) {
        paint(writer, grey_of(i), 128, 128);
        if (tread_media__writer_add(writer, time_s[i], &err) != TREAD_OK)
            fail_msg("%s", err.text);
        assert_false(exists(path)); /* not under its name yet */
    }
    if (tread_media__writer_finish(writer, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    tread_media__writer_close(&writer);
    assert_null(writer);
    assert_true(exists(path));
    assert_false(exists(part_of(path)));
}

static void check_clip(const char *path, const double *time_s, int n)
{
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->status, TREAD_EOF);
    assert_int_equal(r->n_frames, n);
    double probed[CLIPS_TIMES_MAX];
    assert_int_equal(clips_probe_times(path, probed), n);
    for (int i = 0; i < n; i++) {
        double ticks = rint(time_s[i] * 90000);
        assert_near(r->frame[i].time_s, ticks / 90000, 1e-9);
        assert_near(probed[i], ticks / 90000, 1.5e-6);
    }
    double last_s = n > 1 ? time_s[n - 1] - time_s[n - 2] : 1.0 / 30;
    assert_near(r->info.duration_s, time_s[n - 1] - time_s[0] + last_s, 3.0 / 90000);
    free(r);

    tread_reader *reader = clips_open(path, NULL);
    tread_frame *frame;
    for (int i = 0; tread_media__reader_next(reader, &frame, NULL) == TREAD_OK; i++) {
        assert_near(clips_sample(&frame->picture, 0, W / 2.0, H / 2.0), grey_of(i), 4);
        tread_media__frame_unref(&frame);
    }
    tread_media__reader_close(&reader);
}

static void times_come_back(void **state)
{
    (void)state;
    static double t[300];
    for (int i = 0; i < 300; i++)
        t[i] = i / 30.0;
    write_clip(clips_path("steady.mp4"), t, 300);
    check_clip(clips_path("steady.mp4"), t, 300);

    for (int i = 0; i < 300; i++) /* 59.94 with gaps */
        t[i] = (i + i / 7 * 2) * 1001 / 60000.0;
    write_clip(clips_path("gaps.mp4"), t, 300);
    check_clip(clips_path("gaps.mp4"), t, 300);

    for (int i = 0; i < 120; i++) /* a clip's middle, jittering */
        t[i] = 5.25 + i * 0.0417 + (i % 3) * 0.003;
    write_clip(clips_path("late.mp4"), t, 120);
    check_clip(clips_path("late.mp4"), t, 120);

    for (int i = 0; i < 10; i++) /* slow, then one tick apart */
        t[i] = i < 5 ? i * 2.0 : 8.0 + (i - 4) / 90000.0;
    write_clip(clips_path("slow.mp4"), t, 10);
    check_clip(clips_path("slow.mp4"), t, 10);

    const double only = 0.0;
    write_clip(clips_path("one.mp4"), &only, 1);
    check_clip(clips_path("one.mp4"), &only, 1);
}

static void name_with_a_colon(void **state)
{
    (void)state;
    const double t[2] = {0, 0.1};
    write_clip(clips_path("run: 5 km.mp4"), t, 2);
    check_clip(clips_path("run: 5 km.mp4"), t, 2);
}

/* Colours survive, and players are told how to read them. */
static void colours_are_tagged(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        enum tread_colour_matrix matrix;
        int yuv[3]; /* of B 0x30, G 0x90, R 0xD0 */
    } sizes[] = {{96, 64, TREAD_MATRIX_BT601, {147, 76, 163}},
                 {96, 720, TREAD_MATRIX_BT709, {145, 79, 160}}};
    static uint8_t bgra[96 * 720 * 4];
    for (size_t i = 0; i < 2; i++) {
        int w = sizes[i].w;
        int h = sizes[i].h;
        const char *path = clips_path(i ? "hd.mp4" : "sd.mp4");
        tread_writer *writer = open_writer_as(path, w, h, sizes[i].matrix);
        for (int k = 0; k < 3; k++) {
            paint(writer, sizes[i].yuv[0], sizes[i].yuv[1], sizes[i].yuv[2]);
            assert_int_equal(tread_media__writer_add(writer, k * 0.04, NULL), TREAD_OK);
        }
        assert_int_equal(tread_media__writer_finish(writer, NULL), TREAD_OK);
        tread_media__writer_close(&writer);

        assert_int_equal(clips_run("ffprobe -v error -show_entries stream=color_space,color_range "
                                   "-of csv=p=0 '%s' | grep -q '^tv,%s'",
                                   path, i ? "bt709" : "smpte170m"),
                         0);
        tread_reader *reader = clips_open(path, NULL);
        tread_frame *frame;
        tread_converter *conv;
        assert_int_equal(tread_media__reader_next(reader, &frame, NULL), TREAD_OK);
        assert_int_equal(frame->picture.matrix, sizes[i].matrix);
        assert_int_equal(frame->picture.is_full_range, 0);
        assert_int_equal(tread_media__converter_create(&conv, w, h, NULL), TREAD_OK);
        memset(bgra, 0, sizeof bgra);
        const tread_surface to = tread_surface__bgra(bgra, w * 4, w, h);
        assert_int_equal(tread_media__converter_run(conv, frame, &to, NULL), TREAD_OK);
        const uint8_t *px = bgra + (ptrdiff_t)(h / 2 * w + w / 2) * 4;
        assert_near(px[0], 0x30, 6);
        assert_near(px[1], 0x90, 6);
        assert_near(px[2], 0xD0, 6);
        tread_media__converter_destroy(&conv);
        tread_media__frame_unref(&frame);
        tread_media__reader_close(&reader);
    }
}

/* ---- failures ------------------------------------------------------------ */

static void abandoned_leaves_nothing(void **state)
{
    (void)state;
    const char *path = clips_path("abandoned.mp4");
    tread_writer *writer = open_writer(path, W, H);
    paint(writer, 50, 128, 128);
    assert_int_equal(tread_media__writer_add(writer, 0, NULL), TREAD_OK);
    assert_true(exists(part_of(path)));
    tread_media__writer_close(&writer);
    assert_false(exists(path));
    assert_false(exists(part_of(path)));
    tread_media__writer_close(&writer);
    tread_media__writer_close(NULL);
}

static void wrong_use(void **state)
{
    (void)state;
    const tread_writer_opts bad[] = {
        {95, 64, 0, 0}, {96, 63, 0, 0}, {0, 0, 0, 0}, {20000, 64, 0, 0}, {96, 64, 0, -1}};
    tread_error err = {0};
    tread_writer *writer;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(tread_media__writer_open(&writer, clips_path("bad.mp4"), &bad[i], &err),
                         TREAD_ERR_ARG);
        assert_null(writer);
    }
    writer = open_writer(clips_path("bad.mp4"), W, H);
    paint(writer, 50, 128, 128);
    assert_int_equal(tread_media__writer_add(writer, -1, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_media__writer_add(writer, NAN, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_media__writer_add(writer, 1.0, &err), TREAD_OK);
    assert_int_equal(tread_media__writer_add(writer, 1.05, &err), TREAD_ERR_ARG); /* none drawn */
    print_message("  %s\n", err.text);
    paint(writer, 50, 128, 128);
    assert_int_equal(tread_media__writer_add(writer, 1.0, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_media__writer_add(writer, 0.5, &err), TREAD_ERR_ARG);
    print_message("  %s\n", err.text);
    /* Refused pictures do no harm to the rest. */
    paint(writer, 50, 128, 128);
    assert_int_equal(tread_media__writer_add(writer, 1.1, &err), TREAD_OK);
    assert_int_equal(tread_media__writer_finish(writer, &err), TREAD_OK);
    assert_int_equal(tread_media__writer_add(writer, 1.2, &err), TREAD_ERR_OUTPUT);
    assert_int_equal(tread_media__writer_finish(writer, &err), TREAD_ERR_OUTPUT);
    tread_media__writer_close(&writer);
    assert_true(exists(clips_path("bad.mp4")));
}

static void unwritable_places(void **state)
{
    (void)state;
    clips_save(clips_path("file"), (const uint8_t *)"x", 1);
    const char *const places[] = {clips_path("no/such/folder/a.mp4"), clips_path("file/a.mp4")};
    const tread_writer_opts opts = {.width_px = W, .height_px = H};
    for (size_t i = 0; i < 2; i++) {
        tread_writer *writer;
        tread_error err = {0};
        assert_int_equal(tread_media__writer_open(&writer, places[i], &opts, &err),
                         TREAD_ERR_OUTPUT);
        assert_null(writer);
        print_message("  %s\n", err.text);
        assert_non_null(strstr(err.text, "cannot be written"));
    }
    /* A folder in the place of the clip shows when it is to be renamed. */
    const char *path = clips_path("taken.mp4");
    assert_int_equal(mkdir(path, 0755), 0);
    tread_error err = {0};
    tread_writer *writer = open_writer(path, W, H);
    paint(writer, 50, 128, 128);
    assert_int_equal(tread_media__writer_add(writer, 0, &err), TREAD_OK);
    assert_int_equal(tread_media__writer_finish(writer, &err), TREAD_ERR_OUTPUT);
    print_message("  %s\n", err.text);
    tread_media__writer_close(&writer);
    assert_false(exists(part_of(path)));
}

/* An older clip under the name stays whole until the new one is. */
static void old_clip_survives_a_failure(void **state)
{
    (void)state;
    const char *path = clips_path("kept.mp4");
    const double t[2] = {0, 0.1};
    write_clip(path, t, 2);
    tread_writer *writer = open_writer(path, W, H);
    tread_media__writer_close(&writer);
    check_clip(path, t, 2);
}

/* Noise does not compress: the room runs out soon. @return the failing status */
static int write_noise(const char *path, tread_error *err)
{
    uint32_t seed = 1;
    tread_writer *writer;
    const tread_writer_opts opts = {.width_px = 320, .height_px = 240};
    int status = tread_media__writer_open(&writer, path, &opts, err);
    for (int i = 0; status == TREAD_OK && i < 60; i++) {
        tread_surface to;
        status = tread_media__writer_surface(writer, &to, err);
        for (int p = 0; status == TREAD_OK && p < 3; p++)
            for (int y = 0; y < 240 >> tread_surface__shift(p); y++)
                for (int x = 0; x < 320 >> tread_surface__shift(p); x++) {
                    seed = seed * 1664525U + 1013904223U;
                    to.plane[p][y * to.stride_bytes[p] + x] = (uint8_t)(seed >> 24);
                }
        if (status == TREAD_OK)
            status = tread_media__writer_add(writer, i / 25.0, err);
    }
    if (status == TREAD_OK)
        status = tread_media__writer_finish(writer, err);
    tread_media__writer_close(&writer);
    return status;
}

static void file_size_limit(void **state)
{
    (void)state;
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit small = {.rlim_cur = 300 * 1024, .rlim_max = old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    tread_error err = {0};
    const char *path = clips_path("limited.mp4");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int status = write_noise(path, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, TREAD_ERR_OUTPUT);
    print_message("  %s\n", err.text);
    assert_false(exists(path));
    assert_false(exists(part_of(path)));
}

static void full_disk(void **state)
{
    (void)state;
    char folder[CLIPS_PATH_MAX];
    snprintf(folder, sizeof folder, "%s", clips_path("disk"));
    assert_int_equal(mkdir(folder, 0755), 0);
    if (mount("tmpfs", folder, "tmpfs", 0, "size=300k") != 0) {
        print_message("  skipped: no small disk can be mounted here (%s)\n", strerror(errno));
        skip();
    }
    const char *path = clips_path("disk/full.mp4");
    tread_error err = {0};
    int status = write_noise(path, &err);
    bool is_left = exists(path) || exists(part_of(path));
    assert_int_equal(umount(folder), 0);
    assert_int_equal(status, TREAD_ERR_OUTPUT);
    print_message("  %s\n", err.text);
    assert_non_null(strstr(err.text, "No space left"));
    assert_non_null(strstr(err.text, "free some space"));
    assert_false(is_left);
}

/* A real clip through reader, converter and writer keeps its times. */
static void a_real_clip(void **state)
{
    (void)state;
    const char *source = clips_shared("clips/walk_barefoot60/sarwesh.mp4");
    if (!source) {
        print_message("  skipped: the real clips are not here\n");
        skip();
    }
    enum { SMALL_W = 320, SMALL_H = 180 };
    static double t[CLIPS_TIMES_MAX];
    const char *path = clips_path("real.mp4");
    tread_reader *reader = clips_open(source, NULL);
    tread_converter *conv;
    assert_int_equal(tread_media__converter_create(&conv, SMALL_W, SMALL_H, NULL), TREAD_OK);
    tread_writer *writer = open_writer(path, SMALL_W, SMALL_H);
    tread_frame *frame;
    size_t n = 0;
    while (tread_media__reader_next(reader, &frame, NULL) == TREAD_OK) {
        tread_surface to;
        assert_int_equal(tread_media__writer_surface(writer, &to, NULL), TREAD_OK);
        assert_int_equal(tread_media__converter_run(conv, frame, &to, NULL), TREAD_OK);
        t[n++] = frame->time_s;
        assert_int_equal(tread_media__writer_add(writer, frame->time_s, NULL), TREAD_OK);
        tread_media__frame_unref(&frame);
    }
    assert_int_equal(tread_media__writer_finish(writer, NULL), TREAD_OK);
    tread_media__writer_close(&writer);
    tread_media__converter_destroy(&conv);
    tread_media__reader_close(&reader);
    clips_reading *r = clips_read(path, NULL);
    assert_int_equal(r->n_frames, n);
    for (size_t i = 0; i < n; i++)
        assert_near(r->frame[i].time_s, t[i], 0.5 / 90000 + 1e-9);
    free(r);
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_come_back),
        cmocka_unit_test(name_with_a_colon),
        cmocka_unit_test(colours_are_tagged),
        cmocka_unit_test(abandoned_leaves_nothing),
        cmocka_unit_test(wrong_use),
        cmocka_unit_test(unwritable_places),
        cmocka_unit_test(old_clip_survives_a_failure),
        cmocka_unit_test(file_size_limit),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(a_real_clip),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}

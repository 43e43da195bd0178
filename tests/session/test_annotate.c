/* The annotated clip: upright, in the clip's own colours, size and times; cues while faults last;
 * slow motion beside it. Read back by the ffmpeg program, not by our own reader. */
#include "media/clips.h"

#include <math.h>

#include "report/report.h"
#include "session/replay.h"
#include "session/session.h"

/* Every picture of a clip as RGB, as ffmpeg shows it. free() it. */
static uint8_t *decode(const char *path, size_t *size)
{
    const char *raw = clips_path("decoded.rgb");
    assert_int_equal(clips_run("ffmpeg -nostdin -v error -y -i '%s' -f rawvideo -pix_fmt rgb24 "
                               "-sws_flags accurate_rnd+full_chroma_int '%s'",
                               path, raw),
                     0);
    return clips_load(raw, size);
}

/* What a clip has been analysed to, made up. */
typedef struct made_up {
    tread_analyzer *analyzer;
    tread_rules *rules;
    tread_step steps[32];
    size_t n_steps;
    tread_fault fault;
    bool has_fault, has_runner;
    double width_px, height_px; /* upright */
} made_up;

static made_up make_up(double width_px, double height_px)
{
    made_up m = {.width_px = width_px, .height_px = height_px};
    tread_error err = {0};
    assert_int_equal(tread_analyzer_create(&m.analyzer, NULL), TREAD_OK);
    assert_int_equal(tread_analyzer_finish(m.analyzer), TREAD_OK);
    if (tread_rules_load(&m.rules, NULL, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return m;
}

static void forget(made_up *m)
{
    tread_analyzer_destroy(&m->analyzer);
    tread_rules_destroy(&m->rules);
}

/* Somebody who stands in the middle of the picture, or nobody. */
static tread_frame_result result_of(const made_up *m, int64_t frame, double time_s)
{
    tread_frame_result r = {.frame = frame, .time_s = time_s, .presence = m->has_runner};
    r.trunk_lean_deg = (double)NAN;
    for (int side = 0; side < TREAD_N_SIDES; side++)
        r.knee_flexion_deg[side] = (double)NAN;
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        double down = i >= TREAD_LEFT_EAR ? 0.3 : 0.35 + 0.45 * (i / 2) / 7.0;
        r.x_px[i] = m->has_runner ? m->width_px * 0.5 + (i & 1) : (double)NAN;
        r.y_px[i] = m->has_runner ? m->height_px * down : (double)NAN;
    }
    return r;
}

/* @return how many pictures */
static int annotate(const made_up *m, const char *clip, const char *out, int slow)
{
    tread_annotator *a = NULL;
    tread_error err = {0};
    const tread_session_opts opts = {.from_s = 0};
    const tread_annotator_opts drawn = {.results = m->analyzer,
                                        .steps = m->steps,
                                        .n_steps = m->n_steps,
                                        .rules = m->rules,
                                        .faults = &m->fault,
                                        .n_faults = m->has_fault,
                                        .slow = slow};
    static double times[CLIPS_TIMES_MAX];
    size_t n = clips_probe_times(clip, times);
    if (tread_session__annotator_create(&a, clip, &opts, out, &drawn, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < n; i++) {
        tread_frame_result r = result_of(m, (int64_t)i, times[i]);
        if (tread_session__annotator_add(a, &r, &err) != TREAD_OK)
            fail_msg("%s", err.text);
    }
    if (tread_session__annotator_finish(a, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    tread_session__annotator_destroy(&a);
    return (int)n;
}

/* ---- colours -------------------------------------------------------------------- */

enum { PATCH = 40, N_PATCHES = 8 };

/* By how much the colours of patches differ, well inside: on the average, and at most. Rows of
 * both are those of a picture of `width`. */
static double patches_off(const uint8_t *a, const uint8_t *b, int width, int height, double *worst)
{
    double mean = 0;
    *worst = 0;
    for (int k = 0; k < N_PATCHES; k++) {
        double sum[3] = {0};
        int n = 0;
        for (int y = height / 2; y < height - 8; y++)
            for (int x = k * PATCH + 8; x < (k + 1) * PATCH - 8; x++, n++)
                for (int c = 0; c < 3; c++) {
                    size_t at = 3 * ((size_t)y * (size_t)width + (size_t)x) + (size_t)c;
                    sum[c] += a[at] - b[at];
                }
        for (int c = 0; c < 3; c++) {
            *worst = fmax(*worst, fabs(sum[c] / n));
            mean += fabs(sum[c] / n) / (3 * N_PATCHES);
        }
    }
    return mean;
}

/* Bars of strong and pale colours, ten of which nothing is drawn on. */
static const char *const bars =
    "-f lavfi -i \"color=c=0xD03020:s=40x%d:d=0.4:r=25[a];color=c=0x20C040:s=40x%d:d=0.4:r=25[b];"
    "color=c=0x3050D0:s=40x%d:d=0.4:r=25[c];color=c=0xE8E8E8:s=40x%d:d=0.4:r=25[d];"
    "color=c=0x101010:s=40x%d:d=0.4:r=25[e];color=c=0xC8A080:s=40x%d:d=0.4:r=25[f];"
    "color=c=0x806010:s=40x%d:d=0.4:r=25[g];color=c=0x40B0C0:s=40x%d:d=0.4:r=25[h];"
    "[a][b][c][d][e][f][g][h]hstack=8,%s\" %s";

static void colours_stay(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int height;
        const char *filter, *encoder;
    } clips[] = {
        {"bt601.mp4", 240, "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p",
         "-c:v libx264 -crf 8 -colorspace smpte170m -color_range tv"},
        {"bt709_small.mp4", 240, "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
         "-c:v libx264 -crf 8 -colorspace bt709 -color_range tv"},
        {"bt709_hd.mp4", 720, "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
         "-c:v libx264 -crf 8 -colorspace bt709 -color_range tv"},
        {"bt601_hd.mp4", 720, "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p",
         "-c:v libx264 -crf 8 -colorspace smpte170m -color_range tv"},
        {"full.mp4", 240, "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p",
         "-c:v libx264 -crf 8 -colorspace smpte170m -color_range pc"},
        {"full_709.mp4", 720, "scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p",
         "-c:v libx264 -crf 8 -colorspace bt709 -color_range pc"},
        {"ten_bit.mp4", 720, "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p10le",
         "-c:v libx264 -crf 8 -colorspace bt709 -color_range tv"},
        {"422.mp4", 240, "scale=out_color_matrix=bt601:out_range=tv,format=yuv422p",
         "-c:v libx264 -crf 8 -colorspace smpte170m -color_range tv"},
    };
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
        char args[2048];
        int h = clips[i].height;
        snprintf(args, sizeof args, bars, h, h, h, h, h, h, h, h, clips[i].filter,
                 clips[i].encoder);
        const char *clip = clips_make(clips[i].name, args), *out = clips_path("out.mp4");
        made_up m = make_up(N_PATCHES * PATCH, h);
        int n = annotate(&m, clip, out, 0);
        size_t size, size_out;
        uint8_t *before = decode(clip, &size), *after = decode(out, &size_out);
        assert_int_equal(size, size_out);
        assert_int_equal(size, (size_t)n * 3 * N_PATCHES * PATCH * (size_t)h);
        double worst, mean = patches_off(before, after, N_PATCHES * PATCH, h, &worst);
        print_message("  %s: off by %.2f of 255, %.2f at most\n", clips[i].name, mean, worst);
        assert_true(mean < 1.5 && worst < 3.5);
        assert_int_equal(clips_run("ffprobe -v error -show_entries stream=color_space,color_range,"
                                   "sample_aspect_ratio -of csv=p=0 '%s' | grep -q '^1:1,tv,%s'",
                                   out, strstr(clips[i].filter, "bt601") ? "smpte170m" : "bt709"),
                         0);
        free(before);
        free(after);
        forget(&m);
    }
}

/* A clip on its side and one with wide pixels are seen as they are meant to be. */
static void upright_and_square(void **state)
{
    (void)state;
    const char *plain = clips_make(
        "plain.mp4", "-f lavfi -i testsrc=s=320x240:d=0.2:r=25 -pix_fmt yuv420p -crf 10");
    const char *turned = clips_path("turned.mp4"), *out = clips_path("out.mp4");
    assert_int_equal(clips_run("ffmpeg -nostdin -v error -y -display_rotation 90 -i '%s' -c copy "
                               "'%s' 2>/dev/null || ffmpeg -nostdin -v error -y -i '%s' -c copy "
                               "-metadata:s:v rotate=270 '%s'",
                               plain, turned, plain, turned),
                     0);
    made_up m = make_up(240, 320);
    annotate(&m, turned, out, 0);
    size_t size, size_out;
    uint8_t *before = decode(turned, &size), *after = decode(out, &size_out);
    assert_int_equal(size, size_out); /* ffmpeg turns it as well */
    double error = 0;
    for (size_t i = 240 * 100 * 3; i < 240 * 320 * 3; i++) /* below what is written */
        error += abs(before[i] - after[i]);
    assert_true(error / (240 * 220 * 3) < 3);
    free(before);
    free(after);

    const char *wide = clips_make("wide.mp4", "-f lavfi -i testsrc=s=320x240:d=0.2:r=25 "
                                              "-vf setsar=2/1 -pix_fmt yuv420p -crf 10");
    annotate(&m, wide, out, 0);
    assert_int_equal(clips_run("ffprobe -v error -show_entries stream=width,height,"
                               "sample_aspect_ratio -of csv=p=0 '%s' | grep -q '^640,240,1:1'",
                               out),
                     0);
    forget(&m);
}

/* ---- cues ------------------------------------------------------------------------ */

static size_t n_differing(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t differing = 0;
    for (size_t i = 0; i < n; i++)
        differing += abs(a[i] - b[i]) > 24;
    return differing;
}

static void cues_while_faults_last(void **state)
{
    (void)state;
    enum { W = 640, H = 360 };
    const char *clip =
        clips_make("grey.mp4", "-f lavfi -i color=c=0x808080:s=640x360:d=2:r=10 -pix_fmt yuv420p");
    made_up m = make_up(W, H);
    m.has_runner = true;
    annotate(&m, clip, clips_path("without.mp4"), 0);
    m.has_fault = true;
    m.fault = (tread_fault){.side = TREAD_BOTH, .level = 2, .begin_s = 0.55, .end_s = 1.25};
    int n = annotate(&m, clip, clips_path("with.mp4"), 0);
    size_t size, size_with, picture = (size_t)3 * W * H;
    uint8_t *without = decode(clips_path("without.mp4"), &size);
    uint8_t *with = decode(clips_path("with.mp4"), &size_with);
    assert_int_equal(n, 20);
    assert_int_equal(size, 20 * picture);
    assert_int_equal(size, size_with);
    for (int i = 0; i < n; i++) {
        size_t differing =
            n_differing(without + (size_t)i * picture, with + (size_t)i * picture, picture);
        bool is_on = i / 10.0 >= 0.55 && i / 10.0 <= 1.25;
        if (is_on ? differing < 5000 : differing > 200)
            fail_msg("picture %d: %zu values differ", i, differing);
    }
    free(without);
    free(with);
    forget(&m);
}

/* ---- slow motion ------------------------------------------------------------------- */

/* Each picture is of a grey of its own. */
static void replays_beside_it(void **state)
{
    (void)state;
    static const struct {
        int width, height, out_width;
    } sizes[] = {{240, 320, 480}, {320, 240, 320}};
    for (size_t k = 0; k < 2; k++) {
        int w = sizes[k].width, h = sizes[k].height, out_w = sizes[k].out_width, slow = 4;
        char args[256];
        snprintf(args, sizeof args,
                 "-f lavfi -i \"color=c=black:s=%dx%d:d=3:r=25,geq=lum='40+2*N':cb=128:cr=128\" "
                 "-pix_fmt yuv420p -crf 10",
                 w, h);
        const char *clip = clips_make("greys.mp4", args), *out = clips_path("slow.mp4");
        made_up m = make_up(w, h);
        for (int i = 0; i < 6; i++)
            m.steps[m.n_steps++] = (tread_step){.step = i, .initial_contact_s = 0.3 + 0.36 * i};
        int n = annotate(&m, clip, out, slow);
        assert_int_equal(n, 75);
        static double before[CLIPS_TIMES_MAX], after[CLIPS_TIMES_MAX];
        assert_int_equal(clips_probe_times(clip, before), n);
        assert_int_equal(clips_probe_times(out, after), n);
        for (int i = 0; i < n; i++)
            assert_near(after[i], before[i], 1e-4);
        size_t size, picture = (size_t)3 * (size_t)out_w * (size_t)h;
        uint8_t *rgb = decode(out, &size);
        assert_int_equal(size, (size_t)n * picture);
        /* left: the clip itself; right: its contact at 0.30 s from 0.48 s to 1.68 s */
        for (int i = 14; i < 41; i++) {
            size_t middle = (size_t)i * picture + 3 * (size_t)out_w * (size_t)(h / 2);
            double left = (rgb[middle + 3 * (size_t)(out_w / 4)] * 219 / 255.0 + 16 - 40) / 2;
            double right = (rgb[middle + 3 * (size_t)(3 * out_w / 4)] * 219 / 255.0 + 16 - 40) / 2;
            double wanted = 25 * (0.3 - SESSION_REPLAY_BEFORE_S + (i / 25.0 - 0.48) / slow);
            assert_near(left, i, 1);
            assert_near(right, wanted - 0.5, 1.5);
        }
        free(rgb);
        forget(&m);
    }
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_stay),
        cmocka_unit_test(upright_and_square),
        cmocka_unit_test(cues_while_faults_last),
        cmocka_unit_test(replays_beside_it),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}

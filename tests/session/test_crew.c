/* Parts of a clip looked at side by side: whoever goes by the notes gets, to the bit, what a
 * reading from start to end gives, and has next to nothing left to look at. Clips of many kinds,
 * made of our sample by the ffmpeg program. */
#include "support.h"

#include <string.h>

#include "media/clips.h"
#include "pose/weights_dir.h"
#include "session/crew.h"

#define FPS 15
#define LENGTH_S 4.3 /* two parts */
#define SMALL "scale=270:360,fps=15"

static tread_pose_weights *weights;

typedef struct clip {
    const char *name;
    const char *encoder; /* NULL = always there */
    const char *args;    /* of ffmpeg, between the sample and the file */
    double from_s, to_s;
    int n_workers;
    double most_looks; /* share of pictures the caller has to look at himself */
} clip;

/* Where a runner is lost, or another steps in, the workers cannot know what was before. */
static const clip clips[] = {
    {.name = "closed.mp4",
     .args = "-vf " SMALL " -c:v libx264 -g 25 -bf 3 -t 6.3",
     .n_workers = 3,
     .most_looks = 0.02},
    {.name = "open.mkv",
     .args = "-vf " SMALL " -c:v libx264 -x264-params open-gop=1:keyint=25:bframes=3",
     .n_workers = 2,
     .most_looks = 0.02},
    {.name = "one_group.mp4",
     .args = "-vf " SMALL " -c:v libx264 -g 1000",
     .from_s = 0.33,
     .n_workers = 8,
     .most_looks = 0.02},
    {.name = "hevc.mp4",
     .encoder = "libx265",
     .args = "-vf " SMALL " -c:v libx265 -x265-params keyint=25:log-level=none",
     .to_s = 5.01,
     .n_workers = 2,
     .most_looks = 0.02},
    {.name = "vp9.webm",
     .encoder = "libvpx-vp9",
     .args = "-vf " SMALL " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30",
     .n_workers = 3,
     .most_looks = 0.02},
    {.name = "stream.ts",
     .args = "-vf " SMALL " -c:v libx264 -g 30 -bf 2",
     .n_workers = 3,
     .most_looks = 0.02},
    {.name = "variable.mp4",
     .args = "-vf " SMALL ",select='not(eq(mod(n\\,7)\\,3))' -fps_mode vfr -c:v libx264 -g 30",
     .n_workers = 3,
     .most_looks = 0.02},
    {.name = "lost.mp4", /* a curtain over a seam */
     .args = "-vf " SMALL ",drawbox=enable='between(t\\,1.5\\,2.5)':t=fill -c:v libx264 -g 30",
     .n_workers = 2,
     .most_looks = 0.5},
    {.name = "beside.mp4", /* stops before a seam; behind it, somebody smaller runs beside */
     .args = "-filter_complex \"[0]" SMALL ",split[a][b];"
             "[a]trim=0:1.9,tpad=stop_mode=clone:stop_duration=9,pad=540:360:135[c];"
             "[b]hflip,crop=110:360,scale=88:288[d];"
             "[c][d]overlay=x=440:y=60:enable='gt(t\\,1.9)'\" -c:v libx264 -g 30",
     .n_workers = 2,
     .most_looks = 0.5},
};

/* Reading from start to end beside the crew. */
typedef struct comparison {
    tread_reader *reader;
    tread_pose_tracker *plain, *by_notes;
    tread_crew *crew;
    session_cuts cuts;
    int n_frames, n_looks;
} comparison;

static void start(comparison *c, const clip *k, const char *path)
{
    tread_error err;
    tread_feed *feed;
    *c = (comparison){.n_frames = 0};
    assert_int_equal(session_feed_open(&feed, path, k->from_s, k->to_s, &err), TREAD_OK);
    assert_int_equal(session_cuts_find(&c->cuts, feed, k->from_s, k->to_s, 1), TREAD_OK);
    session_feed_close(&feed, NULL);
    assert_true(c->cuts.n >= 2);
    c->reader = clips_open(path, &(tread_reader_opts){.from_s = k->from_s, .to_s = k->to_s});
    assert_int_equal(tread_pose__tracker_create(&c->plain, weights, 1, &err), TREAD_OK);
    assert_int_equal(tread_pose__tracker_create(&c->by_notes, weights, 1, &err), TREAD_OK);
    session_crew_opts opts = {.source = path,
                              .weights = weights,
                              .n_workers = k->n_workers,
                              .to_s = k->to_s,
                              .time_scale = 1,
                              .cuts = &c->cuts,
                              .fps = FPS};
    assert_int_equal(session_crew_start(&c->crew, &opts), TREAD_OK);
}

static void end(comparison *c)
{
    session_crew_end(&c->crew, NULL);
    session_cuts_clear(&c->cuts);
    tread_pose__tracker_destroy(&c->plain);
    tread_pose__tracker_destroy(&c->by_notes);
    tread_media__reader_close(&c->reader);
}

/* One picture. @return as session_crew_next */
static int step(comparison *c, const char *name)
{
    tread_error err;
    tread_frame *frame;
    session_note *note;
    tread_landmarks plain = {.frame = -1}, by_note = {.frame = -1};
    int status = session_crew_next(c->crew, &note);
    int read = tread_media__reader_next(c->reader, &frame, &err);
    if (status == TREAD_EOF)
        assert_int_equal(read, TREAD_EOF);
    if (status != TREAD_OK) {
        tread_media__frame_unref(&frame);
        return status;
    }
    assert_int_equal(read, TREAD_OK);
    if (note->time_s != frame->time_s)
        fail_msg("%s: picture %d: note of %.3f s, frame of %.3f s", name, c->n_frames, note->time_s,
                 frame->time_s);
    double t = frame->time_s;
    int64_t i = frame->index;
    assert_int_equal(tread_pose__tracker_run(c->plain, &frame->picture, i, t, &plain, &err), 0);
    if (tread_pose__tracker_recall(c->by_notes, note->record, i, t, &by_note) == TREAD_AGAIN) {
        assert_int_equal(
            tread_pose__tracker_run(c->by_notes, &frame->picture, i, t, &by_note, &err), 0);
        c->n_looks++;
    }
    if (memcmp(plain.x_px, by_note.x_px, sizeof plain.x_px) != 0 ||
        memcmp(plain.y_px, by_note.y_px, sizeof plain.y_px) != 0 ||
        memcmp(plain.second, by_note.second, sizeof plain.second) != 0 ||
        memcmp(&plain.presence, &by_note.presence, sizeof plain.presence) != 0 ||
        plain.time_s != by_note.time_s || plain.frame != by_note.frame)
        fail_msg("%s: picture %d (%.3f s) differs", name, c->n_frames, t);
    c->n_frames++;
    free(note);
    tread_media__frame_unref(&frame);
    return TREAD_OK;
}

static const char *make(const clip *k)
{
    char args[1024];
    snprintf(args, sizeof args, "-i '%s/samples/runner_left.mp4' -an -t %g %s",
             getenv("TREAD_SOURCE_DIR"), LENGTH_S, k->args);
    return clips_make(k->name, args);
}

static void test_same_to_the_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
        const clip *k = &clips[i];
        if (k->encoder && !clips_has_encoder(k->encoder)) {
            print_message("no %s: %s left out\n", k->encoder, k->name);
            continue;
        }
        comparison c;
        start(&c, k, make(k));
        int status;
        while ((status = step(&c, k->name)) == TREAD_OK)
            ;
        print_message("%s: %d pictures, %d looked at by the caller\n", k->name, c.n_frames,
                      c.n_looks);
        assert_int_equal(status, TREAD_EOF);
        assert_true(c.n_frames > 0.6 * FPS * LENGTH_S);
        assert_true(c.n_looks <= k->most_looks * c.n_frames);
        end(&c);
    }
}

/* Damage in the middle: up to there all is the same, and then it is left to a reading from the
 * start. */
static void test_breaks_off_at_damage(void **state)
{
    (void)state;
    size_t size;
    const char *path = clips_path("closed.mp4");
    uint8_t *bytes = clips_load(path, &size);
    for (size_t i = 0; i < 400; i++)
        bytes[size / 2 + i] ^= (uint8_t)(i * 37 + 1);
    path = clips_path("damaged.mp4");
    clips_save(path, bytes, size);
    free(bytes);
    comparison c;
    start(&c, &(clip){.n_workers = 3}, path);
    int status;
    while ((status = step(&c, "damaged.mp4")) == TREAD_OK)
        ;
    assert_int_equal(status, TREAD_AGAIN);
    assert_true(c.n_frames > 0.2 * FPS * LENGTH_S);
    end(&c);
}

/* Who would look elsewhere does not take another's word. */
static void test_other_regions_are_not_recalled(void **state)
{
    (void)state;
    tread_error err;
    tread_landmarks lm;
    tread_frame *frame;
    tread_pose_tracker *first, *other;
    tread_pose_record *record = malloc(tread_pose__record_size());
    tread_reader *reader = clips_open(clips_path("closed.mp4"), NULL);
    assert_int_equal(tread_pose__tracker_create(&first, weights, 1, &err), TREAD_OK);
    assert_int_equal(tread_pose__tracker_create(&other, weights, 1, &err), TREAD_OK);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(tread_media__reader_next(reader, &frame, &err), TREAD_OK);
        const tread_picture *p = &frame->picture;
        double t = frame->time_s;
        assert_int_equal(tread_pose__tracker_run_recorded(first, p, i, t, &lm, record, &err),
                         TREAD_OK);
        if (i == 11)
            assert_int_equal(tread_pose__tracker_recall(other, record, i, t, &lm), TREAD_AGAIN);
        if (i >= 10)
            assert_int_equal(tread_pose__tracker_run(other, p, i, t, &lm, &err), TREAD_OK);
        tread_media__frame_unref(&frame);
    }
    tread_pose__tracker_destroy(&first);
    tread_pose__tracker_destroy(&other);
    tread_media__reader_close(&reader);
    free(record);
}

/* Nobody waits for notes any more: everything ends, at once. */
static void test_stops(void **state)
{
    (void)state;
    for (int n_steps = 0; n_steps < 60; n_steps += 25) {
        comparison c;
        start(&c, &(clip){.n_workers = 3}, clips_path("closed.mp4"));
        for (int i = 0; i < n_steps; i++)
            assert_int_equal(step(&c, "closed.mp4"), TREAD_OK);
        end(&c);
    }
}

int main(void)
{
    const char *dir = weights_dir();
    if (!dir)
        return SUPPORT_SKIPPED;
    clips_require_ffmpeg();
    tread_error err;
    if (tread_pose__weights_load(&weights, dir, TREAD_POSE_LITE, &err) != TREAD_OK) {
        printf("%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_to_the_bit),
        cmocka_unit_test(test_breaks_off_at_damage),
        cmocka_unit_test(test_other_regions_are_not_recalled),
        cmocka_unit_test(test_stops),
    };
    int failed = cmocka_run_group_tests(tests, clips_setup, clips_teardown);
    tread_pose__weights_free(&weights);
    return failed;
}

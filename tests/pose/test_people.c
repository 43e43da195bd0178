/* Several people in the picture: composites of clips, made by the ffmpeg program
 * while the test runs. The rendered sample is always there; the same scenes with
 * a real runner where there is one.
 *
 * Every scene is 30 pictures a second. In both clips a runner of 360 px width of
 * picture has hips near the middle and a region of about that side. */
#include "support.h"

#include <string.h>

#include "pose/orient.h"
#include "pose/pose.h"
#include "pose/weights_dir.h"

#define FPS 30
#define REAL_CLIP "clips/male_side/male_side.mp4"
#define WALK_CLIP "clips/walk_barefoot60/sarwesh.mp4"

enum { MAX_FRAMES = 240 };

/* Hips of the person followed, one a picture; NaN where nobody was. */
typedef struct track {
    int n;
    double x_px[MAX_FRAMES], y_px[MAX_FRAMES];
    tread_pose_stats stats;
} track;

typedef struct source {
    const char *clip;
    int height_px; /* of the clip scaled to 360 px width */
    double hip_x_px, hip_y_px;
    /* The part of the scaled clip that shows the person, and a picture of it in
     * which the person's legs are apart. */
    int strip_x_px, strip_width_px, still_frame;
} source;

static tread_pose_weights *weights;
static source sources[2];
static int n_sources;
static track seen;

static void read_tracks(FILE *pipe, int width, int height)
{
    size_t n_bytes = (size_t)width * (size_t)height * 3 / 2;
    uint8_t *bytes = malloc(n_bytes);
    tread_pose_tracker *tracker;
    tread_error err;
    assert_non_null(bytes);
    assert_int_equal(tread_pose__tracker_create(&tracker, weights, 1, &err), TREAD_OK);
    for (seen.n = 0; seen.n < MAX_FRAMES && fread(bytes, n_bytes, 1, pipe) == 1; seen.n++) {
        const uint8_t *u = bytes + (size_t)width * (size_t)height;
        tread_picture picture = {
            .plane = {bytes, u, u + (size_t)width * (size_t)height / 4},
            .stride_bytes = {width, width / 2, width / 2},
            .width_px = width,
            .height_px = height,
            .chroma_shift_x = 1,
            .chroma_shift_y = 1,
            .bits = 8,
            .matrix = TREAD_MATRIX_BT709,
        };
        tread_landmarks lm;
        orient(&picture, 0, 1);
        assert_int_equal(
            tread_pose__tracker_run(tracker, &picture, seen.n, (double)seen.n / FPS, &lm, &err),
            TREAD_OK);
        seen.x_px[seen.n] = ((double)lm.x_px[TREAD_LM_LEFT_HIP] + lm.x_px[TREAD_LM_RIGHT_HIP]) / 2;
        seen.y_px[seen.n] = ((double)lm.y_px[TREAD_LM_LEFT_HIP] + lm.y_px[TREAD_LM_RIGHT_HIP]) / 2;
    }
    seen.stats = tread_pose__tracker_stats(tracker);
    tread_pose__tracker_destroy(&tracker);
    free(bytes);
}

/* Follow through a scene: `graph` makes [out], `width` x `height`, from [0:v] and
 * [1:v], both `main` and `other` at 30 pictures a second and 360 px wide. */
static void follow_scene(const source *main, const source *other, int width, int height,
                         const char *graph)
{
    char command[12000];
    snprintf(command, sizeof command,
             "ffmpeg -nostdin -v error -t 5 -i '%s' -t 5 -i '%s' -filter_complex "
             "\"[0:v]fps=%d,scale=360:%d[main];[1:v]fps=%d,scale=360:%d[other];%s\" "
             "-map '[out]' -f rawvideo -pix_fmt yuv420p -",
             main->clip, other->clip, FPS, main->height_px, FPS, other->height_px, graph);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    read_tracks(pipe, width, height);
    assert_int_equal(pclose(pipe), 0);
}

/* Parts of filter graphs. The person of `s`, cut out and standing still, [out]. */
static const char *still(const source *s, const char *in, double scale, const char *out)
{
    static char text[500];
    snprintf(text, sizeof text,
             "%strim=start_frame=%d:end_frame=%d,setpts=PTS-STARTPTS,crop=%d:%d:%d:0,"
             "scale=%d:-2,loop=-1:1,fps=%d%s",
             in, s->still_frame, s->still_frame + 1, s->strip_width_px, s->height_px, s->strip_x_px,
             (int)(scale * s->strip_width_px), FPS, out);
    return text;
}

/* Everybody seen from `from_s` on, before `to_s`, is at (x, y) within a quarter
 * of a region's side, and is seen in at least `share` of the pictures. */
static void require_at(double x_px, double y_px, double from_s, double to_s, double share)
{
    int n = 0, n_seen = 0;
    for (int i = (int)(from_s * FPS + 0.5); i < seen.n && i < to_s * FPS; i++, n++) {
        if (isnan(seen.x_px[i]))
            continue;
        n_seen++;
        if (!(hypot(seen.x_px[i] - x_px, seen.y_px[i] - y_px) < 90))
            fail_msg("picture %d: followed somebody at (%g, %g) instead of (%g, %g)", i,
                     seen.x_px[i], seen.y_px[i], x_px, y_px);
    }
    assert_true(n > 0);
    if (n_seen < share * n)
        fail_msg("%g to %g s: seen in %d of %d pictures", from_s, to_s, n_seen, n);
}

static void require_nobody(double from_s, double to_s)
{
    for (int i = (int)(from_s * FPS + 0.5); i < seen.n && i < to_s * FPS; i++)
        if (!isnan(seen.x_px[i]))
            fail_msg("picture %d: followed somebody at (%g, %g)", i, seen.x_px[i], seen.y_px[i]);
}

static const source *other_than(int i)
{
    return &sources[(i + 1) % n_sources];
}

/* ---- scenes ------------------------------------------------------------------ */

static void one_of_two_side_by_side_is_kept(void **state)
{
    (void)state;
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i];
        follow_scene(s, s, 720, s->height_px,
                     "[other]nullsink;[main]trim=0:2,split[a][b];[b]hflip[c];[a][c]hstack[out]");
        assert_int_equal(seen.n, 60);
        double x_px = seen.x_px[0] < 360 ? s->hip_x_px : 720 - s->hip_x_px;
        require_at(x_px, s->hip_y_px, 0, 2, 1);
    }
}

static void who_passes_in_front_is_never_followed(void **state)
{
    (void)state;
    char graph[2000];
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i], *o = other_than(i);
        /* Across 360 px and its own width within a second, from 1 s on. */
        snprintf(graph, sizeof graph,
                 "%s;[main]trim=0:3[m];"
                 "[m][p]overlay=x='-w+(t-1)*(W+w)':y=%g:enable='between(t,1,2)':shortest=1[out]",
                 still(o, "[other]", 1.1, "[p]"), s->hip_y_px - 1.1 * o->hip_y_px);
        follow_scene(s, o, 360, s->height_px, graph);
        assert_int_equal(seen.n, 90);
        require_at(s->hip_x_px, s->hip_y_px, 0, 1, 1);
        require_at(s->hip_x_px, s->hip_y_px, 1, 2.3, 0);
        require_at(s->hip_x_px, s->hip_y_px, 2.3, 3, 1);
    }
}

static void a_coach_beside_is_not_followed(void **state)
{
    (void)state;
    char graph[2000];
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i], *o = other_than(i);
        snprintf(graph, sizeof graph,
                 "%s;[main]trim=0:3,pad=540:ih:0:0:gray[m];"
                 "[m][p]overlay=x=290:y=0:enable='gte(t,1)':shortest=1[out]",
                 still(o, "[other]", 1.1, "[p]"));
        follow_scene(s, o, 540, s->height_px, graph);
        assert_int_equal(seen.n, 90);
        require_at(s->hip_x_px, s->hip_y_px, 0, 3, 1);
    }
}

/* Steps in front of the runner from 1 to 2 s, stands there, and goes again. */
static void a_coach_in_front_is_not_followed(void **state)
{
    (void)state;
    char graph[2000];
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i], *o = other_than(i);
        snprintf(graph, sizeof graph,
                 "%s;[main]trim=0:5[m];"
                 "[m][p]overlay=x='%g-w/2-if(lt(t,2),2-t,if(gt(t,3),3-t,0))*(%g+w/2)':y=%g:"
                 "enable='between(t,1,4)':shortest=1[out]",
                 still(o, "[other]", 1.1, "[p]"), s->hip_x_px, s->hip_x_px,
                 s->hip_y_px - 1.1 * o->hip_y_px); /* hips before hips */
        follow_scene(s, o, 360, s->height_px, graph);
        require_at(s->hip_x_px, s->hip_y_px, 0, 1, 1);
        require_at(s->hip_x_px, s->hip_y_px, 1, 2.2, 0);
        require_nobody(2.2, 3.2);
        require_at(s->hip_x_px, s->hip_y_px, 3.2, 4.7, 0);
        /* Found again at 4.2 s or at 4.6 s: the last bits of the crop decide. */
        require_at(s->hip_x_px, s->hip_y_px, 4.7, 5, 1);
    }
}

/* The runner is there for 1.5 s, then nobody for 1 s, then somebody smaller on
 * the other side: not the runner until 4.5 s. */
static void somebody_else_is_taken_after_the_runner_was_away(void **state)
{
    (void)state;
    char graph[2000];
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i], *o = other_than(i);
        int height = o->height_px * 3 / 4;
        snprintf(graph, sizeof graph,
                 "color=gray:s=720x%d:r=%d:d=2.5,format=yuv420p[e];"
                 "[main]trim=0:1.5,pad=720:ih:0:0:gray,setsar=1[m];"
                 "[other]trim=0:2.5,setpts=PTS-STARTPTS,scale=270:%d,pad=720:%d:450:0:gray,"
                 "setsar=1,format=yuv420p[p];"
                 "[e]trim=0:1[e1];[m][e1][p]concat=n=3[out]",
                 s->height_px, FPS, height, s->height_px);
        if (height > s->height_px) /* not so with the clips there are */
            continue;
        follow_scene(s, o, 720, s->height_px, graph);
        assert_int_equal(seen.n, 150);
        require_at(s->hip_x_px, s->hip_y_px, 0, 1.5, 1);
        require_nobody(1.5, 4.4);
        require_at(450 + 0.75 * o->hip_x_px, 0.75 * o->hip_y_px, 4.6, 5, 1);
    }
}

/* Somebody larger and nearer to the middle stands there from the start. */
static void who_runs_is_taken_rather_than_who_stands(void **state)
{
    (void)state;
    char graph[2000];
    for (int i = 0; i < n_sources; i++) {
        const source *s = &sources[i];
        int height = s->height_px * 3 / 4;
        snprintf(graph, sizeof graph,
                 "%s;[main]trim=0:2.5,scale=270:%d,pad=640:%d:370:%d:gray[m];"
                 "[m][p]overlay=x=%d:y=0:shortest=1[out]",
                 still(s, "[other]", 1, "[p]"), height, s->height_px, s->height_px - height,
                 370 - s->strip_width_px);
        follow_scene(s, s, 640, s->height_px, graph);
        assert_int_equal(seen.n, 75);
        require_at(370 - s->strip_width_px + s->hip_x_px - s->strip_x_px, s->hip_y_px, 0, 0.1, 1);
        require_at(370 + 0.75 * s->hip_x_px, s->height_px - height + 0.75 * s->hip_y_px, 1.4, 2.5,
                   1);
        /* Two watched at most for a second or so, then one. */
        require_between((double)seen.stats.n_landmark_runs, 75, 75 + 30);
    }
}

/* Half a body length along the belt and back within 3 s, and a zoom. */
static void a_runner_who_moves_is_kept(void **state)
{
    (void)state;
    follow_scene(&sources[0], &sources[0], 540, sources[0].height_px,
                 "[other]nullsink;color=gray:s=540x480:r=30:d=3[e];"
                 "[e][main]overlay=x='90-73*cos(2*t)':y=0:eval=frame:shortest=1[out]");
    assert_int_equal(seen.n, 90);
    for (int i = 0; i < seen.n; i++)
        require_near(seen.x_px[i], sources[0].hip_x_px + 90 - 73 * cos(2.0 * i / FPS), 40);
    assert_int_equal(seen.stats.n_landmark_runs, seen.n);
    follow_scene(&sources[0], &sources[0], 360, 480,
                 "[other]nullsink;[main]trim=0:3,zoompan=z='exp(0.2*on/30)':d=1:fps=30:s=360x480:"
                 "x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2'[out]");
    assert_int_equal(seen.n, 90);
    for (int i = 0; i < seen.n; i++)
        require_near(seen.x_px[i], 186, 40);
    assert_int_equal(seen.stats.n_detector_runs, 1);
}

static void who_walks_across_is_followed(void **state)
{
    (void)state;
    const char *clip = support_shared(WALK_CLIP);
    if (!clip)
        skip();
    source walker = {.clip = clip, .height_px = 202};
    follow_scene(&walker, &walker, 960, 540,
                 "[other]nullsink;[main]nullsink;[0:v]fps=30,scale=960:540[out]");
    assert_true(seen.n > 60);
    for (int i = 0; i < seen.n; i++) {
        assert_false(isnan(seen.x_px[i]));
        require_near(seen.x_px[i], seen.x_px[i > 0 ? i - 1 : 0], 30);
    }
    assert_true(fabs(seen.x_px[0] - seen.x_px[seen.n - 1]) > 400);
}

static void find_sources(void)
{
    static char sample[4200], real[4200];
    const char *dir = getenv("TREAD_SOURCE_DIR");
    snprintf(sample, sizeof sample, "%s/samples/runner_left.mp4", dir ? dir : ".");
    sources[n_sources++] = (source){.clip = sample,
                                    .height_px = 480,
                                    .hip_x_px = 187,
                                    .hip_y_px = 246,
                                    .strip_x_px = 95,
                                    .strip_width_px = 170,
                                    .still_frame = 12};
    const char *clip = support_shared(REAL_CLIP);
    if (!clip)
        return;
    snprintf(real, sizeof real, "%s", clip);
    sources[n_sources++] = (source){.clip = real,
                                    .height_px = 640,
                                    .hip_x_px = 143,
                                    .hip_y_px = 443,
                                    .strip_x_px = 60,
                                    .strip_width_px = 190,
                                    .still_frame = 16};
}

int main(void)
{
    const char *dir = weights_dir();
    if (!dir)
        return SUPPORT_SKIPPED;
    if (system("ffmpeg -nostdin -v quiet -version >/dev/null 2>&1") != 0) {
        printf("skipped: there is no ffmpeg program\n");
        return SUPPORT_SKIPPED;
    }
    tread_error err;
    if (tread_pose__weights_load(&weights, dir, TREAD_POSE_FULL, &err) != TREAD_OK) {
        printf("%s\n", err.text);
        return 1;
    }
    find_sources();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_two_side_by_side_is_kept),
        cmocka_unit_test(who_passes_in_front_is_never_followed),
        cmocka_unit_test(a_coach_beside_is_not_followed),
        cmocka_unit_test(a_coach_in_front_is_not_followed),
        cmocka_unit_test(somebody_else_is_taken_after_the_runner_was_away),
        cmocka_unit_test(who_runs_is_taken_rather_than_who_stands),
        cmocka_unit_test(a_runner_who_moves_is_kept),
        cmocka_unit_test(who_walks_across_is_followed),
    };
    int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    tread_pose__weights_free(&weights);
    return n_failed;
}

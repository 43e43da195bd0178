/* A real runner on a real clip: found, followed, and the same runner when the
 * picture is mirrored or turned. Frames come from the ffmpeg program, because
 * this room knows no decoder. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "pose/orient.h"
#include "pose/pose.h"
#include "pose/weights_dir.h"

enum { WIDTH = 720, HEIGHT = 1280, FRAME_BYTES = WIDTH * HEIGHT * 3 / 2 };
enum { N_FRAMES = 60, FRESH_STEP = 5, N_FRESH = N_FRAMES / FRESH_STEP };
#define CLIP "clips/male_side/male_side.mp4" /* 30 fps, the runner faces image-left */

/* Positions are floats and sampling has another order: far below what anybody
 * sees. This holds for pictures searched afresh. Following feeds each picture's
 * region into the next, and the network turns 0.002 px in the first picture into
 * about 2 px (the median) after six: its own noise, and no more after sixty. */
#define SAME_PX 0.5

/* Left and right of each landmark exchanged. */
static const int other_side[TREAD_N_LANDMARKS] = {0,  4,  5,  6,  1,  2,  3,  8,  7,  10, 9,
                                                  12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22,
                                                  21, 24, 23, 26, 25, 28, 27, 30, 29, 32, 31};

static uint8_t *frames; /* (N_FRAMES, FRAME_BYTES) 4:2:0 */
static tread_pose_weights *weights;

static int read_frames(const char *clip)
{
    char command[5000];
    snprintf(command, sizeof command,
             "ffmpeg -nostdin -v error -i '%s' -frames:v %d -f rawvideo -pix_fmt yuv420p -", clip,
             N_FRAMES);
    FILE *pipe = popen(command, "r");
    frames = malloc((size_t)N_FRAMES * FRAME_BYTES);
    size_t n = pipe && frames ? fread(frames, FRAME_BYTES, N_FRAMES, pipe) : 0;
    return pipe && pclose(pipe) == 0 && n == N_FRAMES;
}

static tread_picture picture_of(const uint8_t *bytes, int width, int height)
{
    size_t n = (size_t)width * (size_t)height;
    tread_picture picture = {
        .plane = {bytes, bytes + n, bytes + n * 5 / 4},
        .stride_bytes = {width, width / 2, width / 2},
        .width_px = width,
        .height_px = height,
        .chroma_shift_x = 1,
        .chroma_shift_y = 1,
        .bits = 8,
        .matrix = TREAD_MATRIX_BT709,
    };
    orient(&picture, 0, 1);
    return picture;
}

/* Landmarks of every `step`-th picture as `look` presents it: followed when the
 * step is 1, else each searched afresh. */
static void run_clip(tread_landmarks *out, tread_picture (*look)(int frame), int step)
{
    tread_pose_tracker *tracker;
    tread_error err;
    assert_int_equal(tread_pose__tracker_create(&tracker, weights, 1, &err), TREAD_OK);
    for (int i = 0; i < N_FRAMES; i += step) {
        tread_picture picture = look(i);
        if (step > 1)
            tread_pose__tracker_reset(tracker);
        assert_int_equal(
            tread_pose__tracker_run(tracker, &picture, i, i / 30.0, &out[i / step], &err),
            TREAD_OK);
        assert_int_equal(out[i / step].frame, i);
    }
    tread_pose__tracker_destroy(&tracker);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A quantile of the distance between landmarks from `first` on that both see
 * well; `names[k]` is what the second calls landmark k. */
static double distance(const tread_landmarks *a, const tread_landmarks *b, int n_pictures,
                       int first, const int *names, double quantile)
{
    static double d[N_FRAMES * TREAD_N_LANDMARKS];
    size_t n = 0;
    for (int i = 0; i < n_pictures; i++) {
        for (int k = first; k < TREAD_N_LANDMARKS; k++) {
            int other = names ? names[k] : k;
            if (a[i].confidence[k] > 0.6f && b[i].confidence[other] > 0.6f)
                d[n++] = hypot((double)a[i].x_px[k] - (double)b[i].x_px[other],
                               (double)a[i].y_px[k] - (double)b[i].y_px[other]);
        }
    }
    assert_true(n > 2 * (size_t)n_pictures);
    qsort(d, n, sizeof *d, compare_doubles);
    return d[(size_t)(quantile * (double)(n - 1))];
}

static tread_landmarks plain[N_FRAMES], plain_fresh[N_FRESH];

static tread_picture look_plain(int frame)
{
    return picture_of(frames + (size_t)frame * FRAME_BYTES, WIDTH, HEIGHT);
}

/* ---- found and followed ----------------------------------------------------- */

static void the_runner_is_found_once_and_followed(void **state)
{
    (void)state;
    tread_pose_tracker *tracker;
    tread_error err;
    assert_int_equal(tread_pose__tracker_create(&tracker, weights, 1, &err), TREAD_OK);
    int n_facing_left = 0;
    for (int i = 0; i < N_FRAMES; i++) {
        tread_picture picture = look_plain(i);
        tread_landmarks lm;
        assert_int_equal(tread_pose__tracker_run(tracker, &picture, i, i / 30.0, &lm, &err),
                         TREAD_OK);
        require_between(lm.presence, 0.9, 1);
        /* The camera sees a whole person, upright and in the picture. */
        require_between(lm.x_px[TREAD_LM_LEFT_HIP], 100, 600);
        assert_true(lm.y_px[TREAD_LM_NOSE] < lm.y_px[TREAD_LM_LEFT_HIP]);
        assert_true(lm.y_px[TREAD_LM_LEFT_HIP] < lm.y_px[TREAD_LM_LEFT_ANKLE]);
        n_facing_left += lm.x_px[TREAD_LM_NOSE] < lm.x_px[TREAD_LM_LEFT_EAR];
    }
    assert_int_equal(n_facing_left, N_FRAMES);
    tread_pose_stats stats = tread_pose__tracker_stats(tracker);
    assert_int_equal(stats.n_detector_runs, 1);
    assert_int_equal(stats.n_landmark_runs, N_FRAMES);
    assert_true(stats.landmark_s > 0 && stats.detector_s > 0 && stats.crop_s > 0);
    tread_pose__tracker_destroy(&tracker);
    assert_null(tracker);
    tread_pose__tracker_destroy(&tracker);
}

/* Two trackers of the same weights, and one that forgot: the same bits. */
static void the_same_pictures_give_the_same_landmarks(void **state)
{
    (void)state;
    static tread_landmarks again[N_FRAMES];
    run_clip(again, look_plain, 1);
    assert_memory_equal(again, plain, sizeof plain);
}

static void *run_in_thread(void *out)
{
    run_clip(out, look_plain, 1);
    return NULL;
}

/* Weights are shared, trackers are not. */
static void two_threads_do_not_meet(void **state)
{
    (void)state;
    static tread_landmarks mine[N_FRAMES], theirs[N_FRAMES];
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_in_thread, theirs), 0);
    run_clip(mine, look_plain, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_memory_equal(mine, plain, sizeof plain);
    assert_memory_equal(theirs, plain, sizeof plain);
}

/* One picture seen through a window that moves: the region must move along. */
static void a_runner_who_moves_is_followed(void **state)
{
    (void)state;
    enum { N_STEPS = 30, STEP_PX = 8, SHOWN_PX = WIDTH - N_STEPS * STEP_PX };
    tread_pose_tracker *tracker;
    tread_error err;
    assert_int_equal(tread_pose__tracker_create(&tracker, weights, 1, &err), TREAD_OK);
    for (int i = 0; i < N_STEPS; i++) {
        int left = i * STEP_PX;
        tread_picture picture = look_plain(0);
        for (int plane = 0; plane < 3; plane++)
            picture.plane[plane] += plane ? left / 2 : left;
        picture.width_px = SHOWN_PX;
        orient(&picture, 0, 1);
        tread_landmarks lm;
        assert_int_equal(tread_pose__tracker_run(tracker, &picture, i, i / 30.0, &lm, &err),
                         TREAD_OK);
        require_between(lm.presence, 0.9, 1);
        require_near(lm.x_px[TREAD_LM_LEFT_HIP] + (float)left, plain[0].x_px[TREAD_LM_LEFT_HIP],
                     20);
        require_near(lm.x_px[TREAD_LM_LEFT_EAR] + (float)left, plain[0].x_px[TREAD_LM_LEFT_EAR],
                     20);
    }
    /* Found once; four more looks for somebody who runs, as this one's legs do not. */
    assert_int_equal(tread_pose__tracker_stats(tracker).n_detector_runs, 1 + 4);
    assert_int_equal(tread_pose__tracker_stats(tracker).n_landmark_runs, N_STEPS);
    tread_pose__tracker_destroy(&tracker);
}

static void nobody_is_a_result_and_the_search_goes_on(void **state)
{
    (void)state;
    tread_pose_tracker *tracker;
    tread_error err;
    tread_landmarks lm;
    uint8_t *empty = malloc(FRAME_BYTES);
    memset(empty, 128, FRAME_BYTES);
    tread_picture nobody = picture_of(empty, WIDTH, HEIGHT), somebody = look_plain(0);
    assert_int_equal(tread_pose__tracker_create(&tracker, weights, 1, &err), TREAD_OK);
    const int is_somebody[] = {0, 0, 1, 1, 0, 1, 1};
    /* Somebody who was lost has to stay for a moment first. */
    const int is_runner[] = {0, 0, 1, 1, 0, 0, 1};
    /* Runs of the detector after each: also in the picture where a runner is lost,
     * and a second after a runner was found who stands still. */
    const int n_searches[] = {1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < 7; i++) {
        assert_int_equal(
            tread_pose__tracker_run(tracker, is_somebody[i] ? &somebody : &nobody, i, i, &lm, &err),
            TREAD_OK);
        if (is_runner[i])
            require_between(lm.presence, 0.9, 1);
        else
            assert_true(lm.presence == 0);
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            assert_int_equal(isnan(lm.x_px[k]) || isnan(lm.y_px[k]) || isnan(lm.z_px[k]) ||
                                 isnan(lm.confidence[k]),
                             !is_runner[i]);
        assert_int_equal(tread_pose__tracker_stats(tracker).n_detector_runs, n_searches[i]);
    }
    tread_pose__tracker_reset(tracker);
    assert_int_equal(tread_pose__tracker_run(tracker, &somebody, 9, 9, &lm, &err), TREAD_OK);
    assert_int_equal(tread_pose__tracker_stats(tracker).n_detector_runs, 8);
    /* The same numbers as the first time: nothing of before is left. */
    assert_memory_equal(lm.x_px, plain[0].x_px, sizeof lm.x_px);
    assert_int_equal(tread_pose__tracker_run(tracker, NULL, 9, 9, &lm, &err), TREAD_ERR_ARG);
    tread_pose__tracker_destroy(&tracker);
    free(empty);
}

/* ---- mirrored and turned ----------------------------------------------------- */

static uint8_t *scratch; /* one frame */

/* The pixel of each plane at (x, y) becomes that at (y, x) or is mirrored. */
static void rearrange(const uint8_t *from, uint8_t *to, int width, int height,
                      const int orientation[4])
{
    for (int plane = 0; plane < 3; plane++) {
        int w = plane ? width / 2 : width, h = plane ? height / 2 : height;
        int is_turned = orientation[0] == 0;
        int out_w = is_turned ? h : w, out_h = is_turned ? w : h;
        for (int y = 0; y < out_h; y++) {
            for (int x = 0; x < out_w; x++) {
                int xs = orientation[0] * x + orientation[1] * y;
                int ys = orientation[2] * x + orientation[3] * y;
                xs += orientation[0] + orientation[1] < 0 ? w - 1 : 0;
                ys += orientation[2] + orientation[3] < 0 ? h - 1 : 0;
                to[y * out_w + x] = from[ys * w + xs];
            }
        }
        from += w * h;
        to += w * h;
    }
}

static int orientation_now;

/* The picture's own pixels rearranged: somebody sees it mirrored or turned. */
static tread_picture look_at_rearranged(int frame)
{
    const int *o = orientations[orientation_now];
    rearrange(frames + (size_t)frame * FRAME_BYTES, scratch, WIDTH, HEIGHT, o);
    return o[0] ? picture_of(scratch, WIDTH, HEIGHT) : picture_of(scratch, HEIGHT, WIDTH);
}

/* The same, but done by the map of the picture and not by its pixels. */
static tread_picture look_through_map(int frame)
{
    tread_picture picture = look_plain(frame);
    orient(&picture, orientation_now, 1);
    return picture;
}

/* A picture stored turned, with a map that sets it right. */
static tread_picture look_at_stored_turned(int frame)
{
    /* Undoing a quarter turn is the turn the other way, the rest undo themselves. */
    int inverse = orientation_now == 5 ? 6 : orientation_now == 6 ? 5 : orientation_now;
    tread_picture picture = look_at_rearranged(frame);
    orient(&picture, inverse, 1);
    return picture;
}

static void mirrored_pictures_exchange_left_and_right(void **state)
{
    (void)state;
    static tread_landmarks mirrored[N_FRAMES], by_map[N_FRESH], by_pixels[N_FRESH];
    orientation_now = 1;
    run_clip(by_pixels, look_at_rearranged, FRESH_STEP);
    run_clip(by_map, look_through_map, FRESH_STEP);
    require_between(distance(by_pixels, by_map, N_FRESH, 0, NULL, 1), 0, SAME_PX);
    run_clip(mirrored, look_through_map, 1);
    for (int i = 0; i < N_FRAMES; i++) {
        require_between(mirrored[i].presence, 0.9, 1);
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            mirrored[i].x_px[k] = (float)WIDTH - mirrored[i].x_px[k];
    }
    /* The network is not symmetric in itself; the runner is 600 px tall. */
    require_between(distance(plain, mirrored, N_FRAMES, 0, other_side, 0.5), 0, 8);
    /* The legs are a stride apart; by the wrong names they would be, too. */
    const int knees = TREAD_LM_LEFT_KNEE;
    require_between(distance(plain, mirrored, N_FRAMES, knees, other_side, 0.5), 0, 20);
    require_between(distance(plain, mirrored, N_FRAMES, knees, NULL, 0.5), 50, 300);
}

static void a_picture_stored_turned_is_the_same_picture(void **state)
{
    (void)state;
    static tread_landmarks turned[N_FRESH];
    for (orientation_now = 1; orientation_now < 8; orientation_now++) {
        run_clip(turned, look_at_stored_turned, FRESH_STEP);
        require_between(distance(plain_fresh, turned, N_FRESH, 0, NULL, 1), 0, SAME_PX);
    }
}

/* Upside down and lying: the detector finds the body's axis whatever it is. */
static void a_turned_runner_has_turned_landmarks(void **state)
{
    (void)state;
    static const int turns[] = {3, 5, 6};
    static tread_landmarks turned[N_FRAMES], straight[N_FRAMES];
    for (int t = 0; t < 3; t++) {
        orientation_now = turns[t];
        const int *o = orientations[turns[t]];
        run_clip(turned, look_at_rearranged, 1);
        for (int i = 0; i < N_FRAMES; i++) {
            require_between(turned[i].presence, 0.9, 1);
            straight[i] = turned[i];
            for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
                float x = turned[i].x_px[k], y = turned[i].y_px[k];
                straight[i].x_px[k] =
                    (float)o[0] * x + (float)o[1] * y + (o[0] + o[1] < 0 ? (float)WIDTH : 0);
                straight[i].y_px[k] =
                    (float)o[2] * x + (float)o[3] * y + (o[2] + o[3] < 0 ? (float)HEIGHT : 0);
            }
        }
        require_between(distance(plain, straight, N_FRAMES, 0, NULL, 0.5), 0, 8);
        require_between(distance(plain, straight, N_FRAMES, TREAD_LM_LEFT_KNEE, NULL, 0.5), 0, 20);
    }
}

int main(void)
{
    const char *dir = weights_dir(), *clip = support_shared(CLIP);
    if (!dir || !clip)
        return SUPPORT_SKIPPED;
    if (!read_frames(clip)) {
        printf("skipped: the ffmpeg program did not decode %s\n", clip);
        return SUPPORT_SKIPPED;
    }
    tread_error err;
    if (tread_pose__weights_load(&weights, dir, TREAD_POSE_FULL, &err) != TREAD_OK) {
        printf("%s\n", err.text);
        return 1;
    }
    scratch = malloc(FRAME_BYTES);
    run_clip(plain, look_plain, 1);
    run_clip(plain_fresh, look_plain, FRESH_STEP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_runner_is_found_once_and_followed),
        cmocka_unit_test(the_same_pictures_give_the_same_landmarks),
        cmocka_unit_test(two_threads_do_not_meet),
        cmocka_unit_test(a_runner_who_moves_is_followed),
        cmocka_unit_test(nobody_is_a_result_and_the_search_goes_on),
        cmocka_unit_test(mirrored_pictures_exchange_left_and_right),
        cmocka_unit_test(a_picture_stored_turned_is_the_same_picture),
        cmocka_unit_test(a_turned_runner_has_turned_landmarks),
    };
    int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    tread_pose__weights_free(&weights);
    free(frames);
    free(scratch);
    return n_failed;
}

/* Which leg is which: what the network does to the legs is done to a runner whose legs
 * are known, and has to be found and undone, recorded and live. */
#include "support.h"

#include <string.h>

#include "gait/runner.h"
#include "motion/identity.h"

#define FPS 60.0
enum { N = 480 };

/* Half a leg's jitter of a good network at this size. */
#define NOISE_PX 2.0
/* A leg is 0.85 m of 220 px. */
#define SAME_PX 12.0
/* Live, nothing is promised before three strides have been seen. */
#define LIVE_FROM 150

static uint64_t seed;
static tread_landmarks clean[N], seen[N];
static tread_skeleton smoothed[N];
static motion_choice choices[N];

static void make_runner(const runner *r, double noise_px)
{
    support_random random = support_seeded(seed);
    for (int i = 0; i < N; i++) {
        runner_landmarks(r, i / FPS, 0, NULL, &clean[i]);
        runner_landmarks(r, i / FPS, noise_px, &random, &seen[i]);
        clean[i].frame = seen[i].frame = i;
    }
}

static void exchange(tread_landmarks *lm, enum tread_landmark left)
{
    float x = lm->x_px[left], y = lm->y_px[left];
    lm->x_px[left] = lm->x_px[left + 1];
    lm->y_px[left] = lm->y_px[left + 1];
    lm->x_px[left + 1] = x;
    lm->y_px[left + 1] = y;
}

static void exchange_legs(tread_landmarks *lm)
{
    for (int k = TREAD_LM_LEFT_KNEE; k <= TREAD_LM_LEFT_TOE; k += 2)
        exchange(lm, (enum tread_landmark)k);
}

static void put(tread_landmarks *lm, int k, float x_px, float y_px, float confidence)
{
    lm->x_px[k] = x_px;
    lm->y_px[k] = y_px;
    lm->confidence[k] = confidence;
}

static void recorded(void)
{
    motion_identity *id = NULL;
    assert_int_equal(motion_identity_create(&id, N), TREAD_OK);
    assert_int_equal(motion_identify(id, seen, N, choices), TREAD_OK);
    motion_identity_destroy(&id);
    assert_null(id);
}

static void live(void)
{
    tread_motion_live *stream = NULL;
    assert_int_equal(tread_motion__live_create(&stream), TREAD_OK);
    for (int i = 0; i < N; i++) {
        const tread_skeleton *s;
        int64_t n_forgotten;
        assert_int_equal(tread_motion__live_push(stream, &seen[i], i), TREAD_OK);
        size_t n = tread_motion__live_stretch(stream, &s, &n_forgotten);
        for (size_t k = 0; k < n; k++)
            smoothed[n_forgotten + (int64_t)k] = s[k];
    }
    tread_motion__live_destroy(&stream);
    assert_null(stream);
}

/* Frames from `from` on in which a point was decided to be where it is not. */
static int count_wrong(int from)
{
    int n_wrong = 0;
    for (int i = from; i < N; i++)
        for (int p = 0; p < MOTION_N_POINTS; p++) {
            enum motion_kind kind = (enum motion_kind)(p / 2);
            int k = (int)motion_left_of(kind) + p % 2;
            tread_place is =
                motion_place_of(&seen[i], kind, (enum motion_place)choices[i].place[p]);
            if (is.confidence > 0)
                n_wrong += hypot((double)(is.x_px - clean[i].x_px[k]),
                                 (double)(is.y_px - clean[i].y_px[k])) > SAME_PX;
        }
    return n_wrong;
}

static int count_wrong_live(int from)
{
    static const int joints[] = {TREAD_LEFT_KNEE, TREAD_LEFT_ANKLE, TREAD_LEFT_HEEL,
                                 TREAD_LEFT_TOE};
    int n_wrong = 0;
    for (int i = from; i < N; i++)
        for (int j = 0; j < 8; j++) {
            int joint = joints[j / 2] + j % 2;
            int k = (int)tread_motion__landmark_of((enum tread_joint)joint);
            double far = hypot(smoothed[i].x_px[joint] - (double)clean[i].x_px[k],
                               smoothed[i].y_px[joint] - (double)clean[i].y_px[k]);
            n_wrong += !(far < SAME_PX);
        }
    return n_wrong;
}

static int count_identity(enum tread_identity identity)
{
    int n = 0;
    for (int i = 0; i < N; i++)
        n += motion_identity_of(&seen[i], &choices[i]) == identity;
    return n;
}

static void test_nothing_wrong_nothing_done(void **state)
{
    (void)state;
    const runner *const runners[] = {&runner_usual, &runner_walking};
    for (int k = 0; k < 2; k++) {
        make_runner(runners[k], NOISE_PX);
        recorded();
        assert_int_equal(count_wrong(0), 0);
        assert_int_equal(count_identity(TREAD_IDENTITY_LABELLED), N);
    }
}

static void test_exchanges_are_undone(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    /* Runs of two to six frames, whole legs, feet or knees alone: a quarter of all. */
    int n_exchanged = 0;
    for (int i = 8; i + 6 < N; i += 16)
        for (int k = 0; k < 2 + i / 16 % 5; k++, n_exchanged++)
            switch (i / 16 % 3) {
            case 0: exchange_legs(&seen[i + k]); break;
            case 1:
                for (int left = TREAD_LM_LEFT_ANKLE; left <= TREAD_LM_LEFT_TOE; left += 2)
                    exchange(&seen[i + k], (enum tread_landmark)left);
                break;
            default: exchange(&seen[i + k], TREAD_LM_LEFT_KNEE);
            }
    recorded();
    assert_int_equal(count_wrong(0), 0);
    /* Some fall where the legs cover each other, and nothing has to be done. */
    require_between(count_identity(TREAD_IDENTITY_EXCHANGED), 0.5 * n_exchanged, n_exchanged);
    live();
    assert_int_equal(count_wrong_live(LIVE_FROM), 0);
}

/* Labels wrong for the same part of every stride mislead nobody. */
static void test_steady_exchanges_are_undone(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 0; i < N; i++) {
        double phase = i / FPS / runner_usual.stride_s;
        if (phase - floor(phase) < 0.35)
            exchange_legs(&seen[i]);
    }
    recorded();
    assert_int_equal(count_wrong(0), 0);
}

static void test_arms_are_put_right_when_it_is_plain(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 40; i < N; i += 40)
        for (int k = 0; k < 3; k++)
            for (int left = TREAD_LM_LEFT_ELBOW; left <= TREAD_LM_LEFT_WRIST; left += 2)
                exchange(&seen[i + k], (enum tread_landmark)left);
    recorded();
    /* Elbows cover each other now and then, and the label costs more than the difference. */
    require_between(count_wrong(0), 0, 2);
}

/* The network puts both legs on the near one and knows the far one second. */
static void test_second_places_are_found(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    int n_merged = 0;
    for (int i = 0; i < N; i++) {
        double phase = i / FPS / runner_usual.stride_s;
        if (phase - floor(phase) > 0.25)
            continue;
        for (int k = TREAD_LM_RIGHT_KNEE; k <= TREAD_LM_RIGHT_TOE; k += 2) {
            seen[i].second[k - TREAD_LM_FIRST_LEG] =
                (tread_place){seen[i].x_px[k], seen[i].y_px[k], 0.3f};
            put(&seen[i], k, seen[i].x_px[k - 1] + 1, seen[i].y_px[k - 1] - 1, 0.6f);
        }
        n_merged++;
    }
    recorded();
    assert_int_equal(count_wrong(0), 0);
    require_between(count_identity(TREAD_IDENTITY_MERGED), 0.5 * n_merged, n_merged);
    live();
    /* The smoother bridges a few frames in which a place comes and goes. */
    require_between(count_wrong_live(LIVE_FROM), 0, 0.015 * 8 * (N - LIVE_FROM));
}

/* A point goes astray with nothing better known: left out, not believed. */
static void test_strays_are_left_out(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 30; i < N; i += 30)
        put(&seen[i], TREAD_LM_LEFT_TOE, 300, 300, 0.9f);
    recorded();
    for (int i = 30; i < N; i += 30) {
        assert_int_equal(choices[i].place[2 * MOTION_TOE], MOTION_NOWHERE);
        assert_int_equal(motion_identity_of(&seen[i], &choices[i]), TREAD_IDENTITY_HIDDEN);
    }
    assert_int_equal(count_wrong(0), 0);
}

/* Legs that differ stay different: what identity shares is the order alone. */
static void test_legs_may_differ(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 0; i < N; i++) {
        /* The right foot is carried 30 px higher in swing. */
        float lift = 0.25f * fmaxf(0, 600 - clean[i].y_px[TREAD_LM_RIGHT_ANKLE]);
        for (int k = TREAD_LM_RIGHT_ANKLE; k <= TREAD_LM_RIGHT_TOE; k += 2) {
            clean[i].y_px[k] -= lift;
            seen[i].y_px[k] -= lift;
        }
        if (i % 20 < 3)
            exchange_legs(&seen[i]);
    }
    recorded();
    assert_int_equal(count_wrong(0), 0);
}

/* Too short for a stride: followed from frame to frame, labels count for more. */
static void test_without_a_stride_places_follow_each_other(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    motion_identity *id = NULL;
    assert_int_equal(motion_identity_create(&id, N), TREAD_OK);
    const int n = 70;
    int n_wrong = 0;
    for (int i = 20; i < n; i += 25)
        exchange_legs(&seen[i]);
    assert_int_equal(motion_identify(id, seen, (size_t)n, choices), TREAD_OK);
    for (int i = 20; i < n; i += 25)
        n_wrong += choices[i].place[2 * MOTION_ANKLE] != MOTION_RIGHT_FIRST;
    assert_int_equal(n_wrong, 0);
    motion_identity_destroy(&id);
}

static void test_nobody_is_nowhere(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 200; i < 260; i++)
        seen[i].presence = 0;
    for (int i = 300; i < 303; i++)
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            seen[i].x_px[k] = seen[i].y_px[k] = NAN;
    recorded();
    for (int p = 0; p < MOTION_N_POINTS; p++) {
        assert_int_equal(choices[230].place[p], MOTION_NOWHERE);
        assert_int_equal(choices[301].place[p], MOTION_NOWHERE);
    }
    assert_int_equal(motion_identity_of(&seen[230], &choices[230]), TREAD_IDENTITY_NONE);
    assert_int_equal(count_wrong(0), 0);
}

/* A tool without heels and toes: knees and ankles are put right all the same. */
static void test_ankles_are_enough(void **state)
{
    (void)state;
    make_runner(&runner_usual, NOISE_PX);
    for (int i = 0; i < N; i++) {
        for (int k = TREAD_LM_LEFT_HEEL; k <= TREAD_LM_RIGHT_TOE; k++)
            seen[i].x_px[k] = seen[i].y_px[k] = NAN;
        if (i % 20 < 3)
            exchange_legs(&seen[i]);
    }
    recorded();
    assert_int_equal(count_wrong(0), 0);
}

int main(void)
{
    seed = support_seed("test_identity", 20261124);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_wrong_nothing_done),
        cmocka_unit_test(test_exchanges_are_undone),
        cmocka_unit_test(test_steady_exchanges_are_undone),
        cmocka_unit_test(test_arms_are_put_right_when_it_is_plain),
        cmocka_unit_test(test_second_places_are_found),
        cmocka_unit_test(test_strays_are_left_out),
        cmocka_unit_test(test_legs_may_differ),
        cmocka_unit_test(test_without_a_stride_places_follow_each_other),
        cmocka_unit_test(test_nobody_is_nowhere),
        cmocka_unit_test(test_ankles_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The live smoother against the recorded one, which it has to be when the recording ends
 * at the newest frame. */
#include "support.h"

#include "motion/fixed_lag.h"
#include "motion/motion.h"
#include "motion/smoothing.h"

#define FPS 60.0
enum { N = 240, TAIL = 8 };

static uint64_t seed;
static tread_landmarks frames[N];
static tread_skeleton recorded[N];
static double truth_x[N];

/* One joint on a stride's sine with its second harmonic. */
static void make_frames(double noise_px)
{
    support_random r = support_seeded(seed);
    for (int i = 0; i < N; i++) {
        double t = i / FPS + 0.002 * (support_uniform(&r) - 0.5);
        frames[i] = (tread_landmarks){.frame = i, .time_s = t, .presence = 1};
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            frames[i].x_px[k] = frames[i].y_px[k] = NAN;
        truth_x[i] = 500 + 80 * sin(8.8 * t) + 20 * cos(17.6 * t);
        frames[i].x_px[TREAD_LM_LEFT_HIP] = (float)(truth_x[i] + noise_px * support_normal(&r));
        frames[i].y_px[TREAD_LM_LEFT_HIP] = (float)(300 + noise_px * support_normal(&r));
        frames[i].confidence[TREAD_LM_LEFT_HIP] = 1;
    }
}

static void push(motion_lag *lag, int i)
{
    const tread_landmarks *lm = &frames[i];
    bool is_seen = lm->presence > 0;
    motion_lag_push(lag, lm->time_s, (double)lm->x_px[TREAD_LM_LEFT_HIP],
                    (double)lm->y_px[TREAD_LM_LEFT_HIP], is_seen ? 1 : 0, MOTION_MIN_SCALE_PX);
}

static void test_is_the_recorded_smoother_up_to_now(void **state)
{
    (void)state;
    make_frames(2);
    motion_lag lag;
    motion_lag_init(&lag, motion_cutoff_hz(TREAD_LEFT_HIP));
    for (int i = 0; i < N; i++)
        push(&lag, i);
    motion_lag_result now[TAIL];
    assert_int_equal(motion_lag_read(&lag, now, TAIL), TAIL);
    tread_motion_workspace *ws = NULL;
    assert_int_equal(tread_motion__workspace_create(&ws, N), TREAD_OK);
    assert_int_equal(tread_motion__smooth(ws, frames, N, recorded), TREAD_OK);
    tread_motion__workspace_destroy(&ws);
    /* The penalty is an integral here and a sum of divided differences there; both weigh
     * outliers a little differently. The newest frames hang freest. */
    for (int back = 0; back < TAIL; back++) {
        double tolerance = back < 2 ? 0.8 : 0.3;
        require_near(now[back].x_px, recorded[N - 1 - back].x_px[TREAD_LEFT_HIP], tolerance);
        require_near(now[back].y_px, recorded[N - 1 - back].y_px[TREAD_LEFT_HIP], tolerance);
    }
}

/* Stated scatter against what it is, at a lag of five frames. */
static void test_states_its_scatter(void **state)
{
    (void)state;
    make_frames(2);
    motion_lag lag;
    motion_lag_init(&lag, motion_cutoff_hz(TREAD_LEFT_HIP));
    double squares = 0, stated = 0;
    int n = 0, n_inside = 0;
    for (int i = 0; i < N; i++) {
        motion_lag_result now[TAIL];
        push(&lag, i);
        if (motion_lag_read(&lag, now, TAIL) < TAIL || i < 60)
            continue;
        double off = now[5].x_px - truth_x[i - 5];
        squares += off * off;
        stated += now[5].sd_px * now[5].sd_px;
        n_inside += fabs(off) < 1.96 * now[5].sd_px;
        n++;
    }
    print_message("scatter %.2f px, stated %.2f px, %d of %d inside\n", sqrt(squares / n),
                  sqrt(stated / n), n_inside, n);
    require_between(sqrt(stated / squares), 0.7, 1.5);
    require_between(lag.noise_px, 1.4, 2.6);
}

static void test_outliers_and_gaps(void **state)
{
    (void)state;
    make_frames(0.5);
    frames[100].x_px[TREAD_LM_LEFT_HIP] += 200; /* one outlier */
    for (int i = 120; i < 124; i++)             /* a gap that may be bridged: 83 ms */
        frames[i].presence = 0;
    for (int i = 150; i < 158; i++) /* one that may not: 150 ms */
        frames[i].presence = 0;
    for (int i = 190; i < 220; i++) /* and a hole */
        frames[i].presence = 0;
    motion_lag lag;
    motion_lag_init(&lag, motion_cutoff_hz(TREAD_LEFT_HIP));
    for (int i = 0; i < N; i++) {
        motion_lag_result now[TAIL];
        push(&lag, i);
        size_t n = motion_lag_read(&lag, now, TAIL);
        int k = i - 6;
        if (k < 20 || n <= 6)
            continue;
        bool is_lost = (k >= 150 && k < 158) || (k >= 190 && k < 220);
        if (is_lost)
            require_nan(now[6].x_px);
        else if (k < 220 && k != 189)
            require_near(now[6].x_px, truth_x[k], k >= 118 && k < 126 ? 6 : 3);
    }
}

int main(void)
{
    seed = support_seed("test_fixed_lag", 20261124);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_the_recorded_smoother_up_to_now),
        cmocka_unit_test(test_states_its_scatter),
        cmocka_unit_test(test_outliers_and_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

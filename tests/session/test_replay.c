/* Contacts in slow motion: which, when, what is shown, and never more memory than said. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/replay.h"

#define N_STEPS 40
#define LENGTH_S (SESSION_REPLAY_BEFORE_S + SESSION_REPLAY_AFTER_S)

/* 170 steps a minute, left and right in turn. */
static void make_steps(tread_step *steps)
{
    for (int i = 0; i < N_STEPS; i++)
        steps[i] = (tread_step){.step = i,
                                .side = i & 1 ? TREAD_RIGHT : TREAD_LEFT,
                                .initial_contact_s = 0.05 + i * 60.0 / 170};
}

static void one_at_a_time(void **state)
{
    (void)state;
    static tread_step steps[N_STEPS];
    session_replay_item items[N_STEPS];
    make_steps(steps);
    for (int slow = 2; slow <= 8; slow++)
        for (int side = TREAD_LEFT; side <= TREAD_BOTH; side++) {
            size_t n = session_replay_plan(steps, N_STEPS, (enum tread_side)side, slow, items);
            assert_true(n > 2);
            for (size_t i = 0; i < n; i++) {
                assert_true(side == TREAD_BOTH || (int)items[i].side == side);
                assert_float_equal(items[i].begins_s, items[i].contact_s + SESSION_REPLAY_AFTER_S,
                                   1e-6);
                assert_float_equal(items[i].ends_s - items[i].begins_s, slow * LENGTH_S, 1e-6);
                if (i == 0)
                    continue;
                double wait_s = items[i].begins_s - items[i - 1].ends_s;
                assert_true(wait_s >= 0); /* the former is over, and no contact was passed by */
                assert_true(wait_s <= 60.0 / 170 * (side == TREAD_BOTH ? 1 : 2));
            }
        }
    assert_int_equal(session_replay_plan(steps, 0, TREAD_LEFT, 4, items), 0);
}

/* Planes one behind the other in a block of 3 / 2 bytes a pixel. */
static tread_surface surface_of(uint8_t *bytes, int width, int height)
{
    ptrdiff_t n = (ptrdiff_t)width * height;
    return (tread_surface){.plane = {bytes, bytes + n, bytes + n + n / 4},
                           .stride_bytes = {width, width / 2, width / 2},
                           .width_px = width,
                           .height_px = height};
}

static void shows_what_was_seen(void **state)
{
    (void)state;
    enum { W = 18, H = 10 };
    static tread_step steps[N_STEPS];
    session_replay_item items[N_STEPS], item;
    uint8_t seen[W * H * 3 / 2], shown[W * H * 3 / 2];
    const tread_surface from = surface_of(seen, W, H), to = surface_of(shown, W, H);
    const int slow = 3;
    const double fps = 50;
    make_steps(steps);
    size_t n = session_replay_plan(steps, N_STEPS, TREAD_RIGHT, slow, items);
    session_replay *r = NULL;
    assert_int_equal(session_replay_create(&r, W, H, slow, items, n, 1 / fps), 0);
    int n_shown = 0;
    for (int i = 0; i < 600; i++) {
        double t = i / fps, at_s;
        /* every byte says when it was taken: hundredths of a second */
        memset(seen, (int)lround(100 * t) % 256, sizeof seen);
        session_replay_see(r, &from, t);
        memset(shown, 0xEE, sizeof shown);
        bool is_shown = session_replay_show(r, t, &item, &at_s, &to);
        assert_int_equal(is_shown, t >= items[0].begins_s);
        if (!is_shown)
            continue;
        n_shown++;
        assert_true(t >= item.begins_s);
        double wanted_s = fmin((t - item.begins_s) / slow, LENGTH_S) - SESSION_REPLAY_BEFORE_S;
        assert_float_equal(at_s, wanted_s, 1e-6);
        /* the picture of that moment, or the one before it */
        double off_s = item.contact_s + at_s - shown[0] / 100.0;
        off_s -= 2.56 * floor(off_s / 2.56 + 0.5); /* bytes come round */
        assert_true(off_s > -0.021 && off_s < 0.026);
        for (size_t k = 0; k < sizeof shown; k++)
            assert_int_equal(shown[k], shown[0]);
    }
    assert_true(n_shown > 500);
    session_replay_destroy(&r);
    assert_null(r);
    session_replay_destroy(&r);
}

/* Large pictures and many of them: fewer and smaller are kept. */
static void memory_is_bounded(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        double fps;
    } clips[] = {{640, 720, 60},     {960, 1080, 60},   {1080, 1920, 60},
                 {1080, 1920, 240},  {2160, 3840, 240}, {1920, 2160, 960},
                 {8192, 16384, 240}, {640, 720, NAN},   {640, 720, 100000}};
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
        session_replay_item item = {1, 1.18, 2.38, TREAD_LEFT};
        session_replay *r = NULL;
        assert_int_equal(session_replay_create(&r, clips[i].width, clips[i].height, 4, &item, 1,
                                               1 / clips[i].fps),
                         0);
        assert_true(session_replay_bytes(r) <= SESSION_REPLAY_MAX_BYTES);
        session_replay_destroy(&r);
    }
}

/* Pictures kept at half their size come back whole: odd rims too. */
static void halves_and_doubles(void **state)
{
    (void)state;
    enum { W = 2002, H = 1102 };
    session_replay_item item = {1, 1.18, 2.38, TREAD_LEFT}, shown_item;
    size_t n = (size_t)W * H * 3 / 2;
    uint8_t *seen = malloc(n), *shown = malloc(n);
    assert_true(seen && shown);
    const tread_surface from = surface_of(seen, W, H), to = surface_of(shown, W, H);
    for (int i = 0; i < 3; i++)
        for (int y = 0; y < H >> (i > 0); y++)
            for (int x = 0; x < W >> (i > 0); x++)
                from.plane[i][y * from.stride_bytes[i] + x] =
                    (uint8_t)(32 * ((x / 2 + y / 2 + i) % 8));
    session_replay *r = NULL;
    assert_int_equal(session_replay_create(&r, W, H, 4, &item, 1, 0.02), 0);
    session_replay_see(r, &from, 1);
    double at_s;
    assert_true(session_replay_show(r, 1.2, &shown_item, &at_s, &to));
    assert_memory_equal(seen, shown, n);
    session_replay_destroy(&r);
    free(seen);
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(shows_what_was_seen),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(halves_and_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

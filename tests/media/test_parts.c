/* The parts of the media room that need no clip. */
#include <libavutil/avutil.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "media/damage.h"
#include "media/media.h"
#include "media/near.h"
#include "media/orient.h"
#include "media/timeline.h"

/* ---- orientation --------------------------------------------------------- */

static const struct {
    const char *name;
    int32_t a, b, c, d; /* of the display matrix, in units */
    int rotation_deg;
    bool is_mirrored;
    double x, y; /* where the stored top left pixel's centre goes, in a 6 x 4 picture */
} ORIENTATIONS[] = {
    {"as stored", 1, 0, 0, 1, 0, false, 0.5, 0.5},
    {"turned 90", 0, 1, -1, 0, 90, false, 3.5, 0.5},
    {"turned 180", -1, 0, 0, -1, 180, false, 5.5, 3.5},
    {"turned 270", 0, -1, 1, 0, 270, false, 0.5, 5.5},
    {"mirrored", -1, 0, 0, 1, 0, true, 5.5, 0.5},
    {"mirrored, turned 90", 0, 1, 1, 0, 270, true, 0.5, 0.5},
    {"mirrored, turned 180", 1, 0, 0, -1, 180, true, 0.5, 3.5},
    {"mirrored, turned 270", 0, -1, -1, 0, 90, true, 3.5, 5.5},
};

static void orientations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ORIENTATIONS / sizeof ORIENTATIONS[0]; i++) {
        print_message("  %s\n", ORIENTATIONS[i].name);
        const int32_t one = 1 << 16;
        int32_t matrix[9] = {ORIENTATIONS[i].a * one,
                             ORIENTATIONS[i].b * one,
                             0,
                             ORIENTATIONS[i].c * one,
                             ORIENTATIONS[i].d * one,
                             0,
                             0,
                             0,
                             1 << 30};
        media_orient orient = tread_media__orient_from_matrix(matrix);
        double upright[2];
        double m[6];
        tread_media__orient_affine(orient, 6, 4, 1.0, upright, m);
        double xs = m[0] * ORIENTATIONS[i].x + m[1] * ORIENTATIONS[i].y + m[2];
        double ys = m[3] * ORIENTATIONS[i].x + m[4] * ORIENTATIONS[i].y + m[5];
        assert_near(xs, 0.5, 1e-12);
        assert_near(ys, 0.5, 1e-12);
        bool is_turned = ORIENTATIONS[i].rotation_deg % 180 != 0;
        assert_near(upright[0], is_turned ? 4 : 6, 0);
        assert_near(upright[1], is_turned ? 6 : 4, 0);
        bool is_mirrored;
        assert_int_equal(tread_media__orient_rotation_deg(orient, &is_mirrored),
                         ORIENTATIONS[i].rotation_deg);
        assert_int_equal(is_mirrored, ORIENTATIONS[i].is_mirrored);
        media_orient back = tread_media__orient_from_affine(m);
        assert_memory_equal(&back, &orient, sizeof back);
    }
}

static void broken_matrices(void **state)
{
    (void)state;
    const media_orient plain = {.xx = 1, .yy = 1};
    const int32_t zero[9] = {0};
    media_orient o = tread_media__orient_from_matrix(zero);
    assert_memory_equal(&o, &plain, sizeof o);
    o = tread_media__orient_from_matrix(NULL);
    assert_memory_equal(&o, &plain, sizeof o);
    const int32_t tilted[9] = {INT32_MIN, 5000, 0, -5000, INT32_MIN, 0, 0, 0, 0};
    o = tread_media__orient_from_matrix(tilted);
    assert_int_equal(o.xx, -1);
    assert_int_equal(o.yy, -1);
}

static void wide_pixels(void **state)
{
    (void)state;
    double upright[2];
    double m[6];
    media_orient quarter = {.xy = -1, .yx = 1};
    tread_media__orient_affine(quarter, 720, 576, 64.0 / 45.0, upright, m);
    assert_near(upright[0], 576, 1e-9);
    assert_near(upright[1], 1024, 1e-9);
    /* The upright bottom right corner is the stored top right one. */
    assert_near(m[0] * 576 + m[1] * 1024 + m[2], 720, 1e-9);
    assert_near(m[3] * 576 + m[4] * 1024 + m[5], 0, 1e-9);
}

/* ---- time ---------------------------------------------------------------- */

static void times_are_repaired(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t ticks;
        bool is_kept, is_faulty;
        double time_s;
    } steps[] = {
        {"first", 1000, true, false, 0.0},
        {"next", 1040, true, false, 0.04},
        {"none: as long as the last", AV_NOPTS_VALUE, true, true, 0.08},
        {"repeated", 1080, false, true, 0},
        {"backward", 1050, false, true, 0},
        {"goes on", 1120, true, false, 0.12},
        {"a gap stays a gap", 3120, true, false, 2.12},
        {"clock reset: goes on by the last step", 10, true, true, 4.12},
        {"from there", 50, true, false, 4.16},
    };
    media_timeline line = {.tick = {1, 1000}, .usual_step_s = 0.05};
    tread_media__timeline_restart(&line);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        print_message("  %s\n", steps[i].what);
        double t = -1;
        bool is_faulty = !steps[i].is_faulty;
        assert_int_equal(tread_media__timeline_place(&line, steps[i].ticks, &t, &is_faulty),
                         steps[i].is_kept);
        assert_int_equal(is_faulty, steps[i].is_faulty);
        if (steps[i].is_kept)
            assert_near(t, steps[i].time_s, 1e-9);
    }
}

static void times_without_any(void **state)
{
    (void)state;
    media_timeline line = {.tick = {1, 1000}, .usual_step_s = 0.02};
    tread_media__timeline_restart(&line);
    for (int i = 0; i < 5; i++) {
        double t = -1;
        bool is_faulty;
        assert_true(tread_media__timeline_place(&line, AV_NOPTS_VALUE, &t, &is_faulty));
        assert_true(is_faulty);
        assert_near(t, 0.02 * i, 1e-12);
    }
}

static void times_are_exact(void **state)
{
    (void)state;
    media_timeline line = {.tick = {1, 90000}, .origin = 126000, .has_origin = true};
    assert_true(tread_media__timeline_seconds(&line, 126000 + 648000) == 7.2);
    line = (media_timeline){.tick = {1, 15360}, .has_origin = true};
    assert_true(tread_media__timeline_seconds(&line, 512) == 1.0 / 30.0);
}

/* ---- damage -------------------------------------------------------------- */

static void damage_spreads_to_the_next_key(void **state)
{
    (void)state;
    media_damage d = {0};
    assert_true(tread_media__damage_is_sound(&d, 5, false));
    tread_media__damage_mark(&d, 6);
    assert_true(tread_media__damage_is_sound(&d, 4, false)); /* sent before, shown after */
    assert_false(tread_media__damage_is_sound(&d, 6, false));
    assert_false(tread_media__damage_is_sound(&d, 7, false));
    tread_media__damage_mark(&d, 9);
    assert_false(tread_media__damage_is_sound(&d, 8, true)); /* a key, but 9 is still to come */
    assert_false(tread_media__damage_is_sound(&d, 10, false));
    assert_true(tread_media__damage_is_sound(&d, 11, true));
    assert_true(tread_media__damage_is_sound(&d, 12, false));
}

static void damage_stays_in_an_intra_picture(void **state)
{
    (void)state;
    media_damage d = {.is_intra_only = true};
    tread_media__damage_mark(&d, 6);
    assert_true(tread_media__damage_is_sound(&d, 7, false));
}

/* Every n-th of `n_packets` is bad. */
static bool is_hopeless_with(int n_packets, int every)
{
    media_damage d = {0};
    for (int i = 0; i < n_packets; i++)
        tread_media__damage_packet(&d, i % every ? MEDIA_PACKET_SENT : MEDIA_PACKET_BAD);
    return tread_media__damage_is_hopeless(&d);
}

static void rate_decides(void **state)
{
    (void)state;
    assert_false(is_hopeless_with(99, 1)); /* too few to tell */
    assert_true(is_hopeless_with(100, 1));
    assert_true(is_hopeless_with(500, 3));
    assert_false(is_hopeless_with(500, 4)); /* exactly a quarter */
    assert_false(is_hopeless_with(500, 50));

    media_damage d = {0};
    tread_media__damage_packet(&d, MEDIA_PACKET_BAD);
    for (int i = 0; i < 250; i++)
        tread_media__damage_packet(&d, MEDIA_PACKET_SKIPPED);
    assert_false(tread_media__damage_is_hopeless(&d)); /* one spot: wait for the key frame */
    assert_true(tread_media__damage_is_most(&d));
    tread_media__damage_packet(&d, MEDIA_PACKET_BAD);
    tread_media__damage_packet(&d, MEDIA_PACKET_BAD);
    assert_true(tread_media__damage_is_hopeless(&d)); /* the key frame was bad as well */
}

static void settled_later(void **state)
{
    (void)state;
    media_damage d = {0};
    tread_media__damage_settle(&d, 1, MEDIA_PACKET_BAD); /* not there yet */
    assert_int_equal(d.n_unusable, 0);
    assert_int_equal(tread_media__damage_packet(&d, MEDIA_PACKET_SENT), 1);
    assert_int_equal(tread_media__damage_packet(&d, MEDIA_PACKET_SENT), 2);
    tread_media__damage_settle(&d, 1, MEDIA_PACKET_BAD);
    tread_media__damage_settle(&d, 1, MEDIA_PACKET_BAD);
    tread_media__damage_settle(&d, 1, MEDIA_PACKET_SKIPPED); /* bad stays bad */
    assert_int_equal(d.fate[0], MEDIA_PACKET_BAD);
    assert_int_equal(d.n_unusable, 1);
    for (int i = 0; i < 200; i++)
        tread_media__damage_packet(&d, MEDIA_PACKET_SENT);
    tread_media__damage_settle(&d, 2, MEDIA_PACKET_BAD); /* long gone */
    assert_int_equal(d.n_unusable, 1);
}

static void versions(void **state)
{
    (void)state;
    const char *text = tread_media__versions();
    assert_non_null(strstr(text, "libavformat 5"));
    assert_non_null(strstr(text, "libavcodec 5"));
    assert_non_null(strstr(text, "libswscale 6."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orientations),
        cmocka_unit_test(broken_matrices),
        cmocka_unit_test(wide_pixels),
        cmocka_unit_test(times_are_repaired),
        cmocka_unit_test(times_without_any),
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(damage_spreads_to_the_next_key),
        cmocka_unit_test(damage_stays_in_an_intra_picture),
        cmocka_unit_test(rate_decides),
        cmocka_unit_test(settled_later),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

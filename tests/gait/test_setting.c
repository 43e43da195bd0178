/* Who looks from where at which belt: what is let in, and what the console showed when. */
#include "support.h"

#include "gait/gait.h"

static tread_gait_setting told(const tread_analyzer_opts *opts)
{
    tread_gait_setting setting;
    assert_true(tread_gait__setting_init(&setting, opts));
    return setting;
}

static void require_belt(const tread_gait_setting *setting, double time_s, double speed_kmh,
                         double incline_pct)
{
    const tread_gait_belt *belt = tread_gait__belt_at(setting, time_s);
    require_near(belt->speed_kmh, speed_kmh, 0);
    require_near(belt->incline_pct, incline_pct, 0);
}

static bool change(tread_gait_setting *setting, double from_s, double speed_kmh, double incline_pct)
{
    const tread_belt belt = {from_s, speed_kmh, incline_pct};
    return tread_gait__setting_change(setting, &belt);
}

static void test_one_belt_from_ever_on(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.view = TREAD_VIEW_RIGHT,
                                .speed_kmh = 10,
                                .incline_pct = -7.5,
                                .height_cm = 181,
                                .camera_roll_deg = 30};
    tread_gait_setting setting = told(&opts);
    require_belt(&setting, -1e9, 10, -7.5);
    require_belt(&setting, 0, 10, -7.5);
    require_belt(&setting, 1e9, 10, -7.5);
    const tread_gait_belt *belt = tread_gait__belt_at(&setting, 0);
    require_near(belt->sin_incline / belt->cos_incline, -0.075, 1e-12);
    require_near(hypot(belt->sin_incline, belt->cos_incline), 1, 1e-12);
    assert_int_equal(setting.view, TREAD_VIEW_RIGHT);
    require_near(setting.height_cm, 181, 0);
    require_near(setting.sin_roll, 0.5, 1e-12);
    require_near(setting.cos_roll, sqrt(0.75), 1e-12);
    require_nan(setting.foot_offset_deg[TREAD_LEFT]);
    require_nan(setting.foot_offset_deg[TREAD_RIGHT]);
}

static void test_what_it_showed_when(void **state)
{
    (void)state;
    static const tread_belt changes[] = {{60, 10, 0}, {120, 12, 2}, {180, 8, 2}, {240, 8, 0}};
    tread_analyzer_opts opts = {.speed_kmh = 6, .changes = changes, .n_changes = 4};
    tread_gait_setting setting = told(&opts);
    assert_int_equal(setting.n_belts, 5);
    static const struct {
        double time_s, speed_kmh, incline_pct;
    } cases[] = {
        {-5, 6, 0},       {0, 6, 0},   {59.999, 6, 0}, {60, 10, 0}, {119, 10, 0}, {120, 12, 2},
        {179.999, 12, 2}, {180, 8, 2}, {239, 8, 2},    {240, 8, 0}, {1e6, 8, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        require_belt(&setting, cases[k].time_s, cases[k].speed_kmh, cases[k].incline_pct);
    require_near(tread_gait__belt_at(&setting, 130)->from_s, 120, 0);
    assert_true(tread_gait__belt_at(&setting, 30)->from_s == -INFINITY);
}

/* A change at or before the last one's time takes its place, and that of all after it. */
static void test_replaced_changes(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.speed_kmh = 6};
    tread_gait_setting setting = told(&opts);
    assert_true(change(&setting, 10, 8, 0));
    assert_true(change(&setting, 20, 10, 0));
    assert_true(change(&setting, 20, 11, 0)); /* the same moment, thought better of */
    assert_int_equal(setting.n_belts, 3);
    require_belt(&setting, 20, 11, 0);
    require_belt(&setting, 15, 8, 0);
    assert_true(change(&setting, 5, 9, 0)); /* before both */
    assert_int_equal(setting.n_belts, 2);
    require_belt(&setting, 4, 6, 0);
    require_belt(&setting, 100, 9, 0);
    assert_true(change(&setting, -50, 7, 1)); /* streams may start before zero */
    assert_int_equal(setting.n_belts, 2);
    require_belt(&setting, -51, 6, 0);
    require_belt(&setting, 0, 7, 1);
}

static void test_a_key_pressed_for_nothing(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.speed_kmh = 6, .incline_pct = 1};
    tread_gait_setting setting = told(&opts);
    assert_true(change(&setting, 10, 6, 1));
    assert_int_equal(setting.n_belts, 1);
    assert_true(change(&setting, 10, 8, 1));
    assert_true(change(&setting, 20, 8, 1));
    assert_int_equal(setting.n_belts, 2);
    require_near(tread_gait__belt_at(&setting, 30)->from_s, 10, 0);
    /* Incline alone is a change; the way back takes the place of what it undoes. */
    assert_true(change(&setting, 20, 8, 2));
    assert_int_equal(setting.n_belts, 3);
    assert_true(change(&setting, 20, 8, 1));
    assert_int_equal(setting.n_belts, 2);
    require_belt(&setting, 30, 8, 1);
}

static void test_room_for_255(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.speed_kmh = 5};
    tread_gait_setting setting = told(&opts);
    for (int i = 1; i <= TREAD_MAX_BELT_CHANGES; i++)
        assert_true(change(&setting, i, 5 + i % 2, 0));
    assert_false(change(&setting, 256, 9, 0));
    /* nothing was lost by it, and the last may still be replaced */
    assert_int_equal(setting.n_belts, TREAD_MAX_BELT_CHANGES + 1);
    for (int i = 1; i <= TREAD_MAX_BELT_CHANGES; i++)
        require_belt(&setting, i + 0.5, 5 + i % 2, 0);
    assert_true(change(&setting, 255, 12, 0));
    require_belt(&setting, 300, 12, 0);

    tread_gait__setting_forget(&setting);
    assert_int_equal(setting.n_belts, TREAD_MAX_BELT_CHANGES);
    require_belt(&setting, -10, 6, 0); /* what was from second 1 on is from ever on */
    assert_true(tread_gait__belt_at(&setting, 0)->from_s == -INFINITY);
    require_belt(&setting, 2, 5, 0);
    assert_true(change(&setting, 256, 9, 0));
    require_belt(&setting, 256, 9, 0);
    require_belt(&setting, 255.5, 12, 0);
}

static void test_forgetting_keeps_the_last(void **state)
{
    (void)state;
    tread_analyzer_opts opts = {.speed_kmh = 5};
    tread_gait_setting setting = told(&opts);
    tread_gait__setting_forget(&setting);
    assert_int_equal(setting.n_belts, 1);
    require_belt(&setting, 0, 5, 0);
    assert_true(change(&setting, 10, 7, 0));
    tread_gait__setting_forget(&setting);
    tread_gait__setting_forget(&setting);
    assert_int_equal(setting.n_belts, 1);
    require_belt(&setting, 0, 7, 0);
}

static void test_what_is_no_treadmill(void **state)
{
    (void)state;
    static const tread_belt bad[] = {
        {NAN, 10, 0},   {INFINITY, 10, 0}, {-INFINITY, 10, 0},  {10, -0.1, 0},
        {10, 45.1, 0},  {10, NAN, 0},      {10, INFINITY, 0},   {10, 10, -30.1},
        {10, 10, 45.1}, {10, 10, NAN},     {10, 10, -INFINITY},
    };
    static const tread_belt good[] = {{10, 0, 0}, {10, 45, 45}, {10, 1, -30}, {-1e6, 3, 0}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        tread_analyzer_opts opts = {.speed_kmh = 6};
        tread_gait_setting setting = told(&opts);
        assert_false(tread_gait__setting_change(&setting, &bad[k]));
        assert_int_equal(setting.n_belts, 1);
        require_belt(&setting, 100, 6, 0);
        opts = (tread_analyzer_opts){.changes = &bad[k], .n_changes = 1};
        assert_false(tread_gait__setting_init(&setting, &opts));
    }
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        tread_analyzer_opts opts = {.speed_kmh = 6, .changes = &good[k], .n_changes = 1};
        tread_gait_setting setting = told(&opts);
        require_belt(&setting, 100, good[k].speed_kmh, good[k].incline_pct);
    }
}

static void test_options_out_of_range(void **state)
{
    (void)state;
    static const tread_belt one = {10, 8, 0};
    static tread_belt many[TREAD_MAX_BELT_CHANGES + 1];
    for (int i = 0; i <= TREAD_MAX_BELT_CHANGES; i++)
        many[i] = (tread_belt){i, 1 + i % 2, 0};
    static const tread_analyzer_opts bad[] = {
        {.camera_roll_deg = 45.1},
        {.camera_roll_deg = -46},
        {.camera_roll_deg = (double)NAN},
        {.height_cm = 261},
        {.speed_kmh = 46},
        {.incline_pct = -31},
        {.view = (enum tread_view)(TREAD_VIEW_FRONT + 1)},
        {.changes = NULL, .n_changes = 1},
        {.changes = &one, .n_changes = -1},
        {.changes = many, .n_changes = TREAD_MAX_BELT_CHANGES + 1},
    };
    static const tread_analyzer_opts good[] = {
        {.camera_roll_deg = 45},
        {.camera_roll_deg = -45, .view = TREAD_VIEW_FRONT},
        {.height_cm = 260, .speed_kmh = 45, .incline_pct = 45},
        {.changes = NULL, .n_changes = 0},
        {.changes = many, .n_changes = TREAD_MAX_BELT_CHANGES},
    };
    tread_gait_setting setting;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (tread_gait__setting_init(&setting, &bad[k]))
            fail_msg("bad options %zu are let in", k);
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        if (!tread_gait__setting_init(&setting, &good[k]))
            fail_msg("good options %zu are refused", k);
}

static void test_near_side(void **state)
{
    (void)state;
    assert_int_equal(tread_gait__near_side(TREAD_VIEW_LEFT), TREAD_LEFT);
    assert_int_equal(tread_gait__near_side(TREAD_VIEW_RIGHT), TREAD_RIGHT);
    assert_int_equal(tread_gait__near_side(TREAD_VIEW_REAR), TREAD_LEFT);
}

/* BIOMECHANICS.md section 6, items 1 to 3: 10 % are 5.71 degrees, 3 % are 1.72. */
static void test_incline_shift(void **state)
{
    (void)state;
    static const struct {
        enum tread_measure_id id;
        double incline_pct, shift;
    } cases[] = {
        {TREAD_MEASURE_TRUNK_LEAN, 0, 0},
        {TREAD_MEASURE_TRUNK_LEAN, 10, 0.5 * 5.7106},
        {TREAD_MEASURE_TRUNK_LEAN, -10, -0.3 * 5.7106},
        {TREAD_MEASURE_TRUNK_LEAN_CONTACT, 3, 0.5 * 1.7184},
        {TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE, 3, 0.5 * 1.7184},
        {TREAD_MEASURE_TRUNK_LEAN_TOE_OFF, 3, 0.5 * 1.7184},
        {TREAD_MEASURE_TRUNK_LEAN, 30, 5}, /* 8.35: no more than 5 */
        {TREAD_MEASURE_TRUNK_LEAN, -30, -5},
        {TREAD_MEASURE_TRUNK_LEAN_BELT, 10, 0},
        {TREAD_MEASURE_FOOT_STRIKE_ANGLE, 4, -4},
        {TREAD_MEASURE_FOOT_STRIKE_ANGLE, -4, 0},
        {TREAD_MEASURE_KNEE_FLEXION_CONTACT, -4, -2},
        {TREAD_MEASURE_KNEE_FLEXION_CONTACT, -3, 0},
        {TREAD_MEASURE_KNEE_FLEXION_CONTACT, 8, 0},
        {TREAD_MEASURE_CADENCE, 10, 0},
        {TREAD_N_MEASURES, 10, 0},
        {(enum tread_measure_id) - 1, 10, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        require_near(tread_incline_shift(cases[k].id, cases[k].incline_pct), cases[k].shift, 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_belt_from_ever_on),
        cmocka_unit_test(test_what_it_showed_when),
        cmocka_unit_test(test_replaced_changes),
        cmocka_unit_test(test_a_key_pressed_for_nothing),
        cmocka_unit_test(test_room_for_255),
        cmocka_unit_test(test_forgetting_keeps_the_last),
        cmocka_unit_test(test_what_is_no_treadmill),
        cmocka_unit_test(test_options_out_of_range),
        cmocka_unit_test(test_near_side),
        cmocka_unit_test(test_incline_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What rules ask of the analyzer, on runners made of formulas: drift, left against right, means.
 * The same is found live and in a recording, at the same time. */
#include "rulefile.h"

#include "gait/runner.h"

#include <treadscope/analyzer.h>

#define MAX_FAULTS 8

/* ---- runs ------------------------------------------------------------------------- */

/* One runner after another: all with the same contacts of the left foot. */
typedef struct part {
    double from_s;
    runner r;
} part;

typedef struct course {
    part parts[4];
    int n;
    double end_s, fps;
    const tread_belt *changes;
    int n_changes;
} course;

static tread_fault faults[MAX_FAULTS];
static size_t n_faults;

static void drain(tread_analyzer *a, tread_form *form)
{
    tread_frame_result frame;
    tread_step step;
    while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
        ;
    while (tread_analyzer_next_step(a, &step) == TREAD_OK)
        assert_int_equal(tread_form_step(form, a, &step), TREAD_OK);
}

static tread_analyzer *pushed(const course *c, enum tread_analyzer_mode mode, tread_form *form)
{
    tread_analyzer *a = NULL;
    const tread_analyzer_opts opts = {.mode = mode,
                                      .view = TREAD_VIEW_LEFT,
                                      .speed_kmh = 10.8,
                                      .changes = c->changes,
                                      .n_changes = c->n_changes};
    assert_int_equal(tread_analyzer_create(&a, &opts), TREAD_OK);
    support_random random = support_seeded(20240713);
    tread_landmarks lm;
    int p = 0;
    for (int i = 0; i / c->fps < c->end_s; i++) {
        while (p + 1 < c->n && i / c->fps >= c->parts[p + 1].from_s)
            p++;
        runner_landmarks(&c->parts[p].r, i / c->fps, 0.5, &random, &lm);
        lm.frame = i;
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
        if (mode == TREAD_LIVE)
            drain(a, form);
    }
    assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
    return a;
}

static tread_rules *rules_of(const char *side, const char *part_text, const char *more)
{
    char text[1024];
    snprintf(text, sizeof text,
             "{version: 1, rules: [{id: only, title: T, view: [side], side: %s, phase: stride, "
             "parts: [%s], source: S, cue: C, meaning: M, why: W, advice: A%s}]}\n",
             side, part_text, more);
    return rulefile_loaded(text);
}

/* The faults of a course by one rule. */
static void run(const course *c, enum tread_analyzer_mode mode, const char *part_text,
                const char *more)
{
    tread_rules *rules = rules_of("both", part_text, more);
    tread_form *form = NULL;
    assert_int_equal(tread_form_create(&form, rules), TREAD_OK);
    tread_analyzer *a = pushed(c, mode, form);
    drain(a, form);
    const tread_fault *found;
    n_faults = tread_form_faults(form, &found);
    assert_true(n_faults <= MAX_FAULTS);
    for (size_t i = 0; i < n_faults; i++) {
        faults[i] = found[i];
        print_message("%s %zu: level %d, %.2f %s, begun %.1f, raised %.1f, ended %.1f s\n",
                      mode == TREAD_LIVE ? "live" : "recorded", i, found[i].level, found[i].value,
                      found[i].unit, found[i].begin_s, found[i].raised_s, found[i].end_s);
    }
    tread_form_destroy(&form);
    tread_rules_destroy(&rules);
    tread_analyzer_destroy(&a);
}

static void add(course *c, double from_s, double trunk_deg, double limp_s)
{
    part *p = &c->parts[c->n++];
    *p = (part){.from_s = from_s, .r = runner_usual};
    p->r.trunk_deg = trunk_deg;
    p->r.limp_s = limp_s;
}

/* ---- drift ------------------------------------------------------------------------ */

#define TRUNK_DRIFT                                                                                \
    "{measure: trunk_lean_deg, take: drift, usual: [-2, 2], high: [2, 4.5], low: [-2, -4.5]}"

/* As usual until 290 s, then leaning, from 440 s on as before. Two minutes in a row wait until half
 * of the one before the last leans, 380 s; by 470 s half of the last does no more. The recording
 * knows its end, and may not say so before. */
static void test_drift(void **state)
{
    (void)state;
    static const struct {
        enum tread_analyzer_mode mode;
        double lean_deg;
        int level;
    } cases[] = {{TREAD_RECORDED, 3.5, 1}, {TREAD_LIVE, 3.5, 1}, {TREAD_RECORDED, -6, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        course c = {.end_s = 490, .fps = 25};
        add(&c, 0, 7, 0);
        add(&c, 290, 7 + cases[k].lean_deg, 0);
        add(&c, 440, 7, 0);
        run(&c, cases[k].mode, TRUNK_DRIFT, ", dwell_s: 0");
        assert_int_equal(n_faults, 1);
        const tread_fault *f = &faults[0];
        assert_int_equal(f->level, cases[k].level);
        assert_int_equal(f->side, TREAD_BOTH);
        assert_int_equal(f->measure, TREAD_MEASURE_TRUNK_LEAN);
        assert_string_equal(f->unit, "deg");
        require_near(f->value, cases[k].lean_deg, 0.3);
        require_between(f->begin_s, 378, 384);
        require_between(f->raised_s, f->begin_s, 388);
        require_between(f->end_s, 472, 482);
        assert_int_equal(f->level_now, 0);
    }
}

/* Who leans since another setting of the belt has not drifted from what was usual at the old one,
 * and nothing is said of who runs as ever before it. */
static void test_no_drift(void **state)
{
    (void)state;
    static const tread_belt faster = {290, 11, 0};
    for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++) {
        course c = {.end_s = 395, .fps = 25, .changes = &faster, .n_changes = 1};
        add(&c, 0, 7, 0);
        add(&c, 290, 12, 0);
        run(&c, (enum tread_analyzer_mode)mode, TRUNK_DRIFT, ", dwell_s: 0");
        assert_int_equal(n_faults, 0);
    }
}

/* ---- left against right ------------------------------------------------------------- */

#define UNEVEN_STEPS "{measure: step_ms, take: symmetry, usual: [-4, 4], high: [4, 8, 12]}"
#define STEP_S 0.375

/* The left step longer by twice the limp than the right one. */
static double index_pct(double limp_s)
{
    return 100 * 2 * fabs(limp_s) / STEP_S;
}

/* By the index, and only where it is beyond the method's doubt: the feet of a stride are timed to 8
 * and 12 ms, 28 ms of difference or 7.5 %. */
static void test_symmetry(void **state)
{
    (void)state;
    static const struct {
        double limp_s;
        int level;
    } cases[] = {{0, 0}, {0.012, 0}, {0.019, 2}, {-0.03, 3}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++) {
            course c = {.end_s = 15, .fps = 60};
            add(&c, 0, 7, cases[k].limp_s);
            run(&c, (enum tread_analyzer_mode)mode, UNEVEN_STEPS, "");
            assert_int_equal(n_faults, cases[k].level > 0);
            if (!n_faults)
                continue;
            const tread_fault *f = &faults[0];
            assert_int_equal(f->level, cases[k].level);
            assert_int_equal(f->side, TREAD_BOTH);
            assert_string_equal(f->unit, "%");
            require_near(f->value, index_pct(cases[k].limp_s), 1.5);
            require_between(f->raised_s, 6, 14);
            require_nan(f->end_s);
        }
}

/* A limp from 70 s to 130 s: raised when the minute holds enough of it, not before, and over again
 * with the minute; a recording does not take its end for its beginning. */
static void test_symmetry_comes_and_goes(void **state)
{
    (void)state;
    for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++) {
        course c = {.end_s = 200, .fps = 30};
        add(&c, 0, 7, 0);
        add(&c, 70.2, 7, 0.03);
        add(&c, 130.2, 7, 0);
        run(&c, (enum tread_analyzer_mode)mode, UNEVEN_STEPS, "");
        assert_int_equal(n_faults, 1);
        /* 16 % by the whole minute, beyond doubt from about 8 %: half a minute of it */
        require_between(faults[0].begin_s, 90, 112);
        require_between(faults[0].end_s, 148, 175);
        require_near(faults[0].value, index_pct(0.03), 4.5);
    }
}

/* The belt changes at 40 s: what was on ends, begins anew no sooner than 15 s after, and only by
 * what was seen since. */
static void test_symmetry_and_the_belt(void **state)
{
    (void)state;
    static const tread_belt faster = {40, 11, 0};
    for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++)
        for (int is_even_after = 0; is_even_after < 2; is_even_after++) {
            course c = {.end_s = 75, .fps = 60, .changes = &faster, .n_changes = 1};
            add(&c, 0, 7, 0.03);
            add(&c, 40.2, 7, is_even_after ? 0 : 0.03);
            run(&c, (enum tread_analyzer_mode)mode, UNEVEN_STEPS, "");
            assert_int_equal(n_faults, is_even_after ? 1 : 2);
            require_between(faults[0].end_s, 39.9, 41.5);
            if (is_even_after)
                continue;
            require_between(faults[1].begin_s, 55, 60);
            require_between(faults[1].raised_s, 60, 68);
            assert_int_equal(faults[1].level, 3);
        }
}

/* ---- means ---------------------------------------------------------------------------- */

/* A lean of 7 degrees, from 60 s on of 17. Half way is passed when the window of 30 s holds as much
 * of the one as of the other: at 75 s, and it is asked every 3 s. */
static void test_window_of_means(void **state)
{
    (void)state;
    for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++) {
        course c = {.end_s = 90, .fps = 25};
        add(&c, 0, 7, 0);
        add(&c, 60, 17, 0);
        run(&c, (enum tread_analyzer_mode)mode,
            "{measure: trunk_lean_deg, take: mean, usual: [3, 10], high: [12]}", "");
        assert_int_equal(n_faults, 1);
        require_between(faults[0].begin_s, 74.5, 78.5);
    }
}

/* ... none of which is of before the belt was changed: 17 degrees until 40 s, then 10. */
static void test_means_and_the_belt(void **state)
{
    (void)state;
    static const tread_belt faster = {40, 11, 0};
    for (int mode = TREAD_RECORDED; mode <= TREAD_LIVE; mode++) {
        course c = {.end_s = 85, .fps = 25, .changes = &faster, .n_changes = 1};
        add(&c, 0, 17, 0);
        add(&c, 40, 10, 0);
        run(&c, (enum tread_analyzer_mode)mode,
            "{measure: trunk_lean_deg, take: mean, usual: [3, 10], high: [11]}", "");
        assert_int_equal(n_faults, 1);
        require_between(faults[0].raised_s, 10, 22);
        require_between(faults[0].end_s, 39.5, 41.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_symmetry_comes_and_goes),
        cmocka_unit_test(test_symmetry_and_the_belt),
        cmocka_unit_test(test_window_of_means),
        cmocka_unit_test(test_means_and_the_belt),
    };
    return cmocka_run_group_tests(tests, rulefile_setup, rulefile_teardown);
}

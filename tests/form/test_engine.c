/* Rules at work, on made steps: when a fault begins, how bad it is called, when it ends, and
 * what a runner is told. */
#include "rulefile.h"

#include "gait/runner.h"

#include <treadscope/analyzer.h>

#define FPS 60.0
#define STEP_S 0.35
/* Steps of the near foot. */
#define NEAR_S 0.7
#define KNEE TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE
#define TRUNK TREAD_MEASURE_TRUNK_LEAN
/* Usual for KNEE_PART: level 1 over 52, 2 over 58, 3 over 64. */
#define USUAL 43
#define KNEE_PART                                                                                  \
    "{measure: knee_flexion_peak_stance_deg, usual: [36, 50], high: [52, 58, 64], "                \
    "hysteresis: 2.5, sdd: 3}"

static tread_analyzer *analyzer; /* seen from the left, 60 frames a second */
static tread_rules *rules;
static tread_form *form;
static int64_t n_steps;

/* ---- what is fed -------------------------------------------------------------------- */

static tread_analyzer *analyzer_of(const runner *r, enum tread_view view, double span_s)
{
    tread_analyzer *a = NULL;
    tread_analyzer_opts opts = {.view = view, .speed_kmh = r->speed_m_s * 3.6};
    assert_int_equal(tread_analyzer_create(&a, &opts), TREAD_OK);
    support_random random = support_seeded(7);
    tread_landmarks lm;
    for (int i = 0; i / FPS < span_s; i++) {
        runner_landmarks(r, i / FPS, 0.5, &random, &lm);
        lm.frame = i;
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
    }
    assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
    return a;
}

static int start(void **state)
{
    analyzer = analyzer_of(&runner_usual, TREAD_VIEW_LEFT, 4);
    tread_overview v;
    tread_analyzer_overview(analyzer, &v);
    if (v.view != TREAD_VIEW_LEFT || v.near_side != TREAD_LEFT ||
        fabs(v.frame_interval_s - 1 / FPS) > 1e-4)
        return -1;
    return rulefile_setup(state);
}

static int stop(void **state)
{
    tread_analyzer_destroy(&analyzer);
    return rulefile_teardown(state);
}

static int clear(void **state)
{
    (void)state;
    tread_form_destroy(&form);
    tread_rules_destroy(&rules);
    return 0;
}

/* A rule more in the text; `more`: further keys, each after ", ". */
static void add_rule(char *text, size_t size, const char *id, const char *side, const char *parts,
                     const char *more)
{
    size_t n = strlen(text);
    n += (size_t)snprintf(
        text + n, size - n,
        "%s  - {id: %s, title: T, view: [side], side: %s, phase: contact, parts: [%s], "
        "source: S, cue: C, meaning: M, why: W, advice: A%s}\n",
        n ? "" : "version: 1\nrules:\n", id, side, parts, more);
    assert_true(n < size);
}

static void begin_with(const char *text)
{
    tread_form_destroy(&form);
    tread_rules_destroy(&rules);
    rules = rulefile_loaded(text);
    assert_int_equal(tread_form_create(&form, rules), TREAD_OK);
    n_steps = 0;
}

static void one_rule(const char *side, const char *parts, const char *more)
{
    char text[2048] = "";
    add_rule(text, sizeof text, "only", side, parts, more);
    begin_with(text);
}

/* The next step, left first, with nothing measured but its time. */
static tread_step next_step(void)
{
    tread_step step = {.step = n_steps,
                       .side = n_steps % 2 ? TREAD_RIGHT : TREAD_LEFT,
                       .initial_contact_s = STEP_S * (double)n_steps,
                       .speed_kmh = 11,
                       .is_valid = true,
                       .is_settled = true};
    n_steps++;
    step.toe_off_s = step.initial_contact_s + 0.25;
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        step.value[id] = (double)NAN;
    step.value[TREAD_MEASURE_STEP_TIME] = 1000 * STEP_S;
    return step;
}

static void feed(const tread_step *step)
{
    assert_int_equal(tread_form_step(form, analyzer, step), TREAD_OK);
}

static double now_s(void)
{
    return STEP_S * (double)n_steps;
}

/* Both feet, for so long, with one number. @return when the first near one landed */
static double run_with(enum tread_measure_id id, double span_s, double value)
{
    double from_s = now_s(), first_s = from_s + (n_steps % 2 ? STEP_S : 0);
    while (now_s() < from_s + span_s - 1e-9) {
        tread_step step = next_step();
        step.value[id] = value;
        feed(&step);
    }
    return first_s;
}

static double run_knee(double span_s, double value)
{
    return run_with(KNEE, span_s, value);
}

static size_t n_faults(void)
{
    const tread_fault *faults;
    return tread_form_faults(form, &faults);
}

static tread_fault fault_of(size_t i)
{
    const tread_fault *faults;
    assert_true(tread_form_faults(form, &faults) > i);
    return faults[i];
}

static tread_fault only_fault(void)
{
    assert_int_equal(n_faults(), 1);
    return fault_of(0);
}

/* ---- begin -------------------------------------------------------------------------- */

static void test_raised_within_6_s(void **state)
{
    (void)state;
    static const char *const sides[] = {"near", "both"};
    for (int is_both = 0; is_both < 2; is_both++) {
        one_rule(sides[is_both], KNEE_PART, "");
        while (n_faults() == 0 && now_s() < 20)
            run_knee(STEP_S, 60);
        tread_fault f = only_fault();
        require_between(f.raised_s, 5, 6);
        require_near(f.begin_s, 0, 1e-9);
        require_nan(f.end_s);
        require_near(f.value, 60, 1e-9);
        require_near(f.usual_low, 36, 0);
        require_near(f.usual_high, 50, 0);
        require_between(f.confidence, 0.5, 1);
        assert_int_equal(f.rule, 0);
        assert_int_equal(f.level, 2);
        assert_int_equal(f.level_now, 2);
        assert_int_equal(f.side, is_both ? TREAD_BOTH : TREAD_LEFT);
        assert_true(f.n_steps >= 7);
        require_between(f.shown_s, 0, f.raised_s);
        run_knee(60, 60);
        assert_int_equal(n_faults(), 1);
        assert_true(fault_of(0).n_steps > f.n_steps + 60);
    }
}

static void test_begins_at_the_first_step_out(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_knee(14, USUAL);
    assert_int_equal(n_faults(), 0);
    double first_s = run_knee(20, 60);
    tread_fault f = only_fault();
    require_near(f.begin_s, first_s, 1e-9);
    /* six of ten, then 5 s from the first */
    require_between(f.raised_s, first_s + 5, first_s + 10 * NEAR_S);
    require_near(f.value, 60, 1e-9);
    assert_int_equal(f.level, 2);
}

static void test_levels(void **state)
{
    (void)state;
    static const struct {
        double knee;
        int level;
    } cases[] = {{36, 0}, {34, 0},   {33.9, 1}, {28.1, 1}, {27.9, 2}, {50, 0},
                 {52, 0}, {52.1, 1}, {57.9, 1}, {58.1, 2}, {63.9, 2}, {64.1, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_rule("near",
                 "{measure: knee_flexion_peak_stance_deg, usual: [36, 50], high: [52, 58, 64], "
                 "low: [34, 28]}",
                 "");
        run_knee(10, cases[i].knee);
        assert_int_equal(n_faults(), cases[i].level > 0);
        if (cases[i].level > 0)
            assert_int_equal(only_fault().level, cases[i].level);
    }
}

/* Level 1 has to be out by half of the sdd of 3; level 2 has not. */
static void test_level_1_needs_more_than_chance(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_knee(60, 53.4);
    assert_int_equal(n_faults(), 0);
    one_rule("near", KNEE_PART, "");
    run_knee(10, 53.6);
    assert_int_equal(only_fault().level, 1);
    one_rule("near",
             "{measure: knee_flexion_peak_stance_deg, usual: [36, 50], high: [52, 52.5], "
             "sdd: 3}",
             "");
    run_knee(10, 52.6);
    assert_int_equal(only_fault().level, 2);
}

/* Near steps out by `pattern`, a letter each; the median is out in both. */
static void run_pattern(const char *pattern, double span_s)
{
    for (size_t i = 0, n = strlen(pattern); now_s() < span_s; i++) {
        run_knee(STEP_S, pattern[i % n] == 'o' ? 70 : USUAL);
        run_knee(STEP_S, USUAL);
    }
}

static void test_half_of_the_steps_is_not_enough(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_pattern("io", 120);
    assert_int_equal(n_faults(), 0);
    one_rule("near", KNEE_PART, "");
    run_pattern("iooio", 20);
    assert_int_equal(only_fault().level, 3);
}

static void test_min_steps_and_dwell(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        double raised_s; /* by the contact of the step that did it */
    } cases[] = {{", dwell_s: 0, min_steps: 4", 3 * NEAR_S},
                 {", dwell_s: 0, min_steps: 10", 9 * NEAR_S},
                 {", dwell_s: 0", 6 * NEAR_S},
                 {", dwell_s: 9.9, min_steps: 4", 14 * NEAR_S}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_rule("near", KNEE_PART, cases[i].more);
        while (n_faults() == 0 && now_s() < 20)
            run_knee(STEP_S, 60);
        require_near(only_fault().raised_s, cases[i].raised_s + STEP_S, 1e-9);
    }
}

static void test_far_side_is_ignored(void **state)
{
    (void)state;
    for (int is_near_out = 0; is_near_out < 2; is_near_out++) {
        one_rule("near", KNEE_PART, "");
        while (now_s() < 30) {
            run_knee(STEP_S, is_near_out ? 70 : USUAL);
            run_knee(STEP_S, is_near_out ? USUAL : 70);
        }
        assert_int_equal(n_faults(), is_near_out);
    }
    /* from their right side it is the right foot that is near */
    tread_analyzer *left = analyzer;
    runner r = runner_usual;
    r.forward = 1;
    analyzer = analyzer_of(&r, TREAD_VIEW_RIGHT, 1);
    one_rule("near", KNEE_PART, "");
    while (now_s() < 30) {
        run_knee(STEP_S, USUAL);
        run_knee(STEP_S, 70);
    }
    tread_analyzer_destroy(&analyzer);
    analyzer = left;
    assert_int_equal(only_fault().side, TREAD_RIGHT);
}

/* ---- what is not judged --------------------------------------------------------------- */

enum spoil { FINE, INVALID, HIDDEN, A_LITTLE_HIDDEN, UNSETTLED, UNMEASURED };

static void run_spoilt(enum spoil spoil, double span_s, double knee)
{
    for (double from_s = now_s(); now_s() < from_s + span_s - 1e-9;) {
        tread_step step = next_step();
        step.value[KNEE] = spoil == UNMEASURED ? (double)NAN : knee;
        step.is_valid = spoil != INVALID;
        step.is_settled = spoil != UNSETTLED;
        step.hidden_share = spoil == HIDDEN ? 0.35 : spoil == A_LITTLE_HIDDEN ? 0.33 : 0;
        feed(&step);
    }
}

static void test_steps_that_are_not_judged(void **state)
{
    (void)state;
    for (int spoil = FINE; spoil <= UNMEASURED; spoil++) {
        one_rule("near", KNEE_PART, "");
        run_spoilt((enum spoil)spoil, 60, 70);
        assert_int_equal(n_faults(), spoil == FINE || spoil == A_LITTLE_HIDDEN);
    }
}

/* Six steps out, not long enough; then none judged; then back to usual. Steps that could not be
 * judged leave the six to be added to, a change of the belt does not. */
static void test_belt_change_empties_the_window(void **state)
{
    (void)state;
    for (int is_change = 0; is_change < 2; is_change++) {
        one_rule("near", KNEE_PART, "");
        run_knee(6 * NEAR_S, 60);
        assert_int_equal(n_faults(), 0);
        run_spoilt(is_change ? UNSETTLED : INVALID, 10, 60);
        run_knee(2.1, USUAL);
        assert_int_equal(n_faults(), !is_change);
    }
    one_rule("near", KNEE_PART, "");
    run_knee(6 * NEAR_S, 60);
    run_spoilt(UNSETTLED, 15.4, 60);
    double settled_s = run_knee(7, 60);
    tread_fault f = only_fault();
    require_near(f.begin_s, settled_s, 1e-9);
    require_between(f.raised_s, settled_s + 5, settled_s + 6);
}

/* What was seen a while ago is about somebody who ran otherwise. */
/* What is on ends with the setting it was seen at, and where its rule no longer speaks. */
static void test_ends_with_the_belt_setting(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_knee(10, 60);
    require_nan(only_fault().end_s);
    double change_s = now_s();
    run_spoilt(UNSETTLED, 2.1, 60);
    require_between(only_fault().end_s, change_s, change_s + 1);
    assert_int_equal(only_fault().level_now, 0);

    /* steps come at 11 km/h; then the belt was slowed down long ago */
    one_rule("near", KNEE_PART, ", min_speed_kmh: 9");
    run_knee(10, 60);
    require_nan(only_fault().end_s);
    change_s = now_s();
    tread_step slow = next_step();
    slow.speed_kmh = 5;
    slow.value[KNEE] = 60;
    feed(&slow);
    require_between(only_fault().end_s, change_s, change_s + 1);
}

static void test_old_steps_are_forgotten(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_knee(6 * NEAR_S, 60);
    run_spoilt(INVALID, 21, 60);
    run_knee(20, USUAL);
    assert_int_equal(n_faults(), 0);
}

/* ---- limits ----------------------------------------------------------------------------- */

static void run_at(double speed_kmh, double incline_pct, enum tread_measure_id id, double value)
{
    while (now_s() < 10) {
        tread_step step = next_step();
        step.speed_kmh = speed_kmh;
        step.incline_pct = incline_pct;
        step.value[id] = value;
        feed(&step);
    }
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        double speed_kmh, incline_pct;
        int n;
    } cases[] = {
        {"", 0, 0, 1},
        {", min_speed_kmh: 9.5", 9.4, 0, 0},
        {", min_speed_kmh: 9.5", 9.5, 0, 1},
        {", min_speed_kmh: 9.5", 0, 0, 0}, /* not told */
        {", max_incline_pct: 3", 10, 3.5, 0},
        {", max_incline_pct: 3", 10, 3, 1},
        {", max_incline_pct: 3", 10, -9, 1},
        {", min_incline_pct: -2", 10, -2.5, 0},
        {", min_incline_pct: -2", 10, -2, 1},
        {", max_incline_pct: -2", 10, 0, 0},
        {", max_incline_pct: -2", 10, -3, 1},
        {", min_fps: 60", 10, 0, 1},
        {", min_fps: 61", 10, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_rule("near", KNEE_PART, cases[i].more);
        run_at(cases[i].speed_kmh, cases[i].incline_pct, KNEE, 60);
        if ((int)n_faults() != cases[i].n)
            fail_msg("case %zu, %s: %zu faults", i, cases[i].more, n_faults());
    }
}

static void test_other_views(void **state)
{
    (void)state;
    /* steps of 350 ms are 171 a minute */
    begin_with("version: 1\nrules:\n"
               "  - {id: a, title: T, view: [rear, front], side: both, phase: contact, parts: "
               "[{measure: cadence_spm, usual: [175, 190], low: [175]}], source: S, cue: C, "
               "meaning: M, why: W, advice: A}\n"
               "  - {id: b, title: T, view: [rear, side], side: both, phase: contact, parts: "
               "[{measure: cadence_spm, usual: [175, 190], low: [175]}], source: S, cue: C, "
               "meaning: M, why: W, advice: A}\n");
    run_knee(20, 60);
    assert_int_equal(only_fault().rule, 1);
}

#define TRUNK_PART "measure: trunk_lean_deg, usual: [3, 10], high: [11, 14, 18], low: [1, -1]"

/* Borders and usual range go with the slope, where a rule says so. */
static void test_incline_moves_the_levels(void **state)
{
    (void)state;
    static const double inclines[] = {10, -10};
    for (size_t k = 0; k < 2; k++) {
        double shift = tread_incline_shift(TRUNK, inclines[k]);
        assert_true(inclines[k] * shift > 0 && fabs(shift) > 1.5);
        const struct {
            double lean;
            int level;
        } cases[] = {{11 + shift - 0.1, 0}, {11 + shift + 0.1, 1}, {14 + shift - 0.1, 1},
                     {14 + shift + 0.1, 2}, {18 + shift + 0.1, 3}, {1 + shift + 0.1, 0},
                     {1 + shift - 0.1, 1},  {-1 + shift - 0.1, 2}};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            one_rule("both", "{" TRUNK_PART ", incline: yes}", "");
            run_at(11, inclines[k], TRUNK, cases[i].lean);
            assert_int_equal(n_faults(), cases[i].level > 0);
            if (cases[i].level == 0)
                continue;
            tread_fault f = only_fault();
            assert_int_equal(f.level, cases[i].level);
            require_near(f.usual_low, 3 + shift, 1e-9);
            require_near(f.usual_high, 10 + shift, 1e-9);
        }
        one_rule("both", "{" TRUNK_PART "}", "");
        run_at(11, inclines[k], TRUNK, 11.1);
        require_near(only_fault().usual_high, 10, 0);
    }
}

/* ---- going on and ending ------------------------------------------------------------------ */

/* Back and forth over the border of level 1 for six minutes, by 0.3 SD (the hysteresis of 2.5 is
 * half of one). Without a hysteresis it would begin again and again. */
static void test_back_and_forth_over_the_border(void **state)
{
    (void)state;
    char text[2048] = "";
    add_rule(text, sizeof text, "with", "near",
             "{measure: knee_flexion_peak_stance_deg, usual: [36, 50], high: [52, 58], "
             "hysteresis: 2.5}",
             "");
    add_rule(text, sizeof text, "without", "near",
             "{measure: knee_flexion_peak_stance_deg, usual: [36, 50], high: [52, 58]}", "");
    begin_with(text);
    while (now_s() < 360) {
        run_knee(20, 52 + 1.5);
        run_knee(20, 52 - 1.5);
    }
    int n[2] = {0, 0}, n_ended = 0;
    for (size_t i = 0; i < n_faults(); i++) {
        tread_fault f = fault_of(i);
        n[f.rule]++;
        n_ended += f.rule == 0 && !isnan(f.end_s);
    }
    assert_int_equal(n[0], 1);
    assert_int_equal(n_ended, 0);
    require_between(n[1], 8, 9);
}

static void test_ends_when_back_by_more_than_the_hysteresis(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        double clear_s;
    } cases[] = {{"", 5}, {", clear_s: 12", 12}, {", clear_s: 0", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_rule("near", KNEE_PART, cases[i].more);
        run_knee(10, 60);
        run_knee(30, 49.8); /* back by 2.2 */
        require_nan(only_fault().end_s);
        double back_s = run_knee(30, 49.3);
        tread_fault f = only_fault();
        /* when most of ten are back, and for so long after */
        require_between(f.end_s, back_s + 5 * NEAR_S + cases[i].clear_s,
                        back_s + 6 * NEAR_S + cases[i].clear_s + NEAR_S);
        assert_int_equal(f.level, 2);
        assert_int_equal(f.level_now, 0);
        require_near(f.value, 60, 1e-9);
        double again_s = run_knee(20, 70);
        assert_int_equal(n_faults(), 2);
        require_near(fault_of(1).begin_s, again_s, 1e-9);
        assert_int_equal(fault_of(1).level, 3);
        require_near(fault_of(0).end_s, f.end_s, 0);
    }
}

static void require_levels(int worst, int now, double value)
{
    tread_fault f = only_fault();
    assert_int_equal(f.level, worst);
    assert_int_equal(f.level_now, now);
    require_near(f.value, value, 1e-9);
    require_nan(f.end_s);
}

static void test_worse_and_better(void **state)
{
    (void)state;
    one_rule("near", KNEE_PART, "");
    run_knee(10, 54);
    require_levels(1, 1, 54);
    double begin_s = only_fault().begin_s;
    run_knee(7, 60); /* ten steps, but not yet for 5 s */
    require_levels(1, 1, 54);
    run_knee(7, 60);
    require_levels(2, 2, 60);
    run_knee(14, 66);
    require_levels(3, 3, 66);
    run_knee(20, 61.6); /* within the hysteresis of 64 */
    require_levels(3, 3, 66);
    run_knee(20, 61.4);
    require_levels(3, 2, 66);
    run_knee(20, 54);
    require_levels(3, 1, 66);
    run_knee(20, 60);
    require_levels(3, 2, 66);
    require_near(only_fault().begin_s, begin_s, 0);
}

/* ---- several parts, several rules ------------------------------------------------------------ */

static void test_two_of_three(void **state)
{
    (void)state;
    static const double at[] = {10, 20, 30, 40}; /* nought to three */
    static const struct {
        int levels[3]; /* -1: not measured */
        int level;
    } cases[] = {{{3, 2, 0}, 2},  {{0, 2, 3}, 2},  {{3, 1, 0}, 1},  {{3, 0, 0}, 0},
                 {{0, 0, 3}, 0},  {{3, 3, 3}, 3},  {{1, 1, 1}, 1},  {{1, 3, 2}, 2},
                 {{-1, 2, 2}, 2}, {{-1, 3, 1}, 1}, {{-1, 3, 0}, 0}, {{-1, -1, 3}, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_rule("near",
                 "{measure: knee_flexion_contact_deg, usual: [5, 12], high: [15, 25, 35]}, "
                 "{measure: shank_angle_contact_deg, usual: [5, 12], high: [15, 25, 35]}, "
                 "{measure: foot_ahead_pct_leg, usual: [5, 12], high: [15, 25, 35]}",
                 ", need: 2");
        static const enum tread_measure_id ids[] = {TREAD_MEASURE_KNEE_FLEXION_CONTACT,
                                                    TREAD_MEASURE_SHANK_ANGLE_CONTACT,
                                                    TREAD_MEASURE_FOOT_AHEAD};
        while (now_s() < 10) {
            tread_step step = next_step();
            for (int p = 0; p < 3; p++)
                if (cases[i].levels[p] >= 0)
                    step.value[ids[p]] = at[cases[i].levels[p]];
            feed(&step);
        }
        if ((int)n_faults() != (cases[i].level > 0))
            fail_msg("case %zu: %zu faults", i, n_faults());
        if (cases[i].level == 0)
            continue;
        /* the first that is as far out speaks for it */
        int speaks = 0;
        while (cases[i].levels[speaks] < cases[i].level)
            speaks++;
        tread_fault f = only_fault();
        assert_int_equal(f.level, cases[i].level);
        assert_int_equal(f.measure, ids[speaks]);
        require_near(f.value, at[cases[i].levels[speaks]], 1e-9);
        assert_string_equal(f.unit, tread_measure_describe(ids[speaks])->unit);
    }
}

/* A part that was seen in less than half of the steps does not speak. */
static void test_part_seldom_measured(void **state)
{
    (void)state;
    for (int of_five = 2; of_five <= 3; of_five++) {
        one_rule("near",
                 "{measure: shank_angle_contact_deg, usual: [5, 12], high: [15, 25, 35]}, "
                 "{measure: foot_ahead_pct_leg, usual: [5, 12], high: [15, 25, 35]}",
                 "");
        while (now_s() < 20) {
            tread_step step = next_step();
            step.value[TREAD_MEASURE_SHANK_ANGLE_CONTACT] = 20;
            if (step.step / 2 % 5 < of_five)
                step.value[TREAD_MEASURE_FOOT_AHEAD] = 40;
            feed(&step);
        }
        assert_int_equal(only_fault().level_now, of_five > 2 ? 3 : 1);
    }
}

/* The farthest of the steps it was raised by, at the moment the rule names. */
static void test_shown_moment(void **state)
{
    (void)state;
    static const struct {
        const char *phase;
        double after_s;
    } cases[] = {{"contact", 0}, {"stride", 0}, {"midstance", 0.125}, {"toe_off", 0.25}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "{version: 1, rules: [{id: a, title: T, view: [side], side: near, phase: %s, "
                 "parts: [" KNEE_PART "], source: S, cue: C, meaning: M, why: W, advice: A}]}\n",
                 cases[i].phase);
        begin_with(text);
        run_knee(3 * NEAR_S, 60);
        double worst_s = run_knee(NEAR_S, 63);
        run_knee(10, 60);
        require_near(only_fault().shown_s, worst_s + cases[i].after_s, 1e-9);
    }
}

static void run_two(double span_s, double knee, double trunk)
{
    for (double from_s = now_s(); now_s() < from_s + span_s - 1e-9;) {
        tread_step step = next_step();
        step.value[KNEE] = knee;
        step.value[TRUNK] = trunk;
        feed(&step);
    }
}

static void test_only_with(void **state)
{
    (void)state;
    for (int is_first = 0; is_first < 2; is_first++) {
        char text[2048] = "";
        if (is_first)
            add_rule(text, sizeof text, "knee", "near", KNEE_PART, "");
        add_rule(text, sizeof text, "trunk", "both", "{" TRUNK_PART "}", ", only_with: [knee]");
        if (!is_first)
            add_rule(text, sizeof text, "knee", "near", KNEE_PART, "");
        begin_with(text);
        run_two(60, USUAL, 20);
        assert_int_equal(n_faults(), 0);
        run_two(20, 60, 20);
        assert_int_equal(n_faults(), 2);
        assert_int_equal(fault_of(0).rule, is_first ? 0 : 1); /* the knee's is there first */
        assert_int_equal(fault_of(1).rule, is_first ? 1 : 0);
        assert_true(fault_of(1).raised_s >= fault_of(0).raised_s);
        assert_int_equal(fault_of(1).level, 3);
        /* the knee back: what began with it may last, but does not begin anew */
        run_two(40, USUAL, 6);
        run_two(40, USUAL, 20);
        assert_int_equal(n_faults(), 2);
    }
}

/* The mean of the analyzer's own steps, which single steps of 60 frames a second do not give:
 * from 25 steps of the foot on. */
static void test_mean(void **state)
{
    (void)state;
    tread_analyzer *made = analyzer;
    analyzer = analyzer_of(&runner_usual, TREAD_VIEW_LEFT, 32);
    one_rule("near", "{measure: contact_ms, take: mean, usual: [100, 200], high: [220, 350]}", "");
    tread_step step;
    int n_near = 0;
    while (tread_analyzer_next_step(analyzer, &step) == TREAD_OK) {
        n_near += step.side == TREAD_LEFT && step.is_valid;
        feed(&step);
        if (n_near < 25 + 6) /* seven means */
            assert_int_equal(n_faults(), 0);
    }
    tread_measure m;
    assert_int_equal(tread_analyzer_measure(analyzer, TREAD_MEASURE_CONTACT, TREAD_LEFT, &m),
                     TREAD_OK);
    tread_analyzer_destroy(&analyzer);
    analyzer = made;
    assert_true(n_near > 35);
    tread_fault f = only_fault();
    assert_int_equal(f.level, 1);
    require_near(f.value, m.value, 3);
    assert_int_equal(f.side, TREAD_LEFT);
    require_between(f.confidence, 0.9, 1);
}

/* ---- cues ------------------------------------------------------------------------------------ */

static const enum tread_measure_id cued[] = {
    TREAD_MEASURE_SHANK_ANGLE_CONTACT, TREAD_MEASURE_FOOT_AHEAD, TREAD_MEASURE_KNEE_FLEXION_CONTACT,
    TREAD_MEASURE_ELBOW};
#define N_CUED 4

/* Four rules with one ladder. */
static void start_cued(void)
{
    char text[4096] = "";
    for (int i = 0; i < N_CUED; i++) {
        char parts[256], id[16];
        snprintf(id, sizeof id, "r%d", i);
        snprintf(parts, sizeof parts, "{measure: %s, usual: [5, 12], high: [15, 25, 35]}",
                 tread_measure_describe(cued[i])->key);
        add_rule(text, sizeof text, id, "near", parts, "");
    }
    begin_with(text);
}

static void run_cued(double span_s, const int levels[N_CUED])
{
    for (double from_s = now_s(); now_s() < from_s + span_s - 1e-9;) {
        tread_step step = next_step();
        for (int i = 0; i < N_CUED; i++)
            step.value[cued[i]] = 10 + 10 * levels[i];
        feed(&step);
    }
}

/* Rules that are cued, in that order; -1: none. */
static void require_cues(double at_s, int first, int second)
{
    size_t cues[2] = {99, 99};
    int n = tread_form_cues(form, at_s, cues);
    int rule[2] = {-1, -1};
    for (int i = 0; i < n && i < 2; i++)
        rule[i] = (int)fault_of(cues[i]).rule;
    if (n > 2 || rule[0] != first || rule[1] != second)
        fail_msg("at %.1f s: %d cues, rules %d and %d, not %d and %d", at_s, n, rule[0], rule[1],
                 first, second);
}

static void test_no_cue_without_a_fault(void **state)
{
    (void)state;
    start_cued();
    require_cues(0, -1, -1);
    run_cued(20, (const int[N_CUED]){0, 0, 0, 0});
    require_cues(20, -1, -1);
}

static void test_cues(void **state)
{
    (void)state;
    start_cued();
    run_cued(10, (const int[N_CUED]){1, 0, 2, 3});
    assert_int_equal(n_faults(), 3);
    /* the two worst, for 8 s */
    require_cues(10, 3, 2);
    require_cues(10.1, 3, 2);
    require_cues(14, 3, 2);
    require_cues(17.9, 3, 2);
    /* then the one that is left, then nothing until 30 s after */
    require_cues(18.1, 0, -1);
    require_cues(26, 0, -1);
    require_cues(26.2, -1, -1);
    require_cues(47.9, -1, -1);
    require_cues(48.1, 3, 2);
    require_cues(56, 3, 2);
    require_cues(56.2, 0, -1);
}

/* What has ended is not said any more, and a new one finds its place. */
static void test_cue_ends_with_the_fault(void **state)
{
    (void)state;
    start_cued();
    run_cued(10, (const int[N_CUED]){0, 2, 0, 0});
    require_cues(10, 1, -1);
    run_cued(30, (const int[N_CUED]){0, 0, 0, 0});
    assert_false(isnan(only_fault().end_s));
    require_cues(12, -1, -1);
    require_cues(60, -1, -1);
}

/* One that comes up while another is shown is shown beside it, for its own 8 s. */
static void test_cue_beside_another(void **state)
{
    (void)state;
    start_cued();
    run_cued(10, (const int[N_CUED]){1, 0, 0, 0});
    require_cues(20, 0, -1);
    run_cued(10, (const int[N_CUED]){1, 3, 0, 0});
    assert_int_equal(n_faults(), 2);
    size_t cues[2];
    assert_int_equal(tread_form_cues(form, 24, cues), 2);
    require_cues(28.1, 1, -1);
    require_cues(31.9, 1, -1);
    require_cues(32.1, -1, -1);
}

static void test_null_safe(void **state)
{
    (void)state;
    tread_form *none = NULL;
    tread_form_destroy(NULL);
    tread_form_destroy(&none);
    one_rule("near", KNEE_PART, "");
    tread_form_destroy(&form);
    assert_null(form);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_raised_within_6_s),
        TEST(test_begins_at_the_first_step_out),
        TEST(test_levels),
        TEST(test_level_1_needs_more_than_chance),
        TEST(test_half_of_the_steps_is_not_enough),
        TEST(test_min_steps_and_dwell),
        TEST(test_far_side_is_ignored),
        TEST(test_steps_that_are_not_judged),
        TEST(test_belt_change_empties_the_window),
        TEST(test_ends_with_the_belt_setting),
        TEST(test_old_steps_are_forgotten),
        TEST(test_limits),
        TEST(test_other_views),
        TEST(test_incline_moves_the_levels),
        TEST(test_back_and_forth_over_the_border),
        TEST(test_ends_when_back_by_more_than_the_hysteresis),
        TEST(test_worse_and_better),
        TEST(test_two_of_three),
        TEST(test_part_seldom_measured),
        TEST(test_shown_moment),
        TEST(test_only_with),
        TEST(test_mean),
        TEST(test_no_cue_without_a_fault),
        TEST(test_cues),
        TEST(test_cue_ends_with_the_fault),
        TEST(test_cue_beside_another),
        TEST(test_null_safe),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

/* Rule files: the one that ships, and what is said of one that is damaged. */
#include "rulefile.h"

#include <limits.h>

#define MAX_TEXT 8192
#define MAX_CUE_WORDS 8

/* A small file that uses every key; the damages below go by its line numbers. */
static const char *const good[] = {
    "version: 1",                                /*  1 */
    "rules:",                                    /*  2 */
    "  - id: lean",                              /*  3 */
    "    title: Leaning",                        /*  4 */
    "    view: [side]",                          /*  5 */
    "    side: both",                            /*  6 */
    "    phase: midstance",                      /*  7 */
    "    parts:",                                /*  8 */
    "      - measure: trunk_lean_deg",           /*  9 */
    "        usual: [3, 10]",                    /* 10 */
    "        high: [11, 14, 18]",                /* 11 */
    "        low: [1, -1]",                      /* 12 */
    "        incline: yes",                      /* 13 */
    "        hysteresis: 1",                     /* 14 */
    "        sdd: 1.8",                          /* 15 */
    "      - measure: knee_flexion_contact_deg", /* 16 */
    "        take: mean",                        /* 17 */
    "        usual: [8, 25]",                    /* 18 */
    "        high: [28, 35]",                    /* 19 */
    "        low: [8, 4]",                       /* 20 */
    "        hysteresis: 2.5",                   /* 21 */
    "    need: 1",                               /* 22 */
    "    min_speed_kmh: 5",                      /* 23 */
    "    min_incline_pct: -10",                  /* 24 */
    "    max_incline_pct: 10",                   /* 25 */
    "    min_fps: 20",                           /* 26 */
    "    min_steps: 8",                          /* 27 */
    "    dwell_s: 5",                            /* 28 */
    "    clear_s: 5",                            /* 29 */
    "    source: convention",                    /* 30 */
    "    cue: Run taller",                       /* 31 */
    "    meaning: The shoulders are ahead.",     /* 32 */
    "    why: It loads the back.",               /* 33 */
    "    advice: Look ahead.",                   /* 34 */
    "  - id: reach",                             /* 35 */
    "    title: Reaching",                       /* 36 */
    "    view: [side, rear, front]",             /* 37 */
    "    side: near",                            /* 38 */
    "    phase: contact",                        /* 39 */
    "    parts:",                                /* 40 */
    "      - {measure: shank_angle_contact_deg, usual: [0, 9], high: [9, 12], hysteresis: 2}",
    "    only_with: [lean]",              /* 42 */
    "    source: convention",             /* 43 */
    "    cue: Shorter, quicker steps",    /* 44 */
    "    meaning: The foot lands ahead.", /* 45 */
    "    why: It brakes.",                /* 46 */
    "    advice: Quicken your steps.",    /* 47 */
    "  - id: slow",                       /* 48 */
    "    title: Slow cadence",            /* 49 */
    "    view: [side]",                   /* 50 */
    "    side: both",                     /* 51 */
    "    phase: stride",                  /* 52 */
    "    parts: [{measure: cadence_spm, usual: [160, 190], low: [160, 150]}]",
    "    only_with: [lean, reach]",   /* 54 */
    "    source: convention",         /* 55 */
    "    cue: Quicken your steps",    /* 56 */
    "    meaning: Few steps.",        /* 57 */
    "    why: Long steps load more.", /* 58 */
    "    advice: Run to a beat.",     /* 59 */
};
#define N_LINES (sizeof good / sizeof *good)

/* The file with one line replaced; no text: without it. */
static const char *damaged(int line, const char *by)
{
    static char text[MAX_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < N_LINES; i++) {
        const char *said = (int)i + 1 == line ? by : good[i];
        if (said)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", said);
        assert_true(n < sizeof text);
    }
    return text;
}

static const char *undamaged(void)
{
    return damaged(0, NULL);
}

/* ---- what ships ------------------------------------------------------------------- */

static int count_words(const char *s)
{
    int n = 0;
    for (bool was_space = true; *s; s++) {
        bool is_space = strchr(" \t\n", *s) != NULL;
        n += was_space && !is_space;
        was_space = is_space;
    }
    return n;
}

static void require_text(const char *id, const char *what, const char *text)
{
    if (!text || count_words(text) == 0)
        fail_msg("%s has no %s", id, what);
    if (strchr(text, '\n'))
        fail_msg("%s: %s is more than a line", id, what);
}

static void require_described(const tread_rules *rules)
{
    for (size_t i = 0; i < tread_rules_count(rules); i++) {
        tread_rule_info r = {.id = NULL};
        tread_rules_describe(rules, i, &r);
        require_text("a rule", "id", r.id);
        require_text(r.id, "title", r.title);
        require_text(r.id, "cue", r.cue);
        require_text(r.id, "meaning", r.meaning);
        require_text(r.id, "why", r.why);
        require_text(r.id, "advice", r.advice);
        require_text(r.id, "source", r.source);
        if (count_words(r.cue) > MAX_CUE_WORDS)
            fail_msg("%s: the cue has %d words: %s", r.id, count_words(r.cue), r.cue);
        const tread_measure_info *info = tread_measure_describe(r.measure);
        assert_non_null(info);
        /* No view at all: never measured, with any network tried so far. */
        if (info->views && !(r.views & info->views))
            fail_msg("%s: %s cannot be measured in any of its views", r.id, info->key);
        require_between(r.n_levels, 1, 3);
        assert_true(isfinite(r.usual_low) && isfinite(r.usual_high));
        assert_true(r.usual_low < r.usual_high);
        for (size_t k = 0; k < i; k++) {
            tread_rule_info other;
            tread_rules_describe(rules, k, &other);
            assert_string_not_equal(other.id, r.id);
        }
    }
}

static void test_shipped(void **state)
{
    (void)state;
    const char *root = getenv("TREAD_SOURCE_DIR");
    if (!root)
        skip();
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/models/form/running.yaml", root);
    tread_rules *rules = NULL;
    tread_error err = {.text = ""};
    if (tread_rules_load(&rules, path, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    assert_true(tread_rules_count(rules) >= 20);
    require_described(rules);
    tread_rules_destroy(&rules);
}

/* No path: the one of the environment, else one that is there. */
static void test_usual_path(void **state)
{
    (void)state;
    char *told = getenv("TREADSCOPE_RULES"), *kept = told ? strdup(told) : NULL;
    unsetenv("TREADSCOPE_RULES");
    assert_int_equal(access(tread_rules_path(), R_OK), 0);
    setenv("TREADSCOPE_RULES", rulefile("rules.yaml", undamaged()), 1);
    assert_string_equal(tread_rules_path(), rulefile_path("rules.yaml"));
    tread_rules *rules = NULL;
    tread_error err;
    assert_int_equal(tread_rules_load(&rules, NULL, &err), TREAD_OK);
    assert_int_equal(tread_rules_count(rules), 3);
    tread_rules_destroy(&rules);
    unsetenv("TREADSCOPE_RULES");
    if (kept)
        setenv("TREADSCOPE_RULES", kept, 1);
    free(kept);
}

static void test_good_file(void **state)
{
    (void)state;
    tread_rules *rules = rulefile_loaded(undamaged());
    assert_int_equal(tread_rules_count(rules), 3);
    require_described(rules);
    tread_rule_info r;
    tread_rules_describe(rules, 0, &r);
    assert_string_equal(r.id, "lean");
    assert_string_equal(r.title, "Leaning");
    assert_string_equal(r.cue, "Run taller");
    assert_string_equal(r.meaning, "The shoulders are ahead.");
    assert_string_equal(r.why, "It loads the back.");
    assert_string_equal(r.advice, "Look ahead.");
    assert_string_equal(r.source, "convention");
    assert_int_equal(r.measure, TREAD_MEASURE_TRUNK_LEAN);
    assert_int_equal(r.views, TREAD_MEASURED_FROM_SIDE);
    assert_int_equal(r.n_levels, 3);
    require_near(r.usual_low, 3, 0);
    require_near(r.usual_high, 10, 0);
    tread_rules_describe(rules, 1, &r);
    assert_string_equal(r.id, "reach");
    assert_int_equal(r.views, TREAD_MEASURED_FROM_SIDE | TREAD_MEASURED_FROM_REAR |
                                  TREAD_MEASURED_FROM_FRONT);
    assert_int_equal(r.n_levels, 2);
    tread_rules_destroy(&rules);
}

/* What is left out has its usual value: nothing optional is needed. */
static void test_optional_keys(void **state)
{
    (void)state;
    static const int lines[] = {11, 12, 13, 14, 15, 17, 19, 20, 21, 22,
                                23, 24, 25, 26, 27, 28, 29, 42, 54};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        tread_rules *rules = rulefile_loaded(damaged(lines[i], NULL));
        assert_int_equal(tread_rules_count(rules), 3);
        tread_rules_destroy(&rules);
    }
}

/* Eight words are eight however they are parted; a measure that no network sees yet may wait for
 * one, and a view more than its measure has does no harm. */
static void test_what_is_let_through(void **state)
{
    (void)state;
    static const struct {
        int line;
        const char *by;
    } cases[] = {{31, "    cue: \" a  b\\tc\\_d\\n e f g h \""},
                 {31, "    cue: r\xc3\xa9sum\xc3\xa9 \xe2\x80\x94 b c d e f g"}, /* no space */
                 {9, "      - measure: pelvic_drop_deg"},
                 {5, "    view: [side, rear]"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tread_rules *rules = rulefile_loaded(damaged(cases[i].line, cases[i].by));
        assert_int_equal(tread_rules_count(rules), 3);
        tread_rules_destroy(&rules);
    }
}

/* ---- damage ----------------------------------------------------------------------- */

#define NINE_PARTS                                                                                 \
    "    parts: [{measure: cadence_spm, usual: [1, 2], high: [3]},\n"                              \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]},\n"                                    \
    "      {measure: cadence_spm, usual: [1, 2], high: [3]}]"

/* A line replaced, and what is said then: lines from `said` to `until` are right, as somebody
 * who looks there sees it. until 0: that one line. */
typedef struct damage {
    const char *what;
    int line;
    const char *by;
    int said, until;
    const char *key;
} damage;

static const damage damages[] = {
    {"unknown key of the file", 1, "version: 1\ncolour: red", 2, 0, "colour"},
    {"unknown key of a rule", 22, "    needs: 1", 22, 0, "needs"},
    {"unknown key of a part", 15, "        ssd: 1.8", 15, 0, "ssd"},
    {"unknown key of a later rule", 44, "    que: Shorter steps", 44, 0, "que"},
    {"a key in capitals", 22, "    Need: 1", 22, 0, "Need"},
    /* a key that is missing has no line: that of its rule or part, or where they end */
    {"no version", 1, NULL, 1, 59, "version"},
    {"no rules", 2, "words:", 2, 0, "words"},
    {"no id", 3, "  -", 3, 35, "id"},
    {"no title", 4, NULL, 3, 35, "title"},
    {"no view", 5, NULL, 3, 35, "view"},
    {"no side", 6, NULL, 3, 35, "side"},
    {"no phase", 7, NULL, 3, 35, "phase"},
    {"no measure", 9, "      - take: step", 9, 16, "measure"},
    {"no usual", 10, NULL, 9, 16, "usual"},
    {"no source", 30, NULL, 3, 35, "source"},
    {"no cue", 31, NULL, 3, 35, "cue"},
    {"no meaning", 32, NULL, 3, 35, "meaning"},
    {"no why", 33, NULL, 3, 35, "why"},
    {"no advice", 34, NULL, 3, 35, "advice"},
    {"no cue in the second rule", 44, NULL, 35, 48, "cue"},
    {"no parts", 53, NULL, 48, 59, "parts"},
    /* of the wrong type */
    {"version is no number", 1, "version: one", 1, 0, "version"},
    {"version is a list", 1, "version: [1]", 1, 0, "version"},
    {"a word for a number", 14, "        hysteresis: much", 14, 0, "hysteresis"},
    {"a number with a unit", 28, "    dwell_s: 5s", 28, 0, "dwell_s"},
    {"a number for a list", 10, "        usual: 3", 10, 0, "usual"},
    {"a list for a text", 31, "    cue: [Run, taller]", 31, 0, "cue"},
    {"a mapping for a text", 32, "    meaning: {a: b}", 32, 0, "meaning"},
    {"a text for the parts", 53, "    parts: cadence", 53, 0, "parts"},
    {"a word in a ladder", 11, "        high: [11, far, 18]", 11, 0, "high"},
    {"a list in a ladder", 11, "        high: [[11, 14]]", 11, 0, "high"},
    {"incline neither yes nor no", 13, "        incline: perhaps", 13, 0, "incline"},
    {"half a step", 27, "    min_steps: 7.5", 27, 0, "min_steps"},
    {"half a part", 22, "    need: 0.5", 22, 0, "need"},
    {"no part needed", 22, "    need: 0", 22, 0, "need"},
    {"need below nought", 22, "    need: -1", 22, 0, "need"},
    {"an empty text", 33, "    why: \"\"", 33, 0, "why"},
    {"an empty id", 35, "  - id: \"\"", 35, 0, "id"},
    {"one end of a range", 10, "        usual: [3]", 10, 0, "usual"},
    {"three ends of a range", 10, "        usual: [3, 5, 10]", 10, 0, "usual"},
    {"no view in the list", 5, "    view: []", 5, 0, "view"},
    {"no companion in the list", 42, "    only_with: []", 42, 0, "only_with"},
    {"a ladder without a rung", 12, "        low: []", 12, 0, "low"},
    {"four levels", 11, "        high: [11, 14, 18, 22]", 11, 0, "high"},
    {"nine parts", 53, NINE_PARTS, 53, 62, "parts"},
    /* words that are not of the few */
    {"unknown view", 5, "    view: [above]", 5, 0, "view"},
    {"unknown second view", 37, "    view: [side, back]", 37, 0, "view"},
    {"unknown side", 6, "    side: left", 6, 0, "side"},
    {"unknown phase", 7, "    phase: swing", 7, 0, "phase"},
    {"unknown take", 17, "        take: median", 17, 0, "take"},
    /* each by itself fine, together not */
    {"unknown measure", 9, "      - measure: trunk_bend_deg", 9, 0, "measure"},
    {"unknown measure in the second part", 16, "      - measure: knee_deg", 16, 0, "measure"},
    {"levels that fall", 11, "        high: [14, 11, 18]", 11, 0, "high"},
    {"levels twice the same", 11, "        high: [11, 11]", 11, 0, "high"},
    {"levels in the second part", 19, "        high: [35, 28]", 19, 0, "high"},
    {"low levels that rise", 12, "        low: [-1, 1]", 12, 0, "low"},
    {"low levels that rise, second part", 20, "        low: [4, 8]", 20, 0, "low"},
    {"a level that is no number", 11, "        high: [11, nan]", 11, 0, "high"},
    {"a level without end", 11, "        high: [11, inf]", 11, 0, "high"},
    {"usual the wrong way round", 10, "        usual: [10, 3]", 10, 0, "usual"},
    {"usual of one number", 10, "        usual: [3, 3]", 10, 0, "usual"},
    {"usual in the second part", 18, "        usual: [25, 8]", 18, 0, "usual"},
    {"low over high", 12, "        low: [12, -1]", 12, 0, "low"},
    {"low over high in the second part", 20, "        low: [30, 4]", 20, 0, "low"},
    {"no levels", 41, "      - {measure: shank_angle_contact_deg, usual: [0, 9]}", 41, 0, "high"},
    {"symmetry of what has one side", 53,
     "    parts: [{measure: cadence_spm, take: symmetry, usual: [-4, 4], high: [4]}]", 53, 0,
     "take"},
    {"a scatter of one step", 53,
     "    parts: [{measure: stride_time_cv_pct, usual: [0, 2], high: [3]}]", 53, 0, "take"},
    {"need over the parts", 22, "    need: 3", 22, 0, "need"},
    {"hysteresis below nought", 14, "        hysteresis: -1", 14, 0, "hysteresis"},
    {"hysteresis below nought, second part", 21, "        hysteresis: -1", 21, 0, "hysteresis"},
    {"sdd below nought", 15, "        sdd: -0.1", 15, 0, "sdd"},
    {"dwell below nought", 28, "    dwell_s: -1", 28, 0, "dwell_s"},
    {"clear below nought", 29, "    clear_s: -1", 29, 0, "clear_s"},
    {"dwell of hours", 28, "    dwell_s: 7200", 28, 0, "dwell_s"},
    {"dwell that is no number", 28, "    dwell_s: nan", 28, 0, "dwell_s"},
    {"one step", 27, "    min_steps: 1", 27, 0, "min_steps"},
    {"eleven steps", 27, "    min_steps: 11", 27, 0, "min_steps"},
    {"incline limits the wrong way", 24, "    min_incline_pct: 11", 24, 0, "min_incline_pct"},
    {"nine words", 31, "    cue: Run taller and keep your chest up and ahead", 31, 0, "cue"},
    {"nine words in the third rule", 56, "    cue: a b c d e f g h i", 56, 0, "cue"},
    {"nine words with tabs", 31, "    cue: \"a\\tb\\tc\\td\\te\\tf\\tg\\th\\ti\"", 31, 0, "cue"},
    {"nine words with line breaks", 31, "    cue: \"a\\nb\\nc\\nd\\ne\\nf\\ng\\nh\\ni\"", 31, 0,
     "cue"},
    {"nine words with no-break spaces", 31,
     "    cue: a\xc2\xa0"
     "b\xc2\xa0"
     "c\xc2\xa0"
     "d\xc2\xa0"
     "e\xc2\xa0"
     "f\xc2\xa0"
     "g\xc2\xa0"
     "h\xc2\xa0"
     "i",
     31, 0, "cue"},
    {"nine words with thin and wide spaces", 31,
     "    cue: a\xe2\x80\x89"
     "b\xe2\x80\xaf"
     "c\xe3\x80\x80"
     "d\xe2\x80\x80"
     "e\xe2\x80\x8a"
     "f g h i",
     31, 0, "cue"},
    {"a cue of spaces", 31, "    cue: \"   \"", 31, 0, "cue"},
    {"a cue of a no-break space", 31, "    cue: \"\\_\"", 31, 0, "cue"},
    {"a title of spaces", 4, "    title: \" \"", 4, 0, "title"},
    {"a source of a tab", 30, "    source: \"\\t\"", 30, 0, "source"},
    {"a meaning of a line break", 32, "    meaning: \"\\n\"", 32, 0, "meaning"},
    {"a why of spaces", 33, "    why: \"  \"", 33, 0, "why"},
    {"advice of spaces", 34, "    advice: \"  \"", 34, 0, "advice"},
    {"an id of spaces", 48, "  - id: \"  \"", 48, 0, "id"},
    {"a measure of another view", 9, "      - measure: step_width_cm", 9, 0, "measure"},
    {"a view that does not see", 5, "    view: [rear, front]", 9, 0, "measure"},
    {"a second part of another view", 16, "      - measure: arm_crossover_pct", 16, 0, "measure"},
    {"an id twice", 48, "  - id: lean", 48, 0, "id"},
    {"a companion that is no rule", 42, "    only_with: [stand]", 42, 0, "only_with"},
    {"a companion of the third rule", 54, "    only_with: [lean, stand]", 54, 0, "only_with"},
    {"another version", 1, "version: 2", 1, 0, "version"},
    {"version 0", 1, "version: 0", 1, 0, "version"},
    {"a key twice in a rule", 22, "    need: 1\n    need: 1", 23, 0, "need"},
    {"a text twice in a rule", 31, "    cue: Run taller\n    cue: Run tall", 32, 0, "cue"},
    {"a key twice in a part", 14, "        hysteresis: 1\n        hysteresis: 1", 15, 0,
     "hysteresis"},
    {"a list twice in a part", 10, "        usual: [3, 10]\n        usual: [3, 9]", 11, 0, "usual"},
    {"version twice", 1, "version: 1\nversion: 1", 2, 0, "version"},
    /* not what rules are written in */
    {"a tab for spaces", 22, "\tneed: 1", 22, 0, ""},
    {"a bracket left open", 5, "    view: [side", 6, 0, ""},
    {"a quote left open", 34, "    advice: \"Look ahead.", 34, 61, ""},
    {"a colon too much", 4, "    title: Leaning: far", 4, 0, ""},
    {"indented otherwise", 4, "   title: Leaning", 4, 0, ""},
    {"an alias", 42, "    only_with: *them", 42, 0, ""},
    {"an anchor and its alias", 5, "    view: &v [side]\n    source: *v", 6, 0, ""},
};

static bool is_refused(const damage *d, const char *path)
{
    tread_rules *rules = (tread_rules *)&rules; /* has to be set */
    tread_error err = {.text = ""};
    int status = tread_rules_load(&rules, path, &err), line = -1;
    size_t length = strlen(path);
    if (status != TREAD_ERR_MODEL || rules) {
        print_message("%s: status %d, not refused: %s\n", d->what, status, err.text);
        tread_rules_destroy(&rules);
        return false;
    }
    const char *wrong = NULL;
    if (err.code != status)
        wrong = "code is not the status";
    else if (strncmp(err.text, path, length) != 0 || err.text[length] != ':')
        wrong = "does not begin with the file";
    else if (d->said > 0 && (sscanf(err.text + length, ":%d:", &line) != 1 || line < d->said ||
                             line > (d->until > 0 ? d->until : d->said)))
        wrong = "another line";
    else if (!strstr(err.text + length, d->key))
        wrong = "another key";
    else if (strchr(err.text, '\n'))
        wrong = "more than a line";
    if (wrong)
        print_message("%s: %s, not line %d and %s: %s\n", d->what, wrong, d->said, d->key,
                      err.text);
    return !wrong;
}

static void refused(const char *what, const char *path, int said, int until, const char *key)
{
    const damage d = {.what = what, .said = said, .until = until, .key = key};
    assert_true(is_refused(&d, path));
}

static void test_damaged_lines(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        n_wrong += !is_refused(&damages[i],
                               rulefile("rules.yaml", damaged(damages[i].line, damages[i].by)));
    assert_int_equal(n_wrong, 0);
}

/* Words that look like keys, in texts and comments and before the id, do not lead astray. */
static void test_lines_past_decoys(void **state)
{
    (void)state;
    static const char text[] = "# rules: id: none\n"
                               "version: 1\n"
                               "rules:\n"
                               "  - title: \"the id: of a title\" # id: this\n"
                               "    view: [side]\n"
                               "    side: both\n"
                               "    phase: stride\n"
                               "    dwell_s: -1\n"
                               "    parts: [{measure: cadence_spm, usual: [1, 2], high: [3]}]\n"
                               "    source: \"dwell_s: of judgement\"\n"
                               "    cue: Run\n"
                               "    meaning: M\n"
                               "    why: W\n"
                               "    advice: A\n"
                               "    id: first\n";
    refused("a key before the id", rulefile("rules.yaml", text), 8, 0, "dwell_s");
}

static void test_no_rule_file(void **state)
{
    (void)state;
    static const char junk[] = "\x7f"
                               "ELF\x02\x01\x01\0\0\0\0\0\0\xff\xfe\x80";
    char *large = malloc(1100000);
    assert_non_null(large);
    memset(large, '#', 1100000);
    size_t n = strlen(undamaged());
    memcpy(large, undamaged(), n);
    refused("over 1 MB", rulefile_bytes("rules.yaml", large, 1100000), 0, 0, "1 MB");
    large[1000000] = '\n'; /* a comment up to the very last byte allowed */
    const char *path = rulefile_bytes("rules.yaml", large, 1000000);
    tread_rules *rules = NULL;
    tread_error err;
    assert_int_equal(tread_rules_load(&rules, path, &err), TREAD_OK);
    tread_rules_destroy(&rules);
    free(large);
    refused("empty", rulefile("rules.yaml", ""), 1, 0, "empty");
    refused("a comment", rulefile("rules.yaml", "# nothing\n"), 1, 0, "empty");
    refused("only its beginning", rulefile("rules.yaml", "---\n"), 1, 0, "");
    refused("junk", rulefile_bytes("rules.yaml", junk, sizeof junk), 1, 0, "");
    refused("zeros", rulefile_bytes("rules.yaml", "version: 1\n\0\0\0", 14), 1, 3, "");
    refused("a text", rulefile("rules.yaml", "hello\n"), 1, 0, "");
    refused("a list", rulefile("rules.yaml", "- 1\n- 2\n"), 1, 0, "");
    refused("JSON of something else", rulefile("rules.yaml", "{\"frames\": []}\n"), 1, 0, "frames");
    refused("no rules in it", rulefile("rules.yaml", "version: 1\nrules: []\n"), 2, 0, "rules");
    refused("not there", rulefile_path("missing.yaml"), 0, 0, "cannot be read");
    refused("a folder", rulefile_dir, 0, 0, "cannot be read");
}

/* Cut off anywhere it is refused, or is a file with fewer rules. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    const char *text = undamaged();
    size_t size = strlen(text);
    for (size_t n = 0; n < size; n += 3) {
        tread_rules *rules = NULL;
        tread_error err = {.text = ""};
        int status = tread_rules_load(&rules, rulefile_bytes("rules.yaml", text, n), &err);
        if (status != TREAD_OK) {
            assert_int_equal(status, TREAD_ERR_MODEL);
            assert_null(rules);
            assert_true(strlen(err.text) > 0);
            continue;
        }
        require_between((double)tread_rules_count(rules), 1, 3);
        require_described(rules);
        tread_rules_destroy(&rules);
    }
}

/* ---- one file over another ---------------------------------------------------------- */

static const char *const more[] = {
    "version: 1",
    "rules:",
    "  - id: reach",
    "    title: Reaching far",
    "    view: [rear]",
    "    side: both",
    "    phase: contact",
    "    parts:",
    "      - {measure: step_width_cm, usual: [3, 12], low: [3, 0, -3]}",
    "    source: mine",
    "    cue: Step wider",
    "    meaning: The feet cross.",
    "    why: It strains.",
    "    advice: Mind the line.",
    "  - id: new",
    "    title: New",
    "    view: [side]",
    "    side: both",
    "    phase: contact",
    "    parts:",
    "      - {measure: cadence_spm, usual: [160, 190], low: [160]}",
    "    only_with: [slow]", /* of the other file */
    "    source: mine",
    "    cue: Quicker",
    "    meaning: M",
    "    why: W",
    "    advice: A",
};

static const char *more_text(size_t without)
{
    static char text[MAX_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (i + 1 != without)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", more[i]);
    return text;
}

static void test_extend(void **state)
{
    (void)state;
    tread_rules *rules = rulefile_loaded(undamaged());
    tread_error err = {.text = ""};
    if (tread_rules_extend(rules, rulefile("other.yaml", more_text(0)), &err) != TREAD_OK)
        fail_msg("%s", err.text);
    assert_int_equal(tread_rules_count(rules), 4);
    static const char *const ids[] = {"lean", "reach", "slow", "new"};
    static const char *const cues[] = {"Run taller", "Step wider", "Quicken your steps", "Quicker"};
    for (size_t i = 0; i < 4; i++) {
        tread_rule_info r;
        tread_rules_describe(rules, i, &r);
        assert_string_equal(r.id, ids[i]);
        assert_string_equal(r.cue, cues[i]);
    }
    tread_rule_info r;
    tread_rules_describe(rules, 1, &r);
    assert_int_equal(r.measure, TREAD_MEASURE_STEP_WIDTH_CM);
    assert_int_equal(r.views, TREAD_MEASURED_FROM_REAR);
    assert_int_equal(r.n_levels, 3);
    tread_rules_destroy(&rules);
}

/* `new` goes with a rule of the first file: alone it has no companion. */
static void test_companion_of_the_other_file(void **state)
{
    (void)state;
    refused("alone", rulefile("other.yaml", more_text(0)), 22, 0, "slow");
}

static void test_failed_extend_changes_nothing(void **state)
{
    (void)state;
    tread_rules *rules = rulefile_loaded(undamaged());
    tread_rule_info before[3];
    for (size_t i = 0; i < 3; i++)
        tread_rules_describe(rules, i, &before[i]);
    tread_error err;
    for (size_t without = 1; without <= sizeof more / sizeof *more; without++) {
        if (without == 22) /* only_with */
            continue;
        int status = tread_rules_extend(rules, rulefile("other.yaml", more_text(without)), &err);
        if (status != TREAD_ERR_MODEL)
            fail_msg("without line %zu: %d", without, status);
    }
    assert_int_equal(tread_rules_extend(rules, rulefile_path("missing.yaml"), &err),
                     TREAD_ERR_MODEL);
    assert_int_equal(tread_rules_count(rules), 3);
    for (size_t i = 0; i < 3; i++) {
        tread_rule_info r;
        tread_rules_describe(rules, i, &r);
        assert_ptr_equal(r.id, before[i].id);
        assert_ptr_equal(r.cue, before[i].cue);
        assert_string_equal(r.cue, before[i].cue);
        assert_int_equal(r.views, before[i].views);
        assert_int_equal(r.measure, before[i].measure);
    }
    tread_rules_destroy(&rules);
}

/* Later files over earlier ones, up to a limit that is told. */
static void test_extend_again(void **state)
{
    (void)state;
    tread_rules *rules = rulefile_loaded(undamaged());
    tread_error err;
    int status = TREAD_OK, n = 0;
    for (; status == TREAD_OK && n < 100; n++)
        status = tread_rules_extend(rules, rulefile("other.yaml", undamaged()), &err);
    assert_true(n > 2);
    assert_int_equal(tread_rules_count(rules), 3);
    require_described(rules);
    tread_rules_destroy(&rules);
}

static void test_null_safe(void **state)
{
    (void)state;
    tread_rules *rules = NULL;
    tread_rules_destroy(NULL);
    tread_rules_destroy(&rules);
    assert_int_equal(tread_rules_count(NULL), 0);
    rules = rulefile_loaded(undamaged());
    assert_int_equal(tread_rules_extend(rules, NULL, NULL), TREAD_ERR_ARG);
    assert_int_equal(tread_rules_extend(NULL, rulefile_path("rules.yaml"), NULL), TREAD_ERR_ARG);
    assert_int_equal(tread_rules_extend(rules, rulefile_path("missing.yaml"), NULL),
                     TREAD_ERR_MODEL);
    tread_rules_destroy(&rules);
    assert_null(rules);
    tread_rules_destroy(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_usual_path),
        cmocka_unit_test(test_good_file),
        cmocka_unit_test(test_optional_keys),
        cmocka_unit_test(test_what_is_let_through),
        cmocka_unit_test(test_damaged_lines),
        cmocka_unit_test(test_lines_past_decoys),
        cmocka_unit_test(test_no_rule_file),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_extend),
        cmocka_unit_test(test_companion_of_the_other_file),
        cmocka_unit_test(test_failed_extend_changes_nothing),
        cmocka_unit_test(test_extend_again),
        cmocka_unit_test(test_null_safe),
    };
    return cmocka_run_group_tests(tests, rulefile_setup, rulefile_teardown);
}

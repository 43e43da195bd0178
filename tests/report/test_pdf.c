/* report.pdf as other programs read it: text, pages, fonts, pictures, date; and where it is easy
 * to get wrong: names that are markup or no text at all, nothing measured, very much to say, a
 * full disk. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gait/runner.h"
#include "report/report.h"
#include "vision/vision.h"

#define FPS 30.0
#define LARGEST_BYTES 1000000
#define N_LONG_RULES 40
#define LONG_TEXT 490 /* as long as the rule file lets a text be, nearly */

/* ---- a session, and its document ---------------------------------------------------- */

typedef struct session {
    tread_analyzer *analyzer;
    tread_rules *rules;
    tread_form *form;
    tread_step *steps;
    tread_session_opts opts;
    tread_source_facts facts;
    tread_run run;
} session;

/* `duration_s` of the usual runner, or of nobody. */
static void begin(session *s, const char *rules, double duration_s, bool is_there)
{
    tread_error err;
    *s = (session){.opts.model = TREAD_MODEL_DEFAULT,
                   .facts = {.container = "landmarks", .codec = "<i>", .n_frames = 1}};
    s->opts.analyzer.view = is_there ? TREAD_VIEW_LEFT : TREAD_VIEW_AUTO;
    assert_int_equal(tread_analyzer_create(&s->analyzer, &s->opts.analyzer), TREAD_OK);
    assert_int_equal(tread_rules_load(&s->rules, rules, &err), TREAD_OK);
    for (int i = 0; i < (int)(duration_s * FPS); i++) {
        tread_landmarks lm = {.frame = i, .time_s = i / FPS};
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            lm.x_px[k] = lm.y_px[k] = lm.z_px[k] = NAN;
        if (is_there)
            runner_landmarks(&runner_usual, i / FPS, 0, NULL, &lm);
        lm.frame = i;
        assert_int_equal(tread_analyzer_push(s->analyzer, &lm), TREAD_OK);
    }
    assert_int_equal(tread_analyzer_finish(s->analyzer), TREAD_OK);
    tread_overview v;
    tread_analyzer_overview(s->analyzer, &v);
    s->steps = calloc((size_t)v.n_steps + 1, sizeof *s->steps);
    assert_non_null(s->steps);
    assert_int_equal(tread_form_create(&s->form, s->rules), TREAD_OK);
    s->run = (tread_run){.clip = "a clip.mp4",
                         .opts = &s->opts,
                         .facts = &s->facts,
                         .analyzer = s->analyzer,
                         .rules = s->rules,
                         .steps = s->steps};
    while (tread_analyzer_next_step(s->analyzer, &s->steps[s->run.n_steps]) == TREAD_OK)
        assert_int_equal(tread_form_step(s->form, s->analyzer, &s->steps[s->run.n_steps++]),
                         TREAD_OK);
    s->run.n_faults = tread_form_faults(s->form, &s->run.faults);
}

static void end(session *s)
{
    tread_form_destroy(&s->form);
    tread_rules_destroy(&s->rules);
    tread_analyzer_destroy(&s->analyzer);
    free(s->steps);
}

static char *written(const session *s, const tread_report_page *page, size_t *size)
{
    tread_error err;
    char *data = NULL;
    FILE *f = open_memstream(&data, size);
    assert_non_null(f);
    assert_int_equal(tread_report__pdf(f, &s->run, page, &err), TREAD_OK);
    assert_int_equal(fclose(f), 0);
    assert_true(*size < LARGEST_BYTES);
    return data;
}

/* What `program FILE then` says about the document, 0-terminated. */
static char *asked(const char *program, const char *then, const char *pdf, size_t pdf_size)
{
    char path[] = "/tmp/treadscope-pdf-XXXXXX", command[256], block[4096], *text = NULL;
    size_t size;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, pdf, pdf_size), (ssize_t)pdf_size);
    assert_int_equal(close(file), 0);
    snprintf(command, sizeof command, "%s %s %s", program, path, then);
    FILE *in = popen(command, "r"), *out = open_memstream(&text, &size);
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;)
        assert_int_equal(fwrite(block, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
    unlink(path);
    if (pclose(in) != 0) {
        print_message("`%s` failed: are poppler-utils installed? (tools/setup)\n", command);
        fail();
    }
    return text;
}

static void assert_says(const char *text, const char *what, bool is_said)
{
    if ((strstr(text, what) != NULL) != is_said) {
        print_message("%s: %s\n%s\n", is_said ? "not said" : "said", what, text);
        fail();
    }
}

static int assert_2_to_4_pages(const char *pdf, size_t size)
{
    char *info = asked("pdfinfo", "", pdf, size);
    const char *pages = strstr(info, "Pages:");
    assert_non_null(pages);
    int n = atoi(pages + 6);
    assert_in_range(n, 2, 4);
    assert_says(info, "595.28 x 841.89 pts (A4)", true);
    free(info);
    return n;
}

/* ---- what is tested ------------------------------------------------------------------- */

static void names_are_text(void **state)
{
    (void)state;
    session s;
    size_t size;
    begin(&s, NULL, 8, true);
    s.run.clip = "dir/<b>bold<i> & \xff.mp4";
    const tread_report_page page = {.runner = "Zoë Łukasz 山田太郎 محمد",
                                    .date = "<i>' & \x01 \xff"};
    char *pdf = written(&s, &page, &size), *text = asked("pdftotext -layout", "-", pdf, size);
    assert_says(text, "Zoë Łukasz", true);
    assert_says(text, "<b>bold<i> &", true);
    assert_says(text, "<i>' & \xef\xbf\xbd \xef\xbf\xbd", true);
    int n_pages = assert_2_to_4_pages(pdf, size);
    for (int n = 1; n <= n_pages; n++) {
        char foot[32];
        snprintf(foot, sizeof foot, "page %d of %d", n, n_pages);
        assert_says(text, foot, true);
    }
    assert_says(text, "they are no diagnosis", true);
    free(text);
    text = asked("pdfinfo", "", pdf, size);
    assert_says(text, "Zoë Łukasz 山田太郎 محمد – running form", true);
    free(text);
    free(pdf);
    end(&s);
}

static void says_what_was_measured(void **state)
{
    static const char *const said[] = {"Cadence",
                                       "160",
                                       "steps/min",
                                       "Every number",
                                       "Left and right",
                                       "Through the stride",
                                       "How the feet land",
                                       "How well it could be measured",
                                       "Where the usual ranges come from"};
    (void)state;
    session s;
    size_t size;
    begin(&s, NULL, 8, true);
    char *pdf = written(&s, &(tread_report_page){.runner = NULL}, &size);
    char *text = asked("pdftotext -layout", "-", pdf, size);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_says(text, said[i], true);
    assert_says(text, "nan", false);
    free(text);
    free(pdf);
    end(&s);
}

static void nothing_measured_is_said(void **state)
{
    (void)state;
    for (int duration_s = 0; duration_s <= 1; duration_s++) {
        session s;
        size_t size;
        begin(&s, NULL, duration_s, false);
        char *pdf = written(&s, &(tread_report_page){.runner = NULL}, &size);
        char *text = asked("pdftotext -layout", "-", pdf, size);
        assert_says(text, "No steps could be measured", true);
        assert_says(text, "Not measured, and why", true);
        assert_says(text, "No pictures", true);
        assert_says(text, "nan", false);
        assert_2_to_4_pages(pdf, size);
        free(text);
        free(pdf);
        end(&s);
    }
}

/* Dated as the session, never as today, and so the same bytes twice. */
static void dated_as_told(void **state)
{
    static const char *const dates[][2] = {
        {"2026-03-01", "2026-03-01T"}, {"2026-03-01 18:30", "2026-03-01T18:30:00"}, {NULL, NULL}};
    (void)state;
    session s;
    size_t size, again;
    begin(&s, NULL, 8, true);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        const tread_report_page page = {.date = dates[i][0]};
        char *pdf = written(&s, &page, &size);
        char *info = asked("pdfinfo -isodates", "", pdf, size);
        assert_says(info, "CreationDate", dates[i][0] != NULL);
        if (dates[i][1])
            assert_says(info, dates[i][1], true);
        free(info);
        char *second = written(&s, &page, &again);
        assert_int_equal(size, again);
        assert_memory_equal(pdf, second, size);
        free(second);
        free(pdf);
    }
    end(&s);
}

/* JPEGs go in byte for byte. */
static void pictures_are_kept(void **state)
{
    enum { WIDTH = 90, HEIGHT = 120 };
    static uint8_t bgra[4 * WIDTH * HEIGHT];
    (void)state;
    for (size_t i = 0; i < sizeof bgra; i++)
        bgra[i] = (uint8_t)(i * 2654435761u >> 16);
    session s;
    tread_jpeg *encoder = NULL;
    const uint8_t *jpeg;
    size_t jpeg_size, size;
    assert_int_equal(tread_vision__jpeg_create(&encoder, WIDTH, HEIGHT), TREAD_OK);
    assert_int_equal(
        tread_vision__jpeg_encode(encoder, bgra, (ptrdiff_t)4 * WIDTH, &jpeg, &jpeg_size),
        TREAD_OK);
    begin(&s, NULL, 8, true);
    uint8_t *copy = malloc(jpeg_size);
    assert_non_null(copy);
    memcpy(copy, jpeg, jpeg_size);
    const tread_key_frame frame = {.moment = TREAD_MOMENT_CONTACT,
                                   .jpeg = copy,
                                   .jpeg_size = jpeg_size,
                                   .width_px = WIDTH,
                                   .height_px = HEIGHT};
    char *pdf = written(&s, &(tread_report_page){.frames = &frame, .n_frames = 1}, &size);
    size_t at = 0;
    while (at + jpeg_size <= size && memcmp(pdf + at, jpeg, jpeg_size) != 0)
        at++;
    assert_true(at + jpeg_size <= size);
    free(pdf);
    free(copy);
    end(&s);
    tread_vision__jpeg_destroy(&encoder);
}

static void full_disk(void **state)
{
    (void)state;
    session s;
    tread_error err = {.code = TREAD_OK};
    begin(&s, NULL, 8, true);
    FILE *f = fopen("/dev/full", "w");
    assert_non_null(f);
    assert_int_equal(tread_report__pdf(f, &s.run, &(tread_report_page){.runner = NULL}, &err),
                     TREAD_ERR_OUTPUT);
    assert_says(err.text, "report.pdf: cannot be written (No space left on device)", true);
    fclose(f);
    end(&s);
}

/* As many and as long as rules come. */
static void write_long_rules(const char *path)
{
    static const char *const measures[] = {"trunk_lean_deg",           "trunk_lean_contact_deg",
                                           "knee_flexion_contact_deg", "hip_extension_peak_deg",
                                           "knee_flexion_toe_off_deg", "shank_angle_contact_deg"};
    char text[LONG_TEXT + 1];
    for (int i = 0; i < LONG_TEXT; i++)
        text[i] = i % 7 == 6 ? ' ' : (char)('a' + i % 26);
    text[LONG_TEXT] = '\0';
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("version: 1\nrules:\n", f);
    for (int i = 0; i < N_LONG_RULES; i++)
        fprintf(f,
                "  - id: long_%d\n    title: Rule %d %.60s\n    view: [side]\n    side: both\n"
                "    phase: midstance\n    parts:\n"
                "      - {measure: %s, usual: [-80, -70], high: [-69, 900], hysteresis: 0.5}\n"
                "    min_steps: 3\n    dwell_s: 1\n    source: Source %d %.480s\n    cue: Run\n"
                "    meaning: %s\n    why: %s\n    advice: %s\n",
                i, i, text, measures[i % 6], i, text, text, text, text);
    assert_int_equal(fclose(f), 0);
}

static void ten_minutes_with_much_to_say(void **state)
{
    (void)state;
    char path[] = "/tmp/treadscope-rules-XXXXXX", name[201];
    session s;
    size_t size;
    memset(name, 'M', 200);
    name[200] = '\0';
    close(mkstemp(path));
    write_long_rules(path);
    begin(&s, path, 600, true);
    unlink(path);
    assert_true(s.run.n_faults >= N_LONG_RULES);
    s.run.clip = name;
    char *pdf = written(&s, &(tread_report_page){.runner = name}, &size);
    assert_2_to_4_pages(pdf, size);
    char *text = asked("pdftotext -layout", "-", pdf, size);
    assert_says(text, "Two things to work on", true);
    assert_says(text, "When it happened", true);
    free(text);
    /* name, type, encoding, embedded, subset, ...: two lines of head */
    text = asked("pdffonts", "| awk 'NR > 2 { print \"embedded:\" $(NF - 4) }'", pdf, size);
    assert_says(text, "embedded:yes", true);
    assert_says(text, "embedded:no", false);
    free(text);
    free(pdf);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_text),
        cmocka_unit_test(says_what_was_measured),
        cmocka_unit_test(nothing_measured_is_said),
        cmocka_unit_test(dated_as_told),
        cmocka_unit_test(pictures_are_kept),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(ten_minutes_with_much_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* report.html where it is easy to get wrong: names that are markup, and a run that measured
 * nothing. How it looks and behaves is tested in tests/web. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"

/* The document about an analyzer that has seen `n` frames without anybody. */
static char *write_report(const char *clip, const tread_report_page *page, int n)
{
    tread_analyzer *analyzer = NULL;
    tread_rules *rules = NULL;
    tread_error err;
    assert_int_equal(tread_analyzer_create(&analyzer, NULL), TREAD_OK);
    assert_int_equal(tread_rules_load(&rules, NULL, &err), TREAD_OK);
    for (int i = 0; i < n; i++) {
        tread_landmarks lm = {.frame = i, .time_s = i / 30.0};
        for (int k = 0; k < TREAD_N_LANDMARKS; k++)
            lm.x_px[k] = lm.y_px[k] = lm.z_px[k] = NAN;
        assert_int_equal(tread_analyzer_push(analyzer, &lm), TREAD_OK);
    }
    assert_int_equal(tread_analyzer_finish(analyzer), TREAD_OK);
    tread_session_opts opts = {.model = TREAD_MODEL_DEFAULT};
    tread_source_facts facts = {.container = "landmarks", .codec = "<i>", .n_frames = n};
    tread_run run = {
        .clip = clip, .opts = &opts, .facts = &facts, .analyzer = analyzer, .rules = rules};
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    assert_int_equal(tread_report__html(f, &run, page, &err), TREAD_OK);
    fclose(f);
    tread_rules_destroy(&rules);
    tread_analyzer_destroy(&analyzer);
    return text;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

static void names_are_text(void **state)
{
    (void)state;
    const tread_report_page page = {.runner = "\"><img src=x onerror=alert(1)>",
                                    .date = "' & \x01 \xff",
                                    .video = "a\"b<c>.mp4"};
    char *text = write_report("dir/<script>alert(1)<.mp4", &page, 30);
    assert_int_equal(count(text, "<script"), 1); /* the page's own */
    assert_int_equal(count(text, "<img"), 0);
    assert_int_equal(count(text, "<i>"), 0);
    assert_true(count(text, "&lt;script&gt;alert(1)&lt;.mp4") >= 1);
    assert_true(count(text, "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;") >= 1);
    assert_int_equal(count(text, "&#39; &amp; \xef\xbf\xbd \xef\xbf\xbd"), 1);
    assert_true(count(text, "href=\"a&quot;b&lt;c&gt;.mp4") >= 1);
    free(text);
}

static void nothing_measured_is_said(void **state)
{
    (void)state;
    const tread_report_page page = {.runner = NULL};
    for (int n = 0; n <= 30; n += 30) { /* without any frame, and without anybody in them */
        char *text = write_report("empty.csv", &page, n);
        assert_int_equal(count(text, "No steps could be measured"), 1);
        assert_int_equal(count(text, "Not measured, and why"), 1);
        assert_int_equal(count(text, "No pictures"), 1);
        assert_int_equal(count(text, "</html>"), 1);
        /* a number that is none must not reach the page */
        const char *body = strstr(text, "<main>");
        assert_non_null(body);
        *strstr(text, "<script>") = '\0';
        assert_int_equal(count(body, "nan"), 0);
        assert_int_equal(count(body, "inf"), 0);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_text),
        cmocka_unit_test(nothing_measured_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

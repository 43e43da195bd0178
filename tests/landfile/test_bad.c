/* What is no landmark file, or a damaged one, is refused with a line that says why. */
#include "written.h"

#define TRC_START                                                                                  \
    "PathFileType\t4\t(X/Y/Z)\tx.trc\nDataRate\tUnits\n60\tm\nFrame#\tTime\tRKnee\t\t\n"

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "empty"},
        {"\xEF\xBB\xBF", "empty"},
        {"\n\n", "not a landmark file"},
        {"hello\n", "not a landmark file"},
        {"Dear reader, this is no CSV.\n1,2\n", "no columns of keypoints"},
        {"nose_x,comment\n1,2\n", "no columns of keypoints"},
        {"x_0,y_0,x_1,y_1\n1,2,3,4\n", "keypoints numbered 0 to 1"},
        {"time,nose_x,nose_y\n", "no frame"},
        {"time,nose_x,nose_y\n0,1\n", "line 2 has 2 fields"},
        {"time,nose_x,nose_y\n0,10,10\n0.1,one,10\n", "line 3: 'one' is no number"},
        {"nose_x,nose_y\n10,10\n", "--fps N"},
        {"time,nose_x,nose_y\n0,0.5,0.5\n", "shares of a picture"},
        {"time,nose_x,nose_y\n5,10,10\n4,10,10\n3,10,10\n2,10,10\n", "times of 3 of 4"},
        {"time,nose_x,nose_y\nnan,10,10\n", "times of 1 of 1"},
        {"time,nose_x,nose_y\n1e300,10,10\n", "times of 1 of 1"},
        {"# treadscope-landmarks/1\nframe\n", "version 1"},
        {"# treadscope-landmarks/2\n", "cut short"},
        {"# treadscope-landmarks/2 width_px=1 height_px=1\nframe,time_s,presence,nose_x\n",
         "cut short"},
        {TRC_START, "cut short"},
        {"PathFileType\t4\n", "cut short"},
        {TRC_START "\t\tX1\tY1\tZ1\n", "no frame"},
        {TRC_START "\t\tX1\tY1\tZ1\n1\n", "line 6 has no time"},
        {TRC_START "\t\tX1\tY1\tZ1\n1\t0\tx\n", "line 6: 'x' is no number"},
        {"PathFileType\nDataRate\n60\nFrame#\tTime\tC7\t\t\n\n", "none of its markers"},
        {"{", "is the file complete"},
        {"[[[1,2,3],[1,2", "is the file complete"},
        {"{\"fps\": 30}", "no \"frames\""},
        {"{\"people\": []}", "folder"},
        {"{\"frames\": 1000000000, \"fps\": 30}", "no \"frames\""},
        {"{\"frames\": [], \"fps\": 30}", "no frame"},
        {"{\"frames\": [[]]}", "--fps N"},
        {"{\"fps\": -30, \"frames\": [[]]}", "--fps N"},
        {"{\"fps\": 30, \"frames\": [5]}", "no list of keypoints"},
        {"{\"fps\": 30, \"frames\": [[1,2,3]]}", "1 keypoints"},
        {"{\"fps\": 30, \"frames\": [[[1,2,3],[1,2,3]]]}", "2 keypoints"},
        {"{\"fps\": 30, \"keypoint_names\": [\"nose\"], \"frames\": [[[1]]]}", "neither"},
        {"{\"fps\": 30, \"keypoint_names\": [\"nose\"], \"frames\": [[\"x\"]]}", "keypoints"},
        {"{\"fps\": 30, \"keypoint_names\": [\"tail\"], \"frames\": [[[1,2,3]]]}", "none of its"},
        {"{\"fps\": 30, \"frames\": [{\"people\": 3}]}", "no list"},
        {"{\"fps\": 30, \"frames\": [[]], \"x\": 1e999}", "line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tread_landfile *f;
        tread_error err;
        int status = parse_text(&f, cases[i].text, 0, &err);
        if (status == TREAD_OK) {
            tread_landfile__close(&f);
            fail_msg("taken: %s", cases[i].text);
        }
        assert_null(f);
        if (status != TREAD_ERR_INPUT || !strstr(err.text, cases[i].says) ||
            strchr(err.text, '\n') || strncmp(err.text, "test: ", 6) != 0)
            fail_msg("%d, \"%s\", wanted \"%s\": %s", status, err.text, cases[i].says,
                     cases[i].text);
    }
}

static void test_bytes_and_bounds(void **state)
{
    (void)state;
    tread_landfile *f;
    tread_error err;
    assert_int_equal(parse_bytes(&f, "time,nose_x\0,nose_y\n", 20, 0, &err), TREAD_ERR_INPUT);
    size_t n = LANDFILE_MAX_LINE + 100;
    char *line = malloc(n);
    assert_non_null(line);
    memset(line, ',', n);
    assert_int_equal(parse_bytes(&f, line, n, 0, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "longer than"));
    assert_int_equal(parse_bytes(&f, line, LANDFILE_MAX_COLUMNS + 1, 0, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "columns"));
    memset(line, '[', n); /* JSON as deep as it is long */
    assert_int_equal(parse_bytes(&f, line, n, 0, &err), TREAD_ERR_INPUT);
    free(line);
    assert_int_equal(tread_landfile__parse(&f, "test", "", 0, (double)NAN, &err), TREAD_ERR_ARG);
    assert_int_equal(tread_landfile__open(&f, "/nonexistent/file", 0, &err), TREAD_ERR_INPUT);
    assert_int_equal(tread_landfile__parse(&f, "test", "hello", 5, 0, NULL), TREAD_ERR_INPUT);
    assert_null(f);
}

/* One frame in ten may come at a wrong time; it is left out and counted. */
static void test_few_time_faults(void **state)
{
    (void)state;
    written w = {.n = 0};
    write_more(&w, "time,nose_x,nose_y\n-5,10,10\n");
    for (int i = 0; i < 20; i++)
        write_more(&w, "%d,10,10\n", i == 7 ? 3 : i);
    tread_landfile *f = must_parse(w.text, 0);
    const tread_landfile_info *info = tread_landfile__info(f);
    assert_int_equal(info->n_frames, 20);
    assert_int_equal(info->n_time_faults, 1);
    double last = -INFINITY;
    for (int i = 0; i < 20; i++) {
        tread_landmarks lm = must_next(f);
        assert_true(lm.time_s > last);
        last = lm.time_s;
    }
    must_end(&f);
}

/* A log cut off at any byte is refused or holds whole rows; it never reads beyond. */
static void test_log_cut_anywhere(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    tread_landmarks lm = {.presence = 1};
    tread_landfile__log_header(stream, 0, 0);
    for (int i = 0; i < 2; i++) {
        lm.frame = i;
        lm.time_s = i;
        tread_landfile__log_row(stream, &lm);
    }
    fclose(stream);
    for (size_t n = 0; n < size; n++) {
        tread_landfile *f;
        tread_error err;
        if (parse_bytes(&f, text, n, 0, &err) != TREAD_OK)
            continue;
        /* The last cell may lack digits, no more. */
        assert_true(tread_landfile__info(f)->n_frames >= 1);
        tread_landfile__close(&f);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bytes_and_bounds),
        cmocka_unit_test(test_few_time_faults),
        cmocka_unit_test(test_log_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every format, from a small file written here: the right number in the right landmark. */
#include <stdbool.h>
#include <unistd.h>

#include "written.h"

/* Keypoint k of a set stands at (100 + k, 200 + 2k), so that a point tells its number. */
static void require_point(const tread_landmarks *lm, enum tread_landmark point, int k)
{
    if (k < 0) {
        require_nan((double)lm->x_px[point]);
        require_nan((double)lm->y_px[point]);
        return;
    }
    require_near((double)lm->x_px[point], 100 + k, 0);
    require_near((double)lm->y_px[point], 200 + 2 * k, 0);
}

/* Where the joints that matter stand in each set: PEERS.md section 5b and the tools'
 * own tables; -1 = not in the set. */
static const struct {
    int n;
    int nose, left_ear, left_shoulder, right_wrist, left_hip, right_knee, left_ankle, left_toe,
        right_toe, left_heel, right_heel;
} sets[] = {
    {17, 0, 3, 5, 10, 11, 14, 15, -1, -1, -1, -1},
    {25, 0, 18, 5, 4, 12, 10, 14, 19, 22, 21, 24},
    {26, 0, 3, 5, 10, 11, 14, 15, 20, 21, 24, 25},
    {33, 0, 7, 11, 16, 23, 26, 27, 31, 32, 29, 30},
};
#define N_SETS (sizeof sets / sizeof *sets)

static void require_set(const tread_landmarks *lm, size_t i)
{
    require_point(lm, TREAD_LM_NOSE, sets[i].nose);
    require_point(lm, TREAD_LM_LEFT_EAR, sets[i].left_ear);
    require_point(lm, TREAD_LM_LEFT_SHOULDER, sets[i].left_shoulder);
    require_point(lm, TREAD_LM_RIGHT_WRIST, sets[i].right_wrist);
    require_point(lm, TREAD_LM_LEFT_HIP, sets[i].left_hip);
    require_point(lm, TREAD_LM_RIGHT_KNEE, sets[i].right_knee);
    require_point(lm, TREAD_LM_LEFT_ANKLE, sets[i].left_ankle);
    require_point(lm, TREAD_LM_LEFT_TOE, sets[i].left_toe);
    require_point(lm, TREAD_LM_RIGHT_TOE, sets[i].right_toe);
    require_point(lm, TREAD_LM_LEFT_HEEL, sets[i].left_heel);
    require_point(lm, TREAD_LM_RIGHT_HEEL, sets[i].right_heel);
    require_near((double)lm->presence, 1, 0);
    require_near((double)lm->confidence[TREAD_LM_LEFT_HIP], 0.5, 0);
    require_nan((double)lm->z_px[TREAD_LM_LEFT_HIP]);
}

/* ---- JSON -------------------------------------------------------------------- */

static void test_json_points_by_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SETS; i++)
        for (int is_flat = 0; is_flat < 2; is_flat++) {
            written w = {.n = 0};
            write_more(&w, "{\"fps\": 50, \"width\": 640, \"height\": 480, \"frames\": [null, [");
            for (int k = 0; k < sets[i].n; k++)
                write_more(&w, is_flat ? "%s%d,%d,0.5" : "%s[%d,%d,0.5]", k ? "," : "", 100 + k,
                           200 + 2 * k);
            write_more(&w, "]]}");
            tread_landfile *f = must_parse(w.text, 0);
            const tread_landfile_info *info = tread_landfile__info(f);
            assert_string_equal(info->format, "json");
            require_near(info->width_px, 640, 0);
            require_near(info->fps, 50, 0);
            assert_int_equal(info->n_frames, 2);
            tread_landmarks lm = must_next(f);
            require_near((double)lm.presence, 0, 0);
            require_nan((double)lm.x_px[TREAD_LM_NOSE]);
            lm = must_next(f);
            require_set(&lm, i);
            require_near(lm.time_s, 0.02, 0);
            assert_int_equal(lm.frame, 1);
            must_end(&f);
        }
}

static void test_json_names_times_and_scores(void **state)
{
    (void)state;
    tread_landfile *f =
        must_parse("{\"schema\": \"gaitlab.pose/v1\", \"fps\": 30, \"keypoint_names\": "
                   "[\"mid_hip\", \"l_hip\","
                   "\"R-Knee\", \"r_big_toe\", \"l_small_toe\", \"RIGHT_FOOT_INDEX\"], "
                   "\"timestamps\": [1.5, 2],"
                   "\"frames\": [[[9,9,1],[10,11,1.035],[12,13,-0.5],[0,0,0],[9,9,1],null],"
                   "[[9,9,1],[10,NaN,1],[-Infinity,13,1],[1e7,2,1],[9,9,1],[77,78]]]}",
                   0);
    tread_landmarks lm = must_next(f);
    require_near(lm.time_s, 1.5, 0);
    require_near((double)lm.x_px[TREAD_LM_LEFT_HIP], 10, 0);
    require_near((double)lm.confidence[TREAD_LM_LEFT_HIP], 1, 0);
    require_near((double)lm.x_px[TREAD_LM_RIGHT_KNEE], 12, 0);
    require_near((double)lm.confidence[TREAD_LM_RIGHT_KNEE], 0, 0);
    require_nan((double)lm.x_px[TREAD_LM_RIGHT_TOE]); /* 0, 0, 0 is nothing found */
    lm = must_next(f);
    require_near(lm.time_s, 2, 0);
    require_nan((double)lm.x_px[TREAD_LM_LEFT_HIP]);
    require_nan((double)lm.x_px[TREAD_LM_RIGHT_KNEE]);
    require_near((double)lm.x_px[TREAD_LM_RIGHT_TOE], 77, 0);
    require_near((double)lm.confidence[TREAD_LM_RIGHT_TOE], 1, 0);
    must_end(&f);
}

static void test_json_of_objects(void **state)
{
    (void)state;
    tread_landfile *f = must_parse(
        "{\"frames\": [{\"frame\": 7, \"time_s\": 0.25, \"landmarks\": [{\"name\": \"LEFT_KNEE\","
        "\"x\": 30, \"y\": 40, \"z\": 1, \"visibility\": 0.25}]},"
        "{\"frame\": 8, \"timestamp_ms\": 500, \"keypoints\": {\"nose\": [50, 60, 0.75]}}]}",
        0);
    tread_landmarks lm = must_next(f);
    assert_int_equal(lm.frame, 7);
    require_near(lm.time_s, 0.25, 0);
    require_near((double)lm.y_px[TREAD_LM_LEFT_KNEE], 40, 0);
    require_near((double)lm.confidence[TREAD_LM_LEFT_KNEE], 0.25, 0);
    lm = must_next(f);
    require_near(lm.time_s, 0.5, 0);
    require_near((double)lm.x_px[TREAD_LM_NOSE], 50, 0);
    require_nan((double)lm.x_px[TREAD_LM_LEFT_KNEE]);
    must_end(&f);
}

/* Shares of a picture, as MediaPipe gives them. */
static void test_json_shares(void **state)
{
    (void)state;
    tread_landfile *f =
        must_parse("{\"fps\": 30, \"width\": 1280, \"height\": 720,"
                   "\"keypoint_names\": [\"nose\"], \"frames\": [[[0.25, 0.5, 1]]]}",
                   0);
    tread_landmarks lm = must_next(f);
    require_near((double)lm.x_px[TREAD_LM_NOSE], 320, 0);
    require_near((double)lm.y_px[TREAD_LM_NOSE], 360, 0);
    must_end(&f);
}

/* A person of 17 points, 2 s px tall, with the middle at (x, y). */
static void write_person(written *w, double x, double y, double s)
{
    for (int k = 0; k < 17; k++)
        write_more(w, "%s%g,%g,0.5", k ? "," : "", x, k == 0 ? y - s : k == 16 ? y + s : y);
}

static void test_alphapose_keeps_the_runner(void **state)
{
    (void)state;
    /* The runner is the largest at first; a larger person passes in frame 2, and the
     * runner is missing in frame 3. */
    static const struct {
        int frame;
        double x, size;
    } seen[] = {{1, 900, 50}, {1, 300, 100}, {2, 310, 100}, {2, 900, 200}, {3, 905, 200}};
    written w = {.n = 0};
    write_more(&w, "[");
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        write_more(&w, "%s{\"image_id\": \"%d.jpg\", \"score\": 2.5, \"keypoints\": [",
                   i ? "," : "", seen[i].frame);
        write_person(&w, seen[i].x, 400, seen[i].size);
        write_more(&w, "]}");
    }
    write_more(&w, "]");
    tread_landfile *f = must_parse(w.text, 25);
    const double x[] = {300, 310, 905};
    for (int i = 0; i < 3; i++) {
        tread_landmarks lm = must_next(f);
        assert_int_equal(lm.frame, i + 1);
        require_near(lm.time_s, (i + 1) / 25.0, 0);
        require_near((double)lm.x_px[TREAD_LM_NOSE], x[i], 0);
    }
    must_end(&f);
}

static void test_mmpose(void **state)
{
    (void)state;
    written w = {.n = 0};
    write_more(&w, "{\"instance_info\": [{\"frame_id\": 1, \"instances\": []}, {\"frame_id\": 2, "
                   "\"instances\": [{\"keypoints\": [");
    for (int k = 0; k < 26; k++)
        write_more(&w, "%s[%d, %d]", k ? "," : "", 100 + k, 200 + 2 * k);
    write_more(&w, "], \"keypoint_scores\": [");
    for (int k = 0; k < 26; k++)
        write_more(&w, "%s0.5", k ? "," : "");
    write_more(&w, "]}]}]}");
    tread_landfile *f = must_parse(w.text, 30);
    tread_landmarks lm = must_next(f);
    require_near((double)lm.presence, 0, 0);
    lm = must_next(f);
    require_set(&lm, 2);
    must_end(&f);
}

/* ---- OpenPose ------------------------------------------------------------------ */

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void remove_file(const char *dir, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    unlink(path);
}

static void test_openpose_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"run_000000000010_keypoints.json",
                                        "run_000000000009_keypoints.json", "notes.txt"};
    char dir[] = "/tmp/treadscope-openpose-XXXXXX";
    assert_non_null(mkdtemp(dir));
    written w = {.n = 0};
    write_more(&w,
               "{\"version\": 1.3, \"people\": [{\"person_id\": [-1], \"pose_keypoints_2d\": [");
    for (int k = 0; k < 25; k++)
        write_more(&w, "%s%d,%d,0.5", k ? "," : "", 100 + k, 200 + 2 * k);
    write_more(&w, "], \"face_keypoints_2d\": []}]}");
    write_file(dir, names[0], w.text);
    write_file(dir, names[1], "{\"version\": 1.3, \"people\": []}");
    write_file(dir, names[2], "not a frame");

    tread_landfile *f;
    tread_error err;
    assert_int_equal(tread_landfile__open(&f, dir, 0, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "--fps"));
    assert_int_equal(tread_landfile__open(&f, dir, 50, &err), TREAD_OK);
    assert_string_equal(tread_landfile__info(f)->format, "openpose");
    tread_landmarks lm = must_next(f);
    assert_int_equal(lm.frame, 9);
    require_near((double)lm.presence, 0, 0);
    lm = must_next(f);
    require_set(&lm, 1);
    require_near(lm.time_s, 0.2, 0);
    must_end(&f);

    write_file(dir, names[1], "{\"people\": [{\"pose_keypoints_2d\": [1,2");
    assert_int_equal(tread_landfile__open(&f, dir, 50, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, names[1]));
    for (int i = 0; i < 3; i++)
        remove_file(dir, names[i]);
    assert_int_equal(tread_landfile__open(&f, dir, 50, &err), TREAD_ERR_INPUT);
    assert_non_null(strstr(err.text, "no numbered"));
    rmdir(dir);
}

/* ---- TRC ------------------------------------------------------------------------- */

static void write_trc(written *w, const char *units, const char *row)
{
    write_more(w,
               "PathFileType\t4\t(X/Y/Z)\tx.trc\n"
               "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\n"
               "60\t60\t1000000000\t4\t%s\t60\n"
               "Frame#\tTime\tHip\t\t\tRHeel\t\t\tLShoulder\t\t\tl_ankle_study\t\t\n"
               "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\tX3\tY3\tZ3\tX4\tY4\tZ4\n"
               "\n%s",
               units, row);
}

static void test_trc_units_and_axes(void **state)
{
    (void)state;
    static const struct {
        const char *units, *row;
        double heel_x, heel_y; /* wanted */
    } cases[] = {
        {"m", "1\t0.5\t9\t9\t9\t0.25\t0.125\t0\t0\t1.5\t0\t0\t0.1\t0\n", 250, -125},
        {"mm", "1\t0.5\t9\t9\t9\t250\t125\t0\t0\t1500\t0\t0\t100\t0\r\n", 250, -125},
        {"cm", "1\t0.5\t9\t9\t9\t25\t12.5\t0\t0\t150\t0\t0\t10\t0\t\n", 250, -125},
        /* Pixels called metres, y downwards: shoulders have the smaller y. */
        {"m", "1\t0.5\t9\t9\t9\t250\t725\t0\t0\t200\t0\t0\t700\t0\n", 250, 725},
        {"px", "1\t0.5\t9\t9\t9\t250\t725\t0\t0\t200\t0\t0\t700\t0\n", 250, 725},
        {"m", "1\t0.5\t9\t9\t9\t\t0.125\t0\t0\t1.5\t0\t0\t0.1\n", (double)NAN, (double)NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        written w = {.n = 0};
        write_trc(&w, cases[i].units, cases[i].row);
        tread_landfile *f = must_parse(w.text, 0);
        assert_string_equal(tread_landfile__info(f)->format, "trc");
        require_near(tread_landfile__info(f)->fps, 60, 0);
        tread_landmarks lm = must_next(f);
        assert_int_equal(lm.frame, 1);
        require_near(lm.time_s, 0.5, 0);
        if (isnan(cases[i].heel_x)) {
            require_nan((double)lm.x_px[TREAD_LM_RIGHT_HEEL]);
        } else {
            require_near((double)lm.x_px[TREAD_LM_RIGHT_HEEL], cases[i].heel_x, 1e-4);
            require_near((double)lm.y_px[TREAD_LM_RIGHT_HEEL], cases[i].heel_y, 1e-4);
        }
        require_near((double)lm.confidence[TREAD_LM_LEFT_ANKLE], 1, 0);
        require_nan((double)lm.x_px[TREAD_LM_LEFT_HIP]); /* "Hip" is the middle */
        must_end(&f);
    }
}

/* ---- CSV -------------------------------------------------------------------------- */

static void test_csv_points_by_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SETS; i++)
        for (int first = 0; first < 2; first++) {
            written w = {.n = 0};
            write_more(&w, "frame");
            for (int k = 0; k < sets[i].n; k++)
                write_more(&w, first ? ",x%d,y%d,z%d,v%d" : ",x_%d,y_%d,z_%d,v_%d", k + first,
                           k + first, k + first, k + first);
            write_more(&w, "\r\n3");
            for (int k = 0; k < sets[i].n; k++)
                write_more(&w, ",%d,%d,7,0.5", 100 + k, 200 + 2 * k);
            write_more(&w, "\r\n");
            tread_landfile *f = must_parse(w.text, 10);
            assert_string_equal(tread_landfile__info(f)->format, "csv");
            tread_landmarks lm = must_next(f);
            require_set(&lm, i);
            require_near(lm.time_s, 0.3, 0);
            must_end(&f);
        }
}

static void test_csv_points_by_name(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "time_s,left_knee_x,left_knee_y,left_knee_score,comment\n0.5,10,20,0.5,hello\n",
        "\xEF\xBB\xBFtimestamp_ms;LKnee.x;LKnee.y;LKnee.likelihood;\n500;10;20;0.5;\n",
        "\"time\"\t\"x_LEFT_KNEE\"\t\"y_LEFT_KNEE\"\t\"confidence_LEFT_KNEE\"\n0.5\t10\t20\t0.5",
        "t,width,height,l_knee_x,l_knee_y,l_knee_v\n0.5,100,80,0.1,0.25,0.5\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tread_landfile *f = must_parse(texts[i], 0);
        tread_landmarks lm = must_next(f);
        require_near(lm.time_s, 0.5, 0);
        require_near((double)lm.x_px[TREAD_LM_LEFT_KNEE], 10, 1e-5);
        require_near((double)lm.y_px[TREAD_LM_LEFT_KNEE], 20, 1e-5);
        require_near((double)lm.confidence[TREAD_LM_LEFT_KNEE], 0.5, 0);
        require_near((double)lm.presence, 1, 0);
        must_end(&f);
    }
}

static void test_empty_cells_are_missing(void **state)
{
    (void)state;
    tread_landfile *f =
        must_parse("time,nose_x,nose_y\n0,,\n1,nan,5\n2,inf,5\n3,1e400,5\n4,5,6\n", 0);
    for (int i = 0; i < 5; i++) {
        tread_landmarks lm = must_next(f);
        require_near((double)lm.presence, i == 4, 0);
        if (i < 4)
            require_nan((double)lm.x_px[TREAD_LM_NOSE]);
    }
    must_end(&f);
}

/* ---- the log ------------------------------------------------------------------------ */

static void random_frame(support_random *r, int64_t i, tread_landmarks *lm)
{
    lm->frame = 3 * i;
    lm->time_s = (double)i / 59.94 + 1e-4 * support_uniform(r);
    lm->presence = i % 5 ? (float)support_uniform(r) : 0;
    for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
        bool is_missing = support_uniform(r) < 0.2;
        lm->x_px[p] = is_missing ? NAN : (float)(2000 * support_uniform(r) - 100);
        lm->y_px[p] = is_missing ? NAN : (float)(1e-3 * support_normal(r));
        lm->z_px[p] = support_uniform(r) < 0.2 ? NAN : (float)(300 * support_normal(r));
        lm->confidence[p] = is_missing ? NAN : (float)support_uniform(r);
    }
    for (int k = 0; k < TREAD_N_LEG_LANDMARKS; k++) {
        bool is_missing = support_uniform(r) < 0.6;
        lm->second[k].x_px = is_missing ? NAN : (float)(2000 * support_uniform(r) - 100);
        lm->second[k].y_px = is_missing ? NAN : (float)(900 * support_uniform(r));
        lm->second[k].confidence = is_missing ? NAN : (float)support_uniform(r);
    }
    lm->x_px[0] = -0.0f;
    lm->y_px[0] = 1e-41f; /* denormal */
    lm->confidence[0] = 1;
}

static void require_same_bits(float a, float b)
{
    if (!(isnan(a) && isnan(b)))
        assert_memory_equal(&a, &b, sizeof a);
}

static void test_log_is_bit_exact(void **state)
{
    (void)state;
    enum { N = 40 };
    support_random r = support_seeded(support_seed("test_landfile", 20261));
    tread_landmarks frames[N];
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    tread_landfile__log_header(stream, 1280, 720.5);
    for (int i = 0; i < N; i++) {
        random_frame(&r, i, &frames[i]);
        tread_landfile__log_row(stream, &frames[i]);
    }
    fclose(stream);
    tread_landfile *f;
    tread_error err;
    assert_int_equal(parse_bytes(&f, text, size, 0, &err), TREAD_OK);
    free(text);
    const tread_landfile_info *info = tread_landfile__info(f);
    assert_string_equal(info->format, "log");
    require_near(info->height_px, 720.5, 0);
    assert_int_equal(info->n_frames, N);
    for (int i = 0; i < N; i++) {
        tread_landmarks lm = must_next(f);
        assert_int_equal(lm.frame, frames[i].frame);
        assert_memory_equal(&lm.time_s, &frames[i].time_s, sizeof lm.time_s);
        require_same_bits(lm.presence, frames[i].presence);
        for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
            require_same_bits(lm.x_px[p], frames[i].x_px[p]);
            require_same_bits(lm.y_px[p], frames[i].y_px[p]);
            require_same_bits(lm.z_px[p], frames[i].z_px[p]);
            require_same_bits(lm.confidence[p], frames[i].confidence[p]);
        }
        for (int k = 0; k < TREAD_N_LEG_LANDMARKS; k++) {
            require_same_bits(lm.second[k].x_px, frames[i].second[k].x_px);
            require_same_bits(lm.second[k].y_px, frames[i].second[k].y_px);
            require_same_bits(lm.second[k].confidence, frames[i].second[k].confidence);
        }
    }
    must_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_points_by_number),
        cmocka_unit_test(test_json_names_times_and_scores),
        cmocka_unit_test(test_json_of_objects),
        cmocka_unit_test(test_json_shares),
        cmocka_unit_test(test_alphapose_keeps_the_runner),
        cmocka_unit_test(test_mmpose),
        cmocka_unit_test(test_openpose_folder),
        cmocka_unit_test(test_trc_units_and_axes),
        cmocka_unit_test(test_csv_points_by_number),
        cmocka_unit_test(test_csv_points_by_name),
        cmocka_unit_test(test_empty_cells_are_missing),
        cmocka_unit_test(test_log_is_bit_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

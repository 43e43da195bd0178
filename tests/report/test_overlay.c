/* The overlay: inside the picture at any size, nothing from NaN, sides in their
 * colours, contacts marked, the panel still and off the runner, the same bytes again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/overlay.h"

#define GUARD 0xA5
#define GUARD_BYTES 64
#define BACKGROUND 64

typedef struct picture {
    int width, height;
    ptrdiff_t stride;
    uint8_t *block, *bgra;
    size_t n_bytes;
    tread_overlay *overlay;
} picture;

static void wipe(picture *p)
{
    memset(p->block, GUARD, p->n_bytes);
    for (int y = 0; y < p->height; y++)
        memset(p->bgra + y * p->stride, BACKGROUND, 4 * (size_t)p->width);
}

static picture make_picture(int width, int height)
{
    picture p = {.width = width, .height = height, .stride = 4 * width + GUARD_BYTES};
    p.n_bytes = GUARD_BYTES + (size_t)p.stride * (size_t)height;
    p.block = malloc(p.n_bytes);
    assert_non_null(p.block);
    p.bgra = p.block + GUARD_BYTES;
    wipe(&p);
    tread_error err = {0};
    assert_int_equal(tread_report__overlay_create(&p.overlay, width, height, &err), TREAD_OK);
    return p;
}

static void free_picture(picture *p)
{
    for (int i = 0; i < GUARD_BYTES; i++)
        assert_int_equal(p->block[i], GUARD);
    for (int y = 0; y < p->height; y++)
        for (int i = 0; i < GUARD_BYTES; i++)
            assert_int_equal(p->bgra[y * p->stride + 4 * p->width + i], GUARD);
    tread_report__overlay_destroy(&p->overlay);
    assert_null(p->overlay);
    tread_report__overlay_destroy(&p->overlay);
    free(p->block);
}

/* Pixels of the box, in shares of the picture, that the overlay changed. */
static int n_changed(const picture *p, double left, double top, double right, double bottom)
{
    int n = 0;
    for (int y = (int)(top * p->height); y < (int)(bottom * p->height); y++)
        for (int x = (int)(left * p->width); x < (int)(right * p->width); x++)
            n += p->bgra[y * p->stride + 4 * x] != BACKGROUND ||
                 p->bgra[y * p->stride + 4 * x + 1] != BACKGROUND;
    return n;
}

static int n_of_colour(const picture *p, uint8_t red, uint8_t green, uint8_t blue)
{
    int n = 0;
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            const uint8_t *q = p->bgra + y * p->stride + (ptrdiff_t)4 * x;
            n += q[0] == blue && q[1] == green && q[2] == red;
        }
    return n;
}

/* A runner facing image-left, in shares of the picture's height, around x = 0. */
static const double runner[TREAD_N_JOINTS][2] = {
    {-.03, .34}, {.00, .34},  {-.04, .43}, {.02, .43},  {-.10, .44}, {-.03, .44}, {.00, .52},
    {.02, .52},  {-.06, .64}, {.05, .66},  {-.03, .78}, {.14, .70},  {.00, .80},  {.17, .71},
    {-.07, .80}, {.15, .76},  {-.05, .27}, {-.04, .27}, {-.08, .28}};

static tread_frame_result make_result(const picture *p, double centre)
{
    tread_frame_result r = {.frame = 7,
                            .time_s = 0.25,
                            .presence = 0.9,
                            .identity = TREAD_IDENTITY_LABELLED,
                            .trunk_lean_deg = 8,
                            .knee_flexion_deg = {32, 71},
                            .contact = {1, 0}};
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        r.x_px[i] = centre * p->width + runner[i][0] * p->height;
        r.y_px[i] = runner[i][1] * p->height;
    }
    return r;
}

static const tread_step step = {.side = TREAD_LEFT,
                                .value = {[TREAD_MEASURE_FOOT_STRIKE_ANGLE] = 14},
                                .foot_strike = TREAD_STRIKE_REARFOOT,
                                .is_valid = true};
#define UNKNOWN                                                                                    \
    {                                                                                              \
        (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN               \
    }
static const tread_overlay_facts facts = {
    .near_side = TREAD_LEFT,
    .view = TREAD_VIEW_LEFT,
    .means = {169, 244, (double)NAN, (double)NAN, (double)NAN, (double)NAN},
    .steps = &step,
    .n_steps = 1};

static void draw(picture *p, const tread_frame_result *r, const tread_overlay_facts *f)
{
    const tread_surface surface = tread_surface__bgra(p->bgra, p->stride, p->width, p->height);
    tread_report__overlay_draw(p->overlay, &surface, r, 1, 1, f);
}

static void test_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},     {16, 16},    {2, 900},     {900, 2},
                                   {320, 180}, {720, 1280}, {4000, 3000}, {853, 480}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        picture p = make_picture(sizes[i][0], sizes[i][1]);
        for (double centre = -0.2; centre < 1.3; centre += 0.35) {
            tread_frame_result r = make_result(&p, centre);
            draw(&p, &r, &facts);
            r.presence = 0;
            draw(&p, &r, &facts);
        }
        free_picture(&p);
    }
}

static void test_sides_have_their_colours(void **state)
{
    (void)state;
    for (int side = TREAD_LEFT; side <= TREAD_RIGHT; side++) {
        picture p = make_picture(720, 1280);
        tread_frame_result r = make_result(&p, 0.5);
        tread_overlay_facts f = facts;
        f.near_side = (enum tread_side)side;
        draw(&p, &r, &f);
        /* The near side is solid in its colour; the far one is not. */
        int n_blue = n_of_colour(&p, 86, 180, 233), n_orange = n_of_colour(&p, 230, 159, 0);
        assert_true(side == TREAD_LEFT ? n_blue > 3 * n_orange : n_orange > 3 * n_blue);
        assert_true(n_blue > 100 && n_orange > 100); /* both are in the legend */
        free_picture(&p);
    }
}

static void test_nothing_from_nan(void **state)
{
    (void)state;
    picture p = make_picture(720, 1280);
    tread_frame_result r = make_result(&p, 0.5);
    draw(&p, &r, &facts); /* the panel has its place: top left */
    assert_true(n_changed(&p, 0, 0.8, 1, 1) > 0);
    wipe(&p);
    for (int i = 0; i < TREAD_N_JOINTS; i++)
        if (i != TREAD_NOSE)
            r.x_px[i] = (double)NAN;
    r.trunk_lean_deg = r.knee_flexion_deg[0] = r.knee_flexion_deg[1] = (double)NAN;
    r.time_s = (double)NAN;
    const tread_overlay_facts unknown = {.view = TREAD_VIEW_AUTO, .means = UNKNOWN};
    draw(&p, &r, &unknown);
    assert_int_equal(n_changed(&p, 0, 0.28, 1, 1), 0);
    assert_true(n_changed(&p, 0, 0, 0.7, 0.28) > 1000); /* the panel, with dashes */
    wipe(&p);
    r.x_px[TREAD_NOSE] = (double)NAN;
    draw(&p, &r, &unknown);
    int n = n_changed(&p, 0, 0, 0.5, 0.1); /* "no runner" */
    assert_true(n > 50 && n < 5000);
    assert_int_equal(n_changed(&p, 0, 0.1, 1, 1), 0);
    free_picture(&p);
}

static void test_contact_is_marked(void **state)
{
    (void)state;
    picture p = make_picture(720, 1280);
    tread_frame_result r = make_result(&p, 0.5);
    int n[3];
    for (int contact = -1; contact <= 1; contact++) {
        wipe(&p);
        r.contact[TREAD_LEFT] = contact;
        draw(&p, &r, &facts);
        n[contact + 1] = n_changed(&p, 0, 0.812, 1, 1); /* below the sole */
    }
    assert_int_equal(n[0], n[1]); /* unknown is drawn as in the air: not at all */
    assert_true(n[2] > n[1] + 200);
    free_picture(&p);
}

static void test_panel_keeps_off_and_keeps_still(void **state)
{
    (void)state;
    picture p = make_picture(1280, 720);
    tread_frame_result r = make_result(&p, 0.2);
    draw(&p, &r, &facts); /* the runner is on the left: the panel goes right */
    int n = n_changed(&p, 0.7, 0, 1, 0.45);
    assert_true(n > 10000);
    wipe(&p);
    r = make_result(&p, 0.5);
    draw(&p, &r, &facts);
    assert_true(n_changed(&p, 0.7, 0, 1, 0.45) > n - 2000);
    assert_int_equal(n_changed(&p, 0, 0, 0.3, 0.25), 0);
    free_picture(&p);
}

static void test_absurd_numbers(void **state)
{
    (void)state;
    static const double absurd[] = {1e300, -1e300, INFINITY, -INFINITY, 1e5, -180, 99.7};
    picture p = make_picture(640, 480);
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        tread_frame_result r = make_result(&p, 0.5);
        r.trunk_lean_deg = r.knee_flexion_deg[0] = r.knee_flexion_deg[1] = r.time_s = absurd[i];
        tread_step s = step;
        s.value[TREAD_MEASURE_FOOT_STRIKE_ANGLE] = absurd[i];
        tread_overlay_facts f = {
            .near_side = TREAD_RIGHT,
            .view = TREAD_VIEW_RIGHT,
            .means = {absurd[i], absurd[i], absurd[i], absurd[i], absurd[i], absurd[i]},
            .steps = &s,
            .n_steps = 1};
        draw(&p, &r, &f);
        f.view = TREAD_VIEW_REAR;
        draw(&p, &r, &f);
        for (int k = 0; k < TREAD_N_JOINTS; k++)
            r.x_px[k] = k & 1 ? absurd[i] : -absurd[i];
        draw(&p, &r, &f);
    }
    free_picture(&p);
}

static void test_repeats(void **state)
{
    (void)state;
    picture a = make_picture(720, 1280), b = make_picture(720, 1280);
    for (int i = 0; i < 6; i++) {
        tread_frame_result r = make_result(&a, 0.4 + 0.03 * i);
        r.time_s = i / 30.0;
        draw(&a, &r, &facts);
        draw(&b, &r, &facts);
        assert_memory_equal(a.block, b.block, a.n_bytes);
    }
    free_picture(&a);
    free_picture(&b);
}

static const char *row_named(const overlay_row *rows, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].value;
    return NULL;
}

/* From behind no frame has an angle: the panel says what that view measures, and has no row for
 * what was not. */
static void test_rows_suit_the_view(void **state)
{
    (void)state;
    picture p = make_picture(720, 1280);
    tread_frame_result r = make_result(&p, 0.5);
    overlay_row rows[OVERLAY_MAX_ROWS];
    size_t n = overlay_rows(&r, &facts, rows);
    assert_int_equal(n, 5);
    assert_string_equal(row_named(rows, n, "Trunk"), "8° forward");
    assert_string_equal(row_named(rows, n, "Knee"), "32°");
    assert_string_equal(row_named(rows, n, "Foot"), "rearfoot 14°");
    assert_string_equal(row_named(rows, n, "Contact"), "244 ms");

    r.trunk_lean_deg = r.knee_flexion_deg[0] = r.knee_flexion_deg[1] = (double)NAN;
    static const enum tread_view along[] = {TREAD_VIEW_REAR, TREAD_VIEW_FRONT};
    for (size_t i = 0; i < 2; i++) {
        tread_overlay_facts f = {.view = along[i],
                                 .means = {168, (double)NAN, -0.04, 6.25, 39.4, (double)NAN}};
        n = overlay_rows(&r, &f, rows);
        assert_int_equal(n, 4); /* arms were not seen */
        assert_string_equal(row_named(rows, n, "Side lean"), "0.0°");
        assert_string_equal(row_named(rows, n, "Trunk sway"), "6.2°");
        assert_string_equal(row_named(rows, n, "Step width"), "39 % of hips");
        assert_null(row_named(rows, n, "Knee"));
        for (size_t k = 0; k < n; k++)
            assert_null(strstr(rows[k].value, "–"));
    }
    const tread_overlay_facts unknown = {.view = TREAD_VIEW_REAR, .means = UNKNOWN};
    assert_int_equal(overlay_rows(&r, &unknown, rows), 0);
    free_picture(&p);
}

/* The cue is drawn while there is one, in its level's colour, where room was kept for it. */
static void test_cue_while_it_lasts(void **state)
{
    (void)state;
    static const uint8_t tone[3][3] = {{240, 228, 66}, {230, 159, 0}, {224, 100, 26}};
    for (int level = 1; level <= 3; level++) {
        const tread_overlay_cue cue = {level, TREAD_BOTH, "Leaning far forward",
                                       "Run taller, chest up"};
        picture p = make_picture(1280, 720);
        tread_frame_result r = make_result(&p, 0.5);
        tread_overlay_facts f = facts;
        f.most_cues = 1;
        r.trunk_lean_deg = r.knee_flexion_deg[0] = r.knee_flexion_deg[1] = (double)NAN;
        draw(&p, &r, &f);
        const overlay_rect at = p.overlay->box[OVERLAY_CUE].at;
        assert_true(p.overlay->box[OVERLAY_CUE].is_free);
        const double box[] = {at.left / p.width, at.top / p.height, at.right / p.width,
                              at.bottom / p.height};
        int without = n_of_colour(&p, tone[level - 1][0], tone[level - 1][1], tone[level - 1][2]);
        int n_before = n_changed(&p, box[0], box[1], box[2], box[3]);
        wipe(&p);
        f.cues = &cue;
        f.n_cues = 1;
        draw(&p, &r, &f);
        int with = n_of_colour(&p, tone[level - 1][0], tone[level - 1][1], tone[level - 1][2]);
        assert_true(with > without + 300);
        assert_true(n_changed(&p, box[0], box[1], box[2], box[3]) > n_before + 5000);
        wipe(&p);
        f.n_cues = 0; /* it is over */
        draw(&p, &r, &f);
        assert_int_equal(n_changed(&p, box[0], box[1], box[2], box[3]), n_before);
        free_picture(&p);
    }
}

/* Boxes lie in the picture, on nobody's face, and not on one another. */
static void test_boxes_keep_apart(void **state)
{
    (void)state;
    static const int sizes[][2] = {{640, 360},  {1280, 720}, {1920, 1080}, {3840, 2160},
                                   {720, 1280}, {720, 960},  {2160, 3840}, {640, 480}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        picture p = make_picture(sizes[i][0], sizes[i][1]);
        tread_frame_result r = make_result(&p, 0.5);
        tread_overlay_facts f = facts;
        f.most_cues = 2;
        draw(&p, &r, &f);
        double neck = 0.5 * (r.x_px[TREAD_LEFT_EAR] + r.x_px[TREAD_RIGHT_EAR]);
        double size = 0.045 * p.height; /* a head is 0.13 of a body, which is 0.55 of the picture */
        const overlay_rect face = {neck - size, r.y_px[TREAD_NOSE] - size, neck + size,
                                   r.y_px[TREAD_NOSE] + size};
        assert_true(p.overlay->box[OVERLAY_PANEL].is_free && p.overlay->box[OVERLAY_CUE].is_free);
        for (int a = 0; a < OVERLAY_N_BOXES; a++) {
            const overlay_box *box = &p.overlay->box[a];
            if (!box->is_free)
                continue;
            assert_true(box->at.left >= 0 && box->at.top >= 0 && box->at.right <= p.width &&
                        box->at.bottom <= p.height);
            assert_true(overlay_small(box->unit, false).size_px >= 12);
            assert_true(overlay_large(box->unit, true).size_px >= 14);
            if (overlay_shared(box->at, face) > 0)
                fail_msg("%d x %d: box %d hides the face", p.width, p.height, a);
            for (int b = 0; b < a; b++)
                if (p.overlay->box[b].is_free)
                    assert_true(overlay_shared(box->at, p.overlay->box[b].at) == 0);
        }
        free_picture(&p);
    }
}

/* What a foot left on the belt goes backwards as fast as the foot did, and fades. */
static void test_belt_carries_marks(void **state)
{
    (void)state;
    picture p = make_picture(1280, 720), still = make_picture(1280, 720);
    const double fps = 60, belt_px_s = 420; /* the runner faces left: the belt runs right */
    double x[40];
    int n_marked = 0;
    for (int i = 0; i < 40; i++) {
        tread_frame_result r = make_result(&p, 0.5);
        r.time_s = 1 + i / fps;
        bool is_on = i < 15;
        r.contact[TREAD_LEFT] = is_on;
        for (int k = 0; k < TREAD_N_JOINTS; k++)
            if (is_on && (k == TREAD_LEFT_HEEL || k == TREAD_LEFT_TOE))
                r.x_px[k] += belt_px_s * i / fps;
        wipe(&p);
        wipe(&still);
        draw(&p, &r, &facts);
        tread_report__overlay_destroy(&still.overlay); /* one that has seen no foot before */
        assert_int_equal(tread_report__overlay_create(&still.overlay, 1280, 720, NULL), TREAD_OK);
        draw(&still, &r, &facts);
        double sum = 0, n = 0;
        for (int row = (int)(0.79 * p.height); row < (int)(0.83 * p.height); row++)
            for (int c = 0; c < p.width; c++) {
                const uint8_t *a = p.bgra + row * p.stride + (ptrdiff_t)4 * c;
                const uint8_t *b = still.bgra + row * still.stride + (ptrdiff_t)4 * c;
                if (memcmp(a, b, 3) != 0)
                    sum += c, n++;
            }
        if (is_on)
            assert_true(n == 0);
        else if (n > 300)
            x[n_marked++] = sum / n;
    }
    assert_true(n_marked > 10 && n_marked < 25); /* and then it has faded */
    for (int i = 2; i < 8; i++)
        assert_float_equal(x[i] - x[i - 1], belt_px_s / fps, 2.5);
    free_picture(&p);
    free_picture(&still);
}

static void test_strip_tells_steps_apart(void **state)
{
    (void)state;
    tread_step steps[3] = {step, step, step};
    int n[4];
    for (int strike = TREAD_STRIKE_UNKNOWN; strike <= TREAD_STRIKE_FOREFOOT; strike++) {
        picture p = make_picture(1280, 720);
        tread_frame_result r = make_result(&p, 0.5);
        tread_overlay_facts f = facts;
        f.steps = steps;
        f.n_steps = 3;
        for (int i = 0; i < 3; i++) {
            steps[i].foot_strike = (enum tread_foot_strike)strike;
            steps[i].side = TREAD_RIGHT; /* the far one: little else is orange */
        }
        draw(&p, &r, &f);
        assert_true(p.overlay->box[OVERLAY_STRIP].is_free);
        n[strike] = n_of_colour(&p, 230, 159, 0);
        free_picture(&p);
    }
    for (int a = 0; a < 4; a++) /* shapes of different sizes */
        for (int b = 0; b < a; b++)
            assert_true(abs(n[a] - n[b]) > 10);
}

static void test_wrong_sizes(void **state)
{
    (void)state;
    tread_overlay *o = NULL;
    tread_error err = {0};
    assert_int_equal(tread_report__overlay_create(&o, 0, 480, &err), TREAD_ERR_ARG);
    assert_null(o);
    assert_true(err.text[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_sides_have_their_colours),
        cmocka_unit_test(test_nothing_from_nan),
        cmocka_unit_test(test_contact_is_marked),
        cmocka_unit_test(test_panel_keeps_off_and_keeps_still),
        cmocka_unit_test(test_absurd_numbers),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_rows_suit_the_view),
        cmocka_unit_test(test_cue_while_it_lasts),
        cmocka_unit_test(test_boxes_keep_apart),
        cmocka_unit_test(test_belt_carries_marks),
        cmocka_unit_test(test_strip_tells_steps_apart),
        cmocka_unit_test(test_wrong_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

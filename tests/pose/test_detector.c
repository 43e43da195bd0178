/* Anchors, boxes and the choice of the runner, on numbers written by hand. */
#include "support.h"

#include "pose/detector.h"

#define EXACT 1e-6 /* a few roundings of numbers about 1 */

static float boxes[POSE_N_ANCHORS][POSE_BOX_VALUES], scores[POSE_N_ANCHORS];

static void nobody(void)
{
    for (int i = 0; i < POSE_N_ANCHORS; i++) {
        scores[i] = -20;
        for (int k = 0; k < POSE_BOX_VALUES; k++)
            boxes[i][k] = 0;
    }
}

/* A box on anchor `i` such that its centre is at (x, y) pixels of the square,
 * mid-hip `below` pixels further down, the scale point straight above that. */
static void put_box(int i, float logit, float x, float y, float size, float below, float reach)
{
    float cx, cy;
    tread_pose__anchor_centre(i, &cx, &cy);
    float *box = boxes[i];
    scores[i] = logit;
    box[0] = x - cx * 224;
    box[1] = y - cy * 224;
    box[2] = box[3] = size;
    box[4] = box[0];
    box[5] = box[1] + below;
    box[6] = box[4];
    box[7] = box[5] - reach;
    for (int k = 8; k < POSE_BOX_VALUES; k += 2) {
        box[k] = box[0];
        box[k + 1] = box[1];
    }
}

/* Written out the long way: layer by layer, strides as MediaPipe lists them. */
static void anchors_stand_where_mediapipe_puts_them(void **state)
{
    (void)state;
    static const int strides[] = {8, 16, 32, 32, 32};
    int n = 0;
    for (int layer = 0; layer < 5;) {
        int last = layer;
        while (last < 5 && strides[last] == strides[layer])
            last++;
        int cells = 224 / strides[layer];
        for (int y = 0; y < cells; y++)
            for (int x = 0; x < cells; x++)
                for (int k = 0; k < 2 * (last - layer); k++, n++) {
                    float ax, ay;
                    tread_pose__anchor_centre(n, &ax, &ay);
                    require_near(ax, (x + 0.5) * strides[layer] / 224, EXACT);
                    require_near(ay, (y + 0.5) * strides[layer] / 224, EXACT);
                }
        layer = last;
    }
    assert_int_equal(n, 2254);
    assert_int_equal(n, POSE_N_ANCHORS);
}

static void a_box_is_decoded_relative_to_its_anchor(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    static const int anchors[] = {0, 1567, 1568, 1959, 1960, 2253};
    for (size_t i = 0; i < sizeof anchors / sizeof *anchors; i++) {
        nobody();
        put_box(anchors[i], 2, 112, 56, 22.4f, 44.8f, 67.2f);
        assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 1);
        require_near(people[0].score, 1 / (1 + exp(-2)), EXACT);
        require_near(people[0].x_min, 0.45, EXACT);
        require_near(people[0].x_max, 0.55, EXACT);
        require_near(people[0].y_min, 0.2, EXACT);
        require_near(people[0].y_max, 0.3, EXACT);
        require_near(people[0].key_x[0], 0.5, EXACT);
        require_near(people[0].key_y[0], 0.45, EXACT);
        require_near(people[0].key_y[1], 0.15, EXACT);
    }
}

static void the_threshold_is_half(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    nobody();
    put_box(100, -0.001f, 100, 100, 30, 40, 60);
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 0);
    put_box(100, 0.001f, 100, 100, 30, 40, 60);
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 1);
    put_box(100, 1e9f, 100, 100, 30, 40, 60);
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 1);
    require_near(people[0].score, 1, EXACT);
    scores[100] = NAN;
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 0);
}

static void overlapping_boxes_become_their_weighted_mean(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    nobody();
    put_box(700, 3, 100, 100, 40, 40, 60);
    put_box(702, 1, 104, 100, 40, 40, 60); /* overlap over union 36/44 */
    put_box(704, 2, 130, 100, 40, 40, 60); /* 10/70: somebody else */
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), 2);
    double a = 1 / (1 + exp(-3)), b = 1 / (1 + exp(-1));
    require_near(people[0].score, a, EXACT);
    require_near(people[0].key_x[0], (a * 100 + b * 104) / (a + b) / 224, EXACT);
    require_near(people[0].x_min, (a * 80 + b * 84) / (a + b) / 224, EXACT);
    require_near(people[1].key_x[0], 130.0 / 224, EXACT);
}

/* More boxes than there is room for: the best stay. */
static void a_crowd_is_survived(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    for (int i = 0; i < POSE_N_ANCHORS; i++)
        put_box(i, 1 + (float)i / POSE_N_ANCHORS, (float)(i % 56) * 4, (float)(i / 56) * 5, 2, 40,
                60);
    assert_int_equal(tread_pose__decode_people(boxes[0], scores, people), POSE_MAX_PEOPLE);
    for (int i = 1; i < POSE_MAX_PEOPLE; i++)
        assert_true(people[i].score <= people[i - 1].score);
    require_near(people[0].score, 1 / (1 + exp(-1 - 2253.0 / 2254)), EXACT);
}

static const tread_picture wide = {
    .width_px = 448, .height_px = 224, .upright_width_px = 448, .upright_height_px = 224};

static void the_region_is_the_body_in_upright_pixels(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    pose_candidate candidates[POSE_MAX_PEOPLE];
    nobody();
    put_box(700, 3, 112, 90, 20, 32, 40);
    int n = tread_pose__decode_people(boxes[0], scores, people);
    assert_int_equal(tread_pose__rank_people(people, n, &wide, candidates), 1);
    const pose_region *region = &candidates[0].region;
    /* Letterboxed: 448 wide is 224, and 112 rows lie above the picture. */
    require_near(region->x, 224, 1e-3);
    require_near(region->y, 122 * 2 - 112, 1e-3);
    require_near(region->side, 2 * 80 * 1.25, 1e-3);
    require_near(region->down_x, 0, EXACT);
    require_near(region->down_y, 1, EXACT);
    require_near(candidates[0].score, 1 / (1 + exp(-3)), EXACT);
}

static void the_large_and_central_come_first(void **state)
{
    (void)state;
    pose_person people[POSE_MAX_PEOPLE];
    pose_candidate candidates[POSE_MAX_PEOPLE];
    nobody();
    put_box(700, 3, 100, 100, 10, 12, 30); /* small, in the middle */
    put_box(800, 3, 60, 100, 20, 12, 50);  /* larger, to the left */
    put_box(900, 3, 215, 100, 22, 12, 52); /* a little larger still, at the edge */
    int n = tread_pose__decode_people(boxes[0], scores, people);
    assert_int_equal(n, 3);
    assert_int_equal(tread_pose__rank_people(people, n, &wide, candidates), 3);
    require_near(candidates[0].region.x, 120, 1e-3);
    require_near(candidates[1].region.x, 430, 1e-3);
    require_near(candidates[2].region.x, 200, 1e-3);
    /* Nobody, and somebody of no size. */
    assert_int_equal(tread_pose__rank_people(people, 0, &wide, candidates), 0);
    nobody();
    put_box(700, 3, 100, 100, 10, 12, 0);
    n = tread_pose__decode_people(boxes[0], scores, people);
    assert_int_equal(n, 1);
    assert_int_equal(tread_pose__rank_people(people, n, &wide, candidates), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_stand_where_mediapipe_puts_them),
        cmocka_unit_test(a_box_is_decoded_relative_to_its_anchor),
        cmocka_unit_test(the_threshold_is_half),
        cmocka_unit_test(overlapping_boxes_become_their_weighted_mean),
        cmocka_unit_test(a_crowd_is_survived),
        cmocka_unit_test(the_region_is_the_body_in_upright_pixels),
        cmocka_unit_test(the_large_and_central_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Small pictures: the same twice, the truth's points on the body, hidden limbs
 * said to be hidden. */
#include "synth.h"

#include <math.h>
#include <stdlib.h>

#include "render.h"

#define SMALL "width 180 height 240 samples 2 duration 2 noise 0 "

typedef struct stage {
    synth_params p;
    synth_plan *plan;
    synth_renderer *renderer;
    synth_worker *worker;
    uint8_t *yuv;
    size_t size;
    bool hidden[PT_COUNT];
} stage;

static void open_stage(stage *s, const char *settings)
{
    s->plan = synth_test_plan(&s->p, settings);
    assert_int_equal(synth_renderer_create(&s->renderer, &s->p, s->plan), 0);
    assert_int_equal(synth_worker_create(&s->worker, s->renderer), 0);
    s->size = (size_t)(s->p.value[P_WIDTH] * s->p.value[P_HEIGHT] * 1.5);
    s->yuv = calloc(s->size, 1);
    assert_non_null(s->yuv);
}

static void shoot(stage *s, double t, int index)
{
    assert_int_equal(synth_render_frame(s->renderer, s->worker, t, index, s->yuv, s->hidden), 0);
}

static void close_stage(stage *s)
{
    free(s->yuv);
    synth_worker_destroy(&s->worker);
    synth_renderer_destroy(&s->renderer);
    synth_plan_destroy(&s->plan);
}

static void the_same_frame_is_the_same_bytes(void **state)
{
    (void)state;
    static const char *const SETTINGS[] = {
        "width 180 height 240 samples 3 duration 2 noise 4",
        "width 180 height 240 samples 2 duration 2 mirror yes bystander yes view right",
        "width 180 height 240 samples 2 duration 2 incline@0.5 6 view oblique",
    };
    for (size_t i = 0; i < COUNT_OF(SETTINGS); ++i) {
        stage a, b;
        open_stage(&a, SETTINGS[i]);
        open_stage(&b, SETTINGS[i]);
        shoot(&a, 1.2, 7);
        /* The other worker has drawn something else before. */
        shoot(&b, 0.3, 2);
        shoot(&b, 1.2, 7);
        assert_memory_equal(a.yuv, b.yuv, a.size);
        shoot(&b, 1.25, 8);
        assert_memory_not_equal(a.yuv, b.yuv, a.size);
        close_stage(&a);
        close_stage(&b);
    }
}

static double luma_at(const stage *s, double x, double y)
{
    int w = (int)s->p.value[P_WIDTH];
    return s->yuv[(size_t)((int)y * w + (int)x)];
}

/* A white runner before a dark wall: joints that are not hidden lie on white. */
static void landmarks_lie_on_the_body(void **state)
{
    (void)state;
    stage s;
    open_stage(&s, SMALL "wall dark clutter no console no handrail none shirt long shirt_colour "
                         "white legs trousers legs_colour white skin pale exposure 0");
    const synth_camera *c = synth_renderer_camera(s.renderer);
    int n = 0;
    for (int i = 0; i < 12; ++i) {
        synth_pose pose;
        double t = 0.2 + 0.061 * i;
        shoot(&s, t, i);
        synth_plan_pose(s.plan, t, &pose);
        for (int k = PT_LEFT_SHOULDER; k <= PT_RIGHT_ANKLE; ++k) {
            double x, y;
            synth_camera_project(c, pose.point[k], &x, &y);
            if (s.hidden[k] || (k >= PT_LEFT_WRIST && k <= PT_RIGHT_WRIST))
                continue;
            ++n;
            if (luma_at(&s, x, y) < 90.0)
                fail_msg("frame %d: point %d lies on luma %.0f", i, k, luma_at(&s, x, y));
        }
    }
    assert_true(n > 60);
    close_stage(&s);
}

static void hidden_limbs_are_said_to_be_hidden(void **state)
{
    (void)state;
    stage s;
    int far_hip = 0, near_knee = 0, far_knee = 0, behind_post = 0;
    const int frames = 24;
    open_stage(&s, SMALL "view left handrail none console no exposure 0");
    for (int i = 0; i < frames; ++i) {
        shoot(&s, 0.2 + 0.03 * i, i);
        far_hip += s.hidden[PT_RIGHT_HIP];
        near_knee += s.hidden[PT_LEFT_KNEE];
        far_knee += s.hidden[PT_RIGHT_KNEE];
    }
    close_stage(&s);
    assert_true(far_hip > frames * 3 / 4);
    assert_int_equal(near_knee, 0);
    assert_true(far_knee > 0 && far_knee < frames * 3 / 4);
    open_stage(&s, SMALL "view left handrail long exposure 0");
    for (int i = 0; i < frames; ++i) {
        shoot(&s, 0.2 + 0.03 * i, i);
        behind_post += s.hidden[PT_LEFT_ANKLE] || s.hidden[PT_LEFT_KNEE];
    }
    close_stage(&s);
    assert_true(behind_post > 0);
}

/* What moves is smeared over the exposure; what stands is not. */
static void a_long_exposure_smears_the_foot(void **state)
{
    (void)state;
    stage sharp, smeared;
    const char *still = "width 180 height 240 samples 8 duration 2 noise 0 exposure 0";
    const char *moved = "width 180 height 240 samples 8 duration 2 noise 0 exposure 14";
    open_stage(&sharp, still);
    open_stage(&smeared, moved);
    shoot(&sharp, 1.0, 0);
    shoot(&smeared, 1.0, 0);
    int w = 180, wall = 0, all = 0;
    for (int y = 0; y < 240; ++y)
        for (int x = 0; x < w; ++x) {
            int d = abs(sharp.yuv[y * w + x] - smeared.yuv[y * w + x]);
            wall += y < 30 && d > 2;
            all += d > 12;
        }
    assert_int_equal(wall, 0);
    assert_true(all > 40);
    close_stage(&sharp);
    close_stage(&smeared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_frame_is_the_same_bytes),
        cmocka_unit_test(landmarks_lie_on_the_body),
        cmocka_unit_test(hidden_limbs_are_said_to_be_hidden),
        cmocka_unit_test(a_long_exposure_smears_the_foot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

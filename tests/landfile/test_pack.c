/* The packed log: every number comes back bit for bit, whatever it is, and damage is noticed. */
#include <math.h>
#include <stdbool.h>

#include "written.h"

#define N_FRAMES 1300 /* some blocks and a rest */

static uint32_t seed = 1;

static double random_share(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed / 4294967296.0;
}

static void fill(tread_landmarks *lm, int64_t frame, bool is_on_grid)
{
    *lm = (tread_landmarks){.frame = frame * 2 + 5, .time_s = (double)frame / 59.94, .presence = 1};
    for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
        double x = 100 * sin(0.1 * (double)frame + p) + 400 * random_share();
        lm->x_px[p] = (float)(is_on_grid ? round(64 * x) / 64 : x);
        lm->y_px[p] = p % 5 ? lm->x_px[p] + 1 : NAN;
        lm->z_px[p] = random_share() < 0.1 ? NAN : is_on_grid ? -0.125f : (float)-x;
        lm->confidence[p] =
            (float)(is_on_grid ? round(1024 * random_share()) / 1024 : x / 1e4 + 0.5);
    }
    lm->x_px[3] = frame % 7 ? -0.0f : 1e5f;
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        lm->second[i] =
            random_share() < 0.5 ? (tread_place){NAN, NAN, NAN} : (tread_place){7.5f, -3, 0.25f};
}

/* A packed log of so many frames, to be released by the caller. */
static char *make(int n, bool is_on_grid, tread_landmarks *frames, size_t *size)
{
    char *bytes = NULL;
    FILE *f = open_memstream(&bytes, size);
    tread_landpack *p;
    assert_non_null(f);
    assert_int_equal(tread_landfile__pack_create(&p, f, 1280, 719.5), TREAD_OK);
    for (int i = 0; i < n; i++) {
        fill(&frames[i], i, is_on_grid);
        assert_int_equal(tread_landfile__pack_add(p, &frames[i]), TREAD_OK);
    }
    assert_int_equal(tread_landfile__pack_finish(p), TREAD_OK);
    tread_landfile__pack_destroy(&p);
    fclose(f);
    return bytes;
}

static bool is_same_float(float a, float b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static void require_same(const tread_landmarks *a, const tread_landmarks *b)
{
    assert_int_equal(a->frame, b->frame);
    assert_memory_equal(&a->time_s, &b->time_s, sizeof a->time_s);
    assert_true(is_same_float(a->presence, b->presence));
    for (int p = 0; p < TREAD_N_LANDMARKS; p++)
        assert_true(is_same_float(a->x_px[p], b->x_px[p]) &&
                    is_same_float(a->y_px[p], b->y_px[p]) &&
                    is_same_float(a->z_px[p], b->z_px[p]) &&
                    is_same_float(a->confidence[p], b->confidence[p]));
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        assert_true(is_same_float(a->second[i].x_px, b->second[i].x_px) &&
                    is_same_float(a->second[i].y_px, b->second[i].y_px) &&
                    is_same_float(a->second[i].confidence, b->second[i].confidence));
}

static tread_landmarks frames[N_FRAMES];

static void comes_back(int n, bool is_on_grid, size_t most_bytes_a_frame)
{
    size_t size;
    char *bytes = make(n, is_on_grid, frames, &size);
    tread_landfile *f;
    tread_error err;
    if (parse_bytes(&f, bytes, size, 0, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    const tread_landfile_info *info = tread_landfile__info(f);
    assert_string_equal(info->format, "pack");
    assert_int_equal(info->n_frames, n);
    require_near(info->width_px, 1280, 0);
    require_near(info->height_px, 719.5, 0);
    for (int i = 0; i < n; i++) {
        tread_landmarks lm = must_next(f);
        require_same(&lm, &frames[i]);
    }
    assert_true(size / (size_t)n < most_bytes_a_frame);
    tread_landfile__close(&f);
    free(bytes);
}

static void test_every_bit_comes_back(void **state)
{
    (void)state;
    comes_back(N_FRAMES, true, 330); /* of which 33 x 2.4 bytes of noise in x and y each */
    comes_back(N_FRAMES, false, 520);
    comes_back(1, false, 2000);
    comes_back(128, true, 400); /* one block, no rest */
}

/* Cut anywhere but between blocks, or bent anywhere behind the picture's size: refused. */
static void test_damage_is_noticed(void **state)
{
    (void)state;
    size_t size;
    char *bytes = make(40, true, frames, &size);
    tread_landfile *f;
    tread_error err;
    for (size_t n = 0; n < size; n++) {
        int status = parse_bytes(&f, bytes, n, 0, &err);
        assert_int_equal(status, TREAD_ERR_INPUT);
        assert_null(f);
    }
    for (size_t at = 24; at < size; at++) {
        bytes[at] ^= 0x55;
        assert_int_equal(parse_bytes(&f, bytes, size, 0, &err), TREAD_ERR_INPUT);
        assert_null(f);
        bytes[at] ^= 0x55;
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bit_comes_back),
        cmocka_unit_test(test_damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

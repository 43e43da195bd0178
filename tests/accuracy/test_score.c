/* The scorer on runs whose errors are put in by hand. */
#include <string.h>
#include <unistd.h>

#include "support.h"

#include "check.h"
#include "csv.h"
#include "rigid.h"
#include "score.h"

enum { N_FRAMES = 100 };

/* A runner whose legs stand 100 px apart, facing left, one frame a hundredth of a
 * second; steps every 0.2 s, left first. */
static void make_run(acc_run *run)
{
    acc_run_init(run);
    run->view = TREAD_VIEW_LEFT;
    run->fps = 100;
    for (int i = 0; i < N_FRAMES; i++) {
        acc_frame *f = acc_run_add_frame(run);
        assert_non_null(f);
        f->time_s = 0.01 * i;
        f->angle[ACC_TRUNK][0] = 5;
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            f->angle[ACC_KNEE][side] = 40 + i % 7;
            for (int p = 0; p < ACC_N_POINTS; p++) {
                f->x[p][side] = 300 + 100 * side + 2 * p;
                f->y[p][side] = 300 + 100 * p;
            }
        }
    }
    for (int k = 0; k < 5; k++) {
        acc_step *s = acc_run_add_step(run);
        assert_non_null(s);
        s->side = k % 2 ? TREAD_RIGHT : TREAD_LEFT;
        s->strike = TREAD_STRIKE_REARFOOT;
        s->value[ACC_STEP_IC] = 0.05 + 0.2 * k;
        s->value[ACC_STEP_TO] = 0.15 + 0.2 * k;
        s->value[ACC_STEP_CONTACT] = 100;
        s->next_s = 0.25 + 0.2 * k;
    }
}

typedef struct pair {
    acc_run truth, result;
    acc_score score;
} pair;

static int setup(void **state)
{
    pair *p = calloc(1, sizeof *p);
    if (!p)
        return -1;
    make_run(&p->truth);
    make_run(&p->result);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    pair *p = *state;
    acc_run_free(&p->truth);
    acc_run_free(&p->result);
    free(p);
    return 0;
}

static const acc_score *score(pair *p)
{
    acc_score_run(&p->score, "case", "look", &p->truth, &p->result);
    return &p->score;
}

static void the_same_run_has_no_error(void **state)
{
    const acc_score *s = score(*state);
    require_near(s->angle[ACC_KNEE][ACC_NEAR].n, N_FRAMES, 0);
    require_near(acc_stat_rmse(&s->angle[ACC_KNEE][ACC_FAR]), 0, 0);
    require_near(s->legs[ACC_GROUP_FOOT].apart, N_FRAMES, 0);
    require_near(s->legs[ACC_GROUP_FOOT].exchanged + s->legs[ACC_GROUP_FOOT].on_one, 0, 0);
    require_near(s->events[ACC_NEAR].missed + s->events[ACC_NEAR].extra, 0, 0);
    require_near(s->events[ACC_FAR].missed + s->events[ACC_FAR].extra, 0, 0);
    require_near(s->events[ACC_NEAR].strikes, 3, 0);
    require_near(s->events[ACC_NEAR].wrong_class, 0, 0);
}

static void an_offset_is_bias_and_a_hole_is_coverage(void **state)
{
    pair *p = *state;
    for (int i = 0; i < N_FRAMES; i++) {
        p->result.frame[i].angle[ACC_KNEE][TREAD_LEFT] += i % 2 ? 4 : 2;
        if (i < 25)
            p->result.frame[i].angle[ACC_KNEE][TREAD_RIGHT] = NAN;
    }
    p->result.frame[3].angle[ACC_TRUNK][0] += 358; /* two degrees less */
    const acc_score *s = score(p);
    const acc_stat *near = &s->angle[ACC_KNEE][ACC_NEAR];
    require_near(acc_stat_bias(near), 3, 1e-12);
    require_near(acc_stat_rmse(near), sqrt(10), 1e-12);
    require_near(acc_stat_rmse_free(near), 1, 1e-9);
    require_near(near->worst, 4, 0);
    require_near(acc_stat_coverage(&s->angle[ACC_KNEE][ACC_FAR]), 75, 0);
    require_near(s->angle[ACC_TRUNK][ACC_NEAR].worst, 2, 1e-9);
}

static void near_is_the_side_of_the_camera(void **state)
{
    pair *p = *state;
    p->truth.view = TREAD_VIEW_RIGHT;
    p->result.frame[0].angle[ACC_KNEE][TREAD_RIGHT] += 1;
    const acc_score *s = score(p);
    require_near(s->angle[ACC_KNEE][ACC_NEAR].worst, 1, 1e-12);
    require_near(s->angle[ACC_KNEE][ACC_FAR].worst, 0, 0);
}

/* Exchanges points first..last of a frame. */
static void exchange(acc_frame *f, int first, int last)
{
    for (int p = first; p <= last; p++) {
        double x = f->x[p][0];
        f->x[p][0] = f->x[p][1];
        f->x[p][1] = x;
    }
}

static void exchanged_legs_are_counted_by_group(void **state)
{
    pair *p = *state;
    for (int i = 0; i < 7; i++)
        exchange(&p->result.frame[i], ACC_POINT_ANKLE, ACC_POINT_TOE);
    exchange(&p->result.frame[9], ACC_POINT_KNEE, ACC_POINT_KNEE);
    for (int k = ACC_POINT_ANKLE; k <= ACC_POINT_TOE; k++)
        p->result.frame[20].x[k][TREAD_RIGHT] = p->result.frame[20].x[k][TREAD_LEFT];
    for (int k = 0; k < ACC_N_POINTS; k++) /* legs that pass each other are not judged */
        p->truth.frame[30].x[k][TREAD_RIGHT] = p->truth.frame[30].x[k][TREAD_LEFT] + 1;
    const acc_score *s = score(p);
    require_near(s->legs[ACC_GROUP_FOOT].exchanged, 7, 0);
    require_near(s->legs[ACC_GROUP_FOOT].on_one, 1, 0);
    require_near(s->legs[ACC_GROUP_KNEE].exchanged, 1, 0);
    require_near(s->legs[ACC_GROUP_KNEE].apart, N_FRAMES - 1, 0);
}

/* True steps at 0.05 L, 0.25 R, 0.45 L, 0.65 R, 0.85 L; demanded are those from 0.3 on
 * that have ended by 0.69. */
static void steps_are_missed_extra_and_of_the_wrong_foot(void **state)
{
    pair *p = *state;
    p->result.step[2].side = TREAD_RIGHT; /* the one demanded */
    p->result.step[1].is_valid = false;   /* near the start: allowed */
    p->result.step[3].value[ACC_STEP_IC] += 0.02;
    const acc_score *s = score(p);
    require_near(s->events[ACC_NEAR].true_steps, 1, 0);
    require_near(s->events[ACC_NEAR].missed, 1, 0);
    require_near(s->events[ACC_FAR].true_steps, 0, 0);
    require_near(s->events[ACC_FAR].extra, 1, 0);
    require_near(s->events[ACC_FAR].wrong_side, 1, 0);
    require_near(acc_stat_bias(&s->step[ACC_STEP_IC][ACC_FAR]), 20, 1e-9);
}

static void strike_classes_and_intervals(void **state)
{
    pair *p = *state;
    p->truth.step[0].strike = TREAD_STRIKE_MIDFOOT; /* taken for rearfoot */
    p->truth.step[2].strike = TREAD_STRIKE_MIDFOOT;
    p->result.step[2].strike = TREAD_STRIKE_FOREFOOT;
    p->truth.clip[ACC_CLIP_CADENCE][TREAD_BOTH].value = 170;
    p->result.clip[ACC_CLIP_CADENCE][TREAD_BOTH] = (acc_interval){171, 170.5, 171.5};
    p->truth.clip[ACC_CLIP_TRUNK][TREAD_BOTH].value = 5;
    p->result.clip[ACC_CLIP_TRUNK][TREAD_BOTH] = (acc_interval){4, 2, 6};
    const acc_score *s = score(p);
    require_near(s->events[ACC_NEAR].wrong_class, 2, 0);
    require_near(s->events[ACC_NEAR].wrong_rearfoot, 1, 0);
    require_near(s->intervals, 2, 0);
    require_near(s->inside, 1, 0);
    require_near(acc_stat_bias(&s->clip[ACC_CLIP_CADENCE][ACC_NEAR]), 1, 1e-12);
}

static void sums_take_offsets_off_clip_by_clip(void **state)
{
    pair *p = *state;
    for (int i = 0; i < N_FRAMES; i++)
        p->result.frame[i].angle[ACC_KNEE][TREAD_LEFT] += 2;
    acc_score sum = *score(p);
    for (int i = 0; i < N_FRAMES; i++)
        p->result.frame[i].angle[ACC_KNEE][TREAD_LEFT] -= 4;
    acc_score_merge(&sum, score(p));
    const acc_stat *s = &sum.angle[ACC_KNEE][ACC_NEAR];
    require_near(s->n, 2 * N_FRAMES, 0);
    require_near(acc_stat_bias(s), 0, 1e-12);
    require_near(acc_stat_rmse(s), 2, 1e-12);
    require_near(acc_stat_rmse_free(s), 0, 1e-6);
    require_near(sum.n_clips, 2, 0);
}

static void a_result_of_nothing_measures_nothing(void **state)
{
    pair *p = *state;
    acc_run_free(&p->result);
    const acc_score *s = score(p);
    require_near(acc_stat_coverage(&s->angle[ACC_KNEE][ACC_NEAR]), 0, 0);
    require_nan(acc_stat_rmse(&s->angle[ACC_KNEE][ACC_NEAR]));
    require_near(s->events[ACC_NEAR].missed, 1, 0);
}

/* ---- parts ----------------------------------------------------------------------------- */

static void write_text(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void ceilings_hold_break_and_demand_numbers(void **state)
{
    pair *p = *state;
    for (int i = 0; i < N_FRAMES; i++)
        p->result.frame[i].angle[ACC_KNEE][TREAD_LEFT] -= 3;
    const acc_score *s = score(p);
    const struct {
        const char *text;
        int broken;
    } cases[] = {
        {"# nothing but\ncase knee_flexion near rmse <= 3.1\n", 0},
        {"case knee_flexion near bias <= 2.9 # bias is absolute\n", 1},
        {"case knee_flexion near measured >= 100\ncase steps near missed <= 0\n", 0},
        {"case hip_flexion near rmse <= 99\n", 1}, /* not measured */
        {"case nonsense near rmse <= 99\n", 1},
        {"other knee_flexion near rmse <= 99\n", -1}, /* nothing checked */
        {"case knee_flexion near rmse 3\n", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[] = "/tmp/treadscope-ceilings-XXXXXX";
        write_text(path, cases[i].text);
        int broken = acc_check(s, 1, path);
        unlink(path);
        assert_int_equal(broken, cases[i].broken);
    }
}

static void tables_are_even(void **state)
{
    (void)state;
    char path[] = "/tmp/treadscope-table-XXXXXX", ragged[] = "/tmp/treadscope-table-XXXXXX";
    write_text(path, "a,b\r\n1.5,\n,x\n");
    acc_csv csv;
    assert_int_equal(acc_csv_read(&csv, path, ','), 0);
    assert_int_equal(csv.n_rows, 2);
    require_near(acc_csv_number(&csv, 0, acc_csv_column(&csv, "a")), 1.5, 0);
    require_nan(acc_csv_number(&csv, 0, acc_csv_column(&csv, "b")));
    require_nan(acc_csv_number(&csv, 1, 1));
    assert_int_equal(acc_csv_column(&csv, "c"), -1);
    require_nan(acc_csv_number(&csv, 0, -1));
    require_nan(acc_csv_number(&csv, 2, 0));
    acc_csv_free(&csv);
    write_text(ragged, "a,b\n1,2,3\n");
    assert_int_equal(acc_csv_read(&csv, ragged, ','), -1);
    assert_int_equal(acc_csv_read(&csv, "/nowhere/x.csv", ','), -1);
    unlink(path);
    unlink(ragged);
}

/* A body turned by a known rotation is found again, whatever the turn. */
static void bodies_are_found_where_they_went(void **state)
{
    (void)state;
    support_random random = support_seeded(support_seed("test_accuracy_score", 9));
    for (int round = 0; round < 200; round++) {
        double q[4], n = 0;
        for (int i = 0; i < 4; i++) {
            q[i] = support_normal(&random);
            n += q[i] * q[i];
        }
        double w = q[0] / sqrt(n), x = q[1] / sqrt(n), y = q[2] / sqrt(n), z = q[3] / sqrt(n);
        acc_vec from[4], to[4];
        for (int i = 0; i < 4; i++) {
            acc_vec p = {support_normal(&random), support_normal(&random), support_normal(&random)};
            /* v + 2 w (u x v) + 2 u x (u x v) */
            acc_vec c = {y * p.z - z * p.y, z * p.x - x * p.z, x * p.y - y * p.x};
            from[i] = p;
            to[i] = (acc_vec){1 + p.x + 2 * (w * c.x + y * c.z - z * c.y),
                              2 + p.y + 2 * (w * c.y + z * c.x - x * c.z),
                              3 + p.z + 2 * (w * c.z + x * c.y - y * c.x)};
        }
        acc_rigid fit;
        assert_int_equal(acc_rigid_fit(&fit, from, to, 4), 0);
        for (int i = 0; i < 4; i++) {
            acc_vec moved = acc_rigid_move(&fit, from[i]);
            require_near(moved.x, to[i].x, 1e-9);
            require_near(moved.y, to[i].y, 1e-9);
            require_near(moved.z, to[i].z, 1e-9);
        }
        assert_int_equal(acc_rigid_fit(&fit, from, to, 2), -1);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_same_run_has_no_error),
        CASE(an_offset_is_bias_and_a_hole_is_coverage),
        CASE(near_is_the_side_of_the_camera),
        CASE(exchanged_legs_are_counted_by_group),
        CASE(steps_are_missed_extra_and_of_the_wrong_foot),
        CASE(strike_classes_and_intervals),
        CASE(sums_take_offsets_off_clip_by_clip),
        CASE(a_result_of_nothing_measures_nothing),
        CASE(ceilings_hold_break_and_demand_numbers),
        cmocka_unit_test(tables_are_even),
        cmocka_unit_test(bodies_are_found_where_they_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The analyzer against a force plate: markers of one runner through a virtual camera,
 * contacts timed at 50 N. */
#include "support.h"

#include "analyzer/laboratory.h"

static uint64_t seed;
static laboratory *lab;

/* The force plate's own numbers (truth/INDEX.md of the shared data). */
#define TRUE_CADENCE 156.83
#define TRUE_CONTACT_MS 276.9
/* Knee flexion of the laboratory's own 3D model, left and right: at contact 10.3 and
 * 13.4, peak in stance 41.9 and 42.2, peak in swing 89.7 and 84.6 degrees. Ours is the
 * side view of centres carried by the shank's markers alone: another convention. */
static const struct {
    enum tread_measure_id id;
    double value_deg, tolerance_deg;
} knee[] = {
    {TREAD_MEASURE_KNEE_FLEXION_CONTACT, 11.9, 5},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_STANCE, 42.1, 5},
    {TREAD_MEASURE_KNEE_FLEXION_PEAK_SWING, 87.2, 5},
};
#define N_KNEE (sizeof knee / sizeof *knee)
/* A contact this far from a true one is not that one. */
#define PARTNER_S 0.1
/* The ends of the recording show half steps. */
#define MARGIN_S 0.6

typedef struct scatter {
    int n;
    double sum, sum_sq;
} scatter;

static void add(scatter *s, double v)
{
    s->n++;
    s->sum += v;
    s->sum_sq += v * v;
}

static double mean(const scatter *s)
{
    return s->sum / s->n;
}

static double sd(const scatter *s)
{
    return sqrt(fmax(0, s->sum_sq / s->n - mean(s) * mean(s)));
}

typedef struct result {
    scatter ic, to, stance; /* ms, found minus true; stance as found */
    int n_true, n_missed, n_extra;
    double cadence, contact_ms, knee_deg[N_KNEE];
} result;

static void compare(const tread_step *steps, size_t n, result *r)
{
    size_t n_true;
    const laboratory_contact *truth = laboratory_contacts(lab, &n_true);
    double end_s = laboratory_span_s(lab) - MARGIN_S;
    size_t n_paired = 0, n_inside = 0;
    for (size_t i = 0; i < n; i++)
        n_inside += steps[i].initial_contact_s > MARGIN_S && steps[i].initial_contact_s < end_s;
    for (size_t k = 0; k < n_true; k++) {
        if (truth[k].contact_s < MARGIN_S || truth[k].contact_s > end_s)
            continue;
        r->n_true++;
        const tread_step *found = NULL;
        for (size_t i = 0; i < n; i++)
            if (steps[i].side == truth[k].side &&
                fabs(steps[i].initial_contact_s - truth[k].contact_s) < PARTNER_S)
                found = &steps[i];
        if (!found) {
            r->n_missed++;
            continue;
        }
        n_paired++;
        add(&r->ic, 1000 * (found->initial_contact_s - truth[k].contact_s));
        if (isfinite(found->toe_off_s)) {
            add(&r->to, 1000 * (found->toe_off_s - truth[k].off_s));
            add(&r->stance, 1000 * (found->toe_off_s - found->initial_contact_s));
        }
    }
    r->n_extra = (int)n_inside - (int)n_paired;
}

static result analyzed(const laboratory_camera *camera, double fps)
{
    support_random random = support_seeded(seed);
    tread_analyzer_opts opts = {.speed_kmh = 9};
    tread_analyzer *a = NULL;
    assert_int_equal(tread_analyzer_create(&a, &opts), TREAD_OK);
    tread_landmarks lm;
    for (int i = 0; i / fps < laboratory_span_s(lab); i++) {
        laboratory_landmarks(lab, camera, i / fps, &random, &lm);
        lm.frame = i;
        assert_int_equal(tread_analyzer_push(a, &lm), TREAD_OK);
    }
    assert_int_equal(tread_analyzer_finish(a), TREAD_OK);
    tread_overview o;
    tread_analyzer_overview(a, &o);
    assert_int_equal(o.view, camera->view);
    assert_int_equal(o.gait, TREAD_GAIT_RUNNING);
    static tread_step steps[256];
    size_t n = 0;
    while (n < 256 && tread_analyzer_next_step(a, &steps[n]) == TREAD_OK)
        n++;
    result r = {.cadence = (double)NAN};
    compare(steps, n, &r);
    tread_measure m;
    assert_int_equal(tread_analyzer_measure(a, TREAD_MEASURE_CADENCE, TREAD_BOTH, &m), TREAD_OK);
    r.cadence = m.value;
    assert_int_equal(tread_analyzer_measure(a, TREAD_MEASURE_CONTACT, TREAD_BOTH, &m), TREAD_OK);
    /* Below 45 frames a second it is not stated, but follows from the moments. */
    assert_int_equal(m.reason != NULL, fps < 45);
    r.contact_ms = m.reason ? mean(&r.stance) : m.value;
    for (size_t i = 0; i < N_KNEE; i++) {
        assert_int_equal(tread_analyzer_measure(a, knee[i].id, TREAD_BOTH, &m), TREAD_OK);
        r.knee_deg[i] = m.value;
    }
    tread_analyzer_destroy(&a);
    return r;
}

/* Ceilings a little above what was measured when this was written (printed by the
 * test); they may be lowered when events get better, never raised without a reason. */
static const struct {
    const char *what;
    laboratory_camera camera;
    double fps;
    double ic_bias_ms, ic_sd_ms, to_bias_ms, to_sd_ms, cadence_spm;
} cases[] = {
    {"left, 30 fps, clean", {TREAD_VIEW_LEFT, 4, 400, 0}, 30, 5, 5, 15, 6, 0.15},
    {"left, 60 fps, clean", {TREAD_VIEW_LEFT, 4, 400, 0}, 60, 3, 4.5, 15, 6, 0.15},
    {"left, 120 fps, clean", {TREAD_VIEW_LEFT, 4, 400, 0}, 120, 3, 4.5, 15, 6, 0.15},
    {"left, 30 fps, 2 px", {TREAD_VIEW_LEFT, 4, 400, 2}, 30, 5, 7, 15, 10, 0.2},
    {"left, 60 fps, 2 px", {TREAD_VIEW_LEFT, 4, 400, 2}, 60, 3, 6.5, 15, 9, 0.15},
    {"left, 120 fps, 2 px", {TREAD_VIEW_LEFT, 4, 400, 2}, 120, 3, 5.5, 15, 8, 0.15},
    {"right, 60 fps, 2 px", {TREAD_VIEW_RIGHT, 4, 400, 2}, 60, 3, 6.5, 15, 9, 0.15},
    {"right, 60 fps, near", {TREAD_VIEW_RIGHT, 2.5, 400, 2}, 60, 3, 6.5, 15, 9, 0.15},
    {"orthographic, 60 fps", {TREAD_VIEW_LEFT, INFINITY, 400, 0}, 60, 3, 4.5, 15, 6, 0.15},
};

static void test_against_the_force_plate(void **state)
{
    (void)state;
    print_message("%-24s %6s %6s  %14s %14s %8s %8s %16s\n", "camera", "missed", "extra", "IC ms",
                  "TO ms", "spm", "tc ms", "knee deg");
    int n_bad = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        result r = analyzed(&cases[k].camera, cases[k].fps);
        print_message(
            "%-24s %3d/%2d %6d  %+6.1f +- %4.1f %+6.1f +- %4.1f %8.2f %8.1f %6.1f %4.1f %4.1f\n",
            cases[k].what, r.n_missed, r.n_true, r.n_extra, mean(&r.ic), sd(&r.ic), mean(&r.to),
            sd(&r.to), r.cadence, r.contact_ms, r.knee_deg[0], r.knee_deg[1], r.knee_deg[2]);
        bool is_good =
            r.n_true >= 70 && r.n_missed == 0 && r.n_extra == 0 && r.to.n == r.n_true &&
            fabs(mean(&r.ic)) <= cases[k].ic_bias_ms && sd(&r.ic) <= cases[k].ic_sd_ms &&
            fabs(mean(&r.to)) <= cases[k].to_bias_ms && sd(&r.to) <= cases[k].to_sd_ms &&
            fabs(r.cadence - TRUE_CADENCE) <= cases[k].cadence_spm &&
            fabs(r.contact_ms - TRUE_CONTACT_MS) <= cases[k].ic_bias_ms + cases[k].to_bias_ms;
        for (size_t i = 0; i < N_KNEE; i++)
            is_good &= fabs(r.knee_deg[i] - knee[i].value_deg) <= knee[i].tolerance_deg;
        if (!is_good) {
            print_message("^ over its ceiling: IC %g +- %g, TO %g +- %g, cadence %g\n",
                          cases[k].ic_bias_ms, cases[k].ic_sd_ms, cases[k].to_bias_ms,
                          cases[k].to_sd_ms, cases[k].cadence_spm);
            n_bad++;
        }
    }
    assert_int_equal(n_bad, 0);
}

int main(void)
{
    seed = support_seed("test_laboratory", 20240611);
    lab = laboratory_open();
    if (!lab)
        return SUPPORT_SKIPPED;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_the_force_plate)};
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    laboratory_close(lab);
    return status;
}

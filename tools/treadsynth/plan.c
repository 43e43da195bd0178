/* Solving a runner: from stated parameters to steps that meet them, or the reason
 * why no body can. */
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

/* Steps are planned this long before and after the clip. */
#define MARGIN_S 1.5
/* Flight starts this much faster upwards than a symmetric one would need less:
 * toe-off is higher than contact by ASYMMETRY * flight^2 (0.9 cm for 107 ms). */
#define ASYMMETRY 0.8
/* A stated value that cannot be met by more than this is refused. */
#define TOLERANCE_DEG 0.5
#define TOLERANCE_CM 0.4

/* ---- time --------------------------------------------------------------- */

static int tabulate_belt(synth_plan *plan)
{
    double end = plan->params.value[P_DURATION] + MARGIN_S + 4.0;
    plan->belt_t0 = -MARGIN_S - 2.0;
    plan->n_belt = (int)((end - plan->belt_t0) * 1000.0) + 2;
    plan->belt_m = malloc((size_t)plan->n_belt * sizeof *plan->belt_m);
    if (!plan->belt_m)
        return -1;
    double x = 0.0, before = synth_params_at(&plan->params, P_SPEED, plan->belt_t0) / 3.6;
    for (int i = 0; i < plan->n_belt; ++i) {
        plan->belt_m[i] = x;
        double v = synth_params_at(&plan->params, P_SPEED, plan->belt_t0 + (i + 1) * 1e-3) / 3.6;
        x += 0.5e-3 * (before + v);
        before = v;
    }
    return 0;
}

/* What a step adds to the parameter: left/right difference, one draw. */
static double off_base(const synth_params *p, enum synth_key key, enum synth_side side, double draw)
{
    double sd = isnan(p->sd[key]) ? synth_key_at(key)->sd * p->value[P_VARIABILITY] : p->sd[key];
    return (side == SIDE_LEFT ? 0.5 : -0.5) * p->diff[key] + sd * draw;
}

/* Cadence (steps/min), contact time (ms) and reach (cm) where they are left to
 * follow the belt: BIOMECHANICS section 5 gives the usual values and how contact
 * falls with speed; a little steeper here, so that one leg length serves all
 * speeds. Shorter legs step faster. */
static double usual(const synth_plan *plan, enum synth_key key, double kmh, double step_s)
{
    double tall = plan->figure.stature / 1.75;
    if (key == P_CADENCE)
        return (plan->is_walk ? 108.0 + 9.0 * (kmh - 4.8) : 168.0 + 2.5 * (kmh - 11.0)) *
               pow(tall, -0.6);
    if (key == P_CONTACT_TIME)
        return plan->is_walk ? 0.61 * 2000.0 * step_s : 250.0 * pow(kmh / 11.0, -0.8) * tall;
    return (plan->is_walk ? 27.0 + 3.5 * (kmh - 4.8) : 10.0 + (kmh - 11.0)) * tall;
}

static void draw_step(synth_plan *plan, synth_step *s, synth_random *random)
{
    const synth_params *p = &plan->params;
    double kmh = synth_params_at(p, P_SPEED, s->ic);
    for (int k = 0; k < P_COUNT; ++k) {
        enum synth_key key = (enum synth_key)k;
        if (!(synth_key_at(key)->flags & KEY_STEP)) {
            s->p[k] = p->value[k];
            continue;
        }
        double base = synth_params_at(p, key, s->ic);
        if (isnan(base) && (key == P_CADENCE || key == P_CONTACT_TIME || key == P_HEEL_AHEAD))
            base = usual(plan, key, kmh, 60.0 / s->p[P_CADENCE]) +
                   p->drift[k] * clampd(s->ic / p->value[P_DURATION], 0.0, 1.0);
        s->p[k] = base + off_base(p, key, s->side, synth_random_normal(random));
    }
}

static int make_steps(synth_plan *plan, synth_error *err)
{
    const synth_params *p = &plan->params;
    double end = p->value[P_DURATION] + 2.0 * MARGIN_S;
    int capacity = (int)((end + MARGIN_S + 3.0) * 5.0) + 8;
    plan->step = calloc((size_t)capacity, sizeof *plan->step);
    if (!plan->step)
        return synth_fail(err, "out of memory");
    synth_random random = synth_random_stream((uint64_t)p->value[P_SEED], 1);
    double t = -MARGIN_S - synth_random_uniform(&random) * 0.7;
    for (int k = 0; k < capacity && t < end; ++k) {
        synth_step *s = &plan->step[k];
        s->side = k % 2 ? SIDE_RIGHT : SIDE_LEFT;
        s->ic = t;
        draw_step(plan, s, &random);
        double step = 60.0 / s->p[P_CADENCE], contact = s->p[P_CONTACT_TIME] * 1e-3;
        if (!plan->is_walk && contact > 0.97 * step)
            return synth_fail(err,
                              "contact_time %.0f ms leaves no flight in a step of %.0f ms "
                              "(cadence %.0f): shorten it, or gait = walk",
                              contact * 1e3, step * 1e3, s->p[P_CADENCE]);
        if (plan->is_walk && (contact < 1.04 * step || contact > 1.6 * step))
            return synth_fail(err,
                              "contact_time %.0f ms does not suit walking with steps of %.0f ms: "
                              "between %.0f and %.0f ms, or gait = run",
                              contact * 1e3, step * 1e3, 1040 * step, 1600 * step);
        s->to = t + contact;
        s->incline_rad = synth_incline_at(plan, t);
        double sign = s->side == SIDE_LEFT ? -0.5 : 0.5;
        s->z = sign * s->p[P_STEP_WIDTH] * 0.01;
        plan->n_steps = k + 1;
        t += step;
    }
    plan->midstance =
        clampd(0.5 * (plan->step[0].to - plan->step[0].ic) / (plan->step[1].ic - plan->step[0].ic),
               0.2, 0.5);
    return 0;
}

/* Where a step is, for messages. */
static int refuse(const synth_step *s, synth_error *err, const char *why)
{
    return synth_fail(err, "step at %.2f s (%s foot): %s", s->ic,
                      s->side == SIDE_LEFT ? "left" : "right", why);
}

/* ---- initial contact ---------------------------------------------------- */

/* Knee flexion (deg) at contact of step k with mid-hip at `height`; -1 when the
 * foot is out of reach. Sets heel_x. */
static double knee_at_contact(synth_plan *plan, int k, double height)
{
    synth_step *s = &plan->step[k];
    const synth_figure *f = &plan->figure;
    synth_hips hips;
    synth_hips_at_height(plan, k, s->ic, height, &hips);
    synth_sole sole = synth_place_sole(f, 0.0, rad(s->p[P_STRIKE_ANGLE]));
    double heel = sole.x + pitch(v3(f->heel_u, f->heel_w, 0), sole.pitch).x;
    s->heel_x = synth_to_belt(hips.mid, s->incline_rad).x + s->p[P_HEEL_AHEAD] * 0.01 - heel;
    sole.x += s->heel_x;
    synth_leg_angles a;
    vec3 ankle = synth_sole_point(&sole, f->ankle_u, f->ankle_w, s->z, s->incline_rad);
    return synth_solve_leg(f, hips.hip[s->side], ankle, &a) ? -1.0 : deg(a.knee);
}

static int solve_contact(synth_plan *plan, int k, synth_error *err)
{
    synth_step *s = &plan->step[k];
    double leg = plan->figure.thigh + plan->figure.shank;
    double low = 0.5 * leg, high = 1.4 * leg, want = s->p[P_KNEE_CONTACT];
    for (int i = 0; i < 60; ++i) {
        double mid = 0.5 * (low + high);
        if (knee_at_contact(plan, k, mid) > want)
            low = mid;
        else
            high = mid;
    }
    s->h_ic = low;
    if (fabs(knee_at_contact(plan, k, low) - want) > 0.01)
        return refuse(s, err,
                      "no height of the hip gives knee_flexion_contact with heel_ahead "
                      "and foot_strike_angle as stated");
    return 0;
}

/* ---- stance: the dip ---------------------------------------------------- */

/* Force amplitudes for one shape of the ground force: third harmonic over first.
 * The first two follow from speed and height at both ends. */
static void set_force(synth_step *s, double shape)
{
    double tc = s->to - s->ic;
    double sum = SYNTH_PI / (2.0 * tc) * (s->v_to - s->v_ic + SYNTH_G * tc);
    s->force[0] = sum / (1.0 + shape / 3.0);
    s->force[2] = shape * s->force[0];
    double rise = s->h_to - s->h_ic - s->v_ic * tc + 0.5 * SYNTH_G * tc * tc;
    s->force[1] = 2.0 * (rise * SYNTH_PI / (tc * tc) - sum);
}

/* The ground can only push. */
static bool pushes_only(const synth_step *s)
{
    for (int i = 1; i < 64; ++i) {
        double x = SYNTH_PI * i / 64.0;
        if (s->force[0] * sin(x) + s->force[1] * sin(2 * x) + s->force[2] * sin(3 * x) < 0.0)
            return false;
    }
    return true;
}

/* Knee flexion (deg) in stance; 0 when out of reach. */
static double stance_knee(const synth_plan *plan, int k, double t_s)
{
    const synth_step *s = &plan->step[k];
    synth_hips hips;
    if (plan->is_walk)
        synth_hips_at(plan, t_s, &hips);
    else
        synth_hips_at_height(plan, k, t_s, synth_hip_height(plan, k, t_s), &hips);
    synth_sole sole = synth_stance_sole(plan, s, t_s);
    vec3 ankle = synth_sole_point(&sole, plan->figure.ankle_u, plan->figure.ankle_w, s->z,
                                  synth_incline_at(plan, t_s));
    synth_leg_angles a;
    return synth_solve_leg(&plan->figure, hips.hip[s->side], ankle, &a) ? 0.0 : deg(a.knee);
}

static double peak_stance_knee(const synth_plan *plan, int k)
{
    const synth_step *s = &plan->step[k];
    double best = 0.0;
    for (int i = 0; i <= 70; ++i)
        best = fmax(best, stance_knee(plan, k, mixd(s->ic, s->to, i * 0.01)));
    return best;
}

static double oscillation_cm(const synth_plan *plan, int k)
{
    const synth_step *s = &plan->step[k];
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i <= 200; ++i) {
        double h = synth_hip_height(plan, k, mixd(s->ic, s[1].ic, i * 0.005));
        low = fmin(low, h);
        high = fmax(high, h);
    }
    return 100.0 * (high - low);
}

/* The measure the shape is solved for; both fall as the shape grows. */
static double dip_measure(synth_plan *plan, int k, double shape)
{
    synth_step *s = &plan->step[k];
    set_force(s, shape);
    return isnan(s->p[P_KNEE_STANCE]) ? oscillation_cm(plan, k) : peak_stance_knee(plan, k);
}

/* Shapes for which the ground only pushes, from -1/3 (peaked) to 1 (flat). */
static void shape_range(synth_step *s, double *low, double *high)
{
    *low = 1.0;
    *high = -1.0 / 3.0;
    for (int i = 0; i <= 80; ++i) {
        double shape = -1.0 / 3.0 + i / 60.0;
        set_force(s, shape);
        if (!pushes_only(s))
            continue;
        *low = fmin(*low, shape);
        *high = fmax(*high, shape);
    }
}

static int solve_dip(synth_plan *plan, int k, synth_error *err)
{
    synth_step *s = &plan->step[k];
    bool by_knee = !isnan(s->p[P_KNEE_STANCE]);
    double low, high;
    if (!by_knee && isnan(s->p[P_VERTICAL_OSCILLATION]))
        return refuse(s, err,
                      "knee_flexion_peak_stance and vertical_oscillation cannot both be "
                      "auto when running");
    shape_range(s, &low, &high);
    if (low >= high)
        return refuse(s, err, "contact and flight times ask the ground to pull");
    double most = dip_measure(plan, k, low), least = dip_measure(plan, k, high);
    double want = by_knee ? s->p[P_KNEE_STANCE] : s->p[P_VERTICAL_OSCILLATION];
    /* A stated value is held to the tolerance, not a draw around it; a default gives
     * way. */
    double slack = by_knee ? TOLERANCE_DEG + 3.0 * plan->params.value[P_VARIABILITY] : TOLERANCE_CM;
    if (by_knee && !plan->params.is_given[P_KNEE_STANCE])
        slack = INFINITY;
    if (want > most + slack || want < least - slack)
        return synth_fail(err,
                          "step at %.2f s: %s %.1f cannot be: with knee %.1f deg at contact, %.0f "
                          "ms contact and %.0f ms flight it lies between %.1f and %.1f",
                          s->ic, by_knee ? "knee_flexion_peak_stance" : "vertical_oscillation",
                          want, s->p[P_KNEE_CONTACT], 1e3 * (s->to - s->ic),
                          1e3 * (s[1].ic - s->to), least, most);
    for (int i = 0; i < 40; ++i) {
        double mid = 0.5 * (low + high);
        if (dip_measure(plan, k, mid) > want)
            low = mid;
        else
            high = mid;
    }
    set_force(s, 0.5 * (low + high));
    double rises = oscillation_cm(plan, k), said = s->p[P_VERTICAL_OSCILLATION];
    if (by_knee && !isnan(said) &&
        fabs(rises - said) > TOLERANCE_CM + 0.5 * plan->params.value[P_VARIABILITY])
        return synth_fail(err,
                          "knee_flexion_peak_stance %.1f deg makes mid-hip rise and fall by %.1f "
                          "cm, vertical_oscillation says %.1f: leave one of them auto",
                          want, rises, said);
    return 0;
}

static int solve_run_heights(synth_plan *plan, synth_error *err)
{
    const synth_step *first = &plan->step[0];
    double tc0 = first->to - first->ic;
    /* Fore-aft: 2 m/s^2 of braking, then of push (about a fifth of body weight). */
    plan->fore_speed = 2.0 * tc0 * tc0 / (2.0 * SYNTH_PI * (first[1].ic - first->ic));
    for (int k = 0; k + 1 < plan->n_steps; ++k) {
        synth_step *s = &plan->step[k];
        double tf = s[1].ic - s->to, tc = s->to - s->ic;
        s->h_to = s[1].h_ic + ASYMMETRY * tf * tf;
        s->v_to = (0.5 * SYNTH_G - ASYMMETRY) * tf;
        s[1].v_ic = -(0.5 * SYNTH_G + ASYMMETRY) * tf;
        if (k == 0)
            s->v_ic = s[1].v_ic;
        s->brake = 2.0 * SYNTH_PI * plan->fore_speed * (tc + tf) / (tc * tc);
    }
    for (int k = 0; k + 1 < plan->n_steps; ++k)
        if (solve_dip(plan, k, err))
            return -1;
    return 0;
}

/* Rise that leaves the knee bent by 12 degrees over the single leg (Winter's
 * walking curves: 10 to 15), the stance hip being higher by half the pelvic drop. */
static double usual_walk_rise(const synth_plan *plan, const synth_step *s)
{
    const synth_figure *f = &plan->figure;
    double span = sqrt(f->thigh * f->thigh + f->shank * f->shank +
                       2.0 * f->thigh * f->shank * cos(rad(12.0)));
    double high = f->ankle_w + span - f->hip_half * sin(rad(s->p[P_PELVIC_DROP]));
    return fmax(high - s->h_ic, 0.005);
}

/* Walking: mid-hip is lowest in double support and highest over the single leg. */
static int solve_walk_heights(synth_plan *plan, synth_error *err)
{
    if (!isnan(plan->params.value[P_KNEE_STANCE]))
        return synth_fail(err, "in walking the knee in stance follows from vertical_oscillation: "
                               "leave knee_flexion_peak_stance auto");
    synth_step *s = plan->step;
    for (int k = 0; k < plan->n_steps; ++k) {
        double rise = s[k].p[P_VERTICAL_OSCILLATION];
        s[k].rise = isnan(rise) ? usual_walk_rise(plan, &s[k]) : 0.01 * rise;
        double before = k > 0 ? s[k - 1].to : s[k].ic + (s[k].to - s[k].ic) * 0.18;
        s[k].low_time = 0.5 * (s[k].ic + before);
    }
    s[0].low = s[0].h_ic;
    for (int k = 1; k < plan->n_steps; ++k) {
        double w = (s[k].ic - s[k - 1].low_time) / (s[k].low_time - s[k - 1].low_time);
        double lift = s[k - 1].rise * 0.5 * (1.0 - cos(2.0 * SYNTH_PI * w));
        double share = smooth(0.0, 1.0, w);
        s[k].low = (s[k].h_ic - lift - (1.0 - share) * s[k - 1].low) / share;
    }
    return 0;
}

/* ---- toe-off ------------------------------------------------------------ */

typedef struct leg_at_toe_off {
    double knee, extension; /* deg; hip extension against the trunk */
} leg_at_toe_off;

static int try_toe_off(synth_plan *plan, int k, double pitch_to, leg_at_toe_off *out)
{
    synth_step *s = &plan->step[k];
    s->pitch_to = pitch_to;
    double t = s->to - 1e-9;
    synth_hips hips;
    synth_hips_at(plan, t, &hips);
    synth_sole sole = synth_stance_sole(plan, s, t);
    vec3 ankle = synth_sole_point(&sole, plan->figure.ankle_u, plan->figure.ankle_w, s->z,
                                  synth_incline_at(plan, t));
    synth_leg_angles a;
    if (synth_solve_leg(&plan->figure, hips.hip[s->side], ankle, &a))
        return -1;
    out->knee = deg(a.knee);
    out->extension = -deg(a.thigh) - s->p[P_TRUNK_LEAN];
    return 0;
}

/* How far the foot has turned at toe-off: 25 to 86 degrees. More turn, more knee
 * flexion and less hip extension. */
static int solve_toe_off(synth_plan *plan, int k, synth_error *err)
{
    synth_step *s = &plan->step[k];
    double knee = s->p[P_KNEE_TOE_OFF], extension = s->p[P_HIP_EXTENSION];
    bool by_hip = isnan(knee) && !isnan(extension);
    bool is_free = isnan(knee) && isnan(extension);
    if (is_free)
        knee = plan->is_walk ? 38.0 : 14.0;
    double low = rad(-25.0), high = rad(-86.0);
    leg_at_toe_off at = {0};
    s->heel_off_time = mixd(s->ic, s->to, 0.5);
    for (int i = 0; i < 40; ++i) {
        double mid = 0.5 * (low + high);
        bool more_turn = try_toe_off(plan, k, mid, &at) != 0 ||
                         (by_hip ? at.extension > extension : at.knee < knee);
        if (more_turn)
            low = mid;
        else
            high = mid;
    }
    if (try_toe_off(plan, k, high, &at))
        return refuse(s, err,
                      "the leg is too short to keep the toe on the belt until toe-off: "
                      "less speed, contact_time or a larger heel_ahead");
    double miss = by_hip ? at.extension - extension : is_free ? 0.0 : at.knee - knee;
    if (fabs(miss) > TOLERANCE_DEG)
        return synth_fail(err, "step at %.2f s: %s %.1f deg cannot be reached; the nearest is %.1f",
                          s->ic, by_hip ? "hip_extension" : "knee_flexion_toe_off",
                          by_hip ? extension : knee, by_hip ? at.extension : at.knee);
    if (!by_hip && !isnan(extension) && fabs(at.extension - extension) > 1.0)
        return synth_fail(err,
                          "step at %.2f s: knee_flexion_toe_off %.1f deg makes hip_extension %.1f, "
                          "not %.1f: leave one of them auto",
                          s->ic, knee, at.extension, extension);
    return 0;
}

/* Late stance for one moment of heel-off: 0 when out of reach. */
static double least_late_knee(const synth_plan *plan, int k)
{
    const synth_step *s = &plan->step[k];
    double least = 180.0;
    for (int i = 40; i <= 100; ++i)
        least = fmin(least, stance_knee(plan, k, mixd(s->ic, s->to - 1e-9, i * 0.01)));
    return least;
}

/* Largest knee flexion once the heel is up. */
static double peak_after(const synth_plan *plan, int k)
{
    const synth_step *s = &plan->step[k];
    double peak = 0.0;
    for (int i = 0; i <= 40; ++i)
        peak = fmax(peak, stance_knee(plan, k, mixd(s->heel_off_time, s->to - 1e-9, i / 40.0)));
    return peak;
}

/* The heel lifts when that makes the knee arrive at toe-off at the usual rate:
 * still when running (toe-off is near peak extension, BIOMECHANICS 1.1), already
 * bending when walking. */
static int solve_heel_off(synth_plan *plan, int k, synth_error *err)
{
    synth_step *s = &plan->step[k];
    double best = INFINITY, best_time = 0.0, want = plan->is_walk ? 250.0 : -30.0;
    double end_knee = stance_knee(plan, k, s->to - 1e-9), stated = peak_stance_knee(plan, k);
    for (int i = 0; i <= 50; ++i) {
        s->heel_off_time = mixd(s->ic, s->to, 0.30 + i * 0.01);
        double least = least_late_knee(plan, k);
        if (least < 2.0)
            continue;
        double rate = (end_knee - stance_knee(plan, k, s->to - 4e-3)) / 4e-3;
        double beyond = peak_after(plan, k) - stated - 0.7;
        double floor = plan->is_walk ? 5.0 : end_knee - 2.0;
        double cost = fabs(rate - want) + 150.0 * fmax(0.0, floor - least) +
                      500.0 * (plan->is_walk ? 0.0 : fmax(0.0, beyond));
        if (cost < best) {
            best = cost;
            best_time = s->heel_off_time;
        }
    }
    s->heel_off_time = best_time;
    if (isinf(best))
        return refuse(s, err,
                      "the knee would have to overextend in late stance: less speed, "
                      "contact_time or hip_extension, or more knee flexion");
    return 0;
}

/* Looks at the finished stance closely. */
static int check_stance(const synth_plan *plan, int k, synth_error *err)
{
    const synth_step *s = &plan->step[k];
    double want = s->p[P_KNEE_STANCE], peak = 0.0;
    for (int i = 0; i <= 400; ++i) {
        double knee = stance_knee(plan, k, mixd(s->ic, s->to - 1e-9, i / 400.0));
        if (knee <= 0.0 && k > 0) /* the first step has nothing before it to stand on */
            return refuse(s, err,
                          "the leg does not reach the belt in the middle of stance: less "
                          "vertical_oscillation or foot_strike_angle, or more knee flexion");
        peak = fmax(peak, knee);
    }
    if (isnan(want) || !plan->params.is_given[P_KNEE_STANCE] ||
        peak < want + 1.0 + plan->params.value[P_VARIABILITY])
        return 0;
    return synth_fail(err,
                      "step at %.2f s: lifting the heel flexes the knee to %.1f deg, beyond "
                      "knee_flexion_peak_stance %.1f",
                      s->ic, peak, want);
}

/* ---- swing -------------------------------------------------------------- */

typedef struct leg_state {
    double thigh, knee, abduction, ankle, pitch, bend;
} leg_state;

static int state_of(const synth_plan *plan, double t_s, enum synth_side side,
                    const synth_sole *sole, double z, leg_state *out)
{
    const synth_figure *f = &plan->figure;
    double beta = synth_incline_at(plan, t_s);
    synth_hips hips;
    synth_hips_at(plan, t_s, &hips);
    synth_leg_angles a;
    vec3 ankle = synth_sole_point(sole, f->ankle_u, f->ankle_w, z, beta);
    if (synth_solve_leg(f, hips.hip[side], ankle, &a))
        return -1;
    *out = (leg_state){a.thigh,     a.knee,    a.abduction, sole->pitch + beta - (a.thigh - a.knee),
                       sole->pitch, sole->bend};
    return 0;
}

/* The sole `dt` before contact: it comes down at touchdown_speed and still lacks
 * touchdown_slip of the belt's speed. */
static synth_sole sole_before_contact(const synth_plan *plan, const synth_step *s, double dt)
{
    const synth_figure *f = &plan->figure;
    double v = synth_params_at(&plan->params, P_SPEED, s->ic) / 3.6;
    synth_sole at = synth_stance_sole(plan, s, s->ic),
               next = synth_stance_sole(plan, s, s->ic + dt);
    double rate = 0.25 * (next.pitch - at.pitch); /* in dt; the roll begins in the air */
    double u = at.pitch >= 0.0 ? 0.0 : f->ball_u;
    vec3 lands = pitch(v3(u, 0, 0), at.pitch);
    vec3 point = v3(at.x + lands.x + v * (1.0 - s->p[P_TOUCHDOWN_SLIP]) * dt,
                    at.y + lands.y + s->p[P_TOUCHDOWN_SPEED] * dt, 0.0);
    synth_sole before = {.pitch = at.pitch - rate, .bend = at.bend};
    vec3 off = pitch(v3(u, 0, 0), before.pitch);
    before.x = point.x - off.x;
    before.y = point.y - off.y;
    return before;
}

static void set_curve(synth_curve *c, double t0, double v0, double s0, double t1, double v1,
                      double s1)
{
    *c = (synth_curve){2, {t0, t1}, {v0, v1}, {s0, s1}};
}

/* One more knot before the last. */
static void add_knot(synth_curve *c, double t, double value, double slope)
{
    int last = c->n++;
    c->t[last] = c->t[last - 1];
    c->value[last] = c->value[last - 1];
    c->slope[last] = c->slope[last - 1];
    c->t[last - 1] = t;
    c->value[last - 1] = value;
    c->slope[last - 1] = slope;
}

/* Least height of the sole between toe-off and contact, leaving out both ends. */
static double swing_clearance(const synth_plan *plan, const synth_step *s, double from, double to)
{
    double least = INFINITY;
    for (int i = 0; i <= 60; ++i) {
        double t = mixd(s->to, s[2].ic, mixd(from, to, i / 60.0));
        synth_pose pose;
        synth_plan_pose(plan, t, &pose);
        least = fmin(least, synth_foot_clearance(&pose.foot[s->side], pose.incline_rad));
    }
    return least;
}

/* A knee that lands nearly straight cannot be flexing fast: it would have had to be
 * bent backwards just before. The thigh then brings the foot down instead, and the
 * ankle keeps the sole's turn. */
static void tame_knee(const synth_figure *f, const leg_state *b, leg_state *before, double dt)
{
    double rate = (b->knee - before->knee) / dt, most = rad(20.0);
    double reach = f->thigh * sin(b->thigh) + f->shank * sin(b->thigh - b->knee);
    if (rate <= most || fabs(reach) < 0.05)
        return;
    double less = rate - most;
    double thigh = -less * f->shank * sin(b->thigh - b->knee) / reach;
    before->knee += less * dt;
    before->thigh -= thigh * dt;
    before->ankle += (thigh + less) * dt;
}

static int ends_of_swing(const synth_plan *plan, const synth_step *s, leg_state *a, leg_state *da,
                         leg_state *b, leg_state *db)
{
    const double dt = 1e-4;
    const synth_step *n = s + 2;
    synth_sole sole = synth_stance_sole(plan, s, s->to), earlier;
    earlier = synth_stance_sole(plan, s, s->to - dt);
    synth_sole lands = synth_stance_sole(plan, n, n->ic), before = sole_before_contact(plan, n, dt);
    if (state_of(plan, s->to, s->side, &sole, s->z, a) ||
        state_of(plan, s->to - dt, s->side, &earlier, s->z, da) ||
        state_of(plan, n->ic, n->side, &lands, n->z, b) ||
        state_of(plan, n->ic - dt, n->side, &before, n->z, db))
        return -1;
    tame_knee(&plan->figure, b, db, dt);
    return 0;
}

/* Shape of swing: when knee and hip are most flexed, as shares of swing
 * (BIOMECHANICS section 4: peak swing knee at 70 % of a running cycle; Winter's
 * walking curves), and the ankle on the way: `ankle_mid` half way, `start` when
 * nothing is in the toe's way. */
static void set_swing(synth_plan *plan, synth_step *s, double start, double ankle_mid,
                      const leg_state e[4])
{
    const double dt = 1e-4;
    double end = s[2].ic, span = end - s->to;
    const leg_state *a = &e[0], *da = &e[1], *b = &e[2], *db = &e[3];
#define SLOPE_A(q) ((a->q - da->q) / dt)
#define SLOPE_B(q) ((b->q - db->q) / dt)
    set_curve(&s->thigh, s->to, a->thigh, SLOPE_A(thigh), end, b->thigh, SLOPE_B(thigh));
    set_curve(&s->knee, s->to, a->knee, SLOPE_A(knee), end, b->knee, SLOPE_B(knee));
    set_curve(&s->abduction, s->to, a->abduction, SLOPE_A(abduction), end, b->abduction,
              SLOPE_B(abduction));
    set_curve(&s->ankle, s->to, a->ankle, SLOPE_A(ankle), end, b->ankle, SLOPE_B(ankle));
#undef SLOPE_A
#undef SLOPE_B
    double knee_at = plan->is_walk ? 0.34 : 0.46, thigh_at = plan->is_walk ? 0.64 : 0.76;
    double thigh = rad(s->p[P_HIP_FLEXION] - s->p[P_TRUNK_LEAN]);
    add_knot(&s->knee, s->to + knee_at * span, rad(s->p[P_KNEE_SWING]), 0.0);
    if (plan->is_walk) /* straight a little before contact, and no further */
        add_knot(&s->knee, s->to + 0.90 * span, fmax(b->knee - rad(1.0), rad(2.0)), 0.0);
    add_knot(&s->thigh, s->to + thigh_at * span, fmax(thigh, b->thigh + rad(1.0)), 0.0);
    /* The push of the foot dies out soon after toe-off; before contact the foot
     * hangs ready. */
    add_knot(&s->ankle, s->to + 0.13 * span, a->ankle - rad(5.0), 0.0);
    add_knot(&s->ankle, s->to + 0.50 * span, ankle_mid, 0.0);
    double held = 0.6 * (ankle_mid - start); /* toes kept up for longer */
    add_knot(&s->ankle, s->to + 0.88 * span, b->ankle + rad(2.0) + held, 0.0);
    s->bend_to = a->bend;
    s->bend_ic = b->bend;
}

static int solve_swing(synth_plan *plan, int k, synth_error *err)
{
    synth_step *s = &plan->step[k];
    leg_state e[4];
    if (ends_of_swing(plan, s, &e[0], &e[1], &e[2], &e[3]))
        return refuse(s, err, "the leg does not reach from toe-off to the next contact");
    double want = plan->is_walk ? 0.008 : 0.015, least = 0.0;
    /* The toe is lifted first; then knee and hip, unless their flexion was stated. */
    const bool *given = plan->params.is_given;
    for (int more = 0; more <= 4 && least < want; ++more) {
        s->p[P_KNEE_SWING] += more > 0 && !given[P_KNEE_SWING] ? 4.0 : 0.0;
        s->p[P_HIP_FLEXION] += more > 0 && !given[P_HIP_FLEXION] ? 2.0 : 0.0;
        double start = plan->is_walk ? 0.0 : -8.0;
        for (double ankle = start; ankle <= 22.0; ankle += 5.0) {
            set_swing(plan, s, rad(start), rad(ankle), e);
            least = swing_clearance(plan, s, 0.2, 0.85);
            if (least >= want)
                break;
        }
    }
    if (least < 0.002)
        return refuse(s, err,
                      "the foot would scuff the belt in swing: more "
                      "knee_flexion_peak_swing or hip_flexion_peak_swing");
    if (swing_clearance(plan, s, 0.85, 1.0) < -5e-4)
        return refuse(s, err,
                      "the foot would reach the belt before contact: more "
                      "touchdown_speed or less touchdown_slip");
    if (swing_clearance(plan, s, 0.0, 0.2) < -5e-4)
        return refuse(s, err, "the toe would dig into the belt after toe-off");
    return 0;
}

/* ---- the whole ---------------------------------------------------------- */

static int solve(synth_plan *plan, synth_error *err)
{
    for (int k = 0; k + 1 < plan->n_steps; ++k)
        if (solve_contact(plan, k, err))
            return -1;
    plan->n_steps -= 1; /* the last contact has no step after it */
    if (plan->is_walk ? solve_walk_heights(plan, err) : solve_run_heights(plan, err))
        return -1;
    int n = plan->n_steps - 2;
    for (int k = 0; k < n; ++k)
        if (solve_toe_off(plan, k, err) || solve_heel_off(plan, k, err) ||
            check_stance(plan, k, err))
            return -1;
    for (int k = 0; k + 2 < n; ++k)
        if (solve_swing(plan, k, err))
            return -1;
    plan->n_solved = n - 2;
    return 0;
}

int synth_plan_create(synth_plan **out, const synth_params *p, synth_error *err)
{
    *out = NULL;
    synth_plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return synth_fail(err, "out of memory");
    plan->params = *p;
    plan->is_walk = p->value[P_GAIT] == GAIT_WALK;
    synth_figure_init(&plan->figure, p);
    if (tabulate_belt(plan)) {
        synth_fail(err, "out of memory");
        goto fail;
    }
    if (make_steps(plan, err))
        goto fail;
    /* Contact and toe-off need when the foot is flat, heel-off is found later. */
    for (int k = 0; k < plan->n_steps; ++k) {
        synth_step *s = &plan->step[k];
        double share = s->p[P_STRIKE_ANGLE] < 0.0 ? 0.28 : plan->is_walk ? 0.16 : 0.18;
        s->flat_time = mixd(s->ic, s->to, share);
        s->heel_off_time = s->to;
    }
    if (solve(plan, err))
        goto fail;
    *out = plan;
    return 0;
fail:
    synth_plan_destroy(&plan);
    return -1;
}

void synth_plan_destroy(synth_plan **plan)
{
    if (!plan || !*plan)
        return;
    free((*plan)->step);
    free((*plan)->belt_m);
    free(*plan);
    *plan = NULL;
}

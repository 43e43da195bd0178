/* Reading poses out of a finished plan. */
#include "plan.h"

#include <string.h>

/* Largest upward bend of the toes before the shoe rolls over its tip. */
#define BEND_MAX rad(20.0)

vec3 synth_to_belt(vec3 world, double incline_rad)
{
    return pitch(world, -incline_rad);
}

vec3 synth_from_belt(vec3 belt, double incline_rad)
{
    return pitch(belt, incline_rad);
}

double synth_belt_at(const synth_plan *plan, double t_s)
{
    double at = clampd((t_s - plan->belt_t0) * 1000.0, 0.0, plan->n_belt - 1.001);
    int i = (int)at;
    double w = at - i;
    /* Speed is linear within a millisecond, so travel is a parabola there. */
    double v0 = synth_params_at(&plan->params, P_SPEED, plan->belt_t0 + i * 1e-3) / 3.6;
    double step = plan->belt_m[i + 1] - plan->belt_m[i];
    return plan->belt_m[i] + v0 * 1e-3 * w + (step - v0 * 1e-3) * w * w;
}

double synth_incline_at(const synth_plan *plan, double t_s)
{
    return atan(synth_params_at(&plan->params, P_INCLINE, t_s) * 0.01);
}

int synth_find_step(const synth_plan *plan, double t_s)
{
    int low = 0, high = plan->n_steps - 2;
    while (low < high) {
        int mid = (low + high + 1) / 2;
        if (plan->step[mid].ic <= t_s)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

static double share_of_step(const synth_plan *plan, int k, double t_s)
{
    const synth_step *s = &plan->step[k];
    return (t_s - s->ic) / (s[1].ic - s->ic);
}

/* A whole-body parameter, going from one step's value to the next's. */
static double blend(const synth_plan *plan, int k, double u, enum synth_key key)
{
    return mixd(plan->step[k].p[key], plan->step[k + 1].p[key], smooth(0.0, 1.0, u));
}

static double sign_of(const synth_step *s)
{
    return s->side == SIDE_LEFT ? 1.0 : -1.0;
}

static double hip_forward(const synth_plan *plan, int k, double t_s)
{
    const synth_step *s = &plan->step[k];
    if (plan->is_walk)
        return 0.010 * sin(2.0 * SYNTH_PI * share_of_step(plan, k, t_s));
    double tc = s->to - s->ic, t = fmin(t_s - s->ic, tc), w = 2.0 * SYNTH_PI / tc;
    double x = plan->fore_speed * t - s->brake / w * (t - sin(w * t) / w);
    return x + plan->fore_speed * (t_s - s->ic - t);
}

double synth_hip_height(const synth_plan *plan, int k, double t_s)
{
    const synth_step *s = &plan->step[k];
    if (plan->is_walk) {
        const synth_step *seg = t_s < s->low_time && k > 0 ? s - 1 : s;
        double w = (t_s - seg->low_time) / (seg[1].low_time - seg->low_time);
        return mixd(seg->low, seg[1].low, smooth(0.0, 1.0, w)) +
               seg->rise * 0.5 * (1.0 - cos(2.0 * SYNTH_PI * w));
    }
    if (t_s >= s->to) {
        double t = t_s - s->to;
        return s->h_to + s->v_to * t - 0.5 * SYNTH_G * t * t;
    }
    double t = t_s - s->ic, tc = s->to - s->ic;
    double h = s->h_ic + s->v_ic * t - 0.5 * SYNTH_G * t * t;
    for (int n = 1; n <= 3; ++n) {
        double w = n * SYNTH_PI / tc;
        h += s->force[n - 1] / w * (t - sin(w * t) / w);
    }
    return h;
}

void synth_hips_at_height(const synth_plan *plan, int k, double t_s, double height,
                          synth_hips *hips)
{
    double u = share_of_step(plan, k, t_s), sign = sign_of(&plan->step[k]);
    double load = sign * cos(SYNTH_PI * (u - plan->midstance));
    /* The pelvis leads with the forward leg and drops on the swing side. */
    double yaw = sign * rad(blend(plan, k, u, P_PELVIS_ROTATION)) * cos(SYNTH_PI * u);
    double drop = rad(blend(plan, k, u, P_PELVIC_DROP)) * load;
    hips->axis = v3(-sin(yaw) * cos(drop), -sin(drop), cos(yaw) * cos(drop));
    /* Mid-hip shifts over the loaded foot: 1.2 cm running, 2 cm walking. */
    double shift = (plan->is_walk ? 0.020 : 0.012) * load;
    hips->mid = v3(hip_forward(plan, k, t_s), height, -shift);
    hips->hip[SIDE_LEFT] = along(hips->mid, hips->axis, -plan->figure.hip_half);
    hips->hip[SIDE_RIGHT] = along(hips->mid, hips->axis, plan->figure.hip_half);
}

void synth_hips_at(const synth_plan *plan, double t_s, synth_hips *hips)
{
    int k = synth_find_step(plan, t_s);
    synth_hips_at_height(plan, k, t_s, synth_hip_height(plan, k, t_s), hips);
}

/* ---- feet --------------------------------------------------------------- */

synth_sole synth_place_sole(const synth_figure *f, double heel_x, double angle)
{
    synth_sole s = {.x = heel_x, .pitch = angle};
    if (angle >= 0.0)
        return s;
    double toe = fmax(angle + f->toe_spring, 0.0);
    double ball_x = heel_x + f->ball_u, ball_y = 0.0;
    s.bend = toe - angle - f->toe_spring;
    if (s.bend > BEND_MAX) {
        /* The toes lie flat until the shoe is bent as far as it goes. */
        double tip_x = ball_x + f->toe_length;
        s.bend = BEND_MAX;
        toe = angle + f->toe_spring + BEND_MAX;
        ball_x = tip_x - f->toe_length * cos(toe);
        ball_y = -f->toe_length * sin(toe);
    }
    s.x = ball_x - f->ball_u * cos(angle);
    s.y = ball_y - f->ball_u * sin(angle);
    return s;
}

/* Foot angle in stance: rolls down, lies flat, lifts the heel with a speed that
 * grows until toe-off. */
static double stance_pitch(const synth_step *s, double t_s)
{
    if (t_s < s->flat_time) {
        double u = (t_s - s->ic) / (s->flat_time - s->ic), left = 1.0 - u;
        return rad(s->p[P_STRIKE_ANGLE]) * left * left * (1.0 + 0.2 * u);
    }
    if (t_s <= s->heel_off_time)
        return 0.0;
    double u = (t_s - s->heel_off_time) / (s->to - s->heel_off_time);
    return s->pitch_to * 0.5 * u * u * (3.0 - u);
}

synth_sole synth_stance_sole(const synth_plan *plan, const synth_step *s, double t_s)
{
    double travelled = synth_belt_at(plan, t_s) - synth_belt_at(plan, s->ic);
    return synth_place_sole(&plan->figure, s->heel_x - travelled, stance_pitch(s, t_s));
}

vec3 synth_sole_point(const synth_sole *s, double u, double w, double z, double incline)
{
    vec3 local = pitch(v3(u, w, z), s->pitch);
    return synth_from_belt(v3(s->x + local.x, s->y + local.y, z), incline);
}

/* ---- legs --------------------------------------------------------------- */

vec3 synth_leg_point(vec3 from, double angle, double abduction, double length_m)
{
    /* Sagittal angle -> angle in the leg's own, tilted plane. */
    double in_plane = atan2(sin(angle) * cos(abduction), cos(angle));
    double down = length_m * cos(in_plane);
    return v3(from.x + length_m * sin(in_plane), from.y - down * cos(abduction),
              from.z + down * sin(abduction));
}

int synth_solve_leg(const synth_figure *f, vec3 hip, vec3 ankle, synth_leg_angles *angles)
{
    vec3 d = sub(ankle, hip);
    double abduction = atan2(d.z, -d.y), down = hypot(d.y, d.z);
    double span = hypot(down, d.x);
    double cosine =
        (f->thigh * f->thigh + span * span - f->shank * f->shank) / (2.0 * f->thigh * span);
    if (span > f->thigh + f->shank || cosine > 1.0)
        return -1;
    double line = atan2(d.x, down), lift = acos(clampd(cosine, -1.0, 1.0));
    double in_thigh = line + lift;
    vec3 knee = v3(f->thigh * sin(in_thigh), -f->thigh * cos(in_thigh) * cos(abduction),
                   f->thigh * cos(in_thigh) * sin(abduction));
    vec3 shank = sub(d, knee);
    angles->abduction = abduction;
    angles->thigh = atan2(knee.x, -knee.y);
    angles->knee = angles->thigh - atan2(shank.x, -shank.y);
    return 0;
}

double synth_curve_at(const synth_curve *c, double t)
{
    int i = 0;
    while (i + 2 < c->n && t > c->t[i + 1])
        ++i;
    double span = c->t[i + 1] - c->t[i];
    double u = clampd((t - c->t[i]) / span, 0.0, 1.0), u2 = u * u, u3 = u2 * u;
    return c->value[i] * (2.0 * u3 - 3.0 * u2 + 1.0) + c->slope[i] * span * (u3 - 2.0 * u2 + u) +
           c->value[i + 1] * (3.0 * u2 - 2.0 * u3) + c->slope[i + 1] * span * (u3 - u2);
}

synth_sole synth_swing_sole(const synth_plan *plan, const synth_step *s, double t_s, vec3 hip,
                            vec3 *knee, vec3 *ankle)
{
    const synth_figure *f = &plan->figure;
    double thigh = synth_curve_at(&s->thigh, t_s), flexion = synth_curve_at(&s->knee, t_s);
    double abduction = synth_curve_at(&s->abduction, t_s), incline = synth_incline_at(plan, t_s);
    *knee = synth_leg_point(hip, thigh, abduction, f->thigh);
    *ankle = synth_leg_point(*knee, thigh - flexion, abduction, f->shank);
    double angle = synth_curve_at(&s->ankle, t_s) + thigh - flexion - incline;
    double u = (t_s - s->to) / (s[2].ic - s->to);
    double bend =
        fmax(s->bend_to * (1.0 - smooth(0.0, 0.35, u)), s->bend_ic * smooth(0.85, 1.0, u));
    vec3 at = synth_to_belt(*ankle, incline), from = pitch(v3(f->ankle_u, f->ankle_w, 0.0), angle);
    return (synth_sole){at.x - from.x, at.y - from.y, angle, bend};
}

static void set_foot(const synth_figure *f, const synth_sole *s, enum synth_side side, double z,
                     synth_pose *pose)
{
    synth_foot *foot = &pose->foot[side];
    double beta = pose->incline_rad, toe = s->pitch + f->toe_spring + s->bend;
    foot->pitch_rad = s->pitch;
    foot->toe_rad = toe;
    foot->heel_edge = synth_sole_point(s, 0.0, 0.0, z, beta);
    foot->ball = synth_sole_point(s, f->ball_u, 0.0, z, beta);
    vec3 along_toe = synth_from_belt(v3(cos(toe), sin(toe), 0.0), beta);
    vec3 off_toe = synth_from_belt(v3(-sin(toe), cos(toe), 0.0), beta);
    foot->toe_tip = along(foot->ball, along_toe, f->toe_length);
    pose->point[PT_LEFT_HEEL + side] = synth_sole_point(s, f->heel_u, f->heel_w, z, beta);
    pose->point[PT_LEFT_TOE + side] =
        along(along(foot->ball, along_toe, f->toe_u), off_toe, f->toe_w);
}

static void set_leg(const synth_plan *plan, int k, enum synth_side side, const synth_hips *hips,
                    synth_pose *pose)
{
    const synth_figure *f = &plan->figure;
    int j = plan->step[k].side == side ? k : k - 1;
    const synth_step *s = &plan->step[j < 0 ? j + 2 : j];
    vec3 hip = hips->hip[side], knee, ankle;
    double z = s->z;
    synth_sole sole;
    pose->foot[side].is_down = pose->t_s >= s->ic && pose->t_s < s->to;
    if (pose->t_s < s->to) {
        synth_leg_angles a = {0};
        sole = synth_stance_sole(plan, s, pose->t_s);
        ankle = synth_sole_point(&sole, f->ankle_u, f->ankle_w, z, pose->incline_rad);
        (void)synth_solve_leg(f, hip, ankle, &a); /* the solver has checked the whole stance */
        knee = synth_leg_point(hip, a.thigh, a.abduction, f->thigh);
    } else {
        sole = synth_swing_sole(plan, s, pose->t_s, hip, &knee, &ankle);
        z = ankle.z;
    }
    pose->point[PT_LEFT_HIP + side] = hip;
    pose->point[PT_LEFT_KNEE + side] = knee;
    pose->point[PT_LEFT_ANKLE + side] = ankle;
    set_foot(f, &sole, side, z, pose);
}

double synth_foot_clearance(const synth_foot *foot, double incline_rad)
{
    double heel = synth_to_belt(foot->heel_edge, incline_rad).y;
    double ball = synth_to_belt(foot->ball, incline_rad).y;
    double tip = synth_to_belt(foot->toe_tip, incline_rad).y;
    return fmin(heel, fmin(ball, tip));
}

/* ---- trunk, head and arms ------------------------------------------------ */

static void set_trunk(const synth_plan *plan, int k, const synth_hips *hips, synth_pose *pose)
{
    const synth_figure *f = &plan->figure;
    double u = share_of_step(plan, k, pose->t_s), sign = sign_of(&plan->step[k]);
    double within = cos(2.0 * SYNTH_PI * (u - plan->midstance - 0.05));
    double lean =
        rad(blend(plan, k, u, P_TRUNK_LEAN) + 0.5 * blend(plan, k, u, P_TRUNK_SWING) * within);
    double side =
        -sign * rad(blend(plan, k, u, P_LATERAL_LEAN)) * cos(SYNTH_PI * (u - plan->midstance));
    double in_plane = atan2(sin(lean) * cos(side), cos(lean));
    vec3 up = v3(sin(in_plane), cos(in_plane) * cos(side), cos(in_plane) * sin(side));
    double yaw = -sign * rad(blend(plan, k, u, P_THORAX_ROTATION)) * cos(SYNTH_PI * u);
    pose->mid_hip = hips->mid;
    pose->mid_shoulder = along(hips->mid, up, f->trunk);
    pose->pelvis.z = hips->axis;
    pose->pelvis.x = unit(cross(mix(v3(0, 1, 0), up, 0.6), hips->axis));
    pose->pelvis.y = cross(pose->pelvis.z, pose->pelvis.x);
    pose->thorax = frame_up_forward(up, turn(v3(1, 0, 0), yaw));
    pose->point[PT_LEFT_SHOULDER] = along(pose->mid_shoulder, pose->thorax.z, -f->shoulder_half);
    pose->point[PT_RIGHT_SHOULDER] = along(pose->mid_shoulder, pose->thorax.z, f->shoulder_half);

    double beyond = blend(plan, k, u, P_HEAD_FORWARD);
    double reach = lean + rad(beyond);
    vec3 ears = along(pose->mid_shoulder, v3(sin(reach), cos(reach), 0.4 * sin(side)), f->ear_up);
    /* The gaze stays near level and sinks as the head goes forward. */
    double gaze = rad(-3.0 - 0.8 * fmax(beyond - 8.0, -10.0));
    pose->head.x = v3(cos(gaze), sin(gaze), 0.0);
    pose->head.y = v3(-sin(gaze), cos(gaze), 0.0);
    pose->head.z = v3(0, 0, 1);
    pose->point[PT_LEFT_EAR] = along(ears, pose->head.z, -f->ear_half);
    pose->point[PT_RIGHT_EAR] = along(ears, pose->head.z, f->ear_half);
    pose->point[PT_NOSE] =
        along(along(ears, pose->head.x, f->nose_forward), pose->head.y, -f->nose_down);
}

/* A segment of sagittal angle `angle`, turned out of the plane by `out`. */
static vec3 arm_point(vec3 from, double angle, double out, double length_m)
{
    return v3(from.x + length_m * sin(angle) * cos(out), from.y - length_m * cos(angle) * cos(out),
              from.z + length_m * sin(out));
}

static void set_arm(const synth_plan *plan, int k, enum synth_side side, synth_pose *pose)
{
    const synth_figure *f = &plan->figure;
    int j = plan->step[k].side == side ? k : k - 1;
    const synth_step *from = &plan->step[j < 0 ? j + 2 : j], *to = from + 2;
    double q = (pose->t_s - from->ic) / (to->ic - from->ic), w = smooth(0.0, 1.0, q);
    double back = cos(2.0 * SYNTH_PI * q), out = side == SIDE_LEFT ? -1.0 : 1.0;
    double mean = rad(mixd(from->p[P_ARM_MEAN], to->p[P_ARM_MEAN], w));
    double swing = rad(mixd(from->p[P_ARM_SWING], to->p[P_ARM_SWING], w));
    double elbow = rad(mixd(from->p[P_ELBOW], to->p[P_ELBOW], w));
    double inward = rad(mixd(from->p[P_ARM_CROSS], to->p[P_ARM_CROSS], w));
    double upper = mean - 0.5 * swing * back;
    /* The elbow opens a little as the arm goes back, in step with the swing. */
    double fore = upper + SYNTH_PI - (elbow + 0.12 * swing * back);
    vec3 shoulder = pose->point[PT_LEFT_SHOULDER + side];
    vec3 at = arm_point(shoulder, upper, out * rad(14.0), f->upper_arm);
    pose->point[PT_LEFT_ELBOW + side] = at;
    pose->point[PT_LEFT_WRIST + side] =
        arm_point(at, fore, -out * (inward * (1.0 - 0.35 * back)), f->forearm);
}

void synth_plan_pose(const synth_plan *plan, double t_s, synth_pose *pose)
{
    memset(pose, 0, sizeof *pose);
    pose->t_s = t_s;
    pose->incline_rad = synth_incline_at(plan, t_s);
    pose->belt_m = synth_belt_at(plan, t_s) - synth_belt_at(plan, 0.0);
    int k = synth_find_step(plan, t_s);
    synth_hips hips;
    synth_hips_at(plan, t_s, &hips);
    set_trunk(plan, k, &hips, pose);
    for (enum synth_side side = SIDE_LEFT; side <= SIDE_RIGHT; ++side) {
        set_leg(plan, k, side, &hips, pose);
        set_arm(plan, k, side, pose);
    }
}

void synth_pose_standing(const synth_figure *f, synth_pose *pose)
{
    memset(pose, 0, sizeof *pose);
    mat3 level = {v3(1, 0, 0), v3(0, 1, 0), v3(0, 0, 1)};
    double hip = f->ankle_w + (f->thigh + f->shank) * 0.998;
    pose->pelvis = pose->thorax = pose->head = level;
    pose->mid_hip = v3(0, hip, 0);
    pose->mid_shoulder = v3(0, hip + f->trunk, 0);
    vec3 ears = along(pose->mid_shoulder, level.y, f->ear_up);
    pose->point[PT_NOSE] = add(ears, v3(f->nose_forward, -f->nose_down, 0));
    for (int side = 0; side < 2; ++side) {
        double out = side ? 1.0 : -1.0;
        vec3 hip_at = v3(0, hip, out * f->hip_half), ankle = v3(0.0, f->ankle_w, out * 0.11);
        synth_leg_angles a = {0};
        (void)synth_solve_leg(f, hip_at, ankle, &a);
        pose->point[PT_LEFT_EAR + side] = along(ears, level.z, out * f->ear_half);
        pose->point[PT_LEFT_SHOULDER + side] =
            along(pose->mid_shoulder, level.z, out * f->shoulder_half);
        pose->point[PT_LEFT_ELBOW + side] =
            arm_point(pose->point[PT_LEFT_SHOULDER + side], rad(-6), out * rad(10), f->upper_arm);
        pose->point[PT_LEFT_WRIST + side] =
            arm_point(pose->point[PT_LEFT_ELBOW + side], rad(14), out * rad(3), f->forearm);
        pose->point[PT_LEFT_HIP + side] = hip_at;
        pose->point[PT_LEFT_KNEE + side] = synth_leg_point(hip_at, a.thigh, a.abduction, f->thigh);
        pose->point[PT_LEFT_ANKLE + side] = ankle;
        synth_sole sole = {.x = -f->ankle_u};
        pose->foot[side].is_down = true;
        set_foot(f, &sole, (enum synth_side)side, out * 0.11, pose);
    }
}

const synth_figure *synth_plan_figure(const synth_plan *plan)
{
    return &plan->figure;
}

int synth_plan_n_steps(const synth_plan *plan)
{
    return plan->n_solved;
}

synth_step_info synth_plan_step(const synth_plan *plan, int index)
{
    const synth_step *s = &plan->step[index];
    return (synth_step_info){s->side, s->ic, s->to,
                             synth_params_at(&plan->params, P_SPEED, s->ic) / 3.6, s->incline_rad};
}

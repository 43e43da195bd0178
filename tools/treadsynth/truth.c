#include "truth.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const POINTS[PT_COUNT] = {
    [PT_NOSE] = "nose",
    [PT_LEFT_EAR] = "left_ear",
    [PT_RIGHT_EAR] = "right_ear",
    [PT_LEFT_SHOULDER] = "left_shoulder",
    [PT_RIGHT_SHOULDER] = "right_shoulder",
    [PT_LEFT_ELBOW] = "left_elbow",
    [PT_RIGHT_ELBOW] = "right_elbow",
    [PT_LEFT_WRIST] = "left_wrist",
    [PT_RIGHT_WRIST] = "right_wrist",
    [PT_LEFT_HIP] = "left_hip",
    [PT_RIGHT_HIP] = "right_hip",
    [PT_LEFT_KNEE] = "left_knee",
    [PT_RIGHT_KNEE] = "right_knee",
    [PT_LEFT_ANKLE] = "left_ankle",
    [PT_RIGHT_ANKLE] = "right_ankle",
    [PT_LEFT_HEEL] = "left_heel",
    [PT_RIGHT_HEEL] = "right_heel",
    [PT_LEFT_TOE] = "left_toe",
    [PT_RIGHT_TOE] = "right_toe",
};

const char *synth_point_name(enum synth_point point)
{
    return POINTS[point];
}

/* ---- angles ---------------------------------------------------------------- */

/* Degrees of b - a against vertical up or down, + forward. */
static double from_up(vec3 a, vec3 b)
{
    return deg(atan2(b.x - a.x, b.y - a.y));
}

static double from_down(vec3 a, vec3 b)
{
    return deg(atan2(b.x - a.x, a.y - b.y));
}

/* Turns are reported within half a turn of straight ahead. */
static double wrapped(double degrees)
{
    return degrees > 180.0 ? degrees - 360.0 : degrees <= -180.0 ? degrees + 360.0 : degrees;
}

void synth_angles_of(const synth_figure *f, const synth_pose *pose, synth_angles *a)
{
    const vec3 *p = pose->point;
    vec3 shoulder = mix(p[PT_LEFT_SHOULDER], p[PT_RIGHT_SHOULDER], 0.5);
    vec3 hip = mix(p[PT_LEFT_HIP], p[PT_RIGHT_HIP], 0.5);
    vec3 ear = mix(p[PT_LEFT_EAR], p[PT_RIGHT_EAR], 0.5);
    a->trunk_lean = from_up(hip, shoulder);
    a->head = from_up(shoulder, ear);
    a->lateral_lean = deg(atan2(shoulder.z - hip.z, shoulder.y - hip.y));
    a->pelvis_tilt =
        deg(atan2(p[PT_LEFT_HIP].y - p[PT_RIGHT_HIP].y, p[PT_RIGHT_HIP].z - p[PT_LEFT_HIP].z));
    for (int s = 0; s < 2; ++s) {
        a->thigh[s] = from_down(p[PT_LEFT_HIP + s], p[PT_LEFT_KNEE + s]);
        a->shank[s] = from_down(p[PT_LEFT_KNEE + s], p[PT_LEFT_ANKLE + s]);
        a->knee[s] = wrapped(a->thigh[s] - a->shank[s]);
        a->hip[s] = a->thigh[s] + a->trunk_lean;
        vec3 sole = sub(synth_to_belt(p[PT_LEFT_TOE + s], pose->incline_rad),
                        synth_to_belt(p[PT_LEFT_HEEL + s], pose->incline_rad));
        a->foot[s] = wrapped(deg(atan2(sole.y, sole.x) - f->rest_angle));
        a->ankle[s] = wrapped(a->foot[s] + deg(pose->incline_rad) - a->shank[s]);
        vec3 up = sub(p[PT_LEFT_SHOULDER + s], p[PT_LEFT_ELBOW + s]);
        vec3 fore = sub(p[PT_LEFT_WRIST + s], p[PT_LEFT_ELBOW + s]);
        a->elbow[s] = fabs(wrapped(deg(atan2(up.y, up.x) - atan2(fore.y, fore.x))));
    }
}

/* ---- JSON helpers ------------------------------------------------------------ */

/* A number with so many decimals; null when it is none. */
static json_t *number(double v, int decimals)
{
    if (!isfinite(v))
        return json_null();
    double k = pow(10.0, decimals), r = round(v * k) / k;
    return json_real(r == 0.0 ? 0.0 : r);
}

static void put(json_t *object, const char *name, double v, int decimals)
{
    json_object_set_new(object, name, number(v, decimals));
}

static json_t *triple(vec3 v, int decimals)
{
    json_t *a = json_array();
    json_array_append_new(a, number(v.x, decimals));
    json_array_append_new(a, number(v.y, decimals));
    json_array_append_new(a, number(v.z, decimals));
    return a;
}

/* ---- parts --------------------------------------------------------------------- */

static json_t *parameters(const synth_params *p)
{
    json_t *o = json_object();
    char name[64], text[32];
    for (int k = 0; k < P_COUNT; ++k) {
        const synth_key_info *info = synth_key_at((enum synth_key)k);
        const char *choice = synth_params_choice(p, (enum synth_key)k, text, sizeof text);
        if (choice)
            json_object_set_new(o, info->name, json_string(choice));
        else if (isnan(p->value[k]))
            json_object_set_new(o, info->name, json_string("auto"));
        else
            put(o, info->name, p->value[k], 6);
        const struct {
            const char *prefix;
            double value;
        } more[] = {{"diff.", p->diff[k]}, {"drift.", p->drift[k]}};
        for (int i = 0; i < 2; ++i)
            if (more[i].value != 0.0) {
                snprintf(name, sizeof name, "%s%s", more[i].prefix, info->name);
                put(o, name, more[i].value, 6);
            }
        if (!isnan(p->sd[k])) {
            snprintf(name, sizeof name, "sd.%s", info->name);
            put(o, name, p->sd[k], 6);
        }
    }
    for (int i = 0; i < p->n_changes; ++i) {
        snprintf(name, sizeof name, "%s@%g", synth_key_at(p->change[i].key)->name,
                 p->change[i].at_s);
        put(o, name, p->change[i].value, 6);
    }
    return o;
}

static json_t *conventions(void)
{
    static const char *const TEXT[][2] = {
        {"world", "metres; x forward, y against gravity, z to the runner's right; origin on the "
                  "belt below the runner"},
        {"xy_px", "upright pixels: after the display matrix, origin at the top left corner, pixel "
                  "centres at +0.5"},
        {"time_s", "presentation time; the exposure is centred on it"},
        {"points", "shoulder, elbow, wrist, hip, knee, ankle: joint centres; ear: tragus; nose: "
                   "tip; heel: rear bottom of the heel counter; toe: front of the toe box"},
        {"angles", "degrees from the true joints projected on the runner's sagittal plane; trunk, "
                   "head + forward; thigh + knee ahead; shank + ankle ahead; knee, hip + flexion; "
                   "ankle + dorsiflexion; foot + toes up against the belt, 0 when flat"},
        {"elbow", "inside angle, 180 straight"},
        {"lateral_trunk_lean_deg", "in frames + to the runner's right, in steps + to the stance "
                                   "leg"},
        {"pelvis_tilt_deg", "hip line in the frontal plane, + right side lower; pelvic drop of a "
                            "step + swing side lower"},
        {"hidden", "1: something nearer than the body part itself, or outside of the picture"},
        {"foot_strike", "rearfoot above 8.0 deg, forefoot below -1.6 (Altman & Davis 2012)"},
        {"foot_ahead", "heel ahead of mid-hip along the belt; percent of hip-to-sole length"},
        {"step_length_m", "belt travel from contact to contact plus how much further ahead the "
                          "second heel lands"},
    };
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof TEXT / sizeof TEXT[0]; ++i)
        json_object_set_new(o, TEXT[i][0], json_string(TEXT[i][1]));
    return o;
}

static json_t *camera_truth(const synth_camera *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "at_m", triple(c->at, 6));
    json_object_set_new(o, "right", triple(c->right, 9));
    json_object_set_new(o, "down", triple(c->down, 9));
    json_object_set_new(o, "forward", triple(c->forward, 9));
    put(o, "focal_px", c->focal_px, 4);
    put(o, "cx_px", c->cx, 2);
    put(o, "cy_px", c->cy, 2);
    return o;
}

static double leg_length(const synth_figure *f)
{
    return f->thigh + f->shank + f->ankle_w;
}

static json_t *figure_truth(const synth_figure *f)
{
    json_t *o = json_object();
    put(o, "stature_m", f->stature, 4);
    put(o, "leg_m", leg_length(f), 4);
    put(o, "thigh_m", f->thigh, 4);
    put(o, "shank_m", f->shank, 4);
    put(o, "trunk_m", f->trunk, 4);
    put(o, "upper_arm_m", f->upper_arm, 4);
    put(o, "forearm_m", f->forearm, 4);
    put(o, "foot_rest_angle_deg", deg(f->rest_angle), 3);
    return o;
}

static void put_sided(json_t *o, const char *name, const double v[2])
{
    char key[64];
    for (int s = 0; s < 2; ++s) {
        snprintf(key, sizeof key, "%s_%s_deg", name, s ? "right" : "left");
        put(o, key, v[s], 2);
    }
}

static json_t *frame_truth(const synth_plan *plan, const synth_camera *camera,
                           const synth_frame_truth *t, int index)
{
    synth_pose pose;
    synth_angles a;
    synth_plan_pose(plan, t->time_s, &pose);
    synth_angles_of(synth_plan_figure(plan), &pose, &a);
    json_t *o = json_object(), *xy = json_array(), *xyz = json_array(), *hidden = json_array();
    json_object_set_new(o, "frame", json_integer(index));
    put(o, "time_s", t->time_s, 9);
    for (int i = 0; i < PT_COUNT; ++i) {
        double x, y;
        synth_camera_project(camera, pose.point[i], &x, &y);
        json_t *at = json_array();
        json_array_append_new(at, number(x, 2));
        json_array_append_new(at, number(y, 2));
        json_array_append_new(xy, at);
        json_array_append_new(xyz, triple(pose.point[i], 4));
        json_array_append_new(hidden, json_integer(t->hidden[i]));
    }
    json_object_set_new(o, "xy_px", xy);
    json_object_set_new(o, "hidden", hidden);
    json_object_set_new(o, "xyz_m", xyz);
    json_object_set_new(o, "contact_left", json_integer(pose.foot[SIDE_LEFT].is_down));
    json_object_set_new(o, "contact_right", json_integer(pose.foot[SIDE_RIGHT].is_down));
    put(o, "trunk_lean_deg", a.trunk_lean, 2);
    put(o, "head_deg", a.head, 2);
    put(o, "lateral_trunk_lean_deg", a.lateral_lean, 2);
    put(o, "pelvis_tilt_deg", a.pelvis_tilt, 2);
    put_sided(o, "knee_flexion", a.knee);
    put_sided(o, "hip_flexion", a.hip);
    put_sided(o, "ankle_dorsiflexion", a.ankle);
    put_sided(o, "shank_angle", a.shank);
    put_sided(o, "thigh_angle", a.thigh);
    put_sided(o, "foot_angle", a.foot);
    put_sided(o, "elbow_angle", a.elbow);
    return o;
}

/* ---- steps --------------------------------------------------------------------- */

/* What is measured on one step, by looking at the pose every quarter millisecond. */
typedef struct step_measures {
    double knee_peak_stance, knee_peak_swing, lean_peak_stance, lean_mean;
    double hip_low, hip_high, drop_peak, side_lean_peak, extension_peak;
} step_measures;

static step_measures measure(const synth_plan *plan, const synth_step_info *s, double next_s,
                             double next_same_s)
{
    const double dt = 2.5e-4;
    step_measures m = {-999, -999, -999, 0, 1e9, -1e9, -999, -999, -999};
    double sign = s->side == SIDE_LEFT ? -1.0 : 1.0;
    int n = 0;
    for (double t = s->contact_s; t < next_same_s; t += dt) {
        synth_pose pose;
        synth_angles a;
        synth_plan_pose(plan, t, &pose);
        synth_angles_of(synth_plan_figure(plan), &pose, &a);
        if (t < s->toe_off_s) {
            double share = (t - s->contact_s) / (s->toe_off_s - s->contact_s);
            if (share <= 0.75) /* in walking the knee bends again before toe-off */
                m.knee_peak_stance = fmax(m.knee_peak_stance, a.knee[s->side]);
            m.lean_peak_stance = fmax(m.lean_peak_stance, a.trunk_lean);
            m.drop_peak = fmax(m.drop_peak, -sign * a.pelvis_tilt);
            m.side_lean_peak = fmax(m.side_lean_peak, sign * a.lateral_lean);
            m.extension_peak = fmax(m.extension_peak, -a.hip[s->side]);
        } else {
            m.knee_peak_swing = fmax(m.knee_peak_swing, a.knee[s->side]);
        }
        if (t < next_s) {
            m.hip_low = fmin(m.hip_low, pose.mid_hip.y);
            m.hip_high = fmax(m.hip_high, pose.mid_hip.y);
            m.lean_mean += a.trunk_lean;
            ++n;
        }
    }
    m.lean_mean /= n;
    return m;
}

static double heel_ahead_m(const synth_pose *pose, enum synth_side side)
{
    return synth_to_belt(pose->point[PT_LEFT_HEEL + side], pose->incline_rad).x -
           synth_to_belt(pose->mid_hip, pose->incline_rad).x;
}

static const char *strike_class(double angle_deg)
{
    return angle_deg > 8.0 ? "rearfoot" : angle_deg < -1.6 ? "forefoot" : "midfoot";
}

static void put_contact(json_t *o, const synth_plan *plan, const synth_step_info *s,
                        const synth_step_info *next)
{
    const synth_figure *f = synth_plan_figure(plan);
    synth_pose at, later, lift;
    synth_angles a, end;
    synth_plan_pose(plan, s->contact_s, &at);
    synth_plan_pose(plan, next->contact_s, &later);
    synth_plan_pose(plan, s->toe_off_s, &lift);
    synth_angles_of(f, &at, &a);
    synth_angles_of(f, &lift, &end);
    /* Before it is loaded the shoe is straight, so this is the sole's angle; a
     * forefoot may already be bent, hence the sole itself. */
    double strike = deg(at.foot[s->side].pitch_rad), ahead = heel_ahead_m(&at, s->side);
    put(o, "foot_strike_angle_deg", strike, 3);
    json_object_set_new(o, "foot_strike", json_string(strike_class(strike)));
    put(o, "knee_flexion_contact_deg", a.knee[s->side], 3);
    put(o, "shank_angle_contact_deg", a.shank[s->side], 3);
    put(o, "thigh_angle_contact_deg", a.thigh[s->side], 3);
    put(o, "foot_ahead_cm", 100.0 * ahead, 3);
    put(o, "foot_ahead_pct_leg", 100.0 * ahead / leg_length(f), 3);
    put(o, "trunk_lean_contact_deg", a.trunk_lean, 3);
    put(o, "knee_flexion_toe_off_deg", end.knee[s->side], 3);
    put(o, "hip_extension_toe_off_deg", -end.hip[s->side], 3);
    double travel = later.belt_m - at.belt_m;
    double heel0 = synth_to_belt(at.point[PT_LEFT_HEEL + s->side], at.incline_rad).x;
    double heel1 = synth_to_belt(later.point[PT_LEFT_HEEL + next->side], later.incline_rad).x;
    put(o, "step_length_m", travel + heel1 - heel0, 5);
    double right =
        s->side == SIDE_RIGHT ? at.point[PT_RIGHT_ANKLE].z : later.point[PT_RIGHT_ANKLE].z;
    double left = s->side == SIDE_LEFT ? at.point[PT_LEFT_ANKLE].z : later.point[PT_LEFT_ANKLE].z;
    put(o, "step_width_cm", 100.0 * (right - left), 3);
}

static json_t *step_truth(const synth_plan *plan, int k, int number_in_clip)
{
    synth_step_info s = synth_plan_step(plan, k), next = synth_plan_step(plan, k + 1);
    synth_step_info same = synth_plan_step(plan, k + 2);
    step_measures m = measure(plan, &s, next.contact_s, same.contact_s);
    json_t *o = json_object();
    json_object_set_new(o, "step", json_integer(number_in_clip));
    json_object_set_new(o, "side", json_string(s.side == SIDE_LEFT ? "left" : "right"));
    put(o, "initial_contact_s", s.contact_s, 7);
    put(o, "toe_off_s", s.toe_off_s, 7);
    put(o, "next_contact_s", next.contact_s, 7);
    put(o, "contact_ms", 1e3 * (s.toe_off_s - s.contact_s), 4);
    put(o, "flight_ms", 1e3 * (next.contact_s - s.toe_off_s), 4);
    put(o, "step_ms", 1e3 * (next.contact_s - s.contact_s), 4);
    put(o, "duty_factor", (s.toe_off_s - s.contact_s) / (same.contact_s - s.contact_s), 5);
    put(o, "speed_kmh", s.speed_m_s * 3.6, 4);
    put(o, "incline_pct", 100.0 * tan(s.incline_rad), 4);
    put_contact(o, plan, &s, &next);
    put(o, "knee_flexion_peak_stance_deg", m.knee_peak_stance, 3);
    put(o, "knee_flexion_peak_swing_deg", m.knee_peak_swing, 3);
    put(o, "hip_extension_peak_stance_deg", m.extension_peak, 3);
    put(o, "trunk_lean_peak_stance_deg", m.lean_peak_stance, 3);
    put(o, "trunk_lean_mean_deg", m.lean_mean, 3);
    put(o, "vertical_oscillation_cm", 100.0 * (m.hip_high - m.hip_low), 3);
    put(o, "pelvic_drop_peak_deg", m.drop_peak, 3);
    put(o, "lateral_trunk_lean_peak_deg", m.side_lean_peak, 3);
    return o;
}

/* Mean of one number over the steps of one side (or both when side is NULL). */
static double step_mean(json_t *steps, const char *name, const char *side)
{
    double sum = 0.0;
    int n = 0;
    size_t i;
    json_t *step;
    json_array_foreach(steps, i, step)
    {
        if (side && strcmp(json_string_value(json_object_get(step, "side")), side) != 0)
            continue;
        sum += json_real_value(json_object_get(step, name));
        ++n;
    }
    return n > 0 ? sum / n : NAN;
}

static json_t *summary(json_t *steps)
{
    static const char *const MEANS[] = {
        "contact_ms",
        "flight_ms",
        "duty_factor",
        "step_length_m",
        "step_width_cm",
        "vertical_oscillation_cm",
        "trunk_lean_mean_deg",
        "trunk_lean_contact_deg",
        "trunk_lean_peak_stance_deg",
        "foot_strike_angle_deg",
        "knee_flexion_contact_deg",
        "knee_flexion_peak_stance_deg",
        "knee_flexion_toe_off_deg",
        "knee_flexion_peak_swing_deg",
        "shank_angle_contact_deg",
        "foot_ahead_cm",
        "foot_ahead_pct_leg",
        "hip_extension_toe_off_deg",
        "hip_extension_peak_stance_deg",
        "pelvic_drop_peak_deg",
        "lateral_trunk_lean_peak_deg",
    };
    json_t *o = json_object();
    json_object_set_new(o, "n_steps", json_integer((json_int_t)json_array_size(steps)));
    double step_ms = step_mean(steps, "step_ms", NULL);
    put(o, "cadence_spm", 60000.0 / step_ms, 4);
    for (size_t i = 0; i < sizeof MEANS / sizeof MEANS[0]; ++i) {
        json_t *m = json_object();
        put(m, "all", step_mean(steps, MEANS[i], NULL), 4);
        put(m, "left", step_mean(steps, MEANS[i], "left"), 4);
        put(m, "right", step_mean(steps, MEANS[i], "right"), 4);
        json_object_set_new(o, MEANS[i], m);
    }
    return o;
}

static json_t *clip_truth(const char *clip, const synth_params *p, int n_frames)
{
    json_t *o = json_object();
    const char *name = strrchr(clip, '/');
    json_object_set_new(o, "file", json_string(name ? name + 1 : clip));
    json_object_set_new(o, "width_px", json_integer((json_int_t)p->value[P_WIDTH]));
    json_object_set_new(o, "height_px", json_integer((json_int_t)p->value[P_HEIGHT]));
    json_object_set_new(o, "n_frames", json_integer(n_frames));
    put(o, "fps", p->value[P_FPS], 6);
    put(o, "duration_s", p->value[P_DURATION], 6);
    return o;
}

int synth_truth_write(const char *path, const char *clip, const synth_params *p,
                      const synth_plan *plan, const synth_camera *camera,
                      const synth_frame_truth *frame, int n_frames, synth_error *err)
{
    json_t *root = json_object(), *frames = json_array(), *steps = json_array();
    json_t *names = json_array();
    for (int i = 0; i < PT_COUNT; ++i)
        json_array_append_new(names, json_string(POINTS[i]));
    for (int i = 0; i < n_frames; ++i)
        json_array_append_new(frames, frame_truth(plan, camera, &frame[i], i));
    for (int k = 0; k + 2 < synth_plan_n_steps(plan); ++k) {
        double ic = synth_plan_step(plan, k).contact_s;
        if (ic >= 0.0 && ic < p->value[P_DURATION])
            json_array_append_new(steps, step_truth(plan, k, (int)json_array_size(steps)));
    }
    json_object_set_new(root, "format", json_string("treadsynth-truth"));
    json_object_set_new(root, "version", json_integer(1));
    json_object_set_new(root, "clip", clip_truth(clip, p, n_frames));
    json_object_set_new(root, "parameters", parameters(p));
    json_object_set_new(root, "conventions", conventions());
    json_object_set_new(root, "camera", camera_truth(camera));
    json_object_set_new(root, "figure", figure_truth(synth_plan_figure(plan)));
    json_object_set_new(root, "summary", summary(steps));
    json_object_set_new(root, "landmarks", names);
    json_object_set_new(root, "steps", steps);
    json_object_set_new(root, "frames", frames);
    int status = json_dump_file(root, path, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(root);
    return status ? synth_fail(err, "%s: cannot be written", path) : 0;
}

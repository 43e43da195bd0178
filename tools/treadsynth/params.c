#include "params.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "vec.h"

#define COLOURS                                                                                    \
    "white black grey silver navy blue teal green lime yellow orange red maroon pink purple tan"
#define AUTO NAN

/* Usual values and their spread: BIOMECHANICS sections 2 to 5 where it states
 * one; the step-to-step SDs give a stride-time CV near 2 %, as recreational
 * runners have. The walking column: Winter, Biomechanics and Motor Control of
 * Human Movement, natural cadence. */
static const synth_key_info KEYS[P_COUNT] = {
    [P_SEED] = {"seed", "", 1, 1, 0, 1e9, KEY_WHOLE, 0, NULL, "same seed, same clip"},
    [P_DURATION] = {"duration", "s", 8, 8, 0.2, 600, 0, 0, NULL, "length of the clip"},
    [P_FPS] = {"fps", "1/s", 60, 60, 24, 240, 0, 0, NULL, "frame rate"},
    [P_VFR] = {"vfr", "", 0, 0, 0, 0.9, 0, 0, NULL,
               "variable frame rate: frames early or late by up to half of this share of a frame"},
    [P_DROP] = {"drop", "", 0, 0, 0, 0.5, 0, 0, NULL, "share of frames that are missing"},
    [P_WIDTH] = {"width", "px", 720, 720, 64, 3840, KEY_WHOLE, 0, NULL, "upright width, even"},
    [P_HEIGHT] = {"height", "px", 960, 960, 64, 3840, KEY_WHOLE, 0, NULL, "upright height, even"},
    [P_ROTATION] = {"rotation", "", 0, 0, 0, 3, 0, 0, "0 90 180 270",
                    "clockwise turn the player must apply (stored turned back)"},
    [P_CRF] = {"crf", "", 22, 22, 0, 51, 0, 0, NULL, "x264 quality; 18 fine, 35 poor"},
    [P_SAMPLES] = {"samples", "", 8, 8, 1, 32, KEY_WHOLE, 0, NULL,
                   "pictures averaged into a frame (blur and edges)"},
    [P_EXPOSURE] = {"exposure", "ms", 5, 5, 0, 40, 0, 0, NULL,
                    "time the shutter is open, centred on the frame's time"},
    [P_NOISE] = {"noise", "", 1.5, 1.5, 0, 40, 0, 0, NULL,
                 "sensor noise, SD in 8-bit levels at mid grey"},
    [P_LIGHT] = {"light", "", 1, 1, 0.02, 2, 0, 0, NULL, "brightness; 0.15 is a dim cellar"},

    [P_GAIT] = {"gait", "", 0, 0, 0, 1, 0, 0, "run walk", "walking has no flight"},
    [P_SPEED] = {"speed", "km/h", 11, 4.8, 1, 25, KEY_TIME, 0, NULL, "belt speed"},
    [P_INCLINE] = {"incline", "%", 0, 0, -5, 20, KEY_TIME, 0, NULL, "slope of the deck"},
    [P_CADENCE] = {"cadence", "steps/min", AUTO, AUTO, 60, 240, KEY_STEP | KEY_AUTO, 2.0, NULL,
                   "both feet; auto: run 168 at 11 km/h + 2.5 per km/h, walk 108 at 4.8 + 9 per "
                   "km/h"},
    [P_CONTACT_TIME] = {"contact_time", "ms", AUTO, AUTO, 100, 1200, KEY_STEP | KEY_AUTO, 4.0, NULL,
                        "auto: run 250 at 11 km/h falling with speed^-0.8, walk 61 % of "
                        "the stride"},
    [P_STRIKE_ANGLE] = {"foot_strike_angle", "deg", 12, 20, -20, 35, KEY_STEP, 1.2, NULL,
                        "sole to belt at contact, + toes up"},
    [P_HEEL_AHEAD] = {"heel_ahead", "cm", AUTO, AUTO, -15, 45, KEY_STEP | KEY_AUTO, 0.6, NULL,
                      "heel ahead of mid-hip at contact, along the belt; auto: run 10 at 11 km/h "
                      "+ 1 per km/h, walk 27 at 4.8 + 3.5 per km/h"},
    [P_KNEE_CONTACT] = {"knee_flexion_contact", "deg", 14, 8, 3, 50, KEY_STEP, 1.0, NULL,
                        "knee at initial contact"},
    [P_KNEE_STANCE] = {"knee_flexion_peak_stance", "deg", 41, AUTO, 5, 80, KEY_STEP | KEY_AUTO, 1.0,
                       NULL,
                       "largest knee flexion while loaded; auto: what follows from "
                       "vertical_oscillation"},
    [P_KNEE_TOE_OFF] = {"knee_flexion_toe_off", "deg", AUTO, AUTO, 4, 60, KEY_STEP | KEY_AUTO, 0,
                        NULL, "auto: run 14, walk 38, or what hip_extension needs"},
    [P_KNEE_SWING] = {"knee_flexion_peak_swing", "deg", 95, 64, 40, 140, KEY_STEP, 1.5, NULL,
                      "largest knee flexion in swing"},
    [P_HIP_EXTENSION] = {"hip_extension", "deg", AUTO, AUTO, -15, 40, KEY_STEP | KEY_AUTO, 0, NULL,
                         "hip behind the trunk line at toe-off; auto: what follows"},
    [P_HIP_FLEXION] = {"hip_flexion_peak_swing", "deg", 36, 30, 10, 90, KEY_STEP, 1.0, NULL,
                       "largest hip flexion in swing"},
    [P_VERTICAL_OSCILLATION] = {"vertical_oscillation", "cm", AUTO, AUTO, 1, 16,
                                KEY_STEP | KEY_AUTO, 0, NULL,
                                "rise and fall of mid-hip in a step; auto: what follows from the "
                                "knee"},
    [P_TOUCHDOWN_SPEED] = {"touchdown_speed", "m/s", 0.8, 0.5, 0.2, 2.5, KEY_STEP, 0, NULL,
                           "downward speed of the point that lands"},
    [P_TOUCHDOWN_SLIP] = {"touchdown_slip", "", 0.45, 0.25, 0, 1, KEY_STEP, 0, NULL,
                          "share of the belt's speed the foot still lacks as it lands"},
    [P_TRUNK_LEAN] = {"trunk_lean", "deg", 7, 3, -20, 40, KEY_STEP, 0.4, NULL,
                      "stride mean, + forward"},
    [P_TRUNK_SWING] = {"trunk_swing", "deg", 4, 2, 0, 20, KEY_STEP, 0, NULL,
                       "range within a step, most forward after midstance"},
    [P_LATERAL_LEAN] = {"lateral_trunk_lean", "deg", 3, 1.5, -5, 20, KEY_STEP, 0.3, NULL,
                        "peak, towards the loaded leg"},
    [P_PELVIC_DROP] = {"pelvic_drop", "deg", 3.7, 3, -5, 15, KEY_STEP, 0.3, NULL,
                       "peak, swing side lower"},
    [P_PELVIS_ROTATION] = {"pelvis_rotation", "deg", 5, 5, 0, 15, KEY_STEP, 0, NULL,
                           "amplitude about the long axis"},
    [P_THORAX_ROTATION] = {"thorax_rotation", "deg", 9, 5, 0, 25, KEY_STEP, 0.4, NULL,
                           "amplitude, against the pelvis"},
    [P_STEP_WIDTH] = {"step_width", "cm", 6, 9, -8, 30, KEY_STEP, 0.8, NULL,
                      "ankle to ankle across the belt, < 0 crosses over"},
    [P_ARM_SWING] = {"arm_swing", "deg", 48, 28, 0, 110, KEY_STEP, 1.0, NULL,
                     "range of the upper arm"},
    [P_ARM_MEAN] = {"arm_mean", "deg", -16, -4, -50, 30, KEY_STEP, 0, NULL,
                    "mean of the upper arm against vertical, + forward"},
    [P_ELBOW] = {"elbow_angle", "deg", 88, 155, 40, 175, KEY_STEP, 1.0, NULL,
                 "inside of the elbow, stride mean"},
    [P_ARM_CROSS] = {"arm_cross", "deg", 22, 6, -20, 60, KEY_STEP, 0, NULL,
                     "forearm turned towards the midline"},
    [P_HEAD_FORWARD] = {"head_forward", "deg", 8, 8, -20, 50, KEY_STEP, 0.3, NULL,
                        "ear ahead of shoulder, beyond the trunk's lean"},
    [P_VARIABILITY] = {"variability", "", 1, 1, 0, 4, 0, 0, NULL, "scales every usual SD"},
    [P_RAMP] = {"ramp", "s", 2, 2, 0.2, 30, 0, 0, NULL, "time a change with @ takes"},

    [P_STATURE] = {"stature", "cm", 175, 175, 140, 210, 0, 0, NULL, "body height without shoes"},
    [P_BODY] = {"body", "", 0, 0, 0, 1, 0, 0, "male female", "shape of trunk and face"},
    [P_BUILD] = {"build", "", 1, 1, 0.8, 1.45, 0, 0, NULL, "girth; 0.9 slender, 1.25 heavy"},
    [P_SKIN] = {"skin", "", 1, 1, 0, 5, 0, 0, "pale light medium olive brown dark", ""},
    [P_HAIR] = {"hair", "", 0, 0, 0, 3, 0, 0, "short ponytail bald cap", ""},
    [P_HAIR_COLOUR] = {"hair_colour", "", 0, 0, 0, 4, 0, 0, "dark brown blond red grey", ""},
    [P_SHIRT] = {"shirt", "", 0, 0, 0, 3, 0, 0, "tee singlet long loose", ""},
    [P_SHIRT_COLOUR] = {"shirt_colour", "", 5, 5, 0, 15, 0, 0, COLOURS, ""},
    [P_LEGS] = {"legs", "", 0, 0, 0, 2, 0, 0, "shorts tights trousers", ""},
    [P_LEGS_COLOUR] = {"legs_colour", "", 1, 1, 0, 15, 0, 0, COLOURS, ""},
    [P_SHOE_COLOUR] = {"shoe_colour", "", 10, 10, 0, 15, 0, 0, COLOURS, ""},
    [P_SOCK_COLOUR] = {"sock_colour", "", 0, 0, 0, 15, 0, 0, COLOURS, ""},

    [P_VIEW] = {"view", "", 0, 0, 0, 3, 0, 0, "left right rear oblique",
                "side that faces the camera; left: the runner faces image-left; oblique: left, "
                "35 degrees from behind"},
    [P_DISTANCE] = {"distance", "m", 3.4, 3.4, 1.5, 12, 0, 0, NULL, "camera to runner"},
    [P_CAMERA_HEIGHT] = {"camera_height", "m", 1.0, 1.0, 0.1, 2.6, 0, 0, NULL, "above the deck"},
    [P_YAW] = {"yaw", "deg", 0, 0, -60, 60, 0, 0, NULL,
               "camera walks around the runner, + towards behind"},
    [P_ROLL] = {"roll", "deg", 0, 0, -30, 30, 0, 0, NULL, "camera tilted, + clockwise"},
    [P_FOCAL] = {"focal", "mm", 42, 42, 14, 200, 0, 0, NULL,
                 "35 mm equivalent, along the longer side of the picture"},
    [P_AIM_X] = {"aim_x", "m", 0.05, 0.05, -1, 1, 0, 0, NULL, "point looked at, ahead of mid-hip"},
    [P_AIM_HEIGHT] = {"aim_height", "m", 0.93, 0.93, 0, 2, 0, 0, NULL,
                      "point looked at, above the deck"},

    [P_WALL] = {"wall", "", 0, 0, 0, 3, 0, 0, "light dark brick wood", ""},
    [P_CONSOLE] = {"console", "", 1, 1, 0, 1, 0, 0, "no yes", "console with its uprights"},
    [P_HANDRAIL] = {"handrail", "", 1, 1, 0, 2, 0, 0, "none short long",
                    "side rails; long ones stand on posts that hide limbs"},
    [P_CLUTTER] = {"clutter", "", 1, 1, 0, 1, 0, 0, "no yes", "shelves, boxes, a plant, posters"},
    [P_MIRROR] = {"mirror", "", 0, 0, 0, 1, 0, 0, "no yes", "on the wall behind the runner"},
    [P_BYSTANDER] = {"bystander", "", 0, 0, 0, 1, 0, 0, "no yes", "somebody stands behind"},
};

int synth_fail(synth_error *err, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return -1;
}

const synth_key_info *synth_key_at(enum synth_key key)
{
    return &KEYS[key];
}

void synth_params_init(synth_params *p)
{
    memset(p, 0, sizeof *p);
    for (int k = 0; k < P_COUNT; ++k) {
        p->value[k] = KEYS[k].run;
        p->sd[k] = NAN;
    }
}

/* Copies word `index` of `choices`; false when there are fewer. */
static bool choice_name(const char *choices, int index, char *text, size_t size)
{
    while (index-- > 0) {
        choices = strchr(choices, ' ');
        if (!choices)
            return false;
        ++choices;
    }
    snprintf(text, size, "%.*s", (int)strcspn(choices, " "), choices);
    return true;
}

const char *synth_params_choice(const synth_params *p, enum synth_key key, char *text, size_t size)
{
    if (!KEYS[key].choices)
        return NULL;
    return choice_name(KEYS[key].choices, (int)p->value[key], text, size) ? text : NULL;
}

static int find_key(const char *name)
{
    for (int k = 0; k < P_COUNT; ++k)
        if (strcmp(KEYS[k].name, name) == 0)
            return k;
    return -1;
}

static int parse_number(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end == text || *end != '\0' || !isfinite(*out) ? -1 : 0;
}

static int parse_value(const synth_key_info *key, const char *text, double *out, synth_error *err)
{
    char name[32];
    if (key->choices) {
        for (int i = 0; choice_name(key->choices, i, name, sizeof name); ++i)
            if (strcmp(name, text) == 0) {
                *out = i;
                return 0;
            }
        return synth_fail(err, "%s: '%s' is none of: %s", key->name, text, key->choices);
    }
    if ((key->flags & KEY_AUTO) && strcmp(text, "auto") == 0) {
        *out = NAN;
        return 0;
    }
    if (parse_number(text, out))
        return synth_fail(err, "%s: '%s' is not a number", key->name, text);
    if (*out < key->low || *out > key->high)
        return synth_fail(err, "%s: %s is outside %g to %g %s", key->name, text, key->low,
                          key->high, key->unit);
    if ((key->flags & KEY_WHOLE) && *out != floor(*out))
        return synth_fail(err, "%s: %s is not a whole number", key->name, text);
    return 0;
}

/* diff.KEY, drift.KEY, sd.KEY: a bare number. */
static int set_modifier(synth_params *p, const char *name, const char *text, synth_error *err)
{
    size_t prefix = strcspn(name, ".");
    int k = find_key(name + prefix + 1);
    if (k < 0)
        return synth_fail(err, "unknown key '%s'", name);
    double *target = NULL;
    int needs = KEY_STEP;
    if (strncmp(name, "diff.", 5) == 0) {
        target = p->diff;
    } else if (strncmp(name, "drift.", 6) == 0) {
        target = p->drift;
        needs |= KEY_TIME;
    } else if (strncmp(name, "sd.", 3) == 0) {
        target = p->sd;
    } else {
        return synth_fail(err, "'%s': only diff., drift. and sd. go before a key", name);
    }
    if (!(KEYS[k].flags & needs))
        return synth_fail(err, "'%s': %s has no such thing", name, KEYS[k].name);
    if (parse_number(text, &target[k]) || (target == p->sd && target[k] < 0.0))
        return synth_fail(err, "%s: '%s' is not a usable number", name, text);
    return 0;
}

static int set_change(synth_params *p, const char *name, const char *text, synth_error *err)
{
    char bare[48];
    size_t n = strcspn(name, "@");
    if (n >= sizeof bare)
        return synth_fail(err, "unknown key '%s'", name);
    memcpy(bare, name, n);
    bare[n] = '\0';
    int k = find_key(bare);
    if (k < 0)
        return synth_fail(err, "unknown key '%s'", bare);
    if (!(KEYS[k].flags & (KEY_STEP | KEY_TIME)))
        return synth_fail(err, "%s cannot change within a clip", bare);
    if (p->n_changes == SYNTH_MAX_CHANGES)
        return synth_fail(err, "more than %d changes", SYNTH_MAX_CHANGES);
    synth_change c = {.key = (enum synth_key)k};
    if (parse_number(name + n + 1, &c.at_s) || c.at_s < 0.0)
        return synth_fail(err, "%s: the time after @ is not a number of seconds", name);
    if (parse_value(&KEYS[k], text, &c.value, err))
        return -1;
    if (isnan(c.value))
        return synth_fail(err, "%s: a change needs a number", name);
    int at = p->n_changes++;
    for (; at > 0 && p->change[at - 1].at_s > c.at_s; --at)
        p->change[at] = p->change[at - 1];
    p->change[at] = c;
    return 0;
}

int synth_params_set(synth_params *p, const char *name, const char *text, synth_error *err)
{
    if (strchr(name, '@'))
        return set_change(p, name, text, err);
    if (strchr(name, '.'))
        return set_modifier(p, name, text, err);
    int k = find_key(name);
    if (k < 0)
        return synth_fail(err, "unknown key '%s' (see --help)", name);
    if (parse_value(&KEYS[k], text, &p->value[k], err))
        return -1;
    p->is_given[k] = true;
    return 0;
}

static char *trim(char *s)
{
    while (isspace((unsigned char)*s))
        ++s;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        s[--n] = '\0';
    return s;
}

int synth_params_read(synth_params *p, const char *path, synth_error *err)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return synth_fail(err, "%s: cannot be opened", path);
    char line[512];
    int status = 0;
    for (int number = 1; status == 0 && fgets(line, sizeof line, f); ++number) {
        line[strcspn(line, "#")] = '\0';
        char *text = trim(line);
        if (*text == '\0')
            continue;
        char *equals = strchr(text, '=');
        if (!equals) {
            status = synth_fail(err, "%s:%d: no '=' in '%s'", path, number, text);
            break;
        }
        *equals = '\0';
        synth_error inner;
        if (synth_params_set(p, trim(text), trim(equals + 1), &inner))
            status = synth_fail(err, "%s:%d: %.300s", path, number, inner.text);
    }
    fclose(f);
    return status;
}

int synth_params_finish(synth_params *p, synth_error *err)
{
    bool is_walk = p->value[P_GAIT] == GAIT_WALK;
    for (int k = 0; k < P_COUNT; ++k)
        if (!p->is_given[k])
            p->value[k] = is_walk ? KEYS[k].walk : KEYS[k].run;
    /* Knee and oscillation describe the same dip; who states one frees the other. */
    if (p->is_given[P_VERTICAL_OSCILLATION] && !p->is_given[P_KNEE_STANCE])
        p->value[P_KNEE_STANCE] = NAN;
    if ((int)p->value[P_WIDTH] % 2 || (int)p->value[P_HEIGHT] % 2)
        return synth_fail(err, "width and height must be even: H.264 halves the colour planes");
    if (p->value[P_EXPOSURE] * 1e-3 > 1.0 / p->value[P_FPS])
        return synth_fail(err, "exposure %g ms is longer than a frame at %g fps",
                          p->value[P_EXPOSURE], p->value[P_FPS]);
    return 0;
}

double synth_params_at(const synth_params *p, enum synth_key key, double t_s)
{
    double v = p->value[key], ramp = p->value[P_RAMP];
    for (int i = 0; i < p->n_changes; ++i) {
        const synth_change *c = &p->change[i];
        if (c->key != key || t_s <= c->at_s)
            continue;
        double from = isnan(v) ? c->value : v;
        v = mixd(from, c->value, clampd((t_s - c->at_s) / ramp, 0.0, 1.0));
    }
    return v + p->drift[key] * clampd(t_s / p->value[P_DURATION], 0.0, 1.0);
}

void synth_params_print(FILE *out)
{
    fprintf(out, "%-26s %-10s %-10s %-16s %s\n", "key", "run", "walk", "range", "meaning");
    for (int k = 0; k < P_COUNT; ++k) {
        const synth_key_info *key = &KEYS[k];
        char run[32], walk[32], range[32] = "";
        if (key->choices) {
            choice_name(key->choices, (int)key->run, run, sizeof run);
            choice_name(key->choices, (int)key->walk, walk, sizeof walk);
        } else {
            snprintf(run, sizeof run, isnan(key->run) ? "auto" : "%g", key->run);
            snprintf(walk, sizeof walk, isnan(key->walk) ? "auto" : "%g", key->walk);
            snprintf(range, sizeof range, "%g..%g %s", key->low, key->high, key->unit);
        }
        const char *mark = key->flags & KEY_STEP ? "*" : key->flags & KEY_TIME ? "~" : "";
        fprintf(out, "%-24s%-2s %-10s %-10s %-16s %s%s%s%s\n", key->name, mark, run, walk, range,
                key->doc, key->choices ? " [" : "", key->choices ? key->choices : "",
                key->choices ? "]" : "");
    }
    fputs("\n* also diff.KEY (left minus right), drift.KEY (over the clip), sd.KEY (step to step)"
          " and KEY@SECONDS\n~ also drift.KEY and KEY@SECONDS\n",
          out);
}

/* session.json, DESIGN.md section 3: settings, source facts, quality, summary,
 * steps, faults. A number that was not measured is null with its reason. */
#include <math.h>
#include <string.h>

#include <jansson.h>
#include <treadscope/version.h>

#include "base/error.h"
#include "report/json_parts.h"
#include "report/report.h"

/* Significant digits worth writing: a tenth of the finest number measured. */
#define PRECISION 8

static json_t *settings_object(const tread_run *run)
{
    const tread_session_opts *o = run->opts;
    /* Landmarks of another tool: no network of ours has seen the runner. */
    bool has_model = strcmp(run->facts->container, "landmarks") != 0;
    json_t *belt = json_array();
    for (int i = 0; i < o->analyzer.n_changes; i++) {
        const tread_belt *change = &o->analyzer.changes[i];
        json_array_append_new(belt, json_pack("{s:f, s:o, s:f}", "from_s", change->from_s,
                                              "speed_kmh", report_told_or_null(change->speed_kmh),
                                              "incline_pct", change->incline_pct));
    }
    return json_pack(
        "{s:s?, s:s, s:o, s:f, s:o, s:o, s:f, s:o, s:o, s:o}", "model",
        has_model ? tread_model_name(o->model) : NULL, "view",
        o->analyzer.view == TREAD_VIEW_AUTO ? "auto" : tread_view_name(o->analyzer.view),
        "speed_kmh", report_told_or_null(o->analyzer.speed_kmh), "incline_pct",
        o->analyzer.incline_pct, "belt_changes", belt, "height_cm",
        report_told_or_null(o->analyzer.height_cm), "camera_roll_deg", o->analyzer.camera_roll_deg,
        "from_s", report_told_or_null(o->from_s), "to_s", report_told_or_null(o->to_s),
        "capture_fps", report_told_or_null(o->capture_fps));
}

static json_t *source_object(const tread_run *run)
{
    const tread_source_facts *f = run->facts;
    return json_pack("{s:o, s:s, s:s, s:s, s:f, s:f, s:i, s:b, s:o, s:o, s:I}", "clip",
                     report_text_or_null(run->clip), "container", f->container, "codec", f->codec,
                     "pixel_format", f->pixel_format, "width_px", f->width_px, "height_px",
                     f->height_px, "rotation_deg", f->rotation_deg, "mirrored", f->is_mirrored,
                     "duration_s", report_real_or_null(f->duration_s), "stated_fps",
                     report_real_or_null(f->stated_fps), "frames", (json_int_t)f->n_frames);
}

/* Frames by what the network had done to the legs. */
static json_t *legs_object(const tread_overview *v)
{
    json_t *legs = json_object();
    for (int i = TREAD_IDENTITY_LABELLED; i < TREAD_N_IDENTITIES; i++)
        json_object_set_new(legs, tread_identity_name((enum tread_identity)i),
                            json_integer((json_int_t)v->n_identity[i]));
    return legs;
}

static json_t *quality_object(const tread_run *run, const tread_overview *v)
{
    const tread_source_facts *f = run->facts;
    json_t *j = json_pack(
        "{s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:o, s:o, s:o, s:{s:o, s:o}}",
        "frames_with_runner", (json_int_t)v->n_frames_found, "frames", (json_int_t)v->n_frames,
        "leg_frames", legs_object(v), "bad_packets", (json_int_t)f->n_bad_packets, "bad_frames",
        (json_int_t)f->n_bad_frames, "time_faults", (json_int_t)f->n_time_faults,
        "frame_interval_ms", report_real_or_null(1000 * v->frame_interval_s), "steps",
        (json_int_t)v->n_steps, "steps_valid", (json_int_t)v->n_steps_valid, "leg_length_px",
        report_real_or_null(v->leg_length_px), "belt_speed_px_s",
        report_real_or_null(v->belt_speed_px_s), "scale_m_per_px",
        report_real_or_null(v->scale_m_per_px), "foot_offset_deg", "left",
        report_real_or_null(v->foot_offset_deg[TREAD_LEFT]), "right",
        report_real_or_null(v->foot_offset_deg[TREAD_RIGHT]));
    const struct {
        const char *key;
        double value;
    } more[] = {
        {"belt_vs_height_pct", v->belt_vs_height_pct},
        {"belt_slope_deg", v->belt_slope_deg},
        {"initial_contact_sd_ms", v->initial_contact_sd_ms},
        {"toe_off_sd_ms", v->toe_off_sd_ms},
        {"running_s", v->running_s},
        {"walking_s", v->walking_s},
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        json_object_set_new(j, more[i].key, report_real_or_null(more[i].value));
    return j;
}

static json_t *number_object(const tread_measure *m)
{
    if (m->reason)
        return json_pack("{s:n, s:s, s:i}", "value", "reason", m->reason, "n", m->n);
    return json_pack("{s:o, s:o, s:o, s:i, s:o, s:o, s:s}", "value", report_real_or_null(m->value),
                     "sd", report_real_or_null(m->sd), "se", report_real_or_null(m->se), "n", m->n,
                     "low", report_real_or_null(m->low), "high", report_real_or_null(m->high),
                     "standing", tread_standing_name(m->standing));
}

/* All measures over a span of time: both feet together at the top; measures that differ
 * between the legs also below "left" and "right". */
static void add_measures(json_t *to, const tread_run *run, double from_s, double to_s)
{
    json_t *sides[TREAD_N_SIDES] = {json_object(), json_object()};
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        enum tread_measure_id id = (enum tread_measure_id)i;
        const tread_measure_info *info = tread_measure_describe(id);
        tread_measure m;
        tread_analyzer_measure_between(run->analyzer, id, TREAD_BOTH, from_s, to_s, &m);
        json_object_set_new(to, info->key, number_object(&m));
        for (int side = 0; info->is_per_side && side < TREAD_N_SIDES; side++) {
            tread_analyzer_measure_between(run->analyzer, id, (enum tread_side)side, from_s, to_s,
                                           &m);
            json_object_set_new(sides[side], info->key, number_object(&m));
        }
    }
    for (int side = 0; side < TREAD_N_SIDES; side++)
        json_object_set_new(to, tread_side_name((enum tread_side)side), sides[side]);
}

static json_t *summary_object(const tread_run *run, const tread_overview *v)
{
    json_t *summary = json_pack("{s:s, s:s, s:s?}", "gait", tread_gait_name(v->gait), "view",
                                tread_view_name(v->view), "no_steps_reason", v->no_steps_reason);
    json_object_set_new(summary, "warm_up_s", report_real_or_null(tread_report__warm_up_s(run, v)));
    add_measures(summary, run, -INFINITY, INFINITY);
    return summary;
}

/* One summary for each setting of the belt, when there was more than one. */
static json_t *belt_settings_array(const tread_run *run)
{
    const tread_analyzer_opts *o = &run->opts->analyzer;
    json_t *all = json_array();
    for (int i = 0; o->n_changes > 0 && i <= o->n_changes; i++) {
        double from_s = i ? o->changes[i - 1].from_s : -INFINITY;
        double to_s = i < o->n_changes ? o->changes[i].from_s : INFINITY;
        double speed_kmh = i ? o->changes[i - 1].speed_kmh : o->speed_kmh;
        double incline_pct = i ? o->changes[i - 1].incline_pct : o->incline_pct;
        json_t *one = json_pack("{s:o, s:o, s:o, s:f}", "from_s", report_real_or_null(from_s),
                                "to_s", report_real_or_null(to_s), "speed_kmh",
                                report_told_or_null(speed_kmh), "incline_pct", incline_pct);
        add_measures(one, run, from_s, to_s);
        json_array_append_new(all, one);
    }
    return all;
}

static json_t *symmetry_object(const tread_run *run)
{
    json_t *all = json_object();
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        enum tread_measure_id id = (enum tread_measure_id)i;
        tread_symmetry y;
        if (tread_analyzer_symmetry(run->analyzer, id, &y) != TREAD_OK)
            continue;
        json_object_set_new(
            all, tread_measure_describe(id)->key,
            y.reason
                ? json_pack("{s:n, s:s}", "difference", "reason", y.reason)
                : json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "difference",
                            report_real_or_null(y.difference), "low", report_real_or_null(y.low),
                            "high", report_real_or_null(y.high), "index_pct",
                            report_real_or_null(y.index_pct), "symmetry_angle_pct",
                            report_real_or_null(y.angle_pct), "beyond_doubt", y.is_beyond_doubt));
    }
    return all;
}

static json_t *drift_object(const tread_run *run)
{
    json_t *all = json_object();
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        enum tread_measure_id id = (enum tread_measure_id)i;
        tread_drift d;
        if (tread_analyzer_drift(run->analyzer, id, TREAD_BOTH, &d) != TREAD_OK)
            continue;
        json_object_set_new(
            all, tread_measure_describe(id)->key,
            d.reason ? json_pack("{s:n, s:s}", "change", "reason", d.reason)
                     : json_pack("{s:o, s:o, s:o, s:o, s:i}", "change",
                                 report_real_or_null(d.change), "baseline",
                                 report_real_or_null(d.baseline), "now", report_real_or_null(d.now),
                                 "threshold", report_real_or_null(d.threshold), "level", d.level));
    }
    return all;
}

static json_t *numbers_array(const double *values, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        /* hundredths, as in frames.csv */
        json_array_append_new(all, report_real_or_null(round(100 * values[i]) / 100));
    return all;
}

static json_t *curve_object(const tread_curve *c)
{
    if (c->reason)
        return json_pack("{s:n, s:s, s:i}", "mean_deg", "reason", c->reason, "n", c->n);
    return json_pack("{s:i, s:o, s:o, s:o}", "n", c->n, "toe_off_pct",
                     report_real_or_null(c->toe_off_pct), "mean_deg",
                     numbers_array(c->mean, TREAD_CURVE_POINTS), "sd_deg",
                     numbers_array(c->sd, TREAD_CURVE_POINTS));
}

/* 101 points from initial contact to the same foot's next. */
static json_t *curves_object(const tread_run *run)
{
    json_t *all = json_object();
    for (int i = 0; i < TREAD_N_CURVES; i++) {
        json_t *sides = json_object();
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            tread_curve c;
            if (tread_analyzer_curve(run->analyzer, (enum tread_curve_id)i, (enum tread_side)side,
                                     &c) == TREAD_OK)
                json_object_set_new(sides, tread_side_name((enum tread_side)side),
                                    curve_object(&c));
        }
        json_object_set_new(all, tread_curve_name((enum tread_curve_id)i), sides);
    }
    return all;
}

static json_t *step_object(const tread_step *s)
{
    json_t *j = json_pack(
        "{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:f, s:b, s:b}", "step", (json_int_t)s->step, "side",
        tread_side_name(s->side), "initial_contact_s", report_real_or_null(s->initial_contact_s),
        "toe_off_s", report_real_or_null(s->toe_off_s), "uncertainty_ms",
        report_real_or_null(s->initial_contact_sd_ms), "toe_off_uncertainty_ms",
        report_real_or_null(s->toe_off_sd_ms), "speed_kmh", report_told_or_null(s->speed_kmh),
        "incline_pct", s->incline_pct, "valid", s->is_valid, "settled", s->is_settled);
    json_object_set_new(j, "foot_strike",
                        s->foot_strike == TREAD_STRIKE_UNKNOWN
                            ? json_null()
                            : json_string(tread_foot_strike_name(s->foot_strike)));
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (id != TREAD_MEASURE_CADENCE && id != TREAD_MEASURE_STRIDE_CV)
            json_object_set_new(j, tread_measure_describe((enum tread_measure_id)id)->key,
                                report_real_or_null(s->value[id]));
    return j;
}

static const char *level_name(int level)
{
    static const char *const names[] = {"none", "watch", "moderate", "high"};
    return names[level >= 0 && level <= 3 ? level : 0];
}

static json_t *fault_object(const tread_run *run, const tread_fault *f)
{
    tread_rule_info rule;
    tread_rules_describe(run->rules, f->rule, &rule);
    json_t *j = json_pack("{s:s, s:s, s:s, s:i, s:s, s:i, s:o, s:o, s:o, s:o}", "rule", rule.id,
                          "title", rule.title, "side", tread_side_name(f->side), "level", f->level,
                          "severity", level_name(f->level), "steps", f->n_steps, "begin_s",
                          report_real_or_null(f->begin_s), "raised_s",
                          report_real_or_null(f->raised_s), "end_s", report_real_or_null(f->end_s),
                          "shown_s", report_real_or_null(f->shown_s));
    json_t *more =
        json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s}", "measure",
                  tread_measure_describe(f->measure)->key, "value", report_real_or_null(f->value),
                  "unit", f->unit, "usual_low", report_real_or_null(f->usual_low), "usual_high",
                  report_real_or_null(f->usual_high), "confidence",
                  report_real_or_null(f->confidence), "cue", rule.cue, "meaning", rule.meaning,
                  "why", rule.why, "advice", rule.advice, "source", rule.source);
    json_object_update(j, more);
    json_decref(more);
    return j;
}

static json_t *faults_array(const tread_run *run)
{
    json_t *all = json_array();
    for (size_t i = 0; i < run->n_faults; i++)
        json_array_append_new(all, fault_object(run, &run->faults[i]));
    return all;
}

int tread_report__session_json(FILE *f, const tread_run *run, tread_error *err)
{
    tread_overview overview;
    tread_analyzer_overview(run->analyzer, &overview);
    json_t *steps = json_array();
    for (size_t i = 0; i < run->n_steps; i++)
        json_array_append_new(steps, step_object(&run->steps[i]));
    json_t *root = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "format",
        "treadscope-session/1", "treadscope", tread_version_string(), "settings",
        settings_object(run), "source", source_object(run), "quality",
        quality_object(run, &overview), "summary", summary_object(run, &overview), "belt_settings",
        belt_settings_array(run), "symmetry", symmetry_object(run), "drift", drift_object(run),
        "curves", curves_object(run), "steps", steps, "faults", faults_array(run));
    if (!root)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    int status = json_dumpf(root, f, JSON_INDENT(2) | JSON_REAL_PRECISION(PRECISION));
    json_decref(root);
    putc('\n', f);
    return status == 0 ? TREAD_OK
                       : tread_error__set(err, TREAD_ERR_OUTPUT, "session.json: write error");
}

/* session.json, DESIGN.md section 3: settings, source facts, quality, summary,
 * steps, faults. A number that was not measured is null with its reason. */
#include <math.h>
#include <string.h>

#include <jansson.h>
#include <treadscope/version.h>

#include "base/error.h"
#include "report/report.h"

/* Significant digits worth writing: a tenth of the finest number measured. */
#define PRECISION 8

/* A file name may hold any bytes; JSON holds UTF-8. */
static json_t *text(const char *s)
{
    json_t *j = json_string(s);
    if (j)
        return j;
    char ascii[512];
    size_t n = strlen(s) < sizeof ascii - 1 ? strlen(s) : sizeof ascii - 1;
    for (size_t i = 0; i < n; i++)
        ascii[i] = (unsigned char)s[i] < 0x80 ? s[i] : '?';
    ascii[n] = '\0';
    return json_string(ascii);
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A setting the user may have left out: 0 says so. */
static json_t *told_or_null(double value)
{
    return value > 0 ? json_real(value) : json_null();
}

static json_t *settings_object(const tread_run *run)
{
    const tread_session_opts *o = run->opts;
    /* Landmarks of another tool: no network of ours has seen the runner. */
    bool has_model = strcmp(run->facts->container, "landmarks") != 0;
    return json_pack(
        "{s:s?, s:s, s:o, s:f, s:o, s:o, s:o, s:o}", "model",
        has_model ? tread_model_name(o->model) : NULL, "view",
        o->analyzer.view == TREAD_VIEW_AUTO ? "auto" : tread_view_name(o->analyzer.view),
        "speed_kmh", told_or_null(o->analyzer.speed_kmh), "incline_pct", o->analyzer.incline_pct,
        "height_cm", told_or_null(o->analyzer.height_cm), "from_s", told_or_null(o->from_s), "to_s",
        told_or_null(o->to_s), "capture_fps", told_or_null(o->capture_fps));
}

static json_t *source_object(const tread_run *run)
{
    const tread_source_facts *f = run->facts;
    return json_pack("{s:o, s:s, s:s, s:s, s:f, s:f, s:i, s:b, s:o, s:o, s:I}", "clip",
                     text(run->clip), "container", f->container, "codec", f->codec, "pixel_format",
                     f->pixel_format, "width_px", f->width_px, "height_px", f->height_px,
                     "rotation_deg", f->rotation_deg, "mirrored", f->is_mirrored, "duration_s",
                     real_or_null(f->duration_s), "stated_fps", real_or_null(f->stated_fps),
                     "frames", (json_int_t)f->n_frames);
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
    return json_pack(
        "{s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:o, s:o, s:o, s:{s:o, s:o}}",
        "frames_with_runner", (json_int_t)v->n_frames_found, "frames", (json_int_t)v->n_frames,
        "leg_frames", legs_object(v), "bad_packets", (json_int_t)f->n_bad_packets, "bad_frames",
        (json_int_t)f->n_bad_frames, "time_faults", (json_int_t)f->n_time_faults,
        "frame_interval_ms", real_or_null(1000 * v->frame_interval_s), "steps",
        (json_int_t)v->n_steps, "steps_valid", (json_int_t)v->n_steps_valid, "leg_length_px",
        real_or_null(v->leg_length_px), "belt_speed_px_s", real_or_null(v->belt_speed_px_s),
        "scale_m_per_px", real_or_null(v->scale_m_per_px), "foot_offset_deg", "left",
        real_or_null(v->foot_offset_deg[TREAD_LEFT]), "right",
        real_or_null(v->foot_offset_deg[TREAD_RIGHT]));
}

static json_t *measure_object(const tread_analyzer *a, enum tread_measure_id id,
                              enum tread_side side)
{
    tread_measure m;
    if (tread_analyzer_measure(a, id, side, &m) != TREAD_OK)
        return json_pack("{s:n, s:s}", "value", "reason", "out of memory");
    if (m.reason)
        return json_pack("{s:n, s:s, s:i}", "value", "reason", m.reason, "n", m.n);
    return json_pack("{s:o, s:o, s:o, s:i, s:o, s:o}", "value", real_or_null(m.value), "sd",
                     real_or_null(m.sd), "se", real_or_null(m.se), "n", m.n, "low",
                     real_or_null(m.low), "high", real_or_null(m.high));
}

/* Both feet together at the top; measures that differ between the legs also below
 * "left" and "right". */
static json_t *summary_object(const tread_run *run, const tread_overview *v)
{
    json_t *summary = json_pack("{s:s, s:s, s:s?}", "gait", tread_gait_name(v->gait), "view",
                                tread_view_name(v->view), "no_steps_reason", v->no_steps_reason);
    json_t *sides[TREAD_N_SIDES] = {json_object(), json_object()};
    for (int i = 0; i < TREAD_N_MEASURES; i++) {
        enum tread_measure_id id = (enum tread_measure_id)i;
        const tread_measure_info *info = tread_measure_describe(id);
        json_object_set_new(summary, info->key, measure_object(run->analyzer, id, TREAD_BOTH));
        for (int side = 0; info->is_per_side && side < TREAD_N_SIDES; side++)
            json_object_set_new(sides[side], info->key,
                                measure_object(run->analyzer, id, (enum tread_side)side));
    }
    for (int side = 0; side < TREAD_N_SIDES; side++)
        json_object_set_new(summary, tread_side_name((enum tread_side)side), sides[side]);
    return summary;
}

static json_t *step_object(const tread_step *s)
{
    json_t *j = json_pack(
        "{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "step", (json_int_t)s->step, "side",
        tread_side_name(s->side), "initial_contact_s", real_or_null(s->initial_contact_s),
        "toe_off_s", real_or_null(s->toe_off_s), "contact_ms", real_or_null(s->contact_ms),
        "flight_ms", real_or_null(s->flight_ms), "step_ms", real_or_null(s->step_ms),
        "foot_strike_angle_deg", real_or_null(s->foot_strike_angle_deg));
    const struct {
        const char *key;
        double value;
    } more[] = {
        {"knee_flexion_contact_deg", s->knee_flexion_contact_deg},
        {"knee_flexion_peak_stance_deg", s->knee_flexion_peak_stance_deg},
        {"knee_flexion_peak_swing_deg", s->knee_flexion_peak_swing_deg},
        {"shank_angle_contact_deg", s->shank_angle_contact_deg},
        {"foot_ahead_pct_leg", s->foot_ahead_pct_leg},
        {"foot_ahead_cm", s->foot_ahead_cm},
        {"trunk_lean_contact_deg", s->trunk_lean_contact_deg},
        {"trunk_lean_peak_stance_deg", s->trunk_lean_peak_stance_deg},
        {"step_length_m", s->step_length_m},
        {"vertical_oscillation_cm", s->vertical_oscillation_cm},
        {"uncertainty_ms", s->uncertainty_ms},
    };
    json_object_set_new(j, "foot_strike",
                        s->foot_strike == TREAD_STRIKE_UNKNOWN
                            ? json_null()
                            : json_string(tread_foot_strike_name(s->foot_strike)));
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        json_object_set_new(j, more[i].key, real_or_null(more[i].value));
    json_object_set_new(j, "valid", json_boolean(s->is_valid));
    return j;
}

int tread_report__session_json(FILE *f, const tread_run *run, tread_error *err)
{
    tread_overview overview;
    tread_analyzer_overview(run->analyzer, &overview);
    json_t *steps = json_array();
    for (size_t i = 0; i < run->n_steps; i++)
        json_array_append_new(steps, step_object(&run->steps[i]));
    json_t *root =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:[]}", "format", "treadscope-session/1",
                  "treadscope", tread_version_string(), "settings", settings_object(run), "source",
                  source_object(run), "quality", quality_object(run, &overview), "summary",
                  summary_object(run, &overview), "steps", steps, "faults");
    if (!root)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    int status = json_dumpf(root, f, JSON_INDENT(2) | JSON_REAL_PRECISION(PRECISION));
    json_decref(root);
    putc('\n', f);
    return status == 0 ? TREAD_OK
                       : tread_error__set(err, TREAD_ERR_OUTPUT, "session.json: write error");
}

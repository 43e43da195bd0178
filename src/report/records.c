/* The records of a live session, src/serve/STREAM.md. Those that come with every picture are
 * printed, the others are built. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <jansson.h>
#include <treadscope/version.h>

#include "report/json_parts.h"
#include "report/report.h"

/* Digits worth sending. */
#define PRECISION 7
/* Readings are for a glance from two metres, and their method is no better than a whole number. */
#define GLANCE_DECIMALS 0

/* One line; gives up `j`. */
static char *dump(json_t *j)
{
    char *line = j ? json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(PRECISION)) : NULL;
    json_decref(j);
    return line;
}

char *tread_report__hello_record(const tread_hello *h)
{
    return dump(json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "type", "hello", "version",
                          tread_version_string(), "source", report_text_or_null(h->source),
                          "source_text", report_text_or_null(h->source_text), "model", h->model,
                          "started", h->started, "recording", report_text_or_null(h->recording)));
}

char *tread_report__status_record(const tread_live_status *s)
{
    bool is_from_side = s->view == TREAD_VIEW_LEFT || s->view == TREAD_VIEW_RIGHT;
    json_t *j = json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:b}", "type", "status",
                          "time_s", report_real_or_null(s->time_s), "state", s->state, "message",
                          report_text_or_null(s->message), "fps", report_real_or_null(s->fps),
                          "analysed_fps", report_real_or_null(s->analysed_fps), "n_frames",
                          (json_int_t)s->n_frames, "n_dropped", (json_int_t)s->n_dropped,
                          "is_keeping_up", s->is_keeping_up);
    json_t *more = json_pack("{s:{s:o, s:o, s:o}, s:{s:s, s:o}, s:s?, s:s?, s:o, s:f, s:o}",
                             "latency_ms", "p50", report_real_or_null(s->latency_p50_ms), "p95",
                             report_real_or_null(s->latency_p95_ms), "p99",
                             report_real_or_null(s->latency_p99_ms), "recording", "state",
                             s->recording, "message", report_text_or_null(s->recording_message),
                             "view", s->view == TREAD_VIEW_AUTO ? NULL : tread_view_name(s->view),
                             "near_side", is_from_side ? tread_side_name(s->near_side) : NULL,
                             "speed_kmh", report_told_or_null(s->speed_kmh), "incline_pct",
                             s->incline_pct, "running_s", report_real_or_null(s->running_s));
    json_object_update(j, more);
    json_decref(more);
    return dump(j);
}

char *tread_report__setup_record(const tread_setup_check *checks, size_t n)
{
    static const char *const states[] = {"unknown", "good", "poor"};
    json_t *all = json_array();
    bool is_ready = true;
    for (size_t i = 0; i < n; i++) {
        const tread_setup_check *c = &checks[i];
        is_ready &= c->state != TREAD_CHECK_POOR;
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:o}", "id", c->id, "title", c->title,
                                             "state", states[c->state], "advice",
                                             report_text_or_null(c->advice[0] ? c->advice : NULL)));
    }
    return dump(json_pack("{s:s, s:b, s:o}", "type", "setup", "is_ready", is_ready, "checks", all));
}

/* ---- frames --------------------------------------------------------------------- */

typedef struct line {
    char *buf;
    size_t size, n;
} line;

/* What does not fit is marked by n = size. */
static void put(line *l, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(l->buf + l->n, l->size - l->n, fmt, args);
    va_end(args);
    l->n = n < 0 || (size_t)n >= l->size - l->n ? l->size : l->n + (size_t)n;
}

static void put_number(line *l, double value)
{
    if (isfinite(value))
        put(l, "%.1f", value);
    else
        put(l, "null");
}

static void put_pair(line *l, const char *key, const double value[TREAD_N_SIDES])
{
    put(l, ",\"%s\":{\"left\":", key);
    put_number(l, value[TREAD_LEFT]);
    put(l, ",\"right\":");
    put_number(l, value[TREAD_RIGHT]);
    put(l, "}");
}

size_t tread_report__frame_record(char *buf, size_t size, const tread_frame_result *r,
                                  double width_px, double height_px, const tread_stage_times *took,
                                  enum tread_side near_side)
{
    line l = {buf, size, 0};
    put(&l,
        "{\"type\":\"frame\",\"frame\":%lld,\"time_s\":%.4f,\"width_px\":%.0f,\"height_px\":%.0f,"
        "\"latency_ms\":%.2f,\"stages_ms\":{\"decode\":%.2f,\"wait\":%.2f,\"pose\":%.2f,"
        "\"analyse\":%.2f},"
        "\"presence\":%.2f,\"identity\":\"%s\",\"near_side\":\"%s\","
        "\"trunk_lean_deg\":",
        (long long)r->frame, r->time_s, width_px, height_px, took->total, took->decode, took->wait,
        took->pose, took->analyse, r->presence, tread_identity_name(r->identity),
        tread_side_name(near_side));
    put_number(&l, r->trunk_lean_deg);
    put_pair(&l, "knee_flexion_deg", r->knee_flexion_deg);
    put_pair(&l, "foot_angle_deg", r->foot_angle_deg);
    put(&l, ",\"contact\":{");
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        put(&l, "%s\"%s\":", side ? "," : "", tread_side_name((enum tread_side)side));
        put(&l, r->contact[side] < 0 ? "null" : "%d", r->contact[side]);
    }
    put(&l, "},\"points\":{");
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        put(&l, "%s\"%s\":", i ? "," : "", tread_joint_name((enum tread_joint)i));
        if (isfinite(r->x_px[i]) && isfinite(r->y_px[i]))
            put(&l, "[%.1f,%.1f]", r->x_px[i], r->y_px[i]);
        else
            put(&l, "null");
    }
    put(&l, "}}");
    return l.n < size ? l.n : 0;
}

/* ---- steps ------------------------------------------------------------------------ */

char *tread_report__event_record(const tread_event *e)
{
    return dump(json_pack("{s:s, s:s, s:s, s:f, s:o}", "type", "event", "kind",
                          e->is_contact ? "initial_contact" : "toe_off", "side",
                          tread_side_name(e->side), "time_s", e->time_s, "sd_ms",
                          report_real_or_null(e->sd_ms)));
}

static const char *strike_name(enum tread_foot_strike strike)
{
    return strike == TREAD_STRIKE_UNKNOWN ? NULL : tread_foot_strike_name(strike);
}

char *tread_report__step_record(const tread_step *s)
{
    json_t *values = json_object();
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (i != TREAD_MEASURE_CADENCE && i != TREAD_MEASURE_STRIDE_CV)
            json_object_set_new(values, tread_measure_describe((enum tread_measure_id)i)->key,
                                report_real_or_null(s->value[i]));
    return dump(json_pack("{s:s, s:I, s:s, s:o, s:o, s:b, s:s?, s:o}", "type", "step", "step",
                          (json_int_t)s->step, "side", tread_side_name(s->side),
                          "initial_contact_s", report_real_or_null(s->initial_contact_s),
                          "toe_off_s", report_real_or_null(s->toe_off_s), "valid", s->is_valid,
                          "foot_strike", strike_name(s->foot_strike), "values", values));
}

/* ---- what it means ------------------------------------------------------------------ */

static json_t *usual_range(double low, double high)
{
    return isfinite(low) && isfinite(high) ? json_pack("[f, f]", low, high) : json_null();
}

static json_t *side_or_null(enum tread_side side)
{
    return side == TREAD_BOTH ? json_null() : json_string(tread_side_name(side));
}

static const char *shown_unit(const char *unit)
{
    return strcmp(unit, "deg") == 0 ? "°" : unit;
}

static json_t *reading_object(const tread_reading *r)
{
    const tread_measure_info *info = tread_measure_describe(r->measure);
    const tread_measure *m = &r->now;
    bool is_measured = !m->reason && isfinite(m->value);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:i, s:o, s:o, s:o, s:o}", "id", r->id, "title",
        r->title, "key", info->key, "unit", shown_unit(info->unit), "decimals", GLANCE_DECIMALS,
        "value", report_real_or_null(is_measured ? m->value : (double)NAN), "uncertainty",
        report_real_or_null(is_measured ? (m->high - m->low) / 2 : (double)NAN), "n", m->n, "usual",
        usual_range(r->usual_low, r->usual_high), "level",
        r->level < 0 ? json_null() : json_integer(r->level), "side", side_or_null(r->side),
        "reason", report_text_or_null(is_measured ? NULL : m->reason));
}

char *tread_report__summary_record(const tread_reading *readings, size_t n,
                                   const tread_step *strikes, size_t n_strikes)
{
    json_t *numbers = json_array(), *feet = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(numbers, reading_object(&readings[i]));
    for (size_t i = 0; i < n_strikes; i++)
        json_array_append_new(
            feet,
            json_pack("{s:s, s:s?, s:o}", "side", tread_side_name(strikes[i].side), "strike",
                      strike_name(strikes[i].foot_strike), "angle_deg",
                      report_real_or_null(strikes[i].value[TREAD_MEASURE_FOOT_STRIKE_ANGLE])));
    return dump(
        json_pack("{s:s, s:o, s:o}", "type", "summary", "readings", numbers, "strikes", feet));
}

char *tread_report__fault_record(const tread_rules *rules, const tread_fault *f, size_t id,
                                 const char *change)
{
    tread_rule_info rule;
    tread_rules_describe(rules, f->rule, &rule);
    json_t *j = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:o, s:i}", "type",
                          "fault", "change", change, "fault", (json_int_t)id, "rule", rule.id,
                          "title", rule.title, "side", tread_side_name(f->side), "level", f->level,
                          "level_now", f->level_now, "begin_s", f->begin_s, "raised_s", f->raised_s,
                          "end_s", report_real_or_null(f->end_s), "n_steps", f->n_steps);
    json_t *more = json_pack(
        "{s:s, s:o, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:s}", "measure",
        tread_measure_describe(f->measure)->key, "value", report_real_or_null(f->value), "unit",
        shown_unit(f->unit), "usual", usual_range(f->usual_low, f->usual_high), "confidence",
        report_real_or_null(f->confidence), "shown_s", report_real_or_null(f->shown_s), "cue",
        rule.cue, "meaning", rule.meaning, "why", rule.why, "advice", rule.advice);
    json_object_update(j, more);
    json_decref(more);
    return dump(j);
}

char *tread_report__cue_record(const tread_rules *rules, const tread_fault *faults,
                               const size_t *ids, size_t n)
{
    json_t *cues = json_array();
    for (size_t i = 0; i < n; i++) {
        tread_rule_info rule;
        tread_rules_describe(rules, faults[ids[i]].rule, &rule);
        json_array_append_new(cues, json_pack("{s:I, s:s, s:i}", "fault", (json_int_t)ids[i],
                                              "text", rule.cue, "level", faults[ids[i]].level_now));
    }
    return dump(json_pack("{s:s, s:o}", "type", "cue", "cues", cues));
}

char *tread_report__timeline_record(double time_s, const tread_belt *settings, size_t n_settings,
                                    const tread_live_gap *gaps, size_t n_gaps,
                                    const tread_rules *rules, const tread_fault *faults,
                                    size_t n_faults)
{
    json_t *belts = json_array(), *holes = json_array(), *found = json_array();
    for (size_t i = 0; i < n_settings; i++)
        json_array_append_new(belts,
                              json_pack("{s:f, s:o, s:f}", "from_s", settings[i].from_s,
                                        "speed_kmh", report_told_or_null(settings[i].speed_kmh),
                                        "incline_pct", settings[i].incline_pct));
    for (size_t i = 0; i < n_gaps; i++)
        json_array_append_new(holes, json_pack("{s:f, s:o}", "from_s", gaps[i].from_s, "to_s",
                                               report_real_or_null(gaps[i].to_s)));
    for (size_t i = 0; i < n_faults; i++) {
        tread_rule_info rule;
        tread_rules_describe(rules, faults[i].rule, &rule);
        json_array_append_new(found, json_pack("{s:I, s:s, s:s, s:s, s:i, s:f, s:o}", "fault",
                                               (json_int_t)i, "rule", rule.id, "title", rule.title,
                                               "side", tread_side_name(faults[i].side), "level",
                                               faults[i].level, "begin_s", faults[i].begin_s,
                                               "end_s", report_real_or_null(faults[i].end_s)));
    }
    return dump(json_pack("{s:s, s:f, s:o, s:o, s:o}", "type", "timeline", "time_s", time_s,
                          "settings", belts, "gaps", holes, "faults", found));
}

char *tread_report__end_record(double time_s, const char *reason, const char *message,
                               bool has_report)
{
    return dump(json_pack("{s:s, s:o, s:s, s:o, s:s?}", "type", "end", "time_s",
                          report_real_or_null(time_s), "reason", reason, "message",
                          report_text_or_null(message), "report", has_report ? "/report" : NULL));
}

/* "analyze": network, analyzer and rules on every picture that comes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "session/live_parts.h"
#include "session/readings.h"

#define SUMMARY_EVERY_S 0.5
#define SETUP_EVERY_S 0.5
/* Once somebody has run for so long the set-up is seldom looked at. */
#define SETTLED_S 20.0
#define SETUP_LATER_S 5.0
#define TIMELINE_EVERY_S 5.0
#define RATE_EVERY_S 1.0
/* Of the pictures of a second, dropped: this computer cannot keep up. */
#define BEHIND_SHARE 0.03

static int fail(tread_live *l, int status, const char *what)
{
    l->status = status;
    if (l->err.code == TREAD_OK)
        tread_error__set(&l->err, status, "live: %s", what);
    return status;
}

static void say(tread_live *l, const char *type, bool is_retained, char *json)
{
    session_outbox_record(l->outbox, type, is_retained, json);
}

/* ---- faults and cues ---------------------------------------------------------- */

/* What has changed about a fault since it was told; NULL = nothing. */
static const char *change_of(const tread_fault *told, const tread_fault *now)
{
    if (!told)
        return "begin";
    if (isnan(told->end_s) && !isnan(now->end_s))
        return "end";
    return told->level_now != now->level_now || told->level != now->level ? "update" : NULL;
}

static bool keep_told(tread_live *l, const tread_fault *now, size_t n)
{
    if (n > l->n_told) {
        tread_fault *grown = realloc(l->told_faults, n * sizeof *grown);
        if (!grown)
            return false;
        l->told_faults = grown;
    }
    if (n)
        memcpy(l->told_faults, now, n * sizeof *now);
    l->n_told = n;
    return true;
}

static void tell_timeline(tread_live *l, double now_s)
{
    tread_capture_status s;
    tread_live_gap gaps[CAPTURE_MAX_GAPS];
    tread_belt settings[LIVE_MAX_SETTINGS];
    session_capture_status(l->capture, &s);
    for (size_t i = 0; i < s.n_gaps; i++)
        gaps[i] = (tread_live_gap){s.gaps[i].from_s, s.gaps[i].to_s};
    pthread_mutex_lock(&l->lock);
    size_t n_settings = l->n_settings;
    memcpy(settings, l->settings, n_settings * sizeof *settings);
    pthread_mutex_unlock(&l->lock);
    size_t n;
    tread_fault *faults = session_live_faults(l, &n);
    say(l, "timeline", true,
        tread_report__timeline_record(now_s, settings, n_settings, gaps, s.n_gaps, l->opts.rules,
                                      faults, n));
    free(faults);
    l->next_timeline_s = now_s + TIMELINE_EVERY_S;
}

static int tell_faults(tread_live *l, double now_s)
{
    const tread_fault *now;
    size_t n = tread_form_faults(l->form, &now);
    bool has_changed = false;
    for (size_t i = 0; i < n; i++) {
        const char *change = change_of(i < l->n_told ? &l->told_faults[i] : NULL, &now[i]);
        if (!change)
            continue;
        has_changed |= strcmp(change, "update") != 0;
        say(l, "fault", false,
            tread_report__fault_record(l->opts.rules, &now[i], l->n_past + i, change));
    }
    if (!keep_told(l, now, n))
        return TREAD_ERR_NOMEM;
    if (has_changed)
        tell_timeline(l, now_s);
    return TREAD_OK;
}

static void tell_cues(tread_live *l, double now_s)
{
    const tread_fault *faults;
    size_t cues[2] = {0, 0};
    tread_form_faults(l->form, &faults);
    int n = tread_form_cues(l->form, now_s, cues);
    bool is_same = n == l->n_told_cues;
    for (int i = 0; i < n && is_same; i++)
        is_same = cues[i] == l->told_cues[i];
    if (is_same)
        return;
    memcpy(l->told_cues, cues, sizeof cues);
    l->n_told_cues = n;
    tread_rule_info rule = {.cue = NULL};
    if (n > 0)
        tread_rules_describe(l->opts.rules, faults[cues[0]].rule, &rule);
    pthread_mutex_lock(&l->lock);
    l->known.cue = rule.cue;
    pthread_mutex_unlock(&l->lock);
    say(l, "cue", true, tread_report__cue_record(l->opts.rules, faults, cues, (size_t)n));
}

/* ---- now and then ------------------------------------------------------------- */

static void know_readings(tread_live *l, const tread_reading *readings)
{
    tread_overlay_means means;
    double *const known[] = {&means.cadence_spm, &means.contact_ms,     &means.side_lean_deg,
                             &means.sway_deg,    &means.step_width_pct, &means.arms_pct};
    static const enum tread_measure_id measures[] = {
        TREAD_MEASURE_CADENCE,    TREAD_MEASURE_CONTACT,    TREAD_MEASURE_LATERAL_LEAN,
        TREAD_MEASURE_TRUNK_SWAY, TREAD_MEASURE_STEP_WIDTH, TREAD_MEASURE_ARM_CROSSOVER};
    for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
        *known[k] = (double)NAN;
        for (int i = 0; i < SESSION_N_READINGS; i++)
            if (readings[i].measure == measures[k])
                *known[k] = readings[i].now.value;
    }
    pthread_mutex_lock(&l->lock);
    l->known.means = means;
    pthread_mutex_unlock(&l->lock);
}

static void tell_summary(tread_live *l, double now_s, double incline_pct)
{
    tread_reading readings[SESSION_N_READINGS];
    const tread_fault *faults;
    size_t n = tread_form_faults(l->form, &faults);
    session_readings(l->analyzer, l->opts.rules, faults, n, now_s, incline_pct, readings);
    know_readings(l, readings);
    say(l, "summary", true,
        tread_report__summary_record(readings, SESSION_N_READINGS, l->strikes, l->n_strikes));
    l->next_summary_s = now_s + SUMMARY_EVERY_S;
}

static void tell_setup(tread_live *l, const tread_overview *v, double now_s)
{
    tread_setup_check checks[SESSION_N_CHECKS];
    tread_capture_status s;
    session_capture_status(l->capture, &s);
    session_setup_judge(&l->setup, v, s.fps, now_s, checks);
    say(l, "setup", true, tread_report__setup_record(checks, SESSION_N_CHECKS));
    bool is_settled = v->running_s + v->walking_s > SETTLED_S;
    l->next_setup_s = now_s + (is_settled ? SETUP_LATER_S : SETUP_EVERY_S);
}

/* Once a second: is every picture looked at? */
static void judge_rate(tread_live *l, double now_s)
{
    tread_capture_status s;
    session_capture_status(l->capture, &s);
    pthread_mutex_lock(&l->lock);
    live_known *k = &l->known;
    int64_t n = k->n_analysed - l->n_analysed_before;
    int64_t n_dropped = s.n_dropped - l->n_dropped_before;
    if (l->next_rate_s > 0)
        k->fps = (double)n / (now_s - l->next_rate_s + RATE_EVERY_S);
    k->is_keeping_up = (double)n_dropped <= BEHIND_SHARE * (double)(n + n_dropped);
    l->n_analysed_before = k->n_analysed;
    pthread_mutex_unlock(&l->lock);
    l->n_dropped_before = s.n_dropped;
    l->next_rate_s = now_s + RATE_EVERY_S;
}

static void know(tread_live *l, const tread_overview *v, double now_s)
{
    pthread_mutex_lock(&l->lock);
    l->known.view = v->view;
    l->known.near_side = v->near_side;
    l->known.has_runner = v->gait != TREAD_GAIT_UNKNOWN;
    l->known.running_s = v->running_s;
    l->known.time_s = now_s;
    l->known.n_analysed++;
    pthread_mutex_unlock(&l->lock);
}

/* ---- one frame ------------------------------------------------------------------- */

/* The console was changed since the last frame. @return the incline */
static double take_belt(tread_live *l, double now_s)
{
    pthread_mutex_lock(&l->lock);
    bool is_new = l->is_belt_new;
    tread_belt belt = {now_s, l->speed_kmh, l->incline_pct};
    l->is_belt_new = false;
    pthread_mutex_unlock(&l->lock);
    /* Out of range cannot be: the command was checked. */
    if (is_new && tread_analyzer_set_belt(l->analyzer, &belt) != TREAD_OK)
        l->err.code = TREAD_OK;
    return belt.incline_pct;
}

static void know_strikes(tread_live *l)
{
    pthread_mutex_lock(&l->lock);
    memcpy(l->known.strikes, l->strikes, l->n_strikes * sizeof *l->strikes);
    l->known.n_strikes = l->n_strikes;
    pthread_mutex_unlock(&l->lock);
}

/* The faults of the part that is over, ended with it. */
static int keep_past(tread_live *l)
{
    const tread_fault *faults;
    size_t n = tread_form_faults(l->form, &faults);
    if (n == 0)
        return TREAD_OK;
    tread_fault *grown = realloc(l->past_faults, (l->n_past + n) * sizeof *grown);
    if (!grown)
        return TREAD_ERR_NOMEM;
    memcpy(grown + l->n_past, faults, n * sizeof *grown);
    for (size_t i = l->n_past; i < l->n_past + n; i++)
        if (isnan(grown[i].end_s))
            grown[i].end_s = l->known.time_s;
    l->past_faults = grown;
    l->n_past += n;
    return TREAD_OK;
}

/* A phone was turned, a camera changed its size: pixels before and after do not compare, so
 * measuring starts anew. Faults so far stay in the report. */
static int start_part(tread_live *l, const tread_picture *p)
{
    bool is_first = l->width_px == 0;
    bool is_same = p->upright_width_px == l->width_px && p->upright_height_px == l->height_px;
    if (is_same)
        return TREAD_OK;
    l->width_px = p->upright_width_px;
    l->height_px = p->upright_height_px;
    if (is_first)
        return TREAD_OK;
    tread_analyzer_opts opts = l->opts.analyzer;
    tread_session__live_belt(l, &opts.speed_kmh, &opts.incline_pct);
    tread_analyzer *analyzer = NULL;
    tread_form *form = NULL;
    int status = keep_past(l);
    if (status == TREAD_OK)
        status = tread_analyzer_create(&analyzer, &opts);
    if (status == TREAD_OK)
        status = tread_form_create(&form, l->opts.rules);
    if (status != TREAD_OK) {
        tread_analyzer_destroy(&analyzer);
        return status;
    }
    tread_form_destroy(&l->form);
    tread_analyzer_destroy(&l->analyzer);
    l->analyzer = analyzer;
    l->form = form;
    tread_pose__tracker_reset(l->tracker);
    l->n_told = 0;
    l->n_strikes = 0;
    know_strikes(l);
    l->setup = (tread_setup){.weight = 0};
    l->part++;
    return TREAD_OK;
}

static void keep_strike(tread_live *l, const tread_step *step)
{
    if (l->n_strikes == LIVE_N_STRIKES)
        memmove(l->strikes, l->strikes + 1, --l->n_strikes * sizeof *l->strikes);
    l->strikes[l->n_strikes++] = *step;
    know_strikes(l);
}

/* What the analyzer has found out by now. */
static int drain(tread_live *l, double now_s)
{
    tread_frame_result settled;
    tread_event event;
    tread_step step;
    int status = TREAD_OK;
    bool is_new = false;
    while (tread_analyzer_next_frame(l->analyzer, &settled) == TREAD_OK)
        continue;
    while (tread_analyzer_next_event(l->analyzer, &event) == TREAD_OK)
        say(l, "event", false, tread_report__event_record(&event));
    while (status == TREAD_OK && tread_analyzer_next_step(l->analyzer, &step) == TREAD_OK) {
        say(l, "step", false, tread_report__step_record(&step));
        keep_strike(l, &step);
        status = tread_form_step(l->form, l->analyzer, &step);
        is_new = true;
    }
    return status == TREAD_OK && is_new ? tell_faults(l, now_s) : status;
}

static void tell_now_and_then(tread_live *l, double now_s, double incline_pct)
{
    tread_overview v;
    tread_analyzer_overview(l->analyzer, &v);
    know(l, &v, now_s);
    if (now_s >= l->next_rate_s)
        judge_rate(l, now_s);
    if (now_s >= l->next_summary_s) {
        tell_summary(l, now_s, incline_pct);
        tell_cues(l, now_s);
    }
    if (now_s >= l->next_setup_s)
        tell_setup(l, &v, now_s);
    if (now_s >= l->next_timeline_s)
        tell_timeline(l, now_s);
}

/* Takes over the frame. */
static int do_frame(tread_live *l, tread_frame *frame)
{
    tread_landmarks lm;
    session_item item = {.frame = frame, .taken_ns = tread_clock__now_ns()};
    double now_s = frame->time_s;
    int status = start_part(l, &frame->picture);
    if (status == TREAD_OK)
        status =
            tread_pose__tracker_run(l->tracker, &frame->picture, frame->index, now_s, &lm, &l->err);
    item.posed_ns = tread_clock__now_ns();
    if (status == TREAD_OK && l->opts.on_landmarks)
        l->opts.on_landmarks(l->opts.user, &lm, l->width_px, l->height_px, l->part);
    double incline_pct = take_belt(l, now_s);
    if (status == TREAD_OK)
        status = tread_analyzer_push(l->analyzer, &lm);
    if (status == TREAD_OK)
        status = tread_analyzer_newest_frame(l->analyzer, &item.result);
    if (status != TREAD_OK) {
        tread_media__frame_unref(&frame);
        return status;
    }
    session_setup_look(&l->setup, &frame->picture, &lm);
    /* The numbers first, then what follows from them. */
    item.near_side = l->known.near_side;
    item.analysed_ns = tread_clock__now_ns();
    session_outbox_frame(l->outbox, &item);
    status = drain(l, now_s);
    tell_now_and_then(l, now_s, incline_pct);
    return status;
}

static void finish(tread_live *l)
{
    double now_s = l->known.time_s, speed_kmh, incline_pct;
    if (tread_analyzer_finish(l->analyzer) != TREAD_OK || drain(l, now_s) != TREAD_OK)
        fail(l, TREAD_ERR_NOMEM, "out of memory");
    tread_session__live_belt(l, &speed_kmh, &incline_pct);
    tell_summary(l, now_s, incline_pct);
    tell_timeline(l, now_s);
}

void *session_live_analyze(void *data)
{
    tread_live *l = data;
    for (;;) {
        tread_frame *frame = NULL;
        if (session_capture_next(l->capture, !l->known.is_keeping_up, &frame) != TREAD_OK)
            break;
        if (atomic_load(&l->is_paused)) {
            tread_media__frame_unref(&frame);
            continue;
        }
        int status = do_frame(l, frame);
        if (status != TREAD_OK) {
            fail(l, status, tread_status_text(status));
            session_capture_stop(l->capture);
            break;
        }
    }
    finish(l);
    atomic_store(&l->is_over, true);
    return NULL;
}

/* Life and controls of a live session; its threads are in live_analyze.c and live_output.c. */
#include "session/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/thread.h"
#include "session/facts.h"
#include "session/live_parts.h"

/* A speed that is stepped up in taps is one change. */
#define ONE_CHANGE_S 3.0

/* ---- latency ---------------------------------------------------------------- */

void session_latency_add(live_latency *l, double ms)
{
    double at = ms * 10;
    int i = at < 0 ? 0 : at >= LATENCY_N ? LATENCY_N - 1 : (int)at;
    l->counts[i]++;
    l->n++;
}

double session_latency_quantile(const live_latency *l, double share)
{
    int64_t sum = 0;
    for (int i = 0; i < LATENCY_N; i++) {
        sum += l->counts[i];
        if (l->n > 0 && (double)sum >= share * (double)l->n)
            return (i + 0.5) / 10;
    }
    return (double)NAN;
}

/* ---- life ------------------------------------------------------------------- */

static int copy_names(tread_live *l)
{
    const tread_live_opts *o = &l->opts;
    l->source = strdup(o->source);
    l->record = o->record ? strdup(o->record) : NULL;
    l->record_name = o->record_name ? strdup(o->record_name) : NULL;
    bool is_good = l->source && (l->record || !o->record) && (l->record_name || !o->record_name);
    return is_good ? TREAD_OK : TREAD_ERR_NOMEM;
}

static int load(tread_live *l, tread_error *err)
{
    const tread_live_opts *o = &l->opts;
    const char *dir = o->models_dir ? o->models_dir : tread_models_dir();
    int status = tread_pose__weights_load(&l->weights, dir, session_pose_model(o->model), err);
    if (status == TREAD_OK)
        status =
            tread_pose__tracker_create(&l->tracker, l->weights, session_network_threads(), err);
    if (status == TREAD_OK && tread_analyzer_create(&l->analyzer, &o->analyzer) != TREAD_OK)
        status = tread_error__set(err, TREAD_ERR_ARG, "live: a setting is out of range");
    if (status == TREAD_OK)
        status = tread_form_create(&l->form, o->rules);
    if (status == TREAD_OK)
        status = session_outbox_create(&l->outbox);
    return status;
}

int tread_session__live_start(tread_live **out, const tread_live_opts *opts, tread_error *err)
{
    *out = NULL;
    if (!opts || !opts->source || !opts->rules || !opts->on_record)
        return TREAD_ERR_ARG;
    tread_live *l = calloc(1, sizeof *l);
    if (!l || pthread_mutex_init(&l->lock, NULL) != 0) {
        free(l);
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    }
    l->opts = *opts;
    l->opts.analyzer.mode = TREAD_LIVE;
    l->opts.analyzer.n_changes = 0;
    l->speed_kmh = opts->analyzer.speed_kmh;
    l->incline_pct = opts->analyzer.incline_pct;
    l->settings[l->n_settings++] = (tread_belt){0, l->speed_kmh, l->incline_pct};
    l->runs_since_s = (double)NAN;
    l->known.fps = (double)NAN;
    l->known.means = (tread_overlay_means){(double)NAN, (double)NAN, (double)NAN,
                                           (double)NAN, (double)NAN, (double)NAN};
    l->known.is_keeping_up = true;
    atomic_init(&l->was_stopped, false);
    atomic_init(&l->is_paused, false);
    atomic_init(&l->is_over, false);
    time_t now = time(NULL);
    struct tm utc;
    strftime(l->started, sizeof l->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));

    int status = copy_names(l);
    if (status == TREAD_OK)
        status = load(l, err);
    /* The source last: what it sends is waited for by nobody until then. */
    if (status == TREAD_OK)
        status = session_capture_start(&l->capture, l->source, l->record, err);
    if (status == TREAD_OK)
        status = tread_thread__start(&l->output_thread, "output", session_live_output, l);
    l->is_putting_out = status == TREAD_OK;
    if (status == TREAD_OK)
        status = tread_thread__start(&l->analyze_thread, "analyze", session_live_analyze, l);
    l->is_analyzing = status == TREAD_OK;
    if (status != TREAD_OK) {
        if (status == TREAD_ERR_NOMEM)
            tread_error__set(err, status, "out of memory");
        tread_session__live_destroy(&l);
        return status;
    }
    *out = l;
    return TREAD_OK;
}

int tread_session__live_wait(tread_live *l, tread_error *err)
{
    if (l->is_analyzing)
        pthread_join(l->analyze_thread, NULL);
    l->is_analyzing = false;
    session_outbox_finish(l->outbox);
    if (l->is_putting_out)
        pthread_join(l->output_thread, NULL);
    l->is_putting_out = false;
    if (l->status != TREAD_OK && err)
        *err = l->err;
    return l->status;
}

void tread_session__live_destroy(tread_live **l_ptr)
{
    tread_live *l = *l_ptr;
    if (!l)
        return;
    if (l->capture)
        session_capture_stop(l->capture);
    if (l->is_analyzing)
        pthread_join(l->analyze_thread, NULL);
    if (l->outbox)
        session_outbox_finish(l->outbox);
    if (l->is_putting_out)
        pthread_join(l->output_thread, NULL);
    session_capture_close(&l->capture);
    session_outbox_destroy(&l->outbox);
    tread_form_destroy(&l->form);
    tread_analyzer_destroy(&l->analyzer);
    tread_pose__tracker_destroy(&l->tracker);
    tread_pose__weights_free(&l->weights);
    pthread_mutex_destroy(&l->lock);
    free(l->past_faults);
    free(l->told_faults);
    free(l->source);
    free(l->record);
    free(l->record_name);
    free(l);
    *l_ptr = NULL;
}

/* ---- controls ------------------------------------------------------------------ */

void tread_session__live_set_belt(tread_live *l, double speed_kmh, double incline_pct)
{
    pthread_mutex_lock(&l->lock);
    tread_belt *last = &l->settings[l->n_settings - 1];
    bool is_new = l->known.time_s - last->from_s > ONE_CHANGE_S;
    if (is_new && l->n_settings < LIVE_MAX_SETTINGS) {
        last = &l->settings[l->n_settings++];
        last->from_s = l->known.time_s;
    }
    last->speed_kmh = speed_kmh;
    last->incline_pct = incline_pct;
    l->speed_kmh = speed_kmh;
    l->incline_pct = incline_pct;
    l->is_belt_new = true;
    pthread_mutex_unlock(&l->lock);
}

void tread_session__live_belt(tread_live *l, double *speed_kmh, double *incline_pct)
{
    pthread_mutex_lock(&l->lock);
    *speed_kmh = l->speed_kmh;
    *incline_pct = l->incline_pct;
    pthread_mutex_unlock(&l->lock);
}

void tread_session__live_pause(tread_live *l, bool is_paused)
{
    atomic_store(&l->is_paused, is_paused);
}

bool tread_session__live_is_paused(const tread_live *l)
{
    return atomic_load(&l->is_paused);
}

bool tread_session__live_is_over(const tread_live *l)
{
    return atomic_load(&l->is_over);
}

void tread_session__live_stop(tread_live *l)
{
    atomic_store(&l->was_stopped, true);
    session_capture_stop(l->capture);
}

/* ---- what it came to ------------------------------------------------------------- */

void tread_session__live_totals(const tread_live *l, tread_live_totals *out)
{
    tread_capture_status s;
    session_capture_status(l->capture, &s);
    *out = (tread_live_totals){.time_s = l->known.time_s,
                               .n_frames = s.n_frames,
                               .n_dropped = s.n_dropped,
                               .latency_p50_ms = session_latency_quantile(&l->latency, 0.5),
                               .latency_p95_ms = session_latency_quantile(&l->latency, 0.95),
                               .latency_p99_ms = session_latency_quantile(&l->latency, 0.99),
                               .was_stopped = atomic_load(&l->was_stopped)};
    memcpy(out->recording_issue, s.recording_issue, sizeof out->recording_issue);
}

size_t tread_session__live_settings(const tread_live *l, const tread_belt **settings)
{
    *settings = l->settings;
    return l->n_settings;
}

tread_fault *session_live_faults(const tread_live *l, size_t *n)
{
    const tread_fault *now;
    size_t n_now = tread_form_faults(l->form, &now);
    *n = 0;
    tread_fault *all = l->n_past + n_now ? malloc((l->n_past + n_now) * sizeof *all) : NULL;
    if (!all)
        return NULL;
    if (l->n_past)
        memcpy(all, l->past_faults, l->n_past * sizeof *all);
    if (n_now)
        memcpy(all + l->n_past, now, n_now * sizeof *all);
    *n = l->n_past + n_now;
    return all;
}

void tread_session__live_facts(const tread_live *l, tread_source_facts *facts)
{
    tread_capture_status received;
    session_capture_facts(l->capture, facts);
    session_capture_status(l->capture, &received);
    facts->n_frames = l->known.n_analysed;
    facts->n_bad_frames = received.n_bad;
    facts->duration_s = l->known.time_s;
}

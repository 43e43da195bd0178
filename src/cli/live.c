/* treadscope live: a camera at the treadmill, a page that shows how the runner runs. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <treadscope/form.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/analyze_options.h"
#include "cli/cli.h"
#include "cli/link.h"
#include "cli/live_command.h"
#include "cli/live_end.h"
#include "cli/live_log.h"
#include "cli/live_options.h"
#include "cli/window.h"
#include "media/media.h"
#include "report/report.h"
#include "serve/serve.h"
#include "session/session.h"

/* After the run the page stays for whoever looks at it, and so long for who is on the way. */
#define LINGER_S 3.0
#define FAREWELL_MS 300

typedef struct job {
    cli_live_options options;
    char camera[32];
    const char *source;
    tread_rules *rules;
    tread_server *server;
    tread_live *live;
    cli_window *window; /* NULL = none wanted */
    cli_live_log log;
    char token[CLI_TOKEN_CHARS + 1];
    FILE *say; /* for people: stdout, or stderr where that has the records */
    bool is_stdout_gone;
    int64_t started_utc;

    pthread_mutex_t lock;
    cli_live_texts texts; /* protected by lock; once it is over */
} job;

/* ---- signals ------------------------------------------------------------------ */

static _Atomic(tread_live *) running;
static atomic_bool is_interrupted, is_terminated;

static void on_signal(int number)
{
    tread_live *live = atomic_load(&running);
    atomic_store(&is_interrupted, true);
    if (number == SIGTERM)
        atomic_store(&is_terminated, true);
    if (live)
        tread_session__live_stop(live);
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* ---- what the session says -------------------------------------------------------- */

static void on_record(void *user, const char *type, bool is_retained, const char *json)
{
    job *j = user;
    tread_serve__publish(j->server, type, is_retained, json);
    if (!j->options.is_json_wanted || j->is_stdout_gone)
        return;
    if (puts(json) < 0 || fflush(stdout) != 0) {
        /* Who read it has left: nobody waits for the rest. */
        j->is_stdout_gone = true;
        tread_live *live = atomic_load(&running);
        if (live)
            tread_session__live_stop(live);
    }
}

static bool wants_picture(void *user)
{
    return tread_serve__is_watched(((job *)user)->server);
}

static void on_picture(void *user, const char *frame_json, const uint8_t *jpeg, size_t size)
{
    tread_serve__picture(((job *)user)->server, frame_json, jpeg, size);
}

static void on_drawn(void *user, const uint8_t *bgra, int width_px, int height_px)
{
    cli_window_put(((job *)user)->window, bgra, width_px, height_px, (ptrdiff_t)width_px * 4);
}

static void on_landmarks(void *user, const tread_landmarks *lm, double width_px, double height_px,
                         int part)
{
    cli_live_log_add(&((job *)user)->log, lm, width_px, height_px, part);
}

/* ---- what the page asks ----------------------------------------------------------- */

static bool on_command(void *user, const char *json, size_t size, char *why, size_t why_size)
{
    (void)user;
    cli_live_command c;
    tread_live *live = atomic_load(&running);
    if (!cli_live_command_read(&c, json, size, why, why_size))
        return false;
    if (!live) {
        snprintf(why, why_size, "the session is over");
        return false;
    }
    double speed_kmh, incline_pct;
    tread_session__live_belt(live, &speed_kmh, &incline_pct);
    if (c.has_speed || c.has_incline)
        tread_session__live_set_belt(live, c.has_speed ? c.speed_kmh : speed_kmh,
                                     c.has_incline ? c.incline_pct : incline_pct);
    if (c.has_pause)
        tread_session__live_pause(live, c.is_paused);
    if (c.is_stop)
        tread_session__live_stop(live);
    return true;
}

static char *on_document(void *user, enum tread_serve_document which)
{
    job *j = user;
    pthread_mutex_lock(&j->lock);
    const char *text = which == TREAD_DOCUMENT_REPORT ? j->texts.report : j->texts.document;
    char *copy = text ? strdup(text) : NULL;
    pthread_mutex_unlock(&j->lock);
    return copy;
}

/* ---- start -------------------------------------------------------------------------- */

static int serve(job *j, tread_error *err)
{
    const cli_live_options *o = &j->options;
    if (o->listen && !cli_make_token(j->token))
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "--listen: this system gives no random numbers for a key");
    tread_server_opts opts = {.address = o->listen,
                              .port = o->port,
                              .token = o->listen ? j->token : NULL,
                              .on_command = on_command,
                              .on_document = on_document,
                              .user = j};
    return tread_serve__start(&j->server, &opts, err);
}

static int watch(job *j, tread_error *err)
{
    const cli_live_options *o = &j->options;
    char record[CLI_MAX_PATH + 32];
    snprintf(record, sizeof record, "%s/recording", j->log.dir);
    tread_live_opts opts = {.source = j->source,
                            .analyzer = o->analyzer,
                            .model = o->model,
                            .rules = j->rules,
                            .record = o->is_recorded ? record : NULL,
                            .record_name = o->is_recorded ? j->log.dir : NULL,
                            .on_record = on_record,
                            .wants_picture = wants_picture,
                            .on_picture = on_picture,
                            .on_drawn = j->window ? on_drawn : NULL,
                            .on_landmarks = on_landmarks,
                            .user = j};
    tread_live *live;
    int status = tread_session__live_start(&live, &opts, err);
    if (status != TREAD_OK)
        return status;
    j->live = live;
    atomic_store(&running, live);
    /* A signal that came before there was anything to stop. */
    if (atomic_load(&is_interrupted))
        tread_session__live_stop(live);
    return TREAD_OK;
}

static int start(job *j, tread_error *err)
{
    const cli_live_options *o = &j->options;
    int status = o->is_window_wanted ? cli_window_open(&j->window, err) : TREAD_OK;
    if (status != TREAD_OK)
        return status;
    j->source = o->source;
    if (!j->source) {
        status = tread_media__default_camera(j->camera, err);
        if (status != TREAD_OK)
            return status;
        j->source = j->camera;
    }
    status = tread_rules_load(&j->rules, NULL, err);
    if (status == TREAD_OK && o->rules)
        status = tread_rules_extend(j->rules, o->rules, err);
    if (status == TREAD_OK)
        status = serve(j, err);
    if (status == TREAD_OK && o->is_recorded)
        status = cli_live_log_open(&j->log, o->out, err);
    return status == TREAD_OK ? watch(j, err) : status;
}

static void tell_link(const job *j)
{
    const cli_live_options *o = &j->options;
    char link[256];
    cli_make_link(link, sizeof link, o->listen, tread_serve__port(j->server),
                  o->listen ? j->token : NULL);
    fprintf(j->say, "Watching %s\n\nOpen %s\n", j->source, link);
    if (o->listen) {
        fputs("or photograph this with the phone or tablet on the console (same network):\n\n",
              j->say);
        cli_print_code(j->say, link);
    }
    if (o->is_recorded)
        fprintf(j->say, "Recording to %s\n", j->log.dir);
    fputs("Ctrl-C ends the session.\n", j->say);
    fflush(j->say);
}

/* ---- end ----------------------------------------------------------------------------- */

static void conclude(job *j)
{
    cli_live_texts texts;
    tread_source_facts facts;
    tread_session__live_facts(j->live, &facts);
    cli_live_end e = {.options = &j->options,
                      .rules = j->rules,
                      .source = j->source,
                      .facts = &facts,
                      .started_utc = j->started_utc,
                      .say = j->say};
    e.n_settings = tread_session__live_settings(j->live, &e.settings);
    fputs("Measuring once more, with the whole run known ...\n", j->say);
    fflush(j->say);
    cli_live_conclude(&e, &j->log, &texts);
    pthread_mutex_lock(&j->lock);
    j->texts = texts;
    pthread_mutex_unlock(&j->lock);
}

static void tell_end(job *j, int status, const tread_error *err)
{
    tread_live_totals t;
    tread_session__live_totals(j->live, &t);
    const char *reason = status != TREAD_OK ? "failed" : t.was_stopped ? "stopped" : "source_ended";
    const char *message = status != TREAD_OK ? err->text
                          : t.was_stopped    ? "Stopped."
                                             : "The source has ended.";
    char *json = tread_report__end_record(t.time_s, reason, message, j->texts.report != NULL);
    if (json)
        on_record(j, "end", true, json);
    free(json);
    fprintf(j->say,
            "%.0f s, %lld pictures, %lld of them passed over; picture to numbers %.0f ms, in 95 of "
            "100 under %.0f\n",
            t.time_s, (long long)t.n_frames, (long long)t.n_dropped, t.latency_p50_ms,
            t.latency_p95_ms);
    if (t.recording_issue[0])
        fprintf(j->say, "The recording is not complete: %s\n", t.recording_issue);
    fflush(j->say);
}

/* While somebody looks at the page it is served. */
static void linger(const job *j)
{
    bool was_told = false;
    double alone_s = 0;
    while (!atomic_load(&is_interrupted) && !atomic_load(&is_terminated) &&
           !j->options.is_json_wanted && alone_s < LINGER_S) {
        bool is_alone = tread_serve__n_listeners(j->server) == 0;
        alone_s = is_alone ? alone_s + 0.1 : 0;
        if (!is_alone && !was_told)
            fputs("The page stays until it is closed; Ctrl-C ends it now.\n", j->say);
        was_told |= !is_alone;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
}

int cli_live(int argc, char **argv)
{
    job j = {.source = NULL};
    bool is_help;
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    int status = cli_live_options_read(&j.options, argc, argv, &is_help);
    if (status != CLI_DONE || is_help)
        return status;
    j.say = j.options.is_json_wanted ? stderr : stdout;
    if (pthread_mutex_init(&j.lock, NULL) != 0)
        return CLI_FAILED;
    watch_signals();
    j.started_utc = (int64_t)time(NULL);
    status = start(&j, &err);
    if (status == TREAD_OK) {
        tell_link(&j);
        if (j.window)
            cli_window_run(j.window, j.live);
        status = tread_session__live_wait(j.live, &err);
        cli_window_close(&j.window);
        atomic_store(&running, NULL);
        /* Ctrl-C ends the run; the next one ends the report. */
        atomic_store(&is_interrupted, false);
        conclude(&j);
        tell_end(&j, status, &err);
        linger(&j);
    }
    tread_serve__stop(&j.server, FAREWELL_MS);
    tread_session__live_destroy(&j.live);
    cli_window_close(&j.window);
    cli_live_log_end(&j.log);
    tread_rules_destroy(&j.rules);
    free(j.texts.document);
    free(j.texts.report);
    pthread_mutex_destroy(&j.lock);
    if (status == TREAD_OK)
        return CLI_DONE;
    err.code = status;
    return cli_fail(&err);
}

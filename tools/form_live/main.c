/* The faults of a landmark log as a live session finds them: frame by frame, from the live
 * analyzer, never with a look ahead. Prints session.json.
 *
 *     form_live LOG [--speed KMH] [--incline PCT] [--height CM] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/analyzer.h>
#include <treadscope/form.h>

#include "landfile/landfile.h"
#include "linalg/linalg.h"
#include "report/report.h"

static int fail(const char *what)
{
    fprintf(stderr, "form_live: %s\n", what);
    return 1;
}

static int read_options(tread_analyzer_opts *opts, int argc, char **argv)
{
    for (int i = 2; i + 1 < argc; i += 2) {
        double value = strtod(argv[i + 1], NULL);
        if (strcmp(argv[i], "--speed") == 0)
            opts->speed_kmh = value;
        else if (strcmp(argv[i], "--incline") == 0)
            opts->incline_pct = value;
        else if (strcmp(argv[i], "--height") == 0)
            opts->height_cm = value;
        else
            return fail(argv[i]);
    }
    return 0;
}

static int take_steps(tread_analyzer *a, tread_form *form)
{
    tread_frame_result frame;
    tread_event event;
    tread_step step;
    while (tread_analyzer_next_frame(a, &frame) == TREAD_OK)
        continue;
    while (tread_analyzer_next_event(a, &event) == TREAD_OK)
        continue;
    while (tread_analyzer_next_step(a, &step) == TREAD_OK)
        if (tread_form_step(form, a, &step) != TREAD_OK)
            return fail("out of memory");
    return 0;
}

static int watch(tread_landfile *file, tread_analyzer *a, tread_form *form)
{
    tread_landmarks lm;
    while (tread_landfile__next(file, &lm) == TREAD_OK)
        if (tread_analyzer_push(a, &lm) != TREAD_OK || take_steps(a, form) != 0)
            return fail("the analyzer gave up");
    return tread_analyzer_finish(a) == TREAD_OK ? take_steps(a, form) : fail("out of memory");
}

int main(int argc, char **argv)
{
    tread_error err = {0};
    tread_landfile *file = NULL;
    tread_analyzer *a = NULL;
    tread_rules *rules = NULL;
    tread_form *form = NULL;
    tread_session_opts opts = {.analyzer = {.mode = TREAD_LIVE}};
    tread_linalg__set_threads(1);
    if (argc < 2 || read_options(&opts.analyzer, argc, argv) != 0)
        return fail("usage: form_live LOG [--speed KMH] [--incline PCT] [--height CM]");
    if (tread_landfile__open(&file, argv[1], 0, &err) != TREAD_OK ||
        tread_rules_load(&rules, NULL, &err) != TREAD_OK)
        return fail(err.text);
    if (tread_analyzer_create(&a, &opts.analyzer) != TREAD_OK ||
        tread_form_create(&form, rules) != TREAD_OK)
        return fail("out of memory");
    int status = watch(file, a, form);
    tread_source_facts facts = {.container = "landmarks"};
    tread_run run = {
        .clip = argv[1], .opts = &opts, .facts = &facts, .analyzer = a, .rules = rules};
    run.n_faults = tread_form_faults(form, &run.faults);
    if (status == 0 && tread_report__session_json(stdout, &run, &err) != TREAD_OK)
        status = fail(err.text);
    tread_form_destroy(&form);
    tread_rules_destroy(&rules);
    tread_analyzer_destroy(&a);
    tread_landfile__close(&file);
    return status;
}

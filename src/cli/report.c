/* treadscope report: the files of a session that was kept, written again. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/history.h"
#include "cli/outputs.h"
#include "cli/parse.h"
#include "cli/restore.h"
#include "cli/results.h"
#include "cli/sessions_parts.h"

typedef struct job {
    int64_t id;
    const char *out;   /* NULL = session-ID.treadscope */
    const char *clip;  /* where its pictures are; NULL = not told */
    const char *rules; /* a file that extends the rules; NULL = those that ship */
    unsigned formats;  /* of cli_format */
    char dir[CLI_MAX_PATH];
} job;

/* What is kept of it. */
typedef struct kept {
    cli_session_copy session;
    char *document;
    void *landmarks; /* (n_landmarks) NULL = none */
    size_t n_landmarks;
} kept;

static void usage(FILE *f)
{
    fputs("usage: treadscope report ID [options]\n"
          "\n"
          "Writes the files of a session of the history again, measured anew from the landmarks\n"
          "that were kept; session.json is the one that was kept. `treadscope sessions` lists the\n"
          "numbers.\n"
          "\n"
          "  --out DIR      write there; without it to session-ID.treadscope/\n"
          "  --format LIST  as of analyze; default all but openpose, and video only with --clip\n"
          "  --clip FILE    the clip it was measured from, for the pictures, which are not kept\n"
          "  --rules FILE   fault rules in place of, or besides, those that ship\n",
          f);
}

/* ---- what is kept ------------------------------------------------------------------- */

static int read_kept(const job *j, kept *k, tread_error *err)
{
    tread_store *store = NULL;
    int status = cli_open_history(&store);
    *k = (kept){.document = NULL};
    if (status != CLI_DONE)
        return status;
    if (!store) {
        fputs("treadscope: report: there is no history yet\n", stderr);
        return CLI_USAGE;
    }
    status = cli_find_session(store, j->id, &k->session, err);
    if (status == TREAD_OK)
        status = tread_store__document(store, j->id, &k->document, err);
    if (status == TREAD_OK)
        status = tread_store__landmarks(store, j->id, &k->landmarks, &k->n_landmarks, err);
    tread_store__close(&store);
    if (status == TREAD_OK)
        return CLI_DONE;
    err->code = status == TREAD_EOF ? TREAD_ERR_ARG : status; /* no such session: asked wrongly */
    return cli_fail(err);
}

/* ---- the files ----------------------------------------------------------------------- */

/* As it was kept, and not measured anew: it is what comparisons and trends go by. */
static int write_document(const job *j, const char *document, tread_error *err)
{
    tread_outfile *file = NULL;
    int status = tread_report__outfile_open(&file, j->dir, "session.json", err);
    if (status != TREAD_OK)
        return status;
    fputs(document, tread_report__outfile_stream(file));
    return tread_report__outfile_commit(&file, err);
}

static int load_rules(const job *j, tread_rules **rules, tread_error *err)
{
    int status = tread_rules_load(rules, NULL, err);
    return status == TREAD_OK && j->rules ? tread_rules_extend(*rules, j->rules, err) : status;
}

static int write_measured(const job *j, const kept *k, cli_restored *r, tread_error *err)
{
    tread_landfile *file = NULL;
    tread_analyzer *analyzer = NULL;
    tread_rules *rules = NULL;
    cli_results results = {.steps = NULL};
    const tread_store_session *s = &k->session.s;
    cli_output_order order = {.formats = j->formats & ~(unsigned)CLI_FORMAT_JSON,
                              .dir = j->dir,
                              .pictures = j->clip,
                              .runner = s->runner,
                              .started_utc = s->started_utc};
    int status =
        tread_landfile__parse(&file, "its landmarks", k->landmarks, k->n_landmarks, 0, err);
    if (status == TREAD_OK)
        status = cli_measure(file, r->clip, &r->opts, NULL, NULL, &analyzer, err);
    if (status == TREAD_OK)
        status = load_rules(j, &rules, err);
    if (status == TREAD_OK)
        status = cli_results_take(&results, r->clip, &r->opts, &r->facts, analyzer, rules, err);
    if (status == TREAD_OK)
        status = cli_write_outputs(&order, analyzer, &results.run, NULL, err);
    cli_results_clear(&results);
    tread_analyzer_destroy(&analyzer);
    tread_rules_destroy(&rules);
    tread_landfile__close(&file);
    return status;
}

/* Kept before landmarks were: only its document can be written. */
static int refuse_without_landmarks(const job *j, tread_error *err)
{
    return tread_error__set(err, TREAD_ERR_INPUT,
                            "session %lld: was kept without its landmarks; only --format json can "
                            "be written, or measure the clip again",
                            (long long)j->id);
}

static int write_all(const job *j, const kept *k, tread_error *err)
{
    bool was_made;
    cli_restored restored = {.clip = NULL};
    int status = TREAD_OK;
    if (j->formats != CLI_FORMAT_JSON)
        status = k->landmarks ? cli_restore(&restored, k->document, err)
                              : refuse_without_landmarks(j, err);
    if (status == TREAD_OK)
        status = cli_make_dir(j->dir, &was_made, err);
    if (status == TREAD_OK && j->formats != CLI_FORMAT_JSON)
        status = write_measured(j, k, &restored, err);
    if (status == TREAD_OK && j->formats & CLI_FORMAT_JSON)
        status = write_document(j, k->document, err);
    free(restored.clip);
    return status;
}

static int report(job *j)
{
    kept k;
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    int status = read_kept(j, &k, &err);
    if (status == CLI_DONE) {
        if (j->out)
            snprintf(j->dir, sizeof j->dir, "%s", j->out);
        else
            snprintf(j->dir, sizeof j->dir, "session-%lld.treadscope", (long long)j->id);
        err.code = write_all(j, &k, &err);
        status = err.code == TREAD_OK ? CLI_DONE : cli_fail(&err);
    }
    if (status == CLI_DONE)
        printf("Written to %s\n", j->dir);
    free(k.document);
    free(k.landmarks);
    return status;
}

/* ---- the command line ------------------------------------------------------------------ */

static int take_option(job *j, int option)
{
    switch (option) {
    case 'o':
        j->out = optarg;
        return *optarg && strlen(optarg) < CLI_MAX_PATH - 64
                   ? CLI_DONE
                   : cli_bad_usage("out", "''", "a folder");
    case 'f': return cli_take_formats(optarg, &j->formats);
    case 'c': j->clip = optarg; return *optarg ? CLI_DONE : cli_bad_usage("clip", "''", "a file");
    case 'r': j->rules = optarg; return *optarg ? CLI_DONE : cli_bad_usage("rules", "''", "a file");
    default: fputs("`treadscope report --help` says more\n", stderr); return CLI_USAGE;
    }
}

int cli_report(int argc, char **argv)
{
    static const struct option options[] = {
        {"out", required_argument, NULL, 'o'},  {"format", required_argument, NULL, 'f'},
        {"clip", required_argument, NULL, 'c'}, {"rules", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    job j = {.formats = 0};
    int status;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h') {
            usage(stdout);
            return CLI_DONE;
        }
        status = take_option(&j, option);
        if (status != CLI_DONE)
            return status;
    }
    if (argc - optind != 1) {
        fputs("treadscope: report: one session, by its number; `treadscope report --help` says "
              "more\n",
              stderr);
        return CLI_USAGE;
    }
    if (j.formats == CLI_FORMAT_VIDEO && !j.clip) {
        fputs("treadscope: --format video: pictures are not kept; name the clip with --clip\n",
              stderr);
        return CLI_USAGE;
    }
    if (j.formats == 0)
        j.formats = CLI_FORMAT_DEFAULT;
    status = cli_take_session(argv[optind], &j.id);
    return status == CLI_DONE ? report(&j) : status;
}

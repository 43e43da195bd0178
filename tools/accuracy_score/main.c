/* accuracy_score: what treadscope measured against known truth; run by tools/accuracy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "check.h"
#include "landfile/landfile.h"
#include "table.h"

enum { EXIT_WRONG_USAGE = 2, EXIT_NO_DATA = 77 };

static int usage(FILE *to)
{
    fputs("usage: accuracy_score clip --name NAME --group GROUP --truth FILE --results DIR [--from "
          "S]\n"
          "       accuracy_score live --name NAME --group GROUP --truth FILE --results LOG [--from "
          "S]\n"
          "       accuracy_score lab [--only NAME] FOLDER\n"
          "       accuracy_score table SCORES...\n"
          "       accuracy_score details SCORES...\n"
          "       accuracy_score check CEILINGS SCORES...\n\n"
          "clip     compares what `treadscope analyze` wrote with a truth file of treadsynth\n"
          "live     the same for the analyzer's live mode, from a log of --save-landmarks\n"
          "lab      sends laboratory markers through a virtual camera and the analyzer; status\n"
          "         77 when the folder is not there\n"
          "table    Markdown over score lines; details: every measure of every clip\n"
          "check    fails when a score is worse than its ceiling\n\n"
          "clip, live and lab print one line of JSON a clip, which the others read.\n",
          to);
    return to == stdout ? 0 : EXIT_WRONG_USAGE;
}

static int fail(const char *what)
{
    fprintf(stderr, "accuracy_score: %s\n", what);
    return EXIT_FAILURE;
}

/* ---- clip ----------------------------------------------------------------------------- */

/* The live analyzer on a log of landmarks. */
static int take_live(acc_run *run, const char *log)
{
    tread_analyzer *analyzer = NULL;
    tread_landfile *file = NULL;
    tread_landmarks lm;
    tread_error err = {0};
    acc_run_init(run);
    int status = tread_landfile__open(&file, log, 0, &err);
    if (status != TREAD_OK) {
        fprintf(stderr, "accuracy_score: %s\n", err.text);
        return -1;
    }
    if (tread_analyzer_create(&analyzer, &(tread_analyzer_opts){.mode = TREAD_LIVE}) != TREAD_OK)
        status = TREAD_ERR_NOMEM;
    while (status == TREAD_OK && tread_landfile__next(file, &lm) == TREAD_OK) {
        status = tread_analyzer_push(analyzer, &lm);
        if (status == TREAD_OK && acc_result_drain(run, analyzer) != 0)
            status = TREAD_ERR_NOMEM;
    }
    if (status == TREAD_OK)
        status = tread_analyzer_finish(analyzer);
    if (status == TREAD_OK && acc_result_take(run, analyzer) != 0)
        status = TREAD_ERR_NOMEM;
    tread_analyzer_destroy(&analyzer);
    tread_landfile__close(&file);
    return status == TREAD_OK ? 0 : -1;
}

/* Frames and steps before `from_s` do not count. */
static void leave_out(acc_run *run, double from_s)
{
    size_t n = 0;
    for (size_t i = 0; i < run->n_frames; i++)
        if (run->frame[i].time_s >= from_s)
            run->frame[n++] = run->frame[i];
    run->n_frames = n;
    n = 0;
    for (size_t i = 0; i < run->n_steps; i++)
        if (run->step[i].value[ACC_STEP_IC] >= from_s)
            run->step[n++] = run->step[i];
    run->n_steps = n;
}

static int score_clip(int argc, char **argv, int (*read_result)(acc_run *run, const char *path))
{
    enum { NAME, GROUP, TRUTH, RESULTS, FROM, N_FLAGS };
    const char *value[N_FLAGS] = {NULL};
    static const char *const flags[] = {"--name", "--group", "--truth", "--results", "--from"};
    int n_known = 0;
    for (int i = 0; i + 1 < argc; i += 2)
        for (int k = 0; k < N_FLAGS; k++)
            if (strcmp(argv[i], flags[k]) == 0) {
                value[k] = argv[i + 1];
                n_known += 2;
            }
    if (argc != n_known || !value[NAME] || !value[GROUP] || !value[TRUTH] || !value[RESULTS])
        return usage(stderr);
    acc_run truth, result;
    if (acc_truth_read(&truth, value[TRUTH]) != 0)
        return EXIT_FAILURE;
    if (read_result(&result, value[RESULTS]) != 0) {
        acc_run_free(&truth);
        return EXIT_FAILURE;
    }
    if (value[FROM]) {
        leave_out(&truth, atof(value[FROM]));
        leave_out(&result, atof(value[FROM]));
    }
    acc_score score;
    acc_score_run(&score, value[NAME], value[GROUP], &truth, &result);
    acc_run_free(&truth);
    acc_run_free(&result);
    return acc_score_write(&score) == 0 ? EXIT_SUCCESS : fail("cannot write the score");
}

/* ---- lab ------------------------------------------------------------------------------- */

static int score_lab(int argc, char **argv)
{
    const char *only = NULL;
    if (argc == 3 && strcmp(argv[0], "--only") == 0)
        only = argv[1];
    else if (argc != 1)
        return usage(stderr);
    const char *folder = argv[argc - 1];
    char path[4096];
    snprintf(path, sizeof path, "%s/RBDS001static.txt", folder);
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "accuracy_score: skipped: %s is not there\n", path);
        return EXIT_NO_DATA;
    }
    fclose(f);
    acc_lab lab;
    if (acc_lab_read(&lab, folder) != 0)
        return EXIT_FAILURE;
    int status = 0, n_run = 0;
    for (size_t i = 0; status == 0 && i < acc_n_cases; i++) {
        acc_score score;
        if (only && strcmp(only, acc_cases[i].name) != 0)
            continue;
        status = acc_case_run(&acc_cases[i], &lab, &score);
        if (status == 0)
            status = acc_score_write(&score);
        n_run++;
    }
    acc_lab_free(&lab);
    return n_run == 0 ? fail("no case of that name") : status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- tables ------------------------------------------------------------------------------ */

static void print_table(const acc_score *scores, size_t n)
{
    static const struct {
        const char *group, *title;
    } parts[] = {
        {"look", "Rendered, the half that may be looked at"},
        {"score", "Rendered, the half that is only scored"},
        {"form", "Rendered for the fault rules"},
        {"look-late", "Rendered, first half, from 3.5 s on"},
        {"look-live", "The same live, at most 0.1 s behind"},
        {"score-late", "Rendered, second half, from 3.5 s on"},
        {"score-live", "The same live, at most 0.1 s behind"},
        {"lab", "Laboratory markers"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        acc_table_overall(scores, n, parts[i].group, parts[i].title);
        acc_table_plain(scores, n, parts[i].group);
        acc_table_clips(scores, n, parts[i].group);
    }
}

/* Lines of one file keep their order; files come in any. */
static int read_all(acc_score **scores, size_t *n, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        size_t before = *n;
        if (acc_scores_read(scores, n, argv[i]) != 0)
            return -1;
        if (*n == before)
            fprintf(stderr, "accuracy_score: %s holds no score\n", argv[i]);
    }
    return *n > 0 ? 0 : -1;
}

static int read_and(const char *mode, int argc, char **argv)
{
    bool is_check = strcmp(mode, "check") == 0;
    if (argc < 1 + is_check)
        return usage(stderr);
    acc_score *scores = NULL;
    size_t n = 0;
    int status = EXIT_SUCCESS;
    if (read_all(&scores, &n, argc - is_check, argv + is_check) != 0)
        status = fail("no scores");
    else if (is_check)
        status = acc_check(scores, n, argv[0]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else if (strcmp(mode, "details") == 0)
        acc_table_details(scores, n);
    else
        print_table(scores, n);
    free(scores);
    return status;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "clip") == 0)
        return score_clip(argc - 2, argv + 2, acc_result_read);
    if (strcmp(mode, "live") == 0)
        return score_clip(argc - 2, argv + 2, take_live);
    if (strcmp(mode, "lab") == 0)
        return score_lab(argc - 2, argv + 2);
    if (strcmp(mode, "table") == 0 || strcmp(mode, "details") == 0 || strcmp(mode, "check") == 0)
        return read_and(mode, argc - 2, argv + 2);
    return usage(strcmp(mode, "--help") == 0 ? stdout : stderr);
}

/* accuracy_score: what treadscope measured against known truth; run by tools/accuracy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "check.h"
#include "table.h"

enum { EXIT_WRONG_USAGE = 2, EXIT_NO_DATA = 77 };

static int usage(FILE *to)
{
    fputs("usage: accuracy_score clip --name NAME --group GROUP --truth FILE --results DIR\n"
          "       accuracy_score lab [--only NAME] FOLDER\n"
          "       accuracy_score table SCORES...\n"
          "       accuracy_score details SCORES...\n"
          "       accuracy_score check CEILINGS SCORES...\n\n"
          "clip     compares what `treadscope analyze` wrote with a truth file of treadsynth\n"
          "lab      sends laboratory markers through a virtual camera and the analyzer; status\n"
          "         77 when the folder is not there\n"
          "table    Markdown over score lines; details: every measure of every clip\n"
          "check    fails when a score is worse than its ceiling\n\n"
          "clip and lab print one line of JSON a clip, which the others read.\n",
          to);
    return to == stdout ? 0 : EXIT_WRONG_USAGE;
}

static int fail(const char *what)
{
    fprintf(stderr, "accuracy_score: %s\n", what);
    return EXIT_FAILURE;
}

/* ---- clip ----------------------------------------------------------------------------- */

static int score_clip(int argc, char **argv)
{
    const char *value[4] = {NULL};
    static const char *const flags[] = {"--name", "--group", "--truth", "--results"};
    for (int i = 0; i + 1 < argc; i += 2)
        for (int k = 0; k < 4; k++)
            if (strcmp(argv[i], flags[k]) == 0)
                value[k] = argv[i + 1];
    if (argc != 8 || !value[0] || !value[1] || !value[2] || !value[3])
        return usage(stderr);
    acc_run truth, result;
    if (acc_truth_read(&truth, value[2]) != 0)
        return EXIT_FAILURE;
    if (acc_result_read(&result, value[3]) != 0) {
        acc_run_free(&truth);
        return EXIT_FAILURE;
    }
    acc_score score;
    acc_score_run(&score, value[0], value[1], &truth, &result);
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
        {"lab", "Laboratory markers"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        acc_table_overall(scores, n, parts[i].group, parts[i].title);
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
        return score_clip(argc - 2, argv + 2);
    if (strcmp(mode, "lab") == 0)
        return score_lab(argc - 2, argv + 2);
    if (strcmp(mode, "table") == 0 || strcmp(mode, "details") == 0 || strcmp(mode, "check") == 0)
        return read_and(mode, argc - 2, argv + 2);
    return usage(strcmp(mode, "--help") == 0 ? stdout : stderr);
}

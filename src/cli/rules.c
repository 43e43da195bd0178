/* treadscope rules: what is remarked on, as a table; or a file checked. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/treadscope.h>

#include "cli/cli.h"

static void usage(FILE *f)
{
    fputs("usage: treadscope rules [FILE] [--measures]\n"
          "\n"
          "Lists the fault rules: what each looks at, and from where on it speaks. With FILE, "
          "checks\n"
          "it and lists what `analyze --rules FILE` would use: its rules over those that ship.\n"
          "\n"
          "  --measures   list what rules can look at instead\n",
          f);
}

/* From where a measure is seen. Static text. */
static const char *view_names(unsigned views)
{
    static const char *const names[] = {"",      "side",        "rear",        "side, rear",
                                        "front", "side, front", "rear, front", "side, rear, front"};
    return names[views & 7];
}

static void list_measures(void)
{
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
        printf("%-32s %-40s %-12s %s\n", info->key, info->title, info->unit,
               info->views ? view_names(info->views) : "from nowhere: no network sees it yet");
    }
}

static void put_range(char *out, size_t size, const tread_rule_info *rule)
{
    snprintf(out, size, "%g to %g %s", rule->usual_low, rule->usual_high, rule->unit);
}

static void list_rules(const tread_rules *rules)
{
    printf("%-25s %-36s %-26s %-6s %s\n", "id", "title", "usual", "levels", "cue");
    for (size_t i = 0; i < tread_rules_count(rules); i++) {
        tread_rule_info rule;
        char range[64];
        tread_rules_describe(rules, i, &rule);
        put_range(range, sizeof range, &rule);
        printf("%-25s %-36s %-26s %-6d %s%s\n", rule.id, rule.title, range, rule.n_levels, rule.cue,
               tread_measure_describe(rule.measure)->views ? ""
                                                           : " (never: no network sees it yet)");
    }
}

int cli_rules(int argc, char **argv)
{
    static const struct option options[] = {
        {"measures", no_argument, NULL, 'm'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h') {
            usage(stdout);
            return CLI_DONE;
        }
        if (option == 'm') {
            list_measures();
            return CLI_DONE;
        }
        fputs("`treadscope rules --help` says more\n", stderr);
        return CLI_USAGE;
    }
    if (argc - optind > 1) {
        fputs("treadscope: rules: one file at a time\n", stderr);
        return CLI_USAGE;
    }
    tread_rules *rules = NULL;
    tread_error err;
    int status = tread_rules_load(&rules, NULL, &err);
    if (status == TREAD_OK && optind < argc)
        status = tread_rules_extend(rules, argv[optind], &err);
    if (status == TREAD_OK)
        list_rules(rules);
    tread_rules_destroy(&rules);
    return status == TREAD_OK ? CLI_DONE : cli_fail(&err);
}

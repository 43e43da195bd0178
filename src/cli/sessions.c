/* treadscope sessions: the history. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/history.h"
#include "cli/outputs.h"
#include "cli/parse.h"
#include "cli/sessions_parts.h"

#define DEFAULT_LIMIT 20

static void usage(FILE *f)
{
    fputs("usage: treadscope sessions [list] [--runner NAME] [--limit N] [--json]\n"
          "       treadscope sessions show ID\n"
          "       treadscope sessions compare A B\n"
          "       treadscope sessions trend MEASURE [--runner NAME] [--side left|right]\n"
          "       treadscope sessions runners\n"
          "       treadscope sessions export ID|all [--out FILE]\n"
          "       treadscope sessions delete ID\n"
          "\n"
          "What `analyze` and `live` measured is kept in one file: $TREADSCOPE_HISTORY, else\n"
          "$XDG_DATA_HOME/treadscope/history.db, else ~/.local/share/treadscope/history.db.\n"
          "Nothing is kept with --no-history, or where TREADSCOPE_HISTORY is empty.\n"
          "\n"
          "  list      the newest sessions\n"
          "  show      what was measured in one\n"
          "  compare   which numbers differ by more than they may be off\n"
          "  trend     one measure over the weeks; `treadscope rules --measures` lists them\n"
          "  runners   who has run, and when last\n"
          "  export    session.json of one or all, a line of JSON each\n"
          "  delete    take a session out for good\n"
          "\n"
          "  --runner NAME  only this runner's\n"
          "  --limit N      so many at most (20); 0 = all\n"
          "  --side SIDE    of a measure with a left and a right value; both without it\n"
          "  --json         the list as JSON\n"
          "  --out FILE     write there instead of to standard output\n",
          f);
}

/* ---- list ------------------------------------------------------------------------------- */

typedef struct list {
    json_t *json; /* NULL = a table */
    int64_t n;
} list;

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static void add_json(json_t *all, const tread_store_session *s)
{
    char date[CLI_DATE_CHARS];
    cli_date_utc(date, s->started_utc);
    json_array_append_new(
        all,
        json_pack("{s:I, s:s, s:s?, s:s, s:s, s:o, s:s, s:s?, s:o, s:o, s:o, s:I, s:I, s:o, "
                  "s:s?, s:s?, s:i}",
                  "id", (json_int_t)s->id, "started", date, "runner", s->runner, "kind", s->kind,
                  "source", s->source, "duration_s", real_or_null(s->duration_s), "view", s->view,
                  "model", s->model, "speed_kmh", real_or_null(s->speed_kmh), "speed_max_kmh",
                  real_or_null(s->speed_max_kmh), "incline_pct", real_or_null(s->incline_pct),
                  "steps", (json_int_t)s->n_steps, "steps_valid", (json_int_t)s->n_steps_valid,
                  "cadence_spm", real_or_null(s->cadence_spm), "fault", s->fault, "fault_side",
                  s->fault_side, "fault_level", s->fault_level));
}

static void put_head(const tread_store_session *newest)
{
    char days[32];
    cli_days_text(days, sizeof days, cli_days_since(newest->started_utc));
    printf("Last run: %s\n\n%6s  %-16s  %-14s  %-20s  %7s  %9s  %7s  %s\n", days, "id", "date",
           "runner", "source", "minutes", "km/h", "cadence", "main fault");
}

static void put_row(const tread_store_session *s)
{
    char date[CLI_DATE_CHARS], speed[32], cadence[32] = "-", minutes[32] = "-";
    cli_date(date, s->started_utc);
    cli_speed_text(speed, sizeof speed, s->speed_kmh, s->speed_max_kmh);
    if (isfinite(s->cadence_spm))
        snprintf(cadence, sizeof cadence, "%.1f", s->cadence_spm);
    if (isfinite(s->duration_s))
        snprintf(minutes, sizeof minutes, "%.1f", s->duration_s / 60);
    printf("%6lld  %s  ", (long long)s->id, date);
    cli_put_cell(stdout, s->runner ? s->runner : "-", 14);
    fputs("  ", stdout);
    cli_put_cell(stdout, cli_base_name(s->source), 20);
    printf("  %7s  %9s  %7s  ", minutes, speed, cadence);
    if (s->fault)
        printf("%s, %s (%d)\n", s->fault, s->fault_side, s->fault_level);
    else
        puts("-");
}

static bool take_row(void *user, const tread_store_session *s)
{
    list *l = user;
    if (l->json) {
        add_json(l->json, s);
    } else {
        if (l->n == 0)
            put_head(s);
        put_row(s);
    }
    l->n++;
    return true;
}

static int list_sessions(tread_store *store, const cli_sessions_options *o)
{
    list l = {.json = o->is_json_wanted ? json_array() : NULL};
    tread_error err;
    int status = TREAD_OK;
    if (store)
        status = tread_store__sessions(store,
                                       &(tread_store_query){.runner = o->runner, .limit = o->limit},
                                       take_row, &l, &err);
    if (status == TREAD_OK && l.json) {
        json_dumpf(l.json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(8));
        putchar('\n');
    } else if (status == TREAD_OK && l.n == 0) {
        puts(o->runner && store
                 ? "No session of this runner; `treadscope sessions runners` lists them."
                 : "No session yet: `treadscope analyze` and `live` keep them.");
    }
    json_decref(l.json);
    return status == TREAD_OK ? CLI_DONE : cli_fail_sessions(status, &err);
}

/* ---- show --------------------------------------------------------------------------------- */

static void put_facts(const tread_store_session *s)
{
    char date[CLI_DATE_CHARS], speed[32];
    cli_date(date, s->started_utc);
    cli_speed_text(speed, sizeof speed, s->speed_kmh, s->speed_max_kmh);
    printf("Session %lld, %s, ", (long long)s->id, date);
    cli_put_cell(stdout, s->runner ? s->runner : "no name", 0);
    printf("\n%s: ", s->kind);
    cli_put_cell(stdout, s->source, 0);
    printf("\n%.1f min, %s km/h, %.1f %%, view %s, network %s, %lld steps, %lld of them valid\n",
           s->duration_s / 60, speed, s->incline_pct, s->view, s->model ? s->model : "none",
           (long long)s->n_steps, (long long)s->n_steps_valid);
}

static bool put_fault(void *user, const tread_store_fault *f)
{
    int *n = user;
    if ((*n)++ == 0)
        puts("\nOutside the usual range");
    printf("  level %d  %s, %s: %.1f %s, %lld steps, from %.0f s\n", f->level, f->title, f->side,
           f->value, f->unit, (long long)f->n_steps, f->begin_s);
    return true;
}

static void put_number(const cli_measures *m, int id, int side, int n_decimals)
{
    char text[64] = "-";
    if (isfinite(m->m[id][side].value))
        snprintf(text, sizeof text, "%.*f \302\261 %.*f", n_decimals, m->m[id][side].value,
                 n_decimals, m->m[id][side].half);
    cli_put_cell(stdout, text, 17);
}

static void put_measures(const cli_measures *m)
{
    printf("\n%-36s%-17s%-17s%s\n", "", "both", "left", "right");
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
        if (isnan(m->m[id][TREAD_BOTH].value) && isnan(m->m[id][TREAD_LEFT].value) &&
            isnan(m->m[id][TREAD_RIGHT].value))
            continue;
        printf("%-36s", info->title);
        put_number(m, id, TREAD_BOTH, info->n_decimals);
        if (info->is_per_side) {
            put_number(m, id, TREAD_LEFT, info->n_decimals);
            put_number(m, id, TREAD_RIGHT, info->n_decimals);
        } else {
            printf("%34s", "");
        }
        printf("%s\n", info->unit);
    }
}

static int show(tread_store *store, int64_t id)
{
    cli_session_copy session;
    cli_measures measures;
    tread_error err;
    int n_faults = 0, status = cli_find_session(store, id, &session, &err);
    if (status == TREAD_OK)
        status = cli_read_measures(store, id, &measures, &err);
    if (status == TREAD_OK) {
        put_facts(&session.s);
        status = tread_store__faults(store, id, put_fault, &n_faults, &err);
    }
    if (status != TREAD_OK)
        return cli_fail_sessions(status, &err);
    put_measures(&measures);
    return CLI_DONE;
}

/* ---- runners -------------------------------------------------------------------------------- */

static bool put_runner(void *user, const tread_store_runner *r)
{
    int *n = user;
    char date[CLI_DATE_CHARS], days[32];
    if ((*n)++ == 0)
        printf("%-24s  %8s  %-16s\n", "runner", "sessions", "last run");
    cli_date(date, r->last_utc);
    cli_days_text(days, sizeof days, cli_days_since(r->last_utc));
    cli_put_cell(stdout, r->name ? r->name : "(no name)", 24);
    printf("  %8lld  %s, %s\n", (long long)r->n_sessions, date, days);
    return true;
}

static int list_runners(tread_store *store)
{
    int n = 0;
    tread_error err;
    int status = tread_store__runners(store, put_runner, &n, &err);
    if (status == TREAD_OK && n == 0)
        puts("No session yet: `treadscope analyze` and `live` keep them.");
    return status == TREAD_OK ? CLI_DONE : cli_fail_sessions(status, &err);
}

/* ---- export ------------------------------------------------------------------------------------
 */

typedef struct export
{
    tread_store *store;
    FILE *f;
    int64_t n;
    int status;
    tread_error *err;
}
export;

/* A document on one line. Newlines inside its strings are escaped, so those that are there are
 * white space, as are the spaces behind them. */
static void put_flat(FILE *f, const char *document)
{
    for (const char *p = document; *p; p++) {
        if (*p == '\n')
            while (p[1] == ' ')
                p++;
        else
            putc(*p, f);
    }
}

static bool put_line(void *user, const tread_store_session *s)
{
    export *e = user;
    char *document = NULL, date[CLI_DATE_CHARS];
    e->status = tread_store__document(e->store, s->id, &document, e->err);
    if (e->status != TREAD_OK)
        return false;
    cli_date_utc(date, s->started_utc);
    json_t *head =
        json_pack("{s:s, s:I, s:s, s:s?, s:s}", "format", "treadscope-history/1", "id",
                  (json_int_t)s->id, "started", date, "runner", s->runner, "kind", s->kind);
    char *text = head ? json_dumps(head, JSON_COMPACT) : NULL;
    json_decref(head);
    if (text) {
        text[strlen(text) - 1] = '\0'; /* its closing brace */
        fprintf(e->f, "%s,\"session\":", text);
        put_flat(e->f, document);
        fputs("}\n", e->f);
        e->n++;
    } else {
        e->status = tread_error__set(e->err, TREAD_ERR_NOMEM, "out of memory");
    }
    free(text);
    free(document);
    return e->status == TREAD_OK;
}

static int open_export(tread_outfile **file, const char *path, tread_error *err)
{
    char dir[CLI_MAX_PATH];
    const char *slash = strrchr(path, '/');
    if (strlen(path) >= sizeof dir)
        return tread_error__set(err, TREAD_ERR_OUTPUT, "%.200s...: path too long", path);
    if (!slash)
        snprintf(dir, sizeof dir, ".");
    else
        snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return tread_report__outfile_open(file, dir, slash ? slash + 1 : path, err);
}

static int export_sessions(tread_store *store, int64_t id, const char *out)
{
    tread_error err;
    tread_outfile *file = NULL;
    export e = {.store = store, .f = stdout, .err = &err};
    int status = out ? open_export(&file, out, &err) : TREAD_OK;
    if (status == TREAD_OK && file)
        e.f = tread_report__outfile_stream(file);
    if (status == TREAD_OK)
        status = tread_store__sessions(
            store, &(tread_store_query){.id = id, .is_oldest_first = true}, put_line, &e, &err);
    if (status == TREAD_OK)
        status = e.status;
    if (status == TREAD_OK && id && e.n == 0)
        status = tread_error__set(&err, TREAD_EOF,
                                  "no session %lld in the history; `treadscope sessions` lists "
                                  "them",
                                  (long long)id);
    if (status == TREAD_OK && file)
        status = tread_report__outfile_commit(&file, &err);
    else if (status == TREAD_OK && fflush(stdout) != 0)
        status = tread_error__set(&err, TREAD_ERR_OUTPUT, "standard output: write error");
    tread_report__outfile_abandon(&file);
    return status == TREAD_OK ? CLI_DONE : cli_fail_sessions(status, &err);
}

/* ---- delete
 * --------------------------------------------------------------------------------------- */

static int delete_session(int64_t id)
{
    cli_session_copy session;
    tread_store *store = NULL;
    tread_error err;
    char date[CLI_DATE_CHARS];
    int exit_status = cli_open_history_to_write(&store);
    if (exit_status != CLI_DONE)
        return exit_status;
    int status = cli_find_session(store, id, &session, &err);
    if (status == TREAD_OK)
        status = tread_store__delete(store, id, &err);
    tread_store__close(&store);
    if (status != TREAD_OK)
        return cli_fail_sessions(status, &err);
    cli_date(date, session.s.started_utc);
    printf("Deleted session %lld, %s, ", (long long)id, date);
    cli_put_cell(stdout, session.s.runner ? session.s.runner : "no name", 0);
    fputs(", ", stdout);
    cli_put_cell(stdout, session.s.source, 0);
    putchar('\n');
    return CLI_DONE;
}

/* ---- command line
 * --------------------------------------------------------------------------------- */

static int read_options(cli_sessions_options *o, int argc, char **argv, bool *is_help)
{
    static const struct option options[] = {{"runner", required_argument, NULL, 'r'},
                                            {"limit", required_argument, NULL, 'l'},
                                            {"side", required_argument, NULL, 's'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    double number;
    int status = CLI_DONE;
    for (int option;
         status == CLI_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'h': *is_help = true; return CLI_DONE;
        case 'r': status = cli_take_runner(optarg, &o->runner); break;
        case 'l':
            if (!cli_parse_number(optarg, 0, 1e9, &number) || number != floor(number))
                return cli_bad_usage("limit", optarg, "a number of sessions, 0 for all");
            o->limit = (int64_t)number;
            break;
        case 's':
            if (strcmp(optarg, "left") != 0 && strcmp(optarg, "right") != 0)
                return cli_bad_usage("side", optarg, "left or right");
            o->side = optarg;
            break;
        case 'j': o->is_json_wanted = true; break;
        case 'o':
            o->out = optarg;
            if (!*optarg)
                return cli_bad_usage("out", "''", "a file");
            break;
        default: fputs("`treadscope sessions --help` says more\n", stderr); return CLI_USAGE;
        }
    }
    return status;
}

/* Commands that read. `words` are the command and what follows it. */
static int read_history(tread_store *store, const cli_sessions_options *o, char **words)
{
    int64_t a = 0, b = 0;
    if (strcmp(words[0], "list") == 0)
        return list_sessions(store, o);
    if (!store) {
        fputs("treadscope: sessions: no history yet: `analyze` and `live` keep what they measure\n",
              stderr);
        return CLI_USAGE;
    }
    if (strcmp(words[0], "runners") == 0)
        return list_runners(store);
    if (strcmp(words[0], "trend") == 0)
        return cli_sessions_trend(store, o, words[1]);
    bool is_all = strcmp(words[0], "export") == 0 && strcmp(words[1], "all") == 0;
    int status = is_all ? CLI_DONE : cli_take_session(words[1], &a);
    if (status == CLI_DONE && strcmp(words[0], "compare") == 0)
        status = cli_take_session(words[2], &b);
    if (status != CLI_DONE)
        return status;
    if (strcmp(words[0], "show") == 0)
        return show(store, a);
    if (strcmp(words[0], "compare") == 0)
        return cli_sessions_compare(store, a, b);
    return export_sessions(store, a, o->out);
}

int cli_sessions(int argc, char **argv)
{
    static const struct {
        const char *name;
        int n_words; /* that follow */
    } commands[] = {{"list", 0},    {"show", 1},   {"compare", 2}, {"trend", 1},
                    {"runners", 0}, {"export", 1}, {"delete", 1}};
    static char list_word[] = "list";
    char *only_list[] = {list_word, NULL};
    cli_sessions_options o = {.limit = DEFAULT_LIMIT, .side = "both"};
    bool is_help = false;
    int status = read_options(&o, argc, argv, &is_help);
    if (is_help)
        usage(stdout);
    if (status != CLI_DONE || is_help)
        return status;
    char **words = optind < argc ? argv + optind : only_list;
    int n_words = optind < argc ? argc - optind - 1 : 0, found = -1;
    for (int i = 0; i < (int)(sizeof commands / sizeof *commands); i++)
        if (strcmp(commands[i].name, words[0]) == 0)
            found = i;
    if (found < 0 || commands[found].n_words != n_words) {
        fprintf(stderr, "treadscope: sessions: %s%s; `treadscope sessions --help` says more\n",
                words[0], found < 0 ? " is no command" : ": too much or too little behind it");
        return CLI_USAGE;
    }
    if (strcmp(words[0], "delete") == 0) {
        int64_t id;
        status = cli_take_session(words[1], &id);
        return status == CLI_DONE ? delete_session(id) : status;
    }
    tread_store *store = NULL;
    status = cli_open_history(&store);
    if (status == CLI_DONE)
        status = read_history(store, &o, words);
    tread_store__close(&store);
    return status;
}

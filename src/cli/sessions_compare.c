/* treadscope sessions compare: which numbers differ by more than they may be off. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/sessions_parts.h"

static void put_session(const tread_store_session *s, char name)
{
    char date[CLI_DATE_CHARS], speed[32];
    cli_date(date, s->started_utc);
    cli_speed_text(speed, sizeof speed, s->speed_kmh, s->speed_max_kmh);
    printf("%c  session %lld, %s, ", name, (long long)s->id, date);
    cli_put_cell(stdout, s->runner ? s->runner : "no name", 0);
    printf(", %s km/h, %s, ", speed, s->view);
    cli_put_cell(stdout, cli_base_name(s->source), 0);
    putchar('\n');
}

static bool is_same_speed(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* What else than the runner may have made a difference. */
static void put_warnings(const tread_store_session *a, const tread_store_session *b)
{
    if (!is_same_speed(a->speed_kmh, b->speed_kmh) ||
        !is_same_speed(a->speed_max_kmh, b->speed_max_kmh))
        puts("Not at the same speed, or not told: many numbers change with it.");
    if (!is_same_speed(a->incline_pct, b->incline_pct))
        puts("Not at the same incline: many numbers change with it.");
    if (strcmp(a->view, b->view) != 0)
        puts("Not from the same side: the near leg is measured better than the far one.");
    if ((a->model ? strcmp(a->model, b->model ? b->model : "") != 0 : b->model != NULL))
        puts("Not by the same network: part of a difference may be the network's.");
}

static void put_value(double value, double half, int n_decimals)
{
    char text[64];
    if (isnan(value))
        snprintf(text, sizeof text, "-");
    else if (isnan(half))
        snprintf(text, sizeof text, "%.*f", n_decimals, value);
    else
        snprintf(text, sizeof text, "%.*f \302\261 %.*f", n_decimals, value, n_decimals, half);
    cli_put_cell(stdout, text, 17);
}

/* Two intervals that know nothing of each other: their difference is known to within the root of
 * the sum of squares. What the method has in common in both cancels, so this errs on the side of
 * "no change". */
static const char *verdict(double difference, double half_a, double half_b)
{
    double half = hypot(half_a, half_b);
    if (isnan(half))
        return "how sure: not known";
    return fabs(difference) > half ? "changed" : "no change beyond doubt";
}

static void put_row(const cli_measures *a, const cli_measures *b, int id, int side, int *n_changed)
{
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
    double difference = b->m[id][side].value - a->m[id][side].value;
    if (isnan(difference))
        return;
    char title[128], text[64];
    const char *said = verdict(difference, a->m[id][side].half, b->m[id][side].half);
    snprintf(title, sizeof title, "%s%s%s", info->title, side == TREAD_BOTH ? "" : ", ",
             side == TREAD_BOTH ? "" : tread_side_name((enum tread_side)side));
    cli_put_cell(stdout, title, 42);
    put_value(a->m[id][side].value, a->m[id][side].half, info->n_decimals);
    put_value(b->m[id][side].value, b->m[id][side].half, info->n_decimals);
    snprintf(text, sizeof text, "%+.*f %s", info->n_decimals, difference, info->unit);
    cli_put_cell(stdout, text, 18);
    puts(said);
    *n_changed += strcmp(said, "changed") == 0;
}

int cli_sessions_compare(tread_store *store, int64_t a, int64_t b)
{
    cli_session_copy first, second;
    cli_measures of_first, of_second;
    tread_error err;
    int status = cli_find_session(store, a, &first, &err);
    if (status == TREAD_OK)
        status = cli_find_session(store, b, &second, &err);
    if (status == TREAD_OK)
        status = cli_read_measures(store, a, &of_first, &err);
    if (status == TREAD_OK)
        status = cli_read_measures(store, b, &of_second, &err);
    if (status != TREAD_OK)
        return cli_fail_sessions(status, &err);
    int n_changed = 0;
    put_session(&first.s, 'A');
    put_session(&second.s, 'B');
    put_warnings(&first.s, &second.s);
    putchar('\n');
    cli_put_cell(stdout, "", 42);
    cli_put_cell(stdout, "A", 17);
    cli_put_cell(stdout, "B", 17);
    puts("B - A");
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        bool is_per_side = tread_measure_describe((enum tread_measure_id)id)->is_per_side;
        for (int side = is_per_side ? TREAD_LEFT : TREAD_BOTH;
             side <= (is_per_side ? TREAD_RIGHT : TREAD_BOTH); side++)
            put_row(&of_first, &of_second, id, side, &n_changed);
    }
    printf(
        "\n%d changed by more than both may be off together (95 %%). Of twenty numbers that have "
        "not\nchanged, one may say so by chance.\n",
        n_changed);
    return CLI_DONE;
}

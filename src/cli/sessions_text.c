#include "cli/sessions_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "cli/cli.h"

void cli_date(char *text, int64_t utc)
{
    struct tm tm;
    time_t t = (time_t)utc;
    if (!localtime_r(&t, &tm) || !strftime(text, CLI_DATE_CHARS, "%Y-%m-%d %H:%M", &tm))
        snprintf(text, CLI_DATE_CHARS, "?");
}

void cli_date_utc(char *text, int64_t utc)
{
    struct tm tm;
    time_t t = (time_t)utc;
    if (!gmtime_r(&t, &tm) || !strftime(text, CLI_DATE_CHARS, "%Y-%m-%dT%H:%M:%SZ", &tm))
        snprintf(text, CLI_DATE_CHARS, "?");
}

/* Days of the calendar since some day, of here. */
static int64_t day_number(int64_t utc)
{
    struct tm tm;
    time_t t = (time_t)utc;
    if (!localtime_r(&t, &tm))
        return 0;
    int64_t year = tm.tm_year + 1899; /* whole years before this one */
    return 365 * year + year / 4 - year / 100 + year / 400 + tm.tm_yday;
}

int64_t cli_days_since(int64_t utc)
{
    return day_number((int64_t)time(NULL)) - day_number(utc);
}

void cli_days_text(char *text, size_t size, int64_t n_days)
{
    if (n_days == 0)
        snprintf(text, size, "today");
    else if (n_days == 1)
        snprintf(text, size, "yesterday");
    else if (n_days > 0)
        snprintf(text, size, "%lld days ago", (long long)n_days);
    else
        snprintf(text, size, "in %lld days", (long long)-n_days);
}

/* The next character of UTF-8; bytes that are none count as '?'. */
static uint32_t next_char(const unsigned char **p)
{
    uint32_t c = *(*p)++;
    int n = c >= 0xf0 && c < 0xf8 ? 3 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xc2 && c < 0xe0 ? 1 : 0;
    if (c < 0x80)
        return c;
    if (n == 0)
        return '?';
    c &= 0x3fu >> n;
    for (; n > 0; n--) {
        if ((**p & 0xc0) != 0x80)
            return '?';
        c = c << 6 | (*(*p)++ & 0x3f);
    }
    return c;
}

/* Columns of a terminal (Unicode UAX #11, the blocks that are wide as a whole; marks that
 * combine). */
static int columns_of(uint32_t c)
{
    static const struct {
        uint32_t from, to;
        int n;
    } odd[] = {{0x0300, 0x036f, 0}, {0x200b, 0x200f, 0},   {0xfe00, 0xfe0f, 0},
               {0x1100, 0x115f, 2}, {0x2e80, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},
               {0xf900, 0xfaff, 2}, {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},
               {0xffe0, 0xffe6, 2}, {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (c >= odd[i].from && c <= odd[i].to)
            return odd[i].n;
    return 1;
}

/* Also the C1 controls, and what turns the direction of writing. */
static bool is_steering(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

void cli_put_cell(FILE *f, const char *text, int width)
{
    const unsigned char *p = (const unsigned char *)text;
    int used = 0;
    while (*p) {
        const unsigned char *start = p;
        uint32_t c = next_char(&p);
        bool is_bad = is_steering(c) || (c == '?' && *start != '?');
        int n = is_bad ? 1 : columns_of(c);
        if (width > 0 && used + n > width)
            break;
        if (is_bad)
            putc('?', f);
        else
            fwrite(start, 1, (size_t)(p - start), f);
        used += n;
    }
    for (; used < width; used++)
        putc(' ', f);
}

const char *cli_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] && !strstr(path, "://") ? slash + 1 : path;
}

void cli_speed_text(char *text, size_t size, double slowest_kmh, double fastest_kmh)
{
    if (isnan(slowest_kmh))
        snprintf(text, size, "-");
    else if (slowest_kmh == fastest_kmh)
        snprintf(text, size, "%.1f", slowest_kmh);
    else
        snprintf(text, size, "%.1f-%.1f", slowest_kmh, fastest_kmh);
}

/* ---- measures ------------------------------------------------------------------------- */

int cli_find_measure(const char *key)
{
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (strcmp(tread_measure_describe((enum tread_measure_id)id)->key, key) == 0)
            return id;
    return -1;
}

double cli_half(double low, double high)
{
    return 0.5 * (high - low);
}

static int find_side(const char *side)
{
    return strcmp(side, "left") == 0    ? TREAD_LEFT
           : strcmp(side, "right") == 0 ? TREAD_RIGHT
                                        : TREAD_BOTH;
}

static enum tread_standing find_standing(const char *name)
{
    for (int i = TREAD_STANDING_SETTLED; i > TREAD_STANDING_NONE; i--)
        if (strcmp(name, tread_standing_name((enum tread_standing)i)) == 0)
            return (enum tread_standing)i;
    return TREAD_STANDING_NONE;
}

static bool take_measure(void *user, const tread_store_measure *m)
{
    cli_measures *out = user;
    int id = cli_find_measure(m->key), side = find_side(m->side);
    if (id < 0)
        return true; /* of another version */
    out->m[id][side].value = m->value;
    out->m[id][side].half = cli_half(m->low, m->high);
    out->m[id][side].standing = find_standing(m->standing);
    return true;
}

int cli_read_measures(tread_store *store, int64_t id, cli_measures *out, tread_error *err)
{
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        for (int side = 0; side <= TREAD_N_SIDES; side++) {
            out->m[i][side].value = out->m[i][side].half = (double)NAN;
            out->m[i][side].standing = TREAD_STANDING_NONE;
        }
    return tread_store__measures(store, id, take_measure, out, err);
}

/* ---- one session -------------------------------------------------------------------------- */

static const char *copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
    return from ? to : NULL;
}

static bool take_session(void *user, const tread_store_session *s)
{
    cli_session_copy *out = user;
    out->s = *s;
    out->s.runner = copy_text(out->runner, sizeof out->runner, s->runner);
    out->s.source = copy_text(out->source, sizeof out->source, s->source);
    out->s.view = copy_text(out->view, sizeof out->view, s->view);
    out->s.model = copy_text(out->model, sizeof out->model, s->model);
    out->s.kind = copy_text(out->kind, sizeof out->kind, s->kind);
    out->s.fault = out->s.fault_side = NULL;
    return false;
}

int cli_find_session(tread_store *store, int64_t id, cli_session_copy *out, tread_error *err)
{
    out->s.id = 0;
    int status =
        tread_store__sessions(store, &(tread_store_query){.id = id}, take_session, out, err);
    if (status == TREAD_OK && out->s.id == 0)
        return tread_error__set(err, TREAD_EOF,
                                "no session %lld in the history; `treadscope sessions` lists them",
                                (long long)id);
    return status;
}

int cli_fail_sessions(int status, tread_error *err)
{
    err->code = status == TREAD_EOF ? TREAD_ERR_ARG : status;
    return cli_fail(err);
}

#include "landfile/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest number worth reading; %.17g takes 24. */
#define MAX_NUMBER 64
#define MAX_DIGITS 15 /* exact in a double */

bool landfile_next_line(landfile_text *rest, landfile_text *line)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->s, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->s) : rest->n;
    *line = (landfile_text){rest->s, n};
    if (n > 0 && line->s[n - 1] == '\r')
        line->n--;
    n += end != NULL;
    rest->s += n;
    rest->n -= n;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static landfile_text trimmed(landfile_text t)
{
    for (; t.n > 0 && is_space(t.s[0]); t.n--)
        t.s++;
    while (t.n > 0 && is_space(t.s[t.n - 1]))
        t.n--;
    if (t.n >= 2 && t.s[0] == '"' && t.s[t.n - 1] == '"')
        t = (landfile_text){t.s + 1, t.n - 2};
    return t;
}

bool landfile_next_field(landfile_text *rest, char separator, landfile_text *field)
{
    if (!rest->s)
        return false;
    const char *end = rest->n ? memchr(rest->s, separator, rest->n) : NULL;
    size_t n = end ? (size_t)(end - rest->s) : rest->n;
    *field = trimmed((landfile_text){rest->s, n});
    *rest = end ? (landfile_text){end + 1, rest->n - n - 1} : (landfile_text){NULL, 0};
    return true;
}

size_t landfile_count_fields(landfile_text line, char separator)
{
    size_t n = 1;
    for (size_t i = 0; i < line.n; i++)
        n += line.s[i] == separator;
    return n;
}

bool landfile_starts_with(landfile_text t, const char *start)
{
    size_t n = strlen(start);
    return t.n >= n && memcmp(t.s, start, n) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool landfile_is(landfile_text t, const char *word)
{
    if (strlen(word) != t.n)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (lower(t.s[i]) != lower(word[i]))
            return false;
    return true;
}

bool landfile_number(landfile_text t, double *out)
{
    char copy[MAX_NUMBER], *end;
    *out = (double)NAN;
    if (t.n == 0)
        return true;
    if (t.n >= sizeof copy)
        return false;
    memcpy(copy, t.s, t.n);
    copy[t.n] = '\0';
    double v = strtod(copy, &end);
    if (end != copy + t.n)
        return false;
    if (isfinite(v))
        *out = v;
    return true;
}

bool landfile_last_digits(landfile_text t, double *out)
{
    size_t end = t.n, n = 0;
    while (end > 0 && !(t.s[end - 1] >= '0' && t.s[end - 1] <= '9'))
        end--;
    while (n < end && t.s[end - n - 1] >= '0' && t.s[end - n - 1] <= '9')
        n++;
    while (n > MAX_DIGITS && t.s[end - n] == '0')
        n--;
    if (n == 0 || n > MAX_DIGITS)
        return false;
    *out = 0;
    for (size_t i = end - n; i < end; i++)
        *out = 10 * *out + (t.s[i] - '0');
    return true;
}

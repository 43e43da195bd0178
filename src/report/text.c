/* Text and numbers for people. */
#include "report/text.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int note_open(note *n)
{
    *n = (note){.f = NULL};
    n->f = open_memstream(&n->text, &n->size);
    return n->f ? TREAD_OK : TREAD_ERR_NOMEM;
}

FILE *note_begin(note *n)
{
    rewind(n->f);
    return n->f;
}

const char *note_end(note *n)
{
    putc('\0', n->f);
    return fflush(n->f) == 0 && n->text ? n->text : "";
}

bool note_is_lost(const note *n)
{
    return ferror(n->f);
}

void note_close(note *n)
{
    if (n->f)
        fclose(n->f);
    free(n->text);
    *n = (note){.f = NULL};
}

/* Bytes of the UTF-8 character at `s`; 0: there is none. */
static int utf8_length(const unsigned char *s)
{
    int n = s[0] < 0x80                   ? 1
            : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
            : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
            : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                          : 0;
    for (int i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool is_overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool is_surrogate = s[0] == 0xed && s[1] >= 0xa0, is_beyond = s[0] == 0xf4 && s[1] >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : n;
}

const char *text_character(const char **s, size_t *n_bytes)
{
    const unsigned char *p = (const unsigned char *)*s;
    if (!*p)
        return NULL;
    int n = utf8_length(p);
    *s += n ? n : 1;
    if (n > 0 && *p >= 0x20 && *p != 0x7f) {
        *n_bytes = (size_t)n;
        return (const char *)p;
    }
    *n_bytes = n && isspace(*p) ? 1 : 3;
    return n && isspace(*p) ? " " : "\xef\xbf\xbd";
}

const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

void say_clean(FILE *f, const char *s)
{
    size_t n;
    for (const char *c; s && (c = text_character(&s, &n));)
        fwrite(c, 1, n, f);
}

void say_sentence(FILE *f, const char *s)
{
    if (!s || !*s)
        return;
    /* Letters beyond ASCII stay as they are. */
    putc((unsigned char)s[0] < 0x80 ? toupper((unsigned char)s[0]) : s[0], f);
    fputs(s + 1, f);
    if (!strchr(".!?", s[strlen(s) - 1]))
        putc('.', f);
}

void say_number(FILE *f, double value, int n_decimals)
{
    if (!isfinite(value)) {
        fputs("–", f);
        return;
    }
    double half_unit = 0.5 * pow(10, -n_decimals);
    fprintf(f, "%s%.*f", value <= -half_unit ? "−" : "", n_decimals, fabs(value));
}

const char *unit_words(const char *unit)
{
    static const char *const plain[][2] = {
        {"", ""},
        {"deg", "°"},
        {"deg/s", " °/s"},
        {"ms", " ms"},
        {"%", " %"},
        {"m", " m"},
        {"cm", " cm"},
        {"km/h", " km/h"},
        {"steps/min", " steps/min"},
        {"N/m/kg", " N/m per kg"},
        {"% leg", " % of the leg"},
        {"% trunk", " % of the trunk"},
        {"% hips", " % of hip width"},
        {"% of steps", " % of steps"},
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(unit, plain[i][0]) == 0)
            return plain[i][1];
    return "";
}

void say_value(FILE *f, double value, int n_decimals, const char *unit)
{
    say_number(f, value, n_decimals);
    if (isfinite(value))
        fputs(unit_words(unit), f);
}

static bool is_whole(double value, double scale)
{
    return fabs(scale * value - round(scale * value)) < 1e-6;
}

int range_decimals(double low, double high)
{
    return is_whole(low, 1) && is_whole(high, 1)        ? 0
           : fabs(high - low) >= 1 || is_whole(low, 10) ? 1
                                                        : 2;
}

void say_range(FILE *f, double low, double high)
{
    int n_decimals = range_decimals(low, high);
    say_number(f, low, n_decimals);
    fputs(" to ", f);
    say_number(f, high, n_decimals);
}

void say_clock(FILE *f, double time_s)
{
    if (!(time_s >= 0 && time_s < 360000)) {
        fputs("–", f);
        return;
    }
    long s = (long)floor(time_s);
    if (s >= 3600)
        fprintf(f, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        fprintf(f, "%ld:%02ld", s / 60, s % 60);
}

void say_duration(FILE *f, double time_s)
{
    long s = isfinite(time_s) && time_s < 3.6e6 ? lround(time_s) : 0;
    if (s >= 60)
        fprintf(f, "%ld minute%s", s / 60, s / 60 == 1 ? "" : "s");
    if (s % 60 || s < 60)
        fprintf(f, "%s%ld second%s", s >= 60 ? " " : "", s % 60, s % 60 == 1 ? "" : "s");
}

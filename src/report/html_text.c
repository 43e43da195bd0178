/* Text and numbers of report.html. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "report/html.h"

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

void html_text(FILE *f, const char *s)
{
    const unsigned char *p = (const unsigned char *)(s ? s : "");
    while (*p) {
        int n = utf8_length(p);
        if (n == 0 || *p < 0x20 || *p == 0x7f)
            fputs(n && isspace(*p) ? " " : "\xef\xbf\xbd", f);
        else if (*p == '&')
            fputs("&amp;", f);
        else if (*p == '<')
            fputs("&lt;", f);
        else if (*p == '>')
            fputs("&gt;", f);
        else if (*p == '"')
            fputs("&quot;", f);
        else if (*p == '\'')
            fputs("&#39;", f);
        else
            fwrite(p, 1, (size_t)n, f);
        p += n ? n : 1;
    }
}

void html_sentence(FILE *f, const char *s)
{
    if (!s || !*s)
        return;
    char first[2] = {(char)toupper((unsigned char)s[0]), '\0'};
    bool is_ascii = (unsigned char)s[0] < 0x80;
    if (is_ascii)
        html_text(f, first);
    html_text(f, is_ascii ? s + 1 : s);
    if (!strchr(".!?", s[strlen(s) - 1]))
        putc('.', f);
}

const char *html_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

void html_number(FILE *f, double value, int n_decimals)
{
    if (!isfinite(value)) {
        fputs("–", f);
        return;
    }
    double half_unit = 0.5 * pow(10, -n_decimals);
    fprintf(f, "%s%.*f", value <= -half_unit ? "−" : "", n_decimals, fabs(value));
}

const char *html_unit(const char *unit)
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

void html_value(FILE *f, double value, int n_decimals, const char *unit)
{
    html_number(f, value, n_decimals);
    if (isfinite(value))
        fputs(html_unit(unit), f);
}

static bool is_whole(double value, double scale)
{
    return fabs(scale * value - round(scale * value)) < 1e-6;
}

int html_range_decimals(double low, double high)
{
    return is_whole(low, 1) && is_whole(high, 1)        ? 0
           : fabs(high - low) >= 1 || is_whole(low, 10) ? 1
                                                        : 2;
}

void html_range(FILE *f, double low, double high)
{
    int n_decimals = html_range_decimals(low, high);
    html_number(f, low, n_decimals);
    fputs(" to ", f);
    html_number(f, high, n_decimals);
}

void html_clock(FILE *f, double time_s)
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

void html_duration(FILE *f, double time_s)
{
    long s = isfinite(time_s) && time_s < 3.6e6 ? lround(time_s) : 0;
    if (s >= 60)
        fprintf(f, "%ld minute%s", s / 60, s / 60 == 1 ? "" : "s");
    if (s % 60 || s < 60)
        fprintf(f, "%s%ld second%s", s >= 60 ? " " : "", s % 60, s % 60 == 1 ? "" : "s");
}

void html_base64(FILE *f, const void *data, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = data;
    for (size_t i = 0; i < size; i += 3) {
        unsigned bits = (unsigned)p[i] << 16 | (i + 1 < size ? (unsigned)p[i + 1] << 8 : 0) |
                        (i + 2 < size ? p[i + 2] : 0);
        putc(digits[bits >> 18], f);
        putc(digits[bits >> 12 & 63], f);
        putc(i + 1 < size ? digits[bits >> 6 & 63] : '=', f);
        putc(i + 2 < size ? digits[bits & 63] : '=', f);
    }
}

/* Seconds of the clip in one of the runner's: slow motion plays slower than it was filmed. */
static double slow(const html *h)
{
    double filmed_fps = h->run->opts->capture_fps, stated_fps = h->run->facts->stated_fps;
    return filmed_fps > 0 && stated_fps > 0 ? filmed_fps / stated_fps : 1;
}

void html_moment(const html *h, double time_s)
{
    if (h->page->video && isfinite(time_s)) {
        fputs("<a class=\"moment\" href=\"", h->f);
        html_text(h->f, h->page->video);
        fprintf(h->f, "#t=%.2f\">", fmax(0, slow(h) * time_s));
    }
    html_clock(h->f, time_s);
    if (h->page->video && isfinite(time_s))
        fputs("</a>", h->f);
}

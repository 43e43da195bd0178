/* How text gets into report.html. */
#include <math.h>
#include <string.h>

#include "report/html.h"

void html_text(FILE *f, const char *s)
{
    size_t n;
    for (const char *c; s && (c = text_character(&s, &n));)
        switch (*c) {
        case '&': fputs("&amp;", f); break;
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '"': fputs("&quot;", f); break;
        case '\'': fputs("&#39;", f); break;
        default: fwrite(c, 1, n, f);
        }
}

void html_sentence(const html *h, const char *s)
{
    say_sentence(note_begin(h->note), s);
    html_text(h->f, note_end(h->note));
}

void html_say(const html *h, saying *say, size_t i)
{
    say(note_begin(h->note), &h->s, i);
    html_text(h->f, note_end(h->note));
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
    double filmed_fps = h->s.run->opts->capture_fps, stated_fps = h->s.run->facts->stated_fps;
    return filmed_fps > 0 && stated_fps > 0 ? filmed_fps / stated_fps : 1;
}

void html_moment(const html *h, double time_s)
{
    if (h->s.page->video && isfinite(time_s)) {
        fputs("<a class=\"moment\" href=\"", h->f);
        html_text(h->f, h->s.page->video);
        fprintf(h->f, "#t=%.2f\">", fmax(0, slow(h) * time_s));
    }
    say_clock(h->f, time_s);
    if (h->s.page->video && isfinite(time_s))
        fputs("</a>", h->f);
}

/* How well it could be measured: the last section of report.html. */
#include "report/html.h"

void html_quality_section(const html *h)
{
    FILE *f = h->f;
    fputs("<section id=\"quality\"><h2>How well it could be measured</h2><dl class=\"quality "
          "card\">",
          f);
    for (size_t i = 0; i < STORY_N_QUALITIES; i++) {
        if (!story_quality_name(&h->s, i))
            continue;
        fprintf(f, "<dt>%s</dt><dd>", story_quality_name(&h->s, i));
        html_say(h, story_quality, i);
        fputs("</dd>", f);
    }
    fputs("</dl></section>\n", f);
}

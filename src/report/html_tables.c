/* The tables of report.html: every measure, left against right, change over the session. */
#include <math.h>
#include <string.h>

#include "report/html.h"

/* ---- every measure ----------------------------------------------------------------- */

static void put_name(const html *h, const tread_measure_info *info, enum tread_measure_id id)
{
    fputs("<th scope=\"row\">", h->f);
    html_text(h->f, info->title);
    if (plain_words(id)[0])
        fprintf(h->f, "<small>%s</small>", plain_words(id));
    fputs("</th>", h->f);
}

static void put_interval(FILE *f, const tread_measure *m, const tread_measure_info *info)
{
    fputs("<td class=\"number\"><b>", f);
    say_value(f, m->value, info->n_decimals, info->unit);
    fputs("</b><small>", f);
    say_number(f, m->low, info->n_decimals);
    fputs(" to ", f);
    say_number(f, m->high, info->n_decimals);
    fputs("</small></td>", f);
}

static void put_usual(const html *h, enum tread_measure_id id, const tread_measure *m)
{
    FILE *f = h->f;
    double low, high;
    const char *source = "";
    if (!story_usual(&h->s, id, &low, &high, &source)) {
        fputs("<td class=\"usual-cell\"></td>", f);
        return;
    }
    fputs("<td class=\"usual-cell\">", f);
    html_range_bar(f, m->low, m->high, low, high, m->value, false);
    fprintf(f, "<details><summary>%s ", story_against_usual(m->value, low, high));
    say_range(f, low, high);
    fputs("</summary><p>", f);
    html_sentence(h, source);
    fputs("</p></details></td>", f);
}

static void put_measure(const html *h, enum tread_measure_id id)
{
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    tread_measure m;
    story_measure(&h->s, id, &m);
    fputs("<tr>", f);
    put_name(h, info, id);
    put_interval(f, &m, info);
    put_usual(h, id, &m);
    fprintf(f, "<td class=\"standing\">%d <small>%s</small></td></tr>\n", m.n, story_standing(&m));
}

static void put_table(const html *h)
{
    FILE *f = h->f;
    fprintf(
        f,
        "<table class=\"measures\"><caption class=\"unseen\">Every measure</caption><thead><tr>"
        "<th scope=\"col\">Measure</th><th scope=\"col\">Value <small>95 %% interval</small></th>"
        "<th scope=\"col\">Against usual</th><th scope=\"col\">Steps</th></tr></thead>\n");
    for (size_t p = 0; p < TREAD_N_PARTS; p++) {
        bool is_open = false;
        for (int id = (int)tread_report__parts[p].first; id < story_part_end(p); id++) {
            if (!story_is_listed(&h->s, id, true))
                continue;
            if (!is_open)
                fprintf(f,
                        "<tbody><tr class=\"part\"><th scope=\"rowgroup\" colspan=\"4\">%s</th>"
                        "</tr>\n",
                        tread_report__parts[p].title);
            is_open = true;
            put_measure(h, (enum tread_measure_id)id);
        }
        if (is_open)
            fputs("</tbody>\n", f);
    }
    fputs("</table>", f);
}

/* Measures of this view that are missing: names after one reason. */
static void put_missing(const html *h)
{
    FILE *f = h->f;
    bool is_told[TREAD_N_MEASURES] = {false}, is_of_reason[TREAD_N_MEASURES];
    bool is_open = false;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        if (is_told[id] || !story_is_listed(&h->s, id, false))
            continue;
        const char *reason = story_missing(&h->s, id, is_told, is_of_reason);
        if (!is_open)
            fputs("<h3 class=\"missing\">Not measured, and why</h3><dl class=\"reasons\">", f);
        is_open = true;
        fputs("<dt>", f);
        html_sentence(h, reason);
        fputs("</dt><dd>", f);
        for (int k = id; k < TREAD_N_MEASURES; k++)
            if (is_of_reason[k]) {
                fputs(k == id ? "" : "; ", f);
                html_say(h, story_measure_name, (size_t)k);
            }
        fputs("</dd>", f);
    }
    if (is_open)
        fputs("</dl>", f);
}

void html_measures_section(const html *h)
{
    FILE *f = h->f;
    bool has_any = false;
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        has_any |= story_is_listed(&h->s, id, true);
    fputs("<section id=\"measures\"><h2>Every number</h2>", f);
    if (has_any) {
        fputs("<p class=\"intro\">", f);
        html_say(h, story_measures_intro, 0);
        fputs(" Open a range to see where it comes from.</p>", f);
        put_table(h);
    }
    put_missing(h);
    fputs("</section>\n", f);
}

/* ---- left and right ------------------------------------------------------------------ */

static void put_cell(FILE *f, double value, const tread_measure_info *info)
{
    fputs("<td class=\"number\">", f);
    say_value(f, value, info->n_decimals, info->unit);
    fputs("</td>", f);
}

static void put_pair(const html *h, enum tread_measure_id id, const tread_symmetry *y)
{
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    fputs("<tr><th scope=\"row\">", f);
    html_text(f, info->title);
    fputs("</th>", f);
    put_cell(f, y->left, info);
    put_cell(f, y->right, info);
    fputs("<td class=\"usual-cell\">", f);
    html_difference_bar(f, y->low, y->high, y->difference);
    fputs("</td><td class=\"number\"><b>", f);
    say_value(f, y->difference, info->n_decimals, info->unit);
    fprintf(f, "</b><small>%s</small></td></tr>\n",
            y->is_beyond_doubt ? "a true difference" : "may be chance");
}

static void put_pairs(const html *h, bool is_beyond_doubt)
{
    FILE *f = h->f;
    tread_symmetry y;
    const char *reason = NULL;
    fputs("<table class=\"sides\"><caption class=\"unseen\">Left and right</caption><thead><tr>"
          "<th scope=\"col\">Measure</th><th scope=\"col\">Left</th><th scope=\"col\">Right</th>"
          "<th scope=\"col\">Difference</th><td></td></tr></thead><tbody>\n",
          f);
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (story_compare(&h->s, i, &y, &reason) && y.is_beyond_doubt == is_beyond_doubt)
            put_pair(h, (enum tread_measure_id)i, &y);
    fputs("</tbody></table>", f);
}

void html_left_right_section(const html *h)
{
    FILE *f = h->f;
    story_count c = story_count_sides(&h->s);
    fputs("<section id=\"sides\"><h2>Left and right</h2>", f);
    if (c.n == 0) {
        fputs("<p class=\"none\">Not compared. ", f);
        html_sentence(h, c.reason);
        fputs("</p></section>\n", f);
        return;
    }
    fputs("<p class=\"intro\">", f);
    say_compared(f, &c);
    fprintf(f, " <strong>%s</strong> %s</p>", story_sides_verdict(&c), story_sides_intro(&h->s));
    if (c.n_sure > 0)
        put_pairs(h, true);
    if (c.n > c.n_sure) {
        if (c.n == 1)
            fputs("<details class=\"more\"><summary>The one number</summary>", f);
        else
            fprintf(f,
                    "<details class=\"more\"><summary>The %s%d, where it may be chance</summary>",
                    c.n_sure ? "other " : "", c.n - c.n_sure);
        put_pairs(h, false);
        fputs("</details>", f);
    }
    fputs("</section>\n", f);
}

/* ---- over the session ------------------------------------------------------------------ */

static void put_change(const html *h, enum tread_measure_id id, const tread_drift *d)
{
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    fputs("<tr><th scope=\"row\">", f);
    html_text(f, info->title);
    fputs("</th>", f);
    put_cell(f, d->baseline, info);
    put_cell(f, d->now, info);
    fputs("<td class=\"number\"><b>", f);
    say_value(f, d->change, info->n_decimals, info->unit);
    fprintf(f, "</b><small>%s</small></td></tr>\n", story_change(d));
}

static void put_changes(const html *h, bool is_more_than_chance)
{
    FILE *f = h->f;
    tread_drift d;
    const char *reason = NULL;
    fputs(
        "<table class=\"drift\"><caption class=\"unseen\">Change over the session</caption><thead>"
        "<tr><th scope=\"col\">Measure</th><th scope=\"col\">At first</th><th scope=\"col\">At "
        "last</th><th scope=\"col\">Change</th></tr></thead><tbody>\n",
        f);
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (story_judge(&h->s, i, &d, &reason) && (d.level > 0) == is_more_than_chance)
            put_change(h, (enum tread_measure_id)i, &d);
    fputs("</tbody></table>", f);
}

static void put_drift(const html *h)
{
    FILE *f = h->f;
    story_count c = story_count_changes(&h->s);
    if (c.n == 0) {
        fputs("<p class=\"none\">No change could be judged. ", f);
        html_sentence(h, c.reason);
        fputs("</p>", f);
        return;
    }
    fprintf(f, "<p class=\"intro after\">%s<strong>", story_drift_intro);
    html_say(h, story_drift_verdict, 0);
    fputs("</strong></p>", f);
    if (c.n_sure > 0)
        put_changes(h, true);
    if (c.n > c.n_sure) {
        fprintf(f, "<details class=\"more\"><summary>The %s%d, as good as unchanged</summary>",
                c.n_sure ? "other " : "", c.n - c.n_sure);
        put_changes(h, false);
        fputs("</details>", f);
    }
}

void html_drift_section(const html *h)
{
    FILE *f = h->f;
    fputs("<section id=\"drift\"><h2>Over the session</h2>", f);
    if (chart_is_long(&h->s)) {
        fprintf(f, "<p class=\"intro\">%s</p><div class=\"charts\">", story_trend_intro);
        for (size_t i = 0; i < CHART_N_TRENDS; i++)
            html_time_chart(h, chart_trends[i]);
        fputs("</div>", f);
    }
    put_drift(h);
    fputs("</section>\n", f);
}

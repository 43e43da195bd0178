/* The tables of report.html: every measure, left against right, change over the session. */
#include <math.h>
#include <string.h>

#include "report/html.h"

/* ---- every measure ----------------------------------------------------------------- */

static void put_name(const html *h, const tread_measure_info *info, enum tread_measure_id id)
{
    fputs("<th scope=\"row\">", h->f);
    html_text(h->f, info->title);
    if (html_plain_words(id)[0])
        fprintf(h->f, "<small>%s</small>", html_plain_words(id));
    fputs("</th>", h->f);
}

static void put_interval(FILE *f, const tread_measure *m, const tread_measure_info *info)
{
    fputs("<td class=\"number\"><b>", f);
    html_value(f, m->value, info->n_decimals, info->unit);
    fputs("</b><small>", f);
    html_number(f, m->low, info->n_decimals);
    fputs(" to ", f);
    html_number(f, m->high, info->n_decimals);
    fputs("</small></td>", f);
}

static void put_usual(const html *h, enum tread_measure_id id, const tread_measure *m)
{
    FILE *f = h->f;
    double low, high;
    const char *source = "";
    if (!html_usual(h, id, &low, &high, &source)) {
        fputs("<td class=\"usual-cell\"></td>", f);
        return;
    }
    fputs("<td class=\"usual-cell\">", f);
    html_range_bar(f, m->low, m->high, low, high, m->value, false);
    fprintf(f, "<details><summary>%s ",
            m->value < low    ? "Below usual,"
            : m->value > high ? "Above usual,"
                              : "Usual,");
    html_range(f, low, high);
    fputs("</summary><p>", f);
    html_sentence(f, source);
    fputs("</p></details></td>", f);
}

static void put_measure(const html *h, enum tread_measure_id id)
{
    static const char *const standings[] = {"", "few: a hint", "provisional", "settled"};
    FILE *f = h->f;
    const tread_measure_info *info = tread_measure_describe(id);
    tread_measure m;
    html_measure(h, id, &m);
    fputs("<tr>", f);
    put_name(h, info, id);
    put_interval(f, &m, info);
    put_usual(h, id, &m);
    fprintf(f, "<td class=\"standing\">%d <small>%s</small></td></tr>\n", m.n,
            standings[m.standing]);
}

static bool is_listed(const html *h, int id, bool is_measured)
{
    tread_measure m;
    if (h->views && !(tread_measure_describe((enum tread_measure_id)id)->views & h->views))
        return false;
    html_measure(h, (enum tread_measure_id)id, &m);
    return !m.reason == is_measured;
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
        int end = p + 1 < TREAD_N_PARTS ? (int)tread_report__parts[p + 1].first : TREAD_N_MEASURES;
        bool is_open = false;
        for (int id = (int)tread_report__parts[p].first; id < end; id++) {
            if (!is_listed(h, id, true))
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
    bool is_told[TREAD_N_MEASURES] = {false};
    bool is_open = false;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        if (is_told[id] || !is_listed(h, id, false))
            continue;
        tread_measure m, other;
        html_measure(h, (enum tread_measure_id)id, &m);
        if (!is_open)
            fputs("<h3 class=\"missing\">Not measured, and why</h3><dl class=\"reasons\">", f);
        is_open = true;
        fputs("<dt>", f);
        html_sentence(f, m.reason);
        fputs("</dt><dd>", f);
        for (int k = id; k < TREAD_N_MEASURES; k++) {
            if (is_told[k] || !is_listed(h, k, false))
                continue;
            html_measure(h, (enum tread_measure_id)k, &other);
            if (strcmp(other.reason, m.reason) != 0)
                continue;
            is_told[k] = true;
            fputs(k == id ? "" : "; ", f);
            html_text(f, tread_measure_describe((enum tread_measure_id)k)->title);
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
        has_any |= is_listed(h, id, true);
    fputs("<section id=\"measures\"><h2>Every number</h2>", f);
    if (has_any) {
        fprintf(
            f,
            "<p class=\"intro\">What has a left and a right is of the %s leg%s. The interval "
            "holds the true value in 95 of 100 cases, the method’s own errors included. Where no "
            "range is given there is none worth naming. Open a range to see where it comes "
            "from.</p>",
            tread_side_name(h->near), h->is_side_view ? ", the one near the camera" : "");
        put_table(h);
    }
    put_missing(h);
    fputs("</section>\n", f);
}

/* ---- left and right ------------------------------------------------------------------ */

static void put_cell(FILE *f, double value, const tread_measure_info *info)
{
    fputs("<td class=\"number\">", f);
    html_value(f, value, info->n_decimals, info->unit);
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
    html_value(f, y->difference, info->n_decimals, info->unit);
    fprintf(f, "</b><small>%s</small></td></tr>\n",
            y->is_beyond_doubt ? "a true difference" : "may be chance");
}

/* Left against right, where it was compared. False: it was not; `reason` says why, if it had one
 * to say. */
static bool compare(const html *h, int i, tread_symmetry *y, const char **reason)
{
    enum tread_measure_id id = (enum tread_measure_id)i;
    const tread_measure_info *info = tread_measure_describe(id);
    if (!info->is_per_side || (h->views && !(info->views & h->views)) ||
        tread_analyzer_symmetry(h->run->analyzer, id, y) != TREAD_OK)
        return false;
    if (y->reason && !*reason)
        *reason = y->reason;
    return !y->reason;
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
        if (compare(h, i, &y, &reason) && y.is_beyond_doubt == is_beyond_doubt)
            put_pair(h, (enum tread_measure_id)i, &y);
    fputs("</tbody></table>", f);
}

void html_left_right_section(const html *h)
{
    FILE *f = h->f;
    tread_symmetry y;
    const char *reason = NULL;
    int n = 0, n_sure = 0;
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (compare(h, i, &y, &reason)) {
            n++;
            n_sure += y.is_beyond_doubt;
        }
    fputs("<section id=\"sides\"><h2>Left and right</h2>", f);
    if (n == 0) {
        fputs("<p class=\"none\">Not compared. ", f);
        html_sentence(f, reason ? reason : "nothing was measured on both sides");
        fputs("</p></section>\n", f);
        return;
    }
    fprintf(
        f,
        "<p class=\"intro\">%d numbers were compared. %s The difference is left less right; where "
        "its 95 %% interval holds 0 there may be none. One camera sees the far leg less well, and "
        "the interval knows it.</p>",
        n,
        n_sure == 0   ? "<strong>In none do the legs differ by more than may be chance.</strong>"
        : n_sure == 1 ? "<strong>In one the legs differ beyond doubt.</strong>"
                      : "<strong>In these the legs differ beyond doubt.</strong>");
    if (n_sure > 0)
        put_pairs(h, true);
    if (n > n_sure) {
        fprintf(f, "<details class=\"more\"><summary>The %s%d, where it may be chance</summary>",
                n_sure ? "other " : "", n - n_sure);
        put_pairs(h, false);
        fputs("</details>", f);
    }
    fputs("</section>\n", f);
}

/* ---- over the session ------------------------------------------------------------------ */

/* Change over the session, where it could be judged. False: it could not; `reason` says why, if it
 * had one to say. */
static bool judge_change(const html *h, int i, tread_drift *d, const char **reason)
{
    enum tread_measure_id id = (enum tread_measure_id)i;
    enum tread_side side = tread_measure_describe(id)->is_per_side ? h->near : TREAD_BOTH;
    if (tread_analyzer_drift(h->run->analyzer, id, side, d) != TREAD_OK)
        return false;
    if (d->reason && !*reason)
        *reason = d->reason;
    return !d->reason;
}

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
    html_value(f, d->change, info->n_decimals, info->unit);
    fprintf(f, "</b><small>%s</small></td></tr>\n",
            d->level == 0   ? "no more than chance"
            : d->level == 1 ? "more than chance"
                            : "much more than chance");
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
        if (judge_change(h, i, &d, &reason) && (d.level > 0) == is_more_than_chance)
            put_change(h, (enum tread_measure_id)i, &d);
    fputs("</tbody></table>", f);
}

static void put_drift(const html *h)
{
    FILE *f = h->f;
    tread_drift d;
    const char *reason = NULL;
    int n = 0, n_changed = 0;
    for (int i = 0; i < TREAD_N_MEASURES; i++)
        if (judge_change(h, i, &d, &reason)) {
            n++;
            n_changed += d.level > 0;
        }
    if (n == 0) {
        fputs("<p class=\"none\">No change could be judged. ", f);
        html_sentence(f, reason ? reason : "too few steps");
        fputs("</p>", f);
        return;
    }
    fprintf(
        f,
        "<p class=\"intro after\">The last minute against your own beginning, once you had settled "
        "in: <strong>of %d numbers, %d changed by more than chance.</strong></p>",
        n, n_changed);
    if (n_changed > 0)
        put_changes(h, true);
    if (n > n_changed) {
        fprintf(f, "<details class=\"more\"><summary>The %s%d, as good as unchanged</summary>",
                n_changed ? "other " : "", n - n_changed);
        put_changes(h, false);
        fputs("</details>", f);
    }
}

void html_drift_section(const html *h)
{
    static const enum tread_measure_id charted[] = {
        TREAD_MEASURE_TRUNK_LEAN, TREAD_MEASURE_KNEE_FLEXION_CONTACT, TREAD_MEASURE_CADENCE,
        TREAD_MEASURE_VERTICAL_OSCILLATION};
    FILE *f = h->f;
    fputs("<section id=\"drift\"><h2>Over the session</h2>", f);
    if (html_is_long(h)) {
        fputs(
            "<p class=\"intro\">How four numbers went. A shaded strip is the usual range.</p><div "
            "class=\"charts\">",
            f);
        for (size_t i = 0; i < sizeof charted / sizeof *charted; i++)
            html_time_chart(h, charted[i]);
        fputs("</div>", f);
    }
    put_drift(h);
    fputs("</section>\n", f);
}

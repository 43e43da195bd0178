/* The page that compares several clips: who is in it and what to work on in each, then every
 * number side by side. Made from the clips' session.json, as that is all that is left of them. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/version.h>

#include "base/error.h"
#include "base/json.h"
#include "report/html.h"

/* More faults than this are in the clip's own report. */
#define MOST_FAULTS 4

typedef struct number {
    double value, low, high; /* NaN: not measured */
} number;

/* One clip, as read from its document. */
typedef struct clip {
    const tread_index_entry *entry;
    json_t *root; /* NULL: it failed */
    enum tread_side near;
    enum tread_view view;
    double slowest_kmh, fastest_kmh, incline_pct;
    bool is_one_incline;
    number numbers[TREAD_N_MEASURES];
} clip;

typedef struct comparison {
    FILE *f;
    const tread_rules *rules;
    clip *clips; /* (n) */
    size_t n, n_read;
} comparison;

/* ---- documents ------------------------------------------------------------------- */

static enum tread_view view_named(const char *name)
{
    for (int view = TREAD_VIEW_AUTO; view <= TREAD_VIEW_FRONT; view++)
        if (strcmp(name, tread_view_name((enum tread_view)view)) == 0)
            return (enum tread_view)view;
    return TREAD_VIEW_AUTO;
}

static void read_belt(clip *c, const json_t *settings)
{
    size_t i;
    const json_t *change;
    c->slowest_kmh = c->fastest_kmh = base_json_real(settings, "speed_kmh");
    c->incline_pct = base_json_real(settings, "incline_pct");
    c->is_one_incline = true;
    json_array_foreach(json_object_get(settings, "belt_changes"), i, change)
    {
        c->slowest_kmh = fmin(c->slowest_kmh, base_json_real(change, "speed_kmh"));
        c->fastest_kmh = fmax(c->fastest_kmh, base_json_real(change, "speed_kmh"));
        c->is_one_incline =
            c->is_one_incline && base_json_real(change, "incline_pct") == c->incline_pct;
    }
}

static void read_clip(clip *c)
{
    const json_t *summary = json_object_get(c->root, "summary");
    c->view = view_named(base_json_text(summary, "view"));
    c->near = c->view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    read_belt(c, json_object_get(c->root, "settings"));
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
        const json_t *of =
            info->is_per_side ? json_object_get(summary, tread_side_name(c->near)) : summary;
        const json_t *m = json_object_get(of, info->key);
        c->numbers[id] = (number){base_json_real(m, "value"), base_json_real(m, "low"),
                                  base_json_real(m, "high")};
    }
}

/* ---- the clips ------------------------------------------------------------------- */

static void put_belt(FILE *f, const clip *c)
{
    if (!(c->fastest_kmh > 0))
        fputs("speed not told", f);
    else if (c->fastest_kmh > c->slowest_kmh)
        fprintf(f, "%.1f to %.1f km/h", c->slowest_kmh, c->fastest_kmh);
    else
        fprintf(f, "%.1f km/h", c->fastest_kmh);
    fputs(", ", f);
    if (c->is_one_incline) {
        say_number(f, c->incline_pct, 1);
        fputs(" %", f);
    } else {
        fputs("incline changes", f);
    }
}

static void put_conditions(FILE *f, const clip *c)
{
    static const char *const views[] = {[TREAD_VIEW_AUTO] = "view not known",
                                        [TREAD_VIEW_LEFT] = "from the left",
                                        [TREAD_VIEW_RIGHT] = "from the right",
                                        [TREAD_VIEW_REAR] = "from behind",
                                        [TREAD_VIEW_FRONT] = "from the front"};
    fputs("<p class=\"note\">", f);
    put_belt(f, c);
    fprintf(f, ", %s, %lld steps</p>", views[c->view],
            (long long)json_integer_value(
                json_object_get(json_object_get(c->root, "quality"), "steps_valid")));
}

/* The highest level of a rule; each rule is named once. */
static void put_faults(FILE *f, const clip *c)
{
    const json_t *faults = json_object_get(c->root, "faults"), *fault, *other;
    size_t i, k, n = 0;
    fputs("<ul class=\"found\">", f);
    for (int level = 3; level >= 1; level--)
        json_array_foreach(faults, i, fault)
        {
            bool is_said = false;
            if ((int)base_json_real(fault, "level") != level)
                continue;
            json_array_foreach(faults, k, other)
            {
                int at = (int)base_json_real(other, "level");
                is_said = is_said || (strcmp(base_json_text(fault, "rule"),
                                             base_json_text(other, "rule")) == 0 &&
                                      (at > level || (at == level && k < i)));
            }
            if (is_said || n++ >= MOST_FAULTS)
                continue;
            fprintf(f,
                    "<li><svg class=\"icon tone%d\" role=\"img\" aria-label=\"Level %d of 3\"><use "
                    "href=\"#level%d\"/></svg> ",
                    level, level, level);
            html_text(f, base_json_text(fault, "title"));
            fputs("</li>", f);
        }
    if (n > MOST_FAULTS)
        fprintf(f, "<li>and %zu more</li>", n - MOST_FAULTS);
    fputs(n == 0 ? "<li>Nothing stands out</li></ul>" : "</ul>", f);
}

/* A path as an address: a file name may hold any bytes. */
static void put_href(FILE *f, const char *path)
{
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                        (*p >= '0' && *p <= '9') || strchr("-._~/", *p);
        fprintf(f, is_plain ? "%c" : "%%%02X", *p);
    }
}

static void put_name(FILE *f, const clip *c, size_t number_of)
{
    fprintf(f, "<h3><span class=\"of\">%zu</span> ", number_of);
    if (c->entry->report) {
        fputs("<a href=\"", f);
        put_href(f, c->entry->report);
        fputs("\">", f);
    }
    html_text(f, last_part(c->entry->clip));
    fputs(c->entry->report ? "</a></h3>" : "</h3>", f);
}

static void put_clip(FILE *f, const clip *c, size_t number_of)
{
    fprintf(f, "<li class=\"clip%s\">", c->root ? "" : " failed");
    if (c->entry->jpeg) {
        fputs("<img alt=\"The near foot as it lands\" src=\"data:image/jpeg;base64,", f);
        html_base64(f, c->entry->jpeg, c->entry->jpeg_size);
        fputs("\">", f);
    }
    fputs("<div>", f);
    put_name(f, c, number_of);
    if (c->root) {
        put_conditions(f, c);
        put_faults(f, c);
    } else {
        fputs("<p>Not measured: ", f);
        html_text(f, c->entry->failure ? c->entry->failure : "no reason was given");
        fputs("</p>", f);
    }
    fputs("</div></li>\n", f);
}

static void put_clips(const comparison *c)
{
    fputs("<section id=\"clips\"><h2>The clips</h2><ol class=\"clips\">\n", c->f);
    for (size_t i = 0; i < c->n; i++)
        put_clip(c->f, &c->clips[i], i + 1);
    fputs("</ol></section>\n", c->f);
}

/* ---- what else may make a difference --------------------------------------------- */

static const clip *first_read(const comparison *c)
{
    const clip *first = c->clips;
    while (!first->root)
        first++;
    return first;
}

static bool is_same_speed(const clip *a, const clip *b)
{
    return (isnan(a->fastest_kmh) && isnan(b->fastest_kmh)) ||
           (a->fastest_kmh == b->fastest_kmh && a->slowest_kmh == b->slowest_kmh);
}

static void put_warnings(const comparison *c)
{
    const clip *first = first_read(c);
    bool is_speed = true, is_incline = true, is_view = true, is_model = true;
    for (const clip *other = first + 1; other < c->clips + c->n; other++) {
        if (!other->root)
            continue;
        is_speed = is_speed && is_same_speed(first, other);
        is_incline = is_incline && first->incline_pct == other->incline_pct &&
                     first->is_one_incline && other->is_one_incline;
        is_view = is_view && first->view == other->view;
        is_model = is_model &&
                   strcmp(base_json_text(json_object_get(first->root, "settings"), "model"),
                          base_json_text(json_object_get(other->root, "settings"), "model")) == 0;
    }
    if (!is_speed)
        fputs(" They are not at one speed: many numbers change with it.", c->f);
    if (!is_incline)
        fputs(" They are not at one incline: many numbers change with it.", c->f);
    if (!is_view)
        fputs(" They are not from one side: the numbers of a leg are of the one near the camera.",
              c->f);
    if (!is_model)
        fputs(" They are not by one network: part of a difference may be the network’s.", c->f);
}

/* ---- side by side ------------------------------------------------------------------ */

static double half_of(const number *n)
{
    return 0.5 * (n->high - n->low);
}

/* The usual range that holds for all of the clips. */
static bool usual_of(const comparison *c, int id, double *low, double *high)
{
    const char *source;
    const clip *first = first_read(c);
    if (!tread_rules_usual(c->rules, (enum tread_measure_id)id, low, high, &source))
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (c->clips[i].root &&
            !(c->clips[i].is_one_incline && c->clips[i].incline_pct == first->incline_pct))
            return false;
    double shift = tread_incline_shift((enum tread_measure_id)id, first->incline_pct);
    *low += shift;
    *high += shift;
    return true;
}

/* Every clip's interval over the usual range, the first on top. */
static void put_lines(const comparison *c, int id, double usual_low, double usual_high)
{
    double least = usual_low, most = usual_high;
    for (size_t i = 0; i < c->n; i++)
        if (c->clips[i].root) {
            const number *n = &c->clips[i].numbers[id];
            least = fmin(least, fmin(n->value, n->low));
            most = fmax(most, fmax(n->value, n->high));
        }
    double width = 150, edge = 6, pitch = 11, height = (double)c->n_read * pitch + 4;
    double scale = (width - 2 * edge) / fmax(most - least, 1e-9), y = 2 + 0.5 * pitch;
    fprintf(c->f, "<td><svg class=\"lines\" viewBox=\"0 0 %g %g\" aria-hidden=\"true\">", width,
            height);
    if (isfinite(usual_low))
        fprintf(c->f,
                "<rect class=\"usual\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%g\" "
                "rx=\"3\"/>",
                edge + scale * (usual_low - least), scale * (usual_high - usual_low), height);
    for (size_t i = 0; i < c->n; i++) {
        const number *n = &c->clips[i].numbers[id];
        if (!c->clips[i].root)
            continue;
        if (isfinite(n->low) && isfinite(n->high))
            fprintf(c->f, "<path class=\"interval\" d=\"M%.1f %gH%.1f\"/>",
                    edge + scale * (n->low - least), y, edge + scale * (n->high - least));
        if (isfinite(n->value))
            fprintf(c->f, "<circle class=\"value%s\" cx=\"%.1f\" cy=\"%g\" r=\"4\"/>",
                    n->value < usual_low || n->value > usual_high ? " out" : "",
                    edge + scale * (n->value - least), y);
        y += pitch;
    }
    fputs("</svg></td>", c->f);
}

/* The two that are furthest apart: by more than both may be off together? Two intervals that know
 * nothing of each other: their difference is known to within the root of the sum of squares. */
static void put_verdict(const comparison *c, int id)
{
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
    size_t least = c->n, most = c->n;
    for (size_t i = 0; i < c->n; i++) {
        double value = c->clips[i].numbers[id].value;
        if (!c->clips[i].root || isnan(value))
            continue;
        if (least == c->n || value < c->clips[least].numbers[id].value)
            least = i;
        if (most == c->n || value > c->clips[most].numbers[id].value)
            most = i;
    }
    fputs("<td class=\"verdict\">", c->f);
    if (least != most) {
        const number *a = &c->clips[least].numbers[id], *b = &c->clips[most].numbers[id];
        double apart = b->value - a->value, doubt = hypot(half_of(a), half_of(b));
        if (apart > doubt) {
            fprintf(c->f, "<b>%zu above %zu</b> <small>by ", most + 1, least + 1);
            say_value(c->f, apart, info->n_decimals, info->unit);
            fputs(" ± ", c->f);
            say_number(c->f, doubt, info->n_decimals);
            fputs("</small>", c->f);
        } else {
            fputs("<small>alike, as far as can be told</small>", c->f);
        }
    }
    fputs("</td>", c->f);
}

static void put_number(const comparison *c, const clip *of, int id)
{
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
    const number *n = &of->numbers[id];
    if (isnan(n->value)) {
        fputs("<td class=\"number\"><span class=\"none\">–</span></td>", c->f);
        return;
    }
    fputs("<td class=\"number\"><b>", c->f);
    say_number(c->f, n->value, info->n_decimals);
    fputs("</b>", c->f);
    if (isfinite(half_of(n))) {
        fputs(" <small>± ", c->f);
        say_number(c->f, half_of(n), info->n_decimals);
        fputs("</small>", c->f);
    }
    fputs("</td>", c->f);
}

static void put_measure(const comparison *c, int id)
{
    const tread_measure_info *info = tread_measure_describe((enum tread_measure_id)id);
    double low = (double)NAN, high = (double)NAN;
    bool is_usual = usual_of(c, id, &low, &high);
    fputs("<tr><th scope=\"row\">", c->f);
    html_text(c->f, info->title);
    const char *unit = unit_words(info->unit);
    fprintf(c->f, " <small>%s", unit + (*unit == ' '));
    if (is_usual) {
        fputs(*unit ? ", usual " : "usual ", c->f);
        say_range(c->f, low, high);
    }
    fputs("</small></th>", c->f);
    for (size_t i = 0; i < c->n; i++)
        if (c->clips[i].root)
            put_number(c, &c->clips[i], id);
    put_lines(c, id, low, high);
    put_verdict(c, id);
    fputs("</tr>\n", c->f);
}

static bool is_measured(const comparison *c, int id)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->clips[i].root && isfinite(c->clips[i].numbers[id].value))
            return true;
    return false;
}

static void put_part(const comparison *c, const char *title, int first, int end)
{
    bool is_open = false;
    for (int id = first; id < end; id++) {
        if (!is_measured(c, id))
            continue;
        if (!is_open)
            fprintf(c->f,
                    "<tr class=\"part\"><th colspan=\"%zu\" scope=\"colgroup\">%s</th></tr>\n",
                    c->n_read + 3, title);
        is_open = true;
        put_measure(c, id);
    }
}

static void put_numbers(const comparison *c)
{
    if (c->n_read == 0)
        return;
    fputs(
        "<section id=\"numbers\"><h2>Side by side</h2><p class=\"intro\">Each number with what it "
        "may be off by (95 %). The lines show the same from the first clip down, the shade what "
        "is usual. With so many numbers, one in twenty may look different by chance.",
        c->f);
    put_warnings(c);
    fputs("</p><div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Numbers side by "
          "side\"><table class=\"many\"><thead><tr><td></td>",
          c->f);
    for (size_t i = 0; i < c->n; i++)
        if (c->clips[i].root)
            fprintf(c->f, "<th scope=\"col\"><span class=\"of\">%zu</span></th>", i + 1);
    fputs("<th scope=\"col\">Together</th><th scope=\"col\">Furthest "
          "apart</th></tr></thead><tbody>\n",
          c->f);
    for (int part = 0; part < TREAD_N_PARTS; part++)
        put_part(c, tread_report__parts[part].title, tread_report__parts[part].first,
                 part + 1 < TREAD_N_PARTS ? (int)tread_report__parts[part + 1].first
                                          : TREAD_N_MEASURES);
    fputs("</tbody></table></div></section>\n", c->f);
}

/* ---- the door ------------------------------------------------------------------------ */

static void put_page(const comparison *c)
{
    html_head(c->f, "Clips compared");
    fprintf(c->f,
            "<header><p class=\"brand\">Treadscope <span>running form</span></p><h1>%zu clips "
            "compared</h1>",
            c->n);
    if (c->n_read < c->n)
        fprintf(c->f,
                "<p class=\"lead\">%zu of them could not be measured; the reason stands with "
                "each.</p>",
                c->n - c->n_read);
    fputs("</header>\n", c->f);
    put_clips(c);
    put_numbers(c);
    fprintf(c->f,
            "<footer><p>Made by Treadscope %s. Numbers describe how somebody ran; they are no "
            "diagnosis.</p></footer>\n</main>\n</body>\n</html>\n",
            tread_version_string());
}

int tread_report__index_html(FILE *f, const tread_index_entry *entries, size_t n,
                             const tread_rules *rules, tread_error *err)
{
    comparison c = {.f = f, .rules = rules, .n = n};
    c.clips = calloc(c.n + 1, sizeof *c.clips);
    if (!c.clips)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < c.n; i++) {
        c.clips[i].entry = &entries[i];
        if (entries[i].document)
            c.clips[i].root = json_loads(entries[i].document, 0, NULL);
        if (c.clips[i].root) {
            c.n_read++;
            read_clip(&c.clips[i]);
        }
    }
    put_page(&c);
    for (size_t i = 0; i < c.n; i++)
        json_decref(c.clips[i].root);
    free(c.clips);
    return ferror(f) ? tread_error__set(err, TREAD_ERR_OUTPUT,
                                        "the page that compares the clips: "
                                        "write error")
                     : TREAD_OK;
}

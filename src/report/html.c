/* report.html: one document that needs nothing else. Head, what to work on, key frames and
 * charts; the other sections have files of their own. */
#include "report/html.h"

#include <math.h>

#include "base/error.h"

/* ---- head ----------------------------------------------------------------------- */

static void put_hash(FILE *f, const unsigned char *sha256)
{
    fputs("'sha256-", f);
    html_base64(f, sha256, 32);
    putc('\'', f);
}

static const char icons[] =
    "<svg class=\"sprite\" aria-hidden=\"true\" focusable=\"false\">"
    "<symbol id=\"good\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"11\"/>"
    "<path class=\"cut\" d=\"m6.5 12.5 3.6 3.6 7.4-8\"/></symbol>"
    "<symbol id=\"level1\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"11\"/>"
    "<path class=\"cut\" d=\"M12 6.4v7M12 17.2v.2\"/></symbol>"
    "<symbol id=\"level2\" viewBox=\"0 0 24 24\"><path d=\"M12 1.2a2 2 0 0 1 1.8 1l9.6 17a2 2 0 0 1"
    "-1.8 3H2.4a2 2 0 0 1-1.8-3l9.6-17a2 2 0 0 1 1.8-1z\"/>"
    "<path class=\"cut\" d=\"M12 8.4v6M12 18.2v.2\"/></symbol>"
    "<symbol id=\"level3\" viewBox=\"0 0 24 24\"><path d=\"M7.3 1h9.4L23 7.3v9.4L16.7 23H7.3L1 "
    "16.7V7.3z\"/><path class=\"cut\" d=\"M12 6v7.4M12 17.4v.2\"/></symbol></svg>\n";

/* Nothing may be loaded, but the pictures within and the clip beside. */
void html_head(FILE *f, const char *title)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src "
          "data:; media-src 'self' file:; style-src ",
          f);
    put_hash(f, report_page_css_sha256);
    fputs("; script-src ", f);
    put_hash(f, report_page_js_sha256);
    fputs("; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          f);
    html_text(f, title);
    fputs(" – running form – Treadscope</title>\n<style>", f);
    fputs((const char *)report_page_css, f);
    fprintf(f, "</style>\n</head>\n<body>\n%s<main>\n", icons);
}

/* ---- at a glance ------------------------------------------------------------------ */

static void put_facts(const html *h)
{
    fputs("<dl class=\"facts\">", h->f);
    for (size_t i = 0; i < STORY_N_FACTS; i++) {
        if (!story_fact_name(&h->s, i))
            continue;
        fprintf(h->f, "<div><dt>%s</dt><dd>", story_fact_name(&h->s, i));
        html_say(h, story_fact, i);
        fputs("</dd></div>", h->f);
    }
    fputs("</dl>\n", h->f);
}

static void put_top(const html *h)
{
    FILE *f = h->f;
    const char *verdict = story_verdict(&h->s);
    fputs("<header><p class=\"brand\">Treadscope <span>running form</span></p>", f);
    if (h->s.page->runner) {
        fputs("<p class=\"runner\">", f);
        html_text(f, h->s.page->runner);
        fputs("</p>", f);
    }
    fputs("<h1>", f);
    html_text(f, verdict);
    for (size_t i = 0; i < h->s.n_to_work_on && !verdict; i++) {
        fputs(i ? " <span class=\"and\">and</span> " : "", f);
        html_say(h, story_to_work_on, i);
    }
    fputs("</h1><p class=\"lead\">", f);
    html_say(h, story_lead, 0);
    fputs("</p>", f);
    put_facts(h);
    fputs("</header>\n", f);
}

/* ---- pictures ----------------------------------------------------------------------- */

static void put_picture(const html *h, const tread_key_frame *k, const char *alt, const char *title)
{
    fprintf(h->f, "<img width=\"%d\" height=\"%d\" alt=\"%s", k->width_px, k->height_px, alt);
    html_text(h->f, title);
    fputs("\" src=\"data:image/jpeg;base64,", h->f);
    html_base64(h->f, k->jpeg, k->jpeg_size);
    fputs("\">", h->f);
}

/* ---- what to work on ------------------------------------------------------------------ */

static void put_row(FILE *f, const char *name, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(f, "<dt>%s</dt><dd class=\"%s\">", name, class);
    html_text(f, text);
    fputs("</dd>", f);
}

static void put_when(const html *h, const tread_fault *fault)
{
    FILE *f = h->f;
    fputs("<dt>When</dt><dd>from ", f);
    html_moment(h, fault->begin_s);
    if (isfinite(fault->end_s)) {
        fputs(" to ", f);
        html_moment(h, fault->end_s);
    } else {
        fputs(" to the end", f);
    }
    html_say(h, story_fault_extent, (size_t)(fault - h->s.run->faults));
    fputs("</dd>", f);
}

static void put_fault(const html *h, size_t id)
{
    FILE *f = h->f;
    const tread_fault *fault = &h->s.run->faults[id];
    const tread_measure_info *info = tread_measure_describe(fault->measure);
    const tread_key_frame *picture = story_fault_picture(&h->s, id);
    tread_rule_info rule;
    tread_rules_describe(h->s.run->rules, fault->rule, &rule);
    fprintf(f, "<article class=\"fault%s\">", picture ? " has-picture" : "");
    if (picture) {
        fputs("<figure>", f);
        put_picture(h, picture, "The runner with the angle drawn: ", rule.title);
        fputs("<figcaption>One frame, at ", f);
        html_moment(h, picture->at.time_s);
        fputs("; the number beside it is the middle of all steps.</figcaption></figure>", f);
    }
    fprintf(f,
            "<div class=\"words\"><h3><svg class=\"icon tone%d\" aria-hidden=\"true\"><use "
            "href=\"#level%d\"/></svg><span>",
            fault->level, fault->level);
    html_text(f, rule.title);
    fprintf(f, "</span></h3><p class=\"grade\">%s</p><p class=\"figure\"><b>", story_grade(fault));
    say_value(f, fault->value, info->n_decimals, fault->unit);
    fputs("</b> <span>", f);
    html_say(h, story_fault_measure, id);
    fputs("</span></p>", f);
    html_range_bar(f, NAN, NAN, fault->usual_low, fault->usual_high, fault->value, true);
    fputs("<p class=\"unseen\">", f);
    html_say(h, story_fault_usual, id);
    fputs("</p><dl>", f);
    put_row(f, "What to do", "advice", rule.advice);
    put_row(f, "Think of", "cue", rule.cue);
    put_row(f, "What it is", "", rule.meaning);
    put_row(f, "Why it matters", "", rule.why);
    put_when(h, fault);
    put_row(f, "Usual range from", "source", rule.source);
    fputs("</dl></div></article>\n", f);
}

static void put_to_work_on(const html *h)
{
    if (h->s.n_to_work_on == 0)
        return;
    fprintf(h->f, "<section id=\"work\"><h2>%s</h2><p class=\"intro\">%s</p>",
            story_work_title(&h->s), story_work_intro);
    for (size_t i = 0; i < h->s.n_to_work_on; i++)
        put_fault(h, h->s.to_work_on[i]);
    fputs("</section>\n", h->f);
}

/* ---- key frames ------------------------------------------------------------------------ */

static void put_key_frame(const html *h, const tread_key_frame *k)
{
    FILE *f = h->f;
    story_angle angles[STORY_MOST_ANGLES];
    int n = story_angles(k, angles);
    fprintf(f, "<figure class=\"key %s\">", tread_side_name(k->side));
    put_picture(h, k, "The runner as the step is at: ", story_moment_name(k->moment));
    fprintf(f, "<figcaption><h3>%s <span>%s</span></h3><p>%s, %s", story_moment_name(k->moment),
            tread_side_name(k->side), story_moment_term(k->moment),
            !h->s.is_side_view     ? ""
            : k->side == h->s.near ? "near the camera, "
                                   : "far from the camera, ");
    html_moment(h, k->at.time_s);
    fputs("</p><ul>", f);
    for (int i = 0; i < n; i++) {
        fprintf(f, "<li>%s <b>", angles[i].name);
        say_value(f, angles[i].deg, 0, "deg");
        fputs("</b></li>", f);
    }
    fputs("</ul></figcaption></figure>", f);
}

static void put_key_frames(const html *h)
{
    FILE *f = h->f;
    fputs("<section id=\"frames\"><h2>One step, in pictures</h2>", f);
    size_t n = story_n_step_pictures(&h->s);
    if (n == 0) {
        fprintf(f, "<p class=\"none\">%s</p></section>\n", story_no_pictures(&h->s));
        return;
    }
    fprintf(f, "<p class=\"intro\">%s</p><div class=\"keys%s\">", story_frames_intro(&h->s),
            n <= 2 ? " pair" : "");
    for (size_t i = 0; i < h->s.page->n_frames; i++)
        if (story_is_step_picture(&h->s.page->frames[i]))
            put_key_frame(h, &h->s.page->frames[i]);
    fputs("</div></section>\n", f);
}

/* ---- charts ------------------------------------------------------------------------------ */

static const char side_legend[] =
    "<p class=\"legend\"><span class=\"left\"><svg viewBox=\"0 0 34 10\" "
    "aria-hidden=\"true\"><path "
    "class=\"line left\" d=\"M1 5H33\"/></svg>left</span><span class=\"right\"><svg viewBox=\"0 0 "
    "34 "
    "10\" aria-hidden=\"true\"><path class=\"line right\" d=\"M1 5H33\"/></svg>right</span>"
    "<span>band: one standard deviation between strides</span></p>";

static const char strike_legend[] =
    "<p class=\"legend\"><span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle "
    "class=\"rearfoot\" cx=\"5\" cy=\"5\" r=\"3.6\"/></svg>heel first</span><span><svg "
    "viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path class=\"midfoot\" d=\"M2 2h6v6h-6z\"/>"
    "</svg>flat</span><span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path "
    "class=\"forefoot\" d=\"M5 1l4 7h-8z\"/></svg>ball of the foot first</span></p>";

static void put_curves(const html *h)
{
    FILE *f = h->f;
    if (!h->s.is_side_view)
        return;
    fprintf(f,
            "<section id=\"curves\"><h2>Through the stride</h2><p class=\"intro\">%s</p>%s<div "
            "class=\"charts\">",
            story_curves_intro, side_legend);
    for (int i = 0; i < CHART_N_CURVES; i++)
        html_curve_chart(h, &chart_curves[i]);
    fputs("</div></section>\n", f);
}

static void put_strikes(const html *h)
{
    FILE *f = h->f;
    if (!h->s.is_side_view)
        return;
    fprintf(f, "<section id=\"strikes\"><h2>How the feet land</h2><p class=\"intro\">%s</p>%s",
            story_strikes_intro, strike_legend);
    fputs("<div class=\"charts\">", f);
    html_strike_chart(h, TREAD_LEFT);
    html_strike_chart(h, TREAD_RIGHT);
    fputs("</div></section>\n", f);
}

static void put_fault_row(const html *h, size_t rule_index)
{
    FILE *f = h->f;
    tread_rule_info rule;
    const tread_fault *worst = story_worst(&h->s, rule_index);
    if (!worst)
        return;
    tread_rules_describe(h->s.run->rules, rule_index, &rule);
    fprintf(
        f, "<li><p><svg class=\"icon tone%d\" aria-hidden=\"true\"><use href=\"#level%d\"/></svg> ",
        worst->level, worst->level);
    html_text(f, rule.title);
    fputs(" <span>", f);
    html_say(h, story_worst_numbers, rule_index);
    html_moment(h, worst->begin_s);
    fputs("</span></p>", f);
    html_fault_track(h, rule_index);
    fputs("</li>", f);
}

static void put_fault_times(const html *h)
{
    FILE *f = h->f;
    if (h->s.run->n_faults == 0)
        return;
    fprintf(f,
            "<section id=\"times\"><h2>When it happened</h2><p class=\"intro\">%s</p><ul "
            "class=\"tracks card\">",
            story_times_intro);
    for (size_t i = 0; i < tread_rules_count(h->s.run->rules); i++)
        put_fault_row(h, i);
    fputs("</ul><p class=\"ends note\"><span>", f);
    say_clock(f, h->s.v.first_s);
    fputs("</span><span>", f);
    say_clock(f, h->s.v.last_s);
    fputs("</span></p></section>\n", f);
}

/* ---- the door ------------------------------------------------------------------------------ */

static void put_foot(const html *h)
{
    FILE *f = h->f;
    fputs("<footer><p>", f);
    html_say(h, story_foot, 0);
    if (h->s.page->video) {
        fputs(" Times are links into <a class=\"moment\" href=\"", f);
        html_text(f, h->s.page->video);
        fputs("\">the annotated clip</a>, where it lies beside this page.", f);
    }
    fputs("</p></footer>\n</main>\n<script>", f);
    fputs((const char *)report_page_js, f);
    fputs("</script>\n</body>\n</html>\n", f);
}

int tread_report__html(FILE *f, const tread_run *run, const tread_report_page *page,
                       tread_error *err)
{
    note n;
    if (note_open(&n) != TREAD_OK)
        return tread_error__set(err, TREAD_ERR_NOMEM, "report.html: out of memory");
    const html h = {.f = f, .s = story_of(run, page), .note = &n};
    html_head(f, story_whose(&h.s));
    put_top(&h);
    put_to_work_on(&h);
    put_key_frames(&h);
    html_measures_section(&h);
    put_curves(&h);
    put_strikes(&h);
    html_left_right_section(&h);
    html_drift_section(&h);
    put_fault_times(&h);
    html_quality_section(&h);
    put_foot(&h);
    bool is_lost = note_is_lost(&n);
    note_close(&n);
    if (is_lost)
        return tread_error__set(err, TREAD_ERR_NOMEM, "report.html: out of memory");
    return ferror(f) ? tread_error__set(err, TREAD_ERR_OUTPUT, "report.html: write error")
                     : TREAD_OK;
}

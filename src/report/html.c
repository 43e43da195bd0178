/* report.html: one document that needs nothing else. Head, what to work on, key frames and
 * charts; the other sections have files of their own. */
#include "report/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/version.h>

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

static const char *mostly(const html *h)
{
    static const char *const lands[] = {NULL, "on the heel", "on the whole foot",
                                        "on the ball of the foot"};
    int n[TREAD_STRIKE_FOREFOOT + 1] = {0}, n_all = 0, best = TREAD_STRIKE_REARFOOT;
    for (size_t i = 0; i < h->run->n_steps; i++) {
        const tread_step *s = &h->run->steps[i];
        if (s->is_valid && s->side == h->near && s->foot_strike != TREAD_STRIKE_UNKNOWN) {
            n[s->foot_strike]++;
            n_all++;
        }
    }
    for (int i = best + 1; i <= TREAD_STRIKE_FOREFOOT; i++)
        if (n[i] > n[best])
            best = i;
    return n_all && 2 * n[best] > n_all ? lands[best] : NULL;
}

static void put_what_was_run(const html *h)
{
    FILE *f = h->f;
    tread_measure cadence;
    html_measure(h, TREAD_MEASURE_CADENCE, &cadence);
    fprintf(f, "%s for ", h->v.gait == TREAD_GAIT_WALKING ? "You walked" : "You ran");
    html_duration(f, h->v.last_s - h->v.first_s);
    if (!cadence.reason)
        fprintf(f, " at %.0f steps a minute", cadence.value);
    const char *where = mostly(h);
    if (where)
        fprintf(f, ", landing mostly %s", where);
    fputs(". ", f);
}

static void put_standing_out(const html *h, size_t n_ids)
{
    FILE *f = h->f;
    int n = 0, n_usual = 0;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        double low, high;
        const char *source;
        tread_measure m;
        if (!html_usual(h, (enum tread_measure_id)id, &low, &high, &source))
            continue;
        html_measure(h, (enum tread_measure_id)id, &m);
        if (m.reason)
            continue;
        n++;
        n_usual += m.value >= low && m.value <= high;
    }
    if (n > 0)
        fprintf(f, "Of %d number%s with a published or customary range, %d %s within it", n,
                n == 1 ? "" : "s", n_usual, n_usual == 1 ? "is" : "are");
    else
        fputs("No number with a usual range could be measured", f);
    if (n_ids == 0)
        fputs("; nothing was far enough outside, for long enough, to work on. ", f);
    else
        fprintf(f, "; %s. ",
                n_ids == 1 ? "one thing is worth your attention"
                           : "two things are worth your attention");
}

static void put_how_sure(const html *h)
{
    FILE *f = h->f;
    tread_measure m = {.standing = TREAD_STANDING_NONE};
    html_measure(h, TREAD_MEASURE_STEP_TIME, &m);
    fprintf(f, "This rests on %lld steps", (long long)h->v.n_steps_valid);
    if (isfinite(h->v.frame_interval_s) && h->v.frame_interval_s > 0)
        fprintf(f, " filmed at %.0f pictures a second", 1 / h->v.frame_interval_s);
    fputs(m.standing == TREAD_STANDING_SETTLED ? ": enough for settled numbers."
          : m.standing == TREAD_STANDING_PROVISIONAL
              ? ": a first picture, a minute of running would settle it."
              : ": too few for more than a hint.",
          f);
}

static void put_fact(const html *h, const char *name, const char *value)
{
    fprintf(h->f, "<div><dt>%s</dt><dd>", name);
    html_text(h->f, value);
    fputs("</dd></div>", h->f);
}

static void put_facts(const html *h)
{
    FILE *f = h->f;
    const tread_analyzer_opts *o = &h->run->opts->analyzer;
    static const char *const views[] = {[TREAD_VIEW_AUTO] = "not known",
                                        [TREAD_VIEW_LEFT] = "the left side",
                                        [TREAD_VIEW_RIGHT] = "the right side",
                                        [TREAD_VIEW_REAR] = "behind",
                                        [TREAD_VIEW_FRONT] = "the front"};
    fputs("<dl class=\"facts\">", f);
    if (h->page->date)
        put_fact(h, "Date of the file", h->page->date);
    put_fact(h, "Recording", html_base_name(h->run->clip));
    fputs("<div><dt>Speed</dt><dd>", f);
    double slowest = o->speed_kmh, fastest = o->speed_kmh, flattest = o->incline_pct,
           steepest = o->incline_pct;
    for (int i = 0; i < o->n_changes; i++) {
        slowest = fmin(slowest, o->changes[i].speed_kmh);
        fastest = fmax(fastest, o->changes[i].speed_kmh);
        flattest = fmin(flattest, o->changes[i].incline_pct);
        steepest = fmax(steepest, o->changes[i].incline_pct);
    }
    if (!(fastest > 0))
        fputs("not told", f);
    else if (fastest > slowest)
        fprintf(f, "%.1f to %.1f km/h", slowest, fastest);
    else
        fprintf(f, "%.1f km/h", fastest);
    fputs("</dd></div><div><dt>Incline</dt><dd>", f);
    html_number(f, flattest, 1);
    if (steepest > flattest) {
        fputs(" to ", f);
        html_number(f, steepest, 1);
    }
    fputs(" %</dd></div>", f);
    put_fact(h, "Seen from", views[h->v.view]);
    fputs("</dl>\n", f);
}

static void put_top(const html *h, const size_t *ids, size_t n_ids)
{
    FILE *f = h->f;
    tread_rule_info rule;
    fputs("<header><p class=\"brand\">Treadscope <span>running form</span></p>", f);
    if (h->page->runner) {
        fputs("<p class=\"runner\">", f);
        html_text(f, h->page->runner);
        fputs("</p>", f);
    }
    fputs("<h1>", f);
    if (h->v.no_steps_reason)
        fputs("No steps could be measured", f);
    else if (n_ids == 0)
        fputs("Nothing stands out", f);
    for (size_t i = 0; i < n_ids && !h->v.no_steps_reason; i++) {
        tread_rules_describe(h->run->rules, h->run->faults[ids[i]].rule, &rule);
        fputs(i ? " <span class=\"and\">and</span> " : "", f);
        if (i && rule.title[0] >= 'A' && rule.title[0] <= 'Z') {
            putc(rule.title[0] - 'A' + 'a', f);
            rule.title++;
        }
        html_text(f, rule.title);
    }
    fputs("</h1><p class=\"lead\">", f);
    if (h->v.no_steps_reason) {
        html_sentence(f, h->v.no_steps_reason);
        fprintf(f,
                " A runner was found in %lld of %lld pictures. What could not be measured is "
                "listed below with the reason.",
                (long long)h->v.n_frames_found, (long long)h->v.n_frames);
    } else {
        put_what_was_run(h);
        put_standing_out(h, n_ids);
        put_how_sure(h);
    }
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

static const tread_key_frame *picture_of(const html *h, size_t fault)
{
    for (size_t i = 0; i < h->page->n_frames; i++) {
        const tread_key_frame *k = &h->page->frames[i];
        if (k->moment == TREAD_MOMENT_FAULT && k->fault == fault && k->jpeg)
            return k;
    }
    return NULL;
}

/* ---- what to work on ------------------------------------------------------------------ */

static const char *side_words(enum tread_side side)
{
    return side == TREAD_LEFT ? "left leg" : side == TREAD_RIGHT ? "right leg" : "both legs";
}

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
    fprintf(f, ", over %d steps, %s</dd>", fault->n_steps, side_words(fault->side));
}

static void put_fault(const html *h, size_t id)
{
    static const char *const levels[] = {"", "A little outside the usual range",
                                         "Clearly outside the usual range",
                                         "Far outside the usual range"};
    FILE *f = h->f;
    const tread_fault *fault = &h->run->faults[id];
    const tread_measure_info *info = tread_measure_describe(fault->measure);
    const tread_key_frame *picture = picture_of(h, id);
    tread_rule_info rule;
    tread_rules_describe(h->run->rules, fault->rule, &rule);
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
    fprintf(f, "</span></h3><p class=\"grade\">%s</p><p class=\"figure\"><b>",
            levels[fault->level >= 1 && fault->level <= 3 ? fault->level : 1]);
    html_value(f, fault->value, info->n_decimals, fault->unit);
    fputs("</b> <span>", f);
    html_text(f, info->title);
    if (html_plain_words(fault->measure)[0])
        fprintf(f, ": %s", html_plain_words(fault->measure));
    fputs("</span></p>", f);
    html_range_bar(f, NAN, NAN, fault->usual_low, fault->usual_high, fault->value, true);
    fputs("<p class=\"unseen\">Usual is ", f);
    html_range(f, fault->usual_low, fault->usual_high);
    fprintf(f, "%s.</p><dl>", html_unit(fault->unit));
    put_row(f, "What to do", "advice", rule.advice);
    put_row(f, "Think of", "cue", rule.cue);
    put_row(f, "What it is", "", rule.meaning);
    put_row(f, "Why it matters", "", rule.why);
    put_when(h, fault);
    put_row(f, "Usual range from", "source", rule.source);
    fputs("</dl></div></article>\n", f);
}

static void put_to_work_on(const html *h, const size_t *ids, size_t n_ids)
{
    FILE *f = h->f;
    if (n_ids == 0)
        return;
    fprintf(f,
            "<section id=\"work\"><h2>%s</h2><p class=\"intro\">Outside the usual range is not "
            "wrong, and no number here foretells an injury. Change one thing at a time, a little "
            "at a time; leave it if it hurts.</p>",
            n_ids == 1 ? "One thing to work on" : "Two things to work on");
    for (size_t i = 0; i < n_ids; i++)
        put_fault(h, ids[i]);
    fputs("</section>\n", f);
}

/* ---- key frames ------------------------------------------------------------------------ */

static void put_angle(FILE *f, const char *name, double deg)
{
    if (!isfinite(deg))
        return;
    fprintf(f, "<li>%s <b>", name);
    html_value(f, deg, 0, "deg");
    fputs("</b></li>", f);
}

static void put_key_frame(const html *h, const tread_key_frame *k)
{
    static const char *const names[] = {"Foot lands", "Mid-support", "Toe-off"};
    static const char *const terms[] = {"initial contact", "midstance", "the foot leaves the belt"};
    FILE *f = h->f;
    const tread_frame_result *r = &k->at;
    fprintf(f, "<figure class=\"key %s\">", tread_side_name(k->side));
    put_picture(h, k, "The runner as the step is at: ", names[k->moment]);
    fprintf(f, "<figcaption><h3>%s <span>%s</span></h3><p>%s, %s, ", names[k->moment],
            tread_side_name(k->side), terms[k->moment],
            k->side == h->near ? "near the camera" : "far from the camera");
    html_moment(h, r->time_s);
    fputs("</p><ul>", f);
    put_angle(f, "knee", r->knee_flexion_deg[k->side]);
    put_angle(f, "trunk", r->trunk_lean_deg);
    if (k->moment == TREAD_MOMENT_CONTACT)
        put_angle(f, "foot", r->foot_angle_deg[k->side]);
    if (k->moment == TREAD_MOMENT_TOE_OFF)
        put_angle(f, "hip", r->hip_flexion_deg[k->side]);
    fputs("</ul></figcaption></figure>", f);
}

static void put_key_frames(const html *h)
{
    FILE *f = h->f;
    size_t n = 0;
    for (size_t i = 0; i < h->page->n_frames; i++)
        n += h->page->frames[i].moment != TREAD_MOMENT_FAULT && h->page->frames[i].jpeg;
    fputs("<section id=\"frames\"><h2>One step, in pictures</h2>", f);
    if (n == 0) {
        fprintf(f, "<p class=\"none\">%s</p></section>\n",
                strcmp(h->run->facts->container, "landmarks") == 0
                    ? "No pictures: these results come from another tool’s keypoints, without "
                      "the video."
                    : "No pictures: no step was seen well enough to show.");
        return;
    }
    fputs(
        "<p class=\"intro\">For each foot the step that is seen best and most like the others. "
        "Knee: 0° is straight. Trunk: + leans forward of the vertical. Foot: + toes up. Hip: − is "
        "the thigh behind the trunk. In the pictures left is blue, right is orange.</p>"
        "<div class=\"keys\">",
        f);
    for (size_t i = 0; i < h->page->n_frames; i++)
        if (h->page->frames[i].moment != TREAD_MOMENT_FAULT && h->page->frames[i].jpeg)
            put_key_frame(h, &h->page->frames[i]);
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

static void put_curves(const html *h)
{
    FILE *f = h->f;
    if (!h->is_side_view)
        return;
    fprintf(f,
            "<section id=\"curves\"><h2>Through the stride</h2><p class=\"intro\">The mean of all "
            "strides, from a foot’s landing (0 %%) to its next (100 %%); each foot from its own "
            "landing. The vertical line is toe-off. No shaded “normal” curve: none is published "
            "for one camera at this speed.</p>%s<div class=\"charts\">",
            side_legend);
    html_curve_chart(h, TREAD_CURVE_KNEE_FLEXION, "Knee", "Up is bent", "0° is straight");
    html_curve_chart(h, TREAD_CURVE_HIP_FLEXION, "Hip", "Up is the thigh ahead of the trunk",
                     "below 0° behind it");
    html_curve_chart(h, TREAD_CURVE_ANKLE_DORSIFLEXION, "Ankle", "Up is toes towards the shin",
                     "below 0° pointed");
    html_curve_chart(h, TREAD_CURVE_TRUNK_LEAN, "Trunk", "Up is leaning forward", "0° is upright");
    fputs("</div></section>\n", f);
}

static void put_strikes(const html *h)
{
    FILE *f = h->f;
    if (!h->is_side_view)
        return;
    fputs(
        "<section id=\"strikes\"><h2>How the feet land</h2><p class=\"intro\">Each mark is a step: "
        "the angle of the foot as it lands, over time. Above 0° the heel is first. No way of "
        "landing is best for all; a change during the run says more.</p><p class=\"legend\">"
        "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle class=\"rearfoot\" cx=\"5\" "
        "cy=\"5\" r=\"3.6\"/></svg>heel first</span><span><svg viewBox=\"0 0 10 10\" "
        "aria-hidden=\"true\"><path class=\"midfoot\" d=\"M2 2h6v6h-6z\"/></svg>flat</span><span>"
        "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path class=\"forefoot\" d=\"M5 1l4 "
        "7h-8z\"/></svg>ball of the foot first</span></p><div class=\"charts\">",
        f);
    html_strike_chart(h, TREAD_LEFT);
    html_strike_chart(h, TREAD_RIGHT);
    fputs("</div></section>\n", f);
}

static void put_fault_row(const html *h, size_t rule_index)
{
    FILE *f = h->f;
    tread_rule_info rule;
    const tread_fault *worst = NULL;
    for (size_t i = 0; i < h->run->n_faults; i++)
        if (h->run->faults[i].rule == rule_index &&
            (!worst || h->run->faults[i].level > worst->level))
            worst = &h->run->faults[i];
    if (!worst)
        return;
    const tread_measure_info *info = tread_measure_describe(worst->measure);
    tread_rules_describe(h->run->rules, rule_index, &rule);
    fprintf(
        f, "<li><p><svg class=\"icon tone%d\" aria-hidden=\"true\"><use href=\"#level%d\"/></svg> ",
        worst->level, worst->level);
    html_text(f, rule.title);
    fputs(" <span>", f);
    html_value(f, worst->value, info->n_decimals, worst->unit);
    fputs(", usual ", f);
    html_range(f, worst->usual_low, worst->usual_high);
    fputs("; from ", f);
    html_moment(h, worst->begin_s);
    fputs("</span></p>", f);
    html_fault_track(h, rule_index);
    fputs("</li>", f);
}

static void put_fault_times(const html *h)
{
    FILE *f = h->f;
    if (h->run->n_faults == 0)
        return;
    fputs("<section id=\"times\"><h2>When it happened</h2><p class=\"intro\">All that was outside "
          "its usual range, from the start of the recording to its end. The higher the bar, the "
          "further outside.</p><ul class=\"tracks card\">",
          f);
    for (size_t i = 0; i < tread_rules_count(h->run->rules); i++)
        put_fault_row(h, i);
    fputs("</ul><p class=\"ends note\"><span>", f);
    html_clock(f, h->v.first_s);
    fputs("</span><span>", f);
    html_clock(f, h->v.last_s);
    fputs("</span></p></section>\n", f);
}

/* ---- the door ------------------------------------------------------------------------------ */

static void put_foot(const html *h)
{
    FILE *f = h->f;
    fprintf(f,
            "<footer><p>Made by Treadscope %s from one camera, without any marker on the body. "
            "Numbers describe how somebody ran; they are no diagnosis.",
            tread_version_string());
    if (h->page->video) {
        fputs(" Times are links into <a class=\"moment\" href=\"", f);
        html_text(f, h->page->video);
        fputs("\">the annotated clip</a>, where it lies beside this page.", f);
    }
    fputs("</p></footer>\n</main>\n<script>", f);
    fputs((const char *)report_page_js, f);
    fputs("</script>\n</body>\n</html>\n", f);
}

int tread_report__html(FILE *f, const tread_run *run, const tread_report_page *page,
                       tread_error *err)
{
    html h = {.f = f, .run = run, .page = page};
    size_t ids[TREAD_N_TO_WORK_ON], n_ids = tread_report__to_work_on(run, ids);
    tread_analyzer_overview(run->analyzer, &h.v);
    h.near = h.v.near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    h.far = h.near == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
    h.is_side_view = h.v.view == TREAD_VIEW_LEFT || h.v.view == TREAD_VIEW_RIGHT;
    h.views = tread_view_measures(h.v.view);
    html_head(f, page->runner ? page->runner : html_base_name(run->clip));
    put_top(&h, ids, n_ids);
    put_to_work_on(&h, ids, n_ids);
    put_key_frames(&h);
    html_measures_section(&h);
    put_curves(&h);
    put_strikes(&h);
    html_left_right_section(&h);
    html_drift_section(&h);
    put_fault_times(&h);
    html_quality_section(&h);
    put_foot(&h);
    return ferror(f) ? tread_error__set(err, TREAD_ERR_OUTPUT, "report.html: write error")
                     : TREAD_OK;
}

/* What the report says at its beginning: at a glance, what to work on, a step in pictures. */
#include "report/story.h"

#include <math.h>
#include <string.h>

story story_of(const tread_run *run, const tread_report_page *page)
{
    story s = {.run = run, .page = page};
    tread_analyzer_overview(run->analyzer, &s.v);
    s.near = s.v.near_side == TREAD_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    s.far = s.near == TREAD_LEFT ? TREAD_RIGHT : TREAD_LEFT;
    s.is_side_view = s.v.view == TREAD_VIEW_LEFT || s.v.view == TREAD_VIEW_RIGHT;
    s.views = tread_view_measures(s.v.view);
    s.n_to_work_on = tread_report__to_work_on(run, s.to_work_on);
    return s;
}

const char *story_clip(const story *s)
{
    return last_part(s->run->clip);
}

const char *story_whose(const story *s)
{
    return s->page->runner ? s->page->runner : story_clip(s);
}

/* ---- at a glance ------------------------------------------------------------------ */

const char *story_verdict(const story *s)
{
    return s->v.no_steps_reason   ? "No steps could be measured"
           : s->n_to_work_on == 0 ? "Nothing stands out"
                                  : NULL;
}

void story_to_work_on(FILE *f, const story *s, size_t i)
{
    tread_rule_info rule;
    tread_rules_describe(s->run->rules, s->run->faults[s->to_work_on[i]].rule, &rule);
    if (i && rule.title[0] >= 'A' && rule.title[0] <= 'Z') {
        putc(rule.title[0] - 'A' + 'a', f);
        rule.title++;
    }
    fputs(rule.title, f);
}

static const char *mostly(const story *s)
{
    static const char *const lands[] = {NULL, "on the heel", "on the whole foot",
                                        "on the ball of the foot"};
    int n[TREAD_STRIKE_FOREFOOT + 1] = {0}, n_all = 0, best = TREAD_STRIKE_REARFOOT;
    for (size_t i = 0; i < s->run->n_steps; i++) {
        const tread_step *step = &s->run->steps[i];
        if (step->is_valid && step->side == s->near && step->foot_strike != TREAD_STRIKE_UNKNOWN) {
            n[step->foot_strike]++;
            n_all++;
        }
    }
    for (int i = best + 1; i <= TREAD_STRIKE_FOREFOOT; i++)
        if (n[i] > n[best])
            best = i;
    return n_all && 2 * n[best] > n_all ? lands[best] : NULL;
}

static void say_what_was_run(FILE *f, const story *s)
{
    tread_measure cadence;
    story_measure(s, TREAD_MEASURE_CADENCE, &cadence);
    fprintf(f, "%s for ", s->v.gait == TREAD_GAIT_WALKING ? "You walked" : "You ran");
    say_duration(f, s->v.last_s - s->v.first_s);
    if (!cadence.reason)
        fprintf(f, " at %.0f steps a minute", cadence.value);
    const char *where = mostly(s);
    if (where)
        fprintf(f, ", landing mostly %s", where);
    fputs(". ", f);
}

static void say_standing_out(FILE *f, const story *s)
{
    int n = 0, n_usual = 0;
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        double low, high;
        const char *source;
        tread_measure m;
        if (!story_usual(s, (enum tread_measure_id)id, &low, &high, &source))
            continue;
        story_measure(s, (enum tread_measure_id)id, &m);
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
    if (s->n_to_work_on == 0)
        fputs("; nothing was far enough outside, for long enough, to work on. ", f);
    else
        fprintf(f, "; %s. ",
                s->n_to_work_on == 1 ? "one thing is worth your attention"
                                     : "two things are worth your attention");
}

static void say_how_sure(FILE *f, const story *s)
{
    tread_measure m = {.standing = TREAD_STANDING_NONE};
    story_measure(s, TREAD_MEASURE_STEP_TIME, &m);
    fprintf(f, "This rests on %lld steps", (long long)s->v.n_steps_valid);
    if (isfinite(s->v.frame_interval_s) && s->v.frame_interval_s > 0)
        fprintf(f, " filmed at %.0f pictures a second", 1 / s->v.frame_interval_s);
    fputs(m.standing == TREAD_STANDING_SETTLED ? ": enough for settled numbers."
          : m.standing == TREAD_STANDING_PROVISIONAL
              ? ": a first picture, a minute of running would settle it."
              : ": too few for more than a hint.",
          f);
}

void story_lead(FILE *f, const story *s, size_t i)
{
    (void)i;
    if (s->v.no_steps_reason) {
        say_sentence(f, s->v.no_steps_reason);
        fprintf(f,
                " A runner was found in %lld of %lld pictures. What could not be measured is "
                "listed below with the reason.",
                (long long)s->v.n_frames_found, (long long)s->v.n_frames);
    } else {
        say_what_was_run(f, s);
        say_standing_out(f, s);
        say_how_sure(f, s);
    }
}

const char *story_fact_name(const story *s, size_t i)
{
    static const char *const names[STORY_N_FACTS] = {[STORY_RECORDING] = "Recording",
                                                     [STORY_SPEED] = "Speed",
                                                     [STORY_INCLINE] = "Incline",
                                                     [STORY_VIEW] = "Seen from"};
    if (i == STORY_DATE)
        return s->page->date ? "Date" : NULL;
    return names[i];
}

static void say_speed(FILE *f, const tread_analyzer_opts *o)
{
    double slowest = o->speed_kmh, fastest = o->speed_kmh;
    for (int i = 0; i < o->n_changes; i++) {
        slowest = fmin(slowest, o->changes[i].speed_kmh);
        fastest = fmax(fastest, o->changes[i].speed_kmh);
    }
    if (!(fastest > 0))
        fputs("not told", f);
    else if (fastest > slowest)
        fprintf(f, "%.1f to %.1f km/h", slowest, fastest);
    else
        fprintf(f, "%.1f km/h", fastest);
}

static void say_incline(FILE *f, const tread_analyzer_opts *o)
{
    double flattest = o->incline_pct, steepest = o->incline_pct;
    for (int i = 0; i < o->n_changes; i++) {
        flattest = fmin(flattest, o->changes[i].incline_pct);
        steepest = fmax(steepest, o->changes[i].incline_pct);
    }
    say_number(f, flattest, 1);
    if (steepest > flattest) {
        fputs(" to ", f);
        say_number(f, steepest, 1);
    }
    fputs(" %", f);
}

void story_fact(FILE *f, const story *s, size_t i)
{
    static const char *const views[] = {[TREAD_VIEW_AUTO] = "not known",
                                        [TREAD_VIEW_LEFT] = "the left side",
                                        [TREAD_VIEW_RIGHT] = "the right side",
                                        [TREAD_VIEW_REAR] = "behind",
                                        [TREAD_VIEW_FRONT] = "the front"};
    switch (i) {
    case STORY_DATE: fputs(s->page->date, f); break;
    case STORY_RECORDING: fputs(story_clip(s), f); break;
    case STORY_SPEED: say_speed(f, &s->run->opts->analyzer); break;
    case STORY_INCLINE: say_incline(f, &s->run->opts->analyzer); break;
    default: fputs(views[s->v.view], f);
    }
}

/* ---- what to work on ---------------------------------------------------------------- */

const char story_work_intro[] =
    "Outside the usual range is not wrong, and no number here foretells an injury. Change one "
    "thing at a time, a little at a time; leave it if it hurts.";

const char *story_work_title(const story *s)
{
    return s->n_to_work_on == 1 ? "One thing to work on" : "Two things to work on";
}

const char *story_grade(const tread_fault *fault)
{
    static const char *const levels[] = {"", "A little outside the usual range",
                                         "Clearly outside the usual range",
                                         "Far outside the usual range"};
    return levels[fault->level >= 1 && fault->level <= 3 ? fault->level : 1];
}

void story_fault_measure(FILE *f, const story *s, size_t i)
{
    enum tread_measure_id id = s->run->faults[i].measure;
    fputs(tread_measure_describe(id)->title, f);
    if (plain_words(id)[0])
        fprintf(f, ": %s", plain_words(id));
}

void story_fault_usual(FILE *f, const story *s, size_t i)
{
    const tread_fault *fault = &s->run->faults[i];
    fputs("Usual is ", f);
    say_range(f, fault->usual_low, fault->usual_high);
    fprintf(f, "%s.", unit_words(fault->unit));
}

void story_fault_extent(FILE *f, const story *s, size_t i)
{
    const tread_fault *fault = &s->run->faults[i];
    fprintf(f, ", over %d steps, %s", fault->n_steps,
            fault->side == TREAD_LEFT    ? "left leg"
            : fault->side == TREAD_RIGHT ? "right leg"
                                         : "both legs");
}

const tread_key_frame *story_fault_picture(const story *s, size_t fault)
{
    for (size_t i = 0; i < s->page->n_frames; i++) {
        const tread_key_frame *k = &s->page->frames[i];
        if (k->moment == TREAD_MOMENT_FAULT && k->fault == fault && k->jpeg)
            return k;
    }
    return NULL;
}

/* ---- a step in pictures --------------------------------------------------------------- */

const char *story_frames_intro(const story *s)
{
    return s->is_side_view
               ? "For each foot the step that is seen best and most like the others. Knee: 0° is "
                 "straight. Trunk: + leans forward of the vertical. Foot: + toes up. Hip: − is the "
                 "thigh behind the trunk. In the pictures left is blue, right is orange."
               : "For each foot the step that is most like the others, as the body passes over it. "
                 "The number is the lean of the trunk to a side. In the pictures left is blue, "
                 "right is orange.";
}

bool story_is_step_picture(const tread_key_frame *k)
{
    return k->moment != TREAD_MOMENT_FAULT && k->jpeg;
}

size_t story_n_step_pictures(const story *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->page->n_frames; i++)
        n += story_is_step_picture(&s->page->frames[i]);
    return n;
}

const char *story_no_pictures(const story *s)
{
    return strcmp(s->run->facts->container, "landmarks") == 0
               ? "No pictures: these results come from another tool’s keypoints, without the "
                 "video."
           : s->page->has_clip ? "No pictures: no step was seen well enough to show."
                               : "No pictures: the video was not at hand when this was written.";
}

const char *story_moment_name(enum tread_moment moment)
{
    static const char *const names[] = {"Foot lands", "Mid-support", "Toe-off"};
    return names[moment];
}

const char *story_moment_term(enum tread_moment moment)
{
    static const char *const terms[] = {"initial contact", "midstance", "the foot leaves the belt"};
    return terms[moment];
}

int story_angles(const tread_key_frame *k, story_angle angles[STORY_MOST_ANGLES])
{
    const tread_frame_result *r = &k->at;
    const story_angle read[STORY_MOST_ANGLES] = {
        {"knee", r->knee_flexion_deg[k->side]},
        {"trunk", r->trunk_lean_deg},
        {k->moment == TREAD_MOMENT_CONTACT ? "foot" : "hip",
         k->moment == TREAD_MOMENT_CONTACT   ? r->foot_angle_deg[k->side]
         : k->moment == TREAD_MOMENT_TOE_OFF ? r->hip_flexion_deg[k->side]
                                             : (double)NAN}};
    int n = 0;
    for (int i = 0; i < STORY_MOST_ANGLES; i++)
        if (isfinite(read[i].deg))
            angles[n++] = read[i];
    return n;
}

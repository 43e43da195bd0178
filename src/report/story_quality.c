/* How well it could be measured, in words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <treadscope/version.h>

#include "report/story.h"

static void say_pictures(FILE *f, const story *s)
{
    const tread_source_facts *facts = s->run->facts;
    fprintf(f, "%" PRId64 ", the runner in %" PRId64, s->v.n_frames, s->v.n_frames_found);
    if (isfinite(s->v.frame_interval_s) && s->v.frame_interval_s > 0)
        fprintf(f, "; %.1f a second", 1 / s->v.frame_interval_s);
    fprintf(f, "; %.0f × %.0f pixels", facts->width_px, facts->height_px);
    if (s->is_side_view && s->v.frame_interval_s > 1 / 45.0)
        fputs(". Contact times need 45 a second or more: film faster", f);
    if (facts->n_bad_frames + facts->n_bad_packets + facts->n_time_faults > 0)
        fprintf(f, ". Damaged: %" PRId64 " pictures, %" PRId64 " packets, %" PRId64 " times",
                facts->n_bad_frames, facts->n_bad_packets, facts->n_time_faults);
    fputs(".", f);
}

static void say_legs(FILE *f, const story *s)
{
    const int64_t *n = s->v.n_identity;
    int64_t n_all = 0;
    for (int i = TREAD_IDENTITY_LABELLED; i < TREAD_N_IDENTITIES; i++)
        n_all += n[i];
    fprintf(f,
            "Right as found in %" PRId64 " of %" PRId64 " pictures. Put right: left and right "
            "exchanged in %" PRId64 ", both on one leg in %" PRId64 ", a point astray in %" PRId64
            ". Partly hidden, and left out, in %" PRId64 ".",
            n[TREAD_IDENTITY_LABELLED], n_all, n[TREAD_IDENTITY_EXCHANGED],
            n[TREAD_IDENTITY_MERGED], n[TREAD_IDENTITY_STRAYED], n[TREAD_IDENTITY_HIDDEN]);
}

static void say_steps(FILE *f, const story *s)
{
    if (s->v.no_steps_reason) {
        say_sentence(f, s->v.no_steps_reason);
    } else {
        fprintf(f,
                "%" PRId64 ", of them %" PRId64 " valid: plausible by themselves and in their "
                "place. Only these count.",
                s->v.n_steps, s->v.n_steps_valid);
        if (isfinite(s->v.initial_contact_sd_ms) && isfinite(s->v.toe_off_sd_ms))
            fprintf(f, " Landings may be off together by %.0f ms, toe-offs by %.0f ms.",
                    s->v.initial_contact_sd_ms, s->v.toe_off_sd_ms);
    }
}

static void say_camera(FILE *f, const story *s)
{
    const tread_overview *v = &s->v;
    if (s->views && !s->is_side_view) {
        fputs("Not checked: the slope of the belt does not show from here.", f);
    } else if (isfinite(v->belt_slope_deg)) {
        fputs("The feet travel ", f);
        say_number(f, fabs(v->belt_slope_deg), 1);
        fprintf(f, "° %s than the incline told",
                v->belt_slope_deg >= 0 ? "more uphill" : "more downhill");
        fputs(fabs(v->belt_slope_deg) > TREAD_SLOPE_TOLERANCE_DEG
                  ? ": the camera is turned or not straight beside the runner, or the incline is "
                    "missing. Trunk and shin may be off by as much."
                  : ": the camera stands well.",
              f);
    } else {
        fputs("Not checked: the feet’s path on the belt was not seen.", f);
    }
}

static void say_belt(FILE *f, const story *s)
{
    const tread_overview *v = &s->v;
    if (!isfinite(v->belt_vs_height_pct)) {
        fputs("Not checked against each other: that needs both the belt’s speed and the runner’s "
              "height.",
              f);
    } else {
        fprintf(f, "By the runner’s height the belt looks %.0f %% %s than told%s.",
                fabs(v->belt_vs_height_pct), v->belt_vs_height_pct >= 0 ? "faster" : "slower",
                fabs(v->belt_vs_height_pct) > TREAD_BELT_TOLERANCE_PCT
                    ? ": check both, centimetres are doubtful"
                    : ", which is within what a belt and a body differ by");
    }
}

static void say_view(FILE *f, const story *s)
{
    fputs(s->is_side_view
              ? "Sideways lean, step width, hands across the middle: film from behind as well."
              : "Trunk lean, knee, foot strike, contact time: film from the side as well.",
          f);
    tread_measure drop = {.reason = NULL};
    tread_analyzer_measure(s->run->analyzer, TREAD_MEASURE_PELVIC_DROP, s->near, &drop);
    if (drop.reason) {
        fputs(" Pelvic drop: ", f);
        fputs(drop.reason, f);
        fputs("; look at the clip.", f);
    }
}

static void say_eye(FILE *f, const story *s)
{
    if (strcmp(s->run->facts->container, "landmarks") == 0)
        fprintf(f, "another tool; its keypoints were read as %s.", s->run->facts->codec);
    else
        fprintf(f, "the pose network “%s”.", tread_model_name(s->run->opts->model));
}

static const struct {
    const char *name;
    void (*say)(FILE *f, const story *s);
} qualities[STORY_N_QUALITIES] = {
    {"Pictures", say_pictures},     {"Which leg is which", say_legs},
    {"Steps", say_steps},           {"Camera", say_camera},
    {"Speed and height", say_belt}, {"Not visible from here", say_view},
    {"Seen by", say_eye},
};

const char *story_quality_name(const story *s, size_t i)
{
    return qualities[i].say == say_view && !s->views ? NULL : qualities[i].name;
}

void story_quality(FILE *f, const story *s, size_t i)
{
    qualities[i].say(f, s);
}

void story_foot(FILE *f, const story *s, size_t i)
{
    (void)s, (void)i;
    fprintf(f,
            "Made by Treadscope %s from one camera, without any marker on the body. Numbers "
            "describe how somebody ran; they are no diagnosis.",
            tread_version_string());
}

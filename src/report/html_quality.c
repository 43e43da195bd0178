/* How well it could be measured: the last section of report.html. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/html.h"

static void open_row(FILE *f, const char *name)
{
    fprintf(f, "<dt>%s</dt><dd>", name);
}

static void put_pictures(const html *h)
{
    FILE *f = h->f;
    const tread_source_facts *facts = h->run->facts;
    open_row(f, "Pictures");
    fprintf(f, "%" PRId64 ", the runner in %" PRId64, h->v.n_frames, h->v.n_frames_found);
    if (isfinite(h->v.frame_interval_s) && h->v.frame_interval_s > 0)
        fprintf(f, "; %.1f a second", 1 / h->v.frame_interval_s);
    fprintf(f, "; %.0f × %.0f pixels", facts->width_px, facts->height_px);
    if (isfinite(h->v.frame_interval_s) && h->v.frame_interval_s > 1 / 45.0)
        fputs(". Contact times need 45 a second or more: film faster", f);
    if (facts->n_bad_frames + facts->n_bad_packets + facts->n_time_faults > 0)
        fprintf(f, ". Damaged: %" PRId64 " pictures, %" PRId64 " packets, %" PRId64 " times",
                facts->n_bad_frames, facts->n_bad_packets, facts->n_time_faults);
    fputs(".</dd>", f);
}

static void put_legs(const html *h)
{
    FILE *f = h->f;
    const int64_t *n = h->v.n_identity;
    int64_t n_all = 0;
    for (int i = TREAD_IDENTITY_LABELLED; i < TREAD_N_IDENTITIES; i++)
        n_all += n[i];
    open_row(f, "Which leg is which");
    fprintf(f,
            "Right as found in %" PRId64 " of %" PRId64 " pictures. Put right: left and right "
            "exchanged in %" PRId64 ", both on one leg in %" PRId64 ", a point astray in %" PRId64
            ". Partly hidden, and left out, in %" PRId64 ".</dd>",
            n[TREAD_IDENTITY_LABELLED], n_all, n[TREAD_IDENTITY_EXCHANGED],
            n[TREAD_IDENTITY_MERGED], n[TREAD_IDENTITY_STRAYED], n[TREAD_IDENTITY_HIDDEN]);
}

static void put_steps(const html *h)
{
    FILE *f = h->f;
    open_row(f, "Steps");
    if (h->v.no_steps_reason) {
        html_sentence(f, h->v.no_steps_reason);
    } else {
        fprintf(f,
                "%" PRId64 ", of them %" PRId64 " valid: plausible by themselves and in their "
                "place. Only these count.",
                h->v.n_steps, h->v.n_steps_valid);
        if (isfinite(h->v.initial_contact_sd_ms) && isfinite(h->v.toe_off_sd_ms))
            fprintf(f, " Landings may be off together by %.0f ms, toe-offs by %.0f ms.",
                    h->v.initial_contact_sd_ms, h->v.toe_off_sd_ms);
    }
    fputs("</dd>", f);
}

static void put_camera(const html *h)
{
    FILE *f = h->f;
    const tread_overview *v = &h->v;
    open_row(f, "Camera");
    if (isfinite(v->belt_slope_deg)) {
        fputs("The feet travel ", f);
        html_number(f, fabs(v->belt_slope_deg), 1);
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
    fputs("</dd>", f);
    open_row(f, "Speed and height");
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
    fputs("</dd>", f);
}

static void put_view(const html *h)
{
    FILE *f = h->f;
    if (!h->views)
        return;
    open_row(f, "Not visible from here");
    fputs(h->is_side_view
              ? "Sideways lean, step width, hands across the middle: film from behind as well."
              : "Trunk lean, knee, foot strike, contact time: film from the side as well.",
          f);
    tread_measure drop = {.reason = NULL};
    tread_analyzer_measure(h->run->analyzer, TREAD_MEASURE_PELVIC_DROP, h->near, &drop);
    if (drop.reason) {
        fputs(" Pelvic drop: ", f);
        html_text(f, drop.reason);
        fputs("; look at the clip.", f);
    }
    fputs("</dd>", f);
}

void html_quality_section(const html *h)
{
    FILE *f = h->f;
    bool is_landmarks = strcmp(h->run->facts->container, "landmarks") == 0;
    fputs("<section id=\"quality\"><h2>How well it could be measured</h2><dl class=\"quality "
          "card\">",
          f);
    put_pictures(h);
    put_legs(h);
    put_steps(h);
    put_camera(h);
    put_view(h);
    open_row(f, "Seen by");
    if (is_landmarks) {
        fputs("another tool; its keypoints were read as ", f);
        html_text(f, h->run->facts->codec);
    } else {
        fputs("the pose network “", f);
        html_text(f, tread_model_name(h->run->opts->model));
        fputs("”", f);
    }
    fputs(".</dd></dl></section>\n", f);
}

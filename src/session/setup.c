#include "session/setup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
/* Means forget over so long: a camera that was moved shows within a few seconds. */
#define MEMORY_S 2.0
/* Light and sharpness are looked at this often. */
#define LOOK_EVERY_S 0.5
/* Older sights of a runner say nothing about now. */
#define STALE_S 3.0
/* Confidence below which a point is not seen (BIOMECHANICS.md section 8.4). */
#define SEEN 0.5f
/* Shoulder width over shoulders to hips, upright adults: biacromial breadth 0.23 of body height,
 * the trunk as the landmarks have it 0.29 (Winter 2009, segment lengths). */
#define SHOULDERS_PER_TRUNK 0.8
/* Section 8.8: up to 10 degrees off side-on hardly matters, over 15 is warned of. */
#define YAW_POOR_DEG 15.0
/* 60 to 80 % of the picture is what set-up guides ask for; below 40 the foot is some 40 pixels at
 * 720p, and above 92 an arm or foot soon leaves. Convention. */
#define SIZE_LOW 0.40
#define SIZE_HIGH 0.92
/* Section 8.9: scale errors grow towards the borders; the runner belongs into the middle 60 %. */
#define MIDDLE_LOW 0.2
#define MIDDLE_HIGH 0.8
/* Room below the feet, so that the belt is in the picture. Convention. */
#define FLOOR_SHARE 0.97
/* Section 8, frame rates: below 45 no contact times, from 90 on each single one. */
#define FPS_LOW 44.5
/* Degrees by which trunk and shank would be wrong. Half the smallest detectable difference of
 * the trunk (Dingenen 2018) would be 1; the slope itself is known to about 1 with yaw. */
#define LEVEL_POOR_DEG 2.0
/* Of full scale. By eye on clips darkened step by step: below, the network's points begin to
 * shake. */
#define DARK 0.16
#define BACKLIT 0.45
/* See look_at_light: three real clips and our sample have 0.46 to 0.58, blurred by 4 px (SD) 0.23
 * to 0.30, by 8 px 0.10 to 0.20. */
#define BLURRED 0.2
/* Steps before the slope of the belt in the picture can be told: with fewer it was off by 5. */
#define SLOPE_STEPS 10

enum { N_ROWS = 160, N_COLUMNS = 120, N_LEVELS = 256 };

static void blend(double *mean, double value, double share)
{
    *mean += share * (value - *mean);
}

static bool is_seen(const tread_landmarks *lm, int i)
{
    return isfinite(lm->x_px[i]) && isfinite(lm->y_px[i]) && lm->confidence[i] >= SEEN;
}

typedef struct box {
    double left, top, right, bottom;
} box;

static bool runner_box(const tread_landmarks *lm, box *b)
{
    *b = (box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        if (!isfinite(lm->x_px[i]) || !isfinite(lm->y_px[i]))
            continue;
        b->left = fmin(b->left, lm->x_px[i]);
        b->right = fmax(b->right, lm->x_px[i]);
        b->top = fmin(b->top, lm->y_px[i]);
        b->bottom = fmax(b->bottom, lm->y_px[i]);
    }
    return b->right - b->left > 8 && b->bottom - b->top > 8;
}

/* ---- light and sharpness ------------------------------------------------------ */

/* Luma 0..1 at an upright place; NaN outside. */
static double luma_at(const tread_picture *p, double x, double y)
{
    const double *m = p->stored_from_upright;
    double xs = floor(m[0] * x + m[1] * y + m[2]), ys = floor(m[3] * x + m[4] * y + m[5]);
    if (!(xs >= 0 && ys >= 0 && xs < p->width_px && ys < p->height_px))
        return (double)NAN;
    const uint8_t *row = p->plane[0] + (ptrdiff_t)ys * p->stride_bytes[0];
    double v = p->bits > 8 ? (double)((const uint16_t *)(const void *)row)[(size_t)xs] /
                                 (double)((1 << p->bits) - 1)
                           : row[(size_t)xs] / 255.0;
    return p->is_full_range ? v : (v - 16 / 255.0) / (219 / 255.0);
}

static int level_of(double share)
{
    int i = (int)(share * N_LEVELS);
    return i < 0 ? 0 : i >= N_LEVELS ? N_LEVELS - 1 : i;
}

/* The value below which a share of the counts lies, 0..1. */
static double quantile(const int *counts, double share)
{
    double total = 0, sum = 0;
    for (int i = 0; i < N_LEVELS; i++)
        total += counts[i];
    for (int i = 0; i < N_LEVELS; i++) {
        sum += counts[i];
        if (sum >= share * total)
            return (i + 0.5) / N_LEVELS;
    }
    return 1;
}

/* Sharpness: how much of the whole range of light the steepest edges cross within 1/160 of the
 * runner's height. Independent of size, light and contrast. */
static void look_at_light(tread_setup *s, const tread_picture *p, const box *b)
{
    int lumas[N_LEVELS] = {0}, edges[N_LEVELS] = {0};
    double sum = 0, around = 0;
    int n = 0, n_around = 0;
    double dx = (b->bottom - b->top) / N_ROWS, dy = dx;
    for (int row = 0; row < N_ROWS; row++) {
        double y = b->top + (row + 0.5) * dy, last = (double)NAN;
        for (int column = -N_COLUMNS / 2; column < N_COLUMNS / 2; column++) {
            double x = (b->left + b->right) / 2 + column * dx;
            double v = luma_at(p, x, y);
            bool is_inside = x >= b->left && x <= b->right;
            if (isfinite(v) && is_inside) {
                sum += v;
                n++;
                lumas[level_of(v)]++;
                if (isfinite(last))
                    edges[level_of(fabs(v - last))]++;
            } else if (isfinite(v)) {
                around += v;
                n_around++;
            }
            last = v;
        }
    }
    if (n == 0)
        return;
    double range = quantile(lumas, 0.95) - quantile(lumas, 0.05);
    double share = s->light_weight > 0 ? 0.3 : 1;
    s->light_weight = 1;
    blend(&s->luma, sum / n, share);
    blend(&s->luma_around, n_around ? around / n_around : sum / n, share);
    if (range > 0.05)
        blend(&s->sharpness, quantile(edges, 0.99) / range, share);
}

/* ---- where the runner is ----------------------------------------------------------- */

static bool are_feet_seen(const tread_landmarks *lm, const tread_picture *p)
{
    for (int i = TREAD_LM_LEFT_HEEL; i <= TREAD_LM_RIGHT_TOE; i++)
        if (!isfinite(lm->x_px[i]) || lm->x_px[i] < 2 || lm->y_px[i] < 2 ||
            lm->x_px[i] > p->upright_width_px - 2 || lm->y_px[i] > p->upright_height_px - 2)
            return false;
    return true;
}

void session_setup_look(tread_setup *s, const tread_picture *p, const tread_landmarks *lm)
{
    box b;
    if (!(lm->presence > 0) || !runner_box(lm, &b))
        return;
    double since_s = lm->time_s - s->last_s;
    double share = s->weight > 0 && since_s < STALE_S ? fmin(1, since_s / MEMORY_S) : 1;
    s->weight = 1;
    s->last_s = lm->time_s;
    const float *x = lm->x_px, *y = lm->y_px;
    double trunk_px = hypot((x[TREAD_LM_LEFT_SHOULDER] + x[TREAD_LM_RIGHT_SHOULDER] -
                             x[TREAD_LM_LEFT_HIP] - x[TREAD_LM_RIGHT_HIP]) /
                                2,
                            (y[TREAD_LM_LEFT_SHOULDER] + y[TREAD_LM_RIGHT_SHOULDER] -
                             y[TREAD_LM_LEFT_HIP] - y[TREAD_LM_RIGHT_HIP]) /
                                2);
    blend(&s->height_share, (b.bottom - b.top) / p->upright_height_px, share);
    blend(&s->lowest_share, b.bottom / p->upright_height_px, share);
    blend(&s->feet_seen, are_feet_seen(lm, p), share);
    /* Running turns the shoulders to and fro; their mean is where the body points. */
    if (is_seen(lm, TREAD_LM_LEFT_SHOULDER) && is_seen(lm, TREAD_LM_RIGHT_SHOULDER) && trunk_px > 1)
        blend(&s->yaw_sin,
              (x[TREAD_LM_LEFT_SHOULDER] - x[TREAD_LM_RIGHT_SHOULDER]) /
                  (SHOULDERS_PER_TRUNK * trunk_px),
              share);
    if (isfinite(x[TREAD_LM_LEFT_HIP]) && isfinite(x[TREAD_LM_RIGHT_HIP]))
        blend(&s->middle_share,
              (x[TREAD_LM_LEFT_HIP] + x[TREAD_LM_RIGHT_HIP]) / 2 / p->upright_width_px, share);
    if (lm->time_s >= s->next_look_s) {
        s->next_look_s = lm->time_s + LOOK_EVERY_S;
        look_at_light(s, p, &b);
    }
}

/* ---- judgement --------------------------------------------------------------------- */

static void judge(tread_setup_check *c, bool is_known, bool is_good, const char *advice)
{
    c->state = !is_known ? TREAD_CHECK_UNKNOWN : is_good ? TREAD_CHECK_GOOD : TREAD_CHECK_POOR;
    snprintf(c->advice, sizeof c->advice, "%s", is_known && !is_good ? advice : "");
}

static void judge_side(const tread_setup *s, const tread_overview *v, bool is_seen_now,
                       tread_setup_check *c)
{
    bool is_along = v->view == TREAD_VIEW_REAR || v->view == TREAD_VIEW_FRONT;
    double yaw_deg = asin(fmin(1, fabs(s->yaw_sin))) * 180 / PI;
    char advice[sizeof c->advice];
    snprintf(advice, sizeof advice,
             "The camera looks some %.0f° from the side: put it level with the hips, at a right "
             "angle to the belt.",
             yaw_deg);
    judge(c, is_seen_now && v->view != TREAD_VIEW_AUTO, is_along || yaw_deg <= YAW_POOR_DEG,
          advice);
    if (is_along)
        c->title = v->view == TREAD_VIEW_REAR ? "From behind" : "From in front";
}

static void judge_rate(double fps, tread_setup_check *c)
{
    char advice[sizeof c->advice];
    snprintf(advice, sizeof advice,
             "%.0f pictures a second: contact time is left out. Choose 60 or more in the camera's "
             "settings, and give it more light.",
             fps);
    judge(c, isfinite(fps), fps >= FPS_LOW, advice);
}

static void judge_size(const tread_setup *s, bool is_seen_now, tread_setup_check *c)
{
    char advice[sizeof c->advice];
    double share = s->height_share;
    bool is_small = share<SIZE_LOW, is_large = share> SIZE_HIGH;
    if (is_small || is_large)
        snprintf(advice, sizeof advice,
                 "The runner fills %.0f %% of the height: move the camera %s.", 100 * share,
                 is_small ? "closer" : "back");
    else
        snprintf(advice, sizeof advice,
                 "The runner is near the %s border: turn the camera that way.",
                 s->middle_share < 0.5 ? "left" : "right");
    bool is_central = s->middle_share >= MIDDLE_LOW && s->middle_share <= MIDDLE_HIGH;
    judge(c, is_seen_now, !is_small && !is_large && is_central, advice);
}

void session_setup_judge(const tread_setup *s, const tread_overview *v, double fps, double now_s,
                         tread_setup_check *c)
{
    static const char *const names[SESSION_N_CHECKS][2] = {
        {"side_on", "Side-on"},   {"level", "Camera level"}, {"distance", "Distance"},
        {"feet", "Feet in view"}, {"belt", "Belt in view"},  {"frame_rate", "Frame rate"},
        {"light", "Light"},       {"sharp", "Sharpness"},
    };
    for (int i = 0; i < SESSION_N_CHECKS; i++)
        c[i] = (tread_setup_check){.id = names[i][0], .title = names[i][1]};
    bool is_now = s->weight > 0 && now_s - s->last_s < STALE_S;
    bool has_light = is_now && s->light_weight > 0;
    bool is_backlit = s->luma < BACKLIT * s->luma_around;
    char advice[160];
    judge_side(s, v, is_now, &c[0]);
    snprintf(advice, sizeof advice,
             "The belt %s by %.0f° in the picture: level the camera, or set the incline.",
             v->belt_slope_deg > 0 ? "rises forward" : "falls forward", fabs(v->belt_slope_deg));
    judge(&c[1], isfinite(v->belt_slope_deg) && v->n_steps_valid >= SLOPE_STEPS,
          fabs(v->belt_slope_deg) <= LEVEL_POOR_DEG, advice);
    judge_size(s, is_now, &c[2]);
    judge(&c[3], is_now, s->feet_seen > 0.9,
          "A foot leaves the picture: tilt the camera down or move it back.");
    judge(&c[4], is_now, s->lowest_share < FLOOR_SHARE,
          "Leave room below the feet, so that the belt is in the picture.");
    judge_rate(fps, &c[5]);
    judge(&c[6], has_light, s->luma >= DARK && !is_backlit,
          is_backlit
              ? "The light comes from behind the runner: close the blind, or light the runner."
              : "Too dark: switch on more light.");
    judge(&c[7], has_light, s->sharpness >= BLURRED,
          "The picture is blurred: clean the lens, let it focus, and give it more light.");
}

/* What time it was: contacts and toe-offs settled over the steps around them.
 *
 * Each rule errs by an amount of its own that differs from runner to runner, and now and then
 * by a lot. Over many steps the rules are set against each other: the belt leads, the others
 * are brought to it, and each event is what most of them say. Constants in ms come from force
 * plates (50 N), never from the renderer; which rules to use, and how to weigh them, was judged
 * on laboratory markers (30 to 150 Hz, noise, camera 15 degrees off) and the rendered clips that
 * may be looked at, with both networks. */
#include <math.h>
#include <stddef.h>

#include "base/median.h"
#include "gait/frame.h"

/* What is usual is taken from so many contacts of the same foot on either side, at least: a
 * runner's habits last, and change with pace and fatigue. */
#define AROUND 24
#define MIN_AROUND 3

/* Where toe-off is looked for, seconds and strides after contact (1.4, step 3). */
#define TOE_OFF_FROM_S 0.10
#define TOE_OFF_FROM_STRIDE 0.18
#define TOE_OFF_TO_S 0.40
#define TOE_OFF_TO_STRIDE 0.52
#define RISE_TO_STRIDE 0.66
/* After toe-off the knee folds: it has bent by so much again, so late. Laboratory markers at
 * 2.5 m/s +66 ms on both legs, at any rate and 15 degrees off; forces and knee angles of the
 * same subject at 2.5, 3.5 and 4.5 m/s 66, 64 and 54 (weights 2:2:1). One fold of the knee
 * that is off by this from its neighbours' is read at theirs. */
#define BENT_DEG 10.0
#define BENT_LATE_MS 63.0
#define MAX_STRAIGHT_OFF_DEG 4.0
/* The toe has risen from where it stood by so much of the foot, so late: +72 and +67 ms. */
#define TOE_RISE 0.30
#define TOE_RISE_LATE_MS 69.5
#define LEVEL_FROM 0.10
#define LEVEL_TO 0.22
/* A foot that goes away from the camera climbs in the picture: its way is followed here. */
#define WAY_FROM 0.06
#define WAY_TO 0.20
/* How far the toe is believed against the knee: long contacts fold the knee early, which only
 * the toe sees; a toe further off than this is not one. */
#define TOE_SHARE_NEAR 0.5
#define TOE_SHARE_FAR 0.25
#define MIN_TOE_OFF_MS (-30.0)
#define MAX_TOE_OFF_MS 60.0
#define MAX_STRAY_MS 20.0
/* The foot counts as flat in this part of stance (section 2, F0 option 2): after the
 * slap, which takes up to 50 ms, and before the other foot passes in front of it or
 * behind it at 35 to 45 %, where the network's foot tips by 5 to 10 degrees. Its ankle goes as
 * fast as the belt a little longer, to 1 or 2 % (heel and toe are off by up to 8). */
#define FLAT_FROM 0.18
#define FLAT_TO 0.32
#define FLAT_BELT_TO 0.50
#define MIN_FLAT_STEPS 5
/* The other foot lands within this share of a stride. */
#define NEXT_STEP 0.75
#define MAX_WINDOW_FRAMES 512 /* 0.4 s at 1000 a second */

/* Sizes of what is left, ms: of all contacts of a session together (5; toe-offs 7, or 10 for the
 * far leg and where the toe could not be used, 12 for fast or flat runners, who are outside the
 * force data), and of one alone. */
#define CONTACT_BIAS_MS 5.0
#define TOE_OFF_BIAS_MS 7.0
#define TOE_OFF_BIAS_POOR_MS 10.0
#define TOE_OFF_BIAS_FAR_FROM_DATA_MS 12.0
#define FAST_KMH 16.0
#define LONG_DUTY 0.40
#define CONTACT_ALONE_MS 3.0
#define TOE_OFF_ALONE_MS 5.0
#define GRAIN_SHARE 0.1 /* of a frame, on the mean of many */

/* ---- what is usual ---------------------------------------------------------------- */

/* Adds a contact's number, when it is of the foot and was seen. @return whether it is of the foot
 */
static bool gather(const tread_contact *c, enum tread_side side, bool is_of_both, size_t field,
                   double *values, size_t *n)
{
    if (!is_of_both && c->side != side)
        return false;
    double v = *(const double *)((const char *)c + field);
    if (isfinite(v))
        values[(*n)++] = v;
    return true;
}

double gait_usual(const tread_events *events, size_t i, size_t field, bool is_of_both, size_t min)
{
    double values[2 * AROUND + 1];
    size_t n = 0;
    enum tread_side side = events->contacts[i].side;
    for (size_t k = i + 1, count = 0; k-- > 0 && count <= AROUND;)
        count += gather(&events->contacts[k], side, is_of_both, field, values, &n);
    for (size_t k = i + 1, count = 0; k < events->n && count < AROUND; k++)
        count += gather(&events->contacts[k], side, is_of_both, field, values, &n);
    return n >= min ? tread_median(values, n) : (double)NAN;
}

static double usual(const tread_events *events, size_t i, size_t field)
{
    return gait_usual(events, i, field, false, MIN_AROUND);
}

/* ---- initial contact ---------------------------------------------------------------- */

/* The middle one of three, and how far they are apart: root mean square about it. */
static double middle_of(double a, double b, double c, double *spread)
{
    double middle = fmax(fmin(a, b), fmin(fmax(a, b), c));
    *spread = sqrt(
        ((a - middle) * (a - middle) + (b - middle) * (b - middle) + (c - middle) * (c - middle)) /
        2);
    return middle;
}

static void time_contact(const tread_events *events, size_t i)
{
    tread_contact *c = &events->contacts[i];
    double off_s = usual(events, i, offsetof(tread_contact, off_turn_s)), spread_s = 0;
    double t = c->belt_match_s;
    if (isfinite(c->slowest_s) && isfinite(c->mean_s) && isfinite(c->turn_s) && isfinite(off_s))
        t = middle_of(c->slowest_s, c->mean_s, c->turn_s + off_s, &spread_s);
    else if (isfinite(c->slowest_s) && isfinite(c->mean_s))
        spread_s = 0.5 * fabs(c->slowest_s - c->mean_s);
    double off_ms = isfinite(off_s) ? 1000 * fabs(off_s) : 0;
    /* The heel turns 20 to 70 ms before contact, later or earlier with the bounce of the runner:
     * no reason to doubt the belt, but to be less sure. */
    c->initial_contact_s = t;
    c->spread_ms = 1000 * spread_s;
    double grain_ms = GRAIN_SHARE * 1000 * c->frame_s;
    c->contact_bias_ms = hypot(hypot(CONTACT_BIAS_MS, grain_ms), fmax(0, off_ms - 10) / 2);
    c->initial_contact_sd_ms =
        hypot(c->contact_bias_ms,
              fmax(c->spread_ms, hypot(CONTACT_ALONE_MS, 1000 * c->frame_s / sqrt(12) / 3)));
}

/* ---- toe-off ------------------------------------------------------------------------- */

/* First time after frame `from` at which a value rises through a line; NaN = does not. */
static double rise_time(const tread_gait_setting *setting, const tread_skeleton *s, size_t from,
                        size_t to,
                        double (*value)(const tread_gait_setting *, const tread_skeleton *,
                                        const tread_contact *),
                        const tread_contact *c, double line)
{
    double a = (double)NAN;
    size_t before = from;
    for (size_t i = from; i < to; i++) {
        double b = value(setting, &s[i], c);
        if (isnan(b))
            continue;
        if (a <= line && b > line && s[i].time_s - s[before].time_s <= 0.1)
            return s[before].time_s + (s[i].time_s - s[before].time_s) * (line - a) / (b - a);
        a = b;
        before = i;
    }
    return (double)NAN;
}

static double knee_of(const tread_gait_setting *setting, const tread_skeleton *s,
                      const tread_contact *c)
{
    return gait_knee(setting, s, c->side);
}

/* Height of the toe over the foot's way. */
static double toe_over_way(const tread_gait_setting *setting, const tread_skeleton *s,
                           const tread_contact *c)
{
    gait_point toe = gait_belt(setting, s, gait_joint(TREAD_LEFT_TOE, c->side));
    return toe.y - c->usual_way * toe.x;
}

/* Where the knee is straightest at the end of stance, on the mean of three frames, and how
 * straight. */
static void find_straightest(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                             tread_contact *c)
{
    double ic = c->initial_contact_s, stride_s = c->stride_s;
    size_t from =
        tread_gait__index_at(s, n, ic + fmax(TOE_OFF_FROM_S, TOE_OFF_FROM_STRIDE * stride_s));
    size_t to = tread_gait__index_at(s, n, ic + fmin(TOE_OFF_TO_S, TOE_OFF_TO_STRIDE * stride_s));
    double least = INFINITY;
    c->straight_deg = (double)NAN;
    c->straight_s = (double)NAN;
    for (size_t i = from; i < to && i > 0 && i + 1 < n; i++) {
        double knee = gait_knee(setting, &s[i], c->side);
        double mean = (gait_knee(setting, &s[i - 1], c->side) + knee +
                       gait_knee(setting, &s[i + 1], c->side)) /
                      3;
        if (isnan(knee))
            continue;
        c->straight_deg = isnan(c->straight_deg) ? knee : fmin(c->straight_deg, knee);
        if (mean < least) {
            least = mean;
            c->straight_s = s[i].time_s;
        }
    }
}

/* A straight line through values at places, by least squares. */
typedef struct line {
    double n, x, y, xx, xy;
} line;

static void line_add(line *l, double x, double y)
{
    if (isfinite(x) && isfinite(y))
        l->n += 1, l->x += x, l->y += y, l->xx += x * x, l->xy += x * y;
}

static double line_slope(const line *l)
{
    double var = l->n * l->xx - l->x * l->x;
    return l->n >= 3 && var > 0 ? (l->n * l->xy - l->x * l->y) / var : (double)NAN;
}

/* Slope of the way of the foot's middle after contact. */
static void follow_foot(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                        tread_contact *c)
{
    line path = {0};
    double to_s = c->initial_contact_s + WAY_TO * c->stride_s;
    for (size_t i = tread_gait__index_at(s, n, c->initial_contact_s + WAY_FROM * c->stride_s);
         i < n && s[i].time_s <= to_s; i++) {
        gait_point foot = gait_mid(gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_HEEL, c->side)),
                                   gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_TOE, c->side)));
        line_add(&path, foot.x, foot.y);
    }
    c->way = line_slope(&path);
}

static void find_knee_bent(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           const tread_events *events, size_t i)
{
    tread_contact *c = &events->contacts[i];
    double common = usual(events, i, offsetof(tread_contact, straight_deg)),
           straight = c->straight_deg;
    c->knee_s = (double)NAN;
    if (isnan(c->straight_s))
        return;
    if (isfinite(common))
        straight =
            fmin(fmax(straight, common - MAX_STRAIGHT_OFF_DEG), common + MAX_STRAIGHT_OFF_DEG);
    size_t to = tread_gait__index_at(s, n, c->initial_contact_s + RISE_TO_STRIDE * c->stride_s);
    c->knee_s = rise_time(setting, s, tread_gait__index_at(s, n, c->straight_s), to, knee_of, c,
                          straight + BENT_DEG) -
                BENT_LATE_MS / 1000;
}

static void find_toe_risen(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                           const tread_events *events, size_t i)
{
    tread_contact *c = &events->contacts[i];
    double heights[MAX_WINDOW_FRAMES], ic = c->initial_contact_s;
    size_t n_heights = 0, k = tread_gait__index_at(s, n, ic + LEVEL_FROM * c->stride_s);
    double common = usual(events, i, offsetof(tread_contact, way));
    c->usual_way = isfinite(common) ? common : 0;
    for (; k < n && s[k].time_s <= ic + LEVEL_TO * c->stride_s && n_heights < MAX_WINDOW_FRAMES;
         k++) {
        double height = toe_over_way(setting, &s[k], c);
        if (isfinite(height))
            heights[n_heights++] = height;
    }
    double level = tread_median(heights, n_heights);
    c->toe_s =
        rise_time(setting, s, k, tread_gait__index_at(s, n, ic + RISE_TO_STRIDE * c->stride_s),
                  toe_over_way, c, level + TOE_RISE * c->foot_px) -
        TOE_RISE_LATE_MS / 1000;
}

static void time_toe_off(const tread_gait_setting *setting, const tread_events *events, size_t i)
{
    tread_contact *c = &events->contacts[i];
    double common_s = usual(events, i, offsetof(tread_contact, toe_after_knee_s)),
           off_s = c->toe_after_knee_s;
    bool is_near = c->side == tread_gait__near_side(setting->view);
    bool is_usable = common_s >= MIN_TOE_OFF_MS / 1000 && common_s <= MAX_TOE_OFF_MS / 1000;
    double share = !is_usable ? 0 : is_near ? TOE_SHARE_NEAR : TOE_SHARE_FAR;
    if (!(fabs(off_s - common_s) <= MAX_STRAY_MS / 1000))
        off_s = common_s;
    c->toe_off_s = c->knee_s + (is_usable ? share * off_s : 0);
    double duty = (c->toe_off_s - c->initial_contact_s) / c->stride_s;
    double speed_kmh = tread_gait__belt_at(setting, c->initial_contact_s)->speed_kmh;
    double bias_ms = speed_kmh > FAST_KMH || duty > LONG_DUTY ? TOE_OFF_BIAS_FAR_FROM_DATA_MS
                     : is_near && is_usable                   ? TOE_OFF_BIAS_MS
                                                              : TOE_OFF_BIAS_POOR_MS;
    double apart_ms = is_usable ? 0.25 * 1000 * common_s : 0;
    c->toe_off_bias_ms = hypot(hypot(bias_ms, apart_ms), GRAIN_SHARE * 1000 * c->frame_s);
    c->toe_off_sd_ms =
        isnan(c->toe_off_s)
            ? (double)NAN
            : hypot(c->toe_off_bias_ms, hypot(TOE_OFF_ALONE_MS, 1000 * c->frame_s / sqrt(12) / 3));
}

/* ---- the flat foot ---------------------------------------------------------------------- */

static void look_at_flat_foot(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                              tread_contact *c)
{
    double ic = c->initial_contact_s, stance_s = c->toe_off_s - ic, sum = 0;
    int count = 0;
    line speed = {0};
    for (size_t i = tread_gait__index_at(s, n, ic + FLAT_FROM * stance_s);
         isfinite(stance_s) && i < n && s[i].time_s <= ic + FLAT_BELT_TO * stance_s; i++) {
        gait_point ankle = gait_belt(setting, &s[i], gait_joint(TREAD_LEFT_ANKLE, c->side));
        double angle = gait_foot_raw(setting, &s[i], c->side);
        line_add(&speed, s[i].time_s - ic, ankle.x);
        if (isfinite(angle) && s[i].time_s <= ic + FLAT_TO * stance_s)
            sum += angle, count++;
    }
    c->ankle_px_s = -line_slope(&speed);
    c->flat_deg = count ? sum / count : (double)NAN;
}

/* Somebody who stands shifts their feet, and what the network makes of it may pass for a contact.
 * One that no toe-off follows is none, unless it follows upon one that had. */
static bool is_of_a_run(const tread_events *events, size_t i)
{
    const tread_contact *c = &events->contacts[i];
    if (isfinite(c->toe_off_s))
        return true;
    for (size_t k = i; k-- > 0;) {
        const tread_contact *before = &events->contacts[k];
        if (before->initial_contact_s < c->initial_contact_s - NEXT_STEP * c->stride_s)
            return false;
        if (before->side != c->side && isfinite(before->toe_off_s))
            return true;
    }
    return false;
}

static void drop_strangers(tread_events *events, size_t first)
{
    size_t n = first;
    for (size_t i = first; i < events->n; i++)
        if (is_of_a_run(events, i))
            events->contacts[n++] = events->contacts[i];
    events->n = n;
}

void tread_gait__time(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      tread_events *events, size_t first)
{
    tread_contact *c = events->contacts;
    if (tread_motion__view_is_along(setting->view))
        return; /* rear.c times its own */
    for (size_t i = first; i < events->n; i++) {
        c[i].belt_match_s = c[i].initial_contact_s;
        c[i].off_turn_s = c[i].belt_match_s - c[i].turn_s;
    }
    for (size_t i = first; i < events->n; i++) {
        time_contact(events, i);
        find_straightest(setting, s, n, &c[i]);
        follow_foot(setting, s, n, &c[i]);
    }
    for (size_t i = first; i < events->n; i++) {
        find_knee_bent(setting, s, n, events, i);
        find_toe_risen(setting, s, n, events, i);
        c[i].toe_after_knee_s = c[i].toe_s - c[i].knee_s;
        c[i].slope_deg = atan(c[i].way) * GAIT_DEG;
    }
    for (size_t i = first; i < events->n; i++) {
        time_toe_off(setting, events, i);
        look_at_flat_foot(setting, s, n, &c[i]);
    }
    for (size_t i = first; i < events->n; i++) {
        double speed = gait_usual(events, i, offsetof(tread_contact, ankle_px_s), true, MIN_AROUND);
        if (speed > 0)
            c[i].belt_px_s = speed;
    }
    drop_strangers(events, first);
}

void tread_gait__foot_offset(const tread_events *events, double offset_deg[TREAD_N_SIDES])
{
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        /* The offset moves by hundredths past the last few hundred steps. */
        double values[512];
        size_t n_values = 0;
        for (size_t i = events->n; i-- > 0 && n_values < 512;)
            if ((int)events->contacts[i].side == side && isfinite(events->contacts[i].flat_deg))
                values[n_values++] = events->contacts[i].flat_deg;
        offset_deg[side] =
            n_values >= MIN_FLAT_STEPS ? tread_median(values, n_values) : (double)NAN;
    }
}

void tread_gait__timing_sd(const tread_events *events, tread_gait_session *session)
{
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        double contact_ms[512], toe_off_ms[512];
        size_t n = 0, n_off = 0;
        for (size_t i = events->n; i-- > 0 && n < 512;) {
            const tread_contact *c = &events->contacts[i];
            if ((int)c->side != side)
                continue;
            contact_ms[n++] = c->contact_bias_ms;
            if (isfinite(c->toe_off_s))
                toe_off_ms[n_off++] = c->toe_off_bias_ms;
        }
        session->initial_contact_sd_ms[side] = tread_median(contact_ms, n);
        session->toe_off_sd_ms[side] = tread_median(toe_off_ms, n_off);
    }
}

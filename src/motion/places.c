#include "motion/places.h"

#include <math.h>

#include "base/median.h"

/* No place is impossible to a network that has named it. */
#define LEAST_CONFIDENCE 1e-3
/* A point that was moved by less, of the leg, was not wrong. */
#define SAME_FOR_THE_EYE 0.06

enum tread_landmark motion_left_of(enum motion_kind kind)
{
    static const enum tread_landmark left[MOTION_N_KINDS] = {
        [MOTION_KNEE] = TREAD_LM_LEFT_KNEE,   [MOTION_ANKLE] = TREAD_LM_LEFT_ANKLE,
        [MOTION_HEEL] = TREAD_LM_LEFT_HEEL,   [MOTION_TOE] = TREAD_LM_LEFT_TOE,
        [MOTION_ELBOW] = TREAD_LM_LEFT_ELBOW, [MOTION_WRIST] = TREAD_LM_LEFT_WRIST,
    };
    return left[kind];
}

tread_place motion_place_of(const tread_landmarks *lm, enum motion_kind kind,
                            enum motion_place place)
{
    static const tread_place nothing = {NAN, NAN, 0};
    if (place == MOTION_NOWHERE || !(lm->presence > 0))
        return nothing;
    int k = (int)motion_left_of(kind) + (place >= MOTION_RIGHT_FIRST);
    if (place == MOTION_LEFT_FIRST || place == MOTION_RIGHT_FIRST) {
        /* A tool that says nothing of its confidence is believed. */
        float sure = isnan(lm->confidence[k]) ? 1 : lm->confidence[k];
        tread_place p = {lm->x_px[k], lm->y_px[k], fmaxf(sure, (float)LEAST_CONFIDENCE)};
        return isfinite(p.x_px) && isfinite(p.y_px) ? p : nothing;
    }
    if (k < TREAD_LM_FIRST_LEG)
        return nothing;
    tread_place p = lm->second[k - TREAD_LM_FIRST_LEG];
    return p.confidence > 0 && isfinite(p.x_px) && isfinite(p.y_px) ? p : nothing;
}

double motion_distance_px(const tread_landmarks *lm, int a, int b)
{
    return motion_length((double)lm->x_px[a] - (double)lm->x_px[b],
                         (double)lm->y_px[a] - (double)lm->y_px[b]);
}

/* Thigh and shank as labelled. */
static double frame_leg_px(const tread_landmarks *lm, int side)
{
    return motion_distance_px(lm, TREAD_LM_LEFT_HIP + side, TREAD_LM_LEFT_KNEE + side) +
           motion_distance_px(lm, TREAD_LM_LEFT_KNEE + side, TREAD_LM_LEFT_ANKLE + side);
}

double motion_leg_px(const tread_landmarks *lm)
{
    return lm->presence > 0 ? 0.5 * (frame_leg_px(lm, 0) + frame_leg_px(lm, 1)) : (double)NAN;
}

double motion_usual_leg_px(const tread_landmarks *lm, size_t n, double *scratch)
{
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        double leg = motion_leg_px(&lm[i]);
        if (isfinite(leg))
            scratch[n_seen++] = leg;
    }
    return tread_median(scratch, n_seen);
}

/* Whether two places are the same for the eye. */
static bool is_same_place(tread_place a, tread_place b, double leg)
{
    return motion_length((double)a.x_px - (double)b.x_px, (double)a.y_px - (double)b.y_px) <
           SAME_FOR_THE_EYE * leg;
}

/* One pair of the legs: what its labels said against where its points are. */
static enum tread_identity identity_of_pair(const tread_landmarks *lm, const motion_choice *choice,
                                            enum motion_kind kind, double leg)
{
    tread_place said[TREAD_N_SIDES], is[TREAD_N_SIDES];
    bool is_moved[TREAD_N_SIDES], is_other[TREAD_N_SIDES], is_missing = false;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        said[side] = motion_place_of(lm, kind, side ? MOTION_RIGHT_FIRST : MOTION_LEFT_FIRST);
        is[side] =
            motion_place_of(lm, kind, (enum motion_place)choice->place[2 * (int)kind + side]);
        is_missing = is_missing || (said[side].confidence > 0 && !(is[side].confidence > 0));
    }
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        is_moved[side] = said[side].confidence > 0 && is[side].confidence > 0 &&
                         !is_same_place(said[side], is[side], leg);
        is_other[side] = is_moved[side] && is_same_place(said[side], is[!side], leg);
    }
    if (is_other[0] && is_other[1])
        return TREAD_IDENTITY_EXCHANGED;
    if (is_other[0] || is_other[1])
        return TREAD_IDENTITY_MERGED;
    if (is_moved[0] || is_moved[1])
        return TREAD_IDENTITY_STRAYED;
    return is_missing ? TREAD_IDENTITY_HIDDEN : TREAD_IDENTITY_LABELLED;
}

enum tread_identity motion_identity_of(const tread_landmarks *lm, const motion_choice *choice)
{
    if (!(lm->presence > 0))
        return TREAD_IDENTITY_NONE;
    double leg = motion_leg_px(lm);
    enum tread_identity worst = TREAD_IDENTITY_LABELLED;
    for (int k = MOTION_KNEE; k <= MOTION_TOE; k++) {
        enum tread_identity i = identity_of_pair(lm, choice, (enum motion_kind)k, leg);
        bool is_worse =
            worst == TREAD_IDENTITY_LABELLED || (i != TREAD_IDENTITY_LABELLED && i < worst);
        worst = is_worse ? i : worst;
    }
    return worst;
}

void motion_take_labels(const tread_landmarks *lm, motion_choice *out)
{
    for (int p = 0; p < MOTION_N_POINTS; p++) {
        enum motion_place first = p % 2 ? MOTION_RIGHT_FIRST : MOTION_LEFT_FIRST;
        bool is_seen = motion_place_of(lm, (enum motion_kind)(p / 2), first).confidence > 0;
        out->place[p] = (uint8_t)(is_seen ? first : MOTION_NOWHERE);
        out->belief[p] = is_seen ? 1 : 0;
    }
}

void motion_turn_legs(motion_choice *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < 2 * (MOTION_TOE + 1); p += 2) {
            uint8_t place = c[i].place[p];
            float belief = c[i].belief[p];
            c[i].place[p] = c[i].place[p + 1];
            c[i].belief[p] = c[i].belief[p + 1];
            c[i].place[p + 1] = place;
            c[i].belief[p + 1] = belief;
        }
}

bool motion_settle(motion_choice *c, size_t n)
{
    long sum = 0;
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < 2 * (MOTION_TOE + 1); p++)
            if (c[i].place[p] != MOTION_NOWHERE)
                sum += (p % 2 == (c[i].place[p] >= MOTION_RIGHT_FIRST)) ? 1 : -1;
    if (sum < 0)
        motion_turn_legs(c, n);
    return sum < 0;
}

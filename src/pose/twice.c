#include "pose/twice.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Places nearer than this, in sides of the region, are one: 3 cm of a person, a third of
 * what the ankle is from heel or from the other foot when they pass. */
#define SAME_SIDES 0.02

void tread_pose__flip_input(float *rgb, int size_px)
{
    for (int y = 0; y < size_px; y++) {
        float *row = rgb + (ptrdiff_t)y * size_px * 3;
        for (int x = 0; x < size_px / 2; x++)
            for (int c = 0; c < 3; c++) {
                float *a = &row[3 * x + c], *b = &row[3 * (size_px - 1 - x) + c];
                float t = *a;
                *a = *b;
                *b = t;
            }
    }
}

/* Across the line through the region's centre along its columns. */
static void reflect(float *x_px, float *y_px, const pose_region *region)
{
    double right_x = region->down_y, right_y = -region->down_x;
    double along = ((double)*x_px - region->x) * right_x + ((double)*y_px - region->y) * right_y;
    *x_px = (float)((double)*x_px - 2 * along * right_x);
    *y_px = (float)((double)*y_px - 2 * along * right_y);
}

static void swap(float *a, float *b)
{
    float t = *a;
    *a = *b;
    *b = t;
}

static void swap_points(tread_landmarks *lm, int a, int b)
{
    swap(&lm->x_px[a], &lm->x_px[b]);
    swap(&lm->y_px[a], &lm->y_px[b]);
    swap(&lm->z_px[a], &lm->z_px[b]);
    swap(&lm->confidence[a], &lm->confidence[b]);
}

void tread_pose__unflip_landmarks(tread_landmarks *lm, const pose_region *region)
{
    for (int k = 0; k < TREAD_N_LANDMARKS; k++)
        reflect(&lm->x_px[k], &lm->y_px[k], region);
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        reflect(&lm->second[i].x_px, &lm->second[i].y_px, region);
    /* The eyes stand in threes, everything from the ears on left then right. */
    for (int k = 0; k < 3; k++)
        swap_points(lm, TREAD_LM_LEFT_EYE_INNER + k, TREAD_LM_RIGHT_EYE_INNER + k);
    for (int k = TREAD_LM_LEFT_EAR; k < TREAD_N_LANDMARKS; k += 2)
        swap_points(lm, k, k + 1);
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i += 2) {
        tread_place left = lm->second[i];
        lm->second[i] = lm->second[i + 1];
        lm->second[i + 1] = left;
    }
}

static bool is_same(const tread_place *a, const tread_place *b, double side_px)
{
    return hypot((double)a->x_px - (double)b->x_px, (double)a->y_px - (double)b->y_px) <
           SAME_SIDES * side_px;
}

static void average(tread_place *into, const tread_place *other)
{
    into->x_px = 0.5f * (into->x_px + other->x_px);
    into->y_px = 0.5f * (into->y_px + other->y_px);
    into->confidence = 0.5f * (into->confidence + other->confidence);
}

/* Two looks' first and second places; the likeliest two of what they hold. */
static void merge_places(tread_place mine[2], const tread_place other[2], double side_px)
{
    bool is_used[2] = {!(other[0].confidence > 0), !(other[1].confidence > 0)};
    for (int i = 0; i < 2; i++) {
        bool has_partner = false;
        for (int k = 0; k < 2 && !has_partner && mine[i].confidence > 0; k++)
            if (!is_used[k] && is_same(&mine[i], &other[k], side_px)) {
                average(&mine[i], &other[k]);
                is_used[k] = has_partner = true;
            }
        if (!has_partner && mine[i].confidence > 0)
            mine[i].confidence *= 0.5f; /* the other look saw nothing there */
    }
    for (int k = 0; k < 2; k++) {
        float confidence = 0.5f * other[k].confidence;
        if (!is_used[k] && !(mine[1].confidence >= confidence))
            mine[1] = (tread_place){other[k].x_px, other[k].y_px, confidence};
    }
    if (mine[1].confidence > mine[0].confidence) {
        tread_place first = mine[1];
        mine[1] = mine[0];
        mine[0] = first;
    }
}

static tread_place first_of(const tread_landmarks *lm, int k)
{
    return (tread_place){lm->x_px[k], lm->y_px[k], lm->confidence[k]};
}

void tread_pose__merge_looks(tread_landmarks *into, const tread_landmarks *other, double side_px)
{
    for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
        tread_place mine[2] = {first_of(into, k), {NAN, NAN, NAN}};
        tread_place theirs[2] = {first_of(other, k), {NAN, NAN, NAN}};
        int leg = k - TREAD_LM_FIRST_LEG;
        if (leg >= 0) {
            mine[1] = into->second[leg];
            theirs[1] = other->second[leg];
            merge_places(mine, theirs, side_px);
            into->second[leg] = mine[1];
        } else if (is_same(&mine[0], &theirs[0], side_px)) {
            average(&mine[0], &theirs[0]);
        }
        into->x_px[k] = mine[0].x_px;
        into->y_px[k] = mine[0].y_px;
        into->confidence[k] = mine[0].confidence;
    }
}

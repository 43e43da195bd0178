#include "pose/landmark_net.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/compiler.h"
#include "pose/crop.h"

/* RefineLandmarksFromHeatmapCalculator: kernel_size, min_confidence_to_refine. */
#define REFINE_REACH 3 /* cells on each side: a kernel of 7 */
#define REFINE_MIN_HEAT 0.5f

/* A peak's place is read from 5x5 cells: two peaks are rarely nearer than that. */
#define PEAK_REACH 2
/* Warmth 0.1 as a logit. Of points that were wrong at their warmest place, three quarters
 * are right at the second; asking for more than 0.2 loses some of them, less than 0.1 wins
 * nothing (rendered clips of tests/accuracy, half that may be looked at). */
#define PEAK_MIN_LOGIT (-2.1972246f)

#define PX_PER_CELL ((float)POSE_LANDMARK_SIZE_PX / POSE_HEAT_SIZE)

int tread_pose__is_landmark_net(const pose_network *network)
{
    const pose_tensor *input = &network->tensors[network->inputs[0]];
    if (network->n_outputs != 3)
        return 0;
    return input->n_elements == 3 * POSE_LANDMARK_SIZE_PX * POSE_LANDMARK_SIZE_PX &&
           network->tensors[network->outputs[0]].n_elements == POSE_N_POINTS * POSE_POINT_VALUES &&
           network->tensors[network->outputs[1]].n_elements == 1 &&
           network->tensors[network->outputs[2]].n_elements ==
               POSE_HEAT_SIZE * POSE_HEAT_SIZE * POSE_N_POINTS;
}

static float sigmoid(float logit)
{
    return 1.0f / (1.0f + expf(-logit));
}

/* Mean cell about (column, row) weighted by warmth; the warmest cell's warmth. */
static float mean_of_warmth(const float *heat, int column, int row, int reach, float *x, float *y)
{
    float sum = 0, sum_x = 0, sum_y = 0, peak = 0;
    for (int v = row - reach; v <= row + reach; v++) {
        for (int u = column - reach; u <= column + reach; u++) {
            if (u < 0 || u >= POSE_HEAT_SIZE || v < 0 || v >= POSE_HEAT_SIZE)
                continue;
            float warmth = sigmoid(heat[(v * POSE_HEAT_SIZE + u) * POSE_N_POINTS]);
            sum += warmth;
            sum_x += warmth * (float)u;
            sum_y += warmth * (float)v;
            peak = fmaxf(peak, warmth);
        }
    }
    /* Cell i stands for i * 4 crop pixels, not for its middle, as in MediaPipe:
     * points of a picture and of its mirror image agree within 0.3 px that way,
     * and would miss each other by 4 px with the middle. */
    *x = sum_x / sum * PX_PER_CELL;
    *y = sum_y / sum * PX_PER_CELL;
    return peak;
}

static float refine_point(const float *heat, float *point)
{
    /* Also refuses NaN and what no int holds. */
    if (!(point[0] >= 0 && point[0] < POSE_LANDMARK_SIZE_PX && point[1] >= 0 &&
          point[1] < POSE_LANDMARK_SIZE_PX))
        return 0;
    float x, y;
    float warmth = mean_of_warmth(heat, (int)(point[0] / PX_PER_CELL),
                                  (int)(point[1] / PX_PER_CELL), REFINE_REACH, &x, &y);
    if (!(warmth < REFINE_MIN_HEAT)) {
        point[0] = x;
        point[1] = y;
    }
    return warmth;
}

void tread_pose__refine_points(const float *heat, float *points, float *warmth)
{
    for (int i = 0; i < POSE_N_POINTS; i++)
        warmth[i] = refine_point(heat + i, points + (ptrdiff_t)i * POSE_POINT_VALUES);
}

/* Whether no neighbour is warmer; of equal ones the first counts. */
static bool is_peak(const float *heat, int x, int y)
{
    float value = heat[(y * POSE_HEAT_SIZE + x) * POSE_N_POINTS];
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int u = x + dx, v = y + dy;
            if ((dx == 0 && dy == 0) || u < 0 || u >= POSE_HEAT_SIZE || v < 0 ||
                v >= POSE_HEAT_SIZE)
                continue;
            float other = heat[(v * POSE_HEAT_SIZE + u) * POSE_N_POINTS];
            bool is_before = dy < 0 || (dy == 0 && dx < 0);
            if (is_before ? other >= value : other > value)
                return false;
        }
    return true;
}

/* The two warmest cells of a point's map so far; -1 = none. */
typedef struct warmest {
    float value[TREAD_N_LEG_LANDMARKS][2];
    int cell[TREAD_N_LEG_LANDMARKS][2];
    float colder[TREAD_N_LEG_LANDMARKS]; /* of the two: what a third has to be warmer than */
} warmest;

static void take_cell(warmest *w, const float *legs, int leg, int cell)
{
    float here = legs[(ptrdiff_t)cell * POSE_N_POINTS + leg];
    if (!is_peak(legs + leg, cell % POSE_HEAT_SIZE, cell / POSE_HEAT_SIZE))
        return;
    int rank = here > w->value[leg][0] ? 0 : 1;
    if (rank == 0) {
        w->value[leg][1] = w->value[leg][0];
        w->cell[leg][1] = w->cell[leg][0];
    }
    w->value[leg][rank] = here;
    w->cell[leg][rank] = cell;
    w->colder[leg] = w->value[leg][1];
}

/* All legs' maps lie side by side: one walk through them, not one for each. */
BASE_FAST
static void find_warmest(warmest *w, const float *legs)
{
    for (int cell = 0; cell < POSE_HEAT_SIZE * POSE_HEAT_SIZE; cell++) {
        const float *here = legs + (ptrdiff_t)cell * POSE_N_POINTS;
        int is_warm = 0;
        for (int leg = 0; leg < TREAD_N_LEG_LANDMARKS; leg++)
            is_warm |= here[leg] > w->colder[leg];
        if (is_warm)
            for (int leg = 0; leg < TREAD_N_LEG_LANDMARKS; leg++)
                if (here[leg] > w->colder[leg])
                    take_cell(w, legs, leg, cell);
    }
}

void tread_pose__find_leg_peaks(const float *heat, pose_peak peaks[TREAD_N_LEG_LANDMARKS][2])
{
    const float *legs = heat + TREAD_LM_FIRST_LEG;
    warmest w;
    for (int leg = 0; leg < TREAD_N_LEG_LANDMARKS; leg++) {
        w.colder[leg] = w.value[leg][0] = w.value[leg][1] = PEAK_MIN_LOGIT;
        w.cell[leg][0] = w.cell[leg][1] = -1;
    }
    find_warmest(&w, legs);
    for (int leg = 0; leg < TREAD_N_LEG_LANDMARKS; leg++)
        for (int k = 0; k < 2; k++) {
            pose_peak *peak = &peaks[leg][k];
            int cell = w.cell[leg][k];
            *peak = (pose_peak){0, 0, 0};
            if (cell >= 0)
                peak->warmth =
                    mean_of_warmth(legs + leg, cell % POSE_HEAT_SIZE, cell / POSE_HEAT_SIZE,
                                   PEAK_REACH, &peak->x, &peak->y);
        }
}

/* A point of the crop on the upright picture. */
static void place(const float *point, const double map[6], double *x, double *y)
{
    double u = (double)point[0] / POSE_LANDMARK_SIZE_PX;
    double v = (double)point[1] / POSE_LANDMARK_SIZE_PX;
    *x = map[0] * u + map[1] * v + map[2];
    *y = map[3] * u + map[4] * v + map[5];
}

void tread_pose__place_landmarks(const float *points, const pose_region *region,
                                 tread_landmarks *out)
{
    double map[6];
    tread_pose__upright_from_crop(region, map);
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        const float *point = points + (ptrdiff_t)i * POSE_POINT_VALUES;
        double x, y;
        place(point, map, &x, &y);
        out->x_px[i] = (float)x;
        out->y_px[i] = (float)y;
        /* LandmarkProjectionCalculator: z has the scale of x. */
        out->z_px[i] = (float)((double)point[2] / POSE_LANDMARK_SIZE_PX * region->side);
    }
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        out->second[i] = (tread_place){NAN, NAN, NAN};
}

static tread_place place_of(const pose_peak *peak, const double map[6])
{
    const float point[2] = {peak->x, peak->y};
    double x, y;
    if (!(peak->warmth > 0))
        return (tread_place){NAN, NAN, NAN};
    place(point, map, &x, &y);
    return (tread_place){(float)x, (float)y, peak->warmth};
}

/* Legs stand where their heat maps are warmest, and not only near where the network's
 * regression puts them: its errors there are two to three times those of the map. */
static void place_legs(const float *heat, const pose_region *region, tread_landmarks *out)
{
    double map[6];
    pose_peak peaks[TREAD_N_LEG_LANDMARKS][2];
    tread_pose__upright_from_crop(region, map);
    tread_pose__find_leg_peaks(heat, peaks);
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++) {
        int k = TREAD_LM_FIRST_LEG + i;
        if (!(peaks[i][0].warmth > 0))
            continue; /* a cold map: the regression is all there is */
        tread_place first = place_of(&peaks[i][0], map);
        out->x_px[k] = first.x_px;
        out->y_px[k] = first.y_px;
        out->confidence[k] = first.confidence;
        out->second[i] = place_of(&peaks[i][1], map);
    }
}

pose_region tread_pose__next_region(const float *points, const pose_region *region)
{
    double map[6];
    double x0, y0, x1, y1;
    tread_pose__upright_from_crop(region, map);
    place(points + POSE_POINT_CENTRE * POSE_POINT_VALUES, map, &x0, &y0);
    place(points + POSE_POINT_SCALE * POSE_POINT_VALUES, map, &x1, &y1);
    return tread_pose__region_from_points(x0, y0, x1, y1);
}

void tread_pose__landmark_net_look(pose_graph *graph, const tread_picture *picture,
                                   const pose_region *region)
{
    /* pose_landmark_by_roi_cpu leaves border_mode unspecified, which is
     * replicate; only the detector's graph asks for zero. */
    tread_pose__crop(tread_pose__graph_input(graph), picture, region, POSE_LANDMARK_SIZE_PX, 0.0f,
                     1.0f, POSE_BORDER_REPLICATE);
}

void tread_pose__landmark_net_read(const pose_graph *graph, const pose_region *region,
                                   tread_landmarks *out, pose_sight *sight)
{
    float points[POSE_N_POINTS * POSE_POINT_VALUES], warmth[POSE_N_POINTS];
    const float *heat = tread_pose__graph_output(graph, 2);
    memcpy(points, tread_pose__graph_output(graph, 0), sizeof points);
    out->presence = *tread_pose__graph_output(graph, 1);
    tread_pose__refine_points(heat, points, warmth);
    tread_pose__place_landmarks(points, region, out);
    memcpy(out->confidence, warmth, sizeof out->confidence);
    for (int side = 0; side < 2; side++) {
        sight->ankle_x_px[side] = (double)out->x_px[TREAD_LM_LEFT_ANKLE + side];
        sight->ankle_y_px[side] = (double)out->y_px[TREAD_LM_LEFT_ANKLE + side];
    }
    place_legs(heat, region, out);
    sight->next = tread_pose__next_region(points, region);
}

#include "pose/landmark_net.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "pose/crop.h"

/* RefineLandmarksFromHeatmapCalculator: kernel_size, min_confidence_to_refine. */
#define REFINE_REACH 3 /* cells on each side: a kernel of 7 */
#define REFINE_MIN_HEAT 0.5f

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

static void refine_point(const float *heat, float *point)
{
    const float px_per_cell = (float)POSE_LANDMARK_SIZE_PX / POSE_HEAT_SIZE;
    /* Also refuses NaN and what no int holds. */
    if (!(point[0] >= 0 && point[0] < POSE_LANDMARK_SIZE_PX && point[1] >= 0 &&
          point[1] < POSE_LANDMARK_SIZE_PX))
        return;
    int column = (int)(point[0] / px_per_cell), row = (int)(point[1] / px_per_cell);
    float sum = 0, sum_x = 0, sum_y = 0, peak = 0;
    for (int y = row - REFINE_REACH; y <= row + REFINE_REACH; y++) {
        for (int x = column - REFINE_REACH; x <= column + REFINE_REACH; x++) {
            if (x < 0 || x >= POSE_HEAT_SIZE || y < 0 || y >= POSE_HEAT_SIZE)
                continue;
            float warmth = sigmoid(heat[(y * POSE_HEAT_SIZE + x) * POSE_N_POINTS]);
            sum += warmth;
            sum_x += warmth * (float)x;
            sum_y += warmth * (float)y;
            peak = fmaxf(peak, warmth);
        }
    }
    if (peak < REFINE_MIN_HEAT)
        return;
    /* Cell i stands for i * 4 crop pixels, not for its middle, as in MediaPipe:
     * points of a picture and of its mirror image agree within 0.3 px that way,
     * and would miss each other by 4 px with the middle. */
    point[0] = sum_x / sum * px_per_cell;
    point[1] = sum_y / sum * px_per_cell;
}

void tread_pose__refine_points(const float *heat, float *points)
{
    for (int i = 0; i < POSE_N_POINTS; i++)
        refine_point(heat + i, points + (ptrdiff_t)i * POSE_POINT_VALUES);
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
        out->visibility[i] = sigmoid(point[3]);
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
                                   tread_landmarks *out, pose_region *next_region)
{
    float points[POSE_N_POINTS * POSE_POINT_VALUES];
    memcpy(points, tread_pose__graph_output(graph, 0), sizeof points);
    out->presence = *tread_pose__graph_output(graph, 1);
    tread_pose__refine_points(tread_pose__graph_output(graph, 2), points);
    tread_pose__place_landmarks(points, region, out);
    *next_region = tread_pose__next_region(points, region);
}

#include "pose/detector.h"

#include <math.h>
#include <stddef.h>

#include "pose/crop.h"

#define MIN_SCORE 0.5f        /* min_score_thresh */
#define MIN_OVERLAP 0.3f      /* min_suppression_threshold */
#define SCORE_CLIPPING 100.0f /* score_clipping_thresh */

/* SsdAnchorsCalculator with strides 8, 16, 32, 32, 32: layers of one stride
 * share a grid and stand together on each cell, two to a layer. */
static const struct {
    int n_cells; /* on a side */
    int n_on_cell;
} grids[] = {{28, 2}, {14, 2}, {7, 6}};
enum { N_GRIDS = sizeof grids / sizeof *grids };

int tread_pose__is_detector(const pose_network *network)
{
    const pose_tensor *input = &network->tensors[network->inputs[0]];
    if (input->n_elements != 3 * POSE_DETECTOR_SIZE_PX * POSE_DETECTOR_SIZE_PX ||
        network->n_outputs != 2 * N_GRIDS)
        return 0;
    for (size_t i = 0; i < N_GRIDS; i++) {
        size_t n = (size_t)(grids[i].n_cells * grids[i].n_cells * grids[i].n_on_cell);
        if (network->tensors[network->outputs[i]].n_elements != n * POSE_BOX_VALUES ||
            network->tensors[network->outputs[N_GRIDS + i]].n_elements != n)
            return 0;
    }
    return 1;
}

void tread_pose__anchor_centre(int i, float *x, float *y)
{
    size_t grid = 0;
    while (i >= grids[grid].n_cells * grids[grid].n_cells * grids[grid].n_on_cell) {
        i -= grids[grid].n_cells * grids[grid].n_cells * grids[grid].n_on_cell;
        grid++;
    }
    int cell = i / grids[grid].n_on_cell;
    *x = ((float)(cell % grids[grid].n_cells) + 0.5f) / (float)grids[grid].n_cells;
    *y = ((float)(cell / grids[grid].n_cells) + 0.5f) / (float)grids[grid].n_cells;
}

static float score_of(float logit)
{
    logit = fminf(fmaxf(logit, -SCORE_CLIPPING), SCORE_CLIPPING);
    return 1.0f / (1.0f + expf(-logit));
}

static pose_person decode_box(const float *box, int anchor, float score)
{
    const float unit = 1.0f / POSE_DETECTOR_SIZE_PX; /* anchors have size 1 */
    pose_person person = {.score = score};
    float x, y;
    tread_pose__anchor_centre(anchor, &x, &y);
    float centre_x = x + box[0] * unit, centre_y = y + box[1] * unit;
    person.x_min = centre_x - box[2] * unit / 2;
    person.x_max = centre_x + box[2] * unit / 2;
    person.y_min = centre_y - box[3] * unit / 2;
    person.y_max = centre_y + box[3] * unit / 2;
    for (int k = 0; k < POSE_N_KEY_POINTS; k++) {
        person.key_x[k] = x + box[4 + 2 * k] * unit;
        person.key_y[k] = y + box[5 + 2 * k] * unit;
    }
    return person;
}

/* Insert in order of falling score; the worst falls out of a full list. */
static int insert_person(pose_person *people, int n, int max_n, const pose_person *person)
{
    if (n == max_n && people[n - 1].score >= person->score)
        return n;
    int at = n < max_n ? n : n - 1;
    for (; at > 0 && people[at - 1].score < person->score; at--)
        people[at] = people[at - 1];
    people[at] = *person;
    return n < max_n ? n + 1 : n;
}

static float overlap_over_union(const pose_person *a, const pose_person *b)
{
    float width = fminf(a->x_max, b->x_max) - fmaxf(a->x_min, b->x_min);
    float height = fminf(a->y_max, b->y_max) - fmaxf(a->y_min, b->y_min);
    if (!(width > 0 && height > 0))
        return 0;
    float both = width * height;
    float area_a = (a->x_max - a->x_min) * (a->y_max - a->y_min);
    float area_b = (b->x_max - b->x_min) * (b->y_max - b->y_min);
    return both / (area_a + area_b - both);
}

static void add_weighted(pose_person *sum, const pose_person *person, float weight)
{
    sum->x_min += weight * person->x_min;
    sum->y_min += weight * person->y_min;
    sum->x_max += weight * person->x_max;
    sum->y_max += weight * person->y_max;
    for (int k = 0; k < POSE_N_KEY_POINTS; k++) {
        sum->key_x[k] += weight * person->key_x[k];
        sum->key_y[k] += weight * person->key_y[k];
    }
}

/* NonMaxSuppressionCalculator, algorithm WEIGHTED: the best box and all that
 * overlap it become their mean by score. */
static int merge_overlapping(const pose_person *boxes, int n_boxes, pose_person *people)
{
    int is_taken[4 * POSE_MAX_PEOPLE] = {0};
    int n = 0;
    for (int i = 0; i < n_boxes && n < POSE_MAX_PEOPLE; i++) {
        if (is_taken[i])
            continue;
        pose_person sum = {0}, mean = {.score = boxes[i].score};
        float total = 0;
        for (int k = i; k < n_boxes; k++) {
            if (k != i && (is_taken[k] || overlap_over_union(&boxes[i], &boxes[k]) <= MIN_OVERLAP))
                continue;
            is_taken[k] = 1;
            total += boxes[k].score;
            add_weighted(&sum, &boxes[k], boxes[k].score);
        }
        add_weighted(&mean, &sum, 1 / total);
        people[n++] = mean;
    }
    return n;
}

int tread_pose__decode_people(const float *boxes, const float *scores, pose_person *people)
{
    pose_person found[4 * POSE_MAX_PEOPLE];
    int n = 0;
    for (int i = 0; i < POSE_N_ANCHORS; i++) {
        if (!(scores[i] >= 0)) /* the logit of 0.5: spares nearly every exponential */
            continue;
        pose_person person =
            decode_box(boxes + (ptrdiff_t)i * POSE_BOX_VALUES, i, score_of(scores[i]));
        if (person.score >= MIN_SCORE)
            n = insert_person(found, n, 4 * POSE_MAX_PEOPLE, &person);
    }
    return merge_overlapping(found, n, people);
}

/* 1 in the middle of the picture, 0.5 in its corners and beyond. */
static double centrality(const pose_region *region, const tread_picture *picture)
{
    double half_width = picture->upright_width_px / 2, half_height = picture->upright_height_px / 2;
    double dx = region->x - half_width, dy = region->y - half_height;
    double share =
        sqrt((dx * dx + dy * dy) / (half_width * half_width + half_height * half_height));
    return 1 - 0.5 * fmin(share, 1);
}

int tread_pose__rank_people(const pose_person *people, int n_people, const tread_picture *picture,
                            pose_candidate *candidates)
{
    pose_region whole = tread_pose__region_of_picture(picture);
    double map[6];
    int n = 0;
    tread_pose__upright_from_crop(&whole, map);
    for (int i = 0; i < n_people; i++) {
        double x[2], y[2];
        for (int k = 0; k < 2; k++) {
            x[k] = map[0] * people[i].key_x[k] + map[1] * people[i].key_y[k] + map[2];
            y[k] = map[3] * people[i].key_x[k] + map[4] * people[i].key_y[k] + map[5];
        }
        pose_region body = tread_pose__region_from_points(x[0], y[0], x[1], y[1]);
        if (!tread_pose__region_is_usable(&body, picture))
            continue;
        double merit = people[i].score * body.side * centrality(&body, picture);
        int at = n++;
        for (; at > 0 && candidates[at - 1].merit < merit; at--)
            candidates[at] = candidates[at - 1];
        candidates[at] = (pose_candidate){people[i].score, merit, body};
    }
    return n;
}

void tread_pose__detector_look(pose_graph *graph, const tread_picture *picture)
{
    pose_region whole = tread_pose__region_of_picture(picture);
    tread_pose__crop(tread_pose__graph_input(graph), picture, &whole, POSE_DETECTOR_SIZE_PX, -1.0f,
                     1.0f, POSE_BORDER_BLACK);
}

int tread_pose__detector_find(const pose_graph *graph, const tread_picture *picture,
                              pose_candidate *candidates)
{
    pose_person people[POSE_MAX_PEOPLE];
    int n = tread_pose__decode_people(tread_pose__graph_output(graph, 0),
                                      tread_pose__graph_output(graph, N_GRIDS), people);
    return tread_pose__rank_people(people, n, picture, candidates);
}

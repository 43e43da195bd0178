/* Keypoints in JSON. Tools agree on little, so shapes are recognised, not file types:
 *
 *     document  {"frames": [FRAME...], "fps", "width", "height", "keypoint_names": [...],
 *                "timestamps": [...]}            gaitlab.pose/v1 and its like
 *               {"instance_info": [FRAME...]}    MMPose
 *               [FRAME...]                       AlphaPose: one entry a person
 *     FRAME     null or []: nobody; a PERSON; a list of PERSONs;
 *               {"people" or "instances": [PERSON...]}, {"keypoints" ...} as PERSON,
 *               with "frame", "frame_id" or "image_id" and "time_s" or "timestamp"
 *     PERSON    [POINT...]; [x, y, score, x, y, score...]; {"left_knee": POINT...};
 *               {"keypoints", "landmarks", "pose_landmarks" or "pose_keypoints_2d": PERSON,
 *                "keypoint_scores": [...]}
 *     POINT     [x, y], [x, y, score], [x, y, z, score];
 *               {"x", "y", "visibility" or "score" or "confidence", "name"}
 *
 * Entries that follow each other with the same image are people of one frame. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "landfile/formats.h"
#include "landfile/keypoints.h"

/* The runner cannot be further from where they were than this share of their height. */
#define NEAR_SHARE 0.5
/* How deep a person may lie in objects that hold nothing else. */
#define MAX_DEPTH 4

/* ---- JSON as people write it ------------------------------------------------ */

/* NaN and infinity, which are not JSON but what Python writes, become "": no number. */
static void blank_non_numbers(char *s, size_t n)
{
    static const char *const words[] = {"-Infinity", "Infinity", "NaN"};
    bool is_string = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"')
            is_string = !is_string;
        else if (is_string && s[i] == '\\')
            i++;
        for (size_t w = 0; !is_string && w < 3; w++) {
            size_t length = strlen(words[w]);
            if (n - i < length || memcmp(s + i, words[w], length) != 0)
                continue;
            memset(s + i, ' ', length);
            s[i] = s[i + 1] = '"';
            i += length - 1;
            break;
        }
    }
}

json_t *landfile_load_json(const landfile_table *t, landfile_text text, int *status)
{
    json_error_t error;
    char *copy = malloc(text.n + 1);
    if (!copy) {
        *status = landfile_no_memory(t);
        return NULL;
    }
    memcpy(copy, text.s, text.n);
    blank_non_numbers(copy, text.n);
    /* Whole numbers as reals: there is no other use for them, and none is too large. */
    json_t *root = json_loadb(copy, text.n, JSON_DECODE_INT_AS_REAL, &error);
    free(copy);
    *status =
        root ? TREAD_OK
             : landfile_refuse(t, "line %d: %s; is the file complete?", error.line, error.text);
    return root;
}

static double number_or_nan(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* The first of several keys that is there. */
static json_t *any_of(const json_t *object, const char *const *keys)
{
    for (; *keys; keys++) {
        json_t *value = json_object_get(object, *keys);
        if (value)
            return value;
    }
    return NULL;
}

/* ---- one person --------------------------------------------------------------- */

static double score_of(const json_t *object)
{
    static const char *const keys[] = {"visibility", "score", "confidence", "likelihood", NULL};
    return number_or_nan(any_of(object, keys));
}

static int put_point(tread_landmarks *lm, int point, const json_t *value, double score)
{
    if (json_is_object(value)) {
        const char *name = json_string_value(json_object_get(value, "name"));
        if (name)
            point = landfile_point_named(name, strlen(name));
        double own = score_of(value);
        landfile_put(lm, point, number_or_nan(json_object_get(value, "x")),
                     number_or_nan(json_object_get(value, "y")), isnan(own) ? score : own);
        return TREAD_OK;
    }
    size_t n = json_array_size(value); /* 0 when it is something else */
    if (json_is_null(value) || (json_is_array(value) && n == 0))
        return TREAD_OK;
    if (n < 2 || n > 4)
        return TREAD_ERR_INPUT;
    if (n > 2)
        score = number_or_nan(json_array_get(value, n - 1));
    landfile_put(lm, point, number_or_nan(json_array_get(value, 0)),
                 number_or_nan(json_array_get(value, 1)), score);
    return TREAD_OK;
}

/* The landmarks of a person of `n` keypoints; NULL = not known. */
static const int8_t *points_for(const landfile_people *p, size_t n)
{
    if (p->points)
        return p->n_points == n ? p->points : NULL;
    return landfile_points_of(n);
}

static int wrong_number(const landfile_table *t, size_t n)
{
    return landfile_refuse(t,
                           "a person of %zu keypoints without names; known sets have 17, 25, 26 "
                           "or 33",
                           n);
}

static int take_points(const landfile_table *t, const landfile_people *p, const json_t *list,
                       const json_t *scores, tread_landmarks *lm)
{
    size_t n = json_array_size(list);
    bool has_names = json_object_get(json_array_get(list, 0), "name") != NULL;
    const int8_t *points = points_for(p, n);
    if (n > LANDFILE_MAX_KEYPOINTS || (!points && !has_names))
        return wrong_number(t, n);
    for (size_t i = 0; i < n; i++)
        if (put_point(lm, points ? points[i] : LANDFILE_NO_POINT, json_array_get(list, i),
                      number_or_nan(json_array_get(scores, i))) != TREAD_OK)
            return landfile_refuse(t, "a keypoint is neither [x, y, score] nor {\"x\", \"y\"}");
    return TREAD_OK;
}

/* x, y, score without brackets; or x, y; or x, y, z, score. */
static int take_flat(const landfile_table *t, const landfile_people *p, const json_t *list,
                     tread_landmarks *lm)
{
    static const size_t strides[] = {3, 4, 2};
    size_t n = json_array_size(list), stride = 0;
    const int8_t *points = NULL;
    for (size_t i = 0; i < 3 && !points; i++) {
        stride = strides[i];
        if (n % stride == 0)
            points = points_for(p, n / stride);
    }
    if (!points)
        return wrong_number(t, n / 3);
    for (size_t i = 0; i < n / stride; i++) {
        const size_t at = i * stride;
        double score =
            stride > 2 ? number_or_nan(json_array_get(list, at + stride - 1)) : (double)NAN;
        landfile_put(lm, points[i], number_or_nan(json_array_get(list, at)),
                     number_or_nan(json_array_get(list, at + 1)), score);
    }
    return TREAD_OK;
}

static int take_named(const landfile_table *t, json_t *object, tread_landmarks *lm)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        int point = landfile_point_named(name, strlen(name));
        if (point != LANDFILE_NO_POINT && put_point(lm, point, value, (double)NAN) != TREAD_OK)
            return landfile_refuse(t, "%s is neither [x, y, score] nor {\"x\", \"y\"}", name);
    }
    return TREAD_OK;
}

static int take_person(const landfile_table *t, const landfile_people *p, json_t *value,
                       tread_landmarks *lm)
{
    static const char *const keys[] = {"keypoints", "pose_keypoints_2d", "pose_landmarks",
                                       "landmarks", NULL};
    const json_t *scores = NULL;
    for (int depth = 0; depth < MAX_DEPTH && json_is_object(value); depth++) {
        json_t *inner = any_of(value, keys);
        if (!inner)
            return take_named(t, value, lm);
        scores = json_object_get(value, "keypoint_scores");
        value = inner;
    }
    if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
        return TREAD_OK;
    if (!json_is_array(value))
        return landfile_refuse(t, "a person is no list of keypoints");
    const json_t *first = json_array_get(value, 0);
    return json_is_array(first) || json_is_object(first) || json_is_null(first)
               ? take_points(t, p, value, scores, lm)
               : take_flat(t, p, value, lm);
}

/* ---- which person -------------------------------------------------------------- */

typedef struct extent {
    double x, y, height; /* middle and height; height 0 = nobody */
} extent;

static extent extent_of(const tread_landmarks *lm)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < TREAD_N_LANDMARKS; i++) {
        low[0] = fmin(low[0], (double)lm->x_px[i]);
        low[1] = fmin(low[1], (double)lm->y_px[i]);
        high[0] = fmax(high[0], (double)lm->x_px[i]);
        high[1] = fmax(high[1], (double)lm->y_px[i]);
    }
    if (!(high[0] >= low[0]))
        return (extent){0, 0, 0};
    return (extent){0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]), high[1] - low[1]};
}

void landfile_people_begin(landfile_people *p)
{
    p->largest_height = -1;
    p->nearest_distance = INFINITY;
    p->n_seen = 0;
}

static void consider(landfile_people *p, tread_landmarks *lm)
{
    landfile_settle(lm);
    if (!(lm->presence > 0))
        return;
    extent e = extent_of(lm);
    p->n_seen++;
    if (e.height > p->largest_height) {
        p->largest = *lm;
        p->largest_height = e.height;
    }
    double distance = p->has_last ? hypot(e.x - p->last_x, e.y - p->last_y) : INFINITY;
    if (distance < p->nearest_distance) {
        p->nearest = *lm;
        p->nearest_height = e.height;
        p->nearest_distance = distance;
    }
}

void landfile_people_choose(landfile_people *p, int64_t frame, double time_s, tread_landmarks *out)
{
    if (p->n_seen == 0) {
        landfile_clear(out, frame, time_s);
        return;
    }
    *out = p->nearest_distance < NEAR_SHARE * p->nearest_height ? p->nearest : p->largest;
    out->frame = frame;
    out->time_s = time_s;
    extent e = extent_of(out);
    p->last_x = e.x;
    p->last_y = e.y;
    p->has_last = true;
}

static int add_person(const landfile_table *t, landfile_people *p, json_t *value)
{
    tread_landmarks lm;
    landfile_clear(&lm, 0, 0);
    int status = take_person(t, p, value, &lm);
    if (status == TREAD_OK)
        consider(p, &lm);
    return status;
}

/* Whether a list holds people rather than the points of one. */
static bool is_crowd(const json_t *list)
{
    static const char *const keys[] = {"keypoints", "pose_keypoints_2d", "pose_landmarks",
                                       "landmarks", NULL};
    const json_t *first = json_array_get(list, 0);
    const json_t *inner = json_array_get(first, 0);
    return any_of(first, keys) || json_is_array(inner) || json_is_object(inner);
}

int landfile_people_add(const landfile_table *t, landfile_people *p, json_t *value)
{
    static const char *const keys[] = {"people", "instances", "persons", NULL};
    json_t *list = any_of(value, keys);
    if (list && !json_is_array(list))
        return landfile_refuse(t, "the people of a frame are no list");
    if (!list && is_crowd(value))
        list = value;
    if (!list)
        return add_person(t, p, value);
    int status = TREAD_OK;
    for (size_t i = 0; status == TREAD_OK && i < json_array_size(list); i++)
        status = add_person(t, p, json_array_get(list, i));
    return status;
}

/* ---- a document ------------------------------------------------------------------ */

static const json_t *frame_id(const json_t *frame)
{
    static const char *const keys[] = {"frame", "frame_id", "frame_index", "image_id", NULL};
    return any_of(frame, keys);
}

static double id_number(const json_t *id, double otherwise)
{
    double number;
    const char *text = json_string_value(id);
    if (text && landfile_last_digits((landfile_text){text, strlen(text)}, &number))
        return number;
    return json_is_number(id) ? json_number_value(id) : otherwise;
}

static int frame_time(const landfile_table *t, const json_t *frame, const json_t *times, size_t i,
                      double number, double *time_s)
{
    static const char *const keys[] = {"time_s", "timestamp_s", "timestamp", "time", NULL};
    const json_t *own = any_of(frame, keys);
    *time_s = number_or_nan(own ? own : json_array_get(times, i));
    if (isfinite(*time_s))
        return TREAD_OK;
    *time_s = number_or_nan(json_object_get(frame, "timestamp_ms")) / 1000;
    return isfinite(*time_s) ? TREAD_OK : landfile_frame_time(t, number, time_s);
}

static int take_frames(landfile_table *t, landfile_people *people, json_t *frames,
                       const json_t *times)
{
    size_t n = json_array_size(frames);
    int status = TREAD_OK;
    for (size_t i = 0; status == TREAD_OK && i < n;) {
        json_t *frame = json_array_get(frames, i);
        const json_t *id = frame_id(frame);
        double number = id_number(id, (double)i), time_s;
        status = frame_time(t, frame, times, i, number, &time_s);
        landfile_people_begin(people);
        size_t end = i;
        do {
            if (status == TREAD_OK)
                status = landfile_people_add(t, people, json_array_get(frames, end));
            end++;
        } while (end < n && id && json_equal(id, frame_id(json_array_get(frames, end))));
        tread_landmarks lm;
        landfile_people_choose(people, landfile_frame_number(number, (int64_t)i), time_s, &lm);
        i = end;
        if (status == TREAD_OK)
            status = landfile_add(t, &lm);
    }
    return status;
}

static int take_names(landfile_table *t, const json_t *list, int8_t *points, landfile_people *p)
{
    size_t n = json_array_size(list);
    bool is_any = false;
    if (n > LANDFILE_MAX_KEYPOINTS)
        return landfile_refuse(t, "more than %d keypoints a person", LANDFILE_MAX_KEYPOINTS);
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        points[i] = (int8_t)(name ? landfile_point_named(name, strlen(name)) : LANDFILE_NO_POINT);
        is_any = is_any || points[i] != LANDFILE_NO_POINT;
    }
    if (!is_any)
        return landfile_refuse(t, "none of its keypoint names is a point of the body");
    p->points = points;
    p->n_points = n;
    return TREAD_OK;
}

static double positive(const json_t *root, const char *key, double most, double otherwise)
{
    double v = number_or_nan(json_object_get(root, key));
    return v > 0 && v <= most ? v : otherwise;
}

static int take_document(landfile_table *t, json_t *root)
{
    static const char *const frames_keys[] = {"frames", "instance_info", NULL};
    static const char *const names_keys[] = {"keypoint_names", "keypoints_names", NULL};
    int8_t points[LANDFILE_MAX_KEYPOINTS];
    landfile_people people = {.points = NULL};
    int status = TREAD_OK;
    json_t *frames = json_is_array(root) ? root : any_of(root, frames_keys);
    if (!frames && json_object_get(root, "people"))
        return landfile_refuse(t, "one frame of OpenPose; give the folder of all of them");
    if (!json_is_array(frames))
        return landfile_refuse(t, "no \"frames\" in this JSON; not a file of keypoints");
    t->info.width_px = positive(root, "width", LANDFILE_MAX_PX, 0);
    t->info.height_px = positive(root, "height", LANDFILE_MAX_PX, 0);
    t->info.fps = positive(root, "fps", 1e6, t->info.fps);
    const json_t *names = any_of(root, names_keys);
    if (names)
        status = take_names(t, names, points, &people);
    if (status == TREAD_OK)
        status = take_frames(t, &people, frames, json_object_get(root, "timestamps"));
    return status == TREAD_OK ? landfile_scale_shares(t) : status;
}

int landfile_parse_json(landfile_table *t, landfile_text text)
{
    int status;
    t->info.format = "json";
    json_t *root = landfile_load_json(t, text, &status);
    if (root)
        status = take_document(t, root);
    json_decref(root);
    return status;
}

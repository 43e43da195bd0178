/* A score as one line of JSON and back. Groups of doubles travel as plain arrays in
 * the order of their structs: lines are read by the program that wrote them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "score.h"

static json_t *array_of(const double *v, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, json_real(v[i]));
    return a;
}

static void array_to(double *v, size_t n, const json_t *a)
{
    for (size_t i = 0; i < n; i++)
        v[i] = json_number_value(json_array_get(a, i));
}

static json_t *stats_of(const acc_measure *m, size_t n, const acc_stat (*s)[ACC_N_WHERES])
{
    json_t *o = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(o, m[i].key,
                            array_of((const double *)s[i], ACC_N_WHERES * ACC_STAT_FIELDS));
    return o;
}

static void stats_to(const acc_measure *m, size_t n, acc_stat (*s)[ACC_N_WHERES], const json_t *o)
{
    for (size_t i = 0; i < n; i++)
        array_to((double *)s[i], ACC_N_WHERES * ACC_STAT_FIELDS, json_object_get(o, m[i].key));
}

int acc_score_write(const acc_score *s)
{
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:b, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o}", "name", s->name,
        "group", s->group, "note", s->note, "rear", s->is_rear, "fps",
        isfinite(s->fps) ? s->fps : 0.0, "intervals", s->intervals, "inside", s->inside, "events",
        array_of((const double *)s->events, ACC_N_WHERES * ACC_EVENT_FIELDS), "bands",
        array_of((const double *)s->bands, ACC_N_POINTS * ACC_N_WHERES * ACC_BAND_FIELDS), "legs",
        array_of((const double *)s->legs, ACC_N_GROUPS * ACC_LEGS_FIELDS), "angles",
        stats_of(acc_angles, ACC_N_ANGLES, s->angle), "steps",
        stats_of(acc_step_values, ACC_N_STEP_VALUES, s->step), "clip",
        stats_of(acc_clip_values, ACC_N_CLIP_VALUES, s->clip));
    int status = root ? json_dumpf(root, stdout, JSON_COMPACT) : -1;
    json_decref(root);
    return status == 0 && putchar('\n') != EOF && fflush(stdout) == 0 ? 0 : -1;
}

static const char *text(const json_t *root, const char *key)
{
    const char *s = json_string_value(json_object_get(root, key));
    return s ? s : "";
}

static void from_json(acc_score *s, const json_t *root)
{
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", text(root, "name"));
    snprintf(s->group, sizeof s->group, "%s", text(root, "group"));
    snprintf(s->note, sizeof s->note, "%s", text(root, "note"));
    s->is_rear = json_is_true(json_object_get(root, "rear"));
    s->fps = json_number_value(json_object_get(root, "fps"));
    s->n_clips = 1;
    s->intervals = json_number_value(json_object_get(root, "intervals"));
    s->inside = json_number_value(json_object_get(root, "inside"));
    array_to((double *)s->events, ACC_N_WHERES * ACC_EVENT_FIELDS, json_object_get(root, "events"));
    array_to((double *)s->legs, ACC_N_GROUPS * ACC_LEGS_FIELDS, json_object_get(root, "legs"));
    array_to((double *)s->bands, ACC_N_POINTS * ACC_N_WHERES * ACC_BAND_FIELDS,
             json_object_get(root, "bands"));
    stats_to(acc_angles, ACC_N_ANGLES, s->angle, json_object_get(root, "angles"));
    stats_to(acc_step_values, ACC_N_STEP_VALUES, s->step, json_object_get(root, "steps"));
    stats_to(acc_clip_values, ACC_N_CLIP_VALUES, s->clip, json_object_get(root, "clip"));
}

int acc_scores_read(acc_score **scores, size_t *n, const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "accuracy_score: %s cannot be read\n", path);
        return -1;
    }
    int status = 0, c;
    while (status == 0 && (c = getc(f)) != EOF) {
        if (c == '\n')
            continue;
        ungetc(c, f);
        json_error_t error;
        json_t *root = json_loadf(f, JSON_DISABLE_EOF_CHECK, &error);
        acc_score *more = root ? realloc(*scores, (*n + 1) * sizeof **scores) : NULL;
        if (more) {
            *scores = more;
            from_json(&more[(*n)++], root);
        } else {
            fprintf(stderr, "accuracy_score: %s: %s\n", path, root ? "out of memory" : error.text);
            status = -1;
        }
        json_decref(root);
    }
    fclose(f);
    return status;
}

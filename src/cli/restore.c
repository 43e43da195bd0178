#include "cli/restore.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

/* A setting that was left out is null, and 0 here. */
static double told_of(const json_t *object, const char *key)
{
    double value = base_json_real(object, key);
    return isnan(value) ? 0 : value;
}

static bool take_view(const char *name, enum tread_view *out)
{
    *out = TREAD_VIEW_AUTO;
    if (strcmp(name, "auto") == 0)
        return true;
    while (*out < TREAD_VIEW_FRONT)
        if (strcmp(name, tread_view_name(++*out)) == 0)
            return true;
    return false;
}

/* Landmarks of another tool have none. */
static bool take_model(const json_t *settings, enum tread_model *out)
{
    const char *name = base_json_text(settings, "model");
    *out = TREAD_MODEL_DEFAULT;
    if (!*name)
        return true;
    for (int model = TREAD_MODEL_DEFAULT; model <= TREAD_MODEL_HEAVY; model++)
        if (strcmp(name, tread_model_name((enum tread_model)model)) == 0) {
            *out = (enum tread_model)model;
            return true;
        }
    return false;
}

static bool take_belt(cli_restored *r, const json_t *settings)
{
    tread_analyzer_opts *a = &r->opts.analyzer;
    const json_t *changes = json_object_get(settings, "belt_changes"), *change;
    size_t i;
    a->speed_kmh = told_of(settings, "speed_kmh");
    a->incline_pct = told_of(settings, "incline_pct");
    a->changes = r->changes;
    if (json_array_size(changes) > TREAD_MAX_BELT_CHANGES)
        return false;
    json_array_foreach(changes, i, change) r->changes[a->n_changes++] =
        (tread_belt){base_json_real(change, "from_s"), told_of(change, "speed_kmh"),
                     told_of(change, "incline_pct")};
    return true;
}

static void take_facts(tread_source_facts *f, const json_t *source, const json_t *quality)
{
    snprintf(f->container, sizeof f->container, "%s", base_json_text(source, "container"));
    snprintf(f->codec, sizeof f->codec, "%s", base_json_text(source, "codec"));
    snprintf(f->pixel_format, sizeof f->pixel_format, "%s", base_json_text(source, "pixel_format"));
    f->width_px = told_of(source, "width_px");
    f->height_px = told_of(source, "height_px");
    f->rotation_deg = (int)told_of(source, "rotation_deg");
    f->is_mirrored = json_is_true(json_object_get(source, "mirrored"));
    f->duration_s = base_json_real(source, "duration_s");
    f->stated_fps = base_json_real(source, "stated_fps");
    f->n_frames = (int64_t)told_of(source, "frames");
    f->n_bad_packets = (int64_t)told_of(quality, "bad_packets");
    f->n_bad_frames = (int64_t)told_of(quality, "bad_frames");
    f->n_time_faults = (int64_t)told_of(quality, "time_faults");
}

int cli_restore(cli_restored *out, const char *document, tread_error *err)
{
    *out = (cli_restored){.clip = NULL};
    json_t *root = json_loads(document, 0, NULL);
    const json_t *settings = json_object_get(root, "settings");
    const json_t *source = json_object_get(root, "source");
    tread_analyzer_opts *a = &out->opts.analyzer;
    bool is_good = json_is_object(settings) && json_is_object(source) &&
                   take_view(base_json_text(settings, "view"), &a->view) &&
                   take_model(settings, &out->opts.model) && take_belt(out, settings);
    a->height_cm = told_of(settings, "height_cm");
    a->camera_roll_deg = told_of(settings, "camera_roll_deg");
    out->opts.from_s = told_of(settings, "from_s");
    out->opts.to_s = told_of(settings, "to_s");
    out->opts.capture_fps = told_of(settings, "capture_fps");
    take_facts(&out->facts, source, json_object_get(root, "quality"));
    out->clip = strdup(base_json_text(source, "clip"));
    json_decref(root);
    if (!is_good)
        return tread_error__set(err, TREAD_ERR_INPUT,
                                "its settings cannot be read: the history is of another version");
    return out->clip ? TREAD_OK : tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
}

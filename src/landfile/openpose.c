/* A folder of OpenPose JSON: one file a frame, the frame's number last in its name. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "landfile/formats.h"

#define SUFFIX ".json"
#define MAX_PATH 4096

typedef struct listing {
    struct entry {
        char *name;
        double number;
    } * entries; /* (n of n_room) */
    size_t n, n_room;
} listing;

static int by_number(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int list_one(const landfile_table *t, listing *l, const char *name)
{
    size_t n = strlen(name), suffix = strlen(SUFFIX);
    double number;
    if (n <= suffix || strcmp(name + n - suffix, SUFFIX) != 0 ||
        !landfile_last_digits((landfile_text){name, n - suffix}, &number))
        return TREAD_OK;
    if (l->n == LANDFILE_MAX_FRAMES)
        return landfile_refuse(t, "more than %d frames; cut it into parts", LANDFILE_MAX_FRAMES);
    if (l->n == l->n_room) {
        size_t n_room = l->n_room ? 2 * l->n_room : 256;
        struct entry *larger = realloc(l->entries, n_room * sizeof *larger);
        if (!larger)
            return landfile_no_memory(t);
        l->entries = larger;
        l->n_room = n_room;
    }
    char *copy = strdup(name);
    if (!copy)
        return landfile_no_memory(t);
    l->entries[l->n++] = (struct entry){copy, number};
    return TREAD_OK;
}

static int list_folder(const landfile_table *t, const char *dir, listing *l)
{
    DIR *d = opendir(dir);
    if (!d)
        return landfile_refuse(t, "cannot be opened (%s)", strerror(errno));
    int status = TREAD_OK;
    for (const struct dirent *e; status == TREAD_OK && (e = readdir(d)) != NULL;)
        status = list_one(t, l, e->d_name);
    closedir(d);
    if (status == TREAD_OK && l->n == 0)
        return landfile_refuse(t, "no numbered .json files in this folder; OpenPose writes them "
                                  "with --write_json");
    if (l->n > 0)
        qsort(l->entries, l->n, sizeof *l->entries, by_number);
    return status;
}

static int take_file(landfile_table *t, landfile_people *people, const char *dir,
                     const struct entry *e)
{
    char path[MAX_PATH];
    int n = snprintf(path, sizeof path, "%s/%s", dir, e->name);
    if (n < 0 || (size_t)n >= sizeof path)
        return landfile_refuse(t, "path too long");
    landfile_table one = {.name = path, .err = t->err}; /* messages name the file */
    char *data;
    size_t size;
    double time_s = 0;
    tread_landmarks lm;
    json_t *root = NULL;
    int status = landfile_read_file(&one, path, &data, &size);
    if (status == TREAD_OK)
        root = landfile_load_json(&one, (landfile_text){data, size}, &status);
    free(data);
    if (root && !json_is_array(json_object_get(root, "people")))
        status = landfile_refuse(&one, "no \"people\" in it; not a file of OpenPose");
    landfile_people_begin(people);
    if (status == TREAD_OK)
        status = landfile_people_add(&one, people, root);
    json_decref(root);
    if (status == TREAD_OK)
        status = landfile_frame_time(t, e->number, &time_s);
    landfile_people_choose(people, (int64_t)e->number, time_s, &lm);
    return status == TREAD_OK ? landfile_add(t, &lm) : status;
}

int landfile_read_openpose(landfile_table *t, const char *dir)
{
    listing l = {NULL, 0, 0};
    landfile_people people = {.points = NULL};
    t->info.format = "openpose";
    int status = list_folder(t, dir, &l);
    for (size_t i = 0; status == TREAD_OK && i < l.n; i++)
        status = take_file(t, &people, dir, &l.entries[i]);
    for (size_t i = 0; i < l.n; i++)
        free(l.entries[i].name);
    free(l.entries);
    return status == TREAD_OK ? landfile_scale_shares(t) : status;
}

/* Opening: which format it is, and the handle that hands the frames out. */
#include "landfile/landfile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "landfile/formats.h"

struct tread_landfile {
    landfile_table table;
    size_t next;
};

int landfile_read_file(const landfile_table *t, const char *path, char **data, size_t *size)
{
    size_t n_room = 1 << 16, n = 0;
    int reason = 0;
    *data = NULL;
    *size = 0;
    FILE *f = fopen(path, "rb");
    if (!f)
        return landfile_refuse(t, "cannot be opened (%s)", strerror(errno));
    char *bytes = malloc(n_room);
    while (bytes && n <= LANDFILE_MAX_BYTES) {
        errno = 0;
        size_t got = fread(bytes + n, 1, n_room - n, f);
        n += got;
        if (n < n_room) {
            reason = ferror(f) ? errno : 0;
            break;
        }
        char *larger = realloc(bytes, n_room * 2);
        if (!larger)
            free(bytes);
        bytes = larger;
        n_room *= 2;
    }
    fclose(f);
    if (bytes && !reason && n <= LANDFILE_MAX_BYTES) {
        *data = bytes;
        *size = n;
        return TREAD_OK;
    }
    bool is_no_memory = !bytes;
    free(bytes);
    if (is_no_memory)
        return landfile_no_memory(t);
    return reason ? landfile_refuse(t, "cannot be read (%s)", strerror(reason))
                  : landfile_refuse(t, "larger than %zu MB; cut it into parts",
                                    LANDFILE_MAX_BYTES >> 20);
}

/* The longest line, so that no format has to look. */
static size_t longest_line(landfile_text text)
{
    landfile_text line;
    size_t longest = 0;
    while (landfile_next_line(&text, &line))
        if (line.n > longest)
            longest = line.n;
    return longest;
}

static int parse(landfile_table *t, landfile_text text)
{
    static const char bom[] = "\xEF\xBB\xBF";
    landfile_text start = text, line = {text.s, 0};
    if (landfile_starts_with(text, bom))
        text = start = (landfile_text){text.s + 3, text.n - 3};
    if (text.n == 0)
        return landfile_refuse(t, "the file is empty");
    if (landfile_starts_with(text, LANDFILE_PACK_MAGIC))
        return landfile_parse_pack(t, text);
    if (memchr(text.s, '\0', text.n))
        return landfile_refuse(t, "not a landmark file; a clip is analysed without --landmarks");
    while (start.n > 0 && strchr(" \t\r\n", start.s[0]))
        start = (landfile_text){start.s + 1, start.n - 1};
    if (start.n > 0 && (start.s[0] == '{' || start.s[0] == '['))
        return landfile_parse_json(t, start);
    if (longest_line(text) > LANDFILE_MAX_LINE)
        return landfile_refuse(t, "a line is longer than %zu KB; not a landmark file",
                               LANDFILE_MAX_LINE >> 10);
    if (landfile_starts_with(text, LANDFILE_LOG_MAGIC))
        return landfile_parse_log(t, text);
    if (landfile_starts_with(text, "PathFileType"))
        return landfile_parse_trc(t, text);
    (void)landfile_next_line(&start, &line);
    if (landfile_count_fields(line, ',') + landfile_count_fields(line, ';') +
            landfile_count_fields(line, '\t') >
        3)
        return landfile_parse_csv(t, (landfile_text){line.s, text.n - (size_t)(line.s - text.s)});
    return landfile_refuse(t, "not a landmark file; known are the landmark log, JSON, CSV, TRC and "
                              "a folder of OpenPose JSON");
}

static int create(tread_landfile **out, const char *name, double fps, tread_error *err)
{
    *out = NULL;
    if (!(fps >= 0 && fps <= 1e6))
        return tread_error__set(err, TREAD_ERR_ARG, "%s: no frame rate", name);
    tread_landfile *f = calloc(1, sizeof *f);
    if (!f)
        return tread_error__set(err, TREAD_ERR_NOMEM, "%s: out of memory", name);
    f->table.name = name;
    f->table.err = err;
    f->table.info.fps = fps > 0 ? fps : (double)NAN;
    *out = f;
    return TREAD_OK;
}

/* The frames are in, or they are not. */
static int settle(tread_landfile **f, int status)
{
    if (status == TREAD_OK)
        status = landfile_finish(&(*f)->table);
    (*f)->table.name = NULL; /* were borrowed */
    (*f)->table.err = NULL;
    if (status != TREAD_OK)
        tread_landfile__close(f);
    return status;
}

int tread_landfile__parse(tread_landfile **out, const char *name, const void *data, size_t size,
                          double fps, tread_error *err)
{
    int status = create(out, name, fps, err);
    if (status != TREAD_OK)
        return status;
    status = size > LANDFILE_MAX_BYTES
                 ? landfile_refuse(&(*out)->table, "larger than %zu MB; cut it into parts",
                                   LANDFILE_MAX_BYTES >> 20)
                 : parse(&(*out)->table, (landfile_text){data, size});
    return settle(out, status);
}

int tread_landfile__open(tread_landfile **out, const char *path, double fps, tread_error *err)
{
    int status = create(out, path, fps, err);
    if (status != TREAD_OK)
        return status;
    landfile_table *t = &(*out)->table;
    struct stat st;
    char *data = NULL;
    size_t size;
    if (stat(path, &st) != 0)
        status = landfile_refuse(t, "cannot be opened (%s)", strerror(errno));
    else if (S_ISDIR(st.st_mode))
        status = landfile_read_openpose(t, path);
    else
        status = landfile_read_file(t, path, &data, &size);
    if (data)
        status = parse(t, (landfile_text){data, size});
    free(data);
    return settle(out, status);
}

int tread_landfile__next(tread_landfile *f, tread_landmarks *out)
{
    if (f->next == f->table.n)
        return TREAD_EOF;
    *out = f->table.frames[f->next++];
    return TREAD_OK;
}

const tread_landfile_info *tread_landfile__info(const tread_landfile *f)
{
    return &f->table.info;
}

void tread_landfile__close(tread_landfile **f)
{
    if (!f || !*f)
        return;
    free((*f)->table.frames);
    free(*f);
    *f = NULL;
}

/* Files that appear under their name only when they are whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "report/report.h"

struct tread_outfile {
    FILE *stream;
    char *path, *part; /* final name, and the one written to */
};

int tread_report__outfile_open(tread_outfile **out, const char *dir, const char *name,
                               tread_error *err)
{
    *out = NULL;
    tread_outfile *f = calloc(1, sizeof *f);
    size_t size = strlen(dir) + strlen(name) + sizeof "/.part";
    if (f) {
        f->path = malloc(size);
        f->part = malloc(size);
    }
    if (!f || !f->path || !f->part) {
        tread_report__outfile_abandon(&f);
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    }
    snprintf(f->path, size, "%s/%s", dir, name);
    snprintf(f->part, size, "%s/%s.part", dir, name);
    f->stream = fopen(f->part, "w");
    if (!f->stream) {
        int status = tread_error__set(err, TREAD_ERR_OUTPUT,
                                      "%s: cannot be written (%s); choose another folder with "
                                      "--out",
                                      f->path, strerror(errno));
        tread_report__outfile_abandon(&f);
        return status;
    }
    *out = f;
    return TREAD_OK;
}

FILE *tread_report__outfile_stream(tread_outfile *f)
{
    return f->stream;
}

int tread_report__outfile_commit(tread_outfile **f_ptr, tread_error *err)
{
    tread_outfile *f = *f_ptr;
    errno = 0;
    /* A write that failed earlier is remembered by the stream. */
    int is_good = !ferror(f->stream) && fflush(f->stream) == 0 && fsync(fileno(f->stream)) == 0;
    int reason = errno;
    if (fclose(f->stream) != 0 && is_good) {
        is_good = 0;
        reason = errno;
    }
    f->stream = NULL;
    if (is_good && rename(f->part, f->path) != 0) {
        is_good = 0;
        reason = errno;
    }
    int status = TREAD_OK;
    if (!is_good)
        status = tread_error__set(err, TREAD_ERR_OUTPUT,
                                  "%s: cannot be written (%s); free some space or choose another "
                                  "folder with --out",
                                  f->path, reason ? strerror(reason) : "write error");
    else
        f->part[0] = '\0'; /* it has its name now */
    tread_report__outfile_abandon(f_ptr);
    return status;
}

void tread_report__outfile_abandon(tread_outfile **f_ptr)
{
    tread_outfile *f = *f_ptr;
    if (!f)
        return;
    if (f->stream)
        fclose(f->stream);
    if (f->part && f->part[0])
        unlink(f->part);
    free(f->part);
    free(f->path);
    free(f);
    *f_ptr = NULL;
}

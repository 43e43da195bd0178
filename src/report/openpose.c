/* openpose/: the keypoints as Kinovea and others import them, one BODY_25 JSON a frame, named as
 * OpenPose names them. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "report/fixed.h"
#include "report/report.h"

#define SUFFIX "_keypoints.json"
#define N_BODY_25 25

struct tread_openpose {
    char *path, *part; /* the folder's final name, and the one written to */
    char *file;        /* room for the path of a file in either */
    size_t file_size;
    const char *stem; /* borrowed: base name of the clip */
    int stem_length;  /* less its extension */
};

/* Two joints whose middle a point is; the same twice for most; TREAD_N_JOINTS: none of ours (eyes
 * and small toes). */
static const uint8_t body_25[N_BODY_25][2] = {
#define ONE(joint)                                                                                 \
    {                                                                                              \
        TREAD_##joint, TREAD_##joint                                                               \
    }
#define MIDDLE(joint)                                                                              \
    {                                                                                              \
        TREAD_LEFT_##joint, TREAD_RIGHT_##joint                                                    \
    }
#define NONE                                                                                       \
    {                                                                                              \
        TREAD_N_JOINTS, TREAD_N_JOINTS                                                             \
    }
    ONE(NOSE),
    MIDDLE(SHOULDER),
    ONE(RIGHT_SHOULDER),
    ONE(RIGHT_ELBOW),
    ONE(RIGHT_WRIST),
    ONE(LEFT_SHOULDER),
    ONE(LEFT_ELBOW),
    ONE(LEFT_WRIST),
    MIDDLE(HIP),
    ONE(RIGHT_HIP),
    ONE(RIGHT_KNEE),
    ONE(RIGHT_ANKLE),
    ONE(LEFT_HIP),
    ONE(LEFT_KNEE),
    ONE(LEFT_ANKLE),
    NONE,
    NONE,
    ONE(RIGHT_EAR),
    ONE(LEFT_EAR),
    ONE(LEFT_TOE),
    NONE,
    ONE(LEFT_HEEL),
    ONE(RIGHT_TOE),
    NONE,
    ONE(RIGHT_HEEL),
};

/* ---- the folder -------------------------------------------------------------------- */

static bool is_ours(const char *name)
{
    size_t n = strlen(name), suffix = strlen(SUFFIX);
    return n > suffix && strcmp(name + n - suffix, SUFFIX) == 0;
}

/* A folder of ours with all in it; anything else in it stays, and so does the folder then. */
static int remove_folder(tread_openpose *o, const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : -1;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!is_ours(e->d_name))
            continue;
        int n = snprintf(o->file, o->file_size, "%s/%s", path, e->d_name);
        if (n > 0 && (size_t)n < o->file_size)
            unlink(o->file);
    }
    closedir(d);
    return rmdir(path);
}

static int refuse(const char *path, const char *remedy, tread_error *err)
{
    return tread_error__set(err, TREAD_ERR_OUTPUT, "%s: cannot be written (%s); %s", path,
                            strerror(errno), remedy);
}

int tread_report__openpose_create(tread_openpose **out, const char *dir, const char *clip,
                                  tread_error *err)
{
    *out = NULL;
    tread_openpose *o = calloc(1, sizeof *o);
    if (!o)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    const char *slash = strrchr(clip, '/');
    o->stem = slash && slash[1] ? slash + 1 : clip;
    o->stem_length = (int)strcspn(o->stem, "/");
    const char *dot = strrchr(o->stem, '.');
    if (dot && dot > o->stem && dot < o->stem + o->stem_length)
        o->stem_length = (int)(dot - o->stem);
    size_t size = strlen(dir) + sizeof "/openpose.part";
    o->file_size = size + 512; /* a name has 255 bytes at most */
    o->path = malloc(size);
    o->part = malloc(size);
    o->file = malloc(o->file_size);
    if (!o->path || !o->part || !o->file) {
        free(o->part);
        o->part = NULL;
        tread_report__openpose_abandon(&o);
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    }
    snprintf(o->path, size, "%s/openpose", dir);
    snprintf(o->part, size, "%s/openpose.part", dir);
    if ((remove_folder(o, o->part) != 0 && errno != ENOENT) || mkdir(o->part, 0777) != 0) {
        int status = refuse(o->part, "choose another folder with --out", err);
        tread_report__openpose_abandon(&o);
        return status;
    }
    *out = o;
    return TREAD_OK;
}

int tread_report__openpose_commit(tread_openpose **o_ptr, tread_error *err)
{
    tread_openpose *o = *o_ptr;
    int status = TREAD_OK;
    if (remove_folder(o, o->path) != 0 || rename(o->part, o->path) != 0)
        status = refuse(o->path, "move what else is in it away", err);
    else
        o->part[0] = '\0'; /* it has its name now */
    tread_report__openpose_abandon(o_ptr);
    return status;
}

void tread_report__openpose_abandon(tread_openpose **o_ptr)
{
    tread_openpose *o = *o_ptr;
    if (!o)
        return;
    if (o->part && o->part[0])
        remove_folder(o, o->part);
    free(o->file);
    free(o->part);
    free(o->path);
    free(o);
    *o_ptr = NULL;
}

/* ---- a frame ------------------------------------------------------------------------ */

static char *put_point(char *p, const tread_frame_result *r, const uint8_t *joints)
{
    double x = (double)NAN, y = (double)NAN;
    if (joints[0] < TREAD_N_JOINTS) {
        x = (r->x_px[joints[0]] + r->x_px[joints[1]]) / 2;
        y = (r->y_px[joints[0]] + r->y_px[joints[1]]) / 2;
    }
    if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e6 || fabs(y) > 1e6)
        return report_put_text(p, "0,0,0");
    p = report_put_fixed(p, x, 3);
    *p++ = ',';
    p = report_put_fixed(p, y, 3);
    *p++ = ',';
    /* Above 0: a point that is there is not to be taken for a missing one. */
    return report_put_fixed(p, fmin(fmax(r->presence, 0.001), 1), 3);
}

static bool is_anybody(const tread_frame_result *r)
{
    for (int i = 0; i < TREAD_N_JOINTS; i++)
        if (isfinite(r->x_px[i]))
            return true;
    return false;
}

int tread_report__openpose_add(tread_openpose *o, const tread_frame_result *r, tread_error *err)
{
    char text[512 + N_BODY_25 * 3 * REPORT_FIXED_BYTES];
    char *p = report_put_text(text, "{\"version\":1.3,\"people\":[");
    if (is_anybody(r)) {
        p = report_put_text(p, "{\"person_id\":[-1],\"pose_keypoints_2d\":[");
        for (int i = 0; i < N_BODY_25; i++) {
            if (i > 0)
                *p++ = ',';
            p = put_point(p, r, body_25[i]);
        }
        p = report_put_text(p, "]}");
    }
    p = report_put_text(p, "]}\n");
    int n = snprintf(o->file, o->file_size, "%s/%.*s_%012" PRId64 SUFFIX, o->part,
                     o->stem_length > 200 ? 200 : o->stem_length, o->stem, r->frame);
    FILE *f = n > 0 && (size_t)n < o->file_size ? fopen(o->file, "w") : NULL;
    if (!f)
        return refuse(o->part, "choose another folder with --out", err);
    bool is_good = fwrite(text, 1, (size_t)(p - text), f) == (size_t)(p - text);
    is_good = fclose(f) == 0 && is_good;
    return is_good ? TREAD_OK : refuse(o->part, "free some space or choose another folder", err);
}

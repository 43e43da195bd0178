/* What cameras are there, and in which mode to run one. */
#include "media/camera.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"

enum {
    MAX_DEVICES = 64,       /* the kernel's VIDEO_NUM_DEVICES is 256; nobody has so many */
    MAX_MODES = 1024,       /* a camera that lists more is not asked further */
    MIN_SHORT_SIDE = 720,   /* of a picture that shows a runner well enough */
    MAX_CAMERA_SIDE = 8192, /* as the reader refuses larger pictures */
};

/* ---- formats ------------------------------------------------------------ */

/* Raw pictures decode at once; MJPEG takes milliseconds; H.264 may hold back. */
enum kind { KIND_RAW = 1, KIND_MJPEG, KIND_H264 };

typedef struct format {
    char fourcc[5];
    const char *libav; /* codec or pixel format */
    enum kind kind;
} format;

/* What both libavdevice's v4l2 and the planariser take. */
static const format FORMATS[] = {
    {"MJPG", "mjpeg", KIND_MJPEG}, {"JPEG", "mjpeg", KIND_MJPEG}, {"H264", "h264", KIND_H264},
    {"YUYV", "yuyv422", KIND_RAW}, {"UYVY", "uyvy422", KIND_RAW}, {"NV12", "nv12", KIND_RAW},
    {"YU12", "yuv420p", KIND_RAW}, {"422P", "yuv422p", KIND_RAW}, {"RGB3", "rgb24", KIND_RAW},
    {"BGR3", "bgr24", KIND_RAW},   {"GREY", "gray", KIND_RAW},
};

static const format *find_format(const char *fourcc)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
        if (strcmp(FORMATS[i].fourcc, fourcc) == 0)
            return &FORMATS[i];
    return NULL;
}

const char *tread_media__camera_format(const char fourcc[5])
{
    const format *f = find_format(fourcc);
    return f ? f->libav : NULL;
}

/* ---- asking a camera ---------------------------------------------------- */

static int ask(int fd, unsigned long request, void *arg)
{
    int ret;
    do
        ret = ioctl(fd, request, arg);
    while (ret < 0 && errno == EINTR);
    return ret;
}

/* A camera being asked; `is_short` once memory was. */
typedef struct asking {
    int fd;
    tread_camera *camera;
    bool is_short;
} asking;

/* One more mode; `interval` is the seconds between two pictures. */
static void add_mode(asking *a, uint32_t fourcc, unsigned width, unsigned height,
                     struct v4l2_fract interval)
{
    tread_camera *camera = a->camera;
    bool is_usable = interval.numerator > 0 && interval.denominator > 0 &&
                     interval.numerator <= INT32_MAX && interval.denominator <= INT32_MAX &&
                     width > 0 && height > 0 && width <= MAX_CAMERA_SIDE &&
                     height <= MAX_CAMERA_SIDE;
    if (!is_usable || camera->n_modes >= MAX_MODES)
        return;
    tread_camera_mode *more = realloc(camera->modes, (camera->n_modes + 1) * sizeof *more);
    if (!more) {
        a->is_short = true;
        return;
    }
    camera->modes = more;
    tread_camera_mode *mode = &more[camera->n_modes++];
    *mode = (tread_camera_mode){.width_px = (int)width,
                                .height_px = (int)height,
                                .fps_num = (int)interval.denominator,
                                .fps_den = (int)interval.numerator};
    for (int i = 0; i < 4; i++)
        mode->fourcc[i] = (char)(fourcc >> (8 * i) & 0xff);
}

/* A range of rates: the usual ones in it, and the fastest. */
static void add_rates_between(asking *a, uint32_t fourcc, unsigned width, unsigned height,
                              const struct v4l2_frmival_stepwise *range)
{
    static const unsigned usual[] = {15, 24, 25, 30, 50, 60, 90, 100, 120, 240};
    if (range->min.numerator == 0 || range->max.numerator == 0)
        return;
    double fastest = (double)range->min.denominator / range->min.numerator;
    double slowest = (double)range->max.denominator / range->max.numerator;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (usual[i] >= slowest && usual[i] < fastest)
            add_mode(a, fourcc, width, height, (struct v4l2_fract){1, usual[i]});
    add_mode(a, fourcc, width, height, range->min);
}

static void add_rates(asking *a, uint32_t fourcc, unsigned width, unsigned height)
{
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_frmivalenum rate = {
            .index = i, .pixel_format = fourcc, .width = width, .height = height};
        if (ask(a->fd, VIDIOC_ENUM_FRAMEINTERVALS, &rate) < 0)
            break;
        if (rate.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
            add_mode(a, fourcc, width, height, rate.discrete);
            continue;
        }
        add_rates_between(a, fourcc, width, height, &rate.stepwise);
        return;
    }
}

static bool is_inside(unsigned value, unsigned min, unsigned max, unsigned step)
{
    return value >= min && value <= max && (step <= 1 || (value - min) % step == 0);
}

/* A range of sizes: the usual ones in it; without any, its largest. */
static void add_sizes_between(asking *a, uint32_t fourcc, const struct v4l2_frmsize_stepwise *range)
{
    static const unsigned usual[][2] = {{640, 360},   {640, 480},   {800, 600},  {960, 540},
                                        {1024, 768},  {1280, 720},  {1280, 960}, {1920, 1080},
                                        {2560, 1440}, {3840, 2160}, {720, 1280}, {1080, 1920}};
    bool has_usual = false;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        unsigned w = usual[i][0], h = usual[i][1];
        if (!is_inside(w, range->min_width, range->max_width, range->step_width) ||
            !is_inside(h, range->min_height, range->max_height, range->step_height))
            continue;
        has_usual = true;
        add_rates(a, fourcc, w, h);
    }
    if (!has_usual)
        add_rates(a, fourcc, range->max_width, range->max_height);
}

static void add_sizes(asking *a, uint32_t fourcc)
{
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_frmsizeenum size = {.index = i, .pixel_format = fourcc};
        if (ask(a->fd, VIDIOC_ENUM_FRAMESIZES, &size) < 0)
            break;
        if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            add_rates(a, fourcc, size.discrete.width, size.discrete.height);
            continue;
        }
        add_sizes_between(a, fourcc, &size.stepwise);
        return;
    }
}

/* @return 0 or an errno */
static int ask_all(asking *a)
{
    struct v4l2_capability cap = {0};
    if (ask(a->fd, VIDIOC_QUERYCAP, &cap) < 0)
        return errno;
    /* Cameras have other nodes beside the picture's, for metadata. */
    unsigned caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
    if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING))
        return ENOTTY;
    snprintf(a->camera->name, sizeof a->camera->name, "%.*s", (int)sizeof cap.card,
             (const char *)cap.card);
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_fmtdesc desc = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
        if (ask(a->fd, VIDIOC_ENUM_FMT, &desc) < 0)
            break;
        add_sizes(a, desc.pixelformat);
    }
    return a->is_short ? ENOMEM : 0;
}

int tread_media__camera_query(tread_camera *camera, const char *path)
{
    *camera = (tread_camera){0};
    snprintf(camera->path, sizeof camera->path, "%s", path);
    asking a = {.camera = camera, .fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (a.fd < 0)
        return errno;
    int error = ask_all(&a);
    close(a.fd);
    if (error) {
        free(camera->modes);
        *camera = (tread_camera){0};
    }
    return error;
}

int tread_media__cameras(tread_camera **list, size_t *n, tread_error *err)
{
    *list = NULL;
    *n = 0;
    for (int i = 0; i < MAX_DEVICES; i++) {
        char path[sizeof(*list)->path];
        snprintf(path, sizeof path, "/dev/video%d", i);
        tread_camera camera;
        int error = tread_media__camera_query(&camera, path);
        if (error == EACCES || error == EPERM) {
            camera = (tread_camera){.is_forbidden = true};
            memcpy(camera.path, path, sizeof path);
        } else if (error && error != ENOMEM) {
            continue;
        }
        tread_camera *more = error == ENOMEM ? NULL : realloc(*list, (*n + 1) * sizeof *more);
        if (!more) {
            free(camera.modes);
            tread_media__cameras_free(list, *n);
            *n = 0;
            return tread_error__set(err, TREAD_ERR_NOMEM,
                                    "cameras: out of memory; close other programs");
        }
        *list = more;
        more[(*n)++] = camera;
    }
    return TREAD_OK;
}

void tread_media__cameras_free(tread_camera **list, size_t n)
{
    if (!list || !*list)
        return;
    for (size_t i = 0; i < n; i++)
        free((*list)[i].modes);
    free(*list);
    *list = NULL;
}

/* ---- choosing ----------------------------------------------------------- */

double tread_media__mode_fps(const tread_camera_mode *mode)
{
    return (double)mode->fps_num / mode->fps_den;
}

static bool is_large(const tread_camera_mode *m)
{
    return m->width_px >= MIN_SHORT_SIDE && m->height_px >= MIN_SHORT_SIDE;
}

/* By what two modes are compared, the weightiest first; more is better. */
typedef struct merit {
    double value[4];
} merit;

static merit merit_of(const tread_camera_mode *m, bool is_recorded)
{
    double pixels = (double)m->width_px * m->height_px;
    double fps = round(tread_media__mode_fps(m)); /* 59.94 is no worse than 60 */
    static const int live[] = {[KIND_RAW] = 3, [KIND_MJPEG] = 2, [KIND_H264] = 1};
    static const int recorded[] = {[KIND_MJPEG] = 3, [KIND_H264] = 2, [KIND_RAW] = 1};
    enum kind kind = find_format(m->fourcc)->kind;
    return (merit){{is_large(m), is_large(m) ? fps : fps * pixels, -pixels,
                    is_recorded ? recorded[kind] : live[kind]}};
}

static bool is_better(const merit *a, const merit *b)
{
    for (int i = 0; i < 4; i++)
        if (a->value[i] < b->value[i] || a->value[i] > b->value[i])
            return a->value[i] > b->value[i];
    return false;
}

const tread_camera_mode *tread_media__best_mode(const tread_camera_mode *modes, size_t n_modes,
                                                bool is_recorded)
{
    const tread_camera_mode *best = NULL;
    merit best_merit = {{0}};
    for (size_t i = 0; i < n_modes; i++) {
        const tread_camera_mode *m = &modes[i];
        if (!find_format(m->fourcc) || m->fps_num <= 0 || m->fps_den <= 0)
            continue;
        merit candidate = merit_of(m, is_recorded);
        if (best && !is_better(&candidate, &best_merit))
            continue;
        best = m;
        best_merit = candidate;
    }
    return best;
}

void tread_media__mode_text(const tread_camera_mode *mode, char *text, size_t size)
{
    const format *f = find_format(mode->fourcc);
    const char *name = f && f->kind == KIND_MJPEG  ? "MJPEG"
                       : f && f->kind == KIND_H264 ? "H.264"
                                                   : mode->fourcc;
    snprintf(text, size, "%dx%d %s at %.4g fps", mode->width_px, mode->height_px, name,
             tread_media__mode_fps(mode));
}

int tread_media__default_camera(char path[32], tread_error *err)
{
    tread_camera *list = NULL;
    size_t n = 0;
    path[0] = '\0';
    int status = tread_media__cameras(&list, &n, err);
    if (status != TREAD_OK)
        return status;
    const char *forbidden = NULL;
    for (size_t i = n; i-- > 0;) { /* the first that serves is the last to be noted */
        if (list[i].is_forbidden)
            forbidden = list[i].path;
        else
            memcpy(path, list[i].path, sizeof list[i].path);
    }
    if (!path[0] && forbidden)
        status = tread_error__set(err, TREAD_ERR_INPUT,
                                  "%s: a camera is there, but you may not use it; add yourself to "
                                  "the video group (sudo usermod -aG video $USER, then log in "
                                  "anew)",
                                  forbidden);
    else if (!path[0])
        status = tread_error__set(err, TREAD_ERR_INPUT,
                                  "no camera found: plug one in, or name a source (a clip, or an "
                                  "address such as rtsp://...); `treadscope doctor` lists what is "
                                  "there");
    tread_media__cameras_free(&list, n);
    return status;
}

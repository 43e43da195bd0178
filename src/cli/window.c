#include "cli/window.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/outputs.h"
#include "cli/parse.h"
#include "vision/vision.h"

#define MODULE "libtreadscope_window.so"
#define WITHOUT "leave --window out and open the page in a browser"
/* Twice as often as pictures come. */
#define POLL_MS 15
/* What one tap at a treadmill's console changes at most. */
#define SPEED_STEP_KMH 0.5

enum { KEY_ESCAPE = 27 };

typedef struct picture {
    uint8_t *bgra; /* rows without gaps */
    size_t capacity;
    int width_px, height_px;
} picture;

/* Three pictures go round, so that nobody waits for a copy: one is being filled, one is the newest,
 * one is being shown. */
struct cli_window {
    const tread_window_module *module;
    char title[96];

    picture filling; /* of who puts */
    picture showing; /* of who runs */

    pthread_mutex_t lock;
    /* Protected by lock. */
    picture newest;
    bool is_new; /* not shown yet */
};

/* ---- the module --------------------------------------------------------------------- */

/* Beside the program where it was built, else where it was installed: never that of another
 * build. */
static void module_path(char *path, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size - sizeof MODULE);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash)
        memcpy(slash + 1, MODULE, sizeof MODULE);
    if (!slash || access(path, R_OK) != 0)
        snprintf(path, size, "%s/" MODULE, TREADSCOPE_INSTALLED_MODULES);
}

static int load(const tread_window_module **out, tread_error *err)
{
    char path[CLI_MAX_PATH];
    module_path(path, sizeof path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *out = library ? dlsym(library, TREAD_WINDOW_SYMBOL) : NULL;
    if (*out)
        return TREAD_OK;
    return tread_error__set(err, TREAD_ERR_UNSUPPORTED,
                            "--window: %s; install libopencv-highgui406 and treadscope anew, "
                            "or " WITHOUT,
                            dlerror());
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

static int open_module(const tread_window_module **out, const char *title, tread_error *err)
{
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
        return tread_error__set(err, TREAD_ERR_UNSUPPORTED,
                                "--window: there is no display here; start treadscope on a "
                                "desktop, or " WITHOUT);
    int status = load(out, err);
    if (status != TREAD_OK)
        return status;
    status = (*out)->open(title);
    if (status == TREAD_ERR_UNSUPPORTED) {
        const char *display = is_set("DISPLAY") ? "DISPLAY" : "WAYLAND_DISPLAY";
        return tread_error__set(err, status,
                                "--window: the display %s (%s) cannot be used; correct it, "
                                "or " WITHOUT,
                                getenv(display), display);
    }
    if (status != TREAD_OK)
        tread_error__set(err, status, "--window: OpenCV opens no window; " WITHOUT);
    return status;
}

int cli_window_open(cli_window **out, tread_error *err)
{
    *out = NULL;
    cli_window *w = calloc(1, sizeof *w);
    if (!w || pthread_mutex_init(&w->lock, NULL) != 0) {
        free(w);
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    }
    snprintf(w->title, sizeof w->title, "treadscope");
    int status = open_module(&w->module, w->title, err);
    if (status != TREAD_OK) {
        pthread_mutex_destroy(&w->lock);
        free(w);
        return status;
    }
    *out = w;
    return TREAD_OK;
}

void cli_window_close(cli_window **w_ptr)
{
    cli_window *w = *w_ptr;
    if (!w)
        return;
    w->module->close();
    pthread_mutex_destroy(&w->lock);
    free(w->filling.bgra);
    free(w->newest.bgra);
    free(w->showing.bgra);
    free(w);
    *w_ptr = NULL;
}

/* ---- pictures ------------------------------------------------------------------------- */

static bool has_room(picture *p, size_t size)
{
    if (p->capacity >= size)
        return true;
    uint8_t *grown = realloc(p->bgra, size);
    if (!grown)
        return false;
    p->bgra = grown;
    p->capacity = size;
    return true;
}

static void swap(picture *a, picture *b)
{
    picture c = *a;
    *a = *b;
    *b = c;
}

void cli_window_put(cli_window *w, const uint8_t *bgra, int width_px, int height_px,
                    ptrdiff_t stride_bytes)
{
    picture *p = &w->filling;
    size_t row = (size_t)width_px * 4;
    if (!has_room(p, row * (size_t)height_px))
        return;
    for (int y = 0; y < height_px; y++)
        memcpy(p->bgra + row * (size_t)y, bgra + stride_bytes * y, row);
    p->width_px = width_px;
    p->height_px = height_px;
    pthread_mutex_lock(&w->lock);
    swap(&w->filling, &w->newest);
    w->is_new = true;
    pthread_mutex_unlock(&w->lock);
}

static void show_newest(cli_window *w)
{
    pthread_mutex_lock(&w->lock);
    bool is_new = w->is_new;
    if (is_new)
        swap(&w->showing, &w->newest);
    w->is_new = false;
    pthread_mutex_unlock(&w->lock);
    const picture *p = &w->showing;
    if (is_new)
        w->module->show(p->bgra, p->width_px, p->height_px, (ptrdiff_t)p->width_px * 4);
}

/* ---- keys ----------------------------------------------------------------------------- */

/* What was never told cannot be stepped up. */
static void step_speed(tread_live *live, double by_kmh)
{
    double speed_kmh, incline_pct;
    tread_session__live_belt(live, &speed_kmh, &incline_pct);
    if (speed_kmh > 0)
        tread_session__live_set_belt(
            live, fmin(fmax(speed_kmh + by_kmh, CLI_LOWEST_SPEED_KMH), CLI_HIGHEST_SPEED_KMH),
            incline_pct);
}

static void obey(tread_live *live, int key)
{
    switch (key) {
    case 'q':
    case 'Q':
    case KEY_ESCAPE:
    case TREAD_WINDOW_CLOSED: tread_session__live_stop(live); break;
    case ' ': tread_session__live_pause(live, !tread_session__live_is_paused(live)); break;
    case '+':
    case '=': /* the same key without shift, on many keyboards */
        step_speed(live, SPEED_STEP_KMH);
        break;
    case '-': step_speed(live, -SPEED_STEP_KMH); break;
    default: break;
    }
}

/* The title answers keys at once, also while nothing is drawn. */
static void tell_state(cli_window *w, tread_live *live)
{
    char title[sizeof w->title], speed[32] = "belt speed not told (--speed)";
    double speed_kmh, incline_pct;
    tread_session__live_belt(live, &speed_kmh, &incline_pct);
    if (speed_kmh > 0)
        snprintf(speed, sizeof speed, "%.1f km/h", speed_kmh);
    snprintf(title, sizeof title, "treadscope – %s%s", speed,
             tread_session__live_is_paused(live) ? " – paused" : "");
    if (strcmp(title, w->title) == 0)
        return;
    memcpy(w->title, title, sizeof title);
    w->module->set_title(title);
}

void cli_window_run(cli_window *w, tread_live *live)
{
    int key = TREAD_WINDOW_NO_KEY;
    while (key != TREAD_WINDOW_CLOSED && !tread_session__live_is_over(live)) {
        tell_state(w, live);
        show_newest(w);
        key = w->module->poll(POLL_MS);
        obey(live, key);
    }
}

#include "session/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_S (SESSION_REPLAY_BEFORE_S + SESSION_REPLAY_AFTER_S)
/* Larger pictures are kept at half their size: a 1080p clip's own, on its side. */
#define MOST_PIXELS ((size_t)1080 * 1920)
/* For a clip that does not say how many a second it has. */
#define USUAL_INTERVAL_S (1.0 / 30)

/* What one replay shows. */
typedef struct window {
    size_t item; /* of the plan */
    int n, n_seen;
    double *time_s; /* (capacity) */
    uint8_t *bytes; /* (capacity, kept_bytes) */
} window;

struct session_replay {
    int width_px, height_px;
    int shrink;        /* 1 or 2 */
    size_t kept_bytes; /* of a picture: its planes one behind the other */
    int slow;
    int capacity, every; /* of a window; one picture in so many is kept */
    session_replay_item *items;
    size_t n_items;
    size_t showing;    /* the last item that has begun, or the first */
    window windows[2]; /* item i has window i % 2 */
};

size_t session_replay_plan(const tread_step *steps, size_t n_steps, enum tread_side side, int slow,
                           session_replay_item *items)
{
    size_t n = 0;
    double free_s = -INFINITY;
    for (size_t i = 0; i < n_steps; i++) {
        double contact_s = steps[i].initial_contact_s;
        double begins_s = contact_s + SESSION_REPLAY_AFTER_S;
        if ((side != TREAD_BOTH && steps[i].side != side) || !(begins_s >= free_s))
            continue;
        free_s = begins_s + slow * LENGTH_S;
        items[n++] = (session_replay_item){contact_s, begins_s, free_s, steps[i].side};
    }
    return n;
}

/* A plane as it is kept. */
typedef struct kept_plane {
    int width, height;
    size_t at; /* in a picture's bytes */
} kept_plane;

static kept_plane kept_of(const session_replay *r, int plane)
{
    kept_plane k = {0};
    for (int i = 0; i <= plane; i++) {
        int shift = tread_surface__shift(i);
        k.at += (size_t)k.width * (size_t)k.height;
        k.width = ((r->width_px >> shift) + r->shrink - 1) / r->shrink;
        k.height = ((r->height_px >> shift) + r->shrink - 1) / r->shrink;
    }
    return k;
}

int session_replay_create(session_replay **out, int width_px, int height_px, int slow,
                          const session_replay_item *items, size_t n_items, double interval_s)
{
    *out = NULL;
    session_replay *r = calloc(1, sizeof *r);
    if (!r)
        return TREAD_ERR_NOMEM;
    *r = (session_replay){
        .width_px = width_px, .height_px = height_px, .slow = slow, .n_items = n_items};
    r->shrink = (size_t)width_px * (size_t)height_px > MOST_PIXELS ? 2 : 1;
    const kept_plane last = kept_of(r, 2);
    r->kept_bytes = last.at + (size_t)last.width * (size_t)last.height;
    double interval = interval_s > 1e-4 ? interval_s : USUAL_INTERVAL_S;
    size_t most = SESSION_REPLAY_MAX_BYTES / 2 / r->kept_bytes;
    if (most < 1)
        most = 1;
    double wanted = ceil(LENGTH_S / interval) + 2;
    r->every = (int)ceil(wanted / (double)most);
    r->capacity = (int)fmin(ceil(wanted / r->every), (double)most);
    r->items = malloc((n_items + 1) * sizeof *items);
    bool is_done = r->items != NULL;
    for (int i = 0; i < 2; i++) {
        window *w = &r->windows[i];
        w->item = (size_t)i;
        w->time_s = malloc((size_t)r->capacity * sizeof *w->time_s);
        w->bytes = malloc((size_t)r->capacity * r->kept_bytes);
        is_done = is_done && w->time_s && w->bytes;
    }
    if (!is_done) {
        session_replay_destroy(&r);
        return TREAD_ERR_NOMEM;
    }
    memcpy(r->items, items, n_items * sizeof *items);
    *out = r;
    return TREAD_OK;
}

void session_replay_destroy(session_replay **r)
{
    if (!r || !*r)
        return;
    for (int i = 0; i < 2; i++) {
        free((*r)->windows[i].time_s);
        free((*r)->windows[i].bytes);
    }
    free((*r)->items);
    free(*r);
    *r = NULL;
}

size_t session_replay_bytes(const session_replay *r)
{
    return 2 * (size_t)r->capacity * r->kept_bytes;
}

/* The mean of four samples, or of fewer along the rim. */
static void halve(uint8_t *to, const uint8_t *from, ptrdiff_t stride, int width, int height)
{
    int half = (width + 1) / 2;
    for (int y = 0; y < height; y += 2) {
        const uint8_t *a = from + y * stride, *b = y + 1 < height ? a + stride : a;
        uint8_t *row = to + (ptrdiff_t)(y / 2) * half;
        for (int x = 0; x < half; x++) {
            int left = 2 * x, right = left + 1 < width ? left + 1 : left;
            row[x] = (uint8_t)((a[left] + a[right] + b[left] + b[right] + 2) / 4);
        }
    }
}

static void keep(session_replay *r, window *w, const tread_surface *picture, double time_s)
{
    uint8_t *to = w->bytes + (size_t)w->n * r->kept_bytes;
    w->time_s[w->n++] = time_s;
    for (int i = 0; i < 3; i++) {
        const kept_plane k = kept_of(r, i);
        int shift = tread_surface__shift(i);
        if (r->shrink == 2)
            halve(to + k.at, picture->plane[i], picture->stride_bytes[i], r->width_px >> shift,
                  r->height_px >> shift);
        else
            tread_surface__copy_rows(to + k.at, k.width, picture->plane[i],
                                     picture->stride_bytes[i], k.width, k.height);
    }
}

void session_replay_see(session_replay *r, const tread_surface *picture, double time_s)
{
    for (size_t i = r->showing; i < r->n_items && i < r->showing + 2; i++) {
        const session_replay_item *item = &r->items[i];
        window *w = &r->windows[i % 2];
        if (time_s < item->contact_s - SESSION_REPLAY_BEFORE_S || time_s > item->begins_s)
            continue;
        if (w->item != i)
            *w = (window){.item = i, .time_s = w->time_s, .bytes = w->bytes};
        if (w->n_seen++ % r->every == 0 && w->n < r->capacity)
            keep(r, w, picture, time_s);
    }
}

static void put(const session_replay *r, const uint8_t *from, const tread_surface *picture)
{
    for (int i = 0; i < 3; i++) {
        const kept_plane k = kept_of(r, i);
        int shift = tread_surface__shift(i);
        for (int y = 0; y < r->height_px >> shift; y++) {
            const uint8_t *row = from + k.at + (size_t)(y / r->shrink) * (size_t)k.width;
            uint8_t *to = picture->plane[i] + y * picture->stride_bytes[i];
            if (r->shrink == 1)
                memcpy(to, row, (size_t)k.width);
            else
                for (int x = 0; x < r->width_px >> shift; x++)
                    to[x] = row[x / 2];
        }
    }
}

bool session_replay_show(session_replay *r, double time_s, session_replay_item *item, double *at_s,
                         const tread_surface *picture)
{
    while (r->showing + 1 < r->n_items && r->items[r->showing + 1].begins_s <= time_s)
        r->showing++;
    const window *w = &r->windows[r->showing % 2];
    if (r->n_items == 0 || time_s < r->items[r->showing].begins_s || w->item != r->showing ||
        w->n == 0)
        return false;
    *item = r->items[r->showing];
    double played_s = fmin((time_s - item->begins_s) / r->slow, LENGTH_S);
    double from_s = item->contact_s - SESSION_REPLAY_BEFORE_S;
    int i = 0;
    while (i + 1 < w->n && w->time_s[i + 1] <= from_s + played_s + 1e-6)
        i++;
    *at_s = played_s - SESSION_REPLAY_BEFORE_S;
    put(r, w->bytes + (size_t)i * r->kept_bytes, picture);
    return true;
}

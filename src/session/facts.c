#include "session/facts.h"

#include <math.h>
#include <string.h>

#include "base/thread.h"

#define MOST_NETWORK_THREADS 4

enum tread_pose_model session_pose_model(enum tread_model model)
{
    switch (model) {
    case TREAD_MODEL_LITE: return TREAD_POSE_LITE;
    case TREAD_MODEL_HEAVY: return TREAD_POSE_HEAVY;
    case TREAD_MODEL_FULL:
    case TREAD_MODEL_DEFAULT: break;
    }
    return TREAD_POSE_FULL;
}

static void copy_text(char *to, size_t size, const char *from)
{
    size_t n = from ? strlen(from) : 0;
    if (n >= size)
        n = size - 1;
    if (n)
        memcpy(to, from, n);
    to[n] = '\0';
}

void session_take_info(tread_source_facts *facts, const tread_source_info *info)
{
    copy_text(facts->container, sizeof facts->container, info->container);
    copy_text(facts->codec, sizeof facts->codec, info->codec);
    copy_text(facts->pixel_format, sizeof facts->pixel_format, info->pixel_format);
    facts->width_px = info->upright_width_px;
    facts->height_px = info->upright_height_px;
    facts->rotation_deg = info->rotation_deg;
    facts->is_mirrored = info->is_mirrored;
    facts->duration_s = info->duration_s;
    facts->stated_fps = info->stated_fps;
}

int session_even_px(double px)
{
    int n = (int)lround(px) & ~1;
    return n < 2 ? 2 : n;
}

/* Shared by two threads on two idle cores the network answers in 10 ms where it took 16; beside a
 * busy program the threads wait for each other, and one alone is twice as quick. So half the cores
 * stay free, for decoding, a browser and the rest. Of more than four the smaller layers make
 * nothing. */
int session_network_threads(void)
{
    int half = tread_thread__n_cores() / 2;
    return half < 1 ? 1 : half > MOST_NETWORK_THREADS ? MOST_NETWORK_THREADS : half;
}

/* Frames one by one: identity from what the last seconds taught, smoothing by fixed lag. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/fixed_lag.h"
#include "motion/identity.h"
#include "motion/motion.h"
#include "motion/smoothing.h"
#include "motion/still.h"

/* The stride is learnt again so often: form and speed change over several strides. Until
 * it is known at all, more often. */
#define LEARN_EVERY_S 1.0
#define TRY_EVERY_S 0.25
/* Mostly from where it was; now and then afresh, so that a wrong turn is left again. */
#define AFRESH_EVERY 8
/* What has been learnt counts for the last frames too: longer than the lag, so that the
 * filters have settled when they reach it. */
#define REPLAY_S 0.5
/* Frames let go at once, so that one is moved a few times and not hundreds. */
#define FORGET_BLOCK 64
#define FIRST_ROOM 256
/* The leg's length while no stride is known, a slow mean over frames. */
#define LEG_GAIN 0.05

struct tread_motion_live {
    tread_landmarks *frames;   /* (n of n_room) */
    motion_choice *choices;    /* (n) */
    tread_skeleton *skeletons; /* (n) */
    size_t n, n_room;
    int64_t n_forgotten;
    motion_lag joints[TREAD_N_JOINTS];
    motion_identity *identity; /* for n_room frames */
    motion_model model;        /* when it knows a stride */
    motion_followed followed;  /* when it does not */
    double leg_px, tried_s;
    int n_learnt;
    tread_view_evidence evidence;
};

int tread_motion__live_create(tread_motion_live **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return TREAD_ERR_NOMEM;
    for (int j = 0; j < TREAD_N_JOINTS; j++)
        motion_lag_init(&(*out)->joints[j], motion_cutoff_hz((enum tread_joint)j));
    (*out)->tried_s = -INFINITY;
    (*out)->leg_px = (double)NAN;
    return TREAD_OK;
}

void tread_motion__live_destroy(tread_motion_live **live)
{
    if (!*live)
        return;
    motion_identity_destroy(&(*live)->identity);
    free((*live)->frames);
    free((*live)->choices);
    free((*live)->skeletons);
    free(*live);
    *live = NULL;
}

static bool resize(void *array, size_t n, size_t size)
{
    void **p = array;
    void *larger = realloc(*p, n * size);
    if (larger)
        *p = larger;
    return larger != NULL;
}

static int make_room(tread_motion_live *live)
{
    if (live->n < live->n_room)
        return TREAD_OK;
    size_t n = live->n_room ? 2 * live->n_room : FIRST_ROOM;
    motion_identity *identity = NULL;
    if (!resize(&live->frames, n, sizeof *live->frames) ||
        !resize(&live->choices, n, sizeof *live->choices) ||
        !resize(&live->skeletons, n, sizeof *live->skeletons) ||
        motion_identity_create(&identity, n) != TREAD_OK)
        return TREAD_ERR_NOMEM;
    motion_identity_destroy(&live->identity);
    live->identity = identity;
    live->n_room = n;
    return TREAD_OK;
}

static void forget_old(tread_motion_live *live, double now_s, int64_t n_done)
{
    size_t old = 0;
    while (old < live->n && live->n_forgotten + (int64_t)old < n_done &&
           live->frames[old].time_s < now_s - TREAD_MOTION_LIVE_S)
        old++;
    if (old == 0 || (old < FORGET_BLOCK && live->n < live->n_room))
        return;
    live->n -= old;
    live->n_forgotten += (int64_t)old;
    memmove(live->frames, live->frames + old, live->n * sizeof *live->frames);
    memmove(live->choices, live->choices + old, live->n * sizeof *live->choices);
    memmove(live->skeletons, live->skeletons + old, live->n * sizeof *live->skeletons);
}

/* After a hole in time, and while somebody stands, nothing that was known of the stride holds. */
static void forget_stride(tread_motion_live *live, double now_s)
{
    live->model.is_stride = false;
    memset(&live->followed, 0, sizeof live->followed);
    live->tried_s = now_s;
}

static void mind_the_hole(tread_motion_live *live, double now_s)
{
    if (live->n > 0 && now_s - live->frames[live->n - 1].time_s > MOTION_MAX_HOLE_S)
        forget_stride(live, now_s);
}

static void choose_places(tread_motion_live *live, const tread_landmarks *lm, motion_choice *out)
{
    double leg = motion_leg_px(lm);
    if (isfinite(leg))
        live->leg_px = isnan(live->leg_px) ? leg : live->leg_px + LEG_GAIN * (leg - live->leg_px);
    tread_motion__view_add(&live->evidence, lm);
    if (tread_motion__view_is_along(tread_motion__view_decide(&live->evidence)) ||
        !(live->leg_px > 0))
        motion_take_labels(lm, out);
    else if (live->model.is_stride)
        motion_model_choose(&live->model, lm, out);
    else
        motion_follow(&live->followed, lm, live->leg_px, out);
}

/* The joint's last frames, as they are known now. */
static void read_tail(tread_motion_live *live, int j)
{
    motion_lag_result known[MOTION_LAG_MAX];
    double now_s = live->frames[live->n - 1].time_s;
    size_t n_tail = 0;
    while (n_tail < live->n && n_tail < MOTION_LAG_MAX &&
           now_s - live->frames[live->n - 1 - n_tail].time_s <= TREAD_LIVE_LAG_S)
        n_tail++;
    size_t n_known = motion_lag_read(&live->joints[j], known, n_tail);
    for (size_t back = 0; back < n_known; back++) {
        tread_skeleton *s = &live->skeletons[live->n - 1 - back];
        if (s->identity == TREAD_IDENTITY_NONE)
            continue;
        s->x_px[j] = known[back].x_px;
        s->y_px[j] = known[back].y_px;
        s->noise_px[j] = (float)known[back].sd_px;
    }
}

/* One frame of one joint into its filter. */
static void filter(tread_motion_live *live, size_t i, int j)
{
    double weight;
    const tread_landmarks *lm = &live->frames[i];
    tread_place p = motion_take_joint(lm, &live->choices[i], (enum tread_joint)j, &weight);
    motion_lag_push(&live->joints[j], lm->time_s, (double)p.x_px, (double)p.y_px, weight,
                    MOTION_MIN_SCALE_PX);
    live->skeletons[i].confidence[j] = weight > 0 ? p.confidence : 0;
    live->skeletons[i].seen_x_px[j] = p.x_px;
    live->skeletons[i].seen_y_px[j] = p.y_px;
}

/* Filter the last frames again, by what is now known of them. */
static void replay(tread_motion_live *live)
{
    size_t from = live->n - 1;
    while (from > 0 && live->frames[live->n - 1].time_s - live->frames[from - 1].time_s <= REPLAY_S)
        from--;
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        double noise_px = live->joints[j].noise_px;
        motion_lag_init(&live->joints[j], motion_cutoff_hz((enum tread_joint)j));
        live->joints[j].noise_px = noise_px;
        for (size_t i = from; i < live->n; i++)
            filter(live, i, j);
        read_tail(live, j);
    }
    for (size_t i = from; i < live->n; i++)
        live->skeletons[i].identity = motion_identity_of(&live->frames[i], &live->choices[i]);
}

/* The legs of the model change names. */
static void turn(motion_model *model)
{
    for (int k = MOTION_KNEE; k <= MOTION_TOE; k++) {
        motion_path left = model->paths[k][0];
        model->paths[k][0] = model->paths[k][1];
        model->paths[k][1] = left;
    }
}

/* Learn the stride from the frames since the last hole. What cannot be fitted is no
 * stride. */
static void learn(tread_motion_live *live, double now_s)
{
    double every_s = live->model.is_stride ? LEARN_EVERY_S : TRY_EVERY_S;
    if (now_s - live->tried_s < every_s ||
        tread_motion__view_is_along(tread_motion__view_decide(&live->evidence)))
        return;
    live->tried_s = now_s;
    size_t from = live->n - 1;
    while (from > 0 && !motion_is_still(live->frames, live->n, from - 1, live->leg_px) &&
           live->frames[from].time_s - live->frames[from - 1].time_s <= MOTION_MAX_HOLE_S &&
           live->frames[live->n - 1].time_s - live->frames[from - 1].time_s <= TREAD_MOTION_LIVE_S)
        from--;
    bool is_afresh = !live->model.is_stride || live->n_learnt % AFRESH_EVERY == 0;
    size_t n = live->n - from;
    int status = motion_identity_learn(live->identity, live->frames + from, n,
                                       is_afresh ? NULL : live->choices + from, &live->model,
                                       live->choices + from);
    live->model.is_stride = live->model.is_stride && status == TREAD_OK;
    if (!live->model.is_stride)
        return;
    live->n_learnt++;
    if (motion_settle(live->choices + from, n))
        turn(&live->model);
    replay(live);
}

int tread_motion__live_push(tread_motion_live *live, const tread_landmarks *lm, int64_t n_done)
{
    forget_old(live, lm->time_s, n_done);
    int status = make_room(live);
    if (status != TREAD_OK)
        return status;
    mind_the_hole(live, lm->time_s);
    motion_choice *choice = &live->choices[live->n];
    tread_skeleton *s = &live->skeletons[live->n];
    choose_places(live, lm, choice);
    live->frames[live->n++] = *lm;
    *s = (tread_skeleton){.frame = lm->frame,
                          .time_s = lm->time_s,
                          .presence = (double)lm->presence,
                          .identity = motion_identity_of(lm, choice)};
    for (int j = 0; j < TREAD_N_JOINTS; j++)
        s->x_px[j] = s->y_px[j] = (double)NAN;
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        filter(live, live->n - 1, j);
        read_tail(live, j);
    }
    if (motion_is_still(live->frames, live->n, live->n - 1, live->leg_px))
        forget_stride(live, lm->time_s);
    else
        learn(live, lm->time_s);
    return TREAD_OK;
}

size_t tread_motion__live_stretch(const tread_motion_live *live, const tread_skeleton **s,
                                  int64_t *n_forgotten)
{
    *s = live->skeletons;
    if (n_forgotten)
        *n_forgotten = live->n_forgotten;
    return live->n;
}

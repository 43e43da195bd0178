#include "pose/pose.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "pose/detector.h"
#include "pose/follow.h"
#include "pose/graph.h"
#include "pose/landmark_net.h"
#include "pose/legs.h"
#include "pose/region.h"
#include "pose/twice.h"
#include "pose/weights.h"

/* How long legs are watched before they are judged anew. Somebody who runs is
 * known by then (legs.c), and a detector run a second costs next to nothing. */
#define WATCH_S 1.0
/* Of a person just found the legs move within this time, or others are looked
 * for already; some times, as the detector misses small and blurred people. */
#define GLANCE_S 0.2
enum { MAX_GLANCES = 4 };

/* Nobody is reported for so long where another person takes over: motion bridges
 * gaps of up to 0.1 s, and must not join the two. */
#define BREAK_S 0.12

/* Each costs a landmark network run a picture while it is watched. */
enum { MAX_RIVALS = 2 };

/* Somebody who is followed. */
typedef struct watched {
    pose_region region; /* where to look next */
    pose_sight sight;   /* the last one */
    pose_legs legs;
} watched;

struct tread_pose_tracker {
    pose_graph *detector;
    pose_graph *landmark_net;
    int looks_twice; /* also in a mirror */
    pose_follow follow;
    watched runner; /* while follow.state is POSE_FOLLOW_RUNNER */
    /* Who may be the runner instead, while who is followed does not run. */
    watched rivals[MAX_RIVALS];
    int n_rivals;
    double watched_since_s; /* all of them, or the runner alone */
    int n_glances;
    double break_until_s;
    double unsure_since_s; /* found again, and not seen to move the legs yet; NaN: sure */
    tread_pose_stats stats;
};

/* One graph, while the caller builds the other. */
typedef struct graph_build {
    pose_graph *graph;
    const pose_network *network;
    int status;
    tread_error err;
} graph_build;

static void *build_graph(void *data)
{
    graph_build *build = data;
    build->status = tread_pose__graph_create(&build->graph, build->network, &build->err);
    return NULL;
}

static int build_graphs(tread_pose_tracker *tracker, const tread_pose_weights *weights,
                        tread_error *err)
{
    graph_build detector = {.network = &weights->detector};
    pthread_t thread;
    int has_thread = tread_thread__start(&thread, "graph", build_graph, &detector) == TREAD_OK;
    if (!has_thread)
        build_graph(&detector);
    int status = tread_pose__graph_create(&tracker->landmark_net, &weights->landmark, err);
    if (has_thread)
        pthread_join(thread, NULL);
    tracker->detector = detector.graph;
    if (detector.status == TREAD_OK)
        return status;
    return tread_error__set(err, detector.status, "%s", detector.err.text);
}

int tread_pose__tracker_create(tread_pose_tracker **out, const tread_pose_weights *weights,
                               tread_error *err)
{
    if (!out || !weights)
        return tread_error__set(err, TREAD_ERR_ARG, "no weights, or no place for the tracker");
    tread_pose_tracker *tracker = calloc(1, sizeof *tracker);
    *out = NULL;
    if (!tracker)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a tracker");
    tracker->looks_twice = weights->model == TREAD_POSE_HEAVY;
    tread_pose__tracker_reset(tracker);
    int status = build_graphs(tracker, weights, err);
    if (status != TREAD_OK)
        tread_pose__tracker_destroy(&tracker);
    *out = tracker;
    return status;
}

void tread_pose__tracker_destroy(tread_pose_tracker **tracker)
{
    if (!tracker || !*tracker)
        return;
    tread_pose__graph_destroy(&(*tracker)->detector);
    tread_pose__graph_destroy(&(*tracker)->landmark_net);
    free(*tracker);
    *tracker = NULL;
}

void tread_pose__tracker_reset(tread_pose_tracker *tracker)
{
    tread_pose__follow_forget(&tracker->follow);
    tracker->n_rivals = 0;
    tracker->break_until_s = -INFINITY;
    tracker->unsure_since_s = NAN;
}

tread_pose_stats tread_pose__tracker_stats(const tread_pose_tracker *tracker)
{
    return tracker->stats;
}

/* CPU seconds since `*since_ns`, which is moved up to now. */
static double lap(int64_t *since_ns)
{
    int64_t now_ns = tread_clock__thread_cpu_ns();
    double seconds = (double)(now_ns - *since_ns) * 1e-9;
    *since_ns = now_ns;
    return seconds;
}

/* Who is in the picture, best first; (POSE_MAX_PEOPLE). */
static int detect(tread_pose_tracker *tracker, const tread_picture *picture,
                  pose_candidate *candidates, int *n, tread_error *err)
{
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__detector_look(tracker->detector, picture);
    tracker->stats.crop_s += lap(&since_ns);
    int status = tread_pose__graph_run(tracker->detector, err);
    if (status != TREAD_OK)
        return status;
    *n = tread_pose__detector_find(tracker->detector, picture, candidates);
    tracker->stats.detector_s += lap(&since_ns);
    tracker->stats.n_detector_runs++;
    return TREAD_OK;
}

/* Landmarks in a region, and where to look next. */
static int look(tread_pose_tracker *tracker, const tread_picture *picture,
                const pose_region *region, tread_landmarks *out, pose_sight *sight,
                tread_error *err)
{
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__landmark_net_look(tracker->landmark_net, picture, region);
    tracker->stats.crop_s += lap(&since_ns);
    int status = tread_pose__graph_run(tracker->landmark_net, err);
    if (status != TREAD_OK)
        return status;
    tread_pose__landmark_net_read(tracker->landmark_net, region, out, sight);
    tracker->stats.landmark_s += lap(&since_ns);
    tracker->stats.n_landmark_runs++;
    return TREAD_OK;
}

/* The same region in a mirror, merged into what the first look said. */
static int look_again(tread_pose_tracker *tracker, const pose_region *region, tread_landmarks *out,
                      tread_error *err)
{
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__flip_input(tread_pose__graph_input(tracker->landmark_net), POSE_LANDMARK_SIZE_PX);
    int status = tread_pose__graph_run(tracker->landmark_net, err);
    if (status != TREAD_OK)
        return status;
    tread_landmarks mirrored;
    pose_sight unused;
    tread_pose__landmark_net_read(tracker->landmark_net, region, &mirrored, &unused);
    tread_pose__unflip_landmarks(&mirrored, region);
    tread_pose__merge_looks(out, &mirrored, region->side);
    tracker->stats.landmark_s += lap(&since_ns);
    tracker->stats.n_landmark_runs++;
    return TREAD_OK;
}

/* The runner's landmarks; lost when it is not the runner that is there. */
static int follow(tread_pose_tracker *tracker, const tread_picture *picture, tread_landmarks *out,
                  tread_error *err)
{
    pose_sight *sight = &tracker->runner.sight;
    int status = look(tracker, picture, &tracker->runner.region, out, sight, err);
    if (status == TREAD_OK && tracker->looks_twice)
        status = look_again(tracker, &tracker->runner.region, out, err);
    if (status == TREAD_OK &&
        tread_pose__follow_accept(&tracker->follow, out->presence, &sight->next))
        tracker->runner.region = sight->next;
    return status;
}

/* Watch those of the candidates who are somebody else than the runner. */
static void watch_rivals(tread_pose_tracker *tracker, const pose_candidate *candidates, int n)
{
    tracker->n_rivals = 0;
    tracker->watched_since_s = tracker->follow.time_s;
    for (int i = 0; i < n && tracker->n_rivals < MAX_RIVALS; i++)
        if (tread_pose__follow_is_rival(&tracker->follow, &candidates[i].region))
            tracker->rivals[tracker->n_rivals++] = (watched){.region = candidates[i].region};
}

/* Look for the runner in the whole picture. */
static int search(tread_pose_tracker *tracker, const tread_picture *picture, tread_landmarks *out,
                  tread_error *err)
{
    pose_candidate candidates[POSE_MAX_PEOPLE];
    int n;
    tracker->n_rivals = 0;
    int status = detect(tracker, picture, candidates, &n, err);
    if (status != TREAD_OK)
        return status;
    int chosen = tread_pose__follow_choose(&tracker->follow, candidates, n);
    if (chosen < 0)
        return TREAD_OK;
    int is_first = tracker->follow.state == POSE_FOLLOW_NOBODY;
    tracker->break_until_s = -INFINITY;
    int is_again = tracker->follow.is_home_to_be_set && tracker->follow.has_run;
    tracker->unsure_since_s = is_again ? tracker->follow.time_s : NAN;
    tracker->runner = (watched){.region = candidates[chosen].region};
    status = follow(tracker, picture, out, err);
    tracker->n_glances = 0;
    if (status == TREAD_OK && tracker->follow.state == POSE_FOLLOW_RUNNER)
        watch_rivals(tracker, candidates, is_first ? n : 0);
    return status;
}

/* Landmarks of a rival. @return whether there still is one */
static int follow_rival(tread_pose_tracker *tracker, const tread_picture *picture, watched *rival,
                        tread_landmarks *lm, int *status, tread_error *err)
{
    if (!tread_pose__region_is_usable(&rival->region, picture))
        return 0;
    *status = look(tracker, picture, &rival->region, lm, &rival->sight, err);
    if (*status != TREAD_OK || !tread_pose__follow_is_present(lm->presence) ||
        !tread_pose__follow_is_rival(&tracker->follow, &rival->sight.next))
        return 0;
    rival->region = rival->sight.next;
    tread_pose__legs_add(&rival->legs, lm, &rival->sight);
    return 1;
}

/* Whether a rival is the runner; then `out` holds the rival's landmarks. */
static int compare_rivals(tread_pose_tracker *tracker, const tread_picture *picture,
                          tread_landmarks *out, tread_error *err)
{
    int n_left = 0, status = TREAD_OK;
    for (int i = 0; i < tracker->n_rivals && status == TREAD_OK; i++) {
        watched *rival = &tracker->rivals[i];
        tread_landmarks lm = {.frame = out->frame, .time_s = out->time_s};
        if (!follow_rival(tracker, picture, rival, &lm, &status, err))
            continue;
        if (tread_pose__legs_prefer(&tracker->runner.legs, &rival->legs)) {
            tracker->runner = *rival;
            tread_pose__follow_exchange(&tracker->follow, &rival->region);
            tracker->break_until_s = out->time_s + BREAK_S;
            *out = lm;
            n_left = 0;
            break;
        }
        tracker->rivals[n_left++] = *rival;
    }
    tracker->n_rivals = n_left;
    return status;
}

/* Who else may be the runner. */
static int look_around(tread_pose_tracker *tracker, const tread_picture *picture, tread_error *err)
{
    pose_candidate candidates[POSE_MAX_PEOPLE];
    int n;
    int status = detect(tracker, picture, candidates, &n, err);
    if (status == TREAD_OK)
        watch_rivals(tracker, candidates, n);
    return status;
}

/* Who ran, was hidden and stands still now may as well be who steps in front. It
 * is the runner all the same when nobody else comes for as long as others wait. */
static int is_sure(tread_pose_tracker *tracker, double time_s)
{
    int is_back = tread_pose__follow_is_back(&tracker->follow, &tracker->runner.region) &&
                  tread_pose__legs_move_in_place(&tracker->runner.legs);
    if (is_back || time_s - tracker->unsure_since_s >= POSE_FOLLOW_WAIT_S)
        tracker->unsure_since_s = NAN;
    return isnan(tracker->unsure_since_s);
}

/* Whether it is the runner who is followed: the one who runs. */
static int judge_legs(tread_pose_tracker *tracker, const tread_picture *picture,
                      tread_landmarks *out, tread_error *err)
{
    pose_legs *legs = &tracker->runner.legs;
    int status = TREAD_OK;
    tread_pose__legs_add(legs, out, &tracker->runner.sight);
    if (!tread_pose__legs_run_in_place(legs))
        status = compare_rivals(tracker, picture, out, err);
    if (status != TREAD_OK)
        return status;
    int is_running = is_sure(tracker, out->time_s) && tread_pose__legs_run_in_place(legs);
    if (is_running) {
        tread_pose__follow_set_running(&tracker->follow, 1);
        tracker->n_rivals = 0;
    }
    double watched_s = out->time_s - tracker->watched_since_s;
    if (watched_s >= WATCH_S) {
        *legs = (pose_legs){0};
        tracker->watched_since_s = out->time_s;
        tread_pose__follow_set_running(&tracker->follow, is_running);
        return is_running ? TREAD_OK : look_around(tracker, picture, err);
    }
    if (tracker->n_rivals == 0 && !is_running && tracker->n_glances < MAX_GLANCES &&
        watched_s >= GLANCE_S && tread_pose__legs_stand(legs)) {
        tracker->n_glances++;
        return look_around(tracker, picture, err);
    }
    return TREAD_OK;
}

static void say_nobody(tread_landmarks *out)
{
    out->presence = 0;
    for (int i = 0; i < TREAD_N_LANDMARKS; i++)
        out->x_px[i] = out->y_px[i] = out->z_px[i] = out->confidence[i] = NAN;
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++)
        out->second[i] = (tread_place){NAN, NAN, NAN};
}

static int is_picture_sound(const tread_picture *picture)
{
    return picture && picture->width_px > 0 && picture->height_px > 0 && picture->bits >= 8 &&
           picture->bits <= 16 && picture->plane[0] && picture->plane[1] && picture->plane[2];
}

int tread_pose__tracker_run(tread_pose_tracker *tracker, const tread_picture *picture,
                            int64_t frame, double time_s, tread_landmarks *out, tread_error *err)
{
    if (!tracker || !out || !is_picture_sound(picture))
        return tread_error__set(err, TREAD_ERR_ARG,
                                "no tracker, no picture, or no place for "
                                "landmarks");
    out->frame = frame;
    out->time_s = time_s;
    int status = TREAD_OK;
    pose_follow *followed = &tracker->follow;
    tread_pose__follow_at(followed, time_s);
    /* The last picture's runner may have left the region, or this picture. */
    if (!tread_pose__region_is_usable(&tracker->runner.region, picture))
        tread_pose__follow_lose(followed);
    if (followed->state == POSE_FOLLOW_RUNNER)
        status = follow(tracker, picture, out, err);
    if (status == TREAD_OK && followed->state != POSE_FOLLOW_RUNNER)
        status = search(tracker, picture, out, err);
    if (status == TREAD_OK && followed->state == POSE_FOLLOW_RUNNER)
        status = judge_legs(tracker, picture, out, err);
    if (status != TREAD_OK)
        tread_pose__tracker_reset(tracker);
    if (followed->state != POSE_FOLLOW_RUNNER || time_s < tracker->break_until_s ||
        !is_sure(tracker, time_s))
        say_nobody(out);
    return status;
}

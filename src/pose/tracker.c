#include "pose/pose.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
#define MIN_WATCH_S 0.75
/* Of a person just found the legs move within this time, or others are looked
 * for already; some times, as the detector misses small and blurred people. */
#define GLANCE_S 0.2
enum { MAX_GLANCES = 4 };

/* Nobody is reported for so long where another person takes over: motion bridges
 * gaps of up to 0.1 s, and must not join the two. */
#define BREAK_S 0.12

/* Each costs a landmark network run a picture while it is watched. */
enum { MAX_RIVALS = 2 };

/* Every whole MEET_S of time, regions are on coarse grids for MEET_PICTURES pictures. Where to
 * look next depends on where one looked, so that two who start differently would agree more and
 * more, and never quite; on a grid they meet in one point: 24 of 24 starts in two clips within 4
 * pictures. From there on their looks are the same to the bit. */
#define MEET_S POSE_MEET_S
enum { MEET_PICTURES = 8 };

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
    double met_s;          /* the last whole MEET_S */
    int n_to_meet;         /* pictures left to be on the grid */
    tread_pose_stats stats;
    tread_pose_record *record;         /* what is seen is kept there; NULL: nowhere */
    const tread_pose_record *recalled; /* looks are taken from there; NULL: from the picture */
};

/* Each look at a picture: the runner's, and one after that was lost; a rival each. */
enum { MAX_LOOKS = 2 + MAX_RIVALS, MAX_KEPT_PEOPLE = 8 };

typedef struct kept_look {
    pose_region region;
    int is_twice;
    tread_landmarks lm;
    pose_sight sight;
} kept_look;

struct tread_pose_record {
    tread_picture picture; /* its sizes; no planes */
    int n_looks;
    int n_people; /* -1: the detector was not asked */
    kept_look looks[MAX_LOOKS];
    pose_candidate people[MAX_KEPT_PEOPLE];
};

/* One graph, while the caller builds the other. */
typedef struct graph_build {
    pose_graph *graph;
    const pose_network *network;
    int n_threads;
    int status;
    tread_error err;
} graph_build;

static void *build_graph(void *data)
{
    graph_build *build = data;
    build->status =
        tread_pose__graph_create(&build->graph, build->network, build->n_threads, &build->err);
    return NULL;
}

static int build_graphs(tread_pose_tracker *tracker, const tread_pose_weights *weights,
                        int n_threads, tread_error *err)
{
    graph_build detector = {.network = &weights->detector, .n_threads = n_threads};
    pthread_t thread;
    int has_thread = tread_thread__start(&thread, "graph", build_graph, &detector) == TREAD_OK;
    if (!has_thread)
        build_graph(&detector);
    int status =
        tread_pose__graph_create(&tracker->landmark_net, &weights->landmark, n_threads, err);
    if (has_thread)
        pthread_join(thread, NULL);
    tracker->detector = detector.graph;
    if (detector.status == TREAD_OK)
        return status;
    return tread_error__set(err, detector.status, "%s", detector.err.text);
}

int tread_pose__tracker_create(tread_pose_tracker **out, const tread_pose_weights *weights,
                               int n_threads, tread_error *err)
{
    if (!out || !weights || n_threads < 1)
        return tread_error__set(err, TREAD_ERR_ARG,
                                "no weights, no place for the tracker, or no thread");
    tread_pose_tracker *tracker = calloc(1, sizeof *tracker);
    *out = NULL;
    if (!tracker)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a tracker");
    tracker->looks_twice = weights->model == TREAD_POSE_HEAVY;
    tread_pose__tracker_reset(tracker);
    int status = build_graphs(tracker, weights, n_threads, err);
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
    tracker->met_s = NAN;
    tracker->n_to_meet = 0;
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

/* ---- seeing, and remembering what was seen --------------------------------------- */

static int recall_people(tread_pose_tracker *tracker, pose_candidate *candidates, int *n)
{
    const tread_pose_record *r = tracker->recalled;
    if (r->n_people < 0)
        return TREAD_AGAIN;
    *n = r->n_people;
    memcpy(candidates, r->people, (size_t)r->n_people * sizeof *candidates);
    tracker->stats.n_detector_runs++;
    return TREAD_OK;
}

static void keep_people(tread_pose_record *record, const pose_candidate *candidates, int n)
{
    if (!record || n > MAX_KEPT_PEOPLE)
        return;
    record->n_people = n;
    memcpy(record->people, candidates, (size_t)n * sizeof *candidates);
}

/* Who is in the picture, best first; (POSE_MAX_PEOPLE). */
static int detect(tread_pose_tracker *tracker, const tread_picture *picture,
                  pose_candidate *candidates, int *n, tread_error *err)
{
    if (tracker->recalled)
        return recall_people(tracker, candidates, n);
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__detector_look(tracker->detector, picture);
    tracker->stats.crop_s += lap(&since_ns);
    int status = tread_pose__graph_run(tracker->detector, err);
    if (status != TREAD_OK)
        return status;
    *n = tread_pose__detector_find(tracker->detector, picture, candidates);
    tracker->stats.detector_s += lap(&since_ns);
    tracker->stats.n_detector_runs++;
    keep_people(tracker->record, candidates, *n);
    return TREAD_OK;
}

static void copy_points(tread_landmarks *out, const tread_landmarks *from)
{
    int64_t frame = out->frame;
    double time_s = out->time_s;
    *out = *from;
    out->frame = frame;
    out->time_s = time_s;
}

static int is_same_region(const pose_region *a, const pose_region *b)
{
    return a->x == b->x && a->y == b->y && a->side == b->side && a->down_x == b->down_x &&
           a->down_y == b->down_y;
}

static int recall_look(const tread_pose_tracker *tracker, const pose_region *region, int is_twice,
                       tread_landmarks *out, pose_sight *sight)
{
    const tread_pose_record *r = tracker->recalled;
    for (int i = 0; i < r->n_looks; i++) {
        const kept_look *kept = &r->looks[i];
        if (kept->is_twice == is_twice && is_same_region(&kept->region, region)) {
            copy_points(out, &kept->lm);
            *sight = kept->sight;
            return TREAD_OK;
        }
    }
    return TREAD_AGAIN;
}

static void keep_look(tread_pose_record *record, const pose_region *region, int is_twice,
                      const tread_landmarks *lm, const pose_sight *sight)
{
    if (record && record->n_looks < MAX_LOOKS)
        record->looks[record->n_looks++] = (kept_look){*region, is_twice, *lm, *sight};
}

/* Landmarks in a region, and where to look next. */
static int look_once(tread_pose_tracker *tracker, const tread_picture *picture,
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

/* Landmarks in a region, of one look or of two, as seen now or as kept. */
static int look(tread_pose_tracker *tracker, const tread_picture *picture,
                const pose_region *region, int is_twice, tread_landmarks *out, pose_sight *sight,
                tread_error *err)
{
    int status;
    if (tracker->recalled) {
        status = recall_look(tracker, region, is_twice, out, sight);
    } else {
        status = look_once(tracker, picture, region, out, sight, err);
        if (status == TREAD_OK && is_twice)
            status = look_again(tracker, region, out, err);
        if (status == TREAD_OK)
            keep_look(tracker->record, region, is_twice, out, sight);
    }
    if (status == TREAD_OK && tracker->n_to_meet > 0)
        sight->next = tread_pose__region_snap(&sight->next, MEET_PICTURES - tracker->n_to_meet);
    return status;
}

/* ---- following ------------------------------------------------------------------- */

/* The runner's landmarks; lost when it is not the runner that is there. */
static int follow(tread_pose_tracker *tracker, const tread_picture *picture, tread_landmarks *out,
                  tread_error *err)
{
    pose_sight *sight = &tracker->runner.sight;
    int status =
        look(tracker, picture, &tracker->runner.region, tracker->looks_twice, out, sight, err);
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
    *status = look(tracker, picture, &rival->region, 0, lm, &rival->sight, err);
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

/* Watches end at whole seconds of time, so that all who follow a runner end theirs at once; the
 * first is MIN_WATCH_S long at least. */
static int is_watch_over(const tread_pose_tracker *tracker, double time_s)
{
    double earliest_s = tracker->watched_since_s + MIN_WATCH_S;
    return time_s >= WATCH_S * ceil(earliest_s / WATCH_S);
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
    if (is_watch_over(tracker, out->time_s)) {
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

/* Onto grids finer than the network sees by far (a runner of 700 px stands on 4 px to each of its
 * own), so that what is kept of a run is exact and small. */
static void put_on_grid(float *values, int n, float per_unit)
{
    for (int i = 0; i < n; i++)
        values[i] = rintf(values[i] * per_unit) / per_unit;
}

static void settle_numbers(tread_landmarks *lm)
{
    put_on_grid(&lm->presence, 1, 1024);
    put_on_grid(lm->x_px, TREAD_N_LANDMARKS, 64);
    put_on_grid(lm->y_px, TREAD_N_LANDMARKS, 64);
    put_on_grid(lm->z_px, TREAD_N_LANDMARKS, 8);
    put_on_grid(lm->confidence, TREAD_N_LANDMARKS, 1024);
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++) {
        put_on_grid(&lm->second[i].x_px, 1, 64);
        put_on_grid(&lm->second[i].y_px, 1, 64);
        put_on_grid(&lm->second[i].confidence, 1, 1024);
    }
}

static int is_picture_sound(const tread_picture *picture)
{
    return picture && picture->width_px > 0 && picture->height_px > 0 && picture->bits >= 8 &&
           picture->bits <= 16 && picture->plane[0] && picture->plane[1] && picture->plane[2];
}

/* Whether a whole MEET_S was passed, or a start made. */
static void meet(tread_pose_tracker *tracker, double time_s)
{
    double whole_s = MEET_S * floor(time_s / MEET_S);
    if (tracker->met_s != whole_s)
        tracker->n_to_meet = MEET_PICTURES;
    else if (tracker->n_to_meet > 0)
        tracker->n_to_meet--;
    tracker->met_s = whole_s;
}

static int run(tread_pose_tracker *tracker, const tread_picture *picture, int64_t frame,
               double time_s, tread_landmarks *out, tread_error *err)
{
    out->frame = frame;
    out->time_s = time_s;
    int status = TREAD_OK;
    pose_follow *followed = &tracker->follow;
    meet(tracker, time_s);
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
    if (status < 0)
        tread_pose__tracker_reset(tracker);
    if (followed->state != POSE_FOLLOW_RUNNER || time_s < tracker->break_until_s ||
        !is_sure(tracker, time_s))
        say_nobody(out);
    settle_numbers(out);
    return status;
}

int tread_pose__tracker_run(tread_pose_tracker *tracker, const tread_picture *picture,
                            int64_t frame, double time_s, tread_landmarks *out, tread_error *err)
{
    if (!tracker || !out || !is_picture_sound(picture))
        return tread_error__set(err, TREAD_ERR_ARG,
                                "no tracker, no picture, or no place for "
                                "landmarks");
    return run(tracker, picture, frame, time_s, out, err);
}

/* ---- records --------------------------------------------------------------------- */

size_t tread_pose__record_size(void)
{
    return sizeof(tread_pose_record);
}

int tread_pose__tracker_run_recorded(tread_pose_tracker *tracker, const tread_picture *picture,
                                     int64_t frame, double time_s, tread_landmarks *out,
                                     tread_pose_record *record, tread_error *err)
{
    record->n_looks = 0;
    record->n_people = -1;
    tracker->record = record;
    int status = tread_pose__tracker_run(tracker, picture, frame, time_s, out, err);
    tracker->record = NULL;
    record->picture = (tread_picture){0};
    if (picture) {
        record->picture.upright_width_px = picture->upright_width_px;
        record->picture.upright_height_px = picture->upright_height_px;
    }
    return status;
}

int tread_pose__tracker_recall(tread_pose_tracker *tracker, const tread_pose_record *record,
                               int64_t frame, double time_s, tread_landmarks *out)
{
    const tread_pose_tracker before = *tracker;
    tracker->recalled = record;
    int status = run(tracker, &record->picture, frame, time_s, out, NULL);
    tracker->recalled = NULL;
    if (status != TREAD_OK)
        *tracker = before;
    return status;
}

/* FNV-1a */
static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t tread_pose__tracker_mark(const tread_pose_tracker *tracker, const tread_landmarks *lm)
{
    uint64_t hash =
        mix(UINT64_C(0xcbf29ce484222325), &tracker->follow.state, sizeof tracker->follow.state);
    hash = mix(hash, &tracker->n_to_meet, sizeof tracker->n_to_meet);
    hash = mix(hash, lm->x_px, sizeof lm->x_px);
    hash = mix(hash, lm->y_px, sizeof lm->y_px);
    if (tracker->follow.state == POSE_FOLLOW_RUNNER)
        hash = mix(hash, &tracker->runner.region, sizeof tracker->runner.region);
    for (int i = 0; i < tracker->n_rivals; i++)
        hash = mix(hash, &tracker->rivals[i].region, sizeof tracker->rivals[i].region);
    return hash;
}

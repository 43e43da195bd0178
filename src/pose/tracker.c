#include "pose/pose.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "pose/detector.h"
#include "pose/graph.h"
#include "pose/landmark_net.h"
#include "pose/region.h"
#include "pose/weights.h"

/* ThresholdingCalculator in MediaPipe's pose_landmark graphs. */
#define MIN_PRESENCE 0.5f

struct tread_pose_tracker {
    pose_graph *detector;
    pose_graph *landmark_net;
    int is_following;
    pose_region region; /* where to look next; set when following */
    tread_pose_stats stats;
};

int tread_pose__tracker_create(tread_pose_tracker **out, const tread_pose_weights *weights,
                               tread_error *err)
{
    if (!out || !weights)
        return tread_error__set(err, TREAD_ERR_ARG, "no weights, or no place for the tracker");
    tread_pose_tracker *tracker = calloc(1, sizeof *tracker);
    *out = NULL;
    if (!tracker)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for a tracker");
    int status = tread_pose__graph_create(&tracker->detector, &weights->detector, err);
    if (status == TREAD_OK)
        status = tread_pose__graph_create(&tracker->landmark_net, &weights->landmark, err);
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
    tracker->is_following = 0;
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

/* Look for the runner in the whole picture; sets is_following. */
static int search(tread_pose_tracker *tracker, const tread_picture *picture, tread_error *err)
{
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__detector_look(tracker->detector, picture);
    tracker->stats.crop_s += lap(&since_ns);
    int status = tread_pose__graph_run(tracker->detector, err);
    if (status != TREAD_OK)
        return status;
    tracker->is_following = tread_pose__detector_find(tracker->detector, picture, &tracker->region);
    tracker->stats.detector_s += lap(&since_ns);
    tracker->stats.n_detector_runs++;
    return TREAD_OK;
}

/* Landmarks in the region that is followed; clears is_following when nobody is
 * there. */
static int follow(tread_pose_tracker *tracker, const tread_picture *picture, tread_landmarks *out,
                  tread_error *err)
{
    pose_region next;
    int64_t since_ns = tread_clock__thread_cpu_ns();
    tread_pose__landmark_net_look(tracker->landmark_net, picture, &tracker->region);
    tracker->stats.crop_s += lap(&since_ns);
    int status = tread_pose__graph_run(tracker->landmark_net, err);
    if (status != TREAD_OK)
        return status;
    tread_pose__landmark_net_read(tracker->landmark_net, &tracker->region, out, &next);
    tracker->stats.landmark_s += lap(&since_ns);
    tracker->stats.n_landmark_runs++;
    tracker->is_following = out->presence >= MIN_PRESENCE;
    tracker->region = next;
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
    /* The last picture's runner may have left the region, or this picture. */
    if (tracker->is_following && !tread_pose__region_is_usable(&tracker->region, picture))
        tracker->is_following = 0;
    if (tracker->is_following)
        status = follow(tracker, picture, out, err);
    if (status == TREAD_OK && !tracker->is_following) {
        status = search(tracker, picture, err);
        if (status == TREAD_OK && tracker->is_following)
            status = follow(tracker, picture, out, err);
    }
    if (status != TREAD_OK)
        tracker->is_following = 0;
    if (!tracker->is_following)
        say_nobody(out);
    return status;
}

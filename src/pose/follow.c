#include "pose/follow.h"

#include <math.h>

/* ThresholdingCalculator in MediaPipe's pose_landmark graphs. */
#define MIN_PRESENCE 0.5f

/* Home is a place that moves steadily, fitted to the last HOME_MEMORY_S or so.
 * Against a person who starts to move at v sides/s it lags by v * memory / e at
 * most (after one memory): 0.09 sides for a runner who drifts half a body
 * length along the belt within a second (0.4 sides/s), 0.15 at 0.7 sides/s.
 * Walking past (1.4 m/s where a side is 2.3 m) makes 0.6 and, nearer to the
 * camera than the runner, more. In our clips of people on a treadmill the
 * region stays within 0.04 of its home; who walks steadily takes it along. */
#define HOME_MEMORY_S 0.6
#define STRAY_SIDES 0.15
/* Without pictures home may have moved: at the fastest drift along a belt. */
#define DRIFT_SIDES_S 0.4
/* Within a stride the network's region breathes by 10 %; a zoom of a fifth a
 * second lags by 12 %. */
#define STRAY_RATIO 1.35

/* After its first picture a region takes up to 0.3 s to settle about the body
 * when the detector's was poor (against the sun, say); so much can happen to it
 * in this time that it cannot be judged, and losing it is no reason to wait. */
#define SETTLED_S 0.5

/* Where a lost runner is looked for. Somebody standing beside is further off:
 * two bodies side by side are 0.5 m or 0.25 sides apart only where they touch.
 * The detector's sizes scatter by 20 % where the landmark network's do not. */
#define NEAR_SIDES 0.3
#define NEAR_RATIO 1.5
/* Where a runner who was hidden may run again without doubt: legs also move of
 * who stood in front and steps aside. */
#define BACK_SIDES 0.2
/* Who is less than half as large as the one followed is in the background, and
 * not who the camera is aimed at, whoever runs. */
#define MIN_RIVAL_RATIO 0.5
/* Who crosses leaves a circle of STEADY_SIDES within STEADY_S: 0.4 sides/s. The
 * detector's centres scatter by up to 0.06. */
#define STEADY_SIDES 0.1
#define STEADY_S 0.25

void tread_pose__follow_forget(pose_follow *follow)
{
    *follow = (pose_follow){.time_s = NAN, .steady_since_s = NAN};
}

void tread_pose__follow_at(pose_follow *follow, double time_s)
{
    double step_s = time_s - follow->time_s;
    if (!(step_s >= 0 && step_s <= POSE_FOLLOW_WAIT_S))
        tread_pose__follow_forget(follow);
    follow->time_s = time_s;
}

static int is_settled(const pose_follow *follow)
{
    return follow->seen_s - follow->runner_since_s >= SETTLED_S;
}

static void forget_runner(pose_follow *follow)
{
    double time_s = follow->time_s;
    tread_pose__follow_forget(follow);
    follow->time_s = time_s;
}

void tread_pose__follow_lose(pose_follow *follow)
{
    if (follow->state != POSE_FOLLOW_RUNNER)
        return;
    if (!is_settled(follow)) {
        forget_runner(follow);
        return;
    }
    follow->state = POSE_FOLLOW_LOST;
    follow->lost_s = follow->time_s;
    follow->steady_since_s = NAN;
    follow->is_home_to_be_set = 0;
}

static pose_place place_of(const pose_region *region)
{
    return (pose_place){region->x, region->y, region->side};
}

/* Within `sides` of a place, and `ratio` of its size. NaN is not. */
static int is_about(const pose_place *place, const pose_region *region, double sides, double ratio)
{
    double distance_px = hypot(region->x - place->x_px, region->y - place->y_px);
    return distance_px <= sides * place->side_px && region->side <= ratio * place->side_px &&
           region->side * ratio >= place->side_px;
}

static pose_place predicted_home(const pose_follow *follow)
{
    double step_s = follow->time_s - follow->seen_s;
    return (pose_place){follow->home.x_px + follow->home_x_px_s * step_s,
                        follow->home.y_px + follow->home_y_px_s * step_s, follow->home.side_px};
}

static int is_at_home(const pose_follow *follow, const pose_region *region, double ratio)
{
    pose_place home = predicted_home(follow);
    double drift_sides = DRIFT_SIDES_S * (follow->time_s - follow->seen_s);
    return is_about(&home, region, STRAY_SIDES + drift_sides, ratio);
}

static int is_near(const pose_follow *follow, const pose_region *region, double ratio)
{
    return is_about(&follow->home, region, NEAR_SIDES, ratio) ||
           (follow->has_run && is_about(&follow->ran_at, region, NEAR_SIDES, ratio));
}

static void set_home(pose_follow *follow, const pose_region *region)
{
    follow->home = place_of(region);
    follow->home_x_px_s = follow->home_y_px_s = 0;
    follow->home_since_s = follow->time_s;
    follow->is_home_to_be_set = follow->is_running = 0;
}

/* The line through the places seen, older ones forgotten exponentially; until
 * there is a memory's worth of them, all count about alike. */
static void move_home(pose_follow *follow, const pose_region *region)
{
    double step_s = follow->time_s - follow->seen_s;
    if (!(step_s > 0))
        return;
    double memory_s = fmin(HOME_MEMORY_S, follow->time_s - follow->home_since_s);
    double keep = exp(-step_s / memory_s);
    double gain = 1 - keep * keep, gain_speed = (1 - keep) * (1 - keep) / step_s;
    pose_place home = predicted_home(follow);
    double off_x_px = region->x - home.x_px, off_y_px = region->y - home.y_px;
    follow->home.x_px = home.x_px + gain * off_x_px;
    follow->home.y_px = home.y_px + gain * off_y_px;
    follow->home_x_px_s += gain_speed * off_x_px;
    follow->home_y_px_s += gain_speed * off_y_px;
    follow->home.side_px += (1 - keep) * (region->side - follow->home.side_px);
}

int tread_pose__follow_is_present(float presence)
{
    return presence >= MIN_PRESENCE;
}

/* Whether somebody in that region may be the one who was followed. */
static int is_plausible(const pose_follow *follow, const pose_region *region)
{
    if (follow->is_home_to_be_set)
        return is_near(follow, region, STRAY_RATIO);
    if (follow->state == POSE_FOLLOW_NOBODY || !is_settled(follow))
        return region->side > 0 && isfinite(region->x + region->y + region->side);
    return is_at_home(follow, region, STRAY_RATIO);
}

int tread_pose__follow_accept(pose_follow *follow, float presence, const pose_region *next)
{
    if (!tread_pose__follow_is_present(presence) || !is_plausible(follow, next)) {
        tread_pose__follow_lose(follow);
        return 0;
    }
    if (follow->state == POSE_FOLLOW_NOBODY)
        follow->runner_since_s = follow->time_s;
    if (follow->state == POSE_FOLLOW_NOBODY || follow->is_home_to_be_set || !is_settled(follow))
        set_home(follow, next);
    else
        move_home(follow, next);
    follow->state = POSE_FOLLOW_RUNNER;
    follow->seen_s = follow->time_s;
    return 1;
}

static int nearest_home(const pose_follow *follow, const pose_candidate *candidates, int n)
{
    int nearest = -1;
    double least_px = INFINITY;
    for (int i = 0; i < n; i++) {
        const pose_region *region = &candidates[i].region;
        double distance_px = hypot(region->x - follow->home.x_px, region->y - follow->home.y_px);
        if (is_near(follow, region, NEAR_RATIO) && distance_px < least_px) {
            nearest = i;
            least_px = distance_px;
        }
    }
    return nearest;
}

int tread_pose__follow_choose(pose_follow *follow, const pose_candidate *candidates, int n)
{
    if (follow->state == POSE_FOLLOW_LOST &&
        !(follow->time_s - follow->seen_s < POSE_FOLLOW_WAIT_S)) {
        forget_runner(follow);
    }
    if (follow->state == POSE_FOLLOW_NOBODY)
        return n > 0 ? 0 : -1;
    int nearest = nearest_home(follow, candidates, n);
    if (nearest < 0) {
        follow->steady_since_s = NAN;
        return -1;
    }
    const pose_region *region = &candidates[nearest].region;
    if (follow->lost_s >= follow->time_s && is_at_home(follow, region, NEAR_RATIO))
        return nearest;
    if (isnan(follow->steady_since_s) ||
        !is_about(&follow->steady, region, STEADY_SIDES, NEAR_RATIO)) {
        follow->steady = place_of(region);
        follow->steady_since_s = follow->time_s;
    }
    follow->is_home_to_be_set = follow->time_s - follow->steady_since_s >= STEADY_S;
    return follow->is_home_to_be_set ? nearest : -1;
}

void tread_pose__follow_set_running(pose_follow *follow, int is_running)
{
    follow->is_running = is_running;
    if (!is_running)
        return;
    follow->ran_at = follow->home;
    follow->has_run = 1;
}

int tread_pose__follow_is_back(const pose_follow *follow, const pose_region *region)
{
    return follow->has_run && is_about(&follow->ran_at, region, BACK_SIDES, NEAR_RATIO);
}

int tread_pose__follow_is_rival(const pose_follow *follow, const pose_region *region)
{
    if (is_about(&follow->home, region, STRAY_SIDES, NEAR_RATIO))
        return 0;
    if (follow->has_run)
        return is_about(&follow->ran_at, region, NEAR_SIDES, NEAR_RATIO);
    return region->side >= MIN_RIVAL_RATIO * follow->home.side_px;
}

void tread_pose__follow_exchange(pose_follow *follow, const pose_region *region)
{
    set_home(follow, region);
    follow->seen_s = follow->time_s;
}

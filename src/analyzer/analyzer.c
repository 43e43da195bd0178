/* The analyzer of include/treadscope/analyzer.h: holds the frames, lets motion
 * and gait work on a stretch of them, and hands out the results in order.
 *
 * Recorded and live take the same path. Recorded, the stretch is everything,
 * once, at finish. Live, it is the last seconds, again with every frame, and
 * only what lies TREAD_LIVE_LAG_S behind the newest frame is handed out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/analyzer.h>

#include "base/median.h"
#include "gait/gait.h"
#include "motion/motion.h"

/* Live: gait looks at so much past, enough for three strides of a slow runner (0.7 s
 * each). */
#define LIVE_STRETCH_S 3.0
/* ... and for how the legs swing, which changes over strides, it looks this often. */
#define LIVE_STRIDE_EVERY_S 0.25
/* The view is not settled on less: feet alone say the wrong thing for half a step. */
#define LIVE_VIEW_AFTER_S 1.0
/* The stretch is judged this often at most, and frames are handed out this much less
 * than the lag behind it: a camera of 240 frames a second costs no more than one of 25. */
#define LIVE_JUDGE_EVERY_S 0.04
/* Two contacts of one foot closer than this are one (MIN_STRIDE_MS, gait). */
#define SAME_CONTACT_S 0.2
/* Section 1.4, step 5: past these a contact says nothing any more. */
#define LONGEST_STANCE_S 0.42
#define LONGEST_STRIDE_S 1.1
/* Live: room for the steps of some hours is not kept; the summary rests on these. */
#define LIVE_MAX_STEPS 512
#define FIRST_ROOM 1024

struct tread_analyzer {
    tread_analyzer_opts opts;
    bool is_finished;

    tread_landmarks *frames; /* recorded: (n_frames of n_room) */
    tread_motion_live *live; /* live: keeps the last frames itself */

    /* The stretch that is judged: recorded all of it, live the last LIVE_STRETCH_S. */
    const tread_skeleton *skeletons; /* (n_frames) */
    size_t n_frames, n_room;
    int64_t n_forgotten;      /* frames before the first of them */
    tread_skeleton *smoothed; /* recorded: what skeletons points to */
    size_t n_tools;           /* frames there is scratch for */
    double *scratch;          /* (2 n_tools + 16) */
    tread_contact *contacts;  /* (n_tools / 4 + 16) */

    tread_view_evidence evidence;
    tread_gait_setting setting;
    tread_stride stride;
    tread_events events;

    tread_step *steps;  /* (n_steps of n_steps_room) */
    double *trunk_lean; /* (n_steps) mean over the stride each step starts */
    size_t n_steps, n_steps_room;

    int64_t next_frame; /* the next frame to hand out, counted from the first pushed */
    size_t next_step;
    double judged_s, strided_s; /* newest frame when the stretch, and the stride, were last
                                   judged; -INFINITY = never */
    int64_t n_pushed, n_found, n_steps_total;
    int64_t n_identity[TREAD_N_IDENTITIES];
    double first_s, last_s;
};

static bool is_in(double value, double low, double high)
{
    return value >= low && value <= high;
}

int tread_analyzer_create(tread_analyzer **out, const tread_analyzer_opts *opts)
{
    static const tread_analyzer_opts defaults = {.view = TREAD_VIEW_AUTO};
    if (!out)
        return TREAD_ERR_ARG;
    *out = NULL;
    if (!opts)
        opts = &defaults;
    /* 0 is "not told"; outside these no treadmill and no person exists. */
    if (!is_in(opts->speed_kmh, 0, 45) || !is_in(opts->incline_pct, -30, 45) ||
        !is_in(opts->height_cm, 0, 260) || (unsigned)opts->view > TREAD_VIEW_REAR ||
        (unsigned)opts->mode > TREAD_LIVE)
        return TREAD_ERR_ARG;
    tread_analyzer *a = calloc(1, sizeof *a);
    if (!a)
        return TREAD_ERR_NOMEM;
    a->opts = *opts;
    a->setting = (tread_gait_setting){.view = opts->view,
                                      .speed_kmh = opts->speed_kmh,
                                      .incline_pct = opts->incline_pct,
                                      .height_cm = opts->height_cm,
                                      .foot_offset_deg = {(double)NAN, (double)NAN}};
    a->stride = (tread_stride){.hz = (double)NAN, .leg_px = (double)NAN};
    a->events.belt_px_s = (double)NAN;
    a->first_s = a->last_s = (double)NAN;
    a->judged_s = a->strided_s = -INFINITY;
    int status = opts->mode == TREAD_LIVE ? tread_motion__live_create(&a->live) : TREAD_OK;
    if (status != TREAD_OK)
        tread_analyzer_destroy(&a);
    *out = a;
    return status;
}

void tread_analyzer_destroy(tread_analyzer **a)
{
    if (!a || !*a)
        return;
    tread_motion__live_destroy(&(*a)->live);
    free((*a)->frames);
    free((*a)->smoothed);
    free((*a)->scratch);
    free((*a)->contacts);
    free((*a)->steps);
    free((*a)->trunk_lean);
    free(*a);
    *a = NULL;
}

static bool resize(void *array, size_t n, size_t size)
{
    void **p = array;
    void *larger = realloc(*p, n * size);
    if (larger)
        *p = larger;
    return larger != NULL;
}

/* Recorded: keep a frame until the end. */
static int keep_frame(tread_analyzer *a, const tread_landmarks *lm)
{
    if (a->n_frames == a->n_room) {
        size_t n = a->n_room ? 2 * a->n_room : FIRST_ROOM;
        if (!resize(&a->frames, n, sizeof *a->frames))
            return TREAD_ERR_NOMEM;
        a->n_room = n;
    }
    a->frames[a->n_frames++] = *lm;
    return TREAD_OK;
}

/* Recorded: all frames become skeletons. */
static int smooth_all(tread_analyzer *a)
{
    tread_motion_workspace *workspace = NULL;
    if (!resize(&a->smoothed, a->n_frames, sizeof *a->smoothed))
        return TREAD_ERR_NOMEM;
    int status = tread_motion__workspace_create(&workspace, a->n_frames);
    if (status == TREAD_OK)
        status = tread_motion__smooth(workspace, a->frames, a->n_frames, a->smoothed);
    tread_motion__workspace_destroy(&workspace);
    a->skeletons = a->smoothed;
    memset(a->n_identity, 0, sizeof a->n_identity);
    for (size_t i = 0; status == TREAD_OK && i < a->n_frames; i++)
        a->n_identity[a->smoothed[i].identity]++;
    return status;
}

/* Live: the last seconds of what motion holds. */
static void take_stretch(tread_analyzer *a)
{
    a->n_frames = tread_motion__live_stretch(a->live, &a->skeletons, &a->n_forgotten);
    while (a->n_frames > 0 && a->skeletons->time_s < a->last_s - LIVE_STRETCH_S &&
           a->n_forgotten < a->next_frame) {
        a->skeletons++;
        a->n_frames--;
        a->n_forgotten++;
    }
}

/* Room to work on the stretch. */
static int make_tools(tread_analyzer *a)
{
    if (a->n_frames <= a->n_tools)
        return TREAD_OK;
    size_t n = a->opts.mode == TREAD_LIVE ? 2 * a->n_frames : a->n_frames;
    if (!resize(&a->scratch, 2 * n + 16, sizeof *a->scratch) ||
        !resize(&a->contacts, n / 4 + 16, sizeof *a->contacts))
        return TREAD_ERR_NOMEM;
    a->n_tools = n;
    a->events.n_max = n / 4 + 16;
    a->events.contacts = a->contacts;
    return TREAD_OK;
}

static int append_step(tread_analyzer *a, const tread_step *step, double trunk_lean)
{
    if (a->opts.mode == TREAD_LIVE && a->n_steps == LIVE_MAX_STEPS && a->next_step > 0) {
        a->n_steps--;
        a->next_step--;
        memmove(a->steps, a->steps + 1, a->n_steps * sizeof *a->steps);
        memmove(a->trunk_lean, a->trunk_lean + 1, a->n_steps * sizeof *a->trunk_lean);
    }
    if (a->n_steps == a->n_steps_room) {
        size_t n = a->n_steps_room ? 2 * a->n_steps_room : 128;
        if (!resize(&a->steps, n, sizeof *a->steps) ||
            !resize(&a->trunk_lean, n, sizeof *a->trunk_lean))
            return TREAD_ERR_NOMEM;
        a->n_steps_room = n;
    }
    a->steps[a->n_steps] = *step;
    a->steps[a->n_steps].step = a->n_steps_total++;
    a->trunk_lean[a->n_steps++] = trunk_lean;
    return TREAD_OK;
}

/* Steps of the stretch that are complete and not yet known. */
static int collect_steps(tread_analyzer *a)
{
    const tread_events *e = &a->events;
    for (size_t i = 0; i < e->n; i++) {
        double ic = e->contacts[i].initial_contact_s;
        bool is_known =
            a->n_steps && ic < a->steps[a->n_steps - 1].initial_contact_s + SAME_CONTACT_S;
        if (is_known && a->opts.mode == TREAD_LIVE)
            continue;
        tread_step step;
        tread_gait__step(&a->setting, a->skeletons, a->n_frames, &a->stride, e, i, &step);
        /* Live, a step is handed out once the other foot's contact has closed it. */
        if (a->opts.mode == TREAD_LIVE && !a->is_finished && !isfinite(step.step_ms))
            break;
        double lean = tread_gait__mean_trunk_lean(&a->setting, a->skeletons, a->n_frames, ic,
                                                  ic + 1 / a->stride.hz);
        int status = append_step(a, &step, lean);
        if (status != TREAD_OK)
            return status;
    }
    return TREAD_OK;
}

/* Judge the stretch as it stands. */
static int judge(tread_analyzer *a)
{
    int status = make_tools(a);
    if (status != TREAD_OK)
        return status;
    a->judged_s = a->last_s;
    if (a->setting.view == TREAD_VIEW_AUTO &&
        (a->is_finished || a->last_s - a->first_s >= LIVE_VIEW_AFTER_S))
        a->setting.view = tread_motion__view_decide(&a->evidence);
    if (a->is_finished || !(a->last_s - a->strided_s < LIVE_STRIDE_EVERY_S)) {
        tread_gait__stride(&a->setting, a->skeletons, a->n_frames, a->scratch, &a->stride);
        a->strided_s = a->last_s;
    }
    a->events.n = 0;
    if (tread_gait__refusal(&a->setting, &a->stride))
        return TREAD_OK;
    tread_gait__events(&a->setting, a->skeletons, a->n_frames, &a->stride, a->scratch, &a->events);
    double offset_deg[TREAD_N_SIDES];
    tread_gait__foot_offset(&a->setting, a->skeletons, a->n_frames, &a->events, offset_deg);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        if (isfinite(offset_deg[side]))
            a->setting.foot_offset_deg[side] = offset_deg[side];
    return collect_steps(a);
}

int tread_analyzer_push(tread_analyzer *a, const tread_landmarks *lm)
{
    if (!a || !lm || a->is_finished || !isfinite(lm->time_s) ||
        (a->n_pushed > 0 && !(lm->time_s > a->last_s)))
        return TREAD_ERR_ARG;
    bool is_live = a->opts.mode == TREAD_LIVE;
    int status = is_live ? tread_motion__live_push(a->live, lm, a->next_frame) : keep_frame(a, lm);
    if (status != TREAD_OK)
        return status;
    tread_motion__view_add(&a->evidence, lm);
    if (a->n_pushed++ == 0)
        a->first_s = lm->time_s;
    a->last_s = lm->time_s;
    a->n_found += lm->presence > 0;
    if (!is_live)
        return TREAD_OK;
    take_stretch(a);
    return a->last_s - a->judged_s < LIVE_JUDGE_EVERY_S ? TREAD_OK : judge(a);
}

static int reject_outliers(tread_analyzer *a)
{
    double *scratch = calloc(a->n_steps + 1, sizeof *scratch);
    if (!scratch)
        return TREAD_ERR_NOMEM;
    tread_gait__reject_outliers(a->steps, a->n_steps, scratch);
    free(scratch);
    return TREAD_OK;
}

int tread_analyzer_finish(tread_analyzer *a)
{
    if (!a)
        return TREAD_ERR_ARG;
    if (a->is_finished)
        return TREAD_OK;
    a->is_finished = true;
    int status = TREAD_OK;
    if (a->n_frames && a->opts.mode == TREAD_RECORDED)
        status = smooth_all(a);
    if (a->n_frames && status == TREAD_OK)
        status = judge(a);
    if (status == TREAD_OK)
        status = reject_outliers(a);
    if (status != TREAD_OK) {
        /* As it was before, so that nothing half-judged is handed out. */
        a->is_finished = false;
        if (a->opts.mode == TREAD_RECORDED)
            a->n_steps = 0, a->n_steps_total = 0;
    }
    return status;
}

/* On the belt, in the air, or unknown: what the last contact before `time_s` says. */
static int contact_state(const tread_analyzer *a, enum tread_side side, double time_s)
{
    const tread_contact *contacts = a->events.contacts;
    size_t low = 0, high = a->events.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (contacts[mid].initial_contact_s <= time_s)
            low = mid + 1;
        else
            high = mid;
    }
    for (size_t i = low; i-- > 0;) {
        const tread_contact *c = &contacts[i];
        double since_s = time_s - c->initial_contact_s;
        if (since_s > LONGEST_STRIDE_S)
            return -1;
        if (c->side != side)
            continue;
        if (isfinite(c->toe_off_s))
            return time_s < c->toe_off_s;
        return since_s < LONGEST_STANCE_S ? -1 : 0;
    }
    return -1;
}

/* A frame of the stretch as a result. */
static void fill_result(const tread_analyzer *a, const tread_skeleton *s, tread_frame_result *out)
{
    tread_gait__angles(&a->setting, s, out);
    tread_motion__uncertainty(s, a->setting.view, a->stride.leg_px, out->x_sd_px, out->y_sd_px);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        out->contact[side] = contact_state(a, (enum tread_side)side, out->time_s);
}

int tread_analyzer_next_frame(tread_analyzer *a, tread_frame_result *out)
{
    if (!a || !out)
        return TREAD_ERR_ARG;
    if (a->next_frame == a->n_pushed)
        return a->is_finished ? TREAD_EOF : TREAD_AGAIN;
    if (!a->is_finished && a->opts.mode == TREAD_RECORDED)
        return TREAD_AGAIN;
    const tread_skeleton *next = &a->skeletons[a->next_frame - a->n_forgotten];
    if (!a->is_finished && next->time_s > a->judged_s - (TREAD_LIVE_LAG_S - LIVE_JUDGE_EVERY_S))
        return TREAD_AGAIN;
    fill_result(a, next, out);
    a->next_frame++;
    if (a->opts.mode == TREAD_LIVE)
        a->n_identity[out->identity]++;
    return TREAD_OK;
}

int tread_analyzer_newest_frame(const tread_analyzer *a, tread_frame_result *out)
{
    if (!a || !out || a->opts.mode != TREAD_LIVE)
        return TREAD_ERR_ARG;
    if (a->n_frames == 0)
        return TREAD_AGAIN;
    fill_result(a, &a->skeletons[a->n_frames - 1], out);
    return TREAD_OK;
}

int tread_analyzer_next_step(tread_analyzer *a, tread_step *out)
{
    if (!a || !out)
        return TREAD_ERR_ARG;
    if (a->next_step == a->n_steps)
        return a->is_finished ? TREAD_EOF : TREAD_AGAIN;
    *out = a->steps[a->next_step++];
    return TREAD_OK;
}

int tread_analyzer_measure(const tread_analyzer *a, enum tread_measure_id id, enum tread_side side,
                           tread_measure *out)
{
    const tread_measure_info *info = tread_measure_describe(id);
    if (!a || !out || !info || (unsigned)side > TREAD_BOTH ||
        (side != TREAD_BOTH && !info->is_per_side))
        return TREAD_ERR_ARG;
    enum tread_side near_side = a->setting.view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
    double *scratch = calloc(2 * a->n_steps + 1, sizeof *scratch);
    if (!scratch)
        return TREAD_ERR_NOMEM;
    tread_gait__measure(id, side, a->steps, a->trunk_lean, a->n_steps, near_side, scratch, out);
    free(scratch);
    const char *refusal = tread_gait__refusal(&a->setting, &a->stride);
    if (out->reason && refusal && a->n_steps == 0)
        out->reason = refusal;
    return TREAD_OK;
}

static double time_at(const tread_analyzer *a, size_t i)
{
    return a->opts.mode == TREAD_RECORDED ? a->frames[i].time_s : a->skeletons[i].time_s;
}

static double median_interval(const tread_analyzer *a)
{
    if (a->n_frames < 2)
        return (double)NAN;
    /* Times of a camera are regular but for drops: the median of a thousand
     * intervals from the middle is that of all. */
    double values[1024];
    size_t n = a->n_frames - 1 < 1024 ? a->n_frames - 1 : 1024;
    size_t from = (a->n_frames - 1 - n) / 2;
    for (size_t i = 0; i < n; i++)
        values[i] = time_at(a, from + i + 1) - time_at(a, from + i);
    return tread_median(values, n);
}

static int64_t count_valid(const tread_analyzer *a)
{
    int64_t n = 0;
    for (size_t i = 0; i < a->n_steps; i++)
        n += a->steps[i].is_valid;
    return n;
}

void tread_analyzer_overview(const tread_analyzer *a, tread_overview *out)
{
    if (out)
        *out = (tread_overview){0};
    if (!a || !out)
        return;
    const char *refusal = tread_gait__refusal(&a->setting, &a->stride);
    *out = (tread_overview){
        .n_frames = a->n_pushed,
        .n_frames_found = a->n_found,
        .n_steps = a->n_steps_total,
        .n_steps_valid = count_valid(a),
        .first_s = a->first_s,
        .last_s = a->last_s,
        .frame_interval_s = median_interval(a),
        .gait = a->stride.gait,
        .view = a->setting.view,
        .near_side = a->setting.view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT,
        .stride_hz = a->stride.hz,
        .leg_length_px = a->stride.leg_px,
        .belt_speed_px_s = a->events.belt_px_s,
        .scale_m_per_px = tread_gait__scale_m_per_px(&a->setting, &a->stride, a->events.belt_px_s),
        .foot_offset_deg = {a->setting.foot_offset_deg[0], a->setting.foot_offset_deg[1]},
    };
    memcpy(out->n_identity, a->n_identity, sizeof out->n_identity);
    if (a->n_found == 0)
        out->no_steps_reason = "no runner found";
    else if (a->n_steps_total == 0)
        out->no_steps_reason = refusal ? refusal : "no foot contact found";
}

/* The analyzer of include/treadscope/analyzer.h: holds the frames, lets motion
 * and gait work on stretches of them, and hands out the results in order.
 *
 * Recorded, everything is judged once, at finish, block by block: people change their pace.
 * Live, the stretch is the last seconds, again with every frame, and only what lies
 * TREAD_LIVE_LAG_S behind the newest frame is handed out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <treadscope/analyzer.h>

#include "base/median.h"
#include "gait/gait.h"
#include "motion/motion.h"

/* Recorded: a block is judged with so much on both sides of it, which together is as long as
 * one stride frequency can hold. */
#define BLOCK_S 6.0
#define BLOCK_MARGIN_S 3.0
/* Live: gait looks at so much past, enough for three strides of the slowest runner (1.2 s
 * each). */
#define LIVE_STRETCH_S 3.8
/* ... and for how the legs swing, which changes over strides, it looks this often. */
#define LIVE_STRIDE_EVERY_S 0.25
/* ... and times contacts anew until they are this old: a stride and a half, so that stance is
 * over and lies inside the stretch. */
#define LIVE_OPEN_S 1.4
/* ... by what was usual in so many before. */
#define LIVE_CONTACTS 96
/* The view is not settled on less: feet alone say the wrong thing for half a step. */
#define LIVE_VIEW_AFTER_S 1.0
/* The stretch is judged this often at most, and frames are handed out this much less
 * than the lag behind it: a camera of 240 frames a second costs no more than one of 25. */
#define LIVE_JUDGE_EVERY_S 0.04
/* Two contacts, or toe-offs, of one foot closer than this are one (MIN_STRIDE_MS, gait). */
#define SAME_CONTACT_S 0.2
/* Section 1.4, step 5: past these a contact says nothing any more. */
#define LONGEST_STANCE_S 0.42
#define LONGEST_STRIDE_S 1.25
/* Live: room for the steps of some hours is not kept; the summary rests on the last 12
 * minutes, which hold any baseline (minute 4) and what is compared with it. */
#define LIVE_MAX_STEPS 2048
#define MAX_EVENTS 64
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
    double *scratch;          /* (3 n_tools) */
    tread_contact *contacts;  /* (n_tools / 4 + LIVE_CONTACTS + 16) */

    tread_view_evidence evidence;
    tread_gait_setting setting;
    tread_stride stride; /* live the newest; recorded that of a block with steps near the middle */
    tread_events events;
    double doubt[TREAD_N_SIDES];

    /* Steps in order; the first n_done will not change any more. */
    tread_step *steps;    /* (n_steps of n_steps_room) */
    double *step_scratch; /* (2 n_steps_room) */
    size_t n_steps, n_steps_room, n_done;
    tread_baseline baseline;
    tread_cycles cycles;
    tread_gait_session session; /* once finished: it is asked for hundreds of numbers */
    bool has_session;

    tread_event queue[MAX_EVENTS]; /* live: told and not yet handed out */
    size_t n_queued;
    double told_s[TREAD_N_SIDES][2]; /* the last toe-off, contact told of a side */

    int64_t next_frame; /* the next frame to hand out, counted from the first pushed */
    size_t next_step;
    double judged_s, strided_s; /* newest frame when the stretch, and the stride, were last
                                   judged; -INFINITY = never */
    int64_t n_pushed, n_found, n_steps_total;
    int64_t n_identity[TREAD_N_IDENTITIES];
    double first_s, last_s, running_s, walking_s;
};

int tread_analyzer_create(tread_analyzer **out, const tread_analyzer_opts *opts)
{
    static const tread_analyzer_opts defaults = {.view = TREAD_VIEW_AUTO};
    if (!out)
        return TREAD_ERR_ARG;
    *out = NULL;
    if (!opts)
        opts = &defaults;
    tread_analyzer *a = calloc(1, sizeof *a);
    if (!a)
        return TREAD_ERR_NOMEM;
    a->opts = *opts;
    a->opts.changes = NULL; /* the setting has them */
    if ((unsigned)opts->mode > TREAD_LIVE || !tread_gait__setting_init(&a->setting, opts)) {
        free(a);
        return TREAD_ERR_ARG;
    }
    a->stride = (tread_stride){.hz = (double)NAN, .leg_px = (double)NAN};
    a->doubt[TREAD_LEFT] = a->doubt[TREAD_RIGHT] = 1;
    a->first_s = a->last_s = (double)NAN;
    a->judged_s = a->strided_s = -INFINITY;
    for (int side = 0; side < TREAD_N_SIDES; side++)
        a->told_s[side][0] = a->told_s[side][1] = -INFINITY;
    tread_gait__baseline_init(&a->baseline);
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
    tread_gait__cycles_free(&(*a)->cycles);
    free((*a)->frames);
    free((*a)->smoothed);
    free((*a)->scratch);
    free((*a)->contacts);
    free((*a)->steps);
    free((*a)->step_scratch);
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
    if (!resize(&a->scratch, 3 * n, sizeof *a->scratch) ||
        !resize(&a->contacts, n / 4 + LIVE_CONTACTS + 16, sizeof *a->contacts))
        return TREAD_ERR_NOMEM;
    a->n_tools = n;
    a->events.n_max = n / 4 + LIVE_CONTACTS + 16;
    a->events.contacts = a->contacts;
    return TREAD_OK;
}

static void drop_oldest_step(tread_analyzer *a)
{
    a->n_steps--;
    a->n_done--;
    a->next_step--;
    memmove(a->steps, a->steps + 1, a->n_steps * sizeof *a->steps);
}

static int append_step(tread_analyzer *a, const tread_step *step)
{
    if (a->opts.mode == TREAD_LIVE && a->n_steps == LIVE_MAX_STEPS && a->next_step > 0 &&
        a->n_done > 0)
        drop_oldest_step(a);
    if (a->n_steps == a->n_steps_room) {
        /* Live, once for all: pieces of every size would be left behind otherwise. */
        size_t first = a->opts.mode == TREAD_LIVE ? LIVE_MAX_STEPS : 128;
        size_t n = a->n_steps_room ? 2 * a->n_steps_room : first;
        if (!resize(&a->steps, n, sizeof *a->steps) ||
            !resize(&a->step_scratch, 2 * n, sizeof *a->step_scratch))
            return TREAD_ERR_NOMEM;
        a->n_steps_room = n;
    }
    a->steps[a->n_steps] = *step;
    a->steps[a->n_steps++].step = a->n_steps_total++;
    return TREAD_OK;
}

/* Median distance of two frames, from a thousand in the middle: times of a camera are regular
 * but for drops. */
static double median_interval(const tread_analyzer *a)
{
    double values[1024];
    size_t n = a->n_frames < 2 ? 0 : a->n_frames - 1 < 1024 ? a->n_frames - 1 : 1024;
    size_t from = n ? (a->n_frames - 1 - n) / 2 : 0;
    bool is_smooth = a->skeletons != NULL;
    for (size_t i = 0; i < n; i++)
        values[i] = is_smooth ? a->skeletons[from + i + 1].time_s - a->skeletons[from + i].time_s
                              : a->frames[from + i + 1].time_s - a->frames[from + i].time_s;
    return tread_median(values, n);
}

static tread_gait_session session_of(const tread_analyzer *a)
{
    if (a->has_session)
        return a->session;
    tread_gait_session session = {
        .steps = a->steps,
        .n = a->n_steps,
        .view = a->setting.view,
        .frame_interval_s = median_interval(a),
        .doubt = {a->doubt[TREAD_LEFT], a->doubt[TREAD_RIGHT]},
    };
    tread_gait__timing_sd(&a->events, &session);
    return session;
}

/* The same foot's next step, within a stride; 0 = none. */
static size_t next_of_side(const tread_analyzer *a, size_t i)
{
    for (size_t k = i + 1; k < a->n_steps; k++)
        if (a->steps[k].side == a->steps[i].side)
            return a->steps[k].initial_contact_s - a->steps[i].initial_contact_s <= LONGEST_STRIDE_S
                       ? k
                       : 0;
    return 0;
}

/* Step i will not change any more. */
static int conclude_step(tread_analyzer *a, size_t i)
{
    const tread_step *step = &a->steps[i];
    if (!tread_motion__view_is_along(a->setting.view))
        tread_gait__reject_outlier(a->steps, a->n_steps, i);
    size_t next = next_of_side(a, i);
    if (!step->is_valid || !next)
        return TREAD_OK;
    return tread_gait__cycles_add(&a->cycles, &a->setting, a->skeletons, a->n_frames, step->side,
                                  step->initial_contact_s, step->toe_off_s,
                                  a->steps[next].initial_contact_s);
}

/* Steps whose stride is over, in order. */
static int conclude_steps(tread_analyzer *a)
{
    int status = TREAD_OK;
    size_t n_before = a->n_done;
    while (
        status == TREAD_OK && a->n_done < a->n_steps &&
        (a->is_finished || next_of_side(a, a->n_done) ||
         a->last_s > a->steps[a->n_done].initial_contact_s + LONGEST_STRIDE_S + LIVE_STRETCH_S / 2))
        status = conclude_step(a, a->n_done++);
    if (a->n_done > n_before) {
        tread_gait_session session = session_of(a);
        session.n = a->n_done;
        tread_gait__baseline_update(&a->baseline, &a->setting, &session, a->step_scratch);
    }
    return status;
}

/* The step of the contact at a time, of those that may still change; n_steps = none. */
static size_t find_open_step(const tread_analyzer *a, enum tread_side side, double contact_s)
{
    for (size_t i = a->n_done; i < a->n_steps; i++)
        if (a->steps[i].side == side &&
            fabs(a->steps[i].initial_contact_s - contact_s) < SAME_CONTACT_S)
            return i;
    return a->n_steps;
}

/* Contacts become steps; live, a step that is still open is measured anew. */
static int collect_steps(tread_analyzer *a)
{
    for (size_t i = 0; i < a->events.n; i++) {
        const tread_contact *c = &a->events.contacts[i];
        tread_step step;
        size_t k = find_open_step(a, c->side, c->initial_contact_s);
        bool is_new = k == a->n_steps;
        if (is_new && a->n_steps &&
            c->initial_contact_s <
                a->steps[a->n_steps - 1].initial_contact_s + 0.5 * SAME_CONTACT_S)
            continue; /* handed out, or too late to be let in */
        tread_gait__step(&a->setting, a->skeletons, a->n_frames, &a->events, i, &step);
        if (!is_new) {
            step.step = a->steps[k].step;
            a->steps[k] = step;
            continue;
        }
        int status = append_step(a, &step);
        if (status != TREAD_OK)
            return status;
    }
    return conclude_steps(a);
}

static void tell_event(tread_analyzer *a, const tread_event *event)
{
    double *told_s = &a->told_s[event->side][event->is_contact];
    if (!(event->time_s > *told_s + SAME_CONTACT_S))
        return;
    *told_s = event->time_s;
    if (a->n_queued == MAX_EVENTS)
        memmove(a->queue, a->queue + 1, --a->n_queued * sizeof *a->queue);
    a->queue[a->n_queued++] = *event;
}

static void tell_events(tread_analyzer *a)
{
    for (size_t i = 0; i < a->events.n; i++) {
        const tread_contact *c = &a->events.contacts[i];
        /* Older than the first stretch that was judged: nobody waited for it. */
        if (c->initial_contact_s < a->last_s - TREAD_LIVE_EVENT_LAG_S - LONGEST_STANCE_S)
            continue;
        tell_event(a,
                   &(tread_event){c->side, true, c->initial_contact_s, c->initial_contact_sd_ms});
        if (isfinite(c->toe_off_s))
            tell_event(a, &(tread_event){c->side, false, c->toe_off_s, c->toe_off_sd_ms});
    }
}

static void count_gait(tread_analyzer *a, const tread_stride *stride, double span_s)
{
    if (stride->gait == TREAD_GAIT_RUNNING)
        a->running_s += span_s;
    else if (stride->gait == TREAD_GAIT_WALKING)
        a->walking_s += span_s;
}

/* One block of a recording, with what is on both sides of it. */
static void judge_block(tread_analyzer *a, double from_s, double to_s, tread_stride *stride)
{
    size_t first = tread_gait__index_at(a->skeletons, a->n_frames, from_s - BLOCK_MARGIN_S),
           last = tread_gait__index_at(a->skeletons, a->n_frames, to_s + BLOCK_MARGIN_S);
    const tread_skeleton *s = a->skeletons + first;
    tread_gait__stride(&a->setting, s, last - first, a->scratch, stride);
    count_gait(a, stride, fmin(to_s, a->last_s) - fmax(from_s, a->first_s));
    if (!tread_gait__refusal(&a->setting, stride))
        tread_gait__events(&a->setting, s, last - first, stride, from_s - SAME_CONTACT_S / 2,
                           to_s + SAME_CONTACT_S / 2, a->scratch, &a->events);
}

static void judge_blocks(tread_analyzer *a)
{
    double span_s = a->last_s - a->first_s, middle_s = a->first_s + span_s / 2, best_s = INFINITY;
    double block_s = span_s <= TREAD_STRIDE_SPAN_S ? INFINITY : BLOCK_S;
    bool has_steps = false;
    for (size_t i = 0; i < a->n_frames;) {
        double from_s = a->skeletons[i].time_s, to_s = from_s + block_s;
        size_t next = tread_gait__index_at(a->skeletons, a->n_frames, to_s);
        tread_stride stride;
        judge_block(a, i ? from_s : -INFINITY, next < a->n_frames ? to_s : INFINITY, &stride);
        bool is_stepping = !tread_gait__refusal(&a->setting, &stride);
        double off_s = fabs(0.5 * (from_s + fmin(to_s, a->last_s)) - middle_s);
        if ((is_stepping && !has_steps) || (is_stepping == has_steps && off_s < best_s)) {
            a->stride = stride;
            best_s = off_s;
            has_steps = is_stepping;
        }
        i = next > i ? next : i + 1;
    }
}

/* Live: contacts that are old enough stay as they are, and tell what is usual; the others are
 * found anew. @return how many stay */
static size_t keep_contacts(tread_analyzer *a)
{
    tread_events *e = &a->events;
    size_t n = 0;
    while (n < e->n && e->contacts[n].initial_contact_s < a->last_s - LIVE_OPEN_S)
        n++;
    if (n > LIVE_CONTACTS) {
        memmove(e->contacts, e->contacts + n - LIVE_CONTACTS, LIVE_CONTACTS * sizeof *e->contacts);
        n = LIVE_CONTACTS;
    }
    return n;
}

static void judge_stretch(tread_analyzer *a)
{
    double since_s = isfinite(a->judged_s) ? a->last_s - a->judged_s : 0;
    if (a->is_finished || !(a->last_s - a->strided_s < LIVE_STRIDE_EVERY_S)) {
        tread_gait__stride(&a->setting, a->skeletons, a->n_frames, a->scratch, &a->stride);
        a->strided_s = a->last_s;
    }
    count_gait(a, &a->stride, since_s);
    if (!tread_gait__refusal(&a->setting, &a->stride))
        tread_gait__events(&a->setting, a->skeletons, a->n_frames, &a->stride,
                           a->last_s - LIVE_OPEN_S, INFINITY, a->scratch, &a->events);
}

/* Judge the stretch as it stands. */
static int judge(tread_analyzer *a)
{
    int status = make_tools(a);
    if (status != TREAD_OK)
        return status;
    if (a->setting.view == TREAD_VIEW_AUTO &&
        (a->is_finished || a->last_s - a->first_s >= LIVE_VIEW_AFTER_S))
        a->setting.view = tread_motion__view_decide(&a->evidence);
    size_t first = 0;
    if (a->opts.mode == TREAD_LIVE) {
        first = a->events.n = keep_contacts(a);
        judge_stretch(a);
    } else {
        judge_blocks(a);
    }
    a->judged_s = a->last_s;
    tread_motion__doubt(a->skeletons, a->n_frames, a->doubt);
    tread_gait__time(&a->setting, a->skeletons, a->n_frames, &a->events, first);
    tread_gait__find_lost(&a->setting, a->skeletons, a->n_frames, &a->events, first);
    double offset_deg[TREAD_N_SIDES];
    tread_gait__foot_offset(&a->events, offset_deg);
    for (int side = 0; side < TREAD_N_SIDES; side++)
        if (isfinite(offset_deg[side]))
            a->setting.foot_offset_deg[side] = offset_deg[side];
    if (a->opts.mode == TREAD_LIVE)
        tell_events(a);
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

int tread_analyzer_set_belt(tread_analyzer *a, const tread_belt *belt)
{
    if (!a || !belt || a->is_finished)
        return TREAD_ERR_ARG;
    tread_belt change = *belt;
    if (a->opts.mode == TREAD_LIVE) {
        if (a->n_pushed > 0)
            change.from_s = fmax(change.from_s, a->last_s);
        if (a->setting.n_belts > TREAD_MAX_BELT_CHANGES)
            tread_gait__setting_forget(&a->setting);
    }
    return tread_gait__setting_change(&a->setting, &change) ? TREAD_OK : TREAD_ERR_ARG;
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
    if (status == TREAD_OK) {
        a->session = session_of(a);
        a->has_session = true;
    } else {
        /* As it was before, so that nothing half-judged is handed out. */
        a->is_finished = false;
        if (a->opts.mode == TREAD_RECORDED) {
            a->n_steps = a->n_done = 0, a->n_steps_total = 0;
            a->running_s = a->walking_s = 0;
            tread_gait__cycles_free(&a->cycles);
            tread_gait__baseline_init(&a->baseline);
        }
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
    if (a->next_step >= a->n_done)
        return TREAD_AGAIN;
    *out = a->steps[a->next_step];
    double interval_s = median_interval(a);
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (tread_gait__rate_refusal((enum tread_measure_id)id, interval_s, true))
            out->value[id] = (double)NAN;
    a->next_step++;
    return TREAD_OK;
}

int tread_analyzer_next_event(tread_analyzer *a, tread_event *out)
{
    if (!a || !out)
        return TREAD_ERR_ARG;
    if (a->n_queued == 0)
        return a->is_finished || a->opts.mode != TREAD_LIVE ? TREAD_EOF : TREAD_AGAIN;
    *out = a->queue[0];
    memmove(a->queue, a->queue + 1, --a->n_queued * sizeof *a->queue);
    return TREAD_OK;
}

static bool is_asked_well(const tread_analyzer *a, enum tread_measure_id id, enum tread_side side,
                          const void *out)
{
    const tread_measure_info *info = tread_measure_describe(id);
    return a && out && info && (unsigned)side <= TREAD_BOTH &&
           (side == TREAD_BOTH || info->is_per_side);
}

/* Why there is nothing at all; NULL when there are steps. */
static const char *no_steps_reason(const tread_analyzer *a)
{
    if (a->n_steps_total > 0)
        return NULL;
    if (a->n_found == 0)
        return "no runner found";
    const char *refusal = tread_gait__refusal(&a->setting, &a->stride);
    return refusal ? refusal : "no foot contact found";
}

int tread_analyzer_measure_between(const tread_analyzer *a, enum tread_measure_id id,
                                   enum tread_side side, double from_s, double to_s,
                                   tread_measure *out)
{
    if (!is_asked_well(a, id, side, out))
        return TREAD_ERR_ARG;
    tread_gait_session session = session_of(a);
    tread_gait__measure(&session, id, side, from_s, to_s, a->step_scratch, out);
    if (out->reason && no_steps_reason(a))
        out->reason = no_steps_reason(a);
    return TREAD_OK;
}

int tread_analyzer_measure(const tread_analyzer *a, enum tread_measure_id id, enum tread_side side,
                           tread_measure *out)
{
    return tread_analyzer_measure_between(a, id, side, -INFINITY, INFINITY, out);
}

int tread_analyzer_symmetry_between(const tread_analyzer *a, enum tread_measure_id id,
                                    double from_s, double to_s, tread_symmetry *out)
{
    if (!is_asked_well(a, id, TREAD_LEFT, out))
        return TREAD_ERR_ARG;
    tread_gait_session session = session_of(a);
    tread_gait__symmetry(&session, id, from_s, to_s, a->step_scratch, out);
    return TREAD_OK;
}

int tread_analyzer_symmetry(const tread_analyzer *a, enum tread_measure_id id, tread_symmetry *out)
{
    return tread_analyzer_symmetry_between(a, id, -INFINITY, INFINITY, out);
}

int tread_analyzer_drift_at(const tread_analyzer *a, enum tread_measure_id id, enum tread_side side,
                            double at_s, tread_drift *out)
{
    if (!is_asked_well(a, id, side, out) || isnan(at_s))
        return TREAD_ERR_ARG;
    tread_gait_session session = session_of(a);
    session.n = a->n_done;
    /* The first that begins later does not count, nor any after it. */
    session.n = tread_gait__step_at(&session, nextafter(at_s, INFINITY));
    if (a->opts.mode == TREAD_LIVE) /* the steps of its baseline may be gone */
        tread_gait__drift(&a->baseline, &session, id, side, a->step_scratch, out);
    else
        tread_gait__drift_of(&a->setting, &session, id, side, a->step_scratch, out);
    return TREAD_OK;
}

int tread_analyzer_drift(const tread_analyzer *a, enum tread_measure_id id, enum tread_side side,
                         tread_drift *out)
{
    return tread_analyzer_drift_at(a, id, side, INFINITY, out);
}

int tread_analyzer_curve(const tread_analyzer *a, enum tread_curve_id id, enum tread_side side,
                         tread_curve *out)
{
    if (!a || !out || (unsigned)id >= TREAD_N_CURVES || (unsigned)side >= TREAD_N_SIDES)
        return TREAD_ERR_ARG;
    tread_gait__curve(&a->cycles, &a->setting, id, side, out);
    return TREAD_OK;
}

static int64_t count_valid(const tread_analyzer *a)
{
    int64_t n = 0;
    for (size_t i = 0; i < a->n_steps; i++)
        n += a->steps[i].is_valid;
    return n;
}

/* Medians over the contacts that are at hand. */
static void take_belt(const tread_analyzer *a, tread_overview *out)
{
    double speed_px_s[512], slope_deg[512], ratio[512];
    size_t n_speeds = 0, n_slopes = 0, n_ratios = 0, every = a->events.n / 512 + 1;
    for (size_t i = 0; i < a->events.n; i += every) {
        const tread_contact *c = &a->events.contacts[i];
        speed_px_s[n_speeds++] = c->belt_px_s;
        if (c->side == tread_gait__near_side(a->setting.view) && isfinite(c->slope_deg))
            slope_deg[n_slopes++] = c->slope_deg;
    }
    every = a->n_steps / 512 + 1;
    for (size_t i = 0; i < a->n_steps; i += every) {
        double r = a->steps[i].value[TREAD_MEASURE_BELT_SPEED] / a->steps[i].speed_kmh;
        if (isfinite(r))
            ratio[n_ratios++] = r;
    }
    out->belt_speed_px_s = tread_median(speed_px_s, n_speeds);
    out->belt_slope_deg = tread_median(slope_deg, n_slopes);
    out->belt_vs_height_pct = 100 * (tread_median(ratio, n_ratios) - 1);
}

/* By the belt as it was set when most was measured: the middle of the session. */
static double scale_of(const tread_analyzer *a, double belt_px_s)
{
    double middle_s = a->n_steps ? a->steps[a->n_steps / 2].initial_contact_s : a->last_s;
    double by_belt =
        tread_gait__scale_by_belt(tread_gait__belt_at(&a->setting, middle_s)->speed_kmh, belt_px_s);
    return isfinite(by_belt) ? by_belt
                             : tread_gait__scale_by_height(a->setting.height_cm, a->stride.leg_px);
}

void tread_analyzer_overview(const tread_analyzer *a, tread_overview *out)
{
    if (out)
        *out = (tread_overview){0};
    if (!a || !out)
        return;
    tread_gait_session session = session_of(a);
    *out = (tread_overview){
        .n_frames = a->n_pushed,
        .n_frames_found = a->n_found,
        .n_steps = a->n_steps_total,
        .n_steps_valid = count_valid(a),
        .first_s = a->first_s,
        .last_s = a->last_s,
        .frame_interval_s = session.frame_interval_s,
        .gait = a->stride.gait,
        .view = a->setting.view,
        .near_side = tread_gait__near_side(a->setting.view),
        .stride_hz = a->stride.hz,
        .leg_length_px = a->stride.leg_px,
        .foot_offset_deg = {a->setting.foot_offset_deg[0], a->setting.foot_offset_deg[1]},
        .initial_contact_sd_ms =
            session.initial_contact_sd_ms[tread_gait__near_side(a->setting.view)],
        .toe_off_sd_ms = session.toe_off_sd_ms[tread_gait__near_side(a->setting.view)],
        .running_s = a->running_s,
        .walking_s = a->walking_s,
        .no_steps_reason = no_steps_reason(a),
    };
    take_belt(a, out);
    out->scale_m_per_px = scale_of(a, out->belt_speed_px_s);
    memcpy(out->n_identity, a->n_identity, sizeof out->n_identity);
}

#include "session/crew.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/queue.h"
#include "base/thread.h"
#include "session/feed.h"

/* What waits for the caller: a part being worked on and one done by each worker, of so many
 * pictures at most, some kB each. */
enum { MAX_PARTS_EACH = 2, MAX_NOTES = 1024 };
/* So that a worker need not wait before its part is done. */
#define MAX_PART_PICTURES 840.0
/* A worker gets so much of its even share of what is left. Less makes more parts, each of which
 * costs a start; more, and the last ones do not end together. */
#define PART_OF_SHARE 0.6

/* The trace of a picture: to find out whether two workers have met. */
typedef struct trace {
    double time_s;
    uint64_t mark;
} trace;

typedef struct part {
    size_t first_cut;
    double from_s;
    tread_queue *notes;
    struct part *after; /* the next that was taken; rising times */
    atomic_bool stop;   /* nobody wants it any more */

    /* Protected by the crew's lock. */
    size_t end_cut; /* where somebody else begins, if anybody does */
    trace *traces;  /* (n_traces) of all its pictures so far */
    size_t n_traces, max_traces;
    bool is_done, is_left; /* by its worker; by the caller */

    /* Written by its worker before it finishes the notes. */
    struct part *met; /* goes on there; NULL: ended */
    bool is_clip_end; /* the clip ended, and all was well */
} part;

typedef struct worker {
    tread_crew *crew;
    pthread_t thread;
    bool is_running;
    tread_pose_tracker *tracker;
    part *part;       /* the one it begins with */
    tread_feed *feed; /* while at a part */
} worker;

struct tread_crew {
    session_crew_opts opts;
    worker *workers; /* (opts.n_workers) */

    /* of the caller */
    part *current;
    double last_s; /* of the last note handed out */

    pthread_mutex_t lock;
    pthread_cond_t changed; /* a part was left, or all are to stop */
    /* Protected by lock. */
    part *first, *last;
    size_t next_cut; /* nobody has begun there yet; n: nothing is left */
    int n_open;      /* parts taken and not left by the caller */
    bool is_stopped;
};

/* ---- taking parts ---------------------------------------------------------------- */

static size_t max_part_cuts(const session_crew_opts *o)
{
    double fps = o->fps > 0 ? o->fps : 60;
    double cut_s = POSE_MEET_S / o->time_scale;
    return (size_t)fmax(1, floor(MAX_PART_PICTURES / (fps * cut_s)));
}

/* Where a part from `cut` on ends: at the cut near a worker's share that costs the next one
 * the least decoding. */
static size_t end_of_part(const tread_crew *c, size_t cut)
{
    const session_cuts *cuts = c->opts.cuts;
    double share = PART_OF_SHARE * (double)(cuts->n - cut) / c->opts.n_workers;
    size_t wanted = (size_t)fmax(1, fmin(floor(share), (double)max_part_cuts(&c->opts)));
    size_t best = cut + wanted;
    if (best >= cuts->n)
        return cuts->n;
    for (size_t k = wanted > 1 ? best - 1 : best; k <= cut + wanted + 1 && k < cuts->n; k++)
        if (cuts->lead_s[k] < cuts->lead_s[best])
            best = k;
    return best;
}

static part *new_part(void)
{
    part *p = calloc(1, sizeof *p);
    if (p && tread_queue__create(&p->notes, MAX_NOTES) != TREAD_OK) {
        free(p);
        return NULL;
    }
    return p;
}

static void free_part(part *p)
{
    tread_queue__destroy(&p->notes);
    free(p->traces);
    free(p);
}

/* With the lock held. @return false: nothing is left */
static bool take(tread_crew *c, part *p)
{
    if (c->is_stopped || c->next_cut >= c->opts.cuts->n)
        return false;
    p->first_cut = c->next_cut;
    p->from_s = c->opts.cuts->at_s[p->first_cut];
    p->end_cut = c->next_cut = end_of_part(c, p->first_cut);
    if (c->last)
        c->last->after = p;
    else
        c->first = p;
    c->last = p;
    c->n_open++;
    return true;
}

/* The next part, as soon as the caller has come near enough. NULL: there is none */
static part *take_next(tread_crew *c)
{
    part *p = new_part();
    if (!p)
        return NULL;
    pthread_mutex_lock(&c->lock);
    while (!c->is_stopped && c->n_open >= MAX_PARTS_EACH * c->opts.n_workers)
        pthread_cond_wait(&c->changed, &c->lock);
    bool is_taken = take(c, p);
    pthread_mutex_unlock(&c->lock);
    if (is_taken)
        return p;
    free_part(p);
    return NULL;
}

/* With the lock held: what only workers before it ask for. */
static void forget_traces(part *p)
{
    free(p->traces);
    p->traces = NULL;
    p->n_traces = p->max_traces = 0;
}

static void be_done(tread_crew *c, part *p)
{
    tread_queue__finish_sending(p->notes);
    pthread_mutex_lock(&c->lock);
    p->is_done = true;
    if (p->is_left)
        forget_traces(p);
    pthread_mutex_unlock(&c->lock);
}

/* ---- meeting --------------------------------------------------------------------- */

/* The next three: with the lock held. */

static bool add_trace(part *p, trace t)
{
    if (p->n_traces == p->max_traces) {
        size_t max = p->max_traces ? 2 * p->max_traces : 256;
        trace *traces = realloc(p->traces, max * sizeof *traces);
        if (!traces)
            return false;
        p->traces = traces;
        p->max_traces = max;
    }
    p->traces[p->n_traces++] = t;
    return true;
}

static bool has_trace(const part *p, trace t)
{
    size_t low = 0, high = p->n_traces;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->traces[middle].time_s < t.time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->n_traces && p->traces[low].time_s == t.time_s && p->traces[low].mark == t.mark;
}

/* Whether both were at one place in the last picture both have seen. */
static bool have_met(const part *p, const part *q)
{
    if (p->n_traces == 0 || q->n_traces == 0)
        return false;
    trace last_p = p->traces[p->n_traces - 1], last_q = q->traces[q->n_traces - 1];
    return last_q.time_s < last_p.time_s ? has_trace(p, last_q) : has_trace(q, last_p);
}

/* Who is at this place as well, further on. Where nobody has begun yet, the part becomes
 * longer. */
static part *meet(tread_crew *c, part *p, double time_s)
{
    const session_cuts *cuts = c->opts.cuts;
    if (p->end_cut == c->next_cut && p->end_cut < cuts->n && time_s >= cuts->at_s[p->end_cut])
        p->end_cut = c->next_cut = end_of_part(c, p->end_cut);
    for (part *q = p->after; q && q->from_s <= time_s; q = q->after)
        if (have_met(p, q))
            return q;
    return NULL;
}

/* ---- work ------------------------------------------------------------------------ */

static session_note *new_note(void)
{
    session_note *note = malloc(sizeof *note + tread_pose__record_size());
    if (note)
        note->record = (tread_pose_record *)(note + 1);
    return note;
}

/* A picture becomes a note. @return TREAD_OK; TREAD_EOF: the part is done with, or given up */
static int look(worker *w, part *p, const tread_frame *frame)
{
    tread_crew *c = w->crew;
    tread_landmarks lm;
    session_note *note = new_note();
    if (!note)
        return TREAD_EOF;
    note->time_s = frame->time_s;
    int status = tread_pose__tracker_run_recorded(w->tracker, &frame->picture, frame->index,
                                                  frame->time_s * c->opts.time_scale, &lm,
                                                  note->record, NULL);
    if (status != TREAD_OK) {
        free(note);
        return TREAD_EOF;
    }
    trace t = {frame->time_s, tread_pose__tracker_mark(w->tracker, &lm)};
    if (tread_queue__send(p->notes, note) != TREAD_OK) {
        free(note);
        return TREAD_EOF;
    }
    pthread_mutex_lock(&c->lock);
    bool is_traced = add_trace(p, t);
    p->met = is_traced ? meet(c, p, t.time_s) : NULL;
    pthread_mutex_unlock(&c->lock);
    return is_traced && !p->met ? TREAD_OK : TREAD_EOF;
}

static void do_part(worker *w, part *p)
{
    const session_crew_opts *o = &w->crew->opts;
    tread_frame *frame = NULL;
    int status = session_feed_open_part(&w->feed, o->source, p->from_s, o->to_s, &p->stop, NULL);
    tread_pose__tracker_reset(w->tracker);
    while (status == TREAD_OK && !atomic_load(&p->stop)) {
        status = session_feed_next(w->feed, &frame, NULL);
        if (status == TREAD_EOF)
            p->is_clip_end = true;
        if (status == TREAD_OK)
            status = look(w, p, frame);
        tread_media__frame_unref(&frame);
    }
    session_feed_close(&w->feed, NULL);
}

static void *work(void *data)
{
    worker *w = data;
    part *p = w->part;
    bool is_able = w->tracker || tread_pose__tracker_create(&w->tracker, w->crew->opts.weights, 1,
                                                            NULL) == TREAD_OK;
    while (p) {
        if (is_able)
            do_part(w, p);
        be_done(w->crew, p);
        p = is_able ? take_next(w->crew) : NULL;
    }
    return NULL;
}

/* ---- the caller's side ----------------------------------------------------------- */

/* Nobody wants the rest of it. */
static void leave(tread_crew *c, part *p)
{
    void *note;
    atomic_store(&p->stop, true);
    tread_queue__finish_receiving(p->notes);
    while (tread_queue__receive(p->notes, &note) == TREAD_OK)
        free(note);
    pthread_mutex_lock(&c->lock);
    p->is_left = true;
    if (p->is_done)
        forget_traces(p);
    c->n_open--;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* @return the part that was taken after `p` */
static part *after(tread_crew *c, const part *p)
{
    pthread_mutex_lock(&c->lock);
    part *next = p->after;
    pthread_mutex_unlock(&c->lock);
    return next;
}

/* The current part goes on in another: there is a note of the last picture there as well. */
static int follow(tread_crew *c)
{
    part *to = c->current->met;
    if (!to)
        return c->current->is_clip_end ? TREAD_EOF : TREAD_AGAIN;
    while (c->current != to) {
        part *next = after(c, c->current);
        leave(c, c->current);
        c->current = next;
    }
    return TREAD_OK;
}

int session_crew_next(tread_crew *c, session_note **note)
{
    for (;;) {
        void *item;
        *note = NULL;
        if (tread_queue__receive(c->current->notes, &item) != TREAD_OK) {
            int status = follow(c);
            if (status != TREAD_OK)
                return status;
            continue;
        }
        *note = item;
        if ((*note)->time_s > c->last_s) {
            c->last_s = (*note)->time_s;
            return TREAD_OK;
        }
        free(*note);
    }
}

/* ---- life ------------------------------------------------------------------------ */

static tread_crew *new_crew(const session_crew_opts *opts)
{
    tread_crew *c = calloc(1, sizeof *c);
    worker *workers = calloc((size_t)opts->n_workers, sizeof *workers);
    if (!c || !workers || pthread_mutex_init(&c->lock, NULL) != 0)
        goto fail;
    if (pthread_cond_init(&c->changed, NULL) != 0) {
        pthread_mutex_destroy(&c->lock);
        goto fail;
    }
    c->opts = *opts;
    c->workers = workers;
    c->last_s = -INFINITY;
    return c;
fail:
    free(workers);
    free(c);
    return NULL;
}

int session_crew_start(tread_crew **out, const session_crew_opts *opts)
{
    *out = NULL;
    tread_crew *c = new_crew(opts);
    if (!c)
        return TREAD_ERR_NOMEM;
    for (int i = 0; i < opts->n_workers; i++) {
        worker *w = &c->workers[i];
        w->crew = c;
        w->part = take_next(c);
        if (!w->part)
            break;
        w->is_running = tread_thread__start(&w->thread, "worker", work, w) == TREAD_OK;
        if (!w->is_running) /* the part before reads on through it */
            be_done(c, w->part);
    }
    c->current = c->first;
    if (!c->first) {
        session_crew_end(&c, NULL);
        return TREAD_ERR_NOMEM;
    }
    *out = c;
    return TREAD_OK;
}

static void add_stats(tread_pose_stats *sum, const tread_pose_stats *s)
{
    sum->n_landmark_runs += s->n_landmark_runs;
    sum->n_detector_runs += s->n_detector_runs;
    sum->landmark_s += s->landmark_s;
    sum->detector_s += s->detector_s;
    sum->crop_s += s->crop_s;
}

void session_crew_end(tread_crew **crew, tread_pose_stats *spent)
{
    tread_crew *c = *crew;
    if (spent)
        *spent = (tread_pose_stats){0};
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->is_stopped = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    for (part *p = c->current; p; p = after(c, p))
        leave(c, p);
    for (int i = 0; i < c->opts.n_workers; i++) {
        worker *w = &c->workers[i];
        if (w->is_running)
            pthread_join(w->thread, NULL);
        if (spent && w->tracker) {
            tread_pose_stats s = tread_pose__tracker_stats(w->tracker);
            add_stats(spent, &s);
        }
        tread_pose__tracker_destroy(&w->tracker);
    }
    for (part *p = c->first, *next; p; p = next) {
        next = p->after;
        free_part(p);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c->workers);
    free(c);
    *crew = NULL;
}

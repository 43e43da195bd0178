/* Where the boxes go: off the runner where there is room, and still while the clip plays. */
#include "report/overlay.h"

/* ... and for a runner this high; lines and labels follow a smaller one within limits. */
#define REFERENCE_RUNNER_PX 460.0
#define SMALLEST_RUNNER 0.45
#define LARGEST_RUNNER 1.25
/* Share of a box that may lie over the one around the runner: its corners are air. */
#define MOST_HIDDEN 0.06
/* ... before it is left out altogether: a cue matters more than what it covers, steps least. */
static const double most_hidden[OVERLAY_N_BOXES] = {
    [OVERLAY_PANEL] = 0.5, [OVERLAY_CUE] = INFINITY, [OVERLAY_STRIP] = 0.3};

/* Around the runner through a whole stride, as far as one frame can tell: the head, the slender
 * part above the hips, and the legs at their widest. */
typedef struct runner_box {
    overlay_rect all, head, body, legs;
} runner_box;

static runner_box box_runner(const overlay_scene *s)
{
    overlay_rect all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < TREAD_N_JOINTS; i++) {
        if (!overlay_is_point(s->joint[i]))
            continue;
        all.left = fmin(all.left, s->joint[i].x);
        all.right = fmax(all.right, s->joint[i].x);
        all.top = fmin(all.top, s->joint[i].y);
        all.bottom = fmax(all.bottom, s->joint[i].y);
    }
    double height = all.bottom - all.top;
    double centre = overlay_is_point(s->mid_hip) ? s->mid_hip.x : 0.5 * (all.left + all.right);
    double waist = overlay_is_point(s->mid_hip) ? s->mid_hip.y : 0.5 * (all.top + all.bottom);
    double neck = overlay_is_point(s->mid_shoulder) ? s->mid_shoulder.x : centre;
    all.top -= 0.10 * height; /* the head over ears and nose */
    overlay_rect head = {neck - 0.15 * height, all.top, neck + 0.15 * height,
                         all.top + 0.25 * height};
    double reach = (s->is_side_view ? 0.36 : 0.16) * height; /* from behind a stride is narrow */
    overlay_rect body = {centre - 0.17 * height, all.top, centre + 0.17 * height, waist};
    overlay_rect legs = {centre - reach, waist, centre + reach, all.bottom};
    return (runner_box){all, head, body, legs};
}

/* Enough of the runner to judge where they are and how large. */
static bool is_whole(const overlay_scene *s)
{
    return overlay_is_point(s->mid_hip) && overlay_is_point(s->mid_shoulder) &&
           (overlay_is_point(s->joint[TREAD_LEFT_ANKLE]) ||
            overlay_is_point(s->joint[TREAD_RIGHT_ANKLE]));
}

/* ---- one box ------------------------------------------------------------------ */

/* What a box would rather be near. */
typedef struct wish {
    double left, top; /* 0 to 1 */
    double weight;
} wish;

static const wish wishes[OVERLAY_N_BOXES] = {
    [OVERLAY_PANEL] = {0, 0, 0.1}, [OVERLAY_CUE] = {0, 1, 0.08}, [OVERLAY_STRIP] = {0, 1, 0.1}};

static double area_of(overlay_rect r)
{
    return fmax((r.right - r.left) * (r.bottom - r.top), 1e-9);
}

/* Share of the box that lies over the runner, and with it the share of a face that lies under the
 * box: a small box must not sit there either. */
static double hidden_share(const overlay_rect *at, const runner_box *runner)
{
    double hidden = overlay_shared(*at, runner->body) + overlay_shared(*at, runner->legs);
    return hidden / area_of(*at) + overlay_shared(*at, runner->head) / area_of(runner->head);
}

/* The best place for a box of this size; what it hides, INFINITY when it does not fit. */
static double find_place(tread_overlay *o, enum overlay_box_id id, overlay_rect size, double unit,
                         const runner_box *runner)
{
    overlay_box *box = &o->box[id];
    double width = size.right, height = size.bottom, pad = overlay_pad(o->unit);
    double most_left = o->width_px - 2 * pad - width, most_top = o->height_px - 2 * pad - height;
    double best = INFINITY, hidden = INFINITY;
    box->is_free = false;
    if (!(most_left >= 0 && most_top >= 0 && width > 0))
        return INFINITY;
    /* Along the rim, and against what was placed before. */
    double xs[3 + 2 * OVERLAY_N_BOXES] = {pad, pad + 0.5 * most_left, pad + most_left};
    double ys[2 + 2 * OVERLAY_N_BOXES] = {pad, pad + most_top};
    int n_xs = 3, n_ys = 2;
    for (int i = 0; i < (int)id; i++) {
        if (!o->box[i].is_free)
            continue;
        xs[n_xs++] = o->box[i].at.right + 0.6 * pad;
        xs[n_xs++] = o->box[i].at.left - 0.6 * pad - width;
        ys[n_ys++] = o->box[i].at.bottom + 0.6 * pad;
        ys[n_ys++] = o->box[i].at.top - 0.6 * pad - height;
    }
    double middle = 0.5 * (runner->all.left + runner->all.right);
    for (int k = 0; k < n_xs * n_ys; k++) {
        double left = xs[k % n_xs], top = ys[k / n_xs];
        overlay_rect at = {left, top, left + width, top + height};
        bool is_clear = left >= pad - 0.5 && top >= pad - 0.5 && left <= pad + most_left + 0.5 &&
                        top <= pad + most_top + 0.5;
        for (int i = 0; i < (int)id && is_clear; i++)
            is_clear = !(o->box[i].is_free && overlay_shared(at, o->box[i].at) > 0);
        if (!is_clear)
            continue;
        const wish *w = &wishes[id];
        double covered = hidden_share(&at, runner);
        double dx = most_left > 0 ? fabs((left - pad) / most_left - w->left) : 0;
        double dy = most_top > 0 ? fabs((top - pad) / most_top - w->top) : 0;
        double away = fabs(0.5 * (at.left + at.right) - middle) / o->width_px;
        double cost = covered - 0.1 * away + w->weight * dy + 0.2 * w->weight * dx;
        if (cost < best) {
            best = cost;
            hidden = covered;
            *box = (overlay_box){at, unit, true};
        }
    }
    return hidden;
}

/* Where a runner who fills the picture leaves no room, a box is set smaller. */
static double fit(overlay_scene *s, enum overlay_box_id id, const runner_box *runner)
{
    static const double sizes[] = {1, 0.85, 0.72, 0.6};
    double hidden = INFINITY;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double unit = sizes[i] * s->o->unit;
        overlay_rect size = id == OVERLAY_PANEL   ? overlay_panel_size(s, unit)
                            : id == OVERLAY_STRIP ? overlay_strip_size(s, unit)
                                                  : overlay_cue_size(s, unit);
        hidden = find_place(s->o, id, size, unit, runner);
        if (hidden < MOST_HIDDEN)
            break;
    }
    return hidden;
}

void overlay_place(overlay_scene *s)
{
    tread_overlay *o = s->o;
    runner_box runner = box_runner(s);
    double size = (runner.all.bottom - runner.all.top) / (REFERENCE_RUNNER_PX * o->unit);
    o->body = o->unit * fmax(fmin(size, LARGEST_RUNNER), SMALLEST_RUNNER);
    for (int id = 0; id < OVERLAY_N_BOXES; id++)
        o->box[id].is_free = false;
    for (int id = 0; id < OVERLAY_N_BOXES; id++)
        if (fit(s, (enum overlay_box_id)id, &runner) > most_hidden[id])
            o->box[id].is_free = false;
    o->is_placed = is_whole(s); /* else tried again with the next frame */
}

#include "motion/fixed_lag.h"

#include <math.h>
#include <string.h>

#include "motion/smoothing.h"

/* How fast the scatter follows: a few dozen sightings. */
#define NOISE_GAIN 0.03
/* Until so many frames have settled it. */
#define FIRST_NOISE_PX 3.0
/* What the first frame stands for: 60 a second at 10 Hz. */
#define FIRST_STEP 1.0
/* A path that is not known yet: anywhere. */
#define VAGUE 1e6

void motion_lag_init(motion_lag *lag, double cutoff_hz)
{
    memset(lag, 0, sizeof *lag);
    lag->rate = 2 * 3.14159265358979323846 * cutoff_hz;
    lag->noise_px = FIRST_NOISE_PX;
    lag->seen_s = -INFINITY;
}

/* The state `step` later: x = F x, P = F P F' + Q, with the third derivative white of
 * strength 1 / MOTION_PENALTY. */
static void predict(motion_lag_state *s, double step)
{
    double t = step, h = 0.5 * t * t, q = 1 / MOTION_PENALTY;
    double f[3][3] = {{1, t, h}, {0, 1, t}, {0, 0, 1}}, fp[3][3];
    s->x[0] += t * s->x[1] + h * s->x[2];
    s->x[1] += t * s->x[2];
    s->y[0] += t * s->y[1] + h * s->y[2];
    s->y[1] += t * s->y[2];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            fp[i][j] = f[i][0] * s->p[0][j] + f[i][1] * s->p[1][j] + f[i][2] * s->p[2][j];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            s->p[i][j] = fp[i][0] * f[j][0] + fp[i][1] * f[j][1] + fp[i][2] * f[j][2];
    double t2 = t * t, t3 = t2 * t;
    s->p[0][0] += q * t3 * t2 / 20;
    s->p[0][1] += q * t2 * t2 / 8;
    s->p[1][0] += q * t2 * t2 / 8;
    s->p[0][2] += q * t3 / 6;
    s->p[2][0] += q * t3 / 6;
    s->p[1][1] += q * t3 / 3;
    s->p[1][2] += q * t2 / 2;
    s->p[2][1] += q * t2 / 2;
    s->p[2][2] += q * t;
}

/* A sighting with variance r, same units. */
static void correct(motion_lag_state *s, double x_px, double y_px, double r)
{
    double gain[3], row[3] = {s->p[0][0], s->p[0][1], s->p[0][2]};
    double dx = x_px - s->x[0], dy = y_px - s->y[0];
    for (int i = 0; i < 3; i++)
        gain[i] = s->p[i][0] / (s->p[0][0] + r);
    for (int i = 0; i < 3; i++) {
        s->x[i] += gain[i] * dx;
        s->y[i] += gain[i] * dy;
        for (int j = 0; j < 3; j++)
            s->p[i][j] -= gain[i] * row[j];
    }
}

static void start(motion_lag *lag, motion_lag_frame *f, double x_px, double y_px)
{
    memset(&f->before, 0, sizeof f->before);
    f->before.x[0] = x_px;
    f->before.y[0] = y_px;
    for (int i = 0; i < 3; i++)
        f->before.p[i][i] = VAGUE;
    f->after = f->before;
    f->step = 0;
    lag->n = 1;
}

/* The weight a sighting keeps, by how far it is from where the path leads. */
static double keep(motion_lag *lag, const motion_lag_state *s, double x_px, double y_px, double r,
                   double min_scale_px)
{
    double dx = x_px - s->x[0], dy = y_px - s->y[0], squares = dx * dx + dy * dy;
    double spread = (s->p[0][0] + r) / r; /* of the difference, in the sighting's own variance */
    double scale = fmax(lag->noise_px, min_scale_px);
    double u2 = squares / (2 * MOTION_TUKEY * MOTION_TUKEY * scale * scale * spread);
    /* Half the squared distance is one coordinate's, and as much of it as is not the
     * path's own doubt is the sighting's. */
    if (u2 < 1)
        lag->noise_px = sqrt((1 - NOISE_GAIN) * lag->noise_px * lag->noise_px +
                             NOISE_GAIN * squares / 2 / spread);
    return u2 < 1 ? (1 - u2) * (1 - u2) : 0;
}

/* C = after.P F' before(next).P^-1, by Cramer's rule on a symmetric 3 x 3. */
static bool backward_gain(const motion_lag_frame *f, const motion_lag_frame *next, double c[3][3])
{
    const double(*b)[3] = next->before.p;
    double t = next->step, h = 0.5 * t * t, pf[3][3], inverse[3][3];
    inverse[0][0] = b[1][1] * b[2][2] - b[1][2] * b[2][1];
    inverse[0][1] = b[0][2] * b[2][1] - b[0][1] * b[2][2];
    inverse[0][2] = b[0][1] * b[1][2] - b[0][2] * b[1][1];
    inverse[1][1] = b[0][0] * b[2][2] - b[0][2] * b[2][0];
    inverse[1][2] = b[0][2] * b[1][0] - b[0][0] * b[1][2];
    inverse[2][2] = b[0][0] * b[1][1] - b[0][1] * b[1][0];
    inverse[1][0] = inverse[0][1];
    inverse[2][0] = inverse[0][2];
    inverse[2][1] = inverse[1][2];
    double det = b[0][0] * inverse[0][0] + b[0][1] * inverse[1][0] + b[0][2] * inverse[2][0];
    if (!(det > 0))
        return false;
    for (int i = 0; i < 3; i++) {
        const double *p = f->after.p[i];
        pf[i][0] = p[0] + t * p[1] + h * p[2];
        pf[i][1] = p[1] + t * p[2];
        pf[i][2] = p[2];
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            c[i][j] =
                (pf[i][0] * inverse[0][j] + pf[i][1] * inverse[1][j] + pf[i][2] * inverse[2][j]) /
                det;
    return true;
}

void motion_lag_push(motion_lag *lag, double time_s, double x_px, double y_px, double weight,
                     double min_scale_px)
{
    bool is_seen = weight > 0;
    const motion_lag_frame *last = &lag->frames[lag->newest];
    /* Nothing reaches across a long hole. */
    if (lag->n > 0 && (time_s - last->time_s > MOTION_MAX_HOLE_S ||
                       (is_seen && time_s - lag->seen_s > MOTION_MAX_HOLE_S)))
        lag->n = 0;
    if (lag->n == 0 && !is_seen)
        return;
    size_t at = lag->n ? (lag->newest + 1) % MOTION_LAG_MAX : 0;
    motion_lag_frame *f = &lag->frames[at];
    f->time_s = time_s;
    if (lag->n == 0) {
        start(lag, f, x_px, y_px);
    } else {
        f->step = fmax((time_s - last->time_s) * lag->rate, MOTION_MIN_STEP);
        f->before = last->after;
        predict(&f->before, f->step);
        f->has_back = backward_gain(last, f, f->back);
        f->after = f->before;
        lag->n += lag->n < MOTION_LAG_MAX;
    }
    lag->newest = at;
    f->is_seen = false;
    if (is_seen) {
        /* A frame stands for its share of time, as in the recorded smoother. */
        double step = f->step > 0 ? f->step : FIRST_STEP;
        double r = 1 / (weight * step);
        double kept = f->step > 0 ? keep(lag, &f->before, x_px, y_px, r, min_scale_px) : 1;
        if (kept > 0)
            correct(&f->after, x_px, y_px, r / kept);
        f->is_seen = true;
        lag->seen_s = time_s;
    }
}

/* `s`, the next frame as known now, becomes this one. */
static void step_back(const motion_lag_frame *f, const motion_lag_frame *next, motion_lag_state *s)
{
    const double(*c)[3] = next->back;
    double d[3][3], cd[3][3];
    motion_lag_state now = f->after;
    if (!next->has_back) {
        *s = now;
        return;
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            now.x[i] += c[i][k] * (s->x[k] - next->before.x[k]);
            now.y[i] += c[i][k] * (s->y[k] - next->before.y[k]);
            d[i][k] = s->p[i][k] - next->before.p[i][k];
        }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            cd[i][j] = c[i][0] * d[0][j] + c[i][1] * d[1][j] + c[i][2] * d[2][j];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            now.p[i][j] += cd[i][0] * c[j][0] + cd[i][1] * c[j][1] + cd[i][2] * c[j][2];
    *s = now;
}

static const motion_lag_frame *frame_at(const motion_lag *lag, size_t back)
{
    return &lag->frames[(lag->newest + MOTION_LAG_MAX - back) % MOTION_LAG_MAX];
}

/* Whether the sightings on both sides of a frame are near enough, MOTION_MAX_GAP_S. */
static bool is_bridged(const motion_lag *lag, size_t back)
{
    const motion_lag_frame *f = frame_at(lag, back);
    double before_s = -INFINITY, after_s = INFINITY;
    for (size_t k = back; k < lag->n && !(before_s > -INFINITY); k++)
        if (frame_at(lag, k)->is_seen)
            before_s = frame_at(lag, k)->time_s;
    for (size_t k = back + 1; k-- > 0 && !(after_s < INFINITY);)
        if (frame_at(lag, k)->is_seen)
            after_s = frame_at(lag, k)->time_s;
    return f->is_seen || after_s - before_s <= MOTION_MAX_GAP_S;
}

size_t motion_lag_read(const motion_lag *lag, motion_lag_result *out, size_t n_max)
{
    size_t n = lag->n < n_max ? lag->n : n_max;
    motion_lag_state s = {{0}, {0}, {{0}}};
    for (size_t back = 0; back < n; back++) {
        const motion_lag_frame *f = frame_at(lag, back);
        if (back == 0)
            s = f->after;
        else
            step_back(f, frame_at(lag, back - 1), &s);
        bool is_known = is_bridged(lag, back);
        double step = f->step > 0 ? f->step : FIRST_STEP;
        out[back] = (motion_lag_result){
            .x_px = is_known ? s.x[0] : (double)NAN,
            .y_px = is_known ? s.y[0] : (double)NAN,
            .sd_px = is_known ? lag->noise_px * sqrt(fmax(0, s.p[0][0]) * step) : (double)NAN,
        };
    }
    return n;
}

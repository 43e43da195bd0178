#include "gait/runner.h"

#define PI 3.14159265358979323846

/* Metres: a person of 1.75 m (Drillis & Contini, in Winter 2009), rounded. */
#define THIGH_M 0.43
#define SHANK_M 0.43
#define FOOT_M 0.20
#define TRUNK_M 0.50
/* Ankle from the heel, foot flat. */
#define ANKLE_X_M 0.04
#define ANKLE_Y_M 0.07
/* The heel lands ahead of the hip by this share of what the belt moves in stance. */
#define LANDS_AHEAD 0.22
/* Landing: forward speed in belt speeds, downward speed. */
#define LANDING_FORWARD -0.3
#define LANDING_DOWN_M_S 0.5
/* Foot angle: flat from, until (share of stance), at toe-off, at its steepest in swing. */
#define FLAT_FROM 0.2
#define FLAT_UNTIL 0.45
#define TOE_OFF_DEG -60.0
#define SWING_DEG -100.0
/* The foot has its landing angle by this share of swing. */
#define READY 0.85
/* The foot is furthest forward this share of swing before contact: 41 ms (heels turn
 * 27 ms before contact in the laboratory, BIOMECHANICS.md 1.4b, candidate C). */
#define REACH 0.085
/* Swing: the toe is this high and this far behind the hip at the knot. */
#define KNOT 0.42
#define KNOT_X_M -0.12
#define KNOT_Y_M 0.24
#define KNOT_SPEED 1.6 /* in belt speeds */
/* Acceleration of the toe right after toe-off: up, m/s^2, and forward, belt speeds a
 * second. With these the knee is straightest 7 ms after toe-off. */
#define LIFT_M_S2 40.0
#define LIFT_FORWARD 40.0

const runner runner_usual = {
    .stride_s = 0.75,
    .contact_s = 0.27,
    .speed_m_s = 3.0,
    .strike_deg = 12,
    .trunk_deg = 7,
    .hip_m = 0.875,
    .hip_amplitude_m = 0.03,
    .first_s = 0.2,
    .px_per_m = 400,
    .forward = -1,
};

const runner runner_walking = {
    .stride_s = 1.1,
    .contact_s = 0.68,
    .speed_m_s = 1.3,
    .strike_deg = 15,
    .trunk_deg = 3,
    .hip_m = 0.875,
    .hip_amplitude_m = -0.02,
    .first_s = 0.2,
    .px_per_m = 400,
    .forward = -1,
};

/* Place, speed and acceleration at one end of a piece of a curve. */
typedef struct knot {
    double p, v, a;
} knot;

/* The quintic from one knot to the other over `span`, at share u. */
static double quintic(knot from, knot to, double span, double u)
{
    double v0 = from.v * span, a0 = 0.5 * from.a * span * span;
    double v1 = to.v * span, a1 = 0.5 * to.a * span * span;
    double d = to.p - from.p - v0 - a0, dv = v1 - v0 - 2 * a0, da = a1 - a0;
    double c3 = 10 * d - 4 * dv + da;
    double c4 = -15 * d + 7 * dv - 2 * da;
    double c5 = 6 * d - 3 * dv + da;
    return from.p + u * (v0 + u * (a0 + u * (c3 + u * (c4 + u * c5))));
}

static double cubic(double p0, double v0, double p1, double v1, double span, double u)
{
    double d = p1 - p0, m0 = v0 * span, m1 = v1 * span;
    return p0 + u * (m0 + u * (3 * d - 2 * m0 - m1 + u * (m0 + m1 - 2 * d)));
}

/* Foot angle against the belt, degrees, `t` after contact. */
static double foot_deg(const runner *r, double t)
{
    double tc = r->contact_s, swing = r->stride_s - tc;
    if (t < FLAT_FROM * tc)
        return cubic(r->strike_deg, 0, 0, 0, 1, t / (FLAT_FROM * tc));
    if (t < FLAT_UNTIL * tc)
        return 0;
    double push = (1 - FLAT_UNTIL) * tc;
    if (t < tc) {
        double u = (t - FLAT_UNTIL * tc) / push;
        return TOE_OFF_DEG * u * u;
    }
    double u = (t - tc) / swing;
    if (u < 0.3)
        return cubic(TOE_OFF_DEG, 2 * TOE_OFF_DEG / push, SWING_DEG, 0, 0.3 * swing, u / 0.3);
    if (u < READY)
        return cubic(SWING_DEG, 0, r->strike_deg, 0, (READY - 0.3) * swing,
                     (u - 0.3) / (READY - 0.3));
    return r->strike_deg;
}

static runner_point turned(runner_point p, double deg)
{
    double c = cos(deg * PI / 180), s = sin(deg * PI / 180);
    return (runner_point){p.x * c - p.y * s, p.x * s + p.y * c};
}

/* The toe while the foot is on the belt, `t` after contact. */
static runner_point stance_toe(const runner *r, double t)
{
    double heel_x = LANDS_AHEAD * r->speed_m_s * r->contact_s - r->speed_m_s * t;
    double deg = foot_deg(r, t);
    if (deg <= 0)
        return (runner_point){heel_x + FOOT_M, 0};
    runner_point along = turned((runner_point){FOOT_M, 0}, deg);
    return (runner_point){heel_x + along.x, along.y};
}

static runner_point swing_toe(const runner *r, double t)
{
    double v = r->speed_m_s, swing = r->stride_s - r->contact_s;
    runner_point off = stance_toe(r, r->contact_s), land = stance_toe(r, 0);
    double last = REACH * swing;
    const double at[4] = {0, KNOT, 1 - REACH, 1};
    knot x[4] = {{off.x, -v, LIFT_FORWARD * v},
                 {KNOT_X_M, KNOT_SPEED * v, 0},
                 {land.x - 0.5 * LANDING_FORWARD * v * last, 0, LANDING_FORWARD * v / last},
                 {land.x, LANDING_FORWARD * v, LANDING_FORWARD * v / last}};
    knot y[4] = {{off.y, 0, LIFT_M_S2},
                 {KNOT_Y_M, 0, -5},
                 {land.y + LANDING_DOWN_M_S * last, -LANDING_DOWN_M_S, 0},
                 {land.y, -LANDING_DOWN_M_S, 0}};
    double u = (t - r->contact_s) / swing;
    int i = u < at[1] ? 0 : u < at[2] ? 1 : 2;
    double span = at[i + 1] - at[i], w = (u - at[i]) / span;
    return (runner_point){quintic(x[i], x[i + 1], span * swing, w),
                          quintic(y[i], y[i + 1], span * swing, w)};
}

/* The knee lies ahead of the line from hip to ankle. */
static runner_point knee_between(runner_point hip, runner_point ankle)
{
    double dx = ankle.x - hip.x, dy = ankle.y - hip.y, d = hypot(dx, dy);
    double along = (THIGH_M * THIGH_M - SHANK_M * SHANK_M + d * d) / (2 * d);
    double aside = sqrt(fmax(0, THIGH_M * THIGH_M - along * along));
    return (runner_point){hip.x + (along * dx - aside * dy) / d,
                          hip.y + (along * dy + aside * dx) / d};
}

static void leg_points(const runner *r, double time_s, enum tread_side side, runner_point hip,
                       runner_point *p)
{
    double t = fmod(time_s - runner_contact_s(r, side, 0), r->stride_s);
    if (t < 0)
        t += r->stride_s;
    runner_point toe = t < r->contact_s ? stance_toe(r, t) : swing_toe(r, t);
    runner_point back = turned((runner_point){FOOT_M, 0}, foot_deg(r, t));
    runner_point heel = {toe.x - back.x, toe.y - back.y};
    runner_point up = turned((runner_point){ANKLE_X_M, ANKLE_Y_M}, foot_deg(r, t));
    runner_point ankle = {heel.x + up.x, heel.y + up.y};
    double beta = atan(r->incline_pct / 100) * 180 / PI;
    p[TREAD_LEFT_HIP + (int)side] = hip;
    p[TREAD_LEFT_ANKLE + (int)side] = turned(ankle, beta);
    p[TREAD_LEFT_HEEL + (int)side] = turned(heel, beta);
    p[TREAD_LEFT_TOE + (int)side] = turned(toe, beta);
    p[TREAD_LEFT_KNEE + (int)side] = knee_between(hip, p[TREAD_LEFT_ANKLE + (int)side]);
}

static void arm_points(double swing_deg, enum tread_side side, runner_point shoulder,
                       runner_point *p)
{
    runner_point upper = turned((runner_point){0, -0.3}, swing_deg);
    runner_point lower = turned((runner_point){0.25, 0}, swing_deg);
    runner_point elbow = {shoulder.x + upper.x, shoulder.y + upper.y};
    p[TREAD_LEFT_SHOULDER + (int)side] = shoulder;
    p[TREAD_LEFT_ELBOW + (int)side] = elbow;
    p[TREAD_LEFT_WRIST + (int)side] = (runner_point){elbow.x + lower.x, elbow.y + lower.y};
}

void runner_points(const runner *r, double time_s, runner_point p[TREAD_N_JOINTS])
{
    /* Highest half way between a toe-off and the other foot's contact. */
    double flight = r->stride_s / 2 - r->contact_s;
    double phase = 4 * PI * (time_s - r->first_s + flight / 2) / r->stride_s;
    double drop = r->hip_amplitude_m * cos(phase);
    runner_point hip = {0, r->hip_m + drop};
    runner_point trunk = turned((runner_point){0, TRUNK_M}, -r->trunk_deg);
    runner_point shoulder = {hip.x + trunk.x, hip.y + trunk.y};
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        leg_points(r, time_s, (enum tread_side)side, hip, p);
        arm_points((side ? 30 : -30) * sin(phase / 2), (enum tread_side)side, shoulder, p);
        p[TREAD_LEFT_EAR + side] = (runner_point){shoulder.x + 0.05, shoulder.y + 0.22};
    }
    p[TREAD_NOSE] = (runner_point){shoulder.x + 0.16, shoulder.y + 0.2};
    for (int j = 0; j < TREAD_N_JOINTS; j++)
        p[j].x += r->drift_m_s * time_s;
}

void runner_skeleton(const runner *r, double time_s, tread_skeleton *s)
{
    runner_point p[TREAD_N_JOINTS];
    runner_points(r, time_s, p);
    *s = (tread_skeleton){.time_s = time_s, .presence = 1, .identity = TREAD_IDENTITY_LABELLED};
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        s->x_px[j] = 640 + r->forward * r->px_per_m * p[j].x;
        s->y_px[j] = 660 - r->px_per_m * p[j].y;
    }
}

static void to_landmarks(const tread_skeleton *s, double noise_px, support_random *random,
                         tread_landmarks *lm)
{
    *lm = (tread_landmarks){.time_s = s->time_s, .presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++) {
        lm->x_px[k] = lm->y_px[k] = lm->z_px[k] = NAN;
        lm->confidence[k] = 1;
    }
    for (int j = 0; j < TREAD_N_JOINTS; j++) {
        enum tread_landmark point = tread_motion__landmark_of((enum tread_joint)j);
        double dx = noise_px > 0 ? noise_px * support_normal(random) : 0;
        double dy = noise_px > 0 ? noise_px * support_normal(random) : 0;
        lm->x_px[point] = (float)(s->x_px[j] + dx);
        lm->y_px[point] = (float)(s->y_px[j] + dy);
    }
}

void runner_landmarks(const runner *r, double time_s, double noise_px, support_random *random,
                      tread_landmarks *lm)
{
    tread_skeleton s;
    runner_skeleton(r, time_s, &s);
    to_landmarks(&s, noise_px, random, lm);
}

void runner_standing(const runner *r, double time_s, double ahead_m, double noise_px,
                     support_random *random, tread_landmarks *lm)
{
    tread_skeleton s;
    runner_skeleton(r, r->first_s, &s);
    s.time_s = time_s;
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        double x_m = side == TREAD_LEFT ? 0 : ahead_m;
        const double at_m[4][2] = {{0.02, 0.46}, {0, ANKLE_Y_M}, {-ANKLE_X_M, 0}, {0.16, 0}};
        for (int k = 0; k < 4; k++) {
            s.x_px[TREAD_LEFT_KNEE + 2 * k + side] =
                640 + r->forward * r->px_per_m * (at_m[k][0] + x_m);
            s.y_px[TREAD_LEFT_KNEE + 2 * k + side] = 660 - r->px_per_m * at_m[k][1];
        }
    }
    to_landmarks(&s, noise_px, random, lm);
}

tread_gait_setting runner_setting(const runner *r)
{
    tread_analyzer_opts opts = {.view = r->forward < 0 ? TREAD_VIEW_LEFT : TREAD_VIEW_RIGHT,
                                .incline_pct = r->incline_pct};
    tread_gait_setting setting;
    assert_true(tread_gait__setting_init(&setting, &opts));
    setting.foot_offset_deg[TREAD_LEFT] = setting.foot_offset_deg[TREAD_RIGHT] = 0;
    return setting;
}

double runner_contact_s(const runner *r, enum tread_side side, int k)
{
    return r->first_s + k * r->stride_s + (side == TREAD_RIGHT ? 0.5 * r->stride_s + r->limp_s : 0);
}

double runner_knee_deg(const runner *r, double time_s, enum tread_side side)
{
    runner_point p[TREAD_N_JOINTS];
    runner_points(r, time_s, p);
    runner_point hip = p[TREAD_LEFT_HIP + (int)side], knee = p[TREAD_LEFT_KNEE + (int)side];
    runner_point ankle = p[TREAD_LEFT_ANKLE + (int)side];
    double cosine =
        ((knee.x - hip.x) * (ankle.x - knee.x) + (knee.y - hip.y) * (ankle.y - knee.y)) /
        (THIGH_M * SHANK_M);
    return acos(fmax(-1, fmin(1, cosine))) * 180 / PI;
}

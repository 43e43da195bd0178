/* Who looks from where at which belt. */
#include <math.h>

#include "gait/frame.h"

static bool is_in(double value, double low, double high)
{
    return value >= low && value <= high;
}

/* 0 is "not told"; outside these no treadmill exists. */
static bool is_belt(const tread_belt *belt)
{
    return isfinite(belt->from_s) && is_in(belt->speed_kmh, 0, 45) &&
           is_in(belt->incline_pct, -30, 45);
}

static tread_gait_belt belt_of(const tread_belt *belt)
{
    double angle = atan(belt->incline_pct / 100);
    return (tread_gait_belt){.from_s = belt->from_s,
                             .speed_kmh = belt->speed_kmh,
                             .incline_pct = belt->incline_pct,
                             .incline_deg = angle * GAIT_DEG,
                             .cos_incline = cos(angle),
                             .sin_incline = sin(angle)};
}

bool tread_gait__setting_init(tread_gait_setting *setting, const tread_analyzer_opts *opts)
{
    tread_belt first = {0, opts->speed_kmh, opts->incline_pct};
    if (!is_belt(&first) || !is_in(opts->height_cm, 0, 260) ||
        !is_in(opts->camera_roll_deg, -45, 45) || (unsigned)opts->view > TREAD_VIEW_FRONT ||
        opts->n_changes < 0 || opts->n_changes > TREAD_MAX_BELT_CHANGES ||
        (opts->n_changes > 0 && !opts->changes))
        return false;
    double roll = opts->camera_roll_deg / GAIT_DEG;
    *setting = (tread_gait_setting){.view = opts->view,
                                    .height_cm = opts->height_cm,
                                    .cos_roll = cos(roll),
                                    .sin_roll = sin(roll),
                                    .foot_offset_deg = {(double)NAN, (double)NAN},
                                    .belts = {belt_of(&first)},
                                    .n_belts = 1};
    setting->belts[0].from_s = -INFINITY;
    for (int i = 0; i < opts->n_changes; i++)
        if (!tread_gait__setting_change(setting, &opts->changes[i]))
            return false;
    return true;
}

bool tread_gait__setting_change(tread_gait_setting *setting, const tread_belt *belt)
{
    if (!is_belt(belt))
        return false;
    size_t n = setting->n_belts;
    while (n > 1 && setting->belts[n - 1].from_s >= belt->from_s)
        n--;
    const tread_gait_belt *before = &setting->belts[n - 1];
    /* A key pressed for nothing is no change. */
    if (before->speed_kmh != belt->speed_kmh || before->incline_pct != belt->incline_pct) {
        if (n == sizeof setting->belts / sizeof *setting->belts)
            return false;
        setting->belts[n++] = belt_of(belt);
    }
    setting->n_belts = n;
    return true;
}

void tread_gait__setting_forget(tread_gait_setting *setting)
{
    if (setting->n_belts < 2)
        return;
    for (size_t i = 1; i < setting->n_belts; i++)
        setting->belts[i - 1] = setting->belts[i];
    setting->belts[0].from_s = -INFINITY;
    setting->n_belts--;
}

enum tread_side tread_gait__near_side(enum tread_view view)
{
    return view == TREAD_VIEW_RIGHT ? TREAD_RIGHT : TREAD_LEFT;
}

/* Section 6, item 1 to 3. */
#define TRUNK_UP 0.5
#define TRUNK_DOWN 0.3
#define MAX_TRUNK_DEG 5.0
#define STRIKE_PER_PCT (-1.0)
#define DOWNHILL_PCT (-3.0)
#define KNEE_DOWNHILL_DEG (-2.0)

double tread_incline_shift(enum tread_measure_id id, double incline_pct)
{
    double beta = atan(incline_pct / 100) * GAIT_DEG;
    switch ((int)id) {
    case TREAD_MEASURE_TRUNK_LEAN:
    case TREAD_MEASURE_TRUNK_LEAN_CONTACT:
    case TREAD_MEASURE_TRUNK_LEAN_PEAK_STANCE:
    case TREAD_MEASURE_TRUNK_LEAN_TOE_OFF:
        return fmax(-MAX_TRUNK_DEG, fmin(MAX_TRUNK_DEG, beta * (beta > 0 ? TRUNK_UP : TRUNK_DOWN)));
    case TREAD_MEASURE_FOOT_STRIKE_ANGLE: return STRIKE_PER_PCT * fmax(0, incline_pct);
    case TREAD_MEASURE_KNEE_FLEXION_CONTACT:
        return incline_pct < DOWNHILL_PCT ? KNEE_DOWNHILL_DEG : 0;
    default: return 0;
    }
}

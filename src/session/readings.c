#include "session/readings.h"

#include <math.h>
#include <string.h>

/* Ten steps of the near foot at the slowest (BIOMECHANICS.md section 0: flags rest on ten), and
 * the time a step takes to be settled. */
#define WINDOW_S 9.0

typedef struct plan {
    const char *id, *title;
    enum tread_measure_id measure;
    bool is_of_near_side;
} plan;

static const plan from_side[SESSION_N_READINGS] = {
    {"trunk_lean", "Torso over pelvis", TREAD_MEASURE_TRUNK_LEAN, false},
    {"knee_flexion", "Knee at contact", TREAD_MEASURE_KNEE_FLEXION_CONTACT, true},
    {"foot_strike", "Foot strike", TREAD_MEASURE_FOOT_STRIKE_ANGLE, true},
    {"cadence", "Cadence", TREAD_MEASURE_CADENCE, false},
    {"contact", "Contact time", TREAD_MEASURE_CONTACT, true},
};

static const plan from_along[SESSION_N_READINGS] = {
    {"side_lean", "Lean to the side", TREAD_MEASURE_LATERAL_LEAN, false},
    {"trunk_sway", "Trunk sway", TREAD_MEASURE_TRUNK_SWAY, false},
    {"step_width", "Step width", TREAD_MEASURE_STEP_WIDTH, false},
    {"cadence", "Cadence", TREAD_MEASURE_CADENCE, false},
    {"arms", "Arms across", TREAD_MEASURE_ARM_CROSSOVER, false},
};

/* What the first rule about a measure calls usual. */
static void take_usual(const tread_rules *rules, tread_reading *r, double incline_pct)
{
    tread_rule_info rule;
    r->usual_low = r->usual_high = (double)NAN;
    r->level = -1;
    for (size_t i = 0; i < tread_rules_count(rules); i++) {
        tread_rules_describe(rules, i, &rule);
        if (rule.measure != r->measure)
            continue;
        double shift = tread_incline_shift(r->measure, incline_pct);
        r->usual_low = rule.usual_low + shift;
        r->usual_high = rule.usual_high + shift;
        r->level = 0;
        return;
    }
}

void session_readings(const tread_analyzer *a, const tread_rules *rules, const tread_fault *faults,
                      size_t n_faults, double now_s, double incline_pct, tread_reading *out)
{
    tread_overview v;
    tread_analyzer_overview(a, &v);
    bool is_along = v.view == TREAD_VIEW_REAR || v.view == TREAD_VIEW_FRONT;
    for (int i = 0; i < SESSION_N_READINGS; i++) {
        const plan *p = is_along ? &from_along[i] : &from_side[i];
        tread_reading *r = &out[i];
        *r = (tread_reading){.id = p->id, .title = p->title, .measure = p->measure};
        r->side = p->is_of_near_side ? v.near_side : TREAD_BOTH;
        tread_analyzer_measure_between(a, p->measure, r->side, now_s - WINDOW_S, INFINITY, &r->now);
        take_usual(rules, r, incline_pct);
        for (size_t f = 0; f < n_faults; f++) {
            if (isnan(faults[f].end_s) && faults[f].measure == p->measure &&
                faults[f].level_now > r->level)
                r->level = faults[f].level_now;
        }
    }
}

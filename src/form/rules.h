/* Private to form: a rule, checked and ready to be judged by. */
#ifndef FORM_RULES_H
#define FORM_RULES_H

#include <treadscope/form.h>

#define FORM_MAX_PARTS 8
#define FORM_MAX_LEVELS 3
#define FORM_MAX_COMPANIONS 8
/* Steps that are judged together: 8 to 10 give a stable mean (Dingenen 2018). */
#define FORM_WINDOW_STEPS 10

/** Where a part's number comes from. */
enum form_take { FORM_STEP = 0, FORM_MEAN, FORM_DRIFT, FORM_SYMMETRY };

/** The moment that shows a fault best. */
enum form_phase { FORM_CONTACT = 0, FORM_MIDSTANCE, FORM_TOE_OFF, FORM_STRIDE };

typedef struct form_part {
    enum tread_measure_id measure;
    enum form_take take;
    double usual[2];
    int n_high, n_low;
    double high[FORM_MAX_LEVELS], low[FORM_MAX_LEVELS]; /* levels 1, 2, 3 */
    bool is_inclined;
    double hysteresis, sdd;
} form_part;

typedef struct form_rule {
    tread_rule_info info; /* strings of the file */
    bool is_near;         /* steps of the near foot only */
    enum form_phase phase;
    form_part parts[FORM_MAX_PARTS];
    int n_parts, need;
    const char *companion_ids[FORM_MAX_COMPANIONS];
    int n_companions;
    size_t companions[FORM_MAX_COMPANIONS]; /* the rules of those ids */
    double min_speed_kmh, min_incline_pct, max_incline_pct, min_fps;
    int min_steps;
    double dwell_s, clear_s;
} form_rule;

/** Of a part's values: the measure's, or % for left against right. Static. */
const char *form_unit(const form_part *part);

const form_rule *form_rules_get(const tread_rules *rules, size_t i);

#endif

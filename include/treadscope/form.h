/* Form: faults found by rules anyone can read (models/form/running.yaml).
 *
 *     tread_rules *rules = NULL;
 *     tread_form *form = NULL;
 *     if (tread_rules_load(&rules, NULL, &err) != TREAD_OK ||
 *         tread_form_create(&form, rules) != TREAD_OK) ...
 *     while (tread_analyzer_next_step(analyzer, &step) == TREAD_OK)
 *         tread_form_step(form, analyzer, &step);
 *     const tread_fault *faults;
 *     size_t n = tread_form_faults(form, &faults);
 *
 * The same live and recorded: step by step, as the analyzer hands them out. A fault says that
 * a number is outside the usual range; it predicts no injury.
 *
 * Threads: rules may be shared once loaded; one thread at a time per form. */
#ifndef TREADSCOPE_FORM_H
#define TREADSCOPE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/analyzer.h>
#include <treadscope/export.h>
#include <treadscope/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rules ------------------------------------------------------------------------ */

typedef struct tread_rules tread_rules;

/** What a rule is called and says. Strings live as long as the rules. */
typedef struct tread_rule_info {
    const char *id, *title, *cue, *meaning, *why, *advice, *source;
    enum tread_measure_id measure; /* of its first part, as are unit and usual range */
    const char *unit;              /* the measure's; "%" for left against right. Static */
    unsigned views;                /* of enum tread_measure_views */
    int n_levels;                  /* 1 to 3 */
    double usual_low, usual_high;  /* on the level */
} tread_rule_info;

/** Read a rule file. @param path  NULL: the one that ships (tread_rules_path)
 *  @return TREAD_OK; TREAD_ERR_MODEL: `err` names file, line, key and what is wrong;
 *          TREAD_ERR_NOMEM. `*out` is NULL then */
TREAD_API TREAD_WARN_UNUSED int tread_rules_load(tread_rules **out, const char *path,
                                                 tread_error *err);

/** The rules of another file take the place of those of the same id, or are added.
 *  On failure nothing is changed. Returns as tread_rules_load. */
TREAD_API TREAD_WARN_UNUSED int tread_rules_extend(tread_rules *rules, const char *path,
                                                   tread_error *err);

/** NULL-safe, sets NULL. No form may use them any more. */
TREAD_API void tread_rules_destroy(tread_rules **rules);

TREAD_API size_t tread_rules_count(const tread_rules *rules);
TREAD_API void tread_rules_describe(const tread_rules *rules, size_t i, tread_rule_info *out);

/** What is usual for a measure on the level: as the first part of a rule says that looks at the
 *  measure itself, not at left against right or at change. Either end NaN: open.
 *  @return false: no rule has a range for it. Then nothing is written */
TREAD_API bool tread_rules_usual(const tread_rules *rules, enum tread_measure_id measure,
                                 double *low, double *high, const char **said_by);

/** $TREADSCOPE_RULES, else beside the installed program or in the source tree. Static. */
TREAD_API const char *tread_rules_path(void);

/* ---- faults ------------------------------------------------------------------------ */

/** Something outside the usual range, from when to when. */
typedef struct tread_fault {
    size_t rule;                   /* index into the rules */
    enum tread_side side;          /* whose steps; BOTH */
    int level, level_now;          /* 1 watch, 2 moderate, 3 high: the worst, and at present */
    double begin_s;                /* first contact of the run of steps that were out */
    double raised_s;               /* when there was enough evidence to say so */
    double end_s;                  /* NaN: still on when the steps ended */
    enum tread_measure_id measure; /* of the rule's parts the first that is as far out as told */
    const char *unit;              /* of value and usual range; "%" for left against right */
    double value;                  /* median of the steps, at its worst */
    double usual_low, usual_high;  /* at this incline */
    int n_steps;                   /* that it rests on, while it lasted */
    double confidence;             /* 0..1: chance that the true value is outside, by the method's
                                      own uncertainty; 0.5 at the border */
    double shown_s;                /* the moment that shows it best */
} tread_fault;

typedef struct tread_form tread_form;

/** @param rules  borrowed for the life of the form. @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_API TREAD_WARN_UNUSED int tread_form_create(tread_form **out, const tread_rules *rules);
TREAD_API void tread_form_destroy(tread_form **form);

/** One more step, in the order the analyzer hands them out; `analyzer` is asked for means,
 *  drift and symmetry up to it.
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_API TREAD_WARN_UNUSED int tread_form_step(tread_form *form, const tread_analyzer *analyzer,
                                                const tread_step *step);

/** All faults so far, in the order they were raised. Valid until the next step. */
TREAD_API size_t tread_form_faults(const tread_form *form, const tread_fault **faults);

/** What to tell a runner now: at most two faults, the worst and best supported first, each shown
 *  for 8 s and then left alone for 30. Times increase.
 *  @param[out] cues  indices into the faults. @return how many */
TREAD_API int tread_form_cues(tread_form *form, double now_s, size_t cues[2]);

#ifdef __cplusplus
}
#endif
#endif

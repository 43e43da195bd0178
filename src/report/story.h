/* Private to report: what the report for people says, whether html*.c or pdf*.c puts it down.
 *
 * A saying prints one text as plain UTF-8, without markup, what came from outside as it came; who
 * takes it escapes or cleans it. What `i` is, each says; where it says nothing it is not looked
 * at. Nothing here keeps state. */
#ifndef REPORT_STORY_H
#define REPORT_STORY_H

#include "report/report.h"
#include "report/text.h"

typedef struct story {
    const tread_run *run;
    const tread_report_page *page;
    tread_overview v;
    enum tread_side near, far;
    bool is_side_view;
    unsigned views; /* what can be measured, of enum tread_measure_views */
    size_t to_work_on[TREAD_N_TO_WORK_ON], n_to_work_on; /* ids of faults */
} story;

typedef void saying(FILE *f, const story *s, size_t i);

story story_of(const tread_run *run, const tread_report_page *page);

/* ---- words (words.c) ------------------------------------------------------------------- */

/** A measure in plain words, one clause; "" = its title says it all. Static. */
const char *plain_words(enum tread_measure_id id);
/** What is usual for a measure, at this incline. False: no rule has a range. */
bool story_usual(const story *s, enum tread_measure_id id, double *low, double *high,
                 const char **source);
/** A number of the near foot where a measure has sides, else of both. */
void story_measure(const story *s, enum tread_measure_id id, tread_measure *out);

/* ---- at a glance (story.c) ----------------------------------------------------------- */

/** What the clip is called without its folder; whose run it is, or else that. */
const char *story_clip(const story *s);
const char *story_whose(const story *s);
/** The headline; NULL: it is the faults to work on, story_to_work_on. Static. */
const char *story_verdict(const story *s);
saying story_to_work_on; /* i of those to work on: its title, the second as within a sentence */
saying story_lead;       /* the whole in sentences */

enum { STORY_DATE, STORY_RECORDING, STORY_SPEED, STORY_INCLINE, STORY_VIEW, STORY_N_FACTS };
/** NULL: this one is not known. Static. */
const char *story_fact_name(const story *s, size_t i);
saying story_fact; /* i of those */

/* ---- what to work on ------------------------------------------------------------------- */

extern const char story_work_intro[];
const char *story_work_title(const story *s);
/** "Clearly outside the usual range". Static. */
const char *story_grade(const tread_fault *fault);
saying story_fault_measure; /* i of the faults: what its number is of */
saying story_fault_usual;   /* i of the faults: a sentence */
saying story_fault_extent;  /* i of the faults: ", over 12 steps, left leg" */
const tread_key_frame *story_fault_picture(const story *s, size_t fault); /* NULL = none */

/* ---- a step in pictures ------------------------------------------------------------------ */

const char *story_frames_intro(const story *s); /* static */
bool story_is_step_picture(const tread_key_frame *k);
size_t story_n_step_pictures(const story *s);
const char *story_no_pictures(const story *s); /* why there are none. Static */
const char *story_moment_name(enum tread_moment moment);
const char *story_moment_term(enum tread_moment moment);
enum { STORY_MOST_ANGLES = 3 };
typedef struct story_angle {
    const char *name;
    double deg;
} story_angle;
/** The angles that are read at a moment, those that were seen. @return how many */
int story_angles(const tread_key_frame *k, story_angle angles[STORY_MOST_ANGLES]);

/* ---- numbers (story_numbers.c) ------------------------------------------------------------- */

saying story_measures_intro;
saying story_measure_name; /* i of the measures: its title, with the unit where two have it */
/** It belongs into the table of this view, or among what is missing there. */
bool story_is_listed(const story *s, int id, bool is_measured);
/** Where the part of the table ends: one past its last measure. */
int story_part_end(size_t part);
const char *story_standing(const tread_measure *m);
/** "Above usual," and the like. Static. */
const char *story_against_usual(double value, double low, double high);
/** Measures of this view that are missing for the same reason as `first`, from there on.
 *  @param[in,out] is_told  those are marked. @return the reason */
const char *story_missing(const story *s, int first, bool is_told[TREAD_N_MEASURES],
                          bool is_of_reason[TREAD_N_MEASURES]);

/** Left against right, where it was compared. False: it was not; `reason` says why, if it had one
 *  to say. */
bool story_compare(const story *s, int id, tread_symmetry *y, const char **reason);
typedef struct story_count {
    int n, n_sure;      /* compared or judged, and beyond chance */
    const char *reason; /* why not, where n is 0; never NULL then */
} story_count;
story_count story_count_sides(const story *s);
/** "27 numbers were compared." */
void say_compared(FILE *f, const story_count *c);
const char *story_sides_verdict(const story_count *c);
const char *story_sides_intro(const story *s); /* static */

/** Change over the session, where it could be judged; as story_compare. */
bool story_judge(const story *s, int id, tread_drift *d, const char **reason);
story_count story_count_changes(const story *s);
const char *story_change(const tread_drift *d);
extern const char story_drift_intro[], story_trend_intro[];
saying story_drift_verdict; /* where any was judged */

extern const char story_curves_intro[], story_strikes_intro[], story_times_intro[];
/** The gravest fault of a rule; NULL = none. */
const tread_fault *story_worst(const story *s, size_t rule);
saying story_worst_numbers; /* i of the rules that have faults: "12°, usual 5 to 10; from " */

/* ---- how well it was measured (story_quality.c) ------------------------------------------ */

enum { STORY_N_QUALITIES = 7 };
/** NULL: nothing to say. Static. */
const char *story_quality_name(const story *s, size_t i);
saying story_quality; /* i of those */
saying story_foot;    /* what made it, and that it is no diagnosis */

#endif

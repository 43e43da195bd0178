/* What was measured, with all its steps and faults, for whoever writes it. */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "landfile/landfile.h"
#include "report/report.h"

/** Plain data around a run; clear releases what it owns. */
typedef struct cli_results {
    tread_run run; /* points to the rest */
    tread_step *steps;
    tread_form *form;
} cli_results;

/** All of a finished analyzer: its steps, and the faults in them.
 *  @param clip, opts, facts, results, rules  borrowed until clear
 *  @return TREAD_OK, TREAD_ERR_NOMEM; to be cleared in any case */
TREAD_WARN_UNUSED int cli_results_take(cli_results *r, const char *clip,
                                       const tread_session_opts *opts,
                                       const tread_source_facts *facts, tread_analyzer *results,
                                       const tread_rules *rules, tread_error *err);
/** May be repeated. */
void cli_results_clear(cli_results *r);

/** Landmarks through an analyzer, between opts->from_s and to_s.
 *  @param name  for messages
 *  @param on_landmarks  gets each frame first; NULL = not called
 *  @param[out] out  finished; the caller's also when this fails
 *  @return TREAD_OK; TREAD_ERR_INPUT: no frame in that time; TREAD_ERR_NO_RUNNER; TREAD_ERR_ARG;
 *          TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int cli_measure(tread_landfile *file, const char *name,
                                  const tread_session_opts *opts,
                                  void (*on_landmarks)(void *user, const tread_landmarks *lm),
                                  void *user, tread_analyzer **out, tread_error *err);

/** What a landmark file says of its source. */
void cli_landmark_facts(tread_source_facts *facts, const tread_landfile_info *info);

#endif

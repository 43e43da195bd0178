/* Private to session: the numbers for a glance. */
#ifndef SESSION_READINGS_H
#define SESSION_READINGS_H

#include <treadscope/analyzer.h>
#include <treadscope/form.h>

#include "report/report.h"

#define SESSION_N_READINGS 5

/** Of the last seconds, with their usual range and whether a fault is on.
 *  @param faults  (n_faults) @param incline_pct  moves what is usual
 *  @param[out] out  (SESSION_N_READINGS) */
void session_readings(const tread_analyzer *a, const tread_rules *rules, const tread_fault *faults,
                      size_t n_faults, double now_s, double incline_pct, tread_reading *out);

#endif

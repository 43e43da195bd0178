/* Scores against stated ceilings. */
#ifndef ACCURACY_CHECK_H
#define ACCURACY_CHECK_H

#include "score.h"

/** Lines `CLIP MEASURE LEG STATISTIC <=|>= VALUE`, # comments. Prints every line with
 *  what was found; lines of clips that are not among the scores are left out.
 *  @return how many are broken (a number that is not there breaks its line); -1 with a
 *          line on stderr: the file cannot be read or understood, or nothing was checked */
int acc_check(const acc_score *scores, size_t n, const char *path);

#endif

/* Scores as Markdown, to stdout. */
#ifndef ACCURACY_TABLE_H
#define ACCURACY_TABLE_H

#include "score.h"

/** Every measure over all scores of a group: bias, SD, MAE, RMSE, worst, near and far apart.
 *  Says nothing when the group is empty. */
void acc_table_overall(const acc_score *scores, size_t n, const char *group, const char *title);

/** The frames of a group's plain clips: what figures asked of "side view, 60 fps" mean. */
void acc_table_plain(const acc_score *scores, size_t n, const char *group);

/** Two tables with a row for each score of the group: angles, steps. */
void acc_table_clips(const acc_score *scores, size_t n, const char *group);

/** Every measure of every score of every group. */
void acc_table_details(const acc_score *scores, size_t n);

#endif

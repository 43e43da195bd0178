/* One run: frames, steps and clip values, as the truth has them or as treadscope
 * measured them. Both sides of every comparison have this form. */
#ifndef ACCURACY_RUN_H
#define ACCURACY_RUN_H

#include <stddef.h>

#include <treadscope/analyzer.h>

#include "measures.h"

/* NaN: not known, or not measured. */
typedef struct acc_frame {
    double time_s;
    double angle[ACC_N_ANGLES][TREAD_N_SIDES];
    double x[ACC_N_POINTS][TREAD_N_SIDES], y[ACC_N_POINTS][TREAD_N_SIDES];       /* px */
    double x_sd[ACC_N_POINTS][TREAD_N_SIDES], y_sd[ACC_N_POINTS][TREAD_N_SIDES]; /* as stated */
} acc_frame;

typedef struct acc_step {
    enum tread_side side;
    bool is_valid;
    enum tread_foot_strike strike;
    double next_s; /* the other foot's contact; truth only */
    double value[ACC_N_STEP_VALUES];
} acc_step;

typedef struct acc_interval {
    double value, low, high;
} acc_interval;

typedef struct acc_run {
    acc_frame *frame;
    size_t n_frames, frames_room;
    acc_step *step;
    size_t n_steps, steps_room;
    acc_interval clip[ACC_N_CLIP_VALUES][TREAD_N_SIDES + 1]; /* by tread_side, then TREAD_BOTH */
    enum tread_view view; /* where the camera stands, or was thought to */
    double fps;
    char note[160]; /* why there is nothing, when there is nothing */
} acc_run;

/** Everything NaN and empty. */
void acc_run_init(acc_run *run);
void acc_run_free(acc_run *run);

/** A frame or step with every value NaN at the end; NULL when out of memory. The
 *  pointer holds until the next call. */
acc_frame *acc_run_add_frame(acc_run *run);
acc_step *acc_run_add_step(acc_run *run);

/** Clip values as means over the steps: for truths that state none. */
void acc_run_average_steps(acc_run *run);

/* ---- where runs come from; -1 with a line on stderr ------------------------------ */

/** treadsynth's CLIP.truth.json. */
int acc_truth_read(acc_run *run, const char *path);

/** The folder `treadscope analyze` wrote; an empty one is a run with a note. */
int acc_result_read(acc_run *run, const char *folder);

/** Add the frames and steps an analyzer has ready. */
int acc_result_drain(acc_run *run, tread_analyzer *analyzer);

/** Drains a finished analyzer, and takes its summary. */
int acc_result_take(acc_run *run, tread_analyzer *analyzer);

#endif

/* pose: finds the runner, then follows from frame to frame; picture in, 33
 * landmarks out. The only room that knows XNNPACK.
 *
 * The networks are BlazePose (detector and landmark network, see
 * models/pose/README.md). Each network runs on the calling thread only: two
 * threads inside one network spin against each other on a busy machine
 * (DESIGN.md section 5).
 *
 * Weights are read-only and shared; a tracker is the state of one stream. */
#ifndef POSE_POSE_H
#define POSE_POSE_H

#include <stddef.h>
#include <stdint.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

#include "base/picture.h"

enum tread_pose_model {
    TREAD_POSE_LITE = 1,
    TREAD_POSE_FULL,
    TREAD_POSE_HEAVY, /* looks at the runner twice, the second time in a mirror */
};

typedef struct tread_pose_weights tread_pose_weights;
typedef struct tread_pose_tracker tread_pose_tracker;

/** Load the detector and one landmark network from `dir` (the npm package's
 *  folder), check them against the pinned SHA-256, and build the graphs' constant
 *  part once (fp16 and sparse weights unpacked to float).
 *  @param[out] out  NULL on failure
 *  @return TREAD_OK; TREAD_ERR_MODEL when a file is missing, cut short, changed
 *          or another model (the text says which, and how to get it);
 *          TREAD_ERR_ARG; TREAD_ERR_NOMEM
 *  The result is read-only and may be used from several threads. */
TREAD_WARN_UNUSED int tread_pose__weights_load(tread_pose_weights **out, const char *dir,
                                               enum tread_pose_model model, tread_error *err);
/** NULL-safe, sets NULL. Trackers made from it must be destroyed first. */
void tread_pose__weights_free(tread_pose_weights **weights);

/** State for one stream of pictures. All allocation happens here.
 *  @param n_threads  that share the networks' work on a picture, the caller's among them; 1 and
 *                    more. Quicker by nearly as much where cores are idle, slower where they are
 *                    not; the same landmarks to the bit */
TREAD_WARN_UNUSED int tread_pose__tracker_create(tread_pose_tracker **out,
                                                 const tread_pose_weights *weights, int n_threads,
                                                 tread_error *err);
void tread_pose__tracker_destroy(tread_pose_tracker **tracker);

/** Forget the runner; the next picture is searched afresh. */
void tread_pose__tracker_reset(tread_pose_tracker *tracker);

/** Landmarks of the runner in one picture.
 *
 *  The runner is the person on the treadmill: of several, the largest and most
 *  central at first, and within about 1.5 s the one who runs or walks in place,
 *  should the first be one who stands or passes by (nobody is reported for 0.12 s
 *  between the two). From then on this one is followed from picture to picture.
 *
 *  A person who is suddenly elsewhere or of another size is not the runner (who
 *  passes in front, stands beside, or a reflection), and neither is one of
 *  presence below 0.5. The detector then looks for the runner: at once, later
 *  for somebody who stays for 0.25 s near the place and of the size of before, and
 *  moves the legs if the runner did, or is there for 3 s.
 *  Somebody else is taken only after 3 s without the runner.
 *
 *  A time that goes back, or on by more than 3 s, forgets as tracker_reset does.
 *  The same pictures and times give the same bits. Positions are multiples of 1/64 px, confidences
 * of 1/1024. Who is not found is a result, not an error: presence is then 0 and every point is NaN.
 *
 *  @param[in]  picture  borrowed for the call
 *  @param[in]  frame, time_s  copied into `out`; times increase
 *  @param[out] out  upright pixels; see landmarks.h
 *  @return TREAD_OK, TREAD_ERR_INTERNAL (XNNPACK refused)
 *  Does not allocate. One thread at a time per tracker. */
TREAD_WARN_UNUSED int tread_pose__tracker_run(tread_pose_tracker *tracker,
                                              const tread_picture *picture, int64_t frame,
                                              double time_s, tread_landmarks *out,
                                              tread_error *err);

/* ---- what was seen, kept ---------------------------------------------------------
 *
 * What the networks say of a picture depends on the picture and on where they look. A tracker
 * that looks where another one has looked already may take the other's word: it then needs no
 * picture, and goes on exactly as if it had looked. So several trackers can work ahead on parts
 * of a clip, each from a start of its own, and one that goes through it from the beginning has
 * nothing left to do but where it looks elsewhere.
 *
 * For them to look at the same places, every tracker looks at coarsely rounded ones for 8 pictures
 * from each whole POSE_MEET_S of time on: those who follow one runner meet there, mostly, and stay
 * together. Start a part at such a time. */
#define POSE_MEET_S 2.0

/** What was seen in one picture. Plain data of tread_pose__record_size bytes. */
typedef struct tread_pose_record tread_pose_record;
size_t tread_pose__record_size(void);

/** tread_pose__tracker_run, and keep what was seen. @param[out] record */
TREAD_WARN_UNUSED int tread_pose__tracker_run_recorded(tread_pose_tracker *tracker,
                                                       const tread_picture *picture, int64_t frame,
                                                       double time_s, tread_landmarks *out,
                                                       tread_pose_record *record, tread_error *err);

/** tread_pose__tracker_run from a record in place of its picture.
 *  @return TREAD_OK: result and tracker are as tread_pose__tracker_run would have made them, to
 *          the bit; TREAD_AGAIN: the record does not hold all that has to be seen, and the
 *          tracker is as before: run it on the picture */
TREAD_WARN_UNUSED int tread_pose__tracker_recall(tread_pose_tracker *tracker,
                                                 const tread_pose_record *record, int64_t frame,
                                                 double time_s, tread_landmarks *out);

/** A number that two trackers have in common after the same picture when they will look at the
 *  same places in the next one, and saw the same in this.
 *  @param lm  the result of this picture */
uint64_t tread_pose__tracker_mark(const tread_pose_tracker *tracker, const tread_landmarks *lm);

/** Time spent so far, CPU seconds of the calling thread, and how often. */
typedef struct tread_pose_stats {
    int64_t n_landmark_runs, n_detector_runs;
    double landmark_s, detector_s, crop_s;
} tread_pose_stats;

tread_pose_stats tread_pose__tracker_stats(const tread_pose_tracker *tracker);

/** "lite", "full" or "heavy". */
const char *tread_pose__model_name(enum tread_pose_model model);

#endif

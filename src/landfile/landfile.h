/* landfile: landmarks that come in files, from other tools or from our own log.
 *
 * What is read, told apart by content and never by the name of the file:
 *
 *   log       what `analyze --save-landmarks` and `live --record` write; comes back bit for
 *             bit, but for a last line that was cut
 *   pack      the log packed (what the history keeps), bit for bit
 *   openpose  a folder of OpenPose JSON, one file a frame
 *   json      frames of keypoints: gaitlab.pose/v1, AlphaPose, MMPose, MediaPipe dumps
 *   trc       markers of Sports2D, Pose2Sim, OpenSim and laboratories
 *   csv       a header and one row a frame: x_0,y_0,... or left_knee_x,left_knee_y,...
 *
 * Keypoints are known by name where the file has names, else by their number: 17 of
 * COCO, 25 of BODY_25, 26 of Halpe, 33 of BlazePose. What a set lacks stays NaN. For
 * every format but these two:
 *
 *   - a point is missing when a coordinate is missing, not a number or beyond
 *     LANDFILE_MAX_PX, and when x, y and score are all 0;
 *   - confidence is the score clamped to 0..1, 1 for a point without one; no second places;
 *   - presence is 1 where a frame has any point, else 0; z is NaN;
 *   - of several people the first kept is the largest; after that the one nearest to
 *     the last kept, if within half its height, else the largest;
 *   - positions that are shares of the picture (MediaPipe) are multiplied by the size
 *     the file states, and refused when it states none;
 *   - TRC has y up and a unit of length: x is X, y is -Y, 1000 px to the metre. Files
 *     with y down or in pixels are recognised by the body standing in them.
 *
 * Times come from the file where it has them, else from the frame's number and the
 * frame rate: the file's, or the one asked for. A frame whose time does not increase is
 * left out and counted; when that befalls more than one frame in ten the file is refused.
 *
 * Numbers are read and written with the decimal point of the C locale.
 * Threads: calls on different handles may run at once. */
#ifndef LANDFILE_LANDFILE_H
#define LANDFILE_LANDFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <treadscope/landmarks.h>
#include <treadscope/status.h>

/* Bounds on what is read; beyond them a file is refused. */
#define LANDFILE_MAX_BYTES ((size_t)256 << 20) /* JSON grows about sixfold in memory */
#define LANDFILE_MAX_FRAMES 500000             /* 2.3 hours at 60 frames a second */
#define LANDFILE_MAX_LINE ((size_t)256 << 10)  /* bytes */
#define LANDFILE_MAX_COLUMNS 4096
#define LANDFILE_MAX_KEYPOINTS 1024 /* of one person */
#define LANDFILE_MAX_PX 1e6

typedef struct tread_landfile tread_landfile;

typedef struct tread_landfile_info {
    const char *format;         /* "log", "pack", "openpose", "json", "trc", "csv"; static */
    double width_px, height_px; /* of the picture; 0 = the file does not say */
    double fps;                 /* as stated by the file or asked for; NaN = neither */
    double duration_s;          /* last time less first; 0 for one frame */
    int64_t n_frames;
    int64_t n_time_faults; /* frames left out because their time did not increase */
} tread_landfile_info;

/** Read a file or folder, whole.
 *  @param fps  frame rate for formats without times; 0 = not told
 *  @return TREAD_OK; TREAD_ERR_INPUT: cannot be read, is none of the formats, is damaged,
 *          has no frame or needs `fps`; TREAD_ERR_NOMEM. `*out` is NULL then and `err`
 *          (may be NULL) says what, why and the remedy */
TREAD_WARN_UNUSED int tread_landfile__open(tread_landfile **out, const char *path, double fps,
                                           tread_error *err);

/** The same for one file that is in memory already. Pure.
 *  @param name  what messages call it; borrowed for the call
 *  @param data  (size) bytes, borrowed for the call */
TREAD_WARN_UNUSED int tread_landfile__parse(tread_landfile **out, const char *name,
                                            const void *data, size_t size, double fps,
                                            tread_error *err);

/** The next frame, in order of time. Does not allocate.
 *  @return TREAD_OK, TREAD_EOF */
TREAD_WARN_UNUSED int tread_landfile__next(tread_landfile *f, tread_landmarks *out);

/** Valid until close. */
const tread_landfile_info *tread_landfile__info(const tread_landfile *f);

/** NULL-safe, sets NULL. */
void tread_landfile__close(tread_landfile **f);

/** The log: a line with version and picture size (0 = unknown), a header, and a row a
 *  frame in which every number is exact and an empty cell is NaN. Errors stay with `f`. */
void tread_landfile__log_header(FILE *f, double width_px, double height_px);
void tread_landfile__log_row(FILE *f, const tread_landmarks *lm);

/** A packed log while it is written: every number exact, some 200 bytes a frame of pose's. */
typedef struct tread_landpack tread_landpack;

/** @param f  borrowed until destroy; open in binary, written from where it stands
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_landfile__pack_create(tread_landpack **out, FILE *f, double width_px,
                                                  double height_px);
/** A frame; times increase. Allocates nothing but what the C library does to write.
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_landfile__pack_add(tread_landpack *p, const tread_landmarks *lm);
/** Write what is left. @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_landfile__pack_finish(tread_landpack *p);
/** NULL-safe, sets NULL. */
void tread_landfile__pack_destroy(tread_landpack **p);

#endif

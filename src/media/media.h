/* media: anything libav opens becomes frames with a true time, and annotated
 * pictures become a clip again. The only room that knows libav.
 *
 * Time is presentation time in seconds, as the container states it after edit
 * lists; nobody downstream ever sees a frame rate. MP4, Matroska, AVI and their
 * like count from zero themselves. Where the clock starts anywhere (MPEG-TS,
 * cameras, streams), zero is where the earlier of picture and sound begins; watched
 * live, it is the first key frame.
 *
 * Only sound pictures are handed out. One that was concealed, or that builds on
 * a damaged one, is counted and dropped: to the network it would look like any
 * other. Damage the decoder cannot see stays unseen: HEVC and VP9 seldom notice
 * a few wrong bytes within a packet.
 *
 * Threads: one reader or writer belongs to one thread at a time. Frames may be
 * handed to other threads and released there. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

#include "base/surface.h"

/* ---- frames ------------------------------------------------------------ */

/** One decoded frame, reference counted, from its reader's pool. Read-only. */
typedef struct tread_frame {
    int64_t index;         /* 0, 1, 2 ... in presentation order, as handed out */
    double time_s;         /* presentation time, strictly increasing */
    tread_picture picture; /* valid while a reference is held */
    /* On base/clock.h's clock, for measuring delay; never the time of the frame. */
    int64_t arrived_ns; /* its packet was read */
    int64_t decoded_ns; /* it came out of the decoder */
} tread_frame;

/** One more owner. Returns `frame`. Any thread. */
tread_frame *tread_media__frame_ref(tread_frame *frame);

/** Give up one reference and set the pointer to NULL; NULL-safe. Any thread;
 *  may outlive the reader. */
void tread_media__frame_unref(tread_frame **frame);

/* ---- reading ----------------------------------------------------------- */

typedef struct tread_reader tread_reader;

typedef struct tread_reader_opts {
    /* Decoder threads, at most; 0 = one per core up to 4, and 1 for what is live.
     * Some codecs get one whatever is asked for, see decoder.c. The frames are the
     * same with any number. */
    int n_threads;
    double from_s; /* first time wanted, on the clip's own clock; 0 = start */
    double to_s;   /* frames at or after this are not delivered; 0 = end */
    /* From `from_s` on every picture is to be as a reading from the start of the clip would have
     * it, or else to count as bad: nothing is overlooked, also not right behind the key frame
     * decoding begins with. Some clips then have bad packets that have none when read as a whole.
     */
    bool is_part;
    /* Watched as it comes: little is buffered, no frame is held back, damaged
     * pictures are dropped and counted but never end the reading. Clips may be
     * read so too. */
    bool is_live;
    /* Without a packet for so long a source that may stall is given up; 0 = 10 s. */
    double patience_s;
    /* May be NULL. Set by another thread: opening and reading give up, mostly
     * within 100 ms. Must outlive the reader. */
    const atomic_bool *stop;
    /* Live only; NULL = none. What comes is kept as it comes, from the first key
     * frame on: path without extension, see tread_media__reader_recording. */
    const char *record;
} tread_reader_opts;

/** Facts of the source, for session.json. Strings belong to the reader. */
typedef struct tread_source_info {
    const char *container;    /* libav's short name, e.g. "mov,mp4,m4a,3gp,3g2,mj2" */
    const char *codec;        /* e.g. "h264" */
    const char *pixel_format; /* as decoded, e.g. "yuv420p10le" */
    int coded_width_px, coded_height_px;
    double upright_width_px, upright_height_px;
    bool is_mirrored;     /* for display: mirrored left-right first, ... */
    int rotation_deg;     /* ... then turned clockwise by 0, 90, 180 or 270 */
    double sample_aspect; /* width of a stored pixel over its height, 1 = square */
    double duration_s;    /* as the container states it; NaN when unknown */
    double stated_fps;    /* the container's average, for people only; NaN when unknown */
    bool is_interlaced;   /* fields were seen; frames are delivered woven */
    char chosen[96];      /* for people: "Integrated Camera, 1280x720 MJPEG at 60 fps" */
    bool is_device;       /* a camera of this machine */
    /* A clip, standard input or HLS: the packets are there at once, whoever wants
     * to see them as they were has to wait for each frame's time himself. */
    bool is_paced_by_us;
    bool can_start_anywhere; /* a file with times that can be sought */
    bool is_tolerant; /* its first key frame has a flaw: flaws are overlooked where they can be.
                         May change as frames come */
} tread_source_info;

/** What reading met so far. */
typedef struct tread_reader_stats {
    int64_t n_packets;     /* video packets read */
    int64_t n_bad_packets; /* refused by the decoder, or flagged corrupt; skipped */
    int64_t n_frames;      /* delivered */
    int64_t n_bad_frames;  /* not delivered: concealed, or built on what was damaged */
    int64_t n_time_faults; /* missing, repeated or backward times; repaired or dropped */
} tread_reader_stats;

/** Open a file, URL or device, or "-" for standard input.
 *  A file may refer to other files (playlists), but never opens a connection.
 *  Cameras and addresses are given up after `patience_s` without news. Pictures
 *  above 8K (8192 x 4608 pixels) are refused. With `from_s` reading starts at a
 *  key frame before it, where the container can be sought, else at the start.
 *  A camera (/dev/videoN) is set to the mode tread_media__best_mode picks.
 *  @param[out] out   the reader; NULL on failure
 *  @param[in]  opts  NULL = defaults; needed only for the call
 *  @param[out] err   one line naming `url`, the reason and the remedy; may be NULL
 *  @return TREAD_OK, TREAD_ERR_INPUT (missing, empty, not a video, audio only ...),
 *          TREAD_ERR_STOPPED, TREAD_ERR_NOMEM, TREAD_ERR_ARG */
TREAD_WARN_UNUSED int tread_media__reader_open(tread_reader **out, const char *url,
                                               const tread_reader_opts *opts, tread_error *err);

/** The same over `size` bytes in memory, which must outlive the reader. `name`
 *  is used in messages only. */
TREAD_WARN_UNUSED int tread_media__reader_open_memory(tread_reader **out, const uint8_t *data,
                                                      size_t size, const char *name,
                                                      const tread_reader_opts *opts,
                                                      tread_error *err);

/** The next frame in presentation order.
 *  @param[out] out  a reference the caller releases; NULL unless TREAD_OK
 *  @return TREAD_OK; TREAD_EOF once the clip has ended (or was cut), then always;
 *          TREAD_ERR_INPUT when reading failed, or when the clip is too damaged:
 *          more than a quarter of the last 100 packets were bad (a run of
 *          pictures lost to one damaged spot does not count), or at its end more
 *          than three quarters of all were lost. What came before is good. Then
 *          always the same; TREAD_ERR_STOPPED; TREAD_ERR_NOMEM
 *  Does not allocate pictures after warm-up.
 *
 *  Live, TREAD_EOF says that the sender ended it, TREAD_ERR_INPUT that the camera
 *  is gone or nothing came for `patience_s`; a clip's limits for damage do not
 *  hold. Pictures may change size or be turned from one frame to the next: each
 *  frame's picture says how it is. When the sender changes codec the reading ends
 *  with TREAD_ERR_INPUT: at once where the stream announces another picture, after
 *  three times `patience_s` where it does not (MPEG-TS that keeps its PID). Connecting again is
 *  always the caller's: close, and open anew. libav sees the end of a picture in
 *  MPEG-TS only when the next ones begin, so there `arrived_ns` is up to two
 *  pictures late; RTSP, HTTP and cameras do not have that. */
TREAD_WARN_UNUSED int tread_media__reader_next(tread_reader *reader, tread_frame **out,
                                               tread_error *err);

/** Valid until the reader is closed; `is_interlaced` may change as frames come. */
const tread_source_info *tread_media__reader_info(const tread_reader *reader);

tread_reader_stats tread_media__reader_stats(const tread_reader *reader);

/** How far back decoding has to begin for a picture at `time_s`, by the container's index: about,
 *  seconds, 0 at a key frame. NaN where there is no index. For choosing where to start. */
double tread_media__reader_lead_s(const tread_reader *reader, double time_s);

/** How the recording of a live source fares. It is written while it runs as
 *  fragments of about a second, so that when the program is killed all but the
 *  last can be read: `record`.mp4, or .mkv where MP4 cannot hold the codec
 *  (raw camera pictures); when the size of the picture changes it goes on in
 *  `record`-2.mp4, and so on. Existing files are replaced. A recording that fails
 *  (disk full) ends; reading goes on.
 *  @param[out] file     the file being written, or the last that was; NULL before
 *                       the first key frame, or when none is wanted
 *  @param[out] problem  NULL while all is well, else one plain sentence
 *  Both belong to the reader and are valid until its next call. */
void tread_media__reader_recording(const tread_reader *reader, const char **file,
                                   const char **problem);

/** Close and set to NULL; NULL-safe. Frames still held stay valid. A recording is
 *  finished. */
void tread_media__reader_close(tread_reader **reader);

/* ---- cameras ------------------------------------------------------------ */

/** One way a camera can send pictures. */
typedef struct tread_camera_mode {
    char fourcc[5]; /* V4L2's pixel format: "MJPG", "YUYV", "NV12", "H264" ... */
    int width_px, height_px;
    int fps_num, fps_den; /* pictures a second, both above 0 */
} tread_camera_mode;

typedef struct tread_camera {
    char path[32];     /* "/dev/video0" */
    char name[64];     /* as the camera calls itself */
    bool is_forbidden; /* exists, but this user may not open it; nothing else known */
    tread_camera_mode *modes;
    size_t n_modes;
} tread_camera;

/** Every /dev/video0 to 63 that captures video, by number, with all its modes.
 *  Only asks; no camera stays open.
 *  @param[out] list  free with tread_media__cameras_free; NULL when *n is 0
 *  @return TREAD_OK (also when there is none), TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_media__cameras(tread_camera **list, size_t *n, tread_error *err);

/** NULL-safe; sets NULL. */
void tread_media__cameras_free(tread_camera **list, size_t n);

/** The mode to run in: of those of 720p or better (short side of 720 pixels or
 *  more) the one with the most pictures a second, compared in whole numbers. Where
 *  none reaches 720p, that with the most pixels a second. A tie goes to the
 *  smallest picture, then to raw before MJPEG before H.264; with `is_recorded` raw
 *  comes last, since it would fill a disk. Formats that cannot be decoded here are
 *  ignored.
 *  @return one of `modes`; NULL when none is of use. Pure; any thread. */
const tread_camera_mode *tread_media__best_mode(const tread_camera_mode *modes, size_t n_modes,
                                                bool is_recorded);

/** Pictures a second, and "1280x720 MJPEG at 60 fps". `text` is always terminated. */
double tread_media__mode_fps(const tread_camera_mode *mode);
void tread_media__mode_text(const tread_camera_mode *mode, char *text, size_t size);

/** The first camera that may be opened.
 *  @param[out] err  says what to plug in, or that permission is missing
 *  @return TREAD_OK, TREAD_ERR_INPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_media__default_camera(char path[32], tread_error *err);

/* ---- colour, for what is shown to people -------------------------------- */

typedef struct tread_converter tread_converter;

/** Turns frames into upright pictures of a fixed size (the caller picks it, normally
 *  the upright size rounded to even). One thread at a time. The planes of frames must
 *  have the room behind them that libav's own have (64 bytes). */
TREAD_WARN_UNUSED int tread_media__converter_create(tread_converter **out, int width_px,
                                                    int height_px, tread_error *err);

/** @param to  of the converter's size, rows downwards. BGRA: A becomes 255. 4:2:0: samples stay as
 *             they are where the frame's are such and of this matrix and size */
TREAD_WARN_UNUSED int tread_media__converter_run(tread_converter *conv, const tread_frame *frame,
                                                 const tread_surface *to, tread_error *err);

void tread_media__converter_destroy(tread_converter **conv);

/* ---- writing ------------------------------------------------------------ */

typedef struct tread_writer tread_writer;

typedef struct tread_writer_opts {
    int width_px, height_px;         /* of the pictures; both even */
    enum tread_colour_matrix matrix; /* of the pictures; players are told. 0 = BT.709 */
    int n_threads;                   /* encoder threads; 0 = one per core */
} tread_writer_opts;

/** Start an H.264 MP4. It is written beside its final name and appears under it
 *  only when tread_media__writer_finish succeeds.
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_UNSUPPORTED (no H.264 encoder),
 *          TREAD_ERR_NOMEM, TREAD_ERR_ARG */
TREAD_WARN_UNUSED int tread_media__writer_open(tread_writer **out, const char *path,
                                               const tread_writer_opts *opts, tread_error *err);

/** Where the next picture goes: 4:2:0, of the matrix that was asked for. What is
 *  in it is an earlier picture, or nothing. Ask anew for each; waits until one of the
 *  pictures before has been encoded.
 *  @param[out] surface  valid until the next tread_media__writer_add
 *  @return TREAD_OK; TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM (also of a picture added before) */
TREAD_WARN_UNUSED int tread_media__writer_surface(tread_writer *writer, tread_surface *surface,
                                                  tread_error *err);

/** Add what lies on the surface, shown from `time_s` on; a thread of the writer's own
 *  encodes it. Times are kept to 1/90000 s,
 *  start at 0 or later and must increase; the last picture is shown as long as the one
 *  before it.
 *  @return TREAD_OK; TREAD_ERR_ARG (a time that does not follow, or no surface was asked
 *          for: nothing was added, go on); TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM, also of a
 *          picture added before */
TREAD_WARN_UNUSED int tread_media__writer_add(tread_writer *writer, double time_s,
                                              tread_error *err);

/** Flush, sync and rename into place. After a failure what stood under the final
 *  name before (mostly nothing) still does. Call tread_media__writer_close in any
 *  case. */
TREAD_WARN_UNUSED int tread_media__writer_finish(tread_writer *writer, tread_error *err);

/** Release; an unfinished clip (path.part) is deleted. NULL-safe, sets NULL. */
void tread_media__writer_close(tread_writer **writer);

/* ---- process ------------------------------------------------------------ */

/** Silence libav's own log: what matters comes back as errors and counts. Call
 *  once, before threads start. */
void tread_media__quiet(void);

/** "libavformat 59.27.100, libavcodec …", for doctor and reports. */
const char *tread_media__versions(void);

#endif

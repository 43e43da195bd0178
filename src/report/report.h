/* report: results become files and pictures for people and programs. Reads
 * results, never changes them.
 *
 * Every file is written beside its final name and renamed when it is whole. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <treadscope/analyzer.h>
#include <treadscope/form.h>
#include <treadscope/session.h>

#include "base/surface.h"

/* ---- files written whole or not at all ----------------------------------- */

typedef struct tread_outfile tread_outfile;

/** Start writing `dir`/`name`.
 *  @return TREAD_OK, TREAD_ERR_OUTPUT (text names file, reason, remedy), TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_report__outfile_open(tread_outfile **out, const char *dir,
                                                 const char *name, tread_error *err);
/** Where to print to; errors may be left to commit. */
FILE *tread_report__outfile_stream(tread_outfile *f);
/** Flush, sync and rename into place; releases and NULLs in any case.
 *  @return TREAD_OK, TREAD_ERR_OUTPUT (a full disk, for example; nothing is left behind) */
TREAD_WARN_UNUSED int tread_report__outfile_commit(tread_outfile **f, tread_error *err);
/** Throw away what was written. NULL-safe, sets NULL. */
void tread_report__outfile_abandon(tread_outfile **f);

/* ---- tables and JSON ------------------------------------------------------ */

/** frames.csv and steps.csv, DESIGN.md section 3. An empty cell means not measured. */
void tread_report__frames_header(FILE *f);
void tread_report__frames_row(FILE *f, const tread_frame_result *r);
void tread_report__steps_header(FILE *f);
void tread_report__steps_row(FILE *f, const tread_step *s);

/** What one run of analyze knows, for the writers of whole documents. */
typedef struct tread_run {
    const char *clip; /* as the user named it */
    const tread_session_opts *opts;
    const tread_source_facts *facts;
    const tread_analyzer *analyzer;
    const tread_step *steps; /* (n_steps) */
    size_t n_steps;
    const tread_rules *rules;
    const tread_fault *faults; /* (n_faults) */
    size_t n_faults;
} tread_run;

/* The parts of a table of measures, and where each begins. */
enum { TREAD_N_PARTS = 8 };
typedef struct tread_measure_part {
    enum tread_measure_id first;
    const char *title;
} tread_measure_part;
extern const tread_measure_part tread_report__parts[TREAD_N_PARTS];

/** session.json, two-space indent, newline at the end.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__session_json(FILE *f, const tread_run *run, tread_error *err);

/** Seconds before the belt first ran at nine tenths of its fastest: the warm-up. NaN under ten
 *  minutes, or where no change of speed was told. */
double tread_report__warm_up_s(const tread_run *run, const tread_overview *overview);

/* Seen belt and told belt, where they disagree: more than a belt's own 3 % (Willwacher 2021)
 * with a leg's share of body height, and more slope than feet are seen off by (3 degrees on
 * the look half). */
#define TREAD_BELT_TOLERANCE_PCT 10.0
#define TREAD_SLOPE_TOLERANCE_DEG 4.0

/** The short table `analyze` prints: what was measured, how sure it is. */
void tread_report__summary_text(FILE *f, const tread_run *run);

/* ---- for other programs ----------------------------------------------------- */

/** Why there can be no keypoints.trc: static text; NULL = there can. */
const char *tread_report__trc_refusal(const tread_run *run);

/** keypoints.trc, a row a frame, for OpenSim. NaN = not measured. Only where it is not refused. */
typedef struct tread_trc {
    double m_per_px, zero_x_px, zero_y_px, across; /* 1: to the right in the picture, or -1 */
    bool is_lateral;                               /* across is OpenSim's z, else its x */
    int64_t n_rows;
} tread_trc;
void tread_report__trc_begin(tread_trc *t, FILE *f, const tread_run *run);
void tread_report__trc_row(tread_trc *t, FILE *f, const tread_frame_result *r);

/** angles.mot, a row a frame, coordinates of OpenSim's Rajagopal models. NaN = not measured. */
void tread_report__mot_begin(FILE *f, const tread_run *run);
void tread_report__mot_row(FILE *f, const tread_frame_result *r);

/** faults.srt, on the clip's own times (slow motion: as it is played). Empty without faults.
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_report__srt(FILE *f, const tread_run *run, tread_error *err);

/** activity.fit: a run on a treadmill, a record a second. What was not measured has the format's
 *  invalid value.
 *  @param start_unix_s  when second 0 of the run was, seconds since 1970
 *  @return TREAD_OK, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_report__fit(FILE *f, const tread_run *run, int64_t start_unix_s,
                                        tread_error *err);

/** A folder of OpenPose JSON, BODY_25 in upright pixels, a file a frame, which appears under its
 *  name when it is whole. Missing points are 0,0,0; the confidence of the others is the frame's
 *  presence. */
typedef struct tread_openpose tread_openpose;

/** Start `dir`/openpose. @param clip  its base name begins the files'
 *  @return TREAD_OK, TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_report__openpose_create(tread_openpose **out, const char *dir,
                                                    const char *clip, tread_error *err);
/** @return TREAD_OK, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__openpose_add(tread_openpose *o, const tread_frame_result *r,
                                                 tread_error *err);
/** Takes the place of an earlier run's folder; releases and NULLs in any case.
 *  @return TREAD_OK, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__openpose_commit(tread_openpose **o, tread_error *err);
/** Throw away what was written. NULL-safe, sets NULL. */
void tread_report__openpose_abandon(tread_openpose **o);

/* ---- records of a live session ---------------------------------------------- */

/* Each becomes one line of JSON without its newline, as src/serve/STREAM.md has it; a number that
 * is NaN becomes null. The text is malloc'd and the caller's; NULL when memory ran out. */

typedef struct tread_hello {
    const char *source, *source_text; /* as named by the user, and what came of it */
    const char *model, *started;      /* ISO 8601, UTC */
    const char *recording;            /* folder; NULL = not recorded */
} tread_hello;
char *tread_report__hello_record(const tread_hello *h);

typedef struct tread_live_status {
    double time_s;
    const char *state, *message; /* message NULL = nothing to say */
    double fps, analysed_fps;
    int64_t n_frames, n_dropped;
    bool is_keeping_up;
    double latency_p50_ms, latency_p95_ms, latency_p99_ms;
    const char *recording, *recording_message; /* "off", "on", "failed" */
    enum tread_view view;
    enum tread_side near_side;
    double speed_kmh, incline_pct; /* speed 0 = not told */
    double running_s;
} tread_live_status;
char *tread_report__status_record(const tread_live_status *s);

/** One thing to get right before a run. */
typedef struct tread_setup_check {
    const char *id, *title;
    enum tread_check_state { TREAD_CHECK_UNKNOWN = 0, TREAD_CHECK_GOOD, TREAD_CHECK_POOR } state;
    char advice[160]; /* one sentence; empty = none */
} tread_setup_check;
char *tread_report__setup_record(const tread_setup_check *checks, size_t n);

/** How long a picture took from stage to stage, ms. */
typedef struct tread_stage_times {
    double decode, wait, pose, analyse; /* in the decoder, in the queue, network, analyzer */
    double total;                       /* from its arrival to this record */
} tread_stage_times;

/** The one record that comes with every picture: into a buffer of the caller's.
 *  @return its length; 0 = it does not fit (TREAD_FRAME_RECORD_BYTES always do) */
size_t tread_report__frame_record(char *buf, size_t size, const tread_frame_result *r,
                                  double width_px, double height_px, const tread_stage_times *took,
                                  enum tread_side near_side);
#define TREAD_FRAME_RECORD_BYTES 4096

char *tread_report__event_record(const tread_event *e);
char *tread_report__step_record(const tread_step *s);

/** A number for a glance: of the last seconds. */
typedef struct tread_reading {
    const char *id, *title;
    enum tread_measure_id measure;
    enum tread_side side; /* BOTH: of both legs */
    tread_measure now;
    double usual_low, usual_high; /* NaN = none published */
    int level;                    /* of a fault in it, 0 usual, -1 no range */
} tread_reading;
/** @param strikes  (n_strikes) the last steps, oldest first */
char *tread_report__summary_record(const tread_reading *readings, size_t n,
                                   const tread_step *strikes, size_t n_strikes);

/** @param change  "begin", "update" or "end". @param id  of the fault in its session */
char *tread_report__fault_record(const tread_rules *rules, const tread_fault *f, size_t id,
                                 const char *change);
/** @param ids  (n) of faults */
char *tread_report__cue_record(const tread_rules *rules, const tread_fault *faults,
                               const size_t *ids, size_t n);

typedef struct tread_live_gap {
    double from_s, to_s;
} tread_live_gap;
char *tread_report__timeline_record(double time_s, const tread_belt *settings, size_t n_settings,
                                    const tread_live_gap *gaps, size_t n_gaps,
                                    const tread_rules *rules, const tread_fault *faults,
                                    size_t n_faults);
/** @param reason  "stopped", "source_ended" or "failed" */
char *tread_report__end_record(double time_s, const char *reason, const char *message,
                               bool has_report);

/* ---- overlay --------------------------------------------------------------- */

/** Means of the clip, or of the last seconds; NaN = not known. */
typedef struct tread_overlay_means {
    double cadence_spm;
    double contact_ms;                                        /* the near foot's */
    double side_lean_deg, sway_deg, step_width_pct, arms_pct; /* from behind or in front */
} tread_overlay_means;

/** Something wrong with the form at the frame that is drawn. */
typedef struct tread_overlay_cue {
    int level;                 /* 1 watch, 2 change, 3 change now */
    enum tread_side side;      /* BOTH: not of one leg */
    const char *title, *words; /* what it is, and what to do */
} tread_overlay_cue;

/** What is drawn over a frame besides its skeleton. All pointers are borrowed for the call. */
typedef struct tread_overlay_facts {
    enum tread_side near_side; /* drawn solid and in front; the far side thin and behind */
    enum tread_view view;
    tread_overlay_means means;
    const tread_step *steps; /* (n_steps) before this frame, oldest first; the last few will do */
    size_t n_steps;
    const tread_overlay_cue *cues; /* (n_cues) the gravest first; two are shown */
    size_t n_cues;
    size_t most_cues; /* at once in the whole clip: room is kept for them, and for 0 none drawn */
    bool is_bare;     /* the skeleton alone: no panel, angles or words */
} tread_overlay_facts;

typedef struct tread_overlay tread_overlay;

/** Fonts and line widths for pictures of this size.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_INTERNAL (no font at all) */
TREAD_WARN_UNUSED int tread_report__overlay_create(tread_overlay **out, int width_px, int height_px,
                                                   tread_error *err);

/** Draw skeleton, angles and contacts, and over them what is said in boxes: numbers, the last
 *  steps, what is wrong. Frames come in order: marks on the belt follow from frame to frame.
 *  @param[in,out] picture  upright, of the overlay's size
 *  @param scale_x, scale_y  picture pixels per upright source pixel */
void tread_report__overlay_draw(tread_overlay *o, const tread_surface *picture,
                                const tread_frame_result *r, double scale_x, double scale_y,
                                const tread_overlay_facts *facts);

/** The same in two parts: what lies on the runner, then the boxes over it. */
void tread_report__overlay_draw_runner(tread_overlay *o, const tread_surface *picture,
                                       const tread_frame_result *r, double scale_x, double scale_y,
                                       const tread_overlay_facts *facts);
void tread_report__overlay_draw_boxes(tread_overlay *o, const tread_surface *picture,
                                      const tread_frame_result *r,
                                      const tread_overlay_facts *facts);

/** A contact in slow motion, beside the clip. */
typedef struct tread_overlay_replay {
    enum tread_side side;
    int slow;                   /* how many times slower */
    double at_ms;               /* against the contact; NaN = nothing to replay yet */
    double before_ms, after_ms; /* from when to when it goes, both positive */
} tread_overlay_replay;

/** Draw what it is and how far it has got, on a picture of the overlay's size. */
void tread_report__overlay_draw_replay(tread_overlay *o, const tread_surface *picture,
                                       const tread_overlay_replay *shown);

void tread_report__overlay_destroy(tread_overlay **o);

struct tread_canvas; /* vision/vision.h */

/* ---- the report, for people ------------------------------------------------- */

enum tread_moment {
    TREAD_MOMENT_CONTACT = 0, /* the foot lands */
    TREAD_MOMENT_MIDSTANCE,   /* half way from there to toe-off */
    TREAD_MOMENT_TOE_OFF,
    TREAD_MOMENT_FAULT /* what shows a fault best */
};

/** A moment of the run that is worth a picture, and in the end the picture. */
typedef struct tread_key_frame {
    enum tread_moment moment;
    enum tread_side side;
    size_t fault;          /* index into the run's faults; of FAULT */
    double time_s;         /* wanted, on the clock of the results */
    tread_frame_result at; /* the frame nearest to it; its time is NaN until one was seen */
    uint8_t *jpeg;         /* (jpeg_size) the runner with the angles drawn; NULL = none */
    size_t jpeg_size;
    int width_px, height_px;
} tread_key_frame;

#define TREAD_N_TO_WORK_ON 2
#define TREAD_MAX_KEY_FRAMES (TREAD_N_TO_WORK_ON + 6)

/** What to work on: the gravest first, then the surest; each rule once.
 *  @param[out] ids  (TREAD_N_TO_WORK_ON) of the run's faults. @return how many */
size_t tread_report__to_work_on(const tread_run *run, size_t *ids);

/** Pick the moments: what shows each fault to work on, and of each foot one step that is well
 *  seen and like the others. Pure. @param[out] frames  (TREAD_MAX_KEY_FRAMES). @return how many */
size_t tread_report__key_frames(const tread_run *run, tread_key_frame *frames);

/** Show a frame result to the moments; each keeps the one nearest to it. */
void tread_report__key_frames_see(tread_key_frame *frames, size_t n, const tread_frame_result *r);

/** Release the pictures. */
void tread_report__key_frames_clear(tread_key_frame *frames, size_t n);

/** Draw the angles that belong to a moment over a bare skeleton.
 *  @param r  the frame's result in pixels of the picture
 *  @param fault  what the moment shows; NULL for the moments of a step */
void tread_report__angles_draw(struct tread_canvas *canvas, const tread_frame_result *r,
                               const tread_key_frame *frame, const tread_fault *fault,
                               enum tread_view view);

/** What the report says besides the results. */
typedef struct tread_report_page {
    const char *runner;            /* NULL = not told */
    const char *date;              /* YYYY-MM-DD, perhaps with HH:MM after a space; NULL = not
                                      known */
    const char *video;             /* name of the annotated clip beside the report; NULL = none */
    bool has_clip;                 /* the clip was at hand for pictures */
    const tread_key_frame *frames; /* (n_frames) */
    size_t n_frames;
} tread_report_page;

/** report.html: one document that needs nothing else. Strings may hold anything.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__html(FILE *f, const tread_run *run,
                                         const tread_report_page *page, tread_error *err);

/** report.pdf: the same to print and to file, two to four pages of A4. Strings may hold anything.
 *  The same run and page give the same bytes on one machine: it is dated as the page is, never
 *  now.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_OUTPUT (a full disk; the text says so),
 *          TREAD_ERR_INTERNAL (cairo's own; the text has its words) */
TREAD_WARN_UNUSED int tread_report__pdf(FILE *f, const tread_run *run,
                                        const tread_report_page *page, tread_error *err);

/* ---- several clips ------------------------------------------------------------ */

/** A clip on the page that compares several. */
typedef struct tread_index_entry {
    const char *clip;     /* as the user named it */
    const char *report;   /* path of its report.html as seen from the page; NULL = no link */
    const char *document; /* its session.json; NULL = it failed */
    const char *failure;  /* why it failed, for people; NULL = it did not */
    const uint8_t *jpeg;  /* (jpeg_size) a picture to know it by; NULL = none */
    size_t jpeg_size;
} tread_index_entry;

/** The page that compares them: what to work on in each, every number side by side, and which of
 *  them differ by more than they may be off. One document that needs nothing else.
 *  @param rules  for what is usual
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__index_html(FILE *f, const tread_index_entry *entries, size_t n,
                                               const tread_rules *rules, tread_error *err);

#endif

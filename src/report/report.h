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

/** session.json, two-space indent, newline at the end.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_OUTPUT */
TREAD_WARN_UNUSED int tread_report__session_json(FILE *f, const tread_run *run, tread_error *err);

/** Seconds before the belt first ran at nine tenths of its fastest: the warm-up. NaN under ten
 *  minutes, or where no change of speed was told. */
double tread_report__warm_up_s(const tread_run *run, const tread_overview *overview);

/** The short table `analyze` prints: what was measured, how sure it is. */
void tread_report__summary_text(FILE *f, const tread_run *run);

/* ---- overlay --------------------------------------------------------------- */

/** What is drawn over a frame besides its skeleton. */
typedef struct tread_overlay_facts {
    enum tread_side near_side; /* drawn solid and in front; the far side thin and behind */
    enum tread_view view;
    double cadence_spm, contact_ms; /* means of the clip, the near foot's; NaN = not known */
    const tread_step *last_step;    /* the last step before this frame; NULL = none */
} tread_overlay_facts;

typedef struct tread_overlay tread_overlay;

/** Fonts and line widths for pictures of this size.
 *  @return TREAD_OK, TREAD_ERR_NOMEM, TREAD_ERR_INTERNAL (no font at all) */
TREAD_WARN_UNUSED int tread_report__overlay_create(tread_overlay **out, int width_px, int height_px,
                                                   tread_error *err);

/** Draw skeleton, angles and contacts.
 *  @param[in,out] bgra   upright picture, B G R A bytes
 *  @param scale_x, scale_y  picture pixels per upright source pixel */
void tread_report__overlay_draw(tread_overlay *o, uint8_t *bgra, ptrdiff_t stride_bytes,
                                const tread_frame_result *r, double scale_x, double scale_y,
                                const tread_overlay_facts *facts);

void tread_report__overlay_destroy(tread_overlay **o);

#endif

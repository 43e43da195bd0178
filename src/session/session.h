/* session: the only room with threads of its own. It wires media, pose, analyzer
 * and outputs together. The public part is include/treadscope/session.h. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <treadscope/session.h>

/** The second pass over a clip: its frames with the results drawn on them.
 *
 *  Feed it every frame result in order; it decodes the frame that belongs to it,
 *  draws and encodes. Decoding runs in a thread of its own. */
typedef struct tread_annotator tread_annotator;

/** @param source  the clip that was analysed
 *  @param opts    as given to the session
 *  @param path    of the MP4 to write
 *  @param steps   (n_steps) in order; borrowed until destroy
 *  @return TREAD_OK, TREAD_ERR_INPUT, TREAD_ERR_OUTPUT, TREAD_ERR_UNSUPPORTED, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__annotator_create(
    tread_annotator **out, const char *source, const tread_session_opts *opts, const char *path,
    const tread_analyzer *results, const tread_step *steps, size_t n_steps, tread_error *err);
/** @return TREAD_OK, TREAD_ERR_INPUT (the clip changed since), TREAD_ERR_OUTPUT, TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_session__annotator_add(tread_annotator *a, const tread_frame_result *r,
                                                   tread_error *err);
/** Finish the file and give it its name. */
TREAD_WARN_UNUSED int tread_session__annotator_finish(tread_annotator *a, tread_error *err);
/** NULL-safe, sets NULL; an unfinished file is deleted. */
void tread_session__annotator_destroy(tread_annotator **a);

#endif

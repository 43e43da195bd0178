/* Private to session: what a reader says of its source, in the public words. */
#ifndef SESSION_FACTS_H
#define SESSION_FACTS_H

#include <treadscope/session.h>

#include "media/media.h"
#include "pose/pose.h"

void session_take_info(tread_source_facts *facts, const tread_source_info *info);

/** To an even number of pixels, 2 at least: what 4:2:0 wants. */
int session_even_px(double px);

/** Threads that share the networks' work on one picture where pictures come one after the other:
 *  half the cores, four at most. */
int session_network_threads(void);

enum tread_pose_model session_pose_model(enum tread_model model);

#endif

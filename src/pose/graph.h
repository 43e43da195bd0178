/* A network made to run: XNNPACK's subgraph and runtime behind a small door,
 * the only file that includes it. Private to the room. */
#ifndef POSE_GRAPH_H
#define POSE_GRAPH_H

#include "pose/network.h"

typedef struct pose_graph pose_graph;

/** Build a runtime.
 *
 *  XNNPACK packs a copy of the filters of its own, so each graph has one; the
 *  network's constants must nevertheless outlive the graph, as XNNPACK's
 *  contract asks. All memory is taken here.
 *
 *  xnn_initialize is process-wide and idempotent: each graph calls it, none
 *  calls xnn_deinitialize, which would pull the ground from under another
 *  user of XNNPACK in the same process.
 *  @param[in]  network    passes tread_pose__network_check, which is called
 *  @param      n_threads  that share each run, the caller's among them; the others sleep between
 *                         runs. The results are the same to the bit
 *  @param[out] out        NULL on failure
 *  @return TREAD_OK, TREAD_ERR_MODEL, TREAD_ERR_NOMEM, TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int tread_pose__graph_create(pose_graph **out, const pose_network *network,
                                               int n_threads, tread_error *err);
/** NULL-safe, sets NULL. */
void tread_pose__graph_destroy(pose_graph **graph);

/** The input tensor, to be written before each run. */
float *tread_pose__graph_input(pose_graph *graph);

/** Output `i` of the network as the last run left it. Outputs lie one right
 *  behind the other, so the parts of a concatenation read as the whole. */
const float *tread_pose__graph_output(const pose_graph *graph, size_t i);

/** Run once. Does not allocate. One thread at a time per graph.
 *  @return TREAD_OK, TREAD_ERR_INTERNAL */
TREAD_WARN_UNUSED int tread_pose__graph_run(pose_graph *graph, tread_error *err);

#endif

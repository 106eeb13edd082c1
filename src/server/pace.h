/*
 * pace.h - how long an idle server may sleep before it looks at MPI again
 *
 * Processes of the node, root's workers and the end of the session wake the
 * server at once (epoll). MPI cannot: Open MPI has no descriptor to wait for,
 * and its blocking calls burn a core. So the server polls, at intervals that
 * grow with the silence: a message waits at most an eighth of the silence
 * before it, and never more than PACE_LONGEST for each hop of the tree.
 */
#ifndef COLLFS_SERVER_PACE_H
#define COLLFS_SERVER_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_SHORTEST INT64_C(50000)      /* ns */
#define PACE_BUSY_LONGEST INT64_C(500000) /* ns, while an answer is awaited */
#define PACE_LONGEST INT64_C(5000000)     /* ns */

/* How long to sleep after `silence` ns without any event. */
int64_t pace_sleep(int64_t silence, bool answer_awaited);

/* CLOCK_MONOTONIC in ns. */
int64_t pace_now(void);

#endif

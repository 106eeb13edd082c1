/*
 * tree.h - the servers' MPI world as a k-ary tree with rank 0 at its root
 *
 * Non-blocking sends of counted messages and polled receives. Between two
 * neighbours messages keep their order. Main thread only: the only place that
 * calls MPI besides start and end (main.c, scope.c).
 */
#ifndef COLLFS_SERVER_TREE_H
#define COLLFS_SERVER_TREE_H

#include "server/record.h"

#define TREE_FANOUT_MAX 64

#define TREE_INCOMING_MAX 32

struct outgoing; /* a send under way */
struct incoming; /* a receive under way */

struct tree {
	int rank, size;
	int parent; /* rank, or -1 at the root */
	int child_count;
	int child[TREE_FANOUT_MAX]; /* ranks */
	struct outgoing *outgoing;
	size_t outgoing_count, outgoing_room;
	struct incoming *incoming; /* TREE_INCOMING_MAX; in order of announcement */
	size_t incoming_count;
	uint64_t messages, bytes; /* sent, for statistics */
};

/* After MPI_Init. fanout is clamped to 1 … TREE_FANOUT_MAX. */
void tree_init(struct tree *t, int fanout);

/* The number of the child with this rank, or -1. */
int tree_child(const struct tree *t, int rank);

/*
 * Send m to a rank; the message is held until it has gone. If in_flight is
 * given, it is raised now and lowered when the send completes: flow control.
 */
void tree_send(struct tree *t, int rank, struct message *m, unsigned *in_flight);
void tree_send_down(struct tree *t, struct message *m); /* to every child */
void tree_send_up(struct tree *t, struct message *m);   /* to the parent, if any */

/* Complete what has gone. True when something had. */
bool tree_progress(struct tree *t);
/* True when no message is under way, in or out. */
bool tree_idle(const struct tree *t);

/* The next checked message, or NULL when none has arrived; *source = its rank. */
struct message *tree_receive(struct tree *t, int *source);

#endif

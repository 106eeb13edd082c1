/*
 * mutate.h - root: the job is about to change a path
 *
 * Which directories must become volatile for it, and has every node stopped
 * serving them? A path may lead through links: the directory of the link and
 * that of its target are both concerned. Main thread of rank 0 only.
 */
#ifndef COLLFS_SERVER_MUTATE_H
#define COLLFS_SERVER_MUTATE_H

#include "server/answer.h"
#include "server/server.h"

enum mutate_state {
	MUTATE_DONE, /* in force everywhere, or nothing to do */
	MUTATE_WAIT, /* acknowledgements are on their way */
	MUTATE_NEED, /* `need` must be fetched first */
};

/* Look at a flight of WIRE_MUTATE; announces what has not been announced. */
enum mutate_state mutate_step(struct server *s, struct flight *f, struct answer_need *need);

/* A change has been acknowledged by all: note it, tell the nodes. */
void mutate_acknowledged(struct server *s, const struct change *c);

#endif

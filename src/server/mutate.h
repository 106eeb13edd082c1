/*
 * mutate.h - root: the job is about to change a path
 *
 * Which directory must become volatile for it, what must be forgotten, and has
 * every node stopped serving it? The client has followed links: a path is what
 * its kernel says. Main thread of rank 0 only.
 */
#ifndef COLLFS_SERVER_MUTATE_H
#define COLLFS_SERVER_MUTATE_H

#include "server/server.h"

/* Look at a flight of WIRE_MUTATE; announces what has not been announced. True:
 * it is in force everywhere. False: acknowledgements are on their way. */
bool mutate_step(struct server *s, struct flight *f);

/* A change has been acknowledged by all: note it, tell the nodes. */
void mutate_acknowledged(struct server *s, const struct change *c);

#endif

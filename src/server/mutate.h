/*
 * mutate.h - root: the job is about to change a path
 *
 * Which directories must become volatile for it, and has every node stopped
 * serving them? The path is real but for its last name (client/announce.h).
 * Main thread of rank 0 only.
 */
#ifndef COLLFS_SERVER_MUTATE_H
#define COLLFS_SERVER_MUTATE_H

#include "server/server.h"

/* Look at a flight of WIRE_MUTATE: announces what has not been announced. True
 * when it is in force on every node, or there is nothing to do. */
bool mutate_step(struct server *s, struct flight *f);

/* A change has been acknowledged by all: note it, tell the nodes. */
void mutate_acknowledged(struct server *s, const struct change *c);

#endif

/*
 * root.h - the one server that asks the shared filesystem
 *
 * A flight at root is driven by the same question as everywhere (answer.h):
 * while something is missing, a job (fsjob.h) fetches it, once for all flights
 * that miss it; what it finds out goes into the log, and the flights are
 * looked at again. Main thread of rank 0 only.
 */
#ifndef COLLFS_SERVER_ROOT_H
#define COLLFS_SERVER_ROOT_H

#include "server/server.h"

/* A new flight: find out what it wants. May settle (free) it at once. */
void root_ask(struct server *s, struct flight *f);

/* Take what the workers have finished. True when there was something. */
bool root_collect(struct server *s);

/* All nodes have acknowledged the change. */
void root_changed(struct server *s, const struct change *c);

#endif

/*
 * attach.h - join the session: called once by the constructor, on one thread
 */
#ifndef COLLFS_CLIENT_ATTACH_H
#define COLLFS_CLIENT_ATTACH_H

#include <stdbool.h>

#include "common/session.h"

/*
 * Join the session: wait for the node's server, until the session's deadline
 * at most, and map its index. On failure the process stays without.
 */
void attach(const struct session *s);

/* Whether answers from the index hold for this very process: a vfork child uses
 * our memory, but may have changed who it is or what files it sees. Any thread;
 * a few system calls. */
bool attach_still_fits(void);

#endif

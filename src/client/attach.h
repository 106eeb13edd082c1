/*
 * attach.h - join the session: called once by the constructor, on one thread
 */
#ifndef COLLFS_CLIENT_ATTACH_H
#define COLLFS_CLIENT_ATTACH_H

#include "common/session.h"

/*
 * Join the session: wait for the node's server, until the session's deadline
 * at most, and map its index. On failure the process stays without.
 */
void attach(const struct session *s);

#endif

/*
 * attach.h - the process's view of its session: the index, and how to ask
 *
 * Set up once, before main, by the constructor (attach); afterwards every
 * wrapper begins with served_index(), which says whether answers may be taken
 * from the index at this moment.
 *
 * attach() runs on one thread. The rest: any thread, also in signal handlers,
 * except ask() and ask_fd(), which pass by at once where they cannot work.
 */
#ifndef COLLFS_CLIENT_ATTACH_H
#define COLLFS_CLIENT_ATTACH_H

#include <stdatomic.h>
#include <sys/types.h>

#include "common/index.h"
#include "common/session.h"
#include "common/wire.h"

struct attachment {
	struct ci_map map;    /* map.h == NULL: never attached. Stays mapped for life */
	pid_t server;         /* 0: in another pid namespace */
	_Atomic bool serving; /* false for good once the session is given up */
};

extern struct attachment attachment;

/*
 * Join the session: wait for the node's server, until the session's deadline
 * at most, and map its index. On failure the process stays without.
 */
void attach(const struct session *s);

/* Take no answer from the session any more (what is open stays open). */
static inline void detach(void)
{
	atomic_store_explicit(&attachment.serving, false, memory_order_relaxed);
}

/* The index while it may be used, else NULL. A few loads. */
static inline const struct ci_map *served_index(void)
{
	if (!atomic_load_explicit(&attachment.serving, memory_order_acquire) ||
	    !ci_usable(&attachment.map))
		return NULL;
	return &attachment.map;
}

#endif

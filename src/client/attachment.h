/*
 * attachment.h - the process's view of its session: the index
 *
 * Filled in once, before main, by attach(); afterwards every wrapper begins
 * with served_index(), which says whether answers may be taken from the index
 * at this moment. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_ATTACHMENT_H
#define COLLFS_CLIENT_ATTACHMENT_H

#include <stdatomic.h>
#include <sys/types.h>

#include "common/index.h"

struct attachment {
	struct ci_map map;    /* map.h == NULL: never attached. Stays mapped for life */
	pid_t server;         /* 0: in another pid namespace */
	_Atomic bool serving; /* false for good once the session is given up */
	_Atomic bool telling; /* changes are announced; false for good once that has failed */
};

extern struct attachment attachment;

/* Take no answer from the session any more (what is open stays open). */
static inline void detach(void)
{
	atomic_store_explicit(&attachment.serving, false, memory_order_relaxed);
}

/* Announce no change any more. */
static inline void fall_silent(void)
{
	atomic_store_explicit(&attachment.telling, false, memory_order_relaxed);
}

/* The index while changes are to be announced, else NULL: also to a process
 * that takes no answers any more. */
static inline const struct ci_map *told_index(void)
{
	if (!atomic_load_explicit(&attachment.telling, memory_order_acquire) ||
	    !ci_usable(&attachment.map))
		return NULL;
	return &attachment.map;
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

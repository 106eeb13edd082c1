/*
 * count.h - the process's own counters (common/counters.h)
 *
 * The page exists only when COLLFS_STATS is set; without it a count is one
 * test. A fork child goes on in its parent's page. Any thread.
 */
#ifndef COLLFS_CLIENT_COUNT_H
#define COLLFS_CLIENT_COUNT_H

#include "common/counters.h"

extern struct counters_page *count_page;

/* Make the page. Returns its descriptor (the caller closes it), or -1. */
int count_init(void);

static inline void count(enum collfs_counter which)
{
	if (count_page)
		atomic_fetch_add_explicit(&count_page->n[which], 1, memory_order_relaxed);
}

#endif

/*
 * totals.h - this server's counts, and those of its processes and subtree
 *
 * Counters are raised by the main thread and by root's file-system workers
 * (relaxed atomics).
 */
#ifndef COLLFS_SERVER_TOTALS_H
#define COLLFS_SERVER_TOTALS_H

#include "common/counters.h"

#include <stddef.h>

struct totals {
	_Atomic uint64_t n[COUNT_END];
};

static inline void totals_add(struct totals *t, enum collfs_counter which, uint64_t by)
{
	atomic_fetch_add_explicit(&t->n[which], by, memory_order_relaxed);
}

/* Add the counters of a process's page (which the process may still write). */
void totals_add_page(struct totals *t, const struct counters_page *page);

/* Copy out; add what another server sent (n values; more or fewer are ignored). */
void totals_read(const struct totals *t, uint64_t n[COUNT_END]);
void totals_add_all(struct totals *t, const uint64_t *n, size_t count);

/* {"name": number, …} in buf, NUL-terminated and cut to fit; returns its length. */
size_t totals_json(const uint64_t n[COUNT_END], char *buf, size_t room);

#endif

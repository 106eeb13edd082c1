/* totals.c - see totals.h. */
#include "server/totals.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNTER_NAME(name, text) [COUNT_##name] = #name,
static const char *const names[COUNT_END] = {COLLFS_CLIENT_COUNTERS(COUNTER_NAME)
                                                     COLLFS_SERVER_COUNTERS(COUNTER_NAME)};

void totals_add_page(struct totals *t, const struct counters_page *page)
{
	if (page->magic != COUNTERS_MAGIC)
		return;
	for (size_t i = 0; i < COUNT_CLIENT_END; i++)
		totals_add(t, (enum collfs_counter)i,
		           atomic_load_explicit(&page->n[i], memory_order_relaxed));
}

void totals_read(const struct totals *t, uint64_t n[COUNT_END])
{
	for (size_t i = 0; i < COUNT_END; i++)
		n[i] = atomic_load_explicit(&t->n[i], memory_order_relaxed);
}

void totals_add_all(struct totals *t, const uint64_t *n, size_t count)
{
	for (size_t i = 0; i < count && i < COUNT_END; i++)
		totals_add(t, (enum collfs_counter)i, n[i]);
}

size_t totals_json(const uint64_t n[COUNT_END], char *buf, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < COUNT_END && used < room; i++)
		used += (size_t)snprintf(buf + used, room - used, "%s\"%s\":%" PRIu64,
		                         i ? "," : "{", names[i], n[i]);
	if (used < room)
		used += (size_t)snprintf(buf + used, room - used, "}");
	return used < room ? used : room - 1;
}

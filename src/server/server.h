/*
 * server.h - one collfsd: the parts it is made of
 *
 * Everything here belongs to the main thread, but for what store.h, totals.h
 * and fsjob.h say of root's workers.
 */
#ifndef COLLFS_SERVER_SERVER_H
#define COLLFS_SERVER_SERVER_H

#include "server/bulk.h"
#include "server/clients.h"
#include "server/flight.h"
#include "server/fsjob.h"
#include "server/index_write.h"
#include "server/policy.h"
#include "server/store.h"
#include "server/totals.h"
#include "server/tree.h"

/* A change (record.h) that the subtree has yet to acknowledge. */
struct change {
	struct change *prev, *next; /* utlist */
	uint32_t serial;
	int remaining;   /* children */
	size_t path_len; /* the directory (REC_VOLATILE at root), or 0 */
	char path[];
};

struct server {
	struct index_writer index;
	struct store store;
	struct totals totals;
	struct tree tree;
	struct bulk bulk;
	struct flights flights;
	struct clients clients;
	struct change *changes;
	uint32_t last_change;    /* root */
	struct fspool pool;      /* root */
	struct pending *pending; /* root: jobs under way (root.c) */
	struct policy policy;    /* root */
	uint64_t push_max;       /* root: larger contents travel when two nodes ask */
	bool stopping;           /* REC_STOP has passed */
	int totals_missing;      /* children whose last words have not come */
};

static inline bool server_is_root(const struct server *s)
{
	return s->tree.parent < 0;
}

#endif

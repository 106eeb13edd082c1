/*
 * flight.h - requests under way on a node: asked for once, however many wait
 *
 * A flight is one (operation, flags, path) that the index could not answer.
 * Its waiters are connections of this node's processes and children in the
 * tree. Main thread only.
 */
#ifndef COLLFS_SERVER_FLIGHT_H
#define COLLFS_SERVER_FLIGHT_H

#include "common/wire.h"

#include <stdbool.h>
#include <uthash.h>

struct client;

struct flight {
	UT_hash_handle hh;
	struct client **clients; /* malloc'ed; those who wait on this node */
	size_t client_count;
	uint64_t children; /* bit n: child n of the tree waits */
	/* At root only (root.c, mutate.c): */
	const void *waiting_for; /* the pending job */
	unsigned steps;          /* how often it has been looked at */
	uint32_t forget;         /* serial of its REC_SUBTREE or REC_INODE, 0: none sent */
	bool forgotten;          /* and acknowledged by all */
	char *rest;              /* malloc'ed: candidates to try when this one is missing */
	uint32_t flags;
	uint16_t op; /* with flags and path: the key */
	uint16_t path_len;
	char path[];
};

struct flights {
	struct flight *table;
};

struct flight *flight_find(struct flights *f, enum wire_op op, uint32_t flags, const char *path,
                           size_t len);
/* Find or make; *made tells which. NULL when out of memory. */
struct flight *flight_get(struct flights *f, enum wire_op op, uint32_t flags, const char *path,
                          size_t len, bool *made);
bool flight_add_client(struct flight *f, struct client *c);
/* The connection has gone: nobody answers it any more. */
void flights_forget_client(struct flights *f, const struct client *c);
/* Take it out of the table and free it. */
void flight_end(struct flights *f, struct flight *flight);

#endif

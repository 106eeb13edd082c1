/*
 * devices.h - the number that a filesystem has on this node
 *
 * A network filesystem may have another device number (st_dev) on each node.
 * What root finds out is told to processes with their own node's number, or a
 * served directory and its open descriptor would be two things to them. Which
 * mount is which is read from /proc/self/mountinfo: the filesystem is not asked.
 */
#ifndef COLLFS_SERVER_DEVICES_H
#define COLLFS_SERVER_DEVICES_H

#include "common/index.h"

#include <stdint.h>

enum { DEVICES_MAX = 64 };

struct devices {
	unsigned count;
	struct {
		uint64_t root, here;
	} pair[DEVICES_MAX];
};

/* All servers, when the scope is known: learn root's numbers. Calls MPI. */
void devices_agree(struct devices *d, const struct ci_map *m, int rank);

/* This node's number for one of root's. */
static inline uint64_t devices_here(const struct devices *d, uint64_t root)
{
	for (unsigned i = d->count; i-- > 0;)
		if (d->pair[i].root == root)
			return d->pair[i].here;
	return root;
}

#endif

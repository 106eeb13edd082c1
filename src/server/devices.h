/*
 * devices.h - a shared filesystem has another st_dev on another node
 *
 * The kernel of each node numbers its mounts by itself. What root finds out of
 * a file travels with root's number; a node's index is to hold the number of
 * the node's own mount, which the calls that are not served answer with. The
 * numbers are read from /proc/self/mountinfo: the filesystem is not asked.
 */
#ifndef COLLFS_SERVER_DEVICES_H
#define COLLFS_SERVER_DEVICES_H

#include "common/index.h"

struct device {
	char *path; /* at and below which it holds */
	size_t len;
	uint64_t root, local;
};

/* Those that differ, for the life of the server. Main thread only. */
struct devices {
	struct device *at;
	size_t count;
};

/* Learn from root's mountinfo and this node's, for the scopes of an index. */
void devices_learn(struct devices *d, const struct ci_map *m, const char *root_mounts,
                   const char *local_mounts);

/* The st_dev on this node of a file that has `dev` on root. */
uint64_t devices_local(const struct devices *d, const char *path, size_t len, uint64_t dev);

#endif

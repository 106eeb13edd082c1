/*
 * settings.h - what collfsd is told by its environment
 */
#ifndef COLLFS_SERVER_SETTINGS_H
#define COLLFS_SERVER_SETTINGS_H

#include "common/session.h"

#include <stdbool.h>
#include <stdint.h>

struct settings {
	struct session session;
	const char *scope;     /* COLLFS_SCOPE: colon list of prefixes; root's counts */
	uint64_t file_max;     /* COLLFS_FILE_MAX: bytes of one content */
	uint64_t store_max;    /* COLLFS_STORE_MAX: bytes of a node's contents */
	uint64_t index_max;    /* COLLFS_INDEX_MAX: bytes of a node's index */
	uint64_t push_max;     /* COLLFS_PUSH_MAX: larger contents go where they are asked for */
	uint64_t snapshot_max; /* COLLFS_SNAPSHOT_MAX: names of a directory */
	uint64_t fanout;       /* COLLFS_FANOUT: children of a server in the tree */
	uint64_t workers;      /* COLLFS_WORKERS: root's requests at a time */
};

/* Read the environment; a wrong value is reported and the default taken.
 * False, after a message, when there is no valid session. */
bool settings_read(struct settings *s);

/* "12", "64K", "3M", "2G" (powers of 1024). False when it is none of these. */
bool settings_parse_size(const char *text, uint64_t *value);

#endif

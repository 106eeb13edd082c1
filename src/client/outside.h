/*
 * outside.h - paths that are known to lead outside every scope
 *
 * A change must be announced wherever links lead it, so a path that is spelled
 * outside has to be looked up before it is changed. This remembers what such a
 * look has found, so that the next change there costs a comparison.
 *
 * What is remembered is void as soon as the index's `renames` rises. The
 * session raises it when a directory moves, and when a process of the job makes
 * or moves a link that leads into a scope (announce_symlink()). Not noticed is a link
 * that comes otherwise while the job changes files by the same path: from outside the
 * job, or with a directory that is moved.
 *
 * A table of hashes, written and read with relaxed atomic operations: an entry
 * is one word, and a lost one costs a look. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_OUTSIDE_H
#define COLLFS_CLIENT_OUTSIDE_H

#include <stdbool.h>

#include "common/index.h"

enum outside_kind {
	OUTSIDE_NAME = 1, /* the directory that holds the name lies outside */
	OUTSIDE_FILE,     /* the file that the path leads to does */
};

/* `len`: of the path. False when it is not known, as for all paths relative to a descriptor. */
bool outside_known(const struct ci_map *m, int dirfd, const char *path, size_t len,
                   enum outside_kind kind);

/* To be taken before a look, and handed over with what it has found. */
static inline uint32_t outside_now(const struct ci_map *m)
{
	return atomic_load_explicit(&m->h->renames, memory_order_acquire);
}

/* It has been found out since `now`. The caller has made sure that no scope lies below. */
void outside_note(uint32_t now, int dirfd, const char *path, enum outside_kind kind);

#endif

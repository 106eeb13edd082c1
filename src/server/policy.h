/*
 * policy.h - when is a directory worth a snapshot?
 *
 * A listing answers every name that does not exist; a name that does exist
 * needs a request of its own for its attributes all the same. So root answers
 * the first names of a directory one by one, and lists it when
 * POLICY_ABSENT_MAX of them were not there - or when a program lists it. Where
 * opendir, readdir and releasedir are requests, this takes fewer of them than
 * a listing at the first name (doc/architecture.md).
 *
 * Main thread of rank 0 only.
 */
#ifndef COLLFS_SERVER_POLICY_H
#define COLLFS_SERVER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#define POLICY_ABSENT_MAX 3

/* Names found absent so far, by directory. */
struct policy {
	struct policy_dir *dirs;
};

/* True when the directory should be listed now instead of asked for one more name. */
bool policy_list(const struct policy *p, const char *dir, size_t len);
/* A name of the directory was not there. */
void policy_absent(struct policy *p, const char *dir, size_t len);

#endif

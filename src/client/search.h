/*
 * search.h - the search for a program along PATH, as execvp and posix_spawnp do it
 *
 * Any thread, signal handlers, vfork children.
 */
#ifndef COLLFS_CLIENT_SEARCH_H
#define COLLFS_CLIENT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct search {
	const char *file;
	const char *next; /* the rest of PATH; NULL: the end */
	bool denied;      /* something was found that may not be executed */
};

/* Begin. Returns the room that a candidate needs, or 0 when libc is to search: a
 * name or a PATH of unusual length. */
size_t search_begin(struct search *s, const char *file);

/* Write the next candidate into buf. False: there are no more. */
bool search_next(struct search *s, char *buf);

/* Whether a search goes on after a candidate has failed with an errno. */
bool search_goes_on(struct search *s, int err);

#endif

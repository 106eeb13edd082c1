/*
 * content.h - open a served file's content
 *
 * The result is a descriptor of its own, with its own offset, on the server's
 * sealed memfd: reached through /proc/<server>/fd where that works, else by a
 * descriptor from the server that is opened anew. Any thread, also in signal
 * handlers.
 */
#ifndef COLLFS_CLIENT_CONTENT_H
#define COLLFS_CLIENT_CONTENT_H

#include <fcntl.h>
#include <stdbool.h>

#include "common/index.h"

enum content {
	CONTENT_REAL,   /* not served: the real open */
	CONTENT_OPEN,   /* *fd is open on it */
	CONTENT_FAILED, /* the answer is an error, and errno is set to it */
};

/* Flags of open(2) with which a served file behaves as the real one. */
bool content_flags_served(int flags);

/* Open the content of an entry that has one. -1: not to be had, or our limits (errno). */
int content_open_entry(const struct ci_entry *e, int flags);
/*
 * A memfd is opened by a link, which O_NOFOLLOW would refuse. For F_GETFL it is
 * put down as O_DSYNC, which means nothing to who only reads.
 */
static inline bool content_nofollow_marked(int flags)
{
	return (flags & (O_ACCMODE | O_SYNC)) == (O_RDONLY | O_DSYNC);
}

static inline int content_nofollow_mark(int flags)
{
	return flags & O_NOFOLLOW ? (flags & ~O_NOFOLLOW) | O_DSYNC : flags;
}

static inline int content_nofollow_unmark(int flags)
{
	return (flags & ~O_DSYNC) | O_NOFOLLOW;
}

/* Open `path` for reading; flags as above. */
enum content content_open(int dirfd, const char *path, int flags, int *fd);

#endif

/*
 * announce.h - tell the session of a change before it is made
 *
 * A wrapper that changes names or files announces the change; when that
 * returns, no node serves the name any more, and whoever hears of the change
 * from this process sees it. What is announced is the real path that the
 * kernel itself will act on, so that links do not hide a change; of a file with
 * several names it is its inode, too. A directory that is volatile already
 * needs no word: then, outside any scope, and without a session, there is no
 * message. errno is kept. Any thread.
 */
#ifndef COLLFS_CLIENT_ANNOUNCE_H
#define COLLFS_CLIENT_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/index.h"

/* How a call changes a name. */
enum {
	ANNOUNCE_MAKES = 1u << 0,   /* fails, and changes nothing, where the name exists */
	ANNOUNCE_REMOVES = 1u << 1, /* ... where it does not */
	ANNOUNCE_TREE = 1u << 2,    /* a directory of that name goes with all below it */
	ANNOUNCE_MOVES = 1u << 3,   /* what has the name will be found by another */
	ANNOUNCE_ARRIVES = 1u << 4, /* a directory comes there, with who writes in it */
};

/* The name `path`, relative to dirfd, is about to be made, removed or replaced. */
void announce_name(int dirfd, const char *path, unsigned how);

/* The name `from` is about to become `to`, or to change places with it. */
void announce_move(int from_fd, const char *from, int to_fd, const char *to, bool exchange);

/*
 * A link has just been made at `path`. Outside every scope it matters when it
 * leads into one: then processes forget which paths they know to lie outside.
 */
void announce_symlink(int dirfd, const char *path);

/* How a call changes a file that exists. */
enum {
	ANNOUNCE_NOFOLLOW = 1u << 0, /* a link itself is meant */
	ANNOUNCE_BELOW = 1u << 1,    /* what is below a directory is touched too: its mode */
};

/* The file `path`, relative to dirfd, is about to change. */
void announce_file(int dirfd, const char *path, unsigned how);

/*
 * `path` is about to be opened with flags that may change it. False: it lies
 * outside by its spelling, or in a volatile directory, and announce_opened() is to
 * tell, when it is open, whether links have led elsewhere, or the file has other
 * names (cheaper than to find out before).
 */
bool announce_open(int dirfd, const char *path, int flags);
void announce_opened(int fd, uint32_t now, int dirfd, const char *path, int flags);

/* True when it is known already that there is nothing to announce. Few comparisons. */
bool announce_open_known_outside(const struct ci_map *m, int dirfd, const char *path, int flags);

/* The same where the descriptor will be another process's. */
void announce_open_elsewhere(int dirfd, const char *path, int flags);

/* The file that fd is open on is about to change, or its open may have done it. */
void announce_fd(int fd, unsigned how);

#endif

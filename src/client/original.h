/*
 * original.h - back from a served descriptor to the file that it stands for
 *
 * Reading a served descriptor is all that most programs do. Where a memfd
 * would behave as no file of that filesystem does, the call is made on the file
 * itself: on a descriptor of the moment, or, where what the call does is to
 * stay (a lock), on one that takes the served one's place.
 *
 * Only a descriptor that this process has opened is replaced: others may share
 * the offset of an inherited one, or one from a socket.
 *
 * Any thread, also in signal handlers. errno is kept. The file is used only if
 * it still is the one that was served: the job may have removed it or put
 * another in its place.
 */
#ifndef COLLFS_CLIENT_ORIGINAL_H
#define COLLFS_CLIENT_ORIGINAL_H

#include <stdbool.h>

#include "common/index.h"

/* Note that this process has just opened fd on a served file. A hint, as in place.h. */
void original_note(int fd);

/* Note that fd shares its offset with another from now on, and is not to be replaced. */
void original_note_shared(int fd);

/* Note that this process has asked for a record lock (fcntl, lockf) on some file. */
void original_note_lock(void);

/* After a fork parent and child share all offsets; the child has no locks of its own. */
void original_fork_parent(void);
void original_fork_child(void);

/* A new descriptor of the file behind a served one, to be closed by quiet_close(), or -1.
 * `flags`: of open(2). */
int original_open(int fd, int flags);

/* If fd is one that we opened on a served file: open it on the file itself, in the
 * same state. False: it is what it was. */
bool original_replace(int fd);

/* Put `file` in the place of fd as well, with its offset, if it has one, and its flag
 * FD_CLOEXEC. */
bool original_put_in_place(int fd, int file);

/* The path of the file behind a served descriptor, or NULL. */
const char *original_of_fd(int fd);

/*
 * The path of the file behind a served descriptor that `path` names
 * (/proc/self/fd/N, /dev/stdin ...), else `path`.
 */
const char *original_path(const char *path);

/* True when a call means its descriptor itself: AT_EMPTY_PATH, without a path. */
bool original_itself(const char *path, int flags);

/* Where the attributes of a served descriptor are to be had. */
enum original {
	ORIGINAL_INDEX, /* the entry has them */
	ORIGINAL_PATH,  /* the job has changed them: the file at the entry's path has them */
	ORIGINAL_FD,    /* the job has changed the content: the descriptor has been replaced */
};
enum original original_now(const struct ci_entry *e, int fd);

#endif

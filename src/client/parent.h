/*
 * parent.h - the directory that holds a name, as the kernel finds it
 *
 * A change is announced by the real path that the kernel itself will act on, so the
 * kernel is asked for it: by a descriptor of the directory. Any thread; errno is
 * not kept.
 */
#ifndef COLLFS_CLIENT_PARENT_H
#define COLLFS_CLIENT_PARENT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/index.h"

struct parent {
	int fd;                  /* O_PATH; to be closed by quiet_close() */
	char name[NAME_MAX + 1]; /* the last one of the path */
	char path[CI_PATH_MAX];  /* real path of the directory, then of the name in it */
	size_t dir_len, len;     /* of both */
};

/* Find the directory of `path`. False: the real call has nothing to change, or (errno
 * EMFILE, ENFILE) there is no descriptor to look with. */
bool parent_open(struct parent *p, int dirfd, const char *path);

/* When the name is a link, go on to the parent of what it points at. False: that
 * leads nowhere, and p is closed. */
bool parent_follow(struct parent *p);

/* The real path of a name, or with `follow` of what it leads to, by libc alone. False:
 * there is nothing to change. */
bool find_without_fd(int dirfd, const char *path, bool follow, char real_path[CI_PATH_MAX]);

#endif

/*
 * place.h - where a (dirfd, path) pair lies, as an absolute path
 *
 * Any thread, also in signal handlers. errno is kept.
 */
#ifndef COLLFS_CLIENT_PLACE_H
#define COLLFS_CLIENT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/index.h"

/*
 * Write the path that `path` means relative to dirfd (or to the current
 * directory, AT_FDCWD) into buf; links and ".." are left in it. Returns its
 * length, or 0 when it is not known or does not fit.
 */
size_t place_absolute(int dirfd, const char *path, char buf[CI_PATH_MAX]);

/*
 * True when the path, as it is spelled, lies outside every scope, or not known where,
 * and this shows where it begins: what most calls of a program need to know, in a
 * few comparisons.
 */
bool place_begins_outside(const struct ci_map *m, int dirfd, const char *path);

/*
 * Note that fd has just been opened on (dirfd, path), which may be a directory.
 * Only a hint that a path relative to it is worth a look at /proc/self/fd: a
 * descriptor may be closed or copied unseen, and then the real call runs, or
 * the look tells.
 */
void place_note_opened(int fd, int dirfd, const char *path);

/* The kernel's name of an open descriptor. Its length, or 0. */
size_t place_of_fd(int fd, char buf[CI_PATH_MAX]);

/* True when a real (link-free) path belongs to a scope, by prefix or its realpath. */
bool place_real_in_scope(const struct ci_map *m, const char *path, size_t len);

/* True when a scope's prefix or its realpath is this path, or lies below it. */
bool place_above_scope(const struct ci_map *m, const char *path, size_t len);

/* Write "/proc/self/fd/<fd>" into buf. */
#define PLACE_FD_MAX 32
void place_fd_path(int fd, char buf[PLACE_FD_MAX]);

#endif

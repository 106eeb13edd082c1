/*
 * served.h - recognise what is really a served file, and give it its own face
 *
 * The content of a served file lives in a memfd of the server. A descriptor of
 * it shows the memfd's attributes; these functions put the file's own in their
 * place. Nothing is remembered about descriptors, so dup, fork, SCM_RIGHTS and
 * closing behind our back need no care. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_SERVED_H
#define COLLFS_CLIENT_SERVED_H

#include <stdbool.h>
#include <sys/stat.h>

#include "common/index.h"

/* The entry whose content these attributes belong to, or NULL. */
const struct ci_entry *served_memfd(dev_t dev, ino_t ino, nlink_t nlink);

/* The entry whose content a descriptor is open on, or NULL. One system call. */
const struct ci_entry *served_fd(int fd);

/* True when a path begins as the kernel's names of open files do, in /proc or /dev. */
bool served_spelled(const char *path);

/* The entry whose content /proc/self/fd/N names (or /dev/stdin ...), or NULL. */
const struct ci_entry *served_link(const char *path);

/* The same of any path, relative to /proc/self/fd for example. */
const struct ci_entry *served_at(int dirfd, const char *path);

void served_fill(const struct ci_attr *a, struct stat *st);
void served_fill_statx(const struct ci_attr *a, unsigned mask, struct statx *st);

#endif

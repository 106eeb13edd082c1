/*
 * quiet.h - open and close a file, and nobody notices
 *
 * Libc's functions are cancellation points: they would end a thread that has been
 * cancelled, in the middle of a call that is none. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_QUIET_H
#define COLLFS_CLIENT_QUIET_H

/* O_CLOEXEC is added. */
int quiet_open(int dirfd, const char *path, int flags);

/* errno is kept. A negative number is no descriptor, and none is closed. */
void quiet_close(int fd);

#endif

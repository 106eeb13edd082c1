/*
 * store.h - the node's contents: one sealed memfd for each version of a file
 *
 * A memfd is filled, then sealed; nobody can change it from then on, and it
 * lives until the session ends, because a process may have been told of it.
 * On a kernel that can refuse executable memfds, they are asked for as
 * executable (MFD_EXEC): libraries are mapped from them.
 *
 * Threads: store_new, store_write and store_seal by any (root's workers fill
 * contents too); the accounting is atomic.
 */
#ifndef COLLFS_SERVER_STORE_H
#define COLLFS_SERVER_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct store {
	uint64_t bytes_max; /* of all contents together */
	uint64_t file_max;  /* of one content */
	int descriptor_max; /* memfds are given no higher numbers: clients need some */
	_Atomic uint64_t bytes, files;
};

/* A memfd with `size` bytes of memory reserved; -1 and errno (EFBIG, ENOSPC:
 * over a limit; EMFILE, ENOMEM …: the system's). `path` only names it. */
int store_new(struct store *s, const char *path, uint64_t size);
/* Undo store_new. */
void store_abandon(struct store *s, int fd, uint64_t size);
/* All of the buffer at the offset. False and errno on failure. */
bool store_write(int fd, const void *buf, size_t n, uint64_t offset);
/* No more changes, by anyone. *ino: its inode number. False on failure. */
bool store_seal(int fd, uint64_t *ino);

#endif

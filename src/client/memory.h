/*
 * memory.h - is there memory behind a pointer that the program gave us?
 *
 * The kernel answers a bad pointer with EFAULT; a look at it from here would
 * end the process. So every wrapper that reads or writes what the program
 * points at, before or instead of the kernel, asks here, and makes the real
 * call when the answer is no. A page that has been found good is remembered:
 * the first look at it is a system call, the others are two loads. What stays
 * is a page that the program gives back and then passes to a call.
 *
 * Any thread, also in signal handlers. errno is kept.
 */
#ifndef COLLFS_CLIENT_MEMORY_H
#define COLLFS_CLIENT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of a path; 0 when it is empty, too long for any call, or cannot be
 * read: the kernel is to say what is wrong with it.
 */
size_t memory_path(const char *path);

/* True for the empty path, which may mean a descriptor (AT_EMPTY_PATH). */
bool memory_empty(const char *path);

/* True when n bytes can be read, or written (what is there stays as it is). */
bool memory_readable(const void *at, size_t n);
bool memory_writable(void *at, size_t n);

#endif

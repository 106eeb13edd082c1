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

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory is there or not by pages of this size; where they are larger, by parts of them. */
#define MEMORY_PAGE 4096u

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

/*
 * Pages that have been found good: their addresses, with what for in the low bits. Each
 * word is true by itself, so that threads and signal handlers may do with them what
 * they like. Here for the sake of the next function alone.
 */
enum { MEMORY_READ = 1, MEMORY_WRITE = 2, MEMORY_SETS = 128, MEMORY_WAYS = 2 };
extern _Atomic uintptr_t memory_good[MEMORY_SETS][MEMORY_WAYS];

/* True when the byte can be read, without a call where its page is known. */
static inline bool memory_byte_readable(const char *at)
{
	uintptr_t page = (uintptr_t)at & ~(uintptr_t)(MEMORY_PAGE - 1);
	uintptr_t word = atomic_load_explicit(&memory_good[page / MEMORY_PAGE % MEMORY_SETS][0],
	                                      memory_order_relaxed);

	/* Whatever a page is good for, it can be read. */
	return __builtin_expect(page != 0 && (word & ~(uintptr_t)(MEMORY_PAGE - 1)) == page, 1) ||
	       memory_readable(at, 1);
}

#endif

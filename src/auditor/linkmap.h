/*
 * linkmap.h - reading the private part of ld.so's struct link_map
 *
 * Its layout differs between versions of glibc, so nothing in it is taken for
 * granted: what is looked for is recognised by its value, and whatever may be a
 * pointer is tried before it is followed. Callers hold ld.so's lock.
 */
#ifndef COLLFS_AUDITOR_LINKMAP_H
#define COLLFS_AUDITOR_LINKMAP_H

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "auditor/syscalls.h"

/* The private part begins behind the public one and ends, in every glibc, well
 * before this. */
#define FIRST_WORD (sizeof(struct link_map) / sizeof(uintptr_t))
#define LAST_WORD 512u
#define PAGE ((uintptr_t)4096)
#define KERNEL_SIGSET 8

/*
 * Whether eight bytes can be read: the kernel copies them in before it refuses
 * the nonsensical first argument.
 */
static inline bool readable(const void *at)
{
	return SYS_CALL(rt_sigprocmask, -1, at, NULL, KERNEL_SIGSET, 0, 0) == -EINVAL;
}

#endif

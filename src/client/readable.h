/*
 * readable.h - may an address that the program has given be followed?
 *
 * The calls that execute programs report a wrong one as EFAULT; who looks at their
 * arguments first must not fall over it. Any thread; one system call.
 */
#ifndef COLLFS_CLIENT_READABLE_H
#define COLLFS_CLIENT_READABLE_H

#include <errno.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whether eight bytes can be read: the kernel copies them in before it refuses
 * the nonsensical first argument. errno is kept. */
static inline bool readable(const void *at)
{
	const unsigned long kernel_sigset = 8;
	int saved = errno;
	bool can =
		syscall(SYS_rt_sigprocmask, -1, at, NULL, kernel_sigset) == -1 && errno == EINVAL;

	errno = saved;
	return can && at;
}

#endif

/*
 * real.h - libc's own functions behind the names that we interpose
 *
 * Every wrapper calls them, and so does all of the client's own code: calling
 * an interposed name from inside would come back to us. Resolved at start; a
 * wrapper that runs before our constructor (another library's constructor)
 * resolves them itself. Any thread.
 */
#ifndef COLLFS_CLIENT_REAL_H
#define COLLFS_CLIENT_REAL_H

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <link.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "client/undeclared.h"

/* readdir_r is deprecated, but programs have it compiled in. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Our own functions are hidden by default (-fvisibility); these are exported. */
#define INTERPOSED(name, family)                                                                   \
	extern __typeof__(name) name __attribute__((visibility("default")));
#include "client/names.def"

struct real_calls {
#define INTERPOSED(name, family) __typeof__(&name) name;
#include "client/names.def"
};
#pragma GCC diagnostic pop

extern struct real_calls real_calls;
extern _Atomic bool real_ready;

void real_resolve(void);

static inline const struct real_calls *real(void)
{
	if (__builtin_expect(!atomic_load_explicit(&real_ready, memory_order_acquire), 0))
		real_resolve();
	return &real_calls;
}

#endif

/* stat.c - stat and its twins. */
#include <errno.h>
#include <sys/sysmacros.h>

#include "client/connection.h"
#include "client/count.h"
#include "client/lookup.h"
#include "client/memory.h"
#include "client/original.h"
#include "client/real.h"
#include "client/served.h"

/* On the systems that we build for, the 64-bit twins are the same functions. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "a 64-bit system is needed");

#define STATX_SERVED (STATX_BASIC_STATS | STATX_BTIME)

static unsigned follow_flags(int at_flags)
{
	return at_flags & AT_SYMLINK_NOFOLLOW ? CR_NOFOLLOW : 0;
}

/* True when the call is answered, and *result with it. */
static bool stat_served(int dirfd, const char *path, struct stat *st, int flags, int *result)
{
	const struct ci_entry *e;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return false;
	switch (lookup(dirfd, path, follow_flags(flags), WIRE_LOOKUP, 0, &e)) {
	case LOOKUP_FOUND:
		if (!memory_writable(st, sizeof(*st)))
			return false;
		served_fill(&e->attr, st);
		*result = 0;
		return true;
	case LOOKUP_FAILED:
		*result = -1;
		return true;
	case LOOKUP_REAL:
		break;
	}
	return false;
}

/* What a real call found may be a served file, by the descriptor fd or (-1) by a name
 * of one. */
static int restored_fd(int result, int fd, struct stat *st)
{
	const struct ci_entry *e =
		result == 0 ? served_memfd(st->st_dev, st->st_ino, st->st_nlink) : NULL;

	if (!e)
		return result;
	enum original now = original_now(e, fd);
	if ((now == ORIGINAL_FD && real()->fstat(fd, st) == 0) ||
	    (now == ORIGINAL_PATH && real()->stat(e->path, st) == 0))
		return 0;
	served_fill(&e->attr, st);
	return 0;
}

/* The descriptor that a call which has succeeded was about, or -1. */
static int itself(int dirfd, const char *path, int flags)
{
	return original_itself(path, flags) ? dirfd : -1;
}

static int restored_at(int result, int dirfd, const char *path, int flags, struct stat *st)
{
	return result == 0 ? restored_fd(0, itself(dirfd, path, flags), st) : result;
}

static int restored(int result, struct stat *st)
{
	return restored_fd(result, -1, st);
}

/*
 * After a real fstat. A program that goes through all numbers, to find out which
 * are descriptors, finds its own, not the sockets of the client and the auditor.
 */
static int described(int result, int fd, struct stat *st)
{
	if (result == 0 && S_ISSOCK(st->st_mode) && connection_is_to_server(fd)) {
		errno = EBADF;
		return -1;
	}
	return restored_fd(result, fd, st);
}

int stat(const char *path, struct stat *st)
{
	int result;
	return stat_served(AT_FDCWD, path, st, 0, &result) ? result
	                                                   : restored(real()->stat(path, st), st);
}

int stat64(const char *path, struct stat64 *st64)
{
	struct stat *st = (struct stat *)st64;
	int result;
	return stat_served(AT_FDCWD, path, st, 0, &result)
	               ? result
	               : restored(real()->stat64(path, st64), st);
}

int lstat(const char *path, struct stat *st)
{
	int result;
	return stat_served(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW, &result)
	               ? result
	               : real()->lstat(path, st);
}

int lstat64(const char *path, struct stat64 *st64)
{
	int result;
	return stat_served(AT_FDCWD, path, (struct stat *)st64, AT_SYMLINK_NOFOLLOW, &result)
	               ? result
	               : real()->lstat64(path, st64);
}

int fstat(int fd, struct stat *st)
{
	return described(real()->fstat(fd, st), fd, st);
}

int fstat64(int fd, struct stat64 *st)
{
	return described(real()->fstat64(fd, st), fd, (struct stat *)st);
}

int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	int result;
	return stat_served(dirfd, path, st, flags, &result)
	               ? result
	               : restored_at(real()->fstatat(dirfd, path, st, flags), dirfd, path, flags,
	                             st);
}

int fstatat64(int dirfd, const char *path, struct stat64 *st64, int flags)
{
	struct stat *st = (struct stat *)st64;
	int result;
	return stat_served(dirfd, path, st, flags, &result)
	               ? result
	               : restored_at(real()->fstatat64(dirfd, path, st64, flags), dirfd, path,
	                             flags, st);
}

/* The version that glibc's own headers passed on every 64-bit system is 0 or 1;
 * any other is for libc to judge. */
static bool known_version(int version)
{
	return version == 0 || version == 1;
}

int __xstat(int version, const char *path, struct stat *st)
{
	int result;
	return known_version(version) && stat_served(AT_FDCWD, path, st, 0, &result)
	               ? result
	               : restored(real()->__xstat(version, path, st), st);
}

int __xstat64(int version, const char *path, struct stat64 *st64)
{
	struct stat *st = (struct stat *)st64;
	int result;
	return known_version(version) && stat_served(AT_FDCWD, path, st, 0, &result)
	               ? result
	               : restored(real()->__xstat64(version, path, st64), st);
}

int __lxstat(int version, const char *path, struct stat *st)
{
	int result;
	return known_version(version) &&
	                       stat_served(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW, &result)
	               ? result
	               : real()->__lxstat(version, path, st);
}

int __lxstat64(int version, const char *path, struct stat64 *st64)
{
	struct stat *st = (struct stat *)st64;
	int result;
	return known_version(version) &&
	                       stat_served(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW, &result)
	               ? result
	               : real()->__lxstat64(version, path, st64);
}

int __fxstat(int version, int fd, struct stat *st)
{
	return described(real()->__fxstat(version, fd, st), fd, st);
}

int __fxstat64(int version, int fd, struct stat64 *st)
{
	return described(real()->__fxstat64(version, fd, st), fd, (struct stat *)st);
}

int __fxstatat(int version, int dirfd, const char *path, struct stat *st, int flags)
{
	int result;
	return known_version(version) && stat_served(dirfd, path, st, flags, &result)
	               ? result
	               : restored(real()->__fxstatat(version, dirfd, path, st, flags), st);
}

int __fxstatat64(int version, int dirfd, const char *path, struct stat64 *st64, int flags)
{
	struct stat *st = (struct stat *)st64;
	int result;
	return known_version(version) && stat_served(dirfd, path, st, flags, &result)
	               ? result
	               : restored(real()->__fxstatat64(version, dirfd, path, st64, flags), st);
}

/* Served when nothing is asked for that the index does not hold. */
static bool statx_served(int dirfd, const char *path, int flags, unsigned mask, struct statx *st,
                         int *result)
{
	const struct ci_entry *e;

	if ((mask & ~STATX_SERVED) ||
	    (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_DONT_SYNC)))
		return false;
	switch (lookup(dirfd, path, follow_flags(flags), WIRE_LOOKUP, 0, &e)) {
	case LOOKUP_FOUND:
		if ((mask & STATX_BASIC_STATS & ~e->attr.mask) || !memory_writable(st, sizeof(*st)))
			return false;
		served_fill_statx(&e->attr, mask, st);
		*result = 0;
		return true;
	case LOOKUP_FAILED:
		*result = -1;
		return true;
	case LOOKUP_REAL:
		break;
	}
	return false;
}

/* As restored_fd. What the index does not hold is asked of the file itself. */
static void restore_statx(int fd, int flags, unsigned mask, struct statx *st)
{
	const struct ci_entry *e = served_memfd(makedev(st->stx_dev_major, st->stx_dev_minor),
	                                        st->stx_ino, st->stx_nlink);
	struct statx fresh;

	if (!e)
		return;
	enum original now = original_now(e, fd);
	flags &= ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
	if ((now != ORIGINAL_INDEX || (mask & ~STATX_SERVED)) &&
	    real()->statx(AT_FDCWD, e->path, flags, mask, &fresh) == 0 &&
	    fresh.stx_ino == e->attr.ino &&
	    (now != ORIGINAL_INDEX || fresh.stx_size == e->attr.size))
		*st = fresh;
	else
		served_fill_statx(&e->attr, mask, st);
}

int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *st)
{
	int result;

	if (statx_served(dirfd, path, flags, mask, st, &result))
		return result;
	result = real()->statx(dirfd, path, flags, mask, st);
	if (result == 0)
		restore_statx(itself(dirfd, path, flags), flags, mask, st);
	return result;
}

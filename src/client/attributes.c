/*
 * attributes.c - calls that change a file that exists: announced, then real
 *
 * A call on a served descriptor would change the server's memfd and be lost:
 * it is made on the file that the descriptor stands for.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "client/announce.h"
#include "client/original.h"
#include "client/real.h"

static unsigned at_how(int at_flags)
{
	return at_flags & AT_SYMLINK_NOFOLLOW ? ANNOUNCE_NOFOLLOW : 0;
}

/* The path to make a descriptor's call on instead, or NULL: on the descriptor. */
static const char *path_instead(int fd, unsigned how)
{
	const char *path = original_of_fd(fd);

	if (path)
		announce_file(AT_FDCWD, path, how);
	else
		announce_fd(fd, how);
	return path;
}

/* The same for a call with a path, which may be a name of a descriptor. */
static const char *file_instead(const char *path, unsigned how)
{
	if (!(how & ANNOUNCE_NOFOLLOW))
		path = original_path(path);
	announce_file(AT_FDCWD, path, how);
	return path;
}

/* The same relative to a descriptor, which may be meant itself (AT_EMPTY_PATH). */
static const char *at_instead(int dirfd, const char *path, int flags, unsigned how)
{
	bool itself = original_itself(path, flags);
	const char *instead = itself ? path_instead(dirfd, how) : NULL;

	if (instead || itself)
		return instead ? instead : path;
	if (!(flags & AT_SYMLINK_NOFOLLOW))
		path = original_path(path);
	announce_file(dirfd, path, how | at_how(flags));
	return path;
}

int truncate(const char *path, off_t length)
{
	path = file_instead(path, 0);
	return real()->truncate(path, length);
}

int truncate64(const char *path, off64_t length)
{
	path = file_instead(path, 0);
	return real()->truncate64(path, length);
}

int chmod(const char *path, mode_t mode)
{
	path = file_instead(path, ANNOUNCE_BELOW);
	return real()->chmod(path, mode);
}

int lchmod(const char *path, mode_t mode)
{
	path = file_instead(path, ANNOUNCE_BELOW | ANNOUNCE_NOFOLLOW);
	return real()->lchmod(path, mode);
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
	path = at_instead(dirfd, path, flags, ANNOUNCE_BELOW);
	return real()->fchmodat(dirfd, path, mode, flags);
}

int fchmod(int fd, mode_t mode)
{
	const char *path = path_instead(fd, ANNOUNCE_BELOW);
	return path ? real()->chmod(path, mode) : real()->fchmod(fd, mode);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	path = file_instead(path, ANNOUNCE_BELOW);
	return real()->chown(path, uid, gid);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	path = file_instead(path, ANNOUNCE_BELOW | ANNOUNCE_NOFOLLOW);
	return real()->lchown(path, uid, gid);
}

int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	path = at_instead(dirfd, path, flags, ANNOUNCE_BELOW);
	return real()->fchownat(dirfd, path, uid, gid, flags);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	const char *path = path_instead(fd, ANNOUNCE_BELOW);
	return path ? real()->chown(path, uid, gid) : real()->fchown(fd, uid, gid);
}

int utime(const char *path, const struct utimbuf *times)
{
	path = file_instead(path, 0);
	return real()->utime(path, times);
}

int utimes(const char *path, const struct timeval times[2])
{
	path = file_instead(path, 0);
	return real()->utimes(path, times);
}

int lutimes(const char *path, const struct timeval times[2])
{
	path = file_instead(path, ANNOUNCE_NOFOLLOW);
	return real()->lutimes(path, times);
}

int futimes(int fd, const struct timeval times[2])
{
	const char *path = path_instead(fd, 0);
	return path ? real()->utimes(path, times) : real()->futimes(fd, times);
}

int futimens(int fd, const struct timespec times[2])
{
	const char *path = path_instead(fd, 0);
	return path ? real()->utimensat(AT_FDCWD, path, times, 0) : real()->futimens(fd, times);
}

/* "No path" means the descriptor itself. (Not in the wrappers: libc's headers
 * declare that there always is one, and the compiler would believe them.) */
static int futimes_at(int fd, const char *path, const struct timeval times[2])
{
	if (!path)
		return futimes(fd, times);
	path = at_instead(fd, path, 0, 0);
	return real()->futimesat(fd, path, times);
}

static int utimens_at(int fd, const char *path, const struct timespec times[2], int flags)
{
	const char *instead = path ? NULL : path_instead(fd, 0);

	if (instead)
		return real()->utimensat(AT_FDCWD, instead, times, flags);
	if (path)
		path = at_instead(fd, path, flags, 0);
	return real()->utimensat(fd, path, times, flags);
}

int futimesat(int fd, const char *path, const struct timeval times[2])
{
	return futimes_at(fd, path, times);
}

int utimensat(int fd, const char *path, const struct timespec times[2], int flags)
{
	return utimens_at(fd, path, times, flags);
}

int setxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
	path = file_instead(path, ANNOUNCE_BELOW);
	return real()->setxattr(path, name, value, size, flags);
}

int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
	path = file_instead(path, ANNOUNCE_BELOW | ANNOUNCE_NOFOLLOW);
	return real()->lsetxattr(path, name, value, size, flags);
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	const char *path = path_instead(fd, ANNOUNCE_BELOW);
	return path ? real()->setxattr(path, name, value, size, flags)
	            : real()->fsetxattr(fd, name, value, size, flags);
}

int removexattr(const char *path, const char *name)
{
	path = file_instead(path, ANNOUNCE_BELOW);
	return real()->removexattr(path, name);
}

int lremovexattr(const char *path, const char *name)
{
	path = file_instead(path, ANNOUNCE_BELOW | ANNOUNCE_NOFOLLOW);
	return real()->lremovexattr(path, name);
}

int fremovexattr(int fd, const char *name)
{
	const char *path = path_instead(fd, ANNOUNCE_BELOW);
	return path ? real()->removexattr(path, name) : real()->fremovexattr(fd, name);
}

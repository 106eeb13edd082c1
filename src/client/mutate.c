/* mutate.c - calls that make, remove and move names: announced, then real. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/announce.h"
#include "client/memory.h"
#include "client/original.h"
#include "client/quiet.h"
#include "client/real.h"

#define REMOVES_TREE (ANNOUNCE_REMOVES | ANNOUNCE_TREE)

int unlink(const char *path)
{
	announce_name(AT_FDCWD, path, ANNOUNCE_REMOVES);
	return real()->unlink(path);
}

int unlinkat(int dirfd, const char *path, int flags)
{
	announce_name(dirfd, path, flags & AT_REMOVEDIR ? REMOVES_TREE : ANNOUNCE_REMOVES);
	return real()->unlinkat(dirfd, path, flags);
}

int rmdir(const char *path)
{
	announce_name(AT_FDCWD, path, REMOVES_TREE);
	return real()->rmdir(path);
}

int remove(const char *path)
{
	announce_name(AT_FDCWD, path, REMOVES_TREE);
	return real()->remove(path);
}

int rename(const char *from, const char *to)
{
	announce_move(AT_FDCWD, from, AT_FDCWD, to, false);
	return real()->rename(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	announce_move(from_fd, from, to_fd, to, false);
	return real()->renameat(from_fd, from, to_fd, to);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	announce_move(from_fd, from, to_fd, to, flags & RENAME_EXCHANGE);
	return real()->renameat2(from_fd, from, to_fd, to, flags);
}

int mkdir(const char *path, mode_t mode)
{
	announce_name(AT_FDCWD, path, ANNOUNCE_MAKES);
	return real()->mkdir(path, mode);
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
	announce_name(dirfd, path, ANNOUNCE_MAKES);
	return real()->mkdirat(dirfd, path, mode);
}

/* A new name changes the old one's file as well: its count of links. */
static void announce_link(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	announce_file(from_fd, from, flags & AT_SYMLINK_FOLLOW ? 0 : ANNOUNCE_NOFOLLOW);
	announce_name(to_fd, to, ANNOUNCE_MAKES);
}

int link(const char *from, const char *to)
{
	announce_link(AT_FDCWD, from, AT_FDCWD, to, 0);
	return real()->link(from, to);
}

/* With AT_EMPTY_PATH the descriptor's own file gets a name. */
static int link_itself(int fd, const char *from, int to_fd, const char *to, int flags)
{
	int file = original_open(fd, O_PATH);

	announce_fd(file >= 0 ? file : fd, 0);
	announce_name(to_fd, to, ANNOUNCE_MAKES);
	int result = real()->linkat(file >= 0 ? file : fd, from, to_fd, to, flags);
	quiet_close(file);
	return result;
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	if (original_itself(from, flags))
		return link_itself(from_fd, from, to_fd, to, flags);
	if (flags & AT_SYMLINK_FOLLOW)
		from = original_path(from);
	announce_link(from_fd, from, to_fd, to, flags);
	return real()->linkat(from_fd, from, to_fd, to, flags);
}

static int symlink_at(const char *target, int dirfd, const char *path)
{
	announce_name(dirfd, path, ANNOUNCE_MAKES);
	int result = real()->symlinkat(target, dirfd, path);
	if (result == 0)
		announce_symlink(dirfd, path);
	return result;
}

int symlink(const char *target, const char *path)
{
	return symlink_at(target, AT_FDCWD, path);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
	return symlink_at(target, dirfd, path);
}

int mknod(const char *path, mode_t mode, dev_t dev)
{
	announce_name(AT_FDCWD, path, ANNOUNCE_MAKES);
	return real()->mknod(path, mode, dev);
}

int mknodat(int dirfd, const char *path, mode_t mode, dev_t dev)
{
	announce_name(dirfd, path, ANNOUNCE_MAKES);
	return real()->mknodat(dirfd, path, mode, dev);
}

int __xmknod(int version, const char *path, mode_t mode, dev_t *dev)
{
	announce_name(AT_FDCWD, path, ANNOUNCE_MAKES);
	return real()->__xmknod(version, path, mode, dev);
}

int __xmknodat(int version, int dirfd, const char *path, mode_t mode, dev_t *dev)
{
	announce_name(dirfd, path, ANNOUNCE_MAKES);
	return real()->__xmknodat(version, dirfd, path, mode, dev);
}

int mkfifo(const char *path, mode_t mode)
{
	announce_name(AT_FDCWD, path, ANNOUNCE_MAKES);
	return real()->mkfifo(path, mode);
}

int mkfifoat(int dirfd, const char *path, mode_t mode)
{
	announce_name(dirfd, path, ANNOUNCE_MAKES);
	return real()->mkfifoat(dirfd, path, mode);
}

/* A local socket has a name, unless it is abstract. */
static void announce_socket(const struct sockaddr *address, socklen_t len)
{
	const struct sockaddr_un *local = (const struct sockaddr_un *)address;
	char path[sizeof(local->sun_path) + 1];

	if (len <= offsetof(struct sockaddr_un, sun_path) || len > sizeof(*local) ||
	    !memory_readable(address, len) || local->sun_family != AF_UNIX)
		return;
	size_t n = len - offsetof(struct sockaddr_un, sun_path);
	memcpy(path, local->sun_path, n);
	path[n] = '\0';
	if (path[0] != '\0')
		announce_name(AT_FDCWD, path, ANNOUNCE_MAKES);
}

int bind(int fd, const struct sockaddr *address, socklen_t len)
{
	announce_socket(address, len);
	return real()->bind(fd, address, len);
}

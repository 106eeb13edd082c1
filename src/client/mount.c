/*
 * mount.c - calls that put other files in the place of those below a directory
 *
 * Those who see the same mounts see the change, so it is announced like any other.
 */
#include <fcntl.h>
#include <sys/mount.h>

#include "client/announce.h"
#include "client/memory.h"
#include "client/real.h"

int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data)
{
	announce_file(AT_FDCWD, target, ANNOUNCE_BELOW);
	return real()->mount(source, target, type, flags, data);
}

int umount(const char *target)
{
	announce_file(AT_FDCWD, target, ANNOUNCE_BELOW);
	return real()->umount(target);
}

int umount2(const char *target, int flags)
{
	announce_file(AT_FDCWD, target,
	              ANNOUNCE_BELOW | (flags & UMOUNT_NOFOLLOW ? ANNOUNCE_NOFOLLOW : 0));
	return real()->umount2(target, flags);
}

/* What is below `path`, or, when that is empty, below the descriptor itself. */
static void announce_below(int dirfd, const char *path)
{
	if (!memory_empty(path))
		announce_file(dirfd, path, ANNOUNCE_BELOW);
	else if (dirfd == AT_FDCWD)
		announce_file(dirfd, ".", ANNOUNCE_BELOW);
	else
		announce_fd(dirfd, ANNOUNCE_BELOW);
}

/* Read-only is among the attributes. */
int mount_setattr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size)
{
	announce_below(dirfd, path);
	return real()->mount_setattr(dirfd, path, flags, attr, size);
}

int move_mount(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	announce_below(from_fd, from);
	announce_below(to_fd, to);
	return real()->move_mount(from_fd, from, to_fd, to, flags);
}

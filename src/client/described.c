/*
 * described.c - questions about a descriptor that a memfd would answer wrongly
 *
 * On a served descriptor they are put to the file that it stands for.
 */
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "client/real.h"
#include "client/served.h"

int fstatfs(int fd, struct statfs *fs)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? statfs(e->path, fs) : real()->fstatfs(fd, fs);
}

int fstatfs64(int fd, struct statfs64 *fs)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? statfs64(e->path, fs) : real()->fstatfs64(fd, fs);
}

int fstatvfs(int fd, struct statvfs *fs)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? statvfs(e->path, fs) : real()->fstatvfs(fd, fs);
}

int fstatvfs64(int fd, struct statvfs64 *fs)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? statvfs64(e->path, fs) : real()->fstatvfs64(fd, fs);
}

long fpathconf(int fd, int name)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? pathconf(e->path, name) : real()->fpathconf(fd, name);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? getxattr(e->path, name, value, size) : real()->fgetxattr(fd, name, value, size);
}

ssize_t flistxattr(int fd, char *list, size_t size)
{
	const struct ci_entry *e = served_fd(fd);
	return e ? listxattr(e->path, list, size) : real()->flistxattr(fd, list, size);
}

/*
 * described.c - questions about a descriptor that a memfd would answer wrongly
 *
 * On a served descriptor they are put to the file that it stands for.
 */
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "client/original.h"
#include "client/real.h"

int fstatfs(int fd, struct statfs *fs)
{
	const char *path = original_of_fd(fd);
	return path ? statfs(path, fs) : real()->fstatfs(fd, fs);
}

int fstatfs64(int fd, struct statfs64 *fs)
{
	const char *path = original_of_fd(fd);
	return path ? statfs64(path, fs) : real()->fstatfs64(fd, fs);
}

int fstatvfs(int fd, struct statvfs *fs)
{
	const char *path = original_of_fd(fd);
	return path ? statvfs(path, fs) : real()->fstatvfs(fd, fs);
}

int fstatvfs64(int fd, struct statvfs64 *fs)
{
	const char *path = original_of_fd(fd);
	return path ? statvfs64(path, fs) : real()->fstatvfs64(fd, fs);
}

long fpathconf(int fd, int name)
{
	const char *path = original_of_fd(fd);
	return path ? pathconf(path, name) : real()->fpathconf(fd, name);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	const char *path = original_of_fd(fd);
	return path ? getxattr(path, name, value, size) : real()->fgetxattr(fd, name, value, size);
}

ssize_t flistxattr(int fd, char *list, size_t size)
{
	const char *path = original_of_fd(fd);
	return path ? listxattr(path, list, size) : real()->flistxattr(fd, list, size);
}

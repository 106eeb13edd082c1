/*
 * described.c - questions about a file that a memfd would answer wrongly
 *
 * On a served descriptor, or a name of one below /proc or /dev, they are put to
 * the file that it stands for. Of any other file the filesystem is asked.
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
	return path ? real()->statfs(path, fs) : real()->fstatfs(fd, fs);
}

int fstatfs64(int fd, struct statfs64 *fs)
{
	const char *path = original_of_fd(fd);
	return path ? real()->statfs64(path, fs) : real()->fstatfs64(fd, fs);
}

int fstatvfs(int fd, struct statvfs *fs)
{
	const char *path = original_of_fd(fd);
	return path ? real()->statvfs(path, fs) : real()->fstatvfs(fd, fs);
}

int fstatvfs64(int fd, struct statvfs64 *fs)
{
	const char *path = original_of_fd(fd);
	return path ? real()->statvfs64(path, fs) : real()->fstatvfs64(fd, fs);
}

long fpathconf(int fd, int name)
{
	const char *path = original_of_fd(fd);
	return path ? real()->pathconf(path, name) : real()->fpathconf(fd, name);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	const char *path = original_of_fd(fd);
	return path ? real()->getxattr(path, name, value, size)
	            : real()->fgetxattr(fd, name, value, size);
}

ssize_t flistxattr(int fd, char *list, size_t size)
{
	const char *path = original_of_fd(fd);
	return path ? real()->listxattr(path, list, size) : real()->flistxattr(fd, list, size);
}

int statfs(const char *path, struct statfs *fs)
{
	return real()->statfs(original_path(path), fs);
}

int statfs64(const char *path, struct statfs64 *fs)
{
	return real()->statfs64(original_path(path), fs);
}

int statvfs(const char *path, struct statvfs *fs)
{
	return real()->statvfs(original_path(path), fs);
}

int statvfs64(const char *path, struct statvfs64 *fs)
{
	return real()->statvfs64(original_path(path), fs);
}

long pathconf(const char *path, int name)
{
	return real()->pathconf(original_path(path), name);
}

ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
	return real()->getxattr(original_path(path), name, value, size);
}

ssize_t listxattr(const char *path, char *list, size_t size)
{
	return real()->listxattr(original_path(path), list, size);
}

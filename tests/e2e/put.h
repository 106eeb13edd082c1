/*
 * put.h - make the files of a scenario's tree
 */
#ifndef COLLFS_TESTS_PUT_H
#define COLLFS_TESTS_PUT_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new file of bytes that are the same each time. */
static inline void put_file(const char *path, size_t size, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	unsigned seed = 12345;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1103515245u + 12345u;
		unsigned char byte = (unsigned char)(seed >> 16);
		if (write(fd, &byte, 1) != 1)
			perror(path);
	}
	if (fchmod(fd, mode) != 0 || close(fd) != 0)
		perror(path);
}

static inline void put_text(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		perror(path);
	if (fchmod(fd, mode) != 0 || close(fd) != 0)
		perror(path);
}

static inline void put_link(const char *target, const char *path)
{
	if (symlink(target, path) != 0)
		perror(path);
}

#endif

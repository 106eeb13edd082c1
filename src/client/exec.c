/* exec.c - execve and its kin. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/original.h"
#include "client/quiet.h"
#include "client/real.h"
#include "client/search.h"
#include "client/start.h"

static int really(const char *file, char *const argv[], char *const envp[], void *unused)
{
	(void)unused;
	return real()->execve(file, argv, envp);
}

/*
 * What has to be executed in place of a program that the caller has open gets the
 * same number, of which the kernel makes the new process's name and AT_EXECFN.
 */
struct replaced {
	int fd, kept; /* kept < 0: not replaced */
};

static struct replaced replace(int fd, const char *instead)
{
	struct replaced r = {.fd = fd, .kept = -1};

	int file = quiet_open(AT_FDCWD, instead, O_RDONLY);
	if (file < 0)
		return r;
	r.kept = real()->fcntl(fd, F_DUPFD_CLOEXEC, 0);
	/* The new process inherits it, and where it is read next. */
	if (r.kept >= 0)
		original_put_in_place(fd, file);
	quiet_close(file);
	return r;
}

static void put_back(const struct replaced *r)
{
	int saved = errno;

	if (r->kept >= 0) {
		int flags = real()->fcntl(r->fd, F_GETFD);
		real()->dup3(r->kept, r->fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
		quiet_close(r->kept);
	}
	errno = saved;
}

/* The number in a path that leads to a descriptor of this process, or -1. */
static int own_descriptor(const char *path)
{
	static const char *const before[] = {"/proc/self/fd/", "/dev/fd/"};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t len = strlen(before[i]);
		if (strncmp(path, before[i], len) != 0)
			continue;
		char *end;
		long fd = strtol(path + len, &end, 10);
		return end > path + len && *end == '\0' && fd >= 0 && fd <= INT_MAX ? (int)fd : -1;
	}
	return -1;
}

static int exec_path(const char *path, char *const argv[], char *const envp[])
{
	struct replaced r = {.kept = -1};

	/* Also without a session any more: the descriptors are still there. */
	if (!attachment.map.h || memory_path(path) == 0)
		return real()->execve(path, argv, envp);
	if (start_program(path, argv, envp, really, NULL) == START_FAILED)
		return -1;
	const char *instead = start_instead(-1, path, envp);
	int fd = instead ? own_descriptor(path) : -1;
	if (fd >= 0)
		r = replace(fd, instead);
	real()->execve(instead && r.kept < 0 ? instead : path, argv, envp);
	put_back(&r);
	return -1;
}

/* A program that the caller has open. */
static int exec_fd(int fd, char *const argv[], char *const envp[], bool by_execveat)
{
	const char *instead = attachment.map.h ? start_instead(fd, NULL, envp) : NULL;
	struct replaced r = {.kept = -1};

	if (instead)
		r = replace(fd, instead);
	if (by_execveat)
		real()->execveat(fd, "", argv, envp, AT_EMPTY_PATH);
	else
		real()->fexecve(fd, argv, envp);
	put_back(&r);
	return -1;
}

/* Libc declares that these are never NULL; they may be all the same. */
static int exec_at(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
	if (flags == AT_EMPTY_PATH && dirfd >= 0 && memory_empty(path))
		return exec_fd(dirfd, argv, envp, true);
	/* A path relative to a descriptor shows in the new process's AT_EXECFN. */
	if (flags == 0 && memory_path(path) > 0 && (path[0] == '/' || dirfd == AT_FDCWD))
		return exec_path(path, argv, envp);
	return real()->execveat(dirfd, path, argv, envp, flags);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	return exec_path(path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return exec_path(path, argv, environ);
}

int execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
	return exec_at(dirfd, path, argv, envp, flags);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
	if (fd < 0)
		return real()->fexecve(fd, argv, envp);
	return exec_fd(fd, argv, envp, false);
}

/* A file that is no program, and says of no interpreter, is the shell's. */
static void exec_shell(const char *file, char *const argv[], char *const envp[])
{
	size_t count = 0;

	while (argv[count])
		count++;
	size_t rest = count > 0 ? count - 1 : 0;
	char *words[2 + rest + 1];
	words[0] = (char *)_PATH_BSHELL;
	words[1] = (char *)file;
	if (rest > 0)
		memcpy(words + 2, argv + 1, rest * sizeof(*words));
	words[2 + rest] = NULL;
	exec_path(words[0], words, envp);
}

static int exec_search(const char *file, char *const argv[], char *const envp[])
{
	struct search search;

	if (!attachment.map.h || !file || file[0] == '\0')
		return real()->execvpe(file, argv, envp);
	bool plain = strchr(file, '/') != NULL;
	size_t room = plain ? strlen(file) + 1 : search_begin(&search, file);
	if (room == 0)
		return real()->execvpe(file, argv, envp);
	char found[room];
	if (plain)
		memcpy(found, file, room);
	while (plain || search_next(&search, found)) {
		exec_path(found, argv, envp);
		if (errno == ENOEXEC)
			exec_shell(found, argv, envp);
		if (plain || !search_goes_on(&search, errno))
			return -1;
	}
	if (search.denied)
		errno = EACCES;
	return -1;
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
	return exec_search(file, argv, envp);
}

int execvp(const char *file, char *const argv[])
{
	return exec_search(file, argv, environ);
}

/* The words of a call with a variable number of them, and what comes after. */
static size_t count_args(const char *first, va_list args)
{
	size_t n = 0;

	for (const char *word = first; word; word = va_arg(args, char *))
		n++;
	return n;
}

/* Take the arguments from `first` to NULL into an array `argv`. */
#define TAKE_WORDS(argv, args, first)                                                              \
	va_list args, count_;                                                                      \
	va_start(args, first);                                                                     \
	va_copy(count_, args);                                                                     \
	size_t n_ = count_args(first, count_);                                                     \
	va_end(count_);                                                                            \
	char *argv[n_ + 1];                                                                        \
	argv[0] = (char *)(first);                                                                 \
	for (size_t i_ = 1; i_ <= n_; i_++)                                                        \
	argv[i_] = va_arg(args, char *)

int execl(const char *path, const char *first, ...)
{
	TAKE_WORDS(argv, args, first);
	va_end(args);
	return exec_path(path, argv, environ);
}

int execlp(const char *file, const char *first, ...)
{
	TAKE_WORDS(argv, args, first);
	va_end(args);
	return exec_search(file, argv, environ);
}

int execle(const char *path, const char *first, ...)
{
	TAKE_WORDS(argv, args, first);
	char *const *envp = va_arg(args, char *const *);
	va_end(args);
	return exec_path(path, argv, envp);
}

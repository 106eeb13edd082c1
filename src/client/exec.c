/* exec.c - execve and its kin. */
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/readable.h"
#include "client/real.h"
#include "client/search.h"
#include "client/start.h"

static int really(const char *file, char *const argv[], char *const envp[], void *unused)
{
	(void)unused;
	return real()->execve(file, argv, envp);
}

static int exec_path(const char *path, char *const argv[], char *const envp[])
{
	/* Also without a session any more: the descriptors are still there. */
	if (!attachment.map.h)
		return real()->execve(path, argv, envp);
	if (start_program(path, argv, envp, really, NULL) == START_FAILED)
		return -1;
	const char *instead = start_instead(-1, path, envp);
	return real()->execve(instead ? instead : path, argv, envp);
}

/*
 * A program that the caller has open. What has to be executed in its place gets
 * the same number, of which the kernel makes the new process's AT_EXECFN.
 */
static int exec_fd(int fd, char *const argv[], char *const envp[], bool by_execveat)
{
	const char *instead = attachment.map.h ? start_instead(fd, NULL, envp) : NULL;
	int flags = instead ? fcntl(fd, F_GETFD) : 0;
	int file = instead ? real()->open(instead, O_RDONLY | O_CLOEXEC) : -1;
	int kept = file >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	bool replaced = kept >= 0 && dup3(file, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) == fd;

	if (by_execveat)
		real()->execveat(fd, "", argv, envp, AT_EMPTY_PATH);
	else
		real()->fexecve(fd, argv, envp);
	int err = errno;
	if (replaced)
		dup3(kept, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
	if (kept >= 0)
		close(kept);
	if (file >= 0)
		close(file);
	errno = err;
	return -1;
}

/* Libc declares that these are never NULL; they may be all the same. */
static int exec_at(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
	if (flags == AT_EMPTY_PATH && dirfd >= 0 && readable(path) && path[0] == '\0')
		return exec_fd(dirfd, argv, envp, true);
	/* A path relative to a descriptor shows in the new process's AT_EXECFN. */
	if (flags == 0 && readable(path) && (path[0] == '/' || dirfd == AT_FDCWD))
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

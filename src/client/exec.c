/*
 * exec.c - start a program of the scope from the node's store
 *
 * The kernel opens and maps a program by itself: on each node it reads the
 * program's pages, and each process costs the filesystem an open and a close.
 * collfs_execve gives it the memfd instead. The process then differs from one
 * started by the plain call in what the kernel says of it (/proc/<pid>/exe, the
 * auxiliary vector). Inside it readlink and realpath put that right (served.h),
 * started.c the name that ps shows, the auditor what $ORIGIN stands for. So it
 * is only done for programs that will have all three of these.
 */
#include "collfs.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/content.h"
#include "client/lookup.h"
#include "client/place.h"
#include "client/program.h"
#include "client/real.h"
#include "client/started.h"
#include "common/session.h"

static const char *value_of(char *const envp[], const char *name)
{
	size_t len = strlen(name);

	for (; envp && *envp; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

/* Since 2.35 the auditor works without making the program slower; before, it
 * is not there. */
static bool libc_has_auditor(void)
{
	int major = 0, minor = 0;

	sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor);
	return major > 2 || (major == 2 && minor >= 35);
}

/* True when a process with this environment will be put right by all of us. */
static bool takes_part(char *const envp[])
{
	const char *preload = value_of(envp, "LD_PRELOAD"), *audit = value_of(envp, "LD_AUDIT");
	const char *session = value_of(envp, SESSION_ENV);
	const char *disable = value_of(envp, "COLLFS_DISABLE");
	/* ld.so replaces tokens in it before the auditor is there. */
	const char *libraries = value_of(envp, "LD_LIBRARY_PATH");

	return preload && strstr(preload, "/libcollfs.so") && audit &&
	       strstr(audit, "/libcollfs-audit.so") && session && *session &&
	       !(disable && strcmp(disable, "1") == 0) &&
	       !(libraries && strchr(libraries, '$')) && libc_has_auditor();
}

/* The kernel's name of the memfd must be the whole path: all is put right by it. */
static bool has_full_name(int fd, const struct ci_entry *e)
{
	char link[PLACE_FD_MAX], name[CI_PATH_MAX];
	const char *path;

	place_fd_path(fd, link);
	ssize_t n = real()->readlink(link, name, sizeof(name) - 1);
	size_t len = n > 0 ? started_path(name, (size_t)n, &path) : 0;
	return len == e->path_len && memcmp(path, e->path, len) == 0;
}

/* A descriptor of the program's content if it may be started from there, or -1. */
static int open_program(const char *path)
{
	const struct ci_entry *e;
	int fd;

	if (lookup(AT_FDCWD, path, 0, WIRE_ACCESS, X_OK, &e) != LOOKUP_FOUND)
		return -1;
	uint32_t access = atomic_load_explicit(&e->access, memory_order_acquire);
	if (!(access >> CI_ACCESS_ALLOWED & X_OK) || !S_ISREG(e->attr.mode) ||
	    (e->attr.mode & (S_ISUID | S_ISGID)) ||
	    content_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, &fd) != CONTENT_OPEN)
		return -1;
	if (has_full_name(fd, e) && program_can_be_put_right(fd))
		return fd;
	close(fd);
	return -1;
}

__attribute__((visibility("default"))) int collfs_execve(const char *path, char *const argv[],
                                                         char *const envp[])
{
	int saved = errno;
	int fd = path && takes_part(envp) ? open_program(path) : -1;

	if (fd >= 0) {
		fexecve(fd, argv, envp);
		close(fd);
	}
	errno = saved;
	return execve(path, argv, envp);
}

/* readlink.c - readlink and its twins. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/lookup.h"
#include "client/memory.h"
#include "client/place.h"
#include "client/real.h"
#include "client/served.h"
#include "client/started.h"

/* -1 when there is no memory to copy to. */
static ssize_t copy_out(const char *text, size_t len, char *buf, size_t size)
{
	size_t n = len < size ? len : size;

	if (!memory_writable(buf, n))
		return -1;
	memcpy(buf, text, n);
	return (ssize_t)n;
}

static bool readlink_served(int dirfd, const char *path, char *buf, size_t size, ssize_t *result)
{
	const struct ci_entry *e;

	if (size == 0 || size > INT_MAX)
		return false;
	/* Most names that are asked for are no links, and their type says so. */
	enum lookup answer = lookup(dirfd, path, CR_NOFOLLOW | CR_TYPE_ONLY, WIRE_LOOKUP, 0, &e);
	if (answer == LOOKUP_FOUND && cr_type(e) == DT_LNK && ci_state(e) != CI_KNOWN)
		answer = lookup(dirfd, path, CR_NOFOLLOW, WIRE_LOOKUP, 0, &e);
	if (answer == LOOKUP_REAL)
		return false;
	*result = -1;
	if (answer == LOOKUP_FAILED)
		return true;
	if (cr_type(e) != DT_LNK) {
		errno = EINVAL;
		return true;
	}
	const char *target = ci_string(&attachment.map, e->link, e->link_len);
	if (!target)
		return false;
	*result = copy_out(target, e->link_len, buf, size);
	return *result >= 0;
}

static const char memfd[] = "/memfd:"; /* as the kernel names one */

/*
 * The kernel's links to open files: those of served files show a memfd's name.
 * It is longer than what the caller is to get, and many expect the rest of their
 * buffer to stay as it is.
 */
static __attribute__((noinline)) ssize_t readlink_kernel(int dirfd, const char *path, char *buf,
                                                         size_t size)
{
	char name[CI_PATH_MAX];
	const char *text = name;

	ssize_t n = real()->readlinkat(dirfd, path, name, sizeof(name));
	if (n <= 0)
		return n;
	if ((size_t)n >= sizeof(memfd) && memcmp(name, memfd, sizeof(memfd) - 1) == 0) {
		const struct ci_entry *e = served_at(dirfd, path);
		const char *program = e ? NULL : started_program(path);
		if (e || program) {
			text = e ? e->path : program;
			n = (ssize_t)strlen(text);
		}
	}
	n = copy_out(text, (size_t)n, buf, size);
	if (n < 0)
		errno = EFAULT;
	return n;
}

static ssize_t readlink_at(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t result;

	if (readlink_served(dirfd, path, buf, size, &result))
		return result;
	if (size > 0 && size <= INT_MAX && served_spelled(path))
		return readlink_kernel(dirfd, path, buf, size);
	ssize_t n = dirfd == AT_FDCWD ? real()->readlink(path, buf, size)
	                              : real()->readlinkat(dirfd, path, buf, size);
	/* Relative to a directory of /proc: seldom, and seen only now. */
	size_t whole = sizeof(memfd) - 1;
	if (n <= 0 || buf[0] != '/' || (n > 1 && buf[1] != memfd[1]) ||
	    memcmp(buf, memfd, (size_t)n < whole ? (size_t)n : whole) != 0)
		return n;
	return readlink_kernel(dirfd, path, buf, size);
}

ssize_t readlink(const char *path, char *buf, size_t size)
{
	return readlink_at(AT_FDCWD, path, buf, size);
}

ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	return readlink_at(dirfd, path, buf, size);
}

/* A buffer that is too small is libc's to report. */
ssize_t __readlink_chk(const char *path, char *buf, size_t size, size_t room)
{
	return size > room ? real()->__readlink_chk(path, buf, size, room)
	                   : readlink(path, buf, size);
}

ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t size, size_t room)
{
	return size > room ? real()->__readlinkat_chk(dirfd, path, buf, size, room)
	                   : readlinkat(dirfd, path, buf, size);
}

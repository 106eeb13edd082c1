/* readlink.c - readlink and its twins. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "client/attach.h"
#include "client/lookup.h"
#include "client/place.h"
#include "client/real.h"
#include "client/served.h"

static ssize_t copy_out(const char *text, size_t len, char *buf, size_t size)
{
	size_t n = len < size ? len : size;

	memcpy(buf, text, n);
	return (ssize_t)n;
}

static bool readlink_served(int dirfd, const char *path, char *buf, size_t size, ssize_t *result)
{
	const struct ci_entry *e;

	if (!buf || size == 0 || size > INT_MAX)
		return false;
	/* Most names that are asked for are no links, and their type says so. */
	enum lookup answer =
		lookup(dirfd, path, CR_NOFOLLOW | CR_TYPE_ONLY, WIRE_LOOKUP, 0, &e);
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
	return true;
}

/* After a real call: /proc/self/fd/N of a served file shows a memfd's name. */
static ssize_t restored(ssize_t n, const char *path, char *buf, size_t size)
{
	static const char memfd[] = "/memfd:";
	size_t compared = sizeof(memfd) - 1 < size ? sizeof(memfd) - 1 : size;

	if (n <= 0 || (size_t)n < compared || memcmp(buf, memfd, compared) != 0)
		return n;
	const struct ci_entry *e = served_link(path);
	return e ? copy_out(e->path, e->path_len, buf, size) : n;
}

ssize_t readlink(const char *path, char *buf, size_t size)
{
	ssize_t result;
	return readlink_served(AT_FDCWD, path, buf, size, &result)
	               ? result
	               : restored(real()->readlink(path, buf, size), path, buf, size);
}

ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t result;
	return readlink_served(dirfd, path, buf, size, &result)
	               ? result
	               : restored(real()->readlinkat(dirfd, path, buf, size), path, buf, size);
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

/* content.c - see content.h. */
#include "client/content.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "client/ask.h"
#include "client/attachment.h"
#include "client/count.h"
#include "client/lookup.h"
#include "client/original.h"
#include "client/place.h"
#include "client/real.h"
#include "client/served.h"

/* Whether /proc/<server>/fd leads to the server that we talk to: it does not
 * where /proc shows other processes than ours, or denies a look at them. */
static _Atomic enum { UNTRIED, WORKS, FAILS } by_proc;

bool content_flags_served(int flags)
{
	return (flags & O_ACCMODE) == O_RDONLY &&
	       !(flags &
	         ~(O_ACCMODE | O_CLOEXEC | O_NOCTTY | O_LARGEFILE | O_NONBLOCK | O_NOFOLLOW));
}

/* Errors that the real call would meet just the same. */
static bool our_limits(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM || err == EINTR;
}

static int open_by_proc(uint32_t content, int flags, const struct ci_entry *e)
{
	char path[64];

	if (attachment.server <= 0 || by_proc == FAILS) {
		errno = ENOENT;
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/%ld/fd/%lu", (long)attachment.server,
	         (unsigned long)content - 1);
	int fd = real()->open(path, flags);
	/*
	 * The number is the server's only while it lives, which the index tells;
	 * that it is the server's at all is made sure of once.
	 */
	if (fd >= 0 && served_index() && (by_proc == WORKS || served_fd(fd) == e)) {
		by_proc = WORKS;
		return fd;
	}
	if (fd >= 0) {
		close(fd);
		errno = ENOENT;
	}
	if (!our_limits(errno) && by_proc == UNTRIED && served_index())
		by_proc = FAILS;
	return -1;
}

/* A descriptor that was passed shares its offset with everybody: open it anew. That
 * there is no room for two says nothing of the real open. */
static int open_by_passing(int flags, const struct ci_entry *e)
{
	char path[PLACE_FD_MAX];

	int passed = by_proc == WORKS ? -1 : ask_fd(e->path, e->path_len);
	if (passed < 0) {
		errno = ENOENT;
		return -1;
	}
	place_fd_path(passed, path);
	int fd = served_fd(passed) == e ? real()->open(path, flags) : -1;
	/* The program is to get the lowest number, which is the passed one's. */
	if (fd > passed && real()->dup3(fd, passed, flags & O_CLOEXEC) == passed) {
		close(fd);
		return passed;
	}
	close(passed);
	if (fd < 0)
		errno = ENOENT;
	return fd;
}

int content_open_entry(const struct ci_entry *e, int flags)
{
	int fd = open_by_proc(ci_content(e), flags, e);

	return fd < 0 && !our_limits(errno) ? open_by_passing(flags, e) : fd;
}

enum content content_open(int dirfd, const char *path, int flags, int *fd)
{
	const struct ci_entry *e;
	unsigned follow = flags & O_NOFOLLOW ? CR_NOFOLLOW : 0;
	int saved = errno;

	switch (lookup(dirfd, path, follow | CR_TYPE_ONLY, WIRE_CONTENT, 0, &e)) {
	case LOOKUP_REAL:
		return CONTENT_REAL;
	case LOOKUP_FAILED:
		pthread_testcancel(); /* as in the real open */
		return CONTENT_FAILED;
	case LOOKUP_FOUND:
		break;
	}
	if (cr_type(e) == DT_LNK) {
		errno = ELOOP;
		return CONTENT_FAILED;
	}
	if (cr_type(e) != DT_REG || !ci_has_content(ci_content(e))) {
		count(COUNT_passed);
		return CONTENT_REAL;
	}
	*fd = content_open_entry(e, content_nofollow_mark(flags));
	if (*fd < 0 && our_limits(errno))
		return CONTENT_FAILED;
	if (*fd < 0) {
		count(COUNT_passed);
		return CONTENT_REAL;
	}
	count(COUNT_opens);
	original_note(*fd);
	errno = saved;
	return CONTENT_OPEN;
}

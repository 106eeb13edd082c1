/* place.c - see place.h. */
#include "client/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "client/attachment.h"
#include "client/cwd.h"
#include "client/real.h"
#include "common/resolve.h"

#define NOTED_MAX 4096
static _Atomic unsigned char noted[NOTED_MAX / 8];

static bool is_noted(int fd)
{
	return fd >= 0 && fd < NOTED_MAX &&
	       (atomic_load_explicit(&noted[fd / 8], memory_order_relaxed) >> fd % 8 & 1);
}

void place_fd_path(int fd, char buf[PLACE_FD_MAX])
{
	snprintf(buf, PLACE_FD_MAX, "/proc/self/fd/%d", fd);
}

size_t place_of_fd(int fd, char buf[CI_PATH_MAX])
{
	static const char deleted[] = " (deleted)";
	char link[PLACE_FD_MAX];
	int saved = errno;

	place_fd_path(fd, link);
	ssize_t n = real()->readlink(link, buf, CI_PATH_MAX - 1);
	errno = saved;
	if (n <= 0 || n >= (ssize_t)CI_PATH_MAX - 1 || buf[0] != '/')
		return 0;
	buf[n] = '\0';
	size_t tail = sizeof(deleted) - 1;
	if ((size_t)n > tail && memcmp(buf + n - tail, deleted, tail) == 0)
		return 0;
	return (size_t)n;
}

/*
 * The directory that a descriptor is open on, or 0. What is open may be a link
 * itself (O_PATH), which is no directory, whatever it points at.
 */
static size_t directory_of_fd(int fd, char buf[CI_PATH_MAX])
{
	size_t len = place_of_fd(fd, buf);
	const struct ci_entry *e = len ? ci_find(&attachment.map, buf, len) : NULL;
	struct stat st;
	int saved = errno;

	if (len == 0 || (e && cr_type(e) == DT_DIR))
		return len;
	bool directory = real()->fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	errno = saved;
	return directory ? len : 0;
}

size_t place_absolute(int dirfd, const char *path, char buf[CI_PATH_MAX])
{
	size_t len = strlen(path), base;

	if (len == 0 || len >= CI_PATH_MAX)
		return 0;
	if (path[0] == '/') {
		memcpy(buf, path, len + 1);
		return len;
	}
	if (dirfd == AT_FDCWD)
		base = cwd_copy(buf, CI_PATH_MAX);
	else
		base = is_noted(dirfd) ? directory_of_fd(dirfd, buf) : 0;
	if (base == 0 || base + 1 + len >= CI_PATH_MAX)
		return 0;
	if (base > 1)
		buf[base++] = '/';
	memcpy(buf + base, path, len + 1);
	return base + len;
}

void place_note_opened(int fd, int dirfd, const char *path)
{
	char absolute[CI_PATH_MAX];
	const struct ci_map *m = &attachment.map;

	if (fd < 0 || fd >= NOTED_MAX || !m->h)
		return;
	size_t len = strlen(path);
	if (path[0] != '/') {
		len = place_absolute(dirfd, path, absolute);
		path = absolute;
	}
	if (len == 0 || !cr_in_scope(m, path, len))
		return;
	atomic_fetch_or_explicit(&noted[fd / 8], (unsigned char)(1 << fd % 8),
	                         memory_order_relaxed);
}

bool place_real_in_scope(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *prefix = ci_string(m, s->prefix, s->prefix_len);
		const char *target = ci_string(m, s->real, s->real_len);
		if ((prefix && cr_under(path, len, prefix, s->prefix_len)) ||
		    (target && cr_under(path, len, target, s->real_len)))
			return true;
	}
	return false;
}

bool place_above_scope(const struct ci_map *m, const char *path, size_t len)
{
	if (len == 1) /* the root directory's path is its slash */
		return true;
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *prefix = ci_string(m, s->prefix, s->prefix_len);
		const char *target = ci_string(m, s->real, s->real_len);
		if ((prefix && cr_under(prefix, s->prefix_len, path, len)) ||
		    (target && cr_under(target, s->real_len, path, len)))
			return true;
	}
	return false;
}

/* place.c - see place.h. */
#include "client/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/attachment.h"
#include "client/cwd.h"
#include "client/memory.h"
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
	if ((size_t)n <= tail || memcmp(buf + n - tail, deleted, tail) != 0)
		return (size_t)n;
	/* Or is that its name? Where it has other names the directory is right. */
	struct stat st;
	bool exists = real()->fstat(fd, &st) == 0 && st.st_nlink > 0;
	errno = saved;
	return exists ? (size_t)n : 0;
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

/* True when a string of at least so many readable bytes, or with its end in them, begins
 * with these. Most differ in the second one: without the call of a function. */
static inline bool begins_with(const char *s, const char *with, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] == with[i])
		i++;
	return i == n;
}

bool place_begins_outside(const struct ci_map *m, int dirfd, const char *path)
{
	/* Not further than this page is known to be there. */
	size_t room = MEMORY_PAGE - (uintptr_t)path % MEMORY_PAGE;

	if (!memory_byte_readable(path))
		return false;
	if (path[0] != '/' && dirfd == AT_FDCWD)
		return path[0] != '\0' && cwd_outside();
	if (path[0] != '/')
		return path[0] != '\0' && !is_noted(dirfd);
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *prefix = ci_string(m, s->prefix, s->prefix_len);
		if (!prefix || s->prefix_len > room || begins_with(path, prefix, s->prefix_len))
			return false;
	}
	return true;
}

/* Apart, so that the memory for a path is taken only where it is needed. */
static __attribute__((noinline)) bool relative_in_scope(const struct ci_map *m, int dirfd,
                                                        const char *path)
{
	char absolute[CI_PATH_MAX];

	size_t len = place_absolute(dirfd, path, absolute);
	return len != 0 && cr_in_scope(m, absolute, len);
}

void place_note_opened(int fd, int dirfd, const char *path)
{
	const struct ci_map *m = &attachment.map;

	if (fd < 0 || fd >= NOTED_MAX || !m->h || place_begins_outside(m, dirfd, path))
		return;
	if (path[0] == '/' ? cr_in_scope(m, path, strlen(path)) : relative_in_scope(m, dirfd, path))
		atomic_fetch_or_explicit(&noted[fd / 8], (unsigned char)(1 << fd % 8),
		                         memory_order_relaxed);
}

/* The two names of a scope, or NULL where the index is damaged. */
struct scope_names {
	const char *prefix, *real;
	size_t prefix_len, real_len;
};

static struct scope_names names_of(const struct ci_map *m, uint32_t i)
{
	const struct ci_scope *s = &m->h->scope[i];

	return (struct scope_names){ci_string(m, s->prefix, s->prefix_len),
	                            ci_string(m, s->real, s->real_len), s->prefix_len, s->real_len};
}

bool place_real_in_scope(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		struct scope_names s = names_of(m, i);
		if ((s.prefix && cr_under(path, len, s.prefix, s.prefix_len)) ||
		    (s.real && cr_under(path, len, s.real, s.real_len)))
			return true;
	}
	return false;
}

bool place_above_scope(const struct ci_map *m, const char *path, size_t len)
{
	if (len == 1) /* the root directory's path is its slash */
		return true;
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		struct scope_names s = names_of(m, i);
		if ((s.prefix && cr_under(s.prefix, s.prefix_len, path, len)) ||
		    (s.real && cr_under(s.real, s.real_len, path, len)))
			return true;
	}
	return false;
}

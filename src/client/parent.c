/* parent.c - see parent.h. */
#include "client/parent.h"

#include <fcntl.h>
#include <string.h>

#include "client/place.h"
#include "client/quiet.h"
#include "client/real.h"
#include "common/resolve.h"

/* Split off the last name, without final slashes. False: there is none. */
static bool split(const char *path, char dir[CI_PATH_MAX], char name[NAME_MAX + 1])
{
	size_t end = strlen(path);

	while (end > 0 && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	if (end == start || end - start > NAME_MAX || start >= CI_PATH_MAX)
		return false;
	memcpy(name, path + start, end - start);
	name[end - start] = '\0';
	memcpy(dir, start > 0 ? path : ".", start > 0 ? start : 1);
	dir[start > 0 ? start : 1] = '\0';
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

bool parent_open(struct parent *p, int dirfd, const char *path)
{
	char dir[CI_PATH_MAX];

	if (!split(path, dir, p->name))
		return false;
	p->fd = quiet_open(dirfd, dir, O_PATH | O_DIRECTORY);
	if (p->fd < 0)
		return false;
	p->dir_len = place_of_fd(p->fd, p->path);
	size_t name_len = strlen(p->name);
	size_t at = p->dir_len > 1 ? p->dir_len : 0; /* the root's path is its slash */
	if (p->dir_len == 0 || at + 1 + name_len >= CI_PATH_MAX) {
		quiet_close(p->fd);
		return false;
	}
	p->path[at] = '/';
	memcpy(p->path + at + 1, p->name, name_len + 1);
	p->len = at + 1 + name_len;
	return true;
}

bool parent_follow(struct parent *p)
{
	for (int links = 0; links < CR_LINK_MAX; links++) {
		char target[CI_PATH_MAX];
		ssize_t n = real()->readlinkat(p->fd, p->name, target, sizeof(target) - 1);
		if (n <= 0)
			return true;
		target[n] = '\0';
		int from = p->fd;
		bool found = parent_open(p, from, target);
		quiet_close(from);
		if (!found)
			return false;
	}
	quiet_close(p->fd);
	return false;
}

bool find_without_fd(int dirfd, const char *path, bool follow, char real_path[CI_PATH_MAX])
{
	char absolute[CI_PATH_MAX], dir[CI_PATH_MAX], name[NAME_MAX + 1];

	if (path[0] != '/' && dirfd != AT_FDCWD) {
		size_t len = place_of_fd(dirfd, absolute);
		if (len == 0 || len + 1 + strlen(path) >= sizeof(absolute))
			return false;
		absolute[len] = '/';
		strcpy(absolute + len + 1, path);
		path = absolute;
	}
	if (follow)
		return real()->realpath(path, real_path) != NULL;
	if (!split(path, dir, name) || !real()->realpath(dir, real_path))
		return false;
	size_t len = strlen(real_path);
	if (len + 1 + strlen(name) >= CI_PATH_MAX)
		return false;
	if (len > 1)
		real_path[len++] = '/';
	strcpy(real_path + len, name);
	return true;
}

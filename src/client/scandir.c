/*
 * scandir.c - scandir and its twins
 *
 * libc's own reads the directory inside, past our readdir; for a served
 * directory the same is done here over the listing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "client/dir.h"
#include "client/real.h"

typedef int select_call(const struct dirent *line);
typedef int compare_call(const struct dirent **a, const struct dirent **b);

struct lines {
	struct dirent **at;
	size_t count, room;
};

static bool keep(struct lines *l, const struct dirent *line)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		void *grown = realloc(l->at, room * sizeof(*l->at));
		if (!grown)
			return false;
		l->at = grown;
		l->room = room;
	}
	struct dirent *copy = malloc(line->d_reclen);
	if (!copy)
		return false;
	l->at[l->count++] = memcpy(copy, line, line->d_reclen);
	return true;
}

static int scan(DIR *dir, struct dirent ***out, select_call *selected, compare_call *compare)
{
	struct lines l = {0};
	const struct dirent *line;
	int saved = errno;

	while ((line = readdir(dir))) {
		if ((!selected || selected(line)) && !keep(&l, line))
			goto no_memory;
	}
	closedir(dir);
	if (compare && l.count > 0)
		qsort(l.at, l.count, sizeof(*l.at), (int (*)(const void *, const void *))compare);
	*out = l.at;
	errno = saved;
	return (int)l.count;

no_memory:
	while (l.count > 0)
		free(l.at[--l.count]);
	free(l.at);
	closedir(dir);
	errno = ENOMEM;
	return -1;
}

static bool scan_served(int dirfd, const char *path, struct dirent ***out, select_call *selected,
                        compare_call *compare, int *result)
{
	DIR *dir;

	switch (dir_open(dirfd, path, &dir)) {
	case LOOKUP_FOUND:
		*result = dir ? scan(dir, out, selected, compare) : -1;
		return true;
	case LOOKUP_FAILED:
		*result = -1;
		return true;
	case LOOKUP_REAL:
		break;
	}
	return false;
}

int scandir(const char *path, struct dirent ***out, select_call *selected, compare_call *compare)
{
	int result;
	return scan_served(AT_FDCWD, path, out, selected, compare, &result)
	               ? result
	               : real()->scandir(path, out, selected, compare);
}

int scandirat(int dirfd, const char *path, struct dirent ***out, select_call *selected,
              compare_call *compare)
{
	int result;
	return scan_served(dirfd, path, out, selected, compare, &result)
	               ? result
	               : real()->scandirat(dirfd, path, out, selected, compare);
}

int scandir64(const char *path, struct dirent64 ***out, int (*selected)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
	int result;
	return scan_served(AT_FDCWD, path, (struct dirent ***)out, (select_call *)selected,
	                   (compare_call *)compare, &result)
	               ? result
	               : real()->scandir64(path, out, selected, compare);
}

int scandirat64(int dirfd, const char *path, struct dirent64 ***out,
                int (*selected)(const struct dirent64 *),
                int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
	int result;
	return scan_served(dirfd, path, (struct dirent ***)out, (select_call *)selected,
	                   (compare_call *)compare, &result)
	               ? result
	               : real()->scandirat64(dirfd, path, out, selected, compare);
}

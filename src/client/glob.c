/*
 * glob.c - glob in scope
 *
 * libc's glob reads directories inside, past our readdir, but can be given the
 * functions to read them with.
 */
#include <dirent.h>
#include <glob.h>
#include <string.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/place.h"
#include "client/real.h"
#include "common/resolve.h"

_Static_assert(sizeof(glob_t) == sizeof(glob64_t), "a 64-bit system is needed");

static void *glob_opendir(const char *path)
{
	return opendir(path);
}

static struct dirent *glob_readdir(void *dir)
{
	return readdir(dir);
}

static void glob_closedir(void *dir)
{
	closedir(dir);
}

/* Only what begins in scope: the rest is libc's own affair. */
static bool glob_served(const char *pattern, int flags)
{
	char absolute[CI_PATH_MAX];
	const struct ci_map *m = served_index();

	if (!m || (flags & (GLOB_ALTDIRFUNC | GLOB_TILDE | GLOB_TILDE_CHECK)) ||
	    memory_path(pattern) == 0)
		return false;
	size_t len = place_absolute(AT_FDCWD, pattern, absolute);
	return len > 0 && cr_in_scope(m, absolute, len);
}

int glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found)
{
	if (!glob_served(pattern, flags))
		return real()->glob(pattern, flags, failed, found);
	found->gl_opendir = glob_opendir;
	found->gl_readdir = glob_readdir;
	found->gl_closedir = glob_closedir;
	found->gl_stat = stat;
	found->gl_lstat = lstat;
	int result = real()->glob(pattern, flags | GLOB_ALTDIRFUNC, failed, found);
	found->gl_flags &= ~GLOB_ALTDIRFUNC;
	return result;
}

int glob64(const char *pattern, int flags, int (*failed)(const char *, int), glob64_t *found)
{
	return glob_served(pattern, flags) ? glob(pattern, flags, failed, (glob_t *)found)
	                                   : real()->glob64(pattern, flags, failed, found);
}

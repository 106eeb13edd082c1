/* realpath.c - realpath and its twins. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "client/lookup.h"
#include "client/real.h"
#include "client/served.h"
#include "client/started.h"

static char *hand_out(const char *path, char *resolved)
{
	return resolved ? strcpy(resolved, path) : strdup(path);
}

static bool realpath_served(const char *path, char *resolved, char **result)
{
	const struct ci_entry *e;

	switch (lookup(AT_FDCWD, path, CR_TYPE_ONLY, WIRE_LOOKUP, 0, &e)) {
	case LOOKUP_FOUND:
		/* Keys of the index are real paths, clean and free of links. */
		*result = hand_out(e->path, resolved);
		return true;
	case LOOKUP_FAILED:
		/* libc leaves the prefix that failed in the caller's buffer. */
		if (resolved)
			break;
		*result = NULL;
		return true;
	case LOOKUP_REAL:
		break;
	}
	/* libc would take a memfd's name for a path. */
	e = path ? served_link(path) : NULL;
	const char *real_path = e ? e->path : path ? started_program(path) : NULL;
	if (real_path)
		*result = hand_out(real_path, resolved);
	return real_path != NULL;
}

char *realpath(const char *path, char *resolved)
{
	char *result;
	return realpath_served(path, resolved, &result) ? result : real()->realpath(path, resolved);
}

char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	char *result;
	return room >= PATH_MAX && realpath_served(path, resolved, &result)
	               ? result
	               : real()->__realpath_chk(path, resolved, room);
}

char *canonicalize_file_name(const char *path)
{
	char *result;
	return realpath_served(path, NULL, &result) ? result : real()->canonicalize_file_name(path);
}

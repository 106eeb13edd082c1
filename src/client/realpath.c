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

/* True when the index tells; *result is then what the call returns. */
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
		*result = NULL;
		return !resolved;
	case LOOKUP_REAL:
		break;
	}
	return false;
}

/* After a real call: libc takes a memfd's name for a path, which it does not find. */
static char *restored(const char *path, char *resolved, char *result)
{
	if (result || !path || errno != ENOENT)
		return result;
	const struct ci_entry *e = served_link(path);
	const char *real_path = e ? e->path : started_program(path);
	return real_path ? hand_out(real_path, resolved) : NULL;
}

char *realpath(const char *path, char *resolved)
{
	char *result;
	return realpath_served(path, resolved, &result)
	               ? result
	               : restored(path, resolved, real()->realpath(path, resolved));
}

char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	char *result;
	return room >= PATH_MAX && realpath_served(path, resolved, &result)
	               ? result
	               : restored(path, resolved, real()->__realpath_chk(path, resolved, room));
}

char *canonicalize_file_name(const char *path)
{
	char *result;
	return realpath_served(path, NULL, &result)
	               ? result
	               : restored(path, NULL, real()->canonicalize_file_name(path));
}

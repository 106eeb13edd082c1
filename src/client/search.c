/* search.c - see search.h. The rules are those of glibc (posix/execvpe.c). */
#include "client/search.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

size_t search_begin(struct search *s, const char *file)
{
	static const char otherwise[] = "/bin:/usr/bin"; /* confstr(_CS_PATH) */
	const char *path = getenv("PATH");

	*s = (struct search){.file = file, .next = path ? path : otherwise};
	size_t len = strlen(file), path_len = strlen(s->next);
	return len > NAME_MAX || path_len >= PATH_MAX ? 0 : path_len + 1 + len + 1;
}

bool search_next(struct search *s, char *buf)
{
	if (!s->next)
		return false;
	size_t len = strcspn(s->next, ":");
	memcpy(buf, s->next, len);
	/* No name of a directory means the current one, and that is not written. */
	if (len > 0)
		buf[len] = '/';
	strcpy(buf + len + (len > 0), s->file);
	s->next = s->next[len] == ':' ? s->next + len + 1 : NULL;
	return true;
}

bool search_goes_on(struct search *s, int err)
{
	switch (err) {
	case EACCES:
		s->denied = true;
		return true;
	case ENOENT:
	case ESTALE:
	case ENOTDIR:
	case ENODEV:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

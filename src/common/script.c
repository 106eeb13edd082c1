/* script.c - see script.h. Step by step what load_script of the kernel does (fs/binfmt_script.c). */
#include "common/script.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte from `p` to `last` that is no space, or NULL. */
static char *skip_spaces(char *p, const char *last)
{
	for (; p <= last; p++) {
		if (!is_space(*p))
			return p;
	}
	return NULL;
}

/* The first space or NUL from `p` to `last`, or NULL. */
static char *word_end(char *p, const char *last)
{
	for (; p <= last; p++) {
		if (is_space(*p) || *p == '\0')
			return p;
	}
	return NULL;
}

bool script_parse(struct script *s, const void *bytes, size_t len)
{
	char *const last = s->head + SCRIPT_HEAD - 1;

	memset(s->head, 0, SCRIPT_HEAD);
	memcpy(s->head, bytes, len < SCRIPT_HEAD ? len : SCRIPT_HEAD);
	if (s->head[0] != '#' || s->head[1] != '!')
		return false;
	/* The kernel's search for the line's end stops at a NUL. */
	char *end = memchr(s->head, '\n', SCRIPT_HEAD);
	if (end && memchr(s->head, '\0', (size_t)(end - s->head)))
		end = NULL;
	if (!end) {
		char *name = skip_spaces(s->head + 2, last);
		/* Without a space or NUL behind it the name may have been cut. */
		if (!name || !word_end(name, last))
			return false;
		end = last;
	}
	while (is_space(end[-1]))
		end--;
	s->interpreter = skip_spaces(s->head + 2, end);
	if (!s->interpreter || s->interpreter == end)
		return false;
	char *rest = word_end(s->interpreter, end);
	s->argument = rest && *rest != '\0' ? skip_spaces(rest, end) : NULL;
	*end = '\0';
	if (rest)
		*rest = '\0';
	return true;
}

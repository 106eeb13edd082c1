/* token.c - see token.h. */
#include "auditor/token.h"

#include <fcntl.h>
#include <string.h>

#include "auditor/names.h"
#include "auditor/origin.h"
#include "auditor/syscalls.h"

/* The length of the token that the name begins with, or 0. */
static size_t token_len(const char *name)
{
	static const char plain[] = "$ORIGIN/", braced[] = "${ORIGIN}/";

	if (memcmp(name, plain, sizeof(plain) - 1) == 0)
		return sizeof(plain) - 2;
	if (memcmp(name, braced, sizeof(braced) - 1) == 0)
		return sizeof(braced) - 2;
	return 0;
}

/* ld.so looks for the program's own directory only when it is asked for. */
static bool program_origin(char *buffer, size_t size)
{
	long n = SYS_CALL(readlinkat, AT_FDCWD, "/proc/self/exe", buffer, size - 1, 0, 0);

	if (n <= 0 || buffer[0] != '/')
		return false;
	n = (long)origin_cut(buffer, (size_t)n);
	const char *slash = memrchr(buffer, '/', (size_t)n);
	buffer[slash == buffer ? 1 : slash - buffer] = '\0';
	return true;
}

static bool origin_of(const struct link_map *loader, bool is_program, char *buffer, size_t size)
{
	const char *origin = names_origin(loader);

	if (!origin)
		return is_program && program_origin(buffer, size);
	size_t len = strlen(origin);
	if (len >= size)
		return false;
	memcpy(buffer, origin, len + 1);
	return true;
}

const char *token_replace(const char *name, const struct link_map *loader, bool is_program,
                          char *buffer, size_t size)
{
	if (!strchr(name, '$'))
		return name;
	size_t len = token_len(name);
	const char *rest = name + len;
	if (len == 0 || strchr(rest, '$') || !origin_of(loader, is_program, buffer, size))
		return NULL;
	size_t have = strlen(buffer), more = strlen(rest);
	if (have + more >= size)
		return NULL;
	memcpy(buffer + have, rest, more + 1);
	return buffer;
}

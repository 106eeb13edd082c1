/* say.c - see say.h. */
#include "auditor/say.h"

#include <string.h>

#include "auditor/decimal.h"
#include "auditor/environment.h"
#include "auditor/syscalls.h"

#define LINE_MAX_BYTES 1024

static bool talkative;

void say_init(void)
{
	const char *level = environment_get("COLLFS_LOG");

	talkative = level && strcmp(level, "debug") == 0;
}

static char *put(char *to, const char *end, const char *s)
{
	size_t n = strlen(s), room = (size_t)(end - to);

	if (n > room)
		n = room;
	memcpy(to, s, n);
	return to + n;
}

void say(const char *text, const char *subject)
{
	char line[LINE_MAX_BYTES], pid[DECIMAL_MAX];
	const char *end = line + sizeof(line) - 1;
	char *p = line;

	if (!talkative)
		return;
	*decimal_put(pid, (uint64_t)SYS_CALL(getpid, 0, 0, 0, 0, 0, 0)) = '\0';
	p = put(p, end, "collfs: audit[");
	p = put(p, end, pid);
	p = put(p, end, "]: ");
	p = put(p, end, text);
	p = put(p, end, " ");
	p = put(p, end, subject);
	*p++ = '\n';
	SYS_CALL(write, 2, line, p - line, 0, 0, 0);
}

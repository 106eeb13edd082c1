/* say.c - see say.h. */
#include "auditor/say.h"

#include <string.h>
#include <sys/utsname.h>

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
	const char *rank = environment_get("OMPI_COMM_WORLD_RANK");
	struct utsname system;
	const char *end = line + sizeof(line) - 1;
	char *p = line;

	if (!talkative)
		return;
	*decimal_put(pid, (uint64_t)SYS_CALL(getpid, 0, 0, 0, 0, 0, 0)) = '\0';
	if (SYS_CALL(uname, &system, 0, 0, 0, 0, 0) != 0)
		memcpy(system.nodename, "?", 2);
	p = put(p, end, "collfs: ");
	p = put(p, end, system.nodename);
	p = put(p, end, "[");
	p = put(p, end, pid);
	p = put(p, end, "]");
	if (rank) {
		p = put(p, end, " rank ");
		p = put(p, end, rank);
	}
	p = put(p, end, " debug: auditor: ");
	p = put(p, end, text);
	p = put(p, end, " ");
	p = put(p, end, subject);
	*p++ = '\n';
	SYS_CALL(write, 2, line, p - line, 0, 0, 0);
}

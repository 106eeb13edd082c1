/* started.c - see started.h. */
#include "client/started.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "client/real.h"
#include "common/index.h"

#define NAME_BEGIN "/memfd:" CI_MEMFD_PREFIX
#define NAME_END " (deleted)"

static const char *program; /* set by the constructor */

size_t started_path(const char *name, size_t n, const char **path)
{
	const size_t begin = sizeof(NAME_BEGIN) - 1, end = sizeof(NAME_END) - 1;

	if (n <= begin + end || memcmp(name, NAME_BEGIN "/", begin + 1) != 0 ||
	    memcmp(name + n - end, NAME_END, end) != 0)
		return 0;
	*path = name + begin;
	return n - begin - end;
}

const char *started_program(const char *link)
{
	return program && strcmp(link, "/proc/self/exe") == 0 ? program : NULL;
}

/* getauxval and everybody else reads the vector behind the environment. */
static void set_execfn(char **envp, const char *path)
{
	while (*envp)
		envp++;
	ElfW(auxv_t) *a = (void *)(envp + 1);
	for (; a->a_type != AT_NULL; a++) {
		if (a->a_type == AT_EXECFN)
			a->a_un.a_val = (uintptr_t)path;
	}
}

void started_put_right(char **argv, char **envp)
{
	static char name[CI_PATH_MAX];
	const char *execfn = (const char *)getauxval(AT_EXECFN), *path;

	/* The kernel makes this up for a program that it has by descriptor. */
	if (!execfn || strncmp(execfn, "/dev/fd/", 8) != 0)
		return;
	ssize_t n = real()->readlink("/proc/self/exe", name, sizeof(name) - 1);
	size_t len = n > 0 ? started_path(name, (size_t)n, &path) : 0;
	if (len == 0)
		return;
	name[path - name + (ptrdiff_t)len] = '\0';
	program = path;
	if (argv && argv[0] && strchr(argv[0], '/'))
		path = argv[0];
	if (envp)
		set_execfn(envp, path);
	/* A name found along PATH may be a link's: it is the last part of argv[0]. */
	const char *shown = argv && argv[0] && *argv[0] ? argv[0] : path;
	const char *slash = strrchr(shown, '/');
	prctl(PR_SET_NAME, slash ? slash + 1 : shown);
}

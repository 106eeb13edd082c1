/* started.c - see started.h. */
#include "client/started.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "client/real.h"
#include "common/index.h"

#define NAME_BEGIN "/memfd:" CI_MEMFD_PREFIX
#define NAME_END " (deleted)"

static const char *program; /* set by the constructor */

/* The path in the kernel's name of a content's memfd, in place, or NULL. */
static char *path_of(char *name, ssize_t n)
{
	const size_t begin = sizeof(NAME_BEGIN) - 1, end = sizeof(NAME_END) - 1;

	if (n <= (ssize_t)(begin + end) || memcmp(name, NAME_BEGIN "/", begin + 1) != 0 ||
	    memcmp(name + n - end, NAME_END, end) != 0)
		return NULL;
	name[n - (ssize_t)end] = '\0';
	return name + begin;
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
	const char *execfn = (const char *)getauxval(AT_EXECFN);

	/* The kernel makes the first up for a program that it has by descriptor;
	 * the other is how a program starts itself again. */
	bool by_descriptor = execfn && strncmp(execfn, "/dev/fd/", 8) == 0;
	if (!by_descriptor && !(execfn && strncmp(execfn, "/proc/", 6) == 0))
		return;
	ssize_t n = real()->readlink("/proc/self/exe", name, sizeof(name) - 1);
	const char *path = program = path_of(name, n);
	if (!path)
		return;
	if (!by_descriptor)
		return;
	if (argv && argv[0] && strchr(argv[0], '/'))
		path = argv[0];
	if (envp)
		set_execfn(envp, path);
	/* A name found along PATH may be a link's: it is the last part of argv[0]. */
	const char *shown = argv && argv[0] && *argv[0] ? argv[0] : path;
	const char *slash = strrchr(shown, '/');
	prctl(PR_SET_NAME, slash ? slash + 1 : shown);
}

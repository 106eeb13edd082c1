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
#include "common/program.h"
#include "common/session.h"

static const char *program; /* set by the constructor */

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

static void set_comm(const char *path)
{
	const char *slash = strrchr(path, '/');

	prctl(PR_SET_NAME, slash ? slash + 1 : path);
}

/* Executed by its descriptor, by the program's own choice: the kernel's name of the
 * process is that of the file, or the descriptor's number (before Linux 6.14). */
static void put_right_comm(void)
{
	static const char memfd[] = "memfd:";
	char comm[17] = "";

	prctl(PR_GET_NAME, comm);
	if (strncmp(comm, memfd, sizeof(memfd) - 1) == 0)
		set_comm(program);
}

bool started_put_right(char *session, char **envp)
{
	static char name[CI_PATH_MAX];
	const char *told = session ? session_cut_program(session) : NULL;
	const char *execfn = (const char *)getauxval(AT_EXECFN);

	if (told) {
		if (envp)
			set_execfn(envp, told);
		set_comm(told);
	}
	/* Of what is started by a path, as an interpreter may be, all else is right. */
	if (!execfn || (strncmp(execfn, "/dev/fd/", 8) != 0 && strncmp(execfn, "/proc/", 6) != 0))
		return false;
	ssize_t n = real()->readlink("/proc/self/exe", name, sizeof(name) - 1);
	program = n > 0 ? program_memfd_path(name, (size_t)n) : NULL;
	if (program && !told)
		put_right_comm();
	return program != NULL;
}
